"""Biometrics: closed in the browser for a third party, never readable here, opened only with the document they sign."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

import sorgente
from sorgente.archive.queries.documents import document_of, read_document
from sorgente.archive.signing.adapters.biometric_key import BiometricKeyWrong, biometric_key
from sorgente.archive.signing.adapters.demo_trust import ensure_demo_trust
from sorgente.archive.signing.checks import production_trust
from sorgente.archive.signing.core.certificates import key_pem, new_key
from sorgente.archive.signing.core.sample_format import binary_sample
from sorgente.archive.signing.core.sealed_blob import BlobRefused, associated_data, checked_blob
from sorgente.archive.signing.core.values import InputKind
from sorgente.archive.signing.opener import CannotOpen, KeyUnusable, NoBiometrics, load_key, open_biometrics
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.usecases.complete_envelope import complete_envelope
from tests.signing.counter import AT, captured, contract_pdf, in_the_browser, opened, read_by, sign

pytestmark = pytest.mark.django_db


def third_party_key():
    return load_key((Path(django_settings.VAR_DIR) / "third-party" / "biometrics.key").read_bytes())


def sealed_contract(**changes) -> bytes:
    given = opened()
    read_by(given.id)
    for key in ("contract", "clauses"):
        sign(given.id, key, **changes)
    return read_document(document_of(complete_envelope(envelope_id=given.id, at=AT)).sha256)


def test_the_third_party_opens_what_the_browser_closed():
    first, second = open_biometrics(sealed_contract(), key=third_party_key())
    assert (first.field, second.field) == ("contract", "clauses")
    assert (first.label, first.data) == ("Contratto di fornitura", captured())
    assert first.sample[:8] == b"SDI\0 10\0"


def test_another_key_or_another_document_opens_nothing():
    content = sealed_contract()
    with pytest.raises(CannotOpen, match="encrypted for another key"):
        open_biometrics(content, key=new_key(2048))
    # The word "Contratto" of the page's title, one letter changed: the hash of what was shown is another one.
    spot = content.index(b"obj") + 1
    changed = content[:spot] + b"B" + content[spot + 1 :]
    with pytest.raises((CannotOpen, NoBiometrics)):
        open_biometrics(changed, key=third_party_key())
    comment = content.index(b"%\x80\x80\x80\x80") + 1
    changed = content[:comment] + b"\x81" + content[comment + 1 :]
    with pytest.raises(CannotOpen, match="Its bytes, or the document's, were changed"):
        open_biometrics(changed, key=third_party_key())


def test_what_has_no_biometrics_is_said():
    with pytest.raises(NoBiometrics, match="no evidence"):
        open_biometrics(contract_pdf(), key=third_party_key())
    with pytest.raises(NoBiometrics, match="without biometrics"):
        open_biometrics(sealed_contract(input_kind=InputKind.TOUCH), key=third_party_key())
    with pytest.raises(KeyUnusable):
        load_key(b"no key")
    locked = key_pem(new_key(2048), "secret")
    with pytest.raises(KeyUnusable):
        load_key(locked)
    assert load_key(locked, password="secret").key_size == 2048


def test_the_application_holds_no_private_key_for_biometrics(settings):
    """Neither the package nor its settings nor the folder it seals with; the third party's folder is its own."""
    package = Path(sorgente.__file__).parent
    keys = [
        str(file)
        for file in package.rglob("*")
        if file.is_file() and file.suffix in (".pem", ".key", ".p12", ".pfx", ".der")
    ]
    assert keys == []
    marked = re.compile(rb"-----BEGIN (RSA |ENCRYPTED )?PRIVATE KEY-----")
    assert [str(one) for one in package.rglob("*.py") if marked.search(one.read_bytes())] == []
    trust = ensure_demo_trust()
    certificate = Path(trust.biometrics_certificate).read_bytes()
    assert b"PRIVATE" not in certificate
    theirs = (trust.folder.parent / "third-party" / "biometrics.key").read_bytes()
    assert [str(one) for one in trust.folder.rglob("*") if one.is_file() and one.read_bytes() == theirs] == []
    # Only the opener, for the third party, can unwrap; nothing of the application imports it.
    importers = [
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if re.search(
            r"^from sorgente.archive.signing(.opener import| import opener)", file.read_text(encoding="utf-8"), re.M
        )
    ]
    assert importers == ["interfaces/commands/biometrics_open.py"]
    named = [name for name in dir(settings) if "THIRD" in name or ("BIOMETRIC" in name and "CERTIFICATE" not in name)]
    assert named == []


def test_the_opener_needs_no_django():
    done = subprocess.run(
        [sys.executable, "-c", "import sorgente.archive.signing.opener, sys; print('django' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"


# ---------------------------------------------------------------------- the envelope of the blob


def good_blob():
    aad = associated_data(document_sha256="ab" * 32, envelope_id=7, field="contract")
    return in_the_browser(captured(4), aad=aad)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"v": 2}, "in another way"),
        ({"alg": "A128GCM"}, "in another way"),
        ({"key_id": "0" * 64}, "another key"),
        ({"aad": "sorgente-biometrics/1|x|7|contract"}, "another document or field"),
        ({"iv": "AAAA"}, "wrong length"),
        ({"wrapped_key": "AAAA"}, "wrong length"),
        ({"ciphertext": ""}, "wrong length"),
        ({"ciphertext": "???"}, "is not base64"),
        ({"ciphertext": 7}, "is not base64"),
        ({"points": []}, "exactly its fields"),
    ],
)
def test_a_blob_of_another_form_is_refused(change, says):
    words = {"document_sha256": "ab" * 32, "envelope_id": 7, "field": "contract", "key_id": biometric_key().key_id}
    good = good_blob()
    assert checked_blob(good, **words) == good
    with pytest.raises(BlobRefused, match=says):
        checked_blob({**good_blob(), **change}, **words)
    with pytest.raises(BlobRefused, match="exactly its fields"):
        checked_blob("in clear", **words)


def test_biometrics_of_another_field_are_refused_and_nothing_is_signed():
    given = opened()
    read_by(given.id)
    other = next(one for one in envelope(given.id).fields if one.key == "clauses")
    with pytest.raises(BlobRefused, match="another document or field"):
        sign(given.id, "contract", biometrics=in_the_browser(captured(), aad=other.associated_data))
    assert envelope(given.id).fields[0].state.value == "waiting"


# ---------------------------------------------------------------------- the binary sample


def test_the_sample_byte_by_byte():
    points = [
        {"t": 0, "x": 1.5, "y": 199, "p": 0.5, "tx": -20, "ty": 35, "s": 0},
        {"t": 250, "x": 2, "y": 198, "p": 1, "tx": 0, "ty": 0, "s": 0},
        {"t": 500, "x": 3, "y": 0, "p": 0, "tx": 90, "ty": -90, "s": 1},
    ]
    sample = binary_sample(points, height=200)
    length, mask = struct.unpack(">IH", sample[8:14])
    assert (sample[:8], length, mask) == (b"SDI\0 10\0", len(sample), 0b1100000101111000)
    # 8 = 2^3, so exponent 19 and no fraction; 1024 = 2^10; 32768 = 2^15; 1 = 2^0
    scales = [struct.unpack(">BH", sample[14 + 3 * i : 17 + 3 * i]) for i in range(7)]
    assert scales == [(0x80, exponent << 11) for exponent in (19, 19, 26, 31, 16, 16, 16)]
    assert int.from_bytes(sample[35:38], "big") == 3
    assert [struct.unpack(">hhHHBhh", sample[38 + 13 * i : 51 + 13 * i]) for i in range(3)] == [
        (12, 8, 0, 16384, 1, -20, 35),
        (16, 16, 256, 32768, 0, 0, 0),
        (24, 1600, 512, 0, 0, 90, -90),
    ]
    with pytest.raises(ValueError, match="no place in 16 bits"):
        binary_sample([{**points[0], "x": 5000}], height=200)


# ---------------------------------------------------------------------- settings of production


def test_a_certificate_that_is_none_is_refused(settings, tmp_path):
    settings.SIGNING_BIOMETRICS_CERTIFICATE = str(tmp_path / "c.pem")
    with pytest.raises(BiometricKeyWrong, match=r"c\.pem"):
        biometric_key()
    (tmp_path / "c.pem").write_bytes(key_pem(new_key(2048)))
    with pytest.raises(BiometricKeyWrong, match="a private key, which must never be here"):
        biometric_key()
    assert "signing.E005" in [one.id for one in production_trust()]


def test_production_refuses_the_demonstration_s_trust(settings, tmp_path):
    assert [one.id for one in production_trust()] == [f"signing.E00{number}" for number in (1, 2, 3, 4, 6)]
    settings.SEAL_PKCS12, settings.TSA_URL, settings.TRUST_DIR = "/seal.p12", "https://tsa.example", "/roots"
    settings.SIGNING_BIOMETRICS_CERTIFICATE = str(ensure_demo_trust().biometrics_certificate)
    assert [one.id for one in production_trust()] == ["signing.E006"]
    done = subprocess.run(
        [sys.executable, "-m", "sorgente.interfaces.commands.main", "manage", "check", "--deploy"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "signing.E001" in done.stderr


def test_commands(tmp_path, capfd):
    from sorgente.interfaces.commands.main import main

    file = tmp_path / "signed.pdf"
    file.write_bytes(sealed_contract())
    trust = ["--trust", str(ensure_demo_trust().roots)]
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(file.read_bytes().replace(b"/Reason", b"/Reasom"))
    assert main(["document", "verify", str(file), *trust]) == 0
    printed = capfd.readouterr()
    told = json.loads(printed.out)
    assert set(told) == {"file", "valid", "signatures", "evidence", "problems"}
    assert (told["valid"], told["signatures"][0]["level"], told["evidence"]["signer"]) == (True, "B-T", "Anna Bianchi")
    assert [one["key"] for one in told["evidence"]["signed"]] == ["contract", "clauses"]
    assert "signed by Anna Bianchi, tablet, advanced signature" in printed.err
    assert main(["document", "verify", str(file), str(bad), "/nowhere.pdf", *trust]) == 1
    lines = [json.loads(one) for one in capfd.readouterr().out.splitlines()]
    assert [one.get("valid") for one in lines] == [True, False, None]
    assert "error" in lines[2]
    assert main(["document", "verify", str(file), "--trust", str(tmp_path / "none")]) == 2
    assert "It holds no root certificate" in capfd.readouterr().err

    key = str(ensure_demo_trust().folder.parent / "third-party" / "biometrics.key")
    assert main(["biometrics", "open", str(file), "--key", key, "--out", str(tmp_path / "out")]) == 0
    lines = [json.loads(one) for one in capfd.readouterr().out.splitlines()]
    assert [(one["field"], one["points"]) for one in lines] == [("contract", 40), ("clauses", 40)]
    assert json.loads(Path(lines[0]["json"]).read_text())["points"] == captured()["points"]
    assert Path(lines[0]["sample"]).read_bytes().startswith(b"SDI")
    assert main(["biometrics", "open", str(file), "--key", "/nowhere", "--out", str(tmp_path)]) == 2

    (tmp_path / "password").write_text("long secret\n")
    words = ["biometrics", "key", "--holder", "Notaio Rossi", "--out", str(tmp_path / "notary")]
    assert main([*words, "--password-file", str(tmp_path / "password")]) == 0
    assert "stays with Notaio Rossi" in capfd.readouterr().err
    pem = (tmp_path / "notary" / "third-party.key").read_bytes()
    assert load_key(pem, password="long secret").key_size == 3072
    assert b"PRIVATE" not in (tmp_path / "notary" / "certificate.pem").read_bytes()
    assert main(words) == 2
