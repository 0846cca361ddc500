"""`sorgente biometrics open SIGNED.pdf --key K --out DIR`: for the third party alone, on a machine of its own.

Writes for each signed field a JSON file with every captured value and a binary sample, and one JSON line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson

from sorgente.archive.signing.opener import load_key, open_biometrics
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="SIGNED.pdf")
    parser.add_argument("--key", required=True, metavar="FILE", help="the third party's private key, PEM")
    parser.add_argument("--password-file", metavar="FILE", help="first line: the password of the key")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the samples")


def run(arguments: argparse.Namespace) -> int:
    content, pem = _read(arguments.file), _read(arguments.key)
    key = load_key(pem, password=password_of(arguments.password_file), name=arguments.key)
    opened = open_biometrics(content, key=key, name=arguments.file)
    folder = Path(arguments.out)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongUse(f"--out {folder}", f"{error.strerror}.", "Name a folder you may write to.") from None
    for number, one in enumerate(opened, start=1):
        clear, sample = folder / f"{number:02d}.json", folder / f"{number:02d}.sdi"
        clear.write_bytes(orjson.dumps({"field": one.field, "label": one.label, **one.data}))
        sample.write_bytes(one.sample)
        answer = {"field": one.field, "points": len(one.data["points"]), "json": str(clear), "sample": str(sample)}
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()
    return 0


def password_of(file: str | None) -> str:
    """Return the first line of a password file, "" without one; raises WrongUse."""
    return _read(file).decode().splitlines()[0] if file else ""


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise WrongUse(name, f"{error.strerror}.", "Check the path.") from None
