"""The headline totals: certain, or none."""

from __future__ import annotations

import pytest

from sorgente.radio.records import read_records
from sorgente.radio.totals import headline

CASES = [
    ("the plain volume", "0413 40e20100", 123456, None),
    ("a tenth of a litre rounds half up", "0412 45000000", 7, None),
    ("energy in kWh and volume", "0406 0a000000 0414 0a000000", 100, 10_000),
    ("energy in MJ becomes watt-hours", "040e 24000000", None, 10_000),
    ("energy in GJ that does not divide", "040f 01000000", None, 2778),
    ("forward flow stands in", "04933b 05000000", 5, None),
    ("the plain one goes before forward flow", "04933b 05000000 0413 06000000", 6, None),
    ("base conditions stand in", "04933e 05000000", 5, None),
    ("backward flow is no index", "04933c 05000000", None, None),
    ("history is no index", "4413 05000000", None, None),
    ("a tariff is no index", "841013 05000000", None, None),
    ("a subunit is no index", "844013 05000000", None, None),
    ("a maximum is no index", "1413 05000000", None, None),
    ("a value during an error is no index", "3413 05000000", None, None),
    ("flow per hour is no index", "049322 05000000", None, None),
    ("the maker's own volume is no index", "0493ff01 05000000", None, None),
    ("a pulse weight is no index", "049328 05000000", None, None),
    ("gallons are no index", "04fb23 05000000", None, None),
    ("no value is no index", "0c13 ffffffff", None, None),
    ("all ones are no index", "0413 ffffffff", None, None),
    ("the lowest number is no index", "0413 00000080", None, None),
    ("the first of two, the larger", "0413 09000000 0413 02000000", 9, None),
    ("two that contradict", "0413 02000000 0413 09000000", None, None),
    ("a finer one of the same", "0414 01000000 0413 0e000000", 10, None),
    ("a real", "0516 0000c03f", 1500, None),
    ("minus", "0c13 050000f0", -5, None),
]


@pytest.mark.parametrize(("name", "text", "litres", "watt_hours"), CASES, ids=[case[0] for case in CASES])
def test_headline(name, text, litres, watt_hours):
    assert headline(read_records(bytes.fromhex(text)).candidates) == (litres, watt_hours)
