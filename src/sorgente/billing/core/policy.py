"""What the law and the utility decided about bills, looked up once for a day of issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sorgente.billing.core.gate import GateRules
from sorgente.billing.core.stretches import Policy
from sorgente.shared.calendar import calendar
from sorgente.shared.money import cents_from_euro, milli_from_units
from sorgente.tariffs.rules import Rules

_COMPANY = "company.billing."


@dataclass(frozen=True, slots=True)
class BillingRules:
    periods: Policy
    gate: GateRules
    due_on: date


def billing_rules(rules: Rules, *, bill_on: date) -> BillingRules:
    """Return the figures in force on a day of issue; raises NoValue naming the rule and the day."""

    def value(name: str) -> str:
        return str(rules.value(_COMPANY + name, on=bill_on))

    high = rules.entry(_COMPANY + "gate.high_consumption", on=bill_on)
    dry = rules.entry(_COMPANY + "gate.no_consumption", on=bill_on)
    return BillingRules(
        periods=Policy(
            fresh_days=int(value("fresh_read_days")),
            least_days=int(value("least_days")),
            least_estimated_days=int(value("least_days")),
        ),
        gate=GateRules(
            high_times_milli=milli_from_units(high.value, what="times"),
            high_floor_milli=milli_from_units(high.fields["floor_m3"], what="floor_m3"),
            high_amount_cents=cents_from_euro(value("gate.high_amount")),
            no_consumption_days=int(dry.value),
            no_consumption_yearly_milli=milli_from_units(dry.fields["least_yearly_m3"], what="least_yearly_m3"),
            holds_closing_on_estimate=bool(rules.value(_COMPANY + "gate.closing_on_estimate", on=bill_on)),
            prescribed_days=int(value("gate.prescribed_days")),
        ),
        due_on=due_day(rules, bill_on=bill_on),
    )


def due_day(rules: Rules, *, bill_on: date) -> date:
    """Return the due date: the company's term, never below the law's, moved on to a working day (BIL-04)."""
    legal = int(rules.value("arera.billing.payment_term_days", on=bill_on))
    own = int(rules.value(_COMPANY + "payment_term_days", on=bill_on))
    return calendar().working_day_on_or_after(bill_on + timedelta(days=max(legal, own)))
