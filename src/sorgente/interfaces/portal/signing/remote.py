"""The one-time code of a signature at a distance: choose where it goes, type it, done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sorgente.archive.signing.core.values import Channel
from sorgente.archive.signing.queries.events import events
from sorgente.archive.signing.usecases.signing_codes import CodeAnswer, CodeOutcome
from sorgente.interfaces.portal.signing.doors import Door


def code_page(request: HttpRequest, door: Door, *, answer: CodeAnswer | None = None) -> HttpResponse:
    """Show where the code can go, and the place to type it once one was sent."""
    problem = None if answer is None else _problem(answer)
    context = {
        "door": door,
        "envelope": door.envelope,
        "channels": _channels(door),
        "sent": _latest_code(door, at=timezone.now()),
        "problem": problem,
        "locked": door.envelope.code_locked or (answer is not None and answer.outcome is CodeOutcome.LOCKED),
    }
    return render(request, "signing/code.html", context, status=200 if problem is None else 422)


def _channels(door: Door) -> list[dict[str, str]]:
    mobile, email = door.envelope.mobile, door.envelope.email
    ways = [
        (Channel.SMS, mobile, _("SMS al numero {to}").format(to=mobile)),
        (Channel.EMAIL, email, _("E-mail a {to}").format(to=email)),
    ]
    return [{"value": channel.value, "label": label} for channel, to, label in ways if to]


def _latest_code(door: Door, *, at: datetime) -> dict[str, Any] | None:
    sent = [one.facts for one in events(door.envelope.id) if one.kind == "code_sent"]
    if not sent or datetime.fromisoformat(sent[-1]["expires_at"]) <= at:
        return None
    return {**sent[-1], "until": datetime.fromisoformat(sent[-1]["expires_at"])}


def _problem(answer: CodeAnswer) -> str:
    left = answer.attempts_left
    if answer.outcome is CodeOutcome.WRONG and left > 0:
        tries = ngettext("Puoi provare ancora {left} volta.", "Puoi provare ancora {left} volte.", left)
        wrong = _("Il codice non è giusto.")
        return f"{wrong} {tries.format(left=left)}"
    return {
        CodeOutcome.EXPIRED: _("Questo codice è scaduto: fattene mandare uno nuovo."),
        CodeOutcome.USED: _("Questo codice è già stato usato."),
        CodeOutcome.NONE_SENT: _("Questo codice non vale più: fattene mandare uno nuovo."),
    }.get(answer.outcome, _("Troppi codici sbagliati: per la tua sicurezza la firma con il codice è bloccata."))
