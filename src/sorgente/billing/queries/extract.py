"""What a batch of contracts is billed from, as columns: a handful of queries, however many contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sorgente.billing.core.rows import Rows, no_rows
from sorgente.billing.core.stretches import NO_DAY, OPEN_DAY, Contracts, Long, Reads
from sorgente.customers.queries.for_billing import contracts_to_bill, terms_of_contracts
from sorgente.metering.queries.annual import annual_consumption_columns
from sorgente.metering.queries.for_billing import billing_reads
from sorgente.shared.columns import read_arrow
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.rules import Rules

_EPOCH = "DATE '1970-01-01'"

# Two look-ups per contract in the index `billed_once`, however many bills there are behind them.
_POSITIONS = f"""
SELECT actual.day AS actual_on, latest.day AS billed_to
  FROM unnest(%(ids)s::int8[]) WITH ORDINALITY AS asked (id, place)
  LEFT JOIN LATERAL (
       SELECT b."end" - {_EPOCH} AS day FROM billing_billedconsumption b
        WHERE b.contract_id = asked.id AND b.superseded_by_id IS NULL AND NOT b.estimated
        ORDER BY b.start DESC LIMIT 1) actual ON true
  LEFT JOIN LATERAL (
       SELECT b."end" - {_EPOCH} AS day FROM billing_billedconsumption b
        WHERE b.contract_id = asked.id AND b.superseded_by_id IS NULL
        ORDER BY b.start DESC LIMIT 1) latest ON true
 ORDER BY asked.place
"""
# The estimated rows that may still be taken back: of the bills behind estimates after the latest actual read.
_TAKEN_BACK = f"""
SELECT asked.place - 1 AS bill, c.service, c.kind, c.bracket, c.start - {_EPOCH} AS start, c."end" - {_EPOCH} AS "end",
       c.quantity_milli, c.unit_price_e8, c.cents, c.vat_e4, c.rule_id AS rule, c.bill_id AS reverses
  FROM unnest(%(ids)s::int8[], %(since)s::int4[]) WITH ORDINALITY AS asked (id, since, place)
  JOIN LATERAL (
       SELECT DISTINCT b.bill_id FROM billing_billedconsumption b
        WHERE b.contract_id = asked.id AND b.superseded_by_id IS NULL AND b.estimated
          AND b.start >= {_EPOCH} + asked.since) earlier ON true
  JOIN billing_charge c ON c.bill_id = earlier.bill_id AND c.estimated
 ORDER BY asked.place, c.bill_id, c.position
"""


@dataclass(frozen=True, slots=True)
class Extract:
    contracts: Contracts
    reads: Reads
    terms: pa.Table  # contract_id, start, end, tariff and category by name, and what else decides a price
    taken_back: Rows


def extract(contract_ids: Long, *, bill_on: date, read_through: date, rules: Rules) -> Extract:
    """Return everything the bills of these contracts rest on.

    contract_ids   (n,) int64, ascending, without repeats
    read_through   reads up to and including this day
    """
    found = contracts_to_bill(contract_ids, on=bill_on)
    with connection.cursor() as cursor:
        # A look-up per contract is the plan at any size of the tables; estimates of fresh tables would lead astray.
        _hold_planner(cursor, "off")
        positions = read_arrow(connection, _POSITIONS, {"ids": contract_ids})
        actual_on, billed_to = (_days(positions[name], NO_DAY) for name in ("actual_on", "billed_to"))
        supplied_from = _days(found["supplied_from"], NO_DAY)
        since = np.where(actual_on == NO_DAY, supplied_from, actual_on)
        estimated = np.flatnonzero(billed_to > since)
        taken_back = _taken_back(contract_ids, since, estimated)
        _hold_planner(cursor, "on")
    points = found["service_point_id"].to_numpy()
    unique, place = np.unique(points, return_inverse=True)
    earliest = np.full(unique.size, OPEN_DAY)
    np.minimum.at(earliest, place, since)
    reads = billing_reads(
        service_point_ids=unique, since=earliest.astype("datetime64[D]"), through=read_through, actual_only=False
    )
    yearly = annual_consumption_columns(service_point_ids=points, on=bill_on)["ca_milli"]
    splits = bool(rules.value("vat.split_payment", on=bill_on))
    contracts = Contracts(
        contract_id=contract_ids,
        contract_account_id=found["contract_account_id"].to_numpy(),
        service_point_id=points,
        supplied_from=supplied_from,
        supplied_to=_days(found["supplied_until"], OPEN_DAY),
        split_payment=found["split_payment"].to_numpy() & splits,
        actual_on=actual_on,
        billed_to=billed_to,
        yearly_milli=_whole(pc.fill_null(yearly, -1)),
    )
    terms = terms_of_contracts(contract_ids.tolist())
    return Extract(contracts, _reads(reads), terms, taken_back)


def _hold_planner(cursor: Any, switch: str) -> None:
    for way in ("hashjoin", "mergejoin", "seqscan"):
        cursor.execute(f"SET LOCAL enable_{way} = {switch}")


def conditions(terms: pa.Table, book: TariffBook) -> pa.Table:
    """Return terms as rating's CONDITIONS: tariff and category by their place in the book.

    A name that the book lacks becomes -1, which rating refuses with the reason.
    """
    return terms.set_column(
        terms.schema.get_field_index("tariff"), "tariff", _places(terms["tariff"], book.families)
    ).set_column(terms.schema.get_field_index("category"), "category", _places(terms["category"], book.category_codes))


def _places(names: pa.ChunkedArray, known: list[str]) -> pa.Array:
    places = pc.fill_null(pc.index_in(names, pa.array(known, pa.string())), -1)
    return places.cast(pa.int32())


def _taken_back(contract_ids: Long, since: Long, places: Long) -> Rows:
    if places.size == 0:
        return no_rows()
    found = read_arrow(connection, _TAKEN_BACK, {"ids": contract_ids[places], "since": since[places]})
    columns = {name: _whole(found[name]) for name in found.column_names}
    columns["bill"] = places[columns["bill"]]
    return Rows(**columns, estimated=np.ones(columns["bill"].size, dtype=bool))


def _reads(table: pa.Table) -> Reads:
    kind = table["kind_name"].combine_chunks()
    estimate = kind.dictionary.to_pylist().index("estimate")
    return Reads(
        service_point_id=_whole(table["service_point_id"]),
        register_id=_whole(table["register_id"]),
        installed_on=_whole(table["installed_on"].cast(pa.int32())),
        read_id=_whole(table["read_id"]),
        day=_whole(table["read_on"].cast(pa.int32())),
        running_milli=_whole(table["running_milli"]),
        # Measured, told by the customer or rebuilt after a fault: all but the engine's own estimate (MIS-09).
        trusted=kind.indices.to_numpy() != estimate,
    )


def _days(column: pa.ChunkedArray, missing: int) -> Long:
    whole = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
    return _whole(pc.fill_null(whole.cast(pa.int64()), missing))


def _whole(column: pa.ChunkedArray) -> Long:
    values: npt.NDArray[np.int64] = column.to_numpy().astype(np.int64)
    return values
