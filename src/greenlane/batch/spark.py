"""The same verdicts inside Apache Spark: a DataFrame of order lines in, the same rows with their answers out.

The law and the question are sent to every executor once; each Python worker compiles them once and keeps them from task to task.
What concerns the whole table is found out before, in a pass over line ids and names of parties alone: names are screened once,
by whoever asks, and a line id that repeats is told. Needs the extra `spark`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import pyarrow as pa
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  (as everybody calls it)
from pyspark.sql.types import LongType, StringType, StructField, StructType

from greenlane.batch import tasks
from greenlane.batch.columns import chosen
from greenlane.batch.engine import Engine
from greenlane.batch.stream import input_name
from greenlane.batch.tasks import FILE, PLACE, Job, Reader, Table, Work
from greenlane.decide.line import COLUMNS
from greenlane.errors import FileError, GreenlaneError, Place, UsageError
from greenlane.law.facts import Identified
from greenlane.terms.parties import ROLES

NAMES_MAX: Final = 200_000  # parties that are screened by whoever asks
REPEATS_MAX: Final = 100_000  # line ids that repeat
PIECES_MAX: Final = 1_000_000  # pieces of files, some ten thousand rows each
HEAD_LINES: Final = 100  # among so many lines the header of a CSV file stands
PIECES: Final = 3  # pieces of a file for each processor
#: One processor for each task, and a task that fails is done again, as on a cluster.
MASTER: Final = "local[*,4]"
_QUIET: Final = {
    "spark.ui.enabled": "false",
    "spark.log.level": "ERROR",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(tasks.ROWS),
    "spark.sql.parquet.compression.codec": "zstd",
}

Screen = Callable[[Sequence[str]], Mapping[str, Identified]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What the tasks are done with: who reads cells, who compiles a job; both must be importable on the workers."""

    reader: Reader
    make: Callable[[Job], Engine]


# --- sessions ---------------------------------------------------------------------------------------------------------


@contextmanager
def session(master: str = MASTER, conf: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """The running SparkSession, or one of ours, stopped at the end. Raises UsageError GL0311 as `open_session` does."""
    there = is_open()
    found = SparkSession.builder.getOrCreate() if there else open_session(master, conf)
    try:
        yield found
    finally:
        if not there:
            found.stop()


def is_open() -> bool:
    """Whether this process has a session, in whatever thread."""
    return SparkContext._active_spark_context is not None


def open_session(master: str = MASTER, conf: Mapping[str, str] | None = None) -> SparkSession:
    """A session of ours. Raises UsageError GL0311 without a Java, for a master nobody understands, or if Spark does not start."""
    home = os.environ.get("JAVA_HOME", "")
    if shutil.which("java", path=os.path.join(home, "bin") if home else None) is None:
        where = f"JAVA_HOME is {home}" if home else "no `java` is on the path"
        raise UsageError("GL0311", f"Spark needs a Java: {where}", hint="install Java 17 or later, or set JAVA_HOME")
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("greenlane").master(master)
    for key, value in {**_QUIET, **(conf or {})}.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # py4j has errors of its own for each way to fail
        raise UsageError("GL0311", f"Spark did not start with master `{master}`: {reason_of(error)}", hint=_MASTER_HINT) from error


_MASTER_HINT: Final = "--master takes local[4], local-cluster[2,1,1024], spark://host:7077, yarn or k8s://..."


def reason_of(error: BaseException) -> str:
    """What an error of Spark's says, in a line."""
    told = getattr(error, "java_exception", None)
    text = str(told.getMessage() if told is not None else error)
    cause = re.search(r"^(?:: )?(?:[\w.$]+(?:Exception|Error)): (.+)$", text, re.MULTILINE)
    found = (cause[1] if cause else next((line for line in text.splitlines() if line.strip()), type(error).__name__)).strip()
    return found if len(found) <= 300 else f"{found[:297]}..."


def _is_sparks(error: Exception) -> bool:
    return isinstance(error, PySparkException) or type(error).__module__.startswith("py4j")


_OURS: Final = re.compile(r"error\[(GL\d{4})\]: (.*?)(?:\n\s+in ([^\n]*))?(?:\n\nhint: ([^\n]*))?(?:\n|\Z)", re.DOTALL)


@contextmanager
def told() -> Iterator[None]:
    """Say what went wrong on a worker as if it had gone wrong here. Raises FileError, UsageError."""
    try:
        yield
    except GreenlaneError:
        raise
    except Exception as error:
        found = _OURS.search(str(error))
        if found is not None:
            kind = FileError if found[1].startswith("GL012") else UsageError
            at = Place(found[3]) if found[3] else None
            raise kind(found[1], " ".join(found[2].split()), at=at, hint=found[4] or "") from error
        if _is_sparks(error):
            if "No module named 'greenlane'" in str(error):
                hint = "install the same greenlane on every worker; PYSPARK_PYTHON names their Python"
                raise UsageError("GL0311", "the workers have no greenlane", hint=hint) from error
            raise UsageError("GL0311", f"Spark gave up: {reason_of(error)}", hint="its own log says more") from error
        raise


# --- tables -----------------------------------------------------------------------------------------------------------


def open_table(
    session: SparkSession,
    path: str,
    form: str,
    open_lines: Callable[[Sequence[str], str], tuple[tuple[str, ...], str, int]],
    check: Callable[[Sequence[str], str], None],
) -> tuple[DataFrame, Table]:
    """A file of CSV, or a file or folder of Parquet, with the place of every row in it. Raises FileError."""
    try:
        if form == "csv":
            return _open_csv(session, path, open_lines)
        plain = session.read.parquet(path)
        check(plain.columns, path)
        columns = [F.col(_quoted(name)) for name in plain.columns]
        many = len(plain.inputFiles()) > 1
    except Exception as error:
        if not _is_sparks(error):
            raise
        hint = "every worker must see it under this name; check the name and your rights"
        raise FileError("GL0120", f"cannot be opened: {reason_of(error)}", at=Place(path), hint=hint) from error
    place = [F.col("_metadata.file_path").alias(FILE), F.col("_metadata.row_index").alias(PLACE)]
    return plain.select(*columns, *place), Table(columns=tuple(plain.columns), in_files=True, shown="" if many else path)


def _open_csv(
    session: SparkSession, path: str, open_lines: Callable[[Sequence[str], str], tuple[tuple[str, ...], str, int]]
) -> tuple[DataFrame, Table]:
    context = session.sparkContext
    # Both passes must cut the file alike, also if executors come in between.
    if session.conf.get("spark.sql.files.minPartitionNum", None) is None:
        session.conf.set("spark.sql.files.minPartitionNum", str(PIECES * context.defaultParallelism))
    lines = session.read.text(path)
    if len(lines.inputFiles()) != 1:
        message = f"{len(lines.inputFiles())} files; CSV is read from one"
        raise FileError("GL0120", message, at=Place(path), hint="name one file, or write the table as Parquet")
    columns, delimiter, header = open_lines([row.value for row in lines.head(HEAD_LINES)], path)
    frame = lines.select("value", F.col("_metadata.file_block_start").alias(PLACE))
    return frame, Table(columns=columns, in_files=True, lines=delimiter, header=header, shown=path)


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


# --- answers ----------------------------------------------------------------------------------------------------------


def decide(
    frame: DataFrame,
    job: Job,
    hands: Hands,
    *,
    table: Table | None = None,
    screen: Screen | None = None,
    unique: bool = True,
    answers: Iterable[str] | None = None,
    names_max: int = NAMES_MAX,
    begun: Callable[[int], Any] | None = None,
) -> DataFrame:
    """Every row of a table with its answer beside it, or with what is wrong with it (`reject_code` is then not null).

    `screen` says what is found of names of parties. `unique`: a line id stands once; of rows of a file the first has it, of rows
    of a table without an order none. `answers` names the columns wanted (all). `begun` is told 1 whenever a worker compiles the
    law; an accumulator's `add` will do. Raises UsageError, FileError.
    """
    if type(frame).__module__.startswith("pyspark.sql.connect"):
        raise UsageError("GL0312", "this is a DataFrame of Spark Connect", hint="use a session with a Spark context")
    table = table or _plain(frame)
    wanted = chosen(answers)
    context = frame.sparkSession.sparkContext
    work = Work(
        key="",
        program=tasks.program(),
        sent=_Nothing(),
        table=table,
        reader=hands.reader,
        make=hands.make,
        answers=wanted,
        begun=begun,
    )
    with told():
        if screen is not None or unique or table.lines:
            names, work = _look_through(frame, work, unique=unique, names_max=names_max if screen is not None else None)
            if screen is not None and names:
                job = _screened(job, screen(names))
        packed = job.packed()
        sent = context.broadcast(packed)
        work = replace(work, key=tasks.key_of(packed), sent=sent)
        return frame.mapInArrow(partial(_each, tasks.answer, work), _schema(frame, table, wanted))


def _plain(frame: DataFrame) -> Table:
    """A DataFrame of anybody's. Raises UsageError GL0101, GL0122, GL0312."""
    columns = tuple(frame.columns)
    double = [name for name in dict.fromkeys(columns) if columns.count(name) > 1]
    if double:
        raise UsageError("GL0122", f"the table names `{double[0]}` more than once", hint="rename or drop one of each")
    missing = [name for name in ("line_id", "ship_from", "ship_to") if name not in columns]
    if missing:
        raise UsageError("GL0101", f"the compulsory column `{missing[0]}` is missing", hint="names are matched exactly")
    nested = [one.name for one in frame.schema if one.name in COLUMNS and one.dataType.typeName() in ("array", "map", "struct")]
    if nested:
        hint = 'join its values to a text, as in array_join(codes, ";")'
        raise UsageError("GL0312", f"`{nested[0]}` is a nested column", hint=hint)
    return Table(columns=columns)


class _Nothing:
    """Before anything was sent."""

    value = b""


def _schema(frame: DataFrame, table: Table, answers: Sequence[str]) -> StructType:
    beside = tasks.told_of(answers, in_files=table.in_files)
    kinds = {one.name: one.dataType for one in frame.schema}
    fields = [StructField(input_name(name, beside), StringType() if table.lines else kinds[name]) for name in table.columns]
    return StructType([*fields, *(StructField(name, LongType() if name == "reject_row" else StringType()) for name in beside)])


def _each(do: Callable[[Work, Iterable[Any]], Any], work: Work, batches: Iterable[Any]) -> Any:
    """One task."""
    yield from do(work, batches)


def _of_arrow(schema: Any) -> StructType:
    return StructType([StructField(one.name, LongType() if pa.types.is_integer(one.type) else StringType()) for one in schema])


# --- the pass before --------------------------------------------------------------------------------------------------


def _look_through(frame: DataFrame, work: Work, *, unique: bool, names_max: int | None) -> tuple[list[str], Work]:
    """The names of parties in a table, and the work with all that is to be known of the whole table before."""
    table = work.table
    if not table.lines:
        columns = [name for name in table.columns if name in ("line_id", *(ROLES if names_max is not None else ()))]
        frame = frame.select(*(_quoted(name) for name in columns), *((FILE, PLACE) if table.in_files else ()))
        work = replace(work, table=replace(table, columns=tuple(columns)))
    spread = frame.mapInArrow(partial(_each, tasks.survey, work), _of_arrow(tasks.SURVEY))
    if names_max is None:
        spread = spread.where(F.col("kind") == tasks.PIECE)
    found = spread.groupBy("kind", "file", "text", "piece").agg(F.max("rows").alias("rows"), F.count("*").alias("often"))
    names: dict[str, None] = {}
    pieces = []
    most = PIECES_MAX + (names_max or 0)
    rows = found.limit(most + 1).collect()
    for row in rows:
        if row.kind == tasks.PIECE:
            pieces.append(row)
        else:
            names.setdefault(row.text)
    if names_max is not None and len(names) > names_max:
        message = f"the table names more than {names_max} different parties"
        raise UsageError("GL0312", message, hint="raise the limit, decide it in several parts, or leave screening out")
    if len(rows) > most:
        raise UsageError("GL0312", f"the table comes in more than {PIECES_MAX} pieces", hint="decide it in several parts")
    before: dict[int, int] = {}
    if table.lines:
        counted = 0
        for row in sorted(pieces, key=lambda row: int(row.piece)):
            before[row.piece] = counted
            counted += row.rows
    work = replace(work, before=before)
    firsts: Mapping[str, tasks.First] = {}
    if unique and not tasks.do_rise((row.file, row.piece, row.text) for row in pieces for _ in range(row.often)):
        firsts = _repeated(frame, work)
    return sorted(names), replace(work, table=table, firsts=firsts)


def _repeated(frame: DataFrame, work: Work) -> dict[str, tasks.First]:
    """The line ids that repeat, and where each stands first."""
    spread = frame.mapInArrow(partial(_each, tasks.ids, work), _of_arrow(tasks.IDS))
    counted = spread.groupBy("line_id").agg(F.count("*").alias("often"), F.min(F.struct("file", "number")).alias("first"))
    rows = counted.where("often > 1").limit(REPEATS_MAX + 1).collect()
    if len(rows) > REPEATS_MAX:
        hint = "give each line an id of its own; unique=False lets ids repeat"
        raise UsageError("GL0312", f"more than {REPEATS_MAX} line ids repeat", hint=hint)
    return {row.line_id: (row.first.file, row.first.number) if work.table.in_files else None for row in rows}


def _screened(job: Job, found: Mapping[str, Identified]) -> Job:
    """The job with what screening found; of all that no list holds it is the same, and is kept once."""
    parties = {name: one for name, one in sorted(found.items()) if one.entries or one.doubts or one.cleared}
    silent = next((one for name, one in sorted(found.items()) if name not in parties), None)
    return replace(job, parties=parties, silent=silent)
