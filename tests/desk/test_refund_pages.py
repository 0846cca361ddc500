"""The desk's page of refunds: prepared with one button, listed, exported."""

from __future__ import annotations

import pytest

from sorgente.interfaces.desk.access import Role
from tests.payments.test_refunds import closed_in_credit
from tests.town import Town

pytestmark = pytest.mark.django_db


def test_the_desk_prepares_and_lists_them(sign_in):
    credit = sign_in(Role.CREDIT.value)
    closed_in_credit(Town())
    assert "Nessun rimborso" in credit.get("/payments/refunds/").content.decode()
    assert credit.post("/payments/refunds/prepare/").status_code == 302
    page = credit.get("/payments/refunds/?state=prepared").content.decode()
    assert "Bianchi Anna" in page
    assert "1 rimborso da inviare" in page
    assert "Assegno postale" in page
    rows = b"".join(credit.get("/payments/refunds/?export=csv").streaming_content).decode()
    assert "RIMB-" in rows
