"""Papers of issued bills: what they say, made once, whatever happens on the way."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg
import pytest
from lxml import etree
from pypdf import PdfReader

from sorgente.archive.queries.documents import documents_of, read_document
from sorgente.billing.adapters import draw_bills as drawing
from sorgente.billing.adapters.bill_pdf import drawing_pool
from sorgente.billing.adapters.einvoice_check import check_einvoice
from sorgente.billing.core.document import BillKind, ChargeKind, PaymentMethod, ReadKind
from sorgente.billing.core.totals import document_gaps
from sorgente.billing.models import Bill, RunItem
from sorgente.billing.queries.bill_documents import bill_documents
from sorgente.billing.usecases.render_bills import render_bills
from sorgente.payments.models import DebtPosition
from sorgente.payments.queries.payment_details import payment_details
from sorgente.shared.errors import WrongUse
from tests.billing.render_builders import at, bill_ids, collect, customer, village, yearly

pytestmark = pytest.mark.django_db

MAY, NOVEMBER, NEXT_MARCH = date(2025, 5, 5), date(2025, 11, 4), date(2026, 3, 10)
ISSUED, ESTIMATED_ON, BALANCED_ON = date(2025, 11, 20), date(2026, 1, 20), date(2026, 3, 25)


@pytest.fixture(autouse=True)
def archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"


@pytest.fixture
def three():
    """A year's first bill for a payer by pagoPA, one by direct debit, one by bank transfer."""
    place = village(customer(1), customer(2, payment_method="sdd"), customer(3, payment_method="transfer"))
    place.read(MAY, 160)
    place.read(NOVEMBER, 240)
    return place


def render(run, **more):
    return render_bills(payments_of=payment_details, rendered_at=at(run.bill_on), run=run, **more)


def documents(run):
    ids = bill_ids(run)
    found = bill_documents(ids, payments=payment_details(ids))
    assert found.refused == {}
    return [found.ready[one] for one in ids]


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"[\s\u00a0]+", " ", " ".join(page.extract_text() for page in pages))


def test_papers_are_valid_and_say_how_much_by_when_and_how(three):
    run = three.bill(ISSUED)
    assert render(run) == drawn(3)
    names = set()
    for bill in Bill.objects.filter(run=run).select_related("document", "einvoice").order_by("id"):
        xml, pdf = read_document(bill.einvoice.sha256), read_document(bill.document.sha256)
        assert check_einvoice(xml) == []
        root = etree.fromstring(xml)
        assert root.findtext(".//ImportoTotaleDocumento") == f"{bill.total_cents // 100}.{bill.total_cents % 100:02d}"
        assert root.findtext(".//Numero") == bill.number
        assert bill.einvoice_name == f"IT02731560427_{root.findtext('.//ProgressivoInvio')}.xml"
        names.add(bill.einvoice_name)
        text = text_of(pdf)
        amount = f"{bill.to_pay_cents // 100},{bill.to_pay_cents % 100:02d} €"
        assert bill.number in text
        assert amount in text
        assert "15 dicembre 2025" in text
        assert PdfReader(io.BytesIO(pdf)).attachments[bill.einvoice_name] == [xml]
        assert {one.kind for one in documents_of(f"bill:{bill.number}")} == {"bill", "einvoice"}
    assert len(names) == 3
    notice = DebtPosition.objects.get().notice_number
    paged = text_of(read_document(Bill.objects.get(position__notice_number=notice).document.sha256))
    assert " ".join(notice[at : at + 4] for at in range(0, 18, 4)) in paged
    run.refresh_from_db()
    assert run.rendered == 3


def drawn(count):
    from sorgente.billing.core.step_result import StepResult

    return StepResult(done=count)


def test_the_first_bill_document_on_actual_reads(three):
    by_notice, by_debit, by_transfer = documents(three.bill(ISSUED))
    assert [one.payment.method for one in (by_notice, by_debit, by_transfer)] == [
        PaymentMethod.PAGOPA,
        PaymentMethod.SDD_CORE,
        PaymentMethod.TRANSFER,
    ]
    assert by_debit.payment.masked_iban == "IT•• •••• •••• 3456"
    assert by_transfer.payment.reference == f"Bolletta {by_transfer.header.number}"
    assert document_gaps(by_notice) == []
    assert by_notice.header.kind is BillKind.BALANCE
    assert by_notice.contract.use_label == "Uso domestico residente"
    assert (by_notice.contract.residents, by_notice.contract.services) == (
        3,
        ("Acquedotto", "Fognatura", "Depurazione"),
    )
    assert [(read.day, read.index_milli, read.kind) for read in by_notice.meters[0].reads] == [
        (date(2024, 11, 4), 100_000, ReadKind.ACTUAL),
        (MAY, 160_000, ReadKind.ACTUAL),
        (NOVEMBER, 240_000, ReadKind.ACTUAL),
    ]
    assert [(bar.start, bar.volume_milli) for bar in by_notice.consumption.history] == [
        (date(2024, 11, 4), 60_000),
        (MAY, 80_000),
    ]
    assert by_notice.explanation == "È la prima bolletta di questa fornitura."
    assert by_notice.previous_total_cents is None
    assert not by_notice.instalment_right


def test_brackets_are_printed_with_the_edges_they_were_rated_with(three):
    [bill, *_] = documents(three.bill(ISSUED))
    rows = [row for row in bill.rows if row.label.startswith("fascia") or row.label.endswith("eccedenza")]
    # 3 persons, 365 days: 18.25, 45 and 65 m3 a person; 140 m3 end in the third bracket.
    assert [(row.label, row.bracket_from_milli, row.bracket_to_milli, row.quantity_milli) for row in rows] == [
        ("fascia agevolata", None, 54_750, 54_750),
        ("fascia base", 54_750, 135_000, 80_250),
        ("I eccedenza", 135_000, 195_000, 5_000),
    ]
    quotas = [row for row in bill.rows if row.kind is ChargeKind.FIXED]
    assert [(row.service, row.unit, row.quantity_milli, row.yearly_price_e8) for row in quotas] == [
        ("Acquedotto", "day", 365_000, 2_840_000_000),
        ("Fognatura", "day", 365_000, 610_000_000),
        ("Depurazione", "day", 365_000, 1_230_000_000),
    ]


def test_an_estimate_and_the_balance_that_takes_it_back(three):
    three.bill(ISSUED)
    yearly(three, 2026, 140)
    [advance, *_] = documents(three.bill(ESTIMATED_ON))
    assert advance.header.kind is BillKind.ADVANCE
    assert all(row.is_estimated for row in advance.rows)
    assert [(read.day, read.index_milli, read.kind) for read in advance.meters[0].reads] == [
        (NOVEMBER, 240_000, ReadKind.ACTUAL),
        (ESTIMATED_ON, 269_534, ReadKind.ESTIMATED),  # 140 m3 / 365 x 77 days
    ]
    assert advance.explanation.startswith(
        "Il consumo è stimato: la prossima lettura lo corregge. L'ultima lettura effettiva è del 4 novembre 2025."
    )
    assert [one.number for one in advance.unpaid] == ["2025/SII/0000001"]
    assert advance.consumption.history[-1].kind is ReadKind.ESTIMATED

    three.read(NEXT_MARCH, 280)
    [balance, *_] = documents(three.bill(BALANCED_ON))
    assert balance.header.kind is BillKind.BALANCE
    before = [row for row in balance.rows if row.kind is ChargeKind.BILLED_BEFORE]
    assert [(row.label, row.cents, row.quantity_milli) for row in before] == [
        (f"acconto della bolletta {advance.header.number}", -advance.header.net_cents, None)
    ]
    assert document_gaps(balance) == []
    assert balance.previous_total_cents == advance.header.to_pay_cents
    assert balance.explanation.startswith("Ora i conti tornano sulla lettura effettiva")
    # 60 m3 over 182 days of the winter before, 40 m3 over 126 of this one.
    assert (balance.consumption.year_before_daily_mean_milli, balance.consumption.daily_mean_milli) == (330, 317)
    assert not balance.consumption.is_anomalous


def test_a_second_estimate_goes_on_from_the_index_of_the_first_even_when_later_taken_back(three):
    three.bill(ISSUED)
    yearly(three, 2026, 140)
    three.bill(ESTIMATED_ON)
    second = three.bill(BALANCED_ON)
    indices = [read.index_milli for read in documents(second)[0].meters[0].reads]
    assert indices == [269_534, 269_534 + 24_548]  # 64 days
    three.read(date(2026, 4, 20), 310)
    three.bill(date(2026, 5, 5))
    assert [read.index_milli for read in documents(second)[0].meters[0].reads] == indices


def test_twice_the_usual_warns_of_a_leak_and_gives_the_right_to_instalments(three):
    three.bill(ISSUED)
    yearly(three, 2026, 140)
    three.bill(ESTIMATED_ON)
    three.read(NEXT_MARCH, 400)
    [bill, *_] = documents(three.bill(BALANCED_ON))
    assert bill.consumption.is_anomalous
    assert bill.instalment_right
    assert bill.instalment_until == date(2026, 4, 30)  # ten days after the due date
    assert "potrebbe esserci una perdita" in bill.explanation


def test_who_moves_in_does_not_see_the_reads_of_who_lived_there(three):
    first = three.bill(ISSUED)
    later = documents(first)[0]
    assert min(bar.start for bar in later.consumption.history) == later.contract.started_on


def test_a_second_call_does_nothing_and_a_bill_keeps_its_papers(three):
    run = three.bill(ISSUED)
    render(run)
    papers = list(Bill.objects.filter(run=run).values_list("einvoice_name", "document_id", "einvoice_id"))
    assert render(run) == drawn(0)
    assert render_bills(payments_of=payment_details, rendered_at=at(ISSUED), bill_ids=bill_ids(run)) == drawn(0)
    assert list(Bill.objects.filter(run=run).values_list("einvoice_name", "document_id", "einvoice_id")) == papers
    run.refresh_from_db()
    assert run.rendered == 3


def test_killed_halfway_it_goes_on_to_one_paper_each():
    place = village(*(customer(number) for number in range(5)))
    place.read(NOVEMBER, 240)
    run = place.bill(ISSUED)

    class Killed(BaseException):
        pass

    def kill(done: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        render(run, chunk=2, progress=kill)
    early = dict(Bill.objects.filter(run=run).exclude(document=None).values_list("id", "einvoice_name"))
    assert len(early) == 2
    seen: list[int] = []
    assert render(run, chunk=2, progress=seen.append).done == 3
    assert seen == [2, 1]
    names = dict(Bill.objects.filter(run=run).values_list("id", "einvoice_name"))
    assert early.items() <= names.items()
    assert len(set(names.values())) == 5
    assert not Bill.objects.filter(run=run, document=None).exists()


def test_a_bill_that_cannot_be_sent_waits_with_its_reason_and_stops_nobody():
    place = village(customer(1), customer(2, tax_code=""), customer(3))
    place.read(NOVEMBER, 240)
    run = place.bill(ISSUED)
    result = render(run)
    assert result.done == 2
    [(number, error)] = result.refusals
    assert (number, error.code) == ("2025/SII/0000002", "billing.einvoice.buyer-without-tax-code")
    item = RunItem.objects.get(run=run, contract_id=place.customers[1].contract_id)
    assert (item.state, item.code, item.reason) == ("issued", error.code, error.facts)

    from sorgente.customers.models import Party

    Party.objects.filter(pk=place.customers[1].party_id).update(tax_code="BNCNNA75D52E783W")
    assert render(run) == drawn(1)
    item.refresh_from_db()
    assert (item.code, item.reason, item.next_step) == ("", "", "")


def test_a_bill_whose_collection_is_not_prepared_waits(three):
    run = three.bill(ISSUED, collects=False)
    result = render(run)
    assert result.done == 1  # the one paid by bank transfer
    assert next(str(error) for _, error in result.refusals) == (
        "Bill 2025/SII/0000001: It has neither a direct debit nor a payment notice. Prepare its collection, or open "
        "its pagoPA position; then render again."
    )
    collect(run)
    assert render(run) == drawn(2)


def test_a_bill_that_asks_another_amount_does_not_leave(three):
    run = three.bill(ISSUED)
    DebtPosition.objects.update(cents=1)
    [(_, error)] = render(run).refusals
    assert error.code == "billing.papers.bill-does-not-add-up"
    assert "The payment asks 0,01 €" in error.facts


def test_what_sdi_would_discard_does_not_leave(three, monkeypatch):
    run = three.bill(ISSUED)
    problem = drawing.check_einvoice(b"<x/>")[0]
    monkeypatch.setattr(drawing, "check_einvoice", lambda data, subject: [problem])
    result = render(run)
    assert {error.code for _, error in result.refusals} == {"billing.papers.einvoice-would-be-discarded"}
    assert problem.code in result.refusals[0][1].facts
    assert not Bill.objects.filter(run=run).exclude(document=None).exists()


def test_a_defect_met_by_one_bill_is_named_and_logged_and_the_others_go_on(three, monkeypatch, caplog):
    run = three.bill(ISSUED)
    real = drawing.render_bill

    def broken(bill, **more):
        if bill.header.number.endswith("2"):
            raise KeyError("month")
        return real(bill, **more)

    monkeypatch.setattr(drawing, "render_bill", broken)
    result = render(run)
    [(number, error)] = result.refusals
    assert (result.done, number, error.code) == (2, "2025/SII/0000002", "billing.papers.bill-breaks-program")
    assert "KeyError" in str(error)
    assert "Bill 2025/SII/0000002 cannot be drawn." in caplog.text


def test_the_same_papers_come_from_other_processes(three, tmp_path: Path):
    run = three.bill(ISSUED)
    with drawing_pool(2) as processes:
        assert render(run, processes=processes) == drawn(3)
    for bill in Bill.objects.filter(run=run).select_related("einvoice"):
        assert check_einvoice(read_document(bill.einvoice.sha256)) == []


@contextmanager
def statements(monkeypatch):
    count = [0]
    real = psycopg.Cursor.execute

    def counted(self, *args, **more):
        count[0] += 1
        return real(self, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counted)
        yield count


def test_the_database_is_asked_as_often_for_nine_bills_as_for_two(monkeypatch):
    place = village(*(customer(number) for number in range(11)))
    place.read(NOVEMBER, 240)
    ids = bill_ids(place.bill(ISSUED))
    counts = []
    for some in (ids[:2], ids[2:]):
        with statements(monkeypatch) as count:
            found = bill_documents(some, payments=payment_details(some))
        assert len(found.ready) == len(some)
        counts.append(count[0])
    assert counts[0] == counts[1]
    assert counts[0] < 40


def test_neither_run_nor_bills_is_wrong_use():
    with pytest.raises(WrongUse):
        render_bills(payments_of=payment_details, rendered_at=at(ISSUED))
