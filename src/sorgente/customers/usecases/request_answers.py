"""What is asked and told in a request, one step of a screen each. A step may be repeated while nothing is signed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sorgente.customers.core.requests import (
    ACTIVATION,
    DOCUMENTS,
    HANDOVER,
    HOUSEHOLD,
    NEW_HOLDER,
    READY,
    SIGNED,
    SUBENTRO,
    TAKEOVER_BY_DEATH,
    TERMINATION,
    TO_SIGN,
)
from sorgente.customers.core.values import AddressValues, Terms
from sorgente.customers.models import Address, ContractAccount, ContractRequest, Party, ServicePoint, SupplyContract
from sorgente.customers.queries.uses import use_of
from sorgente.customers.usecases.contract_account import ChannelWithoutAddress, UnknownAccount
from sorgente.customers.usecases.contract_requests import (
    check_day,
    move,
    open_locked_request,
    refuse_second,
    save_step,
)
from sorgente.customers.usecases.register_party import PartyIncomplete
from sorgente.customers.usecases.service_point import UnknownServicePoint
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError
from sorgente.shared.secrets import encrypt


class AnswerSigned(SorgenteError):
    code = "customers.request.answer-signed"


class AnswerNotAsked(SorgenteError):
    code = "customers.request.answer-not-asked"


class PointActive(SorgenteError):
    code = "customers.request.point-active"


class PointClosed(SorgenteError):
    code = "customers.request.point-closed"


class PointNeverSupplied(SorgenteError):
    code = "customers.request.point-never-supplied"


class PointSuppliedBefore(SorgenteError):
    code = "customers.request.point-supplied-before"


class SameHolder(SorgenteError):
    code = "customers.request.same-holder"


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
    request = _editable(number, *NEW_HOLDER)
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
        raise _same_holder(known, leaving)
    for field, value in values.items():
        setattr(request, field, value)
    request.party = known
    return _saved(request, author=author, reason="dati di chi chiede", at=at)


@transaction.atomic
def record_point(
    *,
    number: str,
    author: str,
    at: datetime,
    desired_on: date,
    point_code: str = "",
    address: AddressValues | None = None,
    access: str = "accessible",
    cadastral_municipality: str = "",
    cadastral_sheet: str = "",
    cadastral_parcel: str = "",
    cadastral_unit: str = "",
    cadastral_missing: str = "",
) -> ContractRequest:
    """Record where, and from which day: a point there is (`point_code`), or the address of one to be made.

    raises  RequestClosed, AnswerSigned, AnswerNotAsked, DayOutOfRange, UnknownServicePoint, SameHolder,
            ContractAskedAlready; PointActive (names the contract in the way and offers the takeover), PointClosed
            (offers the subentro), PointNeverSupplied (offers the activation), PointSuppliedBefore
    """
    request = _editable(number, *NEW_HOLDER)
    check_day(request, desired_on)
    request.desired_on = desired_on
    request.access = ServicePoint.Access(access)
    request.cadastral_municipality, request.cadastral_sheet = cadastral_municipality.upper().strip(), cadastral_sheet
    request.cadastral_parcel, request.cadastral_unit = cadastral_parcel, cadastral_unit
    request.cadastral_missing = cadastral_missing
    if point_code:
        point = ServicePoint.objects.filter(code="".join(point_code.split())).first()
        if point is None:
            raise UnknownServicePoint(
                f"Service point {point_code}", "There is no such point.", "Search by address or by the meter's serial."
            )
        refuse_second(what=f"Service point {point.code}", point_id=point.pk, but=number)
        request.leaving_contract = _leaving(request, point, desired_on)
        request.point, request.supply_address = point, point.address
    elif request.kind == ACTIVATION and address is not None:
        request.point, request.leaving_contract = None, None
        request.supply_address = Address.objects.create(**asdict(address))
    else:
        raise UnknownServicePoint(
            f"Request {number}", "Neither a service point nor a new address is given.", "Search the point by address."
        )
    return _saved(request, author=author, reason="punto di fornitura", at=at)


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
    request = _editable(number, *NEW_HOLDER)
    if title_type == ContractRequest.Title.DEROGATION and not derogation_protocol.strip():
        raise DerogationWithoutProtocol(
            f"Request {number}",
            "The mayor's act has no protocol number.",
            "Copy it from the act, or choose another title.",
        )
    request.title_type = ContractRequest.Title(title_type)
    request.title_declared, request.derogation_protocol = declared, derogation_protocol.strip()
    request.occupied_before = occupied_before
    return _saved(request, author=author, reason="titolo sull'immobile", at=at)


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
    request = _editable(number, *NEW_HOLDER, HOUSEHOLD)
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
    return _saved(request, author=author, reason="condizioni", at=at)


@transaction.atomic
def record_delivery(
    *,
    number: str,
    author: str,
    at: datetime,
    channel: str,
    address: AddressValues | None = None,
    email: str = "",
    payment_method: str = "",
    iban: str = "",
    iban_holder: str = "",
    iban_holder_tax_code: str = "",
    account_number: str = "",
    desired_on: date | None = None,
    removes_meter: bool = False,
) -> ContractRequest:
    """Record where bills go and how they are paid.

    address         of bills and letters; left out: the supply's. On a termination: where the closing bill goes
    payment_method  pagopa, sdd (with iban; the holder of the bank account is the applicant unless named), transfer
    account_number  an account of the applicant that takes the new contract too
    desired_on      termination: the first day without supply; removes_meter: the meter goes, else it is shut
    raises          RequestClosed, AnswerSigned, AnswerNotAsked, ChannelWithoutAddress, UnknownAccount, DayOutOfRange,
                    InvalidEmail, the errors of the IBAN and of the tax code
    """
    request = _editable(number, *NEW_HOLDER, TERMINATION)
    if request.kind == TERMINATION:
        if desired_on is not None:
            check_day(request, desired_on)
        request.desired_on = desired_on or request.desired_on or request.received_at.date()
        request.removes_meter = removes_meter
    request.bill_channel = ContractAccount.Channel(channel)
    if email:
        request.email = identifiers.email(email)
    _refuse_addressless(request)
    if address is not None:
        request.billing_address = Address.objects.create(**asdict(address))
    elif request.billing_address_id is None:
        request.billing_address = request.supply_address
    if payment_method and request.kind in NEW_HOLDER:
        request.payment_method = ContractAccount.PaymentMethod(payment_method)
        _bank_account(request, iban, iban_holder, iban_holder_tax_code)
        request.account = _own_account(request, account_number) if account_number else None
    return _saved(request, author=author, reason="recapito e pagamento", at=at)


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
        raise _not_asked(request)
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


# ---------------------------------------------------------------------- inside


def _editable(number: str, *kinds: str) -> ContractRequest:
    """Return the request when its kind asks this and nothing is signed; raises AnswerNotAsked, AnswerSigned."""
    request = open_locked_request(number)
    if request.kind not in kinds:
        raise _not_asked(request)
    if request.signed_document_id is not None and request.state in (SIGNED, READY):
        raise AnswerSigned(
            f"Request {number}", "The customer has signed what was told.", "Cancel the request and open a new one."
        )
    return request


def _saved(request: ContractRequest, *, author: str, reason: str, at: datetime) -> ContractRequest:
    # The paper no longer says what was agreed: it is made again.
    if request.state == TO_SIGN:
        move(request, DOCUMENTS)
        request.paper, request.envelope_id = None, None
    return save_step(request, author=author, reason=reason, at=at)


def _not_asked(request: ContractRequest) -> AnswerNotAsked:
    return AnswerNotAsked(
        f"Request {request.number}", f"A request of kind {request.kind} does not ask this.", "Go on with its checklist."
    )


def _refuse_nameless(shown: str, *, is_person: bool, surname: str, first_name: str, code: str) -> None:
    needed = {"surname": surname, "first name": first_name} if is_person else {"name": shown}
    gaps = [what for what, value in {**needed, "tax code": code}.items() if not value.strip()]
    if gaps:
        raise PartyIncomplete(
            f"Party {shown}".strip(),
            f"It has no {' and no '.join(gaps)}.",
            "Ask for an identity document or a company extract.",
        )


def _leaving(request: ContractRequest, point: ServicePoint, day: date) -> SupplyContract | None:
    """Return the contract that hands over, None for a closed point; refuses a point in the wrong state (CON-01)."""
    contracts = SupplyContract.objects.select_related("contract_account__holder").filter(service_point=point)
    running = contracts.filter(supplied__endswith__isnull=True).first() or contracts.filter(
        supplied__endswith__gt=day
    ).first()  # fmt: skip
    before = contracts.order_by("-supplied").first()
    subject = f"Service point {point.code}"
    if request.kind in HANDOVER:
        if running is None:
            raise PointClosed(
                subject, "Nobody is supplied there: there is no contract to take over.", "Open a subentro."
            )
        if request.party_id is not None and running.contract_account.holder_id == request.party_id:
            raise _same_holder(running.contract_account.holder, running)
        return running
    if running is not None:
        raise PointActive(
            subject,
            f"Contract {running.number} of {running.contract_account.holder.name} supplies it"
            f" since {running.supplied.lower}.",
            "Open a takeover (voltura), or wait until that contract has ended.",
        )
    if request.kind == SUBENTRO and before is None:
        raise PointNeverSupplied(subject, "It has never been supplied.", "Open an activation.")
    if request.kind == ACTIVATION and before is not None:
        raise PointSuppliedBefore(
            subject, f"Contract {before.number} supplied it until {before.supplied.upper}.", "Open a subentro."
        )
    return None


def _same_holder(holder: Party, contract: SupplyContract) -> SameHolder:
    return SameHolder(
        f"Contract {contract.number}", f"{holder.name} holds it already.", "Change its data instead of taking it over."
    )


def _refuse_addressless(request: ContractRequest) -> None:
    lacking = {"email": not request.email, "pec": not request.pec}.get(request.bill_channel, False)
    if lacking:
        raise ChannelWithoutAddress(
            f"Request {request.number}",
            f"Bills are to go by {request.bill_channel}, but there is no such address.",
            "Add it, or choose post.",
        )


def _bank_account(request: ContractRequest, iban: str, holder: str, tax_code: str) -> None:
    if request.payment_method != ContractAccount.PaymentMethod.SDD:
        request.iban, request.iban_tail, request.iban_holder, request.iban_holder_tax_code = None, "", "", ""
        return
    found = identifiers.iban(iban)
    request.iban, request.iban_tail = encrypt(found, key=settings.FIELD_KEY), found[-4:]
    request.iban_holder = " ".join(holder.split()) or request.name[:70]
    request.iban_holder_tax_code = (
        identifiers.tax_code(tax_code) if tax_code else request.tax_code or request.vat_number
    )


def _own_account(request: ContractRequest, account_number: str) -> ContractAccount:
    found = ContractAccount.objects.filter(number=account_number, holder=request.party_id, closed_on=None).first()
    if request.party_id is None or found is None:
        raise UnknownAccount(
            f"Contract account {account_number}",
            "It is not an open account of who asks.",
            "Choose one of the applicant's accounts, or leave it empty for a new one.",
        )
    return found
