"""Formats of compact frames, learnt from full frames and kept: a drive-by car may hear only compact ones."""

from __future__ import annotations

from datetime import datetime

from sorgente.metering.models import RecordFormat


class DatabaseFormats:
    """The decoder's format store; what it learns is written by `save`."""

    def __init__(self) -> None:
        self._known = {int(row.signature, 16): bytes(row.headers) for row in RecordFormat.objects.all()}
        self._fresh: dict[int, bytes] = {}

    def get(self, signature: int) -> bytes | None:
        return self._known.get(signature)

    def put(self, signature: int, headers: bytes) -> None:
        if self._known.get(signature) != headers:
            self._known[signature] = self._fresh[signature] = headers

    def save(self, *, learnt_at: datetime) -> int:
        """Write what was learnt since the latest save; return how many formats are new."""
        rows = [RecordFormat(signature=f"{number:04x}", headers=headers, learnt_at=learnt_at)
                for number, headers in self._fresh.items()]  # fmt: skip
        RecordFormat.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["signature"], update_fields=["headers", "learnt_at"]
        )
        self._fresh.clear()
        return len(rows)
