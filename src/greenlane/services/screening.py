"""Whom of a book may a list mean? Screenings: done, recorded, done again, and done anew only where something changed.

What holds always:

* Outcomes are `hit`, `possible`, `none_found` and `cannot_say`. There is no word for innocence: nothing found is not nobody there.
* If a list is missing, too old, too short, or of a later day than asked about, its silence says nothing: who is found on no list
  gets `cannot_say`, with the list. A hit stays a hit.
* An entry that two people cleared for a counterparty is left out before matching, so that it takes no place from another.
* The record of a screening says all that it rests on: book, editions, model, statistics, settings, and how far the log of
  decisions went. It knows no time of day; done again it is the same text, byte for byte. The receipt of one search is the
  record of that search, hit or no hit.
"""

from __future__ import annotations

import json
import mmap
import re
from array import array
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import cached_property
from hashlib import blake2b, sha256
from itertools import islice
from json.encoder import encode_basestring
from typing import Any, Final, TypeVar, overload

from greenlane.errors import UsageError
from greenlane.screen.finding import (
    Alert,
    AlertState,
    AlignedWord,
    Counterparty,
    Event,
    Found,
    Head,
    Hit,
    Lapsed,
    ListState,
    Raised,
    Screened,
    Side,
    alert_key,
    canonical,
    fingerprint_of,
    fingerprint_of_entry,
)
from greenlane.services.ports import DecisionLog, PartyLists, PartyMatcher
from greenlane.services.runs import Compared
from greenlane.terms.listed import Identifier, ListEdition, ListedParty, PartyKind

KIND: Final = "greenlane-screening/1"
_BEGIN: Final = ',"answers":[\n'  # between the head of a record and its answers, and what stands behind the last
_END: Final = "\n]}\n"
_BATCH: Final = 4096
_READ_TOGETHER: Final = 50_000  # answers of a mapped record that stay in memory
_KNOWN_MAX: Final = 100_000  # of whom what was found is remembered at once

T = TypeVar("T")


class Outcome(Enum):
    """What a screening says of one counterparty."""

    HIT = "hit"  # surely enough, or confirmed by two people
    POSSIBLE = "possible"  # enough alike for a person to look at
    NONE_FOUND = "none_found"
    CANNOT_SAY = "cannot_say"  # nothing found, and a list could not be relied on


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How it was searched: the days, from which probability a hit is possible and from which certain, how many are shown."""

    on: date
    known_by: date
    threshold: float
    certain: float
    limit: int = 20

    def __post_init__(self) -> None:
        """Check the bounds. Raises UsageError GL0304."""
        if not 0 < self.threshold <= self.certain <= 1:
            hint = "a threshold above 0, at most the probability from which a hit is certain, and that at most 1"
            raise UsageError("GL0304", f"thresholds {self.threshold} and {self.certain} cannot be", hint=hint)
        if not 1 <= self.limit <= 1000:
            raise UsageError("GL0304", f"a limit of {self.limit} cannot be", hint="between 1 and 1000")

    @property
    def asked(self) -> date:
        """The day whose editions are needed: a later one has lost who was taken off, and holds what was not known."""
        return min(self.on, self.known_by)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one counterparty. `cleared` and `confirmed` are the alerts in which two people's word held."""

    counterparty: Counterparty
    outcome: Outcome
    found: Found
    alerts: tuple[str, ...]  # the key of the alert of each hit
    cleared: tuple[Alert, ...] = ()
    confirmed: tuple[Alert, ...] = ()

    @property
    def without(self) -> frozenset[str]:
        """The entries that were left out."""
        return frozenset(alert.entry.id for alert in self.cleared)

    def plain(self) -> dict[str, Any]:
        """The answer as plain values; what is empty is left out."""
        told: dict[str, Any] = {"counterparty": plain_counterparty(self.counterparty), "outcome": self.outcome.value}
        if self.found.hits:
            told["hits"] = [_plain_hit(hit) | {"alert": key} for hit, key in zip(self.found.hits, self.alerts, strict=True)]
        if self.found.more:
            told["more"] = True
        if self.cleared:
            told["cleared"] = [_plain_alert(alert) for alert in self.cleared]
        if self.confirmed:
            told["confirmed"] = [_plain_alert(alert) for alert in self.confirmed]
        return told

    def text(self) -> str:
        """The canonical text of `plain`. Most answers found nothing: theirs is put together from its pieces."""
        if self.found.hits or self.found.more or self.cleared or self.confirmed:
            return canonical(self.plain())
        return f'{{"counterparty":{counterparty_text(self.counterparty)},"outcome":"{self.outcome.value}"}}'


class Desk:
    """Editions and decisions as one screening sees them."""

    def __init__(self, lists: Sequence[ListState], head: Head, alerts: Mapping[str, Alert]) -> None:
        self.lists = tuple(lists)
        self.head = head
        self._alerts = alerts
        self._entry_sha256: dict[str, str] = {}

    @cached_property
    def parties(self) -> dict[str, ListedParty]:
        """Every entry of every edition by its id."""
        return {party.id: party for one in self.lists if one.edition is not None for party in one.edition.parties}

    @cached_property
    def _decided(self) -> dict[tuple[str, str], list[Alert]]:
        found: dict[tuple[str, str], list[Alert]] = {}
        for _, alert in sorted(self._alerts.items()):
            if alert.state in (AlertState.CLEARED, AlertState.CONFIRMED):
                found.setdefault((alert.counterparty.id, alert.counterparty.sha256), []).append(alert)
        return found

    @cached_property
    def silence(self) -> Outcome:
        """What it says of somebody that nothing was found: it counts only where every list can be relied on."""
        return Outcome.CANNOT_SAY if not self.lists or any(state.fault for state in self.lists) else Outcome.NONE_FOUND

    @cached_property
    def about(self) -> frozenset[str]:
        """Ids of the counterparties whom an alert is about."""
        return frozenset(alert.counterparty.id for alert in self._alerts.values())

    def entry_sha256(self, entry: str) -> str:
        """The fingerprint of an entry; empty if there is none of that id."""
        if entry not in self._entry_sha256:
            party = self.parties.get(entry)
            self._entry_sha256[entry] = "" if party is None else fingerprint_of_entry(party)
        return self._entry_sha256[entry]

    def holding(self, counterparty: Counterparty, *, on: date) -> list[Alert]:
        """The alerts of a counterparty on which two people's word holds: neither side changed, and the term runs."""
        if not self._decided:
            return []
        kept = self._decided.get((counterparty.id, fingerprint_of(counterparty)), ())
        same = (
            alert for alert in kept if alert.entry.id in self.parties and alert.entry.sha256 == self.entry_sha256(alert.entry.id)
        )
        return [alert for alert in same if alert.holds(on=on)]

    def standing(self, settings: Settings) -> dict[str, ListedParty]:
        """The entries that stand on the day, as known by the other."""
        return {name: party for name, party in self.parties.items() if _stands(party, settings)}


def _stands(party: ListedParty, settings: Settings) -> bool:
    return not party.listings or any(one.stands(on=settings.on, known_by=settings.known_by) for one in party.listings)


# --- screening --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """Counterparties to be matched together, each with the entries left out for it.

    `if_touched` says of whom the hits are known and stay as they were unless an entry that is new touches them.
    """

    asked: tuple[Counterparty, ...]
    without: tuple[frozenset[str], ...]
    if_touched: tuple[bool, ...] = ()


#: What is found for each of a batch, in their order; None for whom all stays as it was.
Work = Callable[[Batch], list[Found | None]]
#: Does the work on batches, in their order; it may take more batches before it gives the first result.
Over = Callable[[Work, Iterable[Batch]], Iterator[list[Found | None]]]


def in_turn(work: Work, batches: Iterable[Batch]) -> Iterator[list[Found | None]]:
    """The work on one batch after the other."""
    yield from map(work, batches)


def screen(
    book: Iterable[Counterparty], matcher: PartyMatcher, desk: Desk, settings: Settings, *, over: Over = in_turn
) -> Iterator[Answer]:
    """Answer for each counterparty, in their order. Of a book only some batches are held at once."""
    known = _Known()
    waiting: deque[tuple[list[Counterparty], list[list[Alert]], list[bytes], list[Found | None]]] = deque()

    def batches() -> Iterator[Batch]:
        for batch in _batches(book):
            holding = [desk.holding(one, on=settings.on) for one in batch]
            keys = [b"" if alerts else _key_of(one) for one, alerts in zip(batch, holding, strict=True)]
            found = [known.get(key) for key in keys]
            waiting.append((batch, holding, keys, found))
            places = [at for at, one in enumerate(found) if one is None]
            yield Batch(tuple(batch[at] for at in places), tuple(_left_out(holding[at]) for at in places))

    for fresh in over(lambda batch: list(_match(batch.asked, batch.without, matcher, settings)), batches()):
        batch, holding, keys, found = waiting.popleft()
        rest = iter(fresh)
        for one, alerts, key, was in zip(batch, holding, keys, found, strict=True):
            what = was if was is not None else next(rest)
            assert what is not None  # nobody was to stay as it was
            if was is None and key:
                known.add(key, what)
            yield _answer(one, what, alerts, desk, settings)


def _match(
    asked: Sequence[Counterparty], without: Sequence[frozenset[str]], matcher: PartyMatcher, settings: Settings
) -> Iterator[Found]:
    if not asked:
        return iter(())
    return matcher.screen(
        asked,
        limit=settings.limit,
        threshold=settings.threshold,
        on=settings.on,
        known_by=settings.known_by,
        without=without,
    )


class _Known:
    """What was found of late for somebody, by all that the answer hangs on: who comes again is not matched again."""

    def __init__(self) -> None:
        self._found: dict[bytes, Found] = {}

    def get(self, key: bytes) -> Found | None:
        return self._found.get(key)

    def add(self, key: bytes, found: Found) -> None:
        if len(self._found) >= _KNOWN_MAX:
            self._found.clear()
        self._found[key] = found


def _key_of(one: Counterparty) -> bytes:
    told = (one.names, one.kind.value, one.countries, one.identifiers, one.born, one.addresses)
    return blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _left_out(holding: Sequence[Alert]) -> frozenset[str]:
    return _NOBODY if not holding else frozenset(alert.entry.id for alert in _cleared(holding))


_NOBODY: Final[frozenset[str]] = frozenset()


def _cleared(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    return tuple(alert for alert in alerts if alert.state is AlertState.CLEARED)


def _answer(one: Counterparty, found: Found, holding: Sequence[Alert], desk: Desk, settings: Settings) -> Answer:
    if not found.hits and not holding:
        return Answer(one, desk.silence, found, ())
    ours = fingerprint_of(one) if found.hits else ""
    confirmed = tuple(
        alert for alert in holding if alert.state is AlertState.CONFIRMED and _stands(desk.parties[alert.entry.id], settings)
    )
    surest = max((hit.probability for hit in found.hits), default=0.0)
    if confirmed or surest >= settings.certain:
        outcome = Outcome.HIT
    elif found.hits:
        outcome = Outcome.POSSIBLE
    else:
        outcome = desk.silence
    keys = tuple(alert_key(one.id, ours, hit.entry, desk.entry_sha256(hit.entry)) for hit in found.hits)
    return Answer(one, outcome, found, keys, _cleared(holding), confirmed)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


# --- the record -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListUsed:
    """Which edition of a list was screened against, and what was wrong with it."""

    name: str
    state: str
    sha256: str
    source: str
    entries: int
    fault: str

    @classmethod
    def of(cls, one: ListState) -> ListUsed:
        """What a record keeps of a list."""
        edition = one.edition
        if edition is None:
            return cls(one.name, "", "", "", 0, one.fault)
        return cls(one.name, edition.state.isoformat(), edition.sha256, edition.source, len(edition.parties), one.fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A recorded screening, of a book or of a single name (then it is the receipt of that search)."""

    source: str  # the name of the book's file, or nothing
    source_sha256: str
    settings: Settings
    lists: tuple[ListUsed, ...]
    model: str
    statistics: str
    counted_on: tuple[tuple[str, str], ...]  # list and digest of each edition that the statistics were counted on
    log: Head  # how far the log of decisions went
    engine: str
    answers: Sequence[Mapping[str, Any]]  # `Answer.plain`

    def text(self) -> str:
        """The record as JSON, one line an answer, keys sorted: the same screening is the same text."""
        return self.head() + ",\n".join(map(canonical, self.answers)) + _END

    def head(self) -> str:
        """The text before the first answer."""
        head = {
            "kind": KIND,
            "source": {"name": self.source, "sha256": self.source_sha256},
            "settings": {
                "on": self.settings.on.isoformat(),
                "known_by": self.settings.known_by.isoformat(),
                "threshold": self.settings.threshold,
                "certain": self.settings.certain,
                "limit": self.settings.limit,
            },
            "lists": [{name: getattr(one, name) for name in ListUsed.__slots__} for one in self.lists],
            "model": {"version": self.model, "statistics": self.statistics, "counted_on": self.counted_on},
            "log": {"number": self.log.number, "sha256": self.log.sha256},
            "engine": self.engine,
        }
        return canonical(head)[:-1] + _BEGIN

    @property
    def sha256(self) -> str:
        """The hash of the text."""
        return sha256(self.text().encode()).hexdigest()

    @property
    def name(self) -> str:
        """The name of the record: the start of the hash of its text."""
        return self.sha256[:16]

    @property
    def on(self) -> str:
        """The day asked about."""
        return self.settings.on.isoformat()

    @property
    def known_by(self) -> str:
        """The day by which the lists were known."""
        return self.settings.known_by.isoformat()

    @property
    def book(self) -> tuple[Counterparty, ...]:
        """Those who were screened."""
        return tuple(read_counterparty(one["counterparty"]) for one in self.answers)

    @property
    def faults(self) -> tuple[str, ...]:
        """What was wrong with the lists."""
        return tuple(f"{one.name}: {one.fault}" for one in self.lists if one.fault)

    def receipt(self, counterparty: str) -> Screening:
        """The record of the search for one counterparty of the book. Raises UsageError GL0301."""
        own = tuple(one for one in self.answers if one["counterparty"]["id"] == counterparty)
        if not own:
            hint = "give the id as it stands in the book"
            raise UsageError("GL0301", f"the screening {self.name} holds no counterparty `{counterparty}`", hint=hint)
        return replace(self, answers=own)


def record(
    answers: Iterable[Answer],
    matcher: PartyMatcher,
    desk: Desk,
    settings: Settings,
    *,
    source: str = "",
    source_sha256: str = "",
    engine: str,
) -> Screening:
    """Make the record of a screening. Raises UsageError GL0109 if two counterparties bear one id."""
    told = tuple(answer.plain() for answer in answers)
    seen: set[str] = set()
    for one in told:
        if (name := one["counterparty"]["id"]) in seen:
            raise UsageError("GL0109", f"two counterparties bear the id `{name}`", hint="give each an id of its own")
        seen.add(name)
    bare = bare_record(matcher, desk, settings, source=source, source_sha256=source_sha256, engine=engine)
    return replace(bare, answers=told)


def bare_record(
    matcher: PartyMatcher, desk: Desk, settings: Settings, *, source: str = "", source_sha256: str = "", engine: str
) -> Screening:
    """The record of a screening before its first answer: all that is known beforehand."""
    return Screening(
        source=source,
        source_sha256=source_sha256,
        settings=settings,
        lists=tuple(map(ListUsed.of, desk.lists)),
        model=matcher.model,
        statistics=matcher.statistics,
        counted_on=matcher.counted_on,
        log=desk.head,
        engine=engine,
        answers=(),
    )


class Recorder:
    """The record of a book too large to be held, piece by piece: together the pieces are the text of the `Screening`.

    That no two counterparties bear one id is for the caller to see to.
    """

    def __init__(self, bare: Screening) -> None:
        self.bare = bare
        self._hash = sha256()
        self._between = ""

    def begin(self) -> str:
        """What stands before the first answer."""
        return self._noted(self.bare.head())

    def line(self, answer: Answer) -> str:
        """What an answer adds."""
        text = self._between + answer.text()
        self._between = ",\n"
        return self._noted(text)

    def end(self) -> str:
        """What stands behind the last answer."""
        return self._noted(_END)

    @property
    def sha256(self) -> str:
        """The hash of the text so far."""
        return self._hash.hexdigest()

    @property
    def name(self) -> str:
        """The name of the record, once all of it was given."""
        return self.sha256[:16]

    def _noted(self, text: str) -> str:
        self._hash.update(text.encode())
        return text


def read_screening(text: str, *, shown: str) -> Screening:
    """Read a record. Raises UsageError GL0303 for a text that is not, to the byte, the record of a screening."""
    try:
        raw = json.loads(text)
        if raw["kind"] != KIND:
            raise KeyError("kind")
        found = _read_head(raw, tuple(raw["answers"]))
        _ = found.book, [_read_found(one) for one in found.answers]
        if found.text() != text:
            raise ValueError("it is not written as it would be")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _no_record(shown, error) from error
    return found


def _read_head(raw: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> Screening:
    asked = raw["settings"]
    return Screening(
        source=raw["source"]["name"],
        source_sha256=raw["source"]["sha256"],
        settings=Settings(
            on=date.fromisoformat(asked["on"]),
            known_by=date.fromisoformat(asked["known_by"]),
            threshold=asked["threshold"],
            certain=asked["certain"],
            limit=asked["limit"],
        ),
        lists=tuple(ListUsed(**one) for one in raw["lists"]),
        model=raw["model"]["version"],
        statistics=raw["model"]["statistics"],
        counted_on=tuple((name, digest) for name, digest in raw["model"]["counted_on"]),
        log=Head(raw["log"]["number"], raw["log"]["sha256"]),
        engine=raw["engine"],
        answers=answers,
    )


def _no_record(shown: str, error: Exception) -> UsageError:
    hint = "give a record or receipt that `greenlane screen` wrote"
    return UsageError("GL0303", f"{shown} is not the record of a screening: {error}", hint=hint)


def read_large_screening(raw: bytes | mmap.mmap, *, shown: str) -> Screening:
    """Read the head of a record, and each answer when it is asked for. Raises UsageError GL0303, also for an answer then.

    Of a file that is mapped only what is being read stays in memory.
    """
    begin = raw.find(_BEGIN.encode())
    try:
        head = raw[:begin].decode() + "}"
        told = json.loads(head)
        if told["kind"] != KIND or begin < 0 or raw[-len(_END) :] != _END.encode():
            raise KeyError("kind")
        found = _read_head(told, AnswerLines(raw, begin + len(_BEGIN), shown=shown))
        if found.head() != head[:-1] + _BEGIN:
            raise ValueError("it is not written as it would be")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _no_record(shown, error) from error
    return found


class AnswerLines(Sequence[Mapping[str, Any]]):
    """The answers of a record as they stand in its text, a line each; one is read when it is asked for."""

    def __init__(self, raw: bytes | mmap.mmap, begin: int, *, shown: str) -> None:
        self._raw, self._shown = raw, shown
        # Within an answer no line ends: JSON writes a line feed as two signs.
        self._start = array("Q", (begin, *(found.end() for found in re.compile(rb",\n").finditer(raw, begin))))
        self._stop = len(raw) - len(_END)
        self._places: dict[str, int] | None = None
        self._next = 0
        self._forget()

    def _forget(self) -> None:
        """Let go of what was read of a mapped file: it can be read again."""
        if isinstance(self._raw, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._raw.madvise(mmap.MADV_DONTNEED)

    def __len__(self) -> int:
        return len(self._start) if self._stop > self._start[0] else 0

    @overload
    def __getitem__(self, at: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Mapping[str, Any]]: ...

    def __getitem__(self, at: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return self._read(range(len(self))[at])

    def _text(self, at: int) -> bytes:
        return self._raw[self._start[at] : self._start[at + 1] - 2 if at + 1 < len(self._start) else self._stop]

    def _read(self, at: int) -> Mapping[str, Any]:
        raw = self._text(at)
        try:
            told: Mapping[str, Any] = json.loads(raw)
            _ = read_counterparty(told["counterparty"]), _read_found(told)
            if canonical(told).encode() != raw:
                raise ValueError("it is not written as it would be")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _no_record(self._shown, error) from error
        return told

    def of(self, one: Counterparty) -> Mapping[str, Any] | None:
        """The answer for a counterparty, if it looked the same; quickly where they are asked for in the order of the record.

        An answer that found nothing is told by its text alone: it is the counterparty and an outcome, and only that is given.
        """
        at = self._next
        if at % _READ_TOGETHER == 0:
            self._forget()
        if at < len(self):
            text = self._text(at)
            quiet = f'{{"counterparty":{counterparty_text(one)},"outcome":'.encode()
            if text.startswith(quiet) and (outcome := _QUIET.get(text[len(quiet) :])):
                self._next = at + 1
                return outcome
            was = self._read(at)
            if was["counterparty"]["id"] == one.id:
                self._next = at + 1
                return was if was["counterparty"] == plain_counterparty(one) else None
        if self._places is None:
            self._places = {self._read(place)["counterparty"]["id"]: place for place in range(len(self))}
        place = self._places.get(one.id)
        if place is None:
            return None
        self._next = place + 1
        was = self._read(place)
        return was if was["counterparty"] == plain_counterparty(one) else None


#: How a line of a record ends where nothing was found, and what is then said of the answer.
_QUIET: Final[Mapping[bytes, Mapping[str, Any]]] = {
    f'"{one.value}"}}'.encode(): {"outcome": one.value} for one in (Outcome.NONE_FOUND, Outcome.CANNOT_SAY)
}


# --- again ------------------------------------------------------------------------------------------------------------


def again(kept: Screening, lists: PartyLists, log: DecisionLog) -> Screening:
    """Do a recorded screening again: same editions, model, statistics, settings, and the decisions of then.

    Raises UsageError: GL0505 if an edition, model or statistics are not kept any more; GL0307 if the log is damaged or cut.
    """
    states = states_of(kept, lists)
    matcher = matcher_of(kept, lists, states)
    head, alerts = log.alerts(upto=kept.log.number)
    if head != kept.log:
        raise UsageError("GL0307", f"entry {head.number} of the log is not the one that the record saw", hint="restore the log")
    desk = Desk(states, head, alerts)
    answers = screen(kept.book, matcher, desk, kept.settings)
    return record(answers, matcher, desk, kept.settings, source=kept.source, source_sha256=kept.source_sha256, engine=kept.engine)


def states_of(kept: Screening, lists: PartyLists) -> list[ListState]:
    """The lists as a screening saw them. Raises UsageError GL0505 if an edition is not kept any more."""
    return [ListState(one.name, _edition(lists, one.name, one.sha256) if one.sha256 else None, one.fault) for one in kept.lists]


def matcher_of(kept: Screening, lists: PartyLists, states: Sequence[ListState]) -> PartyMatcher:
    """A matcher with the model and statistics of a screening, over these states of lists. Raises UsageError GL0505."""
    editions = [one.edition for one in states if one.edition is not None]
    counted_on = [_edition(lists, name, digest) for name, digest in kept.counted_on]
    matcher = lists.matcher(editions, counted_on=counted_on, model=kept.model, statistics=kept.statistics)
    if matcher is None:
        hint = "use the version of greenlane that wrote the record, or screen anew"
        raise UsageError("GL0505", f"the model {kept.model} with statistics {kept.statistics[:12]} is not kept here", hint=hint)
    return matcher


def _edition(lists: PartyLists, name: str, digest: str) -> ListEdition:
    edition = lists.edition(name, digest)
    if edition is None:
        hint = "restore the edition; another would be another screening"
        raise UsageError("GL0505", f"the edition of {name} with digest {digest[:12]} is not kept here", hint=hint)
    return edition


def compare_screening(kept: Screening, now: Screening) -> Compared:
    """What came out otherwise when done again."""
    lines = [
        f"{then['counterparty']['id']}: {_told(then)} -> {_told(new)}"
        for then, new in zip(kept.answers, now.answers, strict=True)
        if then != new
    ]
    if not lines and kept.text() != now.text():
        lines = ["the record itself is written otherwise"]
    return Compared((), tuple(lines))


def _told(answer: Mapping[str, Any]) -> str:
    hits = ", ".join(f"{hit['entry']} {hit['probability']}" for hit in answer.get("hits", ()))
    return f"{answer['outcome']} ({hits})" if hits else str(answer["outcome"])


# --- only what changed ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Rescreening:
    """Answers by the changes alone, in the order of the book; and, once all were taken, how many had to be matched anew."""

    answers: Iterator[Answer] = field(default_factory=lambda: iter(()))
    anew: int = 0


def rescreen(
    kept: Screening,
    then: Sequence[ListState],
    book: Iterable[Counterparty],
    matcher: PartyMatcher,
    desk: Desk,
    settings: Settings,
    *,
    over: Over = in_turn,
) -> Rescreening:
    """Answer for each counterparty as `screen` would, matching only those for whom something changed since a screening.

    `then` are the lists as that screening saw them. That the answers equal those of `screen` rests on what `PartyMatcher` promises:
    whose hits are all still there, and whom no entry that was added, changed or began to stand may touch, has the hits of then.
    Matched with everything are:

    * everybody, if model, statistics, thresholds or limit are not those of then;
    * who is new or changed, or has other entries left out;
    * who had a hit on an entry that changed, ended or is gone, and once there is one, those whose hits the limit had cut;
    * whom an entry touches that was added, changed or began to stand.
    """
    done = Rescreening()
    done.answers = _rescreened(done, kept, then, book, matcher, desk, settings, over)
    return done


def _rescreened(
    done: Rescreening,
    kept: Screening,
    then: Sequence[ListState],
    book: Iterable[Counterparty],
    matcher: PartyMatcher,
    desk: Desk,
    settings: Settings,
    over: Over,
) -> Iterator[Answer]:
    same = (kept.model, kept.statistics, _how(kept.settings)) == (matcher.model, matcher.statistics, _how(settings))
    old, new = Desk(then, kept.log, {}).standing(kept.settings), desk.standing(settings)
    gone = {name for name, party in old.items() if new.get(name) != party}
    fresh = sorted(name for name, party in new.items() if old.get(name) != party)
    was_of = _answers_of(kept) if same else lambda _: None
    waiting: deque[tuple[list[Counterparty], list[list[Alert]], list[Mapping[str, Any] | None]]] = deque()

    def batches() -> Iterator[Batch]:
        for batch in _batches(book):
            holding = [desk.holding(one, on=settings.on) for one in batch]
            before = []
            for one, alerts in zip(batch, holding, strict=True):
                was = was_of(one)
                before.append(was if was is not None and _as_then(was, gone, alerts) else None)
            waiting.append((batch, holding, before))
            yield Batch(tuple(batch), tuple(map(_left_out, holding)), tuple(was is not None for was in before))

    for found in over(lambda batch: _match_changed(batch, fresh, matcher, settings), batches()):
        for one, alerts, was, what in zip(*waiting.popleft(), found, strict=True):
            if what is not None:
                done.anew += 1
                yield _answer(one, what, alerts, desk, settings)
            else:
                assert was is not None  # only of whom there is an answer was it said that it may stay
                yield _answer(one, _read_found(was), alerts, desk, settings)


def _match_changed(batch: Batch, fresh: Sequence[str], matcher: PartyMatcher, settings: Settings) -> list[Found | None]:
    may = [at for at, one in enumerate(batch.if_touched) if one]
    asked = [batch.asked[at] for at in may]
    touched = matcher.touched(asked, fresh, threshold=settings.threshold, on=settings.on, known_by=settings.known_by)
    stays = {at for at, one in zip(may, touched, strict=True) if not one}
    rest = [at for at in range(len(batch.asked)) if at not in stays]
    anew = _match([batch.asked[at] for at in rest], [batch.without[at] for at in rest], matcher, settings)
    found: list[Found | None] = [None] * len(batch.asked)
    for at, what in zip(rest, anew, strict=True):
        found[at] = what
    return found


def _answers_of(kept: Screening) -> Callable[[Counterparty], Mapping[str, Any] | None]:
    """What gives the answer of then for a counterparty that looked the same."""
    if isinstance(kept.answers, AnswerLines):
        return kept.answers.of
    answers = {one["counterparty"]["id"]: one for one in kept.answers}

    def of(one: Counterparty) -> Mapping[str, Any] | None:
        was = answers.get(one.id)
        return was if was is not None and was["counterparty"] == plain_counterparty(one) else None

    return of


def _how(settings: Settings) -> tuple[float, float, int]:
    return settings.threshold, settings.certain, settings.limit


def _as_then(was: Mapping[str, Any], gone: Collection[str], holding: Sequence[Alert]) -> bool:
    """Whether an answer of then has lost no hit, and the same entries are left out."""
    if gone and ("more" in was or "hits" in was) and (was.get("more") or any(hit["entry"] in gone for hit in was.get("hits", ()))):
        return False
    if not holding and "cleared" not in was:
        return True
    return _left_out(holding) == {alert["entry"] for alert in was.get("cleared", ())}


# --- alerts -----------------------------------------------------------------------------------------------------------


def raise_alerts(log: DecisionLog, done: Screening, answers: Iterable[Answer], desk: Desk, *, at: date) -> tuple[int, ...]:
    """Write into the log that a screening was done, the alerts it raised, and those that lapsed; returns the new entries."""
    raising = Raising(desk, done.settings, at=at)
    for answer in answers:
        raising.see(answer)
    return raising.write(log, done.sha256, lambda: done.book)


class Raising:
    """What a screening has to say to the log of decisions: answers are seen one by one, and then it is written.

    `at` is the day it is written. An alert lapses when its counterparty, in this book, or its entry looks otherwise or is
    gone, or when its term ran out. A screening of a past day lets nothing lapse: it does not see the present.
    """

    def __init__(self, desk: Desk, settings: Settings, *, at: date) -> None:
        self._desk, self._at = desk, at
        self._present = settings.asked >= at
        self._raised: dict[str, Raised] = {}
        self._ours: dict[str, str] = {}  # fingerprints of those of the book whom an alert is about
        self._about = desk.about

    def see(self, answer: Answer) -> None:
        """Note what an answer raises, and whom it is about if an alert is."""
        one = answer.counterparty
        if not answer.found.hits and one.id not in self._about:
            return
        ours = self._ours[one.id] = fingerprint_of(one)
        for hit, key in zip(answer.found.hits, answer.alerts, strict=True):
            sides = Side(one.id, one.names[0], ours), Side(hit.entry, hit.listed_name, self._desk.entry_sha256(hit.entry))
            self._raised[key] = Raised(alert=key, at=self._at, counterparty=sides[0], entry=sides[1])

    def write(self, log: DecisionLog, record: str, book: Callable[[], Iterable[Counterparty]]) -> tuple[int, ...]:
        """Write it; `record` is the hash of the record. `book` is gone through again only if others raised alerts meanwhile."""
        desk, at = self._desk, self._at
        sound = {one.name for one in desk.lists if one.edition is not None and not one.fault}

        def events(alerts: Mapping[str, Alert]) -> list[Event]:
            ours = dict(self._ours)
            if late := {alert.counterparty.id for alert in alerts.values()} - self._about - ours.keys():
                ours |= {one.id: fingerprint_of(one) for one in book() if one.id in late}
            made: list[Event] = [Screened(at=at, record=record)]
            for key, alert in sorted(alerts.items()):
                why = _why_lapsed(alert, ours, desk, sound, at) if self._present and alert.state is not AlertState.LAPSED else ""
                if why:
                    made.append(Lapsed(alert=key, at=at, why=why))
            lapsed = {event.alert for event in made if isinstance(event, Lapsed)}
            for key, event in sorted(self._raised.items()):
                known = alerts.get(key)
                if known is None or known.state is AlertState.LAPSED or key in lapsed:
                    made.append(event)
            return made

        return log.write(events)


def _why_lapsed(alert: Alert, ours: Mapping[str, str], desk: Desk, sound: Collection[str], at: date) -> str:
    if ours.get(alert.counterparty.id, alert.counterparty.sha256) != alert.counterparty.sha256:
        return "the counterparty changed"
    if alert.entry.id.partition(":")[0] in sound and desk.entry_sha256(alert.entry.id) != alert.entry.sha256:
        return "the entry changed" if alert.entry.id in desk.parties else "the entry is gone"
    if alert.state in (AlertState.CLEARED, AlertState.CONFIRMED) and not alert.holds(on=at):
        return "its term ran out"
    return ""


def decide_alert(log: DecisionLog, make: Callable[[Alert], Event], key: str) -> int:
    """Write one step about one alert, made on its state under the lock. Raises UsageError as `finding.step` does, GL0501 too."""

    def events(alerts: Mapping[str, Alert]) -> list[Event]:
        if key not in alerts:
            raise UsageError("GL0501", f"there is no alert `{key}`", hint="`greenlane screen queue` lists them")
        return [make(alerts[key])]

    return log.write(events)[0]


# --- plain values -----------------------------------------------------------------------------------------------------


def plain_counterparty(one: Counterparty) -> dict[str, Any]:
    """A counterparty as plain values; what is empty is left out."""
    told: dict[str, Any] = {"id": one.id} if one.id else {}
    if one.names:
        told["names"] = list(one.names)
    if one.kind is not PartyKind.UNKNOWN:
        told["kind"] = one.kind.value
    if one.countries:
        told["countries"] = list(one.countries)
    if one.identifiers:
        told["identifiers"] = [[each.scheme, each.value, each.country] for each in one.identifiers]
    if one.born:
        told["born"] = list(one.born)
    if one.addresses:
        told["addresses"] = list(one.addresses)
    return told


def counterparty_text(one: Counterparty) -> str:
    """The canonical text of `plain_counterparty`. Of one who is only named it is put together from its pieces."""
    if one.identifiers or one.born or one.addresses or not (one.id and one.names):
        return canonical(plain_counterparty(one))
    countries = f'"countries":{_texts(one.countries)},' if one.countries else ""
    kind = f'"kind":"{one.kind.value}",' if one.kind is not PartyKind.UNKNOWN else ""
    return f'{{{countries}"id":{encode_basestring(one.id)},{kind}"names":{_texts(one.names)}}}'


def _texts(texts: tuple[str, ...]) -> str:
    return f"[{encode_basestring(texts[0])}]" if len(texts) == 1 else f"[{','.join(map(encode_basestring, texts))}]"


def read_counterparty(told: Mapping[str, Any]) -> Counterparty:
    """A counterparty from `plain_counterparty`. Raises ValueError, KeyError or TypeError."""
    return Counterparty(
        id=told["id"],
        names=tuple(told["names"]),
        kind=PartyKind(told.get("kind", PartyKind.UNKNOWN.value)),
        countries=tuple(told.get("countries", ())),
        identifiers=tuple(Identifier(*one) for one in told.get("identifiers", ())),
        born=tuple(told.get("born", ())),
        addresses=tuple(told.get("addresses", ())),
    )


def _plain_hit(hit: Hit) -> dict[str, Any]:
    return {
        "entry": hit.entry,
        "list": hit.list,
        "listed_name": hit.listed_name,
        "query_name": hit.query_name,
        "probability": hit.probability,
        "words": [[word.query, word.listed, word.how, word.weight] for word in hit.words],
        "against": list(hit.against),
        "sentence": hit.sentence,
    }


def _read_found(answer: Mapping[str, Any]) -> Found:
    if "hits" not in answer and "more" not in answer:
        return _NOTHING
    hits = [
        Hit(
            entry=hit["entry"],
            list=hit["list"],
            listed_name=hit["listed_name"],
            query_name=hit["query_name"],
            probability=hit["probability"],
            words=tuple(AlignedWord(*word) for word in hit["words"]),
            against=tuple(hit["against"]),
            sentence=hit["sentence"],
        )
        for hit in answer.get("hits", ())
    ]
    return Found(tuple(hits), bool(answer.get("more")))


_NOTHING: Final = Found(())


def _plain_alert(alert: Alert) -> dict[str, Any]:
    proposal = alert.proposal
    assert proposal is not None
    return {
        "alert": alert.key,
        "entry": alert.entry.id,
        "shown": alert.entry.shown,
        "verdict": proposal.verdict.value,
        "by": [proposal.by, alert.decided_by],
        "proposal": alert.number,
        "until": "" if proposal.until is None else proposal.until.isoformat(),
    }
