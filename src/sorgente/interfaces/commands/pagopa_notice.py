"""`sorgente pagopa notice --base N`: the notice number, its IUV and the QR text, without Django."""

from __future__ import annotations

import argparse
import sys

import orjson

from sorgente.payments.core.notice import iuv_of, notice_number, printed, qr_text
from sorgente.shared.errors import WrongUse

# Stands in the QR text where no creditor was named; no creditor has it.
NO_CREDITOR = "00000000000"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", type=int, required=True, metavar="N", help="up to 13 digits, never used before")
    parser.add_argument("--segregation", default="01", metavar="NN", help="segregation code (default 01)")
    parser.add_argument("--creditor", metavar="TAXCODE", help="11-digit tax code of the creditor, for the QR text")
    parser.add_argument("--cents", type=int, metavar="N", help="amount in cents, for the QR text")


def run(arguments: argparse.Namespace) -> int:
    creditor = arguments.creditor
    if creditor is not None and not (len(creditor) == 11 and creditor.isascii() and creditor.isdigit()):
        raise WrongUse(f"Creditor {creditor}", "It is not an 11-digit tax code.", "Mend --creditor.")
    if arguments.cents is not None and not 1 <= arguments.cents <= 99_999_999_999:
        raise WrongUse(f"Amount {arguments.cents}", "It is outside 1 to 99999999999 cents.", "Mend --cents.")
    notice = notice_number(base=arguments.base, segregation=arguments.segregation)
    answer = {
        "notice": notice,
        "iuv": iuv_of(notice),
        "printed": printed(notice),
        "qr": qr_text(notice=notice, creditor_tax_code=creditor or NO_CREDITOR, cents=arguments.cents or 0),
    }
    missing = [name for name in ("creditor", "cents") if getattr(arguments, name) is None]
    if missing:
        answer["qr_lacks"] = missing  # type: ignore[assignment]
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()
    return 0
