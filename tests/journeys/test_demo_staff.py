"""The demonstration's staff clear what was held and leave the latest weeks to whoever opens it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import transaction

from sorgente.journeys.demo.founding import LOOK_BACK_DAYS, found_utility
from sorgente.journeys.demo.population import people_of
from sorgente.journeys.demo.staff import Staff
from sorgente.journeys.demo.water import Meters
from sorgente.ledger.usecases.load_chart import load_chart
from sorgente.metering.models import Read
from sorgente.metering.usecases.load_reads import load_reads

STARTS_ON = date(2026, 3, 1)
DAY = date(2026, 4, 11)


@pytest.mark.django_db
def test_a_wrong_digit_is_set_aside_and_a_true_index_released():
    people = list(people_of(4, 5, starts_on=STARTS_ON))
    first_day = STARTS_ON - timedelta(days=LOOK_BACK_DAYS)
    meters = Meters(people, starts_on=first_day, ends_on=date(2026, 6, 1), seed=5)
    load_chart()
    founded = found_utility(people, meters, at=datetime(2026, 3, 1, 6, tzinfo=UTC))
    shown = meters.shown_milli(range(4), DAY)
    told = shown + np.array([900_000, 0, 0, 0])  # a wrong digit on the first
    with transaction.atomic():
        load_reads(
            register_id=founded.registers,
            read_on=np.full(4, DAY, dtype="datetime64[D]"),
            index_milli=told,
            kind="reader",
            received_at=datetime(2026, 4, 11, 19, tzinfo=UTC),
        )
    Read.objects.filter(register_id=int(founded.registers[1]), read_on=DAY).update(state="held", reason="high use")

    Staff(founded, meters).judge_reads(date(2026, 4, 17))

    states = dict(Read.objects.filter(read_on=DAY).values_list("register_id", "state"))
    assert [states[int(register)] for register in founded.registers] == [
        "discarded",
        "accepted",
        "accepted",
        "accepted",
    ]
