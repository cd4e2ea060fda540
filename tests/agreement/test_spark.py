"""Order lines on a cluster of real workers come to what they come to here; nothing is lost with a worker.

The whole needs pyspark and Java, and takes its time: `-m "cluster or not cluster"`. One run is always done where they are there.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from greenlane import wiring
from greenlane.cli.main import cli
from greenlane.errors import FileError, GreenlaneError, MissingExtra, UsageError
from greenlane.feeds import tables
from greenlane.law.rulebase import RuleBase
from greenlane.services.runs import Question
from greenlane.terms.periods import Asked
from greenlane.wiring import spark, streaming
from tests.agreement.processes import command, descendants

HAS_SPARK = find_spec("pyspark") is not None and find_spec("pandas") is not None and shutil.which("java") is not None
needs_spark = pytest.mark.skipif(not HAS_SPARK, reason="pyspark, pandas or Java is not there: pip install greenlane[spark]")
MASTER = "local-cluster[2,1,1024]"
DAY = Asked.read("2025-10-15")
QUESTION = Question(DAY, DAY, ("cn", "us"), strict=False)
COLUMNS = ("line_id", "codes", "contains", "attrs", "ship_from", "ship_to", "date", "consignee", "value", "currency", "note")
KINDS = 16
SPOILED: tuple[dict[str, str], ...] = (
    {"ship_to": ""},
    {"codes": "hs:8505.1O", "ship_from": "ZZ"},
    {"note": "bell\x07"},
    {"line_id": ""},
    {"line_id": "L-000001"},
    {"value": "NaN"},
    {"date": "yesterday"},
)


def orders(count: int, *, bad: bool = True) -> list[dict[str, str]]:
    """Lines of a few kinds of goods, ways, days and parties; some lack what is asked for, some do not read."""
    dice = random.Random(7)
    kinds = [
        {
            "codes": dice.choice(("hs:850511", "hs:2805301300", "hs:8542310000;eccn:EAR99", "hs:9403", "")),
            "contains": dice.choice(("Nd:29%;Dy:3.1%", "Tb:99.9%", "Dy:0", "")),
            "attrs": dice.choice(("form=magnet", "")),
            **dict(zip(("ship_from", "ship_to"), dice.choice(("CN DE", "CN US", "US HK", "DE JP")).split(), strict=True)),
            "date": dice.choice(("", "2025-04-03", "2025-06-10")),
            "consignee": dice.choice(("Huawei Technologies Co., Ltd.", "Example Antriebe", "Example Metals", "")),
        }
        for _ in range(KINDS)
    ]
    rows = []
    for number in range(count):
        cells = dice.choice(kinds) | {
            "line_id": f"L-{number:06d}",
            "value": str(dice.randrange(10_000_000) / 100),
            "currency": dice.choice(("USD", "EUR")),
            "note": dice.choice(("plain", 'say "no", twice', "é", "'=x", "")),
        }
        if bad and number % 101 == 50:
            cells |= SPOILED[number // 101 % len(SPOILED)]
        rows.append(cells)
    return rows


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return wiring.load_rules()


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A cluster of two executors, one processor each, on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")  # nobody else can reach it
        found = spark.spark()
        # Small files have pieces, too.
        with found.session(MASTER, {"spark.sql.files.openCostInBytes": "1000", "spark.sql.shuffle.partitions": "4"}) as opened:
            yield opened


def here(path: Path, base: RuleBase, desk: Path, question: Question = QUESTION) -> tuple[pa.Table, bytes]:
    """What this machine says: the answers, by line id, and the reject file."""
    out, rejects = desk / "here.parquet", desk / "here.rejects.csv"
    asked = streaming.FileQuestion(file=path, question=question, form="parquet", out=out, rejects=rejects, desk=desk)
    streaming.decide_file(asked, base)
    return by_id(pq.read_table(out)), rejects.read_bytes() if rejects.exists() else b""


def by_id(table: pa.Table) -> pa.Table:
    """The table by line id, dictionaries written out."""
    kinds = [one.with_type(one.type.value_type) if pa.types.is_dictionary(one.type) else one for one in table.schema]
    return table.cast(pa.schema(kinds)).replace_schema_metadata(None).sort_by("line_id")


def check_folder(folder: Path, expected: pa.Table) -> None:
    found = by_id(pq.read_table(folder))
    good = found.filter(pc.is_null(found["reject_code"]))
    assert good.select(expected.column_names).equals(expected)
    assert good.num_rows + found.filter(pc.is_null(found["verdict"])).num_rows == found.num_rows


def ask(file: Path, out: Path, base: RuleBase, desk: Path, question: Question = QUESTION) -> spark.SparkAnswer:
    asked = spark.SparkQuestion(
        file=str(file), out=str(out), question=question, desk=desk, rejects=desk / "there.rejects.csv", master=MASTER
    )
    return spark.decide_files(asked, base)


@needs_spark
def test_a_cluster_says_what_this_machine_says(session: Any, base: RuleBase, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    tables.write_table(path, COLUMNS, orders(1_000), format="csv")
    expected, rejects = here(path, base, tmp_path)
    found = ask(path, tmp_path / "answers", base, tmp_path)
    check_folder(tmp_path / "answers", expected)
    assert (tmp_path / "there.rejects.csv").read_bytes() == rejects
    assert found.rejected == rejects.count(b"\n") - 1 > 8
    assert sum(found.totals.values()) == expected.num_rows
    assert set(found.totals) >= {"cannot_say", "licence_required"}
    assert expected["duty_amount"].null_count < expected.num_rows


@needs_spark
@pytest.mark.cluster
def test_parquet_and_a_folder_of_it(session: Any, base: RuleBase, tmp_path: Path) -> None:
    rows = orders(3_000)
    path = tmp_path / "orders.parquet"
    tables.write_table(path, COLUMNS, rows, format="parquet")
    expected, rejects = here(path, base, tmp_path)
    ask(path, tmp_path / "answers", base, tmp_path)
    check_folder(tmp_path / "answers", expected)
    assert (tmp_path / "there.rejects.csv").read_bytes() == rejects
    folder = tmp_path / "orders"
    folder.mkdir()
    for part in range(3):
        tables.write_table(folder / f"{part}.parquet", COLUMNS, rows[part * 1_000 : part * 1_000 + 1_000], format="parquet")
    ask(folder, tmp_path / "of folder", base, tmp_path)
    check_folder(tmp_path / "of folder", expected)


@needs_spark
@pytest.mark.cluster
def test_only_the_columns_that_are_wanted(session: Any, base: RuleBase, tmp_path: Path) -> None:
    path, out = tmp_path / "orders.csv", tmp_path / "answers"
    tables.write_table(path, COLUMNS, orders(1_000), format="csv")
    expected, _ = here(path, base, tmp_path)
    wanted = ("verdict", "decided_by", "duty_percent")
    asked = spark.SparkQuestion(
        file=str(path), out=str(out), question=QUESTION, desk=tmp_path, rejects=tmp_path / "bad.csv", master=MASTER, answers=wanted
    )
    spark.decide_files(asked, base)
    few = [name for name in expected.column_names if name in (*COLUMNS, *wanted) or name.startswith(("input_", "rules_"))]
    check_folder(out, expected.select(few))
    assert {*pq.read_table(out).column_names} == {*few, *REJECTS, "reject_file", "reject_row"}


def frame_of(session: Any, rows: list[dict[str, str]], parts: int) -> Any:
    return session.createDataFrame([tuple(row[name] for name in COLUMNS) for row in rows], list(COLUMNS)).repartition(parts)


@needs_spark
@pytest.mark.cluster
def test_a_table_of_anybodys(session: Any, base: RuleBase, tmp_path: Path) -> None:
    rows = orders(1_500, bad=False)
    path = tmp_path / "orders.csv"
    tables.write_table(path, COLUMNS, rows, format="csv")
    expected, _ = here(path, base, tmp_path)
    compiled = session.sparkContext.accumulator(0)
    spoiled = [*rows, {**rows[7], "ship_to": "??"}, {**rows[9], "line_id": "L-x", "ship_to": "Germany"}]
    answered = spark.decide_dataframe(frame_of(session, spoiled, 12), base, on="2025-10-15", desk=tmp_path, compiled=compiled.add)
    told = {row.line_id: row for row in answered.where("reject_code is not null").collect()}
    assert {name: row.reject_code for name, row in told.items()} == {"L-000007": "GL0103 | GL0109", "L-x": "GL0103"} or {
        name: row.reject_code for name, row in told.items()
    } == {"L-000007": "GL0109", "L-x": "GL0103"}
    good = by_id(answered.where("reject_code is null").toArrow())
    assert good.select(expected.column_names).equals(expected.filter(pc.not_equal(expected["line_id"], "L-000007")))
    # Two actions of twelve tasks each and more, on two workers: each has compiled the law once.
    assert compiled.value == 2
    few = spark.decide_dataframe(
        frame_of(session, rows[:10], 1), base, on="2025-10-15", parties=False, unique=False, columns=("verdict",)
    )
    assert set(few.columns) - set(COLUMNS) == {"verdict", "rules_version", "rules_sha256", *REJECTS}


REJECTS = {"reject_code", "reject_column", "reject_message", "reject_hint", "reject_whole"}


@needs_spark
@pytest.mark.cluster
@pytest.mark.parametrize(("which", "day"), [("pyspark.daemon", "2025-10-13"), ("CoarseGrainedExecutorBackend", "2025-10-14")])
def test_a_worker_that_is_killed_loses_nothing(session: Any, base: RuleBase, tmp_path: Path, which: str, day: str) -> None:
    path, out = tmp_path / "orders.csv", tmp_path / "answers"
    tables.write_table(path, COLUMNS, orders(6_000), format="csv")
    asked = replace(QUESTION, on=Asked.read(day), known_by=Asked.read(day))  # a question that no worker has compiled yet
    expected, rejects = here(path, base, tmp_path, asked)
    session.conf.set("spark.sql.files.maxPartitionBytes", "15000")
    errors: list[BaseException] = []

    def run() -> None:
        try:
            ask(path, out, base, tmp_path, asked)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive() and not (out.exists() and mid_run(session)):
        time.sleep(0.002)
    victims = [one for one in descendants(os.getpid()) if which in command(one)]
    assert victims, f"no {which} runs"
    assert thread.is_alive(), "the run was over too soon"
    os.kill(victims[-1], signal.SIGKILL)
    thread.join(240)
    session.conf.unset("spark.sql.files.maxPartitionBytes")
    assert not errors
    check_folder(out, expected)
    assert (tmp_path / "there.rejects.csv").read_bytes() == rejects


def mid_run(session: Any) -> bool:
    """Whether some tasks of a stage of many are done, and others are not."""
    tracker = session.sparkContext.statusTracker()
    stages = [tracker.getStageInfo(one) for one in tracker.getActiveStageIds()]
    return any(one is not None and one.numTasks > 3 and 0 < one.numCompletedTasks < one.numTasks - 1 for one in stages)


# --- what cannot be ---------------------------------------------------------------------------------------------------


@needs_spark
@pytest.mark.cluster
def test_errors_say_what_to_do(session: Any, base: RuleBase, tmp_path: Path) -> None:
    def refused(file: Path, code: str) -> GreenlaneError:
        with pytest.raises(GreenlaneError) as caught:
            ask(file, tmp_path / "none", base, tmp_path)
        assert caught.value.code == code, str(caught.value)
        return caught.value

    refused(tmp_path / "nothing.csv", "GL0120")
    odd = tmp_path / "odd.csv"
    odd.write_text('line_id,ship_from,ship_to,note\nL-1,CN,DE,"over\ntwo lines"\n', encoding="utf-8")
    error = refused(odd, "GL0121")
    assert isinstance(error, FileError)
    assert "not closed on its line" in error.message
    odd.write_text("line_id,ship_from\nL-1,CN\n", encoding="utf-8")
    refused(odd, "GL0101")
    odd.write_bytes(b"line_id,ship_from,ship_to,note\nL-1,CN,DE,\xff\n")
    refused(odd, "GL0121")
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(b"PAR1 not a table PAR1")
    refused(damaged, "GL0120")
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        ask(odd, tmp_path / "there", base, tmp_path)
    rows = orders(5, bad=False)
    frame = frame_of(session, rows, 1)
    for broken, code in (
        (frame.drop("ship_to"), "GL0101"),
        (frame.selectExpr("*", "1 as note"), "GL0122"),
        (frame.drop("codes").selectExpr("*", "array(note) as codes"), "GL0312"),
    ):
        with pytest.raises(UsageError) as caught:
            spark.decide_dataframe(broken, base, on="2025-10-15")
        assert caught.value.code == code
    with pytest.raises(UsageError, match="more than 2 different parties"):
        spark.decide_dataframe(frame_of(session, orders(50), 1), base, on="2025-10-15", names_max=2)
    with pytest.raises(UsageError, match="no column of answers"):
        spark.decide_dataframe(frame, base, on="2025-10-15", columns=("verdict", "verdikt"))


@needs_spark
@pytest.mark.cluster
def test_a_master_that_nobody_understands(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    tables.write_table(path, COLUMNS, orders(2, bad=False), format="csv")
    asked = ["decide", str(path), "--on", "2025-06-10", "--engine", "spark", "--master", "nonsense", "--out", str(tmp_path / "out")]
    found = subprocess.run([sys.executable, "-m", "greenlane", *asked], capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "error[GL0311]: Spark did not start with master `nonsense`" in found.stderr
    assert "hint: --master takes local[4]" in found.stderr
    assert not found.stdout


@needs_spark
def test_without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="needs a Java") as caught:
        spark.spark().open_session()
    assert caught.value.code == "GL0311"
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="JAVA_HOME is"):
        spark.spark().open_session()


def test_without_pyspark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra) as caught:
        spark.spark()
    assert caught.value.code == "GL0310"
    assert caught.value.hint == 'pip install "greenlane[spark]"'
    path = tmp_path / "orders.csv"
    tables.write_table(path, COLUMNS, orders(2, bad=False), format="csv")
    asked = ["decide", str(path), "--on", "2025-06-10", "--engine", "spark", "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(cli, asked)
    assert isinstance(found.exception, MissingExtra)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--engine", "spark"), "needs a folder"),
        (("--engine", "spark", "--out", "o", "--explain"), "--explain is not done"),
        (("--engine", "spark", "--out", "o", "--format", "csv"), "--format csv is not done"),
        (("--engine", "spark", "--out", "o", "--spark-conf", "x"), "is not KEY=VALUE"),
        (("--master", "local[2]"), "are for --engine spark"),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, more: tuple[str, ...], says: str) -> None:
    path = tmp_path / "orders.csv"
    tables.write_table(path, COLUMNS, orders(2, bad=False), format="csv")
    found = CliRunner().invoke(cli, ["decide", str(path), "--on", "2025-06-10", *more])
    assert isinstance(found.exception, UsageError)
    assert says in found.exception.message


@pytest.mark.parametrize(
    ("file", "form"), [("a.csv", "csv"), ("hdfs://host/a.parquet", "parquet"), ("orders", "parquet"), ("a/b/", "parquet")]
)
def test_forms_of_tables(file: str, form: str) -> None:
    assert spark.form_of(file) == form


def test_a_form_that_spark_does_not_read() -> None:
    with pytest.raises(FileError, match="xlsx is not read on Spark"):
        spark.form_of("orders.xlsx")


def test_rejects_stand_beside_their_file_or_here() -> None:
    assert spark.rejects_of("some/orders.csv") == Path("some/orders.csv.rejects.csv")
    assert spark.rejects_of("some/orders/") == Path("some/orders.rejects.csv")
    assert spark.rejects_of("hdfs://host/some/orders") == Path("orders.rejects.csv")
