"""Long files through the columnar engine, end to end: verdicts and rejects as line by line, resumed, explained, verified."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane import wiring
from greenlane.cli import output
from greenlane.cli.main import cli
from greenlane.errors import GreenlaneError
from greenlane.feeds import tables
from greenlane.feeds.table_batches import Cut
from greenlane.law.rulebase import RuleBase
from greenlane.services.runs import Question
from greenlane.terms.periods import Asked
from greenlane.wiring import streaming
from tests.decide.small import small_base

BASE = """
  - id: magnets
    effect: licence_required
    in_force: [{from: 2025-04-04, source: s}]
    when: {ship_from: [CN], attr: {form: magnet}}
  - id: chips
    effect: prohibited
    in_force: [{from: 2025-02-01, source: s}]
    when: {ship_from: [CN], ship_to: [US], attr: {form: powder}}
"""
COLUMNS = ("line_id", "ship_from", "ship_to", "attrs", "date", "consignee", "quantity", "note")
SMALL = Cut(rows=7, size=1 << 20, text=150)


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return small_base(measures=BASE)


def question(on: str = "2025-06-10") -> Question:
    return Question(Asked.read(on), Asked.read(on), ("cn", "us"), strict=False)


def good(number: int) -> dict[str, str]:
    forms = ("magnet", "powder", "oxide", "")
    return {
        "line_id": f"L-{number:04d}",
        "ship_from": "CN",
        "ship_to": ("DE", "US", "JP")[number % 3],
        "attrs": f"form={form}" if (form := forms[number % 4]) else "",
        "date": ("", "2025-03-01", "2025-07-01T12:00+08:00")[number % 3],
        "consignee": f"Example {number % 5}",
        "quantity": str(number),
        "note": ("plain", 'say "no", twice', "", "é")[number % 4],
    }


SPOILED: tuple[dict[str, str], ...] = (
    {"ship_to": ""},
    {"ship_from": "ZZ", "attrs": "form"},
    {"note": "x" * 4_001},
    {"note": "bell\x07"},
    {"line_id": ""},
    {"line_id": " "},
    {"line_id": "L-0001"},
    {"line_id": " L-0002 "},
    {"ship_to": "CN"},
    {"quantity": "NaN"},
    {"quantity": "-1"},
    {"date": "yesterday"},
    {},
)


def by_line(path: Path, base: RuleBase) -> tuple[list[tuple[str, str, str]], list[dict[str, str]]]:
    """What reading and judging line by line says: verdicts, and the rows of the reject file."""
    lines, bad = wiring.read_order_file(path)
    flat = [output.flat(one) for one in wiring.answer(lines, base, question())]
    target = path.with_name("expected.rejects.csv")
    wiring.write_rejects(target, bad)
    return [(one["line_id"], one["verdict"], one["on"]) for one in flat], rows_of(target)


def rows_of(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def table_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        return list(rows_of(path))
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    with pa.ipc.open_file(path) as opened:
        return list(opened.read_all().to_pylist())


def by_columns(
    path: Path, base: RuleBase, form: str = "csv", **more: Any
) -> tuple[list[tuple[str, str, str]], list[dict[str, str]]]:
    out, rejects = path.with_name(f"out.{form}"), path.with_name("found.rejects.csv")
    for old in (out, rejects):
        old.unlink(missing_ok=True)
    asked = streaming.FileQuestion(
        file=path, question=question(), form=form, out=out, rejects=rejects, screening=False, **{"cut": SMALL, **more}
    )
    found = streaming.decide_file(asked, base)
    if form == "csv":
        rows = rows_of(out)
    elif form == "parquet":
        rows = pq.read_table(out).to_pylist()
    else:
        with pa.ipc.open_file(str(out)) as file:
            rows = file.read_all().to_pylist()
    assert sum(found.totals.values()) == len(rows)
    told = rows_of(rejects)
    assert found.rejected == len(told)
    return [(str(one["line_id"]).strip(), one["verdict"], one["on"]) for one in rows], told


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    tables.write_table(path, COLUMNS, rows, format=path.suffix[1:])
    return path


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow"])
@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_the_same_verdicts_and_rejects_as_line_by_line(tmp_path: Path, base: RuleBase, suffix: str, form: str) -> None:
    rows = [good(number) for number in range(60)]
    for at, spoiled in enumerate(SPOILED):
        rows[4 * at + 1] = {**rows[4 * at + 1], **spoiled}
    rows.insert(9, dict.fromkeys(COLUMNS, ""))
    path = write(tmp_path / f"orders.{suffix}", rows)
    if suffix == "csv":
        path.write_text(path.read_text(encoding="utf-8") + 'L-1,CN,US,a,,,,n,more\nL-2,CN,"US\nL-3,CN,DE\n', encoding="utf-8")
    expected = by_line(path, base)
    assert by_columns(path, base, form) == expected
    assert len(expected[1]) >= len(SPOILED) - 1
    assert {verdict for _, verdict, _ in expected[0]} == {"free", "licence_required", "prohibited", "cannot_say"}


CELL = st.one_of(
    st.sampled_from(
        ["", " ", "CN", "US", "DE", "L-1", "L-2", "form=magnet", "form=powder", "2025-06-10", "x", "0", "\x07", "é", '"']
    ),
    st.text(st.sampled_from("aCNUS,\";\n\t'=1"), max_size=4),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELL)) | st.integers(0, 99).map(good), max_size=25),
    suffix=st.sampled_from(["csv", "parquet"]),
    tail=st.text(st.sampled_from('L1,"\n\r'), max_size=12),
)
def test_any_file_comes_to_the_same(
    rows: list[dict[str, str]], suffix: str, tail: str, base: RuleBase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write(tmp_path_factory.mktemp("any") / f"orders.{suffix}", rows)
    if suffix == "csv":
        with path.open("a", encoding="utf-8", newline="") as handle:
            handle.write(tail)
    assert by_columns(path, base) == by_line(path, base)


def test_numbers_that_are_none_and_endless_ones_are_rejected_as_line_by_line(tmp_path: Path, base: RuleBase) -> None:
    nan, inf = float("nan"), float("inf")
    table = pa.table(
        {
            "line_id": [f"L-{number}" for number in range(6)],
            "ship_from": ["CN"] * 6,
            "ship_to": ["US"] * 6,
            "attrs": ["form=magnet"] * 6,
            "quantity": pa.array([1.5, nan, inf, -inf, -0.0, None]),
            "value": pa.array([1, 2, None, -4, 5, 6], pa.int32()),
            "date": pa.array([0, 1, 2, 3, None, 5], pa.date32()),
        }
    )
    pq.write_table(table, tmp_path / "orders.parquet")
    found = by_columns(tmp_path / "orders.parquet", base, "parquet")
    assert found == by_line(tmp_path / "orders.parquet", base)
    assert [row["line_id"] for row in found[1]] == ["L-1", "L-2", "L-3"]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_cells_of_ten_megabytes_are_rejected_and_the_rest_is_answered(tmp_path: Path, base: RuleBase, suffix: str) -> None:
    rows = [good(number) for number in range(20)]
    rows[4]["note"] = "x" * 10_000_000
    rows[9]["attrs"] = "form=" + "y" * 10_000_000
    rows[13]["line_id"] = "z" * 10_000_000
    path = write(tmp_path / f"orders.{suffix}", rows)
    csv.field_size_limit(20_000_000)
    try:
        verdicts, rejects = by_columns(path, base)
    finally:
        csv.field_size_limit(131_072)
    assert len(verdicts) == 17
    assert [row["reject_code"] for row in rejects] == ["GL0111"] * 3
    assert [len(row[name]) for row, name in zip(rejects, ("note", "attrs", "line_id"), strict=True)] == [
        10_000_000,
        10_000_005,
        10_000_000,
    ]


def test_a_file_in_another_encoding_or_without_its_columns_is_refused(tmp_path: Path, base: RuleBase) -> None:
    path = write(tmp_path / "orders.csv", [good(number) for number in range(40)])
    whole = path.read_bytes()
    for raw, code in (
        (whole + "L-99,CN,US,,,,,Größe".encode("latin-1"), "GL0121"),
        (whole.replace(b"ship_to", b"to", 1), "GL0101"),
    ):
        path.write_bytes(raw)
        with pytest.raises(GreenlaneError) as caught:
            by_columns(path, base)
        assert caught.value.code == code
        assert [one.name for one in tmp_path.iterdir()] == ["orders.csv"]


def test_input_columns_keep_their_types_and_names(tmp_path: Path, base: RuleBase) -> None:
    table = pa.table(
        {
            "line_id": pa.array([1, 2, 3], pa.int64()),
            "ship_from": pa.array(["CN"] * 3),
            "ship_to": pa.array(["US"] * 3).dictionary_encode(),
            "attrs": pa.array(["form=magnet"] * 3),
            "verdict": pa.array([1.5, None, 2.5]),
            "price": pa.array([None, 1, 2], pa.decimal128(9, 2)),
        }
    )
    pq.write_table(table, tmp_path / "orders.parquet")
    by_columns(tmp_path / "orders.parquet", base, "parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    names = {"verdict": "input_verdict"}
    for field in table.schema:
        name = names.get(field.name, field.name)
        assert found.schema.field(name).type == field.type, name
        assert found.column(name).to_pylist() == table.column(field.name).to_pylist()
    metadata = found.schema.metadata
    assert metadata[b"greenlane.rules_sha256"].decode() == base.sha256
    assert json.loads(metadata[b"greenlane.question"])["on"] == "2025-06-10"


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_the_bytes_do_not_depend_on_how_many_work(tmp_path: Path, base: RuleBase, form: str) -> None:
    path = write(tmp_path / "orders.parquet", [good(number) for number in range(100)])
    found = set()
    for workers in (1, 2, 4):
        by_columns(path, base, form, workers=workers)
        found.add((tmp_path / f"out.{form}").read_bytes())
    assert len(found) == 1


class StoppedError(Exception):
    """As if the process had been killed."""


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_a_stopped_run_goes_on_and_ends_with_the_same_bytes(tmp_path: Path, base: RuleBase, form: str) -> None:
    rows = [good(number) for number in range(80)]
    for at, spoiled in enumerate(SPOILED):
        rows[5 * at + 2] = {**rows[5 * at + 2], **spoiled}
    path = write(tmp_path / "orders.csv", rows)
    whole = by_columns(path, base, form)
    expected = (tmp_path / f"out.{form}").read_bytes()
    (tmp_path / f"out.{form}").unlink()
    asked = streaming.FileQuestion(
        file=path,
        question=question(),
        form=form,
        out=tmp_path / f"out.{form}",
        rejects=tmp_path / "found.rejects.csv",
        screening=False,
        cut=SMALL,
    )
    for stop in (1, 3, 4, 8):

        def stopping(done: int, stop: int = stop) -> None:
            if done == stop:
                raise StoppedError

        with pytest.raises(StoppedError):
            streaming.decide_file(asked, base, kept=stopping)
        assert not (tmp_path / f"out.{form}").exists()
    said: list[str] = []
    found = streaming.decide_file(asked, base, say=said.append)
    assert "going on after row" in said[0]
    assert (tmp_path / f"out.{form}").read_bytes() == expected
    assert rows_of(tmp_path / "found.rejects.csv") == whole[1]
    assert sum(found.totals.values()) == len(whole[0])
    assert not (tmp_path / f"out.{form}.greenlane-part").exists()


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_columns_of_few_texts_are_written_the_same_wherever_a_run_goes_on(tmp_path: Path, base: RuleBase, form: str) -> None:
    """A reader that began earlier in the file has its dictionaries in another order, if the writer's held a text twice."""
    notes = pa.array(["alpha", "beta", "gamma", "delta", "alpha"])
    rows = [good(number) for number in range(1_500)]
    table = pa.table({name: [row.get(name, "") for row in rows] for name in rows[0]})
    places = pa.array([(number * (number // 500 + 2) + 3 * (number // 500)) % 5 for number in range(1_500)], pa.int32())
    table = table.append_column("remark", pa.DictionaryArray.from_arrays(places, notes))
    pq.write_table(table, tmp_path / "orders.parquet", row_group_size=500)
    path, out = tmp_path / "orders.parquet", tmp_path / f"out.{form}"
    asked = streaming.FileQuestion(
        file=path, question=question(), form=form, out=out, screening=False, cut=Cut(rows=200, size=1 << 20, text=150)
    )
    streaming.decide_file(asked, base)
    expected = out.read_bytes()
    out.unlink()
    for stop in (1, 3, 5, 7):

        def stopping(done: int, stop: int = stop) -> None:
            if done == stop:
                raise StoppedError

        with pytest.raises(StoppedError):
            streaming.decide_file(asked, base, kept=stopping)
        streaming.decide_file(asked, base)
        assert out.read_bytes() == expected, stop
        out.unlink()


KILLED = """
import sys
import time
from pathlib import Path
from tests.journeys.test_decide_columns import BASE, SMALL, question, small_base, streaming
file, out = Path(sys.argv[1]), Path(sys.argv[2])
asked = streaming.FileQuestion(file=file, question=question(), form=out.suffix[1:], out=out, screening=False, cut=SMALL)
base = small_base(measures=BASE)
print("begun", flush=True)
streaming.decide_file(asked, base, kept=lambda done: print(done, flush=True))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_a_killed_process_loses_nothing_but_the_part_at_hand(tmp_path: Path, base: RuleBase, form: str) -> None:
    rows = [good(number) for number in range(600)]
    for at in range(0, 600, 11):
        rows[at] = {**rows[at], **SPOILED[at % len(SPOILED)]}
    path, out = write(tmp_path / "orders.csv", rows), tmp_path / f"out.{form}"
    by_columns(path, base, form)
    expected, expected_rejects = out.read_bytes(), rows_of(tmp_path / "found.rejects.csv")
    out.unlink()
    chance = random.Random(form)
    root = Path(__file__).parents[2]
    reached = 0
    for _ in range(2):
        command = [sys.executable, "-c", KILLED, str(path), str(out)]
        with subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            wanted = chance.randrange(1, 25)
            for line in process.stdout:
                reached = int(line)
                wanted -= 1
                if not wanted:
                    time.sleep(chance.random() * 0.003)
                    process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert not out.exists()
    said: list[str] = []
    asked = streaming.FileQuestion(file=path, question=question(), form=form, out=out, screening=False, cut=SMALL)
    streaming.decide_file(asked, base, say=said.append)
    assert reached > 3
    assert "going on after row" in said[0]
    assert out.read_bytes() == expected
    assert rows_of(path.with_name("orders.csv.rejects.csv")) == expected_rejects


def test_work_for_another_question_or_file_is_done_anew(tmp_path: Path, base: RuleBase) -> None:
    path = write(tmp_path / "orders.csv", [good(number) for number in range(50)])
    asked = streaming.FileQuestion(file=path, question=question(), form="csv", out=tmp_path / "out.csv", screening=False, cut=SMALL)

    def stop(_: int) -> None:
        raise StoppedError

    for change, word in ((lambda: None, "question"), (lambda: write(path, [good(1)]), "input")):
        with pytest.raises(StoppedError):
            streaming.decide_file(asked, base, kept=stop)
        change()
        other = streaming.FileQuestion(
            file=path, question=question("2025-03-01"), form="csv", out=tmp_path / "out.csv", screening=False, cut=SMALL
        )
        said: list[str] = []
        streaming.decide_file(other, base, say=said.append)
        assert word in said[0]
        assert "done anew" in said[0]


def test_a_file_that_is_damaged_further_down_leaves_nothing(tmp_path: Path, base: RuleBase) -> None:
    path = tmp_path / "orders.parquet"
    rows = [{**good(number), "note": random.Random(number).randbytes(200).hex()} for number in range(400)]
    table = pa.table({name: [row[name] for row in rows] for name in COLUMNS})
    pq.write_table(table, path, row_group_size=50, compression="zstd", use_dictionary=False)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 4000] = b"\0" * 4000
    path.write_bytes(raw)
    with pytest.raises(GreenlaneError) as caught:
        by_columns(path, base, "parquet", cut=Cut(rows=50))
    assert caught.value.code == "GL0121"
    assert [one.name for one in tmp_path.iterdir()] == ["orders.parquet"]


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(base: RuleBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREENLANE_DESK", str(tmp_path))
    real = wiring.load_rules
    monkeypatch.setattr(wiring, "load_rules", lambda folder=None, **more: base if folder is None else real(folder, **more))
    monkeypatch.setattr(streaming, "LINES_MIN", 20)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments), standalone_mode=False, catch_exceptions=True)

    return invoke


ON = ("--on", "2025-06-10", "--no-screening")


def test_a_long_file_is_answered_in_columns_by_itself(run: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path / "orders.csv", [*(good(number) for number in range(30)), {**good(31), "ship_to": "ZZ"}])
    result = run("decide", "orders.csv", *ON, "--out", "out.csv")
    assert result.return_value == 1, result.exception
    assert "error[GL0103]" in result.stderr
    assert "30 lines answered, 1 rejected" in result.stderr
    columnar = rows_of(tmp_path / "out.csv")
    run("decide", "orders.csv", *ON, "--out", "out.csv", "--engine", "reference")
    reference = rows_of(tmp_path / "out.csv")
    same = [name for name in reference[0] if name in columnar[0]]
    assert {
        "verdict",
        "lane",
        "on",
        "known_by",
        "range_low",
        "decided_by",
        "why",
        "missing",
        "source",
        "rules_version",
        "note",
    } <= set(same)
    for one, two in zip(columnar, reference, strict=True):
        # Which regimes are covered is for `why LINE_ID` to say.
        assert {name: one[name] for name in same if one["verdict"] != "free" or name != "why"}.items() <= two.items()


def test_in_place_of_a_table_the_totals_are_printed(run: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path / "orders.csv", [good(number) for number in range(30)])
    result = run("decide", "orders.csv", *ON)
    assert result.stdout.startswith("30 lines:   Free ")
    assert len(result.stdout.splitlines()) == 1
    assert "totals" not in result.stdout
    assert run("decide", "orders.csv", *ON, "--engine", "reference").stdout.splitlines()[-1] == result.stdout.strip()


def test_csv_goes_to_standard_output_as_well(run: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path / "orders.csv", [good(number) for number in range(30)])
    run("decide", "orders.csv", *ON, "--out", "out.csv")
    assert run("decide", "orders.csv", *ON, "--format", "csv").stdout == (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_what_the_engine_does_not_do_is_done_line_by_line_and_said(run: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path / "orders.csv", [good(number) for number in range(30)])
    result = run("decide", "orders.csv", *ON, "--format", "jsonl")
    assert len(result.stdout.splitlines()) == 30
    assert "judged one by one" in result.stderr
    problem = run("decide", "orders.csv", *ON, "--format", "jsonl", "--engine", "columnar").exception
    assert isinstance(problem, GreenlaneError)
    assert problem.code == "GL0304"
    problem = run("decide", "orders.csv", *ON, "--format", "parquet").exception
    assert isinstance(problem, GreenlaneError)
    assert "needs a file" in problem.message


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_only_the_columns_that_are_wanted_are_written(run: Callable[..., Result], tmp_path: Path, form: str) -> None:
    write(tmp_path / "orders.csv", [good(number) for number in range(7)])
    run("decide", "orders.csv", *ON, "--out", f"all.{form}", "--engine", "columnar", "--no-record")
    result = run("decide", "orders.csv", *ON, "--out", f"few.{form}", "--columns", "decided_by, verdict")
    assert result.exception is None
    whole, few = table_of(tmp_path / f"all.{form}"), table_of(tmp_path / f"few.{form}")
    assert [*few[0]] == [*COLUMNS, "decided_by", "verdict", "rules_version", "rules_sha256"]
    assert few == [{name: row[name] for name in few[0]} for row in whole]
    assert run("verify").stdout == "same: 7 answers, on 2025-06-10, as known 2025-06-10\n"
    (record,) = (one for one in tmp_path.rglob("*.json*") if "greenlane-file-run" in one.read_text(encoding="utf-8"))
    assert json.loads(record.read_text(encoding="utf-8"))["answers"] == ["decided_by", "verdict"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--out", "out.csv", "--columns", "verdict,colour"), "`colour` is no column of answers"),
        (("--out", "out.csv", "--columns", "decided_by"), "the verdict cannot be left out"),
        (("--columns", "verdict"), "--columns chooses answers in a file"),
        (("--out", "out.csv", "--columns", "verdict", "--engine", "reference"), "--columns chooses answers in a file"),
        (("--out", "out.xlsx", "--columns", "verdict"), "--format xlsx carries what explains each line"),
    ],
)
def test_columns_that_cannot_be_chosen(run: Callable[..., Result], tmp_path: Path, more: tuple[str, ...], says: str) -> None:
    write(tmp_path / "orders.csv", [good(number) for number in range(3)])
    problem = run("decide", "orders.csv", *ON, *more).exception
    assert isinstance(problem, GreenlaneError)
    assert problem.code == "GL0304"
    assert says in problem.message
    assert problem.hint
    assert not (tmp_path / "out.csv").exists()


def test_why_finds_a_line_of_a_long_file_and_explains_it_whole(run: Callable[..., Result], tmp_path: Path) -> None:
    rows = [good(number) for number in range(60)]
    write(tmp_path / "orders.csv", rows)
    run("decide", "orders.csv", *ON, "--out", "out.parquet")
    tree = run("why", "L-0040").stdout
    write(tmp_path / "one.csv", [rows[40]])
    run("decide", "one.csv", *ON)
    assert run("why", "L-0040").stdout == tree
    assert "licence" in tree.lower()
    assert run("why", "L-0041").stdout.startswith("L-0041")
    problem = run("why", "L-9999").exception
    assert isinstance(problem, GreenlaneError)
    assert problem.code == "GL0301"


def test_why_and_verify_refuse_a_file_that_has_changed(run: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path / "orders.csv", [good(number) for number in range(30)])
    run("decide", "orders.csv", *ON, "--out", "out.csv")
    assert run("verify").stdout == "same: 30 answers, on 2025-06-10, as known 2025-06-10\n"
    write(tmp_path / "orders.csv", [good(number) for number in range(29)])
    for command in (("why", "L-0001"), ("verify",)):
        problem = run(*command).exception
        assert isinstance(problem, GreenlaneError)
        assert problem.code == "GL0308"
    (tmp_path / "orders.csv").unlink()
    problem = run("verify").exception
    assert isinstance(problem, GreenlaneError)
    assert "is not there" in problem.message


def test_verify_names_the_rows_whose_answers_changed(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "orders.csv", [good(number) for number in range(30)])
    run("decide", "orders.csv", *ON, "--out", "out.csv")
    changed = small_base(measures=BASE.replace("effect: licence_required", "effect: prohibited"))
    monkeypatch.setattr(wiring, "load_rules", lambda folder=None, **more: changed)
    result = run("verify")
    assert result.return_value == 1
    assert "rows 1 to 31: other answers than then" in result.stdout
    assert "licence_required: " in result.stdout


def test_parties_are_screened_once_and_what_was_found_is_kept(tmp_path: Path) -> None:
    rows = [{**good(number), "consignee": "Huawei Technologies Co., Ltd."} if number == 3 else good(number) for number in range(40)]
    path = write(tmp_path / "orders.csv", rows)
    base = wiring.load_rules()
    asked = streaming.FileQuestion(
        file=path, question=question("2025-10-15"), form="csv", out=tmp_path / "out.csv", desk=tmp_path, cut=SMALL
    )
    record = streaming.decide_file(asked, base).record
    assert list(record.parties) == ["Huawei Technologies Co., Ltd."]
    assert record.screened is not None
    assert record.party("Example 1").searched == record.screened["searched"] != ""  # type: ignore[union-attr]
    lines, _ = wiring.read_order_file(path)
    same, parties = wiring.identify(lines, base, None, asked.question, tmp_path)
    expected = [one.verdict.value for one in wiring.answer(same, base, asked.question, parties=parties)]
    assert [row["verdict"] for row in rows_of(tmp_path / "out.csv")] == expected
    assert all(record.party(name) == party for name, party in parties.items())
    assert streaming.verify(record, base, tmp_path).same
