"""Accepted reads as columns, for the mass path of billing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from django.db import connection

from sorgente.metering.core.read_kinds import KINDS, TRUST_BY_CODE, sql_code
from sorgente.shared.columns import read_arrow

_COLUMNS = f"""
SELECT i.service_point_id, i.register_id, r.id AS read_id, r.read_on, r.running_milli,
       {sql_code("r.kind")} AS kind_name, lower(i.installed) AS installed_on
  FROM metering_installation i
"""
# The day a meter leaves belongs to two installations: its final read to the old one, the first read to the new one.
_READS = """
  JOIN metering_read r ON r.register_id = i.register_id AND r.state = 'accepted'
   AND r.read_on >= lower(i.installed) AND r.read_on <= coalesce(upper(i.installed), 'infinity'::date)
   AND r.read_on <= %(through)s
"""
_ORDER = " ORDER BY i.service_point_id, lower(i.installed), r.read_on"


def billing_reads(
    *, service_point_ids: np.ndarray | None, since: date | np.ndarray, through: date, actual_only: bool = False
) -> pa.Table:
    """Return the accepted reads of service points, as billing uses them.

    service_point_ids  (n,) int64 without repeats; None means every service point
    since              earliest day wanted, the same for all or one per point ((n,) datetime64[D])
    through            latest day wanted, included
    actual_only        leave estimates and reconstructions out
    returns            service_point_id, register_id, read_id int64; read_on, installed_on date32;
                       running_milli int64 (index plus full turns); kind int8 (1 measured, 2 self-read,
                       3 estimated); kind_name dictionary. Sorted by service point, installation start, day.
                       A meter replaced on a day shows two reads on that day, on two registers.
    raises             ValueError when `since` has another length than the ids
    """
    params: dict[str, object] = {"through": through}
    if service_point_ids is None:
        if isinstance(since, np.ndarray):
            raise ValueError("One `since` per point needs the points.")
        sql = _COLUMNS + _READS + " AND r.read_on >= %(since)s"
        params["since"] = since
    else:
        ids = np.ascontiguousarray(service_point_ids, dtype=np.int64)
        params["ids"] = ids
        if isinstance(since, np.ndarray):
            if since.shape != ids.shape:
                raise ValueError(f"{since.size} days against {ids.size} service points.")
            days = since.astype("datetime64[D]")
            # Whole days since 1970 as integers: shorter to send than 60,000 dates.
            params["since"] = days.astype(np.int64)
            sql = (
                _COLUMNS
                + " JOIN unnest(%(ids)s::int8[], %(since)s::int4[]) AS point (id, since)"
                + "   ON point.id = i.service_point_id"
                + _READS
                + " AND r.read_on >= DATE '1970-01-01' + point.since"
            )
        else:
            sql = (
                _COLUMNS
                + " JOIN unnest(%(ids)s::int8[]) AS point (id) ON point.id = i.service_point_id"
                + _READS
                + " AND r.read_on >= %(since)s"
            )
            params["since"] = since
    if actual_only:
        sql += " AND r.kind NOT IN ('estimate', 'reconstructed')"
    table = read_arrow(connection, sql + _ORDER, params, no_nulls=True)
    codes = table["kind_name"].combine_chunks().to_numpy().astype(np.int8)
    names = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(KINDS))
    at = table.schema.get_field_index("kind_name")
    table = table.set_column(at, "kind_name", names)
    return table.add_column(at, "kind", pa.array(TRUST_BY_CODE[codes]))
