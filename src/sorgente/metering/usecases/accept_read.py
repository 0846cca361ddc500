"""Record one read: from a customer, a clerk, a reader at the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from sorgente.metering.core.judgement import ACCEPTED, HELD, REPEATED, RULES
from sorgente.metering.core.reasons import number
from sorgente.metering.models import Read, Register
from sorgente.metering.usecases.load_reads import load_reads
from sorgente.shared.errors import SorgenteError


class RegisterUnknown(SorgenteError):
    code = "metering.register.unknown"


class RegisterNotInstalled(SorgenteError):
    code = "metering.register.not-installed"


class ReadInTheFuture(SorgenteError):
    code = "metering.read.in-the-future"


class ReadTooLong(SorgenteError):
    code = "metering.read.too-many-digits"


class ReadBelowEarlierOne(SorgenteError):
    code = "metering.read.below-earlier-one"


@dataclass(frozen=True, slots=True)
class AcceptedRead:
    """What became of the read: `accepted`, `held` with its reason, or `repeated` (it was there already)."""

    read_id: int
    state: str
    reason: str


def accept_read(
    *,
    register_id: int,
    index_milli: int,
    read_on: date,
    received_at: datetime,
    kind: str = "reader",
    rollover: bool = False,
    evidence_id: int | None = None,
) -> AcceptedRead:
    """Record a read so that billing can use it; a doubtful one is held for a person.

    index_milli  thousandths shown on the register, >= 0
    kind         reader, radio, self, install, remove, reconstructed
    rollover     somebody saw that the register started again from zero
    evidence_id  photograph or card in the archive
    raises       RegisterUnknown, RegisterNotInstalled, ReadInTheFuture, ReadTooLong, ReadBelowEarlierOne
    source       rules/metering/read_acceptance.yaml
    """
    register = Register.objects.select_related("device").filter(pk=register_id).first()
    if register is None:
        raise RegisterUnknown(f"Register {register_id}", "There is none.", "Look the meter up by its serial.")
    arguments = {
        "register_id": np.array([register_id]),
        "read_on": np.array([read_on], dtype="datetime64[D]"),
        "index_milli": np.array([index_milli]),
        "kind": kind,
        "received_at": received_at,
        "forced_turn": np.array([rollover]),
    }
    judged = load_reads(**arguments, dry_run=True)  # type: ignore[arg-type]
    rule = RULES[int(judged.rule[0])]
    _refuse(rule, register, index_milli, read_on, received_at)
    loaded = load_reads(**arguments, evidence_id=evidence_id)  # type: ignore[arg-type]
    verdict = int(loaded.verdict[0])
    read = Read.objects.filter(register=register, read_on=read_on, index_milli=index_milli).latest("id")
    state = {ACCEPTED: "accepted", HELD: "held", REPEATED: "repeated"}[verdict]
    return AcceptedRead(read.pk, state, str(loaded.reasons.get(0, "")))


def _refuse(rule: str, register: Register, index_milli: int, read_on: date, received_at: datetime) -> None:
    meter = f"Meter {register.device.serial}"
    shown = f"{number(index_milli)} m3 on {read_on}"
    if rule == "not-installed":
        raise RegisterNotInstalled(
            meter,
            f"It was installed nowhere on {read_on}.",
            "Check serial and day; record the installation if it is missing.",
        )
    if rule == "in-the-future":
        raise ReadInTheFuture(
            meter, f"The read is of {read_on}, it arrived on {received_at.date()}.", "Correct the day of the read."
        )
    if rule == "too-many-digits":
        raise ReadTooLong(
            meter,
            f"{shown} does not fit a register of {register.digits} digits.",
            "Copy the digits again, without those behind the comma.",
        )
    if rule == "below-earlier-one":
        earlier = register.reads.filter(state=Read.State.ACCEPTED, read_on__lt=read_on).latest("read_on")
        raise ReadBelowEarlierOne(
            meter,
            f"{shown} is below {number(earlier.index_milli)} m3 on {earlier.read_on}.",
            "If the meter was replaced, record the replacement first;"
            f" if it passed {10**register.digits - 1}, send the read again with rollover=True.",
        )
