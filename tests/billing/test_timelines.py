"""Stories of one contract, from the first read to the bill; each ends with books that balance."""

from __future__ import annotations

from datetime import date

import pytest

pytestmark = pytest.mark.django_db


def stretches(bill):
    return [(str(c.start), str(c.end), c.quantity_milli // 1000, c.estimated) for c in bill.consumptions]


def own_rows(bill):
    return [row for row in bill.charges if not row.takes_back]


def taken_back(bill):
    return [row for row in bill.charges if row.takes_back]


def test_a_first_bill_on_an_actual_read(town):
    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    town.on("2026-04-01").read("A17", index_m3=136)
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")

    assert (bill.number, bill.kind, bill.document_type) == ("2026/SII/0000001", "actual", "TD01")
    assert (str(bill.start), str(bill.end), bill.quantity_milli) == ("2026-01-01", "2026-04-01", 36_000)
    assert str(bill.due_on) == "2026-05-15"
    assert stretches(bill) == [("2026-01-01", "2026-04-01", 36, False)]
    assert sum(row.quantity_milli for row in bill.rows("Acquedotto") if row.kind == "Quota variabile") == 36_000
    assert bill.net_cents == sum(row.cents for row in bill.charges)
    assert [(g.vat_e4, g.base_cents) for g in bill.vat_groups] == [(1000, bill.net_cents)]
    assert bill.total_cents == bill.to_pay_cents == town.balance("Bianchi")
    town.assert_books_balance()
    town.assert_nothing_left_to_bill(through="2026-04-01")


def test_an_estimate_is_taken_back_by_the_next_actual_read(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    first = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    assert (first.kind, stretches(first)) == ("estimated", [("2026-01-01", "2026-04-01", 36, True)])  # 90 days x 0.4
    second = town.on("2026-07-20").bill("Bianchi", through="2026-07-01")
    assert stretches(second) == [("2026-04-01", "2026-07-01", 36, True)]  # 91 days x 0.4 = 36.4

    town.on("2026-09-20").read("A17", index_m3=190)
    third = town.on("2026-10-05").bill("Bianchi", through="2026-10-01")

    assert third.kind == "actual"
    assert stretches(third) == [("2026-01-01", "2026-09-20", 90, False)]
    assert sum(row.cents for row in taken_back(third)) == -(first.net_cents + second.net_cents)
    assert {row.takes_back for row in taken_back(third)} == {first.number, second.number}
    assert [c.superseded_by for c in town.bills_of("Bianchi")[0].consumptions] == [third.number]
    # Together the three bills cost what one bill on the two reads would have.
    assert sum(row.cents for row in own_rows(third)) == first.net_cents + second.net_cents + third.net_cents
    town.assert_books_balance()
    town.assert_nothing_left_to_bill(through="2026-10-01")


def test_too_much_estimated_gives_money_back(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=365)
    first = town.on("2026-07-20").bill("Bianchi", through="2026-07-01")
    town.on("2026-07-15").read("A17", index_m3=110)
    second = town.on("2026-08-03").bill("Bianchi", through="2026-08-01")

    assert second.document_type == "TD04"
    assert second.total_cents < 0
    assert town.balance("Bianchi") == first.total_cents + second.total_cents
    town.assert_books_balance()


def test_an_old_read_is_followed_by_an_estimate(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    town.on("2026-03-01").read("A17", index_m3=130)
    bill = town.on("2026-07-20").bill("Bianchi", through="2026-07-01")

    assert bill.kind == "mixed"
    assert stretches(bill) == [("2026-01-01", "2026-03-01", 30, False), ("2026-03-01", "2026-07-01", 48, True)]
    assert {row.estimated for row in bill.charges if str(row.start) < "2026-03-01"} == {False}
    assert {row.estimated for row in bill.charges if str(row.start) >= "2026-03-01"} == {True}
    town.assert_books_balance()


def test_a_read_before_the_end_of_the_estimate(town):
    """The read of 20 June comes after a bill to 1 July: the days after it stay estimated."""
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    first = town.on("2026-07-03").bill("Bianchi", through="2026-07-01")
    town.on("2026-06-20").read("A17", index_m3=150)
    second = town.on("2026-08-20").bill("Bianchi", through="2026-08-10")

    assert stretches(second) == [("2026-01-01", "2026-06-20", 50, False), ("2026-06-20", "2026-08-10", 20, True)]
    assert sum(row.cents for row in taken_back(second)) == -first.net_cents
    town.assert_books_balance()


def test_meter_replaced_in_mid_quarter(town):
    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    town.on("2026-02-10").replace_meter("A17", index_m3=118, by="B03", starts_at_m3=0)
    town.on("2026-04-01").read("B03", index_m3=18)
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")

    assert stretches(bill) == [("2026-01-01", "2026-02-10", 18, False), ("2026-02-10", "2026-04-01", 18, False)]
    assert len({c.register_id for c in bill.consumptions}) == 2
    assert bill.quantity_milli == 36_000
    town.assert_books_balance()
    town.assert_nothing_left_to_bill(through="2026-04-01")


def test_a_register_that_passes_its_highest_figure(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=99_990)
    town.on("2026-04-01").read("A17", index_m3=26, rollover=True)
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    assert bill.quantity_milli == 36_000
    town.assert_books_balance()


def test_a_tariff_change_splits_the_days(town):
    """TAR-01: 40 m³ over 90 days with a change on 1 January: 13.778 and 26.222 m³."""
    town.on("2025-12-01").move_in("Bianchi", meter="A17", index_m3=100)
    town.on("2026-03-01").read("A17", index_m3=140)
    bill = town.on("2026-03-10").bill("Bianchi", through="2026-03-01")

    sewerage = [row for row in bill.rows("Fognatura") if row.kind == "Quota variabile"]
    assert [(str(r.start), str(r.end), r.quantity_milli, r.tariff) for r in sewerage] == [
        ("2025-12-01", "2026-01-01", 13_778, "valdoro-2023"),
        ("2026-01-01", "2026-03-01", 26_222, "valdoro-2026"),
    ]
    town.assert_books_balance()


def test_a_change_of_household_in_the_period(town):
    town.on("2026-01-01").move_in("Bianchi", people=1, meter="A17", index_m3=0)
    town.on("2026-02-15").change("Bianchi", residents=4)
    town.on("2026-04-01").read("A17", index_m3=60)
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    first = [r for r in bill.rows("Acquedotto") if r.kind == "Quota variabile" and r.bracket == 0]
    # 18.25 m³ a person and year: 45 days for one, 45 for four.
    assert [(str(r.start), r.quantity_milli) for r in first] == [("2026-01-01", 2_250), ("2026-02-15", 9_000)]
    town.assert_books_balance()


def test_take_over_bills_each_holder_to_the_day(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100)
    town.on("2026-03-10").read("A17", index_m3=130).move_out("Bianchi")
    town.move_in("Verdi", meter="A17", index_m3=130, at="Bianchi", installs=False)
    town.on("2026-05-01").read("A17", index_m3=150)
    town.on("2026-05-20").run_bills(through="2026-05-01")

    closing, opening = town.bills_of("Bianchi")[0], town.bills_of("Verdi")[0]
    assert (closing.kind, stretches(closing)) == ("closing", [("2026-01-01", "2026-03-10", 30, False)])
    assert (opening.kind, stretches(opening)) == ("actual", [("2026-03-10", "2026-05-01", 20, False)])
    town.assert_books_balance()
    town.assert_nothing_left_to_bill(through="2026-05-01")


def test_a_final_read_that_comes_late_settles_the_closing_estimate(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    town.on("2026-04-01").move_out("Bianchi")
    town.on("2026-04-20").run_bills(through="2026-04-01")
    town.release(town.parked()[0]["id"])
    estimated = town.bills_of("Bianchi")[0]
    assert (estimated.kind, stretches(estimated)) == ("closing", [("2026-01-01", "2026-04-01", 36, True)])
    town.on("2026-04-01").remove_meter("A17", index_m3=120)
    final = town.on("2026-05-10").bill("Bianchi")
    assert (final.kind, stretches(final)) == ("closing", [("2026-01-01", "2026-04-01", 20, False)])
    assert final.total_cents < 0
    town.assert_books_balance()


def test_split_payment_asks_for_the_net(town):
    town.on("2026-01-01").move_in(
        "Comune", meter="A17", index_m3=0, people=None, category="commerciale", kind="public_body",
        name="Comune di Valdoro", first_name="", surname="", tax_code="02731560427", sdi_code="UF1234",
        split_payment_from=date(2020, 1, 1),
    )  # fmt: skip
    town.on("2026-04-01").read("A17", index_m3=50)
    bill = town.on("2026-04-20").bill("Comune", through="2026-04-01")
    assert bill.split_payment
    assert (bill.to_pay_cents, bill.total_cents) == (bill.net_cents, bill.net_cents + bill.vat_cents)
    assert town.balance("Comune") == bill.net_cents

    # The authorisation ended on 30 June 2026: from July the customer pays the VAT.
    town.on("2026-07-01").read("A17", index_m3=100)
    later = town.on("2026-07-20").bill("Comune", through="2026-07-01")
    assert not later.split_payment
    assert later.to_pay_cents == later.total_cents
    town.assert_books_balance()


@pytest.mark.parametrize(
    ("day", "read_on"),
    [("2028-02-29", "2028-03-31"), ("2026-03-29", "2026-10-25"), ("2026-01-31", "2026-12-31")],
    ids=["leap day", "clock changes", "month ends"],
)
def test_awkward_days(town, day, read_on):
    town.on(day).move_in("Bianchi", meter="A17", index_m3=0)
    town.on(read_on).read("A17", index_m3=20)
    bill = town.on(read_on).bill("Bianchi")
    fixed = [row for row in bill.charges if row.kind == "Quota fissa"]
    assert (str(bill.start), str(bill.end)) == (day, read_on)
    assert {(row.end - row.start).days for row in fixed} == {(bill.end - bill.start).days}
    town.assert_books_balance()
    town.assert_nothing_left_to_bill()
