"""A classifier that answers at once and always the same: what is tested here is who reads a ticket, not what it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sorgente.tickets.core.message import Classified, Message

_MODEL: Any = SimpleNamespace(name="none", triage=SimpleNamespace(threshold=0.5))


def _classify(message: Message) -> tuple[Classified, Any]:
    found = Classified(
        id=message.id, category="appuntamento", ranked=(("appuntamento", 0.4),), secondary=(), regulated_type="nessuno",
        priority="normale", confidence=0.4, abstain=True, language="it", reasons=(),
    )  # fmt: skip
    return found, _MODEL


@contextmanager
def quick_classifier() -> Iterator[None]:
    with ExitStack() as patched:
        for module in ("open_ticket", "receive_mail"):
            patched.enter_context(patch(f"sorgente.tickets.usecases.{module}.classify", _classify))
        yield
