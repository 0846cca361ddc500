"""A file from outside is what its content says, or it is refused with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sorgente.archive.core import uploads
from sorgente.archive.core.upload_errors import (
    UploadActive,
    UploadBroken,
    UploadEmpty,
    UploadEncrypted,
    UploadExpands,
    UploadNested,
    UploadNotAccepted,
    UploadRefused,
    UploadTooLarge,
)
from sorgente.archive.core.uploads import inspect_upload
from tests.archive import upload_files as made

GOOD = {
    uploads.PDF: made.pdf(3),
    uploads.JPEG: made.picture("JPEG"),
    uploads.PNG: made.picture("PNG"),
    uploads.WEBP: made.picture("WEBP"),
    uploads.HEIC: made.heic(),
    uploads.ZIP: made.zipped({"a.txt": b"uno", "dir/b.pdf": made.pdf()}),
    uploads.MAIL: made.MAIL,
    uploads.XML: b'<?xml version="1.0" encoding="UTF-8"?><a><b>1</b></a>',
    uploads.TEXT: "Città, perché: l'acqua è poca.".encode(),
}


@pytest.mark.parametrize("media_type", list(GOOD))
def test_each_type_is_known_by_its_content(media_type):
    found = inspect_upload(content=GOOD[media_type], filename="qualsiasi.exe")
    assert found.media_type == media_type
    assert found.filename == f"qualsiasi{found.extension}"
    assert found.pages == {uploads.PDF: 3}.get(media_type, 1 if media_type in uploads.IMAGES else None)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Documenti\\carta.PDF", "carta.PDF"),
        ("carta\u202efdp.exe", "cartafdp.pdf"),
        ("  ", "file.pdf"),
        ('<img src=x onerror="a">.pdf', "img src=x onerror=a.pdf"),
        ("foto.jpg", "foto.pdf"),
        ("Sig. Rossi 12.05", "Sig. Rossi 12.05.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_the_name_is_made_safe(name, shown):
    assert inspect_upload(content=GOOD[uploads.PDF], filename=name).filename == shown


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UploadEmpty),
        (made.PROGRAM, UploadNotAccepted),
        (b"<!DOCTYPE html><script>alert(1)</script>", UploadNotAccepted),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', UploadNotAccepted),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', UploadActive),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>', UploadActive),
        (b"<?xml version='1.0'?><a><b></a>", UploadBroken),
        (made.pdf(password="segreta"), UploadEncrypted),
        (made.pdf(script="app.alert('ciao');"), UploadActive),
        (made.pdf(4)[:-200], UploadBroken),
        (b"%PDF-1.7\n" + b"rubbish " * 50 + b"\n%%EOF", UploadBroken),
        (made.picture("JPEG")[:-300], UploadBroken),
        (made.picture("PNG")[:-300], UploadBroken),
        (made.heic()[:-100], UploadBroken),
        (made.heic(60_000, 60_000), UploadExpands),
        (made.flat_png(60_000, 60_000), UploadExpands),
        (made.flat_png(8_001, 8_001), UploadExpands),
        (made.zipped({"a.zip": made.zipped({"b": b"b"})}), UploadNested),
        (made.zipped({"a.txt": b"acqua " * 100})[:-10], UploadBroken),
        (made.zipped({"zeri.txt": bytes(60_000_000)}), UploadExpands),
        (made.zipped({f"{n}.txt": b"a" for n in range(1_001)}), UploadExpands),
    ],
)
def test_what_is_not_taken(content, error):
    with pytest.raises(error) as caught:
        inspect_upload(content=content, filename="lettera.pdf")
    assert isinstance(caught.value, UploadRefused)
    assert caught.value.subject == "File lettera.pdf"
    assert caught.value.next_step


def test_a_zip_that_lies_about_its_size_is_damaged_and_never_unpacked_further():
    bomb = bytearray(made.zipped({"zeri.txt": bytes(5_000_000)}))
    true_size = (5_000_000).to_bytes(4, "little")
    assert bomb.count(true_size) == 2
    lie = bytes(bomb).replace(true_size, (1_000).to_bytes(4, "little"))
    with pytest.raises(UploadBroken):
        inspect_upload(content=lie, filename="x.zip")


def test_sizes_by_type_and_by_the_place():
    letter = b"a" * 10_100_000
    with pytest.raises(UploadTooLarge, match=r"10\.1 MB; at most 10 MB"):
        inspect_upload(content=letter, filename="a.txt")
    mail = made.MAIL + b"a" * 15_000_000
    assert inspect_upload(content=mail, filename="a.eml").media_type == uploads.MAIL
    with pytest.raises(UploadTooLarge, match="at most 25 MB"):
        inspect_upload(content=made.MAIL + b"a" * 25_000_000, filename="a.eml")
    with pytest.raises(UploadTooLarge):
        inspect_upload(content=b"acqua", filename="a.txt", max_bytes=4)
    assert inspect_upload(content=letter, filename="a.txt", max_bytes=20_000_000).media_type == uploads.TEXT


def test_the_place_says_what_it_takes():
    with pytest.raises(UploadNotAccepted, match="Send one of: PDF, JPEG, PNG, WebP, HEIC"):
        inspect_upload(content=GOOD[uploads.TEXT], filename="a.pdf", accept=uploads.PAPERS)
    assert inspect_upload(content=GOOD[uploads.PNG], filename="a.pdf", accept=uploads.IMAGES).extension == ".png"


@settings(max_examples=300, deadline=None)
@given(
    start=st.sampled_from([content[:size] for content in GOOD.values() for size in (0, 4, 12, 60, 200)]),
    rest=st.binary(max_size=400),
)
def test_any_bytes_are_known_or_refused_never_a_crash(start, rest):
    try:
        found = inspect_upload(content=start + rest, filename="x")
    except UploadRefused:
        return
    assert found.media_type in uploads.EVERYTHING
