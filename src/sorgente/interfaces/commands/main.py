"""The `sorgente` command: finds the command's module and calls it, importing nothing else.

Each command is a module with `register(parser)` and `run(arguments) -> exit code`. Modules of the pure
core never import Django; the others call `start_django()` inside `run`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from importlib import import_module
from typing import Any

from sorgente.shared.errors import SorgenteError, WrongUse

_HERE = "sorgente.interfaces.commands"

# (words of the command): (module, one line of help)
COMMANDS: dict[tuple[str, ...], tuple[str, str]] = {
    ("demo",): ("demo", "Make a demonstration utility and live its months."),
    ("serve",): ("serve", "Start the database if none is named, the web and the workers."),
    ("manage",): ("manage", "Run a Django management command."),
    ("radio", "decode"): ("radio_decode", "Decode wireless M-Bus telegrams, JSON Lines in and out."),
    ("reads", "import"): ("reads_import", "Load a reader file through a profile."),
    ("telegrams", "import"): ("telegrams_import", "Load radio telegrams and turn them into reads."),
    ("rate",): ("rate", "Rate consumption against a neutral tariff, JSON Lines in and out."),
    ("rules", "show"): ("rules_show", "Show the rules in force on a day, with their citations."),
    ("bills", "run"): ("bills_run", "Run the billing of a day."),
    ("bills", "export"): ("bills_export", "Write e-invoices and PDFs of bills to a folder."),
    ("bill", "replay"): ("bill_replay", "Recompute an issued bill and compare it with what went out."),
    ("einvoice", "check"): ("einvoice_check", "Check e-invoices against schema and arithmetic controls."),
    ("statement", "parse"): ("statement_parse", "Read bank statements into JSON Lines."),
    ("statement", "import"): ("statement_import", "Import a bank statement and match its entries."),
    ("refunds", "export"): ("refunds_export", "Prepare what we owe customers and write the files that pay it."),
    ("debits", "export"): ("debits_export", "Write the direct debit file of a due date."),
    ("pagopa", "notice"): ("pagopa_notice", "Make a notice number, its IUV and the QR text."),
    ("pagopa", "receipts"): ("pagopa_receipts", "Read pagoPA receipts into JSON Lines."),
    ("pagopa", "flows"): ("pagopa_flows", "Read pagoPA reporting flows into JSON Lines."),
    ("pagopa", "import"): ("pagopa_import", "Import pagoPA receipts and settle their positions."),
    ("tickets", "classify"): ("tickets_classify", "Classify incoming messages, JSON Lines in and out."),
    ("tickets", "fetch"): ("tickets_fetch", "Take in what is new in the customers' mailbox."),
    ("tickets", "import"): ("tickets_import", "Take in mails kept as .eml files."),
    ("tickets", "retrain"): ("tickets_retrain", "Learn from corrections; taken only when not worse."),
    ("tickets", "benchmark"): ("tickets_benchmark", "Learn and measure the classifier on a labelled set."),
    ("document", "verify"): ("document_verify", "Tell who signed a PDF, when, and whether a byte changed."),
    ("biometrics", "open"): ("biometrics_open", "Open biometrics with the third party's key, away from the company."),
    ("biometrics", "key"): ("biometrics_key", "Make the third party's key pair, on its own machine."),
    ("quality", "evaluate"): ("quality_evaluate", "Measure bills, let indemnities accrue and hand them on."),
    ("quality", "register"): ("quality_register", "Write the register of performances as CSV."),
    ("journal", "export"): ("journal_export", "Write the ledger as a journal that bean-check accepts."),
    ("archive", "sweep"): ("archive_sweep", "Compare a part of the archive with its hashes, and go on next time."),
    ("audit",): ("audit", "Check every invariant and name the offenders."),
    ("bench",): ("bench", "Measure one of the speeds of the design, one JSON line."),
}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day: write it as 2026-01-31") from None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


class _Parser(argparse.ArgumentParser):
    """Says in words of a user, and in one line, what an argument should have been."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.register("type", date.fromisoformat, _day)
        self.register("type", int, _whole)

    def error(self, message: str) -> None:  # type: ignore[override]
        print(f"sorgente: {message}. Try: {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def _usage() -> str:
    width = max((len(" ".join(words)) for words in COMMANDS), default=0)
    lines = [f"  {' '.join(words):<{width}}  {text}" for words, (_, text) in COMMANDS.items()]
    return "usage: sorgente COMMAND [options]\n\n" + "\n".join(lines)


def find(arguments: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the command's words and what is left; raises WrongUse when there is no such command."""
    for length in (2, 1):
        words = tuple(arguments[:length])
        if words in COMMANDS:
            return words, arguments[length:]
    raise WrongUse(f"sorgente {' '.join(arguments[:2])}".strip(), "There is no such command.", "Try: sorgente --help")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns 0 done, 1 the answer is bad news, 2 wrong use."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help", "help"):
        print(_usage())
        return 0 if given else 2
    try:
        words, rest = find(given)
        module_name, text = COMMANDS[words]
        module = import_module(f"{_HERE}.{module_name}")
        parser = _Parser(prog=f"sorgente {' '.join(words)}", description=text)
        module.register(parser)
        return int(module.run(parser.parse_args(rest)))
    except WrongUse as error:
        print(f"sorgente: {error}", file=sys.stderr)
        return 2
    except SorgenteError as error:
        print(f"sorgente: {error} [{error.code}]", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
