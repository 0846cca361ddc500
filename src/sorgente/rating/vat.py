"""VAT on the sum of the rows of each rate: the one place where it is rounded."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

VAT_ROWS = pa.schema(
    [
        pa.field("rate_e4", pa.int32(), nullable=False),  # 1000 is 10 %
        pa.field("base_cents", pa.int64(), nullable=False),
        pa.field("vat_cents", pa.int64(), nullable=False),
    ]
)


def vat_by_rate(charges: pa.Table, *, key: str = "contract_id") -> pa.Table:
    """Return base and VAT per document and rate, half a cent away from zero.

    charges  columns `key` (int64: what makes one document), `cents` net of VAT, `vat_e4`
    returns  columns `key`, rate_e4, base_cents, vat_cents, sorted by key and rate; a rate of 0 has its row too
    source   rules/rounding/rows.yaml
    """
    # Rows of a document mostly stand together: summing runs first leaves the grouping a tenth of the work.
    runs = pa.Table.from_batches(
        [_runs(batch, key) for batch in charges.to_batches()], schema=_run_schema(charges, key)
    )
    grouped = runs.group_by([key, "vat_e4"], use_threads=False).aggregate([("cents", "sum")])
    grouped = grouped.sort_by([(key, "ascending"), ("vat_e4", "ascending")])
    base = grouped.column("cents_sum").to_numpy().astype(np.int64)
    rate = grouped.column("vat_e4").to_numpy().astype(np.int64)
    exact = np.abs(base) * rate
    vat = np.sign(base) * ((2 * exact + 10_000) // 20_000)
    return pa.Table.from_arrays(
        [
            grouped.column(key),
            pa.chunked_array([pa.array(rate.astype(np.int32))]),
            pa.chunked_array([pa.array(base)]),
            pa.chunked_array([pa.array(vat)]),
        ],
        schema=pa.schema([grouped.schema.field(key), *VAT_ROWS]),
    )


def _runs(batch: pa.RecordBatch, key: str) -> pa.RecordBatch:
    """Return one row per run of rows with the same key and rate, with the sum of their cents."""
    keys, rates, cents = (batch.column(name).to_numpy() for name in (key, "vat_e4", "cents"))
    starts = np.flatnonzero(np.concatenate([[len(keys) > 0], (keys[1:] != keys[:-1]) | (rates[1:] != rates[:-1])]))
    sums = np.add.reduceat(cents, starts) if len(starts) else cents
    return pa.record_batch([keys[starts], rates[starts], sums], names=[key, "vat_e4", "cents"])


def _run_schema(charges: pa.Table, key: str) -> pa.Schema:
    return pa.schema([(name, charges.schema.field(name).type) for name in (key, "vat_e4", "cents")])
