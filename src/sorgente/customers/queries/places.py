"""Municipalities that are supplied, and addresses as values: what a form needs to fill itself in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from sorgente.customers.core.values import AddressValues
from sorgente.customers.models import Address, ServicePoint


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality with one of its postal codes."""

    municipality: str
    postal_code: str
    province: str
    istat_code: str

    @property
    def key(self) -> str:
        return f"{self.istat_code}-{self.postal_code}"


def served_places() -> tuple[Place, ...]:
    """Return the municipalities where there are service points, the one with most points first."""
    names = [f"address__{name}" for name in ("municipality", "postal_code", "province", "istat_code")]
    rows = ServicePoint.objects.values_list(*names).annotate(points=Count("id")).order_by("-points", names[0])
    return tuple(Place(*row[:4]) for row in rows)


def address_of(address_id: int | None) -> AddressValues | None:
    """Return an address as values; None when there is none."""
    found = None if address_id is None else Address.objects.filter(pk=address_id).first()
    if found is None:
        return None
    return AddressValues(**{name: getattr(found, name) for name in AddressValues.__dataclass_fields__})
