"""The anomaly gate: what is held back for a person to look at, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sorgente.shared.money import euro, units_text

Long = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PASSED, HIGH_CONSUMPTION, HIGH_AMOUNT, NO_CONSUMPTION, CLOSING_ON_ESTIMATE, REACHES_FAR_BACK = range(6)
CODES = (
    "",
    "billing.gate.high-consumption",
    "billing.gate.high-amount",
    "billing.gate.no-consumption",
    "billing.gate.closing-on-estimate",
    "billing.gate.reaches-far-back",
)


@dataclass(frozen=True, slots=True)
class GateRules:
    """The figures of rules/billing/gate_*.yaml."""

    high_times_milli: int  # 4000: four times
    high_floor_milli: int
    high_amount_cents: int
    no_consumption_days: int
    no_consumption_yearly_milli: int
    holds_closing_on_estimate: bool
    prescribed_days: int


@dataclass(frozen=True, slots=True)
class GateFacts:
    """(n,) each: what the gate looks at, one row per bill."""

    start: Long
    end: Long
    quantity_milli: Long
    measured_milli: Long  # the part on actual reads
    measured_days: Long
    total_cents: Long
    yearly_milli: Long  # -1: not known
    persons: Long  # 0: not a household, or not known
    closing: Bools
    ends_on_estimate: Bools


def judge(facts: GateFacts, rules: GateRules, *, issued_on: int) -> Long:
    """Return PASSED or the first reason to hold each bill; (n,).

    issued_on  day since 1970-01-01
    source     rules/billing/gate_*.yaml
    """
    reason = np.full(facts.start.size, PASSED, dtype=np.int64)
    days = facts.end - facts.start
    # Ca x days / 365 x times / 1000 against the quantity, multiplied out so that nothing is rounded.
    high = facts.quantity_milli * 365 * 1000 > facts.yearly_milli * days * rules.high_times_milli
    high &= (facts.yearly_milli >= 0) & (facts.quantity_milli > rules.high_floor_milli)
    dry = (facts.measured_milli == 0) & (facts.measured_days >= rules.no_consumption_days) & (facts.persons > 0)
    dry &= facts.yearly_milli >= rules.no_consumption_yearly_milli
    # Later lines win: the gravest reason is the one shown.
    reason[dry] = NO_CONSUMPTION
    reason[facts.total_cents > rules.high_amount_cents] = HIGH_AMOUNT
    reason[high] = HIGH_CONSUMPTION
    reason[issued_on - facts.start > rules.prescribed_days] = REACHES_FAR_BACK
    if rules.holds_closing_on_estimate:
        reason[facts.closing & facts.ends_on_estimate] = CLOSING_ON_ESTIMATE
    return reason


def explain(reason: int, facts: GateFacts, at: int) -> tuple[str, str]:
    """Return what was found on one held bill, with its figures, and the proposed resolution."""
    quantity, days = int(facts.quantity_milli[at]), int(facts.end[at] - facts.start[at])
    yearly = int(facts.yearly_milli[at])
    if reason == HIGH_CONSUMPTION:
        expected = yearly * days // 365
        return (
            f"{units_text(quantity)} m³ in {days} days; Ca {units_text(yearly)} expects {units_text(expected)} m³.",
            "Check the read against its photo. If it is right, release the bill and warn the customer of a leak; "
            "if not, discard the read and run again.",
        )
    if reason == HIGH_AMOUNT:
        return (
            f"The bill is {euro(int(facts.total_cents[at]))}.",
            "Compare it with the bills before; release it when the reads and the terms are right.",
        )
    if reason == NO_CONSUMPTION:
        return (
            f"No water in {int(facts.measured_days[at])} measured days; Ca is {units_text(yearly)} m³ a year, "
            f"{int(facts.persons[at])} residents.",
            "Check the meter: if it has stopped, replace it and rebuild the consumption; "
            "if nobody lives there, release.",
        )
    if reason == CLOSING_ON_ESTIMATE:
        return (
            "The supply has ended and there is no final read.",
            "Record the final read, or agree one with the customer; release to close on the estimate.",
        )
    return (
        f"The bill reaches back {int(days)} days.",
        "Check what is prescribed and take it out, or release with the notice that the law asks for.",
    )
