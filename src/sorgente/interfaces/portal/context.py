"""What every page of the web area is given: whoever looks, the account they look at, the places to go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sorgente.interfaces.portal.guard import visitor_of
from sorgente.interfaces.portal.security import OURS
from sorgente.shared.company import company

_PROFILE = {
    "profile", "contacts", "consents", "own_data", "delivery", "delegates", "security", "second_factor", "app",
    "password", "notifications", "papers",
}  # fmt: skip
# route, whether it takes the number of the account, word, icon, names of the pages under it
MENU = [
    ("portal:account", True, _("Home"), "home", {"home", "account", "household", "appointments"}),
    ("portal:bills", True, _("Bollette"), "it-files", {"bills", "bill", "statement"}),
    ("portal:water", True, _("Consumi"), "it-chart-line", {"water", "self_reading"}),
    ("portal:requests", True, _("Richieste"), "it-comment", {"requests", "new_request", "request", "change"}),
    ("portal:profile", False, _("Profilo"), "it-user", _PROFILE),
]


def portal(request: HttpRequest) -> dict[str, Any]:
    if not request.path.startswith(OURS):
        return {}
    shared = {"company": company(), "identity_name": settings.OIDC["name"] if settings.OIDC["server"] else ""}
    if not getattr(request, "is_customer", False):
        return shared
    visitor = visitor_of(request)
    account = getattr(request, "_portal_account", None)
    if account is None:
        kept = request.session.get("account")
        account = next((one for one in visitor.accounts if one.account_number == kept), None)
        account = account or next(iter(visitor.accounts), None)
    elif request.session.get("account") != account.account_number:
        request.session["account"] = account.account_number
    here = request.resolver_match.url_name if request.resolver_match else ""
    places = [
        {
            "address": reverse(route, args=[account.account_number] if takes_account and account else []),
            "label": label,
            "icon": icon,
            "current": here in pages,
        }
        for route, takes_account, label, icon, pages in MENU
        if account is not None or not takes_account
    ]
    return {**shared, "visitor": visitor, "account": account, "places": places}
