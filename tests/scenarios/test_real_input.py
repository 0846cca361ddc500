"""Real input, end to end: telegrams in, settled books out.

Twice the same story: on telegrams and a tariff made for the project, always; on telegrams that real meters sent and
on a tariff that a real utility published, where the reference files lie beside the project.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path

import pytest
from django.core import mail
from lxml import etree

from sorgente.archive.queries.documents import documents_of, read_document
from sorgente.billing.adapters.einvoice_check import check_einvoice
from sorgente.journeys.demo.bank import Line
from sorgente.ledger.queries.journal import journal
from sorgente.radio import Decoder, clean_hex
from sorgente.radio.encode import bcd_bytes, link_address, mode5, mode7, plain
from sorgente.shared.company import company
from sorgente.shared.paths import rules_dir
from tests.scenarios.small_utility import Metered, SmallUtility, bank_credits, debits_of, everything_kept
from tests.shared_files import shared

pytestmark = pytest.mark.django_db

SURNAMES = ("Bianchi", "Moretti", "Galli", "Ricci", "Conti", "Serra", "Fontana", "Marini")
RADIO_METERS = 6
BY_HAND = (Metered("Lombardi", "H0001", 431_000, "sdd"), Metered("Villa", "H0002", 99_990_000, "pagopa"))
A_QUARTER_MILLI = 38_000  # what nobody's meter of the samples turned less than, or its whole index


@dataclass(frozen=True)
class Input:
    """What the story is told on: meters read by radio and what each sent, and the prices."""

    tariff: str
    category: str
    meters: list[Metered]
    telegrams: list[str]


def made_input() -> Input:
    """Return meters and telegrams of our own: mode 5, mode 7, and one in clear."""
    meters, telegrams = [], []
    for at in range(RADIO_METERS):
        number, key = f"{20260100 + at}", bytes([at + 1]) * 16
        address = link_address(manufacturer="SRG", meter_id=number, version=0x1A, medium=0x07)
        records = b"\x0c\x13" + bcd_bytes(118_432 + 1_000 * at, 4)
        sent = [mode5(address, records, key), mode7(address, records, key, counter=at + 1)[0], plain(address, records)]
        clear = at % 3 == 2
        meters.append(_radio_meter(at, "SRG", number, "" if clear else key.hex(), 118_432 + 1_000 * at))
        telegrams.append(sent[at % 3].hex())
    return Input("valdoro", "domestico_residente", meters, telegrams)


def real_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Input:
    """Return real meters with their telegrams and keys, under a published tariff added to the project's rules."""
    published = shared("reference/tariffs/acquedotti-scpa-2019.json")
    shutil.copytree(rules_dir(), folder / "rules")
    shutil.copy(published, folder / "rules/tariffs")
    monkeypatch.setenv("SORGENTE_RULES", str(folder / "rules"))
    meters: list[Metered] = []
    telegrams = []
    for line in shared("reference/samples/wmbus/telegrams_encrypted.jsonl").read_text().splitlines():
        sample = json.loads(line)
        answer = Decoder().decode(clean_hex(sample["telegram_hex"]), bytes.fromhex(sample["key"]))
        known = {meter.radio_id for meter in meters}
        if "water" not in answer.medium or (answer.total_milli or 0) < 1_000 or answer.meter_id in known:
            continue
        meters.append(
            _radio_meter(len(meters), answer.manufacturer, answer.meter_id, sample["key"], answer.total_milli or 0)
        )
        telegrams.append(sample["telegram_hex"])
        if len(meters) == RADIO_METERS:
            return Input("acquedotti-scpa-2019", "DOM_RES", meters, telegrams)
    raise AssertionError("The samples hold too few water meters.")


def _radio_meter(at: int, manufacturer: str, radio_id: str, key: str, total_milli: int) -> Metered:
    roads = cycle(("sdd", "pagopa"))
    road = [next(roads) for _ in range(at + 1)][-1]
    first = max(0, total_milli - A_QUARTER_MILLI)
    return Metered(SURNAMES[at], f"R{radio_id}", first, road, manufacturer, radio_id, key)


@pytest.mark.parametrize("on", ["made", "real"])
def test_from_telegrams_to_settled_books(on, folders, monkeypatch):
    given = made_input() if on == "made" else real_input(folders, monkeypatch)
    utility = SmallUtility(tariff=given.tariff, category=given.category)
    utility.on("2025-01-01").found([*given.meters, *BY_HAND])

    # ------------------------------------------------------------------ measure
    heard = utility.on("2025-04-01").hear(given.telegrams)
    assert (heard.lines, heard.accepted, heard.held, heard.problems) == (RADIO_METERS, RADIO_METERS, 0, [])
    by_hand = utility.read_by_hand({"H0001": 455, "H0002": 12})  # the second meter started again from zero
    assert (by_hand.accepted, by_hand.rejects) == (2, b"")

    # ------------------------------------------------------------------ bill
    cycle_ = utility.on("2025-04-03").bill(through="2025-04-01")
    assert [f"{number}: {why}" for number, why in cycle_.refusals] == []
    assert (cycle_.issued, cycle_.parked, cycle_.transmitted, cycle_.delivered) == (8, 0, 8, 8)
    invoices = utility.sdi_files()
    assert len(invoices) == 8
    assert [check_einvoice(file.read_bytes(), subject=file.name) for file in invoices] == [[]] * 8
    assert len(mail.outbox) == 8

    # ------------------------------------------------------------------ ask
    debit_file = utility.on("2025-04-10").debit_file()
    assert schema_of(debit_file).validate(etree.parse(io.BytesIO(debit_file)))
    debits, notices = debits_of(debit_file), utility.notices
    assert len(debits) == len(notices) == 4
    assert {len(notice.notice_number) for notice in notices} == {18}

    # ------------------------------------------------------------------ collect
    receipts = [utility.on("2025-04-14").receipt_of(notice) for notice in notices[:3]]
    assert utility.receive(receipts).matched == 3
    flow = Line(
        sum(notice.cents for notice in notices[:3]), utility.on("2025-04-15").today, "RCDT", "ESCT", "FDR20250415",
        remittance="/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/2025-04-14VLDPSPITXXX-104",
    )  # fmt: skip
    outside = _transfer("TRN1", notices[3].cents, notices[3].bill_number, utility)
    assert utility.import_statement(utility.statement_of([flow, outside])).matched == 2

    due_on = notices[0].due_on
    credits = bank_credits(debit_file, utility.on(str(due_on)).today)
    assert utility.import_statement(utility.statement_of(credits)).suspense == 0
    utility.assert_everything_is_settled()

    # A debit comes back; the customer pays it by transfer, naming the bill.
    back = debits[0]
    returned = Line(
        -back["cents"], utility.on("2025-04-30").today, "IDDT", "UPDD", "RTN1", end_to_end_id=back["end_to_end_id"],
        mandate_id=back["mandate_id"], return_reason="AM04",
    )  # fmt: skip
    assert utility.import_statement(utility.statement_of([returned])).matched == 1
    number = back["end_to_end_id"].rpartition("-")[0].replace("-", "/")
    again = _transfer("TRN2", back["cents"], number, utility.on("2025-05-12"))
    final_statement = utility.statement_of([again])
    assert utility.import_statement(final_statement).matched == 1

    # ------------------------------------------------------------------ the same once more changes nothing
    before = everything_kept()
    assert utility.on("2025-04-01").hear(given.telegrams).repeated == RADIO_METERS
    assert utility.read_by_hand({"H0001": 455, "H0002": 12}).imported_before_at is not None
    assert utility.on("2025-04-03").bill(through="2025-04-01").issued == 8
    assert utility.receive(receipts).repeated == 3
    assert utility.import_statement(final_statement).repeated
    assert utility.on("2025-04-10").receive(receipts[:1]).new == 0
    assert everything_kept() == before

    # ------------------------------------------------------------------ what every story ends with
    utility.on("2025-05-12").assert_everything_is_settled()
    utility.assert_books_balance()
    utility.assert_audit_is_clean()
    assert bean_check("".join(journal()), folders) == ""
    assert read_document(documents_of(f"bill:{number}")[0].sha256)
    utility.assert_nothing_left_to_bill()


def _transfer(reference: str, cents: int, bill_number: str, utility: SmallUtility) -> Line:
    return Line(
        cents, utility.today, "RCDT", "ESCT", reference, payer="Anna", remittance=f"saldo bolletta n. {bill_number}"
    )


def schema_of(debit_file: bytes) -> etree.XMLSchema:
    """Return the official schema of the format that the company's bank gets."""
    assert company().debit_version.encode() in debit_file
    package = find_spec("sepaxml")
    assert package is not None
    assert package.submodule_search_locations is not None
    folder = Path(package.submodule_search_locations[0]) / "schemas"
    return etree.XMLSchema(file=folder / f"{company().debit_version}.xsd")


def bean_check(text: str, folder: Path) -> str:
    file = folder / "books.beancount"
    file.write_text(text, encoding="utf-8")
    tool = Path(sys.executable).with_name("bean-check")
    return subprocess.run([tool, str(file)], capture_output=True, text=True, check=False).stderr
