"""What a request will cost whoever asks, told before anything is signed: fee, deposit, a year of water."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sorgente.billing.queries.deposits import deposit_of
from sorgente.customers.core.requests import NEW_HOLDER, TAKEOVER_BY_DEATH
from sorgente.customers.core.values import Terms
from sorgente.customers.queries.requests import RequestView
from sorgente.journeys.contracts.deposits import deposit_asked
from sorgente.journeys.contracts.money import fee_cents, yearly_cents, yearly_milli_of


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of a request, in cents.

    fee_cents          once, before VAT, on the first bill
    deposit_cents      shares, the first with the first bill; empty: none is asked
    deposit_moves      that of the holder who died passes to the new contract
    without_debit      the shares that would be asked if the customer did not pay by direct debit
    yearly_milli       a year of water in thousandths of m3, of the point or of its class; yearly_cents with VAT
    """

    fee_cents: int
    deposit_cents: tuple[int, ...]
    deposit_moves: bool
    without_debit: tuple[int, ...]
    yearly_milli: int
    yearly_cents: int


def costs_of(view: RequestView, *, on: date) -> Costs | None:
    """Return what a request will cost, None where nothing is: no new contract, or its use is not told yet."""
    kind, given = view.line.kind, view.answers
    if kind not in NEW_HOLDER or not given["category"]:
        return None
    terms = Terms(
        given["tariff"], given["category"], given["residents"], given["units"] or 1, given["other_units"],
        given["services"],
    )  # fmt: skip
    milli = yearly_milli_of(view.point_id, on=on)
    yearly = yearly_cents(terms=terms, yearly_milli=milli, on=on)
    moves = False
    asked: tuple[int, ...] = ()
    without: tuple[int, ...] = ()
    if kind == TAKEOVER_BY_DEATH:
        held = deposit_of(view.leaving_contract_number)
        moves = held is not None and held.state == "required"
    else:
        shares = [
            tuple(
                deposit_asked(
                    yearly_cents=yearly, units=terms.units, by_direct_debit=by_debit, yearly_milli=milli, on=on
                )
            )
            for by_debit in (given["payment_method"] == "sdd", False)
        ]
        asked, without = shares
    return Costs(fee_cents(kind, on=on), asked, moves, without, milli, yearly)
