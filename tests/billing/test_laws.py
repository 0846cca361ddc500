"""Laws that hold for any history of reads and bills."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sorgente.billing.core.compute import Waiting, compute_bills
from sorgente.billing.core.gate import GateRules
from sorgente.billing.core.inputs import pack_table, unpack_table
from sorgente.billing.core.one_offs import (
    CODES,
    FIRST_CODE,
    LEDGER,
    NAMES,
    STAMP_DUTY,
    OneOffRows,
    Stamp,
    StampDuty,
    charges_of,
    one_offs_of,
    one_offs_table,
    with_stamp_duty,
)
from sorgente.billing.core.rows import Rows, no_rows, positions, revenue_by_account, totals
from sorgente.billing.core.stretches import FINE, NO_DAY, OPEN_DAY, Contracts, Policy, Reads, plan_bills
from sorgente.metering.core.consumption import estimate_milli
from sorgente.rating.rows import CONDITIONS
from sorgente.tariffs.library import tariff_book
from sorgente.tariffs.tables import number_of

START = number_of(date(2026, 1, 1))
POLICY = Policy(fresh_days=45, least_days=0, least_estimated_days=1)
OPEN_GATE = GateRules(10**6, 10**15, 10**12, 10**6, 10**12, False, 10**6)

days = st.lists(st.integers(1, 700), min_size=1, max_size=6, unique=True).map(sorted)
litres = st.integers(0, 90_000)


@st.composite
def meter_lives(draw):
    """(day, litres used since the read before, is there a new meter from here) of an installation and more reads."""
    return [(day, draw(litres), draw(st.booleans())) for day in draw(days)]


def reads_of(life):
    rows, register, running = [(0, 1, 0)], 1, 0
    for day, used, replaced in life:
        running += used
        rows.append((day, register, running))
        if replaced:
            register, running = register + 1, 500
            rows.append((day, register, running))
    register_id = np.array([row[1] for row in rows])
    day = np.array([row[0] for row in rows]) + START
    installed = np.array([day[register_id == r].min() for r in register_id])
    return Reads(
        service_point_id=np.ones(len(rows), dtype=np.int64),
        register_id=register_id,
        installed_on=installed,
        read_id=np.arange(1, len(rows) + 1),
        day=day,
        running_milli=np.array([row[2] for row in rows]),
        trusted=np.ones(len(rows), dtype=bool),
    )


def one_contract(*, actual_on=NO_DAY, billed_to=NO_DAY, yearly=146_000):
    return Contracts(
        contract_id=np.array([7]), contract_account_id=np.array([7]), service_point_id=np.array([1]),
        supplied_from=np.array([START]), supplied_to=np.array([OPEN_DAY]), split_payment=np.array([False]),
        actual_on=np.array([actual_on]), billed_to=np.array([billed_to]), yearly_milli=np.array([yearly]),
    )  # fmt: skip


@given(life=meter_lives(), through=st.integers(1, 800))
def test_stretches_partition_the_billed_days_and_measure_the_registers(life, through):
    reads = reads_of(life)
    plan = plan_bills(one_contract(), reads, through=START + through, policy=POLICY)
    assert plan.outcome.tolist() == [FINE]
    found = plan.stretches
    assert found.start[0] == plan.start[0] == START
    assert found.end[-1] == plan.end[0] > START
    assert (found.start[1:] == found.end[:-1]).all()
    measured = sum(used for day, used, _ in life if day <= through)
    assert found.quantity_milli[~found.estimated].sum() == measured
    estimated = found.estimated
    assert not estimated[:-1].any()
    expected = estimate_milli(np.int64(146_000), (found.end - found.start)[estimated])
    assert (found.quantity_milli[estimated] == expected).all()


def conditions():
    book = tariff_book()
    return pa.table(
        {
            "contract_id": [7], "start": pa.array([date(2020, 1, 1)]), "end": pa.array([None], pa.date32()),
            "tariff": [book.tariff_index("valdoro")], "category": [book.category_index("domestico_residente")],
            "persons": [3], "units": [1], "services": [7], "bonus": [False], "meter_size": [0], "commitment_milli": [0],
        }
    ).cast(CONDITIONS)  # fmt: skip


def billed(contracts, reads, back, through):
    return compute_bills(
        contracts, reads, conditions(), back, tariff_book(), through=START + through, issued_on=START + through,
        policy=POLICY, gate=OPEN_GATE, released=np.array([False]),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(life=meter_lives(), estimated_to=st.integers(1, 500))
def test_estimates_never_change_what_is_paid_in_the_end(life, estimated_to):
    """A bill on an estimate and the one on the reads cost together what one bill on the reads costs."""
    reads, last = reads_of(life), life[-1][0]
    estimated_to = min(estimated_to, last)  # days after the latest read would be estimated anew
    blind = Reads(*(column[:1] for column in (getattr(reads, name) for name in Reads.__slots__)))
    first = billed(one_contract(), blind, no_rows(), estimated_to)
    earlier = first.rows.with_columns(reverses=np.full(first.rows.bill.size, 99))
    second = billed(one_contract(billed_to=START + estimated_to), reads, earlier, last)
    alone = billed(one_contract(), reads, no_rows(), last)

    assert first.totals.net_cents[0] + second.totals.net_cents[0] == alone.totals.net_cents[0]
    assert second.quantity_milli[0] == alone.quantity_milli[0]


cents = st.lists(st.tuples(st.integers(0, 4), st.integers(-(10**7), 10**7), st.sampled_from([0, 400, 1000, 2200])))


@given(cents)
def test_vat_is_rounded_once_per_bill_and_rate_and_a_credit_undoes_its_bill(drawn):
    drawn = sorted(drawn)
    columns = {name: np.zeros(len(drawn), dtype=np.int64) for name in Rows.__slots__}
    columns["bill"] = np.array([bill for bill, _, _ in drawn], dtype=np.int64)
    columns["cents"] = np.array([amount for _, amount, _ in drawn], dtype=np.int64)
    columns["vat_e4"] = np.array([rate for _, _, rate in drawn], dtype=np.int64)
    rows = Rows(**columns)
    found = totals(rows, 5)
    back = totals(rows.with_columns(cents=-rows.cents), 5)
    assert (found.net_cents == -back.net_cents).all()
    assert (found.vat_cents == -back.vat_cents).all()
    assert found.net_cents.sum() == rows.cents.sum()
    assert (np.abs(found.group_vat_cents * 10_000 - found.group_base_cents * found.group_vat_e4) * 2 <= 10_000).all()
    for bill in range(5):
        assert positions(rows.bill)[rows.bill == bill].tolist() == list(range(1, int((rows.bill == bill).sum()) + 1))


one_offs = st.lists(st.tuples(st.sampled_from(sorted(NAMES)), st.integers(-30_000, 30_000).filter(bool)), max_size=8)


@settings(max_examples=40, deadline=None)
@given(drawn=one_offs, used=litres, water=st.booleans())
def test_rows_and_vat_make_the_total_with_one_offs_too(drawn, used, water):
    drawn = [(kind, cents) for kind, cents in drawn if kind != CODES[STAMP_DUTY]]
    taxed = {CODES[name] for name in ("fee", "takeover_fee", "works", "credit")}
    size = len(drawn)
    rows = OneOffRows(
        bill=np.zeros(size, dtype=np.int64),
        one_off_id=np.arange(1, size + 1),
        kind=np.array([kind for kind, _ in drawn], dtype=np.int64),
        day=np.full(size, START),
        cents=np.array([cents for _, cents in drawn], dtype=np.int64),
        vat_e4=np.array([1000 if kind in taxed else 0 for kind, _ in drawn], dtype=np.int64),
        rule=np.zeros(size, dtype=np.int64),
        text=[""] * size,
    )
    stamp = Stamp(StampDuty(7_747, 200, "owed"), 0, "")
    found = compute_bills(
        one_contract(), reads_of([(90, used, False)]), conditions(), no_rows(), tariff_book(), through=START + 90,
        issued_on=START + 95, policy=POLICY, gate=OPEN_GATE, released=np.array([False]),
        waiting=Waiting(rows, stamp, np.array([True])), water=water,
    )  # fmt: skip
    if not water and not drawn:
        assert found.contract_id.size == 0
        return
    without = sum(cents for kind, cents in drawn if kind not in taxed)
    stamp_row = 200 if without > 7_747 else 0
    kept = found.rows.kind >= FIRST_CODE
    assert found.rows.cents[kept].sum() == sum(cents for _, cents in drawn) + stamp_row
    assert found.rows.cents.sum() == found.totals.net_cents[0]
    assert found.totals.group_base_cents.sum() == found.totals.net_cents[0]
    assert found.to_pay_cents[0] == found.totals.net_cents[0] + found.totals.vat_cents[0]
    if found.stamp_duty_cents is not None:
        assert found.stamp_duty_cents.tolist() == [200 if abs(without) > 7_747 else 0]
    accounts, cents = revenue_by_account(found.rows, 1, LEDGER)
    assert cents.sum() == found.totals.net_cents[0]
    assert len(set(accounts)) == len(accounts)
    # What was stored gives the same rows again.
    table = unpack_table(pack_table(one_offs_table(found.one_offs, np.array([42]), stamp)))
    again, kept_stamp = one_offs_of(table, np.array([42]))
    again, _ = with_stamp_duty(again, kept_stamp, bills=1, day=START + 95)
    assert charges_of(again).cents.tolist() == found.rows.cents[kept].tolist()
