"""Lists: pages of rows, filters kept in the address, and the whole list as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

PER_PAGE = 50
COUNTED_UP_TO = 1_000  # a list is counted no further: beyond it a filter helps more than a page number

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an exported list."""

    header: str
    cell: Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    number: int
    total: int
    is_more: bool  # there are more rows than were counted

    @property
    def first(self) -> int:
        return (self.number - 1) * PER_PAGE + 1

    @property
    def latest(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.latest < self.total else None


def page_of(request: HttpRequest, rows: QuerySet[Any, Any]) -> Page:
    """Return the page that `?page=` asks for; the first when it is no number."""
    asked = request.GET.get("page", "1")
    number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1
    # Counted without the columns of the list: they cost time and change nothing.
    total = rows.order_by().values("pk")[: COUNTED_UP_TO + 1].count()
    counted = min(total, COUNTED_UP_TO)
    number = min(number, max(1, -(-counted // PER_PAGE)))
    start = (number - 1) * PER_PAGE
    return Page(list(rows[start : start + PER_PAGE]), number, counted, total > COUNTED_UP_TO)


def show_list(
    request: HttpRequest,
    *,
    template: str,
    name: str,
    rows: QuerySet[Any, Any],
    columns: list[Column],
    context: Row | None = None,
) -> HttpResponseBase:
    """Render one page of the list, or the whole of it as CSV when the address says `export=csv`."""
    if request.GET.get("export") == "csv":
        return csv_of(name, rows.iterator(chunk_size=2000), columns)
    return render(request, template, {"page": page_of(request, rows), **(context or {})})


def day_asked(request: HttpRequest, name: str) -> date | None:
    """Return the day of a filter, or None when it is absent or no day."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def day_after(day: date | None) -> date | None:
    """Filters name the latest day included; periods below are half-open."""
    return day and day + timedelta(days=1)


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_of(name: str, rows: Iterable[Row], columns: list[Column]) -> StreamingHttpResponse:
    """Return the rows as a file that an Italian spreadsheet opens as it should."""
    writer = csv.writer(_Echo(), delimiter=";")

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([gettext(column.header) for column in columns])
        for row in rows:
            yield writer.writerow([_cell(column.cell(row)) for column in columns])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _cell(value: Any) -> str:
    """Days as ISO, nothing as empty; text that a spreadsheet would run as a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    is_figure = text.lstrip("-").replace(",", "", 1).isdecimal()
    return "'" + text if text[:1] in "=+-@\t\r" and not is_figure else text


def euro_cell(cents: int | None) -> str:
    """Return an amount as an Italian spreadsheet reads it: 1234,56."""
    if cents is None:
        return ""
    sign = "-" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    return f"{sign}{whole},{part:02d}"


def units_cell(quantity_milli: int | None) -> str:
    if quantity_milli is None:
        return ""
    sign = "-" if quantity_milli < 0 else ""
    whole, part = divmod(abs(quantity_milli), 1000)
    return f"{sign}{whole},{part:03d}"
