"""Order lines in a cluster: `decide_dataframe` for notebooks, and what `greenlane decide --engine spark` does with a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from greenlane.batch.engine import Engine
from greenlane.batch.tasks import Job
from greenlane.decide.line import COMPULSORY
from greenlane.errors import FileError, LineError, MissingExtra, Place, UsageError
from greenlane.feeds import handed_rows, tables
from greenlane.feeds.tables import Reject
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.services.runs import Question
from greenlane.terms.periods import Asked
from greenlane.wiring import load_rules

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FORMATS: Final = ("csv", "parquet")
_HELD: Final = 10_000  # rejects that are held at once; more are fetched part by part, twice


def spark() -> Any:
    """The room that knows Spark. Raises MissingExtra."""
    if find_spec("pyspark") is None or find_spec("pandas") is None:  # its own `mapInArrow` asks for pandas
        raise MissingExtra("spark", "Apache Spark")
    from greenlane.batch import spark as found

    return found


def new_engine(job: Job) -> Engine:
    """The compiled law of a job, in machine code where the worker has the extra for it."""
    fast: Any = None
    if find_spec("numba") is not None:
        from greenlane.batch.fused import Fused

        fast = Fused
    return Engine(
        job.rules,
        on=job.on,
        known_by=job.known_by,
        sides=job.sides,
        strict=job.strict,
        identify=job.identify,
        fast=fast,
    )


def decide_dataframe(
    dataframe: DataFrame,
    rules: RuleBase | Path | str | None = None,
    *,
    on: str | date,
    known_by: str | date | None = None,
    sides: Sequence[str] = ("cn", "us"),
    strict: bool = False,
    parties: bool | Mapping[str, Identified] = True,
    desk: Path | None = None,
    unique: bool = True,
    columns: Iterable[str] | None = None,
    names_max: int | None = None,
    compiled: Callable[[int], Any] | None = None,
) -> DataFrame:
    """Every row of a DataFrame of order lines with its answer beside it, on a day.

    A row that does not read has no verdict (it is null), and in `reject_code`, `reject_column`, `reject_message`, `reject_hint` and
    `reject_whole` what is wrong with it. A column of the table that has the name of an answer is called `input_...`.

    `rules` is a rule base, or the folder of one (that which ships). `parties`: the parties that rows name are screened, each name
    once, on the driver (True), not at all (False), or were screened before (a mapping). `unique`: a line id may stand in one row
    only. Both need a pass over these columns before, which is done at once; all else when the result is asked for. `columns` names
    the answers wanted. `compiled` is told whenever a worker compiles the law: an accumulator's `add`.

    Raises MissingExtra, UsageError, RuleBaseError.
    """
    found = spark()
    folder = Path(rules) if isinstance(rules, str | Path) else None
    base = rules if isinstance(rules, RuleBase) else load_rules(folder)
    asked = _asked(on)
    question = Question(asked, Asked.of(asked.calendar_day) if known_by is None else _asked(known_by), tuple(sides), strict)
    job, screen = _job(base, question), _screen(base, folder, question, desk) if parties is True else None
    if not isinstance(parties, bool):
        job = replace(job, parties=dict(parties))
    more = {} if names_max is None else {"names_max": names_max}
    answered: DataFrame = found.decide(
        dataframe, job, _hands(found), screen=screen, unique=unique, answers=columns, begun=compiled, **more
    )
    return answered


def _asked(day: str | date) -> Asked:
    try:
        return Asked.read(day) if isinstance(day, str) else Asked.of(day)
    except ValueError as error:
        raise UsageError("GL0304", str(error), hint="a day like 2025-06-10, or an instant with offset") from error


def _job(base: RuleBase, question: Question) -> Job:
    return Job(rules=base, on=question.on, known_by=question.known_by, sides=question.sides, strict=question.strict)


def _hands(found: Any) -> Any:
    return found.Hands(reader=handed_rows, make=new_engine)


def _screen(
    base: RuleBase, folder: Path | None, question: Question, desk: Path | None
) -> Callable[[Sequence[str]], Mapping[str, Identified]]:
    def screen(names: Sequence[str]) -> Mapping[str, Identified]:
        from greenlane.wiring import screening

        return screening.identifier(base, folder, question, desk).identify(names)

    return screen


# --- files ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkQuestion:
    """A table where every worker sees it, and what is asked of its lines; the answers go to a new folder of Parquet files."""

    file: str
    out: str
    question: Question
    rules: Path | None = None
    desk: Path | None = None
    rejects: Path | None = None
    screening: bool = True
    master: str | None = None
    conf: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[str, ...] | None = None  # the columns wanted of them; None: all


@dataclass(frozen=True, slots=True)
class SparkAnswer:
    """What came of it: how many lines of each verdict, how many rows were refused, and the first of them whole."""

    totals: Mapping[str, int]
    rejected: int
    first: tuple[Reject, ...]


def decide_files(asked: SparkQuestion, base: RuleBase) -> SparkAnswer:
    """Answer every line of a table on a cluster. Raises MissingExtra, FileError, UsageError."""
    found = spark()
    form = form_of(asked.file)
    here = _here(asked.out)
    if here is not None and here.exists():
        raise UsageError("GL0306", f"`{asked.out}` is there already", at=Place(asked.out), hint="name a new folder")
    source = _here(asked.file)
    if source is not None and not source.exists():
        hint = "check the name; every worker must see it under this name"
        raise FileError("GL0120", "cannot be opened: no such file or folder", at=Place(asked.file), hint=hint)
    with found.session(asked.master or found.MASTER, asked.conf) as session, found.told():
        frame, table = found.open_table(session, asked.file, form, _open_lines, _check)
        screen = _screen(base, asked.rules, asked.question, asked.desk) if asked.screening else None
        job, hands = _job(base, asked.question), _hands(found)
        answered = found.decide(frame, job, hands, table=table, screen=screen, answers=asked.answers)
        answered.write.parquet(asked.out)
        return _told(session.read.parquet(asked.out), asked)


def form_of(file: str) -> str:
    """CSV or Parquet; a folder is of Parquet. Raises FileError GL0120."""
    suffix = Path(file).suffix
    form = tables.format_of(Path(file)) if suffix else "parquet"
    if form not in FORMATS:
        raise FileError("GL0120", f"{form} is not read on Spark", at=Place(file), hint=f"known here: {', '.join(FORMATS)}")
    return form


def _here(path: str) -> Path | None:
    """The path, if it is one of this machine's."""
    return None if "://" in path else Path(path)


def _open_lines(lines: Sequence[str], file: str) -> tuple[tuple[str, ...], str, int]:
    return handed_rows.open_lines(lines, file, COMPULSORY)


def _check(columns: Sequence[str], file: str) -> None:
    tables.check_header(columns, COMPULSORY, file=file, line=None)


def _told(written: DataFrame, asked: SparkQuestion) -> SparkAnswer:
    """The totals of what was written; the rejects are written once more, as a file to be put right."""
    counted = {row.verdict: row["count"] for row in written.groupBy("verdict").count().collect()}
    rejected = counted.pop(None, 0)
    first: list[Reject] = []
    if rejected:
        bad = written.where("verdict is null").orderBy("reject_file", "reject_row").select("reject_whole")

        held = bad.collect() if rejected <= _HELD else None

        def rows() -> Iterator[Reject]:
            return (_read_reject(json.loads(row.reject_whole)) for row in (bad.toLocalIterator() if held is None else held))

        columns: dict[str, None] = {}
        for one in rows():
            columns |= dict.fromkeys(one.cells)
            if len(first) < 20:
                first.append(one)
        tables.write_rejects_of(asked.rejects or rejects_of(asked.file), columns, rows())
    return SparkAnswer(dict(sorted(counted.items())), rejected, tuple(first))


def rejects_of(file: str) -> Path:
    """Where the rejects of a file go, if nobody says: beside it, or here if it is elsewhere."""
    here = _here(file.rstrip("/"))
    name = f"{Path(file).name}.rejects.csv"
    return Path(name) if here is None else here.with_name(name)


def _read_reject(plain: Mapping[str, Any]) -> Reject:
    problems = tuple(
        LineError(code, message, at=None if at is None else Place(*at), hint=hint) for code, message, hint, at in plain["problems"]
    )
    return Reject(plain["cells"], plain["file"], plain["number"], problems)
