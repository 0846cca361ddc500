"""The paper of a request: drawn from what was told, kept in the archive, ready to be signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from sorgente.archive.papers import Paper, render_paper
from sorgente.archive.queries.documents import document_of, read_document
from sorgente.archive.signing.core.values import FieldKind, SignField
from sorgente.archive.signing.queries.envelopes import latest_of_paper
from sorgente.archive.signing.usecases.end_envelope import cancel_envelope
from sorgente.archive.usecases.store_document import store_document
from sorgente.billing.queries.deposits import deposit_of
from sorgente.customers.core.requests import HANDOVER, NEW_HOLDER
from sorgente.customers.queries.overview import customer_overview
from sorgente.customers.queries.requests import TITLES, RequestView, request_view
from sorgente.customers.queries.uses import use_of
from sorgente.customers.usecases.request_outcome import party_of_request
from sorgente.customers.usecases.request_papers import put_to_sign, reserve_numbers
from sorgente.journeys.contracts.costs import costs_of
from sorgente.journeys.contracts.meter import meter_there
from sorgente.journeys.contracts.money import yearly_milli_of
from sorgente.journeys.contracts.prices import bills_per_year, price_lines, tariff_act
from sorgente.journeys.contracts.steps import followed
from sorgente.journeys.signing import enrolment_values, is_enrolled
from sorgente.shared.secrets import decrypt

_TEMPLATES = {
    "activation": "supply_contract", "subentro": "supply_contract", "takeover": "takeover",
    "takeover_by_death": "takeover", "household": "household_declaration", "termination": "termination",
}  # fmt: skip
_CHANNELS = {"email": "e-mail", "post": "posta", "portal": "area clienti", "pec": "PEC"}
_SERVICES = ((1, "acquedotto"), (2, "fognatura"), (4, "depurazione"))
_TIES = {"heir": "erede", "cohabitant": "convivente residente nell'immobile"}
_TO_BE_GIVEN = "assegnato all'attivazione"


@transaction.atomic
def prepare_papers(
    *, number: str, author: str, at: datetime, method: str = "tablet", start_at_once: bool = True
) -> RequestView:
    """Draw the paper of a request and put it to sign; who asks becomes a party, and numbers are given to the contract.

    method         tablet, otp (away from our desk: the right of withdrawal is told) or paper; a first advanced
                   signature brings its adhesion inside the contract
    start_at_once  the customer wants the supply before that right has run out
    raises         RequestClosed, ChecklistIncomplete (lists what is missing), WrongTransition, and what papers and
                   register_party raise
    """
    request = reserve_numbers(number=number, at=at)
    if request.envelope_id is not None:
        before = latest_of_paper(request.envelope_id)
        if not before.state.final:  # a link that is out must not sign a paper nobody waits for
            cancel_envelope(envelope_id=before.id, reason="another paper was prepared", by=author, at=at)
    party_id = party_of_request(request, at=at)
    view = request_view(number, as_of=at.date())
    iban = decrypt(bytes(request.iban), key=settings.FIELD_KEY) if request.iban else ""
    values = dict(paper_values(view, iban=iban, on=at.date(), at_distance=method == "otp", start_at_once=start_at_once))
    if view.line.kind in NEW_HOLDER and method != "paper" and not is_enrolled(f"party:{party_id}"):
        values["enrolment"] = enrolment_values(on=at.date())
    paper = render_paper(template=_TEMPLATES[view.line.kind], values=values, on=at.date())
    document_id = _stored(paper, view, party_id, at)
    put_to_sign(number=number, document_id=document_id, party_id=party_id, author=author, at=at)
    return followed(number, at=at)


def paper_to_sign(document_id: int) -> Paper:
    """Return a paper that was put to sign, as it was drawn."""
    found = document_of(document_id)
    fields = tuple(
        SignField(one["key"], FieldKind(one["kind"]), one["label"], one["required"], one["page"], tuple(one["box"]))
        for one in found.metadata["fields"]
    )
    told = found.metadata
    return Paper(
        read_document(found.sha256), told["template"], told["template_version"], told["title"], fields, found.kind
    )


def _stored(paper: Paper, view: RequestView, party_id: int, at: datetime) -> int:
    subjects = [f"request:{view.line.number}", f"party:{party_id}"]
    if view.contract_number:
        subjects.append(f"contract:{view.contract_number}")
    fields = [
        {"key": one.key, "kind": one.kind.value, "label": one.label, "required": one.required, "page": one.page,
         "box": list(one.box)}
        for one in paper.fields
    ]  # fmt: skip
    return store_document(
        content=paper.content, title=f"{paper.title} (da firmare)", kind=paper.kind, media_type="application/pdf",
        subject=subjects, stored_at=at,
        metadata={"template": paper.template, "template_version": paper.version, "title": paper.title,
                  "fields": fields},
    ).pk  # fmt: skip


# ---------------------------------------------------------------------- what the templates print


def paper_values(
    view: RequestView, *, iban: str, on: date, at_distance: bool, start_at_once: bool
) -> Mapping[str, Any]:
    """Return the values of the template of a request (archive/papers/templates)."""
    kind = view.line.kind
    given = view.answers
    values: dict[str, Any] = {"contract": _contract(view, on), "party": _party(view), "point": _point(view)}
    if kind in NEW_HOLDER:
        values |= {
            "use": _use(given, on),
            "title": _title(view),
            "prices": price_lines(given["tariff"], given["category"], on=on),
            **_costs(view, on),
            "payment": given["payment_method"],
            "mandate": _mandate(view, iban),
            "at_distance": at_distance,
            "start_at_once": start_at_once,
        }
    if kind in HANDOVER:
        values |= _handover(view)
    elif kind == "household":
        values |= _household(view, on)
    elif kind == "termination":
        values |= _termination(view)
    return values


def _contract(view: RequestView, on: date) -> dict[str, Any]:
    given, kind = view.answers, view.line.kind
    values: dict[str, Any] = {
        "number": view.contract_number, "account": view.account_number, "request": view.line.number,
    }  # fmt: skip
    if kind == "termination":
        return values | {"ends_on": view.line.desired_on}
    if kind == "household":
        return values
    values |= {
        "starts_on": given["read_on"] or view.line.desired_on,
        "bill_address": given["billing_address"],
        "bill_channel": _CHANNELS[given["bill_channel"]],
        "bills_per_year": bills_per_year(yearly_milli_of(view.point_id, on=on), units=given["units"] or 1, on=on),
        "tariff_act": tariff_act(given["tariff"], on=on),
    }
    return values if kind in HANDOVER else values | {"reason": kind}


def _party(view: RequestView) -> dict[str, Any]:
    given = view.answers
    identity = next((one for one in view.papers if one.kind == "identity"), None)
    return {
        "name": given["name"],
        "tax_code": given["tax_code"] or given["vat_number"],
        "vat_number": given["vat_number"],
        "born": f"{given['born_on']:%d/%m/%Y}" if given["born_on"] else "",
        "address": given["billing_address"] or view.line.place,
        "email": given["email"],
        "phone": given["mobile"],
        "pec": given["pec"],
        "sdi_code": given["sdi_code"],
        "identity": "" if identity is None else identity_words(view),
    }


def identity_words(view: RequestView) -> str:
    """Return the identity document in words: "n. CA12345AB, Comune di Valdoro, scade il 04/05/2031"; else empty."""
    one = next((paper for paper in view.papers if paper.kind == "identity"), None)
    if one is None:
        return ""
    until = f", scade il {one.expires_on:%d/%m/%Y}" if one.expires_on else ""
    return f"n. {one.number}, {one.issuer}{until}"


def _point(view: RequestView) -> dict[str, Any]:
    given = view.answers
    there = meter_there(view.point_id)
    return {
        "code": view.point_code or _TO_BE_GIVEN,
        "address": view.line.place,
        "meter": given["meter_serial"] or (there.serial if there else ""),
        "index_m3": None if given["read_milli"] is None else given["read_milli"] // 1000,
    }


def _cadastral(given: Mapping[str, Any]) -> str:
    if not given["cadastral_sheet"]:
        return str(given["cadastral_missing"])
    unit = f", subalterno {given['cadastral_unit']}" if given["cadastral_unit"] else ""
    municipality = f"Comune {given['cadastral_municipality']}, " if given["cadastral_municipality"] else ""
    return f"{municipality}foglio {given['cadastral_sheet']}, particella {given['cadastral_parcel']}{unit}"


def _use(given: Mapping[str, Any], on: date) -> dict[str, Any]:
    return {
        "category": use_of(tariff=given["tariff"], category=given["category"], on=on).label,
        "residents": given["residents"],
        "units": given["units"] or 1,
        "other_units": given["other_units"] or None,
        "services": ", ".join(name for bit, name in _SERVICES if given["services"] & bit),
    }


def _title(view: RequestView) -> dict[str, Any]:
    given = view.answers
    mayor = given["title_type"] == "derogation"
    copied = any(one.kind in ("title", "title_declaration") for one in view.papers)
    return {
        "type": dict(TITLES)[given["title_type"]].lower(),
        "cadastral": _cadastral(given),
        "document": "mayor" if mayor else ("declared" if given["title_declared"] or not copied else "handed_over"),
        "mayor_protocol": given["derogation_protocol"],
    }


def _costs(view: RequestView, on: date) -> dict[str, Any]:
    told = costs_of(view, on=on)
    assert told is not None, "the checklist asks the use"
    costs = [{"name": view.line.kind_label, "cents": told.fee_cents}] if told.fee_cents else []
    if view.line.kind == "takeover_by_death":
        passes = "Quello del contratto precedente passa a questo contratto, senza altri pagamenti."
        return {"costs": costs, "deposit_note": passes if told.deposit_moves else ""}
    if not told.deposit_cents:
        return {"costs": costs}
    first, *others = told.deposit_cents
    deposit = {"total_cents": sum(told.deposit_cents), "first_cents": first, "instalments": len(others)}
    return {"costs": costs, "deposit": deposit}


def _mandate(view: RequestView, iban: str) -> dict[str, Any] | None:
    if not iban:
        return None
    return {
        "umr": f"{view.account_number}-1",
        "iban": iban,
        "holder": view.answers["iban_holder"],
        "holder_tax_code": view.answers["iban_holder_tax_code"],
    }


def _handover(view: RequestView) -> dict[str, Any]:
    given = view.answers
    leaving = None if view.leaving_holder_id is None else customer_overview(view.leaving_holder_id, as_of=date.max)
    stranger = given["point_arrears_cents"] > 0 and given["occupied_before"] is False
    return {
        "because": "death" if view.line.kind == "takeover_by_death" else "agreement",
        "leaving": {
            "name": leaving.name if leaving else "",
            "tax_code": leaving.tax_code if leaving else "",
            "contract": view.leaving_contract_number,
        },
        "tie": _TIES.get(given["relation"], ""),
        "read_on": given["read_on"] or view.line.desired_on,
        "stranger_to_debt": stranger,
    }


def _household(view: RequestView, on: date) -> dict[str, Any]:
    given = view.answers
    from_on = view.line.desired_on
    assert from_on is not None, "the checklist asks the day"
    before = next(
        (
            terms
            for account in customer_overview(view.line.party_id or 0, as_of=on).accounts
            for contract in account.contracts
            if contract.number == view.contract_number
            for terms in contract.history
            if terms.start <= from_on and (terms.end is None or from_on < terms.end)
        ),
        None,
    )
    assert before is not None, "a household changes inside its contract"
    return {
        "before": {
            "category": use_of(tariff=before.tariff, category=before.category, on=on).label,
            "residents": before.residents, "units": before.units,
        },
        "after": {
            "category": use_of(tariff=given["tariff"], category=given["category"], on=on).label,
            "residents": given["residents"], "units": given["units"], "from": from_on,
        },
        "recalculated": from_on < on,
    }  # fmt: skip


def _termination(view: RequestView) -> dict[str, Any]:
    given = view.answers
    deposit = deposit_of(view.contract_number)
    return {
        "read_on": given["read_on"],
        "bill_address": given["billing_address"],
        "bill_email": given["email"],
        "deposit_cents": deposit.billed_cents if deposit is not None and deposit.state == "required" else None,
        "access": "contatore accessibile" if given["access"] == "accessible" else "presente il Cliente",
    }
