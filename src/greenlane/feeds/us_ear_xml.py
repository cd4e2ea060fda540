"""The three supplements as the electronic Code of Federal Regulations gives them: XML of title 15, parts 738, 740 and 774.

A supplement is an appendix (`<DIV9 TYPE="APPENDIX" N="Supplement No. 1 to Part 738">`). The chart and the groups are tables
(an empty cell keeps its place), group B is a list, and an entry of the Commerce Control List begins with a paragraph
`<FP-2><B>3A001 Electronic items ...</B></FP-2>`. The parser is expat; a document type declaration stops it, so there are no
entities to expand, and so does nesting that no regulation has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from greenlane.errors import Place, SourceError
from greenlane.feeds.us_ear import COLUMNS, GROUPS, Entry, Source, checked, reasons_of
from greenlane.feeds.us_ear_words import ECCN, REASONS
from greenlane.feeds.xml_tree import Element, parse

# What a part of the EAR says outside the supplements: section 738.3.
EVERYWHERE: Final[tuple[str, ...]] = ("0A983", "5E980", "5A980", "5D980")
INHERITS: Final[Mapping[str, str]] = {"Hong Kong": "China", "Liechtenstein": "Switzerland", "Cayman Islands": "United Kingdom"}
_HEADING = re.compile(rf"({ECCN}) (.*)\Z", re.DOTALL)
_FLAG = re.compile(r"([A-Z]{3})\s*:\s*(.+)\Z", re.DOTALL)


def read_xml(files: Mapping[str, bytes], *, as_of: str) -> Source:
    """Read the three supplements from one or more documents. Raises SourceError."""
    found = Source(as_of)
    kinds: set[str] = set()
    for name, raw in sorted(files.items()):
        for appendix in parse(raw, name).find("DIV9"):
            title = " ".join(appendix.attributes.get("N", "").split()).lower()
            if title == "supplement no. 1 to part 738":
                kinds.add("chart")
                found = _chart(found, appendix, name)
            elif title == "supplement no. 1 to part 740":
                kinds.add("groups")
                found = replace(found, groups=_groups(appendix, name))
            elif title == "supplement no. 1 to part 774":
                kinds.add("entries")
                found = replace(found, entries=tuple(_entries(appendix)))
    missing = {"chart", "groups", "entries"} - kinds
    if missing:
        raise SourceError(
            "GL0601", f"no supplement holds {', '.join(sorted(missing))}", hint="give title 15, parts 738, 740 and 774, as XML"
        )
    return checked(replace(found, inherits=dict(INHERITS), everywhere=EVERYWHERE))


def _rows(table: Element) -> list[list[Element]]:
    return [list(row.find("TD", "TH")) for row in table.find("TR")]


def _name(cell: Element) -> str:
    return re.sub(r"\s+[0-9]+\Z", "", cell.text(without=("SUP",))).strip()


def _chart(found: Source, appendix: Element, name: str) -> Source:
    chart: dict[str, tuple[str, ...]] = {}
    notes: dict[str, tuple[str, ...]] = {}
    embargoed: list[str] = []
    for table in appendix.find("TABLE"):
        rows = _rows(table)
        heads = [number for number, row in enumerate(rows) if tuple(cell.text().replace(" ", "") for cell in row[-16:]) == COLUMNS]
        if not heads:
            continue
        for row in rows[heads[0] + 1 :]:
            if len(row) < 2 or not (place := _name(row[0])):
                continue  # a footnote, over the whole width
            notes[place] = tuple(one.text() for one in row[0].find("SUP") if one.text().isdigit())
            if len(row) == 2:
                embargoed.append(place)
                continue
            marks = [cell.text().upper() for cell in row[1:]]
            if len(marks) != len(COLUMNS) or not set(marks) <= {"", "X"} or place in chart:
                raise SourceError("GL0607", f"the row of `{place[:60]}` does not read", at=Place(name))
            chart[place] = tuple(column for column, mark in zip(COLUMNS, marks, strict=True) if mark)
        return replace(found, chart=chart, notes=notes, embargoed=tuple(embargoed))
    raise SourceError("GL0601", "the Country Chart has no table with its 16 columns", at=Place(name))


def _groups(appendix: Element, name: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {group: [] for group in GROUPS}
    for table in appendix.find("TABLE"):
        titles = (re.match(r"Country Group ([ADE])\b", one.text()) for one in table.find("CAPTION", "TH", "HEAD", "P"))
        told = next((one for one in titles if one), None)
        if told is None:
            continue
        labels = [group for group in GROUPS if group[0] == told[1]]
        for row in _rows(table):
            cells = [cell.text(without=("SUP",)) for cell in row]
            if any(cell.name == "TH" for cell in row) or len(cells) < 2 or not cells[0] or len(cells[0]) > 80:
                continue
            marks = [cell.upper() for cell in cells[1:]]
            if len(marks) != len(labels) or not all(mark in ("", "X") or re.match(r"X\b", mark) for mark in marks):
                raise SourceError("GL0607", f"the row of `{cells[0][:60]}` does not read", at=Place(name))
            for group, mark in zip(labels, marks, strict=True):
                if mark:
                    groups[group].append(_name(row[0]))
    after = False
    for one in appendix.walk():
        if re.match(r"H(EA)?D[0-9]?\Z", one.name) and "Country Group B" in one.text():
            after = True
        elif after and one.name == "SCOL2":
            groups["B"].extend(_name(item) for item in one.find("LI"))
            break
    return {group: tuple(members) for group, members in groups.items()}


def _entries(appendix: Element) -> Iterator[Entry]:
    """Each heading, with everything down to the next one."""
    current: tuple[str, str] | None = None
    body: list[Element] = []
    for one in appendix.walk():
        if one.name not in ("FP-2", "FP-1", "FP", "P", "TABLE", "HD1", "HD2", "HD3"):
            continue
        bold = next(one.find("B"), None) if one.name == "FP-2" else None
        begins = None if bold is None else _HEADING.match(one.text())
        if begins:
            if current is not None:
                yield _entry(*current, body)
            current, body = (begins[1], begins[2]), []
        elif current is not None:
            body.append(one)
    if current is not None:
        yield _entry(*current, body)


def _entry(eccn: str, heading: str, body: Sequence[Element]) -> Entry:
    controls: list[tuple[str, str]] = []
    flags: dict[str, str] = {}
    reasons: tuple[str, ...] = ()
    texts: list[str] = []
    for one in body:
        if one.name == "TABLE":
            controls.extend(_requirements(one))
            continue
        text = one.text()
        told = re.match(r"Reason for Control\s*:\s*(.+)", text, re.IGNORECASE)
        flag = _FLAG.match(text)
        if told:
            reasons = reasons_of(told[1])
        elif flag and one.name.startswith("FP") and flag[1] not in REASONS:
            flags[flag[1]] = flag[2]
        elif one.name == "P" and text:
            texts.append(text)
    return Entry(eccn, eccn[0], heading, reasons, tuple(controls), tuple(sorted(flags.items())), tuple(texts))


def _requirements(table: Element) -> Iterator[tuple[str, str]]:
    """The rows of a table of requirements; other tables of an entry hold technology and have none."""
    rows = _rows(table)
    head = [cell.text().lower() for cell in rows[0]] if rows else []
    if not any("country" in one and "chart" in one for one in head) and head[:1] != ["control(s)"]:
        return
    for row in rows[1:]:
        cells = [cell.text() for cell in row]
        if cells and cells[0] and not any(cell.name == "TH" for cell in row):
            yield cells[0], (cells[1] if len(cells) > 1 and cells[1] else cells[0])
