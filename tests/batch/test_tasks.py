"""One task of a cluster, without a cluster: the same answers and complaints as of a file here, however it is dealt out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.batch import tasks
from greenlane.batch.tasks import FILE, PLACE, Job, Table, Work
from greenlane.errors import FileError, UsageError
from greenlane.feeds import handed_rows, tables
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.services.runs import Question
from greenlane.terms.periods import Asked
from greenlane.wiring import streaming
from greenlane.wiring.spark import new_engine
from tests.decide.small import small_base

BASE = """
  - id: magnets
    effect: licence_required
    in_force: [{from: 2025-04-04, source: s}]
    when: {ship_from: [CN], attr: {form: magnet}}
"""
COLUMNS = ("line_id", "ship_from", "ship_to", "attrs", "quantity", "note", "verdict")
DAY = Asked.read("2025-06-10")
SPOILED: tuple[dict[str, str], ...] = (
    {"ship_to": ""},
    {"ship_from": "ZZ", "attrs": "form"},
    {"note": "bell\x07"},
    {"note": "x" * 4_001},
    {"line_id": " "},
    {"line_id": " L-0001"},
    {"quantity": "NaN"},
    dict.fromkeys(COLUMNS, ""),
)


class Sent:
    def __init__(self, value: bytes) -> None:
        self.value = value


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return small_base(measures=BASE)


def work_of(base: RuleBase, table: Table, **more: Any) -> Work:
    packed = Job(rules=base, on=DAY, known_by=DAY, sides=("cn", "us"), strict=False).packed()
    return Work(
        key=tasks.key_of(packed),
        program=tasks.program(),
        sent=Sent(packed),
        table=table,
        reader=handed_rows,
        make=new_engine,
        **more,
    )


def row(number: int) -> dict[str, str]:
    form = ("magnet", "powder", "")[number % 3]
    cells = {"line_id": f"L-{number:04d}", "ship_from": "CN", "ship_to": ("DE", "US")[number % 2], "attrs": form and f"form={form}"}
    return cells | {"quantity": str(number), "note": ("a", 'say "no", twice', "é", "'=x")[number % 4], "verdict": "mine"}


def rows_with(spoil: list[int | None]) -> list[dict[str, str]]:
    return [row(at) if which is None else row(at) | SPOILED[which] for at, which in enumerate(spoil)]


def here(path: Path, base: RuleBase) -> tuple[list[dict[str, Any]], str]:
    """What the run on this machine says: rows with answers, and the reject file."""
    out, rejects = path.with_name("out.parquet"), path.with_name("rejects.csv")
    question = Question(DAY, DAY, ("cn", "us"), strict=False)
    for old in (out, rejects):
        old.unlink(missing_ok=True)
    asked = streaming.FileQuestion(
        file=path, question=question, form="parquet", out=out, rejects=rejects, screening=False, workers=1
    )
    streaming.decide_file(asked, base)
    return pq.read_table(out).to_pylist(), rejects.read_text(encoding="utf-8") if rejects.exists() else ""


def in_tasks(path: Path, work: Work, pieces: list[list[Any]]) -> tuple[list[dict[str, Any]], str]:
    """The same from tasks, a task for each piece: what the driver does is done here in a few lines."""
    surveyed = [one for piece in pieces for batch in tasks.survey(work, piece) for one in batch.to_pylist()]
    told = [one for one in surveyed if one["kind"] == tasks.PIECE]
    before, count = {}, 0
    if work.table.lines:
        for one in sorted(told, key=lambda one: int(one["piece"])):
            before[one["piece"]] = count
            count += one["rows"]
    work = replace(work, before=before)
    every = [one for piece in pieces for batch in tasks.ids(work, piece) for one in batch.to_pylist()]
    seen: dict[str, list[tuple[str, int]]] = {}
    for one in every:
        seen.setdefault(one["line_id"], []).append((one["file"], one["number"]))
    firsts = {name: min(places) for name, places in seen.items() if len(places) > 1}
    if tasks.do_rise((one["file"], one["piece"], one["text"]) for one in told):
        assert not firsts
    work = replace(work, firsts=firsts)
    found = [one for piece in pieces for batch in tasks.answer(work, piece) for one in batch.to_pylist()]
    bad = [json.loads(one["reject_whole"]) for one in found if one["verdict"] is None]
    target = path.with_name("found.csv")
    target.unlink(missing_ok=True)
    if bad:
        from greenlane.wiring.spark import _read_reject

        rejects = [_read_reject(one) for one in bad]
        tables.write_rejects_of(target, dict.fromkeys(name for one in rejects for name in one.cells), rejects)
    added = (*tasks.REJECT, *tasks.REJECT_PLACE)
    good = [{name: cell for name, cell in one.items() if name not in added} for one in found if one["verdict"] is not None]
    return good, target.read_text(encoding="utf-8") if bad else ""


SPOIL = st.lists(st.one_of(st.none(), st.none(), st.integers(0, len(SPOILED) - 1)), max_size=30)


@settings(max_examples=40, deadline=None)
@given(spoil=SPOIL, size=st.integers(1, 12), cut=st.integers(0, 30))
def test_lines_of_csv_come_to_the_same_as_the_file(
    tmp_path_factory: pytest.TempPathFactory, base: RuleBase, spoil: list[int | None], size: int, cut: int
) -> None:
    path = tmp_path_factory.mktemp("csv") / "orders.csv"
    tables.write_table(path, COLUMNS, rows_with(spoil), format="csv")
    text = path.read_text(encoding="utf-8").replace("L-0005,CN", "\n\nL-0005,CN")  # blank lines count, and are no rows
    path.write_text(text + "L-9999,CN,DE,,1,a,b,c,d\n", encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    columns, delimiter, header = handed_rows.open_lines(lines[:5], str(path), ("line_id",))
    work = work_of(base, Table(columns=columns, in_files=True, lines=delimiter, header=header, shown=str(path)))
    begins = [0, min(cut, len(lines))]
    pieces = []
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        part = pa.RecordBatch.from_pydict({"value": lines[begin:end], PLACE: pa.array([begin] * (end - begin), pa.int64())})
        pieces.append([part.slice(at, size) for at in range(0, len(part), size)])
    if not cut:
        del pieces[0]
    assert _sorted(in_tasks(path, work, pieces[::-1])) == _sorted(here(path, base))


def _sorted(found: tuple[list[dict[str, Any]], str]) -> tuple[list[dict[str, Any]], list[str]]:
    return sorted(found[0], key=lambda one: str(one["line_id"])), sorted(found[1].splitlines())


@settings(max_examples=40, deadline=None)
@given(spoil=SPOIL, size=st.integers(1, 12), cut=st.integers(0, 30))
def test_rows_of_parquet_come_to_the_same_as_the_file(
    tmp_path_factory: pytest.TempPathFactory, base: RuleBase, spoil: list[int | None], size: int, cut: int
) -> None:
    path = tmp_path_factory.mktemp("parquet") / "orders.parquet"
    table = pa.Table.from_pylist(rows_with(spoil), pa.schema([(name, pa.string()) for name in COLUMNS]))
    quantity = pa.array([None if cell in ("", "NaN") else int(cell) for cell in table.column("quantity").to_pylist()], pa.int64())
    table = table.set_column(COLUMNS.index("quantity"), "quantity", quantity)
    pq.write_table(table, path)
    whole = table.combine_chunks().to_batches()
    batches = []
    for batch in whole:
        count = len(batch)
        files = pa.array([str(path)] * count, pa.string())
        columns = [*batch.columns, files, pa.array(range(count), pa.int64())]
        batches.append(pa.RecordBatch.from_arrays(columns, names=[*COLUMNS, FILE, PLACE]))
    work = work_of(base, Table(columns=COLUMNS, in_files=True, shown=str(path)))
    pieces = [
        [one.slice(at, size) for at in range(0, len(one), size)] for batch in batches for one in (batch.slice(cut), batch[:cut])
    ]
    assert _sorted(in_tasks(path, work, pieces)) == _sorted(here(path, base))


def test_rows_without_an_order_that_share_an_id_are_all_told(base: RuleBase) -> None:
    rows = [row(1), row(2), row(1)]
    batch = pa.RecordBatch.from_pylist(rows)
    work = work_of(base, Table(columns=tuple(batch.schema.names)), firsts={"L-0001": None})
    found = [one for part in tasks.answer(work, [batch]) for one in part.to_pylist()]
    assert [one["reject_code"] for one in found] == ["GL0109", None, "GL0109"]
    assert [one["verdict"] is None for one in found] == [True, False, True]
    assert [one["input_verdict"] for one in found] == ["mine"] * 3
    assert "reject_row" not in found[0]


def test_a_process_compiles_a_question_once(base: RuleBase) -> None:
    told: list[int] = []
    batch = pa.RecordBatch.from_pylist([row(1)])
    tasks._engines.clear()
    for day in ("2025-06-10", "2025-06-11", "2025-06-10", "2025-06-10"):
        job = Job(rules=base, on=Asked.read(day), known_by=DAY, sides=("cn", "us"), strict=False)
        packed = job.packed()
        work = replace(
            work_of(base, Table(columns=tuple(batch.schema.names))), key=tasks.key_of(packed), sent=Sent(packed), begun=told.append
        )
        assert [part.column("on").to_pylist() for part in tasks.answer(work, [batch])] == [[day]]
    assert told == [1, 1]


def test_another_program_is_refused(base: RuleBase) -> None:
    batch = pa.RecordBatch.from_pylist([row(1)])
    work = replace(work_of(base, Table(columns=tuple(batch.schema.names))), key="other", program="0.0.0 other")
    with pytest.raises(UsageError, match="this worker has greenlane") as caught:
        list(tasks.answer(work, [batch]))
    assert caught.value.code == "GL0311"


@pytest.mark.parametrize("lines", [['L-1,CN,DE,"a', 'b",1,x,y'], ['L-1,CN,DE,a,1,"open,y']])
def test_a_cell_that_goes_on_in_the_next_line_refuses_the_file(base: RuleBase, lines: list[str]) -> None:
    table = Table(columns=COLUMNS, in_files=True, lines=",", header=0, shown="orders.csv")
    batch = pa.RecordBatch.from_pydict({"value": lines, PLACE: pa.array([0] * len(lines), pa.int64())})
    with pytest.raises(FileError, match="not closed on its line") as caught:
        list(tasks.survey(work_of(base, table), [batch]))
    assert caught.value.code == "GL0121"


def test_bytes_that_are_no_text_refuse_the_file(base: RuleBase) -> None:
    bad = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb"))
    batch = pa.RecordBatch.from_arrays([bad, pa.array([0], pa.int64())], names=["value", PLACE])
    table = Table(columns=COLUMNS, in_files=True, lines=",", header=0, shown="orders.csv")
    with pytest.raises(FileError, match="not UTF-8"):
        list(tasks.survey(work_of(base, table), [batch]))


def test_nested_columns_and_other_types_are_carried_through(base: RuleBase) -> None:
    table = pa.table(
        {"line_id": ["a", "b"], "ship_from": ["CN", "CN"], "ship_to": ["DE", "??"], "quantity": [1, 2], "tags": [["x"], []]}
    )
    work = work_of(base, Table(columns=tuple(table.column_names)))
    (found,) = tasks.answer(work, table.to_batches())
    schema = tasks.schema_of(table.schema, work.answers, in_files=False)
    assert found.schema.equals(schema)
    assert found.column("tags").to_pylist() == [["x"], []]
    assert found.column("reject_code").to_pylist() == [None, "GL0103"]
    assert json.loads(found.column("reject_whole")[1].as_py())["cells"]["quantity"] == "2"


@given(ids=st.lists(st.sampled_from(["", "1", "2", "10", "11", "20"]), max_size=8), cut=st.integers(0, 8))
def test_ids_that_rise_through_all_pieces_repeat_nothing(ids: list[str], cut: int) -> None:
    pieces = []
    for place, some in enumerate((ids[:cut], ids[cut:])):
        piece = tasks._Piece()
        for one in some:
            piece.add(pa.array([one], pa.string()), 0)
        pieces.append(("f", place, piece.text()))
    named = [one for one in ids if one]
    rises = any(named == sorted(set(named), key=key) for key in (lambda one: one, lambda one: (len(one), one)))
    assert tasks.do_rise(pieces) == rises


def test_what_screening_did_not_find_is_kept_once() -> None:
    silent = Identified(name="Example B", searched="two lists", sound=True)
    held = Identified(name="Example A", searched="two lists", sound=True, cleared=("x",))
    job = Job(
        rules=small_base(measures=BASE),
        on=DAY,
        known_by=DAY,
        sides=("cn",),
        strict=False,
        parties={"Example A": held},
        silent=silent,
    )
    assert job.identify("Example A") == held
    assert job.identify("Example C") == replace(silent, name="Example C")
    assert job.identify("") is None
    assert replace(job, silent=None).identify("Example C") is None
