"""Tables: what is read is what a person typed, what is broken is named and kept, what is written reads back."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from greenlane.decide.line import COLUMNS, Line, Row
from greenlane.errors import FileError, LineError, Place
from greenlane.feeds import tables
from greenlane.feeds.tables import (
    FORMATS,
    REJECT_COLUMNS,
    BadRow,
    Reject,
    format_of,
    read_lines,
    read_rows,
    write_rejects,
    write_table,
)

HEADER = ("line_id", "ship_from", "ship_to", "description")
MAGNET = {"line_id": "L-1", "ship_from": "CN", "ship_to": "DE", "description": "magnet"}


def save(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def cells(path: Path, **options: Any) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_rows(path, **options).rows]


def only_bad(path: Path, **options: Any) -> BadRow:
    [bad] = [row for row in read_rows(path, **options).rows if isinstance(row, BadRow)]
    return bad


def refused(path: Path) -> FileError:
    with pytest.raises(FileError) as caught:
        list(read_rows(path).rows)
    assert caught.value.at is not None
    assert caught.value.at.file == str(path)
    return caught.value


def workbook(path: Path, rows: Sequence[Sequence[Any]], formats: Mapping[tuple[int, int], str] | None = None) -> Path:
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                style = (formats or {}).get((at, column))
                sheet.write(at, column, value, book.add_format({"num_format": style}) if style else None)
    return path


def save_as(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Path:
    if path.suffix == ".jsonl":
        return save(path, "".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows))
    write_table(path, columns, rows, format=format_of(path), numbers=())
    return path


class TestFormatOf:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [("a.csv", "csv"), ("A.CSV", "csv"), ("a.xlsx", "xlsx"), ("a.jsonl", "jsonl"), ("a.parquet", "parquet")],
    )
    def test_the_suffix_says_the_format(self, name: str, kind: str) -> None:
        assert format_of(Path(name)) == kind
        assert kind in FORMATS

    @pytest.mark.parametrize("name", ["orders.xls", "orders", "orders.csv.gz", ".csv"])
    def test_another_suffix_is_refused_and_the_known_ones_are_named(self, name: str) -> None:
        with pytest.raises(FileError) as caught:
            format_of(Path(name))
        assert caught.value.code == "GL0120"
        assert ".parquet" in caught.value.hint


class TestEveryFormat:
    ROWS = (
        MAGNET,
        {
            "line_id": "0012",
            "ship_from": "CN",
            "ship_to": "US",
            "description": '钕铁硼, "sintered"; 50 µm\nsecond line',
        },
        {"line_id": "=1+1", "ship_from": "NO", "ship_to": "HK", "description": '\'=HYPERLINK("x")'},
        {"line_id": "1.50", "ship_from": "-", "ship_to": "@x", "description": "_x0041_ \t 😀 "},
        {"line_id": "-5", "ship_from": "", "ship_to": "''-", "description": "'quoted'"},
    )

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "parquet"])
    def test_what_is_written_reads_back(self, tmp_path: Path, suffix: str) -> None:
        path = save_as(tmp_path / f"a.{suffix}", HEADER, self.ROWS)
        table = read_rows(path)
        assert table.columns == HEADER
        rows = list(table.rows)
        assert [dict(row.cells) for row in rows] == list(self.ROWS)
        assert {row.file for row in rows} == {str(path)}
        first = 2 if suffix in ("csv", "xlsx") else 1
        assert [row.number for row in rows] == list(range(first, first + 5))

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
    def test_the_same_rows_give_the_same_bytes(self, tmp_path: Path, suffix: str, monkeypatch: Any) -> None:
        notes = [{"title": "Announcement", "href": "https://example.org/18"}]
        one, two = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
        write_table(one, HEADER, self.ROWS, format=suffix, sources=notes)
        monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
        monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
        write_table(two, HEADER, iter(self.ROWS), format=suffix, sources=iter(notes))
        assert one.read_bytes() == two.read_bytes()

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
    def test_a_table_without_rows_keeps_its_columns(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a.{suffix}"
        assert write_table(path, HEADER, [], format=suffix) == 0
        assert read_rows(path).columns == HEADER
        assert cells(path) == []

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "parquet"])
    def test_unknown_columns_are_carried_through(self, tmp_path: Path, suffix: str) -> None:
        path = save_as(tmp_path / f"a.{suffix}", (*HEADER, "ERP no."), [{**MAGNET, "ERP no.": "=77 "}])
        [line] = read_lines(path)
        assert isinstance(line, Line)
        assert line.cells["ERP no."] == "=77 "

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "parquet"])
    def test_blank_rows_are_skipped_and_count(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a.{suffix}"
        if suffix == "jsonl":
            save(path, json.dumps(MAGNET) + "\n\n \n" + json.dumps(MAGNET))
        else:
            save_as(path, HEADER, [MAGNET, {}, {"description": " "}, MAGNET])
        numbers = [row.number for row in read_rows(path).rows]
        assert numbers == ([2, 5] if suffix in ("csv", "xlsx") else [1, 4])

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
    def test_a_missing_compulsory_column_is_named_with_the_one_that_was_meant(self, tmp_path: Path, suffix: str) -> None:
        path = save_as(tmp_path / f"a.{suffix}", ("line_id", "Ship From", "note"), [{"line_id": "1"}])
        error = refused(path)
        assert error.code == "GL0101"
        assert "`ship_from`, `ship_to`" in error.message
        assert "`Ship From` to `ship_from`" in error.hint
        assert error.at == Place(str(path), None if suffix == "parquet" else 1, "ship_from")

    @pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
    @pytest.mark.parametrize("bytes_", [b"", b"PK\x03\x04 no workbook", b"PAR1 no table PAR1", b"line_id,ship_from\n"])
    def test_a_damaged_container_is_refused(self, tmp_path: Path, suffix: str, bytes_: bytes) -> None:
        assert refused(save(tmp_path / f"a.{suffix}", bytes_)).code == "GL0121"

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "parquet"])
    def test_a_file_that_is_not_there_or_is_a_folder(self, tmp_path: Path, suffix: str) -> None:
        assert refused(tmp_path / f"absent.{suffix}").code == "GL0120"
        (tmp_path / f"folder.{suffix}").mkdir()
        error = refused(tmp_path / f"folder.{suffix}")
        assert error.code == "GL0120"
        assert "is a folder" in error.message

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "parquet"])
    def test_a_file_above_the_limit(self, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
        path = save_as(tmp_path / f"a.{suffix}", HEADER, [MAGNET])
        monkeypatch.setattr(tables, "SIZE_MAX", 20)
        assert refused(path).code == "GL0123"

    @pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
    def test_a_nul_makes_a_bad_row(self, tmp_path: Path, suffix: str) -> None:
        path = save_as(tmp_path / f"a.{suffix}", HEADER, [MAGNET, {**MAGNET, "description": "a\0b"}])
        bad = only_bad(path)
        assert bad.problem.code == "GL0111"
        assert bad.problem.at == Place(str(path), bad.number, "description")
        assert bad.cells["description"] == "a\0b"

    def test_a_file_of_no_ordinary_kind(self, tmp_path: Path) -> None:
        import os

        os.mkfifo(tmp_path / "pipe.csv")
        assert refused(tmp_path / "pipe.csv").code == "GL0120"
        assert refused(Path("a\0b.csv")).code == "GL0120"


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("bom", ["", "\ufeff"])
    def test_dialects(self, tmp_path: Path, delimiter: str, end: str, bom: str) -> None:
        rows = [HEADER, ("L-1", "CN", "DE", '"a, b; c\td ""e"""'), ("L-2", "CN", "US", "")]
        text = bom + end.join(delimiter.join(row) for row in rows)
        path = save(tmp_path / "a.csv", text)
        assert read_rows(path).columns == HEADER
        assert [row["description"] for row in cells(path)] == ['a, b; c\td "e"', ""]

    def test_the_columns_we_know_decide_about_the_delimiter(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.csv", "line_id;ship_from;ship_to;net, gross, tare, and, more\nL-1;CN;DE;1\n")
        assert read_rows(path).columns == ("line_id", "ship_from", "ship_to", "net, gross, tare, and, more")

    def test_the_comma_in_doubt(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        write_table(path, ("a;b;c", "d\te"), [{"a;b;c": "1", "d\te": "2"}], format="csv")
        assert cells(path, compulsory=()) == [{"a;b;c": "1", "d\te": "2"}]

    def test_a_quoted_line_break_does_not_move_the_row_numbers(self, tmp_path: Path) -> None:
        text = 'line_id,ship_from,ship_to,description\nL-1,CN,DE,"one\ntwo\r\nthree"\n\nL-2,XX,DE,\n'
        lines = list(read_lines(save(tmp_path / "a.csv", text)))
        assert isinstance(lines[0], Line)
        assert lines[0].description == "one\ntwo\r\nthree"
        assert isinstance(lines[1], Reject)
        assert lines[1].problems[0].at == Place(str(tmp_path / "a.csv"), 4, "ship_from")

    def test_blank_rows_before_the_header(self, tmp_path: Path) -> None:
        [row] = read_rows(save(tmp_path / "a.csv", "\n  \nline_id,ship_from,ship_to\nL-1,CN,DE\n")).rows
        assert row.number == 4

    def test_a_short_row_is_filled(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.csv", "line_id,ship_from,ship_to,description\nL-1,CN,DE\n")
        assert cells(path) == [{**MAGNET, "description": ""}]

    def test_a_row_with_too_many_cells_keeps_them(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.csv", "line_id,ship_from,ship_to\nL-1,CN,DE,1,200\nL-2,CN,DE\n")
        bad = only_bad(path)
        assert (bad.problem.code, bad.problem.at) == ("GL0113", Place(str(path), 2))
        assert bad.cells == {"line_id": "L-1", "ship_from": "CN", "ship_to": "DE", "column_4": "1", "column_5": "200"}
        assert isinstance(list(read_lines(path))[1], Line)

    def test_the_name_of_an_extra_cell_is_free(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.csv", "line_id,ship_from,ship_to,column_5\nL-1,CN,DE,x,y\n")
        assert only_bad(path).cells["column_5"] == "x"
        assert only_bad(path).cells["column_5_"] == "y"

    def test_a_million_extra_cells_are_kept_in_a_thousand(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.csv", "line_id,ship_from,ship_to\nL-1,CN,DE" + ",x" * 100_000 + "\n")
        kept = only_bad(path).cells
        assert len(kept) == tables.COLUMNS_MAX
        assert kept["column_1000"].count("x") == 100_000 - 996

    @pytest.mark.parametrize("broken", ['B,"CN,US,five inch', 'B,"CN"x,US,', 'B,CN,US,"open', '"'])
    @pytest.mark.parametrize("after", ['C,CN,US,"a, b"', "C,CN,US,c", 'C,CN,US,"a\nb"'])
    def test_a_broken_quote_costs_its_own_line_only(self, tmp_path: Path, broken: str, after: str) -> None:
        path = save(tmp_path / "a.csv", f"line_id,ship_from,ship_to,description\nA,CN,US,a\n{broken}\n{after}\nD,CN,US,d\n")
        lines = list(read_lines(path))
        assert [one.line_id for one in lines if isinstance(one, Line)] == ["A", "C", "D"]
        [bad] = [one for one in lines if isinstance(one, Reject)]
        assert (bad.problems[0].code, bad.number) == ("GL0111", 3)
        assert ",".join(bad.cells.values()).rstrip(",") == broken.rstrip(",")

    def test_the_rest_of_a_broken_row_is_no_line(self, tmp_path: Path) -> None:
        text = 'line_id,description,ship_from,ship_to\nA,"two\nlines" more,CN,US\nB,b,CN,US\n'
        lines = list(read_lines(save(tmp_path / "a.csv", text)))
        assert [type(one) for one in lines] == [Reject, Reject, Line]

    def test_a_cell_of_ten_megabytes_is_rejected_and_kept(self, tmp_path: Path) -> None:
        long = "x" * 10_000_000
        path = save(tmp_path / "a.csv", f'line_id,ship_from,ship_to,description\nL-1,CN,DE,"{long}"\nL-2,CN,DE,b\n')
        reject, line = read_lines(path)
        assert isinstance(line, Line)
        assert isinstance(reject, Reject)
        assert (reject.problems[0].code, reject.problems[0].at) == ("GL0111", Place(str(path), 2, "description"))
        write_rejects(tmp_path / "rejects.csv", [reject])
        [back] = cells(tmp_path / "rejects.csv")
        assert back["description"] == long

    def test_a_row_above_the_limit_is_broken(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "RECORD_MAX", 200)
        text = 'line_id,ship_from,ship_to\nA,CN,"US\n' + "B{},CN,US\n" * 100 + 'C,CN,US"\n'
        lines = list(read_lines(save(tmp_path / "a.csv", text.replace("{}", "1", 1))))
        assert isinstance(lines[0], Reject)
        assert isinstance(lines[1], Line)
        assert len(lines) == 102

    def test_a_line_above_the_limit_ends_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "RECORD_MAX", 3_000_000)
        path = save(tmp_path / "a.csv", "line_id,ship_from,ship_to\n" + "x" * 6_000_000)
        assert refused(path).code == "GL0123"

    @pytest.mark.parametrize(
        ("raw", "line"),
        [
            ("line_id,ship_from,ship_to\nL-1,CN,DE\nMüller,CN,DE\n".encode("latin-1"), 3),
            ("line_id,ship_from,ship_to\n订单,CN,DE\n".encode("gb18030"), 2),
            ("line_id,ship_from,ship_to\n".encode("utf-16"), 1),
            ("line_id,ship_from,ship_to\n".encode("utf-16-le"), 1),
            (b"line_id,ship_from,ship_to\nL-1,CN,\xe4\xb8", 2),
        ],
    )
    def test_other_encodings_are_refused_with_their_line(self, tmp_path: Path, raw: bytes, line: int) -> None:
        error = refused(save(tmp_path / "a.csv", raw))
        assert error.code == "GL0121"
        assert error.at == Place(str(tmp_path / "a.csv"), line)
        assert "UTF-8" in error.hint

    def test_a_sign_that_is_cut_between_two_chunks(self, tmp_path: Path) -> None:
        text = "line_id,ship_from,ship_to,description\nL-1,CN,DE,"
        fill = "x" * ((1 << 20) - len(text) - 1)
        path = save(tmp_path / "a.csv", f"{text}{fill}钕\n")
        assert cells(path)[0]["description"] == fill + "钕"

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "empty"),
            ("\n \n", "empty"),
            (",,\n1,2,3\n", "empty"),
            ("line_id,ship_from,,ship_to,\n", "columns 3, 5"),
            ("line_id,ship_from,ship_to,a,a,line_id\n", "`line_id`, `a` more than once"),
            ("line_id,ship_from,ship_to," + "n" * 300 + "\n", "200 signs"),
            (",".join(f"c{one}" for one in range(1001)), "1001 columns"),
            ('line_id,"ship_from,ship_to\nL-1,CN,DE\n', "quote"),
        ],
    )
    def test_a_header_that_is_none(self, tmp_path: Path, text: str, words: str) -> None:
        error = refused(save(tmp_path / "a.csv", text))
        assert error.code == "GL0122"
        assert words in error.message
        assert error.at is not None
        assert error.at.line == 1

    def test_cells_that_look_like_formulas_are_written_as_text(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        given = [
            "=1+1",
            "+cmd|x",
            "-x",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "-5",
            "+5.0",
            "-1.5",
            "- 5",
            "'=x",
            "'tis",
            "5-3",
            "-5\n",
        ]
        write_table(path, ("=name",), [{"=name": text} for text in given], format="csv")
        with path.open(newline="", encoding="utf-8") as handle:
            raw = [row[0] for row in csv.reader(handle)]
        assert raw[0] == "'=name"
        assert [text for text in raw if text[0] in "=+@\t\r" or text[0] == "-"] == ["-5", "+5.0", "-1.5"]
        assert [row["=name"] for row in cells(path, compulsory=())] == given

    def test_a_byte_order_mark_if_asked_for(self, tmp_path: Path) -> None:
        write_table(tmp_path / "a.csv", HEADER, [MAGNET], format="csv", bom=True)
        assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfline_id,")
        assert cells(tmp_path / "a.csv") == [MAGNET]

    def test_a_file_that_changes_while_it_is_read(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.csv", "line_id,ship_from,ship_to\n" + "L-1,CN,DE\n" * 100_000)
        rows = read_rows(path).rows
        save(path, b"\xff" * 1_000_000)
        with pytest.raises(FileError, match="text file"):
            list(rows)


class TestJsonLines:
    def test_values_are_taken_as_they_are_written(self, tmp_path: Path) -> None:
        text = '{"line_id": 7, "ship_from": "CN", "ship_to": null, "a": 1.50, "b": true, "c": false, "d": 1e-3, "e": 1E+3}'
        assert cells(save(tmp_path / "a.jsonl", f"\ufeff{text}\r\n")) == [
            {
                "line_id": "7",
                "ship_from": "CN",
                "ship_to": "",
                "a": "1.50",
                "b": "yes",
                "c": "no",
                "d": "0.001",
                "e": "1000",
            }
        ]

    def test_a_number_out_of_all_measure_does_not_fill_the_memory(self, tmp_path: Path) -> None:
        text = '{"line_id": 1e999999999, "ship_from": "CN", "ship_to": ' + "9" * 5000 + "}"
        [row] = cells(save(tmp_path / "a.jsonl", text))
        assert row["line_id"] == "1e999999999"
        assert len(row["ship_to"]) == 5000

    @pytest.mark.parametrize(
        "line",
        [
            "[1]",
            '"text"',
            "7",
            "null",
            "{",
            "not json",
            '{"line_id": "1", "ship_from": ["CN"], "ship_to": "US"}',
            '{"line_id": "1", "ship_from": {"code": "CN"}, "ship_to": "US"}',
            '{"line_id": "1", "line_id": "2"}',
            '{"line_id": NaN}',
            '{"line_id": -Infinity}',
            '{"": "1"}',
            '{"' + "n" * 300 + '": "1"}',
            "[" * 100_000,
            '{"a":' * 100_000,
            '{"line_id": "1"} {"line_id": "2"}',
        ],
    )
    def test_a_line_that_is_no_flat_object_is_kept_whole(self, tmp_path: Path, line: str) -> None:
        path = save(tmp_path / "a.jsonl", f"{json.dumps(MAGNET)}\n{line}\n{json.dumps(MAGNET | {'line_id': 'L-2'})}\n")
        bad = only_bad(path)
        assert bad.problem.code == "GL0124"
        assert bad.problem.at == Place(str(path), 2)
        assert bad.cells == {"json_line": line}
        assert [type(one) for one in read_lines(path)] == [Line, Reject, Line]

    def test_half_a_surrogate_pair(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.jsonl", '{"line_id": "\\ud83d", "ship_from": "CN", "ship_to": "US"}')
        assert only_bad(path).problem.code == "GL0111"
        write_rejects(tmp_path / "rejects.csv", [one for one in read_lines(path) if isinstance(one, Reject)])
        assert "\\ud83d" in (tmp_path / "rejects.csv").read_text(encoding="utf-8")

    def test_a_missing_key_is_a_matter_of_its_row(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.jsonl", '{"line_id": "1", "Ship From": "CN", "ship_to": "US"}\n' + json.dumps(MAGNET))
        bad, good = read_lines(path)
        assert isinstance(good, Line)
        assert isinstance(bad, Reject)
        assert (bad.problems[0].code, bad.problems[0].at) == ("GL0101", Place(str(path), 1, "ship_from"))
        assert "`Ship From`" in bad.problems[0].hint
        assert bad.cells["Ship From"] == "CN"

    def test_more_keys_than_a_table_can_have(self, tmp_path: Path) -> None:
        text = "".join(json.dumps(MAGNET | {f"k{one}": "1", "line_id": str(one)}) + "\n" for one in range(1200))
        kinds = [type(one) for one in read_lines(save(tmp_path / "a.jsonl", text))]
        assert kinds == [Line] * 996 + [Reject] * 204

    def test_an_empty_file_holds_no_lines(self, tmp_path: Path) -> None:
        table = read_rows(save(tmp_path / "a.jsonl", ""))
        assert (table.columns, list(table.rows)) == ((), [])

    def test_not_utf8(self, tmp_path: Path) -> None:
        error = refused(save(tmp_path / "a.jsonl", json.dumps(MAGNET).encode() + b"\n\xff\n"))
        assert error.code == "GL0121"
        assert error.at == Place(str(tmp_path / "a.jsonl"), 2)


class TestWorkbooks:
    def test_cells_are_what_a_person_typed(self, tmp_path: Path) -> None:
        given: dict[str, tuple[Any, str, str]] = {
            "line_id": (8505111000, "", "8505111000"),
            "ship_from": ("0012", "", "0012"),
            "ship_to": (True, "", "yes"),
            "a": (0.1, "", "0.1"),
            "b": (0.1 + 0.2, "", "0.3"),
            "c": (date(2025, 6, 10), "yyyy-mm-dd", "2025-06-10"),
            "d": (datetime.fromisoformat("2025-06-10T14:30"), "yyyy-mm-dd hh:mm", "2025-06-10T14:30:00"),
            "e": (time(14, 30), "hh:mm", "14:30:00"),
            "f": (0.12, "0%", "12%"),
            "g": (0.004, "0.00%", "0.4%"),
            "h": (0.6, '0.0" %"', "0.6"),
            "i": (1e20, "", "100000000000000000000"),
            "j": (-5, "", "-5"),
            "k": (0.00001, "", "0.00001"),
            "l": (timedelta(hours=30), "[h]:mm", "1 day, 6:00:00"),
            "m": (1, "[Red]0.0%", "100%"),
        }
        formats = {(1, at): style for at, (_, style, _) in enumerate(given.values()) if style}
        path = workbook(tmp_path / "a.xlsx", [list(given), [value for value, _, _ in given.values()]], formats)
        assert cells(path) == [{name: text for name, (_, _, text) in given.items()}]

    def test_rows_and_columns_before_the_table(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            [],
            ["", "line_id", "ship_from", "ship_to", "owner_share"],
            [],
            ["", "L-1", "CN", "DE", 0.6],
        ]
        path = workbook(tmp_path / "a.xlsx", rows, {(3, 4): "0%"})
        [row] = read_rows(path).rows
        assert (row.number, row.cells["owner_share"]) == (4, "60%")

    def test_the_error_of_a_formula_is_no_empty_cell(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        with Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, [*HEADER, "owner", "note"])
            for row in (1, 2, 3):
                sheet.write_row(row, 0, [f"L-{row}", "CN", "DE", "magnet", "Example", "note"])
            sheet.write_formula(1, 4, "=NA()", value="#N/A")
            sheet.write_formula(2, 5, "=1/0", value="#DIV/0!")
        bad, carried, _ = read_rows(path).rows
        assert isinstance(bad, BadRow)
        assert (bad.problem.code, bad.problem.at) == ("GL0111", Place(str(path), 2, "owner"))
        assert bad.cells["owner"] == "#N/A"
        assert isinstance(carried, Row)
        assert carried.cells["note"] == "#DIV/0!"

    def test_a_cell_beyond_the_header(self, tmp_path: Path) -> None:
        path = workbook(
            tmp_path / "a.xlsx",
            [["line_id", "ship_from", "ship_to"], ["L-1", "CN", "DE", "", "x"], ["L-2", "CN", "DE"]],
        )
        bad = only_bad(path)
        assert (bad.problem.code, bad.number, bad.cells["column_5"]) == ("GL0113", 2, "x")

    @pytest.mark.parametrize("header", [[], ["line_id", "", "ship_to"], ["line_id", "ship_from", "ship_to", "line_id"]])
    def test_a_header_that_is_none(self, tmp_path: Path, header: list[str]) -> None:
        assert refused(workbook(tmp_path / "a.xlsx", [header])).code == "GL0122"

    def test_only_the_first_sheet_is_read(self, tmp_path: Path) -> None:
        write_table(tmp_path / "a.xlsx", HEADER, [MAGNET], format="xlsx", sources=[{"title": "t"}])
        assert cells(tmp_path / "a.xlsx") == [MAGNET]

    def test_a_workbook_that_unpacks_to_too_much(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_table(tmp_path / "a.xlsx", HEADER, [MAGNET | {"description": "x" * 30_000}], format="xlsx")
        monkeypatch.setattr(tables, "SIZE_MAX", 20_000)
        assert (tmp_path / "a.xlsx").stat().st_size < 20_000
        assert refused(tmp_path / "a.xlsx").code == "GL0123"

    def test_what_is_written(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        columns = ("line_id", "quantity", "value", "description")
        rows = [
            {"line_id": "0012", "quantity": "1200.50", "value": "-7", "description": '=HYPERLINK("http://x")'},
            {"line_id": "12", "quantity": "007", "value": "1234567890123456", "description": "https://example.org"},
        ]
        assert write_table(path, columns, rows, format="xlsx", sources=[{"title": "Notice", "href": "https://x"}]) == 2
        with zipfile.ZipFile(path) as box:
            sheet, styles = box.read("xl/worksheets/sheet1.xml").decode(), box.read("xl/styles.xml").decode()
            book, created = box.read("xl/workbook.xml").decode(), box.read("docProps/core.xml").decode()
        assert "<f>" not in sheet
        assert "<hyperlink" not in sheet
        assert "<v>1200.5</v>" in sheet
        assert 'formatCode="0.00"' in styles
        assert "<v>-7</v>" in sheet
        assert "1234567890123456" not in sheet  # text: a number of 16 digits would lose its last
        assert 'state="frozen"' in sheet
        assert '<autoFilter ref="A1:D3"' in sheet
        assert 'name="sources"' in book
        assert "2025-01-01T00:00:00Z" in created
        assert cells(path, compulsory=())[1] == rows[1]

    @pytest.mark.parametrize("text", ["x" * 32_768])
    def test_a_cell_too_long_for_a_sheet_is_said(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(FileError, match="32768 signs in row 2, column line_id") as caught:
            write_table(tmp_path / "a.xlsx", HEADER, [{"line_id": text}], format="xlsx")
        assert caught.value.code == "GL0306"
        assert list(tmp_path.iterdir()) == []

    def test_too_many_rows_for_a_sheet_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "_SHEET_ROWS_MAX", 3)
        write_table(tmp_path / "a.xlsx", HEADER, [MAGNET] * 2, format="xlsx")
        with pytest.raises(FileError, match="more than 2 rows"):
            write_table(tmp_path / "a.xlsx", HEADER, [MAGNET] * 3, format="xlsx")


class TestParquet:
    def test_values_of_every_kind(self, tmp_path: Path) -> None:
        east = timezone(timedelta(hours=8))
        given: dict[str, tuple[Any, Any, str]] = {
            "line_id": (8505111000, pa.int64(), "8505111000"),
            "ship_from": ("CN", pa.dictionary(pa.int8(), pa.string()), "CN"),
            "ship_to": ("DE", pa.large_string(), "DE"),
            "a": (0.1, pa.float64(), "0.1"),
            "b": (0.1, pa.float32(), "0.1"),
            "c": (8505111000.0, pa.float64(), "8505111000"),
            "d": (Decimal("1.50"), pa.decimal128(10, 2), "1.50"),
            "e": (date(2025, 6, 10), pa.date32(), "2025-06-10"),
            "f": (datetime.fromisoformat("2025-06-10"), pa.timestamp("ns"), "2025-06-10"),
            "g": (datetime.fromisoformat("2025-06-10T14:30"), pa.timestamp("ms"), "2025-06-10T14:30:00"),
            "h": (datetime(2025, 6, 10, tzinfo=UTC), pa.timestamp("us", "UTC"), "2025-06-10T00:00:00+00:00"),
            "i": (datetime(2025, 6, 10, tzinfo=east), pa.timestamp("us", "+08:00"), "2025-06-10T00:00:00+08:00"),
            "j": (True, pa.bool_(), "yes"),
            "k": (None, pa.string(), ""),
            "l": (None, pa.null(), ""),
            "m": (b"text", pa.binary(), "text"),
            "n": (16777216.0, pa.float32(), "16777216"),
            "o": (None, pa.float32(), ""),
            "p": (time(14, 30), pa.time32("s"), "14:30:00"),
            "q": (2**64 - 1, pa.uint64(), "18446744073709551615"),
        }
        columns = {name: pa.array([value], type=kind) for name, (value, kind, _) in given.items()}
        pq.write_table(pa.table(columns), tmp_path / "a.parquet")
        assert cells(tmp_path / "a.parquet") == [{name: text for name, (_, _, text) in given.items()}]

    def test_a_year_that_python_does_not_know_stops_nobody(self, tmp_path: Path) -> None:
        far = pa.array([2**60, 0], type=pa.timestamp("ms"))
        pq.write_table(pa.table({"line_id": ["1", "2"], "ship_from": far, "ship_to": far}), tmp_path / "a.parquet")
        assert [type(one) for one in read_rows(tmp_path / "a.parquet").rows] == [Row, Row]

    def test_nested_columns_are_refused_by_name(self, tmp_path: Path) -> None:
        table = pa.table({"line_id": ["1"], "ship_from": ["CN"], "ship_to": ["US"], "codes": [["hs:850511"]]})
        pq.write_table(table, tmp_path / "a.parquet")
        error = refused(tmp_path / "a.parquet")
        assert (error.code, error.at) == ("GL0121", Place(str(tmp_path / "a.parquet"), None, "codes"))

    def test_bytes_that_are_not_utf8(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"line_id": [b"\xff"], "ship_from": ["CN"], "ship_to": ["US"]}), tmp_path / "a.parquet")
        assert refused(tmp_path / "a.parquet").code == "GL0121"

    def test_columns_named_twice(self, tmp_path: Path) -> None:
        table = pa.table([["1"], ["2"]], names=["line_id", "line_id"])
        pq.write_table(table, tmp_path / "a.parquet")
        assert refused(tmp_path / "a.parquet").code == "GL0122"

    def test_damage_further_down(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        write_table(path, HEADER, [MAGNET | {"line_id": str(one)} for one in range(30_000)], format="parquet")
        raw = bytearray(path.read_bytes())
        raw[200:5000] = b"\xff" * 4800
        assert refused(save(path, bytes(raw))).code == "GL0121"

    def test_all_columns_are_text_and_sources_are_metadata(self, tmp_path: Path) -> None:
        write_table(tmp_path / "a.parquet", HEADER, [MAGNET], format="parquet", sources=[{"title": "公告"}])
        schema = pq.read_schema(str(tmp_path / "a.parquet"))
        assert set(schema.types) == {pa.string()}
        assert json.loads(schema.metadata[b"greenlane.sources"]) == [{"title": "公告"}]


class TestLines:
    def test_a_line_id_twice_names_the_first_row(self, tmp_path: Path) -> None:
        text = "line_id,ship_from,ship_to\nA,CN,US\nB,CN,US\n A ,XX,US\n"
        *good, reject = read_lines(save(tmp_path / "a.csv", text))
        assert [type(one) for one in good] == [Line, Line]
        assert isinstance(reject, Reject)
        assert [one.code for one in reject.problems] == ["GL0103", "GL0109"]
        assert reject.problems[1].at == Place(str(tmp_path / "a.csv"), 4, "line_id")
        assert "row 2" in reject.problems[1].message

    def test_the_id_of_a_rejected_row_counts(self, tmp_path: Path) -> None:
        text = "line_id,ship_from,ship_to\nA,CN,US,too,many\nA,CN,US\n"
        first, second = read_lines(save(tmp_path / "a.csv", text))
        assert isinstance(first, Reject)
        assert isinstance(second, Reject)
        assert [one.code for one in second.problems] == ["GL0109"]


class TestRejects:
    def test_nothing_is_lost(self, tmp_path: Path) -> None:
        text = 'line_id,ship_from,ship_to,description\nA,XX,,"=1+1, ""a""\nb"\nB,CN,US,c,d\nC,"CN\n'
        rejects = [one for one in read_lines(save(tmp_path / "a.csv", text)) if isinstance(one, Reject)]
        assert write_rejects(tmp_path / "rejects.csv", rejects) == 3
        table = read_rows(tmp_path / "rejects.csv")
        assert table.columns == ("line_id", "ship_from", "ship_to", "description", "column_5", *REJECT_COLUMNS)
        back = list(table.rows)
        for row, reject in zip(back, rejects, strict=True):
            kept = {name: text for name, text in row.cells.items() if name not in REJECT_COLUMNS}
            assert kept == dict.fromkeys(kept, "") | dict(reject.cells)
        first = back[0].cells
        assert first["reject_file"] == str(tmp_path / "a.csv")
        assert first["reject_row"] == "2"
        assert first["reject_code"] == "GL0101 | GL0103"
        assert first["reject_column"] == "ship_to | ship_from"
        assert first["reject_message"].count(" | ") == 1
        assert back[1].cells["reject_column"] == ""

    def test_a_reject_rejected_again_keeps_what_was_said_before(self, tmp_path: Path) -> None:
        path = tmp_path / "rejects.csv"
        [first] = read_lines(save(tmp_path / "a.csv", "line_id,ship_from,ship_to\nA,XX,US\n"))
        assert isinstance(first, Reject)
        write_rejects(path, [first])
        [second] = read_lines(path)
        assert isinstance(second, Reject)
        write_rejects(path, [second])
        [third] = cells(path)
        assert third["reject_file"] == str(path)
        assert third["before_reject_file"] == str(tmp_path / "a.csv")
        [fourth] = read_lines(path)
        assert isinstance(fourth, Reject)
        write_rejects(path, [fourth])
        [last] = cells(path)
        assert last["before_reject_file"] == str(path)
        assert {"reject_code", "before_reject_code", "before_before_reject_code"} <= set(last)

    def test_no_rejects_leave_the_header(self, tmp_path: Path) -> None:
        assert write_rejects(tmp_path / "rejects.csv", []) == 0
        assert (tmp_path / "rejects.csv").read_text(encoding="utf-8") == ",".join(REJECT_COLUMNS) + "\n"

    def test_a_problem_without_a_place(self, tmp_path: Path) -> None:
        write_rejects(tmp_path / "rejects.csv", [Reject({"a": "1"}, "f.csv", 7, (LineError("GL0101", "what"),))])
        [row] = cells(tmp_path / "rejects.csv", compulsory=())
        assert list(row.values()) == ["1", "f.csv", "7", "GL0101", "", "what", ""]


class TestWriting:
    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
    def test_a_failure_leaves_the_old_file_and_no_draft(self, tmp_path: Path, suffix: str) -> None:
        path = save(tmp_path / f"a.{suffix}", "old")

        def rows() -> Iterable[Mapping[str, str]]:
            yield MAGNET
            raise FileError("GL0121", "the input broke off")

        with pytest.raises(FileError, match="broke off"):
            write_table(path, HEADER, rows(), format=suffix)
        assert path.read_text() == "old"
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
    def test_what_cannot_be_written_is_named(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "file").write_text("")
        for path in (tmp_path / "absent" / "a", tmp_path / "folder", tmp_path / "file" / "a"):
            with pytest.raises(FileError) as caught:
                write_table(path, HEADER, [MAGNET], format=suffix)
            assert caught.value.code == "GL0306"
            assert str(path) in caught.value.message
        assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder"]

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
    def test_half_a_surrogate_pair_is_refused(self, tmp_path: Path, suffix: str) -> None:
        with pytest.raises(FileError) as caught:
            write_table(tmp_path / "a", HEADER, [{"line_id": "\ud800"}], format=suffix)
        assert caught.value.code == "GL0306"

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        target = save(tmp_path / "real.csv", "old")
        (tmp_path / "link.csv").symlink_to(target)
        write_table(tmp_path / "link.csv", HEADER, [MAGNET], format="csv")
        assert (tmp_path / "link.csv").is_symlink()
        assert cells(target) == [MAGNET]

    def test_json_lines_are_no_table(self, tmp_path: Path) -> None:
        with pytest.raises(FileError) as caught:
            write_table(tmp_path / "a.jsonl", HEADER, [MAGNET], format="jsonl")
        assert caught.value.code == "GL0306"

    def test_cells_without_a_column_are_left_out_and_missing_ones_are_empty(self, tmp_path: Path) -> None:
        write_table(tmp_path / "a.csv", HEADER, [{"line_id": "1", "other": "2"}], format="csv")
        assert (tmp_path / "a.csv").read_text() == "line_id,ship_from,ship_to,description\n1,,,\n"

    def test_a_single_empty_cell_is_no_blank_line(self, tmp_path: Path) -> None:
        write_table(tmp_path / "a.csv", ("a",), [{"a": ""}, {"a": "1"}], format="csv")
        assert (tmp_path / "a.csv").read_text() == 'a\n""\n1\n'


# ----------------------------------------------------------------------------------------------------------------------
# Properties

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text("=+-@'\"\t\r\n,;0159.x \0", max_size=8)
TABLES = st.lists(st.lists(TEXT, min_size=3, max_size=3).filter(lambda row: "".join(row).strip()), max_size=8)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(TABLES)
@QUICK
def test_any_table_of_csv_reads_back(tmp_path: Path, rows: list[list[str]]) -> None:
    given_rows = [dict(zip("abc", row, strict=True)) for row in rows]
    write_table(tmp_path / "a.csv", tuple("abc"), given_rows, format="csv")
    assert cells(tmp_path / "a.csv", compulsory=()) == given_rows


@given(TABLES)
@settings(QUICK, max_examples=40)
def test_any_table_of_parquet_reads_back(tmp_path: Path, rows: list[list[str]]) -> None:
    given_rows = [dict(zip("abc", row, strict=True)) for row in rows]
    write_table(tmp_path / "a.parquet", tuple("abc"), given_rows, format="parquet")
    assert cells(tmp_path / "a.parquet", compulsory=()) == given_rows


PLAIN = st.text("abcXYZ019 äß钕;\t'=-", max_size=10)
GOOD = PLAIN.map(lambda text: ("good", [text]))
BAD = st.one_of(
    PLAIN.map(lambda text: ("bad", ["XX", text])),
    st.lists(st.text("abc019", min_size=1, max_size=5), min_size=1, max_size=5).map(lambda extra: ("bad", ["CN", "", *extra])),
    PLAIN.map(lambda text: ("bad", ["CN", f"{text}\x00"])),
    st.just(("bad", ["CN", "x" * 4_001])),
)


@given(st.lists(GOOD | BAD, max_size=15))
@QUICK
def test_good_rows_are_answered_and_bad_ones_kept_whole(tmp_path: Path, made: list[tuple[str, list[str]]]) -> None:
    good: dict[str, list[str]] = {}
    bad: dict[str, list[str]] = {}
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["line_id", "ship_to", "ship_from", "note"])
        for at, (kind, given_cells) in enumerate(made):
            row = [f"L-{at}", "US", *(["CN"] if kind == "good" else []), *given_cells]
            writer.writerow([tables._typed(cell) for cell in row])
            (good if kind == "good" else bad)[f"L-{at}"] = row
    found = list(read_lines(tmp_path / "a.csv"))
    lines = {one.line_id: one for one in found if isinstance(one, Line)}
    rejects = [one for one in found if isinstance(one, Reject)]
    assert {name: one.cells["note"] for name, one in lines.items()} == {name: row[3] for name, row in good.items()}
    write_rejects(tmp_path / "rejects.csv", rejects)
    back = [row.cells for row in read_rows(tmp_path / "rejects.csv", compulsory=()).rows]
    kept = [[text for name, text in row.items() if name not in REJECT_COLUMNS] for row in back]
    width = max((len(row) for row in kept), default=0)
    assert kept == [row + [""] * (width - len(row)) for row in bad.values()]
    assert all(row["reject_code"] for row in back)


@given(st.lists(st.text('ab",\n\r', max_size=12), max_size=8))
@QUICK
def test_no_sign_of_a_torn_csv_is_lost(tmp_path: Path, torn: list[str]) -> None:
    """Whatever the quotes, each letter of the file is in a line or a reject, and none is there twice."""
    text = "line_id,ship_from,ship_to\n" + "\n".join(torn)
    path = save(tmp_path / "a.csv", text)
    found = "".join("".join(row.cells.values()) for row in read_rows(path).rows)
    for sign in "ab":
        assert found.count(sign) == text.count(sign, text.index("\n"))


def test_every_column_of_an_order_is_known_to_the_reader(tmp_path: Path) -> None:
    path = save_as(tmp_path / "a.csv", COLUMNS, [MAGNET])
    [line] = read_lines(path)
    assert isinstance(line, Line)
    assert set(line.cells) == set(COLUMNS)
