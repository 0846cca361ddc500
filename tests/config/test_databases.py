"""The two ways to a database: the embedded server, and one of your own named by DATABASE_URL."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.learnt_model import lend_learnt_model

BIN = Path("/usr/lib/postgresql/15/bin")


@pytest.mark.django_db
def test_the_embedded_server_is_a_durable_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150_000
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("on",)
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL 15 of the system on a loopback port, as an ordinary user; yields its DATABASE_URL."""
    if not (BIN / "initdb").exists():
        pytest.skip(f"PostgreSQL 15 is not installed under {BIN}")
    user = _ordinary_user()
    folder = Path(tmp_path_factory.mktemp("postgres15"))
    for parent in (folder, *folder.parents):
        if parent.owner() == pwd.getpwuid(os.getuid()).pw_name and str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    data = folder / "data"
    data.mkdir()
    shutil.chown(data, user)
    port = 20_000 + os.getpid() % 20_000
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {data}"
    _as(user, BIN / "initdb", "-D", data, "-A", "trust", "-U", "sorgente", "--encoding=UTF8")
    _as(user, BIN / "pg_ctl", "-D", data, "-w", "-o", options, "-l", data / "log", "start")
    try:
        yield f"postgres://sorgente@127.0.0.1:{port}/postgres"
    finally:
        _as(user, BIN / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _ordinary_user() -> str:
    """PostgreSQL refuses to run as root: then somebody else must."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    for name in ("postgres", "pgserver", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("there is no user but root to run PostgreSQL as")


def _as(user: str, *words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True, user=user, cwd="/")


def test_the_whole_path_runs_on_a_server_of_your_own(own_server: str, tmp_path: Path):
    """A small demonstration, from migration to settled bills, and a clean audit, on PostgreSQL 15."""
    (tmp_path / "var").mkdir()
    lend_learnt_model(tmp_path / "var")
    surroundings = {**os.environ, "DATABASE_URL": own_server, "SORGENTE_VAR": str(tmp_path / "var")}
    command = [sys.executable, "-m", "sorgente.interfaces.commands.main"]

    made = subprocess.run(
        [*command, "demo", "--customers", "30", "--months", "3", "--until", "2026-04-01", "--workers", "1"],
        env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    audited = subprocess.run(
        [*command, "audit", "--at", "2026-04-01T12:00"], env=surroundings, capture_output=True, text=True, check=False
    )

    assert made.returncode == 0, made.stderr[-2000:]
    # Those who took over a supply have an account of their own beside the thirty.
    assert re.search(r"Conti contrattuali +3\d$", made.stdout, re.MULTILINE), made.stdout
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert not (tmp_path / "var" / "postgres").exists()
