"""Send a one-time code, and take the one that is typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from sorgente.archive.signing.core.values import Channel
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.usecases.signing_codes import confirm_otp
from sorgente.interfaces.portal.signing.doors import Door
from sorgente.interfaces.portal.signing.remote import code_page
from sorgente.interfaces.portal.signing.sheet import through_door
from sorgente.journeys.signing import finish_signing, send_code


@require_POST
@through_door
def send(request: HttpRequest, door: Door) -> HttpResponse:
    asked = request.POST.get("channel", "")
    send_code(
        envelope_id=door.envelope.id,
        channel=Channel(asked) if asked in set(Channel) else Channel.EMAIL,
        at=timezone.now(),
    )
    return redirect(door.address())


@require_POST
@through_door
def confirm(request: HttpRequest, door: Door) -> HttpResponse:
    """Take a code; the right one signs and seals at once."""
    now = timezone.now()
    typed = "".join(letter for letter in request.POST.get("code", "")[:40] if letter.isdecimal())
    answer = confirm_otp(envelope_id=door.envelope.id, code=typed, at=now, source=door.source)
    if answer.accepted:
        finish_signing(envelope_id=door.envelope.id, at=now)
        return redirect(door.address())
    fresh = Door(envelope(door.envelope.id), door.place, door.is_tablet, door.source)
    return code_page(request, fresh, answer=answer)
