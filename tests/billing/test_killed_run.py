"""A run whose process is killed goes on to exactly one bill per contract and numbers without gaps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import IntegrityError, connection

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
CONTRACTS, BATCH = 60, 7

# Runs in a process of its own, on the database named; dies at the given call of the given function.
SCRIPT = """
import os, signal, sys
from datetime import date, datetime, UTC
from sorgente.config import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from sorgente.billing.usecases import advance_run as act, issue_bills as issue
from sorgente.billing.usecases.start_run import start_run
where, nth = sys.argv[2], int(sys.argv[3])
module = {"copy_columns": issue, "post_columns": issue, "_settle_items": act}.get(where)
calls = 0
def dying(function):
    def call(*words, **named):
        global calls
        calls += 1
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*words, **named)
    return call
if module is not None:
    setattr(module, where, dying(getattr(module, where)))
now = datetime(2026, 4, 20, 9, tzinfo=UTC)
run = start_run(name="April", bill_on=date(2026, 4, 20), read_through=date(2026, 4, 1), started_at=now, select="all")
batches = 0
def progress(_):
    global batches
    batches += 1
    if where == "between" and batches == nth:
        os.kill(os.getpid(), signal.SIGKILL)
act.advance_run(run, at=now, progress=progress, batch=int(sys.argv[4]))
print(run.selected)
"""


@pytest.fixture
def settled_town():
    """Contracts with reads, committed where another process sees them."""
    from datetime import date

    from sorgente.interfaces.commands.benches.billing_town import fill

    fill(CONTRACTS, supplied_from=date(2026, 1, 1), read_on=date(2026, 4, 1))
    with connection.cursor() as cursor:  # a row of its own waits for every contract
        cursor.execute(
            "INSERT INTO billing_oneoff (contract_id, kind, text, cents, from_on, reference, state, recorded_at,"
            " cancel_reason) SELECT id, 'deposit', 'Deposito', 1000 + id % 7, '2026-01-01', 'd:' || id, 'pending',"
            " now(), '' FROM customers_supplycontract"
        )
    return str(connection.settings_dict["NAME"])


def run(database, where, nth):
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, database, where, str(nth), str(BATCH)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "sorgente.config.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_killed_between_and_inside_batches(settled_town):
    died = [("between", 2), ("copy_columns", 6), ("_settle_items", 2)]  # after a batch, amid rows, before its end
    seen = []
    for where, nth in died:
        done = run(settled_town, where, nth)
        assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT contract_id) FROM billing_bill")
            seen.append(cursor.fetchone())
    # Each kill left whole batches and nothing of the one it hit.
    assert [bills for bills, _ in seen] == [14, 21, 28]
    assert all(bills == contracts for bills, contracts in seen)

    done = run(settled_town, "nowhere", 0)
    assert done.returncode == 0, done.stderr[-2000:]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT contract_id), min(sequence), max(sequence) FROM billing_bill")
        assert cursor.fetchone() == (CONTRACTS, CONTRACTS, 1, CONTRACTS)
        cursor.execute(
            "SELECT count(*), count(DISTINCT o.id), count(DISTINCT o.bill_id) FROM billing_oneoff o"
            " JOIN billing_oneoffrow r ON (r.one_off_id, r.bill_id) = (o.id, o.bill_id) WHERE o.state = 'billed'"
        )
        assert cursor.fetchone() == (CONTRACTS, CONTRACTS, CONTRACTS)
        cursor.execute("SELECT issued, parked, selected, step FROM billing_billingrun")
        assert cursor.fetchone() == (CONTRACTS, 0, CONTRACTS, "render")
        cursor.execute("SELECT count(*) FROM ledger_transaction")
        assert cursor.fetchone() == (CONTRACTS,)
    assert "problems []" in _audit(settled_town)


def _audit(database):
    script = (
        "import sys\nfrom sorgente.config import settings\n"
        "settings.DATABASES['default']['NAME'] = sys.argv[1]\nimport django\ndjango.setup()\n"
        "from sorgente.billing.queries import audit\nfrom sorgente.ledger.queries import audit as books\n"
        "print('problems', [str(p) for p in [*audit.problems(), *books.problems()]])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, database],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "sorgente.config.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_the_database_refuses_the_same_days_twice(settled_town):
    """Whoever runs a contract a second time at the same moment starts its days where the first did."""
    assert run(settled_town, "nowhere", 0).returncode == 0
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="billed_once"):
        cursor.execute(
            'INSERT INTO billing_billedconsumption (bill_id, contract_id, register_id, start, "end", quantity_milli,'
            ' from_read_id, to_read_id, estimated) SELECT bill_id, contract_id, register_id, start, "end" + 1,'
            " quantity_milli, from_read_id, to_read_id, true FROM billing_billedconsumption LIMIT 1"
        )
