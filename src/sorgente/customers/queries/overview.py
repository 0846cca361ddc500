"""The customer page: a party with everything that hangs on it, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from sorgente.customers.models import ContactPoint, ContractAccount, Party, SupplyContract, SupplyTerms
from sorgente.shared.errors import SorgenteError


class UnknownCustomer(SorgenteError):
    code = "customers.customer.unknown"


@dataclass(frozen=True, slots=True)
class ConsentCard:
    purpose: str
    purpose_label: str
    given_at: datetime
    withdrawn_at: datetime | None
    evidence: str


@dataclass(frozen=True, slots=True)
class ContactCard:
    id: int
    kind: str
    kind_label: str
    value: str
    preferred: bool
    consents: tuple[ConsentCard, ...]


@dataclass(frozen=True, slots=True)
class TermsCard:
    """Terms over [start, end); end None is open."""

    start: date
    end: date | None
    tariff: str
    category: str
    residents: int | None
    units: int
    other_units: int
    services: int
    bonus: bool
    commitment_milli: int
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PointCard:
    id: int
    code: str
    commodity: str
    commodity_label: str
    address: str
    municipality: str
    access: str
    access_label: str
    zone: str


@dataclass(frozen=True, slots=True)
class ContractCard:
    """A supply over [start, end); `terms` are those in force on the day asked for, `history` all that hold."""

    id: int
    number: str
    account_id: int
    account_number: str
    start: date
    end: date | None
    active: bool
    point: PointCard
    terms: TermsCard | None
    history: tuple[TermsCard, ...]


@dataclass(frozen=True, slots=True)
class AccountCard:
    id: int
    number: str
    holder_id: int
    holder_name: str
    billing_address: str
    channel: str
    channel_label: str
    email: str
    payment_method: str
    payment_method_label: str
    opened_on: date
    closed_on: date | None
    contracts: tuple[ContractCard, ...]


@dataclass(frozen=True, slots=True)
class CustomerCard:
    id: int
    kind: str
    kind_label: str
    name: str
    first_name: str
    surname: str
    born_on: date | None
    tax_code: str
    vat_number: str
    sdi_code: str
    pec: str
    language: str
    contacts: tuple[ContactCard, ...]
    accounts: tuple[AccountCard, ...]


def customer_overview(party_id: int, *, as_of: date) -> CustomerCard:
    """Return a customer with contacts, accounts, contracts and terms on a day; raises UnknownCustomer."""
    party = (
        Party.objects.filter(pk=party_id)
        .prefetch_related(
            Prefetch(
                "contact_points", ContactPoint.objects.order_by("-preferred", "kind", "id").prefetch_related("consents")
            ),
            Prefetch("contract_accounts", _accounts()),
        )
        .first()
    )
    if party is None:
        raise UnknownCustomer(
            f"Customer {party_id}", "There is no such customer.", "Search by name, tax code or number."
        )
    return CustomerCard(
        id=party.pk,
        kind=party.kind,
        kind_label=str(party.get_kind_display()),
        name=party.name,
        first_name=party.first_name,
        surname=party.surname,
        born_on=party.born_on,
        tax_code=party.tax_code,
        vat_number=party.vat_number,
        sdi_code=party.sdi_code,
        pec=party.pec,
        language=party.language,
        contacts=tuple(_contact(one) for one in party.contact_points.all()),
        accounts=tuple(_account(one, party, as_of) for one in party.contract_accounts.all()),
    )


def account_overview(account_id: int, *, as_of: date) -> AccountCard:
    """Return one contract account with its contracts; raises UnknownCustomer."""
    account = _accounts().select_related("holder", "billing_address").filter(pk=account_id).first()
    if account is None:
        raise UnknownCustomer(
            f"Contract account {account_id}", "There is no such account.", "Search by number or name."
        )
    return _account(account, account.holder, as_of)


def account_by_number(number: str) -> int:
    """Return the id of the contract account with this number; raises UnknownCustomer."""
    found = ContractAccount.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise UnknownCustomer(
            f"Contract account {number}", "No account has this number.", "Search by name or tax code."
        )
    return found


def contracts_of_account(account_id: int, *, as_of: date) -> tuple[ContractCard, ...]:
    """Return the supply contracts of an account, the latest first; raises UnknownCustomer."""
    return account_overview(account_id, as_of=as_of).contracts


def _accounts() -> Any:
    terms = SupplyTerms.objects.filter(replaced_at=None).order_by("valid")
    contracts = SupplyContract.objects.select_related("service_point__address").order_by("-supplied", "-id")
    return (
        ContractAccount.objects.select_related("billing_address")
        .order_by("number")
        .prefetch_related(Prefetch("supply_contracts", contracts.prefetch_related(Prefetch("terms", terms))))
    )


def _contact(point: ContactPoint) -> ContactCard:
    return ContactCard(
        id=point.pk,
        kind=point.kind,
        kind_label=str(point.get_kind_display()),
        value=point.value,
        preferred=point.preferred,
        consents=tuple(
            ConsentCard(one.purpose, str(one.get_purpose_display()), one.given_at, one.withdrawn_at, one.evidence)
            for one in sorted(point.consents.all(), key=lambda one: (one.given_at, one.pk))
        ),
    )


def _account(account: Any, holder: Party, as_of: date) -> AccountCard:
    return AccountCard(
        id=account.pk,
        number=account.number,
        holder_id=holder.pk,
        holder_name=holder.name,
        billing_address=str(account.billing_address),
        channel=account.channel,
        channel_label=str(account.get_channel_display()),
        email=account.email,
        payment_method=account.payment_method,
        payment_method_label=str(account.get_payment_method_display()),
        opened_on=account.opened_on,
        closed_on=account.closed_on,
        contracts=tuple(_contract(one, account, as_of) for one in account.supply_contracts.all()),
    )


def _contract(contract: SupplyContract, account: Any, as_of: date) -> ContractCard:
    start, end = contract.supplied.lower, contract.supplied.upper
    history = tuple(_terms(one) for one in contract.terms.all())
    point = contract.service_point
    return ContractCard(
        id=contract.pk,
        number=contract.number,
        account_id=account.pk,
        account_number=account.number,
        start=start,
        end=end,
        active=start <= as_of and (end is None or as_of < end),
        point=PointCard(
            id=point.pk,
            code=point.code,
            commodity=point.commodity,
            commodity_label=str(point.get_commodity_display()),
            address=str(point.address),
            municipality=point.address.municipality,
            access=point.access,
            access_label=str(point.get_access_display()),
            zone=point.zone,
        ),
        terms=next((one for one in history if one.start <= as_of and (one.end is None or as_of < one.end)), None),
        history=history,
    )


def _terms(row: SupplyTerms) -> TermsCard:
    return TermsCard(
        start=row.valid.lower,
        end=row.valid.upper,
        tariff=row.tariff,
        category=row.category,
        residents=row.residents,
        units=row.units,
        other_units=row.other_units,
        services=row.services,
        bonus=row.bonus,
        commitment_milli=row.commitment_milli,
        reason=row.reason,
        recorded_at=row.recorded_at,
    )
