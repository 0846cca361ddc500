"""`sorgente pagopa flows FILE...`: reporting flows in XML or JSON become one JSON line each, without Django."""

from __future__ import annotations

import argparse

from sorgente.interfaces.commands.files_to_lines import Answers, answer_files
from sorgente.payments.adapters.pagopa_flow import read_flow


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="FlussoRiversamento XML, SOAP answer, or REST JSON")


def run(arguments: argparse.Namespace) -> int:
    return answer_files(arguments.files, _answers)


def _answers(data: bytes, file: str) -> Answers:
    flow = read_flow(data, file)
    lines = [
        {"iuv": line.iuv, "iur": line.iur, "index": line.index, "cents": line.cents, "outcome": line.outcome}
        for line in flow.lines
    ]
    answer = {
        "file": file,
        "flow_id": flow.flow_id,
        "revision": flow.revision,
        "lines": lines,
        "total_cents": flow.total_cents,
        "count": flow.count,
        "psp": flow.psp,
        "regulation": flow.regulation,
        "regulated_on": flow.regulated_on,
    }
    return [answer | {"warnings": list(flow.warnings)} if flow.warnings else answer]
