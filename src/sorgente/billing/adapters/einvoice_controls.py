"""SdI's controls on a schema-valid ordinary invoice, as far as no register is needed (fatturapa, section 7).

Each control is a small function on one body; its code is SdI's. Tolerances: tax and line totals one cent,
taxable amounts one euro. SdI looks at no document total, but a total that does not add up is a wrong bill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

Found = Iterator[tuple[str, str]]

_CENT, _EURO, _ZERO = Decimal("0.01"), Decimal("1.00"), Decimal(0)
_GENERIC_NATURES = ("N2", "N3", "N6")
_GENERIC_REFUSED_FROM = date(2021, 1, 1)
_SDI_MAILBOX = "@pec.fatturapa.it"
_MUST_DIFFER = ("TD01", "TD02", "TD03", "TD06", "TD16", "TD17", "TD18", "TD19", "TD20", "TD24", "TD25", "TD28")
_MUST_MATCH = ("TD21", "TD27")


def control_problems(root: etree._Element, *, received_on: date | None) -> list[tuple[str, str]]:
    """Return (code, message) of every control that fails; the document must be schema-valid."""
    header = root.find("FatturaElettronicaHeader")
    bodies = root.findall("FatturaElettronicaBody")
    assert header is not None
    found = list(_header(root, header))
    seen: set[tuple[str, str]] = set()
    for body in bodies:
        general = body.find("DatiGenerali/DatiGeneraliDocumento")
        assert general is not None
        key = (_text(general, "Numero"), _text(general, "Data")[:4])
        if key in seen:
            found.append(("00409", f"Invoice {key[0]} of {key[1]} stands twice in the file."))
        seen.add(key)
        for control in (_dates, _number, _withholding, _lines, _rates, _summaries, _taxables, _total):
            found.extend(control(body, general))
        found.extend(_parties(header, _text(general, "TipoDocumento")))
        if received_on is not None and _day(_text(general, "Data")) > received_on:
            found.append(
                ("00403", f"The document date {_text(general, 'Data')} is after its reception, {received_on}.")
            )
    return found


def _text(element: etree._Element, path: str) -> str:
    return element.findtext(path) or ""


def _number_of(element: etree._Element, path: str) -> Decimal:
    text = element.findtext(path)
    return Decimal(text) if text else _ZERO


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])  # xs:date may carry a time zone behind the day


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


def _header(root: etree._Element, header: etree._Element) -> Found:
    kind = _text(header, "DatiTrasmissione/FormatoTrasmissione")
    code = _text(header, "DatiTrasmissione/CodiceDestinatario")
    if kind != root.get("versione"):
        yield "00428", f"FormatoTrasmissione {kind} is not the attribute versione {root.get('versione')}."
    wanted = 6 if kind == "FPA12" else 7
    if len(code) != wanted:
        yield "00427", f"CodiceDestinatario {code!r} must have {wanted} characters in a {kind} invoice."
    if _text(header, "DatiTrasmissione/PECDestinatario").lower().endswith(_SDI_MAILBOX):
        yield "00330", "PECDestinatario is a mailbox of SdI itself."
    buyer = header.find("CessionarioCommittente/DatiAnagrafici")
    assert buyer is not None
    country = _text(buyer, "IdFiscaleIVA/IdPaese")
    if not country and not _text(buyer, "CodiceFiscale"):
        yield "00417", "The buyer has neither IdFiscaleIVA nor CodiceFiscale."
    if code == "XXXXXXX" and country == "IT":
        yield "00313", "CodiceDestinatario XXXXXXX is for foreign buyers; this one is Italian."
    seller_country = _text(header, "CedentePrestatore/DatiAnagrafici/IdFiscaleIVA/IdPaese")
    if country and country != "IT" and seller_country != "IT":
        yield "00476", f"Seller ({seller_country}) and buyer ({country}) are both foreign."


def _parties(header: etree._Element, document_type: str) -> Found:
    seller = header.find("CedentePrestatore/DatiAnagrafici")
    buyer = header.find("CessionarioCommittente/DatiAnagrafici")
    assert seller is not None
    assert buyer is not None
    seller_vat, buyer_vat = (
        _text(party, "IdFiscaleIVA/IdPaese") + _text(party, "IdFiscaleIVA/IdCodice") for party in (seller, buyer)
    )
    seller_tax, buyer_tax = _text(seller, "CodiceFiscale"), _text(buyer, "CodiceFiscale")
    same = (seller_vat == buyer_vat) if buyer_vat else bool(seller_tax) and seller_tax == buyer_tax
    if same and document_type in _MUST_DIFFER:
        yield "00471", f"Seller and buyer are the same in a {document_type}."
    if not same and document_type in _MUST_MATCH:
        yield "00472", f"Seller and buyer must be the same in a {document_type}."


def _dates(body: etree._Element, general: etree._Element) -> Found:
    own = _text(general, "Data")
    for linked in body.iterfind("DatiGenerali/DatiFattureCollegate"):
        other = _text(linked, "Data")
        if other and _day(own) < _day(other):
            yield "00418", f"The document date {own} is before that of the linked invoice, {other}."


def _number(_body: etree._Element, general: etree._Element) -> Found:
    if not any(char.isdigit() for char in _text(general, "Numero")):
        yield "00425", f"Numero {_text(general, 'Numero')!r} has no digit."
    for discount in general.iterfind("ScontoMaggiorazione"):
        if discount.find("Percentuale") is None and discount.find("Importo") is None:
            yield "00437", "A discount of the document has neither Percentuale nor Importo."


def _withholding(body: etree._Element, general: etree._Element) -> Found:
    if general.find("DatiRitenuta") is not None:
        return
    if any(line.text == "SI" for line in body.iterfind("DatiBeniServizi/DettaglioLinee/Ritenuta")):
        yield "00411", "A line has Ritenuta SI but the document has no DatiRitenuta."
    if any(fund.text == "SI" for fund in general.iterfind("DatiCassaPrevidenziale/Ritenuta")):
        yield "00415", "A pension fund has Ritenuta SI but the document has no DatiRitenuta."


def _lines(body: etree._Element, general: etree._Element) -> Found:
    for line in body.iterfind("DatiBeniServizi/DettaglioLinee"):
        where = f"Line {_text(line, 'NumeroLinea')}"
        yield from _rate_and_nature(line, where, missing="00400", unwanted="00401")
        discounts = line.findall("ScontoMaggiorazione")
        if any(row.find("Percentuale") is None and row.find("Importo") is None for row in discounts):
            yield "00438", f"{where}: a discount has neither Percentuale nor Importo."
        quantity = _number_of(line, "Quantita") if line.find("Quantita") is not None else Decimal(1)
        total = _number_of(line, "PrezzoTotale")
        products = [_unit_price(line, discounts, prefer) * quantity for prefer in ("Importo", "Percentuale")]
        if all(abs(total - product) > _CENT for product in products):
            yield "00423", f"{where}: PrezzoTotale {total} is not unit price x quantity, {products[0]:f}."
    for fund in general.iterfind("DatiCassaPrevidenziale"):
        yield from _rate_and_nature(fund, "Pension fund", missing="00413", unwanted="00414")


def _unit_price(line: etree._Element, discounts: list[etree._Element], prefer: str) -> Decimal:
    """Return the price after its discounts; one that gives both amount and percent may mean either."""
    price = _number_of(line, "PrezzoUnitario")
    for row in discounts:
        amount, share = _number_of(row, "Importo"), price * _number_of(row, "Percentuale") / 100
        change = (amount or share) if prefer == "Importo" else (share or amount)
        price += -change if _text(row, "Tipo") == "SC" else change
    return price


def _rate_and_nature(element: etree._Element, where: str, *, missing: str, unwanted: str) -> Found:
    rate, nature = _number_of(element, "AliquotaIVA"), _text(element, "Natura")
    if rate == 0 and not nature:
        yield missing, f"{where}: AliquotaIVA is 0 without Natura."
    if rate != 0 and nature:
        yield unwanted, f"{where}: Natura {nature} with AliquotaIVA {rate}."
    if 0 < rate < 1:
        yield "00424", f"{where}: AliquotaIVA {rate} is not a percentage; 10 % is written 10.00."


def _rates(body: etree._Element, general: etree._Element) -> Found:
    used = [*body.iterfind("DatiBeniServizi/DettaglioLinee"), *general.iterfind("DatiCassaPrevidenziale")]
    summaries = body.findall("DatiBeniServizi/DatiRiepilogo")
    for name, code in (("AliquotaIVA", "00443"), ("Natura", "00444")):
        here = {element.text for row in used for element in row.iterfind(name)}
        there = {element.text for row in summaries for element in row.iterfind(name)}
        for missing in sorted(str(value) for value in here - there):
            yield code, f"{name} {missing} of the lines has no DatiRiepilogo."
        # A summary of a rate that no line uses is refused too, unless it sums to nothing.
        for extra in sorted(str(value) for value in there - here):
            if any(_text(row, name) == extra and _number_of(row, "ImponibileImporto") for row in summaries):
                yield code, f"{name} {extra} of DatiRiepilogo is used by no line."
    if _day(_text(general, "Data")) >= _GENERIC_REFUSED_FROM:
        natures = {element.text for row in [*used, *summaries] for element in row.iterfind("Natura")}
        for nature in sorted(str(value) for value in natures & set(_GENERIC_NATURES)):
            yield "00445", f"Natura {nature} is refused since 2021: use its sub-codes."


def _summaries(body: etree._Element, _general: etree._Element) -> Found:
    for summary in body.iterfind("DatiBeniServizi/DatiRiepilogo"):
        rate, taxable, tax = (_number_of(summary, name) for name in ("AliquotaIVA", "ImponibileImporto", "Imposta"))
        where = f"DatiRiepilogo {rate} {_text(summary, 'Natura')}".strip()
        yield from _rate_and_nature(summary, where, missing="00429", unwanted="00430")
        wanted = _rounded(taxable * rate / 100)
        if abs(tax - wanted) > _CENT:
            yield "00421", f"{where}: Imposta {tax} is not {rate} % of {taxable} = {wanted}."
        if _text(summary, "EsigibilitaIVA") == "S" and _text(summary, "Natura").startswith("N6"):
            yield "00420", f"{where}: split payment together with reverse charge."


def _taxables(body: etree._Element, general: etree._Element) -> Found:
    lines: dict[Decimal, Decimal] = defaultdict(Decimal)
    for line in body.iterfind("DatiBeniServizi/DettaglioLinee"):
        lines[_number_of(line, "AliquotaIVA")] += _number_of(line, "PrezzoTotale")
    for fund in general.iterfind("DatiCassaPrevidenziale"):
        lines[_number_of(fund, "AliquotaIVA")] += _number_of(fund, "ImportoContributoCassa")
    stated: dict[Decimal, Decimal] = defaultdict(Decimal)
    for summary in body.iterfind("DatiBeniServizi/DatiRiepilogo"):
        rate = _number_of(summary, "AliquotaIVA")
        stated[rate] += _number_of(summary, "ImponibileImporto")
        lines[rate] += _number_of(summary, "Arrotondamento")
    for rate, taxable in stated.items():
        if abs(taxable - lines[rate]) > _EURO:
            yield "00422", f"Rate {rate}: ImponibileImporto {taxable} but the lines sum to {lines[rate]}."


def _total(body: etree._Element, general: etree._Element) -> Found:
    if general.find("ImportoTotaleDocumento") is None:
        return
    total = _number_of(general, "ImportoTotaleDocumento")
    summaries = body.findall("DatiBeniServizi/DatiRiepilogo")
    wanted = sum((_number_of(row, "ImponibileImporto") + _number_of(row, "Imposta") for row in summaries), _ZERO)
    wanted += _number_of(general, "Arrotondamento")
    for row in general.iterfind("ScontoMaggiorazione"):
        wanted += _number_of(row, "Importo") * (-1 if _text(row, "Tipo") == "SC" else 1)
    # Some sellers state the total after withholding, some with the stamp duty on top: both are found in practice.
    withheld = sum((_number_of(row, "ImportoRitenuta") for row in general.iterfind("DatiRitenuta")), _ZERO)
    stamp = _number_of(general, "DatiBollo/ImportoBollo")
    if total not in {wanted - less + more for less in (_ZERO, withheld) for more in (_ZERO, stamp)}:
        yield "TOTAL", f"ImportoTotaleDocumento {total} is not taxable plus tax, {wanted}."
