"""One database per test process, migrated once; a failed commit is what tests never need to survive."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Tests keep their database apart from the demonstration's, unless told where.
os.environ.setdefault("SORGENTE_VAR", str(Path(tempfile.gettempdir()) / f"sorgente-tests-{os.getuid()}"))
