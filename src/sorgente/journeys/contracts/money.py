"""What a request costs or gives back: the deposit, the fee, arrears; and what the water of a year may cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sorgente.billing.usecases.one_offs import add_one_off
from sorgente.customers.core.values import Terms
from sorgente.ledger.queries.accounts import open_items
from sorgente.metering.queries.point_meters import annual_consumption
from sorgente.rating.questions import Question, answers
from sorgente.tariffs.library import tariff_book
from sorgente.tariffs.rules import rules
from sorgente.tariffs.tables import number_of

_YEAR = timedelta(days=365)


def yearly_cents(*, terms: Terms, yearly_milli: int, on: date) -> int:
    """Return what a year's water would cost with VAT at the prices of a day, in cents; 0 when it cannot be priced."""
    book = tariff_book(known_on=on)
    question = Question(
        start=number_of(on),
        end=number_of(on + _YEAR),
        quantity_milli=yearly_milli,
        prior_milli=-1,
        category=book.category_index(terms.category),
        persons=terms.residents or 0,
        units=terms.units,
        other_units=terms.other_units,
        services=terms.services,
        bonus=terms.bonus,
        meter_mm=0,
        commitment_milli=terms.commitment_milli,
    )
    answer = next(answers([question], book, book.tariff_index(terms.tariff)))
    return int(answer.get("total_cents", 0))


def yearly_milli_of(point_id: int | None, *, on: date) -> int:
    """Return the Ca of a point in thousandths; that of nobody in particular (rules/metering) where there is none."""
    known = {} if point_id is None else annual_consumption([point_id], year=on.year)
    found = known.get(point_id) if point_id is not None else None
    return found if found is not None else int(rules().value("metering.class_mean", on=on)["any"])


def fee_cents(kind: str, *, on: date) -> int:
    """Return what a request of this kind costs once, before VAT; source rules/contracts/fees.yaml."""
    return int(rules().value("contracts.fees", on=on)[kind])


def charge_fee(*, number: str, kind: str, label: str, contract_number: str, on: date, at: datetime) -> None:
    """Put the fee of a request on the first bill of its contract; a free one asks nothing."""
    cents = fee_cents(kind, on=on)
    if cents:
        add_one_off(
            contract_number=contract_number,
            kind="takeover_fee" if kind == "takeover" else "fee",
            text=f"{label}, richiesta {number}",
            cents=cents,
            from_on=on,
            reference=f"request:{number}:fee",
            at=at,
        )


def overdue_cents(account_ids: Iterable[int], *, as_of: date) -> int:
    """Return what these accounts owe past its due day."""
    return sum(
        item.open_cents
        for account_id in account_ids
        for item in open_items(contract_account_id=account_id, due_before=as_of, receivables_only=True)
    )
