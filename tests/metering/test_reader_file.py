"""Readers' files: profiles, lines, encodings, rejects."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.metering.adapters.profiles import UnknownProfile, find_profile, profile_names
from sorgente.metering.core.profile import ProfileWrong, read_profile
from sorgente.metering.core.reader_file import (
    BadLine,
    ColumnMissing,
    FileLine,
    NoLines,
    WrongEncoding,
    read_reader_file,
)
from sorgente.metering.models import Device, Read, ReaderFile, ReaderProfile
from sorgente.metering.usecases.import_reader_file import import_reader_file
from tests.metering.builders import count_reads, make_metered_points, put_reads

NOW = datetime(2026, 4, 2, 8, tzinfo=UTC)
PLAIN = {
    "separator": ";", "decimal": ",", "date": "%d/%m/%Y", "unit_milli": 1000, "kind": "reader",
    "columns": {"serial": "MATRICOLA", "read_on": "DATA", "index": "LETTURA"},
}  # fmt: skip


def lines_of(text, settings=PLAIN):
    content = text if isinstance(text, bytes) else text.encode()
    return read_reader_file(content, read_profile("test", settings), file="letture.csv")


def test_columns_are_found_by_name_in_any_order():
    found = lines_of("Lettura ; matricola;DATA\n118,5;a17;01/04/2026\n")
    assert found.reads == [FileLine(2, "118,5;a17;01/04/2026", "A17", date(2026, 4, 1), 118_500, "reader")]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("A17;31/04/2026;118", "bad-date"),
        ("A17;2026-04-01;118", "bad-date"),
        ("A17;01/04/1066;118", "bad-date"),
        ("A17;01/04/2026;", "bad-index"),
        ("A17;01/04/2026;-5", "bad-index"),
        ("A17;01/04/2026;118.5", "bad-index"),
        ("A17;01/04/2026;118,1234", "bad-index"),
        ("A17;01/04/2026;1e3", "bad-index"),
        ("A17;01/04/2026;١٢", "bad-index"),
        ("A17;01/04/2026", "too-few-columns"),
        (" ;01/04/2026;118", "no-serial"),
        ('A17;"01/04/2026;118', "bad-quotes"),
    ],
)
def test_a_bad_line_is_named_and_stops_nothing(line, rule):
    found = lines_of(f"MATRICOLA;DATA;LETTURA\n{line}\nB03;01/04/2026;7\n")
    assert [(bad.number, bad.outcome, bad.reason.rule) for bad in found.others] == [(2, "refused", rule)]
    assert found.others[0].reason.next_step
    assert [line.serial for line in found.reads] == ["B03"]


@pytest.mark.parametrize(
    ("serial", "rule", "expect"),
    [
        ("  bm00012345 ", {"prefix": "BM", "strip_zeros": True}, "12345"),
        ("IT-2024/00123", {"keep": "digits", "last": 5}, "00123"),
        ("A 17/b", {"keep": "letters_digits"}, "A17B"),
    ],
)
def test_serials_follow_their_rule(serial, rule, expect):
    assert read_profile("test", {**PLAIN, "serial": rule}).serial_of(serial) == expect


def test_units_thousands_and_positions():
    columns = {"serial": 2, "read_on": 1, "index": 3}
    settings = {**PLAIN, "header": False, "skip": 1, "unit_milli": 1, "thousands": ".", "columns": columns}
    found = lines_of("exported by Valdoro\n01/04/2026;A17;118.432\n", settings)
    assert found.reads[0].index_milli == 118_432


def test_status_words_decide():
    settings = {
        **PLAIN,
        "columns": {**PLAIN["columns"], "status": "ESITO"},
        "status": {"read": ["", "L"], "self": ["A"], "none": {"N": "non accessibile"}},
    }
    rows = ["A1;01/04/2026;1;L", "A2;01/04/2026;2;a", "A3;01/04/2026;;N", "A4;01/04/2026;4;?"]
    found = lines_of("MATRICOLA;DATA;LETTURA;ESITO\n" + "\n".join(rows), settings)
    assert [(line.serial, line.kind) for line in found.reads] == [("A1", "reader"), ("A2", "self")]
    assert [(line.outcome, line.reason.rule) for line in found.others] == [
        ("none", "no-read"),
        ("refused", "unknown-status"),
    ]


HEADER = "MATRICOLA;DATA;LETTURA\n"
LINE = HEADER + "à;01/04/2026;1"


@pytest.mark.parametrize(
    ("content", "encoding", "facts", "looks_like"),
    [
        (LINE.encode("cp1252"), "utf-8", "byte 0xe0 in line 2 is none of its", "cp1252"),
        (LINE.encode(), "cp1252", "its accented letters are UTF-8", "utf-8"),
        (LINE.encode("utf-16"), "utf-8", "it begins with the mark of utf-16", "utf-16"),
        (HEADER.encode("utf-16-le"), "utf-8", "it is full of zero bytes", "utf-16"),
        (LINE.encode("utf-8-sig"), "cp1252", "it begins with the mark of utf-8", "utf-8"),
    ],
)
def test_the_wrong_encoding_is_named(content, encoding, facts, looks_like):
    with pytest.raises(WrongEncoding) as caught:
        lines_of(content, {**PLAIN, "encoding": encoding})
    assert facts in caught.value.facts
    assert caught.value.next_step.startswith(f"It looks like {looks_like}:")


def test_a_utf8_mark_is_no_part_of_the_first_column():
    assert len(lines_of("MATRICOLA;DATA;LETTURA\nA17;01/04/2026;1".encode("utf-8-sig")).reads) == 1


def test_a_file_of_another_layout_is_refused():
    with pytest.raises(ColumnMissing, match="no column DATA; it has MATRICOLA, GIORNO"):
        lines_of("MATRICOLA;GIORNO\nA17;01/04/2026")
    for empty in ("", "\n\n", "MATRICOLA;DATA;LETTURA\n"):
        with pytest.raises(NoLines):
            lines_of(empty)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"colour": "blue"}, "colour"),
        ({"format": "xml"}, "format"),
        ({"encoding": "klingon"}, "encoding"),
        ({"separator": ""}, "separator"),
        ({"columns": {"serial": 1, "read_on": 2}}, "columns"),
        ({"columns": {"serial": 0, "read_on": 2, "index": 3}}, "columns"),
        ({"columns": {"serial": 1, "read_on": 2, "index": 3, "meter": 4}}, "columns"),
        ({"header": False}, "columns"),
        ({"unit_milli": "1000"}, "unit_milli"),
        ({"date": ""}, "date"),
        ({"kind": "estimate"}, "kind"),
        ({"match": "name"}, "match"),
    ],
)
def test_a_wrong_profile_names_its_setting(change, names):
    with pytest.raises(ProfileWrong) as caught:
        read_profile("test", {**PLAIN, **change})
    assert caught.value.subject == f"Profile test, {names}"


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content):
    try:
        found = lines_of(b"MATRICOLA;DATA;LETTURA\n" + content)
    except (WrongEncoding, NoLines):
        return
    assert all(isinstance(line, BadLine) for line in found.others)


# --- with the database -------------------------------------------------------------------------------


@pytest.fixture
def route(db):
    """Three meters, M1 to M3, each at 100 m3 on 1 January."""
    _, registers = make_metered_points(3, installed_on=date(2026, 1, 1))
    for number, device in enumerate(Device.objects.filter(registers__in=registers.tolist()).order_by("id"), 1):
        Device.objects.filter(pk=device.pk).update(serial=f"M{number}")
    put_reads(registers, date(2026, 1, 1), np.full(3, 100_000))
    return registers


FILE = (
    b"MATRICOLA;DATA_LETTURA;LETTURA;ESITO\r\n"
    b"M1;01/04/2026;118;L\r\n"
    b"M2;01/04/2026;90;L\r\n"
    b"M3;01/04/2026;;N\r\n"
    b"M9;01/04/2026;5;L\r\n"
    b"M1;primo aprile;118;L\r\n"
    b"M1;01/04/2026;118;L\r\n"
)


def take(content=FILE, **more):
    return import_reader_file(
        content=content, file_name="giro1.csv", profile_name="valdoro_csv", received_at=NOW, **more
    )


def counts(result):
    return (result.lines, result.accepted, result.held, result.repeated, result.without_read, result.rejected)


def test_a_file_line_by_line(route):
    result = take()
    assert counts(result) == (6, 1, 1, 1, 1, 2)
    rows = list(csv.DictReader(io.StringIO(result.rejects.decode("utf-8-sig")), delimiter=";"))
    assert [(row["line"], row["outcome"], row["rule"]) for row in rows] == [
        ("3", "held", "below-earlier-one"),
        ("4", "none", "no-read"),
        ("5", "refused", "unknown-meter"),
        ("6", "refused", "bad-date"),
    ]
    assert rows[0]["facts"] == "90 on 2026-04-01 is below 100 on 2026-01-01."
    assert rows[2]["original"] == "M9;01/04/2026;5;L"
    assert all(row["next_step"] for row in rows)
    stored = ReaderFile.objects.get()
    assert stored.profile.name == "valdoro_csv"
    assert (stored.document.kind, stored.rejects.kind) == ("reader_file", "rejects")
    assert Read.objects.get(index_milli=118_000).evidence_id == stored.document_id


def test_the_same_file_twice_changes_nothing(route):
    first = take()
    before = count_reads()
    again = take()
    assert again.imported_before_at == NOW
    assert counts(again) == counts(first)
    assert (count_reads(), ReaderFile.objects.count()) == (before, 1)


def test_the_same_reads_in_another_file_are_repetitions(route):
    take()
    again = take(FILE + b"\r\n")
    assert (again.accepted, again.held, again.repeated) == (0, 0, 3)


def test_a_dry_run_tells_and_stores_nothing(route):
    before = count_reads()
    result = take(dry_run=True)
    assert counts(result) == (6, 1, 1, 1, 1, 2)
    assert result.preview[0].serial == "M1"
    assert (count_reads(), ReaderFile.objects.count(), ReaderProfile.objects.count()) == (before, 0, 0)


def test_a_file_that_does_not_fit_leaves_nothing(route):
    with pytest.raises(WrongEncoding):
        take("MATRICOLA;DATA_LETTURA;LETTURA;ESITO\nM1;01/04/2026;118;à".encode("cp1252"))
    assert ReaderFile.objects.count() == 0


def test_only_bad_lines_is_still_an_import(route):
    result = take(b"MATRICOLA;DATA_LETTURA;LETTURA;ESITO\nM9;01/04/2026;5;L\n")
    assert counts(result) == (1, 0, 0, 0, 0, 1)


@pytest.mark.django_db
def test_every_shipped_profile_is_right():
    assert len(profile_names()) >= 3
    for name in profile_names():
        assert find_profile(name, on=NOW.date())[0].name == name


@pytest.mark.django_db
def test_the_utilitys_own_profile_goes_before_a_shipped_one():
    ReaderProfile.objects.create(name="valdoro_csv", settings=PLAIN)
    assert find_profile("valdoro_csv", on=NOW.date())[0].columns["read_on"] == "DATA"
    with pytest.raises(UnknownProfile, match="comma_points"):
        find_profile("../secrets", on=NOW.date())


def test_radio_addresses_may_stand_in_for_serials(route):
    device = Device.objects.get(serial="M1")
    Device.objects.filter(pk=device.pk).update(radio_id="00012345")
    result = import_reader_file(
        content=b"BM-12-00012345;x;2026-04-01;118432\n", file_name="car.csv", profile_name="semicolon_litres",
        received_at=NOW,
    )  # fmt: skip
    assert counts(result) == (1, 1, 0, 0, 0, 0)
    assert Read.objects.latest("id").kind == "radio"
    Device.objects.filter(serial="M2").update(radio_id="00012345", manufacturer="BMT")
    twice = import_reader_file(
        content=b"00012345;x;2026-04-02;118500\n", file_name="car.csv", profile_name="semicolon_litres",
        received_at=NOW,
    )  # fmt: skip
    assert twice.rejected == 1
