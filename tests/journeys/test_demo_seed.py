"""The demonstration of a seed is always the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.queries.requests import requests_list
from sorgente.tickets.appointments.models import Appointment
from sorgente.tickets.models import Ticket
from tests.journeys.demo_life import AS_OF, live


def told() -> Any:
    """What people did, without the codes and tokens, which are secrets."""
    return (
        list(Ticket.objects.order_by("opened_at", "subject").values_list("subject", "category", "state")),
        list(Appointment.objects.order_by("seat__slot__starts_at", "name").values_list("name", "state")),
        sorted((line.kind, line.state, line.name) for line in requests_list(size=100).lines),
        sorted((one["number"], one["total_cents"]) for one in list_bills(as_of=AS_OF)),
    )


@pytest.mark.slow
@pytest.mark.django_db
def test_the_same_seed_lives_the_same_life(tmp_path):
    lives = []
    for name in ("first", "second"):
        with transaction.atomic():
            lived = live(tmp_path / name, customers=40)
            lives.append((replace(lived, to_try=None), told()))
            transaction.set_rollback(True)
    assert lives[0] == lives[1]
