"""A page asks the database as often for thirty rows as for three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sorgente.archive.usecases.store_document import store_document
from sorgente.journeys.contracts.steps import open_contract_request
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.tickets.appointments.queries.diary import free_slots
from sorgente.tickets.appointments.usecases.book import book
from sorgente.tickets.appointments.usecases.receive import draw_number
from sorgente.tickets.appointments.usecases.set_up import define_hours, define_place, define_service, open_slots
from sorgente.tickets.models import Ticket

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 25  # the most a page shows


def _request(place: int, town) -> None:
    made = open_contract_request(kind="activation", author="anna", at=timezone.now(), party_id=town.party_id)
    start_clock(standard="S07", reference=f"request:{made.line.number}", started_at=timezone.now(), channel="desk")


def _ticket(place: int, town) -> None:
    """Repeat the one ticket there is: what is measured is the list."""
    row = Ticket.objects.get(number="T1")
    row.pk, row.number = None, f"T1{place:04d}"
    row.save(force_insert=True)


def _clock(place: int, town) -> None:
    start_clock(
        standard="S12", reference=f"request:R2026-8{place:05d}", contract_account_number=town.account, channel="desk",
        started_at=timezone.now() - timedelta(days=3),
    )  # fmt: skip


def _appointment(place: int, town) -> None:
    now = timezone.now()
    slot = free_slots(service="contratti", place="centro", start=now, end=now + timedelta(days=2))[-1]
    book(slot_id=slot.slot_id, service="contratti", name=f"Rossi {place}", email="a@b.example", party_id=town.party_id,
         at=now)  # fmt: skip


def _document(place: int, town) -> None:
    store_document(
        content=f"perdita in strada, foglio {place}".encode(), title=f"Foglio {place}", kind="letter",
        media_type="text/plain", subject=[f"party:{town.party_id}"], stored_at=timezone.now(),
    )  # fmt: skip


def _number(place: int, town) -> None:
    draw_number(place="centro", service="contratti", on=timezone.localdate(), at=timezone.now())


@pytest.fixture
def day(town, settings, tmp_path) -> str:
    settings.ARCHIVE_DIR = tmp_path / "archive"
    today = timezone.localdate()
    define_place(code="centro", kind="desk", name="Sportello di Valdoro", address="Piazza Roma 1")
    define_service(code="contratti", name="Contratti", name_en="Contracts")
    define_hours(place="centro", services=["contratti"], weekdays=range(1, 8), opens_at=time(0), closes_at=time(23, 59),
                 slot_minutes=60, seats=40, from_on=today)  # fmt: skip
    open_slots(start=today, end=today + timedelta(days=2))
    return str(today + timedelta(days=2))


@pytest.mark.parametrize(
    ("address", "adds"),
    [
        ("/requests/", [_request]),
        ("/tickets/", [_ticket]),
        ("/quality/", [_clock]),
        ("/appointments/?place=centro&day={day}", [_appointment]),
        ("/counter/?place=centro", [_number]),
        ("/documents/?q=perdita", [_document]),
        ("/customers/{party}/", [_request, _ticket, _clock, _appointment, _document]),
    ],
)
def test_thirty_rows_ask_no_more_than_three(address, adds, town, sign_in, day):
    client = sign_in("admin")
    slots = free_slots(
        service="contratti", place="centro", start=timezone.now(), end=timezone.now() + timedelta(days=2)
    )
    address = address.format(day=timezone.localtime(slots[-1].starts_at).date(), party=town.party_id)
    if _ticket in adds:
        client.post("/tickets/new/", {"channel": "desk", "subject": "Perdita", "body": "Esce acqua dal tombino.",
                                      "party": town.party_id})  # fmt: skip
        Ticket.objects.update(number="T1")
    few = _asked(client, address, lambda: [add(place, town) for add in adds for place in range(FEW)])
    many = _asked(client, address, lambda: [add(place, town) for add in adds for place in range(FEW, MANY)])
    assert many <= few, (few, many)


def _asked(client, address: str, make: Callable[[], object]) -> int:
    """Make rows, open the page once for what is kept, and return how many questions the second time asks."""
    make()
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)
