"""Let an indemnity accrue, grow, or fall away. Called by what stops, evaluates and corrects clocks."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from sorgente.billing.queries.one_off_list import one_off
from sorgente.billing.usecases.one_offs import cancel_one_off
from sorgente.quality.core.clock import latest_payment_on
from sorgente.quality.core.indemnity import Cause, Exclusion, exclusion_of, indemnity_cents, scale
from sorgente.quality.models import IndemnityDue, IndemnityStep, Performance
from sorgente.quality.usecases.clockwork import local, standard_of
from sorgente.tariffs.rules import rules

_State = IndemnityDue.State
_GROWS = (_State.ACCRUED, _State.SUSPENDED, _State.DIRECT)


def accrue(performance: Performance, *, amount: int, on: date, at: datetime) -> None:
    """Bring the indemnity of a performance to what `amount` elapsed gives right to; never lowers it.

    What is on a bill or paid stays as it is and a further step is a part of its own. An indemnity that is not due is
    written down too, with its reason. Doing it again changes nothing.
    """
    started_on = local(performance.started_at).date()
    due = indemnity_cents(
        standard_of(performance), amount, scale=scale(on=started_on), level_amount=performance.level_amount
    )
    _one_at_a_time(performance)
    parts = list(performance.indemnities.order_by("part"))
    kept = settled_before(performance)
    missing = due - kept - sum(part.cents for part in parts if part.state != _State.EXCLUDED)
    if missing <= 0:
        return
    excluded = _exclusion(performance, on=on)
    if excluded is not None:
        _write_excluded(performance, parts, excluded, due=due - kept, amount=amount, on=on, at=at)
        return
    growing = next((part for part in parts if part.state in _GROWS), None)
    if growing is not None:
        growing.cents += missing
        write(growing, on=on, at=at, elapsed=amount)
        return
    days = rules().value("arera.quality.indemnity_payment_days", on=started_on)
    part = IndemnityDue(
        performance=performance,
        part=len(parts) + 1,
        account_number=performance.account_number,
        cents=missing,
        accrued_on=on,
        settle_by=latest_payment_on(started_on, days=days),
    )
    write(part, on=on, at=at, elapsed=amount)


def exclude(performance: Performance, *, reason: Exclusion, on: date, at: datetime, note: str = "") -> None:
    """Take back what has not been paid. A row that waits for a bill is cancelled there; one on a bill stays."""
    for part in performance.indemnities.order_by("part"):
        if part.state == _State.ON_BILL:
            row = one_off(part.one_off_reference)
            if row is None or row.state != "pending":
                continue
            cancel_one_off(reference=part.one_off_reference, reason=f"Indennizzo non dovuto: {reason}", at=at)
        elif part.state not in _GROWS:
            continue
        part.state, part.excluded = _State.EXCLUDED, reason.value
        write(part, on=on, at=at, note=note)


def write(part: IndemnityDue, *, on: date, at: datetime, elapsed: int | None = None, note: str = "") -> None:
    """Save a part and the step that brought it there."""
    part.changed_at = at
    part.save()
    IndemnityStep.objects.create(
        indemnity=part, on=on, state=part.state, cents=part.cents, elapsed=elapsed, note=note[:300]
    )


def settled_before(performance: Performance) -> int:
    """Return cents that earlier revisions of the row have on a bill or paid: a correction never pays them again."""
    cents, earlier = 0, performance.corrects
    while earlier is not None:
        live = earlier.indemnities.filter(state__in=[_State.ON_BILL, _State.PAID])
        cents += sum(live.values_list("cents", flat=True))
        earlier = earlier.corrects
    return cents


def _exclusion(performance: Performance, *, on: date) -> Exclusion | None:
    in_year = 0
    if performance.account_number:
        others = IndemnityDue.objects.filter(
            account_number=performance.account_number,
            accrued_on__year=on.year,
            performance__standard=performance.standard,
        ).exclude(state=_State.EXCLUDED)
        in_year = (
            others.exclude(performance__reference=performance.reference)
            .values("performance__reference")
            .distinct()
            .count()
        )
        if performance.indemnities.exclude(state=_State.EXCLUDED).exists():
            in_year = 0  # a later step of an indemnity the customer has already is no second indemnity
    return exclusion_of(
        Cause(performance.cause),
        in_year=in_year,
        most_in_year=rules().value("arera.quality.indemnity_cap", on=on),
    )


def _write_excluded(
    performance: Performance,
    parts: list[IndemnityDue],
    reason: Exclusion,
    *,
    due: int,
    amount: int,
    on: date,
    at: datetime,
) -> None:
    part = next((one for one in parts if one.state == _State.EXCLUDED and one.excluded == reason.value), None)
    if part is not None and part.cents == due:
        return
    if part is None:
        part = IndemnityDue(
            performance=performance,
            part=len(parts) + 1,
            account_number=performance.account_number,
            state=_State.EXCLUDED,
            excluded=reason.value,
            accrued_on=on,
            settle_by=on,
        )
    part.cents = due
    write(part, on=on, at=at, elapsed=amount)


def _one_at_a_time(performance: Performance) -> None:
    """Two clocks of one customer and standard must not both think they give the year's only indemnity."""
    with connection.cursor() as cursor:
        key = f"quality:{performance.standard}:{performance.account_number or performance.reference}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
