"""What is known about a line: stated, derived, presumed or supposed facts, by name; and what is not known.

Names of facts are the columns of an order file: `ship_to`, `contains.Dy`, `attrs.tpp`, `codes.eccn`, `consignee`,
`letter:<instrument>`, ... Conditions read facts only through this class, so that a missing fact is always seen as
missing, and the completions of missing facts can be tried by supposing values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from greenlane.terms.codes import Code


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
