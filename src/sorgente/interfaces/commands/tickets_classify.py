"""`sorgente tickets classify`: messages in, proposals out, JSON Lines, one answer for each line and in order."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

import orjson

from sorgente.tickets.core.message import Classified, Message

_BATCH = 64


def register(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        'A line in: {"id","channel","from","subject","body"}. The model is learnt at first use (var/models).'
    )


def run(arguments: argparse.Namespace) -> int:
    answer_all(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def answer_all(source: BinaryIO, target: BinaryIO) -> None:
    """Answer every line of the source, batch by batch."""
    from sorgente.tickets.adapters.model_store import current_model

    model = current_model()
    for lines in _batches(line for line in source if line.strip()):
        asked = [message_of(line) for line in lines]
        found = iter(model.classify([message for message in asked if isinstance(message, Message)]))
        for message in asked:
            answer = as_json(next(found)) if isinstance(message, Message) else message
            target.write(orjson.dumps(answer) + b"\n")
        target.flush()


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    waiting = iter(lines)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


def message_of(line: bytes) -> Message | dict[str, Any]:
    """Return the message of a line, or the answer that says what is wrong with it."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return {"id": None, "error": f"The line is not JSON: {error}. Send one JSON object a line."}
    if not isinstance(row, dict) or "id" not in row:
        return {"id": None, "error": 'There is no id. Send {"id", "channel", "from", "subject", "body"}.'}
    texts = {name: row.get(name) for name in ("subject", "body", "channel", "from")}
    wrong = [name for name, value in texts.items() if value is not None and not isinstance(value, str)]
    if wrong or not (texts["subject"] or texts["body"]):
        facts = f"{wrong[0]} is not text" if wrong else "subject and body are both empty"
        return {"id": row["id"], "error": f"Message {row['id']}: {facts}. Send the text as it came."}
    return Message(
        id=row["id"],
        channel=texts["channel"] or "email",
        subject=texts["subject"] or "",
        body=texts["body"] or "",
        sender=texts["from"] or "",
    )


def as_json(found: Classified) -> dict[str, Any]:
    """Return a proposal as the contract of the command line has it."""
    return {
        "id": found.id,
        "category": found.category,
        "ranked": [name for name, _ in found.ranked],
        "chances": [round(chance, 4) for _, chance in found.ranked],
        "secondary": list(found.secondary),
        "regulated_type": found.regulated_type,
        "priority": found.priority,
        "confidence": round(found.confidence, 4),
        "abstain": found.abstain,
        "language": found.language,
        "reasons": list(found.reasons),
        "entities": [
            {
                "type": entity.type,
                "field": entity.where,
                "start": entity.start,
                "end": entity.end,
                "normalized": entity.normalized,
                "valid": entity.valid,
                "in_quote": entity.in_quote,
            }
            for entity in found.entities
        ],
    }
