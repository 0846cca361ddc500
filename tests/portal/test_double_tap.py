"""Two taps at the same moment: apart from the other pages, whose town a real commit would sweep away."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from sorgente.customers.access.usecases.once import once

AT = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_the_same_moment_make_one_thing():
    made: list[str] = []
    answers: list[str] = []
    inside = threading.Event()

    def slow() -> str:
        inside.set()
        made.append("one")
        threading.Event().wait(0.3)
        return "T1"

    def tap(make) -> None:
        try:
            answers.append(once(key="tap", at=AT, make=make))
        finally:
            connection.close()

    first = threading.Thread(target=tap, args=(slow,))
    first.start()
    inside.wait(5)
    second = threading.Thread(target=tap, args=(lambda: made.append("two") or "T2",))
    second.start()
    first.join(10)
    second.join(10)
    assert (made, answers) == (["one"], ["T1", "T1"])
