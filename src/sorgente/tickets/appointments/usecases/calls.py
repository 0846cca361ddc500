"""What the switchboard tells: a call rings, is answered, ends. Each word may come twice and in any order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sorgente.shared.errors import SorgenteError
from sorgente.shared.identifiers.contact import InvalidPhone, phone
from sorgente.tickets.appointments.models import Call


class UnknownCall(SorgenteError):
    code = "appointments.call.unknown"


@transaction.atomic
def receive_call(
    *,
    reference: str,
    at: datetime,
    caller: str = "",
    line: str = "",
    operator: str = "",
    answered_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> int:
    """Note what is known of a call; what is already known stays. Returns its id.

    caller  as the switchboard writes it; kept as +39…, empty when withheld
    """
    number = _number(caller)
    call, _ = Call.objects.select_for_update().get_or_create(
        reference=reference, defaults={"received_at": at, "caller": number, "line": line, "operator": operator}
    )
    call.answered_at = call.answered_at or answered_at
    call.ended_at = call.ended_at or ended_at
    call.operator = call.operator or operator
    call.caller = call.caller or number
    call.save()
    return call.pk


def note_call(*, call_id: int, party_id: int | None, note: str) -> None:
    """Keep who called and what about; raises UnknownCall."""
    if not Call.objects.filter(pk=call_id).update(party_id=party_id, note=note[:1000]):
        raise UnknownCall(f"Call {call_id}", "There is no such call.", "Open it again from the list.")


def _number(text: str) -> str:
    try:
        return phone(text) if text else ""
    except InvalidPhone:
        return ""  # withheld, or an inner line of the office
