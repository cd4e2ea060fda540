"""What was found about facts that many lines share: the route, the end use, parties that no list names.

The lines of a desk say little that is new of themselves besides their goods. What a condition finds of a few facts is kept
here by what these facts say, for a day of knowledge, and found again for the next line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from greenlane.law.facts import Basis, Facts, Identified
from greenlane.terms.parties import ROLES, name_key
from greenlane.terms.periods import Kept

F = TypeVar("F")
W = TypeVar("W")
SHELVES_MAX = 2_048  # past that all is put away, and found anew
_OF_ONE_LINE = ("codes.", "contains.", "item:", "description")  # what rarely is the same on two lines


def are_shared(names: frozenset[str]) -> bool:
    """Whether a finding that depends on these facts is worth keeping for other lines."""
    return not any(name.startswith(_OF_ONE_LINE) for name in names)


def told(name: str, facts: Facts, party_names: frozenset[str]) -> object:
    """What a fact comes to for conditions: of parties whose name nobody holds (by its key), one is like the other."""
    fact = facts.get(name)
    if fact is None:
        return None
    value = fact.value
    if isinstance(value, Identified) and not value.entries and not value.doubts:
        return ("searched", value.sound, "" if name_key(value.name) not in party_names else value.name)
    if type(value) is not str:
        return (repr(value), fact.basis is Basis.PRESUMED)
    return (fact.basis is Basis.PRESUMED, "" if name in ROLES and name_key(value) not in party_names else value)


@dataclass(frozen=True, slots=True)
class Shelf(Generic[F, W]):
    """What was found about some facts that say the same, by who found it: a condition, or all conditions of a rule."""

    found: dict[object, Kept[F]] = field(default_factory=dict)
    whole: dict[object, Kept[W]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shared(Generic[F, W]):
    """The shelves of a day of knowledge, for days or for instants, by names of facts and what is told of them.

    `by` is kept for the whole rule base: the names by which somebody's findings are shared, by identity; whose it is stands
    there too, so that no other comes to have it.
    """

    party_names: frozenset[str]
    by: dict[int, tuple[object, frozenset[str] | None]]
    shelves: dict[tuple[object, ...], Shelf[F, W]] = field(default_factory=dict)

    def shelf(self, facts: Facts, names: frozenset[str]) -> Shelf[F, W]:
        """The shelf of these stated facts."""
        key = (names, *[told(name, facts, self.party_names) for name in names])
        found = self.shelves.get(key)
        if found is None:
            if len(self.shelves) >= SHELVES_MAX:
                self.shelves.clear()
            found = self.shelves[key] = Shelf()
        return found
