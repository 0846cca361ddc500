"""Words for kinds and states, and the choices of a filter."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sorgente.interfaces.desk import labels
from sorgente.interfaces.desk.templatetags.desk import badge

register = template.Library()

_GROUPS = {
    "bill_kind": labels.BILL_KINDS,
    "read_kind": labels.READ_KINDS,
    "payment_kind": labels.PAYMENT_KINDS,
    "matched_by": labels.MATCHED_BY,
    "method": labels.METHODS,
    "channel": labels.CHANNELS,
    "contact_kind": labels.CONTACT_KINDS,
    "party_kind": labels.PARTY_KINDS,
    "step": labels.STEPS,
    "document_kind": labels.DOCUMENT_KINDS,
    "flow": labels.FLOWS,
    "formation": labels.FORMATIONS,
    "agent_role": labels.AGENT_ROLES,
    "batch_state": labels.BATCH_STATES,
    "paper_outcome": labels.PAPER_OUTCOMES,
    "disposal_state": labels.DISPOSAL_STATES,
    "medium": labels.MEDIA,
    "read_state": labels.READ_STATES,
    "match": labels.MATCHES,
    "refund_state": labels.REFUND_STATES,
    "refund_way": labels.REFUND_WAYS,
    "message_state": labels.MESSAGE_STATES,
    "mandate_state": labels.MANDATE_STATES,
    "collection_state": labels.COLLECTION_STATES,
    "position_state": labels.POSITION_STATES,
}


@register.simple_tag
def word(group: str, value: str) -> str:
    """Return the word for a kind or state; the value itself when it has none."""
    return gettext(_GROUPS[group][value]) if value in _GROUPS[group] else value


@register.simple_tag
def state_badge(group: str, value: str) -> SafeString:
    """Return the word for a state as a coloured tag."""
    return badge(value, _GROUPS[group].get(value, value))


@register.simple_tag
def bill_kind(value: str) -> str:
    return word("bill_kind", value)


@register.simple_tag(takes_context=True)
def options(context: template.Context, name: str, empty: str, *choices: str) -> SafeString:
    """Return the options of a filter; each choice is "value:Etichetta"."""
    return _options(context, name, empty, [tuple(choice.split(":", 1)) for choice in choices])


@register.simple_tag(takes_context=True)
def options_from(context: template.Context, name: str, empty: str, choices: list[tuple[str, str]]) -> SafeString:
    return _options(context, name, empty, choices)


def _options(context: template.Context, name: str, empty: str, choices: list[Any]) -> SafeString:
    asked = context["request"].GET.get(name, "")
    lines = (
        (value, SafeString(" selected") if value == asked else "", gettext(label))
        for value, label in [("", empty), *choices]
    )
    return format_html("{}", format_html_join("", '<option value="{}"{}>{}</option>', lines))


@register.filter
def reference_word(name: str) -> str:
    """Return the word for a reference of a payment."""
    return gettext(labels.REFERENCES[name]) if name in labels.REFERENCES else name.replace("_", " ")
