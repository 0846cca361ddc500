"""The one thing to do next: a table of cases."""

from __future__ import annotations

from datetime import date

import pytest

from sorgente.interfaces.portal.next_step import OpenBill, Pending, Situation, Step, next_step

TODAY = date(2026, 3, 20)
OVERDUE = OpenBill("1", date(2026, 3, 19), 5000, by_debit=False)
OLDER = OpenBill("0", date(2026, 1, 19), 700, by_debit=False)
SOON = OpenBill("2", date(2026, 3, 30), 5000, by_debit=False)
LATER = OpenBill("3", date(2026, 3, 31), 5000, by_debit=False)
DEBIT = OpenBill("4", date(2026, 3, 22), 5000, by_debit=True)
PAPER = Pending("Firma il contratto", "/firma/x/")
VISIT = Pending("Ti aspettiamo", "/area/x/", date(2026, 3, 21))


def case(**given) -> Situation:
    return Situation(**{"as_of": TODAY, "may_act": True, **given})


@pytest.mark.parametrize(
    ("given", "step"),
    [
        ({}, Step.ALL_FINE),
        ({"notifications": True}, Step.ALL_FINE),
        ({"notifications": False}, Step.NOTIFICATIONS),
        ({"bills": (DEBIT,)}, Step.DEBIT),
        ({"bills": (LATER,)}, Step.DUE),
        ({"bills": (DEBIT, LATER)}, Step.DUE),
        ({"bills": (LATER,), "reads_by_hand": True, "latest_read_on": date(2026, 1, 29)}, Step.READING),
        ({"bills": (LATER,), "reads_by_hand": True, "latest_read_on": date(2026, 1, 30)}, Step.DUE),
        ({"reads_by_hand": True}, Step.READING),
        ({"reads_by_hand": False}, Step.ALL_FINE),
        ({"reads_by_hand": True, "may_act": False}, Step.ALL_FINE),
        ({"bills": (SOON,), "reads_by_hand": True}, Step.DUE),
        ({"bills": (SOON,), "appointment": VISIT}, Step.APPOINTMENT),
        ({"appointment": Pending("", "", date(2026, 3, 22))}, Step.ALL_FINE),
        ({"appointment": Pending("", "", date(2026, 3, 19))}, Step.ALL_FINE),
        ({"appointment": VISIT, "to_answer": PAPER}, Step.ANSWER),
        ({"to_answer": PAPER, "to_sign": PAPER}, Step.SIGN),
        ({"to_sign": PAPER, "may_act": False}, Step.ALL_FINE),
        ({"to_sign": PAPER, "bills": (OVERDUE,)}, Step.OVERDUE),
        ({"bills": (OpenBill("5", TODAY, 1, by_debit=False),)}, Step.DUE),
    ],
)
def test_the_step_that_matters_most(given, step):
    assert next_step(case(**given)).step is step


def test_overdue_bills_are_told_together_the_oldest_first():
    told = next_step(case(bills=(OVERDUE, LATER, OLDER)))
    assert (told.bill, told.others, told.sum_cents, told.days) == (OLDER, 1, 5700, -60)
