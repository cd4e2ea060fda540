"""Screening at a desk: which lists, matcher and log the commands use, and where records and receipts are kept."""

from __future__ import annotations

import gc
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from greenlane import __version__
from greenlane.decide.line import Line
from greenlane.errors import LineError, Place, UsageError
from greenlane.feeds import model_files, tables
from greenlane.feeds.owners import read_owners
from greenlane.feeds.receipt_pdf import receipt_pdf
from greenlane.feeds.tables import BadRow, Reject
from greenlane.law.facts import Identified
from greenlane.law.listings import usable
from greenlane.law.rulebase import RuleBase
from greenlane.screen.finding import Alert, Counterparty, Event, ListState, LogEntry
from greenlane.screen.holdings import Graph
from greenlane.screen.index import Index
from greenlane.screen.matcher import IndexMatcher, queries_of
from greenlane.screen.ownership import OwnershipFinding, assess
from greenlane.screen.tuning import Rate, trade_off
from greenlane.services import screening
from greenlane.services.counterparties import COMPULSORY, read_counterparty_row
from greenlane.services.identifying import Identifier, named
from greenlane.services.ports import PartyMatcher
from greenlane.services.runs import Compared, Question
from greenlane.services.screening import Answer, Desk, Screening, Settings
from greenlane.settings import read_settings
from greenlane.store.index_cache import IndexCache
from greenlane.store.run_folder import FOLDER, RunFolder
from greenlane.store.screening_journal import FILE, ScreeningJournal
from greenlane.terms.listed import ListEdition
from greenlane.terms.periods import Asked
from greenlane.wiring import find_record, load_rules, progress
from greenlane.wiring.listkeeping import ListRoom, open_lists


class HeldLists:
    """The lists that ship and those on the desk's shelf, and matchers over them."""

    def __init__(self, room: ListRoom) -> None:
        self._room = room

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
        shipped = [one for one in self._room.shipped if one.list == name]
        return sorted([*shipped, *self._room.shelf.editions(name)], key=lambda one: one.state)

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
        found = ForkingMatcher(
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


class ForkingMatcher(IndexMatcher):
    """The matcher of the desk: a large book is looked through by several processes, where processes can be forked."""

    def touched(
        self, counterparties: Sequence[Counterparty], entries: Collection[str], *, threshold: float, on: date, known_by: date
    ) -> list[bool]:
        """Of each counterparty, whether one of these entries may be among its hits."""
        global _shared  # noqa: PLW0603  (handed to the forked processes by being there)

        def look(begin: int, end: int) -> list[bool]:
            some = counterparties[begin:end]
            return IndexMatcher.touched(self, some, entries, threshold=threshold, on=on, known_by=known_by)

        workers = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
        if workers < 2 or len(counterparties) <= _ALONE_MAX or threading.active_count() > 1:
            return look(0, len(counterparties))
        import multiprocessing

        _shared = look
        try:
            with multiprocessing.get_context("fork").Pool(workers, initializer=gc.disable) as pool:  # nothing here holds itself
                begins = range(0, len(counterparties), _SHARE)
                return [one for part in pool.imap(_look, begins) for one in part]
        finally:
            _shared = None


_ALONE_MAX: Final = 20_000  # so many counterparties are looked through before other processes have begun
_SHARE: Final = 50_000
_shared: Callable[[int, int], list[bool]] | None = None  # what a process that looks through a book was forked with


def _look(begin: int) -> list[bool]:
    assert _shared is not None
    return _shared(begin, begin + _SHARE)


def _key_of(editions: Sequence[ListEdition]) -> str:
    """What an index depends on: the editions, and the program that reads names."""
    program = hashlib.sha256()
    for path in sorted((Path(__file__).parents[1] / "screen").glob("*.py")):
        program.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    held = [f"{one.list} {one.state} {one.source} {one.sha256} {len(one.parties)}" for one in editions]
    return "\n".join((*held, program.hexdigest()))


def party_lists(desk: Path | None) -> HeldLists:
    """The lists a desk screens against. Raises RuleBaseError, UsageError."""
    return HeldLists(open_lists(None, desk))


@dataclass(frozen=True, slots=True)
class Book:
    """The counterparties of a file with the cells they came from, and the rows that do not read."""

    counterparties: tuple[Counterparty, ...]
    cells: Mapping[str, Mapping[str, str]]
    rejects: tuple[Reject, ...]


def read_book(path: Path) -> Book:
    """Read a book: a table with at least the column `name`. Raises FileError."""
    found: dict[str, Counterparty] = {}
    cells: dict[str, Mapping[str, str]] = {}
    rejects = []
    for row in tables.read_rows(path, compulsory=COMPULSORY).rows:
        one, problems = (None, (row.problem,)) if isinstance(row, BadRow) else read_counterparty_row(row)
        if one is not None and one.id in found:
            message = f"`{one.id}` stands already in a row above"
            problems = (LineError("GL0109", message, at=Place(row.file, row.number, "id"), hint="give each an id of its own"),)
        if one is None or problems:
            rejects.append(Reject(row.cells, row.file, row.number, problems))
            continue
        found[one.id], cells[one.id] = one, row.cells
    return Book(tuple(found.values()), cells, tuple(rejects))


@dataclass(frozen=True, slots=True)
class Done:
    """A screening that was done: its record and its answers; `name` is empty if it was not recorded."""

    record: Screening
    answers: tuple[Answer, ...]
    name: str
    anew: int  # how many were matched, and not answered from the record of a screening before


def screen_book(
    book: Sequence[Counterparty],
    settings: Settings,
    *,
    lists: Sequence[str],
    desk: Path | None,
    source: Path | None,
    at: date | None,
) -> Done:
    """Screen, and if `at` says the day, record it at the desk and raise alerts. Raises UsageError."""
    shelf, log = party_lists(desk), open_log(desk)
    states = shelf.states(lists, asked=settings.asked)
    matcher = shelf.matcher([one.edition for one in states if one.edition is not None])
    if matcher is None:
        raise UsageError("GL0505", "cannot say: no model is held to match with", hint="install greenlane again")
    seen = Desk(states, *log.alerts())
    answers = screening.screen(book, matcher, seen, settings)
    return _done(answers, len(book), len(book), matcher, seen, settings, desk=desk, source=source, at=at)


def rescreen_book(
    book: Sequence[Counterparty], kept: Screening, *, on: date, known_by: date, desk: Path | None, source: Path, at: date | None
) -> Done:
    """Screen as a screening before did, on other days: the same lists as they now are, its statistics and settings.

    Only those are matched for whom something changed. Raises UsageError.
    """
    shelf, log = party_lists(desk), open_log(desk)
    settings = replace(kept.settings, on=on, known_by=known_by)
    states = shelf.states([one.name for one in kept.lists], asked=settings.asked)
    matcher = screening.matcher_of(kept, shelf, states)
    seen = Desk(states, *log.alerts())
    found = screening.rescreen(kept, screening.states_of(kept, shelf), book, matcher, seen, settings)
    return _done(found.answers, len(book), found.anew, matcher, seen, settings, desk=desk, source=source, at=at)


def _done(
    answers: Iterator[Answer],
    total: int,
    anew: int,
    matcher: PartyMatcher,
    seen: Desk,
    settings: Settings,
    *,
    desk: Path | None,
    source: Path | None,
    at: date | None,
) -> Done:
    told = tuple(progress(answers, total, "screening"))
    raw = b"" if source is None else source.read_bytes()
    done = screening.record(
        told,
        matcher,
        seen,
        settings,
        source="" if source is None else source.name,
        source_sha256=hashlib.sha256(raw).hexdigest(),
        engine=__version__,
    )
    if at is None:
        return Done(done, told, "", anew)
    name = RunFolder(read_settings(desk=desk).desk).append(done)
    screening.raise_alerts(open_log(desk), done, told, seen, at=at)
    return Done(done, told, name, anew)


def trade_off_of(book: Sequence[Counterparty], settings: Settings, *, lists: Sequence[str], desk: Path | None) -> tuple[Rate, ...]:
    """How many of a book would have an alert at each threshold. Raises UsageError."""
    shelf = party_lists(desk)
    editions = [one.edition for one in shelf.states(lists, asked=settings.asked) if one.edition is not None]
    matcher = shelf.matcher(editions)
    assert matcher is not None  # the model that ships, with the statistics of these editions
    asked = [queries_of(one)[0] for one in book]
    return trade_off(matcher.index, matcher.pinned, asked, on=settings.on, known_by=settings.known_by)


def owners_in(
    path: Path, done: Done, settings: Settings, *, lists: Sequence[str], desk: Path | None
) -> dict[str, OwnershipFinding]:
    """What the ownership rules say of each counterparty of a screening, by its id; owners are screened like the book.

    A counterparty stands in the table of holdings under its id or its name. An owner counts as listed if its hit is certain.
    Raises UsageError, FileError, LineError, OverfullError.
    """
    graph = read_holdings(path)
    shelf, log = party_lists(desk), open_log(desk)
    seen = Desk(shelf.states(lists, asked=settings.asked), *log.alerts())
    matcher = shelf.matcher([one.edition for one in seen.lists if one.edition is not None])
    assert matcher is not None
    nodes = [Counterparty(id=name, names=(name,)) for name in graph.names]
    found = progress(screening.screen(nodes, matcher, seen, settings), len(nodes), "screening owners")
    listed = {
        one.counterparty.id: tuple(seen.parties[hit.entry] for hit in one.found.hits if hit.probability >= settings.certain)
        for one in found
    }
    days = Asked.of(settings.on), Asked.of(settings.known_by)
    assessed = assess(
        graph, {name: parties for name, parties in listed.items() if parties}, load_rules(), on=days[0], known_by=days[1]
    )
    told = {}
    for answer in done.answers:
        one = answer.counterparty
        node = next((name for name in (one.id, *one.names) if name in graph.index), None)
        if node is not None:
            told[one.id] = assessed.finding(node)
    return told


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


def screening_before(desk: Path | None, name: str | None, book: Path) -> Screening:
    """The record of a screening by name or file, or the newest of a book of that name. Raises UsageError GL0302, GL0303."""
    if name is not None:
        return find_screening(desk, name)
    return RunFolder(read_settings(desk=desk).desk).last_screening(book.name)


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
