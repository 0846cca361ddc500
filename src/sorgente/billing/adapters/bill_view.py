"""What the bill's template prints, already in words: the template lays out and knows no rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import segno

from sorgente.billing.adapters import bill_words as words
from sorgente.billing.adapters.bill_texts import rights_texts
from sorgente.billing.core.document import (
    BillDocument,
    ChargeKind,
    ChargeRow,
    DocumentType,
    Note,
    PaymentMethod,
    ReadKind,
)
from sorgente.shared.money import divide_half_up, units_text

_SERVICE_KINDS = (ChargeKind.FIXED, ChargeKind.VARIABLE, ChargeKind.PEREQUATION)
_READS_ON_FRONT = 5
_BARS = 13


def bill_view(bill: BillDocument, *, einvoice_name: str | None) -> dict[str, Any]:
    """Return the template's data: text, lists and whole numbers only.

    einvoice_name   name of the XML attached to the PDF; None when there is none
    """
    return {
        "title": f"{_what(bill)} {bill.header.number}",
        "what": _what(bill),
        "number": bill.header.number,
        "kind": words.KIND_WORDS[bill.header.kind],
        "issued": words.long_day(bill.header.issued_on),
        "issued_parts": [bill.header.issued_on.year, bill.header.issued_on.month, bill.header.issued_on.day],
        "accent": bill.issuer.accent_colour,
        "issuer": _issuer(bill),
        "recipient": _recipient(bill),
        "identity": _identity(bill),
        "hero": _hero(bill),
        "why": bill.explanation,
        "compare": _compare(bill),
        "consumption": _consumption(bill),
        "chart": _chart(bill),
        "parts": _parts(bill),
        "payment": _payment(bill),
        "history": _payments_so_far(bill),
        "supply": _supply(bill),
        "one_period": _one_period(bill),
        "groups": _groups(bill),
        "vat": _vat(bill),
        "totals": _totals(bill),
        "reads": _all_reads(bill),
        "notes": [_note(note) for note in (*bill.notes, *_water_price(bill), *rights_texts(bill))],
        "contacts": _contacts(bill),
        "einvoice": _note(_einvoice_note(einvoice_name)),
    }


def _note(note: Note) -> dict[str, Any]:
    return {"title": note.title, "text": note.text, "room": words.room(note.title) + words.room(note.text) + 3}


def _what(bill: BillDocument) -> str:
    return "Nota di credito" if bill.header.document_type is DocumentType.CREDIT_NOTE else "Bolletta"


def _issuer(bill: BillDocument) -> dict[str, Any]:
    issuer = bill.issuer
    legal = [issuer.name, words.one_line(issuer.address), f"C.F. {issuer.tax_code}", f"P. IVA {issuer.vat_code}"]
    if issuer.rea_number:
        legal.append(f"REA {issuer.rea_office} {issuer.rea_number}")
    if issuer.share_capital_cents is not None:
        legal.append(f"capitale sociale {words.euros(issuer.share_capital_cents)}")
    return {
        "name": issuer.name,
        "monogram": (issuer.monogram or issuer.name[:1])[:3].upper(),
        "web": issuer.web,
        "phone": issuer.phone,
        "emergency": issuer.emergency_phone,
        "legal": " · ".join(legal),
    }


def _recipient(bill: BillDocument) -> list[str]:
    customer = bill.customer
    address = customer.mail_address or customer.address
    return [customer.mail_to or customer.full_name, *words.address_lines(address)]


def _identity(bill: BillDocument) -> list[list[Any]]:
    customer, contract = bill.customer, bill.contract
    rows = [["Intestatario", customer.full_name]]
    if customer.tax_code:
        rows.append(["Codice fiscale", customer.tax_code])
    if customer.vat_code and customer.vat_code != customer.tax_code:
        rows.append(["Partita IVA", customer.vat_code])
    rows += [
        ["Codice cliente", customer.code],
        ["Contratto", contract.contract_code],
        ["Fornitura", words.one_line(contract.supply_address)],
    ]
    return _with_room(rows)


def _with_room(rows: list[list[str]]) -> list[list[Any]]:
    """Return the rows that have a value, each with the room it takes: the template reckons heights from it."""
    return [[*row, words.room(row[1])] for row in rows if row[1]]


def _hero(bill: BillDocument) -> dict[str, str]:
    header = bill.header
    if header.to_pay_cents > 0:
        automatic = bill.payment.method in (PaymentMethod.SDD_CORE, PaymentMethod.SDD_B2B)
        due = bill.payment.due_on or header.due_on
        return {
            "label": "Addebitiamo sul conto" if automatic else "Da pagare",
            "amount": words.euros(header.to_pay_cents),
            "when_label": "il giorno" if automatic else "entro il",
            "when": words.long_day(due) if due else "a vista",
        }
    if header.to_pay_cents == 0:
        return {"label": "Da pagare", "amount": words.euros(0), "when_label": "", "when": "Non devi fare nulla"}
    return {
        "label": "A tuo credito",
        "amount": words.euros(-header.to_pay_cents),
        "when_label": "non devi pagare:",
        "when": "te li restituiamo noi",
    }


def _compare(bill: BillDocument) -> str:
    before = bill.previous_total_cents
    if before is None or bill.header.to_pay_cents <= 0:
        return ""
    change = bill.header.to_pay_cents - before
    if change == 0:
        return "La bolletta precedente aveva lo stesso importo."
    word = "in più" if change > 0 else "in meno"
    return f"{words.euros(abs(change))} {word} della bolletta precedente ({words.euros(before)})."


def _consumption(bill: BillDocument) -> dict[str, Any]:
    use = bill.consumption
    rows = [["Consumo fatturato", f"{words.cubic_metres(use.billed_milli)} m³"]]
    rows.append(["Media al giorno", f"{units_text(use.daily_mean_milli * 1000)} litri"])
    if use.year_before_daily_mean_milli is not None:
        rows.append(["Un anno fa, al giorno", f"{units_text(use.year_before_daily_mean_milli * 1000)} litri"])
    if use.yearly_milli is not None:
        rows.append(["Consumo annuo (Ca)", f"{words.cubic_metres(use.yearly_milli)} m³"])
    if use.next_read_from and use.next_read_to:
        rows.append(["Prossima lettura", f"dal {words.day_and_month(use.next_read_from)}"])
    return {
        "period": words.long_period(bill.header.start, bill.header.end),
        "rows": _with_room(rows),
        "reads": [_read_row(meter.serial, read) for meter in bill.meters for read in _front(list(meter.reads))],
        "meters": ", ".join(meter.serial for meter in bill.meters),
        "radio": any(meter.is_radio for meter in bill.meters),
        "alarm": use.is_anomalous,
    }


def _front(reads: list[Any]) -> list[Any]:
    return reads if len(reads) <= _READS_ON_FRONT else [reads[0], *reads[1 - _READS_ON_FRONT :]]


def _read_row(serial: str, read: Any) -> dict[str, str]:
    return {
        "serial": serial,
        "day": words.short_day(read.day),
        "index": words.cubic_metres(read.index_milli),
        "kind": words.READ_WORDS[read.kind],
    }


def _all_reads(bill: BillDocument) -> list[dict[str, str]]:
    """Return every read, when page 1 has not shown them all or there is more than one meter."""
    if all(len(meter.reads) <= _READS_ON_FRONT for meter in bill.meters) and len(bill.meters) < 2:
        return []
    return [_read_row(meter.serial, read) for meter in bill.meters for read in meter.reads]


def _chart(bill: BillDocument) -> dict[str, Any]:
    bars = bill.consumption.history[-_BARS:]
    daily = [divide_half_up(bar.volume_milli, (bar.end - bar.start).days) for bar in bars]
    highest = max([*daily, 1])
    made = [
        {
            "month": words.MONTHS[_middle(bar.start, bar.end).month - 1][:3],
            "share": value * 1000 // highest,
            "value": units_text(value * 1000),
            "estimated": bar.kind in (ReadKind.ESTIMATED, ReadKind.REBUILT),
            "now": bar.end > bill.header.start,
        }
        for bar, value in zip(bars, daily, strict=True)
    ]
    return {
        "bars": made,
        "any_estimated": any(bar["estimated"] for bar in made),
        "alt": "Consumo al giorno in litri: " + ", ".join(f"{bar['month']} {bar['value']}" for bar in made),
    }


def _middle(start: date, end: date) -> date:
    return start + (end - start) / 2


def _parts(bill: BillDocument) -> list[dict[str, Any]]:
    """Return what the total is made of, for the bar on page 1, in thousandths of what is charged; credits are 0."""
    if bill.header.total_cents <= 0:
        return []
    sums: dict[str, int] = {}
    for row in bill.rows:
        name = row.service if row.kind in (*_SERVICE_KINDS, ChargeKind.BONUS, ChargeKind.BILLED_BEFORE) else "Altro"
        sums[name] = sums.get(name, 0) + row.cents
    sums["IVA"] = bill.header.vat_cents
    if bill.header.split_payment:
        sums["IVA versata dall'ente"] = -bill.header.vat_cents
    charged = sum(cents for cents in sums.values() if cents > 0)
    shown = sorted(((name, cents) for name, cents in sums.items() if cents), key=lambda part: part[1] < 0)
    return [
        {
            "name": name,
            "amount": words.euros(cents),
            "share": max(1, cents * 1000 // charged) if cents > 0 else 0,
        }
        for name, cents in shown
    ]


def _payment(bill: BillDocument) -> dict[str, Any]:
    payment, issuer = bill.payment, bill.issuer
    due = payment.due_on or bill.header.due_on
    base = {
        "method": payment.method.value,
        "amount": words.euros(payment.amount_cents),
        "due": words.long_day(due) if due else "",
        "due_short": words.short_day(due) if due else "",
        "thanks": payment.payer_habit,
    }
    if payment.method is PaymentMethod.PAGOPA:
        return base | {
            "notice": words.grouped_by_four(payment.notice_number),
            "creditor": issuer.name[:50],
            "creditor_code": issuer.tax_code,
            "cbill": issuer.cbill_code,
            "payer": bill.customer.full_name[:35],
            "payer_code": bill.customer.tax_code[:16],
            "subject": f"{_what(bill)} {bill.header.number}"[:60],
            "qr": _qr_svg(payment.qr_text),
        }
    if payment.method in (PaymentMethod.SDD_CORE, PaymentMethod.SDD_B2B):
        return base | {
            "mandate": payment.mandate_id,
            "iban": payment.masked_iban,
            "creditor_id": issuer.sdd_creditor_id,
            "scheme": "SEPA Core" if payment.method is PaymentMethod.SDD_CORE else "SEPA B2B",
        }
    if payment.method is PaymentMethod.TRANSFER:
        return base | {
            "iban": words.grouped_by_four(issuer.iban),
            "holder": issuer.name,
            "reference": payment.reference,
        }
    return base | {"is_credit": payment.amount_cents < 0, "amount": words.euros(abs(payment.amount_cents))}


def _qr_svg(text: str) -> str:
    """Return the QR of a notice as one SVG path, black on nothing, one unit a module (pagopa, section 4).

    The mask is chosen here: every mask is valid, and trying all eight would cost more than the whole page.
    """
    rows = segno.make_qr(text, error="m", boost_error=False, mask=4).matrix
    path = []
    for y, row in enumerate(rows):
        x, width = 0, len(row)
        while x < width:
            if not row[x]:
                x += 1
                continue
            run = x
            while run < width and row[run]:
                run += 1
            path.append(f"M{x} {y}h{run - x}v1h{x - run}z")
            x = run
    size = len(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{"".join(path)}"/></svg>'


def _payments_so_far(bill: BillDocument) -> dict[str, Any]:
    return {
        "unpaid": [
            {
                "number": old.number,
                "kind": words.KIND_WORDS[bill.header.kind],
                "issued": words.short_day(old.issued_on),
                "due": words.short_day(old.due_on),
                "open": words.euros(old.open_cents),
            }
            for old in bill.unpaid
        ],
        "total": words.euros(sum(old.open_cents for old in bill.unpaid)),
    }


def _supply(bill: BillDocument) -> list[list[Any]]:
    contract = bill.contract
    rows = [
        ["Tipo di utenza", contract.use_label],
        ["Componenti del nucleo", str(contract.residents) if contract.residents is not None else ""],
        ["Unità servite", str(contract.units) if contract.units > 1 else ""],
        ["Servizi attivi", ", ".join(contract.services)],
        ["Codice di fornitura", contract.point_code],
        ["Attiva dal", words.long_day(contract.started_on)],
        ["Deposito versato", words.euros(contract.deposit_cents) if contract.deposit_cents else ""],
        ["Contatore", ", ".join(meter.serial for meter in bill.meters)],
        ["Dove si trova", ", ".join(meter.location for meter in bill.meters if meter.location)],
        [
            "Bollette collegate",
            ", ".join(f"{old.number} del {words.short_day(old.issued_on)}" for old in bill.header.linked),
        ],
    ]
    return _with_room(rows)


def _one_period(bill: BillDocument) -> str:
    """Return the period when every row covers all of it, so that the table need not repeat it."""
    header = bill.header
    if any((row.start, row.end) != (header.start, header.end) for row in bill.rows):
        return ""
    return words.long_period(header.start, header.end)


def _groups(bill: BillDocument) -> list[dict[str, Any]]:
    groups: dict[str, list[ChargeRow]] = {}
    for row in bill.rows:
        groups.setdefault(row.service, []).append(row)
    return [
        {
            "name": name,
            "sum": words.amount(sum(row.cents for row in rows)),
            "rows": [_charge(row) for row in rows],
        }
        for name, rows in groups.items()
    ]


def _charge(row: ChargeRow) -> list[Any]:
    label = row.label[:1].upper() + row.label[1:]
    detail = words.bracket(row)
    if row.yearly_price_e8 is not None:
        detail = f"{words.yearly_price(row.yearly_price_e8)} € l'anno"
    if row.is_estimated:
        detail = f"{detail}, stimato" if detail else "stimato"
    price = words.price(row.unit_price_e8) if row.quantity_milli is not None and row.unit_price_e8 is not None else ""
    return [
        label,
        detail,
        words.short_period(row.start, row.end),
        words.quantity(row),
        price,
        words.rate(row.vat_rate_e2) if row.vat_rate_e2 else row.nature or "",
        words.amount(row.cents),
        words.room(label) + words.room(detail) + 1,
    ]


def _vat(bill: BillDocument) -> list[list[Any]]:
    rows = []
    for group in bill.vat_groups:
        name = f"IVA {words.rate(group.vat_rate_e2)}" if group.vat_rate_e2 else f"{group.nature} {group.law}".strip()
        rows.append([name, words.amount(group.taxable_cents), words.amount(group.vat_cents), words.room(name)])
    return rows


def _totals(bill: BillDocument) -> list[list[Any]]:
    header = bill.header
    rows = [("Imponibile", header.net_cents), ("IVA", header.vat_cents), ("Totale", header.total_cents)]
    if header.split_payment:
        rows.append(("IVA versata dall'ente (scissione dei pagamenti)", -header.vat_cents))
        rows.append(("Da pagare", header.to_pay_cents))
    return [[name, words.amount(cents), words.room(name)] for name, cents in rows]


def _water_price(bill: BillDocument) -> tuple[Note, ...]:
    """Return the mean price a m3 and a litre, quotas and VAT in it (D.Lgs. 18/2023, article 18)."""
    volume = bill.consumption.billed_milli
    rows = [row for row in bill.rows if row.kind in _SERVICE_KINDS]
    gross_e4 = sum(row.cents * (10_000 + row.vat_rate_e2) for row in rows)
    if volume <= 0 or gross_e4 <= 0:
        return ()
    per_m3_e4 = divide_half_up(gross_e4 * 10, volume)  # cents x 1e4 / litres x 1e3 -> 1e-4 EUR a m3, VAT in it
    litre_e6 = divide_half_up(per_m3_e4, 10)
    text = (
        f"In questa bolletta l'acqua ti costa {per_m3_e4 // 10_000},{per_m3_e4 % 10_000:04d} € al m³, cioè "
        f"{litre_e6 // 1_000_000},{litre_e6 % 1_000_000:06d} € al litro, tutto compreso: quote fisse, fognatura, "
        "depurazione e IVA."
    )
    return (Note("Quanto costa l'acqua", text),)


def _contacts(bill: BillDocument) -> list[list[Any]]:
    issuer = bill.issuer
    rows = [
        ["Pronto intervento 24 ore", issuer.emergency_phone],
        ["Servizio clienti", f"{issuer.phone} ({issuer.phone_hours})" if issuer.phone_hours else issuer.phone],
        ["Sportello", issuer.desk],
        ["Area clienti e app", issuer.web],
        ["E-mail e PEC", " – ".join(part for part in (issuer.email, issuer.pec) if part)],
    ]
    return _with_room(rows)


def _einvoice_note(einvoice_name: str | None) -> Note:
    where = f" È allegata a questo PDF ({einvoice_name})." if einvoice_name else ""
    return Note(
        "Fattura elettronica",
        "Questo documento è una copia di cortesia. La fattura elettronica è quella trasmessa al Sistema di "
        f"Interscambio: la trovi nella tua area riservata sul sito dell'Agenzia delle Entrate.{where}",
    )
