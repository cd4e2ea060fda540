"""What happened, in one line of text that nobody can change unseen: entries of the journal, and the chain of their hashes.

An entry is a command of a client (what it wants, under an id of its own) with the place and the time at which it was booked. Its
text is its fields with tabs between; the fields hold no control signs, so there is one text for one entry. The hash of an entry
covers its text and the hash before it. Named tuples, not dataclasses: a hundred thousand of them are made in a second.

Each entry has two days: `day`, on which the thing happened (in the authority's zone), and `at`, the moment at which it was booked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, Final, NamedTuple

from greenlane.errors import UsageError
from greenlane.licences.amounts import AMOUNT_MAX
from greenlane.licences.licence import read_id, read_iso_day, read_words

KINDS: Final = (
    "grant", "amend",                                       # how much there is
    "reserve", "commit", "release", "draw",                 # our own use; a draw is a reservation and its commit in one
    "observe",                                              # the cumulative total that customs reports: never a delta
    "contra", "adjust",                                     # corrections of our own use
    "allocate", "recall",                                   # to a site, and back
    "suspend", "resume", "revoke", "surrender", "expire", "close",
    "apply", "redraft", "submit", "forward", "accept", "halt", "proceed", "return", "award", "refuse", "withdraw",  # applications
    "paper", "disclose",                                    # what is in a pack, and what was shown to whom
)  # fmt: skip
FILED: Final = frozenset({
    "apply", "redraft", "submit", "forward", "accept", "halt", "proceed", "return", "award", "refuse", "withdraw",
    "paper", "disclose",
})  # fmt: skip
USES: Final = frozenset({"reserve", "commit", "release", "draw"})
ENDING: Final = frozenset({"commit", "release"})
SIGNED: Final = frozenset({"amend", "adjust"})
NOTHING: Final = bytes(32)  # the hash before the first entry
MORE_MAX: Final = 1_000_000  # signs of the terms of a licence
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


_MANY: Final = 8
_RECORD: Final = "\x1e"
_GROUP: Final = "\x1d"


class Command(NamedTuple):
    """What a client wants booked. Amounts are whole numbers of the parts in which the line counts."""

    id: str  # made by the client; of a commit or release: the id of the reservation that it ends
    kind: str
    licence: str
    line: int
    site: str  # empty: the holder's own account
    q: int
    v: int
    uses: int
    ref: str  # of a contra: the draw or reservation whose use it takes back
    day: str
    by: str
    doc: str
    more: str  # JSON of what this kind has beside, or empty

    @property
    def key(self) -> str:
        """What may stand in the journal once only: a reservation is ended once, so its end has one key."""
        return f">{self.id}" if self.kind in ENDING else self.id


_NUMBERS: Final = frozenset(Command._fields.index(name) for name in ("line", "q", "v", "uses"))


class Entry(NamedTuple):
    """A command as it was booked. The fields from `id` on are those of the command."""

    seq: int
    at: str  # ISO, UTC, with microseconds: sorts as time does
    id: str
    kind: str
    licence: str
    line: int
    site: str
    q: int
    v: int
    uses: int
    ref: str
    day: str
    by: str
    doc: str
    more: str

    @property
    def command(self) -> Command:
        """What the client wanted."""
        return Command(*self[2:])

    @property
    def key(self) -> str:
        """See `Command.key`."""
        return f">{self.id}" if self.kind in ENDING else self.id


class Head(NamedTuple):
    """The newest entry of a journal: its number, its hash and when it was booked."""

    seq: int
    sha256: bytes
    at: str


START: Final = Head(0, NOTHING, "")


def command_of(
    *,
    id: str,
    kind: str,
    licence: str,
    day: str,
    line: int = 1,
    site: str = "",
    q: int = 0,
    v: int = 0,
    uses: int = 0,
    ref: str = "",
    by: str = "",
    doc: str = "",
    more: str = "",
) -> Command:
    """A command whose fields are well formed. Raises UsageError GL0709."""
    if kind not in KINDS:
        raise UsageError("GL0709", f"`{kind}` is nothing that a ledger books", hint=", ".join(KINDS))
    read_id(id)
    read_id(licence, "the licence")
    if ref:
        read_id(ref, "the id referred to")
    if site:
        read_id(site, "the site")
    for text, what in ((by, "who did it"), (doc, "the document")):
        read_words(text, what)
    read_iso_day(day, "the day")
    if not 1 <= line <= 999 or not -(10**9) <= uses <= 10**9 or max(abs(q), abs(v)) > AMOUNT_MAX:
        raise UsageError("GL0709", "a line is numbered from 1 to 999, and amounts have at most 18 digits")
    if len(more) > MORE_MAX or _CONTROL.search(more):
        raise UsageError("GL0709", "the terms are too long, or hold control signs")
    return Command(id, kind, licence, line, site, q, v, uses, ref, day, by, doc, more)


def write_entry(entry: Entry) -> str:
    """The text of an entry: what is hashed and kept."""
    seq, at, id, kind, licence, line, site, q, v, uses, ref, day, by, doc, more = entry
    return f"{seq}\t{at}\t{id}\t{kind}\t{licence}\t{line}\t{site}\t{q}\t{v}\t{uses}\t{ref}\t{day}\t{by}\t{doc}\t{more}"


def read_entry(text: str) -> Entry:
    """An entry from its text. Raises ValueError if it is not written as it would be."""
    seq, at, id, kind, licence, line, site, q, v, uses, ref, day, by, doc, more = text.split("\t")
    entry = Entry(int(seq), at, id, kind, licence, int(line), site, int(q), int(v), int(uses), ref, day, by, doc, more)
    if write_entry(entry) != text:
        raise ValueError("a number is not written as it would be")
    return entry


def write_command(command: Command) -> str:
    """The text of a command, for another process."""
    id, kind, licence, line, site, q, v, uses, ref, day, by, doc, more = command
    return f"{id}\t{kind}\t{licence}\t{line}\t{site}\t{q}\t{v}\t{uses}\t{ref}\t{day}\t{by}\t{doc}\t{more}"


def read_command(text: str) -> Command:
    """A command from its text."""
    id, kind, licence, line, site, q, v, uses, ref, day, by, doc, more = text.split("\t")
    return Command(id, kind, licence, int(line), site, int(q), int(v), int(uses), ref, day, by, doc, more)


def write_commands(commands: Sequence[Command]) -> str:
    """The text of commands, for another process. Of many, field by field: mostly all have the same but for id and amount."""
    if len(commands) < _MANY:
        return _RECORD.join(map(write_command, commands))
    columns = [
        f"={column[0]}" if column.count(column[0]) == len(column) else f"*{_RECORD.join(map(str, column))}"
        for column in zip(*commands, strict=True)
    ]
    return f"{_GROUP}{len(commands)}{_GROUP}{_GROUP.join(columns)}"


def read_commands(text: str) -> list[Command]:
    """Commands from their text. Raises ValueError if it is none."""
    if not text.startswith(_GROUP):
        return list(map(read_command, text.split(_RECORD)))
    _, told, *columns = text.split(_GROUP)
    count = int(told)
    if len(columns) != len(Command._fields):
        raise ValueError("commands have other fields")
    found: list[Iterable[Any]] = []
    for place, column in enumerate(columns):
        read = int if place in _NUMBERS else str
        if column[:1] == "=":
            found.append(repeat(read(column[1:]), count))
        else:
            values = column[1:].split(_RECORD)
            if len(values) != count:
                raise ValueError("a field is missing")
            found.append(map(int, values) if read is int else values)
    return list(map(Command, *found))


def hash_after(before: bytes, text: str) -> bytes:
    """The hash of an entry that comes after one with the hash `before`."""
    return hashlib.sha256(before + text.encode()).digest()


def check_moment(at: str) -> str:
    """A moment as it stands in entries. Raises ValueError."""
    if not _AT.match(at):
        raise ValueError(f"`{at}` is not a moment like 2025-06-10T08:00:00.000000Z")
    return at
