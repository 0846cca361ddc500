"""Which payment settles how much of which receivable, for thousands at once."""

from __future__ import annotations

import polars as pl


def share_out(*, credits: pl.DataFrame, receivables: pl.DataFrame) -> pl.DataFrame:
    """Return how credits settle the receivables of the same key, each side in the order of its rows.

    credits      key, credit_id int64, cents int64 > 0
    receivables  key, receivable_id int64, open_cents int64 > 0
    returns      receivable_id, credit_id, cents > 0; what a credit has left over stays the customer's

    Both sides of a key are laid end to end on one line of cents; where two stretches overlap, one settles the other.

        credits      |-- 50 --|------ 80 ------|
        receivables  |---- 70 ----|-- 30 --|
        overlaps     |   50   | 20|   30   |         30 left over
    """
    left = _stretches(credits, "cents", "credit")
    right = _stretches(receivables, "open_cents", "receivable")
    overlap = pl.min_horizontal("credit_end", "receivable_end") - pl.max_horizontal("credit_start", "receivable_start")
    return (
        left.join(right, on="key", how="inner", maintain_order="left_right")
        .select("receivable_id", "credit_id", overlap.alias("cents"))
        .filter(pl.col("cents") > 0)
    )


def _stretches(rows: pl.DataFrame, amount: str, side: str) -> pl.DataFrame:
    end = pl.col(amount).cum_sum().over("key")
    return rows.with_columns((end - pl.col(amount)).alias(f"{side}_start"), end.alias(f"{side}_end"))
