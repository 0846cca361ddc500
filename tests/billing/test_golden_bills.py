"""cases/billing: whole bills, row by row, that an expert can read and check with a calculator."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[2] / "cases" / "billing"
CASES = [case for file in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(file.read_text(encoding="utf-8"))]


def shown(row):
    """A row as the cases write it; litres for water, the pieces x days of a fixed quota in thousandths."""
    return {
        "label": row.label,
        "from": row.start,
        "to": row.end,
        "quantity": row.quantity_milli,
        "cents": row.cents,
    } | ({"takes_back": True} if row.takes_back else {})


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_bill_is_this_one_to_the_cent(town, case):
    given, expect = case["given"], case["expect"]
    days = iter(sorted(given["reads"].items()))
    first_day, index = next(days)
    terms = {name: given[name] for name in ("people", "category", "units", "services") if name in given}
    town.on(first_day).move_in("Bianchi", meter="A17", index_m3=index, yearly_m3=given.get("yearly_m3"), **terms)
    if given.get("bonus"):
        town.change("Bianchi", bonus=True)
    for day, index in days:
        town.on(day).read("A17", index_m3=index)
    for bill_on, through in given["bills"].items():
        bill = town.on(bill_on).bill("Bianchi", through=through)

    assert [shown(row) for row in bill.charges] == expect["rows"]
    assert bill.net_cents == sum(row["cents"] for row in expect["rows"])
    assert (bill.net_cents, bill.vat_cents, bill.total_cents) == tuple(expect[name] for name in ("net", "vat", "total"))
    town.assert_books_balance()
