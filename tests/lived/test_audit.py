"""Each invariant of the audit is broken on purpose, and the audit names who breaks it, and nobody else.

The database refuses most of these changes; the tests switch its guards off to do what a bug, a hand in the tables or
a bad disk would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sorgente.archive.core.folder import path_of
from sorgente.archive.usecases.store_document import store_document
from sorgente.interfaces.commands.audit import all_problems
from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.usecases.post_transaction import post_transaction
from tests.lived.life import AS_OF, NOW


def offenders() -> set[tuple[str, str]]:
    """Return (invariant, who) of everything the audit finds."""
    return {(problem.invariant, problem.subject) for problem in all_problems(NOW)}


def test_an_untouched_utility_is_clean(utility):
    assert [str(problem) for problem in all_problems(NOW)] == []


@dataclass(frozen=True)
class Break:
    """One thing gone wrong: a row found, what is done to it, and whom the audit must name.

    find   one row; its columns fill the {0}, {1} … of the other texts
    act    statements, run with the triggers off
    named  the offenders
    twice  a table whose rows may come twice: its unique constraints are dropped
    """

    why: str
    find: str
    act: tuple[str, ...]
    named: frozenset[tuple[str, str]]
    twice: str


def broken(why: str, *, find: str, act: str, named: str, twice: str = "") -> Any:
    pairs = frozenset(tuple(line.strip().split(" ", 1)) for line in named.strip().splitlines())
    return pytest.param(Break(why, find, tuple(act.split(";")), pairs, twice), id=why)  # type: ignore[arg-type]


SOME_BILL = "SELECT id, number FROM billing_bill WHERE to_pay_cents > 0 ORDER BY id LIMIT 1"
LATEST_BILL = "SELECT id, number FROM billing_bill ORDER BY id DESC LIMIT 1"
SOME_DEBIT = """
SELECT c.id, c.end_to_end_id, f.message_id, b.number FROM payments_collection c
  JOIN payments_debitfile f ON f.id = c.file_id JOIN billing_bill b ON b.id = c.bill_id
 WHERE c.state = 'settled' ORDER BY c.id LIMIT 1
"""
BY_RECEIPT = """
SELECT id, fingerprint, transaction_id FROM payments_payment WHERE kind = 'pagopa' AND match = 'matched'
 ORDER BY id LIMIT 1
"""
BY_STATEMENT = """
SELECT p.id, p.fingerprint, d.title FROM payments_payment p JOIN archive_document d ON d.id = p.document_id
 WHERE p.kind IN ('transfer', 'pagopa_flow') ORDER BY p.id LIMIT 1
"""
STRETCH = """
SELECT s.id, b.number, c.number FROM billing_billedconsumption s JOIN billing_bill b ON b.id = s.bill_id
  JOIN customers_supplycontract c ON c.id = s.contract_id
 WHERE s.superseded_by_id IS NULL AND NOT s.estimated ORDER BY s.id LIMIT 1
"""
TELEGRAM = """
SELECT t.id, t.radio_id, t.heard_at::text, d.serial FROM metering_telegram t
  JOIN metering_read r ON r.telegram_id = t.id JOIN metering_register g ON g.id = r.register_id
  JOIN metering_device d ON d.id = g.device_id WHERE t.outcome = 'read' ORDER BY t.id LIMIT 1
"""
READER_FILE = """
SELECT f.id, d.title FROM metering_readerfile f JOIN archive_document d ON d.id = f.document_id
 WHERE f.accepted > 0 ORDER BY f.id LIMIT 1
"""
ONE_OF_ITS_BATCH = """
SELECT inputs_id, min(number) FROM billing_bill GROUP BY 1 HAVING count(*) = 1 ORDER BY 1 LIMIT 1
"""

BREAKS = [
    # ------------------------------------------------------------------ A1
    broken(
        "A1 a cent too much on one entry",
        find="SELECT t.id, t.source FROM ledger_transaction t WHERE kind = 'bill' ORDER BY id LIMIT 1",
        act="UPDATE ledger_entry SET cents = cents + 1 WHERE transaction_id = {0} AND position ="
        " (SELECT max(position) FROM ledger_entry WHERE transaction_id = {0} AND contract_account_id IS NULL)",
        named="A1 Transaction {1}",
    ),
    broken(
        "A1 an item settled by hand",
        find="SELECT id, reference FROM ledger_openitem WHERE cents > 1 AND settled_cents = cents ORDER BY id LIMIT 1",
        act="UPDATE ledger_openitem SET settled_cents = settled_cents - 1 WHERE id = {0}",
        named="A1 Item {1}",
    ),
    broken(
        "A1 a guard switched off",
        find="SELECT 1",
        act="ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only",
        named="A1 Table ledger_entry",
    ),
    # ------------------------------------------------------------------ A2
    broken(
        "A2 a row taken from a bill",
        find="SELECT b.id, b.number FROM billing_bill b JOIN billing_charge c ON c.bill_id = b.id AND c.cents > 0"
        " ORDER BY 1 LIMIT 1",
        act="DELETE FROM billing_charge WHERE bill_id = {0} AND position ="
        " (SELECT min(position) FROM billing_charge WHERE bill_id = {0} AND cents > 0)",
        named="A2 Bill {1}\nA6 Bill {1}",
    ),
    broken(
        "A2 a bill that its e-invoice does not say",
        find="SELECT b.id, b.number, o.einvoice_id FROM billing_bill b"
        " JOIN billing_bill o ON o.total_cents <> b.total_cents ORDER BY b.id, o.id LIMIT 1",
        act="UPDATE billing_bill SET einvoice_id = {2} WHERE id = {0}",
        named="A2 Bill {1}",
    ),
    broken(
        "A2 a bill that the ledger does not have",
        find=SOME_BILL,
        act="UPDATE billing_bill SET transaction_id = NULL WHERE id = {0}",
        named="A2 Bill {1}",
    ),
    broken(
        "A2 a notice over another amount",
        find="SELECT id, notice_number FROM payments_debtposition ORDER BY id LIMIT 1",
        act="UPDATE payments_debtposition SET cents = cents + 100 WHERE id = {0}",
        named="A2 Notice {1}",
    ),
    broken(
        "A2 a debit over another amount, also than in its file and at the bank",
        find=SOME_DEBIT,
        act="UPDATE payments_collection SET cents = cents + 1 WHERE id = {0}",
        named="A2 Debit {1}\nA2 Debit file {2}\nA8 Debit {1}",
    ),
    broken(
        "A2 a bill that nobody is asked to pay",
        find="SELECT b.id, b.number FROM billing_bill b JOIN payments_debtposition p ON p.bill_id = b.id"
        " WHERE p.state = 'open' ORDER BY 1 LIMIT 1",
        act="DELETE FROM payments_debtposition WHERE bill_id = {0}",
        named="A2 Bill {1}",
    ),
    # ------------------------------------------------------------------ A3
    broken(
        "A3 a day between two bills",
        find=STRETCH,
        act="""UPDATE billing_billedconsumption SET start = start + 1 WHERE id = {0}""",
        named="A3 Contract {2}\nA3 Bill {1}",
    ),
    broken(
        "A3 a cubic metre that no register turned",
        find=STRETCH,
        act="UPDATE billing_billedconsumption SET quantity_milli = quantity_milli + 1000 WHERE id = {0}",
        named="A3 Bill {1}",
    ),
    broken(
        "A3 a meter that runs backwards",
        find="SELECT r.id, d.serial FROM metering_read r JOIN metering_register g ON g.id = r.register_id"
        " JOIN metering_device d ON d.id = g.device_id WHERE r.kind = 'radio' AND r.running_milli > 0"
        " AND r.state = 'accepted' AND NOT EXISTS (SELECT FROM billing_billedconsumption b"
        " WHERE r.id IN (b.from_read_id, b.to_read_id)) ORDER BY r.id LIMIT 1",
        act="UPDATE metering_read SET running_milli = 0 WHERE id = {0}",
        named="A3 Meter {1}",
    ),
    broken(
        "A3 a supplied day without terms",
        find="SELECT t.id, c.number FROM customers_supplyterms t"
        " JOIN customers_supplycontract c ON c.id = t.contract_id"
        " WHERE t.replaced_at IS NULL ORDER BY t.id LIMIT 1",
        act="UPDATE customers_supplyterms SET valid = daterange(lower(valid) + 1, upper(valid)) WHERE id = {0}",
        named="A3 Contract {1}",
    ),
    # ------------------------------------------------------------------ A4
    broken(
        "A4 a number left out",
        find="SELECT b.id, s.year || '/' || s.code FROM billing_bill b JOIN billing_billseries s ON s.id = b.series_id"
        " ORDER BY b.id DESC LIMIT 1",
        act="UPDATE billing_bill SET sequence = sequence + 1 WHERE id = {0}",
        named="A4 Series {1}",
    ),
    broken(
        "A4 a date before that of the number before",
        find=LATEST_BILL,
        act="UPDATE billing_bill SET issued_on = issued_on - 60 WHERE id = {0}",
        named="A4 Bill {1}",
    ),
    # ------------------------------------------------------------------ A5
    broken(
        "A5 a telegram of other bytes",
        find=TELEGRAM,
        act="UPDATE metering_telegram SET raw = set_byte(raw, 5, get_byte(raw, 5) # 1) WHERE id = {0}",
        named="A5 Telegram of {1}, {2}",
    ),
    broken(
        "A5 a telegram kept twice",
        find=TELEGRAM,
        twice="metering_telegram",
        act="INSERT INTO metering_telegram (fingerprint, raw, heard_at, outcome, radio_id, message)"
        " SELECT fingerprint, raw, heard_at, 'decoded', radio_id, '' FROM metering_telegram WHERE id = {0}",
        named="A5 Telegram of {1}, {2}",
    ),
    broken(
        "A5 a radio read without its telegram",
        find=TELEGRAM,
        act="UPDATE metering_read SET telegram_id = NULL WHERE telegram_id = {0}",
        named="A5 Telegram of {1}, {2}\nA5 Meter {3}",
    ),
    broken(
        "A5 a reader file that says more reads than it gave",
        find=READER_FILE,
        act="UPDATE metering_readerfile SET accepted = accepted + 1, lines = lines + 1 WHERE id = {0}",
        named="A5 Reader file {1}",
    ),
    broken(
        "A5 a reader file with a line lost",
        find=READER_FILE,
        act="UPDATE metering_readerfile SET lines = lines + 1 WHERE id = {0}",
        named="A5 Reader file {1}",
    ),
    broken(
        "A5 a payment that is not what its receipt says",
        find=BY_RECEIPT,
        act="UPDATE payments_payment SET cents = cents + 1 WHERE id = {0}",
        named="A5 Payment {1}\nA8 Payment {1}",
    ),
    broken(
        "A5 a receipt booked twice",
        find=BY_RECEIPT,
        twice="payments_payment",
        act="CREATE TEMP TABLE again ON COMMIT DROP AS SELECT * FROM payments_payment WHERE id = {0};"
        "UPDATE again SET id = nextval(pg_get_serial_sequence('payments_payment', 'id'));"
        "INSERT INTO payments_payment SELECT * FROM again",
        named="A5 Payment {1}",
    ),
    broken(
        "A5 a statement entry lost",
        find=BY_STATEMENT,
        act="DELETE FROM payments_payment WHERE id = {0}",
        named="A5 Statement {2}\nA8 Transaction payment:{1}",
    ),
    # ------------------------------------------------------------------ A6
    broken(
        "A6 a row that went out with another bracket",
        find=SOME_BILL,
        act="UPDATE billing_charge SET bracket = bracket + 1 WHERE bill_id = {0} AND position = 1",
        named="A6 Bill {1}",
    ),
    broken(
        "A6 stored inputs that are no inputs",
        find=ONE_OF_ITS_BATCH,
        act="UPDATE billing_billinputs SET stretches = '\\x00' WHERE id = {0}",
        named="A6 Bill {1}",
    ),
    broken(
        "A6 stored inputs gone",
        find=ONE_OF_ITS_BATCH,
        act="DELETE FROM billing_billinputs WHERE id = {0}",
        named="A6 Bill {1}",
    ),
    # ------------------------------------------------------------------ A8
    broken(
        "A8 a debit returned that no bank returned",
        find=SOME_DEBIT,
        act="UPDATE payments_collection SET state = 'returned' WHERE id = {0}",
        named="A8 Bill {3}",
    ),
    broken(
        "A8 a payment whose paper is a bill",
        find="SELECT p.id, p.fingerprint, d.id, d.title FROM payments_payment p"
        " JOIN archive_document d ON d.kind = 'bill' WHERE p.kind = 'pagopa' ORDER BY p.id, d.id LIMIT 1",
        act="UPDATE payments_payment SET document_id = {2} WHERE id = {0}",
        named="A8 Payment {1}\nA5 Receipt {3}",
    ),
    # ------------------------------------------------------------------ A9
    broken(
        "A9 a message that nobody sends",
        find="SELECT id, key FROM outbox_message ORDER BY id LIMIT 1",
        act="UPDATE outbox_message SET state = 'queued', ended_at = NULL WHERE id = {0}",
        named="A9 message {1}",
    ),
    broken(
        "A9 a message sent at no time",
        find="SELECT id, key FROM outbox_message WHERE state = 'sent' ORDER BY id LIMIT 1",
        act="UPDATE outbox_message SET ended_at = NULL WHERE id = {0}",
        named="A9 message {1}",
    ),
    broken(
        "A9 a job that never ends",
        find="SELECT 900001",
        act="INSERT INTO procrastinate_jobs (id, queue_name, task_name, status)"
        " VALUES ({0}, 'timed', 'quality', 'doing');"
        "INSERT INTO procrastinate_events (job_id, type, at) VALUES ({0}, 'started', '2026-11-19 12:00Z')",
        named="A9 job {0} (quality)",
    ),
    broken(
        "A9 an appointment that nobody closed",
        find="SELECT held.id, held.code FROM appointments_appointment held JOIN appointments_seat seat"
        " ON seat.id = held.seat_id JOIN appointments_slot slot ON slot.id = seat.slot_id"
        " WHERE slot.ends_at < '2026-11-20' AND held.state IN ('served', 'missed') ORDER BY held.id LIMIT 1",
        act="UPDATE appointments_appointment SET state = 'booked' WHERE id = {0}",
        named="A9 appointment {1}",
    ),
]


@pytest.mark.parametrize("case", BREAKS)
def test_the_audit_names_exactly_who_breaks_it(utility, case):
    utility.execute(case.find)
    found = utility.fetchone()
    assert found is not None, "the utility has nothing to break"
    utility.execute("SET LOCAL session_replication_role = replica")
    if case.twice:
        utility.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'u' AND conrelid = %s::regclass", [case.twice]
        )
        for (name,) in utility.fetchall():
            utility.execute(f'ALTER TABLE {case.twice} DROP CONSTRAINT "{name}"')
    for statement in case.act:
        utility.execute(statement.format(*found))
    utility.execute("SET LOCAL session_replication_role = origin")

    assert offenders() == {(invariant, who.format(*found)) for invariant, who in case.named}


# ---------------------------------------------------------------------- what is no row of a table


@pytest.mark.parametrize("damage", ["byte", "gone"])
def test_a8_a_document_damaged_or_gone(utility, lived, damage):
    title, file = document(utility, lived[1], "bill")
    content = file.read_bytes()
    try:
        file.unlink() if damage == "gone" else file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert offenders() == {("A8", f"Document {title} ({file.name[:12]})")}
    finally:
        file.write_bytes(content)


def test_a8_a_damaged_einvoice_is_no_proof_of_its_bill(utility, lived):
    utility.execute(
        "SELECT b.number, d.title, d.sha256 FROM billing_bill b JOIN archive_document d ON d.id = b.einvoice_id"
        " ORDER BY b.id LIMIT 1"
    )
    number, title, sha256 = utility.fetchone()
    file = path_of(lived[1], sha256)
    content = file.read_bytes()
    try:
        file.write_bytes(content.replace(b"Totale", b"Totals"))
        assert offenders() == {("A8", f"Document {title} ({sha256[:12]})"), ("A2", f"Bill {number}")}
    finally:
        file.write_bytes(content)


def test_a8_money_at_the_bank_without_a_payment(utility):
    utility.execute("SELECT id FROM customers_contractaccount ORDER BY id LIMIT 1")
    (account,) = utility.fetchone()
    post_transaction(
        source="by-hand:1",
        kind="payment",
        booked_on=AS_OF,
        recorded_at=NOW,
        description="money from nowhere",
        lines=[Line("bank", 500), CustomerLine(account, -500, "gift", AS_OF)],
    )

    assert offenders() == {("A8", "Transaction by-hand:1")}


def test_a5_a_receipt_kept_and_never_booked(utility):
    store_document(
        content=b"<receipt/>", title="rt.xml", kind="receipt", media_type="application/xml", subject="receipt:lost-1",
        stored_at=NOW,
    )  # fmt: skip

    assert offenders() == {("A5", "Receipt lost-1")}


def test_a5_a_reader_file_kept_and_never_loaded(utility):
    store_document(
        content=b"a;b", title="giro.csv", kind="reader_file", media_type="text/csv", subject="reader_file:x",
        stored_at=NOW,
    )  # fmt: skip

    assert offenders() == {("A5", "Reader file giro.csv")}


def document(utility: Any, archive: Path, kind: str) -> tuple[str, Path]:
    """Return (title, file) of the first document of a kind."""
    utility.execute("SELECT title, sha256 FROM archive_document WHERE kind = %s ORDER BY id LIMIT 1", [kind])
    title, sha256 = utility.fetchone()
    return title, path_of(archive, sha256)
