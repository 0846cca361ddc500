"""What is held, why, and how it goes on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.billing.core import gate
from sorgente.billing.usecases.release_item import ItemNotParked, ReleaseReasonMissing, release_item

RULES = gate.GateRules(4_000, 40_000, 2_000_000, 150, 20_000, True, 775)


def facts(**changes):
    base = {
        "start": 20_000, "end": 20_073, "quantity_milli": 30_000, "measured_milli": 30_000, "measured_days": 73,
        "total_cents": 10_000, "yearly_milli": 150_000, "persons": 3, "closing": False, "ends_on_estimate": False,
    }  # fmt: skip
    return gate.GateFacts(**{name: np.array([value]) for name, value in (base | changes).items()})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, gate.PASSED),
        ({"quantity_milli": 120_000}, gate.PASSED),  # 73 days of 150 m³ a year are 30 m³: four times is 120
        ({"quantity_milli": 120_001}, gate.HIGH_CONSUMPTION),
        ({"quantity_milli": 40_000, "yearly_milli": 10_000}, gate.PASSED),  # not above the floor
        ({"quantity_milli": 40_001, "yearly_milli": 10_000}, gate.HIGH_CONSUMPTION),
        ({"quantity_milli": 900_000, "yearly_milli": -1}, gate.PASSED),  # no Ca: nothing to compare with
        ({"total_cents": 2_000_000}, gate.PASSED),
        ({"total_cents": 2_000_001}, gate.HIGH_AMOUNT),
        ({"measured_milli": 0, "measured_days": 149}, gate.PASSED),
        ({"measured_milli": 0, "measured_days": 150}, gate.NO_CONSUMPTION),
        ({"measured_milli": 0, "measured_days": 150, "persons": 0}, gate.PASSED),
        ({"measured_milli": 0, "measured_days": 150, "yearly_milli": 19_999}, gate.PASSED),
        ({"closing": True, "ends_on_estimate": True}, gate.CLOSING_ON_ESTIMATE),
        ({"closing": True}, gate.PASSED),
        ({"ends_on_estimate": True}, gate.PASSED),
        ({"start": 20_073 - 775}, gate.PASSED),
        ({"start": 20_073 - 776}, gate.REACHES_FAR_BACK),
    ],
)
def test_each_threshold_and_one_step_beside_it(changes, reason):
    found = facts(**changes)
    assert gate.judge(found, RULES, issued_on=20_073).tolist() == [reason]
    if reason:
        said, proposal = gate.explain(reason, found, 0)
        assert said
        assert proposal


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_water_is_never_let_through_when_less_is_held(less, more):
    less, more = sorted((less, more))
    held = [gate.judge(facts(quantity_milli=q), RULES, issued_on=20_073)[0] for q in (less, more)]
    assert (held[0] == gate.HIGH_CONSUMPTION) <= (held[1] == gate.HIGH_CONSUMPTION)


@pytest.mark.django_db
def test_a_held_bill_goes_out_when_a_person_releases_it(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=60)
    town.move_in("Verdi", meter="B03", index_m3=0, yearly_m3=100)
    town.on("2026-04-01").read("A17", index_m3=300).read("B03", index_m3=20)
    town.on("2026-04-20").run_bills(through="2026-04-01", run="April")

    (item,) = town.parked()
    assert (item["code"], item["holder"]) == ("billing.gate.high-consumption", "Bianchi Anna")
    assert item["reason"] == "200 m³ in 90 days; Ca 60 expects 14,794 m³."
    assert "photo" in item["next_step"]
    assert len(town.bills_of("Verdi")) == 1

    with pytest.raises(ReleaseReasonMissing, match="Write what was checked"):
        release_item(item_id=item["id"], released_by="clerk", released_at=town.now, reason=" ")
    town.release(item["id"])
    assert [bill.quantity_milli for bill in town.bills_of("Bianchi")] == [200_000]
    with pytest.raises(ItemNotParked, match="It is issued"):
        release_item(item_id=item["id"], released_by="clerk", released_at=town.now, reason="again")
    town.assert_books_balance()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("story", "code", "says"),
    [
        (
            lambda t: t.move_in("Bianchi", meter="A17", index_m3=0).on("2026-08-01"),
            "billing.estimate.no-annual-consumption",
            "no read to bill after 2026-01-01 and no Ca",
        ),
        (
            lambda t: t.move_in("Bianchi", meter="A17", index_m3=0, yearly_m3=100).on("2026-08-01").move_out("Bianchi"),
            "billing.gate.closing-on-estimate",
            "no final read",
        ),
        (
            lambda t: t.move_in("Bianchi", meter="A17", index_m3=0, installs=False, yearly_m3=10).on("2026-08-01"),
            "billing.reads.no-opening-read",
            "no accepted read on 2026-01-01",
        ),
        (
            lambda t: t.move_in("Bianchi", meter="A17", index_m3=0, category="castello").on("2026-07-01").read(
                "A17", index_m3=9
            ),
            "rating.span.no-category",
            "has no use category number -1",
        ),
    ],
    ids=["no Ca", "closing without a final read", "no opening read", "unknown category"],
)  # fmt: skip
def test_what_cannot_be_billed_is_parked_and_stops_nobody(town, story, code, says):
    story(town)
    town.on("2026-01-01").move_in("Verdi", meter="B03", index_m3=0)
    town.on("2026-07-15").read("B03", index_m3=20)
    town.on("2026-08-01").run_bills()
    (item,) = town.parked()
    assert item["code"] == code
    assert says in item["reason"]
    assert item["next_step"]
    assert len(town.bills_of("Verdi")) == 1
    town.assert_books_balance()


@pytest.mark.django_db
def test_mended_and_released_it_is_tried_again(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=0)
    town.on("2026-08-01").run_bills()
    (item,) = town.parked()
    town.yearly("Bianchi", 146)
    town.release(item["id"])
    assert town.parked() == []
    assert [b.kind for b in town.bills_of("Bianchi")] == ["estimated"]


def test_the_due_day_is_late_enough_and_a_working_day():
    from sorgente.billing.core.policy import due_day
    from sorgente.tariffs.rules import rules

    assert due_day(rules(), bill_on=date(2026, 4, 20)) == date(2026, 5, 15)
    assert due_day(rules(), bill_on=date(2026, 4, 6)) == date(2026, 5, 4)  # 1 May, Friday, is a holiday
    for day in range(1, 29):
        issued = date(2026, 2, day)
        assert (due_day(rules(), bill_on=issued) - issued).days >= 20


def _states(town, name):
    from sorgente.billing.models import RunItem

    items = RunItem.objects.filter(contract_id=town.people[name].contract_id).order_by("run_id")
    return list(items.values_list("run__name", "state"))


@pytest.mark.django_db
def test_what_is_parked_is_taken_over_by_the_next_run_and_judged_anew(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=60)
    town.on("2026-04-01").read("A17", index_m3=300)
    town.on("2026-04-20").run_bills(through="2026-04-01", run="April")
    town.on("2026-05-20").run_bills(through="2026-04-01", run="May")

    assert _states(town, "Bianchi") == [("April", "carried"), ("May", "parked")]
    assert [item["run_name"] for item in town.parked()] == ["May"]


@pytest.mark.django_db
def test_what_a_person_let_through_stays_let_through_in_the_next_run(town):
    """The dates of a series never go back: after May's bills April's run can issue no more."""
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=60)
    town.on("2026-04-01").read("A17", index_m3=300)
    town.on("2026-04-20").run_bills(through="2026-04-01", run="April")
    (item,) = town.parked()
    release_item(item_id=item["id"], released_by="clerk", released_at=town.now, reason="checked the photo")

    town.on("2026-05-20").run_bills(through="2026-04-01", run="May")

    assert _states(town, "Bianchi") == [("April", "carried"), ("May", "issued")]
    assert [bill.quantity_milli for bill in town.bills_of("Bianchi")] == [200_000]
    town.assert_books_balance()
