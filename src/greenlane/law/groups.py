"""Named groups: places, parties, goods codes, control lists. Membership is law too, and has the same clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from greenlane.law.effect import Effect
from greenlane.terms.codes import SHARED_DIGITS, TARIFF, Code, Match
from greenlane.terms.parties import name_key
from greenlane.terms.periods import Asked, Bound, Moment
from greenlane.terms.sources import Source

HEADING = 4  # digits of a tariff heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member with its periods; `known_since` None means as long as the group itself.

    `end_known_since`: when its end became public, if not as the rule of `is_current` has it.
    """

    value: str
    title: str = ""  # what a place or code is called, for people; a party's name is its value
    also: tuple[str, ...] = ()
    start: Bound | None = None
    end: Bound | None = None
    known_since: Bound | None = None
    end_known_since: Bound | None = None
    effect: Effect | None = None
    review: str | None = None
    source: Source | None = None

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The days on which the membership changes."""
        return tuple(bound for bound in (self.start, self.end) if bound is not None)

    @property
    def as_known(self) -> Member:
        """The same, as if it began and ended when that becomes known."""
        end = self.end_known_since or (self.end if self.start is not None else self.known_since or self.end)
        return replace(self, start=self.start and (self.known_since or self.start), end=self.end and end)

    def is_current(self, *, at: Moment, known_by: Asked) -> bool:
        """Whether it is a member at the moment, as known.

        A membership is known since `known_since`, else since it began. An end is known since it came, or, for a member
        without a start, since `known_since`; or since its own `end_known_since`.
        """
        if self.start is not None:
            if not known_by.knows(self.known_since or self.start) or not at.reached(self.start):
                return False
            end_known = self.end is not None and known_by.knows(self.end_known_since or self.end)
        else:
            end_known = self.end is not None and known_by.knows(self.end_known_since or self.known_since or self.end)
        return not (self.end is not None and end_known and at.reached(self.end))


@dataclass(frozen=True, kw_only=True)
class Group:
    """A named group of places, parties, goods codes (kind `goods`) or instruments (kind `list`)."""

    id: str
    kind: str
    title: str
    members: tuple[Member, ...]
    complete: bool = True
    complete_for: tuple[Code, ...] = ()
    sources: tuple[Source, ...] = ()
    as_of: Bound | None = None  # the state a table holds

    @cached_property
    def _by_key(self) -> dict[str, tuple[Member, ...]]:
        found: dict[str, list[Member]] = {}
        for member in self.members:
            names = (member.value, *member.also)
            for key in {name_key(name) for name in names} if self.kind == "parties" else set(names):
                found.setdefault(key, []).append(member)
        return {key: tuple(members) for key, members in found.items()}

    @property
    def keys(self) -> Iterable[str]:
        """Under what its members are found: values, of parties the keys of all their names."""
        return self._by_key.keys()

    @cached_property
    def ever(self) -> frozenset[str]:
        """What is a member on some day."""
        return frozenset(member.value for member in self.members)

    def holds_ever(self, name: str) -> bool:
        """Whether a party of that name is a member on some day."""
        return name_key(name) in self._by_key

    @cached_property
    def always(self) -> frozenset[str]:
        """What is a member on every day."""
        return frozenset(member.value for member in self.members if not member.bounds)

    @cached_property
    def schemes(self) -> frozenset[str]:
        """The schemes of a group of codes."""
        return frozenset(member.value.partition(":")[0] for member in self.members)

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """The schemes whose codes say something about a group of codes, in order."""
        return tuple(sorted(self.schemes | set(TARIFF) if self._has_tariff else self.schemes))

    @cached_property
    def _codes(self) -> dict[Code, tuple[Member, ...]]:
        """The members of a group of codes by their code."""
        found: dict[Code, list[Member]] = {}
        for member in self.members:
            found.setdefault(Code.read(member.value), []).append(member)
        return {code: tuple(members) for code, members in found.items()}

    @cached_property
    def _beneath(self) -> dict[Code, tuple[Member, ...]]:
        """The members that lie beneath a code, for every code that is too short to say."""
        found: dict[Code, list[Member]] = {}
        for code, members in self._codes.items():
            for wide in code.wider:
                found.setdefault(wide, []).extend(members)
        return {code: tuple(members) for code, members in found.items()}

    def match(self, stated: tuple[Code, ...], *, at: Moment, known_by: Asked) -> tuple[Match, tuple[Member, ...]]:
        """What the stated codes say about a group of codes at the moment, as known; with the members they lie in.

        The same answer as `terms.codes.match` gives for the members, by look-ups instead of comparisons.
        """
        if self._is_elsewhere(stated):
            return Match.OUTSIDE, ()
        compared = [code for code in stated if code.scheme in self.schemes or (code.scheme in TARIFF and self._has_tariff)]
        if not compared:
            return Match.SILENT, ()
        inside = [
            member
            for code in compared
            for wide in (code, *code.wider)
            for member in self._equal(wide)
            if member.is_current(at=at, known_by=known_by)
        ]
        if inside:
            return Match.WITHIN, tuple(inside)
        for code in compared:
            if any(member.is_current(at=at, known_by=known_by) for member in self._open(code)):
                return Match.ABOVE, ()
        silent = any(not any(code.compares(Code(scheme, "")) for code in compared) for scheme in self.schemes)
        return (Match.ABOVE if silent else Match.OUTSIDE), ()

    def find(self, value: str, *, at: Moment, known_by: Asked) -> tuple[Member, ...]:
        """The members of that value (party name, place, instrument) at the moment and as known; a name may stand twice."""
        key = name_key(value) if self.kind == "parties" else value
        return tuple(member for member in self._by_key.get(key, ()) if member.is_current(at=at, known_by=known_by))

    def current(self, *, at: Moment, known_by: Asked) -> tuple[Member, ...]:
        """All members at the moment and as known."""
        return tuple(member for member in self.members if member.is_current(at=at, known_by=known_by))

    @cached_property
    def _headings(self) -> frozenset[str]:
        """The first four digits of every member; empty where a member has fewer, or is no tariff code."""
        codes = [Code.read(member.value) for member in self.members]
        plain = all(code.scheme in TARIFF and len(code.value) >= HEADING for code in codes)
        return frozenset(code.value[:HEADING] for code in codes) if plain else frozenset()

    def _is_elsewhere(self, stated: tuple[Code, ...]) -> bool:
        """Whether every stated code lies in a heading in which the group has nothing: the common case, told at once."""
        heads = self._headings
        if not heads or not stated:
            return False
        return all(code.scheme in TARIFF and len(code.value) >= HEADING and code.value[:HEADING] not in heads for code in stated)

    @cached_property
    def _has_tariff(self) -> bool:
        return not self.schemes.isdisjoint(TARIFF)

    def _equal(self, code: Code) -> tuple[Member, ...]:
        """The members of that very code; digits that all tariff schemes share count for each of them."""
        if code.scheme not in TARIFF or len(code.value) > SHARED_DIGITS:
            return self._codes.get(code, ())
        return tuple(member for scheme in TARIFF for member in self._codes.get(Code(scheme, code.value), ()))

    def _open(self, code: Code) -> Iterable[Member]:
        """The members of which the code does not say whether it lies in them."""
        if code.scheme not in TARIFF:
            return self._beneath.get(code, ())
        found = list(self._beneath.get(code, ()))
        shared = code.value[:SHARED_DIGITS]
        for scheme in TARIFF:
            if scheme != code.scheme or (scheme == "hs" and len(code.value) > SHARED_DIGITS):
                wide = Code(scheme, shared)
                found.extend(member for member in self._beneath.get(wide, ()) if not _excludes(code, member))
        return found

    def code_bounds(self, stated: tuple[Code, ...]) -> Iterable[Bound]:
        """Days on which the group changes for codes like these."""
        if self._is_elsewhere(stated):
            return
        for code in stated:
            for wide in (code, *code.wider):
                for member in self._equal(wide):
                    yield from member.bounds
            for member in self._open(code):
                yield from member.bounds

    def bounds(self, value: str) -> Iterable[Bound]:
        """Days on which the membership of that value changes."""
        for member in self._by_key.get(name_key(value) if self.kind == "parties" else value, ()):
            yield from member.bounds


def _excludes(code: Code, member: Member) -> bool:
    return code.excludes(Code.read(member.value))
