"""Compact frames: learnt formats, shipped formats, and what guards them."""

from __future__ import annotations

import pytest

from sorgente.radio import Decoder, MemoryFormats
from sorgente.radio.crc import crc16
from sorgente.radio.encode import framed
from sorgente.radio.formats import full_body, shipped_formats, split_headers
from tests.radio.vectors import HEADERS, LITRES, METER, RECORDS, VALUES, compact, format_frame

FULL = framed(METER, b"\x78" + RECORDS)
COMPACT = framed(METER, compact())


def test_a_compact_frame_alone_says_what_it_waits_for():
    answer = Decoder().decode(COMPACT, None)
    assert (answer.outcome, answer.total_milli) == ("unsupported", None)
    assert "full one of this model" in answer.message


@pytest.mark.parametrize("teacher", [FULL, framed(METER, format_frame())])
def test_a_compact_frame_is_read_after_a_full_or_a_format_frame(teacher):
    decoder = Decoder()
    decoder.decode(teacher, None)
    answer = decoder.decode(COMPACT, None)
    assert (answer.outcome, answer.total_milli) == ("decoded", LITRES)
    assert answer.records == Decoder().decode(FULL, None).records


def test_a_compact_frame_with_a_short_header():
    decoder = Decoder()
    decoder.decode(FULL, None)
    answer = decoder.decode(framed(METER, bytes.fromhex("7b09040000") + compact()[1:]), None)
    assert (answer.access_number, answer.status, answer.total_milli) == (9, ("low_battery",), LITRES)


def test_a_learnt_format_outlives_the_decoder_in_its_store():
    formats = MemoryFormats()
    Decoder(formats).decode(FULL, None)
    assert Decoder(formats).decode(COMPACT, None).total_milli == LITRES
    assert formats.get(crc16(bytes.fromhex("".join(HEADERS)))) == bytes.fromhex("".join(HEADERS))


@pytest.mark.parametrize("at", [13, 15, 20, -1])
def test_a_flipped_bit_gives_no_numbers(at):
    decoder = Decoder()
    decoder.decode(FULL, None)
    telegram = bytearray(COMPACT)
    telegram[at] ^= 4
    answer = decoder.decode(bytes(telegram), None)
    assert (answer.total_milli, answer.records) == (None, ())


def test_a_wrong_format_under_the_right_signature_is_noticed():
    formats = MemoryFormats()
    formats.put(crc16(bytes.fromhex("".join(HEADERS))), bytes.fromhex("04134413"))
    answer = Decoder(formats).decode(COMPACT, None)
    assert (answer.outcome, answer.total_milli) == ("malformed", None)


def test_variable_values_and_shortened_frames_are_not_learnt():
    formats = MemoryFormats()
    headers = bytes.fromhex("0dfd11")
    Decoder(formats).decode(framed(METER, b"\x78" + headers + b"\x01A"), None)
    Decoder(formats).decode(FULL[:-1], None)
    assert formats.get(crc16(headers)) is None
    assert split_headers(headers) is None


@pytest.mark.parametrize("broken", [b"\x69\x05\x00\x00\x04\x13", b"\x69\x30\x00", b"\x79\x00", b"\x69\x02\x00\x00\x00"])
def test_broken_format_and_compact_frames_are_malformed(broken):
    assert Decoder().decode(framed(METER, broken), None).outcome == "malformed"


def test_the_shipped_formats_can_stand_for_compact_frames():
    formats = shipped_formats()
    assert len(formats) == 12
    assert all(split_headers(headers) for headers in formats.values())


def test_a_shipped_format_reads_a_frame_never_heard_in_full():
    headers = next(headers for headers in shipped_formats().values() if headers.startswith(b"\x02\xff\x20\x04\x13"))
    sizes = [size for _, size in split_headers(headers)]
    data = b"".join((7).to_bytes(size, "little") for size in sizes)
    body = full_body(headers, data)
    telegram = framed(METER, b"\x79" + crc16(headers).to_bytes(2, "little") + crc16(body).to_bytes(2, "little") + data)
    answer = Decoder().decode(telegram, None)
    assert (answer.outcome, answer.total_milli) == ("decoded", 7)


def test_missing_values_do_not_fit():
    assert full_body(bytes.fromhex("".join(HEADERS)), b"".join(VALUES)[:-1]) is None
