"""What a search found and why."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

register = template.Library()

_WHY = {
    "name": _("nome"),
    "tax_code": _("codice fiscale"),
    "vat_number": _("partita IVA"),
    "contract": _("contratto"),
    "point": _("punto di fornitura"),
    "account": _("conto"),
    "phone": _("telefono"),
    "email": _("e-mail"),
    "meter": _("contatore"),
    "bill": _("bolletta"),
}


@register.simple_tag
def why(key: str) -> str:
    return gettext(_WHY[key]) if key in _WHY else key


@register.filter
def marked(value: str, text: str) -> SafeString:
    """Return the value with the words asked for marked; everything is escaped first."""
    words = [re.escape(escape(word)) for word in str(text).split() if len(word) > 1]
    if not words:
        return mark_safe(escape(value))
    return mark_safe(re.sub(f"({'|'.join(words)})", r"<mark>\1</mark>", escape(value), flags=re.IGNORECASE))
