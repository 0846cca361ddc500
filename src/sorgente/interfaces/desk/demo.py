"""One user per role for the demonstration, who signs in with one click.

Imported, and reachable, only where SORGENTE_DEMO is set: see urls.py. The users have no usable password, so on
an installation that is no demonstration nobody can sign in as one of them.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from sorgente.interfaces.desk.access import Role, ensure_roles

# The same role shows the same face on every demonstration.
PEOPLE = {
    Role.DESK: ("Giulia", "Marchetti"),
    Role.CALL_CENTRE: ("Davide", "Ferri"),
    Role.READER: ("Omar", "Benali"),
    Role.BILLING: ("Chiara", "Lombardi"),
    Role.CREDIT: ("Paolo", "Testa"),
    Role.COMPLAINTS: ("Elena", "Russo"),
    Role.ARCHIVE: ("Marta", "Villa"),
    Role.DPO: ("Andrea", "Conti"),
    Role.ADMIN: ("Sara", "Moretti"),
}


def demo_username(role: Role) -> str:
    return f"demo-{role.value.replace('_', '-')}"


@transaction.atomic
def ensure_demo_users() -> list[tuple[str, str]]:
    """Make one user per role with a second factor; return (role, user name) of each. Safe to run again."""
    ensure_roles()
    made = []
    for role, (first_name, last_name) in PEOPLE.items():
        user, is_new = get_user_model().objects.get_or_create(
            username=demo_username(role), defaults={"first_name": first_name, "last_name": last_name}
        )
        if is_new:
            user.set_unusable_password()
            user.save()
        user.groups.set([Group.objects.get(name=role)])
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            TOTP.activate(user, generate_totp_secret())
        made.append((role.value, user.get_username()))
    return made


@require_POST
def sign_in_as(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the demonstration's user of a role, both factors given."""
    if not settings.DEMO or role not in set(Role):
        raise Http404
    ensure_demo_users()
    user = get_user_model().objects.get(username=demo_username(Role(role)))
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_authentication(request, user, method="demo")
    following = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    return redirect(following if is_ours else settings.LOGIN_REDIRECT_URL)
