"""Regimes, what is covered of them, what is presumed, and what one stated fact shows about another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from greenlane.law.scope import Condition
from greenlane.terms.periods import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A positive statement: for lines like these the regime is modelled."""

    id: str
    statement: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in which a regime reaches a line.

    A fact that is missing for it is asked only while one of the measures `asked_while` (if there are any) may stand in force.
    """

    conditions: tuple[Condition, ...]
    asked_while: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Regime:
    """One body of law of one side: whom it reaches, since when and how far it is modelled."""

    id: str
    title: str
    side: str
    kind: str  # control, duty, import
    start: Bound
    known_through: Bound
    reaches: tuple[Way, ...]
    within: tuple[Condition, ...]  # outside this, even a measure that bites may not be the gravest
    covers: tuple[Cover, ...]
    subject: tuple[Way, ...] = ()  # if given, its measures bite only on what one of these holds for; these ways reach a line too
    speaks_of: tuple[Condition, ...] = ()  # of which stated codes and parties the base can speak: else no cover counts
    outside: tuple[Cover, ...] = ()  # where one of these holds for certain, the answer stays open whatever bites

    @cached_property
    def scopes(self) -> tuple[tuple[Condition, ...], ...]:
        """Each conjunction of conditions that says something of a line's place in the regime."""
        ways = [way.conditions for way in (*self.reaches, *self.subject)]
        return (*ways, self.within, self.speaks_of, *(cover.conditions for cover in (*self.covers, *self.outside)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Presumption:
    """What is taken for granted when a row is silent; `value` may name another fact (`=ship_from`).

    A row that states the fact `unless_stated` is not silent.
    """

    fact: str
    value: str
    because: str
    when: tuple[Condition, ...]
    unless_stated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """What a stated fact shows: if the conditions hold, the fact has the value."""

    id: str
    fact: str
    value: str
    conditions: tuple[Condition, ...]
    because: str
