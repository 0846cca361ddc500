"""Why the bill is what it is, beside the one before: at most two sentences a customer understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sorgente.billing.core.document import BillKind

_MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
_NOTABLE_PERCENT = 10


@dataclass(frozen=True, slots=True)
class EarlierBill:
    """The bill before, on the same contract."""

    start: date
    end: date
    quantity_milli: int
    to_pay_cents: int


@dataclass(frozen=True, slots=True)
class BillFacts:
    """What the explanation is made from.

    taken_back_cents  what earlier advance bills charged for these days, negative; 0 where there were none
    new_prices_on     first day of a price that the bill before did not have yet
    latest_read_on    latest actual read the bill rests on or was estimated from
    """

    kind: BillKind
    start: date
    end: date
    daily_milli: int
    to_pay_cents: int
    taken_back_cents: int
    latest_read_on: date | None
    new_prices_on: date | None
    is_abnormal: bool
    corrects: str
    before: EarlierBill | None


def explanation(facts: BillFacts) -> str:
    """Return the sentences, or nothing when there is nothing to compare with and nothing to tell."""
    if facts.kind is BillKind.CREDIT_NOTE:
        return f"Ti restituiamo la bolletta {facts.corrects}." if facts.corrects else "Ti restituiamo quanto fatturato."
    if facts.kind is BillKind.CORRECTION and facts.corrects:
        return f"Sostituisce la bolletta {facts.corrects}, che era sbagliata."
    if facts.kind is BillKind.SUNDRY:
        return "Non riguarda i consumi: raccoglie le altre partite del tuo contratto, una per una qui sotto."
    return " ".join([sentence for sentence in (_basis(facts), _change(facts)) if sentence][:2])


def _basis(facts: BillFacts) -> str:
    """Return what the bill rests on, where that moves its amount."""
    if facts.is_abnormal:
        return (
            "Il consumo di questo periodo è molto più alto del solito: controlla l'impianto, potrebbe esserci una "
            "perdita."
        )
    if facts.kind is BillKind.CLOSING:
        return "È la bolletta di chiusura: comprende i consumi fino all'ultimo giorno di fornitura."
    if facts.kind is BillKind.ADVANCE:
        since = f" L'ultima lettura effettiva è del {_day(facts.latest_read_on)}." if facts.latest_read_on else ""
        return f"Il consumo è stimato: la prossima lettura lo corregge.{since}"
    if facts.taken_back_cents < 0:
        return "Ora i conti tornano sulla lettura effettiva: togliamo per intero gli acconti che ti avevamo chiesto."
    return ""


def _change(facts: BillFacts) -> str:
    before = facts.before
    if before is None:
        return "È la prima bolletta di questa fornitura." if facts.kind is not BillKind.CLOSING else ""
    days, days_before = (facts.end - facts.start).days, (before.end - before.start).days
    if facts.taken_back_cents == 0 and abs(days - days_before) * 100 > days_before * _NOTABLE_PERCENT:
        word = "più lungo" if days > days_before else "più corto"
        return f"Il periodo è {word}: {days} giorni invece di {days_before}."
    usual = before.quantity_milli // days_before
    if usual > 0 and not facts.is_abnormal:
        percent = (abs(facts.daily_milli - usual) * 200 + usual) // (2 * usual)
        if percent >= _NOTABLE_PERCENT and facts.kind is not BillKind.ADVANCE:
            word = "più" if facts.daily_milli > usual else "meno"
            return f"Hai usato al giorno il {percent} % di acqua in {word} rispetto alla bolletta precedente."
    if facts.new_prices_on is not None:
        return f"Dal {_day(facts.new_prices_on)} vale la nuova tariffa."
    if facts.taken_back_cents == 0 and facts.kind is not BillKind.ADVANCE and not facts.is_abnormal:
        return "Consumo al giorno e periodo sono in linea con la bolletta precedente."
    return ""


def _day(day: date) -> str:
    return f"{'1°' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"
