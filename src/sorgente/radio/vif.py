"""What a value means: the VIF tables of EN 13757-3 (primary, FB, FD) and the combinable extensions (VIFE).

A row covers a run of codes. `exponent` is the power of ten of its first code and rises by one each code;
rows of time units list their units instead. Energies are shown in kWh or MJ, volumes in m3.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Form(IntEnum):
    """How the data bytes are to be read."""

    NUMBER = 0
    DATE = 1
    INSTANT = 2
    IDENTIFIER = 3  # BCD and text as they stand, binary unsigned
    UNSIGNED = 4


class Meaning(NamedTuple):
    quantity: str
    unit: str
    exponent: int = 0
    form: Form = Form.NUMBER


_TIME = ("s", "min", "h", "d")
UNKNOWN = Meaning("unknown", "")
MAKER = Meaning("maker_specific", "")

# first code, number of codes, quantity, unit, exponent of the first code
_PRIMARY_ROWS: tuple[tuple[int, int, str, str, int], ...] = (
    (0x00, 8, "energy", "kWh", -6),
    (0x08, 8, "energy", "MJ", -6),
    (0x10, 8, "volume", "m3", -6),
    (0x18, 8, "mass", "kg", -3),
    (0x28, 8, "power", "kW", -6),
    (0x30, 8, "power", "MJ/h", -6),
    (0x38, 8, "volume_flow", "m3/h", -6),
    (0x40, 8, "volume_flow", "m3/min", -7),
    (0x48, 8, "volume_flow", "m3/s", -9),
    (0x50, 8, "mass_flow", "kg/h", -3),
    (0x58, 4, "flow_temperature", "°C", -3),
    (0x5C, 4, "return_temperature", "°C", -3),
    (0x60, 4, "temperature_difference", "K", -3),
    (0x64, 4, "external_temperature", "°C", -3),
    (0x68, 4, "pressure", "bar", -3),
)
_PRIMARY_TIMES = (
    (0x20, "on_time"),
    (0x24, "operating_time"),
    (0x70, "averaging_duration"),
    (0x74, "actuality_duration"),
)
_PRIMARY_SINGLES: dict[int, Meaning] = {
    0x6C: Meaning("date", "", 0, Form.DATE),
    0x6D: Meaning("date_time", "", 0, Form.INSTANT),
    0x6E: Meaning("heat_cost_units", "", 0),
    0x6F: UNKNOWN,
    0x78: Meaning("fabrication_number", "", 0, Form.IDENTIFIER),
    0x79: Meaning("enhanced_identification", "", 0, Form.IDENTIFIER),
    0x7A: Meaning("bus_address", "", 0, Form.UNSIGNED),
    0x7E: Meaning("any", ""),
    0x7F: MAKER,
}
_FB_ROWS: tuple[tuple[int, int, str, str, int], ...] = (
    (0x00, 2, "energy", "kWh", 2),
    (0x02, 2, "reactive_energy", "kvarh", 0),
    (0x04, 2, "apparent_energy", "kVAh", 0),
    (0x08, 2, "energy", "MJ", 2),
    (0x0C, 4, "energy", "Mcal", -1),
    (0x10, 2, "volume", "m3", 2),
    (0x14, 4, "reactive_power", "kvar", -3),
    (0x18, 2, "mass", "kg", 5),
    (0x1A, 2, "relative_humidity", "%", -1),
    (0x20, 1, "volume", "ft3", 0),
    (0x21, 1, "volume", "ft3", -1),
    (0x22, 2, "volume", "gal", -1),
    (0x24, 1, "volume_flow", "gal/min", -3),
    (0x25, 1, "volume_flow", "gal/min", 0),
    (0x26, 1, "volume_flow", "gal/h", 0),
    (0x28, 2, "power", "kW", 2),
    (0x2A, 1, "phase_voltage_to_voltage", "°", -1),
    (0x2B, 1, "phase_voltage_to_current", "°", -1),
    (0x2C, 4, "frequency", "Hz", -3),
    (0x30, 2, "power", "MJ/h", 2),
    (0x34, 4, "apparent_power", "kVA", -3),
    (0x58, 4, "flow_temperature", "°F", -3),
    (0x5C, 4, "return_temperature", "°F", -3),
    (0x60, 4, "temperature_difference", "°F", -3),
    (0x64, 4, "external_temperature", "°F", -3),
    (0x70, 4, "temperature_limit", "°F", -3),
    (0x74, 4, "temperature_limit", "°C", -3),
    (0x78, 8, "maximum_power_counter", "kW", -6),
)
_FD_ROWS: tuple[tuple[int, int, str, str, int], ...] = (
    (0x00, 4, "credit", "", -3),
    (0x04, 4, "debit", "", -3),
    (0x40, 16, "voltage", "V", -9),
    (0x50, 16, "current", "A", -12),
)
_FD_TIMES = ((0x2C, "since_latest_readout"), (0x30, "tariff_duration"))
_FD_SINGLES: dict[int, Meaning] = {
    0x08: Meaning("access_number", "", 0, Form.UNSIGNED),
    0x09: Meaning("medium", "", 0, Form.UNSIGNED),
    0x0A: Meaning("manufacturer", "", 0, Form.IDENTIFIER),
    0x0B: Meaning("parameter_set", "", 0, Form.IDENTIFIER),
    0x0C: Meaning("model", "", 0, Form.IDENTIFIER),
    0x0D: Meaning("hardware_version", "", 0, Form.IDENTIFIER),
    0x0E: Meaning("metrology_version", "", 0, Form.IDENTIFIER),
    0x0F: Meaning("software_version", "", 0, Form.IDENTIFIER),
    0x10: Meaning("customer_location", "", 0, Form.IDENTIFIER),
    0x11: Meaning("customer", "", 0, Form.IDENTIFIER),
    0x12: Meaning("access_code_user", "", 0, Form.IDENTIFIER),
    0x13: Meaning("access_code_operator", "", 0, Form.IDENTIFIER),
    0x14: Meaning("access_code_system", "", 0, Form.IDENTIFIER),
    0x15: Meaning("access_code_developer", "", 0, Form.IDENTIFIER),
    0x16: Meaning("password", "", 0, Form.IDENTIFIER),
    0x17: Meaning("error_flags", "", 0, Form.UNSIGNED),
    0x18: Meaning("error_mask", "", 0, Form.UNSIGNED),
    0x19: Meaning("security_key", "", 0, Form.IDENTIFIER),
    0x1A: Meaning("digital_output", "", 0, Form.UNSIGNED),
    0x1B: Meaning("digital_input", "", 0, Form.UNSIGNED),
    0x1C: Meaning("baud_rate", "Bd", 0, Form.UNSIGNED),
    0x1D: Meaning("response_delay", "bit", 0, Form.UNSIGNED),
    0x1E: Meaning("retries", "", 0, Form.UNSIGNED),
    0x1F: Meaning("remote_control", "", 0, Form.UNSIGNED),
    0x20: Meaning("first_cyclic_storage", "", 0, Form.UNSIGNED),
    0x21: Meaning("latest_cyclic_storage", "", 0, Form.UNSIGNED),
    0x22: Meaning("storage_block_size", "", 0, Form.UNSIGNED),
    0x23: Meaning("descriptor", "", 0, Form.UNSIGNED),
    0x24: Meaning("storage_interval", "s"),
    0x25: Meaning("storage_interval", "min"),
    0x26: Meaning("storage_interval", "h"),
    0x27: Meaning("storage_interval", "d"),
    0x28: Meaning("storage_interval", "month"),
    0x29: Meaning("storage_interval", "year"),
    0x2A: Meaning("operator_data", "", 0, Form.IDENTIFIER),
    0x2B: Meaning("second_of_clock", "s", 0, Form.UNSIGNED),
    0x30: Meaning("tariff_start", "", 0, Form.INSTANT),
    0x3A: Meaning("dimensionless", ""),
    0x3B: Meaning("window_start", ""),
    0x3C: Meaning("window_end", ""),
    0x60: Meaning("reset_counter", "", 0, Form.UNSIGNED),
    0x61: Meaning("cumulation_counter", "", 0, Form.UNSIGNED),
    0x62: Meaning("control_signal", "", 0, Form.UNSIGNED),
    0x63: Meaning("day_of_week", "", 0, Form.UNSIGNED),
    0x64: Meaning("week_number", "", 0, Form.UNSIGNED),
    0x65: Meaning("day_change", "", 0, Form.UNSIGNED),
    0x66: Meaning("parameter_activation", "", 0, Form.UNSIGNED),
    0x67: Meaning("supplier_information", "", 0, Form.IDENTIFIER),
    0x68: Meaning("since_latest_cumulation", "h"),
    0x69: Meaning("since_latest_cumulation", "d"),
    0x6A: Meaning("since_latest_cumulation", "month"),
    0x6B: Meaning("since_latest_cumulation", "year"),
    0x6C: Meaning("battery_operating_time", "h"),
    0x6D: Meaning("battery_operating_time", "d"),
    0x6E: Meaning("battery_operating_time", "month"),
    0x6F: Meaning("battery_operating_time", "year"),
    0x70: Meaning("battery_changed_at", "", 0, Form.INSTANT),
    0x71: Meaning("signal_strength", "dBm"),
    0x72: Meaning("daylight_saving", "", 0, Form.IDENTIFIER),
    0x73: Meaning("listening_window", "", 0, Form.UNSIGNED),
    0x74: Meaning("battery_life_left", "d"),
    0x75: Meaning("meter_stops", "", 0, Form.UNSIGNED),
    0x76: Meaning("maker_container", "", 0, Form.IDENTIFIER),
}


def _table(
    rows: tuple[tuple[int, int, str, str, int], ...],
    times: tuple[tuple[int, str], ...],
    singles: dict[int, Meaning],
) -> tuple[Meaning, ...]:
    table = [UNKNOWN] * 128
    for first, count, quantity, unit, exponent in rows:
        for step in range(count):
            table[first + step] = Meaning(quantity, unit, exponent + step)
    for first, quantity in times:
        for step, unit in enumerate(_TIME):
            table[first + step] = Meaning(quantity, unit)
    for code, meaning in singles.items():
        table[code] = meaning
    return tuple(table)


PRIMARY = _table(_PRIMARY_ROWS, _PRIMARY_TIMES, _PRIMARY_SINGLES)
FB = _table(_FB_ROWS, (), {})
FD = _table(_FD_ROWS, _FD_TIMES, _FD_SINGLES)

# Combinable extensions that restrict the value or say what it is of. Those that only scale (70-77, 7D)
# and the maker's own (7F) are handled where they are read.
VIFE_WORDS: dict[int, str] = {
    0x20: "per_second", 0x21: "per_minute", 0x22: "per_hour", 0x23: "per_day", 0x24: "per_week", 0x25: "per_month",
    0x26: "per_year", 0x27: "per_revolution", 0x28: "per_input_pulse_0", 0x29: "per_input_pulse_1",
    0x2A: "per_output_pulse_0", 0x2B: "per_output_pulse_1", 0x2C: "per_litre", 0x2D: "per_m3", 0x2E: "per_kg",
    0x2F: "per_kelvin", 0x30: "per_kwh", 0x31: "per_gj", 0x32: "per_kw", 0x33: "per_kelvin_litre", 0x34: "per_volt",
    0x35: "per_ampere", 0x36: "times_second", 0x37: "times_second_per_volt", 0x38: "times_second_per_ampere",
    0x39: "start_of", 0x3A: "uncorrected", 0x3B: "forward", 0x3C: "backward", 0x3D: "other_units",
    0x3E: "base_conditions", 0x3F: "obis", 0x40: "lower_limit", 0x48: "upper_limit", 0x41: "exceeds_of_lower",
    0x49: "exceeds_of_upper", 0x7E: "future",
}  # fmt: skip
# A value that comes with one of these is the meter saying that it has none (EN 13757-3, record errors).
RECORD_ERRORS: dict[int, str] = {
    0x01: "too_many_dife", 0x02: "storage_not_implemented", 0x03: "subunit_not_implemented",
    0x04: "tariff_not_implemented", 0x05: "function_not_implemented", 0x06: "data_class_not_implemented",
    0x07: "data_size_not_implemented", 0x0B: "too_many_vife", 0x0C: "illegal_vif_group",
    0x0D: "illegal_vif_exponent", 0x0E: "vif_and_dif_mismatch", 0x0F: "action_not_implemented",
    0x15: "no_data", 0x16: "overflow", 0x17: "underflow", 0x18: "data_error", 0x1C: "premature_end",
}  # fmt: skip
# Restrictions under which a cumulated value still is the register a bill is made of: forward flow only,
# and gas reduced to base conditions.
STILL_THE_INDEX = frozenset({"forward", "base_conditions"})


def vife_word(code: int) -> str:
    """Return the word of a combinable extension that restricts a value."""
    word = VIFE_WORDS.get(code)
    if word:
        return word
    if 0x41 <= code <= 0x4F:
        return "limit_exceeded"
    if 0x50 <= code <= 0x6F:
        return "event_detail"
    if 0x78 <= code <= 0x7B:
        return "additive_correction"
    return f"vife_{code:02x}"
