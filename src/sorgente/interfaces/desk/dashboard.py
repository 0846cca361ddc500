"""The figures of the dashboard: how we read, what bills rest on, how customers pay, what is owed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sorgente.archive.queries.document_list import documents_by_kind
from sorgente.billing.queries.bill_months import bills_by_month
from sorgente.billing.queries.run_list import parked_count
from sorgente.ledger.queries.books import receivables
from sorgente.ledger.queries.receivables import overdue_by_month
from sorgente.metering.queries.read_list import held_count
from sorgente.metering.queries.read_shares import meters_by_road, reads_by_month
from sorgente.payments.queries.payment_list import unmatched_count
from sorgente.payments.queries.payment_shares import PaymentShare, collected_by_month, payment_shares
from sorgente.quality.queries.clocks import clock_counts

MONTHS = 14
_PAST_SECONDS = 6 * 3600
_PRESENT_SECONDS = 120


def figures(*, as_of: date) -> dict[str, Any]:
    """Return every figure of the dashboard as plain values.

    Months that are over hardly change, and counting a million bills takes seconds: they are kept for hours, the
    month that goes on for minutes.
    """
    start, this_month, end = _months_before(as_of, MONTHS - 1), _months_before(as_of, 0), as_of + timedelta(days=1)
    past = _kept(f"desk.months.{start}.{this_month}", _PAST_SECONDS, lambda: _months(start, this_month))
    now = _kept(f"desk.months.{this_month}.{end}", _PRESENT_SECONDS, lambda: _months(this_month, end))
    owed = _kept(f"desk.owed.{as_of}", _PRESENT_SECONDS, lambda: _owed(start, as_of))
    shares = [
        PaymentShare(before.kind, before.payments + since.payments, before.cents + since.cents)
        for before, since in zip(past["payments"], now["payments"], strict=True)
    ]
    return {
        "start": start,
        "end": end,
        "reads": past["reads"] + now["reads"],
        "bills": past["bills"] + now["bills"],
        "payments": shares,
        "collected": past["collected"] | now["collected"],
        **owed,
    }


def _months(start: date, end: date) -> dict[str, Any]:
    return {
        "reads": reads_by_month(start=start, end=end),
        "bills": bills_by_month(start=start, end=end),
        "payments": payment_shares(start=start, end=end),
        "collected": collected_by_month(start=start, end=end),
    }


def _owed(start: date, as_of: date) -> dict[str, Any]:
    owed = receivables(as_of=as_of)
    return {
        "meters": meters_by_road(as_of=as_of),
        "overdue": overdue_by_month(start=start, as_of=as_of),
        "open_cents": owed.open_cents,
        "overdue_cents": owed.overdue_cents,
    }


def work() -> dict[str, int]:
    """Return what waits for a person, always fresh: held reads, parked bills, payments without an owner."""
    return {"held": held_count(), "parked": parked_count(), "unmatched": unmatched_count()}


def deadlines(*, as_of: date) -> dict[str, int]:
    """Return how many open performances are late, due today and due within the week."""
    return clock_counts(as_of=as_of)


def documents() -> int:
    """Return how many documents the archive holds."""
    return sum(_kept("desk.documents", _PRESENT_SECONDS, documents_by_kind).values())


def read_chart(found: dict[str, Any]) -> dict[str, Any]:
    """Return reads by month as a chart whose bars open their rows."""
    months = [row.month for row in found["reads"]]
    parts = [("radio", _("Telelettura")), ("reader", _("Letturista")), ("self", _("Autolettura"))]
    values = {
        "radio": [row.radio for row in found["reads"]],
        "reader": [row.reader for row in found["reads"]],
        "self": [row.self_read for row in found["reads"]],
    }
    series = [
        {
            "label": label,
            "values": values[kind],
            "links": [_link("desk:reads", month, kind=kind, state="accepted") for month in months],
        }
        for kind, label in parts
    ]
    return _bars(months, series, unit="count")


def basis_chart(found: dict[str, Any]) -> dict[str, Any]:
    months = [row.month for row in found["bills"]]
    return _bars(
        months,
        [
            {
                "label": _("Su letture effettive"),
                "values": [row.actual for row in found["bills"]],
                "links": [_link("desk:bills", month, basis="actual") for month in months],
            },
            {
                "label": _("Stimate"),
                "colour": 2,
                "values": [row.estimated for row in found["bills"]],
                "links": [_link("desk:bills", month, basis="estimated") for month in months],
            },
        ],
        unit="count",
    )


def money_chart(found: dict[str, Any]) -> dict[str, Any]:
    billed = {row.month: row.billed_cents for row in found["bills"]}
    months = sorted({*billed, *found["collected"], *found["overdue"]})
    chart = _bars(
        months,
        [
            {
                "label": _("Fatturato"),
                "values": [billed.get(month, 0) / 100 for month in months],
                "links": [_link("desk:bills", month) for month in months],
            },
            {
                "label": _("Incassato"),
                "values": [found["collected"].get(month, 0) / 100 for month in months],
                "links": [_link("desk:payments", month, match="matched") for month in months],
            },
            {
                "label": _("Scaduto"),
                "colour": 4,
                "values": [found["overdue"].get(month, 0) / 100 for month in months],
                "links": [_link("desk:bills", month, state="overdue", day="due") for month in months],
            },
        ],
        unit="euro",
    )
    return {**chart, "stacked": False}


def shares(parts: list[tuple[str, int, str]]) -> dict[str, Any]:
    """Return shares of a whole as a ring; each part is (label, count, address of its rows)."""
    return {
        "type": "doughnut",
        "unit": "count",
        "labels": [label for label, _count, _address in parts],
        "series": [
            {
                "label": "",
                "values": [count for _label, count, _address in parts],
                "links": [address for _label, _count, address in parts],
            }
        ],
    }


def _bars(months: list[date], series: list[dict[str, Any]], *, unit: str) -> dict[str, Any]:
    labels = [date_format(month, "M y").lower() for month in months]
    return {"type": "bar", "stacked": True, "unit": unit, "labels": labels, "series": series}


def _link(route: str, month: date, **asked: str) -> str:
    last = _months_before(month, -1) - timedelta(days=1)
    return f"{reverse(route)}?{urlencode({**asked, 'from': month.isoformat(), 'to': last.isoformat()})}"


def _months_before(day: date, months: int) -> date:
    """Return the first day of the month so many months earlier."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _kept(key: str, seconds: int, count: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return cache.get_or_set(key, count, seconds) or {}
