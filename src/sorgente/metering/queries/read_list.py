"""Reads, filtered as the desk asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from sorgente.metering.models import Read

KINDS: list[tuple[str, str]] = [(kind.value, str(kind.label)) for kind in Read.Kind]
STATES: list[tuple[str, str]] = [(state.value, str(state.label)) for state in Read.State]


def list_reads(
    *,
    text: str = "",
    kind: str = "",
    state: str = "",
    start: date | None = None,
    end: date | None = None,
    ids: list[int] | None = None,
) -> QuerySet[Any, Any]:
    """Return reads, latest first, as dictionaries.

    text        the beginning of a meter's serial
    kind        one kind; "direct" stands for every kind a person took
    start, end  read in [start, end)
    """
    found = Read.objects.all()
    if text:
        found = found.filter(register__device__serial__istartswith=text)
    if kind == "direct":
        found = found.filter(kind__in=[Read.Kind.READER, Read.Kind.SELF])
    elif kind:
        found = found.filter(kind=kind)
    if state:
        found = found.filter(state=state)
    if start is not None:
        found = found.filter(read_on__gte=start)
    if end is not None:
        found = found.filter(read_on__lt=end)
    if ids is not None:
        found = found.filter(id__in=ids)
    return (
        found.annotate(serial=F("register__device__serial"))
        .order_by("-id")  # as they came in: an index gives this order however many there are
        .values("id", "serial", "register_id", "read_on", "index_milli", "kind", "state", "reason", "received_at")
    )


def held_count() -> int:
    """Return how many reads wait for a check."""
    return Read.objects.filter(state=Read.State.HELD).count()
