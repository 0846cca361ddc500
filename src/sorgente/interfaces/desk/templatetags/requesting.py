"""Words of contract requests on their pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from sorgente.interfaces.desk.figures import day_text
from sorgente.interfaces.desk.requests.forms import TITLES
from sorgente.quality.queries.clocks import ClockView

register = template.Library()

_TONES = {
    "draft": "plain", "documents": "info", "to_sign": "info", "signed": "info", "ready": "warning",
    "executed": "success", "cancelled": "plain", "refused": "danger",
}  # fmt: skip
_KINDS = {
    "activation": _("nuova attivazione"),
    "subentro": _("subentro"),
    "takeover": _("voltura"),
    "takeover_by_death": _("voltura per decesso"),
    "household": _("variazione del nucleo"),
    "termination": _("disdetta"),
}
_POINTS = {"free": ("plain", _("mai servito")), "active": ("success", _("attivo")), "closed": ("warning", _("chiuso"))}


@register.filter
def request_tag(state: str, label: str) -> SafeString:
    return _tag(_TONES[state], gettext(label))


@register.filter
def kind_word(kind: str) -> str:
    return gettext(_KINDS[kind])


@register.filter
def point_tag(state: str) -> SafeString:
    tone, word = _POINTS[state]
    return _tag(tone, gettext(word))


@register.filter
def title_word(title: str) -> str:
    return str(dict(TITLES).get(title, title))


@register.filter
def clock_words(clock: ClockView) -> SafeString:
    """Return by when, or how a clock ended, as a coloured word."""
    if clock.state == "cancelled":
        return _tag("plain", gettext("annullato"))
    if clock.ended_at is not None:
        return _tag("danger", gettext("in ritardo")) if clock.is_late else _tag("success", gettext("rispettato"))
    if clock.due_on is None:
        return _tag("plain", gettext("in attesa"))
    return _tag("danger" if clock.is_late else "info", f"{gettext('entro il')} {day_text(clock.due_on)}")


@register.filter
def total(shares: Iterable[int]) -> int:
    return sum(shares)


@register.filter
def before(steps: list[Any], place: int) -> Any:
    """Return the step before the one at this place, counted from 1."""
    return steps[place - 2]


@register.simple_tag
def use_select(field: forms.BoundField, asks: dict[str, str]) -> SafeString:
    """Return the choice of a use, each option marked with what it asks: the page shows those fields alone."""
    chosen = str(field.value())
    choices: Any = field.field
    options = format_html_join(
        "",
        '<option value="{}" data-asks="{}"{}>{}</option>',
        ((value, asks.get(value, ""), SafeString(" selected") if value == chosen else "", label)
         for value, label in choices.choices),
    )  # fmt: skip
    invalid = SafeString(' aria-invalid="true"') if field.errors else ""
    return format_html('<select name="{}" id="{}"{}>{}</select>', field.html_name, field.id_for_label, invalid, options)


def _tag(tone: str, word: str) -> SafeString:
    return format_html('<span class="tag tag-{}">{}</span>', tone, word)
