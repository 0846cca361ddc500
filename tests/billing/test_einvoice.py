"""E-invoices: recipients, lines and documents of cases/einvoice, and the laws that every bill must keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sorgente.billing.adapters.einvoice import (
    FILE_NUMBERS,
    BillNumberUnfit,
    BillWithoutRows,
    FileNumberOutOfRange,
    einvoice_file_name,
    einvoice_progressive,
    einvoice_xml,
)
from sorgente.billing.adapters.einvoice_check import check_einvoice
from sorgente.billing.adapters.einvoice_text import ascii_only, latin1, price_text
from sorgente.billing.core.document import (
    Address,
    BillDocument,
    ChargeKind,
    ChargeRow,
    Customer,
    CustomerKind,
    VatGroup,
)
from sorgente.billing.core.specimen import KINDS, LAWS, specimen_bill
from sorgente.billing.core.totals import document_gaps, vat_groups
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import charge_cents, milli_from_units, price_e8_from_euro

CASES = Path(__file__).parents[2] / "cases" / "einvoice"
HOME = Address("Via Roma", "1", "60025", "Loreto", "AN")


def cases(name: str) -> list[Any]:
    found = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["case"]) for case in found]


def parsed(bill: BillDocument) -> etree._Element:
    return etree.fromstring(einvoice_xml(bill, progressive="00001"))


def text(root: etree._Element, path: str) -> str | None:
    return root.findtext(f".//{path}")


@pytest.mark.parametrize("case", cases("recipients"))
def test_recipient(case: dict[str, Any]) -> None:
    given_customer = dict(case["given"])
    address = Address(**given_customer.pop("address")) if "address" in given_customer else HOME
    kind = CustomerKind(given_customer.pop("kind"))
    bill = replace(specimen_bill(2), customer=Customer(kind, address=address, **given_customer))
    if "refused" in case:
        with pytest.raises(SorgenteError) as caught:
            einvoice_xml(bill, progressive="00001")
        assert caught.value.code == case["refused"]
        assert case["given"]["code"] in caught.value.subject
        assert caught.value.next_step
        return
    root, expect = parsed(bill), case["expect"]
    buyer = root.find(".//CessionarioCommittente")
    assert buyer is not None
    assert root.get("versione") == text(root, "FormatoTrasmissione") == expect["format"]
    assert text(root, "CodiceDestinatario") == expect["recipient"]
    assert text(root, "PECDestinatario") == expect.get("pec")
    vat = f"{text(buyer, 'IdPaese')}{text(buyer, 'IdCodice')}" if buyer.find(".//IdFiscaleIVA") is not None else None
    assert vat == expect.get("vat")
    assert text(buyer, "CodiceFiscale") == expect.get("tax")
    assert (text(buyer, "Denominazione") or f"{text(buyer, 'Nome')}|{text(buyer, 'Cognome')}") == expect["name"]
    assert text(buyer, "CAP") == expect.get("postcode", "60025")
    assert text(buyer, "Nazione") == expect.get("country", "IT")
    assert check_einvoice(einvoice_xml(bill, progressive="00001")) == []


def one_row_bill(row: ChargeRow) -> BillDocument:
    bill = specimen_bill(1, kind="direct_debit")
    groups = vat_groups([row], laws=LAWS)
    net, vat = row.cents, groups[0].vat_cents
    header = replace(bill.header, net_cents=net, vat_cents=vat, total_cents=net + vat, to_pay_cents=net + vat)
    return replace(
        bill, rows=(row,), vat_groups=groups, header=header, payment=replace(bill.payment, amount_cents=net + vat)
    )


@pytest.mark.parametrize("case", cases("lines"))
def test_line(case: dict[str, Any]) -> None:
    facts, expect = case["given"], case["expect"]
    row = ChargeRow(
        "Acquedotto",
        ChargeKind.VARIABLE,
        "ACQ",
        "fascia base",
        date(2026, 1, 1),
        date(2026, 4, 1),
        facts["cents"],
        1000,
        quantity_milli=None if facts["quantity"] is None else milli_from_units(facts["quantity"]),
        unit=facts.get("unit", "m3"),
        unit_price_e8=None if facts["price"] is None else price_e8_from_euro(facts["price"]),
    )
    bill = one_row_bill(row)
    line = parsed(bill).find(".//DettaglioLinee")
    assert line is not None
    found = {
        "quantity": line.findtext("Quantita"),
        "unit": line.findtext("UnitaMisura"),
        "price": line.findtext("PrezzoUnitario"),
        "total": line.findtext("PrezzoTotale"),
    }
    assert found == expect
    assert line.findtext("DataFinePeriodo") == "2026-03-31"
    assert check_einvoice(einvoice_xml(bill, progressive="00001")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_bill_passes_schema_and_controls(kind: str) -> None:
    for number in range(25):
        bill = specimen_bill(number, kind=kind)
        assert document_gaps(bill) == []
        data = einvoice_xml(bill, progressive=einvoice_progressive(number))
        assert check_einvoice(data, received_on=bill.header.issued_on) == []


def test_credit_note_is_positive_and_names_the_bill_it_corrects() -> None:
    bill = specimen_bill(3, kind="credit_note")
    root = parsed(bill)
    assert text(root, "TipoDocumento") == "TD04"
    assert text(root, "ImportoTotaleDocumento") == f"{-bill.header.total_cents / 100:.2f}"
    assert text(root, "DatiFattureCollegate/IdDocumento") == "2025/0098112"
    assert text(root, "DatiFattureCollegate/Data") == "2025-11-20"
    assert root.find(".//DatiPagamento") is None
    totals = [line.text or "" for line in root.iterfind(".//PrezzoTotale")]
    assert not any(total.startswith("-") for total in totals)


def test_public_body_splits_the_vat() -> None:
    bill = specimen_bill(4, kind="public_body")
    root = parsed(bill)
    assert text(root, "EsigibilitaIVA") == "S"
    assert text(root, "CodiceCIG") == "ZA12345678"
    assert text(root, "ImportoPagamento") == f"{bill.header.net_cents / 100:.2f}"
    assert text(root, "ImportoTotaleDocumento") == f"{bill.header.total_cents / 100:.2f}"
    assert text(root, "ModalitaPagamento") == "MP05"
    assert any("scissione dei pagamenti" in (reason.text or "") for reason in root.iterfind(".//Causale"))


def test_stamp_duty_is_flagged() -> None:
    root = parsed(specimen_bill(7, kind="foreign"))
    assert text(root, "BolloVirtuale") == "SI"
    assert text(root, "ImportoBollo") == "2.00"
    assert text(root, "DatiRiepilogo[Natura='N1']/RiferimentoNormativo") == LAWS["N1"]


@pytest.mark.parametrize(
    ("kind", "means", "code"),
    [
        ("pagopa", "MP23", "notice_number"),
        ("direct_debit", "MP20", "mandate_id"),
        ("condominium", "MP21", "mandate_id"),
    ],
)
def test_means_of_payment(kind: str, means: str, code: str) -> None:
    bill = specimen_bill(0, kind=kind)
    root = parsed(bill)
    assert text(root, "ModalitaPagamento") == means
    assert text(root, "CodicePagamento") == getattr(bill.payment, code)
    assert text(root, "DataScadenzaPagamento") == bill.payment.due_on.isoformat()  # type: ignore[union-attr]


def test_supply_meter_and_reads_stand_on_the_first_line() -> None:
    bill = specimen_bill(0, kind="pagopa")
    line = parsed(bill).find(".//DettaglioLinee")
    assert line is not None
    facts = {fact.findtext("TipoDato"): fact for fact in line.iterfind("AltriDatiGestionali")}
    assert facts["CODID"].findtext("RiferimentoTesto") == bill.contract.point_code
    assert facts["MATRICOLA"].findtext("RiferimentoTesto") == bill.meters[0].serial
    assert facts["LETTFIN"].findtext("RiferimentoData") == bill.meters[0].reads[-1].day.isoformat()
    assert facts["LETTFIN"].findtext("RiferimentoTesto") == "effettiva"


def test_file_names_count_in_base_36() -> None:
    assert einvoice_progressive(0) == "00000"
    assert einvoice_progressive(35) == "0000Z"
    assert einvoice_progressive(36) == "00010"
    assert einvoice_progressive(FILE_NUMBERS - 1) == "ZZZZZ"
    assert einvoice_file_name(specimen_bill(0).issuer, progressive="0000Z") == "IT01234567897_0000Z.xml"
    for wrong in (-1, FILE_NUMBERS):
        with pytest.raises(FileNumberOutOfRange):
            einvoice_progressive(wrong)


@pytest.mark.parametrize("number", ["", "BOLLETTA", "2026/000000000000000001"])
def test_a_number_that_sdi_refuses_is_refused_here(number: str) -> None:
    bill = specimen_bill(0)
    with pytest.raises(BillNumberUnfit):
        einvoice_xml(replace(bill, header=replace(bill.header, number=number)), progressive="00001")


def test_a_bill_without_rows_is_refused() -> None:
    with pytest.raises(BillWithoutRows):
        einvoice_xml(replace(specimen_bill(0), rows=()), progressive="00001")


@given(st.text(max_size=90))
def test_any_text_becomes_letters_of_the_schema(words: str) -> None:
    kept = latin1(words, 60)
    assert len(kept) <= 60
    assert all((char <= "\xff" and char.isprintable()) or char in "\xa0\xad" for char in kept)
    assert ascii_only(words, 60).isascii()


def test_known_letters_are_rewritten_not_lost() -> None:
    assert latin1("Caffè d’Orzo – 10 €", 60) == "Caffè d'Orzo - 10 EUR"
    assert ascii_only("Straße Nº 5, Città", 60) == "Strasse No 5, Citta"
    assert latin1("Łódź\nΩ", 60) == "Lódz ?"


@given(st.integers(-(10**15), 10**15))
def test_prices_have_two_to_eight_decimals(price: int) -> None:
    whole, _, decimals = price_text(price).lstrip("-").partition(".")
    assert 2 <= len(decimals) <= 8
    assert int(whole + decimals.ljust(8, "0")) == abs(price)


rows = st.builds(
    lambda litres, price, off, rate, free: ChargeRow(
        "Acquedotto",
        ChargeKind.VARIABLE,
        "X1",
        "Voce <di> prova & così “via”",
        date(2026, 1, 1),
        date(2026, 3, 1),
        charge_cents(litres, price) + off,
        0 if free else rate,
        nature="N1" if free else None,
        quantity_milli=litres,
        unit_price_e8=price,
    ),
    litres=st.integers(-5_000_000, 5_000_000),
    price=st.integers(0, 900_000_000),
    off=st.sampled_from([0, 0, 0, 1, -1, 250]),
    rate=st.sampled_from([400, 1000, 2200]),
    free=st.booleans(),
)


def bill_of(made: list[ChargeRow]) -> BillDocument:
    groups: tuple[VatGroup, ...] = vat_groups(made, laws=LAWS)
    net, vat = sum(row.cents for row in made), sum(group.vat_cents for group in groups)
    bill = specimen_bill(0, kind="credit_note" if net + vat < 0 else "pagopa")
    header = replace(bill.header, net_cents=net, vat_cents=vat, total_cents=net + vat, to_pay_cents=net + vat)
    return replace(
        bill, rows=tuple(made), vat_groups=groups, header=header, payment=replace(bill.payment, amount_cents=net + vat)
    )


@settings(max_examples=120, deadline=None)
@given(st.lists(rows, min_size=1, max_size=12))
def test_any_rows_make_a_valid_invoice_of_the_same_total(made: list[ChargeRow]) -> None:
    bill = bill_of(made)
    data = einvoice_xml(bill, progressive="00001")
    assert check_einvoice(data) == []
    root = etree.fromstring(data)
    turn = -1 if text(root, "TipoDocumento") == "TD04" else 1
    assert round(float(text(root, "ImportoTotaleDocumento") or 0) * 100) * turn == bill.header.total_cents
    lines = [round(float(line.text or 0) * 100) * turn for line in root.iterfind(".//PrezzoTotale")]
    assert lines == [row.cents for row in made]
