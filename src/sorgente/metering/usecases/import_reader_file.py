"""Import a reader's file: every line is loaded, held, repeated, without a read, or rejected with its reason."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, transaction

from sorgente.archive.usecases.store_document import store_document
from sorgente.metering.adapters.profiles import find_profile
from sorgente.metering.core.judgement import HELD, REFUSED
from sorgente.metering.core.profile import Profile
from sorgente.metering.core.read_kinds import KINDS
from sorgente.metering.core.reader_file import BadLine, FileLine, read_reader_file
from sorgente.metering.core.reasons import unknown_meter
from sorgente.metering.models import ReaderFile, ReaderProfile
from sorgente.metering.usecases.load_reads import LoadedReads, load_reads
from sorgente.shared.columns import read_arrow

PREVIEW_LINES = 5


@dataclass(frozen=True)
class FileImport:
    """What became of the file. lines = accepted + held + repeated + without_read + rejected."""

    lines: int
    accepted: int
    held: int
    repeated: int
    without_read: int
    rejected: int
    rejects: bytes  # CSV, empty when every line was good
    preview: list[FileLine] = field(default_factory=list)
    imported_before_at: datetime | None = None  # the same content came already: nothing was done


def import_reader_file(
    *, content: bytes, file_name: str, profile_name: str, received_at: datetime, dry_run: bool = False
) -> FileImport:
    """Import a reader's file through a profile; the same content a second time changes nothing.

    content       the file as it arrived; it is kept in the archive, and so are its rejects
    profile_name  one of adapters.profiles.profile_names()
    dry_run       read and judge, store nothing
    raises        UnknownProfile, ProfileWrong, WrongEncoding, ColumnMissing, NoLines: nothing is stored then
    """
    profile, settings = find_profile(profile_name, on=received_at.date())
    lines = read_reader_file(content, profile, file=file_name)
    digest = hashlib.sha256(content).hexdigest()
    before = ReaderFile.objects.filter(document__sha256=digest).first()
    if before is not None:
        return FileImport(
            before.lines, before.accepted, before.held, before.repeated, before.without_read, before.rejected, b"",
            imported_before_at=before.imported_at,
        )  # fmt: skip
    known, others = _with_registers(lines.reads, lines.others, profile)
    with transaction.atomic():
        document = None
        if not dry_run:
            document = store_document(
                content=content, title=file_name, kind="reader_file", media_type="text/csv",
                subject=f"reader_file:{digest[:16]}", stored_at=received_at, metadata={"profile": profile_name},
            )  # fmt: skip
        loaded = _load(known, received_at, None if document is None else document.pk, dry_run)
        others = sorted([*others, *_not_loaded([line for line, _ in known], loaded)])
        result = FileImport(
            lines=len(lines.reads) + len(lines.others),
            accepted=loaded.accepted,
            held=loaded.held,
            repeated=loaded.repeated,
            without_read=sum(line.outcome == "none" for line in others),
            rejected=sum(line.outcome == "refused" for line in others),
            rejects=_reject_file(others),
            preview=lines.reads[:PREVIEW_LINES],
        )
        if document is not None:
            _record(result, document, profile_name, settings, digest, file_name, received_at)
    return result


def _with_registers(
    reads: list[FileLine], others: list[BadLine], profile: Profile
) -> tuple[list[tuple[FileLine, int]], list[BadLine]]:
    """Return the lines whose meter is known with its register, and all the others."""
    column = "serial" if profile.match == "serial" else "radio_id"
    table = read_arrow(
        connection,
        f"SELECT upper(d.{column}) AS name, min(r.id) AS register_id, count(*) AS meters FROM metering_device d"
        " JOIN metering_register r ON r.device_id = d.id AND r.name = 'total'"
        f" WHERE upper(d.{column}) = ANY(%(names)s::text[]) GROUP BY 1",
        {"names": sorted({line.serial for line in reads})},
    )
    columns = table.to_pydict()
    # An address shared by two makers' meters identifies neither.
    registers = {
        name: register
        for name, register, meters in zip(columns["name"], columns["register_id"], columns["meters"], strict=True)
        if meters == 1
    }
    known = [(line, registers[line.serial]) for line in reads if line.serial in registers]
    unknown = [
        BadLine(line.number, line.text, "refused", unknown_meter(line.serial))
        for line in reads
        if line.serial not in registers
    ]
    return known, [*others, *unknown]


def _load(known: list[tuple[FileLine, int]], received_at: datetime, evidence_id: int | None, dry: bool) -> LoadedReads:
    return load_reads(
        register_id=np.array([register for _, register in known], dtype=np.int64),
        read_on=np.array([line.read_on for line, _ in known], dtype="datetime64[D]"),
        index_milli=np.array([line.index_milli for line, _ in known], dtype=np.int64),
        kind=np.array([KINDS.index(line.kind) for line, _ in known], dtype=np.int8),
        received_at=received_at,
        evidence_id=evidence_id,
        dry_run=dry,
    )


def _not_loaded(lines: list[FileLine], loaded: LoadedReads) -> list[BadLine]:
    words = {REFUSED: "refused", HELD: "held"}
    return [
        BadLine(lines[row].number, lines[row].text, words[int(loaded.verdict[row])], reason)
        for row, reason in loaded.reasons.items()
        if int(loaded.verdict[row]) in words
    ]


def _reject_file(lines: list[BadLine]) -> bytes:
    """Return the lines that were not simply accepted, with reason and next step, as a spreadsheet opens it."""
    if not lines:
        return b""
    out = io.StringIO()
    write = csv.writer(out, delimiter=";", lineterminator="\r\n")
    write.writerow(["line", "outcome", "rule", "facts", "next_step", "original"])
    for line in lines:
        write.writerow(
            [line.number, line.outcome, line.reason.rule, line.reason.facts, line.reason.next_step, line.text]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _record(
    result: FileImport, document: Any, profile_name: str, settings: Any, digest: str, file_name: str, at: datetime
) -> None:
    rejects = None
    if result.rejects:
        rejects = store_document(
            content=result.rejects, title=f"{file_name}: scarti", kind="rejects", media_type="text/csv",
            subject=f"reader_file:{digest[:16]}", stored_at=at,
        )  # fmt: skip
    profile, _ = ReaderProfile.objects.get_or_create(name=profile_name, defaults={"settings": settings})
    ReaderFile.objects.create(
        document=document, profile=profile, imported_at=at, lines=result.lines, accepted=result.accepted,
        held=result.held, repeated=result.repeated, without_read=result.without_read, rejected=result.rejected,
        rejects=rejects,
    )  # fmt: skip
