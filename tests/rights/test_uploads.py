"""Every form that takes a file refuses what is not what it says, with words, and keeps nothing of it."""

from __future__ import annotations

import ast
import io
import os
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from sorgente.archive.core.uploads import upload_limits
from sorgente.archive.models import Document
from tests.archive.upload_files import PROGRAM, flat_png, pdf, zipped

pytestmark = pytest.mark.django_db
INTERFACES = Path(__file__).resolve().parents[2] / "src/sorgente/interfaces"


def bomb() -> bytes:
    """A ZIP whose one entry is five thousand times its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("001.pdf", b"\0" * 60_000_000)
    return out.getvalue()


BAD = {
    "a program named pdf": ("bolletta.pdf", lambda: PROGRAM),
    "a zip bomb": ("foto.zip", bomb),
    "a zip bomb named pdf": ("foto.pdf", bomb),
    "an encrypted pdf": ("contratto.pdf", lambda: pdf(1, password="segreta")),
    "an image too large to open": ("foto.png", lambda: flat_png(30_000, 30_000)),
    "nothing": ("vuoto.pdf", lambda: b""),
    "too many bytes": ("foto.pdf", lambda: b"%PDF-1.7\n" + os.urandom(int(upload_limits()["max_bytes"]) + 1)),
}
BATCH = {
    "code": "L-9", "title": "Lotto", "purpose": "prova", "place": "Valdoro", "operator": "Luca", "scanner": "X1",
    "resolution": "300", "began_at": "2026-03-01T08:00", "ended_at": "2026-03-01T09:00",
}  # fmt: skip
INDEX = b"file;tipo;soggetto;pagine;scatola;titolo\n001.pdf;contract;C00000;1;S0;\n"


def _request(callers, streets, given):
    address = f"/area/conti/{streets.victim.account}/richieste/nuova/"
    return callers.victim.post(address, {"kind": "information", "body": "Ecco.", "papers": given})


def _reading(callers, streets, given):
    from django.utils.timezone import localdate

    account = next(one for one in _accounts_read_by_hand(streets))
    client = callers.victim if account == streets.victim.account else callers.stranger
    return client.post(f"/area/conti/{account}/autolettura/",
                       {"digits": "1", "read_on": localdate().isoformat(), "photo": given})  # fmt: skip


def _accounts_read_by_hand(streets):
    from sorgente.metering.models import Device, Installation

    Device.objects.update(radio_id="")
    assert Installation.objects.exists()
    return [streets.victim.account, streets.stranger.account]


def _paper(callers, streets, given):
    address = f"/requests/{streets.victim.ids['request']}/paper/"
    return callers.roles["desk"].post(address, {"kind": "other", "scan": given, "number": "1"})


def _scan(callers, streets, given):
    address = f"/requests/{streets.victim.ids['request']}/scan/"
    return callers.roles["desk"].post(address, {"scan": given, "signed_fields": "contract"})


def _signed_by_hand(callers, streets, given):
    clerk = callers.roles["desk"]
    moved = clerk.post(f"/signing/{streets.victim.ids['envelope']}/another-way/", {"method": "paper"})
    return clerk.post(f"{moved['Location']}scan/", {"scan": given, "signed_fields": "contract", "hand": "Anna"})


def _batch(callers, streets, given):
    return callers.roles["archive"].post(
        "/paper/new/", {**BATCH, "files": given, "index": SimpleUploadedFile("indice.csv", INDEX)}
    )


# What takes files: the function of each that reads `request.FILES`, and who sends one.
FORMS = {
    "portal/views/requests.py:new_request": _request,
    "portal/views/water.py:self_reading": _reading,
    "desk/views/contract_steps.py:request_paper": _paper,
    "desk/views/contracts.py:request_scan": _scan,
    "desk/views/signing.py:signing_scan": _signed_by_hand,
    "desk/views/paper.py:_import": _batch,
}
# The screens of a request take papers through the same form and the same use-case as `request_paper`; `sent_key` only
# takes the hash of files, to know a form that was sent twice.
SAME = {"desk/views/contract_steps.py:request_step", "portal/sent.py:sent_key"}


def test_every_form_with_a_file_is_tried():
    found = set()
    for source in INTERFACES.rglob("*.py"):
        for one in ast.walk(ast.parse(source.read_text())):
            if isinstance(one, ast.FunctionDef) and any(
                isinstance(part, ast.Attribute) and part.attr == "FILES" for part in ast.walk(one)
            ):
                found.add(f"{source.relative_to(INTERFACES).as_posix()}:{one.name}")
    assert found == set(FORMS) | SAME


@pytest.mark.parametrize("what", list(BAD))
@pytest.mark.parametrize("form", list(FORMS))
def test_what_is_not_what_it_says_is_refused(form, what, streets, callers):
    if form.endswith(":_import") and what == "too many bytes":
        pytest.skip("a batch of scans may be 500 MB; its limit is tested with the upload itself")
    name, content = BAD[what]
    given = SimpleUploadedFile(name, content())
    documents = Document.objects.count()
    answer = FORMS[form](callers, streets, given)
    assert answer.status_code in (200, 302, 422)
    assert Document.objects.count() == documents
    if answer.status_code == 302:
        answer = callers.roles["desk"].get(answer["Location"])
    text = answer.content.decode()
    assert any(word in text for word in ('class="error', "invalid-feedback", "alert", "problem", "error_")), "no words"


def test_limits_are_set():
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= 3_000_000
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE <= 3_000_000
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES <= 20
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS <= 1_000


def test_a_form_larger_than_any_form_is_refused(callers, streets):
    address = f"/area/conti/{streets.victim.account}/richieste/nuova/"
    answer = callers.victim.post(address, {"kind": "information", "body": "x" * 3_000_000})
    assert answer.status_code in (400, 413)


def test_more_files_than_a_form_takes_are_refused(callers, streets):
    address = f"/area/conti/{streets.victim.account}/richieste/nuova/"
    many = [SimpleUploadedFile(f"{n}.pdf", pdf(1)) for n in range(25)]
    assert callers.victim.post(address, {"kind": "information", "body": "Ecco", "papers": many}).status_code == 400


def test_a_good_file_passes(callers, streets):
    """Else everything above would be refused for another reason."""
    documents = Document.objects.count()
    assert _request(callers, streets, SimpleUploadedFile("foto.pdf", pdf(9))).status_code == 302
    assert Document.objects.count() > documents
    assert zipped({"a": b"1"})
