"""`sorgente bill replay NUMBER…`: compute issued bills again from their stored inputs and compare every row."""

from __future__ import annotations

import argparse
import json

from sorgente.interfaces.commands.django_setup import start_django


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("numbers", nargs="+", metavar="NUMBER", help="as printed: 2026/SII/0000123")


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from sorgente.billing.queries.bill_values import UnknownBill
    from sorgente.billing.queries.replay import replay_bill

    bad_news = 0
    for number in arguments.numbers:
        try:
            replay = replay_bill(number)
        except UnknownBill as error:
            bad_news = 1
            print(json.dumps({"number": number, "error": str(error)}, ensure_ascii=False))
            continue
        bad_news |= bool(replay.differences)
        same = not replay.differences
        print(
            json.dumps({"number": number, "rows": replay.rows, "same": same, "differences": list(replay.differences)})
        )
    return int(bad_news)
