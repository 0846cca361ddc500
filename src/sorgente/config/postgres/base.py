from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from sorgente.shared.embedded_postgres import socket_dir


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL under `EMBEDDED_DATA`; everything else is Django's own backend."""

    def get_connection_params(self) -> dict[str, Any]:
        self.settings_dict["HOST"] = socket_dir(Path(self.settings_dict["EMBEDDED_DATA"]))
        return super().get_connection_params()
