"""`sorgente bill replay`, as it answers."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from sorgente.interfaces.commands.main import main

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100)
    town.on("2026-04-01").read("A17", index_m3=136)
    return town.on("2026-04-20").bill("Bianchi", through="2026-04-01")


def answers(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_bill_replay_answers_in_order(bill, capsys):
    assert main(["bill", "replay", bill.number]) == 0
    assert answers(capsys) == [{"number": bill.number, "rows": 11, "same": True, "differences": []}]
    assert main(["bill", "replay", "2026/SII/9999999", bill.number]) == 1
    unknown, known = answers(capsys)
    assert unknown["error"] == "Bill 2026/SII/9999999: There is none. Check the number: it reads 2026/SII/0000123."
    assert known["same"] is True


def test_bill_replay_says_what_differs(bill, capsys):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_charge SET cents = cents + 1 WHERE position = 3")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert main(["bill", "replay", bill.number]) == 1
    (answer,) = answers(capsys)
    assert answer["differences"] == ["Row 3: cents is 319, computed 318."]
