"""A sealed contract verifies at B-T; one byte, one attachment, one event changed is caught."""

from __future__ import annotations

import copy
import json
import random
import re
from io import BytesIO

import pypdf
import pytest
import typst
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from sorgente.archive.queries.documents import document_of, read_document
from sorgente.archive.signing.adapters.seal import Attachment, Drawing, SealFailed, add_validation_data, seal_pdf
from sorgente.archive.signing.adapters.seal_keys import SealKeyWrong, company_trust, seal_signer
from sorgente.archive.signing.core.chain import canonical, event_hash
from sorgente.archive.signing.core.evidence import EVIDENCE_FILE, check_evidence
from sorgente.archive.signing.core.ink import ink_path
from sorgente.archive.signing.core.pdf_files import attached_files
from sorgente.archive.signing.core.trust import TrustWrong, read_trust
from sorgente.archive.signing.core.verify import verify_pdf
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.usecases.complete_envelope import complete_envelope
from tests.signing.counter import AT, INK, contract_pdf, later, opened, read_by, sha256, sign

pytestmark = pytest.mark.django_db


def signed_contract() -> tuple[int, bytes]:
    given = opened()
    read_by(given.id)
    for key in ("contract", "clauses"):
        sign(given.id, key)
    document = document_of(complete_envelope(envelope_id=given.id, at=later(minutes=1)))
    return given.id, read_document(document.sha256)


@pytest.fixture(scope="session")
def sealed(django_db_setup, django_db_blocker, tmp_path_factory) -> bytes:
    """One signed contract for all tests that only look at it."""
    from django.db import transaction
    from django.test import override_settings

    made = b""
    folder = tmp_path_factory.mktemp("archive")
    with django_db_blocker.unblock(), override_settings(ARCHIVE_DIR=folder), transaction.atomic():
        made = signed_contract()[1]
        transaction.set_rollback(True)
    return made


def verdict(content: bytes):
    return verify_pdf(content, trust=company_trust(), at=later(days=300))


def place_of_the_signature(content: bytes) -> range:
    before, length, after, _ = map(int, re.search(rb"/ByteRange\s*\[(\d+) (\d+) (\d+) (\d+)\]", content).groups())
    return range(before + length, after)


def test_a_signed_contract_verifies_at_level_b_t(sealed):
    found = verdict(sealed)
    assert (found.valid, found.problems) == (True, ())
    (seal,) = found.signatures
    assert (seal.level, seal.covers, seal.intact, seal.trusted, seal.good) == ("B-T", "whole file", True, True, True)
    assert (seal.stamped_at, seal.claimed_at) == (later(minutes=1), later(minutes=1))
    assert seal.reason == "Firmato da Anna Bianchi, sigillato da Valdoro Acque S.p.A."
    said = found.evidence
    assert (said.signer_name, said.signer_tax_code, said.method) == ("Anna Bianchi", "BNCNNA80A41H501X", "tablet")
    assert (said.signature_kind, said.chain_valid, said.document_matches) == ("advanced", True, True)
    assert [one["key"] for one in said.signed] == ["contract", "clauses"]
    assert said.refused == ("marketing",)


def test_the_copy_of_the_evidence_in_the_archive_knows_the_sealed_file():
    envelope_id, content = signed_contract()
    proof = json.loads(read_document(document_of(envelope(envelope_id).evidence_document_id).sha256))
    assert proof["sealed"]["sha256"] == sha256(content)
    assert proof["document"]["sha256"] == sha256(contract_pdf())
    assert [one["kind"] for one in proof["events"]][-2:] == ["closing", "sealed"]
    files = attached_files(PdfFileReader(BytesIO(content)))
    assert check_evidence(proof, content=content, files=files).problems == ()


def test_it_stays_a_pdf_a_3(sealed):
    """What PDF/A-3 forbids and an update could bring: another version, scripts, fonts, unnamed files, hidden marks."""
    reader = pypdf.PdfReader(BytesIO(sealed), strict=True)
    root = reader.trailer["/Root"]
    assert sealed.startswith(b"%PDF-1.7")
    assert root.get("/Version", "/1.7") == "/1.7"
    assert "pdfaid:part" in reader.xmp_metadata.stream.get_data().decode()
    assert "/OpenAction" not in root
    assert "/AA" not in root
    assert "/NeedAppearances" not in root["/AcroForm"]
    files = [one.get_object() for one in root["/AF"]]
    assert sorted(one["/UF"] for one in files) == ["biometria-01.json", "biometria-02.json", EVIDENCE_FILE]
    for one in files:
        stream = one["/EF"]["/F"].get_object()
        assert one["/AFRelationship"] in ("/Data", "/Supplement")
        assert stream["/Subtype"] == "/application/json"
        assert stream["/Params"]["/ModDate"].startswith("D:20261123")
    fonts_before = {
        name for page in pypdf.PdfReader(BytesIO(contract_pdf())).pages for name in page["/Resources"].get("/Font", {})
    }
    fonts = {name for page in reader.pages for name in page["/Resources"].get("/Font", {})}
    assert fonts == fonts_before
    (widget,) = [one.get_object() for page in reader.pages for one in page.get("/Annots", [])]
    assert (widget["/FT"], [float(one) for one in widget["/Rect"]]) == ("/Sig", [0, 0, 0, 0])
    assert int(widget["/F"]) & 0b100, "printed"
    ink = reader.pages[0].get_contents().get_data()
    assert ink.count(b"/Artifact BMC q 0.04 0.09 0.42 RG") == 1
    assert ink_path(INK, (60, 120, 260, 170)).splitlines()[0] in ink
    assert ink.split().count(b"q") == ink.split().count(b"Q")
    assert ink.count(b"BMC") + ink.count(b"BDC") == ink.count(b"EMC")


def test_the_ink_stays_in_its_box():
    operators = ink_path(INK, (60, 120, 260, 170)).split(b"\n")
    at = [tuple(map(float, one.split()[:2])) for one in operators if one != b"S"]
    assert all(60 <= x <= 260 and 120 <= y <= 170 for x, y in at)
    assert operators[-3:] == [b"160.00 155.00 m", b"160.00 155.00 l", b"S"]  # the dot


@pytest.mark.parametrize("seed", range(2))
def test_any_byte_changed_is_caught(sealed, seed):
    """Everywhere: in front, in the attachments, in the place of the signature that no signature covers."""
    chance = random.Random(seed)
    place = place_of_the_signature(sealed)
    # Half of them where it is hard: a hole in the signed bytes, with parts in it that nobody signs.
    spots = [chance.randrange(len(sealed)) for _ in range(12)] + [chance.choice(place) for _ in range(12)]
    spots += [place[0], place[-1], place[-2], 0, len(sealed) - 1]
    missed = []
    for spot in spots:
        changed = bytearray(sealed)
        changed[spot] ^= 1 << chance.randrange(7)
        if verdict(bytes(changed)).valid:
            missed.append((spot - place[0], sealed[spot - 8 : spot + 8], changed[spot]))
    assert missed == []


@pytest.mark.slow
def test_every_byte_in_the_place_of_the_signature_is_looked_at(sealed):
    place = place_of_the_signature(sealed)
    missed = []
    for spot in place[:: max(1, len(place) // 300)]:
        changed = bytearray(sealed)
        changed[spot] = ord("1") if changed[spot] != ord("1") else ord("2")
        if verdict(bytes(changed)).valid:
            missed.append(spot - place[0])
    assert missed == []


def test_a_file_cut_or_continued_is_caught(sealed):
    assert not verdict(sealed[:-1]).valid
    assert not verdict(sealed[: len(sealed) // 2]).valid
    assert not verdict(sealed + b"\n% one more line\n").valid
    assert not verdict(contract_pdf()).valid
    assert verdict(contract_pdf()).problems == ("It carries no signature.",)
    assert verdict(b"hello").problems[0].startswith("It cannot be read as a PDF")
    assert not verdict(b"").valid


def test_attachments_taken_out_are_caught(sealed):
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    del writer.root["/AF"]
    del writer.root["/Names"]
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    found = verdict(out.getvalue())
    assert not found.valid
    assert "Something was added or changed after it that it forbids." in found.signatures[0].problems

    rewritten = pypdf.PdfWriter(clone_from=BytesIO(sealed))
    del rewritten.root_object["/Names"]
    del rewritten.root_object["/AF"]
    out = BytesIO()
    rewritten.write(out)
    assert not verdict(out.getvalue()).valid


def test_a_page_added_after_the_seal_is_caught(sealed):
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f")))
    out = BytesIO()
    writer.write(out)
    assert not verdict(out.getvalue()).valid


def test_a_stranger_s_seal_is_not_trusted(sealed, settings, tmp_path):
    trusted = company_trust()
    settings.VAR_DIR = tmp_path
    theirs = seal_pdf(contract_pdf(), reason="Firmato", at=AT)
    found = verify_pdf(theirs, trust=trusted, at=AT)
    assert (found.valid, found.signatures[0].intact, found.signatures[0].trusted) == (False, True, False)
    assert verify_pdf(theirs, trust=company_trust(), at=AT).valid
    assert not verify_pdf(sealed, trust=company_trust(), at=AT).valid


# ---------------------------------------------------------------------- evidence


def parts(sealed: bytes):
    files = attached_files(PdfFileReader(BytesIO(sealed)))
    return json.loads(files[EVIDENCE_FILE]), files


def rehash(evidence) -> None:
    previous = evidence["document"]["sha256"]
    for number, event in enumerate(evidence["events"], start=1):
        event["sequence"], event["previous"] = number, previous
        names = ("sequence", "at", "kind", "facts", "previous")
        event["hash"] = previous = event_hash(envelope_id=evidence["envelope"], **{one: event[one] for one in names})
    evidence["chain_head"] = previous


def drop_event(evidence):
    del evidence["events"][2]


def change_fact(evidence):
    evidence["events"][0]["facts"]["by"] = "ugo"


def change_time(evidence):
    evidence["events"][1]["at"] = evidence["events"][1]["at"].replace("2026", "2025")


def swap_events(evidence):
    evidence["events"][1:3] = reversed(evidence["events"][1:3])


def drop_head(evidence):
    evidence["events"].pop()


def sign_before_reading(evidence):
    kinds = [one["kind"] for one in evidence["events"]]
    evidence["events"].insert(1, evidence["events"].pop(kinds.index("field_signed")))
    for event in evidence["events"]:
        event["at"] = evidence["events"][0]["at"]
    rehash(evidence)


def sign_without_act(evidence):
    evidence["fields"][2]["state"] = "signed"


def other_ink(evidence):
    evidence["fields"][0]["ink_sha256"] = "0" * 64


def other_biometrics(evidence):
    evidence["fields"][0]["biometrics_sha256"] = "0" * 64


def forget_required(evidence):
    evidence["fields"][0]["state"] = "waiting"


def other_document(evidence):
    evidence["document"]["size"] -= 1


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (drop_event, "Event 3 is missing"),
        (change_fact, r"Event 1 \(opened\) was changed"),
        (change_time, r"Event 2 \(shown\) was changed"),
        (swap_events, "Event 2 is missing"),
        (drop_head, "The latest event is missing"),
        (sign_before_reading, "contract was signed before the document was read"),
        (sign_without_act, "No event tells how marketing was signed"),
        (other_ink, "No event tells how contract was signed"),
        (other_biometrics, "The biometrics of contract were changed"),
        (forget_required, "The required field contract is not signed"),
        (other_document, "The document is not the one that was shown"),
    ],
)
def test_evidence_that_was_bent_is_caught(sealed, tamper, says):
    evidence, files = parts(sealed)
    assert check_evidence(copy.deepcopy(evidence), content=sealed, files=files).problems == ()
    tamper(evidence)
    problems = check_evidence(evidence, content=sealed, files=files).problems
    assert any(re.search(says, one) for one in problems), problems


def test_biometrics_missing_and_evidence_without_form_are_told(sealed):
    evidence, files = parts(sealed)
    del files["biometria-02.json"]
    problems = check_evidence(evidence, content=sealed, files=files).problems
    assert problems == ("The biometrics of clauses are missing.",)
    for bad in (b"{}", b"[]", b"not json", canonical({**evidence, "schema": "other"}), b'{"schema": 1}'):
        broken = seal_pdf(
            contract_pdf(), reason="x", at=AT, attachments=[Attachment(EVIDENCE_FILE, bad, "application/json", "x")]
        )
        found = verdict(broken)
        assert not found.valid
        assert found.problems[0].startswith("The evidence inside cannot be read")


# ---------------------------------------------------------------------- levels and keys


def test_levels():
    plain = seal_pdf(contract_pdf(), reason="x", at=AT, level="B-B")
    stamped = seal_pdf(contract_pdf(), reason="x", at=AT)
    lasting = seal_pdf(contract_pdf(), reason="x", at=AT, level="B-LT")
    raised = add_validation_data(stamped)
    assert raised.startswith(stamped)
    seen = [verdict(one) for one in (plain, stamped, lasting, raised)]
    assert [one.valid for one in seen] == [True] * 4
    assert [one.signatures[0].level for one in seen] == ["B-B", "B-T", "B-LT", "B-LT"]
    assert seen[0].signatures[0].stamped_at is None
    with pytest.raises(SealFailed, match="it has no signature"):
        add_validation_data(contract_pdf())


def test_a_second_seal_stands_beside_the_first_only_when_the_first_allows(sealed):
    with pytest.raises(SealFailed):
        seal_pdf(sealed, reason="again", at=AT)


def test_files_that_were_inside_stay_inside():
    source = b"""#set document(title: "x", date: datetime(year: 2026, month: 1, day: 1))
#pdf.attach("a.json", bytes("{}"), relationship: "data", mime-type: "application/json", description: "a")
x"""
    original = typst.compile(source, pdf_standards=["a-3a"])
    made = seal_pdf(original, reason="x", at=AT, attachments=[Attachment("b.json", b"[]", "application/json", "b")])
    assert attached_files(PdfFileReader(BytesIO(made))) == {"a.json": b"{}", "b.json": b"[]"}
    assert len(pypdf.PdfReader(BytesIO(made)).trailer["/Root"]["/AF"]) == 2
    assert verdict(made).valid


def test_what_cannot_be_sealed_is_said_and_changes_nothing(settings, tmp_path):
    with pytest.raises(SealFailed, match="could not be sealed"):
        seal_pdf(b"hello", reason="x", at=AT)
    with pytest.raises(SealFailed):
        seal_pdf(contract_pdf(), reason="x", at=AT, drawings=[Drawing(9, b"")])
    settings.SEAL_PKCS12 = str(tmp_path / "nope.p12")
    with pytest.raises(SealKeyWrong, match=r"nope\.p12"):
        seal_signer()
    (tmp_path / "nope.p12").write_bytes(b"no key")
    with pytest.raises(SealKeyWrong):
        seal_pdf(contract_pdf(), reason="x", at=AT)


def test_a_time_stamp_authority_that_does_not_answer_leaves_the_envelope_as_it_was(settings):
    settings.TSA_URL = "http://127.0.0.1:9/tsa"
    given = opened()
    read_by(given.id)
    for key in ("contract", "clauses"):
        sign(given.id, key)
    with pytest.raises(SealFailed, match="Nothing was changed; try again"):
        complete_envelope(envelope_id=given.id, at=AT)
    assert envelope(given.id).state.value == "signing"
    settings.TSA_URL = ""
    assert complete_envelope(envelope_id=given.id, at=AT)


def test_trust_folders(tmp_path):
    with pytest.raises(TrustWrong, match="no root certificate"):
        read_trust(tmp_path / "nowhere")
    (tmp_path / "root.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(TrustWrong, match=r"root\.pem: It cannot be read"):
        read_trust(tmp_path)
    assert len(company_trust().revocation_lists) == 1
