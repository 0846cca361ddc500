"""The bill as a value: its arithmetic check names what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sorgente.billing.core.document import ChargeKind, PaymentMethod
from sorgente.billing.core.specimen import LAWS, specimen_bill
from sorgente.billing.core.totals import document_gaps, fixed_row, vat_cents, vat_groups


def test_vat_is_half_up_on_the_sum_per_rate_and_nature() -> None:
    row = specimen_bill(0).rows[0]
    rows = [
        replace(row, cents=2165, vat_rate_e2=1000),
        replace(row, cents=5, vat_rate_e2=2200),
        replace(row, cents=-100, vat_rate_e2=0, nature="N1"),
        replace(row, cents=40, vat_rate_e2=0, nature="N2.2"),
    ]
    groups = vat_groups(rows, laws=LAWS)
    assert [(g.vat_rate_e2, g.nature, g.taxable_cents, g.vat_cents) for g in groups] == [
        (2200, None, 5, 1),
        (1000, None, 2165, 217),
        (0, "N1", -100, 0),
        (0, "N2.2", 40, 0),
    ]
    assert groups[2].law == LAWS["N1"]
    assert vat_cents(-2165, 1000) == -217


def test_a_fixed_quota_is_days_at_a_daily_price() -> None:
    row = fixed_row(
        service="Acquedotto",
        code="QF",
        label="quota fissa",
        start=date(2026, 1, 1),
        end=date(2026, 4, 1),
        yearly_price_e8=2_745_400_000,
        units=3,
        cents=2031,
        vat_rate_e2=1000,
    )
    assert row.quantity_milli == 270_000
    assert row.unit_price_e8 == 7_521_644
    assert row.kind is ChargeKind.FIXED


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"net_cents": 1}, "Net"),
        ({"vat_cents": 1}, "VAT"),
        ({"total_cents": 1}, "Total"),
        ({"to_pay_cents": 1}, "To pay"),
    ],
)
def test_a_total_that_does_not_add_up_is_named(change: dict[str, int], word: str) -> None:
    bill = specimen_bill(1, kind="direct_debit")
    gaps = document_gaps(replace(bill, header=replace(bill.header, **change)))  # type: ignore[arg-type]
    assert any(gap.startswith(word) for gap in gaps)


def test_other_gaps_are_named() -> None:
    bill = specimen_bill(1, kind="direct_debit")
    assert document_gaps(bill) == []
    assert any("VAT table" in gap for gap in document_gaps(replace(bill, vat_groups=())))
    asked = replace(bill, payment=replace(bill.payment, amount_cents=1))
    assert any("payment asks" in gap for gap in document_gaps(asked))
    unpaid = replace(bill, payment=replace(bill.payment, method=PaymentMethod.NONE, amount_cents=1))
    assert document_gaps(unpaid) == []
    header = replace(bill.header, credit_cents=68)
    credited = replace(bill, header=header, payment=replace(bill.payment, amount_cents=header.to_pay_cents - 68))
    assert document_gaps(credited) == []
    assert any("payment asks" in gap for gap in document_gaps(replace(bill, header=header)))
    without_nature = replace(bill, rows=(replace(bill.rows[0], vat_rate_e2=0), *bill.rows[1:]))
    assert any("needs a nature" in gap for gap in document_gaps(without_nature))
    empty_row = replace(bill, rows=(replace(bill.rows[0], end=bill.rows[0].start), *bill.rows[1:]))
    assert any("has no day" in gap for gap in document_gaps(empty_row))
