"""What must never wait: rules that raise a priority and never lower it; source: taxonomy §3."""

from __future__ import annotations

from sorgente.tickets.core import cues
from sorgente.tickets.core.prepared import Prepared
from sorgente.tickets.core.taxonomy import EMERGENCY, HIGH, NORMAL, NOT_A_REQUEST, PRIORITIES, URGENT

_CUT = "sospensione_riattivazione"
# Paying or accepting a large sum is not disputing one.
_SUMS_AT_PEACE = frozenset({"preventivo_allacciamento", "pagamento_segnalazione", "variazione_pagamento_sdd"})
_NO_LAWYERS_WORRY = frozenset({"contratto_voltura", "bolletta_richiesta_copia", "contratto_disdetta"})


def rules_that_speak(prepared: Prepared, *, category: str, regulated_type: str) -> list[tuple[str, str]]:
    """Return (priority, name of the rule) for each rule that finds its sign in the sender's own words."""
    if category == NOT_A_REQUEST:
        return []
    said = {name for name, value in zip(cues.NAMES, prepared.signs, strict=True) if value}
    asks_only = regulated_type == "richiesta_informazioni"
    found = []
    if not asks_only:
        if category == EMERGENCY and said & {"no_water", "flooding"}:
            found.append((URGENT, "acqua assente o in casa"))
        if category == _CUT and (said & {"no_water", "cut_soon"} or {"cut_now", "vulnerable"} <= said):
            found.append((URGENT, "fornitura chiusa o in chiusura"))
        if category in ("contratto_subentro", "contratto_attivazione") and {"no_water", "vulnerable"} <= said:
            found.append((URGENT, "persona fragile senza acqua"))
        if category == "morosita_sollecito" and "cut_soon" in said:
            found.append((URGENT, "fornitura in chiusura"))
    if category == "qualita_acqua" and "illness" in said:
        found.append((URGENT, "malessere dopo avere bevuto"))
    if category == "qualita_acqua" and "coloured" in said and not asks_only:
        found.append((HIGH, "acqua colorata"))
    if "lawyer" in said and category not in _NO_LAWYERS_WORRY and not asks_only:
        found.append((HIGH, "legale, associazione o autorità"))
    if "again" in said and regulated_type in ("reclamo_scritto", "richiesta_rettifica"):
        found.append((HIGH, "contatto ripetuto senza risposta"))
    if "large_amount" in said and category not in _SUMS_AT_PEACE and not asks_only:
        found.append((HIGH, "somma di almeno 1.000 euro"))
    if category == "privacy_gdpr" and not asks_only:
        found.append((HIGH, "diritti sui dati personali"))
    if category == "area_riservata_accesso" and "takeover" in said:
        found.append((HIGH, "accesso di estranei"))
    if category == "perdita_occulta" and "running_leak" in said and not asks_only:
        found.append((HIGH, "perdita in corso"))
    return found


def highest(*priorities: str) -> str:
    """Return the most pressing of the priorities."""
    return max((NORMAL, *priorities), key=PRIORITIES.index)
