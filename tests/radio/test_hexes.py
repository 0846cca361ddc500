"""Hex as it is found in logs."""

from __future__ import annotations

import pytest

from sorgente.radio import NotHex, clean_hex

BYTES = bytes.fromhex("2e44a5119870")


@pytest.mark.parametrize(
    "text",
    [
        "2E44A5119870",
        " 2e 44 a5 11 98 70\n",
        "2E:44:A5:11:98:70",
        "2E-44-A5-11-98-70",
        "0x2E,0x44,0xA5,0x11,0x98,0x70",
        "0x2e44a5119870",
        "|2E44A5119870|",
        "2E44_A5119870",
        "2E44A51198707",
        "telegram=|2E44A5119870|+53",
        "(wmbus) telegram=|2E44_A511_9870| from meter",
        "T1;1;1;2026-03-31 23:59:00.000;117;102;94740459;0x2e44a5119870",
        '{"telegram":"2E44A5119870","rssi":-84}',
    ],
)
def test_clean_hex(text):
    assert clean_hex(text) == BYTES


@pytest.mark.parametrize("text", ["", "   ", "hello", "2E4G", "7", "telegram=||"])
def test_what_is_not_hex_is_refused(text):
    with pytest.raises(NotHex) as caught:
        clean_hex(text)
    assert caught.value.code == "radio.telegram.not-hex"
    assert "two for each byte" in caught.value.next_step
