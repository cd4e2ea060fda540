"""What is known about a line: stated, derived, presumed or supposed facts, by name; and what is not known.

Names of facts are the columns of an order file: `ship_to`, `contains.Dy`, `attrs.tpp`, `codes.eccn`, `consignee`,
`letter:<instrument>`, ... Conditions read facts only through this class, so that a missing fact is always seen as
missing, and the completions of missing facts can be tried by supposing values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from greenlane.terms.codes import Code
from greenlane.terms.periods import Bound, read_zone


class Basis(Enum):
    """Where a fact comes from."""

    STATED = "stated"
    DERIVED = "derived"
    PRESUMED = "presumed"
    SUPPOSED = "supposed"


@dataclass(frozen=True, slots=True)
class Known:
    """A fact with its basis; `note` says from what it was derived or why it is presumed."""

    value: object
    basis: Basis
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A supposed answer to "is this party listed?": in the group named, or in none (`group` None)."""

    group: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a list that a named party is, or may be.

    `says`: how it was found. `group`: the parties group that stands for the list, where the rule base does not hold the entry
    itself (an edition newer than the base); then the days of the listing stand here too.
    """

    name: str
    list: str
    says: str
    group: str = ""
    zone: str = "UTC"  # of the authority
    start: str = ""  # ISO days, empty where nothing is known
    end: str = ""
    known_since: str = ""

    def bound(self, day: str) -> Bound | None:
        """One of the three days as a bound in the authority's zone."""
        return Bound.read(day, read_zone(self.zone)) if day else None

    def plain(self) -> dict[str, str]:
        """Plain data for a record; `read` makes the same value of it."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name)}

    @classmethod
    def read(cls, plain: Mapping[str, str]) -> Entry:
        """The entry of a record. Raises KeyError, TypeError, ValueError for what `plain` did not write."""
        found = cls(**{str(key): str(value) for key, value in plain.items()})
        for day in (found.start, found.end, found.known_since):
            found.bound(day)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A named party after screening: the entries it is, those it may be, and in words what was searched and what was cleared."""

    name: str
    entries: tuple[Entry, ...] = ()
    doubts: tuple[Entry, ...] = ()
    searched: str = ""
    sound: bool = False  # whether every list searched can be relied on: only then does silence say something
    cleared: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    def plain(self) -> dict[str, Any]:
        """Plain data for a record; `read` makes the same value of it."""
        found: dict[str, Any] = {"searched": self.searched, "sound": self.sound} if self.searched else {}
        for key, entries in (("is", self.entries), ("may_be", self.doubts)):
            if entries:
                found[key] = [one.plain() for one in entries]
        return {**found, "cleared": list(self.cleared)} if self.cleared else found

    @classmethod
    def read(cls, name: str, plain: Mapping[str, Any]) -> Identified:
        """The party of a record. Raises KeyError, TypeError, ValueError for what `plain` did not write."""
        return cls(
            name=name,
            entries=tuple(Entry.read(one) for one in plain.get("is", ())),
            doubts=tuple(Entry.read(one) for one in plain.get("may_be", ())),
            searched=str(plain.get("searched", "")),
            sound=plain.get("sound") is True,
            cleared=tuple(map(str, plain.get("cleared", ()))),
        )


class Facts:
    """The facts of one line. Immutable: `suppose` gives a copy with further facts, which remembers whose copy it is."""

    __slots__ = ("_all", "_known", "_names", "_root", "_supposed", "are_stated", "codes", "heads")

    def __init__(self, known: Mapping[str, Known]) -> None:
        self._known = dict(known)
        self._all = frozenset(self._known)
        self._root: Facts | None = None  # whose copy it is; never itself, so that nobody need look for what is not used any more
        self._supposed: tuple[tuple[str, object], ...] = ()
        self._names: frozenset[str] = frozenset()
        self.are_stated = True  # whether nothing is supposed: then `view` gives these facts themselves, for any names
        self.codes: dict[str, tuple[Code, ...]] = {}  # the codes by scheme, once somebody has asked for them
        self.heads: dict[str, frozenset[str]] = {}  # how they begin, likewise

    def view(self, names: frozenset[str] | None) -> object:
        """What tells these facts apart from others of the same line, for somebody who reads only these names (None: all)."""
        if not self._supposed or (names is not None and names.isdisjoint(self._names)):
            return self._root or self
        if names is None:
            return self._root or self, self._supposed
        return self._root or self, tuple([one for one in self._supposed if one[0] in names])

    def get(self, name: str) -> Known | None:
        """The fact of that name, or None if it is not known."""
        return self._known.get(name)

    def say_nothing_of(self, names: frozenset[str]) -> bool:
        """Whether none of these facts is known."""
        return names.isdisjoint(self._all)

    def names(self) -> tuple[str, ...]:
        """All known facts, in order of their names."""
        return tuple(sorted(self._known))

    def suppose(self, values: Mapping[str, object]) -> Facts:
        """The same line with further facts supposed."""
        if not values:
            return self
        merged = dict(self._known)
        for name, value in values.items():
            merged[name] = Known(value, Basis.SUPPOSED)
        found = Facts(merged)
        found._root = self._root or self
        found.are_stated = False
        found._supposed = tuple(sorted((*self._supposed, *values.items()), key=lambda one: one[0]))
        found._names = self._names.union(values)
        return found

    def add(self, name: str, fact: Known) -> Facts:
        """The same line with one more fact."""
        return Facts({**self._known, name: fact})

    def without(self, name: str) -> Facts:
        """The same line without that fact."""
        return Facts({key: fact for key, fact in self._known.items() if key != name})
