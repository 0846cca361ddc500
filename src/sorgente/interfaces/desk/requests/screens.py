"""The screens of each kind of request: which form, what it starts with, which lines of the checklist it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from sorgente.customers.core.requests import ACTIVATION, HANDOVER, HOUSEHOLD, TAKEOVER_BY_DEATH, TERMINATION
from sorgente.customers.queries.overview import account_by_number, account_overview, customer_overview
from sorgente.customers.queries.places import address_of, served_places
from sorgente.customers.queries.requests import RequestView
from sorgente.customers.queries.uses import uses_on
from sorgente.interfaces.desk.requests import forms
from sorgente.journeys.contracts.meter import meter_there


@dataclass(frozen=True, slots=True)
class Screen:
    """`items` are the lines of the checklist that this screen answers."""

    key: str
    label: str
    title: str
    items: frozenset[str]


_WHO = Screen("who", _("Chi"), _("Chi chiede?"), frozenset({"applicant", "tax_code", "contact", "einvoice_address",
                                                            "relation"}))  # fmt: skip
_WHERE = Screen("where", _("Dove"), _("Dove, e da quando?"), frozenset({"point", "desired_day", "cadastral"}))
_USE = Screen("use", _("Uso"), _("A che cosa serve, e a chi?"), frozenset({"terms", "household", "title",
                                                                           "debt_declaration"}))  # fmt: skip
_BILLS = Screen("bills", _("Bollette"), _("Dove arrivano le bollette, e come si pagano?"),
                frozenset({"delivery", "payment", "iban"}))  # fmt: skip
_PAPERS = Screen(
    "papers", _("Documenti"), _("Documenti e lettura"),
    frozenset({"identity", "death", "heir", "read", "opening_read", "meter"}),
)  # fmt: skip
_CHANGE = Screen("change", _("Nucleo"), _("Come cambia chi ci abita?"), frozenset({"terms", "household",
                                                                                   "desired_day"}))  # fmt: skip
_LEAVE = Screen(
    "leave", _("Fine"), _("Quando finisce, e dove mandiamo la chiusura?"),
    frozenset({"desired_day", "delivery", "closing_read"}),
)  # fmt: skip


def screens_of(kind: str) -> tuple[Screen, ...]:
    """Return the screens of a kind of request, in their order; the summary comes after them."""
    if kind == HOUSEHOLD:
        return (_CHANGE,)
    if kind == TERMINATION:
        return (_LEAVE,)
    return (_WHO, _WHERE, _USE, _BILLS, _PAPERS)


def screen_for(kind: str, item: str) -> str:
    """Return the key of the screen where a line of the checklist is answered; empty: on the summary."""
    return next((one.key for one in screens_of(kind) if item in one.items), "")


def form_for(
    view: RequestView, key: str, *, asked: dict[str, Any], on: date, data: Any = None, files: Any = None
) -> Any:
    """Return the form of a screen, filled with what is known and with what is likely.

    asked  parameters of the address: `as` (person or company) and `tax_code`
    """
    return _FORMS[key](view, asked, on, data, files)


def _who(view: RequestView, asked: dict[str, Any], on: date, data: Any, files: Any) -> forms.StepForm:
    given = view.answers
    initial = {name: given[name] for name in ("tax_code", "surname", "first_name", "name", "vat_number", "sdi_code",
                                              "pec", "email", "mobile", "relation", "name_proven_by")}  # fmt: skip
    made: type[forms.StepForm]
    if view.line.party_id is not None:
        made = forms.KnownForm
    elif asked.get("as") == "company" or (given["applicant_kind"] not in ("", "person") and not asked.get("as")):
        made = forms.CompanyForm
    else:
        made = forms.PersonForm
    form = made(data, initial=initial)
    if view.line.kind != TAKEOVER_BY_DEATH:
        form.drop("relation")
    return form


def _where(view: RequestView, asked: dict[str, Any], on: date, data: Any, files: Any) -> forms.StepForm:
    given = view.answers
    address = address_of(given["supply_address_id"]) if view.point_id is None else None
    places = served_places()
    initial = {name: given[name] for name in ("access", "cadastral_sheet", "cadastral_parcel", "cadastral_unit",
                                              "cadastral_missing")}  # fmt: skip
    initial["desired_on"] = view.line.desired_on or on
    if address is not None:
        place = next((one.key for one in places if one.istat_code == address.istat_code), "")
        initial |= {"street": address.street, "house_number": address.house_number, "place": place}
    form = forms.WhereForm(data, initial=initial)
    if view.line.kind == ACTIVATION:
        form.offers("place", [(one.key, f"{one.municipality} ({one.postal_code})") for one in places])
    else:
        form.drop("street", "house_number", "place", "access")
    return form


def _use(view: RequestView, asked: dict[str, Any], on: date, data: Any, files: Any) -> forms.StepForm:
    given = view.answers
    before = None if given["category"] else _terms_before(view, on)
    services = before.services if before else given["services"]
    initial = {
        "use": f"{before.tariff}|{before.category}" if before else f"{given['tariff']}|{given['category']}",
        "residents": given["residents"],
        "units": given["units"] or (before.units if before else 1),
        "other_units": given["other_units"] or (before.other_units if before else 0),
        "services": [bit for bit, _word in forms.SERVICES if services & int(bit)],
        "title_type": given["title_type"] or ("inheritance" if view.line.kind == TAKEOVER_BY_DEATH else "ownership"),
        "declared": given["title_declared"] if given["title_type"] else True,
        "derogation_protocol": given["derogation_protocol"],
        "occupied_before": {True: "yes", False: "no", None: ""}[given["occupied_before"]],
    }
    form = forms.UseForm(data, initial=initial)
    form.offers("use", _uses(view.line.desired_on or on))
    if view.line.kind == ACTIVATION or given["point_arrears_cents"] <= 0:
        form.drop("occupied_before")
    return form


def _bills(view: RequestView, asked: dict[str, Any], on: date, data: Any, files: Any) -> forms.StepForm:
    given = view.answers
    accounts = []
    if view.line.party_id is not None:
        accounts = [one for one in customer_overview(view.line.party_id, as_of=on).accounts if one.closed_on is None]
    initial = {
        "channel": given["bill_channel"] or ("email" if given["email"] else "pec" if given["pec"] else "post"),
        "payment_method": given["payment_method"] or "sdd",
        "email": given["email"],
        "iban_holder": given["iban_holder"] if given["iban_holder"] != given["name"][:70] else "",
        "iban_tail": given["iban_tail"],
        "account_number": view.account_number if given["account_id"] else "",
        **_elsewhere(view),
    }
    form = forms.BillsForm(data, initial=initial)
    if given["iban_tail"]:
        form.fields["iban"].help_text = translated("C'è già, finisce con {tail}: riscrivilo solo se cambia.").replace(
            "{tail}", given["iban_tail"]
        )
    if accounts:
        form.offers(
            "account_number", [("", translated("Un conto nuovo")), *[(one.number, one.number) for one in accounts]]
        )
    else:
        form.drop("account_number")
    return form


def _papers(view: RequestView, asked: dict[str, Any], on: date, data: Any, files: Any) -> forms.StepForm:
    given, kind = view.answers, view.line.kind
    identity = next((one for one in view.papers if one.kind == "identity"), None)
    issuer = (identity.issuer if identity else "").partition(", ")
    read, other = given["read_milli"], given["other_read_milli"]
    form = forms.PapersForm(
        data,
        files,
        initial={
            "identity_kind": issuer[0] if issuer[1] else "Carta d'identità",
            "identity_number": identity.number if identity else "",
            "issuer": issuer[2] if issuer[1] else issuer[0],
            "identity_expires_on": identity.expires_on if identity else None,
            "meter_serial": given["meter_serial"],
            "meter_digits": given["meter_digits"],
            "index": None if read is None else read // 1000,
            "leaving_index": None if other is None else other // 1000,
            "read_on": given["read_on"] or min(view.line.desired_on or on, on),
            "read_kind": given["read_kind"] or "reader",
        },
    )
    if meter_there(view.point_id) is not None:
        form.drop("meter_serial", "meter_digits")
    if kind not in HANDOVER:
        form.drop("leaving_index")
    if kind != TAKEOVER_BY_DEATH:
        form.drop("death_number", "death_scan", "heir_number", "heir_scan")
    if given["title_declared"]:
        form.drop("title_scan")
    return form


def _change(view: RequestView, asked: dict[str, Any], on: date, data: Any, files: Any) -> forms.StepForm:
    given = view.answers
    initial = {
        "from_on": view.line.desired_on or on, "use": f"{given['tariff']}|{given['category']}",
        "residents": given["residents"], "units": given["units"] or 1, "other_units": given["other_units"],
    }  # fmt: skip
    form = forms.HouseholdForm(data, initial=initial)
    form.offers("use", _uses(view.line.desired_on or on))
    return form


def _leave(view: RequestView, asked: dict[str, Any], on: date, data: Any, files: Any) -> forms.StepForm:
    given = view.answers
    read = given["read_milli"]
    return forms.LeaveForm(
        data,
        initial={
            "desired_on": view.line.desired_on or on,
            "index": None if read is None else read // 1000,
            "read_kind": given["read_kind"] or "reader",
            "removes_meter": given["removes_meter"],
            "channel": given["bill_channel"],
            "email": given["email"],
            **_elsewhere(view),
        },
    )


_FORMS = {
    "who": _who, "where": _where, "use": _use, "bills": _bills, "papers": _papers, "change": _change, "leave": _leave,
}  # fmt: skip


def _uses(on: date) -> list[tuple[str, str]]:
    return [(f"{one.tariff}|{one.category}", one.label) for one in uses_on(on)]


def asks_of(on: date) -> dict[str, str]:
    """Return use -> what it asks (residents, units or nothing), as the page marks its options."""
    return {f"{one.tariff}|{one.category}": one.asks for one in uses_on(on)}


def _terms_before(view: RequestView, on: date) -> Any:
    """Return the terms of the contract that hands over: whoever enters mostly goes on likewise."""
    if view.leaving_holder_id is None:
        return None
    accounts = customer_overview(view.leaving_holder_id, as_of=on).accounts
    contracts = [one for account in accounts for one in account.contracts]
    return next((one.terms for one in contracts if one.number == view.leaving_contract_number), None)


def _elsewhere(view: RequestView) -> dict[str, Any]:
    """Return the address of bills where it is not that of the supply."""
    given = view.answers
    bills = address_of(given["billing_address_id"])
    if bills is None or given["billing_address"] in (given["supply_address"], view.line.place, _of_account(view)):
        return {"elsewhere": False}
    names = ("street", "house_number", "postal_code", "municipality", "province")
    return {"elsewhere": True, **{name: getattr(bills, name) for name in names}}


def _of_account(view: RequestView) -> str:
    """Return where bills go already, on a request about a contract there is."""
    if view.line.kind != TERMINATION:
        return ""
    return account_overview(account_by_number(view.account_number), as_of=date.max).billing_address
