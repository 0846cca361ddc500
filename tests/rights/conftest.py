from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import mail
from django.db import transaction
from django.test import Client, override_settings

from sorgente.interfaces.desk.access import Role
from tests.rights.quick_classifier import quick_classifier
from tests.rights.two_customers import Streets, build_two

PLAIN = override_settings(
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
)


@pytest.fixture(scope="module")
def _streets_of_the_module(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Streets]:
    """Build the two customers once a module, inside a transaction that is taken back."""
    archive = tmp_path_factory.mktemp("archive")
    own = override_settings(ARCHIVE_DIR=archive)
    with django_db_blocker.unblock(), PLAIN, own, quick_classifier(), transaction.atomic():
        mail.outbox = []
        yield build_two()
        transaction.set_rollback(True)


@pytest.fixture
def streets(_streets_of_the_module, db) -> Streets:
    return _streets_of_the_module


@dataclass(frozen=True, slots=True)
class Callers:
    """Clients of everybody who may ask for an address."""

    roles: dict[Role, Client]
    nobody: Client  # staff without a role
    victim: Client
    stranger: Client
    onlooker: Client


def signed_in(user_id: int, **session: bool) -> str:
    """Return the session of a user who gave both factors."""
    client = Client()
    client.force_login(get_user_model().objects.get(pk=user_id), backend="django.contrib.auth.backends.ModelBackend")
    kept = client.session
    kept["second_factor"] = True
    kept.update(session)
    kept.save()
    return str(client.cookies["sessionid"].value)


def client_of(session: str) -> Client:
    client = Client()
    client.cookies["sessionid"] = session
    return client


@pytest.fixture(scope="module")
def _sessions_of_the_module(_streets_of_the_module, django_db_blocker) -> dict[str, str]:
    """Sign everybody in once; what a test does to a session is undone with the rest."""
    streets, people = _streets_of_the_module, get_user_model().objects
    with django_db_blocker.unblock():
        found = {}
        for name in ("nobody", *Role):
            user = people.create(username=name)
            user.groups.set(Group.objects.filter(name=name))
            found[str(name)] = signed_in(user.pk)
        for name, user_id in (
            ("victim", streets.victim.user_id), ("stranger", streets.stranger.user_id),
            ("onlooker", streets.onlooker_id),
        ):  # fmt: skip
            found[name] = signed_in(user_id, customer=True)
    return found


@pytest.fixture
def callers(streets, _sessions_of_the_module) -> Callers:
    clients = {name: client_of(session) for name, session in _sessions_of_the_module.items()}
    return Callers(
        {role: clients[role] for role in Role},
        clients["nobody"],
        clients["victim"],
        clients["stranger"],
        clients["onlooker"],
    )
