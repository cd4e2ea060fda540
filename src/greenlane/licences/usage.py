"""How do a desk and customs tell each other what was licensed and what was used? Numbered files that fit end to end.

The form is our own writing of a kind of exchange that customs services use. A file is lines of UTF-8, each ended by one line feed;
a line is fields with `|` between. Every line begins with its number. The first is the header, with a run number that grows by one
from file to file; a block begins with its record and ends with an `end` record that repeats how many lines it has, both counted;
the trailer says how many blocks the file has::

    1|file|CUSTOMS|DESK|usage|2025-07-01T06:00Z|17
    2|licence|T-1|CN-6M-0042|O
    3|line|1|400|kg|32000|USD
    4|use|O|DECL-9/1|2025-06-12|380.5|kg|30440|USD|Example Magnetics|CN
    5|end|line|3
    6|end|licence|5
    7|trailer|1

Status of a licence, as customs has it: C cancelled, E exhausted, O open, S surrendered, D expired. Kinds of a use: O original,
A adjusted by customs, C contra, L late, M message only. What a `line` states is the total used so far, never what this file adds.

`read_file` gives back every block that reads and every line that does not, in their order; `write_file` of a whole file is its
text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from greenlane.errors import Place, UsageError
from greenlane.terms.amounts import read_decimal
from greenlane.terms.periods import read_day

STATUSES: Final = ("C", "E", "O", "S", "D")
MARKS: Final = ("O", "A", "C", "L", "M")
KINDS: Final = ("usage", "licences", "reply")
LINES_MAX: Final = 2_000_000
RUN_MAX: Final = 999_999_999
_BAD = re.compile(r"[|\x00-\x1f\x7f\ud800-\udfff]")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z\Z")
_PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who writes to whom, when, and the how manieth file it is."""

    source: str
    to: str
    kind: str
    at: str
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use behind a total."""

    mark: str
    declaration: str
    day: str
    quantity: str
    unit: str
    value: str = ""
    currency: str = ""
    trader: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedLine:
    """The total used of one line of a licence, and the uses that the file names."""

    number: int
    quantity: str
    unit: str
    value: str = ""
    currency: str = ""
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What was used of one licence: one transaction of a file."""

    transaction: str
    licence: str
    status: str
    lines: tuple[UsedLine, ...]
    first: int = 0  # line of the file
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Lines of a file that were not taken, as they stand in it, and why."""

    first: int
    text: tuple[str, ...]
    why: str
    licence: str = ""
    transaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageFile:
    """A file as read."""

    header: Header
    blocks: tuple[Used, ...]
    rejected: tuple[Rejected, ...]


# --- writing ----------------------------------------------------------------------------------------------------------


def write_file(header: Header, blocks: Sequence[Used]) -> str:
    """The text of a usage file. Raises UsageError GL0734 for what cannot be written in it."""
    rows = [["file", header.source, header.to, header.kind, header.at, str(header.run)]]
    for block in blocks:
        start = len(rows)
        rows.append(["licence", block.transaction, block.licence, block.status])
        for line in block.lines:
            begun = len(rows)
            rows.append(["line", str(line.number), line.quantity, line.unit, line.value, line.currency])
            rows += [["use", *(getattr(use, name) for name in Use.__dataclass_fields__)] for use in line.uses]
            rows.append(["end", "line", str(len(rows) - begun + 1)])
        rows.append(["end", "licence", str(len(rows) - start + 1)])
    rows.append(["trailer", str(len(blocks))])
    return text_of(rows)


def text_of(rows: Sequence[Sequence[str]]) -> str:
    """Numbered lines of fields. Raises UsageError GL0734."""
    for row in rows:
        for cell in row:
            if _BAD.search(cell):
                raise UsageError("GL0734", f"{cell!r} cannot stand in a customs file", hint="no `|`, no line break")
    return "".join(f"{number}|{'|'.join(row)}\n" for number, row in enumerate(rows, start=1))


def write_reply(header: Header, accepted: Sequence[Used], rejected: Sequence[Rejected]) -> str:
    """What became of a file: each block accepted, or rejected with why and with every one of its lines; and the counts."""
    rows = [["file", header.to, header.source, "reply", header.at, str(header.run)]]
    rows += [["accepted", one.transaction, one.licence] for one in accepted]
    for one in rejected:
        start = len(rows)
        rows.append(["rejected", one.transaction, one.licence, str(one.first), _clean(one.why)])
        rows += [["text", text.replace("|", "¦")] for text in map(_clean_text, one.text)]
        rows.append(["end", "rejected", str(len(rows) - start + 1)])
    rows.append(["trailer", str(len(accepted)), str(len(rejected))])
    return text_of(rows)


def _clean(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", text).replace("|", "¦")


def _clean_text(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "�", text)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_file(text: str, *, shown: str) -> UsageFile:
    """A usage file. Raises UsageError GL0734 where header or trailer do not hold: then nothing of it may be taken.

    A block that does not read is given back as rejected, with its lines; the others stand.
    """
    lines = text.split("\n")
    if lines[-1] != "" or len(lines) < 3:
        raise _broken(shown, len(lines), "the file is cut off: its last line does not end, or there is no trailer")
    lines.pop()
    if len(lines) > LINES_MAX:
        raise _broken(shown, LINES_MAX, f"more than {LINES_MAX} lines")
    header = _header(lines[0], shown)
    count = _trailer(lines[-1], len(lines), shown)
    blocks: list[Used] = []
    rejected: list[Rejected] = []
    at = 1
    while at < len(lines) - 1:
        end = _block_end(lines, at)
        part = lines[at:end]
        try:
            blocks.append(_block(part, at + 1))
        except ValueError as error:
            cells = part[0].split("|")
            named = cells[1:2] == ["licence"] and len(cells) >= 4
            rejected.append(
                Rejected(
                    first=at + 1,
                    text=tuple(part),
                    why=str(error),
                    transaction=cells[2] if named else "",
                    licence=cells[3] if named else "",
                )
            )
        at = end
    if len(blocks) + len(rejected) != count:
        why = f"the trailer counts {count} licences, the file holds {len(blocks) + len(rejected)}"
        raise _broken(shown, len(lines), why)
    return UsageFile(header=header, blocks=tuple(blocks), rejected=tuple(rejected))


def _broken(shown: str, line: int, why: str) -> UsageError:
    return UsageError("GL0734", why, at=Place(shown, line), hint="nothing of the file was taken; ask for it again")


def _header(line: str, shown: str) -> Header:
    cells = line.split("|")
    try:
        if len(cells) != 7 or cells[:2] != ["1", "file"]:
            raise ValueError("the first line is no header: `1|file|from|to|kind|when|run`")
        if not cells[2] or not cells[3] or cells[4] != "usage":
            raise ValueError(f"a file of `{cells[4]}` is not one of usage")
        if not _MOMENT.match(cells[5]):
            raise ValueError(f"`{cells[5]}` is no moment like 2025-07-01T06:00Z")
        read_day(cells[5][:10])
        run = _whole(cells[6], "the run")
        if not 1 <= run <= RUN_MAX:
            raise ValueError(f"run {run} cannot be")
    except ValueError as error:
        raise _broken(shown, 1, str(error)) from error
    return Header(source=cells[2], to=cells[3], kind=cells[4], at=cells[5], run=run)


def _trailer(line: str, number: int, shown: str) -> int:
    cells = line.split("|")
    try:
        if len(cells) != 3 or cells[:2] != [str(number), "trailer"]:
            raise ValueError(f"line {number} is no trailer of that number: the file is cut off, or lines are missing")
        return _whole(cells[2], "the count")
    except ValueError as error:
        raise _broken(shown, number, str(error)) from error


def _block_end(lines: Sequence[str], at: int) -> int:
    """Where the block that begins here ends: behind its `end|licence`, or before the next that begins."""
    for place in range(at, len(lines) - 1):
        cells = lines[place].split("|")
        if cells[1:3] == ["end", "licence"]:
            return place + 1
        if place > at and cells[1:2] == ["licence"]:
            return place
    return len(lines) - 1


def _block(part: Sequence[str], first: int) -> Used:
    """Raises ValueError with what is wrong."""
    rows = []
    for number, text in enumerate(part, start=first):
        cells = text.split("|")
        if cells[0] != str(number):
            raise ValueError(f"line {number} says that it is line {cells[0][:20]!r}")
        if _BAD.search("".join(cells)):
            raise ValueError(f"line {number} holds control signs")
        rows.append(cells[1:])
    if rows[0][0] != "licence" or len(rows[0]) != 4:
        raise ValueError(f"line {first} does not begin a licence")
    _, transaction, licence, status = rows[0]
    if not transaction or not licence or status not in STATUSES:
        raise ValueError(f"line {first}: a licence has a transaction, an id and a status of {', '.join(STATUSES)}")
    if rows[-1] != ["end", "licence", str(len(rows))]:
        raise ValueError(f"the licence that begins in line {first} has {len(rows)} lines, and does not end with that count")
    lines: list[UsedLine] = []
    at = 1
    while at < len(rows) - 1:
        end = next((n for n in range(at, len(rows) - 1) if rows[n][:2] == ["end", "line"]), None)
        if end is None:
            raise ValueError(f"line {first + at} does not end")
        lines.append(_line(rows[at : end + 1], first + at))
        at = end + 1
    if not lines:
        raise ValueError(f"licence {licence} is named without a line")
    if len({line.number for line in lines}) != len(lines):
        raise ValueError(f"licence {licence} names a line twice")
    return Used(
        transaction=transaction, licence=licence, status=status, lines=tuple(lines), first=first, last=first + len(rows) - 1
    )


def _line(rows: Sequence[Sequence[str]], first: int) -> UsedLine:
    if rows[0][0] != "line" or len(rows[0]) != 6 or rows[-1] != ["end", "line", str(len(rows))]:
        raise ValueError(f"line {first} begins no line of {len(rows)} lines")
    _, number, quantity, unit, value, currency = rows[0]
    _amount(quantity, first)
    if value:
        _amount(value, first)
    uses = tuple(_use(row, first + place) for place, row in enumerate(rows[1:-1], start=1))
    return UsedLine(number=_whole(number, f"line {first}"), quantity=quantity, unit=unit, value=value, currency=currency, uses=uses)


def _use(row: Sequence[str], number: int) -> Use:
    if row[0] != "use" or len(row) != 10:
        raise ValueError(f"line {number} is no use of ten fields")
    _, mark, declaration, day, quantity, unit, value, currency, trader, origin = row
    if mark not in MARKS:
        raise ValueError(f"line {number}: `{mark[:20]}` is no kind of use ({', '.join(MARKS)})")
    read_day(day)
    _amount(quantity, number, signed=mark in ("A", "C"))
    if value:
        _amount(value, number, signed=mark in ("A", "C"))
    return Use(
        mark=mark, declaration=declaration, day=day, quantity=quantity, unit=unit, value=value, currency=currency,
        trader=trader, origin=origin,
    )  # fmt: skip


def _amount(text: str, number: int, *, signed: bool = False) -> None:
    if not _PLAIN.match(text) or (text.startswith("-") and not signed):
        raise ValueError(f"line {number}: `{text[:30]}` is no amount")
    read_decimal(text.removeprefix("-"))


def _whole(text: str, what: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text):
        raise ValueError(f"{what}: `{text[:20]}` is no whole number")
    return int(text)
