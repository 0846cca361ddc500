"""Requests and complaints: those sent, with the day the answer is due, and a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sorgente.archive.core.uploads import PAPERS, inspect_upload
from sorgente.customers.access.queries.accounts_of_user import AccountAccess
from sorgente.customers.access.usecases.once import once
from sorgente.interfaces.portal.forms import PortalForm
from sorgente.interfaces.portal.guard import customer, own_account, own_party, visitor_of
from sorgente.interfaces.portal.sent import sent_key
from sorgente.interfaces.portal.views.household import changes_of
from sorgente.journeys.tickets import register_ticket
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.core.values import Attachment, TicketFacts
from sorgente.tickets.queries.inbox import tickets_of_account
from sorgente.tickets.queries.tickets import NoSuchTicket, conversation
from sorgente.tickets.queries.tickets import ticket as ticket_of

_MOST_FILES = 5

KINDS = [
    ("information", gettext_lazy("Una domanda")),
    ("bill", gettext_lazy("Una bolletta che non mi torna")),
    ("complaint", gettext_lazy("Un reclamo")),
    ("change", gettext_lazy("Un cambiamento: persone in casa, contratto, pagamento")),
    ("other", gettext_lazy("Altro")),
]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each looked into before anything is sent."""

    def clean(self, data: Any, initial: Any = None) -> list[Attachment]:
        files = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(files) > _MOST_FILES:
            raise forms.ValidationError(_("Al massimo cinque file."))
        return [Attachment(one.name, one.read()) for one in files]


class RequestForm(PortalForm):
    kind = forms.ChoiceField(label=gettext_lazy("Di che cosa si tratta?"), choices=KINDS, widget=forms.RadioSelect)
    body = forms.CharField(
        label=gettext_lazy("Scrivi qui"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Qui manca qualcosa.")},
    )
    papers = FilesField(
        label=gettext_lazy("Foto o documenti"),
        help_text=gettext_lazy("Facoltativi: fotografie o PDF, al massimo cinque."),
        required=False,
        widget=ManyFiles(attrs={"multiple": True, "accept": "image/*,application/pdf"}),
    )


@customer
def requests(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number)
    rows = tickets_of_account(number)
    changes = changes_of(access.party_id) if access.role == "holder" else []
    return render(request, "portal/requests/requests.html", {"access": access, "rows": rows, "changes": changes})


@customer
def new_request(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number, to_act=True)
    key = sent_key(request)
    form = RequestForm(request.POST or None, request.FILES or None, initial={"kind": "information"})
    if request.method == "POST" and form.is_valid():
        try:
            for one in form.cleaned_data["papers"]:
                inspect_upload(content=one.content, filename=one.filename, accept=PAPERS)
        except SorgenteError as error:
            form.refuse(error, "papers")
        else:
            kind = form.cleaned_data["kind"]
            body, files = form.cleaned_data["body"], form.cleaned_data["papers"]
            number = send_request(
                request, access, kind=kind, subject=str(dict(KINDS)[kind]), body=body, files=files, key=key
            )
            messages.success(request, _("Ricevuta: te lo confermiamo per e-mail."))
            return redirect("portal:request", number)
    return render(request, "portal/requests/new.html", {"access": access, "form": form})


@customer
def one_request(request: HttpRequest, number: str) -> HttpResponse:
    ticket = own_ticket(request, number)
    said = [one for one in conversation(number) if one.direction in ("in", "out")]
    return render(request, "portal/requests/request.html", {"ticket": ticket, "said": said})


@customer
@require_POST
def delete_data(request: HttpRequest, party_id: int) -> HttpResponse:
    """Ask to have one's data deleted: a person looks at what the law lets go and what it makes us keep."""
    own_party(request, party_id)
    access = next((one for one in visitor_of(request).accounts if one.party_id == party_id), None)
    if access is None:
        raise Http404(str(party_id))
    number = send_request(
        request, access, key=sent_key(request), kind="deletion", subject="Cancellazione dei dati personali",
        body="Chiedo la cancellazione dei miei dati personali (articolo 17 del Regolamento UE 2016/679).",
    )  # fmt: skip
    messages.success(request, _("Ricevuta: ti rispondiamo entro un mese."))
    return redirect("portal:request", number)


def own_ticket(request: HttpRequest, number: str) -> TicketFacts:
    """Return a ticket about one of their accounts; raises Http404."""
    try:
        ticket = ticket_of(number)
    except NoSuchTicket as error:
        raise Http404(number) from error
    own_account(request, ticket.account_number)
    return ticket


def send_request(
    request: HttpRequest,
    access: AccountAccess,
    *,
    kind: str,
    subject: str,
    body: str,
    key: str,
    files: list[Attachment] | None = None,
) -> str:
    """Open a ticket for an account in the name of its holder, once a form; return its number.

    key  `sent_key` of the form; answers go to whoever wrote it
    """
    at = timezone.now()

    def register() -> str:
        return register_ticket(
            channel="web",
            subject=subject,
            body=body,
            at=at,
            party_id=access.party_id,
            account_number=access.account_number,
            sender=visitor_of(request).login.email,
            sender_name=request.user.get_full_name() if request.user.is_authenticated else "",
            attachments=files or [],
            request_kind=kind,
        ).ticket.number

    return once(key=key, at=at, make=register)
