"""`sorgente rate --tariff FILE`: one question per line in, one answer per line out, in order.

in   {"id","category","from","to","quantity","persons"?,"units"?,"services"?,"meter_size"?,"commitment"?,"bonus"?,
      "other_units"?,"year_to_date"?}     days half-open, quantity in the tariff's unit as a decimal text
out  {"id","rows":[{"service","kind","bracket","quantity","unit_price","cents"}],"net_cents","vat_cents","total_cents"}
     or {"id","error"}
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, TextIO

from sorgente.rating.questions import Question, answers, question_from
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.model import Component
from sorgente.tariffs.neutral import load_tariff
from sorgente.tariffs.node import TariffRefused

BATCH = 2_000  # lines answered at a time, so that memory does not grow with the input


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tariff", required=True, metavar="FILE", help="a tariff of schema neutral-tariff/1")


def run(arguments: argparse.Namespace) -> int:
    """Answer every line of standard input; 1 when the tariff itself is refused (each line then says why)."""
    try:
        tariff = load_tariff(Path(arguments.tariff))
        components: tuple[Component, ...] = ()
        if tariff.national_components:
            from sorgente.tariffs.components import national_components

            components = national_components()
        book = TariffBook([tariff], national=components)
    except TariffRefused as refused:
        print(f"sorgente: {refused} [{refused.code}]", file=sys.stderr)
        for line in _lines(sys.stdin):
            _print({"id": _parsed(line).get("id"), "error": str(refused)})
        return 1
    batch: list[str] = []
    for line in _lines(sys.stdin):
        batch.append(line)
        if len(batch) == BATCH:
            _answer(batch, book)
            batch = []
    _answer(batch, book)
    return 0


def _lines(source: TextIO) -> Any:
    return (line for line in source if line.strip())


def _parsed(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        return {"error": f"The line is not JSON: {error}."}
    return value if isinstance(value, dict) else {"error": "The line is not a JSON object."}


def _answer(batch: list[str], book: TariffBook) -> None:
    asked: list[Question] = []
    replies: list[dict[str, Any] | None] = []
    ids: list[Any] = []
    for line in batch:
        fields = _parsed(line)
        ids.append(fields.get("id"))
        if "error" in fields:
            replies.append({"error": fields["error"]})
            continue
        try:
            asked.append(question_from(fields, book))
            replies.append(None)
        except SorgenteError as error:
            replies.append({"error": str(error)})
    rated = answers(asked, book)
    for ident, reply in zip(ids, replies, strict=True):
        _print({"id": ident, **(next(rated) if reply is None else reply)})


def _print(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False))
