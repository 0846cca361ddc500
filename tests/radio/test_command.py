"""The command: one answer for each line, in order, whatever the lines hold."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from sorgente.interfaces.commands.benches.radio import measure
from sorgente.interfaces.commands.radio_decode import BadKeyFile, answer_all, load_keys
from sorgente.radio.encode import mode5, plain
from tests.radio.vectors import KEY, METER, OTHER_KEY, RECORDS

OPEN, SEALED = plain(METER, RECORDS).hex(), mode5(METER, RECORDS, KEY).hex()


def ask(*lines, keys=None):
    source = io.BytesIO("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode())
    target = io.BytesIO()
    answer_all(source, target, keys or {})
    return [json.loads(line) for line in target.getvalue().splitlines()]


def test_the_contract():
    (answer,) = ask({"telegram_hex": SEALED, "key": KEY.hex()})
    assert answer["outcome"] == "decoded"
    assert (answer["meter_id"], answer["manufacturer"], answer["medium"]) == ("20260042", "SRG", "water")
    assert answer["total_m3"] == "123.456"
    assert "total_kwh" not in answer
    assert answer["status"] == []
    assert answer["read_at"] == "2026-03-31T23:59:00"
    assert answer["records"][0] == {
        "quantity": "volume", "unit": "m3", "value": "123.456", "storage": 0, "tariff": 0, "subunit": 0,
        "function": "instantaneous", "modifiers": [],
    }  # fmt: skip
    assert answer["records"][1]["value"] == "2026-03-31T23:59:00"
    assert answer["message"] == "Decoded."


def test_bad_lines_are_answered_in_their_place():
    answers = ask(
        {"telegram_hex": OPEN}, "not json", {"hex": OPEN}, [1], {"telegram_hex": 5}, {"telegram_hex": "xyz"},
        {"telegram_hex": SEALED, "key": "zz"}, {"telegram_hex": SEALED, "key": 5}, {"telegram_hex": "00"},
        {"telegram_hex": OPEN},
    )  # fmt: skip
    assert [answer["outcome"] for answer in answers] == [
        "decoded", "malformed", "malformed", "malformed", "malformed", "malformed", "wrong_key", "wrong_key",
        "malformed", "decoded",
    ]  # fmt: skip
    assert all(answer["message"] for answer in answers)
    assert not any("total_m3" in answer for answer in answers[1:-1])


def test_small_values_are_not_written_with_an_exponent():
    (answer,) = ask({"telegram_hex": plain(METER, bytes.fromhex("0410 01000000 0417 00000000 04fb01 02000000")).hex()})
    assert [record["value"] for record in answer["records"]] == ["0.000001", "0", "2000"]


def test_keys_from_a_file(tmp_path):
    named = tmp_path / "keys.csv"
    named.write_text(f"meter_id;key\n20260042;{KEY.hex()}\n99;{OTHER_KEY.hex()}\n")
    keys = load_keys(named)
    assert keys == {"20260042": KEY, "00000099": OTHER_KEY}
    asked = {"telegram_hex": SEALED}
    assert [a["outcome"] for a in ask(asked, {**asked, "key": OTHER_KEY.hex()}, keys=keys)] == ["decoded", "wrong_key"]
    as_json = tmp_path / "keys.json"
    as_json.write_text(json.dumps({"20260042": KEY.hex()}))
    assert load_keys(as_json) == {"20260042": KEY}
    bare = tmp_path / "bare.csv"
    bare.write_text(f"20260042,{KEY.hex()}\n")
    assert load_keys(bare) == {"20260042": KEY}


@pytest.mark.parametrize("text", ["{broken", '{"20260042": "12"}', "meter_id,key\n20260042,12\n"])
def test_a_bad_key_file_is_refused_without_telling_keys(tmp_path, text):
    named = tmp_path / "keys"
    named.write_text(text)
    with pytest.raises(BadKeyFile) as caught:
        load_keys(named)
    assert caught.value.code == "radio.keys.bad-file"
    assert str(named) in str(caught.value)


def test_a_missing_key_file_is_refused(tmp_path):
    with pytest.raises(BadKeyFile, match="cannot be read"):
        load_keys(tmp_path / "none.csv")


def test_a_stream_is_answered_as_it_comes():
    command = [sys.executable, "-m", "sorgente.interfaces.commands.main", "radio", "decode"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for _ in range(2):
            process.stdin.write(json.dumps({"telegram_hex": OPEN}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["total_m3"] == "123.456"
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_the_core_starts_without_django():
    script = "import sys, sorgente.interfaces.commands.radio_decode; print('django' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_the_measurement_decodes_what_it_makes():
    done, seconds, unit = measure(25)
    assert (done, unit) == (25, "telegrams/s")
    assert seconds > 0
