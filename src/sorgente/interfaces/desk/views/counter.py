"""The queue at the counter: numbers drawn, called, served; and how long people wait today."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from sorgente.interfaces.desk.access import Right, needs
from sorgente.journeys.reception import call_next_number
from sorgente.quality.core.standards import standard
from sorgente.tickets.appointments.queries.counter import counter_of, waits_of
from sorgente.tickets.appointments.queries.diary import day_list, offers, places
from sorgente.tickets.appointments.usecases.receive import draw_number, end_counter_ticket


@needs(Right.COUNTER)
def counter(request: HttpRequest) -> HttpResponse:
    """The queue of one office, as it is now; the list renews itself."""
    context = _queue(request)
    is_live = request.headers.get("HX-Request") == "true"
    return render(request, "desk/counter/queue.html" if is_live else "desk/counter/counter.html", context)


@needs(Right.COUNTER)
@require_POST
def counter_act(request: HttpRequest) -> HttpResponse:
    """Draw a number, call the next one, or close the one that is being served."""
    asked, now, on = request.POST, timezone.now(), localdate()
    place = asked.get("place", "")
    request.session["counter_place"] = place
    request.session["counter_desk"] = asked.get("desk", "")[:20] or request.session.get("counter_desk", "1")
    act = asked.get("act")
    with transaction.atomic():
        if act == "draw":
            draw_number(
                place=place,
                service=asked.get("service", ""),
                on=on,
                at=now,
                appointment_code=asked.get("code", "").strip().upper(),
            )
        elif act == "call":
            call_next_number(
                place=place,
                on=on,
                counter=request.session["counter_desk"],
                operator=request.user.get_username(),
                at=now,
            )
        elif act in ("served", "gone") and asked.get("ticket", "").isdigit():
            end_counter_ticket(ticket_id=int(asked["ticket"]), served=act == "served", at=now)
    return redirect("desk:counter")


def _queue(request: HttpRequest) -> dict[str, object]:
    known = places(kind="desk")
    place = request.GET.get("place") or request.session.get("counter_place") or (known[0][0] if known else "")
    now, on = timezone.now(), localdate()
    numbers = counter_of(place=place, on=on, now=now)
    longest = standard("G08", on=on)
    waits = waits_of(start=on, end=on + timedelta(days=1), limit=timedelta(seconds=longest.level_amount), place=place)
    return {
        "places": known,
        "place": place,
        "desk_name": request.session.get("counter_desk", "1"),
        "waiting": [row for row in numbers if row.state == "waiting"],
        "called": [row for row in numbers if row.state == "called"],
        "done": len([row for row in numbers if row.state in ("served", "gone")]),
        "waits": waits,
        "mean_minutes": int(waits.mean.total_seconds() // 60),
        "longest_minutes": int(waits.longest.total_seconds() // 60),
        "longest": longest,
        "mean": standard("G09", on=on),
        "expected": [row for row in day_list(place=place, on=on) if row.state == "booked"],
        "offers": [offer for offer in offers(public_only=False) if place in [code for code, _n, _k in offer.places]],
    }
