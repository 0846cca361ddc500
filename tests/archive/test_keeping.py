"""What must not go does not go; what may go is asked of two; a flipped bit is found and nothing stops for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import ProgrammingError, connection, transaction

from sorgente.archive.core import folder
from sorgente.archive.models import Document, DocumentReading, SweepRound
from sorgente.archive.queries import audit, keeping, paper
from sorgente.archive.queries.documents import DocumentDisposed, UnknownDocument, broken_documents, read_document
from sorgente.archive.queries.search import search_documents
from sorgente.archive.usecases import disposals, sweep
from sorgente.archive.usecases.disposals import (
    DisposalNeedsAnother,
    DisposalNotReady,
    DisposalRefused,
    DisposalUnknown,
)
from sorgente.archive.usecases.end_subject import end_subject
from sorgente.archive.usecases.holds import HoldAlreadyLifted, HoldNeedsReason, HoldUnknown, lift_hold, place_hold
from sorgente.archive.usecases.read_document import read_document_for
from sorgente.archive.usecases.store_document import store_document
from sorgente.archive.usecases.sweep import sweep_integrity
from tests.archive.conftest import AT

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2010, 5, 1, tzinfo=UTC)


def store(content: bytes, at: datetime = AT, **changes) -> Document:
    words = {"title": content.decode(), "kind": "letter", "media_type": "text/plain", "subject": (), **changes}
    return store_document(content=content, stored_at=at, **words)


def place_of(document: Document) -> Path:
    return folder.path_of(Path(django_settings.ARCHIVE_DIR), document.sha256)


def flip_a_bit(document: Document) -> None:
    content = bytearray(place_of(document).read_bytes())
    content[0] ^= 1
    place_of(document).write_bytes(content)


def test_a_flipped_bit_is_found_and_named_and_nothing_stops():
    papers = [store(f"lettera {n}".encode()) for n in range(7)]
    flip_a_bit(papers[2])
    place_of(papers[5]).unlink()
    outcome = sweep_integrity(as_of=AT, budget=100)
    assert (outcome.checked, outcome.is_complete) == (7, True)
    assert [one.title for one in outcome.broken] == ["lettera 2", "lettera 5"]
    assert "holds other bytes" in outcome.broken[0].problem
    latest = keeping.latest_sweep()
    assert (latest.checked, latest.broken, latest.ended_at) == (7, 2, AT)
    assert [title for title, _, _ in latest.findings] == ["lettera 2", "lettera 5"]


def test_the_sweep_goes_on_from_where_it_stopped(monkeypatch):
    papers = [store(f"lettera {n}".encode()) for n in range(5)]
    flip_a_bit(papers[1])
    monkeypatch.setattr(sweep, "_IN_ONE_GO", 2)
    assert sweep_integrity(as_of=AT, budget=3).checked == 3
    store(b"lettera nuova")
    later = AT + timedelta(days=1)
    rest = sweep_integrity(as_of=later, budget=100)
    assert (rest.checked, rest.is_complete, rest.broken) == (2, True, [])
    again = sweep_integrity(as_of=later, budget=100)
    assert (again.checked, len(again.broken)) == (6, 1)
    assert list(SweepRound.objects.order_by("id").values_list("checked", "broken")) == [(5, 1), (6, 1)]


def test_a_sweep_of_nothing_and_of_a_disk_that_fails(monkeypatch):
    assert sweep_integrity(as_of=AT, budget=10).is_complete
    assert keeping.latest_sweep() is None
    store(b"lettera")

    def fails(_root, _sha256):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(folder, "read", fails)
    assert "Input/output error" in sweep_integrity(as_of=AT, budget=10).broken[0].problem


def test_holds_are_placed_shown_and_lifted_with_reasons():
    document = store(b"contratto", subject="party:1")
    place_hold(document_id=document.pk, reason="Causa 12/2026", by="anna", at=AT)
    on_party = place_hold(subject="party:1", reason="Reclamo", by="luca", at=AT)
    assert place_hold(subject="party:1", reason="Reclamo", by="eva", at=AT).pk == on_party.pk
    assert [one.reason for one in keeping.holds_of(document.pk)] == ["Reclamo", "Causa 12/2026"]
    lift_hold(hold_id=on_party.pk, reason="chiuso", by="luca", at=AT)
    assert keeping.held_among([document.pk]) == {document.pk: "Causa 12/2026"}
    assert keeping.held_among([store(b"altro").pk]) == {}
    with pytest.raises(HoldAlreadyLifted):
        lift_hold(hold_id=on_party.pk, reason="chiuso", by="luca", at=AT)
    with pytest.raises(HoldUnknown):
        lift_hold(hold_id=0, reason="chiuso", by="luca", at=AT)
    with pytest.raises(HoldNeedsReason):
        place_hold(document_id=document.pk, reason=" ", by="anna", at=AT)
    with pytest.raises(HoldNeedsReason):
        place_hold(document_id=document.pk, subject="party:1", reason="x", by="anna", at=AT)
    with pytest.raises(UnknownDocument):
        place_hold(document_id=0, reason="x", by="anna", at=AT)
    for statement in (
        "UPDATE archive_hold SET lifted_by = 'x' WHERE lifted_at IS NOT NULL",
        "DELETE FROM archive_hold",
    ):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_who_read_personal_data_is_written_down():
    letter, rejects = store(b"lettera"), store(b"scarti", kind="rejects")
    assert read_document_for(sha256=letter.sha256, reader="anna", at=AT) == b"lettera"
    read_document_for(sha256=rejects.sha256, reader="anna", at=AT)
    assert [(one.reader, one.read_at) for one in keeping.readings_of(letter.pk)] == [("anna", AT)]
    assert DocumentReading.objects.count() == 1


def test_what_is_due_and_what_is_not():
    old = store(b"vecchia", at=LONG_AGO)
    held = store(b"bloccata", at=LONG_AGO, subject="party:9")
    place_hold(subject="party:9", reason="Causa", by="anna", at=AT)
    store(b"nuova")
    store(b"per sempre", at=LONG_AGO, kind="minutes")
    living = store(b"contratto vivo", at=LONG_AGO, kind="contract", subject=["contract:1", "party:1"])
    ended = store(b"contratto finito", at=LONG_AGO, kind="contract", subject=["contract:2", "party:1"])
    half = store(b"contratto doppio", at=LONG_AGO, kind="contract", subject=["contract:1", "contract:2"])
    end_subject(subject="contract:2", ended_on=date(2012, 1, 1), at=AT)
    due = keeping.due_for_disposal(as_of=AT)
    assert [(one.id, one.due_on) for one in due] == [(old.pk, date(2021, 1, 1)), (ended.pk, date(2022, 1, 1))]
    for document in (old, held, living, ended, half):
        by_hand = keeping.kept_until_of(document.pk)
        by_query = {one.id: one.due_on for one in due}.get(document.pk)
        assert by_query == by_hand or document == held
    assert keeping.kept_until_of(living.pk) is None
    assert [one.id for one in keeping.due_for_disposal(as_of=AT, kind="contract")] == [ended.pk]


def propose(*documents: Document, **changes):
    words = {"medium": "digital", "reason": "Termine scaduto", "by": "anna", "at": AT, **changes}
    return disposals.propose_disposal(document_ids=[one.pk for one in documents], **words)


def execute(code: str, **changes):
    words = {"by": "anna", "at": AT, "place": "Valdoro", "method": "cancellazione", **changes}
    return disposals.execute_disposal(code=code, **words)


def test_a_document_goes_by_two_others_leaving_its_row_and_minutes(django_capture_on_commit_callbacks):
    old, kept = store(b"vecchia parola", at=LONG_AGO), store(b"altra", at=LONG_AGO)
    disposal = propose(old)
    assert [one.id for one in keeping.due_for_disposal(as_of=AT)] == [kept.pk]
    with pytest.raises(DisposalNeedsAnother, match="anna proposed it"):
        disposals.approve_disposal(code=disposal.code, by="anna", at=AT)
    disposals.approve_disposal(code=disposal.code, by="luca", at=AT)
    with pytest.raises(DisposalNeedsAnother, match="luca has approved it already"):
        disposals.approve_disposal(code=disposal.code, by="luca", at=AT)
    with pytest.raises(DisposalNotReady, match="It is proposto"):
        execute(disposal.code)
    disposals.approve_disposal(code=disposal.code, by="eva", at=AT)
    with pytest.raises(DisposalNotReady, match="authorisation of the superintendence"):
        execute(disposal.code)
    disposals.authorise_disposal(code=disposal.code, number="SAB-12", authorised_on=AT.date())
    with django_capture_on_commit_callbacks(execute=True):
        done = execute(disposal.code)
    assert not place_of(old).exists()
    assert place_of(kept).exists()
    assert Document.objects.filter(pk=old.pk).exists()
    with pytest.raises(DocumentDisposed, match=disposal.code):
        read_document(old.sha256)
    assert list(broken_documents()) == list(audit.problems()) == []
    assert sweep_integrity(as_of=AT, budget=10).broken == []
    assert b"%PDF" in read_document(done.minutes.sha256)[:8]
    assert done.minutes.kind == "minutes"
    (row,) = paper.disposals(disposal.code)
    assert ([name for name, _ in row.approvals], row.state, row.minutes_sha256) == (
        ["luca", "eva"], "executed", done.minutes.sha256,
    )  # fmt: skip
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        type(done).objects.update(reason="altro")
    store(b"vecchia parola")
    assert read_document(old.sha256) == b"vecchia parola"
    assert not keeping.is_disposed(old.pk)


def test_a_hold_stops_a_disposal_at_every_step():
    old = store(b"vecchia", at=LONG_AGO)
    hold = place_hold(document_id=old.pk, reason="Causa", by="anna", at=AT)
    with pytest.raises(DisposalRefused, match="a legal hold stands"):
        propose(old)
    lift_hold(hold_id=hold.pk, reason="chiusa", by="anna", at=AT)
    disposal = propose(old, authorisation_number="SAB-12", authorised_on=AT.date())
    for name in ("luca", "eva"):
        disposals.approve_disposal(code=disposal.code, by=name, at=AT)
    place_hold(document_id=old.pk, reason="Appello", by="anna", at=AT)
    with pytest.raises(DisposalRefused, match="Appello"):
        execute(disposal.code)
    assert place_of(old).exists()
    assert disposals.cancel_disposal(code=disposal.code, by="anna", reason="appello", at=AT).state == "cancelled"


def test_proposals_that_cannot_be():
    young, old = store(b"nuova"), store(b"vecchia", at=LONG_AGO)
    with pytest.raises(DisposalRefused, match="Disposal of nuova: They may not go: the years"):
        propose(young)
    with pytest.raises(DisposalRefused, match="no document or no reason"):
        propose()
    with pytest.raises(DisposalRefused, match="no attested copy"):
        propose(old, medium="paper")
    propose(old)
    with pytest.raises(DisposalRefused, match="another proposal names them"):
        propose(old)
    with pytest.raises(DisposalUnknown):
        disposals.approve_disposal(code="S-0", by="x", at=AT)


def test_a_crash_after_the_commit_is_made_good(django_capture_on_commit_callbacks):
    old = store(b"vecchia", at=LONG_AGO, words="segreto")
    disposal = propose(old, authorisation_number="SAB-12", authorised_on=AT.date())
    for name in ("luca", "eva"):
        disposals.approve_disposal(code=disposal.code, by=name, at=AT)
    assert search_documents(text="segreto").total == 1
    with django_capture_on_commit_callbacks(execute=False):
        execute(disposal.code)
    assert place_of(old).exists()
    assert search_documents(text="segreto").total == 0
    assert (disposals.remove_leftovers(), disposals.remove_leftovers()) == (1, 0)
