"""Load thousands of whole customers with COPY: a migration from another system, the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection, transaction

from sorgente.customers.core.values import AddressValues, LoadedCustomer, NewCustomer
from sorgente.shared.columns import DateRanges, copy_columns
from sorgente.shared.id_blocks import take_ids

_TERMS = ("tariff", "category", "units", "other_units", "services", "bonus", "commitment_milli")


@transaction.atomic
def load_customers(
    customers: Iterable[NewCustomer], *, loaded_at: datetime, evidence: str = "loaded"
) -> list[LoadedCustomer]:
    """Write customers that have been checked already; return their identifiers in their order.

    customers  each brings a party of its own, one account, one service point, one contract, its terms
    loaded_at  when it is recorded; evidence says where the consents come from
    raises     IntegrityError of the database when a number, code or tax code is there twice: nothing is written then
    """
    given = list(customers)
    if not given:
        return []
    load = _Load(given, loaded_at)
    load.parties()
    load.contacts(evidence)
    load.accounts()
    load.points()
    load.contracts()
    return [
        LoadedCustomer(*ids)
        for ids in zip(
            load.party.tolist(),
            load.account.tolist(),
            load.account_numbers,
            load.point.tolist(),
            load.contract.tolist(),
            load.contract_numbers,
            strict=True,
        )
    ]


class _Load:
    """One batch on its way in: a column per field, identifiers taken in blocks."""

    def __init__(self, customers: Sequence[NewCustomer], loaded_at: datetime) -> None:
        self.customers = customers
        self.loaded_at = loaded_at
        self.cursor: Any = connection.cursor()
        count = len(customers)
        self.party = take_ids(self.cursor, "customers_party", count)
        self.account = take_ids(self.cursor, "customers_contractaccount", count)
        self.point = take_ids(self.cursor, "customers_servicepoint", count)
        self.contract = take_ids(self.cursor, "customers_supplycontract", count)
        self.account_numbers = self._numbers("account", lambda one: one.account_number)
        self.contract_numbers = self._numbers("contract", lambda one: one.contract_number)

    def column(self, name: str) -> list[Any]:
        return [getattr(one, name) for one in self.customers]

    def parties(self) -> None:
        names = ("kind", "name", "first_name", "surname", "tax_code", "vat_number", "sdi_code", "pec")
        split = self.column("split_payment_from")
        copied = {name: self.column(name) for name in names}
        self._copy(
            "party",
            {
                "id": self.party,
                **copied,
                "born_on": pa.array(self.column("born_on"), pa.date32()),
                "language": ["it"] * len(self.customers),
                "created_at": self._now(len(self.customers)),
            },
        )
        public = [(int(party), day) for party, day in zip(self.party, split, strict=True) if day is not None]
        self.cursor.executemany(
            "UPDATE customers_party SET split_payment = daterange(%s, NULL) WHERE id = %s",
            [(day, party) for party, day in public],
        )

    def contacts(self, evidence: str) -> None:
        rows = [
            (int(party), kind, value, one.consents.get(kind, ""))
            for party, one in zip(self.party, self.customers, strict=True)
            for kind, value in one.contacts.items()
        ]
        if not rows:
            return
        points = take_ids(self.cursor, "customers_contactpoint", len(rows))
        self._copy(
            "contactpoint",
            {
                "id": points,
                "party_id": [row[0] for row in rows],
                "kind": [row[1] for row in rows],
                "value": [row[2] for row in rows],
                "preferred": [True] * len(rows),
            },
        )
        agreed = [(int(point), row[3]) for point, row in zip(points, rows, strict=True) if row[3]]
        if agreed:
            self._copy(
                "consent",
                {
                    "contact_point_id": [point for point, _ in agreed],
                    "purpose": [purpose for _, purpose in agreed],
                    "given_at": self._now(len(agreed)),
                    "evidence": [evidence] * len(agreed),
                },
            )

    def accounts(self) -> None:
        copied = {name: self.column(name) for name in ("channel", "email", "payment_method")}
        self._copy(
            "contractaccount",
            {
                "id": self.account,
                "number": self.account_numbers,
                "holder_id": self.party,
                "billing_address_id": self._addresses(self.column("billing_address")),
                **copied,
                "opened_on": pa.array(self.column("supplied_from"), pa.date32()),
            },
        )

    def points(self) -> None:
        copied = {name: self.column(name) for name in ("commodity", "access", "zone")}
        self._copy(
            "servicepoint",
            {
                "id": self.point,
                "code": self.column("point_code"),
                "address_id": self._addresses(self.column("supply_address")),
                **copied,
            },
        )

    def contracts(self) -> None:
        supplied = DateRanges(
            pa.array(self.column("supplied_from"), pa.date32()), pa.array(self.column("supplied_until"), pa.date32())
        )
        self._copy(
            "supplycontract",
            {
                "id": self.contract,
                "number": self.contract_numbers,
                "contract_account_id": self.account,
                "service_point_id": self.point,
                "supplied": supplied,
            },
        )
        terms = self.column("terms")
        self._copy(
            "supplyterms",
            {
                "contract_id": self.contract,
                "valid": supplied,
                **{name: [getattr(one, name) for one in terms] for name in _TERMS},
                "residents": pa.array([one.residents for one in terms], pa.int16()),
                "reason": [""] * len(terms),
                "recorded_at": self._now(len(terms)),
            },
        )

    def _addresses(self, addresses: Sequence[AddressValues]) -> np.ndarray:
        ids = take_ids(self.cursor, "customers_address", len(addresses))
        fields = AddressValues.__dataclass_fields__
        self._copy("address", {"id": ids, **{name: [getattr(one, name) for one in addresses] for name in fields}})
        return ids

    def _numbers(self, what: str, named: Callable[[NewCustomer], str]) -> list[str]:
        missing = sum(not named(one) for one in self.customers)
        self.cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [f"customers_{what}_number", missing]
        )
        fresh = (str(row[0]) for row in self.cursor.fetchall())
        return [named(one) or next(fresh) for one in self.customers]

    def _copy(self, table: str, columns: dict[str, Any]) -> None:
        with connection.wrap_database_errors:
            copy_columns(self.cursor, f"customers_{table}", columns)

    def _now(self, count: int) -> Any:
        return pa.array([self.loaded_at] * count, pa.timestamp("us", tz="UTC"))
