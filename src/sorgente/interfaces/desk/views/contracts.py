"""Requests about contracts: the list, a new one, and the page of one with what to do now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sorgente.archive.signing.queries.envelopes import latest_of_paper
from sorgente.customers.core.requests import HOUSEHOLD, TERMINATION, UnknownRequest
from sorgente.customers.queries.find import find_customers
from sorgente.customers.queries.overview import ContractCard, UnknownCustomer, customer_overview
from sorgente.customers.queries.requests import KINDS, STATES, RequestView, reads_to_take, request_view, requests_list
from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.requests.forms import OtherPaperForm
from sorgente.interfaces.desk.requests.screens import screens_of
from sorgente.interfaces.desk.requests.summary import summary_of
from sorgente.interfaces.desk.requests.words import other_request, trouble_of
from sorgente.journeys.contracts import sign, steps
from sorgente.journeys.contracts.clocks import reference_of
from sorgente.journeys.contracts.execute import execute
from sorgente.journeys.contracts.papers import prepare_papers
from sorgente.quality.queries.clocks import running_clocks
from sorgente.shared.errors import SorgenteError

_ABOUT_A_CONTRACT = (HOUSEHOLD, TERMINATION)
_HITS = 8


@needs(Right.CONTRACTS)
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """The requests, the latest first, each with its deadline and its next step."""
    asked, as_of = request.GET, timezone.localdate()
    number = asked.get("page", "1")
    found = requests_list(
        state=asked.get("state", "open"),
        kind=asked.get("kind", ""),
        text=asked.get("q", "").strip(),
        page=int(number) if number.isdecimal() and len(number) < 6 else 1,
    )
    clocks = running_clocks([reference_of(line.number) for line in found.lines], as_of=as_of)
    rows = [(line, clocks.get(reference_of(line.number))) for line in found.lines]
    context = {
        "found": found,
        "rows": rows,
        "kinds": KINDS,
        "states": STATES,
        "state": asked.get("state", "open"),
        "visits": reads_to_take(as_of=as_of),
        "as_of": as_of,
    }
    return render(request, "desk/contracts/requests.html", context)


@needs(Right.CONTRACTS)
def request_new(request: HttpRequest) -> HttpResponse:
    """Choose what the customer wants; a change or an end is about a contract there is, which is found first."""
    given = request.POST if request.method == "POST" else request.GET
    party = _number(given.get("customer", ""))
    contract, kind = given.get("contract", ""), given.get("kind", "")
    customer = _customer(party)
    trouble: SorgenteError | None = None
    if request.method == "POST" and kind in dict(KINDS) and (contract or kind not in _ABOUT_A_CONTRACT):
        try:
            made = steps.open_contract_request(
                kind=kind, author=request.user.get_username(), at=timezone.now(), contract_number=contract,
                party_id=None if contract else party, channel=given.get("channel") or "desk",
            )  # fmt: skip
        except SorgenteError as error:
            trouble = error
        else:
            first = screens_of(kind)
            known = party is not None and not contract
            return redirect("desk:request_step", made.line.number, first[1 if known else 0].key)
    text = given.get("q", "").strip()
    context: dict[str, Any] = {
        "customer": customer,
        "contract": contract,
        "kind": kind if kind in _ABOUT_A_CONTRACT else "",
        "running": _running(customer),
        "text": text,
        "hits": [(one, _running(_customer(one.party_id))) for one in find_customers(text, limit=_HITS)],
        "trouble": trouble_of(trouble) if trouble else "",
        "other": other_request(trouble) if trouble else "",
    }
    return render(request, "desk/contracts/new.html", context)


@needs(Right.CONTRACTS)
@require_GET
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    """One request: what it says, what is missing, what it costs, and the one thing to do now."""
    view = found(number)
    waits = view.envelope_id if view.line.state == "to_sign" else None
    if waits is not None and sign.is_over(latest_of_paper(waits)):  # on the signer's own page: the job comes later
        view = sign.finish_signature(number=number, author=request.user.get_username(), at=timezone.now())
    return render(request, "desk/contracts/request.html", _page(view))


@needs(Right.CONTRACTS)
@require_POST
def request_sign(request: HttpRequest, number: str) -> HttpResponse:
    """Prepare the paper and put it before the signer: on a tablet, by a link with a code, or printed."""
    view, now, by = found(number), timezone.now(), request.user.get_username()
    method = request.POST.get("method", "")
    if method not in ("tablet", "otp", "paper"):
        raise Http404(method)
    try:
        prepare_papers(
            number=number, author=by, at=now, method=method, start_at_once=request.POST.get("later") != "1"
        )  # fmt: skip
        if method == "paper":
            return redirect("desk:request", number)
        opened = sign.start_signature(number=number, method=method, author=by, at=now)
    except SorgenteError as error:
        return _refused(request, view, error)
    return redirect("desk:signing_envelope", opened.id)


@needs(Right.CONTRACTS)
@require_POST
def request_scan(request: HttpRequest, number: str) -> HttpResponse:
    """Take the paper signed with ink: its scan, and the clerk's word on which fields bear a signature."""
    view, scan = found(number), request.FILES.get("scan")
    content, name = (b"", "") if scan is None else (scan.read(), str(scan.name))
    signed = request.POST.getlist("signed_fields")
    try:
        sign.sign_on_paper(
            number=number, content=content, filename=name, signed_fields=signed,
            author=request.user.get_username(), at=timezone.now(), hand=request.POST.get("hand", "")[:120],
        )  # fmt: skip
    except SorgenteError as error:
        return _refused(request, view, error)
    return redirect("desk:request", number)


@needs(Right.CONTRACTS)
@require_POST
def request_act(request: HttpRequest, number: str) -> HttpResponseBase:
    """Carry it out, go on in spite of arrears, cancel or refuse it."""
    view, given = found(number), request.POST
    by: dict[str, Any] = {"number": number, "author": request.user.get_username(), "at": timezone.now()}
    reason = given.get("reason", "").strip()
    try:
        if given.get("act") == "execute":
            execute(**by)
            messages.success(request, _("Fatto: la pratica è eseguita."))
        elif given.get("act") == "waive":
            steps.waive_arrears(**by, reason=reason)
        elif given.get("act") == "cancel":
            sign.cancel(**by, reason=reason)
        elif given.get("act") == "refuse":
            steps.refuse(**by, reason=reason)
    except SorgenteError as error:
        return _refused(request, view, error)
    return redirect("desk:request", number)


def found(number: str) -> RequestView:
    """Return a request; raises Http404."""
    try:
        return request_view(number, as_of=timezone.localdate())
    except UnknownRequest:
        raise Http404(number) from None


def _page(view: RequestView) -> dict[str, Any]:
    return {
        "view": view,
        "line": view.line,
        "given": view.answers,
        "as_of": timezone.localdate(),
        "other_paper": OtherPaperForm(),
        **summary_of(view, at=timezone.now()),
    }


def _refused(request: HttpRequest, view: RequestView, error: SorgenteError) -> HttpResponse:
    """Show the page with what went wrong on top: nothing was changed."""
    page = _page(found(view.line.number)) | {"trouble": trouble_of(error), "error": error}
    return render(request, "desk/contracts/request.html", page, status=422)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _customer(party_id: int | None) -> Any:
    if party_id is None:
        return None
    try:
        return customer_overview(party_id, as_of=timezone.localdate())
    except UnknownCustomer:
        raise Http404(str(party_id)) from None


def _running(customer: Any) -> list[ContractCard]:
    accounts = () if customer is None else customer.accounts
    return [one for account in accounts for one in account.contracts if one.active]
