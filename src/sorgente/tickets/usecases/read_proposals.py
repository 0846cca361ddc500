"""Meter readings found in messages: proposed, then accepted or set aside by an operator; never taken by themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime

from sorgente.customers.queries.overview import customer_overview
from sorgente.metering.queries.registers import InstalledRegister, installed_registers
from sorgente.metering.usecases.accept_read import AcceptedRead, accept_read
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.core.message import Entity
from sorgente.tickets.models import ReadProposal, Ticket, TicketMessage

_SENDS_READINGS = "autolettura"
_OLDEST_DAYS = 120  # a day further back than this was misread, or is of another story


class UnknownProposal(SorgenteError):
    code = "tickets.read-proposal.unknown"


class ProposalAlreadyDecided(SorgenteError):
    code = "tickets.read-proposal.already-decided"


def propose_reads(
    *, ticket: Ticket, message: TicketMessage, entities: Sequence[Entity], category: str
) -> list[ReadProposal]:
    """Write a proposal for each reading the customer sends, where it is certain which meter it is of.

    Only in messages that send readings, only what is not quoted; the meter is the only one of the account, or the one
    whose serial stands nearest before the reading. Without a certain customer there is no proposal.
    """
    if category != _SENDS_READINGS or ticket.party_id is None:
        return []
    received_on = localtime(message.at).date()
    meters = _meters_of(ticket, received_on)
    own = [one for one in entities if not one.in_quote]
    found = []
    for reading in (one for one in own if one.type == "LETTURA" and one.valid and one.normalized.isdigit()):
        meter = _meter_of(reading, own, meters)
        if meter is None or len(reading.normalized) > meter.digits:
            continue
        proposal, _new = ReadProposal.objects.get_or_create(
            message=message,
            register_id=meter.register_id,
            index_milli=int(reading.normalized) * 1000,
            defaults={
                "ticket": ticket,
                "serial": meter.serial,
                "read_on": _day_of(reading, own, received_on),
            },
        )
        found.append(proposal)
    return found


def propose_reads_of(ticket: Ticket) -> None:
    """Look for readings again in the stored proposals of a ticket, once a person has said what it is and whose."""
    for message in ticket.messages.filter(prediction__isnull=False).select_related("prediction"):
        entities = [Entity(**one) for one in message.prediction.entities]
        propose_reads(ticket=ticket, message=message, entities=entities, category=ticket.category)


def _meters_of(ticket: Ticket, on: date) -> list[InstalledRegister]:
    customer = customer_overview(int(ticket.party_id or 0), as_of=on)
    points = [
        contract.point.id
        for account in customer.accounts
        for contract in account.contracts
        if contract.active and ticket.account_number in ("", account.number)
    ]
    return installed_registers(points, on=on)


def _meter_of(
    reading: Entity, entities: Sequence[Entity], meters: Sequence[InstalledRegister]
) -> InstalledRegister | None:
    if len(meters) == 1:
        return meters[0]
    named = [
        (one.start, meter)
        for one in entities
        for meter in meters
        if one.type == "MATRICOLA_CONTATORE" and one.normalized.upper() == meter.serial.upper()
    ]
    before = [pair for pair in named if pair[0] < reading.start]
    return max(before, key=lambda pair: pair[0])[1] if before else None


def _day_of(reading: Entity, entities: Sequence[Entity], received_on: date) -> date:
    """Return the day nearest to the reading in the text, else the day the message came; never one to come."""
    days = sorted(
        (one for one in entities if one.type == "DATA_LETTURA" and one.where == reading.where),
        key=lambda one: abs(one.start - reading.start),
    )
    for one in days:
        text = re.sub(r"^XXXX", str(received_on.year), one.normalized)
        try:
            day = date.fromisoformat(text)
            if day > received_on and one.normalized.startswith("XXXX"):
                day = day.replace(year=day.year - 1)
        except ValueError:
            continue
        if 0 <= (received_on - day).days <= _OLDEST_DAYS:
            return day
    return received_on


@transaction.atomic
def accept_read_proposal(
    *, proposal_id: int, by: str, at: datetime, index_milli: int | None = None, read_on: date | None = None
) -> AcceptedRead:
    """Record the reading as a self-reading, as proposed or as the operator corrected it.

    returns  what became of it: accepted, held with its reason, repeated
    raises   UnknownProposal, ProposalAlreadyDecided, and what accept_read raises (then it stays proposed)
    """
    proposal = _open(proposal_id)
    if index_milli is not None:
        proposal.index_milli = index_milli
    if read_on is not None:
        proposal.read_on = read_on
    taken = accept_read(
        register_id=proposal.register_id,
        index_milli=proposal.index_milli,
        read_on=proposal.read_on,
        received_at=at,
        kind="self",
        evidence_id=proposal.message.document_id,
    )
    proposal.state = ReadProposal.State.HELD if taken.state == "held" else ReadProposal.State.ACCEPTED
    proposal.read_id, proposal.note = taken.read_id, taken.reason[:300]
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save()
    return taken


@transaction.atomic
def refuse_read_proposal(*, proposal_id: int, by: str, at: datetime, note: str = "") -> None:
    """Set a proposal aside; raises UnknownProposal, ProposalAlreadyDecided."""
    proposal = _open(proposal_id)
    proposal.state, proposal.note = ReadProposal.State.REFUSED, note[:300]
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save()


def _open(proposal_id: int) -> ReadProposal:
    found = (
        ReadProposal.objects.select_for_update(of=("self",)).select_related("message").filter(pk=proposal_id).first()
    )
    if found is None:
        raise UnknownProposal(f"Read proposal {proposal_id}", "There is none.", "Open it again from its ticket.")
    if found.state != ReadProposal.State.PROPOSED:
        raise ProposalAlreadyDecided(
            f"Reading {found.index_milli // 1000} of meter {found.serial}",
            f"It was decided before: {found.state} by {found.decided_by}.",
            "Look at the reads of the meter.",
        )
    return found
