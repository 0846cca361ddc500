"""What a printed row is, in one or two plain sentences, for the customer who asks "and this?"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from sorgente.billing.core.document import UNIT_CUBIC_METRE, UNIT_DAY, ChargeKind, ChargeRow
from sorgente.billing.core.one_offs import CODES
from sorgente.shared.money import euro, units_text

_ONE_DAY = timedelta(days=1)

_WHAT = {
    ChargeKind.FIXED: "La quota fissa copre i costi che ci sono anche quando non usi acqua: si paga a giorni.",
    ChargeKind.PEREQUATION: (
        "È un contributo nazionale deciso da ARERA, uguale per tutti: lo incassiamo e lo versiamo per intero."
    ),
    ChargeKind.BONUS: "È il bonus sociale idrico: toglie una parte della spesa a chi ne ha diritto.",
    ChargeKind.BILLED_BEFORE: (
        "Questi importi te li avevamo già chiesti: li togliamo per intero, così non paghi due volte gli stessi giorni."
    ),
    ChargeKind.STAMP: "Lo Stato la chiede sui documenti con più di 77,47 € senza IVA: la versiamo noi per te.",
}
_ONE_OFFS = {
    "DEPOSIT": "È una garanzia: ti torna con gli interessi legali quando chiudi il contratto. Non ci guadagniamo.",
    "DEPOSIT_RETURN": "Ti restituiamo il deposito che ci avevi versato come garanzia.",
    "DEPOSIT_INTEREST": "Sono gli interessi di legge maturati sul tuo deposito, dal giorno in cui l'hai pagato.",
    "INDEMNITY": "Non abbiamo rispettato un tempo garantito: ti spetta un indennizzo, senza che tu lo debba chiedere.",
    "INTEREST": "Sono interessi per un pagamento arrivato dopo la scadenza.",
    "TAKEOVER_FEE": "È il costo della pratica con cui il contratto è passato a tuo nome.",
    "FEE": "È il costo di una prestazione che hai chiesto.",
    "WORKS": "È il costo di un lavoro fatto per la tua fornitura.",
    "CREDIT": "È una somma a tuo favore.",
    "OTHER": "È una voce che non dipende dai consumi.",
}
assert {name.upper() for name in CODES} - {"STAMP_DUTY"} == set(_ONE_OFFS)


@dataclass(frozen=True, slots=True)
class RowExplanation:
    """One row of a bill and what it is; `source` says who decided its price, empty where nobody did."""

    heading: str
    label: str
    cents: int
    vat_rate_e2: int
    sentence: str
    reckoning: str  # "18,25 m³ × 0,43 € = 7,85 €"; empty where the row is an amount alone
    source: str


def explain_row(row: ChargeRow, *, cite: str) -> RowExplanation:
    """Return what a printed row is; cite is the act under its price, as the rules say it."""
    return RowExplanation(
        heading=row.service,
        label=row.label[:1].upper() + row.label[1:],
        cents=row.cents,
        vat_rate_e2=row.vat_rate_e2,
        sentence=_sentence(row),
        reckoning=_reckoning(row),
        source=_source(cite),
    )


def _sentence(row: ChargeRow) -> str:
    if row.code in _ONE_OFFS:
        return _ONE_OFFS[row.code]
    what = _WHAT.get(row.kind) or _by_volume(row)
    if row.is_estimated:
        what += " Il consumo è stimato: lo correggiamo con la prossima lettura."
    return what


def _by_volume(row: ChargeRow) -> str:
    if row.kind is not ChargeKind.VARIABLE:
        return "È una voce prevista dalla tariffa."
    low, high = row.bracket_from_milli, row.bracket_to_milli
    days = (row.end - row.start).days
    if high is not None and not low:
        return f"È il prezzo dei primi {units_text(high)} m³ usati in {days} giorni."
    if high is not None:
        between = f"tra {units_text(low or 0)} e {units_text(high)}"
        return f"È il prezzo dei m³ {between} usati in {days} giorni: chi usa di più paga di più."
    if low:
        return f"È il prezzo dei m³ oltre {units_text(low)} usati in {days} giorni: chi usa di più paga di più."
    return "Si paga per ogni metro cubo d'acqua che usi."


def _reckoning(row: ChargeRow) -> str:
    if not row.quantity_milli or row.unit_price_e8 is None:
        return ""
    price = _price(abs(row.unit_price_e8))
    if row.unit == UNIT_CUBIC_METRE:
        return f"{units_text(row.quantity_milli)} m³ × {price} € al m³ = {euro(row.cents)}"
    if row.unit == UNIT_DAY:
        text = f"{_days(row)} × {price} € al giorno = {euro(row.cents)}"
        return f"{text} ({_price(row.yearly_price_e8)} € l'anno)" if row.yearly_price_e8 is not None else text
    return f"dal {row.start:%d/%m/%Y} al {row.end - _ONE_DAY:%d/%m/%Y}: {euro(row.cents)}"


def _days(row: ChargeRow) -> str:
    days = (row.end - row.start).days
    units, rest = divmod(abs(row.quantity_milli or 0), days * 1000)
    return (
        f"{days} giorni × {units} unità" if units > 1 and rest == 0 else f"{units_text(row.quantity_milli or 0)} giorni"
    )


def _price(price_e8: int) -> str:
    whole, part = divmod(price_e8, 100_000_000)
    return f"{whole},{f'{part:08d}'.rstrip('0'):0<2}"


def _source(cite: str) -> str:
    """Return a citation of the rules as an Italian reads it."""
    words = {"article": "articolo", "comma": "comma", "annex": "allegato", "paragraph": "paragrafo"}
    text = re.sub(r"\b(article|comma|annex|paragraph)\b", lambda found: words[found[0]], cite)
    return re.sub(r"\s*⚠.*$", "", text)
