"""The switchboard's webhook: a call rings, is answered, ends."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from sorgente.tickets.appointments.usecases.calls import receive_call

router = Router(tags=["calls"])


class CallTold(Schema):
    reference: str = Field(min_length=1, max_length=80, description="the switchboard's own name of the call")
    caller: str = Field("", max_length=40, description="as dialled; empty when withheld")
    line: str = Field("", max_length=40)
    operator: str = Field("", max_length=60, description="user name of whoever answers")
    received_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None


class CallKept(Schema):
    id: int


@router.post("", response=CallKept, summary="Tell what is known of a call; the same again changes nothing")
def tell(request: HttpRequest, told: CallTold) -> CallKept:
    kept = receive_call(
        reference=told.reference,
        at=_aware(told.received_at) or timezone.now(),
        caller=told.caller,
        line=told.line,
        operator=told.operator,
        answered_at=_aware(told.answered_at),
        ended_at=_aware(told.ended_at),
    )
    return CallKept(id=kept)


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is the utility's own."""
    return timezone.make_aware(moment) if moment is not None and moment.tzinfo is None else moment
