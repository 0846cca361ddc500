"""Where a frame starts and ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.radio import Decoder
from sorgente.radio.crc import crc16
from sorgente.radio.encode import framed, mode5, plain
from tests.radio.vectors import KEY, LITRES, METER, RECORDS, format_a, format_b, wired, wired_raw

LONG = RECORDS + bytes.fromhex("0dfd11a0") + b"x" * 160  # a text of 160 letters makes the frame longer than 128 bytes


def test_the_checksum_is_the_one_of_the_standard():
    assert crc16(b"123456789") == 0xC2B7  # the catalogue value of CRC-16/EN-13757


@pytest.mark.parametrize("records", [RECORDS, LONG])
@pytest.mark.parametrize(
    "frame", [bytes, format_a, format_b, lambda bare: bare + b"\x5e\x01\x02", lambda b: format_a(b) + b"\x5e"]
)
def test_every_framing_gives_the_same_answer(frame, records):
    answer = Decoder().decode(frame(plain(METER, records, access=7, status=4)), None)
    assert (answer.outcome, answer.meter_id, answer.manufacturer) == ("decoded", "20260042", "SRG")
    assert (answer.version, answer.medium, answer.access_number, answer.status) == (0x1A, "water", 7, ("low_battery",))
    assert answer.total_milli == LITRES
    assert answer.address_key == "SRG-20260042-1a-07"


@pytest.mark.parametrize("frame", [bytes, format_a, format_b])
def test_encrypted_telegrams_in_every_framing(frame):
    assert Decoder().decode(frame(mode5(METER, RECORDS, KEY)), KEY).total_milli == LITRES


def test_a_frame_that_happens_to_end_like_format_b_is_still_read():
    for tail in range(65536):
        bare = plain(METER, RECORDS + bytes.fromhex("02fd17") + tail.to_bytes(2, "big"))
        if format_b(bare[:-2])[-2:] == bare[-2:] or crc16(bare[:-2]).to_bytes(2, "big") == bare[-2:]:
            break
    else:
        raise AssertionError("no such frame")
    answer = Decoder().decode(bare, None)
    assert answer.meter_id == "20260042"
    assert answer.total_milli in (LITRES, None)


def test_wired_frames():
    answer = Decoder().decode(wired(RECORDS), None)
    assert (answer.outcome, answer.meter_id, answer.total_milli) == ("decoded", "20260042", LITRES)


@pytest.mark.parametrize("at", [4, 10, 30])
def test_a_wired_frame_with_a_flipped_bit_is_malformed(at):
    frame = bytearray(wired(RECORDS))
    frame[at] ^= 1
    answer = Decoder().decode(bytes(frame), None)
    assert answer.outcome == "malformed"
    assert "checksum" in answer.message


def test_a_wired_frame_whose_records_make_no_sense_is_malformed():
    answer = Decoder().decode(wired(RECORDS + b"\x0c\x13\x01"), None)
    assert (answer.outcome, answer.total_milli) == ("malformed", None)


@pytest.mark.parametrize(
    "telegram", [b"\xe5", bytes.fromhex("105b015c16"), framed(METER, b"\x78" + RECORDS, control=0x40)]
)
def test_frames_without_meter_data_are_unsupported(telegram):
    assert Decoder().decode(telegram, None).outcome == "unsupported"


def test_a_shortened_frame_keeps_the_index_it_still_has_and_says_so():
    answer = Decoder().decode(plain(METER, RECORDS)[:-3], None)
    assert (answer.outcome, answer.total_milli) == ("decoded", LITRES)
    assert "3 bytes of the frame are missing" in answer.message


def test_a_whole_frame_that_stops_making_sense_gives_no_index():
    answer = Decoder().decode(plain(METER, RECORDS + b"\x0c\x13\x01"), None)
    assert (answer.outcome, answer.total_milli) == ("decoded", None)


def test_fixed_data_of_an_old_wired_meter():
    body = bytes.fromhex("080173" + "42002620" + "0a00" + "e97e" + "01000000" + "35010000")
    frame = bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))
    answer = Decoder().decode(frame, None)
    assert (answer.meter_id, answer.medium, answer.total_milli) == ("20260042", "water", 1)
    assert [(str(r.value), r.unit, r.storage) for r in answer.records] == [("0.001", "m3", 0), ("0.135", "m3", 1)]


def test_an_application_error_is_told():
    answer = Decoder().decode(bytes.fromhex("68040468080170088116"), None)
    assert (answer.outcome, answer.total_milli) == ("decoded", None)
    assert "busy" in answer.message


@given(st.binary(max_size=300))
def test_no_bytes_break_the_decoder(data):
    assert Decoder().decode(data, KEY).outcome in ("decoded", "wrong_key", "unsupported", "malformed")


CI_FIELDS = [
    0x69, 0x6A, 0x6B, 0x70, 0x72, 0x73, 0x78, 0x79, 0x7A, 0x7B, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0xA2,
]  # fmt: skip


@given(st.sampled_from(CI_FIELDS), st.binary(max_size=200), st.booleans())
def test_no_content_behind_a_right_link_layer_breaks_the_decoder(ci, data, by_wire):
    content = bytes((ci,)) + data
    answer = Decoder().decode(wired_raw(content) if by_wire else framed(METER, content), KEY)
    assert answer.outcome in ("decoded", "wrong_key", "unsupported", "malformed")
    assert answer.message


@given(st.binary(max_size=120))
def test_no_content_of_a_wired_frame_breaks_the_decoder(data):
    assert Decoder().decode(wired(data), None).message
