"""Chunks of a table hold the very rows and cells that reading it row by row gives."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.errors import FileError
from greenlane.feeds import tables
from greenlane.feeds.table_batches import CUT, Cut, digest_of, has_more_rows, open_batches
from greenlane.feeds.tables import BadRow, read_rows

HEADER = "line_id,ship_from,ship_to,note\n"


def by_rows(path: Path) -> list[tuple[int, dict[str, str], str]]:
    return [(row.number, dict(row.cells), row.problem.code if isinstance(row, BadRow) else "") for row in read_rows(path).rows]


def by_chunks(path: Path, after: dict[str, int] | None = None, cut: Cut = CUT) -> list[tuple[int, dict[str, str], str]]:
    found = []
    for chunk in open_batches(path, cut=cut).chunks(after):
        for place in range(len(chunk)):
            row = chunk.whole(place)
            found.append((row.number, dict(row.cells), row.problem.code if isinstance(row, BadRow) else ""))
    return found


@pytest.mark.parametrize(
    "body",
    [
        "",
        "1,CN,US,a\n2,CN,US,b\n",
        "1,CN,US,a\r\n2,CN,US,b\r\n",
        "1,CN,US,a\n\n2,CN,US,b\n,,,\n  ,,,\n3,CN,US,c",
        '1,CN,US,"a, b"\n2,CN,US,"say ""no"""\n3,CN,US,"two\nlines"\n4,CN,US,""\n',
        '1,CN,US,"open\n2,CN,US,b\n3,CN,US,c\n',
        '1,CN,US,5" pipe\n2,CN,US,"b"x\n3,CN,US,c\n',
        "1,CN,US\n2,CN,US,b,c,d\n3\n4,CN,US,d\n",
        "1,CN,US,'=1+1\n2,CN,US,it's\n3,CN,US,-5\n",
        "1,CN,US,a\0b\n2,CN,US,b\n",
        "1,CN,US,a\r2,CN,US,b\r\n3,CN,US,c\n",
        "\ufeff1,CN,US,a\n",
    ],
)
def test_a_csv_file_gives_the_same_rows_whatever_is_in_it(tmp_path: Path, body: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + body).encode())
    expected = by_rows(path)
    assert by_chunks(path) == expected
    assert by_chunks(path, cut=Cut(text=16)) == expected


PIECES = ["1", "CN", ",", ",", "\n", "\n", "\r\n", "\r", '"', '""', "'", "=", " ", "\t", ";", "é", "\0", "x,y", '"a,b"', "\n\n"]


@settings(max_examples=400, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=60), block=st.integers(1, 80), delimiter=st.sampled_from(",;\t"))
def test_any_csv_file_gives_the_same_rows(
    pieces: list[str], block: int, delimiter: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes((HEADER + "".join(pieces)).replace(",", delimiter).encode())
    assert by_chunks(path, cut=Cut(text=block)) == by_rows(path)


def test_reading_goes_on_after_any_chunk(tmp_path: Path) -> None:
    random = Random(5)
    body = "".join(
        random.choice(['{0},CN,US,"a\nb"\n', "{0},CN,US,plain\n", "\n", "{0},CN\n", '{0},CN,US,"open\n']).format(at)
        for at in range(400)
    )
    path = tmp_path / "a.csv"
    path.write_text(HEADER + body, encoding="utf-8", newline="")
    rows = by_rows(path)
    pq.write_table(
        pa.table({name: [cells[name] for _, cells, _ in rows] for name in HEADER.strip().split(",")}),
        tmp_path / "a.parquet",
        row_group_size=37,
    )
    small = Cut(rows=50, text=200)
    tables.write_table(tmp_path / "a.arrow", HEADER.strip().split(","), [cells for _, cells, _ in rows], format="arrow")
    tables.write_table(tmp_path / "a.xlsx", HEADER.strip().split(","), [cells for _, cells, _ in rows], format="xlsx")
    for name in ("a.csv", "a.parquet", "a.arrow", "a.xlsx"):
        path = tmp_path / name
        expected = by_rows(path)
        assert by_chunks(path) == expected
        chunks = list(open_batches(path, cut=small).chunks())
        assert len(chunks) > 3
        for chunk in chunks:
            last = chunk.numbers[-1] if len(chunk) else 0
            assert by_chunks(path, dict(chunk.mark), small) == [row for row in expected if row[0] > last], name


TYPED: dict[str, list[Any]] = {
    "int": [8505111000, None, -3, 8505111000],
    "float": [8505111000.0, 1e-05, math.nan, math.inf],
    "zero": [0.0, -0.0, 0.0, None],
    "bool": [True, False, None, True],
    "decimal": [Decimal("1.20"), Decimal("0.00"), None, Decimal("99999.99")],
    "date": [dt.date(2025, 6, 10), None, dt.date(1, 1, 1), dt.date(2025, 6, 10)],
    "time": [dt.time(12, 1), None, dt.time(0), dt.time(12, 1)],
    "moment": [dt.datetime.fromisoformat(text) if text else None for text in ("2025-06-10", "2025-06-10T12:01", "", "2025-06-10")],
    "zoned": [dt.datetime(2025, 6, 10, tzinfo=dt.UTC), None, None, dt.datetime(2025, 6, 10, 5, tzinfo=dt.UTC)],
    "bytes": [b"CN", "é".encode(), None, b""],
    "empty": [None, None, None, None],
}
TYPES: dict[str, Any] = {"decimal": pa.decimal128(12, 2), "moment": pa.timestamp("ns"), "empty": pa.null()}


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_typed_columns_give_the_texts_of_reading_row_by_row(tmp_path: Path, suffix: str) -> None:
    columns = {name: pa.array(values, TYPES.get(name)) for name, values in TYPED.items()}
    columns["single"] = pa.array([0.1, 16777216.0, None, -0.0], pa.float32())
    columns["half"] = pa.array([0.5, 1.0, None, 2.0], pa.float16())
    columns["large"] = pa.array(["a", None, "", "a"], pa.large_string())
    columns["few"] = pa.array(["a", None, "", "a"]).dictionary_encode()
    columns["few_numbers"] = pa.array([1, 2, None, 1]).dictionary_encode()
    columns |= {"line_id": pa.array(["1", "2", "3", "4"]), "ship_from": pa.array(["CN"] * 4), "ship_to": pa.array(["US"] * 4)}
    table, path = pa.table(columns), tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        pq.write_table(table.drop(["half"]), path)
    else:
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    assert by_chunks(path) == by_rows(path)
    assert len(by_rows(path)) == 4


def test_an_arrow_stream_is_read_as_well(tmp_path: Path) -> None:
    table = pa.table({"line_id": ["1"], "ship_from": ["CN"], "ship_to": ["US"]})
    with pa.ipc.new_stream(str(tmp_path / "a.arrow"), table.schema) as writer:
        writer.write_table(table)
    assert by_chunks(tmp_path / "a.arrow") == by_rows(tmp_path / "a.arrow") != []


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "xlsx"])
def test_blank_rows_are_left_out_and_counted(tmp_path: Path, suffix: str) -> None:
    rows = [
        {"line_id": "1", "ship_from": "CN", "ship_to": "US"},
        {"line_id": " ", "ship_to": "\u2003"},
        {"line_id": "", "ship_to": "x"},
    ]
    tables.write_table(tmp_path / f"a.{suffix}", ("line_id", "ship_from", "ship_to"), rows, format=suffix)
    found = by_chunks(tmp_path / f"a.{suffix}")
    assert found == by_rows(tmp_path / f"a.{suffix}")
    assert len(found) == 2


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("a.csv", b"line_id,ship_from\n1,CN\n", "GL0101"),
        ("a.csv", b"", "GL0122"),
        ("a.csv", HEADER.encode() + b"1,CN,US,\xe9\n", "GL0121"),
        ("a.parquet", b"PAR1 no, it is not PAR1", "GL0121"),
        ("a.arrow", b"ARROW1 or so", "GL0121"),
        ("a.arrow", b"", "GL0121"),
        ("a.jsonl", b"{}", "GL0120"),
        ("a.parq", b"", "GL0120"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str, raw: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(FileError) as caught:
        digest_of(tmp_path / name), list(open_batches(tmp_path / name).chunks())
    assert caught.value.code == code


def test_whether_there_are_more_rows_is_told_without_reading_them(tmp_path: Path) -> None:
    rows = [{"line_id": str(at), "ship_from": "CN", "ship_to": "US"} for at in range(10)]
    for suffix in ("csv", "parquet", "xlsx"):
        path = tmp_path / f"a.{suffix}"
        tables.write_table(path, ("line_id", "ship_from", "ship_to"), rows, format=suffix)
        assert (has_more_rows(path, 9), has_more_rows(path, 10)) == (True, False)
