"""The inbox of an office, and one ticket: conversation, customer beside it, one key to decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as told
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from sorgente.customers.queries.find import customers_by_party, find_customers
from sorgente.customers.usecases.because import because
from sorgente.interfaces.desk.access import RIGHTS, Right, may, needs
from sorgente.interfaces.desk.listing import Column, show_list
from sorgente.interfaces.desk.ticket_page import customer_beside
from sorgente.journeys import tickets as journey
from sorgente.tickets.core.taxonomy import CATEGORIES, PRIORITIES, REGULATED_TYPES
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.queries import inbox as lists
from sorgente.tickets.queries import tickets as queries
from sorgente.tickets.usecases import correct_ticket, handle_ticket, read_proposals
from sorgente.tickets.usecases.draft_reply import draft_reply, goes_to_the_customer

_COLUMNS = [
    Column("Numero", lambda row: row["number"]),
    Column("Ricevuta", lambda row: row["opened_at"].isoformat()),
    Column("Canale", lambda row: row["channel"]),
    Column("Ufficio", lambda row: row["office"]),
    Column("Priorità", lambda row: row["priority"]),
    Column("Categoria", lambda row: row["category"]),
    Column("Tipo regolato", lambda row: row["regulated_type"]),
    Column("Termine", lambda row: row["due_on"]),
    Column("Stato", lambda row: row["state"]),
    Column("Cliente", lambda row: row["customer"]),
    Column("Conto", lambda row: row["account_number"]),
    Column("Oggetto", lambda row: row["subject"]),
    Column("Assegnata a", lambda row: row["assigned_to"]),
]


@needs(Right.TICKETS)
def tickets(request: HttpRequest) -> HttpResponseBase:
    asked = request.GET
    mine = request.user.get_username() if asked.get("who") == "me" else asked.get("who", "")
    found = lists.inbox(
        office=asked.get("office", ""),
        state=asked.get("state", "open") or "open",
        category=asked.get("category", ""),
        priority=asked.get("priority", ""),
        channel=asked.get("channel", ""),
        assigned_to=mine,
        text=asked.get("q", "").strip(),
        unsure=asked.get("unsure") == "1",
    )
    as_of, waiting = timezone.localdate(), lists.waiting_by_office()
    context = {
        "as_of": as_of,
        "now": timezone.now(),
        "offices": [(code, word, waiting[code]) for code, word in lists.OFFICES],
        "channels": lists.CHANNELS,
        "states_and_all": [*lists.STATES, ("all", gettext("Tutte"))],
        "categories": CATEGORIES,
        "priorities": PRIORITIES[::-1],
        "parked": len(lists.parked_mails()),
        "mailbox_problems": lists.mailbox_problems(),
        "due_soon": lists.due_soon(as_of=as_of, days=2),
    }
    return show_list(
        request, template="desk/tickets/inbox.html", name="segnalazioni", rows=found, columns=_COLUMNS, context=context
    )


@needs(Right.TICKETS)
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    found = _found(number)
    now = timezone.now()
    as_of = timezone.localdate()
    draft = draft_reply(found, as_of=as_of, signed_by=_name_of(request))
    text = request.GET.get("q", "").strip()
    context: dict[str, Any] = {
        "ticket": found,
        "as_of": as_of,
        "now": now,
        "conversation": queries.conversation(number),
        "corrections": queries.corrections_of(number),
        "proposals": queries.read_proposals_of(number, at=now),
        "clocks": journey.clocks_of_ticket(number, as_of=as_of),
        "draft": draft,
        "is_safe": goes_to_the_customer(found),
        "categories": CATEGORIES,
        "regulated_types": REGULATED_TYPES,
        "priorities": PRIORITIES[::-1],
        "offices": lists.OFFICES,
        "staff": _staff(),
        "candidates": customers_by_party(found.candidates),
        "looked_for": text,
        "customers": find_customers(text, limit=8) if text and may(request, Right.CUSTOMERS) else [],
    }
    context |= customer_beside(found, as_of=as_of, may=lambda right: may(request, right))
    return render(request, "desk/tickets/ticket.html", context)


@needs(Right.TICKETS)
def ticket_new(request: HttpRequest) -> HttpResponse:
    """What a customer says at the desk or on the telephone, written down."""
    text = request.GET.get("customer", "")
    known = customers_by_party([int(text)]) if text.isdecimal() and len(text) < 10 else []
    if request.method != "POST":
        return render(request, "desk/tickets/new.html", {"customer": known[0] if known else None})
    given = request.POST
    party = given.get("party", "")
    with transaction.atomic():
        opened = journey.register_ticket(
            channel=given.get("channel", "phone") if given.get("channel") in ("phone", "desk", "letter") else "phone",
            subject=given.get("subject", "").strip(),
            body=given.get("body", "").strip(),
            at=timezone.now(),
            party_id=int(party) if party.isdecimal() else None,
            account_number=given.get("account", "").strip(),
            sender=given.get("sender", "").strip(),
            author=request.user.get_username(),
        )
    return redirect("desk:ticket", opened.ticket.number)


@needs(Right.TICKETS)
@require_POST
def ticket_classify(request: HttpRequest, number: str) -> HttpResponse:
    """One key: the category that is right. Type and priority likewise."""
    _found(number)
    given = request.POST
    with _signed(request, f"Classificazione di {number}"), transaction.atomic():
        if given.get("confirm"):
            correct_ticket.confirm_ticket(number=number, by=request.user.get_username(), at=timezone.now())
        else:
            journey.reclassify(
                number=number,
                by=request.user.get_username(),
                at=timezone.now(),
                category=given.get("category", ""),
                regulated_type=given.get("regulated_type", ""),
                priority=given.get("priority", ""),
            )
    return _row_or_back(request, number)


@needs(Right.TICKETS)
@require_POST
def ticket_assign(request: HttpRequest, number: str) -> HttpResponse:
    _found(number)
    given = request.POST
    login = request.user.get_username()
    to = login if given.get("me") else given.get("to", "")
    with _signed(request, f"Assegnazione di {number}"), transaction.atomic():
        handle_ticket.assign_ticket(number=number, to=to, by=login, at=timezone.now(), office=given.get("office", ""))
    return _row_or_back(request, number)


@needs(Right.TICKETS)
@require_POST
def ticket_customer(request: HttpRequest, number: str) -> HttpResponse:
    _found(number)
    party = request.POST.get("party", "")
    if not party.isdecimal():
        raise Http404
    with _signed(request, f"Cliente di {number}"), transaction.atomic():
        journey.recognise_customer(
            number=number,
            party_id=int(party),
            by=request.user.get_username(),
            at=timezone.now(),
            account_number=request.POST.get("account", ""),
        )
    return redirect("desk:ticket", number)


@needs(Right.TICKETS)
@require_POST
def ticket_reply(request: HttpRequest, number: str) -> HttpResponse:
    """Send the answer as the clerk left it, or keep the text as a note."""
    _found(number)
    given = request.POST
    login = request.user.get_username()
    with _signed(request, f"Risposta a {number}"), transaction.atomic():
        if given.get("as") == "note":
            handle_ticket.add_note(number=number, text=given.get("note", ""), by=login, at=timezone.now())
        else:
            journey.answer_ticket(
                number=number,
                body=given.get("body", "").replace("\r\n", "\n"),
                author=login,
                at=timezone.now(),
                waits_for_customer=given.get("as") == "question",
                correction=given.get("correction", ""),
            )
            told.success(request, gettext("Risposta in partenza."))
    return redirect("desk:ticket", number)


@needs(Right.TICKETS)
@require_POST
def ticket_close(request: HttpRequest, number: str) -> HttpResponse:
    found = _found(number)
    login = request.user.get_username()
    with _signed(request, f"Chiusura di {number}"), transaction.atomic():
        if found.state == "closed":
            handle_ticket.reopen_ticket(number=number, by=login, at=timezone.now())
        else:
            reason = request.POST.get("reason", "").strip()
            journey.finish_ticket(number=number, by=login, at=timezone.now(), reason=reason)
    return _back(request, number)


@needs(Right.TICKETS)
@require_POST
def ticket_read(request: HttpRequest, number: str, proposal_id: int) -> HttpResponse:
    """Accept the reading a message carries, as it is or corrected, or set it aside."""
    _found(number)
    given = request.POST
    login = request.user.get_username()
    if proposal_id not in [one.id for one in queries.read_proposals_of(number, at=timezone.now())]:
        raise Http404
    index = given.get("index", "").replace(".", "").strip()
    with transaction.atomic():
        if given.get("decision") == "refuse":
            read_proposals.refuse_read_proposal(proposal_id=proposal_id, by=login, at=timezone.now())
        else:
            read_proposals.accept_read_proposal(
                proposal_id=proposal_id,
                by=login,
                at=timezone.now(),
                index_milli=int(index) * 1000 if index.isdecimal() and len(index) < 9 else None,
            )
    return redirect("desk:ticket", number)


@needs(Right.TICKETS)
def ticket_mails(request: HttpRequest) -> HttpResponse:
    """Mails that wait for a person: too large, unreadable, of nobody."""
    context = {"mails": lists.parked_mails(), "problems": lists.mailbox_problems()}
    return render(request, "desk/tickets/mails.html", context)


@needs(Right.TICKETS)
@require_POST
def ticket_mail_done(request: HttpRequest, mail_id: int) -> HttpResponse:
    if mail_id not in [one["id"] for one in lists.parked_mails()]:
        raise Http404
    with transaction.atomic():
        handle_ticket.resolve_parked(mail_id=mail_id, by=request.user.get_username(), at=timezone.now())
    return redirect("desk:ticket_mails")


def _found(number: str) -> TicketFacts:
    try:
        return queries.ticket(number)
    except queries.NoSuchTicket as error:
        raise Http404 from error


def _row_or_back(request: HttpRequest, number: str) -> HttpResponse:
    """Answer a key pressed in the list with the row as it is now; elsewhere go back."""
    if request.headers.get("HX-Request") == "true":
        row = lists.inbox(state="all", text=number).get(number=number)
        list_shown = request.POST.get("next", "")
        context = {"row": row, "as_of": timezone.localdate(), "now": timezone.now(), "back": list_shown}
        return render(request, "desk/tickets/row.html", context)
    return _back(request, number)


def _back(request: HttpRequest, number: str) -> HttpResponse:
    to = request.POST.get("next", "")
    if to and url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        return redirect(to)
    return redirect(reverse("desk:ticket", args=[number]))


def _signed(request: HttpRequest, reason: str) -> Any:
    return because(author=request.user.get_username(), reason=reason)


def _name_of(request: HttpRequest) -> str:
    user: Any = request.user
    return user.get_full_name() or user.get_username()


def _staff() -> list[tuple[str, str]]:
    """Return (login, name) of whoever may work on tickets."""
    roles = [role.value for role in RIGHTS[Right.TICKETS]]
    found = get_user_model().objects.filter(is_active=True, groups__name__in=roles).distinct().order_by("username")
    return [(user.get_username(), user.get_full_name() or user.get_username()) for user in found]
