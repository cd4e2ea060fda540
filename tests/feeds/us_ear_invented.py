"""An invented source of the US lists, whole enough to be taken, in both forms: one model, two writers.

Marks, entries and requirements are invented; only names of places and columns are those of the law.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from greenlane.feeds.us_ear import COLUMNS, GROUPS
from greenlane.feeds.us_ear_places import CODES

DAY = "2026-07-23"
INHERITED = ("Hong Kong", "Liechtenstein", "Cayman Islands")
EMBARGOED = ("Cuba", "Iran", "Korea, North", "Syria")
AGAIN = (
    "Bosnia & Herzegovina",
    "China (PRC)",
    "Congo (Democratic Republic of)",
    "Cote d'lvoire",
    "Micronesia, Federated States of",
    "Saint Kitts & Nevis",
    "Saint Lucia",
    "Saint Vincent and the Grenadines",
    "Sao Tome & Principe",
    "Seychelles",
    "The Bahamas",
    "Trinidad & Tobago",
)
MARKS = tuple(one for one in COLUMNS if not one.startswith("AT"))


@dataclass
class Told:
    """One entry as a test tells it."""

    eccn: str
    heading: str = "Invented goods, as follows."
    reasons: str = "NS, AT"
    controls: Sequence[tuple[str, str]] = (
        ("NS applies to entire entry", "NS Column 2"),
        ("AT applies to entire entry", "AT Column 1"),
    )
    flags: Mapping[str, str] = field(default_factory=lambda: {"LVS": "$3000", "GBS": "Yes", "STA": "Limits in words."})
    texts: Sequence[str] = ()


def entries(special: Sequence[Told] = ()) -> list[Told]:
    """At least 620 entries with three requirements each, and the special ones."""
    extra = ("RS applies to {0}.a.1 to a.3, b, and .y", "RS Column 1.")
    found = {one.eccn: one for one in special}
    for category in "0123456789":
        for group in "ABC":
            for number in range(700, 721):
                code = f"{category}{group}{number}"
                rows = (*Told(code).controls, (extra[0].format(code), extra[1]))
                found.setdefault(code, Told(code, controls=rows))
    return sorted(found.values(), key=lambda one: one.eccn)


@dataclass
class Model:
    """The whole source."""

    told: list[Told] = field(default_factory=entries)
    marks: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = [name for name in CODES if name not in (*INHERITED[:1], "Cayman Islands", *EMBARGOED, *AGAIN, "United States")]
        for number, name in enumerate(rows):
            self.marks.setdefault(name, [one for place, one in enumerate(MARKS) if (number + place) % 3])
        names = [name for name in CODES if name not in INHERITED]
        for number, group in enumerate(GROUPS):
            self.groups.setdefault(group, [name for place, name in enumerate(names) if (place + number) % 4 == 0])
        self.groups["B"] = [name for name in names if name not in EMBARGOED]


def as_json(model: Model) -> dict[str, bytes]:
    """The three files."""
    head: dict[str, Any] = {"ecfrIssueDate": DAY}
    chart = head | {
        "columns": [f"{one[:2]} {one[2]}" for one in COLUMNS],
        "countries": {
            name: {"marks": [f"{one[:2]} {one[2]}" for one in marks], "footnotes": [7] if name == "India" else []}
            for name, marks in model.marks.items()
        },
        "embargoed": {name: {"pointer": "elsewhere", "footnotes": [1] if name == "Iran" else []} for name in EMBARGOED},
        "territoryInheritance": {
            "hong kong": {"row": "China"}, "liechtenstein": {"row": "Switzerland"}, "cayman islands": {"row": "United Kingdom"},
        },
        "allDestinationsEntries": {"noLicenceExceptions": ["0A983", "5E980"], "govOnly": {"entries": ["5A980", "5D980"]}},
    }  # fmt: skip
    groups = head | {
        "labels": {},
        "groups": {group if group == "B" else f"{group[0]}:{group[1]}": names for group, names in model.groups.items()},
    }
    rows = [
        {
            "eccn": one.eccn, "category": one.eccn[0], "heading": one.heading, "reasonForControl": one.reasons or None,
            "countryChart": [{"control": control, "countryChart": cell} for control, cell in one.controls],
            "licenceExceptionFlags": dict(one.flags), "items": [{"text": text} for text in one.texts],
        }
        for one in model.told
    ]  # fmt: skip
    files = {"country-chart.json": chart, "country-groups.json": groups, "ccl.json": head | {"entries": rows}}
    return {name: json.dumps(tree, ensure_ascii=False).encode() for name, tree in files.items()}


def as_xml(model: Model) -> dict[str, bytes]:
    """The same as parts of title 15."""
    chart = "<TR><TH rowspan='2'>Countries</TH><TH colspan='16'>Reasons</TH></TR><TR>"
    chart += "".join(f"<TH>{one[:2]} {one[2]}</TH>" for one in COLUMNS) + "</TR>"
    for name, marks in model.marks.items():
        note = " <sup>7</sup>" if name == "India" else ""
        chart += (
            f"<TR><TD>{escape(name)}{note}</TD>" + "".join("<TD>X</TD>" if one in marks else "<TD/>" for one in COLUMNS) + "</TR>"
        )
    for name in EMBARGOED:
        note = " <sup>1</sup>" if name == "Iran" else ""
        chart += f"<TR><TD>{name}{note}</TD><TD colspan='16'>See part 746.</TD></TR>"
    chart += "<TR><TD colspan='17'><sup>7</sup> A footnote over the whole width.</TD></TR>"
    groups = ""
    for side in "ADE":
        labels = [one for one in GROUPS if one[0] == side]
        names = list(dict.fromkeys(name for one in labels for name in model.groups[one]))
        groups += (
            f"<TABLE><CAPTION>Country Group {side}</CAPTION><TR><TH>Country</TH>" + "<TH>x</TH>" * len(labels) + "</TR><TBODY>"
        )
        for name in names:
            cells = "".join("<TD>X</TD>" if name in model.groups[one] else "<TD/>" for one in labels)
            groups += f"<TR><TD>{escape(name)}<sup>4</sup></TD>{cells}</TR>"
        groups += "</TBODY></TABLE>"
    groups += "<HD1>Country Group B&#x2014;Countries</HD1><SCOL2>"
    groups += "".join(f"<LI>{escape(name)}</LI>" for name in model.groups["B"]) + "</SCOL2>"
    listed = ""
    for told in model.told:
        listed += f"<FP-2><B>{told.eccn} {escape(told.heading)}</B></FP-2><HD2>License Requirements</HD2>"
        listed += f"<FP-1><I>Reason for Control:</I> {told.reasons}</FP-1>" if told.reasons else ""
        if told.controls:
            listed += "<TABLE><TR><TH>Control(s)</TH><TH>Country Chart (see Supp. No. 1 to part 738)</TH></TR><TBODY>"
            listed += "".join(f"<TR><TD>{escape(control)}</TD><TD>{escape(cell)}</TD></TR>" for control, cell in told.controls)
            listed += "</TBODY></TABLE>"
        listed += "".join(f"<FP-1>{symbol}: {escape(text)}</FP-1>" for symbol, text in told.flags.items())
        listed += "".join(f"<P>{escape(text)}</P>" for text in told.texts)
    return {
        f"part-{part}.xml": (
            f'<?xml version="1.0" encoding="UTF-8"?><DIV5 N="{part}" TYPE="PART"><DIV8 N="1" TYPE="SECTION"><P>Text.</P></DIV8>'
            f'<DIV9 N="Supplement No. 1 to Part {part}" TYPE="APPENDIX"><HEAD>Supplement</HEAD>{body}</DIV9></DIV5>'
        ).encode()
        for part, body in (("738", f"<TABLE>{chart}</TABLE>"), ("740", groups), ("774", listed))
    }
