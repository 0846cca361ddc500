"""What the signing pages ask in templates."""

from __future__ import annotations

from django import template

from sorgente.interfaces.portal.signing.doors import Door
from sorgente.shared.company import Company, company

register = template.Library()


@register.simple_tag
def utility() -> Company:
    return company()


@register.simple_tag
def sheet_address(door: Door, name: str, *more: str | int) -> str:
    """Return the address of a page of the envelope, behind the same door."""
    return door.address(name, *more)


@register.filter
def initials(name: str) -> str:
    """Return a name that its owner recognises and a stranger does not learn: "Giulia B.", always with a full stop."""
    first, *others = name.split()
    return " ".join([first, *(f"{word[0]}." for word in others)]).rstrip(".") + "."
