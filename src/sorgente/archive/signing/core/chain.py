"""The chain of events: each carries the hash of the one before, so that none can be changed, dropped or slipped in.

    hash = SHA-256 of the canonical JSON of {envelope, sequence, at, kind, facts, previous}

Canonical: keys sorted, no spaces, UTF-8, instants in UTC with microseconds. The first event's `previous` is the SHA-256
of the document that was put to be signed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    sequence: int
    at: str
    kind: str
    facts: Mapping[str, Any]
    previous: str
    hash: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "sequence": self.sequence,
            "at": self.at,
            "kind": self.kind,
            "facts": dict(self.facts),
            "previous": self.previous,
            "hash": self.hash,
        }


def canonical(value: Any) -> bytes:
    """Return the one way to write a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def instant(at: datetime) -> str:
    """Return an instant as the evidence writes it: 2026-11-23T08:00:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_hash(*, envelope_id: int, sequence: int, at: str, kind: str, facts: Mapping[str, Any], previous: str) -> str:
    """Return the hash of one event, 64 hexadecimal digits."""
    content = {
        "envelope": envelope_id,
        "sequence": sequence,
        "at": at,
        "kind": kind,
        "facts": dict(facts),
        "previous": previous,
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def chain_problem(*, envelope_id: int, document_sha256: str, events: Sequence[Mapping[str, Any]]) -> str | None:
    """Return what is wrong with a chain, or None when every event stands where it was written."""
    previous, earlier = document_sha256, ""
    for number, event in enumerate(events, start=1):
        if event["sequence"] != number:
            return f"Event {number} is missing."
        if event["previous"] != previous:
            return f"Event {number} does not follow the one before."
        found = event_hash(
            envelope_id=envelope_id,
            sequence=number,
            at=event["at"],
            kind=event["kind"],
            facts=event["facts"],
            previous=previous,
        )
        if found != event["hash"]:
            return f"Event {number} ({event['kind']}) was changed."
        if event["at"] < earlier:
            return f"Event {number} ({event['kind']}) is earlier than the one before."
        previous, earlier = found, event["at"]
    return None
