"""The bill's PDF: what a customer must find on it, its attachment, its standards, its edges."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
import segno
import typst
from pypdf import PdfReader

from sorgente.billing.adapters import bill_pdf
from sorgente.billing.adapters.bill_pdf import BillNotDrawn, bill_fonts, render_bill
from sorgente.billing.adapters.bill_texts import NoTextsInForce, TextsUnreadable, rights_texts
from sorgente.billing.adapters.bill_view import bill_view
from sorgente.billing.adapters.bill_words import (
    amount,
    bracket,
    grouped_by_four,
    long_day,
    long_period,
    months,
    price,
    quantity,
)
from sorgente.billing.adapters.einvoice import einvoice_xml
from sorgente.billing.core.document import BillDocument, ChargeKind, Note, ReadKind
from sorgente.billing.core.specimen import KINDS, specimen_bill
from sorgente.interfaces.commands.benches import bill_pdf as bill_pdf_bench
from sorgente.interfaces.commands.benches import einvoice as einvoice_bench


@lru_cache(maxsize=32)
def pdf(bill: BillDocument) -> bytes:
    return render_bill(
        bill, einvoice=einvoice_xml(bill, progressive="00001"), fonts=bill_fonts(), einvoice_name="f.xml"
    )


def pages(bill: BillDocument) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf(bill)))
    return [re.sub(r"[\s\u00a0]+", " ", page.extract_text()) for page in reader.pages]


@pytest.mark.parametrize("kind", KINDS)
def test_page_1_answers_and_page_2_proves(kind: str) -> None:
    bill = specimen_bill(1, kind=kind)
    first, *rest = pages(bill)
    proof = " ".join(rest)
    assert bill.header.number in first
    assert f"{amount(abs(bill.header.to_pay_cents))} €" in first
    if bill.payment.due_on:
        assert long_day(bill.payment.due_on) in first
    assert len(rest) in (1, 2)
    for row in bill.rows:
        assert amount(row.cents) in proof
        assert row.label[1:12] in proof
    for group in bill.vat_groups:
        assert amount(group.taxable_cents) in proof
    assert amount(bill.header.total_cents) in proof
    assert bill.contract.point_code in proof
    assert bill.issuer.emergency_phone in proof
    assert "Reclami e rettifiche" in proof


def test_notice_of_a_bill_to_pay_by_pagopa() -> None:
    bill = specimen_bill(1, kind="pagopa")
    first = pages(bill)[0]
    assert grouped_by_four(bill.payment.notice_number) in first
    assert bill.issuer.tax_code in first
    assert bill.issuer.cbill_code in first


def test_the_qr_is_the_one_that_any_encoder_makes() -> None:
    text = specimen_bill(1, kind="pagopa").payment.qr_text
    view = bill_view(specimen_bill(1, kind="pagopa"), einvoice_name=None)
    matrix = segno.make_qr(text, error="m", boost_error=False, mask=4).matrix
    drawn = [[0] * len(matrix) for _ in matrix]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", view["payment"]["qr"]):
        for at in range(int(x), int(x) + int(run)):
            drawn[int(y)][at] = 1
    assert drawn == [list(row) for row in matrix]


def test_direct_debit_shows_the_mandate_and_hides_the_account() -> None:
    bill = specimen_bill(1, kind="direct_debit")
    first = pages(bill)[0]
    assert bill.payment.mandate_id in first
    assert bill.issuer.sdd_creditor_id in first
    assert "addebito è automatico" in first
    assert "Codice avviso" not in first


def test_split_payment_asks_for_the_net_amount_alone() -> None:
    bill = specimen_bill(4, kind="public_body")
    first, proof, *_ = pages(bill)
    assert f"{amount(bill.header.net_cents)} €" in first
    assert "scissione dei pagamenti" in proof
    assert grouped_by_four(bill.issuer.iban) in first


def test_credit_and_zero_ask_for_nothing() -> None:
    credit, zero = (pages(specimen_bill(1, kind=kind))[0] for kind in ("credit_note", "zero"))
    assert "A tuo credito" in credit
    assert "Non devi pagare nulla" in credit
    assert "Nota di credito n." in credit
    assert "Nulla da pagare" in zero


def test_unpaid_bills_and_leak_are_told_on_page_1() -> None:
    first, proof = pages(specimen_bill(1, kind="anomalous"))[:2]
    assert "Ci risultano ancora da pagare 48,71 €" in first
    assert "Consumi il doppio del solito" in first
    assert "hai diritto di pagarla a rate" in proof


def test_the_bonus_tells_its_days() -> None:
    bill = specimen_bill(1, kind="bonus")
    assert bill.bonus is not None
    proof = " ".join(pages(bill)[1:])
    assert f"Riduce questa bolletta di {amount(-bill.bonus.cents)} €" in proof
    assert long_period(bill.bonus.start, bill.bonus.end) in proof


def test_the_einvoice_is_attached_as_it_was_transmitted() -> None:
    bill = specimen_bill(1, kind="pagopa")
    reader = PdfReader(io.BytesIO(pdf(bill)))
    assert reader.attachments == {"f.xml": [einvoice_xml(bill, progressive="00001")]}
    without = render_bill(bill, einvoice=None, fonts=None)
    assert PdfReader(io.BytesIO(without)).attachments == {}


def test_it_says_which_standards_it_keeps() -> None:
    bill = specimen_bill(1, kind="pagopa")
    reader = PdfReader(io.BytesIO(pdf(bill)))
    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()  # type: ignore[index]
    assert re.search(r"pdfaid:part[>=\"]+3", metadata)
    assert re.search(r"pdfaid:conformance[>=\"]+A", metadata)
    assert re.search(r"pdfuaid:part[>=\"]+1", metadata)
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("it")  # type: ignore[index]
    assert reader.metadata is not None
    assert reader.metadata.title == f"Bolletta {bill.header.number}"


def test_the_same_bill_gives_the_same_bytes() -> None:
    bill = specimen_bill(1, kind="pagopa")
    again = render_bill(
        bill, einvoice=einvoice_xml(bill, progressive="00001"), fonts=bill_fonts(), einvoice_name="f.xml"
    )
    assert again == pdf(bill)


def crowded() -> BillDocument:
    """A bill with 70 rows over two tariff years, capitals everywhere, many reads and notes of all lengths."""
    bill = specimen_bill(3, kind="condominium")
    middle = bill.header.start + timedelta(days=40)
    rows = tuple(
        replace(
            row, label=f"{row.label.upper()} VOCE {number} COME LA SCRIVE IL VECCHIO GESTIONALE, PER ESTESO", end=middle
        )
        for number in range(6)
        for row in bill.rows
    )
    name = "CONDOMINIO GRANDE COMPLESSO RESIDENZIALE VIA DELLA RESISTENZA 114-116-118 SCALE A B C D"
    meter = bill.meters[0]
    reads = tuple(replace(meter.reads[0], day=meter.reads[0].day + timedelta(days=7 * week)) for week in range(14))
    return replace(
        bill,
        rows=rows,
        customer=replace(bill.customer, name=name, mail_to=name),
        meters=(replace(meter, reads=reads), replace(meter, serial="SECONDO-CONTATORE-000000001")),
        notes=tuple(Note(f"Nota {number}", "Parole che occupano molto spazio. " * 12) for number in range(9)),
    )


def test_a_crowded_bill_spills_over_pages_and_loses_nothing() -> None:
    bill = crowded()
    first, *rest = pages(bill)
    proof = " ".join(rest)
    assert 3 <= len(rest) <= 8
    assert f"pagina 1 di {len(rest) + 1}" in first
    assert proof.count("COME LA SCRIVE") == len(bill.rows)
    assert "SECONDO-CONTATORE-000000001" in proof
    assert proof.count("Nota ") == 9
    assert proof.count("Prezzo €") >= 2  # the heads of the table stand again on every page


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_outside_the_page(kind: str) -> None:
    for bill in (specimen_bill(5, kind=kind), crowded()) if kind == "condominium" else (specimen_bill(5, kind=kind),):
        for page in PdfReader(io.BytesIO(pdf(bill))).pages:
            places: list[tuple[float, float]] = []
            page.extract_text(
                visitor_text=lambda text, cm, tm, font, size, found=places: (
                    found.append((cm[0] * tm[4] + cm[4], cm[3] * tm[5] + cm[5])) if text.strip() else None
                )
            )
            assert places
            assert all(35 <= x <= 560 and 15 <= y <= 830 for x, y in places), kind


def test_texts_with_mark_up_are_only_texts() -> None:
    bill = specimen_bill(1, kind="direct_debit")
    name = '#panic("x") *grassetto* $x$ @a <b> \\u{1} `c`'
    strange = replace(bill, customer=replace(bill.customer, first_name="", last_name="", name=name), explanation=name)
    assert '#panic("x") *grassetto*' in pages(strange)[0]


def test_a_template_that_fails_names_the_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    world = typst.Compiler(b"#panic(1)", sys_inputs={})
    monkeypatch.setattr(bill_pdf, "_world", lambda fonts: world)
    with pytest.raises(BillNotDrawn, match="2026/0000001"):
        render_bill(specimen_bill(1), einvoice=None, fonts=None)


def test_without_history_or_meter_the_page_still_stands() -> None:
    bill = specimen_bill(1, kind="direct_debit")
    bare = replace(
        bill,
        meters=(),
        consumption=replace(bill.consumption, history=(), yearly_milli=None, next_read_from=None, billed_milli=0),
        explanation="",
        previous_total_cents=None,
    )
    assert "Consumo fatturato" in pages(bare)[0]


def test_a_bar_of_half_a_year_is_not_called_a_month() -> None:
    bill = specimen_bill(1, kind="direct_debit")
    half = replace(bill.consumption.history[-1], start=date(2025, 12, 14), end=date(2026, 6, 14))
    chart = bill_view(replace(bill, consumption=replace(bill.consumption, history=(half,))), einvoice_name=None)[
        "chart"
    ]
    assert chart["title"] == "Litri al giorno, tra una lettura e la successiva"
    assert [bar["when"] for bar in chart["bars"]] == ["dic\u00a0–\u00a0giu\u00a026"]
    month = replace(half, start=date(2026, 3, 1), end=date(2026, 4, 1))
    chart = bill_view(replace(bill, consumption=replace(bill.consumption, history=(month,))), einvoice_name=None)[
        "chart"
    ]
    assert chart["title"] == "Litri al giorno, mese per mese"
    assert [bar["when"] for bar in chart["bars"]] == ["mar"]


def test_what_the_water_costs_stands_on_page_1_quotas_and_vat_in_it() -> None:
    bill = specimen_bill(1, kind="direct_debit")
    row = replace(next(row for row in bill.rows if row.kind is ChargeKind.VARIABLE), cents=10_000, vat_rate_e2=1000)
    plain = replace(bill, rows=(row,), consumption=replace(bill.consumption, billed_milli=40_000))
    cost = bill_view(plain, einvoice_name=None)["consumption"]["cost"]
    assert [line[:2] for line in cost] == [["L'acqua costa, al m³", "2,7500\u00a0€"], ["al litro", "0,002750\u00a0€"]]
    assert "L'acqua costa, al m³" in pages(bill)[0]


def test_fonts_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SORGENTE_FONTS", str(tmp_path))
    assert bill_fonts() == tmp_path


def test_rights_are_chosen_by_day_and_bill(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bill = specimen_bill(1, kind="anomalous")
    titles = [note.title for note in rights_texts(bill)]
    assert titles.count("Rate") == 1
    assert "Se non paghi" in titles
    assert "Se non paghi" not in [note.title for note in rights_texts(specimen_bill(1, kind="zero"))]
    without_url = replace(bill, issuer=replace(bill.issuer, leak_protection_url=""))
    assert "Perdite nascoste" not in [note.title for note in rights_texts(without_url)]
    with pytest.raises(NoTextsInForce):
        rights_texts(replace(bill, header=replace(bill.header, issued_on=date(1999, 1, 1))))
    monkeypatch.setenv("SORGENTE_RULES", str(tmp_path))
    with pytest.raises(TextsUnreadable):
        rights_texts(bill)


def test_words() -> None:
    bill = specimen_bill(2, kind="condominium")
    fixed = bill.rows[0]
    assert long_day(date(2026, 3, 1)) == "1° marzo 2026"
    assert long_period(date(2026, 1, 1), date(2026, 4, 1)) == "1° gennaio – 31 marzo 2026"
    assert long_period(date(2025, 12, 1), date(2026, 2, 1)) == "1° dicembre 2025 – 31 gennaio 2026"
    assert months(date(2025, 12, 14), date(2026, 6, 1)) == "dic\u00a0–\u00a0mag\u00a026"
    assert amount(-123456) == "−1.234,56"
    assert price(68421000) == "0,684210"
    assert price(7521644) == "0,07521644"
    assert quantity(fixed) == f"{(fixed.end - fixed.start).days} gg × 24 unità"
    edges = replace(fixed, bracket_from_milli=18250, bracket_to_milli=45600)
    assert bracket(edges) == "da 18,25 a 45,6 m³"
    assert bracket(replace(edges, bracket_to_milli=None)) == "oltre 18,25 m³"
    assert bracket(replace(edges, bracket_from_milli=0)) == "fino a 45,6 m³"


def test_estimated_months_are_told_apart_in_the_chart() -> None:
    chart = bill_view(specimen_bill(1, kind="direct_debit"), einvoice_name=None)["chart"]
    assert chart["any_estimated"]
    bills = specimen_bill(1, kind="pagopa").consumption.history
    assert [bar.kind is ReadKind.ESTIMATED for bar in bills].count(True) == 0
    assert max(bar["share"] for bar in chart["bars"]) == 1000


def test_benches_measure_what_they_say() -> None:
    done, seconds, unit = einvoice_bench.measure(50)
    assert (done, unit) == (50, "e-invoices/s")
    assert seconds > 0
    done, seconds, unit = bill_pdf_bench.measure(3)
    assert (done, unit) == (3, "bills/s")
    assert seconds > 0
