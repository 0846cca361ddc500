"""Identifiers of people, companies, banks and supplies: each check returns the normalised value or says why not.

The libraries that know the rules are imported on first use, so that commands of the pure core stay quick to start.
"""

from sorgente.shared.identifiers.bank import (
    IbanCheckDigits,
    IbanMalformed,
    IbanNationalCheck,
    InvalidCreditorId,
    creditor_id,
    iban,
    make_creditor_id,
)
from sorgente.shared.identifiers.contact import InvalidEmail, InvalidPec, InvalidPhone, email, pec, phone
from sorgente.shared.identifiers.supply import InvalidSupplyCode, make_supply_code, supply_code
from sorgente.shared.identifiers.tax import (
    InvalidSdiCode,
    InvalidTaxCode,
    InvalidVatNumber,
    TaxCodeOfSomebodyElse,
    check_tax_code_fits,
    sdi_code,
    tax_code,
    vat_number,
)

__all__ = [
    "IbanCheckDigits",
    "IbanMalformed",
    "IbanNationalCheck",
    "InvalidCreditorId",
    "InvalidEmail",
    "InvalidPec",
    "InvalidPhone",
    "InvalidSdiCode",
    "InvalidSupplyCode",
    "InvalidTaxCode",
    "InvalidVatNumber",
    "TaxCodeOfSomebodyElse",
    "check_tax_code_fits",
    "creditor_id",
    "email",
    "iban",
    "make_creditor_id",
    "make_supply_code",
    "pec",
    "phone",
    "sdi_code",
    "supply_code",
    "tax_code",
    "vat_number",
]
