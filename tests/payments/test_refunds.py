"""What we owe customers goes back to them, once, and the bank's statement says when."""

from __future__ import annotations

import csv
import json
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from sorgente.archive.queries.documents import read_document
from sorgente.interfaces.commands.main import main
from sorgente.ledger.queries.accounts import balance_of
from sorgente.ledger.queries.audit import problems as ledger_problems
from sorgente.ledger.queries.books import trial_balance
from sorgente.payments.core.refunds import PostalOrder, RefundUnusable, Transfer, check_transfer, postal_list
from sorgente.payments.models import Payment, Refund
from sorgente.payments.queries.audit import problems as payment_problems
from sorgente.payments.queries.refund_list import list_refunds, refunds_waiting
from sorgente.payments.usecases.import_statement import import_statement
from sorgente.payments.usecases.refunds import (
    NothingToRefund,
    UnknownContractAccount,
    build_refund_file,
    prepare_refunds,
    set_refund_iban,
)
from sorgente.payments.usecases.register_mandate import register_mandate
from sorgente.shared.company import company
from sorgente.shared.errors import WrongUse
from tests.billing.test_one_offs import add
from tests.payments.statement_texts import camt, detail, entry
from tests.town import Town

IBAN = "IT60X0542811101000000123456"


@pytest.fixture(autouse=True)
def _archive(tmp_path, settings):
    settings.ARCHIVE_DIR = tmp_path / "archive"


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def closed_in_credit(town, name="Bianchi", meter="A17"):
    """Somebody whose closing bill gives back more than it asks."""
    town.on("2026-01-01").move_in(name, people=2, meter=meter, index_m3=100, yearly_m3=146)
    town.on("2026-02-01").read(meter, index_m3=110).move_out(name)
    add(town, name, -20_000, kind="deposit_return", reference=f"back {name}", text="Deposito")
    return town.on("2026-02-10").run_due(through="2026-02-10")


def account_number(town, name="Bianchi"):
    from sorgente.customers.queries.for_billing import contracts_table

    return contracts_table([town.people[name].contract_id]).to_pylist()[0]["account_number"]


def booked(code):
    return next(row.balance_cents for row in trial_balance(on=date(2030, 1, 1)) if row.code == code)


def assert_sound():
    assert [str(one) for one in (*ledger_problems(), *payment_problems())] == []


def test_a_closed_account_is_paid_on_the_bank_account_that_was_debited(town):
    closed_in_credit(town)
    owed = -town.balance("Bianchi")
    assert owed > 0
    register_mandate(
        contract_account_id=town.people["Bianchi"].account_id, iban=IBAN, holder_name="Niccolò Bianchi",
        holder_tax_code="RSSMRA80A01H501U", signed_on=date(2026, 1, 1), creditor_id=company().creditor_id,
    )  # fmt: skip
    done = prepare_refunds(as_of=town.today, at=town.now)
    assert [(one.cents, one.way, one.iban_tail, one.reason) for one in done.refunds] == [
        (owed, "transfer", "3456", "closed")
    ]
    assert prepare_refunds(as_of=town.today, at=town.now).refunds == []
    assert (town.balance("Bianchi"), booked("customer-credits")) == (0, -owed)

    file = build_refund_file(way="transfer", made_at=town.now)
    content = read_document(file.document.sha256)
    schema = Path(find_spec("sepaxml").submodule_search_locations[0]) / "schemas" / "pain.001.001.09.xsd"
    tree = etree.fromstring(content)
    etree.XMLSchema(file=schema).assertValid(tree)
    assert [tree.findtext(f".//{{*}}{name}") for name in ("CtrlSum", "EndToEndId", "MsgId")] == [
        f"{owed // 100}.{owed % 100:02d}",
        done.refunds[0].end_to_end_id,
        "RIM20260210-01",
    ]
    assert tree.findtext(".//{*}Cdtr/{*}Nm") == "Niccolo Bianchi"
    assert IBAN.encode() in content
    with pytest.raises(NothingToRefund):
        build_refund_file(way="transfer", made_at=town.now)
    assert_sound()


def test_the_statement_says_when_it_is_paid_and_when_it_comes_back(town):
    closed_in_credit(town)
    owed = -town.balance("Bianchi")
    amount = f"{owed // 100}.{owed % 100:02d}"
    set_refund_iban(account_number=account_number(town), iban=IBAN, holder_name="Anna Bianchi", at=town.now)
    (refund,) = prepare_refunds(as_of=town.today, at=town.now).refunds
    build_refund_file(way="transfer", made_at=town.now)
    debit = entry(amount, "DBIT", details=detail(end_to_end_id=refund.end_to_end_id))
    imported = import_statement(data=camt(debit), file="a.xml", imported_at=town.now)
    assert (imported.matched, imported.suspense) == (1, 0)
    refund.refresh_from_db()
    assert (refund.state, booked("customer-credits"), booked("bank")) == ("paid", 0, -owed)
    assert_sound()

    back = entry(amount, details=detail(end_to_end_id=refund.end_to_end_id), more="<RvslInd>true</RvslInd>")
    import_statement(data=camt(back), file="b.xml", imported_at=town.now)
    refund.refresh_from_db()
    assert (refund.state, town.balance("Bianchi"), booked("bank")) == ("returned", -owed, 0)
    assert set(Payment.objects.values_list("kind", "match")) == {("refund", "matched")}
    assert_sound()
    (again,) = prepare_refunds(as_of=town.today, at=town.now).refunds
    assert again.end_to_end_id != refund.end_to_end_id


def test_another_amount_than_ours_waits_for_a_person(town):
    closed_in_credit(town)
    set_refund_iban(account_number=account_number(town), iban=IBAN, holder_name="Anna Bianchi", at=town.now)
    (refund,) = prepare_refunds(as_of=town.today, at=town.now).refunds
    build_refund_file(way="transfer", made_at=town.now)
    debit = entry("0.01", "DBIT", details=detail(end_to_end_id=refund.end_to_end_id))
    assert import_statement(data=camt(debit), file="a.xml", imported_at=town.now).suspense == 1
    assert Refund.objects.get().state == "sent"


def test_without_a_bank_account_the_post_pays(town):
    closed_in_credit(town)
    owed = -town.balance("Bianchi")
    prepare_refunds(as_of=town.today, at=town.now)
    assert refunds_waiting() == (1, owed)
    file = build_refund_file(way="postal", made_at=town.now)
    (row,) = csv.DictReader(read_document(file.document.sha256).decode().splitlines(), delimiter=";")
    assert (row["beneficiario"], row["cap"], row["importo"]) == (
        "Bianchi Anna",
        "60901",
        f"{owed // 100}.{owed % 100:02d}",
    )
    (listed,) = list_refunds(state="sent", way="postal", account=account_number(town))
    assert (listed["message_id"], listed["cents"]) == (file.message_id, owed)
    assert_sound()


def test_a_credit_waits_for_the_next_bill_and_is_paid_when_none_comes_in_time(town):
    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100, yearly_m3=146)
    town.on("2026-02-01").read("A17", index_m3=110)
    add(town, "Bianchi", -20_000, kind="credit", text="Perdita occulta")
    town.on("2026-02-10").bill("Bianchi", through="2026-02-01")
    assert prepare_refunds(as_of=date(2026, 4, 10), at=town.now).refunds == []
    (late,) = prepare_refunds(as_of=date(2026, 4, 11), at=town.now).refunds
    assert (late.reason, balance_of(town.people["Bianchi"].account_id)) == ("waiting", 0)
    assert_sound()


def test_debts_are_settled_before_anything_is_paid_and_a_named_account_need_not_wait(town):
    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100, yearly_m3=146)
    town.on("2026-02-01").read("A17", index_m3=110)
    town.on("2026-02-10").bill("Bianchi", through="2026-02-01")
    debt = town.balance("Bianchi")
    add(town, "Bianchi", -9_000, kind="indemnity", text="voltura")
    town.on("2026-02-11").run_bills("Bianchi", select="one_offs")
    (one,) = prepare_refunds(as_of=town.today, at=town.now, account_numbers=[account_number(town)]).refunds
    assert (one.cents, one.reason, town.balance("Bianchi")) == (9_000 - debt, "asked", 0)
    assert_sound()


def test_an_account_with_something_left_to_bill_is_not_closed(town):
    closed_in_credit(town)
    add(town, "Bianchi", 1_000, reference="later", text="Sigillo")
    assert prepare_refunds(as_of=town.today, at=town.now).refunds == []


def test_what_the_scheme_would_refuse(town):
    good = Transfer(end_to_end_id="RIMB-1-1", cents=1, name="Anna", iban=IBAN, remittance="")
    check_transfer(good)
    for name, value in (("cents", 0), ("end_to_end_id", "//"), ("name", " ")):
        with pytest.raises(RefundUnusable):
            check_transfer(Transfer(**({f: getattr(good, f) for f in Transfer.__slots__} | {name: value})))
    with pytest.raises(UnknownContractAccount):
        set_refund_iban(account_number="no", iban=IBAN, holder_name="", at=town.now)


def test_a_name_is_never_a_formula():
    order = PostalOrder(
        reference="R", name='=HYPERLINK("x")', tax_code="", street="Via", postal_code="60901", municipality="V",
        province="AN", cents=1, reason="",
    )  # fmt: skip
    assert b"'=HYPERLINK" in postal_list([order])


@pytest.mark.django_db
def test_the_command_writes_both_lists_and_ends_with_nothing_left(town, tmp_path, capfd):
    closed_in_credit(town)
    closed_in_credit(town, "Verdi", "B03")
    set_refund_iban(account_number=account_number(town), iban=IBAN, holder_name="Anna Bianchi", at=town.now)
    assert main(["refunds", "export", "--on", "2026-02-10", "--out", str(tmp_path)]) == 0
    told = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(one["way"], one["refunds"]) for one in told] == [("transfer", 1), ("postal", 1)]
    assert all(Path(one["file"]).exists() for one in told)
    assert main(["refunds", "export", "--on", "2026-02-10", "--out", str(tmp_path)]) == 0
    assert capfd.readouterr().out == ""


def test_an_empty_file_is_refused():
    from sorgente.payments.adapters.pain001 import write_pain001
    from sorgente.payments.core.refunds import TransferFile

    empty = TransferFile(message_id="R", made_at=None, pay_on=None, payer=None, transfers=())
    with pytest.raises(WrongUse):
        write_pain001(empty, None)
