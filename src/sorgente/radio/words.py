"""The words of the header: media, makers' letters, the status byte, application errors.

source  EN 13757-3 (medium, status, application error), EN 13757-7; reference data of the field, see README.md
"""

from __future__ import annotations

from functools import lru_cache

from sorgente.radio.answer import Address

MEDIA: dict[int, str] = {
    0x00: "other", 0x01: "oil", 0x02: "electricity", 0x03: "gas", 0x04: "heat", 0x05: "steam",
    0x06: "warm_water", 0x07: "water", 0x08: "heat_cost_allocator", 0x09: "compressed_air",
    0x0A: "cooling", 0x0B: "cooling", 0x0C: "heat", 0x0D: "heat_cooling", 0x0E: "bus", 0x0F: "unknown",
    0x10: "irrigation_water", 0x11: "water_logger", 0x12: "gas_logger", 0x13: "gas_converter",
    0x14: "calorific_value", 0x15: "hot_water", 0x16: "cold_water", 0x17: "dual_register_water",
    0x18: "pressure", 0x19: "analog_digital_converter", 0x1A: "smoke_detector", 0x1B: "room_sensor",
    0x1C: "gas_detector", 0x20: "breaker", 0x21: "valve", 0x25: "customer_unit", 0x28: "waste_water",
    0x29: "garbage", 0x2A: "carbon_dioxide", 0x31: "communication_controller", 0x32: "unidirectional_repeater",
    0x33: "bidirectional_repeater", 0x36: "radio_converter", 0x37: "radio_converter_meter_side",
}  # fmt: skip

_APPLICATION = ((), ("busy",), ("application_error",), ("abnormal_condition",))
_BITS = ((0x04, "low_battery"), (0x08, "permanent_error"), (0x10, "temporary_error"))
_MAKER_BITS = ((0x20, "maker_bit_5"), (0x40, "maker_bit_6"), (0x80, "maker_bit_7"))

APPLICATION_ERRORS: dict[int, str] = {
    0x00: "unspecified error", 0x01: "the CI field is not implemented", 0x02: "its buffer is too short",
    0x03: "too many records", 0x04: "a record ended too early", 0x05: "more than ten DIFE", 0x06: "more than ten VIFE",
    0x08: "the application is busy", 0x09: "too many readouts",
}  # fmt: skip


def medium_word(code: int) -> str:
    """Return the medium's word, `reserved_xx` for a number nobody has given a meaning to."""
    return MEDIA.get(code) or f"reserved_{code:02x}"


def _status_words(status: int) -> tuple[str, ...]:
    named = tuple(word for bit, word in _BITS + _MAKER_BITS if status & bit)
    return _APPLICATION[status & 3] + named


STATUS_WORDS: tuple[tuple[str, ...], ...] = tuple(_status_words(status) for status in range(256))


@lru_cache(maxsize=4096)
def maker_letters(code: int) -> str:
    """Return the maker's three letters, five bits each (EN 62056-21 flag)."""
    return chr(64 + (code >> 10 & 31)) + chr(64 + (code >> 5 & 31)) + chr(64 + (code & 31))


def read_address(maker: bytes, number: bytes, version: int, medium: int) -> Address:
    """Return the address of a header. The number is BCD, lowest digits first; some makers use hex digits in it."""
    return Address(maker_letters(maker[0] | (maker[1] & 0x7F) << 8), number[::-1].hex(), version, medium)
