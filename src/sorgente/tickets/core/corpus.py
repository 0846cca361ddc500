"""Labelled messages as JSON Lines: the project's own corpus, and any other file of the same shape."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sorgente.shared.errors import SorgenteError
from sorgente.tickets.core.message import Message
from sorgente.tickets.core.taxonomy import CATEGORIES, ENTITY_TYPES, PRIORITIES, REGULATED_TYPES

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
VECTORS = CORPUS / "vectors.npz"


class BadCorpusLine(SorgenteError):
    code = "tickets.corpus.bad-line"


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A message and what a person said it is. `entities` are (type, subject or body, start, end)."""

    message: Message
    category: str
    secondary: tuple[str, ...]
    regulated_type: str
    priority: str
    entities: tuple[tuple[str, str, int, int], ...]


def author_of(labelled: Labelled) -> str:
    """Return who wrote a message of the corpus, by its id ("rimborso-a-001" → "a"); "" for a customer's own."""
    pieces = labelled.message.id.rsplit("-", 2)
    return pieces[1] if len(pieces) == 3 and len(pieces[1]) == 1 else ""


def corpus_files(folder: Path = CORPUS) -> list[Path]:
    """Return the files of the corpus in the order of their names."""
    return sorted(folder.glob("*.jsonl"))


def corpus_hash(files: Iterable[Path]) -> str:
    """Return a hash that changes with any byte of the files."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def load_corpus(files: Iterable[Path]) -> list[Labelled]:
    """Return the messages of the files, in order; raises BadCorpusLine naming file and line."""
    return [labelled for file in files for labelled in _lines(file)]


def _lines(file: Path) -> Iterator[Labelled]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            where = f"{file.name} line {number}"
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BadCorpusLine(where, f"It is not JSON: {error}.", "Write one message a line.") from None
            yield labelled_from(row, where=where)


def labelled_from(row: Any, *, where: str) -> Labelled:
    """Return one labelled message; raises BadCorpusLine when a field is missing or a label is unknown."""
    try:
        found = Labelled(
            message=Message(id=str(row["id"]), channel=row["channel"], subject=row["subject"], body=row["body"]),
            category=row["category"],
            secondary=tuple(row["secondary"]),
            regulated_type=row["regulated_type"],
            priority=row["priority"],
            entities=tuple((e["type"], e["field"], int(e["start"]), int(e["end"])) for e in row["entities"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadCorpusLine(where, f"A field is missing or wrong ({error}).", "See the README of tickets.") from None
    for value, known in _labels(found):
        if value not in known:
            raise BadCorpusLine(where, f"“{value}” is no label of the taxonomy.", "Correct the spelling of the label.")
    texts: Mapping[str, str] = {"subject": found.message.subject, "body": found.message.body}
    for kind, field, start, end in found.entities:
        if kind not in ENTITY_TYPES or field not in texts or not 0 <= start < end <= len(texts[field]):
            raise BadCorpusLine(where, f"Entity {kind} [{start}, {end}) is not in the {field}.", "Mark it again.")
    return found


def _labels(found: Labelled) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield found.category, CATEGORIES
    yield from ((name, CATEGORIES) for name in found.secondary)
    yield found.regulated_type, REGULATED_TYPES
    yield found.priority, PRIORITIES
