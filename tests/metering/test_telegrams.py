"""Telegrams in: evidence, keys, outcomes, the read of the day, learnt formats."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sorgente.metering.core.telegram_lines import UnreadableLine, telegram_lines
from sorgente.metering.models import Device, Read, RecordFormat, Telegram
from sorgente.metering.usecases.import_meter_keys import import_meter_keys
from sorgente.metering.usecases.import_telegrams import import_telegrams
from sorgente.radio.encode import bcd_bytes, link_address, mode5, plain
from tests.metering.builders import make_metered_points, put_reads
from tests.shared_files import shared

NOW = datetime(2026, 4, 2, 8, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
KEY = bytes(range(16))
WATER = 7


def address(number, maker="BMT"):
    return link_address(manufacturer=maker, meter_id=number, version=1, medium=WATER)


def volume(litres):
    return b"\x0c\x13" + bcd_bytes(litres, 4)


def sealed(number, litres, access=1, key=KEY):
    return mode5(address(number), volume(litres), key, access=access).hex()


def open_(number, litres, access=1):
    return plain(address(number), volume(litres), access=access).hex()


@pytest.fixture
def fleet(db):
    """Three radio meters at 100 m3 on 1 January; 00000001 and 00000002 with a key."""
    _, registers = make_metered_points(3, installed_on=date(2026, 1, 1))
    put_reads(registers, date(2026, 1, 1), np.full(3, 100_000))
    for number, device in enumerate(Device.objects.filter(registers__in=registers.tolist()).order_by("id"), 1):
        Device.objects.filter(pk=device.pk).update(radio_id=f"{number:08d}", manufacturer="BMT", serial=f"S{number}")
    keys = f"serial;key\nS1;{KEY.hex()}\nS2;{KEY.hex()}\n"
    assert import_meter_keys(content=keys.encode(), file_name="keys.csv").stored == 2
    return registers


def take(*lines, at=NOW):
    return import_telegrams(lines=lines, received_at=at)


def outcomes(result):
    return dict(result.outcomes)


def test_a_telegram_becomes_the_read_of_the_day(fleet):
    result = take(sealed("00000001", 118_432))
    assert (result.lines, outcomes(result), result.accepted) == (1, {"read": 1}, 1)
    read = Read.objects.latest("id")
    assert (read.register_id, read.index_milli, read.kind) == (fleet[0], 118_432, "radio")
    assert read.read_on == date(2026, 4, 2)
    assert bytes(read.telegram.raw).hex() == sealed("00000001", 118_432)


def test_every_outcome_is_counted_and_listed(fleet):
    lines = [
        sealed("00000001", 118_432),
        sealed("00000002", 5, key=bytes(16)),
        open_("00000009", 5),
        open_("00000003", 118_500)[:-6],
        "no hex at all",
        "",
        "# a comment",
        sealed("00000001", 118_432),
    ]
    result = take(*lines)
    assert (result.lines, result.repeated, result.unreadable) == (6, 1, 1)
    assert outcomes(result) == {"read": 1, "wrong_key": 1, "unknown_meter": 1, "malformed": 1}
    assert [(problem.line, problem.outcome) for problem in result.problems] == [
        (2, "wrong_key"), (3, "unknown_meter"), (4, "malformed"), (5, "unreadable"),
    ]  # fmt: skip
    assert all(problem.message for problem in result.problems)
    assert Telegram.objects.count() == 4


def test_the_same_file_twice_changes_nothing(fleet):
    lines = [sealed("00000001", 118_432), open_("00000003", 118_500)]
    take(*lines)
    again = take(*lines, at=NOW + timedelta(days=3))
    assert (again.repeated, again.accepted) == (2, 0)
    assert Telegram.objects.count() == 2


def test_the_latest_telegram_of_a_day_is_its_read(fleet):
    def heard(clock, litres, access):
        line = {"telegram_hex": open_("00000003", litres, access), "heard_at": clock}
        return json.dumps(line)

    result = take(
        heard("2026-03-31T21:59:00Z", 118_000, 1),  # 23:59 in Italy
        heard("2026-03-31T22:01:00Z", 118_001, 2),  # 1 April in Italy
        heard("2026-04-01T09:00:00+02:00", 118_003, 4),
        heard("2026-04-01 08:00:00", 118_002, 3),
    )
    assert outcomes(result) == {"read": 2, "decoded": 2}
    reads = Read.objects.filter(register_id=fleet[2], kind="radio").order_by("read_on")
    assert [(read.read_on, read.index_milli) for read in reads] == [
        (date(2026, 3, 31), 118_000),
        (date(2026, 4, 1), 118_003),
    ]


def test_an_empty_home_that_repeats_itself_is_read_each_day(fleet):
    same = open_("00000003", 100_000)
    lines = [json.dumps({"telegram": same, "timestamp": f"2026-0{month}-01T10:00:00Z"}) for month in (2, 3, 3)]
    result = take(*lines)
    assert (result.accepted, result.repeated) == (2, 1)


def test_a_doubtful_total_is_held_with_its_telegram(fleet):
    result = take(open_("00000003", 99_000))
    assert (outcomes(result), result.accepted, result.held) == ({"read": 1}, 0, 1)
    telegram = Telegram.objects.get()
    assert telegram.message == "below-earlier-one: 99 on 2026-04-02 is below 100 on 2026-01-01."


def test_a_meter_in_the_store_gives_no_read(fleet):
    Device.objects.create(serial="S4", radio_id="00000004", manufacturer="BMT").registers.create()
    result = take(open_("00000004", 5))
    assert outcomes(result) == {"decoded": 1}
    assert "not-installed" in Telegram.objects.get().message


def test_two_makers_may_share_a_number(fleet):
    Device.objects.create(serial="S4", radio_id="00000003", manufacturer="KAM").registers.create()
    take(open_("00000003", 118_500))
    assert Read.objects.latest("id").register_id == fleet[2]


def test_formats_are_learnt_into_the_database(fleet):
    record = b"\x0c\x13" + bcd_bytes(118_500, 4) + b"\x02\x6c\x82\x14"
    full = plain(address("00000003"), record).hex()
    result = take(full)
    assert result.formats_learnt == 1
    assert bytes(RecordFormat.objects.get().headers) == b"\x0c\x13\x02\x6c"
    assert take(plain(address("00000003"), record, access=2).hex()).formats_learnt == 0


def test_logs_as_programs_write_them():
    body = open_("00000003", 118_500)
    lines = [
        f"T1;1;1;2026-04-01 19:00:42.000;97;148;00000003;0x{body}",
        f"telegram=|{body.upper()}|+24",
        "(wmbus) waiting for telegrams",
        f"0x{' '.join(body[i : i + 2] for i in range(0, len(body), 2))}",
        json.dumps({"telegram_hex": body, "heard_at": "2030-01-01T00:00:00Z"}),
        json.dumps({"nothing": 1}),
        "{broken",
        "ab" * 2000,
    ]
    found = list(telegram_lines(lines, received_at=NOW, zone=ROME))
    assert [item.number for item in found] == [1, 2, 4, 5, 6, 7, 8]
    assert {item.data.hex() for item in found[:4]} == {body}
    assert found[0].heard_at == datetime(2026, 4, 1, 17, 0, 42, tzinfo=UTC)
    assert [item.heard_at for item in found[1:4]] == [NOW] * 3
    assert all(isinstance(item, UnreadableLine) and item.message for item in found[4:])


def test_keys_lie_encrypted_and_bad_ones_are_listed_without_them(fleet):
    device = Device.objects.get(serial="S1")
    assert KEY.hex().encode() not in bytes(device.radio_key).lower()
    secret = "FF" * 15
    result = import_meter_keys(
        content=f"radio_id,key\n00000003,{secret}\n00000008,{KEY.hex()}\n00000003,0x{KEY.hex()}\n\n".encode(),
        file_name="keys.csv",
    )
    assert (result.lines, result.stored) == (3, 1)
    assert [problem.line for problem in result.problems] == [2, 3]
    assert "30 characters" in result.problems[0].message
    assert not any(secret in str(problem) or KEY.hex() in str(problem) for problem in result.problems)


def test_the_readers_of_real_samples_agree(fleet):
    """Every standard water telegram whose meter and key we hold becomes a read with the published total."""
    file = shared("reference/samples/wmbus/telegrams_encrypted.jsonl")
    wanted = {}
    for text in file.read_text().splitlines():
        item = json.loads(text)
        total = item["expected"].get("total_m3")
        if item["category"] == "water" and item["standard_decodable"] and total is not None:
            wanted[item["meter_id"]] = (item["key"], item["telegram_hex"], round(total * 1000))
    _, registers = make_metered_points(len(wanted), installed_on=date(2020, 1, 1), digits=9)
    devices = Device.objects.filter(registers__in=registers.tolist()).order_by("id")
    for device, radio_id in zip(devices, wanted, strict=True):
        Device.objects.filter(pk=device.pk).update(radio_id=radio_id)
    keys = "radio_id;key\n" + "".join(f"{radio_id};{key}\n" for radio_id, (key, _, _) in wanted.items())
    import_meter_keys(content=keys.encode(), file_name="keys.csv")
    take(*[telegram for _, telegram, _ in wanted.values()])
    reads = Read.objects.filter(register_id__in=registers.tolist(), kind="radio")
    found = dict(reads.values_list("register__device__radio_id", "index_milli"))
    assert found == {radio_id: total for radio_id, (_, _, total) in wanted.items()}


def test_a_whole_fleet_is_fetched_at_once(fleet):
    _, registers = make_metered_points(120, installed_on=date(2026, 1, 1))
    for number, device in enumerate(Device.objects.filter(registers__in=registers.tolist()).order_by("id"), 1):
        Device.objects.filter(pk=device.pk).update(radio_id=f"{number + 1000:08d}", manufacturer="BMT")
    ours = [open_(f"{number + 1000:08d}", 5_000 + number) for number in range(1, 121)]
    foreign = [open_(f"{number + 5000:08d}", 1) for number in range(20)]
    result = take(*ours[:60], *foreign, *ours[60:])
    assert outcomes(result) == {"read": 120, "unknown_meter": 20}
