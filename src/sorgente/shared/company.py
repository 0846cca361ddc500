"""The utility whose bills these are: data, not code (rules/company/)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sorgente.shared.errors import SorgenteError
from sorgente.shared.paths import rules_dir


class CompanyFileWrong(SorgenteError):
    code = "shared.company.file-wrong"


@dataclass(frozen=True, slots=True)
class Seat:
    street: str
    number: str
    postcode: str
    town: str
    province: str


@dataclass(frozen=True, slots=True)
class Contacts:
    phone: str
    phone_hours: str
    emergency_phone: str
    email: str
    pec: str
    web: str
    desk: str
    self_reading: str
    complaints: str
    water_quality_url: str
    leak_protection_url: str


@dataclass(frozen=True, slots=True)
class Bank:
    account_holder: str
    iban: str
    bic: str
    cuc: str
    sia: str


@dataclass(frozen=True, slots=True)
class Company:
    """Names, codes and addresses of the utility."""

    name: str
    monogram: str
    accent_colour: str
    vat_code: str
    tax_code: str
    rea_office: str
    rea_number: str
    share_capital_cents: int
    sole_shareholder: bool
    address: Seat
    contacts: Contacts
    bank: Bank
    business_code: str
    debit_version: str
    prenotification_days: int
    segregation: str
    broker: str
    station: str
    cbill_code: str
    category: str
    sender_code: str
    series: str

    @property
    def creditor_id(self) -> str:
        """The SEPA creditor identifier: country, check digits, business code, 16 characters of tax code."""
        from stdnum.iso7064 import mod_97_10

        national = self.tax_code.zfill(16)
        return f"IT{mod_97_10.calc_check_digits(national + 'IT')}{self.business_code}{national}"


def read_company(file: Path) -> Company:
    """Return the company of a file; raises CompanyFileWrong naming the file and the key."""
    import yaml

    try:
        data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        return Company(
            address=Seat(**data["address"]),
            contacts=Contacts(**data["contacts"]),
            bank=Bank(**data["bank"]),
            business_code=data["sepa"]["business_code"],
            debit_version=data["sepa"]["debit_version"],
            prenotification_days=data["sepa"]["prenotification_days"],
            segregation=data["pagopa"]["segregation"],
            broker=data["pagopa"]["broker"],
            station=data["pagopa"]["station"],
            cbill_code=data["pagopa"]["cbill_code"],
            category=data["pagopa"]["category"],
            sender_code=data["sdi"]["sender_code"],
            series=data["billing"]["series"],
            **{key: data[key] for key in _PLAIN},
        )
    except (OSError, KeyError, TypeError, yaml.YAMLError) as problem:
        raise CompanyFileWrong(
            str(file), f"It does not describe a company: {problem}.", "Compare it with rules/company/valdoro.yaml."
        ) from problem


_PLAIN = (
    "name", "monogram", "accent_colour", "vat_code", "tax_code", "rea_office", "rea_number", "share_capital_cents",
    "sole_shareholder",
)  # fmt: skip


@cache
def company() -> Company:
    """Return the company of this installation: SORGENTE_COMPANY, else the invented utility of the demonstration."""
    return read_company(Path(os.environ.get("SORGENTE_COMPANY", rules_dir() / "company" / "valdoro.yaml")))
