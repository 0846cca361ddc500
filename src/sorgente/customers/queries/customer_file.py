"""One customer with everything the desk shows beside the name, and the list of all customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from sorgente.customers.models import Consent, ContactPoint, ContractAccount, Party, SupplyContract, SupplyTerms


@dataclass(frozen=True, slots=True)
class Contact:
    kind: str
    value: str
    preferred: bool
    purposes: tuple[str, ...]  # of the consents that stand


@dataclass(frozen=True, slots=True)
class Supply:
    """One supply contract, with the terms of the day asked (or its latest)."""

    id: int
    number: str
    start: date
    end: date | None
    point_id: int
    point: str
    commodity: str
    address: str
    access: str
    zone: str
    tariff: str
    category: str
    residents: int | None
    units: int
    services: int
    bonus: bool

    def runs_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    number: str
    billing_address: str
    channel: str
    email: str
    payment_method: str
    opened_on: date
    closed_on: date | None
    supplies: list[Supply] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CustomerFile:
    id: int
    kind: str
    name: str
    tax_code: str
    vat_number: str
    sdi_code: str
    pec: str
    born_on: date | None
    language: str
    contacts: list[Contact]
    accounts: list[Account]


def customer_file(party_id: int, *, as_of: date) -> CustomerFile | None:
    """Return the customer, or None when there is no such one."""
    party = Party.objects.filter(id=party_id).first()
    if party is None:
        return None
    accounts = {
        account.pk: Account(
            id=account.pk,
            number=account.number,
            billing_address=str(account.billing_address),
            channel=account.channel,
            email=account.email,
            payment_method=account.payment_method,
            opened_on=account.opened_on,
            closed_on=account.closed_on,
        )
        for account in ContractAccount.objects.filter(holder=party).select_related("billing_address").order_by("-id")
    }
    contracts = list(
        SupplyContract.objects.filter(contract_account_id__in=accounts)
        .select_related("service_point__address")
        .order_by("-supplied")
    )
    terms = _terms_of([contract.pk for contract in contracts], as_of)
    for contract in contracts:
        accounts[contract.contract_account_id].supplies.append(_supply(contract, terms.get(contract.pk)))
    return CustomerFile(
        id=party.pk,
        kind=party.kind,
        name=party.name,
        tax_code=party.tax_code,
        vat_number=party.vat_number,
        sdi_code=party.sdi_code,
        pec=party.pec,
        born_on=party.born_on,
        language=party.language,
        contacts=_contacts(party),
        accounts=list(accounts.values()),
    )


@dataclass(frozen=True, slots=True)
class AccountHolder:
    id: int
    number: str
    holder_id: int
    name: str
    billing_address: str


def account_by_number(number: str) -> AccountHolder | None:
    """Return the contract account with its holder, or None."""
    row = ContractAccount.objects.filter(number=number).select_related("holder", "billing_address").first()
    if row is None:
        return None
    return AccountHolder(row.pk, row.number, row.holder_id, row.holder.name, str(row.billing_address))


def list_customers(*, text: str = "", kind: str = "", method: str = "", channel: str = "") -> QuerySet[Any, Any]:
    """Return contract accounts with their holders, by name, as dictionaries.

    text  a piece of the name, or the beginning of the tax code or of the account's number
    """
    found = ContractAccount.objects.all()
    if text:
        found = found.filter(
            Q(holder__name__icontains=text) | Q(holder__tax_code__startswith=text.upper()) | Q(number__startswith=text)
        )
    if kind:
        found = found.filter(holder__kind=kind)
    if method:
        found = found.filter(payment_method=method)
    if channel:
        found = found.filter(channel=channel)
    return (
        found.annotate(
            name=F("holder__name"),
            kind=F("holder__kind"),
            tax_code=F("holder__tax_code"),
            municipality=F("billing_address__municipality"),
        )
        .order_by("name", "id")
        .values(
            "id",
            "number",
            "holder_id",
            "name",
            "kind",
            "tax_code",
            "municipality",
            "payment_method",
            "channel",
            "opened_on",
            "closed_on",
        )
    )


def _contacts(party: Party) -> list[Contact]:
    purposes: dict[int, list[str]] = {}
    standing = Consent.objects.filter(contact_point__party=party, withdrawn_at=None)
    for point_id, purpose in standing.order_by("id").values_list("contact_point_id", "purpose"):
        purposes.setdefault(point_id, []).append(purpose)
    points = ContactPoint.objects.filter(party=party).order_by("-preferred", "id")
    return [Contact(p.kind, p.value, p.preferred, tuple(purposes.get(p.pk, ()))) for p in points]


def _terms_of(contracts: list[int], as_of: date) -> dict[int, SupplyTerms]:
    """Return the terms in force that day, or the latest ones where none are."""
    latest: dict[int, SupplyTerms] = {}
    standing = SupplyTerms.objects.filter(contract_id__in=contracts, replaced_at=None)
    for terms in standing.order_by("valid"):
        kept = latest.get(terms.contract_id)
        if kept is None or as_of not in kept.valid:
            latest[terms.contract_id] = terms
    return latest


def _supply(contract: SupplyContract, terms: SupplyTerms | None) -> Supply:
    point = contract.service_point
    return Supply(
        id=contract.pk,
        number=contract.number,
        start=contract.supplied.lower,
        end=contract.supplied.upper,
        point_id=point.pk,
        point=point.code,
        commodity=point.commodity,
        address=str(point.address),
        access=point.access,
        zone=point.zone,
        tariff=terms.tariff if terms else "",
        category=terms.category if terms else "",
        residents=terms.residents if terms else None,
        units=terms.units if terms else 1,
        services=terms.services if terms else 0,
        bonus=terms.bonus if terms else False,
    )
