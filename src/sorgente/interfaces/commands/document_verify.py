"""`sorgente document verify FILE…`: who signed, when, and whether a byte changed; exit 1 when anything is wrong.

JSON Lines on standard output, one a file; the same in words on standard error. Needs no database.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from sorgente.archive.signing.core.trust import Trust, TrustWrong, read_trust
from sorgente.archive.signing.core.verify import Verdict, verify_pdf
from sorgente.shared.errors import WrongUse
from sorgente.shared.paths import var_dir


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="sealed PDF")
    parser.add_argument(
        "--trust",
        metavar="DIR",
        help="folder of root certificates and revocation lists (default: SORGENTE_TRUST_DIR, else the demonstration's)",
    )


def run(arguments: argparse.Namespace) -> int:
    trust = _trust(arguments.trust)
    at = datetime.now(UTC)
    any_bad = False
    for name in arguments.files:
        try:
            content = Path(name).read_bytes()
        except OSError as error:
            answer: dict[str, Any] = {"file": name, "error": f"{name}: {error.strerror or error}. Check the path."}
            words = [answer["error"]]
        else:
            verdict = verify_pdf(content, trust=trust, at=at)
            answer = {"file": name, **_answer(verdict)}
            words = _words(name, verdict)
        any_bad |= not answer.get("valid", False)
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.buffer.flush()
        print("\n".join(words), file=sys.stderr)
    return int(any_bad)


def _trust(named: str | None) -> Trust:
    folder = Path(named or os.environ.get("SORGENTE_TRUST_DIR") or var_dir() / "trust" / "roots")
    try:
        return read_trust(folder)
    except TrustWrong as problem:
        raise WrongUse(f"--trust {folder}", problem.facts, problem.next_step) from problem


def _answer(verdict: Verdict) -> dict[str, Any]:
    evidence = verdict.evidence
    return {
        "valid": verdict.valid,
        "signatures": [asdict(one) for one in verdict.signatures],
        "evidence": None
        if evidence is None
        else {
            "envelope": evidence.envelope,
            "signer": evidence.signer_name,
            "tax_code": evidence.signer_tax_code,
            "method": evidence.method,
            "signature_kind": evidence.signature_kind,
            "signed": [
                {name: one[name] for name in ("key", "label", "at", "input", "signature_kind")}
                for one in evidence.signed
            ],
            "refused": list(evidence.refused),
            "chain_valid": evidence.chain_valid,
            "document_matches": evidence.document_matches,
        },
        "problems": list(verdict.problems),
    }


def _words(name: str, verdict: Verdict) -> list[str]:
    words = [f"{name}: {'valid' if verdict.valid else 'NOT VALID'}"]
    for one in verdict.signatures:
        when = f"stamped {one.stamped_at:%Y-%m-%d %H:%M:%S} UTC" if one.stamped_at else "without a trusted time"
        state = "intact" if one.intact else "CHANGED"
        words.append(f"  {one.field}: {one.organisation} ({one.signer}), {one.level or 'no PAdES'}, {when}, {state}")
    if verdict.evidence is not None:
        evidence = verdict.evidence
        words.append(f"  signed by {evidence.signer_name}, {evidence.method}, {evidence.signature_kind} signature")
        words += [f"    {one['at']} {one['label']} [{one['input']}]" for one in evidence.signed]
        words += [f"    refused: {key}" for key in evidence.refused]
    words += [f"  ! {problem}" for problem in verdict.problems]
    return words
