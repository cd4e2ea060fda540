"""The Commerce Control List, the Country Chart and the Country Groups, as an official source tells them.

Two forms are read: JSON (one file a supplement) and the XML of the electronic Code of Federal Regulations (`us_ear_xml`).
Both give one `Source`; what it says is turned into our own tables by `us_ear_tables`. A source that is half there, damaged or
of another form is refused with a code: the tables stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from greenlane.errors import Place, SourceError
from greenlane.feeds.us_ear_places import place_of
from greenlane.feeds.us_ear_words import ECCN, REASONS, plain

COLUMNS: Final[tuple[str, ...]] = tuple("CB1 CB2 CB3 NP1 NP2 NS1 NS2 MT1 RS1 RS2 FC1 CC1 CC2 CC3 AT1 AT2".split())
GROUPS: Final[tuple[str, ...]] = tuple("A1 A2 A3 A4 A5 A6 B D1 D2 D3 D4 D5 E1 E2".split())
SIZE_MAX: Final[int] = 60_000_000
DEPTH_MAX: Final[int] = 64
# What a whole source holds at the least: below that it was cut off on the way.
FLOORS: Final[dict[str, int]] = {"chart": 190, "groups": 190, "entries": 600, "controls": 1400}
_ECCN = re.compile(ECCN + r"\Z")
_NEXT = re.compile(rf" ({ECCN}) (?=\S)")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list: its heading, reasons for control, requirements as written, and exceptions as written."""

    eccn: str
    category: str
    heading: str
    reasons: tuple[str, ...]
    controls: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str], ...]
    texts: tuple[str, ...] = ()
    split: bool = False  # its text was found in the heading of a neighbour, or ended there


@dataclass(frozen=True, slots=True)
class Source:
    """What the three supplements say, in their own names and words."""

    as_of: str
    chart: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name -> columns marked
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name -> numbers of footnotes
    embargoed: tuple[str, ...] = ()
    inherits: Mapping[str, str] = field(default_factory=dict)  # name -> name of the row that holds for it
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # group -> names
    entries: tuple[Entry, ...] = ()
    everywhere: tuple[str, ...] = ()  # entries for which a licence is needed to all destinations

    @property
    def rows(self) -> int:
        """How many requirement rows the list holds, those found in headings apart."""
        return sum(len(one.controls) for one in self.entries)


def read_json(files: Mapping[str, bytes]) -> Source:
    """Read the three JSON files (`country-chart.json`, `country-groups.json`, `ccl.json`). Raises SourceError."""
    found = Source("")
    kinds: set[str] = set()
    for name, raw in sorted(files.items()):
        tree = strict_json(raw, name)
        if not isinstance(tree, dict):
            raise _not_official(name, "a mapping at the top is wanted")
        day = _text(tree, "ecfrIssueDate", name)
        if found.as_of not in ("", day):
            raise _not_official(name, f"it is of {day}, another file of {found.as_of}: take the files of one day")
        if "countries" in tree and "columns" in tree:
            kinds.add("chart")
            found = _json_chart(replace(found, as_of=day), tree, name)
        elif "groups" in tree and "labels" in tree:
            kinds.add("groups")
            found = replace(found, as_of=day, groups=_json_groups(tree, name))
        elif "entries" in tree:
            kinds.add("entries")
            found = replace(found, as_of=day, entries=_json_entries(tree, name))
        else:
            raise _not_official(name, "none of the keys of the three files is there")
    missing = {"chart", "groups", "entries"} - kinds
    if missing:
        raise SourceError(
            "GL0601", f"no file holds {', '.join(sorted(missing))}", hint="give the folder with the chart, the groups and the list"
        )
    return checked(found)


def checked(source: Source, floors: Mapping[str, int] = FLOORS) -> Source:
    """Hold a source against what a whole one has; split the entries that ran into each other. Raises SourceError."""
    try:
        date.fromisoformat(source.as_of)
    except ValueError as error:
        raise _not_official("the source", f"its day `{source.as_of[:40]}` is no ISO day") from error
    count = len(source.entries)
    source = replace(source, entries=tuple(part for one in source.entries for part in split_entry(one)))
    names = {name for members in source.groups.values() for name in members}
    for what, have in (
        ("chart", len(source.chart)),
        ("groups", len(names)),
        ("entries", count),
        ("controls", source.rows),
    ):
        if have < floors[what]:
            raise SourceError(
                "GL0605",
                f"only {have} rows for {what}, {floors[what]} at the least are wanted",
                hint="the source was cut off on the way, or its form changed; nothing was taken from it",
            )
    if set(source.groups) != set(GROUPS):
        raise _not_official("the Country Groups", f"its groups are {' '.join(sorted(source.groups))}")
    for column in COLUMNS:
        if floors["chart"] > 0 and not any(column in marks for marks in source.chart.values()) and not column.startswith("AT"):
            raise SourceError("GL0605", f"column {column} of the Country Chart has no mark at all")
    for name in (*source.chart, *source.embargoed, *source.inherits, *source.inherits.values(), *sorted(names)):
        if place_of(name) is None:
            raise SourceError(
                "GL0607", f"`{name[:80]}` is a place that is not known here", hint="add the name with its code, if it is right"
            )
    seen: set[str] = set()
    for one in source.entries:
        if not _ECCN.match(one.eccn):
            raise SourceError("GL0607", f"`{one.eccn[:20]}` is not a code like 3A001")
        if one.category != one.eccn[0]:
            raise SourceError("GL0607", f"{one.eccn} has the category `{one.category[:20]}`")
        if one.eccn in seen:
            raise SourceError("GL0607", f"{one.eccn} is there twice")
        seen.add(one.eccn)
    return replace(source, entries=tuple(sorted(source.entries, key=lambda one: one.eccn)))


# --- JSON ---------------------------------------------------------------------------------------------------------------


def strict_json(raw: bytes, name: str, *, size_max: int = SIZE_MAX) -> Any:
    """Parse JSON that has no doubles, no NaN, no endless depth. Raises SourceError."""
    text = utf8(raw, name, size_max=size_max)
    depth = 0
    for sign in _BRACKETS.findall(text):
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEPTH_MAX:
            raise SourceError("GL0604", f"nested more than {DEPTH_MAX} deep", at=Place(name))

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in found]
        if len(set(keys)) != len(keys):
            double = next(key for key in keys if keys.count(key) > 1)
            raise SourceError("GL0602", f"the key `{double[:60]}` is there twice", at=Place(name))
        return dict(found)

    def constant(word: str) -> Any:
        raise SourceError("GL0602", f"`{word}` is no number", at=Place(name))

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        raise SourceError("GL0602", f"not JSON, or cut off: {str(error)[:120]}", at=Place(name)) from error


def utf8(raw: bytes, name: str, *, size_max: int = SIZE_MAX) -> str:
    """The text of a file. Raises SourceError if it is too large or not UTF-8."""
    if len(raw) > size_max:
        raise SourceError("GL0608", f"{len(raw)} bytes, more than {size_max}", at=Place(name))
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw[:4]:
        raise SourceError("GL0603", "UTF-16 or UTF-32, not UTF-8", at=Place(name))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError("GL0603", f"not UTF-8 from byte {error.start}", at=Place(name)) from error


def _json_chart(found: Source, tree: Mapping[str, Any], name: str) -> Source:
    columns = tuple(_mark(one, name) for one in _texts(tree, "columns", name))
    if columns != COLUMNS:
        raise _not_official(name, f"its columns are {' '.join(columns)[:200]}")
    chart: dict[str, tuple[str, ...]] = {}
    notes: dict[str, tuple[str, ...]] = {}
    for place, row in _mapping(tree, "countries", name).items():
        marks = tuple(_mark(one, name) for one in _texts(row, "marks", name))
        if not set(marks) <= set(COLUMNS):
            raise SourceError("GL0607", f"`{place[:60]}` has marks that are no column", at=Place(name))
        chart[place] = marks
        notes[place] = tuple(str(one) for one in _list(row, "footnotes", name))
    embargoed = _mapping(tree, "embargoed", name)
    notes |= {place: tuple(str(one) for one in _list(row, "footnotes", name)) for place, row in embargoed.items()}
    inherits = {}
    for place, row in _mapping(tree, "territoryInheritance", name).items():
        known = {key.lower(): key for key in ("Hong Kong", "Liechtenstein", "Cayman Islands")}
        inherits[known.get(place, place)] = _text(row, "row", name)
    everywhere = _mapping(tree, "allDestinationsEntries", name)
    told = [*_texts(everywhere, "noLicenceExceptions", name), *_texts(_mapping(everywhere, "govOnly", name), "entries", name)]
    return replace(
        found,
        chart=chart,
        notes=notes,
        embargoed=tuple(embargoed),
        inherits=inherits,
        everywhere=tuple(one for one in told if _ECCN.match(one)),
    )


def _json_groups(tree: Mapping[str, Any], name: str) -> dict[str, tuple[str, ...]]:
    groups = _mapping(tree, "groups", name)
    return {key.replace(":", ""): tuple(_texts(groups, key, name)) for key in groups}


def _json_entries(tree: Mapping[str, Any], name: str) -> tuple[Entry, ...]:
    found = []
    for row in _list(tree, "entries", name):
        if not isinstance(row, dict):
            raise _not_official(name, "an entry that is no mapping")
        eccn = _text(row, "eccn", name)
        controls = []
        for one in _list(row, "countryChart", name):
            if not isinstance(one, dict):
                raise _not_official(name, f"a requirement of {eccn[:20]} that is no mapping")
            controls.append((_text(one, "control", name), _text(one, "countryChart", name)))
        flags = _mapping(row, "licenceExceptionFlags", name)
        if not all(isinstance(value, str) for value in flags.values()):
            raise _not_official(name, f"an exception of {eccn[:20]} that is no text")
        items = row.get("items") or []
        if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
            raise _not_official(name, f"items of {eccn[:20]} that are no list of mappings")
        texts = tuple(str(one.get("text") or "") for one in items)
        reasons = reasons_of(str(row.get("reasonForControl") or ""))
        heading = _text(row, "heading", name)
        found.append(
            Entry(eccn, _text(row, "category", name), heading, reasons, tuple(controls), tuple(sorted(flags.items())), texts)
        )
    return tuple(found)


def reasons_of(text: str) -> tuple[str, ...]:
    """The reasons for control an entry names, in their order."""
    found = re.findall(rf"\b({'|'.join(REASONS)})(?=\b|[0-9])", text)
    return tuple(dict.fromkeys(found))


# --- entries that ran into each other -----------------------------------------------------------------------------------

_SWALLOWED = re.compile(r"\s*\.?\s*License Requirements Reason for Control: ")
_TABLE = re.compile(
    r"Control\(s\) Country [Cc]hart \(see Supp\. No\. 1 to part 738\) (.*?)"
    r"(?: License Requirements Note| Reporting Requirements| List Based License Exceptions)"
)
_FLAGS = re.compile(
    r"List Based License Exceptions \(See Part 740[^)]*\) (.*?)(?: Special Conditions for| List of Items Controlled|\Z)"
)
_CELL = re.compile(
    rf"((?:{'|'.join(REASONS)}) Column [1-3]\.?|China, Russia, or Venezuela .*|See § 746\.1.*|To or within .*|Worldwide .*)\Z"
)  # fmt: skip


def split_entry(entry: Entry) -> tuple[Entry, ...]:
    """Two entries out of one whose heading swallowed the text between it and the next one; else the entry itself.

    Where the heading runs on through the requirements and the items to the next entry, the requirements kept beside it are
    those of the next one. Its own stand in the heading.
    """
    begin = _SWALLOWED.search(entry.heading)
    if begin is None:
        return _split_rows(entry)
    text = entry.heading
    table, nexts = _TABLE.search(text), list(_NEXT.finditer(text, begin.end()))
    after = [one for one in nexts if one[1][:2] == entry.eccn[:2] and one[1] > entry.eccn]
    after = [one for one in after if text[one.end()] in '“"ET' and "(see list of items controlled)" in text[one.end() :].lower()]
    if table is None or not after:
        raise SourceError("GL0607", f"the heading of {entry.eccn} holds other text that does not read")
    last = after[-1]
    rows = []
    for part in re.split(rf" (?=(?:{'|'.join(REASONS)}) appl)", table[1]):
        cell = _CELL.search(part.strip())
        if cell is None:
            raise SourceError("GL0607", f"a requirement in the heading of {entry.eccn} does not read")
        rows.append((part.strip()[: cell.start()].strip(), cell[1]))
    flags = _FLAGS.search(text)
    told = re.findall(r"\b(LVS|GBS|TSR|IEC|APP|ENC): (.*?)(?= (?:LVS|GBS|TSR|IEC|APP|ENC): |\Z)", flags[1] if flags else "")
    own = replace(
        entry,
        heading=text[: begin.start()].strip(),
        reasons=reasons_of(text[begin.end() :].split("Control(s)")[0]),
        controls=tuple(rows),
        flags=tuple(sorted(told)),
        texts=(),
        split=True,
    )
    other = replace(entry, eccn=last[1], heading=text[last.end() :].strip(), reasons=(), split=True)
    reasons = tuple(dict.fromkeys(word for control, _ in entry.controls for word in reasons_of(control[:3])))
    return own, replace(other, reasons=reasons)


def _split_rows(entry: Entry) -> tuple[Entry, ...]:
    """Two entries out of one beside whose requirements those of the next one stand, if its text names it; else the entry."""
    whole = [plain(control)[:2] if plain(control).endswith("applies to entire entry") else "" for control, _ in entry.controls]
    again = next((number for number, one in enumerate(whole) if one and one in whole[:number]), None)
    named = [found[1] for text in entry.texts if (found := re.match(rf"For the purposes of ({ECCN}):", text))]
    if not named and entry.eccn in _AFTER:
        named = [_AFTER[entry.eccn]]
    if again is None or not named or named[0] == entry.eccn:
        return (entry,)
    reasons = tuple(dict.fromkeys(one for one in whole[again:] if one))
    # the exceptions for software and technology cannot be those of goods, where the two are of different kinds
    theirs = tuple(one for one in entry.flags if _of_software(one) and entry.eccn[1] in "ABC" and named[0][1] in "DE")
    other = Entry(named[0], entry.category, "", reasons, entry.controls[again:], theirs, entry.texts, split=True)
    own = tuple(one for one in entry.flags if one not in theirs)
    return replace(entry, controls=entry.controls[:again], flags=own, split=True), other


# An entry with the requirements of the next one beside its own, where no text of the two names the next one.
_AFTER: Final[dict[str, str]] = {"8C609": "8D001"}


def _of_software(flag: tuple[str, str]) -> bool:
    return flag[0] == "TSR" or plain(flag[1]).startswith('License Exception STA may not be used to ship or transmit "software"')


# --- cells of JSON ------------------------------------------------------------------------------------------------------


def _not_official(name: str, why: str) -> SourceError:
    return SourceError(
        "GL0601", f"{name} is not of the official form: {why}", hint="the forms that are read: greenlane rules sync --help"
    )


def _mark(text: str, name: str) -> str:
    mark = text.replace(" ", "")
    if len(mark) > 4:
        raise SourceError("GL0607", f"`{text[:40]}` is no mark", at=Place(name))
    return mark


def _mapping(tree: Any, key: str, name: str) -> Mapping[str, Any]:
    found = tree.get(key) if isinstance(tree, dict) else None
    if not isinstance(found, dict):
        raise _not_official(name, f"`{key}` is missing or no mapping")
    return found


def _list(tree: Any, key: str, name: str) -> list[Any]:
    found = tree.get(key) if isinstance(tree, dict) else None
    if not isinstance(found, list):
        raise _not_official(name, f"`{key}` is missing or no list")
    return found


def _texts(tree: Any, key: str, name: str) -> list[str]:
    found = _list(tree, key, name)
    if not all(isinstance(one, str) for one in found):
        raise _not_official(name, f"`{key}` holds something that is no text")
    return found


def _text(tree: Any, key: str, name: str) -> str:
    found = tree.get(key) if isinstance(tree, dict) else None
    if not isinstance(found, str):
        raise _not_official(name, f"`{key}` is missing or no text")
    return found


def bounded(names: Iterable[str]) -> str:
    """A few names for a message."""
    some = sorted(names)
    return ", ".join(some[:5]) + (f" and {len(some) - 5} more" if len(some) > 5 else "")
