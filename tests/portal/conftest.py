from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client

from tests.desk.conftest import _quick_passwords, _town_of_the_module, sign_in, town  # noqa: F401

AT = datetime(2026, 3, 20, 9, tzinfo=UTC)
PASSWORD = "una bella giornata"


@dataclass(frozen=True, slots=True)
class Guest:
    """A customer of the town with a login: their client in the browser's place, their account."""

    client: Client
    user_id: int
    party_id: int
    account: str
    email: str


@pytest.fixture(autouse=True)
def _mail_in_memory(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


@pytest.fixture
def enter(request):
    """Return a guest for the n-th customer of the town, both factors given."""
    request.getfixturevalue("town")
    from sorgente.customers.access.usecases.activate import Proven, activate
    from sorgente.customers.models import ContractAccount

    def as_customer(place: int = 0) -> Guest:
        account = ContractAccount.objects.order_by("id")[place]
        email = f"ospite{place}@posta.example"
        login = activate(proven=Proven(account.holder_id, "test"), email=email, password=PASSWORD, at=AT)
        return Guest(signed_in(login.user_id), login.user_id, account.holder_id, account.number, email)

    return as_customer


def signed_in(user_id: int) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(pk=user_id), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = session["customer"] = True
    session.save()
    return client


def code_in_mail() -> str:
    """Return the six digits of the latest mail."""
    found = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert found is not None
    return found.group()


def link_in_mail() -> str:
    """Return the path of the link in the latest mail."""
    found = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    assert found is not None
    return found.group(1)
