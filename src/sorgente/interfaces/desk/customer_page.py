"""What stands on a customer's page beside the master data, each part only for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from sorgente.archive.queries.documents import documents_of
from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.queries.overview import CustomerCard
from sorgente.interfaces.desk.access import Right
from sorgente.interfaces.desk.figures import day_text
from sorgente.ledger.queries.accounts import balances_of, open_items, statement_of
from sorgente.messages.queries.messages import messages_of_account
from sorgente.metering.queries.point_meters import PointMeter, annual_consumption, meters_at
from sorgente.payments.queries.mandate_list import mandates_of
from sorgente.payments.queries.payment_list import list_payments

_ROWS = 8  # of each list on the page; the rest is one click away
_LINES = 8
_BARS = 24


def parts_of(customer: CustomerCard, *, as_of: date, may: Callable[[Right], bool]) -> dict[str, Any]:
    """Return the parts of the page by name; a part that the role may not see is not even read."""
    parts: dict[str, Any] = {}
    accounts = customer.accounts
    if may(Right.METERS):
        points = [contract.point.id for account in accounts for contract in account.contracts]
        supplied = [
            (contract.point.id, contract.start, contract.end) for account in accounts for contract in account.contracts
        ]
        meters = own_reads(meters_at(points), supplied)
        parts |= {
            "meters": meters,
            "yearly": annual_consumption(points, year=as_of.year),
            "chart": consumption_chart(meters),
        }
    bills: list[dict[str, Any]] = []
    if may(Right.BILLS):
        found = list_bills(as_of=as_of, holder_id=customer.id)
        bills = list(found[: _ROWS + 1])
        items = [item for account in accounts for item in open_items(contract_account_id=account.id)]
        owed = [item for item in items if item.open_cents > 0]
        parts |= {
            "bills": bills[:_ROWS],
            "more_bills": len(bills) > _ROWS,
            "balance_cents": sum(balances_of([account.id for account in accounts]).values()),
            "overdue_cents": sum(item.open_cents for item in owed if item.due_on < as_of),
            "to_come_cents": sum(item.open_cents for item in owed if item.due_on >= as_of),
            "credit_cents": -sum(item.open_cents for item in items if item.open_cents < 0),
            "next_due_on": min((item.due_on for item in owed if item.due_on >= as_of), default=None),
            "statements": [(account, statement_of(account.id)[::-1][: 2 * _ROWS]) for account in accounts],
        }
    if may(Right.PAYMENTS):
        parts["payments"] = list(list_payments(holder_id=customer.id)[:_ROWS])
        parts["mandates"] = mandates_of([account.id for account in accounts])
    if may(Right.MESSAGES):
        sent = [message for account in accounts for message in messages_of_account(account.number)]
        parts["messages_sent"] = sorted(sent, key=lambda message: message.queued_at, reverse=True)[:_LINES]
    if may(Right.BILLS) or may(Right.DOCUMENTS):
        subjects = [f"account:{account.number}" for account in accounts]
        subjects += [f"bill:{bill['number']}" for bill in bills]
        parts["documents"] = documents_of(*subjects)[:_LINES]
    return parts


def own_reads(meters: list[PointMeter], supplied: list[tuple[int, date, date | None]]) -> list[PointMeter]:
    """Return the meters with the reads of the customer's own days alone: what others used there stays theirs.

    supplied   (service point id, start, end) of the customer's contracts; the read a supply starts from is kept,
               the consumption before it is not
    """
    kept = []
    for meter in meters:
        spans = [(start, end) for point, start, end in supplied if point == meter.service_point_id]
        reads = []
        for read in meter.reads:
            start = next((a for a, b in spans if a <= read.read_on and (b is None or read.read_on <= b)), None)
            if start is None:
                continue
            began = read.read_on - timedelta(days=read.since_days or 0)
            reads.append(read if began >= start else replace(read, since_milli=None, since_days=None))
        if reads or meter.removed_on is None:
            kept.append(replace(meter, reads=reads))
    return kept


def consumption_chart(meters: list[PointMeter]) -> dict[str, Any] | None:
    """Return m3 a day between accepted reads as bars, the latest stretches; None when there is nothing to draw."""
    stretches = sorted(
        (read.read_on, read.since_milli / read.since_days / 1000, read.kind)
        for meter in meters
        for read in meter.reads
        if read.since_milli is not None and read.since_days
    )[-_BARS:]
    if not stretches:
        return None
    return {
        "type": "bar",
        "unit": "m3",
        "axis": _("m³ al giorno"),
        "labels": [day_text(day) for day, _mean, _kind in stretches],
        "series": [
            {
                "label": _("m³ al giorno"),
                "values": [round(mean, 3) for _day, mean, _kind in stretches],
                "colours": [2 if kind == "estimate" else 0 for _day, _mean, kind in stretches],
            }
        ],
    }
