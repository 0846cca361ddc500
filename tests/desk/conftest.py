from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client, override_settings

from tests.desk.small_town import Known, build

TODAY = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def _town_of_the_module(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Known]:
    """Build the town once a module, inside a transaction that is taken back; each test undoes its own changes."""
    archive = tmp_path_factory.mktemp("archive")
    with django_db_blocker.unblock(), override_settings(ARCHIVE_DIR=archive), transaction.atomic():
        yield build(today=TODAY)
        transaction.set_rollback(True)


@pytest.fixture
def town(_town_of_the_module, db) -> Known:
    return _town_of_the_module


@pytest.fixture
def sign_in(db):
    """Return a client whose user has the roles, both factors given."""

    def with_roles(*roles: str) -> Client:
        name = "-".join(roles) or "nobody"
        user, _new = get_user_model().objects.get_or_create(username=name)
        user.groups.set(Group.objects.filter(name__in=roles))
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["second_factor"] = True
        session.save()
        return client

    return with_roles
