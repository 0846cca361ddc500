from __future__ import annotations

import pytest

from tests.journeys.contracts.office import Office


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.SDI_OUTBOX = tmp_path / "sdi"


@pytest.fixture
def office(db: None) -> Office:
    return Office()
