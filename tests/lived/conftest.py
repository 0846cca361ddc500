"""One small utility for all tests here: lived once inside a transaction that is taken back when they end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from sorgente.journeys.demo.demo import Summary
from tests.lived.life import live


@pytest.fixture(scope="package")
def lived(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Summary, Path]]:
    """Sixty customers over three months; yields what the demonstration says and its archive folder."""
    folder = tmp_path_factory.mktemp("lived")
    with django_db_blocker.unblock(), transaction.atomic():
        summary = live(folder)
        _check_what_a_commit_checks()
        with override_settings(ARCHIVE_DIR=folder / "archive"):
            yield summary, folder / "archive"
        transaction.set_rollback(True)


@pytest.fixture
def summary(lived: tuple[Summary, Path], db: None) -> Summary:
    return lived[0]


@pytest.fixture
def utility(lived: tuple[Summary, Path], db: None) -> Iterator[Any]:
    """The utility as it lived, with a cursor to break it; the test's changes go when it ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            yield cursor
        transaction.set_rollback(True)


def _check_what_a_commit_checks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
