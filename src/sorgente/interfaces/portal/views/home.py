"""Home: the next thing to do, and the few figures somebody looks for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from sorgente.customers.access.queries.accounts_of_user import AccountAccess
from sorgente.interfaces.portal.account_page import bill_rows, open_bills, water_of
from sorgente.interfaces.portal.app.shell import keep_offline
from sorgente.interfaces.portal.entry import kept
from sorgente.interfaces.portal.guard import customer, own_account, visitor_of
from sorgente.interfaces.portal.next_step import Pending, Situation, next_step
from sorgente.interfaces.portal.views.appointments import next_visit
from sorgente.interfaces.portal.views.papers import papers_waiting
from sorgente.messages.queries.notification_choices import notification_choices
from sorgente.tickets.queries.inbox import tickets_of_account


@customer
def home(request: HttpRequest) -> HttpResponse:
    """Go to the account looked at the latest, else the first one; a login without any says what to do."""
    accounts = visitor_of(request).accounts
    known = {one.account_number for one in accounts}
    number = request.session.get("account")
    if number not in known:
        number = accounts[0].account_number if accounts else None
    if number is None:
        return render(request, "portal/home/empty.html")
    return redirect("portal:account", number)


@customer
def account(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number)
    as_of = localdate()
    water = water_of(access, as_of=as_of)
    bills = open_bills(access, as_of=as_of)
    by_hand = water.meter is not None and not water.meter.by_radio
    waiting = next((one for one in tickets_of_account(number) if one.state == "waiting"), None)
    visit = next_visit(visitor_of(request)) if access.may_act else None
    to_sign = next(iter(papers_waiting(access.party_id)), None) if access.role == "holder" else None
    step = next_step(
        Situation(
            as_of=as_of,
            may_act=access.may_act,
            bills=bills,
            reads_by_hand=by_hand,
            to_answer=None
            if waiting is None
            else Pending(_("Ci serve una tua risposta"), reverse("portal:request", args=[waiting.number])),
            to_sign=None
            if to_sign is None
            else Pending(
                _("Firma: {title}").format(title=to_sign.title), reverse("portal:papers"), to_sign.expires_at.date()
            ),
            appointment=None
            if visit is None
            else Pending(
                _("Ti aspettiamo alle {hour}").format(hour=f"{localtime(visit.starts_at):%H:%M}"),
                reverse("booking:appointment", args=[visit.token]),
                localdate(visit.starts_at),
            ),
            notifications=_listens(access),
            latest_read_on=water.latest_read.read_on if water.latest_read else None,
        )
    )
    activation = kept(request, "activation")
    context = {
        "access": access,
        "step": step,
        "water": water,
        "by_hand": by_hand,
        "open_bills": bills,
        "open_cents": sum(bill.open_cents for bill in bills),
        "latest_bill": next(iter(bill_rows(access, as_of=as_of)[:1]), None),
        "to_add": bool(activation and activation.get("verified") == visitor_of(request).login.email),
        "visit": visit,
        "as_of": as_of,
    }
    return keep_offline(request, render(request, "portal/home/home.html", context))


def _listens(access: AccountAccess) -> bool | None:
    """Tell whether a telephone or browser of the holder shows notifications; a delegate is not asked."""
    if access.role != "holder":
        return None
    return bool(notification_choices(access.party_id, on=localdate()).devices)
