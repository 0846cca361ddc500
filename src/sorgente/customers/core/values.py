"""Values of customers: an address, the terms of a supply, a whole new customer. No database, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from sorgente.shared.errors import SorgenteError

ALL_SERVICES = 7  # 1 supply + 2 sewerage + 4 purification


class TermsOutOfRange(SorgenteError):
    code = "customers.terms.out-of-range"


@dataclass(frozen=True, slots=True)
class AddressValues:
    """An address; `istat_code` is the six digits of the municipality."""

    street: str
    house_number: str
    postal_code: str
    municipality: str
    province: str
    istat_code: str
    country: str = "IT"

    def __str__(self) -> str:
        return f"{self.street} {self.house_number}, {self.postal_code} {self.municipality} ({self.province})"


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the price of a supply.

    tariff            id of the tariff in rules/tariffs
    category          use category of that tariff
    residents         people registered; None: not declared
    units             dwellings or shops behind the meter, >= 1; other_units are the non-domestic ones of a mixed use
    services          bits: 1 supply, 2 sewerage, 4 purification
    bonus             holds the social water bonus
    commitment_milli  committed quantity in thousandths of the tariff's unit (m3/year, kW, m2)
    """

    tariff: str
    category: str
    residents: int | None = None
    units: int = 1
    other_units: int = 0
    services: int = ALL_SERVICES
    bonus: bool = False
    commitment_milli: int = 0

    def __post_init__(self) -> None:
        wrong = [
            text
            for text, bad in (
                (f"{self.residents} residents", self.residents is not None and not 0 <= self.residents <= 999),
                (f"{self.units} units", not 1 <= self.units <= 9_999),
                (f"{self.other_units} other units", not 0 <= self.other_units <= self.units),
                (f"services {self.services}", not 1 <= self.services <= ALL_SERVICES),
                (f"a commitment of {self.commitment_milli}", self.commitment_milli < 0),
                ("no tariff", not self.tariff),
                ("no use category", not self.category),
            )
            if bad
        ]
        if wrong:
            raise TermsOutOfRange(
                "Terms of supply",
                f"They have {', '.join(wrong)}.",
                "Give residents 0-999, at least one unit, services 1 to 7, a tariff and one of its categories.",
            )


class TermsChange(TypedDict, total=False):
    """Which of the terms change; what is not named stays as it was."""

    tariff: str
    category: str
    residents: int | None
    units: int
    other_units: int
    services: int
    bonus: bool
    commitment_milli: int


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer whole, as a migration or the demonstration brings them: checked already by who made them.

    numbers   empty: the next ones of the sequences
    contacts  contact point kind (email, mobile, phone, pec) -> value in normal form
    consents  contact point kind -> purpose the customer agreed to
    """

    kind: str
    name: str
    billing_address: AddressValues
    supply_address: AddressValues
    point_code: str
    terms: Terms
    supplied_from: date
    channel: str
    payment_method: str
    first_name: str = ""
    surname: str = ""
    born_on: date | None = None
    tax_code: str = ""
    vat_number: str = ""
    sdi_code: str = ""
    pec: str = ""
    email: str = ""
    commodity: str = "water"
    access: str = "accessible"
    zone: str = ""
    account_number: str = ""
    contract_number: str = ""
    supplied_until: date | None = None
    split_payment_from: date | None = None
    contacts: Mapping[str, str] = field(default_factory=dict)
    consents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadedCustomer:
    """The identifiers of a customer that was loaded."""

    party_id: int
    account_id: int
    account_number: str
    service_point_id: int
    contract_id: int
    contract_number: str
