"""Customers and contracts of bills as values of the document: one query for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sorgente.billing.core.document import Address, Contract, Customer, CustomerKind
from sorgente.billing.core.price_list import PriceList, Terms
from sorgente.customers.queries.for_billing import contracts_table
from sorgente.tariffs.model import SERVICE_LABELS, Service

_BITS = (Service.ACQUEDOTTO, Service.FOGNATURA, Service.DEPURAZIONE)


def contract_rows(contract_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return contract id -> its row of customers' `contracts_table`."""
    return {row["contract_id"]: row for row in contracts_table(sorted(set(contract_ids))).to_pylist()}


def customer_of(row: dict[str, Any]) -> Customer:
    """Return the holder; an organisation without a VAT number is an association, as condominiums are."""
    kind = CustomerKind(row["kind"])
    if kind is CustomerKind.COMPANY and not row["vat_number"]:
        kind = CustomerKind.ASSOCIATION
    is_public = kind is CustomerKind.PUBLIC_BODY
    return Customer(
        kind=kind,
        code=row["account_number"],
        first_name=row["first_name"],
        last_name=row["surname"],
        name="" if kind is CustomerKind.PERSON and row["surname"] else row["name"],
        tax_code=row["tax_code"],
        vat_code=row["vat_number"],
        sdi_code="" if is_public else row["sdi_code"],
        ipa_code=row["sdi_code"] if is_public else "",
        pec=row["pec"],
        mail_to=row["addressee"],
        address=_address(row, "billing", country=row["billing_country"]),
    )


def contract_of(row: dict[str, Any], terms: Terms, prices: PriceList, *, is_large: bool) -> Contract:
    """Return the supply under the terms of the latest billed day."""
    return Contract(
        account_code=row["account_number"],
        contract_code=row["contract_number"],
        point_code=row["point_code"],
        use_label=prices.use_label(terms),
        supply_address=_address(row, "supply"),
        started_on=row["supplied_from"],
        services=tuple(SERVICE_LABELS[bit] for bit in _BITS if terms.services & bit),
        residents=terms.persons or None,
        units=terms.units,
        is_large=is_large,
    )


def _address(row: dict[str, Any], which: str, *, country: str = "IT") -> Address:
    return Address(
        street=row[f"{which}_street"],
        number=row[f"{which}_house_number"],
        postcode=row[f"{which}_postal_code"],
        town=row[f"{which}_municipality"],
        province=row[f"{which}_province"],
        country=country,
    )
