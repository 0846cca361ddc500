"""Contracts as columns: what the billing extract reads, thousands at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.db import connection

from sorgente.customers.models import SupplyContract
from sorgente.customers.queries.overview import UnknownCustomer
from sorgente.shared.columns import read_arrow

# The frame `conditions` of rating, with tariff and category as their codes. The meter's size is metering's to say.
_TERMS = """
SELECT contract_id, lower(valid) AS start, upper(valid) AS "end", tariff, category,
       coalesce(residents, 0)::int2 AS persons, units::int2 AS units, other_units::int2 AS other_units,
       services::int4 AS services, bonus, 0::int4 AS meter_size, commitment_milli
FROM customers_supplyterms
WHERE {which} AND {known}
ORDER BY contract_id, valid
"""
_CONTRACTS = """
SELECT c.id AS contract_id, c.number AS contract_number, a.id AS account_id, a.number AS account_number,
       p.id AS service_point_id, p.code AS point_code, p.commodity, lower(c.supplied) AS supplied_from,
       upper(c.supplied) AS supplied_until, a.channel, a.email, a.payment_method,
       h.id AS party_id, h.kind, h.name, h.first_name, h.surname, h.tax_code, h.vat_number, h.sdi_code, h.pec,
       lower(h.split_payment) AS split_payment_from, upper(h.split_payment) AS split_payment_until, h.language
FROM customers_supplycontract c
JOIN customers_contractaccount a ON a.id = c.contract_account_id
JOIN customers_party h ON h.id = a.holder_id
JOIN customers_servicepoint p ON p.id = c.service_point_id
WHERE {which}
ORDER BY c.id
"""
_ADDRESSES = """
SELECT a.addressee,
       b.street AS billing_street, b.house_number AS billing_house_number, b.postal_code AS billing_postal_code,
       b.municipality AS billing_municipality, b.province AS billing_province, b.country AS billing_country,
       b.istat_code AS billing_istat_code,
       s.street AS supply_street, s.house_number AS supply_house_number, s.postal_code AS supply_postal_code,
       s.municipality AS supply_municipality, s.province AS supply_province, s.istat_code AS supply_istat_code
FROM customers_supplycontract c
JOIN customers_contractaccount a ON a.id = c.contract_account_id
JOIN customers_address b ON b.id = a.billing_address_id
JOIN customers_servicepoint p ON p.id = c.service_point_id
JOIN customers_address s ON s.id = p.address_id
WHERE {which}
ORDER BY c.id
"""


def terms_of_contracts(contract_ids: Iterable[int] | None = None, *, known_at: datetime | None = None) -> pa.Table:
    """Return the terms of contracts (None: of all) as Arrow, sorted by contract and start.

    known_at  what was known to hold at that instant; None is what is known now

    contract_id int64 · start, end date32 (end excluded, null is open) · tariff, category string · persons int16 (0 not
    declared) · units, other_units int16 · services int32 (1 supply, 2 sewerage, 4 purification) · bonus bool ·
    meter_size int32 (always 0: metering knows it) · commitment_milli int64
    """
    which, params = _which("contract_id", contract_ids)
    known = "replaced_at IS NULL"
    if known_at is not None:
        known = "recorded_at <= %(at)s AND (replaced_at IS NULL OR replaced_at > %(at)s)"
        params["at"] = known_at
    return read_arrow(connection, _TERMS.format(which=which, known=known), params)


def contracts_table(contract_ids: Iterable[int] | None = None) -> pa.Table:
    """Return contracts (None: all) with account, holder, billing and supply address as Arrow, sorted by contract_id.

    Days are date32; supplied_until and split_payment_until are excluded and null when open; the rest as the tables
    keep it: identifiers int64, everything else string.
    """
    which, params = _which("c.id", contract_ids)
    table = read_arrow(connection, _CONTRACTS.format(which=which), params)
    # As many columns as one query carries; the addresses of the same contracts follow in the same order.
    which, params = _which("c.id", table.column("contract_id").to_pylist())
    addresses = read_arrow(connection, _ADDRESSES.format(which=which), params)
    return pa.table({**_columns(table), **_columns(addresses)})


def contracts_supplied(start: date, end: date, *, commodity: str = "water") -> pa.Table:
    """Return contract_id, account_id, service_point_id (int64) of contracts supplied on any day of [start, end)."""
    return read_arrow(
        connection,
        "SELECT c.id AS contract_id, c.contract_account_id AS account_id, c.service_point_id"
        " FROM customers_supplycontract c JOIN customers_servicepoint p ON p.id = c.service_point_id"
        " WHERE c.supplied && daterange(%(start)s, %(end)s) AND p.commodity = %(commodity)s ORDER BY c.id",
        {"start": start, "end": end, "commodity": commodity},
    )


def _which(column: str, ids: Iterable[int] | None) -> tuple[str, dict[str, Any]]:
    if ids is None:
        return "true", {}
    return f"{column} = ANY(%(ids)s::bigint[])", {"ids": [int(one) for one in ids]}


def contracts_to_bill(contract_ids: Any, *, on: date) -> pa.Table:
    """Return the few columns a bill is computed with, one row per contract, in the order given.

    contract_account_id, service_point_id int64 · supplied_from, supplied_until date32 (excluded, null is open) ·
    split_payment bool: whether the holder pays VAT to the State on that day
    """
    return read_arrow(
        connection,
        "SELECT c.contract_account_id, c.service_point_id, lower(c.supplied) AS supplied_from,"
        " upper(c.supplied) AS supplied_until, coalesce(h.split_payment @> %(on)s::date, false) AS split_payment"
        " FROM unnest(%(ids)s::int8[]) WITH ORDINALITY AS asked (id, place)"
        " JOIN customers_supplycontract c ON c.id = asked.id"
        " JOIN customers_contractaccount a ON a.id = c.contract_account_id JOIN customers_party h ON h.id = a.holder_id"
        " ORDER BY asked.place",
        {"ids": contract_ids, "on": on},
    )


def contract_id_of(number: str) -> int:
    """Return the id of the contract with this number; raises UnknownCustomer."""
    found = SupplyContract.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise UnknownCustomer(f"Contract {number}", "No contract has this number.", "Search by name or tax code.")
    return found


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return {name: table.column(name) for name in table.column_names}
