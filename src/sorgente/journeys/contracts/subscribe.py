"""A new contract: activation of a new point, subentro on a closed one, and the entering half of a voltura."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from sorgente.archive.queries.documents import document_of, read_document
from sorgente.archive.usecases.store_document import store_document
from sorgente.billing.usecases.deposits import require_deposit
from sorgente.customers.core.regions import region_of
from sorgente.customers.core.values import AddressValues, Terms
from sorgente.customers.queries.requests import RequestView
from sorgente.customers.usecases.contact_points import add_contact_point
from sorgente.customers.usecases.contract_account import open_contract_account
from sorgente.customers.usecases.request_outcome import party_of_request
from sorgente.customers.usecases.service_point import create_service_point
from sorgente.customers.usecases.supply_contract import open_supply_contract
from sorgente.journeys.contracts.meter import begin_supply_read
from sorgente.journeys.contracts.money import charge_fee, yearly_cents, yearly_milli_of
from sorgente.journeys.contracts.outcome import Outcome
from sorgente.metering.usecases.annual_consumption import compute_annual_consumption
from sorgente.payments.usecases.register_mandate import register_mandate
from sorgente.shared.company import company
from sorgente.shared.secrets import decrypt

# Key of a field on the paper -> (purpose of the consent, contacts it is about).
_CONSENTS = {
    "consent_paperless": ("paperless", ("email",)),
    "consent_marketing": ("marketing", ("email", "mobile")),
    "consent_surveys": ("surveys", ("email", "mobile")),
}


@dataclass(frozen=True, slots=True)
class NewContract:
    """What a new holder brought into being."""

    party_id: int
    account_id: int
    account_number: str
    contract_id: int
    contract_number: str
    point_id: int


def carry_out(request: Any, view: RequestView, *, author: str, at: datetime) -> Outcome:
    """Open point, account, contract, meter, mandate and deposit from the day of the opening read."""
    del view
    on = request.read_on
    new = new_contract(request, on=on, author=author, at=at)
    ask_deposit(request, new, on=on, at=at)
    return Outcome(on, contract_id=new.contract_id, account_id=new.account_id, point_id=new.point_id)


def new_contract(request: Any, *, on: date, author: str, at: datetime) -> NewContract:
    """Open the contract of who asks, from a day with a read; the deposit is for the caller.

    raises  what register_party, open_contract_account, create_service_point, open_supply_contract (PointAlreadySupplied
            names the contract in the way), the meter and register_mandate raise
    """
    party_id = party_of_request(request, at=at)
    account_id, account_number, is_new = _account(request, party_id, on)
    point_id = (
        request.point_id
        or create_service_point(
            address=address_values(request.supply_address),
            region=region_of(request.supply_address.istat_code),
            access=request.access,
        ).pk
    )
    begin_supply_read(
        point_id=point_id, serial=request.meter_serial, digits=request.meter_digits,
        diameter_mm=request.meter_diameter_mm, read_on=on, index_milli=request.read_milli, kind=request.read_kind,
        confirmed_by=request.read_confirmed_by, at=at,
    )  # fmt: skip
    contract = open_supply_contract(
        contract_account_id=account_id,
        service_point_id=point_id,
        starts_on=on,
        terms=terms_of(request),
        recorded_at=at,
        number=request.contract_number,
        reason=f"Richiesta {request.number}",
    )
    if is_new and request.iban:
        _mandate(request, account_id, account_number)
    _consents(request, party_id, at)
    _name_documents(request, party_id, account_number, contract.number, at)
    charge_fee(
        number=request.number, kind=request.kind, label=str(request.get_kind_display()),
        contract_number=contract.number, on=on, at=at,
    )  # fmt: skip
    return NewContract(party_id, account_id, account_number, contract.pk, contract.number, point_id)


def ask_deposit(request: Any, new: NewContract, *, on: date, at: datetime) -> None:
    """Ask the deposit of a new contract on a year of the point's consumption, or of its class, unless a rule frees."""
    # A point connected after the yearly computation has no Ca yet: it gets that of its class.
    compute_annual_consumption(year=on.year, as_of=on, only_missing=True)
    require_deposit(
        contract_number=new.contract_number,
        yearly_cents=yearly_cents(terms=terms_of(request), yearly_milli=yearly_milli_of(new.point_id, on=on), on=on),
        on=on,
        at=at,
    )


def terms_of(request: Any) -> Terms:
    """Return the terms a request asks for."""
    return Terms(
        request.tariff, request.category, residents=request.residents, units=request.units or 1,
        other_units=request.other_units, services=request.services,
    )  # fmt: skip


def address_values(address: Any) -> AddressValues:
    return AddressValues(**{name: getattr(address, name) for name in AddressValues.__dataclass_fields__})


def _account(request: Any, party_id: int, on: date) -> tuple[int, str, bool]:
    if request.account is not None:
        return request.account.pk, request.account.number, False
    made = open_contract_account(
        holder_id=party_id,
        billing_address=address_values(request.billing_address),
        channel=request.bill_channel,
        payment_method=request.payment_method,
        opened_on=on,
        email=request.email,
        number=request.account_number,
    )
    return made.pk, made.number, True


def _mandate(request: Any, account_id: int, account_number: str) -> None:
    register_mandate(
        contract_account_id=account_id,
        iban=decrypt(bytes(request.iban), key=settings.FIELD_KEY),
        holder_name=request.iban_holder,
        holder_tax_code=request.iban_holder_tax_code,
        signed_on=request.signed_at.date(),
        creditor_id=company().creditor_id,
        umr=f"{account_number}-1",
    )


def _consents(request: Any, party_id: int, at: datetime) -> None:
    """Record the consents that were signed, each by its own field; what was not signed is not given."""
    evidence = f"envelope:{request.envelope_id}" if request.envelope_id else f"document:{request.signed_document_id}"
    for key in request.signed_fields.split():
        purpose, kinds = _CONSENTS.get(key, ("", ()))
        for kind in kinds:
            value = getattr(request, kind)
            if value:
                add_contact_point(
                    party_id=party_id, kind=kind, value=value, given_at=request.signed_at or at, preferred=True,
                    consents={purpose: evidence},
                )  # fmt: skip


def _name_documents(request: Any, party_id: int, account: str, contract: str, at: datetime) -> None:
    """Name party, account, contract and mandate on the papers of the request, so that each finds its evidence."""
    subjects = [f"party:{party_id}", f"account:{account}", f"contract:{contract}"]
    papers = [(one.document_id, subjects) for one in request.papers.filter(withdrawn_at=None) if one.document_id]
    if request.signed_document_id is not None:
        mandate = [f"mandate:{account}-1"] if request.iban else []
        papers.append((request.signed_document_id, [*subjects, *mandate]))
    for document_id, names in papers:
        known = document_of(document_id)
        store_document(
            content=read_document(known.sha256), title=known.title, kind=known.kind, media_type=known.media_type,
            subject=names, stored_at=at,
        )  # fmt: skip
