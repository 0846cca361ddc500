"""A small demonstration, lived by tests."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

from django.test import override_settings

from sorgente.journeys.demo.demo import Summary, make_demo
from sorgente.tickets.appointments.core.diary import ROME

AS_OF = date(2026, 11, 23)
NOW = datetime.combine(AS_OF, time(10, 30), tzinfo=ROME)


def live(folder: Path, *, customers: int = 60, months: int = 3) -> Summary:
    places = {"ARCHIVE_DIR": folder / "archive", "SDI_OUTBOX": folder / "sdi", "EMAIL_FILE_PATH": str(folder / "mail")}
    with override_settings(**places, EMAIL_BACKEND="sorgente.messages.adapters.outbox_backend.EmailBackend"):
        return make_demo(
            customers=customers, months=months, seed=1, as_of=AS_OF, workers=1, tell=lambda what, done, of: None
        )
