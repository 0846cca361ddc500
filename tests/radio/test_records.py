"""Records: what each header and its bytes mean."""

from __future__ import annotations

import struct
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.radio import values
from sorgente.radio.encode import bcd_bytes, day_bytes, instant_bytes
from sorgente.radio.records import read_records

D = Decimal

ONE = [
    # hex, quantity, unit, value
    ("0413 40e20100", "volume", "m3", D("123.456")),
    ("0c14 78563412", "volume", "m3", D("123456.78")),
    ("0c13 561234f0", "volume", "m3", D("-341.256")),
    ("0c13 5612a400", "volume", "m3", None),
    ("0406 10270000", "energy", "kWh", D("10000")),
    ("0e03 785634120000", "energy", "kWh", D("12345.678")),
    ("040e 10270000", "energy", "MJ", D("10000")),
    ("04fb00 0a000000", "energy", "kWh", D("1000")),
    ("04fb09 02000000", "energy", "MJ", D("2000")),
    ("02fb1a c801", "relative_humidity", "%", D("45.6")),
    ("04fb10 05000000", "volume", "m3", D("500")),
    ("0413 00000080", "volume", "m3", None),
    ("025a b900", "flow_temperature", "°C", D("18.5")),
    ("025e 9cff", "return_temperature", "°C", D("-10.0")),
    ("023b e803", "volume_flow", "m3/h", D("1.000")),
    ("022b e803", "power", "kW", D("1.000")),
    ("02fd48 0109", "voltage", "V", D("230.5")),
    ("02fd17 0101", "error_flags", "", D("257")),
    ("0c78 42002620", "fabrication_number", "", "20260042"),
    ("0dfd11 03434241", "customer", "", "ABC"),
    ("0d13 c3563412", "volume", "m3", D("123.456")),
    ("0d13 d3563412", "volume", "m3", D("-123.456")),
    ("0dfd11 e20102", "customer", "", "0102"),
    ("426c ffff", "date", "", None),
    ("426c 1f2c", "date", "", date(2016, 12, 31)),
    ("046d 80108000", "date_time", "", None),
    ("046d 3b173f3c", "date_time", "", datetime(2025, 12, 31, 23, 59)),  # noqa: DTZ001
    ("066d 1e3b173f3c00", "date_time", "", datetime(2025, 12, 31, 23, 59, 30)),  # noqa: DTZ001
    ("036d 1e3b17", "date_time", "", "23:59:30"),
    ("0513 0000f642", "volume", "m3", D("0.123")),
    ("05ff01 79e9f642", "maker_specific", "", D("123.456")),
    ("00 13", "volume", "m3", None),
    ("047c 0248546a010000", "TH", "", D("362")),
    ("049374 64000000", "volume", "m3", D("0.0010")),
    ("04937d 64000000", "volume", "m3", D("100")),
    ("046e 07000000", "heat_cost_units", "", D("7")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "quantity", "unit", "value"), ONE)
def test_one_record(text, quantity, unit, value):
    reading = read_records(bytes.fromhex(text))
    assert reading.problem == ""
    (record,) = reading.records
    assert (record.quantity, record.unit, record.value) == (quantity, unit, value)


ADDRESSED = [
    # hex, storage, tariff, subunit, function, modifiers
    ("4413 00000000", 1, 0, 0, "instantaneous", ()),
    ("840113 00000000", 2, 0, 0, "instantaneous", ()),
    ("84 10 13 00000000", 0, 1, 0, "instantaneous", ()),
    ("84 40 13 00000000", 0, 0, 1, "instantaneous", ()),
    ("c4 8f 71 13 00000000", 1 + (15 << 1) + (1 << 5), 3 << 2, 2, "instantaneous", ()),
    ("1413 00000000", 0, 0, 0, "maximum", ()),
    ("2413 00000000", 0, 0, 0, "minimum", ()),
    ("3413 00000000", 0, 0, 0, "error_state", ()),
    ("04933c 00000000", 0, 0, 0, "instantaneous", ("backward",)),
    ("04933b 00000000", 0, 0, 0, "instantaneous", ("forward",)),
    ("04ff07 00000000", 0, 0, 0, "instantaneous", ("maker_07",)),
    ("049315 00000000", 0, 0, 0, "instantaneous", ("no_data",)),
    ("04a622 00000000", 0, 0, 0, "instantaneous", ("per_hour",)),
]


@pytest.mark.parametrize(("text", "storage", "tariff", "subunit", "function", "modifiers"), ADDRESSED)
def test_which_register_a_record_is_of(text, storage, tariff, subunit, function, modifiers):
    (record,) = read_records(bytes.fromhex(text)).records
    assert record[3:] == (storage, tariff, subunit, function, modifiers)


def test_a_record_that_reports_an_error_has_no_value():
    reading = read_records(bytes.fromhex("049315 40e20100"))
    assert reading.records[0].value is None
    assert reading.candidates == ()


def test_fillers_and_the_makers_block():
    reading = read_records(bytes.fromhex("2f2f 0413 01000000 2f 0f aabbcc"))
    assert len(reading.records) == 1
    assert (reading.maker, reading.more, reading.problem) == (bytes.fromhex("aabbcc"), False, "")
    assert read_records(b"\x1f").more


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0413 010000", "end in the middle"),
        ("8b", "end in the middle"),
        ("3f", "reserved"),
        ("0dfd11 f7", "length code F7"),
        ("8b" + "8b" * 10 + "60 043718", "11 DIFE"),
        ("0b" + "e0" + "84" * 10 + "04 371802", "11 VIFE"),
    ],
)
def test_what_cannot_be_read_is_named(text, says):
    assert says in read_records(bytes.fromhex(text)).problem


@given(st.integers(-(2**31) + 1, 2**31 - 1), st.integers(0, 7))
def test_integers_survive(number, scale):
    (record,) = read_records(bytes((4, 0x10 + scale)) + number.to_bytes(4, "little", signed=True)).records
    assert record.value == D(number).scaleb(scale - 6)


@given(st.integers(-9_999_999, 99_999_999))
def test_bcd_survives(number):
    (record,) = read_records(bytes.fromhex("0c13") + bcd_bytes(number, 4)).records
    assert record.value == D(number) / 1000


@given(st.dates(date(2000, 1, 1), date(2079, 12, 31)), st.integers(0, 23), st.integers(0, 59))
def test_days_and_instants_survive(day, hour, minute):
    assert values.day(day_bytes(day.year, day.month, day.day)) == day
    found = values.instant(instant_bytes(day.year, day.month, day.day, hour, minute))
    assert found == datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_reals_read_back_as_the_same_real(number):
    data = struct.pack("<f", number)
    found = values.real32(data)
    assert struct.pack("<f", float(found)) == (data if number else bytes(4))
    assert len(found.normalize().as_tuple().digits) <= 9


def test_a_real_that_is_no_number_has_no_value():
    assert values.real32(bytes.fromhex("0000c07f")) is None
    assert values.real32(bytes.fromhex("0000807f")) is None


@given(st.binary(max_size=250))
def test_no_bytes_break_the_reading(data):
    reading = read_records(data)
    assert all(record.value is None or isinstance(record.value, D | str | date) for record in reading.records)
