"""Notices and direct debits of issued bills: numbers used once, debits asked once, files that come out the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from django.conf import settings
from lxml import etree

from sorgente.archive.queries.documents import read_document
from sorgente.payments.core.debit_rules import DebitRuleMissing, debit_terms, lapses_on
from sorgente.payments.core.debits import Creditor
from sorgente.payments.core.notice import has_right_check
from sorgente.payments.models import Collection, DebtPosition, Mandate, NoticeSequence
from sorgente.payments.usecases.build_debit_file import DueDatePassed, NothingToDebit, build_debit_file
from sorgente.payments.usecases.open_positions import NoticeNumbersUsedUp, SegregationReserved, open_positions
from sorgente.payments.usecases.prepare_collections import prepare_collections
from sorgente.payments.usecases.register_mandate import (
    MandateAlreadyActive,
    MandateReferenceMalformed,
    MandateReferenceUsed,
    register_mandate,
)
from sorgente.payments.usecases.revoke_mandate import MandateEnded, revoke_mandate
from sorgente.shared.identifiers import IbanCheckDigits
from sorgente.shared.secrets import decrypt
from tests.payments.builders import DUE_ON, ISSUED_ON, NOW, days_before_due, make_bills

pytestmark = pytest.mark.django_db

IBAN = "IT60X0542811101000000123456"
OTHER_IBAN = "IT14D0306937301000000042042"
CREDITOR = Creditor(
    name="Valdoro Acque S.p.A.",
    creditor_id="IT39ZZZ0000000488410010",
    iban=IBAN,
    bic="BCITITMM",
    cuc="1234567X",
)


@pytest.fixture(autouse=True)
def _archive(tmp_path, settings):
    settings.ARCHIVE_DIR = tmp_path / "archive"


def sign(account: int, **changes) -> Mandate:
    values = {
        "contract_account_id": account,
        "iban": "it60 x054 2811 1010 0000 0123 456",
        "holder_name": "Niccolò Rossi",
        "holder_tax_code": "RSSMRA85T10A562S",
        "signed_on": date(2025, 1, 10),
        "creditor_id": CREDITOR.creditor_id,
    }
    return register_mandate(**(values | changes))


def sign_all(bills: pa.Table) -> list[Mandate]:
    return [sign(account) for account in dict.fromkeys(bills["contract_account_id"].to_pylist())]


def debit_file(**changes):
    values = {"due_on": DUE_ON, "creditor": CREDITOR, "version": "pain.008.001.08", "made_at": NOW}
    return build_debit_file(**(values | changes))


def tree_of(file) -> etree._Element:
    return etree.fromstring(read_document(file.document.sha256))


# ---------------------------------------------------------------- pagoPA positions


def test_every_bill_gets_a_number_of_its_own_and_keeps_it():
    bills = make_bills([8545, 0, -300, 1200])
    first = open_positions(bills=bills, segregation="01", opened_at=NOW)
    again = open_positions(bills=bills, segregation="01", opened_at=NOW)
    assert first.equals(again)
    assert first["bill_id"].to_pylist() == [bills["bill_id"][0].as_py(), bills["bill_id"][3].as_py()]
    numbers = first["notice_number"].to_pylist()
    assert all(has_right_check(number) and number.startswith("301") for number in numbers)
    assert first["iuv"].to_pylist() == [number[1:] for number in numbers]
    assert NoticeSequence.objects.get(segregation="01").latest == 2
    assert list(DebtPosition.objects.order_by("id").values_list("cents", "state")) == [(8545, "open"), (1200, "open")]


def test_numbers_go_on_and_each_segregation_counts_for_itself():
    one = open_positions(bills=make_bills([100]), segregation="01", opened_at=NOW)["notice_number"][0].as_py()
    two = open_positions(bills=make_bills([100]), segregation="01", opened_at=NOW)["notice_number"][0].as_py()
    other = open_positions(bills=make_bills([100]), segregation="02", opened_at=NOW)["notice_number"][0].as_py()
    assert [one[:16], two[:16], other[:16]] == ["3010000000000001", "3010000000000002", "3020000000000001"]


def test_segregation_codes_that_are_not_ours_and_numbers_used_up():
    bills = make_bills([100])
    with pytest.raises(SegregationReserved, match="National services hold it"):
        open_positions(bills=bills, segregation="47", opened_at=NOW)
    NoticeSequence.objects.create(segregation="01", latest=9_999_999_999_999)
    with pytest.raises(NoticeNumbersUsedUp, match="0 numbers are left, 1 are asked"):
        open_positions(bills=bills, segregation="01", opened_at=NOW)


def test_columns_are_checked_at_the_door():
    bills = make_bills([100])
    with pytest.raises(ValueError, match="lack the column cents"):
        open_positions(bills=bills.drop_columns(["cents"]), segregation="01", opened_at=NOW)
    empty = bills.set_column(1, "bill_number", pa.array([None], pa.string()))
    with pytest.raises(ValueError, match="empty cells in bill_number"):
        open_positions(bills=empty, segregation="01", opened_at=NOW)


# ---------------------------------------------------------------- mandates


def test_mandate_is_checked_and_its_iban_lies_encrypted():
    account = make_bills([100])["contract_account_id"][0].as_py()
    mandate = sign(account)
    assert bytes(mandate.iban).find(b"0542811101") == -1
    assert decrypt(mandate.iban, key=settings.FIELD_KEY) == IBAN
    assert (mandate.iban_tail, mandate.holder_name, mandate.umr) == ("3456", "Niccolo Rossi", f"CA{account:09d}-1")


def test_same_mandate_again_is_recognised_and_another_content_refused():
    account = make_bills([100])["contract_account_id"][0].as_py()
    mandate = sign(account, umr="ab 12")
    assert sign(account, umr="AB12") == mandate
    with pytest.raises(MandateReferenceUsed, match="another signed_on: 2025-01-10, now 2025-01-11"):
        sign(account, umr="AB12", signed_on=date(2025, 1, 11))
    with pytest.raises(MandateReferenceUsed, match=r"another iban\. Give"):
        sign(account, umr="AB12", iban=OTHER_IBAN)


def test_mandates_that_cannot_be():
    account = make_bills([100])["contract_account_id"][0].as_py()
    with pytest.raises(IbanCheckDigits):
        sign(account, iban="IT61X0542811101000000123456")
    with pytest.raises(MandateReferenceMalformed, match="Banks refuse it"):
        sign(account, umr="a//b")
    sign(account)
    with pytest.raises(MandateAlreadyActive, match="ending in 3456 is active"):
        sign(account, umr="NEW", iban=OTHER_IBAN)


def test_revoking_cancels_what_was_not_sent_and_leaves_room_for_the_next():
    bills = make_bills([100])
    (mandate,) = sign_all(bills)
    prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    assert revoke_mandate(mandate_id=mandate.pk, ended_on=date(2026, 3, 5)) == 1
    assert Collection.objects.get().state == Collection.State.CANCELLED
    with pytest.raises(MandateEnded, match="revocato since 2026-03-05"):
        revoke_mandate(mandate_id=mandate.pk, ended_on=date(2026, 3, 6))
    assert sign(mandate.contract_account_id, iban=OTHER_IBAN).umr.endswith("-2")


# ---------------------------------------------------------------- collections


def test_terms_of_the_scheme_by_due_date():
    assert debit_terms(date(2026, 3, 31)).prenotification_days == 14
    with pytest.raises(DebitRuleMissing, match="says nothing for 2016-11-20"):
        debit_terms(date(2016, 11, 20))
    assert lapses_on(date(2023, 3, 31), 36) == date(2026, 3, 31)
    assert lapses_on(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert lapses_on(date(2023, 12, 31), 2) == date(2024, 2, 29)


@pytest.mark.parametrize(("days", "prepared"), [(14, 1), (13, 0)])
def test_customer_is_told_fourteen_days_before(days, prepared):
    bills = make_bills([100])
    sign_all(bills)
    done = prepare_collections(bills=bills, prenotified_on=days_before_due(days))
    assert done.prepared == prepared
    assert [error.code for _, error in done.refusals] == ["payments.collection.prenotified-too-late"] * (1 - prepared)


@pytest.mark.parametrize(("signed", "prepared"), [(date(2023, 4, 1), 1), (date(2023, 3, 31), 0)])
def test_mandate_unused_for_three_years_is_dead(signed, prepared):
    bills = make_bills([100])
    sign(bills["contract_account_id"][0].as_py(), signed_on=signed)
    done = prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    assert done.prepared == prepared
    assert [error.code for _, error in done.refusals] == ["payments.collection.mandate-lapsed"] * (1 - prepared)


def test_each_bill_is_prepared_once_or_refused_with_a_reason():
    bills = make_bills([100, 200, 0])
    sign(bills["contract_account_id"][0].as_py())
    done = prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    assert (done.prepared, done.there_before) == (1, 0)
    ((number, error),) = done.refusals
    assert (number, error.code) == (bills["bill_number"][1].as_py(), "payments.collection.no-active-mandate")
    again = prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    assert (again.prepared, again.there_before) == (0, 1)


def test_due_date_moves_to_a_day_on_which_banks_settle():
    bills = make_bills([100], due_on=date(2026, 4, 3))  # Good Friday; Easter Monday follows
    sign_all(bills)
    prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    assert Collection.objects.get().due_on == date(2026, 4, 7)


def test_debit_file_is_made_once_and_comes_out_the_same():
    bills = make_bills([8545, 1200])
    sign_all(bills)
    prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    file = debit_file()
    assert (file.message_id, file.debits, file.cents) == ("SDD20260331-01", 2, 9745)
    tree = tree_of(file)
    assert [node.text for node in tree.iter("{*}EndToEndId")] == ["2026-SII-0000001-1", "2026-SII-0000002-1"]
    assert tree.findtext(".//{*}DbtrAcct/{*}Id/{*}IBAN") == IBAN
    assert debit_file(made_at=NOW + timedelta(hours=3)).pk == file.pk
    assert set(Collection.objects.values_list("state", "file")) == {("sent", file.pk)}
    assert set(Mandate.objects.values_list("latest_presented_on", flat=True)) == {DUE_ON}


def test_what_comes_later_goes_into_a_file_of_its_own():
    first = make_bills([100])
    sign_all(first)
    prepare_collections(bills=first, prenotified_on=ISSUED_ON)
    debit_file()
    second = make_bills([200])
    sign_all(second)
    prepare_collections(bills=second, prenotified_on=ISSUED_ON)
    file = debit_file()
    assert (file.message_id, file.debits, file.cents) == ("SDD20260331-02", 1, 200)


def test_files_that_cannot_be_made():
    with pytest.raises(NothingToDebit, match="No prepared collection"):
        debit_file()
    bills = make_bills([100])
    sign_all(bills)
    prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    with pytest.raises(DueDatePassed, match="at least one day before"):
        debit_file(made_at=datetime(2026, 3, 31, 6, 0, tzinfo=UTC))
    assert Collection.objects.get().state == Collection.State.PREPARED
