"""Words and figures of the web area's templates."""

from __future__ import annotations

import secrets
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from sorgente.interfaces.portal import labels
from sorgente.interfaces.portal.sent import FIELD

register = template.Library()

_HOUSE = (
    '<svg class="icon icon-sm" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
    '<path d="M12 3 2.500 11.200l1.300 1.500L5 11.700V21h5.500v-6h3v6H19v-9.300l1.200 1 1.300-1.500z"/></svg>'
)


@register.simple_tag
def place_icon(name: str) -> SafeString:
    """Draw the icon of a place; the design system has no house."""
    from sorgente.interfaces.desk.templatetags.desk import icon

    return mark_safe(_HOUSE) if name == "home" else icon(name)


@register.simple_tag
def said_of(group: str, value: str) -> str:
    """Return the customer's word for a kind or state."""
    return gettext(labels.GROUPS[group].get(value, value))


@register.simple_tag(takes_context=True)
def once(context: dict[str, Any]) -> SafeString:
    """Draw the hidden key of a form; the page that asks again keeps the key of the first."""
    key = context["request"].POST.get(FIELD) or secrets.token_urlsafe(12)
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, key)


@register.simple_tag
def service_words(service: str) -> str:
    """Return what a service of a bill is, in a sentence; nothing where its name is all there is to say."""
    text = labels.SERVICES.get(service)
    return gettext(text) if text else ""


@register.simple_tag
def component_words(label: str) -> str:
    """Return what a national contribution pays for; nothing where the row is none."""
    text = labels.COMPONENTS.get(label)
    return gettext(text) if text else ""


@register.simple_tag
def service_name(one: Any) -> str:
    """Return the name of a service in the language of the page; `one` is an Offer or an AppointmentView."""
    named = getattr(one, "service_name", None) or one.name
    english = getattr(one, "service_name_en", None) or getattr(one, "name_en", "")
    return str(english if get_language() == "en" and english else named)


@register.filter
def cubic(milli: int | None) -> str:
    """Return whole cubic metres as the black digits show them."""
    return "" if milli is None else str(milli // 1000)


@register.filter
def distance(days: Any) -> int:
    """Return how many days, whichever way."""
    return abs(int(days))


@register.filter
def first_name(name: str) -> str:
    """Return how to address somebody: the first name of "Surname Name" is not known here, so the login's own."""
    return str(name).split()[0] if name else ""
