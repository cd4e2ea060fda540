"""Named groups: places, parties, control lists. Membership is law too, and has the same clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from greenlane.law.effect import Effect
from greenlane.terms.codes import Code
from greenlane.terms.parties import name_key
from greenlane.terms.periods import Asked, Bound, Moment
from greenlane.terms.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member with its periods; `known_since` None means as long as the group itself."""

    value: str
    also: tuple[str, ...] = ()
    start: Bound | None = None
    end: Bound | None = None
    known_since: Bound | None = None
    effect: Effect | None = None
    review: str | None = None
    source: Source | None = None

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The days on which the membership changes."""
        return tuple(bound for bound in (self.start, self.end) if bound is not None)


@dataclass(frozen=True, kw_only=True)
class Group:
    """A named group of places, parties or instruments (kind `list`)."""

    id: str
    kind: str
    title: str
    members: tuple[Member, ...]
    complete: bool = True
    complete_for: tuple[Code, ...] = ()
    sources: tuple[Source, ...] = ()
    _by_key: dict[str, tuple[Member, ...]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for member in self.members:
            names = (member.value, *member.also)
            for key in {name_key(name) for name in names} if self.kind == "parties" else set(names):
                self._by_key[key] = (*self._by_key.get(key, ()), member)

    def find(self, value: str, *, at: Moment, known_by: Asked) -> Member | None:
        """The member of that value (party name, place, instrument) at the moment and as known, or None.

        A membership is known since `known_since`, else since it began. An end is known since it came, or, for a member
        without a start, since `known_since`.
        """
        key = name_key(value) if self.kind == "parties" else value
        for member in self._by_key.get(key, ()):
            if member.start is not None:
                if not known_by.knows(member.known_since or member.start) or not at.reached(member.start):
                    continue
                end_known = member.end is not None and known_by.knows(member.end)
            else:
                end_known = member.end is not None and known_by.knows(member.known_since or member.end)
            if member.end is not None and end_known and at.reached(member.end):
                continue
            return member
        return None

    def bounds(self, value: str) -> Iterable[Bound]:
        """Days on which the membership of that value changes."""
        for member in self._by_key.get(name_key(value) if self.kind == "parties" else value, ()):
            yield from member.bounds
