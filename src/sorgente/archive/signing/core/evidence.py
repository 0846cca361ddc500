"""The evidence log: one JSON of who signed what, when and how, with the chain of events. It travels inside the PDF.

    {"schema": "sorgente-evidence/1", "envelope": 7, "company": {…}, "document": {"sha256", "size", "pages", "title"},
     "method": "tablet", "signature_kind": "advanced", "signer": {…}, "enrolment": {…} or null, "notice_version": "…",
     "fields": [{"key", "kind", "label", "required", "state", "at", "page", "box", "input", "signature_kind",
                 "ink_sha256", "biometrics_sha256", "biometrics_file"}, …],
     "events": [{"sequence", "at", "kind", "facts", "previous", "hash"}, …], "chain_head": "…"}

The copy in the archive has `sealed` too: {"sha256", "size", "level", "certificate"} of the PDF that came out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sorgente.archive.signing.core.chain import chain_problem

SCHEMA = "sorgente-evidence/1"
EVIDENCE_FILE = "prove-di-firma.json"
MEDIA_TYPE = "application/json"
_SIGNED_BY = {"tablet": "field_signed", "otp": "code_accepted", "paper": "signed_on_paper"}


def biometrics_file(position: int) -> str:
    """Return the name of a field's encrypted biometrics inside the PDF."""
    return f"biometria-{position + 1:02d}.json"


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """What the evidence inside a document says, and what is wrong with it (empty: nothing)."""

    envelope: int
    method: str
    signature_kind: str
    signer_name: str
    signer_tax_code: str
    signed: tuple[Mapping[str, Any], ...]
    refused: tuple[str, ...]
    chain_valid: bool
    document_matches: bool
    problems: tuple[str, ...]


def check_evidence(evidence: Any, *, content: bytes, files: Mapping[str, bytes]) -> EvidenceReport:
    """Compare the evidence with the file that holds it.

    content  the whole sealed PDF: its first bytes are the document that was shown
    files    the other attachments: the encrypted biometrics
    raises   ValueError, KeyError or TypeError when it has another form
    """
    if evidence["schema"] != SCHEMA:
        raise ValueError(f"the schema is {evidence['schema']!r}")
    document, events, fields = evidence["document"], evidence["events"], evidence["fields"]
    problems: list[str] = []
    broken = chain_problem(envelope_id=evidence["envelope"], document_sha256=document["sha256"], events=events)
    if broken is None and (not events or events[-1]["hash"] != evidence["chain_head"]):
        broken = "The latest event is missing."
    if broken is not None:
        problems.append(f"The chain of events is broken: {broken}")
    matches = hashlib.sha256(content[: document["size"]]).hexdigest() == document["sha256"]
    if not matches:
        problems.append("The document is not the one that was shown to the signer.")
    problems += _acts_missing(evidence["method"], fields, events)
    problems += _files_missing(fields, files)
    signer = evidence["signer"]
    return EvidenceReport(
        envelope=evidence["envelope"],
        method=evidence["method"],
        signature_kind=evidence["signature_kind"],
        signer_name=signer["name"],
        signer_tax_code=signer["tax_code"],
        signed=tuple(one for one in fields if one["state"] == "signed"),
        refused=tuple(one["key"] for one in fields if one["state"] == "refused"),
        chain_valid=broken is None,
        document_matches=matches,
        problems=tuple(problems),
    )


def _acts_missing(method: str, fields: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every signed field has its act, and each came after the reading."""
    wanted = _SIGNED_BY[method]
    read_at = next((one["sequence"] for one in events if one["kind"] == "read_to_end"), None)
    problems = []
    for one in fields:
        if one["state"] != "signed":
            if one["required"]:
                problems.append(f"The required field {one['key']} is not signed.")
            continue
        acts = [
            event["sequence"]
            for event in events
            if event["kind"] == wanted
            and (event["facts"].get("key") == one["key"] or one["key"] in event["facts"].get("fields", ()))
            and event["facts"].get("ink_sha256", one["ink_sha256"]) == one["ink_sha256"]
            and event["facts"].get("biometrics_sha256", one["biometrics_sha256"]) == one["biometrics_sha256"]
        ]
        if not acts:
            problems.append(f"No event tells how {one['key']} was signed.")
        elif read_at is None or acts[0] < read_at:
            problems.append(f"{one['key']} was signed before the document was read.")
    return problems


def _files_missing(fields: Sequence[Mapping[str, Any]], files: Mapping[str, bytes]) -> list[str]:
    problems = []
    for one in fields:
        if not one["biometrics_sha256"]:
            continue
        found = files.get(one["biometrics_file"])
        if found is None:
            problems.append(f"The biometrics of {one['key']} are missing.")
        elif hashlib.sha256(found).hexdigest() != one["biometrics_sha256"]:
            problems.append(f"The biometrics of {one['key']} were changed.")
    return problems
