"""Look at every open clock that is past its time and let its indemnity accrue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from sorgente.quality.models import Evaluation, Performance
from sorgente.quality.usecases.accrue import accrue
from sorgente.quality.usecases.clockwork import OPEN, elapsed_until, end_of_day, standard_of
from sorgente.shared.errors import SorgenteError


@dataclass(frozen=True, slots=True)
class Evaluated:
    """looked_at = clocks past their time; late = those that are out of standard on the day; refusals by reference."""

    looked_at: int
    late: int
    refusals: dict[str, str] = field(default_factory=dict)


def evaluate_clocks(*, as_of: date, at: datetime) -> Evaluated:
    """Accrue base, double, triple on open clocks as the days pass, at the end of the day `as_of`.

    Doing it again changes nothing; a day that was left out is caught up, because amounts follow from what elapsed.
    """
    # A suspended clock has no deadline: it may have been late before it was suspended.
    past = Q(due_on__lte=as_of) | Q(due_on__isnull=True)
    ids = list(Performance.objects.filter(past, state__in=OPEN).order_by("id").values_list("id", flat=True))
    late, refusals = 0, {}
    for pk in ids:
        try:
            with transaction.atomic():
                late += _evaluate(pk, as_of=as_of, at=at)
        except SorgenteError as problem:
            refusals[f"performance {pk}"] = str(problem)
    Evaluation.objects.update_or_create(as_of=as_of, defaults={"evaluated_at": at, "looked_at": len(ids), "late": late})
    return Evaluated(len(ids), late, refusals)


def _evaluate(pk: int, *, as_of: date, at: datetime) -> bool:
    performance = Performance.objects.select_for_update().get(pk=pk)
    # A day that has begun counts whole; hours that have not passed do not count.
    until = min(end_of_day(as_of), at)
    if performance.state not in OPEN or performance.started_at > until:
        return False
    found = standard_of(performance)
    # Notice that must be long enough is judged when it ends: until then time only helps.
    if found.is_least:
        return False
    amount = elapsed_until(performance, until)
    if found.is_within(amount, level_amount=performance.level_amount):
        return False
    accrue(performance, amount=amount, on=as_of, at=at)
    return True
