"""What `sorgente audit` says of the archive."""

from __future__ import annotations

import json

import pytest

from sorgente.archive.models import Disposal, Document, RegisterEntry, Tombstone
from sorgente.archive.queries.audit import problems
from sorgente.archive.usecases.store_document import store_document
from sorgente.interfaces.commands.main import main
from tests.archive.conftest import AT

pytestmark = pytest.mark.django_db


def letter(content: bytes) -> Document:
    return store_document(
        content=content, title=content.decode(), kind="letter", media_type="text/plain", subject=(), stored_at=AT
    )


def test_a_gap_in_a_register_is_named():
    letter(b"uno")
    other = store_document(content=b"due", title="due", kind="photo", media_type="text/plain", subject=(), stored_at=AT)
    assert list(problems()) == []
    RegisterEntry.objects.create(register="protocollo", year=2026, number=3, document=other, registered_at=AT)
    assert [str(one) for one in problems()] == ["A8 Register protocollo 2026: It holds 2 numbers, the latest is 3."]


def test_a_content_removed_without_minutes_is_named():
    document = letter(b"uno")
    disposal = Disposal.objects.create(code="S-1", medium="digital", reason="x", proposed_by="a", proposed_at=AT)
    Tombstone.objects.create(document=document, disposal=disposal, removed_at=AT)
    assert [one.facts for one in problems()] == ["Disposal S-1 lacks approvals or minutes."]


def test_the_sweep_command_names_what_is_broken(capsys, archive_dir):
    document = letter(b"uno")
    assert main(["archive", "sweep"]) == 0
    assert "1 documenti riletti, 0 danneggiati: giro finito" in capsys.readouterr().err
    (file,) = archive_dir.rglob(document.sha256)
    file.write_bytes(b"Uno")
    assert main(["archive", "sweep", "--budget", "5"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["title"], answer["sha256"]) == ("uno", document.sha256)
    assert main(["archive", "sweep", "--budget", "0"]) == 2
