"""One database per test process, migrated once; a failed commit is what tests never need to survive."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests keep their database apart from the demonstration's, unless told where.
os.environ.setdefault("SORGENTE_VAR", str(Path(tempfile.gettempdir()) / f"sorgente-tests-{os.getuid()}"))


@pytest.fixture(autouse=True, scope="session")
def _empty_append_only_tables() -> Iterator[None]:
    """Let the end of a transactional test empty tables that refuse it to everybody else (ledger, bills, archive)."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        plain(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    DatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = plain  # type: ignore[method-assign]
