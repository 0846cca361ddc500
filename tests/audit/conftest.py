"""One small utility for all audit tests: lived once inside a transaction, broken by each test inside a savepoint."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from sorgente.journeys.demo.demo import make_demo


@pytest.fixture(scope="package")
def lived(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """Forty customers over three months; yields the archive folder. Nothing of it outlives the package."""
    folder = tmp_path_factory.mktemp("audit")
    places = {"ARCHIVE_DIR": folder / "archive", "SDI_OUTBOX": folder / "sdi", "EMAIL_FILE_PATH": str(folder / "mail")}
    with django_db_blocker.unblock(), override_settings(**places), transaction.atomic():
        make_demo(customers=40, months=3, seed=1, as_of=date(2026, 1, 1), workers=1, tell=lambda what, done, of: None)
        _check_what_a_commit_checks()
        yield folder / "archive"
        transaction.set_rollback(True)


@pytest.fixture
def utility(lived: Path, db: None) -> Iterator[Any]:
    """The utility as it lived, with a cursor to break it; the test's changes go when it ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            yield cursor
        transaction.set_rollback(True)


def _check_what_a_commit_checks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
