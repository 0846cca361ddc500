"""Who else looks after an account: invited, and taken off, by its holder."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sorgente.customers.access.queries.delegates import delegates_of, invitations_of
from sorgente.customers.access.usecases.delegation import invite_delegate, revoke, take_back_invitation
from sorgente.interfaces.portal.forms import PortalForm
from sorgente.interfaces.portal.guard import customer, own_account, visitor_of
from sorgente.shared.errors import SorgenteError


class InviteForm(PortalForm):
    email = forms.EmailField(label=gettext_lazy("E-mail della persona"), max_length=254)
    rights = forms.ChoiceField(
        label=gettext_lazy("Che cosa può fare?"),
        choices=[("see", gettext_lazy("Solo guardare bollette e consumi")),
                 ("act", gettext_lazy("Anche mandare letture e richieste"))],
        widget=forms.RadioSelect,
        initial="see",
    )  # fmt: skip
    until_on = forms.DateField(
        label=gettext_lazy("Fino a quando"),
        help_text=gettext_lazy("Lascia vuoto se non c'è una fine. Puoi togliere l'accesso quando vuoi."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@customer
def delegates(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number, as_holder=True)
    at = timezone.now()
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        page = request.build_absolute_uri(reverse("portal:invitation", args=["TOKEN"])).replace("TOKEN", "{token}")
        try:
            invite_delegate(
                user_id=visitor_of(request).user_id, account_number=number, link=page, at=at, **form.cleaned_data
            )
            messages.success(request, _("Fatto: abbiamo mandato l'invito."))
            return redirect("portal:delegates", number)
        except SorgenteError as error:
            form.refuse(error)
    context = {
        "access": access,
        "form": form,
        "delegates": delegates_of(number, as_of=localdate()),
        "invitations": invitations_of(number, at=at),
    }
    return render(request, "portal/profile/delegates.html", context)


@customer
@require_POST
def remove(request: HttpRequest, number: str) -> HttpResponse:
    """Take leave, or an open invitation, back."""
    own_account(request, number, as_holder=True)
    user_id, at = visitor_of(request).user_id, timezone.now()
    access_id, invitation_id = request.POST.get("access", ""), request.POST.get("invitation", "")
    if access_id.isdigit():
        revoke(user_id=user_id, account_number=number, access_id=int(access_id), at=at)
    elif invitation_id.isdigit():
        take_back_invitation(user_id=user_id, account_number=number, invitation_id=int(invitation_id), at=at)
    messages.success(request, _("Fatto: non può più accedere."))
    return redirect("portal:delegates", number)
