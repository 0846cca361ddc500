"""Words for a supply, its water and its contacts."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from sorgente.customers.queries.overview import ContactCard
from sorgente.interfaces.desk.figures import units_text
from sorgente.metering.queries.point_meters import SeenRead

register = template.Library()

_SERVICES = ((1, _("acquedotto")), (2, _("fognatura")), (4, _("depurazione")))


@register.filter
def service_words(services: int) -> str:
    """Return the services of a supply: 1 supply + 2 sewerage + 4 purification."""
    return ", ".join(gettext(word) for bit, word in _SERVICES if services & bit)


@register.filter
def use_words(category: str) -> str:
    """Return a tariff's own name of a use category, readable."""
    return category.replace("_", " ").capitalize()


@register.filter
def of_point(yearly: dict[int, int] | None, point_id: int) -> int | None:
    return (yearly or {}).get(point_id)


@register.simple_tag
def per_day(read: SeenRead) -> str:
    """Return the mean of a stretch in units a day, three decimals."""
    if read.since_milli is None or not read.since_days:
        return ""
    return units_text(round(read.since_milli / read.since_days), 3)


@register.simple_tag
def contact_link(contact: ContactCard) -> SafeString:
    scheme = "tel" if contact.kind in ("mobile", "phone") else "mailto"
    return format_html('<a href="{}:{}">{}</a>', scheme, contact.value, contact.value)
