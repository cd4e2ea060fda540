"""What does an application take, how long were others said to wait, and who says so? Practice as data, read from the rule base.

Nothing here is law that decides a verdict. Each thing says who asks for it and how surely that is known; a figure is kept with the
people it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from greenlane.licences.calendar import Calendar, Clock
from greenlane.terms.codes import Code
from greenlane.terms.sources import Source, Standing

ASKED: Final = ("notice", "practice", "voluntary")
SENSITIVITIES: Final = ("low", "personal", "commercial", "technical", "trade_secret")
LACKS: Final = ("missing", "seal", "language", "practice", "mismatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind:
    """A paper that a pack may hold."""

    id: str
    authority: str
    kinds: tuple[str, ...]
    zh: str
    en: str
    made_by: str
    language: str  # zh, en, any
    translation: str  # a language, or empty
    seal: bool
    original: bool
    since: date | None  # asked since; None: as long as known
    asked: str
    sensitivity: str
    standing: Standing
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why files came back or were refused."""

    id: str
    when: str
    en: str
    zh: str
    standing: Standing
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """What importer and end user sign away."""

    id: str
    authority: str
    en: str
    zh: str
    answers: str
    standing: Standing
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """An easier way, and what it takes; `criteria` is None where none were published."""

    id: str
    authority: str
    en: str
    zh: str
    criteria: tuple[str, ...] | None
    reading: str
    standing: Standing
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a licence of an authority is like, and how many months it is valid at most, where somebody says so."""

    id: str
    authority: str
    kinds: tuple[str, ...]
    en: str
    months: int | None
    reading: str
    standing: Standing
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A paper that goes with goods which need no licence, so that customs see what they are."""

    id: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What customs of an authority look into, also where no licence is needed."""

    id: str
    authority: str
    headings: tuple[Code, ...]  # one of these, or
    words: tuple[str, ...]  # one of these in the description; of several words with spaces between, all
    en: str
    papers: tuple[str, ...]  # attachments that are said to help
    standing: Standing
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A reading of public figures as three quantiles of a wait, for people without cases of their own."""

    id: str
    asked: str
    population: str
    counts: str
    starts: str
    p10: int
    p50: int
    p90: int
    standing: Standing
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """All of it."""

    as_of: str
    calendars: Mapping[str, Calendar]
    clocks: tuple[Clock, ...]
    papers: tuple[PaperKind, ...]
    grounds: Mapping[str, Ground]
    undertakings: tuple[Undertaking, ...]
    procedures: Mapping[str, Procedure]
    profiles: tuple[Profile, ...]
    attachments: Mapping[str, Attachment]
    inspections: tuple[Inspection, ...]
    shares: tuple[Mapping[str, str], ...]
    waits: tuple[Mapping[str, str], ...]
    priors: Mapping[str, Prior]

    def clock(self, authority: str) -> Clock | None:
        """The statutory clock of an authority."""
        return next((one for one in self.clocks if one.authority == authority), None)

    def longest(self, authority: str, kind: str) -> Profile | None:
        """The profile by which a licence of a kind may be valid for longest; None where nobody says how long, of one of them."""
        found = [one for one in self.profiles if one.authority == authority and kind in one.kinds]
        if not found or any(one.months is None for one in found):
            return None
        return max(found, key=lambda one: one.months or 0)

    def papers_for(self, authority: str, kind: str, day: date) -> tuple[PaperKind, ...]:
        """The papers asked for an application of a kind on a day."""
        return tuple(
            one
            for one in self.papers
            if one.authority == authority and kind in one.kinds and (one.since is None or one.since <= day)
        )
