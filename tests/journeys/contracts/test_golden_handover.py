"""The cases of cases/contracts/handover.yaml: who pays for which days and litres, what the deposit does."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sorgente.billing.queries.deposits import deposit_of
from sorgente.billing.queries.one_off_list import one_offs_of_contract
from sorgente.billing.usecases.deposits import require_deposit
from sorgente.quality.queries.clocks import clocks_of

CASES = yaml.safe_load((Path(__file__).parents[3] / "cases/contracts/handover.yaml").read_text(encoding="utf-8"))


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_handover(office, case):
    given, expect = case["given"], case["expect"]
    begins, hands_over, then = given["begins"], given["hands_over"], given["then_reads"]
    office.on(begins["day"]).move_in("Bianchi", meter="A17", index_m3=begins["index_m3"], yearly_m3=begins["yearly_m3"])
    old = office.contract("Bianchi").number
    if "yearly_cents" in begins:
        require_deposit(contract_number=old, yearly_cents=begins["yearly_cents"], on=office.today, at=office.now)
    office.on(hands_over["day"]).asks(given["kind"], "Verdi", of="Bianchi").reads(hands_over["index_m3"]).signs()
    (clock,) = clocks_of(f"request:{office.number}", as_of=office.today)
    done = office.executes("Verdi")
    office.on(then["day"]).read("A17", index_m3=then["index_m3"]).run_bills("Bianchi", "Verdi")

    fees = sum(row.cents for row in one_offs_of_contract(done.contract_number) if row.kind in ("fee", "takeover_fee"))
    moved = deposit_of(done.contract_number)
    back = deposit_of(old)
    assert {
        "leaving": {**_side(office, "Bianchi"), "deposit_back_cents": back.returned_cents if back else 0},
        "entering": {
            **_side(office, "Verdi"),
            "fee_cents": fees,
            "deposit_moved_cents": moved.required_cents if back is not None and back.state == "transferred" else 0,
        },
        "clock": {"standard": clock.standard, "due_on": clock.due_on},
    } == expect
    office.assert_books_balance()


def _side(office, name):
    (bill,) = office.bills_of(name)
    return {"from": bill.start, "to": bill.end, "m3": bill.quantity_milli // 1000}
