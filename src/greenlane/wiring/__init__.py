"""The hall: picks adapters, reads settings, and is the only place that may ask the clock."""

from __future__ import annotations

import gc
import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

from greenlane import __version__
from greenlane.decide.cases import CaseResult, run_case
from greenlane.decide.decision import Decision
from greenlane.decide.line import Line, Row, read_line
from greenlane.errors import FileError, UsageError
from greenlane.feeds import rule_files, tables
from greenlane.feeds.tables import Reject
from greenlane.law.facts import Identified
from greenlane.law.rulebase import Case, RuleBase
from greenlane.services.file_runs import FileRun
from greenlane.services.records import Record, read_record
from greenlane.services.runs import Compared, Question, Run, again, answer, compare, record
from greenlane.settings import Settings, read_settings
from greenlane.store.base_cache import BaseCache
from greenlane.store.run_folder import RunFolder
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Asked

T = TypeVar("T")

__all__ = ["again", "answer", "load_rules", "run_case"]
PROGRESS_AFTER_S = 2.0
_PROGRESS_EVERY_S = 0.2


def today() -> date:
    """Today, by this machine's clock: the only place that asks."""
    return date.today()


def load_rules(folder: Path | None = None, *, with_cases: bool = False, release: bool = True) -> RuleBase:
    """The rule base of a folder, or the one that ships; kept from an earlier run, if nothing changed. Raises RuleBaseError."""
    settings = read_settings(rules=folder)
    with nothing_collected():
        return _load(settings, with_cases=with_cases, release=release)


def settle() -> None:
    """Say that what was loaded stays as long as the process.

    Whatever is collected later need not look through the whole law again, which takes a tenth of a second each time.
    """
    gc.freeze()


@contextmanager
def nothing_collected() -> Iterator[None]:
    """While thousands of values come to be and none of them goes, nobody need look for those that went."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _load(settings: Settings, *, with_cases: bool, release: bool) -> RuleBase:
    if with_cases or settings.cache is None:
        return rule_files.load(settings.rules, with_cases=with_cases, release=release)
    cache = BaseCache(settings.cache)
    key = _key_of(settings.rules, release=release)
    base = None if key is None else cache.get(key)
    if base is not None:
        return base
    base = rule_files.load(settings.rules, release=release)
    if key is not None and key == _key_of(settings.rules, release=release):  # nobody changed a file meanwhile
        cache.put(key, base)
    return base


def _key_of(folder: Path, *, release: bool) -> str | None:
    """What a loaded base depends on: every rule file, and the program that read it, text by text."""
    program = hashlib.sha256()
    home = Path(__file__).parents[1]
    try:
        for path in sorted([*home.glob("law/*.py"), *home.glob("terms/*.py"), home / "feeds" / "rule_files.py"]):
            program.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
        files = rule_files.fingerprint(folder)
    except OSError:
        return None
    python = ".".join(map(str, sys.version_info[:3]))
    return "\n".join((files, program.hexdigest(), __version__, python, "release" if release else "draft"))


def decide_line(
    line: Line | Mapping[str, str],
    rules: RuleBase,
    *,
    on: str | date,
    known_by: str | date | None = None,
    sides: Sequence[str] = ("cn", "us"),
    strict: bool = False,
) -> Decision:
    """Judge one line, or the columns of one, on a day: what `greenlane ask` does, for library users.

    Days are ISO texts, dates, or datetimes with an offset; `known_by` is `on` by default. Raises LineError for a column that
    does not read, UsageError for a day that does not.
    """
    asked = _asked(on)
    question = Question(asked, Asked.of(asked.calendar_day) if known_by is None else _asked(known_by), tuple(sides), strict)
    return next(answer((line if isinstance(line, Line) else read_one({"line_id": "line", **line}),), rules, question))


def _asked(day: str | date) -> Asked:
    try:
        return Asked.read(day) if isinstance(day, str) else Asked.of(day)
    except ValueError as error:
        raise UsageError("GL0304", str(error), hint="a day like 2025-06-10, or an instant with offset") from error


# --- files ----------------------------------------------------------------------------------------------------------


def read_order_file(path: Path) -> tuple[list[Line], list[Reject]]:
    """The lines of an order file, and the rows that do not read. Raises FileError."""
    good: list[Line] = []
    bad: list[Reject] = []
    for found in tables.read_lines(path):
        if isinstance(found, Line):
            good.append(found)
        else:
            bad.append(found)
    return good, bad


def write_rejects(path: Path, rejects: Sequence[Reject]) -> None:
    """Write rejected rows, whole, with what is wrong with each. Raises FileError."""
    tables.write_rejects(path, rejects)


def write_table(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    form: str,
    sources: Sequence[Mapping[str, str]],
    lean: bool = False,
) -> None:
    """Write a table in a form; `lean` for one that is not to be held. Raises FileError."""
    tables.write_table(path, columns, rows, format=form, sources=sources, lean=lean)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines as they come, whole or not at all. Raises FileError."""
    tables.write_lines(path, lines)


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all. Raises FileError."""
    tables.write_text(path, text)


def csv_text(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """A table as CSV text."""
    return "".join(csv_lines(columns, rows))


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """A table as CSV, line by line, header first."""
    return tables.csv_lines(columns, rows)


def format_of(path: Path) -> str:
    """The format a file name stands for. Raises FileError."""
    return tables.format_of(path)


def read_one(cells: Mapping[str, str]) -> Line:
    """One line from flags. Raises LineError, the first of its problems."""
    line, problems = read_line(Row(cells, "the command line", 1))
    if line is None:
        raise problems[0]
    return line


# --- runs -----------------------------------------------------------------------------------------------------------


def identify(
    lines: Sequence[Line], rules: RuleBase, folder: Path | None, question: Question, desk: Path | None, owners: Path | None = None
) -> tuple[Sequence[Line], dict[str, Identified]]:
    """What screening finds of the parties that lines name, and the lines with the listed owners that a table of holdings shows.

    The lists are opened only if a line names somebody. Raises RuleBaseError, UsageError, FileError, OverfullError.
    """
    if not any(getattr(line, role) for line in lines for role in ROLES):
        return lines, {}
    from greenlane.wiring import screening

    return screening.identify(lines, rules, folder, question, desk, owners)


def record_run(
    desk: Path | None,
    source: Path | None,
    decisions: Sequence[Decision],
    rules: RuleBase,
    question: Question,
    parties: Mapping[str, Identified] | None = None,
) -> str:
    """Keep a run in the desk, with what screening found of its parties; returns its name."""
    raw = b"" if source is None else source.read_bytes()
    run = record(
        decisions,
        rules,
        question,
        source="" if source is None else source.name,
        source_sha256=hashlib.sha256(raw).hexdigest(),
        engine=__version__,
        parties=parties,
    )
    return RunFolder(read_settings(desk=desk).desk).append(run)


def find_run(desk: Path | None, name: str | None, *, holding: str) -> Run | FileRun:
    """The last run of a desk that holds a line (or the last, if none does), one by name, or one from a file."""
    if name is None:
        return RunFolder(read_settings(desk=desk).desk).last(lambda run: _holds(run, holding, desk))
    found = find_record(desk, name)
    if not isinstance(found, Run | FileRun):
        raise UsageError("GL0303", f"{name} is a screening, not a run of lines", hint="`greenlane verify` takes either")
    return found


def find_run_of_lines(desk: Path | None, name: str | None) -> Run:
    """The last run of a desk whose record holds its lines, or one by name. Raises UsageError GL0302, GL0303."""
    if name is None:
        found: Record = RunFolder(read_settings(desk=desk).desk).last(lambda run: isinstance(run, Run))
    else:
        found = find_record(desk, name)
    if not isinstance(found, Run):
        raise UsageError(
            "GL0303", f"{name or 'the last record'} does not hold lines", hint="decide them with --engine reference first"
        )
    return found


def _holds(run: Run | FileRun, line_id: str, desk: Path | None) -> bool:
    if isinstance(run, Run):
        return any(one.cells.get("line_id") == line_id for one in run.answers)
    from greenlane.wiring import streaming

    return streaming.find_line(run, line_id, desk) is not None


def why(run: Run | FileRun, rules: RuleBase, line_id: str, desk: Path | None) -> list[Decision]:
    """The decisions of a recorded run about a line, made again. Raises UsageError GL0308 if the file of the run has changed."""
    if isinstance(run, Run):
        return [decision for _, decision in again(run, rules, line_id)]
    from greenlane.wiring import streaming

    return list(streaming.why(run, rules, line_id, desk))


def find_record(desk: Path | None, name: str | None) -> Record:
    """The newest record of a desk, a run or a screening; one by name, or one from a file."""
    store = RunFolder(read_settings(desk=desk).desk)
    if name is None:
        return store.newest()
    path = Path(name)
    if path.is_file():
        try:
            return read_record(path.read_bytes().decode("utf-8"), shown=path.name)
        except (OSError, UnicodeDecodeError) as error:
            raise FileError("GL0121", f"{path.name} cannot be read: {error}") from error
    return store.find(name)


def verify(kept: Record, rules: Path | None, desk: Path | None) -> tuple[Compared, tuple[str, ...], tuple[str, ...]]:
    """Run again; what changed in the input file if it is still there; breaks of the desk's journals."""
    source = []
    home = read_settings(desk=desk).desk
    if isinstance(kept, FileRun):
        from greenlane.wiring import streaming

        return streaming.verify(kept, load_rules(rules), desk), (), RunFolder(home).check()
    path = home / kept.source
    if kept.source and path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != kept.source_sha256:
        source.append(f"input: {kept.source} is not the file of the run any more (its rows are kept in the record)")
    breaks = RunFolder(home).check()
    if isinstance(kept, Run):
        return compare(kept, load_rules(rules)), tuple(source), breaks
    from greenlane.wiring import screening

    compared, decisions = screening.verify(kept, desk)
    return compared, tuple(source), (*breaks, *decisions)


# --- cases ----------------------------------------------------------------------------------------------------------

_ALONE_MAX = 200  # so many cases are done before other processes have begun
_shared: tuple[Sequence[Case], RuleBase] | None = None  # what a process that runs cases was forked with


def run_cases(cases: Sequence[Case], rules: RuleBase) -> Iterator[CaseResult]:
    """Run cases, in their order; many over all processors, where processes can be forked (then without the decisions)."""
    global _shared  # noqa: PLW0603  (handed to the forked processes by being there)
    workers = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    if workers < 2 or len(cases) <= _ALONE_MAX or threading.active_count() > 1:
        yield from (run_case(case, rules) for case in cases)
        return
    import multiprocessing

    _shared = (cases, rules)
    try:
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            for case, failures in zip(cases, pool.imap(_failures, range(len(cases)), chunksize=16), strict=True):
                yield CaseResult(case, failures, None)
    finally:
        _shared = None


def _failures(number: int) -> tuple[str, ...]:
    assert _shared is not None
    cases, rules = _shared
    return run_case(cases[number], rules).failures


# --- talk -----------------------------------------------------------------------------------------------------------


def progress(items: Iterable[T], total: int | None, word: str) -> Iterator[T]:
    """Pass items on; on a terminal, show a bar on standard error once it takes longer than two seconds.

    `total` may be about right; without one, how long it may yet take is not said.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    start = time.monotonic()
    shown, number = 0.0, 0
    for number, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - start > PROGRESS_AFTER_S and (now - shown > _PROGRESS_EVERY_S or number == total):
            shown = now
            _show_progress(number, total, word, now - start)
    if shown:
        _show_progress(number, number if total is not None else None, word, time.monotonic() - start)
        sys.stderr.write("\n")


def _show_progress(number: int, total: int | None, word: str, spent: float) -> None:
    rate = number / spent
    rest = f"/{max(total, number)}" if total is not None else ""
    left = f"  {max(total - number, 0) / rate:,.0f} s left" if total is not None and rate else ""
    sys.stderr.write(f"\r{word} {number}{rest}  {rate:,.0f}/s{left}  ")
    sys.stderr.flush()


class Bar:
    """How far a long work is: shown on a terminal, on standard error, once it takes longer than two seconds."""

    def __init__(self, word: str) -> None:
        self._word = word
        self._begun = time.monotonic()
        self._from: float | None = None
        self._last = 0.0

    def __call__(self, done: int, share: float | None) -> None:
        """So many are done since it began; `share` of the whole is done, with what was done before (None: nobody knows)."""
        spent = time.monotonic() - self._begun
        if self._from is None:
            self._from = share or 0.0
        if not sys.stderr.isatty() or spent < PROGRESS_AFTER_S or spent - self._last < _PROGRESS_EVERY_S:
            return
        text = f"{self._word} {done:,}  {done / spent:,.0f}/s"
        if share is not None and share > self._from:
            left = spent * (1 - share) / (share - self._from)
            cells = int(share * 20)
            text = f"{self._word} [{'#' * cells}{'.' * (20 - cells)}] {done:,}  {done / spent:,.0f}/s  {left:,.0f} s left"
        self._last = spent
        sys.stderr.write(f"\r{text} ")
        sys.stderr.flush()

    def end(self) -> None:
        """The work is done, or given up."""
        if self._last:
            sys.stderr.write("\n")


def stopwatch() -> Callable[[], float]:
    """Seconds since now."""
    start = time.monotonic()
    return lambda: time.monotonic() - start


def sha256_of(file: Path) -> str:
    """The digest of a file's bytes. Raises FileError."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise FileError("GL0121", f"{file.name} cannot be read: {error}") from error


def example_desk() -> Path:
    """The folder of the example desk."""
    return read_settings().examples / "london-2025-06-10"
