"""The screens of a request, one form each, and what they look up while the clerk types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from sorgente.customers.queries.requests import RequestView
from sorgente.interfaces.desk.access import Right, needs
from sorgente.interfaces.desk.requests.finding import people_like, point_of, points_like
from sorgente.interfaces.desk.requests.forms import OtherPaperForm
from sorgente.interfaces.desk.requests.saves import add_paper, pick_customer, save
from sorgente.interfaces.desk.requests.screens import asks_of, form_for, screens_of
from sorgente.interfaces.desk.requests.summary import steps_of
from sorgente.interfaces.desk.requests.words import INSTEAD, other_request, trouble_of
from sorgente.interfaces.desk.views.contracts import found
from sorgente.journeys.contracts import steps
from sorgente.journeys.contracts.costs import costs_of
from sorgente.journeys.contracts.meter import meter_there
from sorgente.journeys.contracts.switch import switch_kind
from sorgente.shared.errors import SorgenteError

_SWITCHES = ("activation", "subentro", "takeover", "takeover_by_death")


@needs(Right.CONTRACTS)
def request_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One screen: its form, saved whole or shown again with what is wrong beside the field."""
    view = found(number)
    screens = screens_of(view.line.kind)
    at = next((place for place, one in enumerate(screens) if one.key == step), None)
    if at is None:
        raise Http404(step)
    if not view.is_open:
        return redirect("desk:request", number)
    now, on = timezone.now(), timezone.localdate()
    asked = request.GET.dict()
    refusal: SorgenteError | None = None
    if request.method == "POST":
        following = screens[at + 1].key if at + 1 < len(screens) else ""
        form = form_for(view, step, asked=asked, on=on, data=request.POST, files=request.FILES)
        chosen, point = request.POST.get("party", ""), request.POST.get("point", "")
        try:
            if step == "who" and chosen.isdecimal():
                pick_customer(view, party_id=int(chosen), relation=request.POST.get("relation", ""),
                              author=request.user.get_username(), at=now)  # fmt: skip
                return _on(number, following)
            if form.is_valid():
                save(view, step, form, point=point, author=request.user.get_username(), at=now)
                return _on(number, following)
        except SorgenteError as error:
            form.refuse(error)
            refusal = error
    else:
        form = form_for(view, step, asked=asked, on=on)
    context: dict[str, Any] = {
        "view": view,
        "line": view.line,
        "given": view.answers,
        "screen": screens[at],
        "place": at + 1,
        "steps": steps_of(view),
        "form": form,
        "refusal": refusal,
        "instead": INSTEAD.get(refusal.code, "") if refusal else "",
        "other": other_request(refusal) if refusal else "",
        "as_of": on,
        **_beside(request, view, step),
    }
    return render(request, "desk/contracts/step.html", context, status=422 if refusal or form.errors else 200)


@needs(Right.CONTRACTS)
@require_GET
def request_find(request: HttpRequest, number: str) -> HttpResponse:
    """What the clerk's words may mean: customers on the screen `who`, points on the screen `where`."""
    view, text, on = found(number), request.GET.get("q", "").strip(), timezone.localdate()
    if request.GET.get("what") == "points":
        context = {"choices": points_like(text, kind=view.line.kind, as_of=on), "text": text, "line": view.line}
        return render(request, "desk/contracts/points.html", context)
    people = people_like(text, on=on)
    return render(request, "desk/contracts/people.html", {"people": people, "text": text})


@needs(Right.CONTRACTS)
@require_POST
def request_switch(request: HttpRequest, number: str) -> HttpResponse:
    """Go on as another kind of request, with the same applicant and the point that asked for it."""
    kind = request.POST.get("kind", "")
    if kind not in _SWITCHES or found(number).line.kind not in _SWITCHES:
        raise Http404(kind)
    made = switch_kind(number=number, kind=kind, author=request.user.get_username(), at=timezone.now())
    answer = redirect("desk:request_step", made.line.number, "where" if made.answers["name"] else "who")
    answer["Location"] += f"?point={request.POST.get('point', '')}"
    return answer


@needs(Right.CONTRACTS)
@require_POST
def request_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Add a paper, or set one aside that was brought by mistake."""
    view, author = found(number), request.user.get_username()
    taken = request.POST.get("withdraw", "")
    if taken.isdecimal():
        steps.withdraw_paper(number=number, paper_id=int(taken), author=author, at=timezone.now())
        return redirect("desk:request", number)
    form = OtherPaperForm(request.POST, request.FILES)
    if not form.is_valid():
        told = [f"{form[name].label}: {words[0]}" for name, words in form.errors.items() if name in form.fields]
        messages.error(request, " ".join(told))
        return redirect("desk:request", number)
    try:
        add_paper(view, form.cleaned_data, author=author, at=timezone.now())
    except SorgenteError as error:
        messages.error(request, trouble_of(error))
    return redirect("desk:request", number)


def _on(number: str, following: str) -> HttpResponse:
    return redirect("desk:request_step", number, following) if following else redirect("desk:request", number)


def _beside(request: HttpRequest, view: RequestView, step: str) -> dict[str, Any]:
    """Return what a screen shows beside its form."""
    on = timezone.localdate()
    given = request.POST if request.method == "POST" else request.GET
    if step == "where":
        code = given.get("point", "") or view.point_code
        text = given.get("q", "").strip()
        return {
            "chosen": point_of(code, kind=view.line.kind, as_of=on),
            "choices": points_like(text, kind=view.line.kind, as_of=on) if text and not code else [],
            "text": text,
        }
    if step == "who":
        return {"as_company": given.get("as") == "company", "text": given.get("q", "")}
    if step in ("use", "change"):
        return {"asks": asks_of(view.line.desired_on or on)}
    if step in ("bills",):
        return {"costs": costs_of(view, on=on)}
    if step in ("papers", "leave"):
        return {"meter": meter_there(view.point_id)}
    return {}
