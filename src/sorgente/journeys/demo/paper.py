"""Paper of the years before: scanned in batches, compared, attested, and let go of by three people.

older batch    attested ─▶ list 1 ─▶ two approvals, authorisation ─▶ destroyed, with minutes
               attested ─▶ list 2 ─▶ one approval, the second is waited for
latest batch   attested, one contract under legal hold; a third batch waits to be compared
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice

from sorgente.archive.queries.paper import proposable_papers, scan_batch
from sorgente.archive.usecases.disposals import (
    approve_disposal,
    authorise_disposal,
    execute_disposal,
    propose_disposal,
)
from sorgente.archive.usecases.holds import place_hold
from sorgente.archive.usecases.scans import ScanRecord, attest_batch, import_scans, record_comparison, sample_batch
from sorgente.journeys.demo.clerk import moment
from sorgente.journeys.demo.people import Known, People
from sorgente.journeys.demo.pictures import one_page_pdf

_OFFICE = "Ufficio archivio e protocollo"
_PROPOSER, _FIRST, _SECOND = "demo-archive", "demo-desk", "demo-admin"
# code, title, days before the end, papers, how far it came
_BATCHES = (
    ("LOTTO-2026-001", "Contratti 2011-2013, scaffale A", 150, 40, "attested"),
    ("LOTTO-2026-002", "Contratti e deleghe 2014-2015, scaffale B", 60, 24, "attested"),
    ("LOTTO-2026-003", "Corrispondenza 2016, scaffale C", 8, 16, "sampled"),
)
_KINDS = ("contract", "contract", "contract", "mandate", "letter")
_WORDS = {"contract": "Contratto di fornitura", "mandate": "Delega di addebito", "letter": "Lettera del cliente"}
_DESTROYED, _PROPOSED = 18, 10
_COMPARED = 2  # of the batch that is still being compared


@dataclass(slots=True)
class Paper:
    """What became of the paper, for the summary."""

    scanned: int = 0
    destroyed: int = 0


def scan_paper(people: People, *, seed: int, ends_on: date) -> Paper:
    """Scan three batches in the latest months and let go of what may go."""
    rnd = random.Random(f"paper-{seed}")
    done = Paper()
    for code, title, days, papers, state in _BATCHES:
        done.scanned += _batch(code, title, papers, people, rnd, ends_on - timedelta(days=days), state=state)
    oldest, later = (proposable_papers(batch=code) for code, *_ in _BATCHES[:2])
    done.destroyed = _destroy(oldest[:_DESTROYED], ends_on - timedelta(days=100))
    _wait_for_second(oldest[_DESTROYED : _DESTROYED + _PROPOSED], ends_on - timedelta(days=6))
    place_hold(
        document_id=later[0], by=_PROPOSER, at=moment(ends_on - timedelta(days=20), 10),
        reason="Causa 412/2026 al Tribunale di Ancona: firma disconosciuta",
    )  # fmt: skip
    return done


def _batch(code: str, title: str, papers: int, people: People, rnd: random.Random, day: date, *, state: str) -> int:
    """Import a batch with its index, compare the papers drawn, attest it; return how many came in."""
    files, lines = {}, ["file;tipo;soggetto;pagine;scatola;titolo"]
    for number, one in enumerate(islice(cycle(people), papers), 1):
        kind = rnd.choice(_KINDS)
        signed_on = date(rnd.randrange(2011, 2017), rnd.randrange(1, 13), rnd.randrange(1, 29))
        name = f"{code.lower()}_{number:03d}.pdf"
        files[name] = one_page_pdf(_page(kind, one, signed_on, f"{code}/{number}"))
        box = f"{code[-3:]}-{(number - 1) // 12 + 1}"
        what = f"{_WORDS[kind]} {one.full_name}, {signed_on:%d/%m/%Y}"
        lines.append(f"{name};{kind};{one.ids.account_number};1;{box};{what}")
    record = ScanRecord(
        title=title, purpose="Copie conformi e riduzione della carta", place="Archivio di Valdoro, via Industria 4",
        operator="Cooperativa La Filigrana", scanner="Canon DR-G2110", resolution="300 dpi, scala di grigi",
        began_at=moment(day - timedelta(days=3), 8), ended_at=moment(day - timedelta(days=1), 16),
        supplier="Cooperativa La Filigrana", contract="CIG Z4A2F1",
    )  # fmt: skip
    index = "\n".join(lines).encode()
    taken = import_scans(code=code, record=record, files=files, index=index, by=_PROPOSER, at=moment(day, 9))
    sample_batch(code=code, seed=2026, at=moment(day, 10))
    page = scan_batch(code)
    assert page is not None, "it was imported a moment ago"
    for number, row in enumerate(page.sample):
        if state == "attested" or number < _COMPARED:
            record_comparison(paper_id=row.id, is_good=True, note="", by=_FIRST, at=moment(day, 11, number))
    if state == "attested":
        attest_batch(code=code, by=_PROPOSER, office=_OFFICE, at=moment(day, 15))
    return taken.imported


def _page(kind: str, one: Known, signed_on: date, reference: str) -> list[str]:
    """Return the lines of an old paper."""
    place = f"{one.who.street} {one.who.house_number}, {one.who.postal_code} {one.who.municipality}"
    told = {
        "contract": [
            "Il cliente chiede la fornitura di acqua potabile per uso domestico",
            f"al punto {one.who.point_code}, contatore {one.who.serial}.",
            "Dichiara di conoscere il regolamento del servizio e la tariffa in vigore.",
        ],
        "mandate": [
            "Il cliente autorizza la banca a pagare le bollette dell'acqua",
            "con addebito sul conto corrente, fino a revoca scritta.",
        ],
        "letter": [
            "Gentile ufficio, vi prego di correggere il mio indirizzo sulle bollette,",
            "perché arrivano ancora al vecchio numero civico. Distinti saluti.",
        ],
    }[kind]
    return [
        "VALDORO ACQUE S.p.A.", "", _WORDS[kind].upper(), "", f"Cliente: {one.full_name}", f"C.F. {one.who.tax_code}",
        place, "", *told, "", f"Valdoro, {signed_on:%d/%m/%Y}", "", f"Firma: {one.full_name}", "", f"Copia {reference}",
    ]  # fmt: skip


def _destroy(documents: Sequence[int], day: date) -> int:
    """Let papers go: proposed by one, approved by two others, authorised, carried out with minutes."""
    reason = "Copie conformi attestate, carta non più necessaria"
    code = propose_disposal(medium="paper", document_ids=documents, reason=reason, by=_PROPOSER, at=moment(day, 9)).code
    approve_disposal(code=code, by=_FIRST, at=moment(day, 10))
    approve_disposal(code=code, by=_SECOND, at=moment(day, 11))
    authorise_disposal(code=code, number="MIC-SAB-MAR 0004417-P", authorised_on=day + timedelta(days=18))
    execute_disposal(
        code=code, by=_PROPOSER, at=moment(day + timedelta(days=25), 9), place="Impianto Carta Rinasce, Rio Chiaro",
        method="triturazione DIN 66399 P-4 e riciclo", present=[_FIRST],
    )  # fmt: skip
    return len(documents)


def _wait_for_second(documents: Sequence[int], day: date) -> None:
    reason = "Copie conformi attestate, seconda parte dello scaffale A"
    code = propose_disposal(medium="paper", document_ids=documents, reason=reason, by=_PROPOSER, at=moment(day, 9)).code
    approve_disposal(code=code, by=_FIRST, at=moment(day, 15))
