"""Does this measure reach this line: one-dimensional conditions, judged three-valued.

A scope is a conjunction of conditions; each looks at one kind of fact. A condition answers yes, no or unknown, says what
it matched, names the facts it would have to ask for, and the presumptions it leaned on. Unknown never counts as no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property, lru_cache
from typing import Protocol

from greenlane.law.facts import Basis, Entry, Facts, Identified, Known, Listing
from greenlane.law.groups import Group, Member
from greenlane.law.shelves import Shared, Shelf, are_shared
from greenlane.terms.amounts import Share, read_decimal, show
from greenlane.terms.codes import CONTROL, SCHEMES, TARIFF, Code, Match, match, match_one
from greenlane.terms.parties import ROLES, name_key
from greenlane.terms.periods import Asked, Bound, Kept, Watch

_NONE: frozenset[str] = frozenset()
_YES_NO = frozenset({"yes", "no"})


class Truth(Enum):
    """Three-valued truth."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


_YES, _NO = Truth.YES, Truth.NO


@dataclass(frozen=True, slots=True)
class Finding:
    """What a condition found: its truth, in words, what to ask, what was presumed, and which group member matched."""

    truth: Truth
    key: str
    says: str
    asks: frozenset[str] = _NONE
    presumed: frozenset[str] = _NONE
    members: tuple[Member, ...] = ()


Seen = tuple[object, object]  # who looks, at which facts
Reads = frozenset[str] | None  # the facts that a finding depends on; None: any


@dataclass(frozen=True, slots=True)
class Memory:
    """What was found in the course of one question, each with the span in which it stays so.

    The moments of a memory are all days or all instants. `reads` is kept for the whole rule base, `shared` for other lines.
    """

    reads: dict[int, Reads]
    shared: Shared[Finding, tuple[Finding, ...]] | None = None
    found: dict[object, Kept[Finding]] = field(default_factory=dict)  # by who looks, at which facts
    whole: dict[object, Kept[tuple[Finding, ...]]] = field(default_factory=dict)
    items: dict[Seen, Kept[ItemFinding]] = field(default_factory=dict)
    shelves: dict[tuple[Facts, frozenset[str]], Shelf[Finding, tuple[Finding, ...]]] = field(default_factory=dict)

    def shelf(self, facts: Facts, condition: Condition, setting: Setting) -> dict[object, Kept[Finding]] | None:
        """What lines share of findings like the condition's, about facts that say the same; None where that is nothing."""
        if self.shared is None:
            return None
        by = self.shared.by.get(id(condition))
        if by is None:
            by = self.shared.by[id(condition)] = (condition, shared_by(condition, setting.reads_of(condition)))
        return None if by[1] is None else self._shelf(facts, by[1], self.shared).found

    def shelf_of_whole(
        self, facts: Facts, conditions: tuple[Condition, ...], setting: Setting
    ) -> dict[object, Kept[tuple[Finding, ...]]] | None:
        """The same of all conditions of a rule."""
        if self.shared is None:
            return None
        by = self.shared.by.get(id(conditions))
        if by is None:
            names = joined(shared_by(one, setting.reads_of(one)) for one in conditions)
            by = self.shared.by[id(conditions)] = (conditions, names)
        return None if by[1] is None else self._shelf(facts, by[1], self.shared).whole

    def _shelf(
        self, facts: Facts, names: frozenset[str], shared: Shared[Finding, tuple[Finding, ...]]
    ) -> Shelf[Finding, tuple[Finding, ...]]:
        shelf = self.shelves.get((facts, names))
        if shelf is None:
            shelf = self.shelves[(facts, names)] = shared.shelf(facts, names)
        return shelf


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything outside the line that a condition may look at."""

    moment: Watch
    known_by: Asked
    groups: Mapping[str, Group]
    lists: Mapping[str, tuple[tuple[Member, tuple[Item, ...]], ...]]
    letters: Mapping[str, Letter]
    strict: bool = False
    named: Mapping[Code, tuple[Code, ...]] = field(default_factory=dict, compare=False)  # control codes of measures, by entry
    memory: Memory = field(default_factory=lambda: Memory({}), compare=False)

    def judge_all(self, conditions: tuple[Condition, ...], facts: Facts) -> tuple[Finding, ...]:
        """What the conditions of one rule of the base find."""
        shelf = self.memory.shelf_of_whole(facts, conditions, self) if facts.are_stated else None
        seen: object = id(conditions)
        if shelf is None:
            shelf = self.memory.whole
            seen = (seen, facts if facts.are_stated else facts.view(self.reads_of_all(conditions)))
        kept = shelf.get(seen)
        if kept is None or not self.moment.recalls(kept):
            self.moment.begin()
            kept = shelf[seen] = self.moment.end(tuple([self.judge(condition, facts) for condition in conditions]))
        return kept[0]

    def judge(self, condition: Condition, facts: Facts) -> Finding:
        """What the condition, one of the rule base, finds; asked again of the same facts, it is not judged again."""
        return self.keep(condition, facts)[0]

    def keep(self, condition: Condition, facts: Facts) -> Kept[Finding]:
        """The same, with the span in which it stays so."""
        shelf = self.memory.shelf(facts, condition, self) if facts.are_stated else None
        seen: object = id(condition)
        if shelf is None:
            shelf = self.memory.found
            seen = (seen, facts if facts.are_stated else facts.view(self.reads_of(condition)))
        kept = shelf.get(seen)
        if kept is None or not self.moment.recalls(kept):
            self.moment.begin()
            kept = shelf[seen] = self.moment.end(condition.judge(facts, self))
        return kept

    def reads_of(self, condition: Condition) -> Reads:
        """The facts that the finding of a condition of the base depends on."""
        reads = self.memory.reads
        if id(condition) not in reads:
            reads[id(condition)] = reads_of(condition, self.lists)
        return reads[id(condition)]

    def reads_of_all(self, conditions: tuple[Condition, ...]) -> Reads:
        """The facts that the findings of the conditions of one rule depend on."""
        reads = self.memory.reads
        if id(conditions) not in reads:
            reads[id(conditions)] = joined(self.reads_of(condition) for condition in conditions)
        return reads[id(conditions)]

    def has(self, group: str, value: str) -> tuple[Member, ...]:
        """The members of the group of that value at this setting's moment, as known."""
        return self.groups[group].find(value, at=self.moment, known_by=self.known_by)


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where a condition cuts a fact into classes: a number, a word, a set of places, a code or a listing."""

    fact: str
    kind: str  # number, word, places, code, listing, yes_no
    value: object


class Condition(Protocol):
    """One condition of a scope."""

    @property
    def key(self) -> str:
        """The key as written in the rule file."""

    def judge(self, facts: Facts, setting: Setting) -> Finding:
        """Whether the condition holds for the facts."""

    def cuts(self, setting: Setting) -> Iterable[Cut]:
        """The classes into which the condition cuts the facts it may ask for."""

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:
        """Days on which the condition's own answer about these facts may change (memberships)."""


def _finding(truth: bool, key: str, says: str, fact: Known, name: str) -> Finding:
    presumed = frozenset({name}) if fact.basis is Basis.PRESUMED else _NONE
    return Finding(_YES if truth else _NO, key, says, _NONE, presumed)


def _unknown(key: str, says: str, *asks: str) -> Finding:
    return Finding(Truth.UNKNOWN, key, says, asks=frozenset(asks))


# --- tests on single values -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NumberTest:
    """A comparison with a number, such as `>= 4800` or `> 0`."""

    op: str
    value: Decimal
    unit: str = ""

    def holds(self, value: object) -> bool | None:
        """Whether the value passes; None if it cannot be said (a share known only to be above zero)."""
        if isinstance(value, Share):
            if value.percent is None:
                if self.value == 0:
                    return {">": True, ">=": True, "<": False, "<=": False, "=": False}[self.op]
                return None
            number = value.percent
        elif isinstance(value, Decimal):
            number = value
        else:
            try:
                number = read_decimal(str(value).removesuffix("%").strip())
            except ValueError:
                return None
        return {
            ">": number > self.value,
            ">=": number >= self.value,
            "<": number < self.value,
            "<=": number <= self.value,
            "=": number == self.value,
        }[self.op]

    def cut(self, fact: str) -> Iterable[Cut]:
        """The threshold."""
        yield Cut(fact, "number", self.value)

    def __str__(self) -> str:
        return f"{self.op} {show(self.value)}{' ' + self.unit if self.unit else ''}"


@lru_cache(maxsize=4096)
def words_stated(text: str) -> frozenset[str]:
    """The words of a value, their case folded."""
    return frozenset(one.strip() for one in text.casefold().split("|"))


@dataclass(frozen=True)
class WordTest:
    """One of some words, or none of them; a value may state several words, with `|` between."""

    words: tuple[str, ...]
    negate: bool = False

    def holds(self, value: object) -> bool | None:
        """Whether one of the value's words is among them (case is ignored); None where yes or no is wanted, and neither said."""
        given = words_stated(str(value))
        if self._is_yes_no and not given <= _YES_NO:
            return None
        return (not given.isdisjoint(self.folded)) is not self.negate

    @cached_property
    def folded(self) -> frozenset[str]:
        """The words, their case folded."""
        return frozenset(word.casefold() for word in self.words)

    @cached_property
    def _is_yes_no(self) -> bool:
        return self.folded <= _YES_NO

    def cut(self, fact: str) -> Iterable[Cut]:
        """The words."""
        for word in self.words:
            yield Cut(fact, "word", word)

    def __str__(self) -> str:
        return f"{'not ' if self.negate else ''}{' or '.join(self.words)}"


Test = NumberTest | WordTest


@dataclass(frozen=True)
class PlaceSet:
    """Places by code and by group; `without` takes some out again, `negate` means everywhere else."""

    codes: frozenset[str]
    groups: tuple[str, ...] = ()
    negate: bool = False
    without: PlaceSet | None = None

    def holds(self, place: str, setting: Setting) -> bool:
        """Whether the place is in the set on that day, as known."""
        inside = place in self.codes or any(setting.has(group, place) for group in self.groups)
        if self.without is not None and self.without.holds(place, setting):
            return False
        return inside is not self.negate

    @property
    def follows_days(self) -> bool:
        """Whether places may come into it or leave it."""
        return bool(self.groups) or (self.without is not None and self.without.follows_days)

    def bounds(self, place: str, groups: Mapping[str, Group]) -> Iterable[Bound]:
        """Days on which the place enters or leaves a group."""
        for group in self.groups:
            yield from groups[group].bounds(place)
        if self.without is not None:
            yield from self.without.bounds(place, groups)

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        names = ", ".join([*sorted(self.codes), *self.groups])
        text = f"not {names}" if self.negate else names
        return f"{text} but not {self.without}" if self.without is not None else text


# --- conditions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActivityIs:
    """The activity is one of some."""

    activities: tuple[str, ...]
    key: str = "activity"

    def judge(self, facts: Facts, setting: Setting) -> Finding:  # noqa: ARG002
        fact = facts.get("activity")
        if fact is None:
            return _unknown(self.key, "activity not said", "activity")
        return _finding(fact.value in self.activities, self.key, f"activity {fact.value}", fact, "activity")

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        for word in self.activities:
            yield Cut("activity", "word", word)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:  # noqa: ARG002
        return ()


@dataclass(frozen=True, slots=True)
class PlaceIs:
    """A place of the line (`ship_from`, `ship_to`, `origin`, ...) lies in a set; an attribute may hold a place too."""

    fact: str
    places: PlaceSet

    @property
    def key(self) -> str:
        return self.fact

    def judge(self, facts: Facts, setting: Setting) -> Finding:
        fact = facts.get(self.fact)
        if fact is None:
            return _unknown(self.key, f"{self.fact} not said (wanted: {self.places})", self.fact)
        place = str(fact.value).strip().upper()
        holds = self.places.holds(place, setting)
        return _finding(
            holds,
            self.key,
            f"{self.fact} {place}" if holds else f"{self.fact} {place}, not {self.places}",
            fact,
            self.fact,
        )

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        yield Cut(self.fact, "places", self.places)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:
        fact = facts.get(self.fact)
        return () if fact is None else self.places.bounds(str(fact.value).strip().upper(), groups)


_DESTINATIONS = ("ship_to", "end_use_country")


@dataclass(frozen=True, slots=True)
class DestinationIs:
    """The place shipped to, or the country of end use, lies in a set."""

    places: PlaceSet
    key: str = "destination"

    def judge(self, facts: Facts, setting: Setting) -> Finding:
        asks: frozenset[str] = _NONE
        presumed: frozenset[str] = _NONE
        for name in _DESTINATIONS:
            fact = facts.get(name)
            if fact is None:
                asks |= {name}
                continue
            place = str(fact.value).strip().upper()
            leans = frozenset({name}) if fact.basis is Basis.PRESUMED else _NONE
            if self.places.holds(place, setting):
                return Finding(Truth.YES, self.key, f"{name} {place}", presumed=leans)
            presumed |= leans
        says = f"destination not {self.places}"
        if asks:
            return Finding(Truth.UNKNOWN, self.key, says, asks=asks, presumed=presumed)
        return Finding(Truth.NO, self.key, says, presumed=presumed)

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        for name in _DESTINATIONS:
            yield Cut(name, "places", self.places)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:
        for name in _DESTINATIONS:
            yield from PlaceIs(name, self.places).bounds(groups, facts)


@dataclass(frozen=True, slots=True)
class EndUseIs:
    """One of the line's end uses is in a list."""

    uses: tuple[str, ...]
    key: str = "end_use"

    def judge(self, facts: Facts, setting: Setting) -> Finding:  # noqa: ARG002
        fact = facts.get("end_use")
        if fact is None:
            return _unknown(self.key, f"end use not said (wanted: {' or '.join(self.uses)})", "end_use")
        value = fact.value if isinstance(fact.value, tuple) else (str(fact.value),)
        hits = [use for use in value if use in self.uses]
        says = f"end use {', '.join(hits)}" if hits else f"end use not {' or '.join(self.uses)}"
        return _finding(bool(hits), self.key, says, fact, "end_use")

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        for use in self.uses:
            yield Cut("end_use", "word", use)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:  # noqa: ARG002
        return ()


@dataclass(frozen=True, slots=True)
class EndUseOnly:
    """Every end use of the line is in a list: for coverage, which must know each of them."""

    uses: tuple[str, ...]
    key: str = "end_use_only"

    def judge(self, facts: Facts, setting: Setting) -> Finding:  # noqa: ARG002
        fact = facts.get("end_use")
        if fact is None:
            return _unknown(self.key, "end use not said", "end_use")
        value = fact.value if isinstance(fact.value, tuple) else (str(fact.value),)
        others = [use for use in value if use not in self.uses]
        says = f"end use {', '.join(others)} is not modelled" if others else "every end use is modelled"
        return _finding(not others, self.key, says, fact, "end_use")

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        for use in self.uses:
            yield Cut("end_use", "word", use)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:  # noqa: ARG002
        return ()


@dataclass(frozen=True)
class PartyIs:
    """A party in one of some roles is a member of a parties group, or has one of some names."""

    roles: tuple[str, ...]
    listed: str | None = None
    named: tuple[str, ...] = ()
    key: str = "party"

    @property
    def target(self) -> str:
        """The group, or a name for the list of names, as used when a listing is supposed."""
        return self.listed or f"named {self.named[0]}"

    def _members(self, name: str, setting: Setting) -> tuple[Member, ...]:
        if self.listed is not None:
            return setting.has(self.listed, name)
        return (Member(value=name),) if name_key(name) in self.named_keys else ()

    def _of_entry(self, entry: Entry, setting: Setting) -> tuple[Member, ...]:
        """The members that an entry found by screening stands for at this setting's moment."""
        members = self._members(entry.name, setting)
        if members or not entry.group or entry.group != self.listed:
            return members
        start, end, known = (entry.bound(day) for day in (entry.start, entry.end, entry.known_since))
        member = Member(value=entry.name, start=start, end=end, known_since=known)
        return (member,) if member.is_current(at=setting.moment, known_by=setting.known_by) else ()

    @cached_property
    def named_keys(self) -> frozenset[str]:
        """The keys of its own names."""
        return frozenset(name_key(known) for known in self.named)

    def _supposed(self, setting: Setting) -> tuple[Member, ...]:
        """If it is merely supposed that a party is listed, it may be any entry."""
        if self.listed is None:
            return (Member(value=self.named[0]),)
        return setting.groups[self.listed].current(at=setting.moment, known_by=setting.known_by)

    def judge(self, facts: Facts, setting: Setting) -> Finding:
        asks: set[str] = set()
        presumed: set[str] = set()
        found: list[Member] = []
        says: list[str] = []
        for role in self.roles:
            fact = facts.get(role)
            if fact is None:
                asks.add(role)
            elif isinstance(fact.value, Listing):
                if fact.value.group == self.target:
                    found.extend(self._supposed(setting))
                    says.append(f"{role} is listed ({self.target})")
                elif fact.basis is Basis.PRESUMED:
                    presumed.add(role)
            else:
                members = self._members(str(fact.value), setting)
                how = ""
                screened = _settled(fact.value, facts) if isinstance(fact.value, Identified) else None
                for entry in screened.entries if screened is not None and not members else ():
                    members = self._of_entry(entry, setting)
                    if members:
                        how = f", {entry.says}"
                        break
                found.extend(members)
                if members:
                    where = f"on {self.listed}" if self.listed else "named in the measure"
                    says.append(f"{role} {members[0].value} {where}{how}")
                elif screened is not None and any(self._of_entry(one, setting) for one in screened.doubts):
                    asks.add(_asked_at(screened, facts))
                elif not setting.strict:
                    presumed.add(role)
                elif screened is None or not screened.sound:
                    asks.add(role)
        if found:
            return Finding(Truth.YES, self.key, " and ".join(says), members=tuple(found))
        text = f"{' or '.join(self.roles)} not {'on ' + self.listed if self.listed else 'named'}"
        if asks:
            return Finding(Truth.UNKNOWN, self.key, text, asks=frozenset(asks), presumed=frozenset(presumed))
        return Finding(Truth.NO, self.key, text, presumed=frozenset(presumed))

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        for role in self.roles:
            yield Cut(role, "listing", self.target)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:
        for role in self.roles:
            fact = facts.get(role)
            if self.listed is None or fact is None or isinstance(fact.value, Listing):
                continue
            yield from groups[self.listed].bounds(str(fact.value))
            if isinstance(fact.value, Identified):
                for entry in (*fact.value.entries, *fact.value.doubts):
                    yield from groups[self.listed].bounds(entry.name)
                    yield from (bound for day in (entry.start, entry.end) if (bound := entry.bound(day)) is not None)


def _settled(party: Identified, facts: Facts) -> Identified:
    """The party as it is known where it has another role too: who it is, is one question."""
    if party.doubts:
        for role in ROLES:
            known = facts.get(role)
            if (
                known is not None
                and isinstance(known.value, Identified)
                and known.value.name == party.name
                and not known.value.doubts
            ):
                return known.value
    return party


def _asked_at(party: Identified, facts: Facts) -> str:
    """The first role in which a party stands: there it is asked who it is."""
    return next(role for role in ROLES if (known := facts.get(role)) is not None and known.value == party)


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """A firm that got a letter: bound from its own day, knowing from its own day."""

    name: str
    also: tuple[str, ...]
    start: Bound | None  # None: got it, day unknown
    end: Bound | None
    known_to_since: Bound | None

    def is_named(self, name: str) -> bool:
        """Whether the name is this firm's."""
        return name_key(name) in self.keys

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of its names."""
        return frozenset(name_key(known) for known in (self.name, *self.also))


@dataclass(frozen=True, slots=True)
class Letter:
    """The addressees of a letter, and whether firms not named may have got it as well."""

    instrument: str
    known_since: Bound  # the first public day
    addressees: tuple[Addressee, ...]
    others_unknown: bool

    @property
    def fact(self) -> str:
        """The name of the fact "this exporter got the letter"."""
        return f"letter:{self.instrument}"

    def addressee(self, facts: Facts) -> Addressee | None:
        """The addressee that the exporter of the line is, if it is named."""
        exporter = facts.get("exporter")
        if exporter is None or isinstance(exporter.value, Listing):
            return None
        return next((known for known in self.addressees if known.is_named(str(exporter.value))), None)

    def is_public_about(self, firm: Addressee, known_by: Asked) -> bool:
        """Whether it was known, to the firm or in public, that this firm got the letter."""
        to_itself = firm.known_to_since is not None and known_by.knows(firm.known_to_since)
        return to_itself or (known_by.knows(self.known_since) and (firm.start is None or known_by.knows(firm.start)))

    def is_known_to(self, facts: Facts, known_by: Asked) -> bool:
        """Whether the asking exporter knows of the letter by itself."""
        stated = facts.get(self.fact)
        if stated is not None and stated.basis is Basis.STATED:
            return stated.value is True
        firm = self.addressee(facts)
        return firm is not None and firm.known_to_since is not None and known_by.knows(firm.known_to_since)


@dataclass(frozen=True, slots=True)
class AddresseeIs:
    """The exporter got the letter, and it binds that exporter at the moment."""

    instrument: str
    key: str = "addressee"

    def judge(self, facts: Facts, setting: Setting) -> Finding:
        letter = setting.letters[self.instrument]
        stated = facts.get(letter.fact)
        firm = letter.addressee(facts)
        if stated is not None:
            if stated.value is not True:
                return Finding(Truth.NO, self.key, "the exporter states that it got no such letter")
            if firm is None or firm.start is None:
                return Finding(Truth.YES, self.key, "the exporter got the letter")
        if firm is None:
            exporter = facts.get("exporter")
            if exporter is None or isinstance(exporter.value, Listing):
                return _unknown(self.key, "the exporter is not named: it may have got the letter", letter.fact)
            if not letter.others_unknown:
                return Finding(Truth.NO, self.key, "the letter went to named firms only")
            return _unknown(self.key, "nothing is known of a letter to this exporter", letter.fact)
        if firm.start is None:
            return _unknown(self.key, f"{firm.name} got the letter; its day is not known", letter.fact)
        if not setting.moment.reached(firm.start):
            return Finding(Truth.NO, self.key, f"{firm.name} got the letter only on {firm.start}")
        if not letter.is_public_about(firm, setting.known_by):  # asked beforehand, of a letter that nobody could foresee
            return _unknown(self.key, f"nothing was known of a letter to {firm.name}", letter.fact)
        if firm.end is not None and setting.moment.reached(firm.end) and setting.known_by.knows(firm.end):
            return Finding(Truth.NO, self.key, f"the letter to {firm.name} ended on {firm.end}")
        return Finding(Truth.YES, self.key, f"{firm.name} got the letter of {firm.start}")

    def cuts(self, setting: Setting) -> Iterable[Cut]:
        yield Cut(setting.letters[self.instrument].fact, "yes_no", None)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:  # noqa: ARG002
        return ()


@dataclass(frozen=True)
class ValueIs:
    """A test on one fact: an attribute, an element share, a value share."""

    fact: str
    test: Test
    floor: bool | None = None  # for value shares: True catches from the threshold up, False frees below it

    @property
    def key(self) -> str:
        return self.fact

    def judge(self, facts: Facts, setting: Setting) -> Finding:  # noqa: ARG002
        return self.find(facts)

    def find(self, facts: Facts) -> Finding:
        """Whether the fact passes: the same in every setting."""
        fact = facts.get(self.fact)
        if fact is None:
            return self._unsaid
        holds = self.test.holds(fact.value)
        if holds is None:
            return _unknown(self.key, f"{_plain(self.fact)} {fact.value} does not say whether {self.test}", self.fact)
        says = f"{_plain(self.fact)} {fact.value}"
        return _finding(holds, self.key, says if holds else f"{says}, not {self.test}", fact, self.fact)

    @cached_property
    def wanted_words(self) -> frozenset[str]:
        """The words of which a value must state one; "" among them where it need not."""
        return self.test.folded if isinstance(self.test, WordTest) and not self.test.negate else frozenset({""})

    @cached_property
    def _unsaid(self) -> Finding:
        return _unknown(self.key, f"{_plain(self.fact)} not said (wanted: {self.test})", self.fact)

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        yield from self.test.cut(self.fact)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:  # noqa: ARG002
        return ()


def _plain(fact: str) -> str:
    return fact.removeprefix("contains.").removeprefix("attrs.").replace("_", " ")


_GUARDS = frozenset("no not non without free excluding except for replacing unlike like".split())
_WORD = re.compile(r"[\w.%+-]+")


@lru_cache(maxsize=512)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(word.strip(".").casefold() for word in _WORD.findall(text))


@dataclass(frozen=True)
class WordsIn:
    """The description names one of some things, and does not say "without" or "for" before it, nor "free" after it."""

    phrases: tuple[str, ...]
    key: str = "words"

    def judge(self, facts: Facts, setting: Setting) -> Finding:  # noqa: ARG002
        return self.find(facts)

    def find(self, facts: Facts) -> Finding:
        """Whether the description says so: the same in every setting."""
        fact = facts.get("description")
        if fact is None:
            return _unknown(self.key, "no description")
        words = _words_of(str(fact.value))
        for phrase, wanted in self._wanted:
            if wanted[0] not in words:
                continue
            for start in range(len(words) - len(wanted) + 1):
                if words[start : start + len(wanted)] == wanted:
                    after = words[start + len(wanted) : start + len(wanted) + 1]
                    if not _GUARDS & set(words[max(0, start - 3) : start]) and after != ("free",):
                        return Finding(Truth.YES, self.key, f"the description says {phrase}")
        return Finding(Truth.NO, self.key, "the description does not say so")

    @cached_property
    def _wanted(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple((phrase, tuple(phrase.casefold().split())) for phrase in self.phrases)

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        return ()

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:  # noqa: ARG002
        return ()


@dataclass(frozen=True, slots=True)
class EntryStated:
    """The row states an entry of a control list, whether it is held here or not; the word for "on no list" is none."""

    scheme: str
    key: str = "entry_stated"

    def judge(self, facts: Facts, setting: Setting) -> Finding:  # noqa: ARG002
        stated = stated_codes(facts, self.scheme)
        entries = [code for code in stated if not code.is_outside]
        if entries:
            return Finding(Truth.YES, self.key, f"{entries[0]} is stated")
        if stated:
            return Finding(Truth.NO, self.key, f"{stated[0]} is stated")
        return _unknown(self.key, f"no code of the scheme {self.scheme} is stated", f"codes.{self.scheme}")

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        return ()

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:  # noqa: ARG002
        return ()


_INTANGIBLE = "DE"  # groups of a control list: software and technology
_CARRIERS = ("49", "8523")  # of software and technology: printed matter and recorded media


@dataclass(frozen=True, slots=True)
class PartiesOff:
    """No party that was screened is on one of some lists whose law is not modelled: what a regime needs before any cover counts.

    Who was not screened, or is not named, passes; that a named party is on such a list is for screening to find.
    """

    roles: tuple[str, ...]
    lists: tuple[str, ...]
    key: str = "parties"

    def judge(self, facts: Facts, setting: Setting) -> Finding:  # noqa: ARG002
        asks: set[str] = set()
        for role in self.roles:
            fact = facts.get(role)
            if fact is None:
                continue
            if isinstance(fact.value, Listing) and fact.value.group in self.lists:
                return Finding(Truth.NO, self.key, f"{role} is on {fact.value.group}, whose law is not modelled")
            if not isinstance(fact.value, Identified):
                continue
            party = _settled(fact.value, facts)
            for entry in party.entries:
                if entry.list in self.lists:
                    says = f"{role} is {entry.name} on {entry.list}, whose law is not modelled ({entry.says})"
                    return Finding(Truth.NO, self.key, says)
            if any(entry.list in self.lists for entry in party.doubts):
                asks.add(_asked_at(party, facts))
        if asks:
            return Finding(Truth.UNKNOWN, self.key, "whether a party is on a list whose law is not modelled", asks=frozenset(asks))
        return Finding(Truth.YES, self.key, "no party was found on a list whose law is not modelled")

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        for role in self.roles:
            for name in self.lists:
                yield Cut(role, "listing", name)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:  # noqa: ARG002
        return ()


@dataclass(frozen=True, slots=True)
class CodesHeld:
    """The stated codes are such that the base can speak of them: what a regime needs before any cover of it counts.

    Each entry of the regime's scheme is held (in a group of codes, or else by a measure that names it) and numbered as lists
    are, none stands beside the word for "on no list", and the tariff codes do not exclude each other. It asks for nothing: a
    row without codes passes.
    """

    scheme: str
    group: str | None = None
    key: str = "codes"

    def judge(self, facts: Facts, setting: Setting) -> Finding:
        stated = stated_codes(facts, self.scheme)
        entries = [code for code in stated if not code.is_outside]
        for code in entries:
            if not self._holds(code, setting):
                return Finding(Truth.NO, self.key, f"{code} is stated, an entry that is not known here")
        if entries and len(entries) < len(stated):
            return Finding(Truth.NO, self.key, f"the stated codes contradict each other: {' and '.join(map(str, stated))}")
        tariff = stated_codes(facts)
        if self.group is None:  # an entry of technology rules out those of goods, and is none of a heading of goods itself
            technology = [code for code in entries if code.value[1] in _INTANGIBLE]
            goods = [code for code in tariff if not code.value.startswith(_CARRIERS)]
            if technology and goods:
                return Finding(Truth.NO, self.key, f"the stated codes contradict each other: {technology[0]} and {goods[0]}")
        for code in tariff:
            for other in tariff:
                if code.excludes(other):
                    return Finding(Truth.NO, self.key, f"the stated codes contradict each other: {code} and {other}")
        return Finding(Truth.YES, self.key, "every stated entry is known here")

    def _holds(self, code: Code, setting: Setting) -> bool:
        if not code.is_numbered_as_lists_are:  # of a group only the entry is held, not each of its paragraphs
            return False
        if self.group is not None:
            found, _ = setting.groups[self.group].match((code,), at=setting.moment, known_by=setting.known_by)
            return found is Match.WITHIN
        # a bare number chooses no paragraph, and rules out the entries of other numbers all the same: it proves nothing
        return any(code.is_within(named) for named in setting.named.get(code.entry, ()))

    def cuts(self, setting: Setting) -> Iterable[Cut]:  # noqa: ARG002
        return ()

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:
        return () if self.group is None else groups[self.group].code_bounds(stated_codes(facts, self.scheme))


CONTROLLED_FOR = "attrs.controlled_for"
_HEAD = {scheme: 4 if scheme in TARIFF else 5 for scheme in SCHEMES}  # signs of a heading, or of a list entry
_CODES = frozenset(f"codes.{scheme}" for scheme in SCHEMES)
_TARIFF_CODES = frozenset(f"codes.{scheme}" for scheme in TARIFF)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a control entry that its notice tells in words: the attribute `controlled_for` says whether it is meant."""

    key: str
    words: str

    @property
    def test(self) -> ValueIs:
        """The test that decides it."""
        return ValueIs(CONTROLLED_FOR, WordTest((self.key,)))


@dataclass(frozen=True, kw_only=True)
class Item:
    """One kind of goods, recognised by a control code, a proving customs code, or what the goods are.

    See docs/reference/rule-format.md, "Conditions", for how the evidence is weighed.
    """

    control: Code | None = None
    customs: tuple[Code, ...] = ()
    reach: tuple[Code, ...] = ()
    tests: tuple[ValueIs, ...] = ()
    list: str | None = None
    reach_reading: str = ""
    but: tuple[Code, ...] = ()  # taken out of the control and customs codes again
    part: Part | None = None
    codes: str | None = None  # a group of codes

    @property
    def name(self) -> str:
        """The shortest name of the item."""
        if self.control is not None:
            return str(self.control)
        if self.list is not None:
            return f"list {self.list}"
        if self.codes is not None:
            return self.codes
        if self.customs:
            return ", ".join(map(str, self.customs[:3])) + (" ..." if len(self.customs) > 3 else "")
        return " and ".join(f"{_plain(test.fact)} {test.test}" for test in self.tests)

    @cached_property
    def fact(self) -> str:
        """The name of the fact "the goods are this item", asked where the evidence contradicts itself."""
        return f"item:{self.name}"

    @cached_property
    def headings(self) -> tuple[tuple[tuple[str, ...], tuple[Code, ...], frozenset[str]], ...]:
        """Where it can lie, by family of codes (tariff, US list, Chinese list): the codes, and how they begin.

        No beginnings are given where one of the codes is shorter than they are.
        """
        found = []
        for schemes in (TARIFF, ("eccn",), ("cn",)):
            wanted = tuple(code for code in self.reach if code.scheme in schemes)
            if wanted:
                heads = frozenset(code.value[: _HEAD[code.scheme]] for code in wanted)
                short = any(len(code.value) < _HEAD[code.scheme] for code in wanted)
                found.append((schemes, wanted, frozenset[str]() if short else heads))
        return tuple(found)

    @cached_property
    def heads(self) -> frozenset[str]:
        """How the customs codes begin in which it can lie; empty where it can lie anywhere, or in a whole chapter."""
        reach = [code for code in self.reach if code.scheme in TARIFF]
        only_customs = bool(self.customs) and self.control is None and not self.tests and not self.reach
        codes = [*self.customs, *reach]
        if not (reach or only_customs) or any(code.scheme not in TARIFF or len(code.value) < _HEAD["hs"] for code in codes):
            return frozenset()
        return frozenset(code.value[: _HEAD["hs"]] for code in codes)

    @cached_property
    def spoken_for_by(self) -> tuple[tuple[str, str], ...]:
        """Facts and words (or "": whatever is stated), without one of which nothing but a customs code speaks for it."""
        control = ((f"codes.{self.control.scheme}", ""),) if self.control is not None else ()
        tested = ((test.fact, word) for test in self.tests[:1] for word in test.wanted_words)
        return ((self.fact, ""), *control, *tested)

    @cached_property
    def proving_heads(self) -> frozenset[str]:
        """How the customs codes begin that prove it; "" among them where a whole chapter does."""
        heads = frozenset(code.value[: _HEAD["hs"]] for code in self.customs)
        return heads if all(len(head) == _HEAD["hs"] for head in heads) else heads | {""}

    @cached_property
    def is_bare_entry(self) -> bool:
        """Whether it is an entry of a control list, and nothing else is said of it."""
        return self.control is not None and not self.customs and not self.reach and not self.tests

    @cached_property
    def reads(self) -> frozenset[str]:
        """The facts that its own finding depends on (for a list: not yet those of the listed items)."""
        if self.list is not None or self.codes is not None:
            return _CODES | {self.fact}
        control = (f"codes.{self.control.scheme}",) if self.control is not None else ()
        part = (CONTROLLED_FOR,) if self.part is not None else ()
        codes = _TARIFF_CODES if self.customs else _NONE
        for schemes, _, _ in self.headings:
            codes |= {f"codes.{scheme}" for scheme in schemes}
        return codes.union((self.fact,), (test.fact for test in self.tests), control, part)

    @cached_property
    def unsaid(self) -> ItemFinding:
        """What is found of a line that states nothing it reads."""
        return _weigh(self, Facts({}))


@dataclass(frozen=True, slots=True)
class ItemFinding:
    """What was found about one item, with the failing tests counted for near misses."""

    truth: Truth
    says: str
    asks: frozenset[str] = _NONE
    presumed: frozenset[str] = _NONE
    misses: int = 0


def stated_codes(facts: Facts, scheme: str = "") -> tuple[Code, ...]:
    """The codes of a line, of one scheme or of all tariff schemes."""
    found = facts.codes.get(scheme)
    if found is None:
        known = [facts.get(f"codes.{one}") for one in ((scheme,) if scheme else TARIFF)]
        codes = (code for fact in known if fact is not None and isinstance(fact.value, tuple) for code in fact.value)
        found = facts.codes[scheme] = tuple(codes)
    return found


def judge_item(item: Item, facts: Facts, setting: Setting) -> ItemFinding:
    """Weigh the evidence on one item."""
    if item.list is None and item.codes is None:
        if facts.say_nothing_of(item.reads):
            return item.unsaid
        if _is_outside(item.heads, facts) and _says_nothing_for(item, facts):
            return _OUT
    # Many measures name the same items, in lists above all; what was weighed is kept.
    who: object = item.list or item.codes or id(item)
    seen = (who, facts.view(item.reads if item.list is None else _reads_of_list(item.list, setting)))
    kept = setting.memory.items.get(seen)
    if kept is None or not setting.moment.recalls(kept):
        if item.list is None and item.codes is None:  # the same on every day
            kept = (_weigh(item, facts), None, None)
        else:
            setting.moment.begin()
            held = item.codes is None
            finding = _judge_list(item, facts, setting) if held else _judge_codes(item.codes or "", facts, setting)
            kept = setting.moment.end(finding)
        setting.memory.items[seen] = kept
    return kept[0]


def joined(reads: Iterable[Reads]) -> Reads:
    """The facts of several findings together."""
    found: set[str] = set()
    for one in reads:
        if one is None:
            return None
        found |= one
    return frozenset(found)


def reads_of(condition: Condition, lists: Mapping[str, tuple[tuple[Member, tuple[Item, ...]], ...]]) -> Reads:
    """The facts that the finding of a condition depends on."""
    match condition:
        case GoodsAre():
            found: set[str] = set()
            for item in condition.items:
                found |= item.reads
                if item.list is not None:
                    found.update(*(one.reads for _, listed in lists[item.list] for one in listed))
            return frozenset(found)
        case PlaceIs() | ValueIs():
            return frozenset({condition.fact})
        case DestinationIs():
            return frozenset(_DESTINATIONS)
        case PartyIs() | PartiesOff():
            return frozenset(ROLES)  # a party in several roles is one party
        case WordsIn():
            return frozenset({"description"})
        case ActivityIs() | EndUseIs():
            return frozenset({condition.key})
        case EndUseOnly():
            return frozenset({"end_use"})
        case EntryStated():
            return frozenset({f"codes.{condition.scheme}"})
        case CodesHeld():
            return _CODES
        case AddresseeIs():
            return frozenset({f"letter:{condition.instrument}", "exporter"})
        case _:
            return None


def shared_by(condition: Condition, reads: Reads) -> Reads:
    """The facts by which a finding is shared between lines; None where it is of one line alone.

    Parties that nobody holds are all one to conditions on parties: what else reads a party shares nothing.
    """
    if reads is None or not are_shared(reads):
        return None
    return reads if reads.isdisjoint(ROLES) or isinstance(condition, PartyIs | AddresseeIs) else None


def _reads_of_list(name: str, setting: Setting) -> Reads:
    reads = setting.memory.reads
    lists = setting.lists[name]
    if id(lists) not in reads:
        reads[id(lists)] = _CODES.union({f"item:list {name}"}, *(item.reads for _, items in lists for item in items))
    return reads[id(lists)]


_ELSEWHERE = "the stated customs code lies outside its headings"
_OUT = ItemFinding(Truth.NO, _ELSEWHERE, misses=2)
_OTHER = ItemFinding(Truth.NO, "another list code is stated", misses=2)


def stated_heads(facts: Facts, scheme: str = "") -> frozenset[str]:
    """How the stated codes begin (of one scheme, or of all tariff schemes); empty where none is, or one too short to say."""
    found = facts.heads.get(scheme)
    if found is None:
        size = _HEAD[scheme or "hs"]
        stated = stated_codes(facts, scheme)
        short = any(len(code.value) < size for code in stated if not code.is_outside)
        found = facts.heads[scheme] = _NONE if short else frozenset(code.value[:size] for code in stated)
    return found


def _is_outside(heads: frozenset[str], facts: Facts) -> bool:
    """Whether customs codes are stated, and none of them begins like one of these."""
    if not heads:
        return False
    stated = stated_heads(facts)
    return bool(stated) and heads.isdisjoint(stated)


def _says_nothing_for(item: Item, facts: Facts) -> bool:
    """Whether nothing said or supposed can speak for an item that the customs code rules out."""
    if facts.get(item.fact) is not None or (item.control is not None and stated_codes(facts, item.control.scheme)):
        return False
    for test in item.tests:
        said = facts.get(test.fact)
        if said is None:
            return True
        if said.basis is Basis.PRESUMED or not test.test.holds(said.value):
            return said.basis is not Basis.PRESUMED
    return not item.tests


def _weigh(item: Item, facts: Facts) -> ItemFinding:
    supposed = facts.get(item.fact)
    if supposed is not None:
        return ItemFinding(Truth.YES if supposed.value else Truth.NO, f"{item.name}: supposed")
    control = proof = Match.SILENT
    if item.control is not None:
        control = _less(stated_codes(facts, item.control.scheme), (item.control,), item.but)
        if control is Match.OUTSIDE and item.is_bare_entry:
            return _OTHER
    if item.customs:
        proof = _less(stated_codes(facts), item.customs, item.but)
    heading, family = _heading(item, facts)
    if not item.tests and not item.reach and item.control is None and item.customs:
        heading = proof  # a pure list of customs codes: to be outside them is to be outside the item

    out = heading is Match.OUTSIDE and control is not Match.WITHIN and proof is not Match.WITHIN
    tests: list[Finding] = []
    for test in item.tests:
        tests.append(test.find(facts))
        if out and tests[-1].truth is not Truth.YES:  # ruled out by its code, and nothing stated speaks for it
            presumed = frozenset().union(*(found.presumed for found in tests))
            return ItemFinding(Truth.NO, _ELSEWHERE, presumed=presumed, misses=2) if presumed else _OUT
    if out and not tests:
        return _OUT
    misses = [found for found in tests if found.truth is Truth.NO]
    unknown = [found for found in tests if found.truth is Truth.UNKNOWN]
    presumed = frozenset().union(*(found.presumed for found in tests))
    tests_say = "; ".join(found.says for found in tests)
    is_true = bool(tests) and not misses and not unknown

    stated = ""
    supposed_code = False
    if control is Match.WITHIN and item.control is not None:
        stated = f"stated code {item.control}"
        supposed_code = _are_supposed(facts, (item.control.scheme,))
    elif proof is Match.WITHIN:
        stated = f"customs code proves {item.name}"
        supposed_code = _are_supposed(facts, TARIFF)
    tests_supposed = any(_is_supposed(facts, test.fact) for test in item.tests)
    # What the row states beats what is merely supposed; a row that contradicts itself must be asked about.
    if stated and item.part is not None:
        part = item.part.test.find(facts)
        if part.truth is Truth.UNKNOWN:
            return ItemFinding(Truth.UNKNOWN, f"{stated}: whether {item.part.words} is not said", asks=part.asks)
        if part.truth is Truth.NO:
            return ItemFinding(Truth.NO, f"stated not to be {item.part.words}", misses=1)
        stated = f"{stated}, {item.part.words}"
    if stated:
        missed = [test.fact for test, found in zip(item.tests, tests, strict=True) if found.truth is Truth.NO]
        stated_misses = any(not _is_supposed(facts, name) for name in missed)
        if stated_misses and supposed_code:
            return ItemFinding(Truth.NO, misses[0].says, presumed=presumed, misses=len(misses))
        if stated_misses:
            says = f"{stated}, but {misses[0].says}"
            return ItemFinding(Truth.UNKNOWN, says, asks=frozenset({item.fact}), misses=len(misses))
        return ItemFinding(Truth.YES, f"{stated}{': ' + tests_say if is_true else ''}", presumed=presumed)
    off_list = control is Match.OUTSIDE and _merely_off_list(item, facts)
    elsewhere = heading is Match.OUTSIDE or (control is Match.OUTSIDE and not off_list)
    if is_true and not (elsewhere and tests_supposed):
        by_heading = heading is Match.OUTSIDE and not _are_supposed(facts, family)
        by_control = control is Match.OUTSIDE and item.control and not _are_supposed(facts, (item.control.scheme,))
        by_control = by_control and not (off_list and tests_supposed)
        if by_heading or by_control:
            what = "the stated customs code lies elsewhere" if by_heading else "another list code is stated"
            return ItemFinding(Truth.UNKNOWN, f"{tests_say}, but {what}", asks=frozenset({item.fact}))
        return ItemFinding(Truth.YES, tests_say, presumed=presumed)
    far = len(misses) + bool(unknown) + (not item.tests)  # a miss is near only if all the rest is known to fit
    if heading is Match.OUTSIDE:
        return ItemFinding(Truth.NO, _ELSEWHERE, presumed=presumed, misses=1 + far)
    undecided = [
        found for test, found in zip(item.tests, tests, strict=True) if test.fact.startswith("contains.") and found in unknown
    ]
    if control is Match.OUTSIDE and not (undecided and not misses and off_list):
        return ItemFinding(Truth.NO, _OTHER.says, presumed=presumed, misses=1 + far)
    if misses:
        return ItemFinding(Truth.NO, misses[0].says, presumed=presumed, misses=far)
    asks = frozenset().union(*(found.asks for found in unknown))
    if item.control is not None and (not item.tests or (item.control.scheme == "eccn" and control is Match.SILENT)):
        asks = frozenset({f"codes.{item.control.scheme}"})
    elif not item.tests:
        asks = frozenset({f"codes.{code.scheme}" for code in item.customs[:1]})
    says = "; ".join(found.says for found in unknown) or f"whether the goods are {item.name} is not said"
    return ItemFinding(Truth.UNKNOWN, says, asks=asks, presumed=presumed)


def _less(stated: tuple[Code, ...], wanted: tuple[Code, ...], but: tuple[Code, ...]) -> Match:
    """What the codes say about the wanted ones without those taken out again."""
    if not stated:
        return Match.SILENT
    found = match(stated, wanted) if len(wanted) > 1 else match_one(stated, wanted[0])
    if found is not Match.WITHIN or not but:
        return found
    inside = [have for have in stated if any(have.is_within(want) for want in wanted)]
    left = [have for have in inside if not any(have.is_within(out) for out in but)]
    if not left:
        return Match.OUTSIDE
    clear = any(not any(out.is_within(have) for out in but) for have in left)
    return Match.WITHIN if clear else Match.ABOVE


def _judge_codes(name: str, facts: Facts, setting: Setting) -> ItemFinding:
    """Whether a stated code lies in a group of codes."""
    group = setting.groups[name]
    stated = tuple([code for scheme in group.compared for code in stated_codes(facts, scheme)])
    found, members = group.match(stated, at=setting.moment, known_by=setting.known_by)
    if found is Match.WITHIN:
        return ItemFinding(Truth.YES, f"{members[0].value} is on {group.title}")
    if found is Match.OUTSIDE:
        return ItemFinding(Truth.NO, f"the stated code is not on {group.title}", misses=1)
    says = "is too short to say" if found is Match.ABOVE else "is not stated"
    asks = frozenset({f"codes.{min(group.schemes)}"})
    return ItemFinding(Truth.UNKNOWN, f"a code for {group.title} {says}", asks=asks)


def _is_supposed(facts: Facts, name: str) -> bool:
    fact = facts.get(name)
    return fact is not None and fact.basis is Basis.SUPPOSED


def _merely_off_list(item: Item, facts: Facts) -> bool:
    """Whether the row only says "on no list": that decides nothing where the composition does and is not stated."""
    return item.control is not None and all(code.is_outside for code in stated_codes(facts, item.control.scheme))


def _are_supposed(facts: Facts, schemes: tuple[str, ...]) -> bool:
    return any(_is_supposed(facts, f"codes.{scheme}") for scheme in schemes)


def _heading(item: Item, facts: Facts) -> tuple[Match, tuple[str, ...]]:
    """What the stated codes say about the headings the item can lie in, and which family of codes says so.

    Each family (tariff codes, US list, Chinese list) can rule the item out alone.
    """
    found = Match.SILENT
    for schemes, wanted, heads in item.headings:
        stated = stated_codes(facts, "" if schemes is TARIFF else schemes[0])
        if not stated:
            continue
        if heads and all(
            len(code.value) >= _HEAD[code.scheme] and code.value[: _HEAD[code.scheme]] not in heads for code in stated
        ):
            return Match.OUTSIDE, schemes  # none even begins like one of them: the short way to what `match` says
        here = match(stated, wanted)
        if here is Match.OUTSIDE:
            return here, schemes
        if here is not Match.SILENT:
            found = here
    return found, TARIFF


def _judge_list(item: Item, facts: Facts, setting: Setting) -> ItemFinding:
    assert item.list is not None
    group = setting.groups[item.list]
    unknown: list[ItemFinding] = []
    for member, items in setting.lists[item.list]:
        if not member.is_current(at=setting.moment, known_by=setting.known_by):
            continue
        for other in items:
            found = judge_item(other, facts, setting)
            if found.truth is Truth.YES:
                return ItemFinding(Truth.YES, f"{other.name} on {item.list}: {found.says}", presumed=found.presumed)
            if found.truth is Truth.UNKNOWN:
                unknown.append(found)
    if unknown:
        asks = frozenset().union(*(found.asks for found in unknown))
        return ItemFinding(Truth.UNKNOWN, f"whether the goods are on {item.list}: {unknown[0].says}", asks=asks)
    if group.complete or match(stated_codes(facts), group.complete_for) is Match.WITHIN:
        return ItemFinding(Truth.NO, f"not on {item.list}", misses=1)
    supposed = facts.get(item.fact)
    if supposed is not None:
        return ItemFinding(Truth.YES if supposed.value else Truth.NO, f"{item.list}: supposed")
    if any(code.is_outside for code in stated_codes(facts, "cn")):
        return ItemFinding(Truth.NO, "stated to be on no Chinese list", misses=1)
    return ItemFinding(Truth.UNKNOWN, f"{item.list} is not held whole for these goods", asks=frozenset({item.fact}))


FAR = "goods (far)"  # the key of a finding on goods that are nothing like the items
_FAR = Finding(Truth.NO, FAR, _ELSEWHERE)
_FAR_ENTRY = Finding(Truth.NO, FAR, _OTHER.says)


@dataclass(frozen=True)
class GoodsAre:
    """The goods are one of some items."""

    items: tuple[Item, ...]
    key: str = "goods"

    def judge(self, facts: Facts, setting: Setting) -> Finding:
        """Yes if one item holds; no only if every item is ruled out."""
        told = self.tell_at_once(facts)
        return self._gather(judge_item(item, facts, setting) for item in self.items) if told is None else told

    def tell_at_once(self, facts: Facts) -> Finding | None:
        """What it finds, the same on every day, where the line says nothing of the goods or speaks of quite others; else None.

        Of a few hundred conditions a line speaks of a few: the others need not be weighed.
        """
        if not self.follows_days:
            if facts.say_nothing_of(self._reads):
                return self._unsaid
            if self._are_other_entries(facts):
                return _FAR_ENTRY
        if _is_outside(self.heads, facts) and all(_says_nothing_for(item, facts) for item in self.items):
            return _FAR
        return None

    def _are_other_entries(self, facts: Facts) -> bool:
        """Whether codes of the control list are stated, and none of them begins like one of the entries."""
        if self.entries is None:
            return False
        scheme, heads, items = self.entries
        stated = stated_heads(facts, scheme)
        return bool(stated) and heads.isdisjoint(stated) and facts.say_nothing_of(items)

    def _gather(self, findings: Iterable[ItemFinding]) -> Finding:
        """What the findings on the items come to; after one that holds nobody looks at the rest."""
        unknown: list[ItemFinding] = []
        misses: list[ItemFinding] = []
        for found in findings:
            if found.truth is Truth.YES:
                return Finding(Truth.YES, self.key, found.says, presumed=found.presumed)
            (unknown if found.truth is Truth.UNKNOWN else misses).append(found)
        if unknown:
            asks = frozenset().union(*(found.asks for found in unknown))
            return Finding(Truth.UNKNOWN, self.key, unknown[0].says, asks=asks)
        nearest = min(misses, key=lambda found: found.misses)
        presumed = frozenset().union(*(found.presumed for found in misses))
        return Finding(Truth.NO, self.key if nearest.misses <= 1 else FAR, nearest.says, presumed=presumed)

    @cached_property
    def follows_days(self) -> bool:
        """Whether its answer may differ from day to day: it names a list, or a group of codes."""
        return any(item.list is not None or item.codes is not None for item in self.items)

    @cached_property
    def _reads(self) -> frozenset[str]:
        """The facts that its finding depends on (for a list: not yet those of the listed items)."""
        return _NONE.union(*(item.reads for item in self.items))

    @cached_property
    def entries(self) -> tuple[str, frozenset[str], frozenset[str]] | None:
        """Where all items are bare list entries: their scheme, how they begin, the facts that may be supposed of them."""
        codes = [item.control for item in self.items if item.control is not None and item.is_bare_entry]
        schemes = {code.scheme for code in codes}
        if len(codes) < len(self.items) or len(schemes) > 1 or not schemes <= set(CONTROL):
            return None
        scheme = min(schemes)
        return scheme, frozenset(code.value[: _HEAD[scheme]] for code in codes), frozenset(item.fact for item in self.items)

    @cached_property
    def _unsaid(self) -> Finding:
        """What it finds of a line that states nothing it reads."""
        return self._gather(item.unsaid for item in self.items)

    @cached_property
    def heads(self) -> frozenset[str]:
        """How the customs codes begin in which any item can lie; empty where one can lie anywhere."""
        heads = [item.heads for item in self.items]
        return frozenset[str]().union(*heads) if all(heads) else frozenset()

    def cuts(self, setting: Setting) -> Iterable[Cut]:
        """The cuts of every item, those of listed items included."""
        yield from item_cuts(self.items, setting)

    def bounds(self, groups: Mapping[str, Group], facts: Facts) -> Iterable[Bound]:
        """Days on which a list or a group of codes gains or loses what it holds."""
        for item in self.items:
            if item.list is not None:
                for member in groups[item.list].members:
                    yield from member.bounds
            if item.codes is not None:
                group = groups[item.codes]
                yield from group.code_bounds(tuple(code for scheme in group.compared for code in stated_codes(facts, scheme)))


def follows_days(condition: Condition) -> bool:
    """Whether there are facts about which the condition has `bounds`."""
    match condition:
        case GoodsAre():
            return condition.follows_days
        case PlaceIs() | DestinationIs():
            return condition.places.follows_days
        case PartyIs():
            return condition.listed is not None
        case CodesHeld():
            return condition.group is not None
    return False


def item_cuts(items: Iterable[Item], setting: Setting) -> Iterable[Cut]:
    """The classes into which items cut the facts."""
    for item in items:
        yield Cut(item.fact, "yes_no", None)
        for test in item.tests:
            yield from test.cuts(setting)
        for code in (*((item.control,) if item.control else ()), *item.customs, *item.but):
            yield Cut(f"codes.{code.scheme}", "code", code)
        if item.part is not None:
            yield from item.part.test.cuts(setting)
        if item.list is not None:
            for _, listed in setting.lists[item.list]:
                yield from item_cuts(listed, setting)
