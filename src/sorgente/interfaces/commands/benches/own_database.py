"""A database of its own for a bench that writes: made beside the real one, migrated, dropped at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sorgente.interfaces.commands.django_setup import start_django


@contextmanager
def own_database() -> Iterator[None]:
    """Start Django on an empty, migrated database of the same server; drop it afterwards."""
    start_django()
    from django.core.management import call_command
    from django.db import connection

    real = connection.settings_dict["NAME"]
    name = f"sorgente_bench_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
