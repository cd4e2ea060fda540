"""What does a notice say: who issued it, under which number, from when, to what effect, about which goods or parties?

A `Reading` holds what was found, each value with the spans it was read from, and everything that was not read with the span
and the reason. Nothing is guessed: what the text does not say stands among the questions for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from greenlane.law.notice_codes import Spans

Span = tuple[int, int]
TEXT_MAX = 2_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A value with the spans it was read from, and what was done to it."""

    value: str
    spans: tuple[Span, ...]
    marked: str = ""


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """Goods that a notice names: the control code, the customs codes printed for it, its words and figures."""

    code: Found
    words: str
    customs: tuple[Found, ...] = ()
    elements: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeParty:
    """A party that a notice lists: its name, its other names, and what the entry says of licences."""

    name: Found
    also: tuple[str, ...] = ()
    requirement: str = ""
    review: str = ""


@dataclass(frozen=True, slots=True)
class NoticeDuty:
    """A heading of chapter 99 with the rate it adds, and the origins that its words name."""

    heading: Found
    rate: Found | None
    words: str
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeUnread:
    """A span that was not read, and why."""

    start: int
    end: int
    why: str


@dataclass(slots=True)
class Reading:
    """Everything that was read of a notice."""

    text: str  # narrow: the same length as the source, sign for sign
    side: str
    kind: str = "announcement"
    issuer: Found | None = None
    number: Found | None = None
    id: str = ""
    title: Found | None = None
    published: Found | None = None
    effective: list[Found] = field(default_factory=list)
    effects: list[Found] = field(default_factory=list)
    review: Found | None = None
    scope: dict[str, list[str]] = field(default_factory=dict)
    items: list[NoticeItem] = field(default_factory=list)
    parties: list[NoticeParty] = field(default_factory=list)
    duties: list[NoticeDuty] = field(default_factory=list)
    suspends: list[Found] = field(default_factory=list)
    until: Found | None = None
    mentions: list[Found] = field(default_factory=list)
    unread: list[NoticeUnread] = field(default_factory=list)
    questions: list[tuple[str, str]] = field(default_factory=list)
    covered: list[Span] = field(default_factory=list)
    missed: set[Span] = field(default_factory=set)

    @property
    def is_notice(self) -> bool:
        """Whether the text has the marks of a notice: an issuer's number, and something it orders."""
        return self.number is not None and bool(self.effects or self.items or self.parties or self.duties or self.suspends)

    def cover(self, start: int, end: int) -> None:
        """Say that a span was read."""
        if start < end:
            self.covered.append((start, end))

    def miss(self, start: int, end: int, why: str) -> None:
        """Say that a span was not read."""
        start, end = trim(self.text, start, end)
        if start < end and (start, end) not in self.missed:
            self.missed.add((start, end))
            self.unread.append(NoticeUnread(start, end, why))

    def ask(self, key: str, why: str) -> None:
        """Ask a person to fill in or confirm a key."""
        if (key, why) not in self.questions:
            self.questions.append((key, why))


def left_days(reading: Reading, found: Iterable[tuple[int, int, str]]) -> None:
    """No day is passed over: one that no key holds is left to a person, even inside a sentence that was read."""
    heads = [one for one in (reading.published, reading.until, reading.number) if one is not None]
    spans = Spans(span for one in (*heads, *reading.effective) for span in one.spans)
    values = {one.value[:10] for one in heads}
    for start, end, day in found:
        if day not in values and not spans.meets(start, end):
            reading.miss(start, end, "a day that no key holds")
            reading.ask("in_force", f"the notice also names {day}: say what begins or ends then")


def trim(text: str, start: int, end: int) -> Span:
    """The span without space at its edges."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def gaps(length: int, covered: Iterable[Span]) -> Iterable[Span]:
    """The spans between covered ones."""
    at = 0
    for start, end in sorted(covered):
        if start > at:
            yield at, start
        at = max(at, end)
    if at < length:
        yield at, length


_SENTENCE = re.compile(r".+?(?:[。；]|;(?=\s)|\.(?=\s)|\n\s*\n|\n(?=\s*[(（一二三四五六七八九十\d])|\Z)", re.DOTALL)
_WORDS = re.compile(r"[^\W_]")


def leave(reading: Reading, why: str) -> None:
    """Every sentence that nothing has read becomes an unread span."""
    taken = [*reading.covered, *((one.start, one.end) for one in reading.unread)]
    for start, end in gaps(len(reading.text), taken):
        for one in _SENTENCE.finditer(reading.text, start, end):
            if len(_WORDS.findall(one[0])) > 2:
                reading.miss(one.start(), one.end(), why)
    reading.unread.sort(key=lambda one: (one.start, one.end))
