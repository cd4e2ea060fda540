"""Is a hit the party? What two people said of it, what their word is bound to, and when it lapses.

A matcher finds that a counterparty looks like an entry of a list. That is an alert, and a person's matter. One person proposes
what it is (a false positive, or a true match) and another approves or refuses. Their word is bound to what both sides looked
like: the fingerprint of the counterparty and that of the entry. If either changes, or the term runs out, it holds no longer.

    open -> proposed -> cleared or confirmed        `raised` opens, `undone` opens again
    any of them -> lapsed                           the sides changed, or the term ran out; `raised` opens it anew

The state of an alert is a pure fold over events (`step`), each about one alert. Nothing is ever taken back but by a further
event, and no single event of one person clears.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import Enum
from typing import Any, Final

from anyascii import anyascii

from greenlane.errors import UsageError
from greenlane.terms.listed import Identifier, ListEdition, ListedParty, PartyKind

TEXT_MAX: Final = 4_000  # signs of a reason, an evidence, a person's name

# --- the two sides ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparty:
    """Somebody to be screened, with all that matching may read of them.

    `id` is the desk's own name for them: what is said of one counterparty never passes on to a namesake. Countries are
    ISO 3166-1 alpha-2, `born` ISO 8601 as exact as known.
    """

    id: str
    names: tuple[str, ...]
    kind: PartyKind = PartyKind.UNKNOWN
    countries: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    born: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        # A million of them go to other processes: field by field, as it would be done otherwise, that takes twice as long.
        return _counterparty, (self.id, self.names, self.kind, self.countries, self.identifiers, self.born, self.addresses)


def _counterparty(
    id_: str,
    names: tuple[str, ...],
    kind: PartyKind,
    countries: tuple[str, ...],
    identifiers: tuple[Identifier, ...],
    born: tuple[str, ...],
    addresses: tuple[str, ...],
) -> Counterparty:
    return Counterparty(
        id=id_, names=names, kind=kind, countries=countries, identifiers=identifiers, born=born, addresses=addresses
    )


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """Two words that met, how (equal, typo, pinyin, translated, extra, ...), and what that weighs; one side may be empty."""

    query: str
    listed: str
    how: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that a counterparty may be: how surely, why, and what speaks against it."""

    entry: str
    list: str
    listed_name: str
    query_name: str
    probability: float  # of being the same party, four decimals
    words: tuple[AlignedWord, ...] = ()
    against: tuple[str, ...] = ()
    sentence: str = ""


def rank(hit: Hit) -> tuple[float, str]:
    """The order of hits: the surest first, then by the id of the entry."""
    return (-hit.probability, hit.entry)


@dataclass(frozen=True, slots=True)
class Found:
    """What a matcher found for one counterparty: hits in the order of `rank`, and whether the limit kept others out."""

    hits: tuple[Hit, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class ListState:
    """A list as it is screened against: its edition, and why it cannot be relied on; without an edition there is a reason."""

    name: str
    edition: ListEdition | None
    fault: str


# --- fingerprints -----------------------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """Plain values as the one JSON text they have: keys sorted, no spaces, no escapes that are not needed."""
    return _CANONICAL.encode(value)


_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(value: Any) -> str:
    """The SHA-256 of the canonical JSON of plain values, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint_of(counterparty: Counterparty) -> str:
    """The digest of all that matching reads of a counterparty; its `id` is not part of it.

    Names, identifiers and addresses count as they read: case, width and spacing of signs do not matter, their order neither.
    """
    return sha256_of(
        {
            "names": _set(counterparty.names),
            "kind": counterparty.kind.value,
            "countries": _set(counterparty.countries),
            "identifiers": _identifiers(counterparty.identifiers),
            "born": _set(counterparty.born),
            "addresses": _set(counterparty.addresses),
        }
    )


def fingerprint_of_entry(party: ListedParty) -> str:
    """The digest of an entry of a list: everything it says but the address of its page.

    Listings count too: a party that was taken off and put on again, or under another programme, is to be looked at again.
    """
    listings = [[_plain(getattr(one, field.name)) for field in fields(one)] for one in party.listings]
    return sha256_of(
        {
            "list": party.list,
            "kind": party.kind.value,
            "names": sorted([_fold(one.text), one.kind.value] for one in party.names),
            "countries": _set(party.countries),
            "identifiers": _identifiers(party.identifiers),
            "addresses": sorted([_fold(one.text), one.country] for one in party.addresses),
            "born": _set(party.born),
            "listings": sorted(listings, key=canonical),
        }
    )


def alert_key(counterparty: str, counterparty_sha256: str, entry: str, entry_sha256: str) -> str:
    """The name of the alert of a pair as it looks now: other looks, another alert."""
    return sha256_of([counterparty, counterparty_sha256, entry, entry_sha256])[:16]


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _set(texts: Iterable[str]) -> list[str]:
    return sorted({_fold(text) for text in texts})


def _identifiers(given: Iterable[Identifier]) -> list[list[str]]:
    return sorted([one.scheme, _fold(one.value), one.country] for one in given)


# --- people -----------------------------------------------------------------------------------------------------------


def person_keys(name: str) -> tuple[str, str]:
    """Two foldings of a person's name; who shares either with another is taken for the same person.

    Case, spaces, punctuation, accents, width, invisible signs and script are folded away, in the second the order of words
    too. It errs on the side of one person: two of one name must add what tells them apart, such as a staff number. Whether
    the name is true is for whoever logs people in to know.
    """
    plain = anyascii(unicodedata.normalize("NFKC", name)).casefold()
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return "".join(words), " ".join(sorted(words))


def same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's."""
    return any(mine == theirs for mine, theirs in zip(person_keys(one), person_keys(other), strict=True))


# --- events -----------------------------------------------------------------------------------------------------------


class Verdict(Enum):
    """What two people say of an alert."""

    FALSE_POSITIVE = "false_positive"
    TRUE_MATCH = "true_match"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an alert: its id, the name it goes by, and the fingerprint."""

    id: str
    shown: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A screening found the pair."""

    alert: str
    at: date
    counterparty: Side
    entry: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """One person says what the pair is, why, on what evidence, and until when that shall hold (`until` is the first day not)."""

    alert: str
    at: date
    by: str
    verdict: Verdict
    reason: str
    evidence: str = ""
    evidence_sha256: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """Another person agrees to the proposal that stands in the log under that number."""

    alert: str
    at: date
    by: str
    proposal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Another person does not agree to the proposal that stands in the log under that number."""

    alert: str
    at: date
    by: str
    proposal: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """Somebody takes back what was proposed or decided. One is enough: an open alert clears nobody."""

    alert: str
    at: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """A screening saw that the alert is no longer of the present: a side changed or is gone, or the term ran out."""

    alert: str
    at: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A screening was done; `record` is the SHA-256 of its record."""

    at: date
    record: str


AlertEvent = Raised | Proposed | Approved | Refused | Undone | Lapsed
Event = AlertEvent | Screened
_KINDS: Final[dict[str, type[Event]]] = {
    kind.__name__.lower(): kind for kind in (Raised, Proposed, Approved, Refused, Undone, Lapsed, Screened)
}


def plain_event(event: Event) -> dict[str, Any]:
    """An event as plain values; `read_event` reads them back."""
    told = {field.name: _plain(getattr(event, field.name)) for field in fields(event)}
    return {"event": type(event).__name__.lower(), **told}


def read_event(given: Mapping[str, Any]) -> Event:
    """An event from plain values. Raises ValueError for anything that `plain_event` would not have written."""
    kind = _KINDS.get(str(given.get("event")))
    if kind is None:
        raise ValueError(f"`{given.get('event')}` is no event")
    names = {field.name for field in fields(kind)}
    if given.keys() != names | {"event"}:
        raise ValueError(f"the keys of `{given['event']}` are not {', '.join(sorted(names))}")
    event = kind(**{name: _read(name, given[name]) for name in names})
    if plain_event(event) != given:
        raise ValueError(f"`{given['event']}` is not written as it would be")
    return event


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Verdict):
        return value.value
    if isinstance(value, Side):
        return {"id": value.id, "shown": value.shown, "sha256": value.sha256}
    return value


def _read(name: str, value: Any) -> Any:
    if name in ("at", "until"):
        return None if value is None and name == "until" else date.fromisoformat(_text(value))
    if name == "verdict":
        return Verdict(value)
    if name in ("counterparty", "entry"):
        if not isinstance(value, dict) or value.keys() != {"id", "shown", "sha256"}:
            raise ValueError(f"`{name}` does not say id, shown and sha256")
        return Side(*(_text(value[key]) for key in ("id", "shown", "sha256")))
    if name == "proposal":
        if type(value) is not int:
            raise ValueError("`proposal` is no number")
        return value
    return _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"`{value}` is no text")
    return value


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """How far a log goes: the number and the hash of its newest entry; 0 and nothing for an empty one."""

    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the log: its number, what happened, and the hash that chains it."""

    number: int
    event: Event
    sha256: str


# --- the state of an alert --------------------------------------------------------------------------------------------


class AlertState(Enum):
    """Where an alert stands. Only `cleared` takes a hit away, and only while its proposal holds."""

    OPEN = "open"
    PROPOSED = "proposed"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Alert:
    """A pair, where it stands, what is or was proposed of it (and under which number), who decided, and why it lapsed."""

    key: str
    counterparty: Side
    entry: Side
    state: AlertState
    raised: date
    proposal: Proposed | None = None
    number: int = 0
    decided_by: str = ""
    lapsed: str = ""

    def holds(self, *, on: date) -> bool:
        """Whether two people's word on it holds on a day; whether the sides still look so is for the asker to compare."""
        if self.state not in (AlertState.CLEARED, AlertState.CONFIRMED) or self.proposal is None:
            return False
        return self.proposal.until is None or on < self.proposal.until


def step(alert: Alert | None, event: AlertEvent, number: int) -> Alert:
    """The alert after an event about it that stands in the log under a number.

    Raises UsageError: GL0501 no such alert; GL0502 not in this state, or another proposal than the one that stands; GL0503
    maker and checker are one person; GL0504 nobody is named, no reason given, a term that does not begin.
    """
    if isinstance(event, Raised):
        return _raised(alert, event)
    if alert is None:
        raise UsageError("GL0501", f"there is no alert `{event.alert}`", hint="`greenlane screen queue` lists them")
    if isinstance(event, Lapsed):
        _demand(alert, event, *(state for state in AlertState if state is not AlertState.LAPSED))
        return replace(alert, state=AlertState.LAPSED, lapsed=event.why)
    _check_person(event.by)
    if isinstance(event, Undone):
        _demand(alert, event, AlertState.PROPOSED, AlertState.CLEARED, AlertState.CONFIRMED)
        _check_reason(event.reason)
        return replace(alert, state=AlertState.OPEN, proposal=None, number=0, decided_by="")
    if isinstance(event, Proposed):
        _demand(alert, event, AlertState.OPEN)
        _check_proposal(event)
        return replace(alert, state=AlertState.PROPOSED, proposal=event, number=number)
    return _judged(alert, event)


def fold(alerts: dict[str, Alert], events: Iterable[tuple[int, Event]]) -> dict[str, Alert]:
    """The alerts after further events of the log, each with its number. Raises UsageError as `step` does."""
    after = dict(alerts)
    for number, event in events:
        if not isinstance(event, Screened):
            after[event.alert] = step(after.get(event.alert), event, number)
    return after


def _raised(alert: Alert | None, event: Raised) -> Alert:
    key = alert_key(event.counterparty.id, event.counterparty.sha256, event.entry.id, event.entry.sha256)
    if event.alert != key:
        raise UsageError("GL0502", f"alert `{event.alert}` does not bear the name of its sides, `{key}`")
    if alert is not None:
        _demand(alert, event, AlertState.LAPSED)
    return Alert(key, event.counterparty, event.entry, AlertState.OPEN, event.at)


def _judged(alert: Alert, event: Approved | Refused) -> Alert:
    _demand(alert, event, AlertState.PROPOSED)
    proposal = alert.proposal
    if proposal is None or event.proposal != alert.number:
        raise UsageError(
            "GL0502",
            f"what stands proposed of alert `{alert.key}` is entry {alert.number} of the log, not entry {event.proposal}",
            hint="look at it again: it was proposed anew meanwhile",
        )
    if same_person(proposal.by, event.by):
        raise UsageError(
            "GL0503",
            f"`{event.by}` may not judge what `{proposal.by}` proposed: that is one person",
            hint="another person must; if two bear one name, add what tells them apart, such as a staff number",
        )
    if isinstance(event, Refused):
        _check_reason(event.reason)
        return replace(alert, state=AlertState.OPEN, proposal=None, number=0)
    if proposal.until is not None and event.at >= proposal.until:
        raise UsageError("GL0504", f"the term of the proposal ended on {proposal.until}", hint="refuse it, and propose anew")
    state = AlertState.CLEARED if proposal.verdict is Verdict.FALSE_POSITIVE else AlertState.CONFIRMED
    return replace(alert, state=state, decided_by=event.by)


def _demand(alert: Alert, event: AlertEvent, *states: AlertState) -> None:
    if alert.state not in states:
        word = type(event).__name__.lower()
        hint = "undo first" if alert.state in (AlertState.CLEARED, AlertState.CONFIRMED) else "see `greenlane screen queue`"
        raise UsageError("GL0502", f"alert `{alert.key}` is {alert.state.value}; it cannot be {word}", hint=hint)


def _check_person(name: str) -> None:
    if not all(person_keys(name)):
        raise UsageError("GL0504", "nobody is named", hint="say who decides, with --by")
    _check_text(name)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("GL0504", "no reason is given", hint="say why, with --reason")
    _check_text(reason)


def _check_proposal(event: Proposed) -> None:
    _check_reason(event.reason)
    _check_text(event.evidence)
    if event.evidence_sha256 and not (len(event.evidence_sha256) == 64 and set(event.evidence_sha256) <= set("0123456789abcdef")):
        raise UsageError("GL0504", f"`{event.evidence_sha256}` is no SHA-256", hint="64 signs, 0 to 9 and a to f")
    if event.until is None and event.verdict is Verdict.FALSE_POSITIVE:
        raise UsageError("GL0504", "a false positive without a term", hint="say until when it shall hold, with --until")
    if event.until is not None and event.until <= event.at:
        raise UsageError("GL0504", f"a term until {event.until} does not begin on {event.at}", hint="name a later day")


def _check_text(text: str) -> None:
    if len(text) > TEXT_MAX:
        raise UsageError("GL0504", f"a text of {len(text)} signs, more than {TEXT_MAX}", hint="shorten it; keep the rest as a file")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise UsageError("GL0504", "a text that is not UTF-8", hint="type it anew")
