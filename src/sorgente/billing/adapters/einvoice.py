"""FatturaPA 1.2.3 from a bill document: `einvoice_xml`, and the names of the files.

Text is built in schema order with f-strings: a tree of 400 elements costs ten times as much, and the schema
check of `einvoice_check` proves the result. Line totals are the rounded row amounts, so that taxable amounts
are exact sums (control 00422) and quantity x price never strays from the total (00423).
"""

from __future__ import annotations

from datetime import date, timedelta

from sorgente.billing.adapters.einvoice_parties import (
    buyer_xml,
    invoice_format,
    seller_xml,
    sender_code,
    transmission_xml,
)
from sorgente.billing.adapters.einvoice_text import (
    ascii_only,
    ascii_xml,
    latin_xml,
    price_text,
    quantity_text,
    rate_text,
)
from sorgente.billing.core.document import (
    BillDocument,
    ChargeKind,
    ChargeRow,
    DocumentType,
    Issuer,
    Meter,
    PaymentMethod,
    ReadKind,
    VatGroup,
)
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import TINY_PER_CENT, divide_half_up, euro_xml, units_text

NAMESPACE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
FILE_NUMBERS = 36**5

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_UNITS = {"m3": "MC", "day": "GG", "piece": "NR"}
_READ_WORDS = {
    ReadKind.ACTUAL: "effettiva",
    ReadKind.SELF: "autolettura",
    ReadKind.ESTIMATED: "stimata",
    ReadKind.REBUILT: "ricostruita",
}
_MEANS = {
    PaymentMethod.SDD_CORE: "MP20",
    PaymentMethod.SDD_B2B: "MP21",
    PaymentMethod.PAGOPA: "MP23",
    PaymentMethod.TRANSFER: "MP05",
}
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TINY_HALF_CENT = TINY_PER_CENT // 2
_TINY_TWO_CENTS = TINY_PER_CENT * 2
_ONE_DAY = timedelta(days=1)


class BillNumberUnfit(SorgenteError):
    """Schema (at most 20 characters) and control 00425 (a digit in it)."""

    code = "billing.einvoice.number-unfit"


class BillWithoutRows(SorgenteError):
    code = "billing.einvoice.no-rows"


class FileNumberOutOfRange(SorgenteError):
    code = "billing.einvoice.file-number-out-of-range"


def einvoice_progressive(counter: int) -> str:
    """Return the counter in base 36, five characters: the unique part of a file name.

    raises   FileNumberOutOfRange outside 0 .. 36^5 - 1 (60,466,175): names are unique for ever (control 00002)
    """
    if not 0 <= counter < FILE_NUMBERS:
        raise FileNumberOutOfRange(
            f"E-invoice file number {counter}",
            f"A sender has the names 0 to {FILE_NUMBERS - 1}.",
            "Send under another sender code: set the issuer's sender_code and start its counter at 0.",
        )
    text = ""
    for _ in range(5):
        counter, digit = divmod(counter, 36)
        text = _DIGITS[digit] + text
    return text


def einvoice_file_name(issuer: Issuer, *, progressive: str) -> str:
    """Return `IT<sender>_<progressive>.xml`."""
    return f"IT{sender_code(issuer)}_{progressive}.xml"


def einvoice_xml(bill: BillDocument, *, progressive: str) -> bytes:
    """Return the bill as FatturaPA 1.2.3, UTF-8, on one line.

    progressive   ProgressivoInvio, the unique part of the file name
    raises        BillNumberUnfit, BillWithoutRows, and what `einvoice_parties` refuses about the buyer
    """
    kind = invoice_format(bill.customer)
    parts = [
        f'{_HEAD}<p:FatturaElettronica xmlns:p="{NAMESPACE}" versione="{kind}" SistemaEmittente="Sorgente">'
        "<FatturaElettronicaHeader>",
        transmission_xml(bill.issuer, bill.customer, progressive=progressive),
        seller_xml(bill.issuer),
        buyer_xml(bill.customer),
        "</FatturaElettronicaHeader><FatturaElettronicaBody><DatiGenerali>",
        _general(bill),
        "</DatiGenerali><DatiBeniServizi>",
    ]
    sign = -1 if bill.header.document_type is DocumentType.CREDIT_NOTE else 1
    if not bill.rows:
        raise BillWithoutRows(
            f"Bill {bill.header.number}", "It has no row.", "Do not issue it: there is nothing to invoice."
        )
    for number, row in enumerate(bill.rows, start=1):
        parts.append(_line(number, row, sign, _facts(bill) if number == 1 else ""))
    for group in bill.vat_groups:
        parts.append(_summary(group, sign, split=bill.header.split_payment))
    parts.append("</DatiBeniServizi>")
    parts.append(_payment(bill))
    parts.append("</FatturaElettronicaBody></p:FatturaElettronica>\n")
    return "".join(parts).encode()


def _general(bill: BillDocument) -> str:
    header = bill.header
    number = ascii_only(header.number, 99)
    if len(number) > 20 or not any(char.isdigit() for char in number):
        raise BillNumberUnfit(
            f"Bill {header.number}",
            "An e-invoice number has at most 20 characters and at least one digit.",
            "Shorten the pattern of the number series.",
        )
    total = -header.total_cents if header.document_type is DocumentType.CREDIT_NOTE else header.total_cents
    bollo = ""
    if header.stamp_duty_cents:
        bollo = (
            f"<DatiBollo><BolloVirtuale>SI</BolloVirtuale><ImportoBollo>{euro_xml(header.stamp_duty_cents)}"
            "</ImportoBollo></DatiBollo>"
        )
    reasons = "".join(f"<Causale>{latin_xml(text, 200)}</Causale>" for text in _reasons(bill))
    return (
        f"<DatiGeneraliDocumento><TipoDocumento>{header.document_type.value}</TipoDocumento><Divisa>EUR</Divisa>"
        f"<Data>{header.issued_on.isoformat()}</Data><Numero>{ascii_xml(number, 20)}</Numero>{bollo}"
        f"<ImportoTotaleDocumento>{euro_xml(total)}</ImportoTotaleDocumento>{reasons}</DatiGeneraliDocumento>"
        f"{_contract(bill)}{_linked(bill)}"
    )


def _reasons(bill: BillDocument) -> list[str]:
    header = bill.header
    what = "Nota di credito" if header.document_type is DocumentType.CREDIT_NOTE else "Bolletta"
    texts = [
        f"{what} servizio idrico integrato ({header.kind.value}), periodo dal {_italian(header.start)} "
        f"al {_italian(header.end - _ONE_DAY)}"
    ]
    if header.split_payment:
        texts.append("Operazione soggetta a scissione dei pagamenti, art. 17-ter DPR 633/1972")
    return texts


def _italian(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _contract(bill: BillDocument) -> str:
    contract, customer = bill.contract, bill.customer
    number = ascii_xml(contract.contract_code, 20)
    if not number:
        return ""
    return (
        f"<DatiContratto><IdDocumento>{number}</IdDocumento>"
        + (f"<Data>{contract.signed_on.isoformat()}</Data>" if contract.signed_on else "")
        + (f"<CodiceCUP>{ascii_xml(customer.cup, 15)}</CodiceCUP>" if customer.cup else "")
        + (f"<CodiceCIG>{ascii_xml(customer.cig, 15)}</CodiceCIG>" if customer.cig else "")
        + "</DatiContratto>"
    )


def _linked(bill: BillDocument) -> str:
    return "".join(
        f"<DatiFattureCollegate><IdDocumento>{ascii_xml(linked.number, 20)}</IdDocumento>"
        f"<Data>{linked.issued_on.isoformat()}</Data></DatiFattureCollegate>"
        for linked in bill.header.linked
    )


def _multiplied(row: ChargeRow, cents: int) -> tuple[int | None, int]:
    """Return (quantity in thousandths or None, price e8) whose product is the row within half a cent.

    The tariff's own price stands wherever it multiplies out. A quota whose daily price falls just beside the
    half cent gets the price that does; a row that is no product (a minimum charge) is written as one amount.
    """
    quantity, price = row.quantity_milli, row.unit_price_e8
    if quantity is None or price is None:
        return None, cents * 1_000_000
    if (quantity * price >= 0) != (cents >= 0):
        price = -price
    if quantity < 0:
        quantity, price = -quantity, -price
    wanted = cents * TINY_PER_CENT
    gap = abs(quantity * price - wanted)
    if gap <= _TINY_HALF_CENT:
        return quantity, price
    if quantity and gap <= _TINY_TWO_CENTS:
        price = divide_half_up(wanted, quantity)
        if abs(quantity * price - wanted) <= _TINY_HALF_CENT:
            return quantity, price
    return None, cents * 1_000_000


def _line(number: int, row: ChargeRow, sign: int, facts: str) -> str:
    cents = row.cents * sign
    quantity, price = _multiplied(row, cents)
    amount = ""
    if quantity is not None:
        amount = (
            f"<Quantita>{quantity_text(quantity)}</Quantita><UnitaMisura>{_UNITS.get(row.unit, 'NR')}</UnitaMisura>"
        )
    code = ""
    if row.code:
        code = (
            "<CodiceArticolo><CodiceTipo>COMPONENTE</CodiceTipo>"
            f"<CodiceValore>{ascii_xml(row.code, 35)}</CodiceValore></CodiceArticolo>"
        )
    if row.kind is ChargeKind.BONUS:
        facts += _fact("BONUS", text="bonus sociale idrico", day=row.start)
    return (
        f"<DettaglioLinee><NumeroLinea>{number}</NumeroLinea>{code}"
        f"<Descrizione>{latin_xml(_description(row), 1000)}</Descrizione>{amount}"
        f"<DataInizioPeriodo>{row.start.isoformat()}</DataInizioPeriodo>"
        f"<DataFinePeriodo>{(row.end - _ONE_DAY).isoformat()}</DataFinePeriodo>"
        f"<PrezzoUnitario>{price_text(price)}</PrezzoUnitario><PrezzoTotale>{euro_xml(cents)}</PrezzoTotale>"
        f"<AliquotaIVA>{rate_text(row.vat_rate_e2)}</AliquotaIVA>"
        + (f"<Natura>{row.nature}</Natura>" if row.nature else "")
        + f"{facts}</DettaglioLinee>"
    )


def _description(row: ChargeRow) -> str:
    text = f"{row.service} - {row.label}" if row.service else row.label
    low, high = row.bracket_from_milli, row.bracket_to_milli
    if high is not None:
        text += f" (da {units_text(low or 0)} a {units_text(high)} m³)"
    elif low:
        text += f" (oltre {units_text(low)} m³)"
    return text


def _facts(bill: BillDocument) -> str:
    """Return AltriDatiGestionali of the first line: supply, meters, reads, consumption."""
    contract = bill.contract
    parts = [_fact("UTENZA", text=contract.contract_code), _fact("CODID", text=contract.point_code)]
    for meter in bill.meters:
        parts.append(_fact("MATRICOLA", text=meter.serial))
        parts.append(_read_facts(meter))
    parts.append(_fact("CONSUMO", text="m3", number=quantity_text(bill.consumption.billed_milli)))
    return "".join(parts)


def _read_facts(meter: Meter) -> str:
    if len(meter.reads) < 2:
        return ""
    return "".join(
        _fact(name, text=_READ_WORDS[read.kind], number=quantity_text(read.index_milli), day=read.day)
        for name, read in (("LETTINI", meter.reads[0]), ("LETTFIN", meter.reads[-1]))
    )


def _fact(name: str, *, text: str, number: str = "", day: date | None = None) -> str:
    if not text:
        return ""
    return (
        f"<AltriDatiGestionali><TipoDato>{name}</TipoDato><RiferimentoTesto>{latin_xml(text, 60)}</RiferimentoTesto>"
        + (f"<RiferimentoNumero>{number}</RiferimentoNumero>" if number else "")
        + (f"<RiferimentoData>{day.isoformat()}</RiferimentoData>" if day else "")
        + "</AltriDatiGestionali>"
    )


def _summary(group: VatGroup, sign: int, *, split: bool) -> str:
    due = "S" if split and group.vat_rate_e2 else "I"
    return (
        f"<DatiRiepilogo><AliquotaIVA>{rate_text(group.vat_rate_e2)}</AliquotaIVA>"
        + (f"<Natura>{group.nature}</Natura>" if group.nature else "")
        + f"<ImponibileImporto>{euro_xml(group.taxable_cents * sign)}</ImponibileImporto>"
        f"<Imposta>{euro_xml(group.vat_cents * sign)}</Imposta><EsigibilitaIVA>{due}</EsigibilitaIVA>"
        + (f"<RiferimentoNormativo>{latin_xml(group.law, 100)}</RiferimentoNormativo>" if group.law else "")
        + "</DatiRiepilogo>"
    )


def _payment(bill: BillDocument) -> str:
    payment = bill.payment
    means = _MEANS.get(payment.method)
    if means is None or payment.amount_cents <= 0:
        return ""
    iban = bill.issuer.iban.replace(" ", "") if payment.method is PaymentMethod.TRANSFER else ""
    code = payment.notice_number or payment.mandate_id or payment.reference
    return (
        f"<DatiPagamento><CondizioniPagamento>TP02</CondizioniPagamento><DettaglioPagamento>"
        f"<ModalitaPagamento>{means}</ModalitaPagamento>"
        + (f"<DataScadenzaPagamento>{payment.due_on.isoformat()}</DataScadenzaPagamento>" if payment.due_on else "")
        + f"<ImportoPagamento>{euro_xml(payment.amount_cents)}</ImportoPagamento>"
        + (f"<IBAN>{iban}</IBAN>" if iban else "")
        + (f"<CodicePagamento>{ascii_xml(code, 60)}</CodicePagamento>" if code else "")
        + "</DettaglioPagamento></DatiPagamento>"
    )
