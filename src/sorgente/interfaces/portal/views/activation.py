"""Activation, one question a page: who you are, your e-mail, the code we sent, a password; and invitations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from sorgente.customers.access.queries.accounts_of_user import login_by_email
from sorgente.customers.access.queries.delegates import invitation_by_token
from sorgente.customers.access.usecases.activate import Proven, activate, prove_by_code
from sorgente.customers.access.usecases.delegation import accept_invitation
from sorgente.customers.access.usecases.email_code import check_email_code
from sorgente.interfaces.portal.entry import begin_activation, drop, keep, kept, send_code, way_on
from sorgente.interfaces.portal.forms import AcceptForm, ActivateForm, CodeForm, EmailForm, NewPasswordForm
from sorgente.interfaces.portal.guard import customer, visitor_of
from sorgente.interfaces.portal.security import address_of, enter
from sorgente.shared.errors import SorgenteError


def start(request: HttpRequest) -> HttpResponse:
    """Who you are: account, code and the end of the tax code. Whoever is signed in adds a contract this way."""
    form = ActivateForm(request.POST or None, initial={"account": request.GET.get("conto", "")})
    is_customer = getattr(request, "is_customer", False)
    if request.method == "POST" and form.is_valid():
        try:
            proven = prove_by_code(
                account_number=form.cleaned_data["account"],
                code=form.cleaned_data["code"],
                tax_code_end=form.cleaned_data["tax_code_end"],
                address=address_of(request),
                at=timezone.now(),
            )
            if is_customer:
                activate(proven=proven, email="", password=None, user_id=visitor_of(request).user_id, at=timezone.now())
                return redirect("portal:home")
            return begin_activation(request, proven)
        except SorgenteError as error:
            form.refuse(error)
    return render(request, "portal/entrance/activate.html", {"form": form, "adds": is_customer})


def email(request: HttpRequest) -> HttpResponse:
    activation = kept(request, "activation")
    if activation is None:
        return redirect("portal:activate")
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = send_code(
                request, purpose="address", email=form.cleaned_data["email"], language=get_language() or "it"
            )
            keep(request, "activation", {"proven": activation["proven"], **sent})
            return redirect("portal:activate_code")
        except SorgenteError as error:
            form.refuse(error, "email")
    return render(request, "portal/entrance/activate_email.html", {"form": form})


def code(request: HttpRequest) -> HttpResponse:
    activation = kept(request, "activation")
    if activation is None or "code_id" not in activation:
        return redirect("portal:activate")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proven_email = check_email_code(
                code_id=activation["code_id"],
                purpose="address",
                code=form.cleaned_data["code"],
                at=timezone.now(),
            )
        except SorgenteError as error:
            form.refuse(error, "code")
        else:
            known = login_by_email(proven_email)
            keep(request, "activation", {"proven": activation["proven"], "verified": proven_email})
            if known is not None:
                # The address proves itself: the login that has it gets the contract too, after its own sign-in.
                return render(request, "portal/entrance/activate_known.html", {"email": proven_email})
            return redirect("portal:activate_password")
    return render(request, "portal/entrance/activate_code.html", {"form": form, "entry": activation})


def password(request: HttpRequest) -> HttpResponse:
    activation = kept(request, "activation")
    if activation is None or "verified" not in activation:
        return redirect("portal:activate")
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            login = activate(
                proven=Proven(**activation["proven"]),
                email=activation["verified"],
                password=form.cleaned_data["password"],
                language=get_language() or "it",
                at=at,
            )
        except SorgenteError as error:
            form.refuse(error, "password")
        else:
            drop(request, "activation")
            # The code in the mailbox and the new password are two factors.
            enter(request, login.user_id, at=at)
            return redirect("portal:second_factor")
    return render(request, "portal/entrance/activate_password.html", {"form": form, "email": activation["verified"]})


@customer
@require_POST
def add_proven(request: HttpRequest) -> HttpResponse:
    """Give whoever signed in the contract they proved to hold just before."""
    activation = kept(request, "activation")
    if activation is not None:
        proven = Proven(**activation["proven"])
        activate(proven=proven, email="", password=None, user_id=visitor_of(request).user_id, at=timezone.now())
        drop(request, "activation")
    return redirect("portal:home")


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: with the login one has, or with a new one for the address invited."""
    at = timezone.now()
    found = invitation_by_token(token, at=at)
    if found is None:
        return render(request, "portal/entrance/invitation_over.html", status=410)
    is_customer = getattr(request, "is_customer", False)
    needs_sign_in = not is_customer and login_by_email(found.email) is not None
    form = None if is_customer or needs_sign_in else AcceptForm(request.POST or None)
    context: dict[str, Any] = {"invited": found, "form": form, "needs_sign_in": needs_sign_in}
    if request.method == "POST" and not needs_sign_in:
        try:
            if is_customer:
                accept_invitation(token=token, at=at, user_id=visitor_of(request).user_id)
                return redirect("portal:account", found.account_number)
            if form is not None and form.is_valid():
                user_id = accept_invitation(token=token, at=at, language=get_language() or "it", **form.cleaned_data)
                enter(request, user_id, at=at)
                return way_on(request)
        except SorgenteError as error:
            if form is None:
                raise
            form.refuse(error)
    return render(request, "portal/entrance/invitation.html", context)
