"""Which contracts a run is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sorgente.billing.core.frequency import bills_a_year, is_due
from sorgente.billing.core.stretches import NO_DAY, OPEN_DAY, Long
from sorgente.shared.columns import read_arrow
from sorgente.tariffs.rules import Rules

_CHUNK = 50_000
_EPOCH = "DATE '1970-01-01'"

# The mean of the latest three Ca known on the day, and the units of the terms in force.
_CANDIDATES = f"""
SELECT c.id, lower(c.supplied) - {_EPOCH} AS supplied_from, upper(c.supplied) - {_EPOCH} AS supplied_to,
       latest.day AS billed_to, ca.mean AS reference_milli, coalesce(t.units, 1)::int8 AS units
  FROM (SELECT c.* FROM customers_supplycontract c JOIN customers_servicepoint p ON p.id = c.service_point_id
         WHERE c.id > %(after)s AND lower(c.supplied) < %(through)s AND p.commodity = 'water'
         ORDER BY c.id LIMIT {_CHUNK}) c
  LEFT JOIN LATERAL (
       SELECT b."end" - {_EPOCH} AS day FROM billing_billedconsumption b
        WHERE b.contract_id = c.id AND b.superseded_by_id IS NULL ORDER BY b.start DESC LIMIT 1) latest ON true
  LEFT JOIN LATERAL (
       SELECT (sum(quantity_milli) / count(*))::int8 AS mean FROM (
              SELECT quantity_milli FROM metering_annualconsumption a
               WHERE a.service_point_id = c.service_point_id AND a.year <= %(year)s ORDER BY year DESC LIMIT 3) three
       ) ca ON true
  LEFT JOIN LATERAL (
       SELECT units FROM customers_supplyterms t
        WHERE t.contract_id = c.id AND t.valid @> %(through)s::date AND t.replaced_at IS NULL LIMIT 1) t ON true
 ORDER BY c.id
"""
_WITH_ONE_OFFS = """
SELECT DISTINCT contract_id AS id FROM billing_oneoff WHERE state = 'pending' AND from_on <= %(on)s ORDER BY 1
"""
_CLOSED = """
SELECT c.id FROM (SELECT DISTINCT contract_id FROM billing_oneoff WHERE state = 'pending' AND from_on <= %(on)s) o
  JOIN customers_supplycontract c ON c.id = o.contract_id
 WHERE upper(c.supplied) <= %(through)s
   AND upper(c.supplied) <= (SELECT max(b."end") FROM billing_billedconsumption b
                              WHERE b.contract_id = c.id AND b.superseded_by_id IS NULL) ORDER BY 1
"""


def candidates(*, bill_on: date, read_through: date, rules: Rules, only_due: bool) -> Iterator[Long]:
    """Yield ids of contracts with days to bill, in chunks, and of ended ones for which only one-off rows wait.

    only_due  those whose legal rhythm asks for a bill, and supplies that have ended; else every one
    """
    steps = rules.value("arera.billing.bills_per_year", on=bill_on)
    through = int(np.datetime64(read_through, "D").astype(np.int64))
    after = 0
    while True:
        found = read_arrow(connection, _CANDIDATES, {"after": after, "through": read_through, "year": bill_on.year})
        if len(found) == 0:
            break
        ids = found["id"].to_numpy()
        after = int(ids[-1])
        billed_to, supplied_to = _filled(found["billed_to"], NO_DAY), _filled(found["supplied_to"], OPEN_DAY)
        supplied_from = _filled(found["supplied_from"], NO_DAY)
        if only_due:
            bills = bills_a_year(_filled(found["reference_milli"], -1), _filled(found["units"], 1), steps)
            chosen = is_due(
                through=through, billed_to=billed_to, supplied_from=supplied_from, supplied_to=supplied_to, bills=bills
            )
        else:
            chosen = np.maximum(billed_to, supplied_from) < np.minimum(supplied_to, through)
        yield ids[chosen]
    yield with_one_offs(bill_on=bill_on, read_through=read_through)


def with_one_offs(*, bill_on: date, read_through: date | None) -> Long:
    """Return the contracts for which one-off rows wait on a day, ascending.

    read_through  only supplies that ended by this day and are billed to their end; None: all
    """
    found = read_arrow(
        connection, _WITH_ONE_OFFS if read_through is None else _CLOSED, {"on": bill_on, "through": read_through}
    )
    ids: Long = found["id"].to_numpy()
    return ids


def _filled(column: pa.ChunkedArray, missing: int) -> Long:
    values: Long = pc.fill_null(column.cast(pa.int64()), missing).to_numpy()
    return values
