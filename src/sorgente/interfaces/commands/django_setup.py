"""Start Django for the commands that need the database; the pure ones never import this."""

from __future__ import annotations

import os


def start_django() -> None:
    """Set Django up once; safe to call again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sorgente.config.settings")
    import django

    django.setup()
