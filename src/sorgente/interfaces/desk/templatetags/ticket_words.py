"""Words for tickets: categories, types, priorities, codes found in a text, how long and how late."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from sorgente.tickets.core.offices import OFFICE_WORDS

register = template.Library()

CATEGORIES = {
    "contratto_attivazione": _("Attivazione"),
    "contratto_voltura": _("Voltura"),
    "contratto_subentro": _("Subentro"),
    "contratto_disdetta": _("Disdetta"),
    "variazione_anagrafica": _("Dati e recapiti"),
    "variazione_nucleo_familiare": _("Nucleo familiare"),
    "variazione_pagamento_sdd": _("Addebito in conto"),
    "autolettura": _("Autolettura"),
    "lettura_contestazione": _("Lettura contestata"),
    "bolletta_contestazione_importo": _("Importo contestato"),
    "bolletta_richiesta_copia": _("Copia di bolletta"),
    "bolletta_mancato_recapito": _("Bolletta non ricevuta"),
    "rettifica_fatturazione": _("Errore in bolletta"),
    "rateizzazione": _("Rateizzazione"),
    "pagamento_segnalazione": _("Pagamento segnalato"),
    "rimborso": _("Rimborso"),
    "morosita_sollecito": _("Sollecito e morosità"),
    "sospensione_riattivazione": _("Sospensione e riattivazione"),
    "prescrizione_eccezione": _("Prescrizione"),
    "perdita_occulta": _("Perdita dopo il contatore"),
    "guasto_emergenza": _("Guasto"),
    "qualita_acqua": _("Qualità dell'acqua"),
    "preventivo_allacciamento": _("Preventivo e allacciamento"),
    "verifica_contatore": _("Verifica del contatore"),
    "appuntamento": _("Appuntamento"),
    "bonus_idrico": _("Bonus idrico"),
    "area_riservata_accesso": _("Accesso all'area clienti"),
    "reclamo_servizio": _("Reclamo sul servizio"),
    "privacy_gdpr": _("Dati personali"),
    "altro_spam": _("Altro e pubblicità"),
}
REGULATED = {
    "richiesta_rettifica": _("Richiesta di rettifica"),
    "reclamo_scritto": _("Reclamo scritto"),
    "richiesta_informazioni": _("Richiesta di informazioni"),
    "nessuno": _("Senza termine di legge"),
}
PRIORITIES = {"urgente": _("Urgente"), "alta": _("Alta"), "normale": _("Normale")}
STATES = {
    "new": _("Nuova"),
    "assigned": _("In lavorazione"),
    "waiting": _("Aspetta il cliente"),
    "answered": _("Risposta inviata"),
    "closed": _("Chiusa"),
}
CHANNELS = {
    "email": _("E-mail"),
    "pec": _("PEC"),
    "web": _("Area clienti"),
    "phone": _("Telefono"),
    "desk": _("Sportello"),
    "letter": _("Lettera"),
}
ENTITIES = {
    "CODICE_CLIENTE": _("codice cliente"),
    "CODICE_UTENZA": _("utenza"),
    "POD": _("POD"),
    "PDR": _("PDR"),
    "MATRICOLA_CONTATORE": _("contatore"),
    "NUMERO_FATTURA": _("bolletta"),
    "LETTURA": _("lettura"),
    "DATA_LETTURA": _("giorno della lettura"),
    "IBAN": _("IBAN"),
    "CODICE_FISCALE": _("codice fiscale"),
    "PARTITA_IVA": _("partita IVA"),
    "TELEFONO": _("telefono"),
    "IMPORTO": _("importo"),
    "INDIRIZZO": _("indirizzo"),
    "NUMERO_PRATICA": _("pratica"),
}
OFFICES_IN_ENGLISH_TOO = (
    _("Contratti"),
    _("Letture e fatturazione"),
    _("Pagamenti e credito"),
    _("Pronto intervento e qualità"),
    _("Reclami"),
    _("Protezione dati"),
    _("Assistenza e smistamento"),
)
_TONES = {"urgente": "danger", "alta": "warning", "normale": "plain"}
_STATE_TONES = {"new": "info", "assigned": "info", "waiting": "warning", "answered": "success", "closed": "plain"}
_ALL = {
    **CATEGORIES, **REGULATED, **PRIORITIES, **STATES, **CHANNELS, **ENTITIES, **OFFICE_WORDS,
}  # fmt: skip


@register.filter
def ticket_word(code: str) -> str:
    """Return the word for a category, type, priority, state, channel, office or kind of code."""
    return gettext(_ALL[code]) if code in _ALL else code


@register.simple_tag
def priority_tag(priority: str) -> SafeString:
    return format_html('<span class="tag tag-{}">{}</span>', _TONES.get(priority, "plain"), ticket_word(priority))


@register.simple_tag
def ticket_state_tag(state: str) -> SafeString:
    return format_html('<span class="tag tag-{}">{}</span>', _STATE_TONES.get(state, "plain"), ticket_word(state))


@register.simple_tag
def confidence_bar(confidence: float | None, confirmed: bool) -> SafeString:
    """Show how sure the model is, or that a person has decided."""
    if confirmed:
        return format_html('<span class="sure by-hand">{}</span>', gettext("confermata"))
    if confidence is None:
        return SafeString("")
    percent = _percent(confidence)
    return format_html(
        '<span class="sure"><meter min="0" max="100" low="60" high="85" optimum="100" value="{}"></meter> {} %</span>',
        percent,
        percent,
    )


def _percent(chance: float) -> int:
    """Return whole per cent, from 1 to 99: a model is never certain."""
    return min(max(round(chance * 100), 1), 99)


@register.simple_tag
def due_tag(due_on: date | None, as_of: date) -> SafeString:
    """Show how many days are left until the legal answer is due."""
    if due_on is None:
        return SafeString("")
    left = (due_on - as_of).days
    tone = "danger" if left < 2 else "warning" if left < 6 else "plain"
    if left < 0:
        text = ngettext("scaduto da %(n)s giorno", "scaduto da %(n)s giorni", -left) % {"n": -left}
    elif left == 0:
        text = gettext("scade oggi")
    else:
        text = ngettext("%(n)s giorno", "%(n)s giorni", left) % {"n": left}
    return format_html('<span class="tag tag-{}">{}</span>', tone, text)


@register.simple_tag
def age(opened_at: datetime, now: datetime) -> str:
    """Return how long ago, in its largest unit: 3 g, 5 h, 12 min."""
    minutes = max(int((now - opened_at).total_seconds()) // 60, 0)
    if minutes < 60:
        return gettext("%(n)s min") % {"n": minutes}
    if minutes < 60 * 48:
        return gettext("%(n)s h") % {"n": minutes // 60}
    return gettext("%(n)s g") % {"n": minutes // (60 * 24)}


@register.filter
def size_words(size: int) -> str:
    """Return bytes as kB or MB."""
    return f"{size / 1e6:.1f} MB".replace(".", ",") if size >= 1_000_000 else f"{max(size // 1000, 1)} kB"


@register.filter
def top_three(ranked: list[tuple[str, float]]) -> list[tuple[int, str, int]]:
    """Return (1 to 3, category, per cent) of the three likeliest."""
    return [(place, name, _percent(chance)) for place, (name, chance) in enumerate(ranked[:3], 1)]
