"""One-off rows and used credits on paper, in the e-invoice and in the message the bill travels with."""

from __future__ import annotations

import io
import os
import re
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader

from sorgente.billing.adapters.bill_pdf import bill_fonts, render_bill
from sorgente.billing.adapters.einvoice import einvoice_xml
from sorgente.billing.adapters.einvoice_check import check_einvoice
from sorgente.billing.core.delivery_text import Announced, delivery_text
from sorgente.billing.core.document import PaymentMethod
from sorgente.billing.usecases.start_run import ONE_OFFS
from tests.billing.test_one_offs import add, paper, supplied

pytestmark = pytest.mark.django_db


def drawn(bill, name):
    document = paper(bill)
    xml = einvoice_xml(document, progressive="00001")
    content = render_bill(document, einvoice=xml, fonts=bill_fonts(), einvoice_name="f.xml")
    if os.environ.get("SORGENTE_KEEP_PAPERS"):  # for a person who wants to look at them
        (Path(os.environ["SORGENTE_KEEP_PAPERS"]) / f"{name}.pdf").write_bytes(content)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return document, etree.fromstring(xml), xml, re.sub(r"[\s\u00a0]+", " ", text)


def test_a_bill_with_everything_on_it(town):
    supplied(town)
    add(town, "Bianchi", 9_000, kind="deposit", text="Deposito cauzionale, rata 1 di 3", reference="d")
    add(town, "Bianchi", 500, kind="interest", text="Interessi di mora su 2025/SII/0000007", reference="i")
    add(town, "Bianchi", -1_000, kind="indemnity", text="voltura eseguita il 6 maggio 2026", reference="q")
    add(town, "Bianchi", 2_500, kind="takeover_fee", text="Pratica di voltura", reference="f")
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    document, tree, xml, text = drawn(bill, "everything")

    assert check_einvoice(xml) == []
    assert tree.findtext(".//DatiBollo/ImportoBollo") == "2.00"
    groups = {(g.findtext("AliquotaIVA"), g.findtext("Natura")): g for g in tree.iterfind(".//DatiRiepilogo")}
    assert sorted(groups, key=str) == [("0.00", "N1"), ("0.00", "N2.2"), ("10.00", None)]
    assert groups["0.00", "N2.2"].findtext("ImponibileImporto") == "80.00"
    assert groups["0.00", "N1"].findtext("ImponibileImporto") == "7.00"  # interest 5.00, stamp 2.00
    assert groups["0.00", "N2.2"].findtext("RiferimentoNormativo")
    for said in (
        "Deposito cauzionale, rata 1 di 3",
        "Indennizzo automatico per mancato rispetto dei livelli specifici di qualità definiti dall'Autorità",
        "non esclude la possibilità",
        "Imposta di bollo assolta in modo virtuale",
        "Pratica di voltura",
    ):
        assert said in text
    assert document.header.stamp_duty_cents == 200
    town.assert_books_balance()


def test_a_bill_of_one_offs_that_gives_money_back(town):
    supplied(town)
    add(town, "Bianchi", -7_500, kind="deposit_return", text="Restituzione del deposito cauzionale", reference="r")
    add(town, "Bianchi", -135, kind="deposit_interest", text="Interessi legali", reference="i")
    town.on("2026-04-20").run_bills("Bianchi", select=ONE_OFFS)
    (bill,) = town.bills_of("Bianchi")
    document, tree, xml, text = drawn(bill, "back")
    assert check_einvoice(xml) == []
    assert (tree.findtext(".//TipoDocumento"), tree.findtext(".//ImportoTotaleDocumento")) == ("TD04", "76.35")
    assert "A tuo credito 76,35 €" in text or "76,35 €" in text
    assert document.payment.method is PaymentMethod.NONE


def test_a_bill_that_uses_a_credit_says_so_and_asks_for_the_rest(town):
    supplied(town)
    add(town, "Bianchi", -20_000, kind="credit", text="Accredito per perdita occulta")
    first = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    town.on("2026-07-01").read("A17", index_m3=266)
    second = town.on("2026-07-20").run_bills("Bianchi", through="2026-07-01")
    for item in town.parked():
        second.release(item["id"])
    bill = town.bills_of("Bianchi")[-1]
    assert bill.credit_cents == -first.to_pay_cents < bill.to_pay_cents
    document, tree, xml, text = drawn(bill, "credit")
    asked = bill.to_pay_cents - bill.credit_cents
    assert check_einvoice(xml) == []
    assert tree.findtext(".//ImportoPagamento") == f"{asked // 100}.{asked % 100:02d}"
    assert "Tuo credito, usato per questa bolletta" in text
    assert "che erano a tuo credito" in text
    assert document.payment.amount_cents == asked


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["dal 1° gennaio 2026 al 31 marzo 2026: 36 m³", "Da pagare: 60,00 €"]),
        ({"credit_cents": 4_000}, ["Abbiamo già tolto 40,00 € che erano a tuo credito.", "Da pagare: 60,00 €"]),
        ({"credit_cents": 4_000, "to_pay_cents": 0}, ["Abbiamo già tolto 40,00 €", "Non devi pagare nulla."]),
        ({"is_of_water": False}, ["non riguarda i consumi"]),
    ],
)
def test_the_message_says_it_too(changes, said):
    values = {
        "number": "2026/SII/0000001", "holder": "Anna", "supply_address": "Via 1", "start": date(2026, 1, 1),
        "end": date(2026, 4, 1), "quantity_milli": 36_000, "to_pay_cents": 6_000, "due_on": date(2026, 5, 15),
        "method": PaymentMethod.PAGOPA, "notice_number": "3" * 18, "masked_iban": "", "company": "V", "phone": "8",
        "web": "w", "iban": "",
    }  # fmt: skip
    _, body = delivery_text(Announced(**(values | changes)))
    assert all(part in body for part in said), body
