"""Golden cases a domain expert can read and sign: cases/rating."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.rating.tariff_cases import answer_to, book_of, cases, short_rows

BILLS = [*cases("published_bills"), *cases("valdoro"), *cases("kinds_of_charges")]


@pytest.mark.parametrize("case", BILLS, ids=lambda case: case["case"])
def test_a_bill_is_what_the_case_says(case):
    answer = answer_to(book_of(case), case["given"])
    expect = case["expect"]
    if "error" in expect:
        assert answer == {"error": expect["error"]}
        return
    rows = short_rows(answer)

    if "rows" in expect:
        assert rows == expect["rows"]
    if "perequation" in expect:
        assert [row for row in rows if row[1] == "perequation"] == expect["perequation"]
    if "brackets" in expect:
        assert [row[2:] for row in rows if row[0] == "acquedotto" and row[2]] == expect["brackets"]
    if "fixed" in expect:
        assert [[row[0], row[3], row[4]] for row in rows if row[1] == "fixed"] == expect["fixed"]
    for total in ("net_cents", "vat_cents", "total_cents"):
        assert answer[total] == expect.get(total, answer[total])
    assert answer["net_cents"] == sum(row["cents"] for row in answer["rows"])


@pytest.mark.parametrize("case", cases("gas_calendar_year"), ids=lambda case: case["case"])
def test_brackets_of_a_calendar_year_fill_where_the_month_before_stopped(case):
    edges = ["0", *case["edges"], None]
    brackets = [
        {"name": str(number), "from": lower, "to": upper, "price": "1"}
        for number, (lower, upper) in enumerate(pairwise(edges))
    ]
    charge = {
        "service": "network variable", "kind": "volumetric", "unit": "EUR/Smc", "bracket_unit": "Smc/year",
        "bracket_mode": "calendar_year_cumulative (Jan-Dec)", "bracket_scale": "delivery_point", "brackets": brackets,
    }  # fmt: skip
    book = book_of({"tariff": {"group": "gas_distribution", "charges": [charge]}})
    used = 0
    for month, quantity, expected in case["months"]:
        start = f"2021-{month:02d}-01"
        end = f"2021-{month + 1:02d}-01" if month < 12 else "2022-01-01"
        answer = answer_to(book, {"from": start, "to": end, "quantity": str(quantity), "year_to_date": str(used)})
        filled = {int(row["bracket"]): int(row["quantity"]) for row in answer["rows"]}
        assert [filled.get(number, 0) for number in range(4)] == expected, f"month {month}"
        used += quantity
    assert used == 2060
