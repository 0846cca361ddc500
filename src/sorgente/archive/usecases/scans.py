"""Paper becomes documents: a batch of scans comes in, a sample is compared by eye, the batch is attested."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from sorgente.archive.core.classes import ROME
from sorgente.archive.core.sampling import accepted_faults, draw_sample, sample_size
from sorgente.archive.core.scan_index import ScanLine, ScanLineRefused, read_scan_index
from sorgente.archive.core.uploads import PAPERS, inspect_upload
from sorgente.archive.models import Document, ScanBatch, ScanPaper, ScanReject
from sorgente.archive.papers import render_paper
from sorgente.archive.signing.adapters.seal import seal_pdf
from sorgente.archive.usecases.store_document import NewDocument, Verification, store_document, store_documents
from sorgente.shared.errors import SorgenteError

_CODE = re.compile(r"[\w.\-]{1,40}", re.ASCII)  # it stands in addresses and in subjects


class ScanBatchUnknown(SorgenteError):
    code = "archive.scans.unknown"


class ScanBatchDiffers(SorgenteError):
    """A batch of this code is there with other facts."""

    code = "archive.scans.differs"


class ScanBatchNotReady(SorgenteError):
    """The step asked for does not follow from where the batch is."""

    code = "archive.scans.not-ready"


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """How a batch was scanned, as the certification of the process asks for it."""

    title: str
    purpose: str
    place: str
    operator: str
    scanner: str
    resolution: str
    began_at: datetime
    ended_at: datetime
    supplier: str = ""
    contract: str = ""  # with the supplier
    anomalies: str = ""


@dataclass(slots=True)
class ScanImport:
    """`repeated` were there from an earlier import of the same batch; every line is in exactly one of the three."""

    batch: str
    imported: int = 0
    repeated: int = 0
    rejected: list[tuple[int, str, SorgenteError]] = field(default_factory=list)


@transaction.atomic
def import_scans(
    *, code: str, record: ScanRecord, files: Mapping[str, bytes], index: bytes, by: str, at: datetime
) -> ScanImport:
    """Store the scans that an index names, each as a document about its customer.

    code    of the batch, its own for ever; the same batch again adds what was missing and repeats nothing
    files   file name → bytes (core.zips.entries unpacks a ZIP)
    index   CSV: file;tipo;soggetto;pagine;scatola;titolo
    raises  ScanIndexUnreadable, ScanBatchDiffers, ScanBatchNotReady (attested already)

    A line that cannot be taken waits among the batch's rejects, with its reason, until a later import brings it right.
    """
    lines, refused = read_scan_index(index)
    batch = _batch(code, record, by, at)
    result = ScanImport(code, rejected=[(number, text, problem) for number, text, problem in refused])
    known = {paper.file: paper for paper in batch.papers.select_related("document")}
    by_name = {name.replace("\\", "/").rsplit("/", 1)[-1]: content for name, content in files.items()}
    new: list[tuple[ScanLine, NewDocument]] = []
    seen: set[str] = set()
    for line in lines:
        try:
            document = _document(line, by_name, seen, batch)
        except SorgenteError as problem:
            result.rejected.append((line.number, _text(line), problem))
            continue
        seen.add(line.file)
        if line.file in known:
            result.repeated += 1
        else:
            new.append((line, document))
    named = {line.file for line in lines}
    for number, name in enumerate(sorted(set(by_name) - named), start=100_001):  # no line of the index has that number
        left = ScanLineRefused(f"File {name}", "No line of the index names it.", "Add its line to the index.")
        result.rejected.append((number, name, left))
    stored = store_documents([document for _, document in new], stored_at=at)
    ScanPaper.objects.bulk_create(
        ScanPaper(
            batch=batch, line=line.number, file=line.file, document=document, kind=line.kind, pages=line.pages,
            box=line.box,
        )
        for (line, _), document in zip(new, stored, strict=True)
    )  # fmt: skip
    result.imported = len(new)
    if new and batch.state != ScanBatch.State.IMPORTED:  # the sample no longer speaks for the whole
        batch.state, batch.sample_seed, batch.sample_size = ScanBatch.State.IMPORTED, None, None
        batch.papers.update(outcome="", outcome_note="", outcome_by="", outcome_at=None)
        batch.save()
    _keep_rejects(batch, result, at)
    return result


def _batch(code: str, record: ScanRecord, by: str, at: datetime) -> ScanBatch:
    facts = {name: value for name, value in asdict(record).items() if name not in ("title", "began_at", "ended_at")}
    batch = ScanBatch.objects.select_for_update().filter(code=code).first()
    if batch is None:
        if _CODE.fullmatch(code) is None or record.ended_at < record.began_at:
            raise ScanBatchDiffers(
                f"Batch {code!r}",
                "It needs a code of letters, digits, dots and dashes, and an end that is not before its beginning.",
                "Correct them.",
            )
        return ScanBatch.objects.create(
            code=code, title=record.title, record=facts, scan_began_at=record.began_at, scan_ended_at=record.ended_at,
            imported_at=at, imported_by=by,
        )  # fmt: skip
    if batch.state == ScanBatch.State.ATTESTED:
        raise ScanBatchNotReady(
            f"Batch {code}", "It is attested and closed.", "Import what is missing as a batch of its own."
        )
    given: dict[str, Any] = {"title": record.title, **facts}
    there: dict[str, Any] = {"title": batch.title, **batch.record}
    for name, value in given.items():
        if there.get(name) != value:
            raise ScanBatchDiffers(
                f"Batch {code}",
                f"Its {name} is {there.get(name)!r}, now {value!r} is said.",
                "Give the same facts, or use another code for another batch.",
            )
    return batch


def _document(line: ScanLine, files: Mapping[str, bytes], seen: set[str], batch: ScanBatch) -> NewDocument:
    subject = f"Index line {line.number}"
    if line.file in seen:
        raise ScanLineRefused(subject, f"File {line.file} is named twice.", "Name each file once.")
    if line.kind not in Document.Kind.values:
        raise ScanLineRefused(
            subject, f"{line.kind!r} is no kind of document.", f"Use one of: {', '.join(Document.Kind.values)}."
        )
    if line.file not in files:
        raise ScanLineRefused(subject, f"File {line.file} is not there.", "Add the file, or take the line out.")
    found = inspect_upload(content=files[line.file], filename=line.file, accept=PAPERS)
    if found.pages != line.pages:
        raise ScanLineRefused(
            subject,
            f"The index says {line.pages} pages, file {line.file} has {found.pages}.",
            "Scan the missing pages, or correct the index.",
        )
    return NewDocument(
        content=files[line.file],
        title=line.title or f"{Document.Kind(line.kind).label} {line.subject.partition(':')[2]}",
        kind=line.kind,
        media_type=found.media_type,
        subject=(line.subject, f"scan_batch:{batch.code}"),
        metadata={"batch": batch.code, "box": line.box, "name": found.filename},
        formed={"formation": "b", "file_name": found.filename, "note": f"Copia per immagine, lotto {batch.code}"},
    )


def _text(line: ScanLine) -> str:
    return ";".join([line.file, line.kind, line.subject, str(line.pages), line.box, line.title])


def _keep_rejects(batch: ScanBatch, result: ScanImport, at: datetime) -> None:
    """Keep each reject by its line; those of earlier imports that did not come back are solved."""
    numbers = [number for number, _, _ in result.rejected]
    batch.rejects.filter(solved_at=None).exclude(line__in=numbers).update(solved_at=at)
    for number, text, problem in result.rejected:
        ScanReject.objects.update_or_create(
            batch=batch, line=number, defaults={"text": text[:500], "reason": str(problem)[:500], "solved_at": None}
        )


def _locked(code: str, *states: str) -> ScanBatch:
    batch = ScanBatch.objects.select_for_update().filter(code=code).first()
    if batch is None:
        raise ScanBatchUnknown(f"Batch {code}", "There is none of this code.", "Choose it from the list.")
    if batch.state not in states:
        raise ScanBatchNotReady(
            f"Batch {code}",
            f"It is {ScanBatch.State(batch.state).label.lower()}.",
            "The order is: import, sample, compare every paper of the sample, attest.",
        )
    return batch


@transaction.atomic
def sample_batch(*, code: str, seed: int, at: datetime) -> list[int]:
    """Draw the papers of a batch that an operator must compare; return the ids.

    seed    any whole number; it is stored, so that the same sample can be drawn again before a judge
    raises  ScanBatchUnknown, ScanBatchNotReady (sampled already, empty, or rejects still open)
    source  rules/archive/sampling.yaml
    """
    batch = _locked(code, ScanBatch.State.IMPORTED)
    papers = list(batch.papers.values_list("pk", flat=True))
    waiting = batch.rejects.filter(solved_at=None).count()
    if not papers or waiting:
        raise ScanBatchNotReady(
            f"Batch {code}",
            f"It has {len(papers)} papers and {waiting} rejected lines.",
            "Import the batch again with the lines mended or taken out.",
        )
    size = sample_size(papers=len(papers), on=at.astimezone(ROME).date())
    drawn = draw_sample(papers=papers, size=size, seed=seed)
    batch.papers.filter(pk__in=drawn).update(outcome=ScanPaper.Outcome.WAITING)
    batch.sample_seed, batch.sample_size, batch.state = seed, size, ScanBatch.State.SAMPLED
    batch.save()
    return drawn


@transaction.atomic
def record_comparison(*, paper_id: int, is_good: bool, note: str, by: str, at: datetime) -> str:
    """Record what the eye found on a drawn paper; return the state of its batch.

    After the latest one the batch is checked, or refused when there are more faults than the rule accepts.
    raises  ScanBatchNotReady: the paper is not in the sample, or the sample is closed; a fault needs a note
    """
    paper = ScanPaper.objects.select_related("batch").filter(pk=paper_id).first()
    batch = _locked(paper.batch.code if paper else "", ScanBatch.State.SAMPLED)
    assert paper is not None  # without a paper there is no batch of that code
    if paper.outcome == ScanPaper.Outcome.NOT_DRAWN or (not is_good and not note.strip()):
        raise ScanBatchNotReady(
            f"Paper {paper.file}",
            "It is not in the sample." if paper.outcome == "" else "A fault is recorded with what is wrong.",
            "Compare the papers of the sample, and say of each fault what differs.",
        )
    paper.outcome = ScanPaper.Outcome.GOOD if is_good else ScanPaper.Outcome.BAD
    paper.outcome_note, paper.outcome_by, paper.outcome_at = note.strip()[:300], by, at
    paper.save()
    if not batch.papers.filter(outcome=ScanPaper.Outcome.WAITING).exists():
        faults = batch.papers.filter(outcome=ScanPaper.Outcome.BAD).count()
        is_fit = faults <= accepted_faults(on=at.astimezone(ROME).date())
        batch.state = ScanBatch.State.CHECKED if is_fit else ScanBatch.State.REFUSED
        batch.save()
    return batch.state


@transaction.atomic
def attest_batch(*, code: str, by: str, office: str, at: datetime) -> Document:
    """Attest that the copies of a checked batch conform to their paper; return the sealed attestation.

    The attestation lists the hash of each copy, is sealed and time-stamped by the company and archived.
    raises  ScanBatchUnknown, ScanBatchNotReady, SealFailed
    """
    batch = _locked(code, ScanBatch.State.CHECKED)
    papers = list(batch.papers.select_related("document").order_by("line"))
    ended_at = batch.papers.aggregate(latest=Max("outcome_at"))["latest"]
    paper = render_paper(
        template="attestation",
        on=at.astimezone(ROME).date(),
        values={
            "batch": code,
            "made_by": by,
            "office": office,
            "method": "each" if batch.sample_size == len(papers) else "process",
            "started_at": batch.scan_began_at,
            "ended_at": ended_at,
            "place": batch.record["place"],
            "scanner": batch.record["scanner"],
            "resolution": batch.record["resolution"],
            "population": len(papers),
            "sampled": batch.sample_size,
            "faults": sum(one.outcome == ScanPaper.Outcome.BAD for one in papers),
            "remarks": batch.record["anomalies"] or None,
            "copies": [{"name": one.file, "pages": one.pages, "sha256": one.document.sha256} for one in papers],
        },
    )
    document = store_document(
        content=seal_pdf(paper.content, reason=paper.title, at=at),
        title=paper.title,
        kind=paper.kind,
        media_type="application/pdf",
        subject=f"scan_batch:{code}",
        stored_at=at,
        metadata={"batch": code, "template": f"{paper.template}/{paper.version}", "papers": len(papers)},
        verification=Verification(seal=True, timestamp=True),
    )
    batch.attestation, batch.attested_by, batch.attested_at = document, by, at
    batch.state = ScanBatch.State.ATTESTED
    batch.save()
    return document
