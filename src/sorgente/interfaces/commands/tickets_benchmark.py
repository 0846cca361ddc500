"""`sorgente tickets benchmark`: the classifier's pipeline learnt again on another labelled set, and measured."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import orjson

from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    for name in ("train", "test"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="FILE", help='lines of {"text", "label"}')
    parser.add_argument("--encoder", choices=("e5", "none"), default="e5", help="sentence vectors, or TF-IDF alone")


def run(arguments: argparse.Namespace) -> int:
    from sorgente.learning.classifier import TextClassifier
    from sorgente.learning.encoder import E5Encoder, NoEncoder
    from sorgente.learning.metrics import accuracy, macro_f1

    train, test = read_labelled(arguments.train), read_labelled(arguments.test)
    started = time.perf_counter()
    model = TextClassifier(NoEncoder() if arguments.encoder == "none" else E5Encoder())
    model.fit([text for text, _ in train], [label for _, label in train], folds=0)
    found = model.predict([text for text, _ in test])
    truth = [label for _, label in test]
    result = {
        "accuracy": round(accuracy(truth, found), 4),
        "macro_f1": round(macro_f1(truth, found), 4),
        "train": len(train),
        "test": len(test),
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(orjson.dumps(result).decode())
    return 0


def read_labelled(path: Path) -> list[tuple[str, str]]:
    """Return (text, label) of every line; raises WrongUse naming file and line."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise WrongUse(str(path), f"{error.strerror}.", "Check the path.") from None
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            rows.append((row["text"], row["label"]))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise WrongUse(
                f"{path} line {number}", "It has no text and label.", 'Write {"text": …, "label": …} on each line.'
            ) from None
    if not rows:
        raise WrongUse(str(path), "It holds no line.", 'Write {"text": …, "label": …} on each line.')
    return rows
