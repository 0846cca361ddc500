"""Many like contracts with two reads each, written straight into the tables of a bench's own database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa


def fill(size: int, *, supplied_from: date, read_on: date) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the ids of `size` new contracts, each with an installation read and one read more."""
    from django.db import connection

    from sorgente.shared.columns import DateRanges, copy_columns

    ids = np.arange(1, size + 1, dtype=np.int64)
    draw = np.random.default_rng(7)
    first = draw.integers(0, 900_000, size)
    used = draw.integers(5_000, 60_000, size)

    def all_of(value: Any) -> pa.Array:
        return pa.repeat(pa.scalar(value), size)

    def named(prefix: str) -> pa.Array:
        return pa.array([f"{prefix}{one:08d}" for one in ids.tolist()])

    start = np.full(size, np.datetime64(supplied_from, "D"))
    open_from = DateRanges(start, pa.nulls(size, pa.date32()))
    now = datetime(supplied_from.year, supplied_from.month, supplied_from.day, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no history of made-up people

        def put(table: str, **columns: Any) -> None:
            copy_columns(cursor, table, columns)

        put(
            "customers_address", id=ids, street=all_of("Via Prova"), house_number=all_of("1"),
            postal_code=all_of("60901"), municipality=all_of("Valdoro"), province=all_of("AN"),
            istat_code=all_of("042901"), country=all_of("IT"),
        )  # fmt: skip
        put(
            "customers_party", id=ids, kind=all_of("person"), name=named("Persona "), first_name=all_of(""),
            surname=all_of(""), tax_code=all_of(""), vat_number=all_of(""), sdi_code=all_of(""), pec=all_of(""),
            language=all_of("it"), created_at=all_of(now),
        )  # fmt: skip
        put(
            "customers_contractaccount", id=ids, number=named("K"), channel=all_of("portal"), email=all_of(""),
            payment_method=all_of("sdd"), opened_on=start, billing_address_id=ids, holder_id=ids,
        )  # fmt: skip
        put(
            "customers_servicepoint", id=ids, code=named("P"), commodity=all_of("water"), access=all_of("accessible"),
            zone=all_of(""), address_id=ids,
        )  # fmt: skip
        put(
            "customers_supplycontract", id=ids, number=named("C"), supplied=open_from, contract_account_id=ids,
            service_point_id=ids,
        )  # fmt: skip
        put(
            "customers_supplyterms", id=ids, valid=open_from, tariff=all_of("valdoro"),
            category=all_of("domestico_residente"), residents=np.full(size, 3), units=np.full(size, 1),
            other_units=np.full(size, 0), services=np.full(size, 7), bonus=np.zeros(size, dtype=bool),
            commitment_milli=np.full(size, 0), reason=all_of(""), contract_id=ids, recorded_at=all_of(now),
        )  # fmt: skip
        put(
            "metering_device", id=ids, serial=named("M"), manufacturer=all_of(""), model=all_of(""),
            medium=all_of("water"), diameter_mm=np.full(size, 15), radio_id=all_of(""),
        )  # fmt: skip
        put("metering_register", id=ids, name=all_of("total"), digits=np.full(size, 5), device_id=ids)
        put(
            "metering_installation", id=ids, installed=open_from, first_index_milli=first, service_point_id=ids,
            register_id=ids,
        )  # fmt: skip
        for number, day, kind, index in ((0, supplied_from, "install", first), (1, read_on, "radio", first + used)):
            put(
                "metering_read", id=ids + number * size, read_on=np.full(size, np.datetime64(day, "D")),
                index_milli=index, running_milli=index, kind=all_of(kind), state=all_of("accepted"), reason=all_of(""),
                received_at=all_of(now), register_id=ids,
            )  # fmt: skip
        put(
            "metering_annualconsumption", id=ids, year=np.full(size, supplied_from.year),
            quantity_milli=np.full(size, 140_000), basis=all_of("reads"), computed_on=start, service_point_id=ids,
        )  # fmt: skip
        cursor.execute("SET session_replication_role = origin")
    return ids
