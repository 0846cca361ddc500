"""A bill document as JSON and back: what is stored with the bill and what a worker process receives."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

import orjson

from sorgente.billing.core.document import BillDocument
from sorgente.shared.errors import SorgenteError


class UnreadableBillDocument(SorgenteError):
    code = "billing.document.unreadable"


def document_as_json(bill: BillDocument) -> bytes:
    """Return the document as JSON, keys in field order: the same bill gives the same bytes."""
    return orjson.dumps(bill)


def document_from_json(data: bytes | str) -> BillDocument:
    """Return the document that `document_as_json` wrote; raises UnreadableBillDocument."""
    try:
        plain = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UnreadableBillDocument(
            "Bill document", f"It is not JSON: {error}.", "Restore it from the archive."
        ) from None
    return document_from_plain(plain)


def document_from_plain(plain: Any) -> BillDocument:
    """Return the document held in dictionaries and lists; missing optional fields take their defaults."""
    try:
        built = _build(BillDocument, plain)
    except (TypeError, ValueError, KeyError) as error:
        raise UnreadableBillDocument(
            "Bill document", f"A field does not fit: {error}.", "Restore it from the archive, or bill again."
        ) from None
    assert isinstance(built, BillDocument)
    return built


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [choice for choice in typing.get_args(kind) if choice is not type(None)]
        return None if value is None else _build(inner[0], value)
    if origin is tuple:
        return tuple(_build(typing.get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        assert isinstance(kind, type)
        if not isinstance(value, dict):
            raise TypeError(f"{kind.__name__} is not an object but {value!r}")
        known = {field.name for field in fields(kind)}
        unknown = set(value) - known
        if unknown:
            raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
        hints = _hints(kind)
        return kind(**{name: _build(hints[name], item) for name, item in value.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is date:
        return value if isinstance(value, date) else date.fromisoformat(value)
    if kind in (int, str, bool) and type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
