"""The frames of rating: what comes in, what goes out, with units. Checked at the door, by name and type."""

from __future__ import annotations

import pyarrow as pa

from sorgente.shared.errors import SorgenteError


class WrongFrame(SorgenteError):
    """A frame lacks a column, holds another type or an empty cell, or is not sorted."""

    code = "rating.frame.wrong"


SPANS = pa.schema(
    [
        pa.field("span_id", pa.int64(), nullable=False),
        pa.field("contract_id", pa.int64(), nullable=False),
        pa.field("start", pa.date32(), nullable=False),
        pa.field("end", pa.date32(), nullable=False),  # excluded
        pa.field("quantity_milli", pa.int64(), nullable=False),  # of the whole span, >= 0
    ]
)
# A span may also carry `prior_milli` (int64): the quantity of the same year before its start, for tariffs whose
# brackets fill up from 1 January; -1 or absent where it is not known.

CONDITIONS = pa.schema(
    [
        pa.field("contract_id", pa.int64(), nullable=False),
        pa.field("start", pa.date32(), nullable=False),
        pa.field("end", pa.date32()),  # excluded; null is open
        pa.field("tariff", pa.int32(), nullable=False),  # TariffBook.tariff_index(family)
        pa.field("category", pa.int32(), nullable=False),  # TariffBook.category_index(code)
        pa.field("persons", pa.int16(), nullable=False),  # 0 is not known
        pa.field("units", pa.int16(), nullable=False),  # >= 1
        pa.field("services", pa.int32(), nullable=False),  # bits: 1 acquedotto, 2 fognatura, 4 depurazione
        pa.field("bonus", pa.bool_(), nullable=False),
        pa.field("meter_size", pa.int32(), nullable=False),  # mm, 0 is not known
        pa.field("commitment_milli", pa.int64(), nullable=False),  # thousandths of m3/year, kW or m2
    ]
)
# A condition may also carry `other_units` (int16): non-domestic units of a mixed use.

CHARGES = pa.schema(
    [
        pa.field("span_id", pa.int64(), nullable=False),
        pa.field("contract_id", pa.int64(), nullable=False),
        pa.field("start", pa.date32(), nullable=False),
        pa.field("end", pa.date32(), nullable=False),
        pa.field("service", pa.int8(), nullable=False),  # sorgente.tariffs.model.Service
        pa.field("kind", pa.int8(), nullable=False),  # sorgente.tariffs.model.Kind
        pa.field("bracket", pa.int8(), nullable=False),  # from 0; -1 is none
        pa.field("quantity_milli", pa.int64(), nullable=False),  # as printed
        pa.field("unit_price_e8", pa.int64(), nullable=False),  # as printed
        pa.field("cents", pa.int64(), nullable=False),  # net of VAT
        pa.field("vat_e4", pa.int32(), nullable=False),  # 1000 is 10 %
        pa.field("rule", pa.int32(), nullable=False),  # TariffBook.rules[rule]
    ]
)

REFUSALS = pa.schema(
    [
        pa.field("span_id", pa.int64(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),
    ]
)


def checked(frame: pa.Table | pa.RecordBatch, schema: pa.Schema, name: str) -> pa.Table:
    """Return the frame as a table whose columns have the declared types; raises WrongFrame."""
    table = pa.Table.from_batches([frame]) if isinstance(frame, pa.RecordBatch) else frame
    for field in schema:
        where = f"Column {field.name} of {name}"
        if field.name not in table.column_names:
            raise WrongFrame(where, "It is missing.", f"Columns are: {', '.join(schema.names)}.")
        column = table.column(field.name)
        if column.type != field.type:
            raise WrongFrame(where, f"It holds {column.type}.", f"Give {field.type}.")
        if not field.nullable and column.null_count:
            raise WrongFrame(where, f"It has {column.null_count} empty cells.", "Fill them.")
    return table
