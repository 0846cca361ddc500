"""Who may see what at the desk: roles are Django groups, and this one table gives each right its roles."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

View = Callable[..., HttpResponseBase]


class Role(StrEnum):
    """What a member of staff is there for; the value is the name of the group."""

    DESK = "desk"
    CALL_CENTRE = "call_centre"
    READER = "reader"
    BILLING = "billing"
    CREDIT = "credit"
    COMPLAINTS = "complaints"
    ARCHIVE = "archive"
    DPO = "dpo"
    ADMIN = "admin"


class Right(StrEnum):
    DASHBOARD = "dashboard"
    CUSTOMERS = "customers"
    METERS = "meters"
    JUDGE = "judge"
    BILLS = "bills"
    REPLAY = "replay"
    RUNS = "runs"
    RELEASE = "release"
    PAYMENTS = "payments"
    MATCH = "match"
    DOCUMENTS = "documents"
    MESSAGES = "messages"
    CONTRACTS = "contracts"
    SIGNING = "signing"
    APPOINTMENTS = "appointments"
    COUNTER = "counter"
    CALLS = "calls"
    TICKETS = "tickets"
    QUALITY = "quality"
    PAPER = "paper"
    DISPOSAL = "disposal"
    HOLD = "hold"


ROLE_LABELS = {
    Role.DESK: _("Sportello"),
    Role.CALL_CENTRE: _("Call center"),
    Role.READER: _("Letturista"),
    Role.BILLING: _("Fatturazione"),
    Role.CREDIT: _("Credito"),
    Role.COMPLAINTS: _("Reclami"),
    Role.ARCHIVE: _("Archivio"),
    Role.DPO: _("Protezione dati"),
    Role.ADMIN: _("Amministrazione"),
}

_FRONT = {Role.DESK, Role.CALL_CENTRE, Role.COMPLAINTS}
_BACK = {Role.BILLING, Role.CREDIT}
_GUARDS = {Role.DPO, Role.ADMIN}

RIGHTS: dict[Right, set[Role]] = {
    Right.DASHBOARD: set(Role),
    Right.CUSTOMERS: _FRONT | _BACK | _GUARDS | {Role.READER},
    Right.METERS: _FRONT | _BACK | _GUARDS | {Role.READER},
    Right.JUDGE: {Role.READER, Role.BILLING, Role.ADMIN},
    Right.BILLS: _FRONT | _BACK | _GUARDS,
    Right.REPLAY: {Role.BILLING, Role.COMPLAINTS, Role.ADMIN},
    Right.RUNS: _BACK | {Role.ADMIN},
    Right.RELEASE: {Role.BILLING, Role.ADMIN},
    Right.PAYMENTS: _FRONT | _BACK | {Role.ADMIN},
    Right.MATCH: {Role.CREDIT, Role.ADMIN},
    Right.DOCUMENTS: {Role.ARCHIVE} | _GUARDS,
    Right.MESSAGES: _FRONT | _BACK | _GUARDS,
    Right.CONTRACTS: {Role.DESK, Role.CALL_CENTRE, Role.ADMIN},
    Right.SIGNING: {Role.DESK, Role.ADMIN},
    Right.APPOINTMENTS: _FRONT | {Role.ADMIN},
    Right.COUNTER: {Role.DESK, Role.ADMIN},
    Right.CALLS: {Role.CALL_CENTRE, Role.ADMIN},
    Right.TICKETS: _FRONT | _BACK | {Role.ADMIN},
    Right.QUALITY: _FRONT | _BACK | {Role.ADMIN},
    Right.PAPER: {Role.ARCHIVE, Role.ADMIN},
    Right.DISPOSAL: {Role.ARCHIVE, Role.DPO, Role.ADMIN},
    Right.HOLD: {Role.ARCHIVE, Role.DPO},
}


def ensure_roles() -> None:
    """Make the group of every role; safe to run again. Runs after each migrate."""
    known = set(Group.objects.values_list("name", flat=True))
    Group.objects.bulk_create([Group(name=role) for role in Role if role not in known])


def roles_of(request: HttpRequest) -> frozenset[Role]:
    """Return the roles of whoever asks, read once a request."""
    kept: frozenset[Role] | None = getattr(request, "_desk_roles", None)
    if kept is None:
        user = request.user
        names = user.groups.values_list("name", flat=True) if user.is_authenticated else ()
        kept = frozenset(Role(name) for name in names if name in set(Role))
        request._desk_roles = kept  # type: ignore[attr-defined]
    return kept


def may(request: HttpRequest, right: Right) -> bool:
    return not RIGHTS[right].isdisjoint(roles_of(request))


def rights_of(request: HttpRequest) -> dict[str, bool]:
    """Return every right by name, as templates ask it: `{% if may.bills %}`."""
    return {right.value: may(request, right) for right in Right}


def needs(right: Right) -> Callable[[View], View]:
    """Guard a view: strangers sign in first, the wrong role gets 403."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request, right):
                raise PermissionDenied(right.value)
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return guard
