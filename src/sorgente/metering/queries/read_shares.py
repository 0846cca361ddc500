"""How the meters are read: by radio or by a person, and how many reads each month brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from sorgente.metering.models import Installation, Read


@dataclass(frozen=True, slots=True)
class ReadMonth:
    month: date
    radio: int
    reader: int
    self_read: int
    estimate: int


def meters_by_road(*, as_of: date) -> dict[str, int]:
    """Return how many registers in place that day are read by radio and how many directly: {"radio", "direct"}."""
    by_radio = ~Q(register__device__radio_id="")
    found = Installation.objects.filter(installed__contains=as_of).aggregate(
        radio=Count("id", filter=by_radio), direct=Count("id", filter=~by_radio)
    )
    return {"radio": found["radio"], "direct": found["direct"]}


def reads_by_month(*, start: date, end: date) -> list[ReadMonth]:
    """Return the months of [start, end) that have accepted reads, in order."""
    kinds = [Read.Kind.RADIO, Read.Kind.READER, Read.Kind.SELF, Read.Kind.ESTIMATE]
    rows = (
        Read.objects.filter(state=Read.State.ACCEPTED, kind__in=kinds, read_on__gte=start, read_on__lt=end)
        .annotate(month=TruncMonth("read_on"))
        .order_by()
        .values_list("month", "kind")
        .annotate(reads=Count("id"))
    )
    months: dict[date, dict[str, int]] = {}
    for month, kind, reads in rows:
        months.setdefault(month, {})[kind] = reads
    return [ReadMonth(month, *(months[month].get(kind.value, 0) for kind in kinds)) for month in sorted(months)]
