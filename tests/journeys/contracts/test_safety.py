"""All or nothing, once, and not a litre lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sorgente.billing.queries.one_off_list import one_offs_of_contract
from sorgente.customers.queries.find import find_customers
from sorgente.customers.queries.requests import request_view
from sorgente.customers.usecases.contract_requests import ChecklistIncomplete
from sorgente.customers.usecases.supply_contract import PointAlreadySupplied
from sorgente.journeys.contracts import subscribe, take_over
from sorgente.journeys.contracts.execute import look_after_bills
from sorgente.journeys.contracts.meter import MeterMissing, ReadDoubtful
from sorgente.journeys.contracts.money import fee_cents
from sorgente.journeys.contracts.steps import ReadNotGiven, attach_file, record_read
from sorgente.metering.queries.point_meters import meters_at
from sorgente.metering.usecases.accept_read import ReadBelowEarlierOne
from tests.journeys.contracts.office import Office, scan

pytestmark = pytest.mark.django_db


class Broken(Exception):
    pass


def breaks(*args, **kwargs):
    raise Broken


def voltura(office):
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    return office.on("2026-03-10").asks("takeover", "Verdi", of="Bianchi").reads(130).signs()


@pytest.mark.parametrize("step", ["new_contract", "ask_deposit", "give_deposit_back"])
def test_a_crash_in_the_middle_leaves_nothing_half_done(office, monkeypatch, step):
    voltura(office)
    before = office.view
    monkeypatch.setattr(take_over, step, breaks)
    with pytest.raises(Broken):
        office.executes()
    assert office.view == before
    assert office.contract("Bianchi").end is None
    (meter,) = meters_at([office.people["Bianchi"].point_id])
    assert [read.index_milli for read in meter.reads] == [100_000]
    monkeypatch.undo()
    assert office.executes().line.state == "executed"


def test_a_crash_after_the_contract_is_there_leaves_no_contract(office, monkeypatch):
    office.on("2026-03-02").asks("activation", "Rossi").signs().reads(0, meter_serial="N77")
    monkeypatch.setattr(subscribe, "charge_fee", breaks)
    with pytest.raises(Broken):
        office.executes()
    assert find_customers(office.view.contract_number) == []
    monkeypatch.undo()
    office.executes("Rossi")
    assert [one.found_by for one in find_customers(office.view.contract_number)] == ["contract"]


def test_carried_out_twice_it_is_carried_out_once(office):
    first = voltura(office).executes("Verdi", bills_now=True)
    rows = one_offs_of_contract(first.contract_number)
    assert [row.cents for row in rows if row.kind == "takeover_fee"] == [fee_cents("takeover", on=office.today)]
    again = office.on("2026-03-20").executes(bills_now=True)
    assert (again.executed_at, again.bills, again.contract_number) == (
        first.executed_at, first.bills, first.contract_number,
    )  # fmt: skip
    assert one_offs_of_contract(first.contract_number) == rows
    assert look_after_bills(number=office.number, at=office.now) == list(first.bills)
    office.assert_books_balance()


def test_somebody_else_was_faster_at_the_same_point(office):
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100)
    office.on("2026-02-01").read("A17", index_m3=110).move_out("Bianchi")
    office.on("2026-03-02").asks("subentro", "Verdi", of="Bianchi").signs().reads(112)
    office.move_in("Neri", meter="A17", index_m3=112, at="Bianchi", installs=False)
    with pytest.raises(PointAlreadySupplied, match="of Neri Anna supplies it from 2026-03-02"):
        office.executes()
    assert office.view.line.state == "ready"


def test_what_the_meter_cannot_show_is_told_at_once(office):
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    office.on("2026-03-10").asks("takeover", "Verdi", of="Bianchi")
    with pytest.raises(ReadBelowEarlierOne):
        office.reads(90)
    with pytest.raises(ReadDoubtful, match="would be held"):
        office.reads(900)
    (meter,) = meters_at([office.people["Bianchi"].point_id])
    assert len(meter.reads) == 1
    office.reads(900, confirmed=True).signs()
    office.executes("Verdi")
    (meter,) = meters_at([office.people["Bianchi"].point_id])
    assert (meter.reads[0].index_milli, meter.reads[0].state) == (900_000, "accepted")


def test_a_point_without_a_meter_needs_one(office):
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100)
    office.on("2026-02-01").remove_meter("A17", index_m3=110).move_out("Bianchi")
    office.on("2026-03-02").asks("subentro", "Verdi", of="Bianchi").signs()
    with pytest.raises(MeterMissing, match="Give the serial"):
        office.reads(0)
    office.reads(5, meter_serial="B20")
    assert office.executes("Verdi").line.state == "executed"
    office.opens("activation")
    with pytest.raises(ReadNotGiven):
        record_read(**office.by(), read_on=office.today, index_milli=0)


def test_what_is_missing_is_listed(office):
    office.on("2026-03-02").asks("activation", "Rossi").signs()
    with pytest.raises(ChecklistIncomplete, match="1 things are missing: Contatore posato e sua lettura"):
        office.executes()


def test_a_scanned_paper_goes_to_the_archive_and_on_the_request(office):
    office.on("2026-03-02").opens("activation")
    view = attach_file(**office.by(), kind="title", content=scan("rogito"), filename="rogito.png")
    (paper,) = view.papers
    assert paper.document_id is not None
    assert {one.key: one.state for one in view.checklist}["title"] == "missing"  # which title it is was not said
    office.title(declared=False)
    assert {one.key: one.state for one in office.view.checklist}["title"] == "done"


# Each example is a story of two seconds: a failing one is shown as it was found.
@settings(
    max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    days=st.tuples(st.integers(20, 120), st.integers(20, 120)),
    used=st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_both_bills_of_a_voltura_sum_to_the_whole_consumption(db, days, used):
    with transaction.atomic():
        office = Office()
        office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
        handover = date(2026, 1, 1) + timedelta(days=days[0])
        office.on(handover).asks("takeover", "Verdi", of="Bianchi").reads(100 + used[0], confirmed=True).signs()
        office.executes("Verdi")
        office.on(handover + timedelta(days=days[1])).read("A17", index_m3=100 + sum(used)).run_bills(
            "Bianchi", "Verdi"
        )
        for held in list(office.parked()):
            office.release(held["id"])
        bills = [bill for name in ("Bianchi", "Verdi") for bill in office.bills_of(name)]
        assert sum(bill.quantity_milli for bill in bills) == sum(used) * 1000
        assert [str(bill.start) for bill in bills] == ["2026-01-01", str(handover)]
        assert bills[0].end == bills[1].start
        assert request_view(office.number, as_of=office.today).effective_on == handover
        office.assert_books_balance()
        transaction.set_rollback(True)
