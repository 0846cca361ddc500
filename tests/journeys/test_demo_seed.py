"""The demonstration of a seed is always the same."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.queries.requests import requests_list
from sorgente.tickets.appointments.models import Appointment
from sorgente.tickets.models import Ticket
from tests.lived.life import AS_OF, live


def told() -> Any:
    """What people did, without tokens, which are secrets, and codes, which a second life goes on counting."""
    tickets = Ticket.objects.order_by("opened_at", "subject").values_list("subject", "category", "state")
    return (
        sorted((re.sub(r"\d{6,}", "…", subject), category, state) for subject, category, state in tickets),
        sorted(Appointment.objects.values_list("seat__slot__starts_at", "name", "state")),
        sorted((line.kind, line.state, line.name) for line in requests_list(size=100).lines),
        sorted((one["number"], one["total_cents"]) for one in list_bills(as_of=AS_OF)),
    )


@pytest.mark.slow
@pytest.mark.django_db
def test_the_same_seed_lives_the_same_life(tmp_path):
    lives = []
    for name in ("first", "second"):
        with transaction.atomic():
            lived = live(tmp_path / name, customers=20, months=1)
            lives.append((replace(lived, to_try=None), *told()))
            transaction.set_rollback(True)
    for first, second in zip(*lives, strict=True):
        assert first == second
