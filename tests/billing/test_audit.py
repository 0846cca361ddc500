"""A2, A3, A4 and A6: each is broken on purpose, and the audit names who breaks it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from sorgente.billing.queries.audit import number_problems, period_problems, replay_problems, totals_problems
from sorgente.billing.queries.replay import replay_bill

pytestmark = pytest.mark.django_db
FIRST = "(SELECT min(id) FROM billing_bill)"
LATEST = "(SELECT max(id) FROM billing_bill)"


@pytest.fixture
def billed(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    town.move_in("Verdi", meter="B03", index_m3=0, yearly_m3=100)
    town.on("2026-04-20").run_bills(through="2026-04-01")
    town.on("2026-07-01").read("A17", index_m3=170).read("B03", index_m3=40)
    town.on("2026-07-20").run_bills(through="2026-07-01")
    town.assert_books_balance()
    return town


def as_superuser(sql):
    """Change what the tables' guards refuse to everybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    ("breaks", "check", "invariant", "says"),
    [
        (
            f"UPDATE billing_charge SET cents = cents + 1 WHERE bill_id = {FIRST} AND position = 1",
            totals_problems, "A2", "Bill 2026/SII/0000001: It says",
        ),
        (
            "UPDATE billing_billvat SET vat_cents = vat_cents + 1 WHERE bill_id = (SELECT min(id) FROM billing_bill)",
            totals_problems, "A2", "of VAT",
        ),
        (
            "UPDATE billing_bill SET to_pay_cents = to_pay_cents - 1 WHERE sequence = 2",
            totals_problems, "A2", "the ledger has",
        ),
        ("DELETE FROM billing_bill WHERE sequence = 4", totals_problems, "A2", "Rows without their bill"),
        (
            "UPDATE billing_billedconsumption SET start = start + 1 WHERE superseded_by_id IS NULL",
            period_problems, "A3", "a gap",
        ),
        (
            "UPDATE billing_billedconsumption SET superseded_by_id = NULL, start = start + estimated::int",
            period_problems, "A3", "an overlap",
        ),
        (
            "UPDATE billing_billedconsumption SET quantity_milli = quantity_milli + 1000 WHERE NOT estimated",
            period_problems, "A3", "bills 71 m³, its reads show 70 m³",
        ),
        ("DELETE FROM billing_bill WHERE sequence = 2", number_problems, "A4", "It gave 4 numbers; there are 3 bills"),
        ("UPDATE billing_billseries SET latest = 5", number_problems, "A4", "It gave 5 numbers"),
        ("UPDATE billing_bill SET issued_on = '2026-01-05' WHERE sequence = 4", number_problems, "A4", "SII/0000004"),
        (
            f"UPDATE billing_charge SET unit_price_e8 = 1 WHERE bill_id = {LATEST} AND position = 2",
            replay_problems, "A6", "Row 2: unit_price_e8 is 1, computed",
        ),
        (
            "UPDATE billing_bill SET vat_cents = 0, total_cents = net_cents WHERE sequence = 3",
            replay_problems, "A6", "vat_cents is 0, computed",
        ),
        ("UPDATE billing_billvat SET base_cents = 0", replay_problems, "A6", "The VAT groups differ"),
        (
            f"DELETE FROM billing_charge WHERE bill_id = {LATEST} AND position = 1",
            replay_problems, "A6", "are computed",
        ),
    ],
)  # fmt: skip
def test_the_audit_names_who_breaks_it(billed, breaks, check, invariant, says):
    assert list(check()) == []
    as_superuser(breaks)
    found = list(check())
    assert {problem.invariant for problem in found} == {invariant}
    assert any(says in str(problem) for problem in found), found


def test_a_bill_replays_although_its_read_was_discarded_since(billed):
    as_superuser("UPDATE metering_read SET state = 'discarded', running_milli = 0")
    for bill in billed.bills_of("Bianchi"):
        replay = replay_bill(bill.number)
        assert replay.differences == ()
        assert replay.rows == len(bill.charges) > 0


def test_a_bill_replays_with_the_rules_of_its_day(billed, monkeypatch, tmp_path):
    """The tariff files may change or go: the bill carries the text it was rated with."""
    (tmp_path / "tariffs").mkdir()
    monkeypatch.setenv("SORGENTE_RULES", str(tmp_path))
    assert all(replay_bill(bill.number).differences == () for bill in billed.bills_of("Verdi"))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE billing_bill SET total_cents = 0",
        "DELETE FROM billing_bill",
        "UPDATE billing_charge SET cents = 0",
        "DELETE FROM billing_charge",
        "UPDATE billing_billvat SET vat_cents = 0",
        "UPDATE billing_billinputs SET version = ''",
        "UPDATE billing_rulesnapshot SET sha256 = ''",
        "UPDATE billing_billedconsumption SET quantity_milli = 0",
        "DELETE FROM billing_billedconsumption",
    ],
)
def test_an_issued_bill_cannot_be_changed(billed, change):
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            'INSERT INTO billing_charge (bill_id, position, service, kind, bracket, start, "end", quantity_milli,'
            " unit_price_e8, cents, vat_e4, rule_id, estimated) SELECT bill_id, 900, service, kind, bracket, start,"
            ' "end", quantity_milli, unit_price_e8, cents, vat_e4, rule_id, estimated FROM billing_charge LIMIT 1',
            "is complete",
        ),
        (
            "INSERT INTO billing_billvat (bill_id, vat_e4, base_cents, vat_cents) VALUES (99999999, 0, 0, 0)",
            "is not in",
        ),
    ],
)
def test_rows_come_with_their_bill_or_not_at_all(billed, row, says):
    with pytest.raises(IntegrityError, match=says), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(row)
