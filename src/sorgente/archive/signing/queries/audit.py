"""Signing's part of the audit: every chain of events stands, every completed envelope has its sealed document."""

from __future__ import annotations

from collections.abc import Iterator

from sorgente.archive.signing.core.chain import chain_problem
from sorgente.archive.signing.models import Envelope
from sorgente.archive.signing.queries.events import events
from sorgente.shared.audit import Problem


def problems() -> Iterator[Problem]:
    """Yield every envelope whose events were changed or dropped."""
    for row in Envelope.objects.order_by("pk").iterator():
        chain = [one.as_dict() for one in events(row.pk)]
        wrong = chain_problem(envelope_id=row.pk, document_sha256=row.document_sha256, events=chain)
        if not chain:
            wrong = "It has no events."
        if wrong:
            yield Problem("A8", f"Envelope {row.pk} ({row.title})", wrong)
