"""What each screen records: its fields, told to the journeys' steps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from sorgente.customers.core.births import birth_told
from sorgente.customers.core.values import AddressValues
from sorgente.customers.queries.overview import account_by_number, account_overview, customer_overview
from sorgente.customers.queries.places import address_of, served_places
from sorgente.customers.queries.requests import RequestView, iban_of_request
from sorgente.interfaces.desk.requests.forms import CompanyForm, PersonForm, StepForm
from sorgente.journeys.contracts import steps
from sorgente.payments.usecases.refunds import set_refund_iban
from sorgente.shared.identifiers import tax_code


@transaction.atomic
def save(view: RequestView, key: str, form: StepForm, *, point: str, author: str, at: datetime) -> None:
    """Record a screen, whole or not at all; raises what the steps raise.

    point  code of the point chosen on the screen `where`
    """
    by = {"number": view.line.number, "author": author, "at": at}
    _SAVES[key](view, form, form.cleaned_data, by, point)


def pick_customer(view: RequestView, *, party_id: int, relation: str, author: str, at: datetime) -> None:
    """Take a customer we have as applicant, reached as we know."""
    card = customer_overview(party_id, as_of=at.date())
    contacts = {one.kind: one.value for one in reversed(card.contacts)}  # of two, the preferred
    steps.record_applicant(
        number=view.line.number, author=author, at=at, party_id=party_id, language=card.language, relation=relation,
        email=contacts.get("email", ""), mobile=contacts.get("mobile", ""),
    )  # fmt: skip


def _who(view: RequestView, form: StepForm, told: dict[str, Any], by: dict[str, Any], point: str) -> None:
    given = dict(told)
    if isinstance(form, PersonForm):
        code = tax_code(given["tax_code"])
        given["born_on"] = birth_told(code, on=by["at"].date()).born_on if len(code) == 16 else None
    elif isinstance(form, CompanyForm):
        given |= {"kind": "company", "tax_code": given["tax_code"] or given["vat_number"]}
    steps.record_applicant(**by, party_id=view.line.party_id, **given)


def _where(view: RequestView, form: StepForm, told: dict[str, Any], by: dict[str, Any], point: str) -> None:
    given = dict(told)
    street, house, key = (given.pop(name, "") for name in ("street", "house_number", "place"))
    given["access"] = given.get("access") or "accessible"
    address = None
    if not point and street:
        place = next(one for one in served_places() if one.key == key)
        address = AddressValues(
            " ".join(street.split()), house.strip(), place.postal_code, place.municipality, place.province,
            place.istat_code,
        )  # fmt: skip
    elif not point:
        point = view.point_code
    steps.record_point(**by, point_code=point, address=address, **given)


def _use(view: RequestView, form: StepForm, told: dict[str, Any], by: dict[str, Any], point: str) -> None:
    tariff, _bar, category = told["use"].partition("|")
    services = 1 + sum(int(bit) for bit in told["services"])
    steps.record_terms(
        **by, tariff=tariff, category=category, residents=told["residents"], units=told["units"] or 1,
        other_units=told["other_units"] or 0, services=services,
    )  # fmt: skip
    before = told.get("occupied_before", "")
    steps.record_title(
        **by, title_type=told["title_type"], declared=told["declared"],
        derogation_protocol=told["derogation_protocol"], occupied_before={"yes": True, "no": False}.get(before),
    )  # fmt: skip


def _bills(view: RequestView, form: StepForm, told: dict[str, Any], by: dict[str, Any], point: str) -> None:
    steps.record_delivery(
        **by,
        channel=told["channel"],
        address=_address(told) or address_of(view.answers["supply_address_id"]),
        email=told["email"],
        payment_method=told["payment_method"],
        **_bank(view, told, by),
        account_number=told.get("account_number", ""),
    )


def _bank(view: RequestView, told: dict[str, Any], by: dict[str, Any]) -> dict[str, Any]:
    """Return the bank account told; left empty, the one that was told before."""
    iban = told["iban"]
    if not iban and view.answers["iban_tail"] and told["payment_method"] == "sdd":
        iban = iban_of_request(view.line.number)
    return {
        "iban": iban, "iban_holder": told["iban_holder"], "iban_holder_tax_code": told["iban_holder_tax_code"],
    }  # fmt: skip


def _papers(view: RequestView, form: StepForm, told: dict[str, Any], by: dict[str, Any], point: str) -> None:
    known = {(one.kind, one.number) for one in view.papers}
    number = told["identity_number"].strip().upper()
    if number and (("identity", number) not in known or told["scan"]):
        _set_aside(view, "identity", by)
        _paper(
            by, "identity", told["scan"], number, issuer=f"{told['identity_kind']}, {told['issuer']}".strip(", "),
            expires_on=told["identity_expires_on"],
        )  # fmt: skip
    if told.get("title_scan"):
        _paper(by, "title", told["title_scan"], "")
    for kind in ("death", "heir"):
        if told.get(f"{kind}_number") or told.get(f"{kind}_scan"):
            _paper(by, kind, told.get(f"{kind}_scan"), told.get(f"{kind}_number", ""))
    if told["index"] is not None:
        leaving = told.get("leaving_index")
        steps.record_read(
            **by,
            read_on=told["read_on"] or by["at"].date(),
            index_milli=told["index"] * 1000,
            kind=told["read_kind"] or "reader",
            meter_serial=told.get("meter_serial", ""),
            meter_digits=int(told.get("meter_digits") or 5),
            leaving_index_milli=None if leaving is None else leaving * 1000,
            confirmed=told["confirmed"],
        )


def _change(view: RequestView, form: StepForm, told: dict[str, Any], by: dict[str, Any], point: str) -> None:
    tariff, _bar, category = told["use"].partition("|")
    steps.record_terms(
        **by, tariff=tariff, category=category, residents=told["residents"], units=told["units"] or 1,
        other_units=told["other_units"] or 0, from_on=told["from_on"],
    )  # fmt: skip


def _leave(view: RequestView, form: StepForm, told: dict[str, Any], by: dict[str, Any], point: str) -> None:
    steps.record_delivery(
        **by,
        channel=told["channel"],
        address=_address(told),
        email=told["email"],
        desired_on=told["desired_on"],
        removes_meter=told["removes_meter"],
    )
    if told["iban"]:
        account = account_overview(account_by_number(view.account_number), as_of=by["at"].date())
        holder = told["iban_holder"] or account.holder_name
        set_refund_iban(account_number=view.account_number, iban=told["iban"], holder_name=holder, at=by["at"])
    if told["index"] is not None:
        steps.record_read(
            **by, read_on=told["desired_on"], index_milli=told["index"] * 1000, kind=told["read_kind"] or "reader",
            confirmed=told["confirmed"],
        )  # fmt: skip


_SAVES = {
    "who": _who, "where": _where, "use": _use, "bills": _bills, "papers": _papers, "change": _change, "leave": _leave,
}  # fmt: skip


def add_paper(view: RequestView, told: dict[str, Any], *, author: str, at: datetime) -> None:
    """Add one more paper, scanned or by its number."""
    by = {"number": view.line.number, "author": author, "at": at}
    _paper(by, told["kind"], told["scan"], told["number"])


def _paper(
    by: dict[str, Any], kind: str, scan: Any, number: str, *, issuer: str = "", expires_on: date | None = None
) -> None:
    if scan:
        steps.attach_file(
            **by, kind=kind, content=scan.read(), filename=scan.name, paper_number=number, issuer=issuer,
            expires_on=expires_on,
        )  # fmt: skip
    else:
        steps.attach_paper(**by, kind=kind, paper_number=number, issuer=issuer, expires_on=expires_on)


def _set_aside(view: RequestView, kind: str, by: dict[str, Any]) -> None:
    for one in view.papers:
        if one.kind == kind:
            steps.withdraw_paper(**by, paper_id=one.id)


def _address(told: dict[str, Any]) -> AddressValues | None:
    """Return another address for the bills, None when they go where the water goes."""
    if not told["elsewhere"]:
        return None
    town = told["municipality"].strip()
    served = next((one for one in served_places() if one.municipality.lower() == town.lower()), None)
    return AddressValues(
        told["street"], told["house_number"], told["postal_code"], town, told["province"].upper(),
        served.istat_code if served else "",
    )  # fmt: skip
