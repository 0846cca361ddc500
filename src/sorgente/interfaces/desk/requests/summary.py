"""The summary of a request: what it says, what is missing, what it costs, until when, and the one thing to do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from sorgente.archive.queries.documents import document_of
from sorgente.archive.signing.queries.envelopes import envelopes_of_subject, latest_of_paper
from sorgente.customers.core.requests import EXECUTED, NEW_HOLDER, READY, TO_SIGN, Item
from sorgente.customers.queries.overview import account_by_number
from sorgente.customers.queries.requests import RequestView
from sorgente.interfaces.desk.requests.screens import Screen, screen_for, screens_of
from sorgente.interfaces.desk.requests.words import trouble_of
from sorgente.journeys.contracts.clocks import reference_of
from sorgente.journeys.contracts.costs import costs_of
from sorgente.journeys.contracts.papers import paper_to_sign
from sorgente.journeys.contracts.preview import rebilling_preview
from sorgente.journeys.contracts.sign import ENDS
from sorgente.payments.queries.mandate_list import mandates_of
from sorgente.quality.queries.clocks import clocks_of
from sorgente.shared.errors import SorgenteError


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist with the screen that answers it."""

    item: Item
    screen: str


@dataclass(frozen=True, slots=True)
class Step:
    screen: Screen
    is_done: bool


def steps_of(view: RequestView) -> list[Step]:
    """Return the screens, each done when nothing it asks is missing."""
    lacking = {one.key for one in view.checklist if one.state == "missing" and one.blocks}
    return [Step(one, not (lacking & one.items)) for one in screens_of(view.line.kind)]


def summary_of(view: RequestView, *, at: datetime) -> dict[str, Any]:
    """Return what the page of a request shows."""
    on = at.date()
    kind, state = view.line.kind, view.line.state
    lines = [Line(one, screen_for(kind, one.key)) for one in view.checklist]
    lacking = [one for one in lines if one.item.state == "missing" and one.item.blocks]
    before_signing = [one for one in lacking if one.item.blocks == TO_SIGN]
    context: dict[str, Any] = {
        "steps": steps_of(view),
        "lines": lines,
        "lacking": lacking,
        "first_missing": next((one.screen.key for one in steps_of(view) if not one.is_done), ""),
        "may_sign": state == "documents" and not before_signing,
        "needs_signature": kind in NEW_HOLDER,
        "arrears": [one for one in lines if one.item.key in ("debt_declaration", "own_debt")
                    and one.item.state == "missing"],
        "clocks": clocks_of(reference_of(view.line.number), as_of=on),
        "costs": costs_of(view, on=on) if view.is_open else None,
        "documents": [(one, None if one.document_id is None else document_of(one.document_id)) for one in view.papers],
        "signed": None if view.signed_document_id is None else document_of(view.signed_document_id),
        "may_run": state == READY and not lacking,
        "is_done": state == EXECUTED,
    }  # fmt: skip
    if state == TO_SIGN and view.paper_document_id is not None:
        context["paper"] = document_of(view.paper_document_id)
        context["paper_fields"] = paper_to_sign(view.paper_document_id).fields
        if view.envelope_id is not None:
            context["envelope"] = latest_of_paper(view.envelope_id)
    if context["may_sign"]:
        context |= _unsigned(view)
    if kind == "household" and context["may_run"] and view.line.desired_on is not None:
        context |= _preview(view, at)
    if state == EXECUTED and view.account_number:
        context["mandates"] = _mandates(view, on)
    return context


def _unsigned(view: RequestView) -> dict[str, Any]:
    """Return how the latest signature ended without one, nothing when none was tried."""
    reference = reference_of(view.line.number)
    latest = next(iter(envelopes_of_subject(reference, party_reference=f"party:{view.line.party_id}")), None)
    if latest is None or latest.state not in ENDS:
        return {}
    return {"unsigned": gettext(ENDS[latest.state]), "unsigned_at": latest.ended_at}


def _preview(view: RequestView, at: datetime) -> dict[str, Any]:
    try:
        return {"preview": rebilling_preview(number=view.line.number, at=at)}
    except SorgenteError as error:
        return {"preview_trouble": trouble_of(error)}


def _mandates(view: RequestView, on: date) -> list[Any]:
    found = mandates_of([account_by_number(view.account_number)])
    return [one for one in found if one.state == "active"]
