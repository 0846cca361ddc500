"""When and how the demonstration's customers pay, with the shares of the reference customer. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from sorgente.journeys.demo.population import Customer

# Of what is paid on a notice, this part goes through the pagoPA circuit; the rest is an ordinary transfer.
IN_CIRCUIT = 0.867
PAID_TWICE = 0.003
DEBIT_RETURNED = 0.021
_REASONS = (("AM04", 60), ("MS02", 15), ("MS03", 12), ("AC04", 6), ("MD06", 5), ("MD01", 2))


@dataclass(frozen=True, slots=True)
class Intent:
    """One payment that will come: `road` is pagopa or transfer."""

    on: date
    road: str


def notice_payments(rnd: random.Random, customer: Customer, due_on: date) -> list[Intent]:
    """Return the payments a notice will bring: mostly one, at times none, seldom two."""
    if customer.seldom_pays and rnd.random() < 0.7:
        return []
    early = rnd.randrange(0, 14) if customer.pays_late_days == 0 else -rnd.randrange(1, customer.pays_late_days + 1)
    on = due_on - timedelta(days=early)
    road = "pagopa" if rnd.random() < IN_CIRCUIT else "transfer"
    paid = [Intent(on, road)]
    if rnd.random() < PAID_TWICE:
        paid.append(Intent(on + timedelta(days=rnd.randrange(1, 6)), "transfer"))
    return paid


def return_reason(rnd: random.Random) -> str | None:
    """Return why a debit comes back, or None: most do not."""
    if rnd.random() >= DEBIT_RETURNED:
        return None
    return rnd.choices([code for code, _ in _REASONS], [weight for _, weight in _REASONS])[0]
