"""Our own tables of the US lists, made from an official source: chart, groups, controls, entries, exceptions.

Each requirement row of the source becomes rows of `controls.csv`, or is held by another instrument, or is a row that is not
modelled: `account` says which, for every one. What only a person can say (our words for a part, short titles, dated changes)
is kept: readings by the digest of the words they read, titles and dates in the tables themselves.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from greenlane.feeds.us_ear import COLUMNS, GROUPS, Entry, Source
from greenlane.feeds.us_ear_exceptions import EXCEPTION_COLUMNS, exceptions
from greenlane.feeds.us_ear_places import NAMES, place_of
from greenlane.feeds.us_ear_words import (
    IRAQ_REASONS,
    TO_IRAQ,
    UN_EMBARGO,
    WORLD,
    Scope,
    Way,
    cells_of,
    columns_of,
    digest,
    part_words,
    plain,
    read_scope,
    reason_of,
    station_of,
    ways_of,
)
from greenlane.law.table import MEASURE_COLUMNS, MEMBER_COLUMNS

Row = dict[str, str]
CHART: Final[str] = "us/country-chart.csv"
COUNTRY_GROUPS: Final[str] = "us/country-groups.csv"
CONTROLS: Final[str] = "us/us-ccl/controls.csv"
ENTRIES: Final[str] = "us/us-ccl/entries.csv"
EXCEPTIONS: Final[str] = "us/us-ccl/exceptions.csv"
TABLES: Final[dict[str, tuple[str, ...]]] = {
    CHART: tuple(one for one in MEMBER_COLUMNS if one not in ("also", "effect", "review")),
    COUNTRY_GROUPS: tuple(one for one in MEMBER_COLUMNS if one not in ("also", "effect", "review")),
    CONTROLS: tuple(one for one in MEASURE_COLUMNS if one not in ("customs", "ship_to", "origin", "reading")),
    ENTRIES: tuple(one for one in MEMBER_COLUMNS if one not in ("also", "effect", "review")),
    EXCEPTIONS: EXCEPTION_COLUMNS,
}
_REASON_WORDS: Final[dict[str, str]] = {
    "AT": "anti-terrorism", "CB": "chemical and biological weapons", "CC": "crime control", "CW": "chemical weapons convention",
    "EI": "encryption", "FC": "firearms convention", "MT": "missile technology", "NP": "nuclear nonproliferation",
    "NS": "national security", "RS": "regional stability", "SI": "significant items", "SL": "surreptitious listening",
    "SS": "short supply", "UN": "United Nations embargo", "RISS": "Russian industry sector sanctions",
}  # fmt: skip
_ITAR = re.compile(r"\((?:These items are|This entry is) [\"“]subject to the ITAR")
_SERIES_600 = re.compile(r"[0-9][A-E]6[0-9]{2}\Z")
_SERIES_515 = re.compile(r"9[A-E]515\Z")
_TO_E1 = re.compile(r"AT applies to entire entry\..* to a country in Country Group E:1 of Supplement No\. 1 to part 740")


# --- readings by a person -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person read the words of one requirement; or which instrument holds it."""

    control: tuple[str, ...]
    but: tuple[str, ...]
    words: str
    handled_by: str = ""


def readings(path: Path | None = None) -> dict[tuple[str, str], tuple[Reading, ...]]:
    """The readings that travel with the program, by entry and digest of the words."""
    found: dict[tuple[str, str], tuple[Reading, ...]] = {}
    text = (path or Path(__file__).with_name("us_ear_readings.csv")).read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        key = (row["entry"], row["digest"])
        one = Reading(_parts(row["control"]), _parts(row["but"]), row["words"], row["handled_by"])
        found[key] = (*found.get(key, ()), one)
    return found


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)


# --- requirements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one requirement of the source."""

    entry: str
    control: str
    rows: tuple[str, ...] = ()  # ids in controls.csv
    handled_by: str = ""  # another instrument
    not_modelled: bool = False  # its rows stand there, and never decide


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row before it has its id."""

    sources: tuple[int, ...]  # numbers of the requirements within the entry; two that say the same are one row
    reason: str
    column: str
    scope: Scope
    way: Way
    standing: str = ""

    @property
    def base(self) -> str:
        return self.column or self.reason


def controls(source: Source) -> tuple[list[Row], list[Told]]:
    """The rows of `controls.csv`, and what became of every requirement of the source."""
    known = readings()
    rows: list[Row] = []
    told: list[Told] = []
    for entry in source.entries:
        drafts, handled = _drafts(entry, source, known)
        made = _rows(entry, drafts)
        rows.extend(row for _, row in made)
        for number, (control, _) in enumerate(entry.controls):
            mine = [(draft, row) for draft, row in made if number in draft.sources]
            ids = tuple(row["id"] for _, row in mine)
            closed = bool(mine) and all(draft.standing for draft, _ in mine)
            told.append(Told(entry.eccn, control, ids, handled.get(number, ""), closed))
    rows.extend(_note_rows(source))
    return sorted(rows, key=lambda row: row["id"]), told


def account(source: Source) -> list[Told]:
    """For every requirement of the source: the rows it became, who else holds it, or that it is not modelled."""
    return controls(source)[1]


def _drafts(
    entry: Entry, source: Source, known: Mapping[tuple[str, str], tuple[Reading, ...]]
) -> tuple[list[_Draft], dict[int, str]]:
    drafts: list[_Draft] = []
    handled: dict[int, str] = {}
    have: set[str] = set()
    for number, (whole, cell) in enumerate(entry.controls):
        for control, chart in cells_of(whole, cell):
            found = reason_of(control)
            reason, words = found if found else ("", plain(control))
            have.add(reason)
            hand = known.get((entry.eccn, digest(control)), ())
            others = tuple(one.handled_by for one in hand if one.handled_by)
            if others:
                handled[number] = ";".join(others)
                continue
            words, russia = station_of(words)
            scopes = [Scope(one.control, one.but, one.words) for one in hand] or [_scope(words, entry.eccn)]
            column, beside = columns_of(chart, reason)
            holder, less = _HELD.get((entry.eccn, column), ("", ""))
            if holder:
                handled[number] = holder
            ways = _column_ways(column, less) if column else _words_ways(control, chart)
            if not reason:
                ways = (Way(WORLD, missing="the requirement, told in words that were not read"),)
            found_ways = [(column, way) for way in ways] + [("", way) for way in (ways_of(beside) if beside else ())]
            if not _reach_iraq(source, reason, [way for _, way in found_ways]):
                found_ways.append((column, TO_IRAQ))
            for scope in scopes:
                for at, way in found_ways:
                    drafts.extend(_drafts_to(number, reason, at, scope, way, russia))
    drafts.extend(_beyond(entry, source, have))
    return _joined(drafts), handled


def _drafts_to(number: int, reason: str, column: str, scope: Scope, way: Way, russia: str) -> Iterable[_Draft]:
    """The requirement for one set of destinations; Russia apart, where the row takes something out for Russia alone."""
    standing = "unverified" if way.missing else ""
    places = way.destination.split(";")
    if not russia or "RU" not in places:
        yield _Draft((number,), reason, column, scope, way, standing)
        return
    others = ";".join(one for one in places if one != "RU")
    yield _Draft((number,), reason, column, scope, replace(way, destination=others), standing)
    words = f"{scope.words}; {russia}" if scope.words else russia
    yield _Draft((number,), reason, column, replace(scope, words=words), replace(way, destination="RU", suffix="ru"), standing)


def _reach_iraq(source: Source, reason: str, ways: Iterable[Way]) -> bool:
    """Whether Iraq is among the destinations, or is not asked for this reason by section 746.3(a)(1)."""
    if reason not in IRAQ_REASONS:
        return True
    groups = {f"group:us-{group.lower()}" for group, names in source.groups.items() if "Iraq" in names}
    columns = {f"group:us-{column.lower()}" for column in source.chart.get("Iraq", ())}
    held = {"IQ", UN_EMBARGO, *groups, *columns}
    for way in ways:
        parts = way.destination.split(";")
        named = [one for one in parts if not one.startswith("!")]
        if (not named or held & set(named)) and not held & {one[1:] for one in parts if one.startswith("!")}:
            return True
    return False


def _joined(drafts: Iterable[_Draft]) -> list[_Draft]:
    """Requirements that ask the same of the same goods for other reasons, as one row."""
    found: dict[object, _Draft] = {}
    for draft in drafts:
        about = (draft.scope, draft.way, draft.base if draft.scope.words else "")
        same = found.get(about)
        if same is None:
            found[about] = draft
        else:
            reason = same.reason if draft.reason == same.reason else f"{same.reason}-{draft.reason}"
            found[about] = replace(same, sources=(*same.sources, *draft.sources), reason=reason)
    return list(found.values())


def _scope(words: str, eccn: str) -> Scope:
    scope = read_scope(words, eccn)
    if scope is not None:
        return scope
    return Scope((eccn,), (), part_words(words) or "the part that the entry tells in words, not yet put in ours")


# Rows that another instrument holds for some places, because it has dates that the table lacks.
_HELD: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("2A290", "NP2"): ("us-np2", ";!CN;!HK;!MO"),
    ("2A291", "NP2"): ("us-np2", ";!CN;!HK;!MO"),
}


def _column_ways(column: str, less: str = "") -> tuple[Way, ...]:
    """The places the chart marks. It marks none for anti-terrorism: there its four rows without marks point to part 746."""
    if column.startswith("AT"):
        return (Way("group:us-part-746", missing="the requirements of part 746, to which the chart points"),)
    return (Way(f"group:us-{column.lower()}{less}"),)


def _words_ways(control: str, chart: str) -> tuple[Way, ...]:
    """The destinations told beside or, where the cell repeats the requirement, within it."""
    if plain(chart) == plain(control):
        inner = re.search(r"A license is required .*", plain(control))
        chart = inner[0] if inner else ""
        if not chart:
            return (Way(WORLD, missing="the destinations, which the table leaves out"),)
    if "when exported from" in control:
        return (Way(WORLD, missing="goods that are sent from Macau or Country Group D:5"),)
    return ways_of(chart)


def _beyond(entry: Entry, source: Source, have: set[str]) -> Iterable[_Draft]:
    """Reasons that an entry names, or must have, and whose requirement no row of the source tells."""
    if _points_away(entry):
        return
    whole = Scope((entry.eccn,))
    for reason in entry.reasons:
        if reason in have:
            continue
        told = _ELSEWHERE.get((entry.eccn, reason))
        if told is not None:
            yield _Draft((), reason, "", whole, told)
        elif reason == "AT" and any(_TO_E1.match(plain(text)) for text in entry.texts):
            yield _Draft((), reason, "", whole, Way("group:us-e1"))
        elif entry.eccn in source.everywhere and reason in ("CC", "SL"):
            yield _Draft((), reason, "", whole, Way(WORLD))
        else:
            yield _Draft((), reason, "", whole, Way(WORLD, missing="the requirement, which is not in the table"), "unverified")
    if not entry.reasons and not entry.controls:
        yield _Draft(
            (), "", "", whole, Way(WORLD, missing="the requirements of this entry, which are not in the table"), "unverified"
        )


# A reason without a row, whose requirement another section tells: 746.3(a)(3) names 6A992 as one of the entries that are controlled
# for regional stability to Iraq.
_ELSEWHERE: Final[dict[tuple[str, str], Way]] = {("6A992", "RS"): Way("IQ", source="ccl;iraq")}


def _points_away(entry: Entry) -> bool:
    return bool(_ITAR.search(entry.heading)) and not entry.controls


def _rows(entry: Entry, drafts: Sequence[_Draft]) -> list[tuple[_Draft, Row]]:
    ids = _ids(entry.eccn, drafts)
    keys = _part_keys(drafts)
    made = []
    for draft, name in zip(drafts, ids, strict=True):
        scope, way = draft.scope, draft.way
        row = dict.fromkeys(TABLES[CONTROLS], "")
        row |= {
            "id": name,
            "title": _title(entry.eccn, draft),
            "control": ";".join(f"eccn:{code}" for code in scope.control),
            "but": ";".join(f"eccn:{code}" for code in scope.but),
            "part": keys[draft.sources, draft.base] if scope.words else "",
            "part_words": scope.words,
            "destination": way.destination,
            "effect": way.effect,
            "review": way.review,
            "standing": draft.standing,
            "source": way.source,
        }
        made.append((draft, row))
    return made


def _title(eccn: str, draft: _Draft) -> str:
    scope = draft.scope
    if scope.words:
        what = f"{eccn}, a part told in words"
    elif len(scope.control) == 1:
        what = scope.control[0]
    else:
        what = f"{scope.control[0]} and {len(scope.control) - 1} more paragraph{'s' if len(scope.control) > 2 else ''}"
    if scope.but:
        what += f" less {len(scope.but)} paragraph{'s' if len(scope.but) > 1 else ''}"
    why = " and ".join(_REASON_WORDS[one] for one in draft.reason.split("-") if one) or "requirements"
    if draft.way.missing:
        column = f", column {draft.column[-1]}" if draft.column else ""
        return f"{what}: {why}{column}; not modelled: {draft.way.missing}"
    return f"{what}: {why}, column {draft.column[-1]}" if draft.column else f"{what}: {why}, destinations told in words"


def _ids(eccn: str, drafts: Sequence[_Draft]) -> list[str]:
    """`3A001-NS2`; where several rows of an entry would be called so, with the paragraph, `part` and a number after it."""
    short = ["-".join(part for part in (eccn, draft.base or "law", draft.way.suffix) if part) for draft in drafts]
    twice = {name for name, count in Counter(short).items() if count > 1}
    found: list[str] = []
    for name, draft in zip(short, drafts, strict=True):
        if name in twice:
            first = draft.scope.control[0][6:]
            tail = "-".join(part for part in (first, "part" if draft.scope.words else "") if part)
            found.append(_free(f"{name}-{tail}" if tail else name, found))
        else:
            found.append(name)
    return found


def _free(name: str, taken: Sequence[str]) -> str:
    """The name, with a number after it where it is taken."""
    number, full = 1, name
    while full in taken:
        number += 1
        full = f"{name}-{number}"
    return full


def _part_keys(drafts: Sequence[_Draft]) -> dict[tuple[tuple[int, ...], str], str]:
    """The key of each part: reason and column, with a number where an entry has several."""
    keys: dict[tuple[tuple[int, ...], str], str] = {}
    for draft in drafts:
        if draft.scope.words and (draft.sources, draft.base) not in keys:
            number = 1 + sum(base == draft.base for _, base in keys)
            keys[draft.sources, draft.base] = draft.base if number == 1 else f"{draft.base}-{number}"
    return keys


def _note_rows(source: Source) -> Iterable[Row]:
    """What footnotes 7 and 10 of the Country Chart ask beside its marks."""
    for number, name, title, codes, but, part, words in _FOOTNOTES:
        places = sorted(str(place_of(place)) for place, notes in source.notes.items() if number in notes)
        if places:
            row = dict.fromkeys(TABLES[CONTROLS], "")
            row |= {"id": name, "title": title, "control": codes, "but": but, "part": part, "part_words": words}
            yield row | {"destination": ";".join(places)}


_FOOTNOTES: Final[tuple[tuple[str, str, str, str, str, str, str], ...]] = (
    ("7", "chart-note-7", "6A003.b.4.b and 9A515.e: regional stability, by footnote 7 of the chart",
     "eccn:6A003.b.4.b;eccn:9A515.e", "", "", ""),
    ("10", "chart-note-10", "Firearms and their technology, by footnote 10 of the chart",
     "eccn:0A501;eccn:0A504.i;eccn:0A505.a;eccn:0A505.x;eccn:0A506;eccn:0A507;eccn:0A509;eccn:0E501;eccn:0E504",
     "eccn:0A501.y", "", ""),
    ("10", "chart-note-10-0A502", "0A502, a part told in words, by footnote 10 of the chart", "eccn:0A502", "", "NS1",
     "shotguns with a barrel shorter than 18 inches"),
    ("10", "chart-note-10-0A508", "0A508, a part told in words, by footnote 10 of the chart", "eccn:0A508", "", "NS1",
     "semi-automatic shotguns with a barrel shorter than 18 inches"),
    ("10", "chart-note-10-0D501", "0D501, a part told in words, by footnote 10 of the chart", "eccn:0D501", "", "NS1",
     "software other than for 0A501.y and for 0B501 equipment that serves 0A501.y"),
    ("10", "chart-note-10-0D505", "0D505, a part told in words, by footnote 10 of the chart", "eccn:0D505", "", "NS1",
     "software for 0A505.a and .x and for equipment of 0B505.a and .x"),
    ("10", "chart-note-10-0E505", "0E505, a part told in words, by footnote 10 of the chart", "eccn:0E505", "", "NS1",
     "technology for 0A505.a and .x, for their equipment of 0B505 and the software of 0D505"),
)  # fmt: skip


# --- places and entries -------------------------------------------------------------------------------------------------


def places(source: Source) -> dict[str, dict[str, tuple[str, ...]]]:
    """For the chart and the groups: each place with its marks."""
    chart: dict[str, list[str]] = {}
    for name, marks in source.chart.items():
        notes = [f"note-{number}" for number in source.notes.get(name, ())]
        chart[str(place_of(name))] = ["row", *(column for column in COLUMNS if column in marks), *notes]
    groups: dict[str, list[str]] = {}
    for group in GROUPS:
        for name in source.groups.get(group, ()):
            groups.setdefault(str(place_of(name)), []).append(group)
    for name, other in source.inherits.items():
        heir, row = str(place_of(name)), str(place_of(other))
        chart[heir] = [mark for mark in chart[row] if not mark.startswith("note-")] + [
            f"note-{number}" for number in source.notes.get(name, ())
        ]
        if heir in ("HK", "LI") and row in groups:  # one destination with China, one territory with Switzerland
            groups[heir] = groups[row]
    for name in source.embargoed:
        chart[str(place_of(name))] = ["part-746", *(f"note-{number}" for number in source.notes.get(name, ()))]
    return {
        CHART: {place: tuple(marks) for place, marks in chart.items()},
        COUNTRY_GROUPS: {place: tuple(marks) for place, marks in groups.items()},
    }


def entries(source: Source) -> dict[str, tuple[str, ...]]:
    """Each entry with its marks."""
    found = {}
    for entry in source.entries:
        marks = []
        if _points_away(entry):
            marks.append("itar")
        elif entry.controls or (entry.reasons and all(_told_beside(entry, source, reason) for reason in entry.reasons)):
            marks.append("listed")
        else:
            marks.append("no-table")
        if _SERIES_600.match(entry.eccn):
            marks.append("600-series")
        if _SERIES_515.match(entry.eccn):
            marks.append("9x515")
        found[entry.eccn] = tuple(marks)
    return found


def _told_beside(entry: Entry, source: Source, reason: str) -> bool:
    """Whether the requirement for a reason is certain though the entry has no table."""
    if reason == "AT":
        return any(_TO_E1.match(plain(text)) for text in entry.texts)
    return entry.eccn in source.everywhere and reason in ("CC", "SL")


# --- tables with what is kept ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the tables as they are and as the source has them."""

    table: str
    key: str
    before: str
    after: str


def read_csv(text: str) -> list[Row]:
    """The rows of one of our own tables."""
    return [dict(row) for row in csv.DictReader(io.StringIO(text))]


def write_csv(table: str, rows: Iterable[Mapping[str, str]]) -> str:
    """One of our own tables as text: its columns, LF, no more quotes than needed."""
    out = io.StringIO()
    writer = csv.DictWriter(out, TABLES[table], lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    writer.writerows({column: row.get(column, "") for column in TABLES[table]} for row in rows)
    return out.getvalue()


def build(source: Source, present: Mapping[str, str]) -> tuple[dict[str, str], list[Change]]:
    """The tables as the source has them, and what differs from the present ones (none: every row is new).

    What has ended stays with its days. A change gets the day of the source as its first; the day of the law itself is for
    the person who reviews the draft to put in.
    """
    made, _ = controls(source)
    wanted: dict[str, list[Row]] = {CONTROLS: made, EXCEPTIONS: exceptions(source, made)}
    marked = {**places(source), ENTRIES: {f"eccn:{code}": marks for code, marks in entries(source).items()}}
    texts: dict[str, str] = {}
    changes: list[Change] = []
    for table in TABLES:
        old = read_csv(present[table]) if table in present else []
        if table in wanted:
            rows, found = _merge_rows(table, old, wanted[table], source.as_of)
        else:
            rows, found = _merge_members(table, old, marked[table], source.as_of)
        texts[table] = write_csv(table, rows)
        changes.extend(found)
    return texts, changes


def _merge_members(
    table: str, old: Sequence[Row], wanted: Mapping[str, Sequence[str]], as_of: str
) -> tuple[list[Row], list[Change]]:
    by_member: dict[str, list[Row]] = {}
    for row in old:
        by_member.setdefault(row["member"], []).append(row)
    rows: list[Row] = []
    changes: list[Change] = []
    for member in sorted({*by_member, *wanted}):
        mine = by_member.get(member, [])
        name = next((row["name"] for row in mine if row["name"]), "") or _name(table, member)
        current = [row for row in mine if not row["until"]]
        before = [mark for row in current for mark in row["marks"].split()]
        after = list(wanted.get(member, ()))
        rows.extend(mine)
        if sorted(before) == sorted(after):
            continue
        changes.append(Change(table, member, " ".join(sorted(before)), " ".join(sorted(after))))
        gone, new = [one for one in before if one not in after], [one for one in after if one not in before]
        for row in current:
            stay = [mark for mark in row["marks"].split() if mark not in gone]
            leave = [mark for mark in row["marks"].split() if mark in gone]
            if leave:
                rows.remove(row)
                if stay:
                    rows.append(row | {"marks": " ".join(stay)})
                rows.append(row | {"marks": " ".join(leave), "until": as_of, "until_known_since": as_of})
        if new:
            fresh = dict.fromkeys(TABLES[table], "") | {"member": member, "marks": " ".join(new), "name": name}
            rows.append(fresh | ({"from": as_of, "known_since": as_of} if old else {}))
    return sorted(rows, key=lambda row: (row["member"], row["from"], row["until"], row["marks"])), changes


def _name(table: str, member: str) -> str:
    if table == ENTRIES:
        return f"Entry of category {member.removeprefix('eccn:')[0]} without a title yet"
    return NAMES.get(member, member)


def _merge_rows(table: str, old: Sequence[Row], wanted: Sequence[Row], as_of: str) -> tuple[list[Row], list[Change]]:
    open_rows = {_base(row["id"]): row for row in old if not row["until"]}
    rows = [row for row in old if row["until"]]
    changes: list[Change] = []
    fresh = {row["id"]: row for row in wanted}
    for name in sorted({*open_rows, *fresh}):
        was, will = open_rows.get(name), fresh.get(name)
        if was is not None and will is not None and _said(was) == _said(will):
            rows.append(was)
            continue
        changes.append(Change(table, name, _words(was), _words(will)))
        if was is not None:
            rows.append(was | {"from": was["from"] or FIRST_DAY, "until": as_of, "source": was["source"] or LIST})
        if will is not None:
            later = {"id": f"{name}-from-{as_of}", "from": as_of, "known_since": as_of, "source": will["source"] or LIST}
            rows.append(will | later if old else will)
    return sorted(rows, key=lambda row: row["id"]), changes


FIRST_DAY: Final[str] = "2025-01-01"  # the first day the tables are read for
LIST: Final[str] = "ccl"  # the key of the list itself among the sources of us-ccl
_KEPT = ("id", "from", "until", "known_since")


def _base(name: str) -> str:
    return re.sub(r"-from-[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", "", name)


def _said(row: Row) -> Row:
    told = {key: re.sub(r"-from-[0-9-]{10}", "", value) for key, value in row.items() if key not in _KEPT and value}
    if told.get("source") == LIST:
        del told["source"]
    return told


def _words(row: Row | None) -> str:
    return "" if row is None else "; ".join(f"{key}={value}" for key, value in _said(row).items() if key != "title")


def renamed(source: Source, as_of: str) -> Source:
    """The same source with another day, for forms that carry none."""
    return replace(source, as_of=as_of)
