"""Is this PDF as it was sealed, by whom, when, and what did the customer sign on it?

Without database or network: the file, the roots that are trusted, and an instant are enough.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import tsp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from sorgente.archive.signing.core.evidence import EVIDENCE_FILE, EvidenceReport, check_evidence
from sorgente.archive.signing.core.pdf_files import attached_files
from sorgente.archive.signing.core.strict_cms import loose_ends
from sorgente.archive.signing.core.trust import Trust

_WHOLE = SignatureCoverageLevel.ENTIRE_FILE
_COVERAGE = {
    SignatureCoverageLevel.ENTIRE_FILE: "whole file",
    SignatureCoverageLevel.ENTIRE_REVISION: "its revision",
    SignatureCoverageLevel.CONTIGUOUS_BLOCK_FROM_START: "part",
    SignatureCoverageLevel.UNCLEAR: "unclear",
}


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """One signature or seal. `good` needs all: bytes intact, signer trusted, nothing changed after that it forbids.

    level       B-B, B-T, B-LT, B-LTA; "" when it is no PAdES signature
    claimed_at  what the signer's clock said; `stamped_at` what a trusted time stamp says, or None
    covers      whole file, its revision (something allowed was added after), part, unclear
    """

    field: str
    signer: str
    organisation: str
    certificate_sha256: str
    reason: str
    level: str
    claimed_at: datetime | None
    stamped_at: datetime | None
    intact: bool
    trusted: bool
    covers: str
    good: bool
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is true of a file. `valid`: every signature is good and the evidence, if there is any, fits the file."""

    valid: bool
    signatures: tuple[SignatureFinding, ...]
    evidence: EvidenceReport | None
    problems: tuple[str, ...]


def verify_pdf(content: bytes, *, trust: Trust, at: datetime) -> Verdict:
    """Return the verdict on a PDF; a file that cannot be read is one, too: not valid, with the reason.

    trust  roots, other certificates and revocation lists: read_trust(folder)
    at     the instant to judge at; a signer's certificate is judged at its trusted time stamp, if it has one
    """
    try:
        reader = PdfFileReader(BytesIO(content), strict=True)
        signatures = list(reader.embedded_regular_signatures)
        stamps = list(reader.embedded_timestamp_signatures)
    except Exception as problem:  # a hostile file makes its parsers raise anything; none of it is a valid document
        return _unreadable(f"It cannot be read as a PDF: {problem}")
    if not signatures:
        return _unreadable("It carries no signature.")
    findings = tuple(_finding(reader, one, content, trust, at, archived=bool(stamps)) for one in signatures)
    problems = [f"{one.field}: {problem}" for one in findings for problem in one.problems]
    problems += [problem for one in stamps for problem in _stamp_problems(one, content, trust, at)]
    if content[content.rfind(b"%%EOF") + 5 :].strip(b"\r\n"):
        problems.append("Something follows the end of the file.")
    evidence, said = _evidence(reader, content)
    problems += said
    return Verdict(not problems and all(one.good for one in findings), findings, evidence, tuple(problems))


def _unreadable(why: str) -> Verdict:
    return Verdict(False, (), None, (why,))


def _finding(
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    content: bytes,
    trust: Trust,
    at: datetime,
    *,
    archived: bool,
) -> SignatureFinding:
    try:
        return _examined(reader, signature, content, trust, at, archived=archived)
    except Exception as problem:  # a hostile file makes its parsers raise anything; none of it is a valid document
        why = (f"The signature cannot be read: {problem}",)
        name = str(signature.field_name)
        return SignatureFinding(name, "", "", "", "", "", None, None, False, False, "unclear", False, why)


def _examined(
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    content: bytes,
    trust: Trust,
    at: datetime,
    *,
    archived: bool,
) -> SignatureFinding:
    stamped_at = _stamped_at(signature)
    dss = _dss(reader)
    status = validate_pdf_signature(
        signature,
        signer_validation_context=_context(trust, dss, stamped_at or at),
        ts_validation_context=_context(trust, dss, at),
    )
    stamp = status.timestamp_validity
    stamp_good = stamp is not None and stamp.valid and stamp.intact and stamp.trusted
    problems: list[str] = []
    if not status.intact:
        problems.append("Its bytes were changed after signing.")
    elif not status.valid:
        problems.append("The signature does not fit its certificate.")
    if not status.trusted:
        problems.append("Its certificate is not trusted.")
    if stamp is not None and not stamp_good:
        problems.append("Its time stamp is not valid.")
    if status.coverage is not _WHOLE and not _allowed(status):
        problems.append("Something was added or changed after it that it forbids.")
    if signature.signed_revision + 1 == reader.xrefs.total_revisions and status.coverage is not _WHOLE:
        problems.append("Bytes follow its end.")
    problems += loose_ends(signature, content)
    if not problems and not status.bottom_line:
        problems.append("It does not stand.")
    subject: Mapping[str, Any] = status.signing_cert.subject.native
    level = ""
    if str(signature.sig_object.get("/SubFilter")) == "/ETSI.CAdES.detached":
        level = "B-T" if stamp_good else "B-B"
        if level == "B-T" and dss is not None:
            level = "B-LTA" if archived else "B-LT"
    return SignatureFinding(
        field=str(signature.field_name),
        signer=str(subject.get("common_name", "")),
        organisation=str(subject.get("organization_name", "")),
        certificate_sha256=status.signing_cert.sha256.hex(),
        reason=str(signature.sig_object.get("/Reason", "")),
        level=level,
        claimed_at=signature.self_reported_timestamp,
        stamped_at=stamped_at if stamp_good else None,
        intact=bool(status.intact),
        trusted=bool(status.trusted),
        covers=_COVERAGE[status.coverage or SignatureCoverageLevel.UNCLEAR],
        good=not problems,
        problems=tuple(problems),
    )


def _allowed(status: Any) -> bool:
    """Validation data and document time stamps may follow; the difference analysis says whether it was only that."""
    return status.coverage is SignatureCoverageLevel.ENTIRE_REVISION and bool(status.docmdp_ok)


def _stamp_problems(stamp: EmbeddedPdfSignature, content: bytes, trust: Trust, at: datetime) -> list[str]:
    try:
        status = validate_pdf_timestamp(stamp, validation_context=_context(trust, None, at))
        problems = loose_ends(stamp, content)
    except Exception as problem:  # a hostile file makes its parsers raise anything; none of it is a valid document
        return [f"{stamp.field_name}: The time stamp cannot be read: {problem}"]
    if not (status.intact and status.valid and status.trusted):
        problems.append("The time stamp is not valid.")
    return [f"{stamp.field_name}: {problem}" for problem in problems]


def _stamped_at(signature: EmbeddedPdfSignature) -> datetime | None:
    """Return the instant in the signature's time stamp, not judged yet."""
    for attribute in signature.signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            info = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            if not isinstance(info, tsp.TSTInfo):
                raise ValueError("its time stamp holds something else")
            stamped: datetime = info["gen_time"].native
            return stamped
    return None


def _dss(reader: PdfFileReader) -> DocumentSecurityStore | None:
    try:
        return DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return None


def _context(trust: Trust, dss: DocumentSecurityStore | None, moment: datetime) -> ValidationContext:
    options: dict[str, Any] = {
        "trust_roots": list(trust.roots),
        "moment": moment,
        "allow_fetching": False,
        "retroactive_revinfo": True,
    }
    lists, others = list(trust.revocation_lists), list(trust.others)
    if dss is not None:
        lists += [one.get_object().data for one in dss.crls]
        others += list(dss.load_certs())
        options["ocsps"] = [one.get_object().data for one in dss.ocsps]
    return ValidationContext(crls=lists, other_certs=others, **options)


def _evidence(reader: PdfFileReader, content: bytes) -> tuple[EvidenceReport | None, list[str]]:
    try:
        files = attached_files(reader)
        if EVIDENCE_FILE not in files:
            return None, []
        report = check_evidence(json.loads(files[EVIDENCE_FILE]), content=content, files=files)
    except Exception as problem:  # a hostile file makes its parsers raise anything; none of it is a valid document
        return None, [f"The evidence inside cannot be read: {problem}"]
    return report, list(report.problems)
