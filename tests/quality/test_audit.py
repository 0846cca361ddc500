"""A7 names what is outside its legal window and nothing that has its reason."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from sorgente.quality.models import IndemnityDue
from sorgente.quality.queries.audit import problems
from sorgente.quality.usecases.evaluate_clocks import evaluate_clocks
from sorgente.quality.usecases.record_bill_standards import record_bill_standards
from sorgente.quality.usecases.settle_indemnities import settle_indemnities
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.quality.usecases.stop_clock import stop_clock
from tests.quality.conftest import at

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    return [str(problem) for problem in problems()]


def rewrite(sql: str, *values: object) -> None:
    """Change what the database refuses to change, as damage or a defect would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_bill_on_day_45_is_in_time_and_one_day_later_it_is_named(town):
    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    town.on("2026-04-01").read("A17", index_m3=136)
    bill = town.on("2026-05-15").bill("Bianchi", through="2026-04-01")
    assert found() == []
    rewrite("UPDATE billing_bill SET issued_on = issued_on + 1, due_on = due_on + 1 WHERE number = %s", bill.number)
    assert found() == [
        f"A7 Bill {bill.number}: Issued on 2026-05-16, 46 days after its period; at most 45 are allowed and the"
        " register says nothing."
    ]
    record_bill_standards(start=date(2026, 5, 1), end=date(2026, 6, 1))
    assert found() == []


def test_a_short_term_is_named(town):
    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    town.on("2026-04-01").read("A17", index_m3=136)
    bill = town.on("2026-04-15").bill("Bianchi", through="2026-04-01")
    rewrite("UPDATE billing_bill SET due_on = issued_on + 20 WHERE number = %s", bill.number)
    assert found() == []
    rewrite("UPDATE billing_bill SET due_on = issued_on + 19 WHERE number = %s", bill.number)
    assert [text.split(": ", 1)[1] for text in found()] == [
        "Issued on 2026-04-15 and due on 2026-05-04: at least 20 days are due."
    ]


def copies(first: int, latest: int) -> None:
    """Put copies of the one bill there is beside it, numbered."""
    rewrite(
        "INSERT INTO billing_bill SELECT (jsonb_populate_record(b, jsonb_build_object("
        "'id', b.id + n, 'number', b.number || '-' || n, 'sequence', b.sequence + n))).*"
        " FROM billing_bill b, generate_series(%s, %s) n WHERE b.number NOT LIKE '%%-%%'",
        first,
        latest,
    )


def test_bills_too_close_together_are_named(town):
    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    town.on("2026-04-01").read("A17", index_m3=136)
    town.on("2026-04-15").bill("Bianchi", through="2026-04-01")
    copies(1, 11)
    assert found() == []
    copies(12, 12)
    assert [text.split(": ", 1)[1] for text in found()] == [
        "13 bills between 2026-04-15 and 2026-04-15, at most 12 are allowed."
    ]
    rewrite("UPDATE billing_bill SET kind = 'closing' WHERE number LIKE %s", "%-12")
    assert found() == []


def test_a_late_clock_without_money_or_reason_is_named():
    start_clock(standard="S12", reference="request:7", channel="desk", started_at=at("2026-04-20 10:00"))
    stop_clock(standard="S12", reference="request:7", ended_at=at("2026-05-06 12:00"))
    assert found() == []
    rewrite("DELETE FROM quality_indemnitystep")
    rewrite("DELETE FROM quality_indemnitydue")
    assert found() == [
        "A7 S12 of request:7: It took 11 against 5 and has neither an indemnity nor a reason why none is due."
    ]


def test_an_open_clock_that_nobody_looked_at_is_named():
    start_clock(standard="S12", reference="request:7", channel="desk", started_at=at("2026-04-20 10:00"))
    evaluate_clocks(as_of=date(2026, 5, 5), at=at("2026-05-05 23:00"))
    assert found() == []
    rewrite("DELETE FROM quality_indemnitystep")
    rewrite("DELETE FROM quality_indemnitydue")
    assert found() == ["A7 S12 of request:7: It was due by 2026-04-27, is still open, and no indemnity accrued."]


def test_an_indemnity_not_paid_in_180_days_is_named():
    start_clock(standard="S12", reference="request:7", channel="desk", started_at=at("2026-04-20 10:00"))
    stop_clock(standard="S12", reference="request:7", ended_at=at("2026-05-06 12:00"))
    settle_indemnities(as_of=date(2026, 5, 7), at=at("2026-05-07 23:00"))
    evaluate_clocks(as_of=date(2026, 10, 17), at=at("2026-10-17 23:00"))
    assert found() == []
    evaluate_clocks(as_of=date(2026, 10, 18), at=at("2026-10-18 23:00"))
    assert found() == ["A7 Indemnity for S12 of request:7: 60,00 € had to be paid by 2026-10-17 and is not."]
    IndemnityDue.objects.update(state="paid", paid_on=date(2026, 10, 20))
    assert found() == ["A7 Indemnity for S12 of request:7: 60,00 € had to be paid by 2026-10-17 and was on 2026-10-20."]
