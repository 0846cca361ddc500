"""A debit that came back: the bill gets a notice and the customer a message, once."""

from __future__ import annotations

import pytest

from sorgente.payments.models import Collection, DebtPosition
from sorgente.payments.usecases.ask_again import ask_again
from tests.payments.builders import NOW
from tests.payments.test_import_statement import batch_credit, load, number_of, returned, sent_collections, transfer

pytestmark = pytest.mark.django_db


def messages() -> list[tuple[str, str]]:
    from django.apps import apps

    rows = apps.get_model("outbox", "Message").objects.filter(key__endswith=":debit-failed").order_by("key")
    return list(rows.values_list("about", "subject_line"))


def test_a_returned_debit_becomes_a_notice_and_a_message():
    bills, file = sent_collections(5000, 1000)
    load(batch_credit("60.00", file))
    load(returned("50.00", "2026-SII-0000001-1"), file="r.xml")

    assert ask_again(asked_at=NOW).bills == 1

    position = DebtPosition.objects.get()
    assert (position.bill.number, position.cents, position.due_on) == (number_of(bills), 5000, position.bill.due_on)
    assert messages() == [
        (f"bill:{number_of(bills)}", f"Bolletta {number_of(bills)}: l'addebito di 50,00 € non è riuscito")
    ]


def test_asking_twice_asks_once():
    _, file = sent_collections(5000)
    load(batch_credit("50.00", file))
    load(returned("50.00", "2026-SII-0000001-1"), file="r.xml")

    assert ask_again(asked_at=NOW).bills == 1
    assert ask_again(asked_at=NOW).bills == 0
    assert len(messages()) == 1


def test_nobody_is_asked_for_what_was_paid_meanwhile_or_is_still_with_the_bank():
    bills, file = sent_collections(5000, 1000)
    load(batch_credit("60.00", file))
    load(returned("50.00", "2026-SII-0000001-1"), file="r.xml")
    load(transfer("50.00", number_of(bills)), file="t.xml")

    assert ask_again(asked_at=NOW).bills == 0
    assert not DebtPosition.objects.exists()
    assert Collection.objects.filter(state=Collection.State.SETTLED).count() == 1


def test_bills_settled_long_ago_do_not_stand_in_the_way_of_later_ones(monkeypatch):
    monkeypatch.setattr("sorgente.payments.usecases.ask_again._CHUNK", 1)
    bills, file = sent_collections(5000, 1000, 2000)
    load(batch_credit("80.00", file))
    for euro, debit in (("50.00", 1), ("10.00", 2), ("20.00", 3)):
        load(returned(euro, f"2026-SII-000000{debit}-1"), file=f"r{debit}.xml")
    load(transfer("50.00", number_of(bills)), file="t.xml")

    assert ask_again(asked_at=NOW).bills == 2
    assert [about for about, _ in messages()] == [f"bill:{number_of(bills, place)}" for place in (1, 2)]
