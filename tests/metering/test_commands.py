"""The commands, as a user calls them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import numpy as np
import pytest

from sorgente.interfaces.commands.main import main
from sorgente.metering.models import Device, Installation, Read
from sorgente.metering.usecases.devices import NewMeter
from sorgente.metering.usecases.load_meters import PlacedMeter, load_meters
from sorgente.radio.encode import bcd_bytes, link_address, plain
from tests.metering.builders import count_reads, make_metered_points, put_reads

pytestmark = pytest.mark.django_db


@pytest.fixture
def meter():
    _, registers = make_metered_points(1, installed_on=date(2026, 1, 1))
    put_reads(registers, date(2026, 1, 1), np.array([100_000]))
    device = Device.objects.get(registers=int(registers[0]))
    Device.objects.filter(pk=device.pk).update(serial="A17", radio_id="00012345", manufacturer="BMT")
    return int(registers[0])


def answers(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_reads_import(meter, tmp_path, capsys):
    file = tmp_path / "giro.csv"
    file.write_text("MATRICOLA;DATA_LETTURA;LETTURA;ESITO\nA17;10/02/2026;118;L\nB99;10/02/2026;5;L\n")
    before = count_reads()
    assert main(["reads", "import", str(file), "--profile", "valdoro_csv", "--dry-run"]) == 0
    first, _, last = answers(capsys)
    assert (first["serial"], first["index_milli"], last["accepted"], count_reads()) == ("A17", 118_000, 1, before)
    assert main(["reads", "import", str(file), "--profile", "valdoro_csv"]) == 0
    (answer,) = answers(capsys)
    assert (answer["lines"], answer["accepted"], answer["rejected"]) == (2, 1, 1)
    assert "unknown-meter" in (tmp_path / "giro.csv.rejects.csv").read_text(encoding="utf-8-sig")
    assert main(["reads", "import", str(file), "--profile", "valdoro_csv"]) == 0
    assert answers(capsys)[0]["imported_before_at"]
    assert count_reads() == before + 1


def test_reads_import_says_what_is_wrong(tmp_path, capsys):
    file = tmp_path / "giro.csv"
    file.write_bytes("MATRICOLA;DATA_LETTURA;LETTURA;ESITO\nà;10/02/2026;118;L\n".encode("cp1252"))
    assert main(["reads", "import", str(file), "--profile", "valdoro_csv"]) == 1
    assert "looks like cp1252" in capsys.readouterr().err
    assert main(["reads", "import", str(file), "--profile", "nowhere"]) == 1
    assert main(["reads", "import", str(tmp_path / "none.csv"), "--profile", "valdoro_csv"]) == 2


def test_telegrams_import(meter, tmp_path, capsys):
    address = link_address(manufacturer="BMT", meter_id="00012345", version=1, medium=7)
    file, keys = tmp_path / "car.log", tmp_path / "keys.csv"
    heard = plain(address, b"\x0c\x13" + bcd_bytes(118_432, 4)).hex()
    file.write_text(json.dumps({"telegram_hex": heard, "heard_at": "2026-02-10T09:00:00Z"}) + "\nnot hex\n")
    keys.write_text(f"serial;key\nA17;{'0' * 32}\nB99;{'1' * 32}\n")
    assert main(["telegrams", "import", str(file), "--keys", str(keys)]) == 0
    stored, answer = answers(capsys)
    assert (stored["lines"], stored["stored"]) == (2, 1)
    assert (answer["lines"], answer["accepted"], answer["unreadable"], answer["outcomes"]) == (2, 1, 1, {"read": 1})
    assert "unreadable" in (tmp_path / "car.log.problems.csv").read_text(encoding="utf-8-sig")
    assert "1" * 32 not in (tmp_path / "keys.csv.problems.csv").read_text(encoding="utf-8-sig")
    assert Read.objects.latest("id").read_on == date(2026, 2, 10)


def test_telegrams_import_says_what_is_wrong(tmp_path, capsys):
    assert main(["telegrams", "import"]) == 2
    assert main(["telegrams", "import", str(tmp_path / "none.log")]) == 2
    keys = tmp_path / "keys.csv"
    keys.write_text("meter;secret\nA17;0\n")
    assert main(["telegrams", "import", "--keys", str(keys)]) == 1
    assert "serial or radio_id" in capsys.readouterr().err


def test_many_meters_at_once():
    points, _ = make_metered_points(2, installed_on=date(2020, 1, 1))
    Installation.objects.all().delete()
    placed = [
        PlacedMeter(NewMeter(serial="L1", radio_id="00000001"), int(points[0]), date(2026, 1, 1), 5_000, b"k" * 16),
        PlacedMeter(NewMeter(serial="L2", made_in_year=2020, digits=4), int(points[1]), date(2026, 1, 2), 0),
    ]
    registers = load_meters(placed, recorded_at=datetime(2026, 1, 2, tzinfo=UTC))
    reads = Read.objects.filter(register_id__in=registers).order_by("read_on")
    assert [(read.register_id, read.index_milli, read.kind) for read in reads] == [
        (registers[0], 5_000, "install"),
        (registers[1], 0, "install"),
    ]
    first, second = Device.objects.filter(serial__in=["L1", "L2"]).order_by("serial")
    assert (first.radio_key is not None, second.radio_key, second.made_in_year) == (True, None, 2020)
    assert load_meters([], recorded_at=datetime(2026, 1, 2, tzinfo=UTC)) == []
