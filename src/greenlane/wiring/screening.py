"""Screening at a desk: which lists, matcher and log the commands use, and where records and receipts are kept."""

from __future__ import annotations

import gc
import hashlib
import mmap
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np

from greenlane import __version__
from greenlane.decide.line import Line
from greenlane.errors import FileError, LineError, Place, UsageError
from greenlane.feeds import model_files, tables
from greenlane.feeds.owners import read_owners
from greenlane.feeds.receipt_pdf import receipt_pdf
from greenlane.feeds.tables import BadRow, Reject, RejectPile
from greenlane.law.facts import Identified
from greenlane.law.listings import usable
from greenlane.law.rulebase import RuleBase
from greenlane.screen.finding import Alert, Counterparty, Event, Found, ListState, LogEntry
from greenlane.screen.holdings import Graph
from greenlane.screen.index import Index
from greenlane.screen.kept_rows import pack
from greenlane.screen.matcher import IndexMatcher, queries_of
from greenlane.screen.ownership import OwnershipFinding, assess
from greenlane.screen.rows import Rows
from greenlane.screen.tuning import Rate, trade_off
from greenlane.services import screening
from greenlane.services.counterparties import COMPULSORY, read_counterparty_row
from greenlane.services.identifying import Identifier, named
from greenlane.services.ports import PartyMatcher
from greenlane.services.runs import Compared, Question
from greenlane.services.screening import Answer, Desk, Screening, Settings
from greenlane.settings import read_settings
from greenlane.store.index_cache import IndexCache
from greenlane.store.readings import Readings, ReadingsDraft
from greenlane.store.run_folder import FOLDER, RunFolder
from greenlane.store.screening_journal import FILE, ScreeningJournal
from greenlane.terms.listed import ListEdition
from greenlane.terms.periods import Asked
from greenlane.wiring import find_record, load_rules, nothing_collected, progress
from greenlane.wiring.listkeeping import ListRoom, open_lists


class HeldLists:
    """The lists that ship and those on the desk's shelf, and matchers over them."""

    def __init__(self, room: ListRoom) -> None:
        self._room = room
        self._read: dict[str, list[ListEdition]] = {}

    def states(self, names: Sequence[str], *, asked: date) -> tuple[ListState, ...]:
        """The lists of these names (every one that is held, if none is named), each with the edition to be looked in.

        That is the newest not later than the day; where there is none, the oldest, which says of itself that it is too new.
        Raises UsageError GL0505 for a name that is no list's.
        """
        register = self._room.register
        if unknown := [name for name in names if name not in register]:
            hint = f"known: {', '.join(register)}"
            raise UsageError("GL0505", f"`{unknown[0]}` is no list of the register", hint=hint)
        found = []
        for name in names or register:
            editions = self._editions(name)
            before = [one for one in editions if one.state <= asked]
            edition = before[-1] if before else next(iter(editions), None)
            if edition is not None or names:
                found.append(ListState(name, edition, self._fault(name, edition, asked)))
        return tuple(found)

    def _editions(self, name: str) -> list[ListEdition]:
        """All editions of a list, the oldest first; read once."""
        if name not in self._read:
            shipped = [one for one in self._room.shipped if one.list == name]
            with nothing_collected():
                self._read[name] = sorted([*shipped, *self._room.shelf.editions(name)], key=lambda one: one.state)
        return self._read[name]

    def _fault(self, name: str, edition: ListEdition | None, asked: date) -> str:
        if edition is None:
            return "no edition is held: greenlane lists load or update"
        if edition.state > asked:
            return f"the edition of {edition.state} is later than {asked}: who was taken off since is not in it"
        (state,) = usable([edition], {name: self._room.register[name]}, asked)
        return "; ".join(state.why)

    def edition(self, name: str, sha256: str) -> ListEdition | None:
        """The edition of a list that was read from bytes of that digest."""
        return next((one for one in self._editions(name) if one.sha256 == sha256), None)

    def matcher(
        self, editions: Sequence[ListEdition], *, counted_on: Sequence[ListEdition] = (), model: str = "", statistics: str = ""
    ) -> IndexMatcher | None:
        """A matcher with the model that ships, its words counted on the editions or on others; None if other ones are named."""
        counted = counted_on or editions
        path = model_files.PINNED
        found = IndexMatcher(
            self._index(editions, counted),
            model_files.read_model(path),
            hashlib.sha256(path.read_bytes()).hexdigest(),
            tuple(sorted((one.list, one.sha256) for one in counted)),
        )
        fits = model in ("", found.model) and statistics in ("", found.statistics)
        return found if fits else None

    def _index(self, editions: Sequence[ListEdition], counted: Sequence[ListEdition]) -> Index:
        def build(ordered: Sequence[ListEdition], after: Index | None) -> Index:
            return Index.build((party for one in ordered for party in one.parties), after=after)

        first = sorted(counted, key=lambda one: one.list)
        ordered = sorted(editions, key=lambda one: one.list)
        index = self._kept(_key_of(first), lambda: build(first, None))
        if _key_of(ordered) == _key_of(first):
            return index
        return self._kept(f"{_key_of(ordered)}\nafter\n{_key_of(first)}", lambda: build(ordered, index))

    def _kept(self, key: str, make: Callable[[], Index]) -> Index:
        folder = read_settings().cache
        if folder is None:
            return make()
        cache = IndexCache(folder)
        arrays = cache.get(key)
        if arrays is not None:
            with suppress(ValueError):
                return Index.from_arrays(arrays)
        index = make()
        cache.put(key, index.arrays())
        return index


def _key_of(editions: Sequence[ListEdition]) -> str:
    """What an index depends on: the editions, and the program that reads names."""
    held = [f"{one.list} {one.state} {one.source} {one.sha256} {len(one.parties)}" for one in editions]
    return "\n".join((*held, _program()))


def _program() -> str:
    """Digest of the program that reads names."""
    program = hashlib.sha256()
    for path in sorted((Path(__file__).parents[1] / "screen").glob("*.py")):
        program.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return program.hexdigest()


def party_lists(desk: Path | None) -> HeldLists:
    """The lists a desk screens against. Raises RuleBaseError, UsageError."""
    return HeldLists(open_lists(None, desk))


# --- books ------------------------------------------------------------------------------------------------------------


class Book:
    """The counterparties of a file, read while they are asked for; beside them the cells they came from, in the same order.

    Rows that do not read are put aside in `rejects`. To be used as a context; `columns` are those of the cells.
    """

    def __init__(self, path: Path) -> None:
        """Open a table with at least the column `name`. Raises FileError."""
        self.path = path
        self.rejects = RejectPile()
        self.read = 0
        self._table = tables.read_rows(path, compulsory=COMPULSORY)
        self._cells: deque[Mapping[str, str]] = deque()
        self._looks = _looks_of(path)
        self.sha256, lines = _digest_of(path)
        self.about = tables.rows_about(path, lines)

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.rejects.__exit__()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of all rows; JSON Lines name theirs row by row, and are gone through for it."""
        if tables.format_of(self.path) != "jsonl":
            return self._table.columns
        return tuple(dict.fromkeys(name for row in tables.read_rows(self.path, compulsory=COMPULSORY).rows for name in row.cells))

    def __iter__(self) -> Iterator[Counterparty]:
        """The counterparties, once. Raises FileError, also if the file changed meanwhile."""
        seen: set[str | bytes] = set()  # of long ids the digests: those of a large book would fill the memory
        for row in self._table.rows:
            one, problems = (None, (row.problem,)) if isinstance(row, BadRow) else read_counterparty_row(row)
            if one is not None:
                key = one.id if len(one.id) <= _ID_SHORT else _digest_of_id(one.id)
                if key in seen:
                    place = Place(row.file, row.number, "id")
                    message = f"`{one.id}` stands already in a row above"
                    problems = (LineError("GL0109", message, at=place, hint="give each an id of its own"),)
                seen.add(key)
            if one is None or problems:
                self.rejects.add(Reject(row.cells, row.file, row.number, problems))
                continue
            self.read += 1
            self._cells.append(row.cells)
            yield one
        if _looks_of(self.path) != self._looks:
            raise FileError("GL0121", "the file changed while it was read", at=Place(str(self.path)), hint="screen it again")

    def next_cells(self) -> Mapping[str, str]:
        """The cells of the next counterparty; to be taken once for each."""
        return self._cells.popleft()


class Single:
    """One counterparty that was typed, to be screened as a book of one is."""

    path: Final = None
    sha256: Final = hashlib.sha256(b"").hexdigest()
    about: Final = 1
    columns: Final = ("id", "name")

    def __init__(self, one: Counterparty) -> None:
        self._one = one
        self.rejects = RejectPile()
        self.read = 1

    def __enter__(self) -> Single:
        return self

    def __exit__(self, *_: object) -> None:
        self.rejects.__exit__()

    def __iter__(self) -> Iterator[Counterparty]:
        yield self._one

    def next_cells(self) -> Mapping[str, str]:
        """Its id and its name."""
        return {"id": self._one.id, "name": self._one.names[0]}


_ID_SHORT: Final = 16  # signs


def _digest_of_id(id_: str) -> bytes:
    return hashlib.blake2b(id_.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _looks_of(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _digest_of(path: Path) -> tuple[str, int]:
    """The digest of a file and how many lines end in it."""
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
            lines += chunk.count(b"\n")
    return digest.hexdigest(), lines


# --- by all processors ------------------------------------------------------------------------------------------------


class Workers:
    """Does the work on the batches of a large book by several processes, where processes can be forked; in order all the same.

    The index is theirs by being there when they are forked. Of the book only some batches are held. With `keep` it is told the
    columns of the names that the matcher read, if the matcher tells `seen` of them.
    """

    def __init__(self, keep: Callable[[dict[str, np.ndarray] | None], None] | None = None) -> None:
        self._keep = keep
        self.seen = _Collected()

    def __call__(self, work: screening.Work, batches: Iterable[screening.Batch]) -> Iterator[list[Found | None]]:
        """The results, in the order of the batches."""
        rest = iter(batches)
        first: list[screening.Batch] = []
        size = 0
        while size <= _ALONE_MAX and (batch := next(rest, None)) is not None:
            first.append(batch)
            size += len(batch.asked)
        processes = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
        alone = processes < 2 or size <= _ALONE_MAX or threading.active_count() > 1
        done = self._alone if alone else partial(self._forked, processes)
        for found, collected in done(work, chain(first, rest)):
            if self._keep is not None:
                for columns in collected:
                    self._keep(columns)
            yield found

    def _alone(self, work: screening.Work, batches: Iterable[screening.Batch]) -> Iterator[_Worked]:
        for one in batches:
            with nothing_collected():
                found = work(one)
            yield found, self.seen.taken()

    def _forked(self, processes: int, work: screening.Work, batches: Iterable[screening.Batch]) -> Iterator[_Worked]:
        global _shared  # noqa: PLW0603  (handed to the forked processes by being there)
        _shared = (work, self.seen)
        gc.freeze()  # so that no process writes to the pages it shares with the others
        pool = ProcessPoolExecutor(processes, mp_context=get_context("fork"), initializer=gc.disable)
        waiting: deque[tuple[screening.Batch, Future[_Packed] | None]] = deque()

        def done() -> _Worked:
            batch, future = waiting.popleft()
            with suppress(BrokenProcessPool):
                if future is not None:
                    told, columns = future.result()
                    return [told.get(at, _NOTHING) for at in range(len(batch.asked))], columns
            # Somebody ended a process, most likely the system for want of memory: this one goes on alone.
            return next(self._alone(work, (batch,)))

        try:
            for one in batches:
                future = None
                with suppress(BrokenProcessPool):
                    future = pool.submit(_worked, one)
                waiting.append((one, future))
                if len(waiting) > 2 * processes:
                    yield done()
            while waiting:
                yield done()
        finally:
            pool.shutdown(cancel_futures=True)
            gc.unfreeze()
            _shared = None


class _Collected:
    """The names that a matcher said it read, in columns."""

    def __init__(self) -> None:
        self._columns: list[dict[str, np.ndarray] | None] = []

    def __call__(self, texts: Sequence[str], rows: Rows) -> None:
        self._columns.append(pack(texts, rows))

    def taken(self) -> list[dict[str, np.ndarray] | None]:
        """What was collected since it was last taken."""
        found, self._columns = self._columns, []
        return found


_ALONE_MAX: Final = 20_000  # so many counterparties are looked through before other processes have begun
_Columns = list[dict[str, np.ndarray] | None]
_Worked = tuple[list[Found | None], _Columns]
_Packed = tuple[dict[int, Found | None], _Columns]  # of whom something was found, or all stays as it was
_shared: tuple[screening.Work, _Collected] | None = None  # what a process that looks through a book was forked with
_NOTHING: Final = Found(())


def _worked(batch: screening.Batch) -> _Packed:
    assert _shared is not None
    work, seen = _shared
    return {at: one for at, one in enumerate(work(batch)) if one != _NOTHING}, seen.taken()


# --- screenings -------------------------------------------------------------------------------------------------------


class Course:
    """A screening under way: its answers come as they are found, in the order of the book, and are recorded as they come.

    Once all were taken, `name` is that of the record (nothing if it is not recorded), and `anew` says how many were matched and not
    answered from the record of a screening before.
    """

    def __init__(
        self,
        book: Book | Single,
        matcher: PartyMatcher,
        seen: Desk,
        settings: Settings,
        *,
        desk: Path | None,
        at: date | None,
        before: tuple[Screening, str] | None = None,
        then: Sequence[ListState] = (),
    ) -> None:
        self.name = ""
        self.anew = 0
        self._book, self._matcher, self._seen, self._settings = book, matcher, seen, settings
        self._desk, self._at, self._before, self._then = desk, at, before, then

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the lists."""
        return tuple(f"{one.name}: {one.fault}" for one in self._seen.lists if one.fault)

    def __iter__(self) -> Iterator[Answer]:
        """The answers, once. Raises UsageError, FileError."""
        return progress(self._recorded() if self._at is not None else self._unrecorded(), self._book.about, "screening")

    def _answers(self, matcher: PartyMatcher, workers: Workers) -> Iterator[Answer]:
        if self._before is None:
            yield from screening.screen(self._book, matcher, self._seen, self._settings, over=workers)
            self.anew = self._book.read
            return
        kept = self._before[0]
        done = screening.rescreen(kept, self._then, self._book, matcher, self._seen, self._settings, over=workers)
        yield from done.answers
        self.anew = done.anew

    def _unrecorded(self) -> Iterator[Answer]:
        with self._kept_names(RunFolder(read_settings(desk=self._desk).desk)) as (matcher, workers, _):
            yield from self._answers(matcher, workers)

    def _recorded(self) -> Iterator[Answer]:
        assert self._at is not None
        folder, book = RunFolder(read_settings(desk=self._desk).desk), self._book
        source = "" if book.path is None else book.path.name
        bare = screening.bare_record(
            self._matcher, self._seen, self._settings, source=source, source_sha256=book.sha256, engine=__version__
        )
        recorder, raising = screening.Recorder(bare), screening.Raising(self._seen, self._settings, at=self._at)
        with folder.draft() as draft, self._kept_names(folder) as (matcher, workers, names):
            draft.write(recorder.begin())
            for answer in self._answers(matcher, workers):
                draft.write(recorder.line(answer))
                raising.see(answer)
                yield answer
            draft.write(recorder.end())
            readings = names.keep() if names is not None and book.read > _ALONE_MAX else ""
            draft.keep(recorder.name, readings=readings)
        self.name = recorder.name
        raising.write(open_log(self._desk), recorder.sha256, lambda: _large_screening(folder.path_of(self.name)).book)

    @contextmanager
    def _kept_names(self, folder: RunFolder) -> Iterator[tuple[PartyMatcher, Workers, ReadingsDraft | None]]:
        """The matcher with the names that were kept as read, workers that tell of the others, and where these are kept."""
        matcher, about = self._matcher, self._book.about
        if not isinstance(matcher, IndexMatcher) or (about is not None and about <= _ALONE_MAX):
            yield matcher, Workers(), None
            return
        readings, key = Readings(folder.home), f"{_program()} {matcher.statistics}"
        before = "" if self._before is None else folder.readings(self._before[1])
        kept = readings.get(before, key) if before else None
        if kept is not None:
            kept.settle()
        if self._at is None:
            yield replace(matcher, kept=kept), Workers(), None
            return
        # Names that are gone from the book stay among those kept, until there are more of them than of others.
        fits = kept is not None and self._before is not None and len(kept) <= 2 * len(self._before[0].answers)
        with readings.draft(key, after=before if fits else "") as names:
            workers = Workers(None if names is None else names.add)
            yield replace(matcher, kept=kept, seen=workers.seen if names is not None else None), workers, names


def screen_book(book: Book | Single, settings: Settings, *, lists: Sequence[str], desk: Path | None, at: date | None) -> Course:
    """Screen, and if `at` says the day, record it at the desk and raise alerts. Raises UsageError."""
    shelf, log = party_lists(desk), open_log(desk)
    states = shelf.states(lists, asked=settings.asked)
    matcher = shelf.matcher([one.edition for one in states if one.edition is not None])
    if matcher is None:
        raise UsageError("GL0505", "cannot say: no model is held to match with", hint="install greenlane again")
    return Course(book, matcher, Desk(states, *log.alerts()), settings, desk=desk, at=at)


def rescreen_book(
    book: Book, before: tuple[Screening, str], *, on: date, known_by: date, desk: Path | None, at: date | None
) -> Course:
    """Screen as a screening before did, on other days: the same lists as they now are, its statistics and settings.

    Only those are matched for whom something changed. `before` is its record with its name. Raises UsageError.
    """
    kept, _ = before
    shelf, log = party_lists(desk), open_log(desk)
    settings = replace(kept.settings, on=on, known_by=known_by)
    states = shelf.states([one.name for one in kept.lists], asked=settings.asked)
    matcher = screening.matcher_of(kept, shelf, states)
    then = screening.states_of(kept, shelf)
    return Course(book, matcher, Desk(states, *log.alerts()), settings, desk=desk, at=at, before=before, then=then)


def trade_off_of(book: Iterable[Counterparty], settings: Settings, *, lists: Sequence[str], desk: Path | None) -> tuple[Rate, ...]:
    """How many of a book would have an alert at each threshold. Raises UsageError."""
    shelf = party_lists(desk)
    editions = [one.edition for one in shelf.states(lists, asked=settings.asked) if one.edition is not None]
    matcher = shelf.matcher(editions)
    assert matcher is not None  # the model that ships, with the statistics of these editions
    asked = (queries_of(one)[0] for one in book)
    return trade_off(matcher.index, matcher.pinned, asked, on=settings.on, known_by=settings.known_by)


def owners_in(
    path: Path, settings: Settings, *, lists: Sequence[str], desk: Path | None
) -> Callable[[Counterparty], OwnershipFinding | None]:
    """What the ownership rules say of a counterparty, if it stands in a table of holdings; owners are screened like a book.

    A counterparty stands there under its id or its name. An owner counts as listed if its hit is certain.
    Raises UsageError, FileError, LineError, OverfullError.
    """
    graph = read_holdings(path)
    shelf, log = party_lists(desk), open_log(desk)
    seen = Desk(shelf.states(lists, asked=settings.asked), *log.alerts())
    matcher = shelf.matcher([one.edition for one in seen.lists if one.edition is not None])
    assert matcher is not None
    nodes = [Counterparty(id=name, names=(name,)) for name in graph.names]
    found = progress(screening.screen(nodes, matcher, seen, settings, over=Workers()), len(nodes), "screening owners")
    listed = {
        one.counterparty.id: tuple(seen.parties[hit.entry] for hit in one.found.hits if hit.probability >= settings.certain)
        for one in found
    }
    days = Asked.of(settings.on), Asked.of(settings.known_by)
    assessed = assess(
        graph, {name: parties for name, parties in listed.items() if parties}, load_rules(), on=days[0], known_by=days[1]
    )

    def finding(one: Counterparty) -> OwnershipFinding | None:
        node = next((name for name in (one.id, *one.names) if name in graph.index), None)
        return None if node is None else assessed.finding(node)

    return finding


def verify(kept: Screening, desk: Path | None) -> tuple[Compared, tuple[str, ...]]:
    """Do a screening again and compare; and what is wrong with the log of decisions."""
    log = open_log(desk)
    if broken := log.check([kept.log]):
        return Compared((), ()), broken
    return screening.compare_screening(kept, screening.again(kept, party_lists(desk), log)), ()


def find_screening(desk: Path | None, name: str | None) -> Screening:
    """The record of a screening, by name or file, or the newest record of the desk. Raises UsageError GL0302, GL0303."""
    found = find_record(desk, name)
    if not isinstance(found, Screening):
        raise UsageError("GL0303", "that is a run of lines, not a screening", hint="name the record of a screening, with --run")
    return found


def screening_before(desk: Path | None, name: str | None, book: Path) -> tuple[Screening, str]:
    """The record of a screening, and its name: by name or file, or the newest of a book of that name.

    Its answers are read when they are asked for. Raises UsageError GL0302, GL0303, GL0307.
    """
    folder = RunFolder(read_settings(desk=desk).desk)
    if name is None:
        path = folder.last_screening(book.name)
    else:
        path = Path(name) if Path(name).is_file() else folder.path_of(name)
        if not path.is_file():
            raise UsageError("GL0302", f"there is no run `{name}` in {folder.home}", hint="give the file of a run record instead")
    return _large_screening(path), _digest_of(path)[0][:16]


def _large_screening(path: Path) -> Screening:
    try:
        with path.open("rb") as file:
            raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    except OSError as error:
        raise UsageError(
            "GL0303", f"the record {path.name} cannot be read: {error}", hint="restore the record from a copy"
        ) from error
    return screening.read_large_screening(raw, shown=path.name)


def write_receipt(path: Path, done: Screening) -> None:
    """Write a receipt, as PDF if the file is named so, else as JSON. Raises FileError GL0306."""
    if path.suffix.lower() == ".pdf":
        tables.write_bytes(path, receipt_pdf(done))
    else:
        tables.write_text(path, done.text())


def identify(
    lines: Sequence[Line], rules: RuleBase, folder: Path | None, question: Question, desk: Path | None, owners: Path | None
) -> tuple[Sequence[Line], dict[str, Identified]]:
    """See `wiring.identify`: here it is done."""
    who = identifier(rules, folder, question, desk)
    return (lines, who.identify(named(lines))) if owners is None else who.with_owners(lines, read_holdings(owners))


def identifier(rules: RuleBase, folder: Path | None, question: Question, desk: Path | None) -> Identifier:
    """Whoever says who a name is, by the lists and decisions of a desk. Raises RuleBaseError, UsageError."""
    held = open_lists(folder, desk, rules=rules)
    days = question.on.calendar_day, question.known_by.calendar_day
    return Identifier(HeldLists(held), open_log(desk), held.register, rules, *days)


def read_holdings(path: Path) -> Graph:
    """A table of holdings; every row must read. Raises FileError, LineError for the first row that does not."""
    found = read_owners(path)
    if found.rejects:
        raise found.rejects[0].problems[0]
    return Graph.of(found.edges)


# --- the log of decisions ---------------------------------------------------------------------------------------------


def open_log(desk: Path | None) -> ScreeningJournal:
    """The log of decisions of a desk."""
    return ScreeningJournal(read_settings(desk=desk).desk / FOLDER / FILE)


def alerts(desk: Path | None) -> Mapping[str, Alert]:
    """The alerts of a desk as they stand. Raises UsageError GL0307."""
    return open_log(desk).alerts()[1]


def log_entries(desk: Path | None) -> tuple[LogEntry, ...]:
    """Every entry of the log of decisions. Raises UsageError GL0307."""
    return tuple(open_log(desk).entries())


def log_problems(desk: Path | None) -> tuple[str, ...]:
    """What is wrong with the log of decisions."""
    return open_log(desk).check()


def decide_alert(desk: Path | None, key: str, make: Callable[[Alert], Event]) -> int:
    """Write one step about an alert; returns its number in the log. Raises UsageError GL0501 to GL0504."""
    return screening.decide_alert(open_log(desk), make, key)


def sha256_of_file(path: Path) -> str:
    """The digest of a file of evidence."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
