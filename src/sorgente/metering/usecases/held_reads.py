"""What a person decides about a read: release it, discard it, correct it. Every step is kept (MIS-09)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from sorgente.metering.core.errors import UnknownRead
from sorgente.metering.core.reasons import number
from sorgente.metering.models import Read, ReadChange
from sorgente.metering.usecases.accept_read import AcceptedRead, accept_read
from sorgente.shared.errors import SorgenteError


class ReadNotHeld(SorgenteError):
    code = "metering.read.not-held"


class DayAlreadyRead(SorgenteError):
    code = "metering.read.day-already-read"


class ReadOutOfOrder(SorgenteError):
    code = "metering.read.out-of-order"


class ReasonMissing(SorgenteError):
    code = "metering.read.reason-missing"


def release_read(*, read_id: int, released_by: str, released_at: datetime, reason: str, rollover: bool = False) -> None:
    """Let billing use a held read.

    rollover  the register started again from zero since the earlier read
    raises    UnknownRead, ReadNotHeld, DayAlreadyRead, ReadOutOfOrder, ReasonMissing
    """
    read = _locked(read_id)
    if read.state != Read.State.HELD:
        raise ReadNotHeld(_name(read), f"It is {read.state}.", "Only a held read can be released.")
    _need(reason, read)
    same_day = _accepted(read).filter(read_on=read.read_on).first()
    if same_day is not None:
        raise DayAlreadyRead(
            _name(read),
            f"{number(same_day.index_milli)} m3 is accepted for that day.",
            "Discard that read first, or discard this one.",
        )
    read.running_milli = _running(read, rollover)
    _change(read, Read.State.ACCEPTED, reason, released_by, released_at)


def discard_read(*, read_id: int, discarded_by: str, discarded_at: datetime, reason: str) -> None:
    """Set a read aside; it stays as evidence.

    raises  UnknownRead, ReasonMissing; ReadNotHeld when it is discarded already
    """
    read = _locked(read_id)
    if read.state == Read.State.DISCARDED:
        raise ReadNotHeld(_name(read), "It is discarded already.", "Nothing to do.")
    _need(reason, read)
    _change(read, Read.State.DISCARDED, reason, discarded_by, discarded_at)


def correct_read(
    *,
    read_id: int,
    index_milli: int,
    corrected_by: str,
    corrected_at: datetime,
    reason: str,
    read_on: date | None = None,
    rollover: bool = False,
) -> AcceptedRead:
    """Discard a read and record another in its place; both stay, the old one points at the new one.

    raises  UnknownRead, ReasonMissing, ReadNotHeld, and what accept_read raises (then nothing is changed)
    """
    with transaction.atomic():
        discard_read(read_id=read_id, discarded_by=corrected_by, discarded_at=corrected_at, reason=reason)
        old = Read.objects.get(pk=read_id)
        new = accept_read(
            register_id=old.register_id,
            index_milli=index_milli,
            read_on=read_on or old.read_on,
            received_at=corrected_at,
            kind=old.kind,
            rollover=rollover,
            evidence_id=old.evidence_id,
        )
        latest = old.changes.latest("id")
        latest.replaced_by_id = new.read_id
        latest.save(update_fields=["replaced_by"])
    return new


def _locked(read_id: int) -> Read:
    read = Read.objects.select_for_update(of=("self",)).select_related("register__device").filter(pk=read_id).first()
    if read is None:
        raise UnknownRead(f"Read {read_id}", "There is none.", "Open it again from the list of reads.")
    return read


def _accepted(read: Read) -> QuerySet[Read]:
    return Read.objects.filter(register=read.register, state=Read.State.ACCEPTED)


def _running(read: Read, rollover: bool) -> int:
    """Return the running index that fits between the neighbours; raises ReadOutOfOrder."""
    turn = 10**read.register.digits * 1000
    earlier = _accepted(read).filter(read_on__lt=read.read_on).order_by("-read_on").first()
    later = _accepted(read).filter(read_on__gt=read.read_on).order_by("read_on").first()
    running = int(read.index_milli)
    if earlier is not None:
        running += (earlier.running_milli // turn + rollover) * turn
        if running < earlier.running_milli:
            raise ReadOutOfOrder(
                _name(read),
                f"It is below {number(earlier.index_milli)} m3 on {earlier.read_on}.",
                "Release it with rollover if the register started again, else correct one of the two.",
            )
    if later is not None and running > later.running_milli:
        raise ReadOutOfOrder(
            _name(read),
            f"It is above {number(later.index_milli)} m3 on {later.read_on}.",
            "Correct or discard one of the two.",
        )
    return running


def _change(read: Read, state: str, reason: str, author: str, at: datetime) -> None:
    ReadChange.objects.create(
        read=read, from_state=read.state, to_state=state, reason=reason, changed_by=author, changed_at=at
    )
    read.state = state
    read.reason = reason
    read.save(update_fields=["state", "reason", "running_milli"])


def _need(reason: str, read: Read) -> None:
    if not reason.strip():
        raise ReasonMissing(_name(read), "No reason is given.", "Say why: it stays with the read.")


def _name(read: Read) -> str:
    return f"Meter {read.register.device.serial}, {number(read.index_milli)} m3 on {read.read_on}"
