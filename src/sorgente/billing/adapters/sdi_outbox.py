"""Where e-invoices go on their way to SdI: by default a folder that a transfer program empties."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sorgente.shared.errors import SorgenteError


class EinvoiceNameTaken(SorgenteError):
    """The same name holds another e-invoice: SdI would refuse the second (control 00002)."""

    code = "billing.transmission.name-taken"


class OutboxUnwritable(SorgenteError):
    code = "billing.transmission.outbox-unwritable"


class EinvoiceTransport(Protocol):
    """A way to SdI. `send` returns when the file is safe on the other side; the same file again changes nothing."""

    def send(self, *, name: str, content: bytes) -> None: ...


class FolderTransport:
    """Puts each e-invoice into a folder under its own name, complete or absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, *, name: str, content: bytes) -> None:
        """Raise EinvoiceNameTaken, OutboxUnwritable."""
        place = self._folder / name
        waiting = place.with_name(f".{name}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if place.exists():
                if place.read_bytes() == content:
                    return
                raise EinvoiceNameTaken(
                    f"E-invoice {name}", f"{place} holds another one.", "Find out who wrote it; nothing was replaced."
                )
            waiting.write_bytes(content)
            waiting.replace(place)
        except OSError as problem:
            raise OutboxUnwritable(
                f"E-invoice {name}",
                f"{place}: {problem.strerror or problem}.",
                "Make room or give rights; then transmit again.",
            ) from None
