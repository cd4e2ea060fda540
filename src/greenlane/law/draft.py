"""What is a draft of law: files that could enter the rule base, what they were made from, and what a person must still say?

A draft changes nothing. It says which files it would put into the base, which spans of its source it could not read, what a
person must fill in before it can be accepted, and for which state of the base it was made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("instrument", "table", "act")
FILES_MAX = 2_000
_PATH = re.compile(r"(?:(?:cn|us)/(?:[a-z0-9][a-z0-9\-]{0,79}/)?)?[A-Za-z0-9][A-Za-z0-9._\-]{0,119}\Z")
_SUFFIXES = (".yaml", ".csv")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFrom:
    """The document a draft was made from: its name, the hash of its bytes, and its address if it has one."""

    name: str
    sha256: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseMark:
    """The state of the rule base a draft was made for."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A span of the source that was not read, in characters, half-open; and why. An empty span says that something is not there."""

    start: int
    end: int
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FillIn:
    """A key that a person must fill in or confirm, in which file, and why."""

    file: str
    key: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A value that was read, with the spans of the source it was read from; `marked` says what was done to it."""

    what: str
    value: str
    spans: tuple[tuple[int, int], ...]
    marked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row of a table that changes: which table, which row, before and after (empty: not there)."""

    table: str
    key: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft: files by their path in the rule base, and all that must be known about them. Raises ValueError if it is not one."""

    kind: str
    made_from: MadeFrom
    files: Mapping[str, str]
    base: BaseMark | None = None
    fill_in: tuple[FillIn, ...] = ()
    unread: tuple[Unread, ...] = ()
    read: tuple[Evidence, ...] = ()
    changes: tuple[Change, ...] = ()
    source: str = field(default="", repr=False)  # the text the spans count in

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"`{self.kind}` is not a kind of draft: {', '.join(KINDS)}")
        if not _SHA256.match(self.made_from.sha256):
            raise ValueError("`made_from` has no sha256 of 64 hexadecimal digits")
        if len(self.files) > FILES_MAX:
            raise ValueError(f"{len(self.files)} files, more than {FILES_MAX}")
        for path in self.files:
            check_path(path)

    @property
    def instruments(self) -> tuple[str, ...]:
        """The instruments whose files the draft holds, in order."""
        found = (path.split("/")[1] for path in sorted(self.files) if path.count("/") == 2)
        return tuple(dict.fromkeys(found))


def check_path(path: str) -> str:
    """A path that a draft may write, relative to the rule base. Raises ValueError."""
    if not _PATH.match(path) or not path.endswith(_SUFFIXES):
        raise ValueError(f"`{path}` is not the path of a rule file, such as cn/cn-2025-018/measure.yaml")
    return path
