from __future__ import annotations

import pytest

from sorgente.tickets.queries.tickets import conversation, ticket
from sorgente.tickets.usecases.receive_mail import receive_mail
from tests.tickets.conftest import AT, mail_of

pytestmark = pytest.mark.django_db


def receive(mail, at=AT):
    return receive_mail(raw=bytes(mail), at=at)


def test_a_mail_becomes_a_ticket_of_its_customer(town):
    got = receive(mail_of())
    assert got.outcome == "ticket"
    found = ticket(got.ticket)
    assert found.party_id == town.people["Bianchi"].party_id
    assert (found.category, found.office, found.identified_by) == ("autolettura", "fatturazione", "contact")
    assert found.model.startswith("tickets-")
    (message,) = conversation(got.ticket)
    assert [piece.text for piece in message.pieces if piece.entity == "LETTURA"] == ["121"]
