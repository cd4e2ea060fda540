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

    def is_current(self, *, at: Moment, known_by: Asked) -> bool:
        """Whether it is a member at the moment, as known.

        A membership is known since `known_since`, else since it began. An end is known since it came, or, for a member
        without a start, since `known_since`.
        """
        if self.start is not None:
            if not known_by.knows(self.known_since or self.start) or not at.reached(self.start):
                return False
            end_known = self.end is not None and known_by.knows(self.end)
        else:
            end_known = self.end is not None and known_by.knows(self.known_since or self.end)
        return not (self.end is not None and end_known and at.reached(self.end))


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

    def find(self, value: str, *, at: Moment, known_by: Asked) -> tuple[Member, ...]:
        """The members of that value (party name, place, instrument) at the moment and as known; a name may stand twice."""
        key = name_key(value) if self.kind == "parties" else value
        return tuple(member for member in self._by_key.get(key, ()) if member.is_current(at=at, known_by=known_by))

    def current(self, *, at: Moment, known_by: Asked) -> tuple[Member, ...]:
        """All members at the moment and as known."""
        return tuple(member for member in self.members if member.is_current(at=at, known_by=known_by))

    def bounds(self, value: str) -> Iterable[Bound]:
        """Days on which the membership of that value changes."""
        for member in self._by_key.get(name_key(value) if self.kind == "parties" else value, ()):
            yield from member.bounds
