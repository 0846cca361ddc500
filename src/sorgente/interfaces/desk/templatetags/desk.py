"""Figures, icons and small components of the desk's templates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from sorgente.interfaces.desk import figures
from sorgente.tickets.core.mail.html import clean_html

register = template.Library()

register.filter("long_day", figures.long_day_text)
register.filter("day", figures.day_text)
register.simple_tag(figures.percent_text, name="percent")
register.simple_tag(figures.period_text, name="period")


@register.filter
def cleaned(html: str) -> SafeString:
    """Return a stranger's HTML as it may be shown; it was cleaned when it came, and is again by today's rules."""
    return mark_safe(clean_html(html))


@register.filter
def euro(cents: int | None) -> str:
    return "" if cents is None else figures.euro_text(cents)


@register.filter
def positive(cents: int) -> int:
    return abs(cents)


@register.filter
def euro_short(cents: int) -> str:
    return figures.euro_short_text(cents)


@register.filter
def units(quantity_milli: int | None, decimals: int | None = None) -> str:
    return "" if quantity_milli is None else figures.units_text(quantity_milli, decimals)


@register.filter
def price(price_e8: int | None) -> str:
    return "" if price_e8 is None else figures.price_text(price_e8)


@register.filter
def said(text: Any) -> str:
    """Return an Italian label of a table or a core value in the language of the page."""
    return gettext(str(text)) if text not in (None, "") else ""


@register.filter
def is_past(day: date | None, as_of: date) -> bool:
    return day is not None and day < as_of


@register.simple_tag
def icon(name: str, classes: str = "icon-sm") -> SafeString:
    """Draw an icon of the design system; it only decorates, the text beside it speaks."""
    sprites = static("desk/vendor/sprites.svg")
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        sprites,
        name,
    )


# What a state means to whoever looks: done, asks for a hand, went wrong, waits, or merely is.
_TONES = {
    "success": {
        "matched",
        "sent",
        "settled",
        "paid",
        "issued",
        "active",
        "accepted",
        "done",
        "closed",
        "actual",
        "attested",
        "checked",
        "executed",
        "good",
    },
    "warning": {"held", "parked", "suspense", "suspended", "mixed", "returned", "sampled", "waiting"},
    "danger": {"failed", "overdue", "revoked", "discarded", "not_matched", "bad"},
    "info": {"open", "queued", "prepared", "selected", "released", "estimated", "running", "proposed", "approved"},
}


@register.simple_tag
def badge(state: str, label: Any = "") -> SafeString:
    """Show a state as a coloured word."""
    tone = next((tone for tone, states in _TONES.items() if state in states), "plain")
    return format_html('<span class="tag tag-{}">{}</span>', tone, said(label or state))


@register.simple_tag(takes_context=True)
def address_with(context: template.Context, **changes: Any) -> str:
    """Return this page's address with some parameters changed; an empty value takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else context["request"].path


@register.filter
def plain(number: int) -> str:
    """Return a number without separators: an id in a page, not a figure."""
    return str(number)


@register.filter
def seconds_words(seconds: int) -> str:
    """Return a length of time in its two largest units: 1 min 12 s."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@register.filter
def duration_words(length: timedelta) -> str:
    return seconds_words(int(length.total_seconds()))


@register.filter
def percent_e4(rate: int) -> str:
    """Return a rate in ten-thousandths: 1000 is 10 %."""
    return figures.percent_text(rate, 10_000).replace(",0", "").replace(".0", "")
