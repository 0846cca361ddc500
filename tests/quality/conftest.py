from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.town import Town

ROME = ZoneInfo("Europe/Rome")


def at(text: str) -> datetime:
    """Return an instant of the wall clock in Valdoro: "2026-04-20 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


@pytest.fixture
def town(db: None) -> Town:
    return Town()
