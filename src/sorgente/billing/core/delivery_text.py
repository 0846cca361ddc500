"""The message a bill travels with: how much, by when, how; nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sorgente.billing.core.document import PaymentMethod
from sorgente.shared.money import euro, units_text

_MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Announced:
    """What the message says of a bill; `due_on` is the day of the debit where there is one."""

    number: str
    holder: str
    supply_address: str
    start: date
    end: date
    quantity_milli: int
    to_pay_cents: int
    due_on: date
    method: PaymentMethod
    notice_number: str
    masked_iban: str
    company: str
    phone: str
    web: str
    iban: str
    credit_cents: int = 0  # earlier credits already taken off to_pay_cents
    is_of_water: bool = True


def delivery_text(bill: Announced) -> tuple[str, str]:
    """Return subject line and body, Italian, plain text."""
    amount = euro(abs(bill.to_pay_cents))
    if bill.to_pay_cents > 0:
        word = "addebito" if bill.method in (PaymentMethod.SDD_CORE, PaymentMethod.SDD_B2B) else "da pagare entro"
        subject = f"Bolletta dell'acqua {bill.number}: {amount}, {word} il {_day(bill.due_on)}"
    elif bill.to_pay_cents == 0:
        subject = f"Bolletta dell'acqua {bill.number}: non devi pagare nulla"
    else:
        subject = f"Bolletta dell'acqua {bill.number}: {amount} a tuo credito"
    latest = date.fromordinal(bill.end.toordinal() - 1)
    lines = [
        f"Gentile {bill.holder},",
        "",
        f"è pronta la bolletta {bill.number} per la fornitura di {bill.supply_address}"
        + (
            f", dal {_day(bill.start)} al {_day(latest)}: {units_text(bill.quantity_milli)} m³ di acqua."
            if bill.is_of_water
            else ": non riguarda i consumi, ma altre partite del tuo contratto."
        ),
        "",
        *_how(bill, amount),
        "",
        f"La bolletta è allegata e la trovi sempre nella tua area clienti: {bill.web}.",
        f"Hai una domanda? Chiamaci al {bill.phone}.",
        "",
        bill.company,
    ]
    return subject, "\n".join(lines)


def _how(bill: Announced, amount: str) -> list[str]:
    if bill.credit_cents:
        rest = replace(bill, credit_cents=0)
        return [f"Abbiamo già tolto {euro(bill.credit_cents)} che erano a tuo credito.", *_how(rest, amount)]
    if bill.to_pay_cents == 0:
        return ["Non devi pagare nulla."]
    if bill.to_pay_cents < 0:
        return [f"Hai un credito di {amount}: te lo restituiamo noi, non devi fare nulla."]
    day = _day(bill.due_on)
    if bill.method in (PaymentMethod.SDD_CORE, PaymentMethod.SDD_B2B):
        account = f" {bill.masked_iban}" if bill.masked_iban else ""
        return [f"Importo: {amount}", f"Lo addebitiamo il {day} sul tuo conto{account}: non devi fare nulla."]
    lines = [f"Da pagare: {amount}", f"Entro il: {day}"]
    if bill.method is PaymentMethod.PAGOPA:
        notice = " ".join(bill.notice_number[at : at + 4] for at in range(0, len(bill.notice_number), 4))
        return [
            *lines,
            f"Come: con pagoPA, numero avviso {notice}. Inquadra il codice QR della bolletta con l'app della tua banca "
            "o con IO, oppure paga in posta, in banca o in tabaccheria.",
        ]
    return [*lines, f"Come: con bonifico a {bill.company}, IBAN {bill.iban}, causale «Bolletta {bill.number}»."]


def _day(day: date) -> str:
    return f"{'1°' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"
