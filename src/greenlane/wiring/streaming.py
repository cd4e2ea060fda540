"""Long files: read, judged and written part by part, taken up again where a run was stopped, and run again from their record."""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from greenlane import __version__
from greenlane.batch import line_ids, stream
from greenlane.batch.columns import ANSWERS, SCHEMA, chosen, decide_batch
from greenlane.batch.engine import Engine
from greenlane.batch.learned import Learned
from greenlane.decide.decision import Decision
from greenlane.decide.line import COLUMNS, Line
from greenlane.errors import FileError, LineError, Place, UsageError
from greenlane.feeds import table_parts, tables
from greenlane.feeds.table_batches import CUT, BatchFile, Chunk, Cut, digest_of, has_more_rows, open_batches, stripped
from greenlane.feeds.table_batches import FORMATS as READ_FORMATS
from greenlane.feeds.tables import Reject
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.services.file_runs import FilePart, FileRun
from greenlane.services.runs import Compared, Question, answer
from greenlane.settings import read_settings
from greenlane.store.learned_cache import LearnedCache
from greenlane.store.part_folder import PartFolder, beside
from greenlane.store.run_folder import RunFolder
from greenlane.terms.parties import ROLES
from greenlane.wiring import Bar

WRITTEN_FORMATS: Final = table_parts.FORMATS
LINES_MIN: Final = 5_000  # above so many, lines are judged by the columnar engine
_JUDGES_MAX: Final = 8  # processes that try missing facts out
_NEW_OBJECTS: Final = 100_000  # made since the collector looked last, before it looks again
_REJECTS, _PARTIES = "rejects", "parties"
_NAMES: Final = ("rules_version", "rules_sha256")

__all__ = ["LINES_MIN", "READ_FORMATS", "WRITTEN_FORMATS", "chosen", "has_more_rows"]


def processors() -> int:
    """How many processors there are for us."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuestion:
    """A file and what is asked of its lines. `form` None: only the totals; `out` None: the answers go to `sink`.

    `answers`: the columns wanted of them, the verdict among them (`columns.chosen`).
    """

    file: Path
    question: Question
    rules: Path | None = None
    desk: Path | None = None
    form: str | None = None
    out: Path | None = None
    rejects: Path | None = None
    screening: bool = True
    workers: int = field(default_factory=processors)
    cut: Cut = CUT
    answers: tuple[str, ...] = ANSWERS


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What came of it: how many lines of each verdict, how many rows were refused (the first of them whole), and the record."""

    totals: Mapping[str, int]
    rejected: int
    first: tuple[Reject, ...]
    record: FileRun


def decide_file(
    asked: FileQuestion,
    base: RuleBase,
    *,
    say: Callable[[str], None] = lambda _: None,
    sink: Callable[[bytes], Any] = lambda _: None,
    kept: Callable[[int], None] = lambda _: None,
) -> FileAnswer:
    """Answer every line of a file. What a run with the same `out` has done before it was stopped is not done again.

    `say` is told what a person may want to know, `kept` of every part that is done. Raises FileError, UsageError.
    """
    source = digest_of(asked.file)
    opened = open_batches(asked.file, cut=asked.cut)
    if asked.out is not None and (asked.out.is_dir() or asked.out.resolve() == asked.file.resolve()):
        what = "is a folder" if asked.out.is_dir() else "is the file that is read"
        raise UsageError("GL0306", f"`{asked.out}` {what}", at=Place(str(asked.out)), hint="name another file")
    with ExitStack() as stack:
        temporary = asked.out is None or asked.form is None
        home = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "work" if temporary else beside(_out(asked))
        folder = PartFolder(home, (_REJECTS, _PARTIES))
        stack.callback(folder.close)
        folder.begin(_manifest(asked, base, source, opened))
        if folder.differs:
            say(f"work in {home.name} is of another run ({', '.join(folder.differs)}) and is done anew")
        run = _FileRun(asked, base, source, opened, folder, say)
        stack.callback(run.judge.close)
        stack.callback(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(_NEW_OBJECTS)  # what a run learns stays to its end: the collector need not look through it so often
        try:
            run.all(kept)
        except FileError:
            folder.clear()  # nothing more will come of this file
            raise
        return run.end(sink)


def _out(asked: FileQuestion) -> Path:
    assert asked.out is not None
    return asked.out


def _manifest(asked: FileQuestion, base: RuleBase, source: str, opened: BatchFile) -> dict[str, Any]:
    """All that the bytes of an output depend on."""
    return {
        "input": {"name": asked.file.name, "sha256": source, "columns": [[one.name, str(one.type)] for one in opened.schema]},
        "question": _plain(asked.question),
        "rules": base.sha256,
        "screening": asked.screening,
        "form": asked.form,
        "answers": list(asked.answers),
        "cut": asdict(asked.cut),
        "program": _program(),
    }


def _plain(question: Question) -> dict[str, Any]:
    return {
        "on": question.on.text,
        "known_by": question.known_by.text,
        "regimes": list(question.sides),
        "strict": question.strict,
    }


def _program() -> str:
    """What of the program an answer or its bytes depend on."""
    digest = hashlib.sha256()
    home = Path(__file__).parents[1]
    rooms = ("batch", "decide", "law", "terms", "screen")
    for path in sorted([*(one for room in rooms for one in home.glob(f"{room}/*.py")), *home.glob("feeds/table*.py")]):
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return f"{__version__} {digest.hexdigest()[:16]} pyarrow {version('pyarrow')}"


class _FileRun:
    """One run over a file: what is known of it so far."""

    def __init__(
        self,
        asked: FileQuestion,
        base: RuleBase,
        source: str,
        opened: BatchFile,
        folder: PartFolder,
        say: Callable[[str], None],
    ) -> None:
        self.asked, self.base, self.source, self.opened, self.folder = asked, base, source, opened, folder
        done = table_parts.sound_parts(folder.draft, folder.parts) if asked.form is not None else 0
        folder.keep(done)
        self.parties: dict[str, Identified] = {name: Identified.read(name, plain) for name, plain in folder.read(_PARTIES)}
        self.fresh: list[str] = []  # parties met since the last part
        self.judge = Judge(
            asked.file,
            base,
            asked.question,
            opened,
            self.parties.get,
            self._meet,
            folder.home,
            asked.cut,
            workers=asked.workers,
            answers=asked.answers,
        )
        self.parts: table_parts.Parts | None = None
        if asked.form is not None:
            schema, metadata = self._schema(), self._metadata()
            try:
                self.parts = table_parts.open_parts(asked.form, folder.draft, schema, metadata, folder.parts)
            except ValueError:
                folder.keep(0)
                self.parties.clear()
                self.parts = table_parts.open_parts(asked.form, folder.draft, schema, metadata)
        if folder.parts:
            say(f"going on after row {folder.parts[-1]['last_row']}, which an earlier run reached")
            self.judge.look_for_repeats()
        self._identify: Callable[[list[str]], Mapping[str, Identified]] | None = None

    def _schema(self) -> Any:
        answers = [SCHEMA.field(name) for name in self.asked.answers]
        return stream.schema_beside(self.opened.schema, answers, _NAMES, as_texts=self.asked.form == "csv")

    def _metadata(self) -> dict[str, str]:
        return {
            "greenlane.rules_version": self.base.version,
            "greenlane.rules_sha256": self.base.sha256,
            "greenlane.question": json.dumps(_plain(self.asked.question), sort_keys=True),
            "greenlane.source_sha256": self.source,
        }

    def _meet(self, names: Iterable[str]) -> None:
        """Screen the parties that were not met before."""
        new = [name for name in names if name not in self.parties] if self.asked.screening else []
        if not new:
            return
        if self._identify is None:
            from greenlane.wiring import screening

            who = screening.identifier(self.base, self.asked.rules, self.asked.question, self.asked.desk)
            self._identify = who.identify
        self.parties |= self._identify(new)
        self.fresh += new

    # --- parts --------------------------------------------------------------------------------------------------------

    def all(self, kept: Callable[[int], None]) -> None:
        """Do all that is left to do."""
        bar, rows = Bar("deciding"), 0
        after = self.folder.parts[-1]["mark"] if self.folder.parts else None
        try:
            with stream.ahead(self.judge.looked(self.opened.chunks(after))) as chunks:
                for item, (encoded, digest) in stream.in_order(self._judged(chunks), self._encode, self.asked.workers):
                    self._add(item, encoded, digest)
                    rows += item[0].rows
                    bar(rows, self._share(item[0].mark))
                    kept(len(self.folder.parts))
        except BaseException:
            if self.parts is not None:
                self.parts.close()
            raise
        finally:
            bar.end()
            self.judge.keep()

    def _judged(self, chunks: Iterator[stream.Looked[Chunk]]) -> Iterator[tuple[stream.Judged, list[str], int]]:
        for looked in chunks:
            judged = self.judge(looked)
            fresh, self.fresh = self.fresh, []
            if len(looked.chunk):
                yield judged, fresh, int(looked.chunk.numbers[-1])

    def _encode(self, item: tuple[stream.Judged, list[str], int]) -> tuple[Any, str]:
        judged = item[0]
        if self.parts is None:
            return None, judged.digest
        further = {"rules_version": self.base.version, "rules_sha256": self.base.sha256}
        return self.parts.encode(stream.beside(judged, as_texts=self.asked.form == "csv", further=further)), judged.digest

    def _add(self, item: tuple[stream.Judged, list[str], int], encoded: Any, digest: str) -> None:
        judged, fresh, last_row = item
        self.folder.spool(_REJECTS, map(_reject_plain, judged.rejects))
        self.folder.spool(_PARTIES, ([name, self.parties[name].plain()] for name in fresh if name in self.parties))
        note = self.parts.append(encoded) if self.parts is not None else {}
        rejected = len(judged.rejects)
        told = {"mark": dict(judged.mark), "last_row": last_row, "answers": digest, "totals": judged.totals, "rejected": rejected}
        self.folder.add({**note, **told})

    def _share(self, mark: Mapping[str, int]) -> float | None:
        if "byte" in mark:
            return mark["byte"] / max(1, self.asked.file.stat().st_size)
        return None if not self.opened.rows else mark["row"] / self.opened.rows

    # --- the end ------------------------------------------------------------------------------------------------------

    def end(self, sink: Callable[[bytes], Any]) -> FileAnswer:
        """Put everything where it belongs."""
        folder, asked = self.folder, self.asked
        output: dict[str, str] = {}
        if self.parts is not None and asked.form is not None:
            output = {"format": asked.form, "sha256": self.parts.finish()}
            if asked.out is not None:
                output["name"] = asked.out.name
        rejected = sum(part["rejected"] for part in folder.parts)
        first = tuple(_read_reject(one) for one, _ in zip(folder.read(_REJECTS), range(20), strict=False))
        if rejected:
            columns = dict.fromkeys(name for one in folder.read(_REJECTS) for name in one["cells"])
            target = asked.rejects or asked.file.with_name(f"{asked.file.name}.rejects.csv")
            tables.write_rejects_of(target, columns, map(_read_reject, folder.read(_REJECTS)))
        record = self._record(output, rejected)
        if asked.out is not None and self.parts is not None:
            folder.deliver(asked.out)
        elif self.parts is not None:
            with folder.draft.open("rb") as handle:
                while piece := handle.read(1 << 20):
                    sink(piece)
        folder.clear()
        return FileAnswer(record.totals, rejected, first, record)

    def _record(self, output: Mapping[str, str], rejected: int) -> FileRun:
        asked, base = self.asked, self.base
        told = {name: party for name, party in sorted(self.parties.items()) if party.entries or party.doubts or party.cleared}
        silent = next((party for name, party in self.parties.items() if name not in told), None)
        home = read_settings(desk=asked.desk).desk
        return FileRun(
            source=Path(os.path.relpath(asked.file, home)).as_posix(),
            source_sha256=self.source,
            question=asked.question,
            rules_version=base.version,
            rules_sha256=base.sha256,
            rules=dict(sorted(base.hashes.items())),
            engine=__version__,
            cut=asdict(asked.cut),
            parts=tuple(FilePart(part["last_row"], part["answers"]) for part in self.folder.parts),
            totals=dict(sorted(stream.summed(part["totals"] for part in self.folder.parts).items())),
            rejected=rejected,
            output=dict(sorted(output.items())),
            screened=None if silent is None else {"searched": silent.searched, "sound": silent.sound},
            parties=told,
            answers=None if asked.answers == ANSWERS else asked.answers,
        )


class Answering(Protocol):
    """Answers texts of the columns of a file."""

    def __call__(self, texts: Any, wanted: tuple[str, ...] = ...) -> Any:
        """The answers, a row for a row: in the wanted columns, or in those that the file was asked for."""


class Judge:
    """Chunks to answers, with all that lines of a file have to do with each other: a line id stands once.

    `learns`: what was worked out in earlier runs under this law is taken up, and `keep` keeps what comes to it. `workers`: how many
    processes may judge; `close` ends those that are not this one.
    """

    def __init__(
        self,
        file: Path,
        base: RuleBase,
        question: Question,
        opened: BatchFile,
        identify: Callable[[str], Identified | None],
        meet: Callable[[Iterable[str]], None],
        room: Path,
        cut: Cut,
        *,
        learns: bool = True,
        workers: int = 1,
        answers: tuple[str, ...] = ANSWERS,
    ) -> None:
        self._workers, self._answers = workers, answers
        self._engines: list[Engine] = []
        self._file, self._room, self._cut, self._meet = file, room, cut, meet
        self._identify = identify
        self._wanted = [name for name in opened.columns if name in COLUMNS]
        self._cache = LearnedCache(folder) if learns and (folder := read_settings().cache) is not None else None
        self._key = "\n".join((base.sha256, _program(), *question.sides, "strict" if question.strict else ""))
        self._learned = None if self._cache is None else Learned(base, self._cache.get(self._key))
        self._decide = self._under(base, question, self._learned)
        self._rising = line_ids.Rising()
        self._repeats: line_ids.Repeats | None = None

    def look_for_repeats(self) -> None:
        """Look for line ids that stand twice, through the whole file."""

        def ids() -> Iterator[tuple[Any, Any]]:
            for chunk in open_batches(self._file, only=("line_id",), cut=self._cut).chunks():
                yield _ids(chunk), chunk.numbers

        self._repeats = line_ids.find_repeats(ids, self._room)

    def __call__(self, looked: stream.Looked[Chunk]) -> stream.Judged:
        chunk = looked.chunk
        if self._repeats is None and not self._rising(looked.ids):
            self.look_for_repeats()
        repeats = {} if self._repeats is None else self._repeats.among(chunk.numbers)
        return stream.judge(looked, self._decide, partial(_refuse, chunk), repeats, self._meet)

    def looked(self, chunks: Iterable[Chunk]) -> Iterator[stream.Looked[Chunk]]:
        """Chunks as this takes them."""
        return stream.look(chunks, _ids)

    def again(self, texts: Any) -> Any:
        """All columns of answers to texts that were judged before."""
        return self._decide(texts, ANSWERS)

    def under(self, base: RuleBase, question: Question) -> Answering:
        """What answers texts of these columns under another law or question."""
        return self._under(base, question, None)

    def _under(self, base: RuleBase, question: Question, learned: Learned | None) -> Answering:
        engine = Engine(
            base,
            on=question.on,
            known_by=question.known_by,
            sides=question.sides,
            strict=question.strict,
            identify=self._identify,
            fast=_fast(),
            learned=learned,
            processes=min(self._workers, _JUDGES_MAX),
        )
        self._engines.append(engine)

        def answer(texts: Any, wanted: tuple[str, ...] = self._answers) -> Any:
            return decide_batch(engine, texts.select(self._wanted), wanted)

        return answer

    def close(self) -> None:
        """End the other processes."""
        for engine in self._engines:
            engine.close()

    def keep(self) -> None:
        """Keep for later runs what was learned on the way."""
        if self._cache is not None and self._learned is not None and self._learned.fresh:
            self._cache.put(self._key, self._learned.plain())


def _fast() -> Any:
    """The look-ups in machine code, if the extra for them is installed."""
    if importlib.util.find_spec("numba") is None:
        return None
    from greenlane.batch.fused import Fused

    return Fused


def _ids(chunk: Chunk) -> Any:
    column = chunk.texts.column("line_id")
    return stripped(column.dictionary_decode() if hasattr(column, "dictionary") else column)


def _refuse(chunk: Chunk, place: int, first: int) -> Reject | None:
    found = tables.read_row(chunk.whole(place), first=first)
    return found if isinstance(found, Reject) else None


def _reject_plain(reject: Reject) -> dict[str, Any]:
    problems = [
        [one.code, one.message, one.hint, None if one.at is None else [one.at.file, one.at.line, one.at.column]]
        for one in reject.problems
    ]
    return {"cells": dict(reject.cells), "file": reject.file, "number": reject.number, "problems": problems}


def _read_reject(plain: Mapping[str, Any]) -> Reject:
    problems = tuple(
        LineError(code, message, at=None if at is None else Place(*at), hint=hint) for code, message, hint, at in plain["problems"]
    )
    return Reject(plain["cells"], plain["file"], plain["number"], problems)


# --- records ----------------------------------------------------------------------------------------------------------


def record_file_run(run: FileRun, desk: Path | None) -> str:
    """Keep the record of a run in the desk; returns its name."""
    return RunFolder(read_settings(desk=desk).desk).append(run)


def source_of(run: FileRun, desk: Path | None) -> Path:
    """The file of a run, if it is still the same. Raises UsageError GL0308."""
    path = read_settings(desk=desk).desk / run.source
    hint = "put the file back as it was, or decide it again; --run names another run"
    if not path.is_file():
        raise UsageError("GL0308", f"{run.source}, the order file of run {run.name}, is not there", hint=hint)
    stat = path.stat()
    if _digest_of(path, stat.st_size, stat.st_mtime_ns) != run.source_sha256:
        raise UsageError("GL0308", f"{run.source} is not the file of run {run.name} any more", hint=hint)
    return path


@lru_cache(maxsize=4)
def _digest_of(path: Path, size: int, changed: int) -> str:  # noqa: ARG001  (the same file, as long as these are the same)
    return digest_of(path)


def find_line(run: FileRun, line_id: str, desk: Path | None) -> tuple[Mapping[str, int] | None, int] | None:
    """After which mark, and in which row, the first line of that id stands. Raises UsageError GL0308."""
    path, before = source_of(run, desk), None
    for chunk in open_batches(path, only=("line_id",), cut=Cut(**run.cut)).chunks():
        places = np.flatnonzero(_ids(chunk).to_numpy(zero_copy_only=False) == line_id.strip())
        if len(places):
            return before, int(chunk.numbers[places[0]])
        before = chunk.mark
    return None


def why(run: FileRun, rules: RuleBase, line_id: str, desk: Path | None) -> Iterator[Decision]:
    """The decision about a line, made again from the file, with all that explains it. Raises UsageError GL0308."""
    found = find_line(run, line_id, desk)
    if found is None:
        return
    before, number = found
    chunk = next(open_batches(source_of(run, desk), cut=Cut(**run.cut)).chunks(before))
    line = tables.read_row(chunk.whole(int(np.searchsorted(chunk.numbers, number))), first=number)
    if isinstance(line, Line):
        names = {name for role in ROLES if (name := getattr(line, role))}
        parties = {name: party for name in names if (party := run.party(name)) is not None}
        yield from answer((line,), rules, run.question, parties=parties)


def verify(run: FileRun, rules: RuleBase, desk: Path | None) -> Compared:
    """Run again over the same file, and compare the answers part by part. Raises UsageError GL0308, FileError."""
    path = source_of(run, desk)
    law = []
    for name in sorted(run.rules.keys() | rules.hashes.keys()):
        then, now = run.rules.get(name), rules.hashes.get(name)
        if then != now:
            law.append(f"{name}: {'added since' if then is None else 'no longer there' if now is None else 'changed'}")
    cut, lines, first, totals = Cut(**run.cut), [], 1, []
    opened, bar, rows = open_batches(path, cut=cut), Bar("verifying"), 0
    parts = iter(run.parts)
    with tempfile.TemporaryDirectory() as room:
        judge = Judge(
            path,
            rules,
            run.question,
            opened,
            run.party,
            lambda _: None,
            Path(room),
            cut,
            learns=False,
            workers=processors(),
            answers=run.answers or ANSWERS,
        )
        try:
            with stream.ahead(judge.looked(opened.chunks())) as chunks:
                for looked in chunks:
                    if not len(looked.chunk):
                        continue
                    judged, last, kept = judge(looked), int(looked.chunk.numbers[-1]), next(parts, None)
                    totals.append(judged.totals)
                    if kept is None or (kept.last_row, kept.sha256) != (last, judged.digest):
                        lines.append(f"rows {first} to {last}: other answers than then")
                    rows += judged.rows
                    bar(rows, None if not opened.rows else rows / opened.rows)
                    first = last + 1
        finally:
            bar.end()
            judge.close()
    lines += [f"rows up to {left.last_row}: not there any more" for left in parts]
    if lines:
        counts = stream.summed(totals)
        for verdict in sorted(counts.keys() | run.totals.keys()):
            if counts.get(verdict, 0) != run.totals.get(verdict, 0):
                lines.append(f"{verdict}: {run.totals.get(verdict, 0)} lines -> {counts.get(verdict, 0)}")
    return Compared(tuple(law), tuple(lines))
