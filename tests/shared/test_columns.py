"""Columns travel to PostgreSQL and back unchanged, nulls and extremes included."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from sorgente.shared.columns import DateRanges, copy_columns, read_arrow

pytestmark = pytest.mark.django_db

TABLE = """CREATE TEMP TABLE columns_trip (
    big bigint, mid int, small smallint, flag bool, part float8, day date, at timestamptz, wall timestamp,
    words text, short varchar(40), data bytea, doc jsonb, span daterange) ON COMMIT DROP"""


@pytest.fixture
def cursor():
    with connection.cursor() as opened:
        opened.execute(TABLE)
        yield opened


def whole_table():
    return read_arrow(connection, "SELECT * FROM columns_trip").to_pydict()


def test_fixed_width_columns_without_nulls(cursor):
    columns = {
        "big": np.array([-(2**63), 0, 2**63 - 1]),
        "mid": np.array([-(2**31), 7, 2**31 - 1]),
        "small": np.array([-32768, 1, 32767]),
        "flag": np.array([True, False, True]),
        "part": np.array([0.5, -1.25, 1e300]),
        "day": np.array(["1970-01-01", "2024-02-29", "1899-12-31"], dtype="datetime64[D]"),
        "at": np.array(["2026-03-29T01:00:00.000001", "1999-12-31T23:59:59", "2000-01-01"], dtype="datetime64[us]"),
    }
    assert copy_columns(cursor, "columns_trip", columns) == 3
    back = read_arrow(connection, "SELECT big, mid, small, flag, part, day, at FROM columns_trip")
    for name, sent in columns.items():
        assert back[name].to_numpy().astype(sent.dtype).tolist() == sent.tolist(), name
    assert [str(field.type) for field in back.schema] == [
        "int64", "int32", "int16", "bool", "double", "date32[day]", "timestamp[us, tz=UTC]",
    ]  # fmt: skip


def test_every_type_with_nulls(cursor):
    columns = {
        "big": pa.array([1, None, 3]),
        "mid": pa.chunked_array([pa.array([None, 2]), pa.array([3])]),
        "small": [None, None, None],
        "flag": pa.array([True, None, False]),
        "part": pa.array([None, 2.5, 3.5]),
        "day": [date(2026, 1, 1), None, date(1, 1, 1)],
        "at": [datetime(2026, 7, 1, 12, tzinfo=UTC), None, None],
        "wall": pa.array([None, datetime(2026, 7, 1, 12, 30), None]),  # noqa: DTZ001
        "words": ["", None, "Perché no? 水"],
        "short": np.array(["a", "bb", "ccc"]),
        "data": [b"", b"\0\xff", None],
        "doc": [json.dumps({"a": [1, None]}), None, "3"],
        "span": DateRanges([date(2026, 1, 1), date(2026, 1, 1), None], [None, date(2026, 2, 1), date(2026, 3, 1)]),
    }
    assert copy_columns(cursor, "columns_trip", columns) == 3
    back = whole_table()
    assert back["big"] == [1, None, 3]
    assert back["mid"] == [None, 2, 3]
    assert back["small"] == [None] * 3
    assert back["flag"] == [True, None, False]
    assert back["part"] == [None, 2.5, 3.5]
    assert back["day"] == columns["day"]
    assert back["at"] == columns["at"]
    assert back["wall"] == [None, datetime(2026, 7, 1, 12, 30), None]  # noqa: DTZ001
    assert back["words"] == columns["words"]
    assert back["short"] == ["a", "bb", "ccc"]
    assert back["data"] == columns["data"]
    assert [None if text is None else json.loads(text) for text in back["doc"]] == [{"a": [1, None]}, None, 3]
    assert back["span"] == [
        {"lower": date(2026, 1, 1), "upper": None},
        {"lower": date(2026, 1, 1), "upper": date(2026, 2, 1)},
        {"lower": None, "upper": date(2026, 3, 1)},
    ]


def test_slices_are_sent_as_what_they_show(cursor):
    words = pa.array(["x", "yy", None, "zzz"])[1:]
    copy_columns(cursor, "columns_trip", {"words": words, "big": pa.array([0, 1, None, 3])[1:]})
    assert whole_table()["words"] == ["yy", None, "zzz"]
    assert whole_table()["big"] == [1, None, 3]


def test_more_rows_than_one_piece_and_none_at_all(cursor):
    size = 70_001
    words = pa.array([f"r{i}" if i % 7 else None for i in range(size)])
    assert copy_columns(cursor, "columns_trip", {"big": np.arange(size), "words": words}) == size
    back = read_arrow(connection, "SELECT big, words FROM columns_trip ORDER BY big")
    assert back["big"].to_numpy().tolist() == list(range(size))
    assert back["words"].to_pylist() == words.to_pylist()
    assert copy_columns(cursor, "columns_trip", {"big": np.empty(0, np.int64), "words": []}) == 0
    empty = read_arrow(connection, "SELECT big, words, day FROM columns_trip WHERE big < 0")
    assert empty.num_rows == 0
    assert [str(field.type) for field in empty.schema] == ["int64", "string", "date32[day]"]


def test_days_without_a_date_are_nulls(cursor):
    copy_columns(cursor, "columns_trip", {"day": np.array(["2026-01-01", "NaT"], dtype="datetime64[D]")})
    assert whole_table()["day"] == [date(2026, 1, 1), None]


def test_parameters_reach_the_query(cursor):
    copy_columns(cursor, "columns_trip", {"big": np.arange(5), "words": list("ab'c%")})
    found = read_arrow(
        connection,
        "SELECT words FROM columns_trip WHERE big = ANY(%(ids)s) AND words NOT LIKE '%%z' ORDER BY big",
        {"ids": np.array([2, 3, 4])},
    )
    assert found["words"].to_pylist() == ["'", "c", "%"]
    assert read_arrow(connection, "SELECT %s::text AS said", ["50 %"])["said"].to_pylist() == ["50 %"]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"small": np.array([40_000])}, "does not fit"),
        ({"big": np.arange(2), "mid": np.arange(3)}, "differ in length"),
        ({"nowhere": np.arange(2)}, "no column nowhere"),
        ({"words": ["a\0b"]}, "zero byte"),
        ({"span": np.arange(2)}, "DateRanges"),
        ({"span": DateRanges([date(2026, 2, 1)], [date(2026, 1, 1)])}, "ends before it starts"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(cursor, columns, says):
    with pytest.raises(ValueError, match=says):
        copy_columns(cursor, "columns_trip", columns)


def test_a_broken_promise_of_no_nulls_is_noticed(cursor):
    copy_columns(cursor, "columns_trip", {"big": pa.array([1, None]), "words": ["a", None]})
    for column in ("big", "words"):
        with pytest.raises(ValueError, match="1 of 2"):
            read_arrow(connection, f"SELECT {column} FROM columns_trip", no_nulls=True)
        kept = f"SELECT {column} FROM columns_trip WHERE {column} IS NOT NULL"
        assert read_arrow(connection, kept, no_nulls=True).num_rows == 1


def test_a_type_nobody_carries_is_named(cursor):
    with pytest.raises(ValueError, match="Column total has PostgreSQL type 1700"):
        read_arrow(connection, "SELECT sum(big) AS total FROM columns_trip")


rows = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
        st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
        st.none() | st.binary(max_size=20),
    ),
    max_size=30,
)


class AnyColumns(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(rows)
    def test_any_columns_come_back(self, sent):
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS columns_trip")
            cursor.execute(TABLE)
            big, day, words, data = ([row[i] for row in sent] for i in range(4))
            copy_columns(
                cursor, "columns_trip", {"big": pa.array(big, pa.int64()), "day": day, "words": words, "data": data}
            )
            back = read_arrow(connection, "SELECT big, day, words, data FROM columns_trip").to_pydict()
        assert list(zip(back["big"], back["day"], back["words"], back["data"], strict=True)) == sent
