"""Finding who asks and where: customers and points as they are chosen on a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sorgente.customers.core.births import Birth, birth_told
from sorgente.customers.queries.find import CustomerFound, find_customers
from sorgente.customers.queries.points import PointFound, find_points, point_id_of, points_by_id
from sorgente.metering.queries.point_meters import PointMeter, meters_at, points_with_serial
from sorgente.shared.errors import SorgenteError
from sorgente.shared.identifiers import tax_code

_MOST = 8
_WANTED = {"activation": {"free"}, "subentro": {"closed"}, "takeover": {"active"}, "takeover_by_death": {"active"}}


@dataclass(frozen=True, slots=True)
class PointChoice:
    """A point with the meter in place; `fits`: its state is what this kind of request needs."""

    point: PointFound
    meter: PointMeter | None
    fits: bool


def points_like(text: str, *, kind: str, as_of: date) -> list[PointChoice]:
    """Return points by address, code, meter serial or customer; those that fit the request first."""
    found = {one.id: one for one in points_by_id(points_with_serial(text), as_of=as_of, shows_holder=True)}
    found |= {one.id: one for one in find_points(text, as_of=as_of, shows_holder=True, limit=4 * _MOST)}
    return _choices(list(found.values()), kind)[:_MOST]


def point_of(code: str, *, kind: str, as_of: date) -> PointChoice | None:
    """Return the point of a code, None when there is none."""
    point_id = point_id_of(code) if code else None
    found = [] if point_id is None else points_by_id([point_id], as_of=as_of, shows_holder=True)
    return next(iter(_choices(found, kind)), None)


def _choices(points: list[PointFound], kind: str) -> list[PointChoice]:
    meters = {one.service_point_id: one for one in meters_at([one.id for one in points], latest=1)
              if one.removed_on is None}  # fmt: skip
    made = [PointChoice(one, meters.get(one.id), one.state in _WANTED[kind]) for one in points]
    return sorted(made, key=lambda one: not one.fits)


@dataclass(frozen=True, slots=True)
class PeopleFound:
    """Customers the text may mean; of a tax code nobody has, what it tells of a new one."""

    customers: list[CustomerFound]
    new_code: str = ""
    birth: Birth | None = None


def people_like(text: str, *, on: date) -> PeopleFound:
    """Return the customers a text may mean, or the birth a new tax code tells."""
    customers = find_customers(text, limit=_MOST)
    code = "".join(text.split())
    if customers or len(code) != 16:
        return PeopleFound(customers)
    try:
        code = tax_code(code)
    except SorgenteError:
        return PeopleFound([])
    return PeopleFound([], code, birth_told(code, on=on))
