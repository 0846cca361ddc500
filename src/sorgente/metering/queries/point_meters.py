"""The meters of service points with what they showed: for the customer's page and for finding a meter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sorgente.metering.models import AnnualConsumption, Installation, Read

_READS_KEPT = 60


@dataclass(frozen=True, slots=True)
class SeenRead:
    id: int
    read_on: date
    index_milli: int
    kind: str
    state: str
    reason: str
    since_milli: int | None  # water since the accepted read before it on the same register
    since_days: int | None


@dataclass(frozen=True, slots=True)
class PointMeter:
    """A register in its place over a period; `reads` latest first."""

    service_point_id: int
    serial: str
    model: str
    manufacturer: str
    diameter_mm: int
    made_in_year: int | None
    by_radio: bool
    installed_on: date
    removed_on: date | None
    reads: list[SeenRead] = field(default_factory=list)


def meters_at(points: Iterable[int], *, latest: int = _READS_KEPT) -> list[PointMeter]:
    """Return the meters at the service points, those in place now first, with their `latest` reads."""
    rows = (
        Installation.objects.filter(service_point_id__in=list(points))
        .select_related("register__device")
        .order_by("service_point_id", "-installed")
    )
    meters = []
    for row in rows:
        device = row.register.device
        meter = PointMeter(
            service_point_id=row.service_point_id,
            serial=device.serial,
            model=device.model,
            manufacturer=device.manufacturer,
            diameter_mm=device.diameter_mm,
            made_in_year=device.made_in_year,
            by_radio=bool(device.radio_id),
            installed_on=row.installed.lower,
            removed_on=row.installed.upper,
        )
        meter.reads.extend(_reads(row, latest))
        meters.append(meter)
    return meters


def points_with_serial(text: str, *, most: int = 20) -> dict[int, str]:
    """Return service point id -> serial of the meters whose serial, or radio address, begins like this."""
    wanted = text.replace(" ", "").upper()
    if len(wanted) < 3:
        return {}
    found = Installation.objects.filter(register__device__serial__istartswith=wanted) | Installation.objects.filter(
        register__device__radio_id=wanted
    )
    rows = found.order_by("register__device__serial", "-installed")
    points: dict[int, str] = {}
    for point, serial in rows.values_list("service_point_id", "register__device__serial")[:most]:
        points.setdefault(point, serial)
    return points


def annual_consumption(points: Iterable[int], *, year: int) -> dict[int, int]:
    """Return service point id -> its Ca in thousandths that holds in `year`: that year's, else the latest before."""
    rows = AnnualConsumption.objects.filter(service_point_id__in=list(points), year__lte=year).order_by("year")
    return dict(rows.values_list("service_point_id", "quantity_milli"))


def _reads(row: Installation, latest: int) -> list[SeenRead]:
    """Return the accepted reads of the installation, its `latest`, and the held ones among them, latest first.

    Asked one state at a time: each has its own index; discarded reads are found in the list of reads.
    """
    days = {"read_on__gte": row.installed.lower}
    if row.installed.upper is not None:
        days["read_on__lte"] = row.installed.upper
    reads = Read.objects.filter(register=row.register, **days)
    accepted = list(reads.filter(state=Read.State.ACCEPTED).order_by("-read_on")[:latest])
    held = list(reads.filter(state=Read.State.HELD))
    seen: list[SeenRead] = []
    before: Read | None = None
    for read in sorted(accepted + held, key=lambda read: (read.read_on, read.pk)):
        since = before is not None and read.state == Read.State.ACCEPTED
        seen.append(
            SeenRead(
                id=read.pk,
                read_on=read.read_on,
                index_milli=read.index_milli,
                kind=read.kind,
                state=read.state,
                reason=read.reason,
                since_milli=read.running_milli - before.running_milli if since and before else None,
                since_days=(read.read_on - before.read_on).days if since and before else None,
            )
        )
        if read.state == Read.State.ACCEPTED:
            before = read
    return seen[::-1]
