"""Numbers of the registers: without gaps, from 1 each year, given only to documents that are really stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from sorgente.archive.models import Document, RegisterEntry


@dataclass(frozen=True, slots=True)
class RegisterNumber:
    register: str
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"


def numbers_for(registers: Mapping[str, str], *, year: int) -> dict[str, RegisterNumber]:
    """Return the next numbers of the documents that are new and whose class asks for one.

    registers  hash → register, empty for none; in the order in which they are numbered

    Each register is locked until the transaction ends: the next number waits until this one is sure. The insert of
    the documents follows under the same lock, and a transaction taken back gives its numbers back.
    """
    wanted = {name: register for name, register in registers.items() if register}
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        # Also the documents' hashes: the same letter stored twice at once must not use a number and then be dropped.
        # Always in the same order, so that two batches cannot wait for each other.
        for key in sorted(set(wanted.values())):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"archive.register:{key}"])
    known = set(Document.objects.filter(sha256__in=wanted).values_list("sha256", flat=True))
    latest: dict[str, int] = {}
    numbers: dict[str, RegisterNumber] = {}
    for name, register in wanted.items():
        if name in known:
            continue
        if register not in latest:
            entries = RegisterEntry.objects.filter(register=register, year=year).order_by("-number")
            latest[register] = entries.values_list("number", flat=True).first() or 0
        latest[register] += 1
        numbers[name] = RegisterNumber(register, year, latest[register])
    return numbers


def write_numbers(numbers: Mapping[str, RegisterNumber], rows: Mapping[str, Document], at: datetime) -> None:
    """Write the numbers of the documents just stored."""
    RegisterEntry.objects.bulk_create(
        RegisterEntry(
            register=one.register, year=one.year, number=one.number, document=rows[name], registered_at=at
        )
        for name, one in numbers.items()
    )  # fmt: skip
