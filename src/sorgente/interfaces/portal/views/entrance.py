"""Sign-in of customers: e-mail and password, then the second factor; and the way out."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from sorgente.customers.access.queries.accounts_of_user import login_of_user
from sorgente.customers.access.usecases import limits
from sorgente.customers.access.usecases.email_code import check_email_code
from sorgente.customers.access.usecases.login_settings import (
    change_password,
    choose_language,
    send_reset,
    user_of_reset,
)
from sorgente.customers.access.usecases.sign_in import check_password
from sorgente.interfaces.portal.entry import keep, kept, send_code, wanted, way_on
from sorgente.interfaces.portal.forms import CodeForm, NewPasswordForm, ResetForm, SignInForm
from sorgente.interfaces.portal.security import address_of, enter
from sorgente.interfaces.portal.words import told
from sorgente.shared.errors import SorgenteError


def sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "is_customer", False):
        return redirect("portal:home")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            login = check_password(
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                address=address_of(request),
                at=timezone.now(),
            )
            facts: dict[str, Any] = {"user_id": login.user_id, "factor": login.second_factor, "next": wanted(request)}
            if login.second_factor == "email":
                facts |= send_code(request, purpose="sign_in", email=login.email, language=login.language)
            keep(request, "entry", facts)
            return redirect("portal:sign_in_code")
        except SorgenteError as error:
            form.refuse(error)
    context: dict[str, Any] = {"form": form, "next": wanted(request)}
    if settings.DEMO:
        from sorgente.interfaces.portal.demo import demo_customers

        context["demo_people"] = demo_customers()
    return render(request, "portal/entrance/sign_in.html", context)


def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second factor: a code by e-mail, or of the authenticator app."""
    entry = kept(request, "entry")
    if entry is None or "user_id" not in entry:
        return redirect("portal:sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _check_factor(entry, form.cleaned_data["code"])
            enter(request, entry["user_id"], at=timezone.now())
            answer = way_on(request)
            return _in_own_language(answer, entry["user_id"])
        except SorgenteError as error:
            form.refuse(error, "code")
    return render(request, "portal/entrance/code.html", {"form": form, "entry": entry})


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Mail another code of the second factor."""
    entry = kept(request, "entry")
    login = login_of_user(entry["user_id"]) if entry and "user_id" in entry else None
    if entry is None or login is None:
        return redirect("portal:sign_in")
    try:
        # Also for whoever has lost the app: the mailbox is theirs, as the password is.
        entry |= send_code(request, purpose="sign_in", email=login.email, language=login.language)
        keep(request, "entry", {**entry, "factor": "email"})
    except SorgenteError as error:
        return render(
            request, "portal/entrance/code.html", {"form": CodeForm(), "entry": entry, "trouble": told(error)}
        )
    return redirect("portal:sign_in_code")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("portal:sign_in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and of the mails of whoever is signed in."""
    chosen = request.POST.get("language", "")
    answer = redirect(wanted(request) or "portal:home")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86_400, samesite="Lax", secure=settings.HTTPS
        )
        if getattr(request, "is_customer", False) and request.user.pk is not None:
            choose_language(user_id=request.user.pk, language=chosen)
    return answer


def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a new password; the answer is the same whether the address has a login or not."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        page = request.build_absolute_uri(reverse("portal:reset", args=["UID", "TOKEN"]))
        page = page.replace("UID", "{uid}").replace("TOKEN", "{token}")
        try:
            send_reset(email=form.cleaned_data["email"], link=page, address=address_of(request), at=timezone.now())
            return render(request, "portal/entrance/reset_sent.html", {"email": form.cleaned_data["email"]})
        except SorgenteError as error:
            form.refuse(error)
    return render(request, "portal/entrance/forgotten.html", {"form": form})


def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose a new password; every session ends and the sign-in asks both factors."""
    user_id = user_of_reset(uid=uid, token=token)
    if user_id is None:
        return render(request, "portal/entrance/reset_over.html", status=410)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(user_id=user_id, password=form.cleaned_data["password"])
            return render(request, "portal/entrance/reset_done.html")
        except SorgenteError as error:
            form.refuse(error, "password")
    return render(request, "portal/entrance/reset.html", {"form": form})


def identity_failed(request: HttpRequest) -> HttpResponse:
    """The provider of identities sent nobody back."""
    return render(request, "portal/entrance/identity_failed.html", status=400)


def _check_factor(entry: dict[str, Any], code: str) -> None:
    at, key = timezone.now(), str(entry["user_id"])
    limits.refuse_if_too_many(what="second-factor", key=key, at=at)
    if entry["factor"] == "email":
        check_email_code(code_id=entry["code_id"], purpose="sign_in", code=code, at=at)
        return
    app = Authenticator.objects.filter(user_id=entry["user_id"], type=Authenticator.Type.TOTP).first()
    if app is None or not TOTP(app).validate_code(code):
        limits.count(what="second-factor", key=key, at=at)
        raise WrongAppCode("Code", "It is not the one the app shows now.", "Wait for the next one and try again.")


class WrongAppCode(SorgenteError):
    code = "portal.sign-in.wrong-app-code"


def _in_own_language(answer: HttpResponse, user_id: int) -> HttpResponse:
    login = login_of_user(user_id)
    if login is not None:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, login.language, max_age=365 * 86_400, samesite="Lax", secure=settings.HTTPS
        )
    return answer
