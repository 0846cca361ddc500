"""Who may open what in the web area: what is not theirs does not exist for them (404)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.access.queries.accounts_of_user import AccountAccess, Login, accounts_of_user, login_of_user
from sorgente.interfaces.portal.words import told
from sorgente.shared.errors import SorgenteError

_log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks: their login, and the accounts they may open today."""

    login: Login
    accounts: tuple[AccountAccess, ...]

    @property
    def user_id(self) -> int:
        return self.login.user_id


def customer(view: View) -> View:
    """Guard a view: strangers sign in first, staff are refused, and a login without second factor starts again."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('portal:sign_in')}?{urlencode({'next': request.get_full_path()})}")
        visitor_of(request)
        try:
            return view(request, *args, **kwargs)
        except SorgenteError as error:
            _log.info("%s on %s", error.code, request.path)
            return render(request, "portal/trouble.html", {"told": told(error)}, status=422)

    guarded.is_for_customers = True  # type: ignore[attr-defined]
    return guarded


def visitor_of(request: HttpRequest) -> Visitor:
    """Return whoever asks, read once a request; raises PermissionDenied for staff."""
    kept: Visitor | None = getattr(request, "_portal_visitor", None)
    if kept is None:
        user_id = request.user.pk
        login = login_of_user(user_id) if user_id is not None else None
        if user_id is None or login is None:
            raise PermissionDenied("portal")
        kept = Visitor(login, accounts_of_user(user_id, as_of=localdate()))
        request._portal_visitor = kept  # type: ignore[attr-defined]
    return kept


def reader_of(request: HttpRequest) -> str:
    """Return how the reading log of the archive names whoever asks."""
    return f"{visitor_of(request).login.email} (area clienti)"


def own_account(request: HttpRequest, number: str, *, to_act: bool = False, as_holder: bool = False) -> AccountAccess:
    """Return the account with this number if it is theirs; raises Http404 otherwise.

    to_act     PermissionDenied for a delegate who may only look
    as_holder  PermissionDenied for every delegate
    """
    for access in visitor_of(request).accounts:
        if access.account_number == number:
            if (to_act and not access.may_act) or (as_holder and access.role != "holder"):
                raise PermissionDenied("see-only")
            request._portal_account = access  # type: ignore[attr-defined]
            return access
    raise Http404(number)


def own_bill(request: HttpRequest, number: str) -> dict[str, Any]:
    """Return the row of a bill of one of their accounts, as billing.queries.bill_list gives it; raises Http404."""
    row = list_bills(as_of=localdate(), numbers=[number]).first()
    if row is None:
        raise Http404(number)
    own_account(request, row["account"])
    return dict(row)


def own_party(request: HttpRequest, party_id: int) -> int:
    """Return the party if the login speaks for it; raises Http404."""
    if party_id not in visitor_of(request).login.party_ids:
        raise Http404(str(party_id))
    return party_id
