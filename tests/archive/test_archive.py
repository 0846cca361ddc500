"""The archive keeps bytes once, whole, and notices when they change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sorgente.archive.core import folder
from sorgente.archive.models import Document
from sorgente.archive.queries import documents as queries
from sorgente.archive.usecases.store_document import EmptyDocument, NewDocument, store_document, store_documents
from tests.archive.conftest import AT

pytestmark = pytest.mark.django_db


def path_of(sha256: str) -> Path:
    return folder.path_of(Path(django_settings.ARCHIVE_DIR), sha256)


def store(content: bytes, subject="bill:1", **changes):
    words = {"title": "Bolletta 1", "kind": "bill", "media_type": "application/pdf", "stored_at": AT, **changes}
    return store_document(content=content, subject=subject, **words)


def test_what_is_stored_is_read_back(archive_dir):
    document = store(b"acqua", metadata={"città": "Valdoro"})
    assert queries.read_document(document.sha256) == b"acqua"
    assert path_of(document.sha256).read_bytes() == b"acqua"
    assert not list((archive_dir / ".incoming").iterdir())
    facts = queries.document_of(document.pk)
    assert (facts.title, facts.kind_label, facts.size, facts.subjects) == ("Bolletta 1", "Bolletta", 5, ("bill:1",))
    assert facts.metadata == {"città": "Valdoro"}
    assert facts.stored_at == AT


def test_the_same_bytes_are_one_document_with_both_subjects():
    first = store(b"estratto", subject="statement:1", title="camt.053")
    again = store(b"estratto", subject=["statement:1", "payment:9"], title="another name")
    assert (first.already_stored, again.already_stored) == (False, True)
    assert first.pk == again.pk
    assert again.title == "camt.053"
    assert queries.document_of(first.pk).subjects == ("payment:9", "statement:1")
    assert queries.find_document(first.sha256) == queries.document_of(first.pk)
    assert queries.find_document("0" * 64) is None


def test_many_at_once_in_their_order_also_when_some_are_equal():
    contents = [b"a", b"b", b"a", b"c"]
    made = store_documents(
        [NewDocument(c, f"Bolletta {i}", "bill", "application/pdf", f"bill:{i}") for i, c in enumerate(contents)],
        stored_at=AT,
    )
    assert [queries.read_document(one.sha256) for one in made] == contents
    assert Document.objects.count() == 3
    assert made[0].title == "Bolletta 0"
    assert [one.id for one in queries.documents_of("bill:0", "bill:2")] == [made[0].pk]
    assert store_documents([], stored_at=AT) == []


def test_documents_of_a_subject_latest_first():
    early = store(b"1", stored_at=datetime(2026, 1, 1, tzinfo=UTC))
    late = store(b"2", stored_at=datetime(2026, 6, 1, tzinfo=UTC))
    assert [one.id for one in queries.documents_of("bill:1")] == [late.pk, early.pk]
    assert queries.documents_of("bill:2") == []


def test_an_empty_document_stops_the_batch_before_anything_is_stored(archive_dir):
    with pytest.raises(EmptyDocument, match="Document vuoto: It has no bytes"):
        store_documents(
            [NewDocument(b"x", "pieno", "bill", "text/plain"), NewDocument(b"", "vuoto", "bill", "text/plain")],
            stored_at=AT,
        )
    assert Document.objects.count() == 0
    assert not archive_dir.exists()


def test_damage_is_noticed_named_and_mended_by_storing_again():
    good, bad, gone = store(b"good"), store(b"bad"), store(b"gone")
    path_of(bad.sha256).write_bytes(b"BAD")
    path_of(gone.sha256).unlink()
    broken = list(queries.broken_documents())
    assert [(one.id, one.title) for one in broken] == [(bad.pk, "Bolletta 1"), (gone.pk, "Bolletta 1")]
    assert "holds other bytes" in broken[0].problem
    assert "is not there" in broken[1].problem
    assert list(queries.broken_documents([good.pk])) == []
    with pytest.raises(folder.DocumentDamaged, match="Restore the file from the backup"):
        queries.read_document(bad.sha256)
    with pytest.raises(folder.DocumentFileMissing):
        queries.read_document(gone.sha256)
    store(b"bad")
    store(b"gone")
    assert list(queries.broken_documents()) == []


def test_a_row_never_changes():
    document = store(b"firm")
    for statement in ("UPDATE archive_document SET title = 'x'", "DELETE FROM archive_document"):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert queries.document_of(document.pk).title == "Bolletta 1"


def test_a_failed_write_leaves_nothing(archive_dir, monkeypatch):
    monkeypatch.setattr(folder, "_flush", lambda _root: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        store(b"lost")
    assert [path for path in archive_dir.rglob("*") if path.is_file()] == []
    assert Document.objects.count() == 0


def test_a_title_too_long_is_cut_and_its_bytes_are_not():
    document = store(b"long", title="x" * 300)
    assert document.title == "x" * 199 + "…"


def test_an_unknown_document_is_said():
    with pytest.raises(queries.UnknownDocument, match="Document 7: The archive has no such document"):
        queries.document_of(7)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(st.binary(min_size=1, max_size=200), max_size=6))
def test_any_bytes_come_back(contents):
    made = store_documents(
        [NewDocument(c, "t", "other", "x/y", f"s:{i}") for i, c in enumerate(contents)], stored_at=AT
    )
    assert [queries.read_document(one.sha256) for one in made] == contents
