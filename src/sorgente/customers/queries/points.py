"""Service points for whoever asks a supply: where they are, whether somebody is supplied there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from sorgente.customers.models import ServicePoint
from sorgente.customers.queries.find import find_customers

FREE, ACTIVE, CLOSED = "free", "active", "closed"
_LIMIT = 20
_POINTS = """
SELECT p.id, p.code, s.street || ' ' || s.house_number || ', ' || s.postal_code || ' ' || s.municipality,
       p.access, c.number, lower(c.supplied), upper(c.supplied), h.name, h.id
  FROM customers_servicepoint p
  JOIN customers_address s ON s.id = p.address_id
  LEFT JOIN LATERAL (SELECT * FROM customers_supplycontract
                      WHERE service_point_id = p.id ORDER BY supplied DESC LIMIT 1) c ON true
  LEFT JOIN customers_contractaccount a ON a.id = c.contract_account_id
  LEFT JOIN customers_party h ON h.id = a.holder_id
 WHERE p.commodity = 'water' AND {which}
 ORDER BY s.street, s.house_number, p.code LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class PointFound:
    """A point; state free (never supplied), active or closed on the day.

    contract, since, until  the contract that supplies it, or the latest that did; until is excluded
    holder                  its holder, "M••• R•••" unless the reader may see it
    """

    id: int
    code: str
    address: str
    access: str
    state: str
    contract: str
    since: date | None
    until: date | None
    holder: str
    holder_id: int | None


def find_points(text: str, *, as_of: date, shows_holder: bool, limit: int = _LIMIT) -> list[PointFound]:
    """Return points whose code begins with the text, whose address holds every word of it, or of customers it names.

    shows_holder  the reader may see who is supplied there; else names are masked and do not help the search
    """
    words = [_like(word) for word in text.replace(",", " ").split()]
    if not any(len(word) > 3 for word in words):  # two letters and the marks around them
        return []
    compact = "".join(text.split())
    if compact.isdigit() and len(compact) >= 4:
        return _found("p.code LIKE %(code)s", {"code": f"{compact}%"}, as_of, shows_holder, limit)
    named = [one.party_id for one in find_customers(text, limit=limit)] if shows_holder else []
    # Of points and addresses alone, so that who is supplied there is asked for the few that match.
    which = (
        "(s.street || ' ' || s.house_number || ' ' || s.municipality ILIKE ALL (%(words)s) OR p.id IN ("
        "SELECT n.service_point_id FROM customers_supplycontract n JOIN customers_contractaccount m"
        " ON m.id = n.contract_account_id WHERE m.holder_id = ANY(%(named)s)))"
    )
    return _found(which, {"words": words, "named": named}, as_of, shows_holder, limit)


def points_by_id(ids: Iterable[int], *, as_of: date, shows_holder: bool) -> list[PointFound]:
    """Return these points; unknown ids are left out."""
    wanted = list(ids)
    return _found("p.id = ANY(%(ids)s)", {"ids": wanted}, as_of, shows_holder, max(1, len(wanted)))


def point_id_of(code: str) -> int | None:
    """Return the id of the point with this code, None when there is none."""
    return ServicePoint.objects.filter(code="".join(code.split())).values_list("pk", flat=True).first()


def _found(which: str, values: dict[str, Any], as_of: date, shows_holder: bool, limit: int) -> list[PointFound]:
    with connection.cursor() as cursor:
        cursor.execute(_POINTS.format(which=which), {**values, "limit": limit})
        rows = cursor.fetchall()
    return [
        PointFound(
            id=point_id,
            code=code,
            address=address,
            access=access,
            state=FREE if contract is None else (ACTIVE if until is None or until > as_of else CLOSED),
            contract=contract or "",
            since=since,
            until=until,
            holder=(holder or "") if shows_holder else masked(holder or ""),
            holder_id=holder_id if shows_holder else None,
        )
        for point_id, code, address, access, contract, since, until, holder, holder_id in rows
    ]


def masked(name: str) -> str:
    """Return a name by its initials: "Rossi Maria" gives "R••• M•••"."""
    return " ".join(f"{word[0]}•••" for word in name.split())


def _like(word: str) -> str:
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
