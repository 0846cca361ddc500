"""The call centre: who rings, and whose number it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sorgente.customers.queries.find import CustomerFound, customers_by_party
from sorgente.customers.queries.identify import parties_with_phone
from sorgente.interfaces.desk.access import Right, needs
from sorgente.tickets.appointments.queries.counter import CallView, calls_since
from sorgente.tickets.appointments.usecases.calls import note_call

SHOWN_HOURS = 12
SHOWN_CALLS = 40


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call with the customers reached at its number."""

    call: CallView
    customers: list[CustomerFound]

    @property
    def state(self) -> str:
        if self.call.ended_at:
            return "ended"
        return "talking" if self.call.answered_at else "ringing"


@needs(Right.CALLS)
def calls(request: HttpRequest) -> HttpResponse:
    """Today's calls; the list renews itself, and a ringing one stands on top with its customer."""
    since = timezone.now() - timedelta(hours=SHOWN_HOURS)
    told = calls_since(since, operator=request.user.get_username())[:SHOWN_CALLS]
    known = [
        KnownCall(call, customers_by_party([call.party_id] if call.party_id else parties_with_phone(call.caller)))
        for call in told
    ]
    live = [one for one in known if one.state != "ended"]
    context = {"live": live, "ended": [one for one in known if one.state == "ended"]}
    is_live = request.headers.get("HX-Request") == "true"
    return render(request, "desk/calls/list.html" if is_live else "desk/calls/calls.html", context)


@needs(Right.CALLS)
@require_POST
def call_note(request: HttpRequest, call_id: int) -> HttpResponse:
    party = request.POST.get("party", "")
    note_call(call_id=call_id, party_id=int(party) if party.isdigit() else None, note=request.POST.get("note", ""))
    return redirect("desk:calls")
