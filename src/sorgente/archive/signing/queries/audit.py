"""Signing's part of the audit: every chain of events stands, every completed envelope has its sealed document."""

from __future__ import annotations

from collections.abc import Iterator

from sorgente.archive.signing.adapters.journal import events_of
from sorgente.archive.signing.core.chain import chain_problem
from sorgente.archive.signing.models import Envelope
from sorgente.shared.audit import Problem


def problems() -> Iterator[Problem]:
    """Yield every envelope whose events were changed or dropped."""
    for row in Envelope.objects.order_by("pk").iterator():
        events = [one.as_dict() for one in events_of(row)]
        wrong = chain_problem(envelope_id=row.pk, document_sha256=row.document_sha256, events=events)
        if not events:
            wrong = "It has no events."
        if wrong:
            yield Problem("A8", f"Envelope {row.pk} ({row.title})", wrong)
