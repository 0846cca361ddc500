"""Bad input: each error names the object and the next step, nothing is lost or half-written, the batch goes on."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from typing import Any

import pytest

from sorgente.billing.adapters.einvoice_check import check_einvoice
from sorgente.billing.queries.run_list import parked_items
from sorgente.customers.usecases.change_terms import change_terms
from sorgente.journeys.demo.bank import Line
from sorgente.metering.core.reader_file import WrongEncoding
from sorgente.metering.models import Read
from sorgente.metering.usecases.accept_read import ReadBelowEarlierOne, accept_read
from sorgente.payments.adapters import statement_files
from sorgente.payments.usecases.register_mandate import register_mandate
from sorgente.radio.encode import bcd_bytes, link_address, mode5
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError
from sorgente.shared.identifiers import IbanCheckDigits
from sorgente.shared.paths import rules_dir
from tests.scenarios.small_utility import Metered, SmallUtility, bank_credits, everything_kept

pytestmark = pytest.mark.django_db

KEY = bytes(range(16))
RADIO = [
    Metered(name, f"R{at}", 100_000, "pagopa", "SRG", f"2026000{at}", KEY.hex())
    for at, name in enumerate(("Alfa", "Bravo"))
]
BY_HAND = [Metered("Carlini", "H1", 200_000, "sdd"), Metered("Dori", "H2", 300_000, "sdd")]

BOMBS = {
    "external entity": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}>&x;</{root}>',
    "billion laughs": '<!DOCTYPE d [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><{root}>&d;</{root}>',
}


@pytest.fixture
def utility(folders: Any) -> SmallUtility:
    """Two meters heard by radio, two read by hand, since New Year's Day."""
    made = SmallUtility(tariff="valdoro", category="domestico_residente")
    made.on("2025-01-01").found([*RADIO, *BY_HAND])
    return made


@pytest.fixture
def billed(utility: SmallUtility) -> SmallUtility:
    """The same, billed for a quarter; the two read by hand pay by direct debit."""
    utility.on("2025-04-01").hear([telegram(RADIO[0], 130_000), telegram(RADIO[1], 140_000)])
    utility.read_by_hand({"H1": 230, "H2": 340})
    assert utility.on("2025-04-03").bill(through="2025-04-01").issued == 4
    return utility


def telegram(meter: Metered, litres: int, *, key: bytes = KEY) -> str:
    address = link_address(manufacturer=meter.manufacturer, meter_id=meter.radio_id, version=0x1A, medium=0x07)
    return mode5(address, b"\x0c\x13" + bcd_bytes(litres, 4), key).hex()


def assert_says(error: SorgenteError, *, code: str, subject: str, facts: str, next_step: str) -> None:
    """What a person reads names the object, the facts and what to do; what a program reads is the code."""
    assert error.code == code
    assert str(error).startswith(subject)
    assert facts in str(error)
    assert next_step in error.next_step


# ---------------------------------------------------------------------- measures


def test_malformed_telegrams_among_good_ones(utility):
    good = [telegram(RADIO[0], 130_000), telegram(RADIO[1], 140_000)]
    bad = [good[0][:-10], telegram(RADIO[0], 131_000, key=bytes(16)), "these are no hex digits", "{broken json", ""]

    heard = utility.on("2025-04-01").hear([bad[0], good[0], *bad[1:], good[1]])

    assert (heard.lines, heard.accepted, heard.unreadable) == (6, 2, 2)
    assert [(problem.line, problem.outcome) for problem in heard.problems] == [
        (1, "malformed"), (3, "wrong_key"), (4, "unreadable"), (5, "unreadable"),
    ]  # fmt: skip
    assert [problem.message for problem in heard.problems if not problem.message.endswith(".")] == []
    assert "key" in heard.problems[1].message
    utility.assert_audit_is_clean()


def test_a_reader_file_in_the_wrong_encoding(utility):
    before = everything_kept()
    content = "MATRICOLA;DATA_LETTURA;LETTURA;ESITO\r\nH1;01/04/2025;230;L\r\nÈ2;01/04/2025;340;L\r\n".encode("cp1252")

    with pytest.raises(WrongEncoding) as caught:
        utility.on("2025-04-01").load_reader_file(content)

    assert_says(
        caught.value, code="metering.reader-file.wrong-encoding", subject="giro.csv", facts="utf-8",
        next_step="profile",
    )  # fmt: skip
    assert everything_kept() == before


def test_a_reading_below_the_previous_one(utility):
    loaded = utility.on("2025-04-01").load_reader_file(
        b"MATRICOLA;DATA_LETTURA;LETTURA;ESITO\r\nH1;01/04/2025;190;L\r\nH2;01/04/2025;340;L\r\n"
    )

    assert (loaded.lines, loaded.accepted, loaded.held, loaded.rejected) == (2, 1, 1, 0)
    line = loaded.rejects.decode("utf-8-sig").splitlines()[1]
    assert line.startswith("2;held;below-earlier-one;190 on 2025-04-01 is below 200 on 2025-01-01.;")
    assert "record the replacement first" in line
    assert line.endswith('"H1;01/04/2025;190;L"')

    # At the desk the same read is refused at once, and nothing of it stays.
    before = everything_kept()
    register_id = Read.objects.filter(register__device__serial="H1").values_list("register_id", flat=True)[0]
    with pytest.raises(ReadBelowEarlierOne) as caught:
        accept_read(register_id=register_id, index_milli=190_000, read_on=utility.today, received_at=utility.now)
    assert_says(
        caught.value, code="metering.read.below-earlier-one", subject="Meter H1",
        facts="190 m3 on 2025-04-01 is below 200 m3 on 2025-01-01.", next_step="record the replacement first",
    )  # fmt: skip
    assert everything_kept() == before

    # Held, it is not billed: its contract waits with the reason, the other one is billed.
    cycle = utility.on("2025-04-03").bill(through="2025-04-01")
    assert cycle.issued == 1
    waiting = {item["contract_number"]: item["reason"] for item in parked_items()}
    assert utility.loaded[3].contract_number not in waiting
    assert waiting[utility.loaded[2].contract_number].startswith("There is no read to bill after 2025-01-01")
    utility.assert_audit_is_clean()


# ---------------------------------------------------------------------- bills


def test_a_tariff_gap_parks_its_contract_and_no_other(utility, folders, monkeypatch):
    shutil.copytree(rules_dir(), folders / "rules")
    tariff = json.loads((folders / "rules/tariffs/valdoro-2023.json").read_text())
    tariff |= {"id": "scaduta-2023", "family": "scaduta", "valid_to": "2025-02-28"}
    (folders / "rules/tariffs/scaduta-2023.json").write_text(json.dumps(tariff))
    monkeypatch.setenv("SORGENTE_RULES", str(folders / "rules"))
    utility.on("2025-01-02")
    change_terms(
        contract_id=utility.loaded[3].contract_id, from_on=utility.on("2025-01-15").today, reason="test",
        recorded_at=utility.now, tariff="scaduta",
    )  # fmt: skip
    utility.on("2025-04-01").read_by_hand({"H1": 230, "H2": 340})
    utility.hear([telegram(RADIO[0], 130_000), telegram(RADIO[1], 140_000)])

    cycle = utility.on("2025-04-03").bill(through="2025-04-01")

    assert (cycle.issued, cycle.parked) == (3, 1)
    (parked,) = parked_items()
    assert parked["contract_number"] == utility.loaded[3].contract_number
    assert "scaduta" in parked["reason"]
    assert "2025-03-01" in parked["reason"]
    assert parked["next_step"]
    utility.assert_books_balance()
    utility.assert_audit_is_clean()


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_einvoice_with_entities(bomb):
    data = BOMBS[bomb].replace("{root}", "FatturaElettronica").encode()

    (problem,) = check_einvoice(data, subject="IT01_bomb.xml")

    assert problem.code == "00200"
    assert problem.message.startswith("IT01_bomb.xml: It declares a document type")
    assert "Ask the sender" in problem.message
    assert "root:" not in problem.message


# ---------------------------------------------------------------------- money


def test_an_iban_with_a_wrong_check_digit(utility):
    before = everything_kept()
    with pytest.raises(IbanCheckDigits) as caught:
        register_mandate(
            contract_account_id=utility.loaded[0].account_id, iban="IT61X0542811101000000123456",
            holder_name="Alfa Anna", holder_tax_code="RSSMRA80A01H501U", signed_on=utility.today,
            creditor_id=company().creditor_id,
        )  # fmt: skip
    assert_says(
        caught.value, code="shared.iban.check-digits", subject="IBAN IT61…3456",
        facts="check digits", next_step="Ask the customer",
    )  # fmt: skip
    assert everything_kept() == before


def statement_with_the_debits(billed: SmallUtility) -> bytes:
    credits = bank_credits(billed.on("2025-04-10").debit_file(), billed.on("2025-04-24").today)
    return billed.statement_of(credits)


def test_a_truncated_statement_then_whole_then_again(billed):
    whole = statement_with_the_debits(billed)
    before = everything_kept()

    with pytest.raises(SorgenteError) as caught:
        billed.import_statement(whole[: len(whole) * 2 // 3])

    assert_says(
        caught.value, code="shared.xml.malformed", subject="estratto_2025-04-24.xml", facts="line 2",
        next_step="fetch it again",
    )  # fmt: skip
    assert everything_kept() == before

    assert billed.import_statement(whole).matched == 2
    after = everything_kept()
    assert billed.import_statement(whole).repeated
    assert everything_kept() == after
    billed.assert_audit_is_clean()


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_statement_with_entities(billed, bomb):
    before = everything_kept()
    with pytest.raises(SorgenteError) as caught:
        billed.import_statement(BOMBS[bomb].replace("{root}", "Document").encode())
    assert_says(
        caught.value, code="shared.xml.document-type", subject="estratto_2025-04-03.xml",
        facts="nothing of it was read", next_step="Ask the sender",
    )  # fmt: skip
    assert everything_kept() == before


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_receipt_with_entities_among_good_ones(billed, bomb):
    first, second = billed.notices
    billed.on("2025-04-10")
    bad = ("bomb.xml", BOMBS[bomb].replace("{root}", "receipt").encode())
    cut = ("cut.xml", billed.receipt_of(first)[1][:-40])

    done = billed.receive([billed.receipt_of(first), bad, cut, billed.receipt_of(second)])

    assert (done.new, done.matched) == (2, 2)
    assert [(name, error.code) for name, error in done.refusals] == [
        ("bomb.xml", "shared.xml.document-type"), ("cut.xml", "shared.xml.malformed"),
    ]  # fmt: skip
    assert [str(error).startswith(name) for name, error in done.refusals] == [True, True]
    billed.assert_books_balance()
    billed.assert_audit_is_clean()


def test_a_bad_member_of_an_archive_stops_no_other(billed):
    whole = statement_with_the_debits(billed)
    archive = zipped({"a.xml": whole[:-200], "b.xml": whole, "c.xml": BOMBS["billion laughs"].encode()})

    done = billed.import_statement(archive)

    assert (done.matched, done.suspense) == (2, 0)
    assert [(name.rpartition("/")[2], error.code) for name, error in done.refusals] == [
        ("a.xml", "shared.xml.malformed"), ("c.xml", "shared.xml.document-type"),
    ]  # fmt: skip
    billed.assert_audit_is_clean()


def test_a_zip_bomb(billed, monkeypatch):
    monkeypatch.setattr(statement_files, "ZIP_BYTES", 1 << 20)
    archive = zipped({"a.xml": statement_with_the_debits(billed), "bomb.xml": bytes(3 << 20)})
    assert len(archive) < 10_000
    before = everything_kept()

    with pytest.raises(SorgenteError) as caught:
        billed.import_statement(archive)

    assert_says(
        caught.value, code="payments.statement.zip-unsafe", subject="estratto_2025-04-24.xml/bomb.xml",
        facts="more than 1,048,576 bytes", next_step="smaller archives",
    )  # fmt: skip
    assert everything_kept() == before


def test_money_that_names_nothing_waits_for_a_person(billed):
    billed.on("2025-04-10")
    line = Line(5_000, billed.today, "RCDT", "ESCT", "TRN9", payer="Nessuno", remittance="saldo")

    assert billed.import_statement(billed.statement_of([line])).suspense == 1

    billed.assert_books_balance()
    billed.assert_audit_is_clean()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()
