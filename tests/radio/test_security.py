"""Keys: the right one opens, any other is named, and nothing in between gives numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.radio import Decoder
from sorgente.radio.encode import cmac, ell, framed, link_address, mode5, mode7, padded, plain
from sorgente.radio.security import Key
from tests.radio.vectors import ADAPTER, KEY, LITRES, METER, OTHER_KEY, RECORDS, compact

SEALED = {
    "mode5": mode5(METER, RECORDS, KEY, access=0x2A),
    "mode5 by a radio adapter": mode5(ADAPTER, RECORDS, KEY, access=0x2A, inner=METER),
    "mode5 with a clear tail": mode5(METER, RECORDS, KEY, clear_tail=bytes.fromhex("02fd170000")),
    "mode7": mode7(METER, RECORDS, KEY, counter=77)[0],
    "ell": ell(METER, b"\x78" + RECORDS, KEY),
    "ell with a header inside": ell(METER, bytes.fromhex("7a2a000000") + RECORDS, KEY),
}
everyone = pytest.mark.parametrize("telegram", SEALED.values(), ids=SEALED.keys())


@everyone
def test_the_right_key_opens(telegram):
    answer = Decoder().decode(telegram, KEY)
    assert (answer.outcome, answer.meter_id, answer.manufacturer) == ("decoded", "20260042", "SRG")
    assert answer.total_milli == LITRES
    assert answer.read_at.isoformat() == "2026-03-31T23:59:00"
    assert answer.security in ("mode5", "mode7", "ell")


@everyone
@pytest.mark.parametrize("key", [OTHER_KEY, bytes(16), b"", bytes(8), None])
def test_any_other_key_is_named_and_gives_nothing(telegram, key):
    answer = Decoder().decode(telegram, key)
    assert (answer.outcome, answer.total_milli, answer.total_wh, answer.records) == ("wrong_key", None, None, ())
    assert "20260042" in answer.message


@everyone
@given(bit=st.integers(0, 127))
def test_one_bit_of_the_key_is_enough(telegram, bit):
    near = (int.from_bytes(KEY, "big") ^ 1 << bit).to_bytes(16, "big")
    answer = Decoder().decode(telegram, near)
    assert (answer.outcome, answer.total_milli, answer.records) == ("wrong_key", None, ())


@pytest.mark.parametrize("name", ["mode7", "ell"])
@given(data=st.data())
def test_a_flipped_bit_of_an_authenticated_telegram_gives_no_numbers(name, data):
    telegram = bytearray(SEALED[name])
    bit = data.draw(st.integers(11 * 8, len(telegram) * 8 - 1))  # everything behind the link layer and its CI
    telegram[bit // 8] ^= 1 << bit % 8
    answer = Decoder().decode(bytes(telegram), KEY)
    if (name, bit // 8) in {("mode7", 12), ("mode7", 13)} or (name == "ell" and bit // 8 == 12):
        # Fragment number, reserved bits and the radio access number stand outside what is authenticated.
        assert answer.total_milli in (None, LITRES)
    else:
        assert (answer.total_milli, answer.records) == (None, ())


@given(bit=st.integers(0, 127))
def test_a_flipped_bit_in_the_first_block_of_mode5_is_a_wrong_key(bit):
    telegram = bytearray(SEALED["mode5"])
    telegram[15 + bit // 8] ^= 1 << bit % 8
    assert Decoder().decode(bytes(telegram), KEY).outcome == "wrong_key"


@pytest.mark.parametrize("config", ["2005", "2007 10", "0010", "0018", "0002"])
@pytest.mark.parametrize("key", [KEY, None])
def test_a_clear_body_under_an_encrypted_header_is_read(config, key):
    answer = Decoder().decode(framed(METER, bytes.fromhex("7a0100" + config) + padded(RECORDS)), key)
    assert (answer.outcome, answer.total_milli, answer.security) == ("decoded", LITRES, "clear")


def test_a_clear_body_under_an_encrypted_link_layer_is_read():
    telegram = bytearray(ell(METER, b"\x78" + RECORDS, None))
    telegram[16] |= 0x20
    answer = Decoder().decode(bytes(telegram), None)
    assert (answer.total_milli, answer.security) == (LITRES, "clear")


def test_an_open_link_layer_with_a_wrong_checksum_is_malformed():
    telegram = bytearray(ell(METER, b"\x78" + RECORDS, None))
    telegram[-1] ^= 1
    assert Decoder().decode(bytes(telegram), None).outcome == "malformed"


@pytest.mark.parametrize("mode", [2, 4, 8, 13, 16, 29])
def test_modes_that_are_not_read_are_reported(mode):
    body = bytes.fromhex("3f00112233445566778899aabbccddee")
    extension = b"\0" if mode == 13 else b""
    answer = Decoder().decode(framed(METER, bytes((0x7A, 1, 0, 0x10, mode)) + extension + body), KEY)
    assert (answer.outcome, answer.total_milli) == ("unsupported", None)
    assert f"mode {mode}" in answer.message


def test_mode5_without_encrypted_blocks_is_clear():
    answer = Decoder().decode(framed(METER, bytes.fromhex("7a01000005") + RECORDS), None)
    assert answer.total_milli == LITRES


def test_an_incomplete_last_block_is_left_out():
    records = RECORDS[:6] + bytes.fromhex("02fd170000") * 6
    answer = Decoder().decode(mode5(METER, records, KEY)[:-5], KEY)
    assert (answer.outcome, answer.total_milli) == ("decoded", LITRES)
    assert "incomplete" in answer.message


def test_mode7_without_its_mac_is_not_trusted():
    telegram = mode7(METER, RECORDS, KEY, counter=77)[0]
    answer = Decoder().decode(framed(METER, telegram[27:]), KEY)
    assert (answer.outcome, answer.total_milli) == ("unsupported", None)


def test_fragments_are_joined():
    decoder = Decoder()
    parts = mode7(METER, RECORDS, KEY, counter=5, parts=3)
    answers = [decoder.decode(part, KEY) for part in (parts[0], parts[1], parts[1], parts[2])]
    assert [answer.total_milli for answer in answers] == [None, None, None, LITRES]
    assert "still to come" in answers[0].message
    alone = decoder.decode(parts[2], KEY)
    assert (alone.outcome, alone.total_milli) == ("malformed", None)


def test_fragments_of_two_meters_do_not_mix():
    decoder = Decoder()
    other = link_address(manufacturer="SRG", meter_id="20260043", version=0x1A, medium=0x07)
    mine = mode7(METER, RECORDS, KEY, counter=5, parts=2)
    theirs = mode7(other, RECORDS, OTHER_KEY, counter=5, parts=2)
    for telegram, key in ((mine[0], KEY), (theirs[0], OTHER_KEY)):
        decoder.decode(telegram, key)
    assert decoder.decode(mine[1], KEY).total_milli == LITRES
    assert decoder.decode(theirs[1], OTHER_KEY).meter_id == "20260043"


def test_the_key_is_asked_for_the_meter_inside():
    asked = []
    Decoder().decode_finding(SEALED["mode5 by a radio adapter"], lambda address: asked.append(address.key))
    assert asked == ["SRG-20260042-1a-07"]
    Decoder().decode_finding(plain(METER, RECORDS), lambda address: pytest.fail("an open telegram needs no key"))


def test_a_compact_frame_inside_the_counter_mode():
    decoder = Decoder()
    decoder.decode(ell(METER, b"\x78" + RECORDS, KEY, session=8), KEY)
    assert decoder.decode(ell(METER, compact(), KEY, session=9), KEY).total_milli == LITRES


@given(st.binary(max_size=70), st.binary(min_size=16, max_size=16))
def test_cmac_is_the_one_of_the_library(message, key):
    assert Key(key).cmac(message) == cmac(key, message)
