"""One database per test process, migrated once; a failed commit is what tests never need to survive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from xdist.scheduler import LoadGroupScheduling

# Tests keep their database apart from the demonstration's, unless told where. It belongs to this checkout: the server
# of another one, still running after its folder is gone, has lost its own files.
os.environ.setdefault("SORGENTE_VAR", str(Path(__file__).resolve().parents[1] / "var" / "tests"))

# Learning sentence vectors takes a minute; tests of what surrounds the classifier need none.
os.environ.setdefault("SORGENTE_TICKETS_ENCODER", "none")


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


@pytest.fixture(autouse=True)
def _italian() -> None:
    """A page asked for in English leaves its language to whatever runs next in the same thread."""
    translation.activate("it")


# What is costly to set up (a served desk and a browser, a utility that lived) is set up by one worker, for all its
# tests; every other test goes to whichever worker is free.
TOGETHER = ("tests/e2e/", "tests/lived/", "tests/rights/")


class _Together(LoadGroupScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((room for room in TOGETHER if nodeid.startswith(room)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Together | None:
    return _Together(config, log) if config.getvalue("dist") == "loadgroup" else None
