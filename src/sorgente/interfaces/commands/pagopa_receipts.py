"""`sorgente pagopa receipts FILE...`: receipts in XML, SOAP or JSON become one JSON line each, without Django."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from sorgente.interfaces.commands.files_to_lines import Answers, answer_files
from sorgente.payments.adapters.pagopa_receipt import read_receipts


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="paSendRT, paSendRTV2 (also in SOAP) or JSON")


def run(arguments: argparse.Namespace) -> int:
    return answer_files(arguments.files, _answers)


def _answers(data: bytes, file: str) -> Answers:
    return [_answer(file, asdict(receipt)) for receipt in read_receipts(data, file)]


def _answer(file: str, receipt: dict[str, Any]) -> dict[str, Any]:
    first = ("receipt_id", "notice", "iuv", "cents", "paid_at")
    return {"file": file, **{name: receipt[name] for name in first}, **receipt}
