"""What a customer is told of, where and when; and the telephones and browsers that show it."""

from __future__ import annotations

import json
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sorgente.customers.access.usecases import limits
from sorgente.customers.queries.reached import reached
from sorgente.interfaces.portal.guard import customer, own_party, visitor_of
from sorgente.interfaces.portal.security import device_of
from sorgente.interfaces.portal.words import told
from sorgente.messages.adapters.push import public_key
from sorgente.messages.queries.notification_choices import notification_choices
from sorgente.messages.usecases.choices import (
    SubscriptionMalformed,
    drop_push,
    drop_push_by_id,
    register_push,
    set_choice,
    set_quiet_hours,
)
from sorgente.messages.usecases.queue_message import queue_message
from sorgente.shared.errors import SorgenteError


@customer
def notifications(request: HttpRequest) -> HttpResponse:
    """Each person the login speaks for: what they are told of, on which channel, and when the telephone is silent."""
    party_ids = visitor_of(request).login.party_ids
    ways = reached(party_ids)
    people = [
        {"way": ways[party_id], "choices": notification_choices(party_id, on=localdate())} for party_id in party_ids
    ]
    follows = [one.holder_name for one in visitor_of(request).accounts if one.role == "delegate"]
    context = {"people": people, "follows": list(dict.fromkeys(follows)), "key": public_key()}
    return render(request, "portal/notifications/notifications.html", context)


@customer
@require_POST
def choose(request: HttpRequest, party_id: int) -> HttpResponse:
    """Keep the whole form: each switch that changed, and the quiet hours."""
    own_party(request, party_id)
    at = timezone.now()
    kept = notification_choices(party_id, on=localdate())
    quiet = _hours(request.POST.get("quiet_from", "")), _hours(request.POST.get("quiet_until", ""))
    with transaction.atomic():
        for one in kept.topics:
            for channel, wanted in one.wanted:
                now_wanted = f"{one.topic}.{channel}" in request.POST
                if now_wanted != wanted:
                    set_choice(party_id=party_id, topic=one.topic, channel=channel, wanted=now_wanted, at=at)
        if quiet[0] is not None and quiet[1] is not None and quiet != (kept.quiet_from, kept.quiet_until):
            set_quiet_hours(party_id=party_id, begins_at=quiet[0], ends_at=quiet[1])
    messages.success(request, _("Fatto: vale da adesso."))
    return redirect("portal:notifications")


@customer
def devices(request: HttpRequest) -> HttpResponse:
    """What the page and the service worker say of this browser: take it up, try it, let it go. JSON both ways.

    GET     the key to subscribe with, and the token to post with
    POST    {subscription, before?, test?}: kept; `before` is the address the browser had and has no more
    DELETE  {endpoint}
    """
    login = visitor_of(request).login
    if request.method in ("GET", "HEAD"):
        return JsonResponse({"key": public_key(), "token": get_token(request)})
    try:
        given = json.loads(request.body)
        endpoint = str(given["endpoint"] if request.method == "DELETE" else given["subscription"]["endpoint"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"told": str(_("Non è stato possibile."))}, status=400)
    at = timezone.now()
    if request.method == "DELETE":
        return JsonResponse({"dropped": drop_push(user_id=login.user_id, endpoint=endpoint, at=at)})
    if not visitor_of(request).accounts:
        return JsonResponse({"told": _("Non segui nessuna fornitura: non c'è nulla di cui avvisarti.")}, status=409)
    try:
        device_id = _take_up(request, given, endpoint)
        if given.get("test"):
            limits.refuse_if_too_many(what="push-test", key=str(login.user_id), at=at)
            limits.count(what="push-test", key=str(login.user_id), at=at)
            _try(device_id, user_id=login.user_id, given_at=at)
    except SorgenteError as error:
        return JsonResponse({"told": str(told(error))}, status=422)
    return JsonResponse({"id": device_id})


@customer
@require_POST
def drop_device(request: HttpRequest, device_id: int) -> HttpResponse:
    """Let go of another device: one that was lost, or sold."""
    if not drop_push_by_id(user_id=visitor_of(request).user_id, subscription_id=device_id, at=timezone.now()):
        raise Http404(str(device_id))
    messages.success(request, _("Fatto: quel dispositivo non riceve più avvisi."))
    return redirect("portal:notifications")


def _take_up(request: HttpRequest, given: dict[str, Any], endpoint: str) -> int:
    """Register the browser; raises SubscriptionMalformed also for an address that is no push service's."""
    login, at = visitor_of(request).login, timezone.now()
    address = urlsplit(endpoint)
    # We post to this address later: it must not lead into our own network.
    if not settings.DEMO and (address.scheme != "https" or "." not in (address.hostname or "").strip("0123456789.")):
        raise SubscriptionMalformed("Subscription", "Its address is no push service's.", "Subscribe again.")
    keys = given["subscription"].get("keys") or {}
    with transaction.atomic():
        if given.get("before"):
            drop_push(user_id=login.user_id, endpoint=str(given["before"]), at=at)
        return register_push(
            party_id=next(iter(login.party_ids), None),
            user_id=login.user_id,
            endpoint=endpoint,
            p256dh=str(keys.get("p256dh", "")),
            auth=str(keys.get("auth", "")),
            device=device_of(request),
            at=at,
        )


def _try(device_id: int, *, user_id: int, given_at: Any) -> None:
    """Queue a notification for one device, whatever its owner chose: they ask for it now."""
    queue_message(
        key=f"push-test:{device_id}:{given_at.timestamp():.0f}", channel="push", recipient=str(device_id),
        subject_line=_("Gli avvisi funzionano"), body=_("Da adesso ti avvisiamo qui."), about=f"user:{user_id}",
        queued_at=given_at, link=reverse("portal:notifications"),
    )  # fmt: skip


def _hours(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
