"""What the bill's template prints, already in words: the template lays out and knows no rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import segno

from sorgente.billing.adapters import bill_words as words
from sorgente.billing.adapters.bill_texts import rights_texts
from sorgente.billing.adapters.bill_view_details import (
    READS_ON_FRONT,
    SERVICE_KINDS,
    activation,
    all_reads,
    bonus_note,
    contacts,
    einvoice_note,
    groups,
    note,
    one_period,
    read_row,
    supply,
    totals,
    vat_table,
    water_cost,
    with_room,
)
from sorgente.billing.core.document import (
    BillDocument,
    BillKind,
    ChargeKind,
    DocumentType,
    PaymentMethod,
    ReadKind,
)
from sorgente.shared.money import divide_half_up, units_text

_BARS = 13
_A_MONTH = 45  # days; beyond, a bar stands for several months


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
        "sundry": _sundry(bill),
        "chart": _chart(bill),
        "parts": _parts(bill),
        "payment": _payment(bill),
        "history": _payments_so_far(bill),
        "supply": supply(bill),
        "one_period": one_period(bill),
        "groups": groups(bill),
        "vat": vat_table(bill),
        "totals": totals(bill),
        "reads": all_reads(bill),
        "notes": [note(text) for text in (*bill.notes, *bonus_note(bill), *rights_texts(bill))],
        "contacts": contacts(bill),
        "einvoice": note(einvoice_note(einvoice_name)),
        "activation": activation(bill),
    }


def _what(bill: BillDocument) -> str:
    return "Nota di credito" if bill.header.document_type is DocumentType.CREDIT_NOTE else "Bolletta"


def _issuer(bill: BillDocument) -> dict[str, Any]:
    issuer = bill.issuer
    if issuer.tax_code == issuer.vat_code:
        codes = [f"C.F. e P. IVA {issuer.vat_code}"]
    else:
        codes = [f"C.F. {issuer.tax_code}", f"P. IVA {issuer.vat_code}"]
    legal = [issuer.name, words.one_line(issuer.address), *codes]
    if issuer.rea_number:
        legal.append(f"REA {issuer.rea_office} {issuer.rea_number}")
    if issuer.share_capital_cents is not None:
        legal.append(f"cap. soc. {words.euros(issuer.share_capital_cents)}")
    return {
        "name": issuer.name,
        "monogram": (issuer.monogram or issuer.name[:1])[:3].upper(),
        "web": issuer.web,
        "phone": issuer.phone,
        "emergency": issuer.emergency_phone,
        "legal": "\u00a0· ".join(part.replace(" ", "\u00a0") for part in legal),
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
    return with_room(rows)


def _hero(bill: BillDocument) -> dict[str, str]:
    header = bill.header
    asked = header.to_pay_cents - header.credit_cents
    if asked > 0:
        automatic = bill.payment.method in (PaymentMethod.SDD_CORE, PaymentMethod.SDD_B2B)
        due = bill.payment.due_on or header.due_on
        return {
            "label": "Addebitiamo sul conto" if automatic else "Da pagare",
            "amount": words.euros(asked),
            "when_label": "il giorno" if automatic else "entro il",
            "when": words.long_day(due) if due else "a vista",
        }
    if asked == 0:
        return {"label": "Da pagare", "amount": words.euros(0), "when_label": "", "when": "Non devi fare nulla"}
    return {
        "label": "A tuo credito",
        "amount": words.euros(-asked),
        "when_label": "non devi pagare:",
        "when": "te li restituiamo noi",
    }


def _compare(bill: BillDocument) -> str:
    before = bill.previous_total_cents
    if bill.header.credit_cents:
        used = words.euros(bill.header.credit_cents)
        return f"Il totale è {words.euros(bill.header.to_pay_cents)}: abbiamo tolto {used} che erano a tuo credito."
    if before is None or bill.header.to_pay_cents <= 0 or bill.header.kind is BillKind.SUNDRY:
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
        "rows": with_room(rows),
        "cost": with_room(water_cost(bill)),
        "reads": [read_row(meter.serial, read) for meter in bill.meters for read in _front(list(meter.reads))],
        "meters": ", ".join(meter.serial for meter in bill.meters),
        "radio": any(meter.is_radio for meter in bill.meters),
        "alarm": use.is_anomalous,
    }


def _sundry(bill: BillDocument) -> list[list[Any]]:
    """Return what a bill without water is made of, for page 1; nothing for any other."""
    if bill.header.kind is not BillKind.SUNDRY:
        return []
    rows = [
        [row.label[:1].upper() + row.label[1:], words.amount(row.cents), words.room(row.label)] for row in bill.rows
    ]
    vat = bill.header.vat_cents
    return [*rows, *([["IVA", words.amount(vat), 3]] if vat else [])]


def _front(reads: list[Any]) -> list[Any]:
    return reads if len(reads) <= READS_ON_FRONT else [reads[0], *reads[1 - READS_ON_FRONT :]]


def _chart(bill: BillDocument) -> dict[str, Any]:
    bars = bill.consumption.history[-_BARS:]
    daily = [divide_half_up(bar.volume_milli, (bar.end - bar.start).days) for bar in bars]
    highest = max([*daily, 1])
    # Between two readings half a year apart no month can be told from the next: the bar names its first and its latest.
    is_long = any((bar.end - bar.start).days > _A_MONTH for bar in bars)
    made = [
        {
            "when": words.months(bar.start, bar.end) if is_long else words.month(_middle(bar.start, bar.end)),
            "share": value * 1000 // highest,
            "value": units_text(value * 1000),
            "estimated": bar.kind in (ReadKind.ESTIMATED, ReadKind.REBUILT),
            "now": _middle(bar.start, bar.end) >= bill.header.start,
        }
        for bar, value in zip(bars, daily, strict=True)
    ]
    return {
        "bars": made,
        "title": f"Litri al giorno, {'tra una lettura e la successiva' if is_long else 'mese per mese'}",
        "any_estimated": any(bar["estimated"] for bar in made),
        "alt": "Consumo al giorno in litri: " + ", ".join(f"{bar['when']} {bar['value']}" for bar in made),
    }


def _middle(start: date, end: date) -> date:
    return start + (end - start) / 2


def _parts(bill: BillDocument) -> list[dict[str, Any]]:
    """Return what the total is made of, for the bar on page 1, in thousandths of what is charged; credits are 0."""
    if bill.header.total_cents <= 0 or bill.header.kind is BillKind.SUNDRY:
        return []
    sums: dict[str, int] = {}
    for row in bill.rows:
        name = row.service if row.kind in (*SERVICE_KINDS, ChargeKind.BONUS, ChargeKind.BILLED_BEFORE) else "Altro"
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
