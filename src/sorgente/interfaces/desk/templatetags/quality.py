"""Tags of the pages on service standards."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sorgente.interfaces.desk.quality_words import GROUPS, amount_words, reference_address, reference_words
from sorgente.interfaces.desk.templatetags.desk import badge

register = template.Library()
register.filter("amount", amount_words)

_TONES = {"accrued": "held", "on_bill": "open", "direct": "held", "excluded": "plain", "in": "paid", "out": "overdue"}


@register.simple_tag
def quality_word(group: str, value: str | None) -> str:
    """Return the word for a state, a cause or a reason in the language of the page."""
    return gettext(GROUPS[group][value]) if value else ""


@register.simple_tag
def quality_badge(group: str, value: str) -> SafeString:
    return badge(_TONES.get(value, value), GROUPS[group][value])


@register.simple_tag
def reference_link(reference: str) -> SafeString:
    """Show what a performance is about, with a link where the desk has its page."""
    address, words = reference_address(reference), reference_words(reference)
    return format_html('<a href="{}">{}</a>', address, words) if address else format_html("{}", words)


@register.simple_tag
def due_badge(due_on: date | None, as_of: date) -> SafeString:
    """Show how near a deadline is: late, today, tomorrow, or in so many days."""
    if due_on is None:
        return badge("suspended", gettext("Sospesa"))
    days = (due_on - as_of).days
    if days < 0:
        return badge("overdue", gettext("In ritardo"))
    if days == 0:
        return badge("held", gettext("Oggi"))
    return badge("open", gettext("Domani") if days == 1 else gettext("Fra %(days)s giorni") % {"days": days})


@register.filter
def permille(share: int | None) -> str:
    """Return a share in tenths of a percent as text: 984 is 98,4 %."""
    return "–" if share is None else f"{number_format(share / 10, 1)}\u00a0%"


@register.filter
def item(values: dict[str, Any], key: str) -> Any:
    """Return a value of a mapping by a key that is itself a value."""
    return values.get(key)
