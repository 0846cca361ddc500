from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def folders(tmp_path: Path, settings: Any) -> Path:
    """Give a scenario its own archive and outboxes; returns the folder they lie in."""
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.SDI_OUTBOX = tmp_path / "sdi"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path
