"""How somebody enters: password, second factor, where they are signed in."""

from __future__ import annotations

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.contrib import messages
from django.contrib.auth import get_user_model, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sorgente.customers.access.queries.sessions import sessions_of
from sorgente.customers.access.usecases.login_settings import change_password, choose_second_factor
from sorgente.customers.access.usecases.sign_in import check_password, end_sessions
from sorgente.interfaces.portal.forms import ChangePasswordForm, CodeForm
from sorgente.interfaces.portal.guard import customer, visitor_of
from sorgente.interfaces.portal.security import address_of, enter
from sorgente.shared.errors import SorgenteError

_SECRET = "portal_totp"


@customer
def security(request: HttpRequest) -> HttpResponse:
    login = visitor_of(request).login
    user = get_user_model().objects.get(pk=login.user_id)
    context = {
        "login": login,
        "has_password": user.has_usable_password(),
        "sessions": sessions_of(login.user_id, this=request.session.session_key, at=timezone.now()),
    }
    return render(request, "portal/profile/security.html", context)


@customer
def second_factor(request: HttpRequest) -> HttpResponse:
    """Choose between a code by e-mail and an authenticator app; also the last page of the activation."""
    return render(request, "portal/profile/second_factor.html", {"login": visitor_of(request).login})


@customer
def app(request: HttpRequest) -> HttpResponse:
    """Set the authenticator app up: it is used from now on once it has shown a right code."""
    login = visitor_of(request).login
    secret = request.session.setdefault(_SECRET, generate_totp_secret())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if validate_totp_code(secret, form.cleaned_data["code"]):
            user = get_user_model().objects.get(pk=login.user_id)
            Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
            TOTP.activate(user, secret)
            choose_second_factor(user_id=login.user_id, factor="totp")
            del request.session[_SECRET]
            messages.success(request, _("Fatto: d'ora in poi entri con la tua app."))
            return redirect("portal:home")
        form.add_error("code", _("Non è il codice che la app mostra adesso. Aspetta il prossimo e riprova."))
    address = get_adapter().build_totp_url(get_user_model().objects.get(pk=login.user_id), secret)
    qr = segno.make(address, error="m").svg_inline(
        scale=4, border=2, light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return render(request, "portal/profile/app.html", {"form": form, "secret": secret, "qr": qr})


@customer
@require_POST
def by_email(request: HttpRequest) -> HttpResponse:
    """Let the second factor be a code by e-mail again; the app is forgotten."""
    login = visitor_of(request).login
    Authenticator.objects.filter(user_id=login.user_id, type=Authenticator.Type.TOTP).delete()
    choose_second_factor(user_id=login.user_id, factor="email")
    messages.success(request, _("Fatto: a ogni accesso ti mandiamo un codice per e-mail."))
    return redirect("portal:security")


@customer
def password(request: HttpRequest) -> HttpResponse:
    """Change the password: the old one first; every other session ends."""
    login = visitor_of(request).login
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            check_password(email=login.email, password=form.cleaned_data["current"], address=address_of(request), at=at)
        except SorgenteError as error:
            form.refuse(error, "current")
        else:
            try:
                change_password(user_id=login.user_id, password=form.cleaned_data["password"])
            except SorgenteError as error:
                form.refuse(error, "password")
            else:
                logout(request)
                enter(request, login.user_id, at=at)
                messages.success(request, _("Fatto: la password è cambiata. Gli altri accessi sono stati chiusi."))
                return redirect("portal:security")
    return render(request, "portal/profile/password.html", {"form": form})


@customer
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one session, or all the others."""
    user_id = visitor_of(request).user_id
    asked = request.POST.get("session", "")
    if asked.isdigit():
        end_sessions(user_id=user_id, session_id=int(asked))
    else:
        end_sessions(user_id=user_id, but=request.session.session_key)
    messages.success(request, _("Fatto: l'accesso è stato chiuso."))
    return redirect("portal:security")
