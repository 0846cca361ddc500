"""The states of a signature in the clerk's words."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from sorgente.archive.signing.core.values import EnvelopeState, FieldState, InputKind, Method

register = template.Library()

_METHODS = {Method.TABLET: _("sul tablet"), Method.OTP: _("a distanza, con un codice"), Method.PAPER: _("su carta")}
_ENVELOPES = {
    EnvelopeState.OPEN: ("info", _("da mostrare")),
    EnvelopeState.SHOWN: ("info", _("sta leggendo")),
    EnvelopeState.READ: ("info", _("ha letto")),
    EnvelopeState.SIGNING: ("info", _("sta firmando")),
    EnvelopeState.LOST: ("danger", _("tablet perso")),
    EnvelopeState.COMPLETED: ("success", _("firmato")),
    EnvelopeState.REFUSED: ("danger", _("non firmato")),
    EnvelopeState.CANCELLED: ("warning", _("annullato")),
    EnvelopeState.EXPIRED: ("warning", _("scaduto")),
}
_ENDED = {
    EnvelopeState.REFUSED: _("Il cliente non ha voluto firmare: la pratica torna ai documenti."),
    EnvelopeState.CANCELLED: _("Annullata, o continuata in un altro modo."),
    EnvelopeState.EXPIRED: _("Il tempo per firmare è finito: prepara di nuovo il documento."),
}
_FIELDS = {
    FieldState.WAITING: ("", _("in attesa")),
    FieldState.CHOSEN: ("info", _("accettato, manca il codice")),
    FieldState.SIGNED: ("success", _("sì")),
    FieldState.REFUSED: ("warning", _("no")),
}
_INPUTS = {
    InputKind.PEN_PRESSURE: _("penna con pressione"),
    InputKind.PEN: _("penna senza pressione"),
    InputKind.TOUCH: _("dito"),
    InputKind.MOUSE: _("mouse"),
    InputKind.CODE: _("codice"),
    InputKind.WET_INK: _("inchiostro"),
}
_EVENTS = {
    "opened": _("Busta aperta"),
    "assigned": _("Mandato al tablet"),
    "link_opened": _("Collegamento aperto"),
    "link_opened_elsewhere": _("Collegamento aperto da un altro dispositivo"),
    "shown": _("Documento mostrato"),
    "read_to_end": _("Letto fino in fondo"),
    "field_signed": _("Punto firmato"),
    "field_chosen": _("Punto accettato"),
    "field_refused": _("Punto rifiutato"),
    "field_not_given": _("Punto non dato"),
    "code_sent": _("Codice mandato"),
    "code_delivered": _("Codice consegnato al servizio di posta"),
    "code_wrong": _("Codice sbagliato"),
    "code_expired": _("Codice scaduto"),
    "code_used": _("Codice già usato"),
    "code_none_sent": _("Codice non più valido"),
    "code_locked": _("Bloccato: troppi codici sbagliati"),
    "code_accepted": _("Codice accettato"),
    "tablet_lost": _("Tablet perso"),
    "closing": _("Chiusura"),
    "sealed": _("Sigillato con marca temporale"),
    "completed": _("Concluso"),
    "cancelled": _("Annullato"),
    "refused": _("Non firmato"),
    "expired": _("Scaduto"),
    "signed_on_paper": _("Firmato su carta"),
}


@register.filter
def method_word(method: Method) -> str:
    return gettext(_METHODS[method])


@register.filter
def input_word(kind: InputKind | None) -> str:
    return "" if kind is None else gettext(_INPUTS[kind])


@register.filter
def envelope_tag(state: EnvelopeState) -> SafeString:
    return _tag(*_ENVELOPES[state])


@register.filter
def end_word(state: EnvelopeState) -> str:
    """Return how a signature ended without one, and what to do."""
    return gettext(_ENDED.get(state, ""))


@register.filter
def field_tag(state: FieldState) -> SafeString:
    return _tag(*_FIELDS[state])


@register.filter
def event_word(kind: str) -> str:
    """Return what an event of the chain is called; one nobody named here keeps its own name."""
    return gettext(_EVENTS[kind]) if kind in _EVENTS else kind


@register.filter
def event_time(at: str) -> str:
    return f"{localtime(datetime.fromisoformat(at)):%H:%M:%S}"


@register.filter
def browser(agent: str) -> str:
    """Return browser and system of a user agent as a person says them: Chrome · Android."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (("Android", "Android"), ("iPad", "iPad"), ("iPhone", "iPhone"), ("Windows", "Windows"),
               ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip
    named = [next((name for mark, name in marks if mark in agent), "") for marks in (browsers, systems)]
    return " · ".join(name for name in named if name) or "Tablet"


def _tag(colour: str, word: str) -> SafeString:
    return format_html('<span class="tag tag-{}">{}</span>', colour or "plain", gettext(word))
