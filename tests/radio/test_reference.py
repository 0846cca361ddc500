"""The public sample telegrams, where they lie beside the project."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from sorgente.radio import Decoder, clean_hex
from sorgente.radio.crc import crc16
from sorgente.radio.formats import shipped_formats
from tests.shared_files import shared

FILES = ("telegrams", "telegrams_encrypted", "telegrams_other", "oms_examples", "libmbus_frames")
_TOTALS = (
    ("total_m3", 1), ("total_energy_consumption_kwh", 1), ("total_kwh", 1), ("total_heating_kwh", 1),
    ("total_energy_kwh", 1), ("total_energy_consumption_mj", "3.6"), ("total_mj", "3.6"), ("total_energy_mj", "3.6"),
)  # fmt: skip


def samples(name):
    with shared(f"reference/samples/wmbus/{name}.jsonl").open() as lines:
        return [json.loads(line) for line in lines]


def key_of(sample):
    return bytes.fromhex(sample["key"]) if sample.get("key") else None


def bytes_of(sample):
    return clean_hex(sample.get("telegram_hex") or sample.get("frame_hex"))


def expected_thousandths(sample):
    for name, divisor in _TOTALS:
        value = (sample.get("expected") or {}).get(name)
        if isinstance(value, int | float):
            return name.endswith("m3"), Decimal(str(value)) * 1000 / Decimal(divisor)
    return None, None


@pytest.mark.parametrize("name", FILES)
def test_totals_are_right_or_missing(name):
    decoder = Decoder()
    wrong, missed = [], []
    for sample in samples(name):
        for earlier in sample.get("preceding_telegrams") or []:
            decoder.decode(clean_hex(earlier), key_of(sample))
        answer = decoder.decode(bytes_of(sample), key_of(sample))
        volume, expected = expected_thousandths(sample)
        if expected is None:
            continue
        found = answer.total_milli if volume else answer.total_wh
        if found is None:
            missed += [sample["uid"]] if sample.get("standard_decodable") else []
        elif abs(found - expected) > max(Decimal("0.5"), abs(expected) / 1_000_000):
            wrong.append(sample["uid"])
    assert (wrong, missed) == ([], [])


@pytest.mark.parametrize("name", FILES[:3])
def test_a_wrong_key_is_named_for_every_encrypted_sample(name):
    for sample in samples(name):
        if sample.get("key_state") == "encrypted-with-key":
            wrong = bytes(byte ^ 0x5A for byte in key_of(sample))
            answer = Decoder().decode(bytes_of(sample), wrong)
            assert (answer.outcome, answer.total_milli, answer.total_wh) == ("wrong_key", None, None), sample["uid"]


def test_every_encrypted_sample_opens_with_its_key():
    for sample in samples("telegrams_encrypted"):
        answer = Decoder().decode(bytes_of(sample), key_of(sample))
        assert (answer.outcome, answer.meter_id) == ("decoded", sample["meter_id"]), sample["uid"]


def test_wired_samples_agree_record_by_record():
    compared = 0
    for sample in samples("libmbus_frames"):
        answer = Decoder().decode(bytes_of(sample), None)
        if sample["kind"] != "ok":
            assert (answer.total_milli, answer.total_wh) == (None, None)
            continue
        expected = sample["expected"]["records"]
        assert answer.outcome == "decoded", sample["name"]
        assert answer.meter_id == sample["expected"]["device"]["Id"].zfill(8).lower(), sample["name"]
        for record, other in zip(answer.records, expected, strict=False):
            if record.unit == "m3" and other["Unit"] == "m^3" and isinstance(record.value, Decimal):
                assert abs(record.value - Decimal(other["Value"])) < Decimal("0.000001"), sample["name"]
                assert str(record.storage) == other["StorageNumber"]
                compared += 1
    assert compared > 40


def test_the_shipped_formats_are_the_known_ones():
    known = json.loads(shared("reference/samples/wmbus/compact_formats.json").read_text())
    assert {f"{signature:04X}": headers.hex().upper() for signature, headers in shipped_formats().items()} == known
    assert all(crc16(bytes.fromhex(headers)) == int(signature, 16) for signature, headers in known.items())


@pytest.mark.parametrize("name", FILES)
def test_no_cut_sample_breaks_the_decoder(name):
    decoder = Decoder()
    for sample in samples(name):
        data = bytes_of(sample)
        for size in range(0, len(data), 7):
            assert decoder.decode(data[:size], key_of(sample)).message
