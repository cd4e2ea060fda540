"""A table written part by part is a table like any other, and it is the same whoever stopped in between."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.feeds import parquet_footer, tables
from greenlane.feeds.table_parts import FORMATS, Note, csv_of, open_parts, sound_parts

SCHEMA = pa.schema([("id", pa.string()), ("amount", pa.decimal128(12, 2)), ("word", pa.dictionary(pa.int32(), pa.string()))])
PLAIN = pa.schema([("id", pa.string()), ("amount", pa.string()), ("word", pa.dictionary(pa.int32(), pa.string()))])


def batches(kind: str) -> list[Any]:
    found = []
    for part in range(5):
        words = pa.array([f"w{part}", None, "same", f"w{part + 1}"]).dictionary_encode()
        ids = pa.array([f"{part}-{at}" for at in range(4)])
        amount = pa.array(["1.20", None, "-3.00", "7.00"])
        amount = amount if kind == "csv" else amount.cast(pa.decimal128(12, 2))
        found.append(pa.RecordBatch.from_arrays([ids, amount, words], names=SCHEMA.names))
    return found


def read(kind: str, path: Path) -> list[dict[str, Any]]:
    if kind == "csv":
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    if kind == "parquet":
        return list(pq.read_table(path).to_pylist())
    with pa.ipc.open_file(str(path)) as file:
        return list(file.read_all().to_pylist())


def write(kind: str, path: Path, parts: list[Any], done: list[Note] | None = None) -> tuple[list[Note], str]:
    notes = list(done or [])
    writing = open_parts(kind, path, PLAIN if kind == "csv" else SCHEMA, {"greenlane.what": "a test"}, notes)
    notes += [writing.append(writing.encode(one)) for one in parts[len(notes) :]]
    return notes, writing.finish()


@pytest.mark.parametrize("kind", FORMATS)
def test_parts_make_one_table(tmp_path: Path, kind: str) -> None:
    parts = batches(kind)
    _, digest = write(kind, tmp_path / "a", parts)
    expected = [row for part in parts for row in part.to_pylist()]
    if kind == "csv":
        expected = [{name: text or "" for name, text in row.items()} for row in expected]
    assert read(kind, tmp_path / "a") == expected
    assert digest == hashlib.sha256((tmp_path / "a").read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("cut", [0, 1, 3, 5])
def test_whoever_stopped_after_a_part_ends_with_the_same_bytes(tmp_path: Path, kind: str, cut: int) -> None:
    parts = batches(kind)
    write(kind, tmp_path / "whole", parts)
    notes, _ = write(kind, tmp_path / "cut", parts[:cut])
    raw = (tmp_path / "cut").read_bytes()
    (tmp_path / "cut").write_bytes(raw[: notes[-1]["length"] if notes else 0] + b"half a part")
    write(kind, tmp_path / "cut", parts, notes)
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()
    assert [one.name for one in tmp_path.iterdir() if one.name not in ("whole", "cut")] == []


@pytest.mark.parametrize("kind", FORMATS)
def test_only_parts_that_are_there_byte_for_byte_count(tmp_path: Path, kind: str) -> None:
    notes, _ = write(kind, tmp_path / "a", batches(kind))
    raw = bytearray((tmp_path / "a").read_bytes())
    assert sound_parts(tmp_path / "a", notes) == 5
    assert sound_parts(tmp_path / "none", notes) == 0
    (tmp_path / "a").write_bytes(raw[: notes[2]["length"] + 1])
    assert sound_parts(tmp_path / "a", notes) == 3
    raw[notes[1]["length"] - 1] ^= 1
    (tmp_path / "a").write_bytes(raw)
    assert sound_parts(tmp_path / "a", notes) == 1


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_may_have_no_part(tmp_path: Path, kind: str) -> None:
    write(kind, tmp_path / "a", [])
    assert read(kind, tmp_path / "a") == []


def test_parquet_keeps_types_groups_statistics_and_notes(tmp_path: Path) -> None:
    write("parquet", tmp_path / "a", batches("parquet"))
    file = pq.ParquetFile(tmp_path / "a")
    assert file.schema_arrow.equals(SCHEMA)
    assert file.schema_arrow.metadata[b"greenlane.what"] == b"a test"
    assert [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)] == [4] * 5
    assert file.metadata.row_group(3).column(0).statistics.min == "3-0"
    assert file.read_row_group(4).to_pylist() == batches("parquet")[4].to_pylist()


def test_a_footer_reads_and_is_written_as_it_was(tmp_path: Path) -> None:
    table = pa.table({f"column {at}": pa.array([at, None, at]) for at in range(40)} | {"text": ["a", "b", None]})
    pq.write_table(table, tmp_path / "a", row_group_size=2, write_page_index=True)
    _, footer = parquet_footer.split((tmp_path / "a").read_bytes())
    assert parquet_footer.written(parquet_footer.read(footer)) == footer
    for end in range(0, len(footer), 97):
        with pytest.raises(ValueError, match=r"a struct that is cut off|bytes after"):
            parquet_footer.read(footer[:end])
    with pytest.raises(ValueError, match="not a Parquet file"):
        parquet_footer.split(b"PAR1PAR1")


def test_a_dictionary_with_a_null_in_it_can_be_written(tmp_path: Path) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    schema = pa.schema([("word", pa.dictionary(pa.int32(), pa.string()))])
    writing = open_parts("parquet", tmp_path / "a", schema, {})
    writing.append(writing.encode(pa.RecordBatch.from_arrays([words.cast(schema.field(0).type)], names=["word"])))
    writing.finish()
    assert pq.read_table(tmp_path / "a").column("word").to_pylist() == ["a", None, None]


CELLS = st.text(st.sampled_from(" ab,;\"'\r\n\t=+-@1.é"), max_size=6)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=12), one=st.booleans())
def test_csv_is_what_tables_write_row_by_row(rows: list[tuple[str, str]], one: bool) -> None:
    names = ["a"] if one else ["a", "b"]
    columns = [pa.array([row[0] for row in rows], pa.string())]
    if not one:
        columns.append(pa.array([row[1] for row in rows], pa.string()).dictionary_encode())
    expected = "".join(list(tables.csv_lines(names, [dict(zip(names, row, strict=False)) for row in rows]))[1:])
    assert csv_of(pa.RecordBatch.from_arrays(columns, names=names)).decode() == expected
