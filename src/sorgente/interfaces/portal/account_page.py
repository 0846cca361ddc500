"""What pages put together about one account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.access.queries.accounts_of_user import AccountAccess
from sorgente.customers.queries.overview import AccountCard, ContractCard, account_overview
from sorgente.interfaces.desk.customer_page import own_reads
from sorgente.interfaces.portal.next_step import OpenBill
from sorgente.interfaces.portal.water_use import Stretch, Use, use_of
from sorgente.metering.queries.point_meters import PointMeter, SeenRead, annual_consumption, meters_at
from sorgente.payments.queries.bill_payment import payment_of

_ALIVE = {"prepared", "sent"}


@dataclass(frozen=True, slots=True)
class Water:
    """The water of an account: its meter in place, its own reads latest first, stretches oldest first."""

    card: AccountCard
    contract: ContractCard | None
    meter: PointMeter | None
    reads: tuple[SeenRead, ...]
    stretches: tuple[Stretch, ...]
    use: Use | None

    @property
    def latest_read(self) -> SeenRead | None:
        return next((read for read in self.reads if read.state == "accepted"), None)


def water_of(account: AccountAccess, *, as_of: date) -> Water:
    """Return meter, reads and use of an account, of its own days alone."""
    card = account_overview(account.account_id, as_of=as_of)
    contract = next((one for one in card.contracts if one.active), next(iter(card.contracts), None))
    if contract is None:
        return Water(card, None, None, (), (), None)
    meters = own_reads(
        meters_at([contract.point.id]),
        [(one.point.id, one.start, one.end) for one in card.contracts if one.point.id == contract.point.id],
    )
    reads = sorted((read for meter in meters for read in meter.reads), key=lambda read: read.read_on, reverse=True)
    stretches = tuple(_stretch(read) for read in reversed(reads) if read.since_milli is not None and read.since_days)
    terms = contract.terms or (contract.history[-1] if contract.history else None)
    yearly = annual_consumption([contract.point.id], year=as_of.year).get(contract.point.id)
    meter = next((one for one in meters if one.removed_on is None), None) if contract.active else None
    return Water(
        card,
        contract,
        meter,
        tuple(reads),
        stretches,
        use_of(stretches, persons=terms.residents if terms else None, yearly_litres=yearly),
    )


def open_bills(account: AccountAccess, *, as_of: date) -> tuple[OpenBill, ...]:
    """Return the bills of an account that ask for money, the earliest due first."""
    rows = [
        row
        for state in ("overdue", "open")
        for row in list_bills(as_of=as_of, account=account.account_number, state=state)
    ]
    found = [OpenBill(row["number"], row["due_on"], row["open_cents"], _is_debited(row["number"])) for row in rows]
    return tuple(sorted(found, key=lambda bill: bill.due_on))


def bill_rows(account: AccountAccess, *, as_of: date) -> list[dict[str, Any]]:
    """Return every bill of an account, the latest first, each with `tone`: credit, paid, overdue or open."""
    return [{**row, "tone": tone_of(row, as_of)} for row in list_bills(as_of=as_of, account=account.account_number)]


def tone_of(row: dict[str, Any], as_of: date) -> str:
    if row["to_pay_cents"] <= 0:
        return "credit"
    if row["open_cents"] <= 0:
        return "paid"
    return "overdue" if row["due_on"] < as_of else "open"


def _is_debited(number: str) -> bool:
    return any(debit.state in _ALIVE for debit in payment_of(number).debits)


def _stretch(read: SeenRead) -> Stretch:
    assert read.since_milli is not None
    return Stretch(read.read_on - timedelta(days=read.since_days or 0), read.read_on, read.since_milli)
