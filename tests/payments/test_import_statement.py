"""Bank statements settle bills; the same file twice changes nothing; what nobody can tell waits for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from sorgente.ledger.queries.accounts import balance_of, items_of, open_items
from sorgente.ledger.queries.books import trial_balance
from sorgente.payments.core.references import rf_reference
from sorgente.payments.models import Collection, DebtPosition, Mandate, Payment, StatementFile
from sorgente.payments.usecases.import_statement import StatementSetAside, import_statement
from sorgente.payments.usecases.match_payment import BillUnknown, PaymentNotWaiting, match_payment
from sorgente.payments.usecases.open_positions import open_positions
from sorgente.payments.usecases.prepare_collections import prepare_collections
from sorgente.shared.errors import SorgenteError
from tests.payments.builders import DUE_ON, ISSUED_ON, NOW, make_bills
from tests.payments.statement_texts import camt, detail, entry
from tests.payments.test_positions_and_collections import debit_file, sign_all

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 4, 2, 20, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)  # of every entry made by statement_texts.entry


@pytest.fixture(autouse=True)
def _archive(tmp_path, settings):
    settings.ARCHIVE_DIR = tmp_path / "archive"


def load(*entries: str, file: str = "s.xml", **balances):
    return import_statement(data=camt("".join(entries), **balances), file=file, imported_at=LATER)


def transfer(amount: str, remittance: str, **changes) -> str:
    return entry(amount, details=detail(remittance=remittance), **changes)


def returned(amount: str, end_to_end_id: str, reason: str = "AM04", more: str = "") -> str:
    reasons = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>"
    return entry(amount, "DBIT", details=detail(end_to_end_id=end_to_end_id, more=more + reasons))


def number_of(bills, place: int = 0) -> str:
    return bills["bill_number"][place].as_py()


def account_of(bills, place: int = 0) -> int:
    return bills["contract_account_id"][place].as_py()


def open_cents(bills) -> list[int]:
    owed = {item.reference: item.open_cents for item in open_items(references=bills["bill_number"].to_pylist())}
    return [owed.get(number, 0) for number in bills["bill_number"].to_pylist()]


def books() -> dict[str, int]:
    """Return what moved on the accounts that payments post to; checks that the deferred balance check is content."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    rows = {row.code: row.balance_cents for row in trial_balance(on=date(2026, 12, 31))}
    names = ("bank", "suspense", "pagopa-clearing", "sdd-clearing", "bank-fees")
    return {name: rows[name] for name in names if rows.get(name)}


def sent_collections(*cents: int):
    bills = make_bills(list(cents))
    sign_all(bills)
    prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    return bills, debit_file()


def batch_credit(amount: str, file) -> str:
    details = f"<Btch><PmtInfId>{file.message_id}-001</PmtInfId></Btch>"
    return entry(amount, details=details)


# ---------------------------------------------------------------- matching by reference


@pytest.mark.parametrize("way", ["notice", "printed notice", "structured notice", "rf", "bill_number"])
def test_a_transfer_finds_its_bill(way):
    bills = make_bills([8545, 8545])
    notice = open_positions(bills=bills, segregation="01", opened_at=NOW)["notice_number"][1].as_py()
    number = number_of(bills, 1)
    compact = number.replace("/", "")
    said = {
        "notice": detail(remittance=f"avviso {notice}"),
        "printed notice": detail(remittance=" ".join(notice[at : at + 4] for at in range(0, 18, 4))),
        "structured notice": detail(more=f"<RmtInf><Strd><CdtrRefInf><Ref>{notice}</Ref></CdtrRefInf></Strd></RmtInf>"),
        "rf": detail(remittance=f"rif. {rf_reference(compact)}"),
        "bill_number": detail(remittance=f"pag. bolletta {number.lower()}"),
    }[way]
    done = load(entry("85.45", details=said))
    assert (done.new, done.matched, done.suspense) == (1, 1, 0)
    payment = Payment.objects.get()
    assert (payment.matched_by, payment.bill.number, payment.cents) == (way.split()[-1], number, 8545)
    assert open_cents(bills) == [8545, 0]
    assert books() == {"bank": 8545}
    assert list(DebtPosition.objects.order_by("id").values_list("state", flat=True)) == ["open", "closed"]


def test_several_bills_in_one_transfer_only_when_they_add_up():
    bills = make_bills([1000, 2500], accounts=1)
    text = f"bollette {number_of(bills)} e {number_of(bills, 1)}"
    assert load(transfer("34.00", text)).suspense == 1
    assert open_cents(bills) == [1000, 2500]
    assert load(transfer("35.00", text)).matched == 1
    assert open_cents(bills) == [0, 0]
    assert balance_of(account_of(bills)) == 0
    assert books() == {"bank": 6900, "suspense": -3400}


def test_one_transfer_for_bills_of_two_customers():
    bills = make_bills([1000, 2500])
    load(transfer("35.00", f"{number_of(bills)} {number_of(bills, 1)}"))
    assert open_cents(bills) == [0, 0]
    payment = Payment.objects.get()
    assert (payment.contract_account_id, payment.references["bills"]) == (None, bills["bill_number"].to_pylist())


def test_a_part_settles_a_part_and_the_rest_stays_due():
    bills = make_bills([8545])
    load(transfer("40.00", number_of(bills)))
    assert open_cents(bills) == [4545]


def test_paid_twice_is_the_customers_credit():
    bills = make_bills([8545])
    load(transfer("85.45", number_of(bills)) * 2)
    assert Payment.objects.filter(match="matched").count() == 2
    assert open_cents(bills) == [0]
    assert balance_of(account_of(bills)) == -8545
    (credit,) = open_items(contract_account_id=account_of(bills))
    assert credit.open_cents == -8545


def test_amounts_alone_never_match():
    make_bills([8545])
    done = load(transfer("85.45", "grazie"))
    assert (done.matched, done.suspense) == (0, 1)
    assert books() == {"bank": 8545, "suspense": -8545}


def test_money_that_is_no_customers():
    flow = transfer("99.00", "/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/2026-03-29PSPTEST-0000000001")
    fee_code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>COMM</SubFmlyCd></Fmly></Domn></BkTxCd>"
    load(flow, entry("3.50", "DBIT", more=fee_code), entry("7.00", "DBIT"), entry("0.00"))
    assert books() == {"bank": 8850, "pagopa-clearing": -9900, "bank-fees": 350, "suspense": 700}
    flow_payment = Payment.objects.get(kind="pagopa_flow")
    assert flow_payment.references["flow_id"] == "2026-03-29PSPTEST-0000000001"
    assert Payment.objects.get(cents=0).match == "ignored"


# ---------------------------------------------------------------- once, and only once


def test_same_file_again_changes_nothing():
    bills = make_bills([8545])
    first = load(transfer("85.45", number_of(bills)))
    again = load(transfer("85.45", number_of(bills)), file="renamed.xml")
    assert (first.repeated, again.repeated, again.new) == (False, True, 0)
    assert (Payment.objects.count(), StatementFile.objects.count()) == (1, 1)
    assert books() == {"bank": 8545}


def test_overlapping_file_adds_only_what_is_new():
    two_equal = transfer("10.00", "caffè") * 2
    assert load(two_equal).new == 2
    done = load(two_equal + transfer("20.00", "altro"))
    assert (done.entries, done.new) == (3, 1)
    assert books() == {"bank": 4000, "suspense": -4000}


def test_pending_entries_wait_for_their_booking():
    done = load(transfer("10.00", "x", status="<Sts>PDNG</Sts>"))
    assert (done.entries, Payment.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (camt(entry("1.00"), opening="1.00", closing="3.00"), "does not add up: statement S1: opening 1.00"),
        (camt(entry("1.00"), version="052.001.02"), "intraday report"),
        (camt(entry("1.00").replace("EUR", "CHF")), "It is in CHF"),
        (camt(entry("1.00").replace("BookgDt", "X").replace("ValDt", "Y")), "An entry has no day"),
    ],
)
def test_statements_that_are_set_aside(data, words):
    with pytest.raises(StatementSetAside, match=words):
        import_statement(data=data, file="s.xml", imported_at=LATER)
    assert not Payment.objects.exists()
    assert not StatementFile.objects.exists()


def test_what_cannot_be_read_leaves_nothing_behind():
    with pytest.raises(SorgenteError, match="Not well-formed XML"):
        import_statement(data=camt(entry("1.00"))[:-30], file="s.xml", imported_at=LATER)
    assert not StatementFile.objects.exists()


def test_one_bad_statement_of_a_file_does_not_stop_the_others():
    good, bad = camt(entry("1.00")), camt(entry("x"))
    data = good.replace(b"</Stmt>", b"</Stmt>" + bad[bad.index(b"<Stmt>") : bad.index(b"</BkTo")])
    done = import_statement(data=data, file="s.xml", imported_at=LATER)
    assert (done.new, [name for name, _ in done.refusals]) == (1, ["s.xml"])


# ---------------------------------------------------------------- direct debits


def test_credit_of_a_batch_settles_every_collection():
    bills, file = sent_collections(8545, 1200)
    done = load(batch_credit("97.45", file))
    assert (done.new, done.matched) == (1, 2)
    assert open_cents(bills) == [0, 0]
    assert set(Collection.objects.values_list("state", flat=True)) == {"settled"}
    assert list(Payment.objects.order_by("cents").values_list("kind", "cents")) == [("sdd", 1200), ("sdd", 8545)]
    assert books() == {"bank": 9745}
    assert load(batch_credit("97.45", file), file="again.xml").repeated


def test_batch_credited_with_another_sum_waits_for_a_person():
    bills, file = sent_collections(8545, 1200)
    assert load(batch_credit("97.44", file)).suspense == 1
    assert open_cents(bills) == [8545, 1200]


def test_single_credit_by_its_end_to_end_id():
    bills, _ = sent_collections(8545)
    load(entry("85.45", details=detail(end_to_end_id="2026-SII-0000001-1")))
    assert open_cents(bills) == [0]
    # The same debit cannot be credited twice: the second waits for a person.
    assert load(entry("85.45", details=detail(end_to_end_id="2026-SII-0000001-1"), more="<NtryRef>2</NtryRef>"),
                transfer("1.00", "x")).new == 1  # fmt: skip


def test_return_reopens_the_bill_with_its_first_due_date_and_books_the_fee():
    bills, file = sent_collections(5000)
    load(batch_credit("50.00", file))
    load(returned("53.00", "2026-SII-0000001-1"), file="r.xml")
    (item,) = open_items(contract_account_id=account_of(bills))
    assert (item.reference, item.open_cents, item.due_on) == (number_of(bills), 5000, DUE_ON)
    assert balance_of(account_of(bills)) == 5000
    assert books() == {"bank": -300, "bank-fees": 300}
    collection = Collection.objects.get()
    assert (collection.state, collection.return_reason, collection.mandate.state) == ("returned", "AM04", "active")
    assert [item.open_cents for item in items_of(f"payment {Payment.objects.get(kind='sdd_return').pk}")] == [0]


def test_return_says_what_becomes_of_the_mandate_and_a_second_attempt_has_its_own_id():
    bills, file = sent_collections(5000)
    load(batch_credit("50.00", file))
    load(returned("50.00", "2026-SII-0000001-1", reason="AC04"), file="r.xml")
    assert Mandate.objects.get().state == Mandate.State.SUSPENDED
    Mandate.objects.update(state="active")
    assert prepare_collections(bills=bills, prenotified_on=ISSUED_ON).prepared == 1
    assert Collection.objects.latest("id").end_to_end_id == "2026-SII-0000001-2"


def test_return_without_end_to_end_id_is_found_by_mandate_and_amount():
    bills, file = sent_collections(5000)
    load(batch_credit("50.00", file))
    umr = Mandate.objects.get().umr
    details = (
        f"<TxDtls><Refs><MndtId>{umr}</MndtId></Refs><AmtDtls><InstdAmt><Amt Ccy='EUR'>50.00</Amt></InstdAmt></AmtDtls>"
        "<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf></TxDtls>"
    )
    load(entry("53.00", "DBIT", details=details), file="r.xml")
    assert open_cents(bills) == [5000]


def test_return_that_comes_before_the_credit_of_its_batch():
    bills, file = sent_collections(5000, 1000)
    load(returned("50.00", "2026-SII-0000001-1"), file="r.xml")
    assert books() == {"bank": -5000, "sdd-clearing": 5000}
    load(batch_credit("60.00", file), file="c.xml")
    assert open_cents(bills) == [5000, 0]
    assert books() == {"bank": 1000}


def test_return_of_what_we_never_sent_waits_for_a_person():
    load(returned("50.00", "UNKNOWN-1"))
    payment = Payment.objects.get()
    assert (payment.kind, payment.match) == ("sdd_return", "suspense")
    assert books() == {"bank": -5000, "suspense": 5000}


def test_paid_meanwhile_is_not_debited_and_paid_in_part_is_debited_for_the_rest():
    bills = make_bills([5000, 1000])
    sign_all(bills)
    prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    load(transfer("50.00", number_of(bills)), transfer("4.00", number_of(bills, 1)))
    file = debit_file()
    assert (file.debits, file.cents) == (1, 600)
    assert list(Collection.objects.order_by("id").values_list("state", "cents")) == [("cancelled", 5000), ("sent", 600)]


# ---------------------------------------------------------------- by hand


def test_a_person_matches_what_waits():
    bills = make_bills([8545])
    load(transfer("90.00", "acqua di casa"))
    waiting = Payment.objects.get()
    payment = match_payment(payment_id=waiting.pk, bill_number=number_of(bills), matched_on=DAY, recorded_at=LATER)
    assert (payment.match, payment.matched_by) == ("matched", "hand")
    assert open_cents(bills) == [0]
    assert balance_of(account_of(bills)) == -455
    assert books() == {"bank": 9000}
    with pytest.raises(PaymentNotWaiting, match="It is abbinato"):
        match_payment(payment_id=waiting.pk, bill_number=number_of(bills), matched_on=DAY, recorded_at=LATER)


def test_matching_by_hand_needs_a_bill():
    load(transfer("90.00", "acqua di casa"))
    with pytest.raises(BillUnknown, match="There is no such bill"):
        match_payment(payment_id=Payment.objects.get().pk, bill_number="X", matched_on=DAY, recorded_at=LATER)
