"""The one thing to do next, chosen from what is the case: pure, so that a table of cases can say it all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_SOON_DAYS = 10
# A read so old is worth renewing: the next bill then rests on what was really used.
_OLD_READ_DAYS = 50


class Step(StrEnum):
    OVERDUE = "overdue"
    SIGN = "sign"
    ANSWER = "answer"
    APPOINTMENT = "appointment"
    DUE = "due"
    READING = "reading"
    DEBIT = "debit"
    NOTIFICATIONS = "notifications"
    ALL_FINE = "all_fine"


@dataclass(frozen=True, slots=True)
class OpenBill:
    number: str
    due_on: date
    open_cents: int
    by_debit: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that waits: what it is called, where it is done, and the day that counts."""

    title: str
    address: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is the case for one account on a day.

    latest_read_on  of a meter that somebody has to look at; None where radio reads it, or nothing is supplied
    notifications   None where it is not known
    """

    as_of: date
    may_act: bool
    bills: tuple[OpenBill, ...] = ()
    latest_read_on: date | None = None
    reads_by_hand: bool = False
    to_sign: Pending | None = None
    to_answer: Pending | None = None
    appointment: Pending | None = None
    notifications: bool | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do: `bill` and `days` where a bill is due (negative: days ago), `pending` for what waits elsewhere."""

    step: Step
    bill: OpenBill | None = None
    others: int = 0  # bills in the same case beside this one
    sum_cents: int = 0  # what all of them ask
    days: int = 0
    pending: Pending | None = None


def next_step(case: Situation) -> NextStep:
    """Return the step that matters most: money first, then what others wait for, then what helps."""
    overdue = sorted((bill for bill in case.bills if bill.due_on < case.as_of), key=lambda bill: bill.due_on)
    if overdue:
        return _of_bills(Step.OVERDUE, overdue, case.as_of)
    if case.to_sign is not None and case.may_act:
        return NextStep(Step.SIGN, pending=case.to_sign)
    if case.to_answer is not None and case.may_act:
        return NextStep(Step.ANSWER, pending=case.to_answer)
    visit = case.appointment
    if visit is not None and visit.on is not None and 0 <= (visit.on - case.as_of).days <= 1:
        return NextStep(Step.APPOINTMENT, pending=visit, days=(visit.on - case.as_of).days)
    to_pay = sorted((bill for bill in case.bills if not bill.by_debit), key=lambda bill: bill.due_on)
    if to_pay and (to_pay[0].due_on - case.as_of).days <= _SOON_DAYS:
        return _of_bills(Step.DUE, to_pay, case.as_of)
    if case.may_act and case.reads_by_hand and _is_old(case.latest_read_on, case.as_of):
        return NextStep(Step.READING, days=(case.as_of - case.latest_read_on).days if case.latest_read_on else 0)
    if to_pay:
        return _of_bills(Step.DUE, to_pay, case.as_of)
    debits = sorted((bill for bill in case.bills if bill.by_debit), key=lambda bill: bill.due_on)
    if debits:
        return _of_bills(Step.DEBIT, debits, case.as_of)
    return NextStep(Step.NOTIFICATIONS if case.notifications is False else Step.ALL_FINE)


def _of_bills(step: Step, bills: list[OpenBill], as_of: date) -> NextStep:
    return NextStep(
        step, bills[0], len(bills) - 1, sum(bill.open_cents for bill in bills), (bills[0].due_on - as_of).days
    )


def _is_old(latest_on: date | None, as_of: date) -> bool:
    return latest_on is None or (as_of - latest_on).days >= _OLD_READ_DAYS
