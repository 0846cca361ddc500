"""What billing hands over for collection: one row per bill, columns checked at the door."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# cents: what is to be paid; bills of 0 or less are nothing to collect and are passed over.
BILLS = pa.schema(
    [
        pa.field("bill_id", pa.int64(), nullable=False),
        pa.field("bill_number", pa.string(), nullable=False),
        pa.field("contract_account_id", pa.int64(), nullable=False),
        pa.field("due_on", pa.date32(), nullable=False),
        pa.field("cents", pa.int64(), nullable=False),
    ]
)


def checked_bills(bills: pa.Table) -> pa.Table:
    """Return the bills with something to pay, in the declared types; raises ValueError naming the wrong column."""
    missing = [name for name in BILLS.names if name not in bills.column_names]
    if missing:
        raise ValueError(f"Bills to collect lack the column {', '.join(missing)}.")
    empty = [name for name in BILLS.names if bills[name].null_count]
    if empty:
        raise ValueError(f"Bills to collect have empty cells in {', '.join(empty)}.")
    found = bills.select(BILLS.names).cast(BILLS)
    return found.filter(pc.greater(found["cents"], 0)).combine_chunks()
