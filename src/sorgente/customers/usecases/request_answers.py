"""What is asked and told in a request, one step of a screen each. A step may be repeated while nothing is signed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.customers.core.requests import (
    HOUSEHOLD,
    NEW_HOLDER,
    TAKEOVER_BY_DEATH,
)
from sorgente.customers.core.values import Terms
from sorgente.customers.models import ContractRequest, Party
from sorgente.customers.queries.uses import use_of
from sorgente.customers.usecases.contract_requests import (
    check_day,
    open_locked_request,
    save_step,
)
from sorgente.customers.usecases.register_party import PartyIncomplete
from sorgente.customers.usecases.request_steps import editable, not_asked, same_holder, saved
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError


class HouseholdNotTold(SorgenteError):
    code = "customers.request.household-not-told"


class DerogationWithoutProtocol(SorgenteError):
    code = "customers.request.derogation-without-protocol"


@transaction.atomic
def record_applicant(
    *,
    number: str,
    author: str,
    at: datetime,
    party_id: int | None = None,
    kind: str = "person",
    name: str = "",
    first_name: str = "",
    surname: str = "",
    born_on: date | None = None,
    tax_code: str = "",
    vat_number: str = "",
    sdi_code: str = "",
    pec: str = "",
    email: str = "",
    mobile: str = "",
    language: str = "it",
    name_proven_by: str = "",
    relation: str = "",
) -> ContractRequest:
    """Record who asks; a tax code we know is that customer, whose names then stand.

    party_id        a customer found at the desk: then only contacts, language and relation are read
    name_proven_by  the document seen, when the tax code does not fit the name
    relation        heir or cohabitant, on a takeover by death
    raises          RequestClosed, AnswerSigned, AnswerNotAsked, PartyIncomplete, the errors of the identifiers
                    (InvalidTaxCode, TaxCodeOfSomebodyElse, InvalidVatNumber, InvalidSdiCode, InvalidPec, …)
    """
    request = editable(number, *NEW_HOLDER)
    values: dict[str, object] = {
        "email": identifiers.email(email) if email else "",
        "mobile": identifiers.phone(mobile) if mobile else "",
        "language": language,
        "name_proven_by": name_proven_by,
        "relation": ContractRequest.Relation(relation) if relation and request.kind == TAKEOVER_BY_DEATH else "",
    }
    code = identifiers.tax_code(tax_code) if tax_code else ""
    known = Party.objects.filter(pk=party_id).first() if party_id is not None else None
    if known is None:
        shown = " ".join(name.split()) or f"{' '.join(surname.split())} {' '.join(first_name.split())}".strip()
        is_person = Party.Kind(kind) == Party.Kind.PERSON
        _refuse_nameless(shown, is_person=is_person, surname=surname, first_name=first_name, code=code or vat_number)
        if is_person and len(code) == 16 and not name_proven_by:
            identifiers.check_tax_code_fits(code, surname=surname, first_name=first_name, born_on=born_on)
        values |= {
            "applicant_kind": kind,
            "name": shown,
            "first_name": " ".join(first_name.split()),
            "surname": " ".join(surname.split()),
            "born_on": born_on,
            "tax_code": code,
            "vat_number": identifiers.vat_number(vat_number) if vat_number else "",
            "sdi_code": identifiers.sdi_code(sdi_code, public_body=kind == Party.Kind.PUBLIC_BODY) if sdi_code else "",
            "pec": identifiers.pec(pec) if pec else "",
        }
        known = Party.objects.filter(tax_code=code).first() if code else None
    if known is not None:
        values |= {"applicant_kind": known.kind}
        for field in ("name", "first_name", "surname", "born_on", "tax_code", "vat_number", "sdi_code"):
            values[field] = getattr(known, field)
        values["pec"] = values.get("pec") or known.pec
    leaving = request.leaving_contract
    if leaving is not None and known is not None and leaving.contract_account.holder_id == known.pk:
        raise same_holder(known, leaving)
    for field, value in values.items():
        setattr(request, field, value)
    request.party = known
    return saved(request, author=author, reason="dati di chi chiede", at=at)


@transaction.atomic
def record_title(
    *,
    number: str,
    author: str,
    at: datetime,
    title_type: str,
    declared: bool = False,
    derogation_protocol: str = "",
    occupied_before: bool | None = None,
) -> ContractRequest:
    """Record by which right the premises are held (DL 47/2014 art. 5), and whether they were occupied before (CON-03).

    declared  no copy is brought: the substitute declaration stands on the paper and is signed with it
    raises    RequestClosed, AnswerSigned, AnswerNotAsked, DerogationWithoutProtocol
    """
    request = editable(number, *NEW_HOLDER)
    if title_type == ContractRequest.Title.DEROGATION and not derogation_protocol.strip():
        raise DerogationWithoutProtocol(
            f"Request {number}",
            "The mayor's act has no protocol number.",
            "Copy it from the act, or choose another title.",
        )
    request.title_type = ContractRequest.Title(title_type)
    request.title_declared, request.derogation_protocol = declared, derogation_protocol.strip()
    request.occupied_before = occupied_before
    return saved(request, author=author, reason="titolo sull'immobile", at=at)


@transaction.atomic
def record_terms(
    *,
    number: str,
    author: str,
    at: datetime,
    tariff: str = "",
    category: str = "",
    residents: int | None = None,
    units: int = 1,
    other_units: int = 0,
    services: int | None = None,
    from_on: date | None = None,
) -> ContractRequest:
    """Record under which terms: of a new contract, or as they are from a day (household).

    tariff, category, services  left out: as they are on the contract the request is about
    from_on                     the day a household changed; needed there, not asked elsewhere
    raises                      RequestClosed, AnswerSigned, AnswerNotAsked, UseNotOffered, TermsOutOfRange,
                                HouseholdNotTold, DayOutOfRange
    """
    request = editable(number, *NEW_HOLDER, HOUSEHOLD)
    if request.kind == HOUSEHOLD:
        day = from_on or at.date()
        check_day(request, day)
        request.desired_on = day
    use = use_of(
        tariff=tariff or request.tariff,
        category=category or request.category,
        on=request.desired_on or at.date(),
    )
    wanted = services if services is not None else request.services
    Terms(use.tariff, use.category, residents, units, other_units, wanted)  # refuses what cannot be
    if use.asks == "residents" and residents is None:
        raise HouseholdNotTold(
            f"Request {number}", f"Use {use.label} needs the number of residents.", "Ask who is registered there."
        )
    request.tariff, request.category, request.services = use.tariff, use.category, wanted
    request.residents = residents if use.asks == "residents" else None
    request.units, request.other_units = units, other_units
    return saved(request, author=author, reason="condizioni", at=at)


@transaction.atomic
def record_read(
    *,
    number: str,
    author: str,
    at: datetime,
    read_on: date,
    read_milli: int,
    kind: str,
    meter_serial: str = "",
    meter_digits: int = 5,
    meter_diameter_mm: int = 15,
    other_milli: int | None = None,
    confirmed: bool = False,
    read_due_on: date | None = None,
) -> ContractRequest:
    """Record what the meter shows on the day; allowed after the signature too, for the paper does not state it.

    kind         reader (ours) or self (the customer's)
    meter_serial the meter to be put in place (activation, subentro without a meter)
    other_milli  what the leaving customer says it shows; read_due_on: we go and read by this day, the two differ
    raises       RequestClosed, AnswerNotAsked
    """
    request = open_locked_request(number)
    if request.kind == HOUSEHOLD:
        raise not_asked(request)
    request.read_on, request.read_milli, request.read_kind = read_on, read_milli, kind
    request.meter_serial = meter_serial.strip().upper()
    request.meter_digits, request.meter_diameter_mm = meter_digits, meter_diameter_mm
    request.other_read_milli, request.read_due_on = other_milli, read_due_on
    request.read_confirmed_by = author if confirmed else ""
    return save_step(request, author=author, reason="lettura", at=at)


@transaction.atomic
def record_arrears(
    *, number: str, at: datetime, point_cents: int, own_cents: int, author: str = "sistema"
) -> ContractRequest:
    """Record what is overdue on the point and on the applicant's other accounts; only a change is written."""
    request = open_locked_request(number)
    if (request.point_arrears_cents, request.own_arrears_cents) == (point_cents, own_cents):
        return request
    request.point_arrears_cents, request.own_arrears_cents = point_cents, own_cents
    return save_step(request, author=author, reason="arretrati", at=at)


@transaction.atomic
def waive_arrears(*, number: str, author: str, at: datetime, reason: str) -> ContractRequest:
    """Let a request go on in spite of arrears: somebody decides it and says why. Raises RequestClosed."""
    request = open_locked_request(number)
    request.arrears_waived_by, request.arrears_waived_why = author, reason
    return save_step(request, author=author, reason=f"si procede con arretrati: {reason}", at=at)


def _refuse_nameless(shown: str, *, is_person: bool, surname: str, first_name: str, code: str) -> None:
    needed = {"surname": surname, "first name": first_name} if is_person else {"name": shown}
    gaps = [what for what, value in {**needed, "tax code": code}.items() if not value.strip()]
    if gaps:
        raise PartyIncomplete(
            f"Party {shown}".strip(),
            f"It has no {' and no '.join(gaps)}.",
            "Ask for an identity document or a company extract.",
        )
