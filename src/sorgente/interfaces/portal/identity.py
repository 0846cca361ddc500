"""SPID and CIE: a provider of identities vouches for a tax code, and the party with that tax code enters.

Sorgente speaks OpenID Connect; which provider, the environment says (SORGENTE_OIDC_…). Nothing of the provider is kept:
neither tokens nor its name for the person.
"""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from sorgente.customers.access.queries.accounts_of_user import login_by_tax_code
from sorgente.customers.access.usecases.activate import prove_by_identity
from sorgente.interfaces.portal.entry import begin_activation, way_on
from sorgente.interfaces.portal.security import enter
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError

# SPID: fiscalNumber, "TINIT-RSSMRA80A01H501U"; CIE and the Italian OpenID federation name it by address.
_CLAIMS = ("fiscalNumber", "fiscal_number", "https://attributes.eid.gov.it/fiscal_number")
_PREFIX = "TINIT-"


class IdentityAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Take over as soon as the provider has answered: allauth makes no user and keeps no account."""
        raise ImmediateHttpResponse(_entered(request, _tax_code(sociallogin.account.extra_data)))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_facts: Any) -> None:
        raise ImmediateHttpResponse(redirect("portal:identity_failed"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False


def _entered(request: HttpRequest, tax_code: str | None) -> HttpResponse:
    if tax_code is None:
        return redirect("portal:identity_failed")
    if request.user.is_authenticated and not getattr(request, "is_customer", False):
        return redirect("portal:home")  # staff: the guard tells them
    at = timezone.now()
    login = login_by_tax_code(tax_code)
    if login is not None:
        enter(request, login.user_id, at=at)  # SPID of level 2 and CIE are two factors already
        return way_on(request)
    proven = prove_by_identity(tax_code=tax_code, provider=settings.OIDC["name"])
    if proven is None:
        return render(request, "portal/entrance/not_a_customer.html", {"tax_code": tax_code})
    return begin_activation(request, proven)


def _tax_code(told: dict[str, Any]) -> str | None:
    """Return the tax code the provider vouches for, whichever answer and claim it came in."""
    for claims in (told, told.get("userinfo"), told.get("id_token")):
        for name in _CLAIMS:
            value = claims.get(name) if isinstance(claims, dict) else None
            if isinstance(value, str) and value:
                try:
                    return identifiers.tax_code(value.removeprefix(_PREFIX))
                except SorgenteError:
                    return None
    return None
