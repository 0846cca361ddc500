"""A batch of paper: scanned, indexed, sampled, attested, destroyed by two, minuted; nothing twice, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.archive.core import sampling, zips
from sorgente.archive.core.scan_index import ScanIndexUnreadable, read_scan_index
from sorgente.archive.core.uploads import upload_limits
from sorgente.archive.models import Document, ScanPaper
from sorgente.archive.queries import paper
from sorgente.archive.queries.documents import document_of, documents_of, read_document
from sorgente.archive.usecases import disposals, scans
from sorgente.archive.usecases.disposals import DisposalRefused
from sorgente.archive.usecases.holds import lift_hold, place_hold
from sorgente.archive.usecases.scans import (
    ScanBatchDiffers,
    ScanBatchNotReady,
    ScanBatchUnknown,
    ScanRecord,
    attest_batch,
    import_scans,
    record_comparison,
    sample_batch,
)
from tests.archive.conftest import AT
from tests.archive.upload_files import PROGRAM, pdf, zipped

pytestmark = pytest.mark.django_db
RECORD = ScanRecord(
    title="Contratti 1998", purpose="Sostituzione della carta", place="Valdoro", operator="Luca Verdi",
    scanner="Lettore X1, programma 4.2", resolution="300 dpi, colore", began_at=datetime(2026, 11, 20, 7, tzinfo=UTC),
    ended_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
)  # fmt: skip
HEADER = "file;tipo;soggetto;pagine;scatola;titolo\n"


@pytest.fixture(autouse=True)
def _own_trust(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setenv("SORGENTE_VAR", str(tmp_path))


def files(count: int = 3) -> dict[str, bytes]:
    return {f"{n:03}.pdf": pdf(n + 1) for n in range(count)}


def index(count: int = 3) -> str:
    return HEADER + "".join(f"{n:03}.pdf;contract;C{n:05};{n + 1};S{n // 2};\n" for n in range(count))


def imported(text: str | None = None, given=None, **changes):
    words = {"code": "L-1", "record": RECORD, "by": "anna", "at": AT, **changes}
    return import_scans(files=files() if given is None else given, index=(text or index()).encode(), **words)


def attested(count: int = 3) -> Document:
    imported(index(count), files(count))
    for one in sample_batch(code="L-1", seed=7, at=AT):
        record_comparison(paper_id=one, is_good=True, note="", by="eva", at=AT)
    return attest_batch(code="L-1", by="eva", office="Archivio", at=AT)


def test_each_line_is_a_document_of_its_customer():
    result = imported()
    assert (result.imported, result.repeated, result.rejected) == (3, 0, [])
    (document,) = documents_of("account:C00001")
    assert (document.kind, document.title, document.metadata["box"]) == ("contract", "Contratto C00001", "S0")
    assert (document.formed.formation, document.formed.file_name) == ("b", "001.pdf")
    assert len(documents_of("scan_batch:L-1")) == 3
    count = paper.paper_count()
    assert (count.total.papers_left, count.total.pages_left, count.boxes_left, count.boxes_gone) == (3, 6, 2, 0)


def test_the_same_batch_again_repeats_nothing_and_brings_what_was_missing():
    partly = {name: content for name, content in files().items() if name != "001.pdf"}
    first = imported(given=partly)
    assert (first.imported, [number for number, _, _ in first.rejected]) == (2, [3])
    assert paper.scan_batches()[0].rejects == 1
    with pytest.raises(ScanBatchNotReady, match="2 papers and 1 rejected"):
        sample_batch(code="L-1", seed=1, at=AT)
    again = imported()
    assert (again.imported, again.repeated, again.rejected) == (1, 2, [])
    assert (paper.scan_batches()[0].papers, paper.scan_batches()[0].rejects) == (3, 0)
    with pytest.raises(ScanBatchDiffers, match="Its place is 'Valdoro', now 'Roma' is said"):
        imported(record=ScanRecord(**{**{name: getattr(RECORD, name) for name in RECORD.__slots__}, "place": "Roma"}))


@pytest.mark.parametrize("code", ["", "a/b", "a b", "è", "x" * 41])
def test_a_batch_needs_a_code_that_can_stand_in_an_address(code):
    with pytest.raises(ScanBatchDiffers, match="needs a code"):
        imported(code=code)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("000.pdf;contract;C1;2;S1;", "The index says 2 pages, file 000.pdf has 1"),
        ("000.pdf;poem;C1;1;S1;", "'poem' is no kind of document"),
        ("999.pdf;contract;C1;1;S1;", "File 999.pdf is not there"),
        ("000.pdf;contract;;1;S1;", "soggetto is empty"),
        ("000.pdf;contract;C1;uno;S1;", "'uno' is not a number of pages"),
        ("000.pdf;contract;party:;1;S1;", "'party:' names nobody"),
        ("prog.pdf;contract;C1;1;S1;", "Whatever its name"),
        ("001.pdf;contract;C1;2;S1;\n001.pdf;contract;C1;2;S1;", "named twice"),
        (f"000.pdf;contract;C1;1;{'S' * 41};", "box name has 41 letters"),
    ],
)
def test_a_bad_line_waits_with_its_reason_and_stops_nobody(line, reason):
    good = "002.pdf;letter;party:12;3;S9;Lettera del 1998"
    result = imported(HEADER + line + "\n" + good, {**files(), "prog.pdf": PROGRAM})
    reasons = [str(problem) for _, _, problem in result.rejected]
    assert any(reason in one for one in reasons), reasons
    assert "Lettera del 1998" in [one.title for one in documents_of("party:12")]


def test_a_file_that_no_line_names_is_said():
    result = imported(index(2))
    assert [str(problem) for _, _, problem in result.rejected] == [
        "File 002.pdf: No line of the index names it. Add its line to the index."
    ]


def test_an_index_without_its_columns():
    with pytest.raises(ScanIndexUnreadable, match="no column soggetto, pagine, scatola"):
        read_scan_index(b"file,tipo\na.pdf,contract\n")
    lines, refused = read_scan_index("\ufefffile;tipo;soggetto;pagine;scatola\na.pdf;contract;C1;1;perché\n".encode())
    assert (lines[0].box, refused) == ("perché", [])


def test_a_zip_is_unpacked_within_its_limits():
    found = dict(zips.entries(zipped({"dir/a.pdf": b"%PDF a", "b.txt": b"b"}), "lotto.zip", upload_limits()))
    assert found == {"dir/a.pdf": b"%PDF a", "b.txt": b"b"}


@given(papers=st.integers(1, 40_000))
def test_a_sample_is_part_of_its_batch_and_can_be_drawn_again(papers):
    size = sampling.sample_size(papers=papers, on=AT.date())
    assert 1 <= size <= papers
    assert size <= sampling.sample_size(papers=papers + 1, on=AT.date())
    drawn = sampling.draw_sample(papers=range(papers), size=size, seed=papers)
    assert len(set(drawn)) == size
    assert drawn == sampling.draw_sample(papers=list(reversed(range(papers))), size=size, seed=papers)


def test_the_sample_the_eye_and_the_attestation():
    attestation = attested(20)
    row = paper.scan_batches("L-1")[0]
    assert (row.sampled, row.state, row.attestation_sha256) == (5, "attested", attestation.sha256)
    assert document_of(attestation.pk).formed.verification.seal
    assert document_of(attestation.pk).formed.register == "verbali"
    assert b"/Sig" in read_document(attestation.sha256)
    with pytest.raises(ScanBatchNotReady, match="attested and closed"):
        imported()


def test_one_fault_refuses_the_batch():
    imported()
    drawn = sample_batch(code="L-1", seed=7, at=AT)
    with pytest.raises(ScanBatchNotReady, match="It is campione estratto"):
        sample_batch(code="L-1", seed=8, at=AT)
    with pytest.raises(ScanBatchNotReady, match="A fault"):
        record_comparison(paper_id=drawn[0], is_good=False, note="", by="eva", at=AT)
    spared = ScanPaper.objects.exclude(pk__in=drawn).first()
    with pytest.raises(ScanBatchNotReady, match="not in the sample"):
        record_comparison(paper_id=spared.pk, is_good=True, note="", by="eva", at=AT)
    record_comparison(paper_id=drawn[0], is_good=False, note="manca il retro", by="eva", at=AT)
    state = [record_comparison(paper_id=one, is_good=True, note="", by="eva", at=AT) for one in drawn[1:]][-1]
    assert state == "refused"
    with pytest.raises(ScanBatchNotReady, match="It is respinto"):
        attest_batch(code="L-1", by="eva", office="Archivio", at=AT)
    with pytest.raises(ScanBatchUnknown):
        sample_batch(code="L-9", seed=1, at=AT)


def test_paper_goes_with_two_approvals_and_minutes_and_its_copy_stays():
    attested()
    ids = paper.proposable_papers()
    held = ids[0]
    hold = place_hold(document_id=held, reason="Firma disconosciuta", by="anna", at=AT)
    assert paper.proposable_papers() == ids[1:]
    with pytest.raises(DisposalRefused, match="Firma disconosciuta"):
        disposals.propose_disposal(medium="paper", document_ids=ids, reason="Copie attestate", by="anna", at=AT)
    proposed = disposals.propose_disposal(
        medium="paper", document_ids=ids[1:], reason="Copie attestate", by="anna", at=AT,
        authorisation_number="SAB-1/2026", authorised_on=AT.date(),
    )  # fmt: skip
    for name in ("luca", "eva"):
        disposals.approve_disposal(code=proposed.code, by=name, at=AT)
    done = disposals.execute_disposal(
        code=proposed.code, by="luca", at=AT + timedelta(days=1), place="Valdoro", method="triturazione DIN P-5"
    )
    assert b"/Sig" in read_document(done.minutes.sha256)
    count = paper.paper_count()
    assert (count.total.papers_left, count.total.papers_gone, count.total.pages_gone) == (1, 2, 5)
    assert (count.boxes_left, count.boxes_gone) == (1, 1)
    for one in documents_of("scan_batch:L-1"):
        assert read_document(one.sha256)
    with pytest.raises(DisposalRefused, match="no attested copy stands for a paper that is still there"):
        disposals.propose_disposal(medium="paper", document_ids=ids[1:], reason="di nuovo", by="anna", at=AT)
    lift_hold(hold_id=hold.pk, reason="definita", by="anna", at=AT)
    assert paper.proposable_papers() == [held]
    assert [title for _, title, _ in paper.documents_of_disposal(proposed.code)] == [
        "Contratto C00001",
        "Contratto C00002",
    ]
    assert scans.ScanBatch.objects.count() == 1
