"""A second, deliberately naive reading of the US control tables, to hold the first one to account.

It reads the saved tables (Commerce Control List, Country Chart, Country Groups) with nothing but the standard library and
knows nothing of greenlane. For an entry, or an entry with a paragraph, and a destination it says which reasons for control
require a licence for certain, which may (the scope is told in words, or the stated code is too short for it), and which send
the reader to another section, whose destinations the tables do not hold.

    tables = Tables.read(folder)
    tables.answer("3A001.b.2", "CN").certain

Where a scope mixes paragraphs with words, the reading is written down by hand in MIXED: one entry, one reason, one row.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

Path_ = tuple[str, ...]  # a paragraph, from the top: ("z", "1", "a"); () is the entry itself

IN, MAYBE, OUT = "in", "maybe", "out"
YES, OPEN, NO, UNTOLD = "yes", "open", "no", "untold"

# --- places ---------------------------------------------------------------------------------------------------------

_NAMES = """
AF Afghanistan|AL Albania|DZ Algeria|AD Andorra|AO Angola|AG Antigua and Barbuda|AR Argentina|AM Armenia|AW Aruba|AU Australia
AT Austria|AZ Azerbaijan|BS Bahamas, The|BS The Bahamas|BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus|BE Belgium|BZ Belize
BJ Benin|BT Bhutan|BO Bolivia|BA Bosnia and Herzegovina|BA Bosnia & Herzegovina|BW Botswana|BR Brazil|BN Brunei|BG Bulgaria
BF Burkina Faso|MM Burma|BI Burundi|KH Cambodia|CM Cameroon|CA Canada|CV Cape Verde|CF Central African Republic|TD Chad|CL Chile
CN China|CN China (PRC)|CO Colombia|KM Comoros|CD Congo (Democratic Republic of the)|CD Congo (Democratic Republic of)
CG Congo (Republic of the)|CR Costa Rica|CI Cote d'Ivoire|CI Cote d'lvoire|HR Croatia|CU Cuba|CW Curaçao|CY Cyprus
CZ Czech Republic|DK Denmark|DJ Djibouti|DM Dominica|DO Dominican Republic|EC Ecuador|EG Egypt|SV El Salvador
GQ Equatorial Guinea|ER Eritrea|EE Estonia|SZ Eswatini|ET Ethiopia|FJ Fiji|FI Finland|FR France|GA Gabon|GM Gambia, The
GE Georgia|DE Germany|GH Ghana|GR Greece|GD Grenada|GT Guatemala|GN Guinea|GW Guinea-Bissau|GY Guyana|HT Haiti|HN Honduras
HU Hungary|IS Iceland|IN India|ID Indonesia|IR Iran|IQ Iraq|IE Ireland|IL Israel|IT Italy|JM Jamaica|JP Japan|JO Jordan
KZ Kazakhstan|KE Kenya|KI Kiribati|KP Korea, North|KR Korea, South|XK Kosovo|KW Kuwait|KG Kyrgyzstan|LA Laos|LV Latvia
LB Lebanon|LS Lesotho|LR Liberia|LY Libya|LI Liechtenstein|LT Lithuania|LU Luxembourg|MO Macau|MG Madagascar|MW Malawi
MY Malaysia|MV Maldives|ML Mali|MT Malta|MH Marshall Islands|MR Mauritania|MU Mauritius|MX Mexico
FM Micronesia (Federated State of)|FM Micronesia, Federated States of|MD Moldova|MC Monaco|MN Mongolia|ME Montenegro
MA Morocco|MZ Mozambique|NA Namibia|NR Nauru|NP Nepal|NL Netherlands|NZ New Zealand|NI Nicaragua|NE Niger|NG Nigeria
MK North Macedonia|NO Norway|OM Oman|PK Pakistan|PW Palau|PA Panama|PG Papua New Guinea|PY Paraguay|PE Peru|PH Philippines
PL Poland|PT Portugal|QA Qatar|RO Romania|RU Russia|RW Rwanda|KN St. Kitts and Nevis|KN Saint Kitts & Nevis|LC St. Lucia
LC Saint Lucia|VC St. Vincent and the Grenadines|VC Saint Vincent and the Grenadines|WS Samoa|SM San Marino
ST Sao Tome and Principe|ST Sao Tome & Principe|SA Saudi Arabia|SN Senegal|RS Serbia|SC Seycheles|SC Seychelles
SL Sierra Leone|SG Singapore|SX Sint Maarten (the Dutch two-fifths of the island of Saint Martin)|SK Slovakia|SI Slovenia
SB Solomon Islands|SO Somalia|ZA South Africa|SS South Sudan, Republic of|ES Spain|LK Sri Lanka|SD Sudan|SR Suriname|SE Sweden
CH Switzerland|SY Syria|TW Taiwan|TJ Tajikistan|TZ Tanzania|TH Thailand|TL Timor-Leste|TG Togo|TO Tonga|TT Trinidad and Tobago
TT Trinidad & Tobago|TN Tunisia|TR Türkiye|TM Turkmenistan|TV Tuvalu|UG Uganda|UA Ukraine|AE United Arab Emirates
GB United Kingdom|US United States|UY Uruguay|UZ Uzbekistan|VU Vanuatu|VA Vatican City|VE Venezuela|VN Vietnam
EH Western Sahara|YE Yemen|ZM Zambia|ZW Zimbabwe
"""
# 746.1(b)(2), read in a copy of January 2025; the tables only refer to it.
UNITED_NATIONS = frozenset("CF CD ER IR IQ LB LY KP SO SD".split())

IRAQ = frozenset("NS MT NP CW CB RS CC EI SI SL".split())  # 746.3(a)(1)

CODES = {one[3:].strip(): one[:2] for one in re.split(r"[|\n]", _NAMES.strip())}


def place(name: str) -> str:
    """The two letters of a country as the tables spell it; KeyError for one that nobody wrote down."""
    return CODES[name.strip()]


# --- scopes ---------------------------------------------------------------------------------------------------------


def path_of(text: str) -> Path_:
    """A paragraph as a path: `.z.1.a` and `z. 1.a` are ("z", "1", "a")."""
    return tuple(part for part in re.sub(r"\s", "", text).split(".") if part)


@dataclass(frozen=True)
class Scope:
    """Which paragraphs a row is about: each node says what holds from there down; the deepest one counts."""

    nodes: tuple[tuple[Path_, str], ...]
    words: bool = False

    def of(self, path: Path_) -> str:
        """Whether goods of which only this paragraph is known are in, out, or maybe in."""
        above = [node for node in self.nodes if path[: len(node[0])] == node[0]]
        here = max(above, key=lambda node: len(node[0]))[1]
        beneath = {status for node, status in self.nodes if len(node) > len(path) and node[: len(path)] == path}
        return here if beneath <= {here} else MAYBE

    @property
    def mentioned(self) -> tuple[Path_, ...]:
        """The paragraphs that the row names."""
        return tuple(node for node, _ in self.nodes if node)


ENTIRE = Scope((((), IN),))
WORDS = Scope((((), MAYBE),), words=True)


def _scope(root: str, **named: str) -> Scope:
    """Written by hand: what holds of the entry, then the paragraphs of which something else holds: in_, maybe, out."""
    nodes: list[tuple[Path_, str]] = [((), root)]
    for key, paragraphs in named.items():
        nodes += [(path_of(one), {"in_": IN, "maybe": MAYBE, "out": OUT}[key]) for one in paragraphs.split()]
    return Scope(tuple(nodes), words=True)


_PARAGRAPH = r"(?:[a-z](?:\.\d+)?|\d+)(?:\.(?:[a-z]|\d+))*"
_OWN = r"(?P<eccn>\d[A-E]\d{3})"
_ITEM = re.compile(rf"(?:(?:paragraphs? )?(?:{_OWN}\s*)?\.?\s*(?P<path>{_PARAGRAPH}))\Z")
_REASON = re.compile(r"(?P<reason>[A-Z]{2}|Russian industry sector sanctions?) appl(?:ies|y),?(?: to)?:?\s+")
_BEFORE = re.compile(r"(?:(?:items|software|“software”|commodities) (?:controlled (?:by|in)|in) |paragraphs? )")


def paragraphs(text: str, eccn: str) -> tuple[Path_, ...] | None:
    """The paragraphs of a bare list (`a.4, c, k to n, p.2`), or None if it holds anything but paragraphs of this entry."""
    text = re.sub(r"(?<=[a-z])\.\s+(?=\d)", ".", text.strip().rstrip("."))
    text = re.sub(r"\s+(?:of this entry|only)\Z", "", text)
    found: list[Path_] = []
    for one in re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", text):
        ends = re.split(r"\s+(?:to|through)\s+", one)
        paths: list[Path_] = []
        for end in ends:
            match = _ITEM.match(end.strip())
            if match is None or match["eccn"] not in (None, eccn):
                return None
            path = path_of(match["path"])
            if path[0].isdigit():  # `d.15 and .16`: the sibling of the one before
                before = (paths or found)[-1:]
                if not before or len(before[0]) < 2:
                    return None
                path = (*before[0][: -len(path)], *path)
            paths.append(path)
        if len(paths) > 2 or not paths:
            return None
        found += paths if len(paths) == 1 else _between(*paths)
    return tuple(found)


def _between(first: Path_, last: Path_) -> list[Path_]:
    if first[:-1] != last[:-1]:
        raise ValueError(f"not a range of siblings: {first} to {last}")
    low, high = first[-1], last[-1]
    if low.isdigit():
        return [(*first[:-1], str(number)) for number in range(int(low), int(high) + 1)]
    return [(*first[:-1], chr(letter)) for letter in range(ord(low), ord(high) + 1)]


def read_scope(text: str, eccn: str) -> Scope:
    """The scope that a row tells, after the reason; WORDS for what is no entry and no list of paragraphs."""
    text = text.strip()
    whole = re.match(r"(?:the )?entire entry(?P<rest>.*)\Z", text, re.DOTALL)
    if whole is not None:
        rest = whole["rest"].strip().rstrip(".")
        if not rest:
            return ENTIRE
        but = re.match(r",?\s*except:?\s+(?P<list>.*)\Z", rest, re.DOTALL)
        without = paragraphs(but["list"], eccn) if but is not None else None
        return WORDS if without is None else Scope((((), IN), *((path, OUT) for path in without)))
    bare = _BEFORE.sub("", text, count=1) if _BEFORE.match(text) else text
    named = paragraphs(bare, eccn)
    return WORDS if named is None else Scope((((), OUT), *((path, IN) for path in named)))


# --- destinations ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Where:
    """The destinations of a row: a kind, and for the chart its column."""

    kind: str  # column, untold, or one of those that Tables.reaches knows
    column: str = ""
    says: str = ""


_KINDS = (
    (r"To or within any destination worldwide\. See § 742\.6\(a\)\(13\)", "unenforced"),
    (r"To or within any destination worldwide", "worldwide"),
    (r"Worldwide control\.|A license is required for all destinations, as specified", "all"),
    (r"A license is required for ALL destinations, except Canada", "not_canada"),
    (r"To or within (?:the United Arab Emirates or )?destinations specified in Country Groups D:1, D:4, and D:5", "ai_groups"),
    (r"To or within Macau or a destination specified in Country Group D:5", "macau_d5"),
    (r"China, Russia,? or Venezuela", "cn_ru_ve"),
    (r".*for export or reexport to Iraq or Pakistan ", "IQ_PK"),
    (r".*for export or reexport to Iraq ", "IQ"),
    (r".*for export or reexport to Pakistan ", "PK"),
    (r".*to North Korea for anti-terrorism reasons", "KP"),
    (r"See § 7(?:46|64)\.1", "un"),  # 764.1 in one entry is a slip
    (r"See § 746\.8", "industry"),
    (r"Refer to § 742\.15", "not_canada"),  # 742.15(a): encryption items, all destinations except Canada
)


def read_where(text: str, reason: str) -> Where:
    """The destinations that a cell tells; `untold` for one that only sends the reader elsewhere."""
    text = text.strip()
    column = re.match(r"(?:(?P<reason>[A-Z]{2}) )?Column (?P<number>\d)", text)
    if column is not None:
        return Where("column", f"{column['reason'] or reason} {column['number']}", text)
    for pattern, kind in _KINDS:
        if re.match(pattern, text):
            return Where(kind, says=text)
    return Where("untold", says=text)


AI = Where("ai_groups")

# --- rows that need a reader ----------------------------------------------------------------------------------------

# Entry, reason, column or kind of destinations -> the scope, as we read the row with the text in hand. Without such a line a row in
# words may reach any paragraph of its entry.
MIXED: dict[tuple[str, str, str], Scope] = {
    ("0A502", "CC", "CC 1"): _scope(MAYBE, in_="c d e"),
    **{("0A509", column[:2], column): _scope(IN, maybe="a", out="d") for column in ("NS 1", "RS 1", "AT 1")},
    ("0A509", "CC", "CC 1"): _scope(OUT, maybe="a", in_="d"),
    ("1A002", "NP", "NP 1"): _scope(OUT, maybe="b.1"),
    ("1A004", "CB", "CB 2"): _scope(OUT, maybe="c"),
    ("1A007", "NP", "NP 1"): _scope(OUT, in_="b", maybe="a"),
    ("1B001", "MT", "MT 1"): _scope(IN, maybe="d", out="e f"),  # a note takes part of what the exception leaves of .d
    ("1B001", "NP", "NP 1"): _scope(
        MAYBE, out="d e f"
    ),  # controls and mandrels of the winding machines of .a may lie anywhere else
    ("1C002", "NP", "NP 1"): _scope(OUT, maybe="b.3 b.4"),
    ("1C007", "MT", "MT 1"): _scope(OUT, maybe="c"),
    ("1C010", "NP", "NP 1"): _scope(OUT, maybe="a b e.1"),
    ("1C011", "MT", "MT 1"): _scope(OUT, maybe="a b"),
    ("2B001", "NP", "NP 1"): _scope(OUT, maybe="a b", in_="c d"),  # the exceptions are turning and milling machines
    ("2B004", "NP", "NP 1"): _scope(MAYBE, out="b.3"),
    ("2B006", "NP", "NP 1"): _scope(OUT, maybe="a b.1 b.3 c"),
    ("2B116", "NP", "NP 1"): _scope(OUT, maybe="a", in_="b c d"),
    ("3A001", "NS", "NS 1"): _scope(OUT, maybe="b.2 b.3"),
    ("3A001", "RS", "RS 1"): _scope(OUT, maybe="b.2 b.3"),
    ("3A001", "MT", "MT 1"): _scope(OUT, maybe="a.1.a a.5.a", in_="z.2"),
    ("3A001", "NP", "NP 1"): _scope(OUT, maybe="e.2 e.3", in_="z.3"),
    ("3A002", "MT", "MT 1"): _scope(OUT, maybe="h"),
    ("4A001", "MT", "MT 1"): _scope(OUT, maybe="a"),
    ("4A003", "AT", "AT 1"): ENTIRE,  # what stands in parentheses only refers
    ("5A001", "NS", "NS 2"): _scope(OUT, in_="b c d f g j", out="b.5 f.3"),
    ("5D002", "EI", "not_canada"): _scope(OUT, maybe="a.1 a.3 b c.1 c.3"),
    ("5E002", "EI", "not_canada"): _scope(OUT, maybe="a", in_="b"),
    ("6A002", "MT", "MT 1"): _scope(OUT, maybe="a.1 a.3"),
    ("6A002", "RS", "RS 1"): _scope(OUT, in_="a.1 a.2 a.3 c f", maybe="a.3.d.2.a a.3.e"),
    ("6A002", "CC", "CC 1"): _scope(OUT, maybe="c"),
    ("6A003", "NP", "NP 1"): _scope(OUT, in_="a.3 a.4", maybe="a.6"),
    ("6A003", "RS", "RS 1"): _scope(OUT, in_="b.3 b.4.a b.4.c", maybe="b.4.b"),
    ("6A003", "RS", "RS 2"): _scope(OUT, maybe="b.4.b"),
    ("6A005", "NP", "NP 1"): _scope(OUT, maybe="a.2 a.3 a.4 b.2.b b.3 b.4 b.6.c c.1.b c.2.b d.2 d.3.c d.4.c"),
    ("6A007", "MT", "MT 1"): _scope(OUT, maybe="b c"),
    ("7A003", "MT", "MT 1"): _scope(OUT, maybe="d"),
    ("7A005", "MT", "MT 1"): _scope(OUT, maybe="b"),
    **{(eccn, "MT", "MT 1"): _scope(OUT, maybe="a") for eccn in ("7A611", "7B611", "7D611", "7E611", "9B515", "9D604", "9E604")},
    ("9A515", "MT", "MT 1"): _scope(OUT, maybe="d e.2 h"),
    ("9A610", "NS", "NS 1"): _scope(IN, out="b y", maybe="x"),
    ("9A610", "RS", "RS 1"): _scope(IN, out="b y", maybe="x"),
    ("9B604", "MT", "MT 1"): _scope(OUT, in_="a b", maybe="d"),
    ("9D515", "RS", "cn_ru_ve_iss"): _scope(OUT, in_="y"),
    ("9E515", "RS", "cn_ru_ve_iss"): _scope(OUT, in_="y"),
}


# Entries whose text the saved table holds in one piece with the entry after them: the rows that stand under the first belong to
# the second, or some do; the first one's own stand in its heading. (The entry after, its first row,
# the rows of the heading.)
RUN_TOGETHER: dict[str, tuple[str, int, list[tuple[str, str]]]] = {
    "0D606": (
        "0D614",
        0,
        [
            ("NS applies to entire entry, except 0D606.y", "NS Column 1."),
            ("RS applies to entire entry, except 0D606.y", "RS Column 1."),
            ("RS applies to 0D606.y", "China, Russia, or Venezuela (see § 742.6(a)(7))."),
            ("AT applies to entire entry", "AT Column 1."),
            ("UN applies to entire entry, except 0D606.y", "See § 746.1(b) for UN controls."),
        ],
    ),
    "2B351": ("2B352", 0, [("CB applies to entire entry", "CB Column 2."), ("AT applies to entire entry", "AT Column 1.")]),
    "3D005": ("3D006", 2, []),
    "3E001": (
        "3E002",
        0,
        [
            ("NS applies to technology for some of 3A, 3B and 3C", "NS Column 1."),
            ("MT applies to technology for 3A001 or 3A101 for MT reasons", "MT Column 1."),
            ("NP applies to technology for 3A001, 3A201 or 3A225 to 3A234 for NP reasons", "NP Column 1."),
            (
                "RS applies to technology for 3A001.z and 3A090",
                "To or within destinations specified in Country Groups D:1, D:4, and D:5",
            ),
            ("RS applies to technology for 3A090.c", "To or within Macau or a destination specified in Country Group D:5"),
            ("RS applies to technology for some of 3A, 3B and 3C", "RS Column 2."),
            ("AT applies to entire entry", "AT Column 1."),
        ],
    ),
    "8C609": ("8D001", 4, []),
}

# A reason without a row, whose requirement another section tells: 746.3(a)(3) names 6A992.
TOLD_ELSEWHERE: dict[str, tuple[str, str]] = {
    "6A992": ("RS applies to entire entry", "A license is required for export or reexport to Iraq (see § 746.3(a)(3))"),
}


# --- tables ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Requirement:
    """One reason of one row: what it is about, where it bites."""

    eccn: str
    reason: str
    scope: Scope
    where: Where
    row: int
    control: str

    @property
    def name(self) -> str:
        """How findings call it: `3A001 NS 2 #0`."""
        return f"{self.eccn} {self.label} #{self.row}"

    @property
    def label(self) -> str:
        """The reason with the way its destinations are told: `NS 2`, `RS macau_d5`."""
        return self.where.column or f"{self.reason} {self.where.kind}"


@dataclass(frozen=True)
class Answer:
    """The rows of an entry that require a licence for a destination: for certain, perhaps, or told elsewhere."""

    certain: tuple[Requirement, ...]
    possible: tuple[Requirement, ...]
    untold: tuple[Requirement, ...]

    @property
    def silent(self) -> bool:
        """Whether no row reaches the destination, as far as the tables go."""
        return not (self.certain or self.possible or self.untold)


@dataclass(frozen=True)
class Tables:
    """The saved tables."""

    entries: dict[str, dict[str, Any]]
    marks: dict[str, frozenset[str]]  # place -> columns
    footnotes: dict[str, tuple[int, ...]]
    embargoed: frozenset[str]
    groups: dict[str, frozenset[str]]

    @staticmethod
    def read(folder: Path) -> Tables:
        """Read the three files."""
        ccl, chart, groups = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in ("ccl.json", "country-chart.json", "country-groups.json")
        )
        marks = {place(name): frozenset(row["marks"]) for name, row in chart["countries"].items()}
        notes = {place(name): tuple(row["footnotes"]) for name, row in chart["countries"].items()}
        for outside in chart["embargoed"]:
            marks[place(outside)], notes[place(outside)] = frozenset(), ()
        # Hong Kong has had no row since 85 FR 83788; Liechtenstein is judged with Switzerland (footnote 5).
        for taker, giver in (("HK", "CN"), ("LI", "CH")):
            marks[taker], notes[taker] = marks[giver], notes[giver]
        members = {name: {place(one) for one in names} for name, names in groups["groups"].items()}
        return Tables(
            _taken_apart({entry["eccn"]: entry for entry in ccl["entries"]}),
            marks,
            notes,
            frozenset(place(name) for name in chart["embargoed"]),
            {name: frozenset(names | ({"HK"} if "CN" in names else set())) for name, names in members.items()},
        )

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every destination there is a row for, Hong Kong among them."""
        return tuple(sorted(self.marks))

    @cached_property
    def without_table(self) -> tuple[str, ...]:
        """Entries that have no row at all."""
        return tuple(eccn for eccn, entry in self.entries.items() if not entry["countryChart"])

    def requirements(self, eccn: str) -> tuple[Requirement, ...]:
        """What the rows of an entry say, and the footnotes of the chart that name it."""
        return _requirements(self.entries[eccn]["countryChart"], eccn) if eccn in self.entries else ()

    def reasons_without_row(self, eccn: str) -> tuple[str, ...]:
        """Reasons that the entry's own line of reasons names and for which it has no row (AT aside: no place is marked)."""
        named = set(re.findall(r"\b[A-Z]{2}(?=\d|\b)", self.entries[eccn]["reasonForControl"] or ""))
        told = {one.reason for one in self.requirements(eccn)}
        return tuple(sorted(named - told - {"AT"}))

    def codes(self, eccn: str) -> tuple[str, ...]:
        """The bare entry and each paragraph that one of its rows mentions."""
        named = {path for one in self.requirements(eccn) for path in one.scope.mentioned}
        return (eccn, *(".".join((eccn, *path)) for path in sorted(named)))

    def series(self, eccn: str) -> str:
        """What lies outside a plain determination: `600`, `9x515`, `itar`, or nothing."""
        if eccn[2] == "6":
            return "600"
        if eccn[0] == "9" and eccn[2:] == "515":
            return "9x515"
        itar = "(?:These items|This entry|items) (?:are|is) “subject to the ITAR"
        return "itar" if not self.requirements(eccn) and re.search(itar, self.entries[eccn]["heading"]) else ""

    def bites(self, one: Requirement, to: str) -> str:
        """Whether a requirement reaches a place: by its row, or for Iraq by its reason."""
        reach = self.reaches(one.where, to)
        # Note 1 of the chart sends Iraq to 746.3, whose (a)(1) asks a licence for any item controlled for these reasons, whatever
        # the row says (copy of January 2025). Its (a)(3) names some RS entries apart, so it can be read more narrowly.
        asked = to == "IQ" and one.reason in IRAQ
        return OPEN if reach == NO and asked else reach

    def reaches(self, where: Where, to: str) -> str:
        """Whether the destinations of a row hold a place: yes, no, open (two readings), or untold."""
        groups = self.groups
        china = {"CN", "HK"}
        match where.kind:
            case "column":
                # The rows under an embargo have no marks, and that says nothing.
                return UNTOLD if to in self.embargoed else YES if where.column in self.marks[to] else NO
            case "all":
                return YES
            case "not_canada":
                return NO if to == "CA" else YES
            case "worldwide":
                # The diffusion rule wrote "any destination" into the table; it is announced as not enforced (13 May 2025). Before
                # it the same items needed a licence to Macau, D:1, D:4 and D:5 only.
                return YES if to == "MO" or to in groups["D:5"] else OPEN if self.reaches(AI, to) != YES else YES
            case "unenforced":  # model weights: the diffusion rule made the entry, so nothing was there before it
                return OPEN
            case "industry":  # footnote 6 of the chart gives these sanctions to Russia and Belarus
                return UNTOLD if to in {"RU", "BY"} else NO
            case "macau_d5":
                return YES if to == "MO" or to in groups["D:5"] else NO
            case "cn_ru_ve":
                return YES if to in {*china, "RU", "VE"} else NO
            case "cn_ru_ve_iss":  # Russia, but not for the International Space Station
                return OPEN if to == "RU" else YES if to in {*china, "VE"} else NO
            case "ai_groups":
                if to == "AE":  # named in the text, and since July 2026 in A:5, which the text takes out
                    return OPEN if to in groups["A:5"] | groups["A:6"] else YES
                # 742.6(a)(6)(iii) reaches firms headquartered in Macau or D:5 wherever they are (facts/us.md, item 6).
                named = groups["D:1"] | groups["D:4"] | groups["D:5"]
                return YES if to in named - groups["A:5"] - groups["A:6"] else OPEN
            case "IQ" | "PK" | "KP" | "IQ_PK":
                return YES if to in where.kind.split("_") else NO
            case "cw":
                return NO if to in {"IL", "TW"} else UNTOLD
            case "un":
                return YES if to in UNITED_NATIONS else NO
            case "untold":
                return UNTOLD
        raise ValueError(where.kind)

    def answer(self, code: str, to: str) -> Answer:
        """The requirements for goods of which this code is stated, to this place."""
        eccn, path = code[:5], path_of(code[5:])
        certain, possible, untold = [], [], []
        for one in (*self.requirements(eccn), *self.footnote(eccn, to)):
            scope, reach = one.scope.of(path), self.bites(one, to)
            if scope == OUT or reach == NO:
                continue
            if reach == UNTOLD:
                untold.append(one)
            elif scope == IN and reach == YES:
                certain.append(one)
            else:
                possible.append(one)
        return Answer(tuple(certain), tuple(possible), tuple(untold))

    def open_reading(self, code: str, to: str) -> set[Requirement]:
        """The rows that hold the code for certain and whose destinations can be read in two ways."""
        path = path_of(code[5:])
        return {one for one in self.requirements(code[:5]) if one.scope.of(path) == IN and self.bites(one, to) == OPEN}

    def footnote(self, eccn: str, to: str) -> tuple[Requirement, ...]:
        """What the notes of the chart add for a place: 6 (Russia, Belarus), 7 (India), 10 (Australia, United Kingdom)."""
        found = []
        for number in self.footnotes[to]:
            scope = FOOTNOTES.get(number, {}).get(eccn)
            if scope is not None:
                found.append(Requirement(eccn, f"note{number}", scope, Where("all", says=f"footnote {number}"), -number, ""))
            elif number == 6:  # 746.8: any entry of the list
                found.append(Requirement(eccn, "note6", ENTIRE, Where("untold", says="footnote 6"), -6, ""))
        return tuple(found)


def _taken_apart(entries: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for eccn, (after, cut, heading) in RUN_TOGETHER.items():
        entry = entries[eccn]
        if after in entries or (heading and "Reason for Control" not in entry["heading"]):
            raise ValueError(f"{eccn} and {after} no longer stand in one piece: read them again")
        rows = entry["countryChart"]
        told = [{"control": control, "countryChart": cell} for control, cell in heading]
        reasons = ", ".join(dict.fromkeys(control[:2] for control, _ in heading)) or entry["reasonForControl"]
        entries[after] = {**entry, "eccn": after, "countryChart": rows[cut:], "reasonForControl": None}
        entries[eccn] = {**entry, "countryChart": rows[:cut] + told, "reasonForControl": reasons}
    for eccn, (control, cell) in TOLD_ELSEWHERE.items():
        rows = entries[eccn]["countryChart"]
        if any(row["control"][:2] == control[:2] for row in rows):
            raise ValueError(f"{eccn} has a row for {control[:2]} now: read it again")
        entries[eccn] = {**entries[eccn], "countryChart": [*rows, {"control": control, "countryChart": cell}]}
    return dict(sorted(entries.items()))


def _requirements(rows: list[dict[str, Any]], eccn: str) -> tuple[Requirement, ...]:
    return _cached_requirements(json.dumps(rows), eccn)


@lru_cache(maxsize=2048)
def _cached_requirements(rows: str, eccn: str) -> tuple[Requirement, ...]:
    return tuple(
        one for number, row in enumerate(json.loads(rows)) for one in read_row(row["control"], row["countryChart"], eccn, number)
    )


def read_row(control: str, cell: str, eccn: str, number: int = 0) -> list[Requirement]:
    """The requirements of one row: mostly one; two where the source has run two rows together."""
    first = _REASON.match(control)
    if first is None:
        raise ValueError(f"{eccn}: no reason in {control!r}")
    twins = re.fullmatch(r"([A-Z]{2}) applies to entire entry ([A-Z]{2}) applies to entire entry", control)
    if twins is not None:
        columns = re.findall(r"[A-Z]{2} Column \d", cell)
        return [
            Requirement(eccn, reason, ENTIRE, read_where(column, reason), number, control)
            for reason, column in zip(twins.groups(), columns, strict=True)
        ]
    reason = "RU" if first["reason"].startswith("Russian") else first["reason"]
    text = control[first.end() :]
    if cell == control:  # one cell for both: the destinations follow the scope
        cut = re.search(r"\s*(?:[A-Z]{2} Column \d|A license is required)", text)
        text, cell = (text[: cut.start()], text[cut.start() :].strip()) if cut is not None else (text, "")
    where = read_where(cell, reason)
    if "CWC non-States Parties" in cell:
        where = Where("cw", says=cell)
    if "except to Russia for use in" in text:
        where = Where("cn_ru_ve_iss", says=cell)
    scope = _mixed(eccn, reason, where) or read_scope(text, eccn)
    wheres = [where]
    if where.kind == "column" and ", See § 742.6" in cell:  # a column, and a section that adds to it
        wheres.append(Where("untold", says=cell))
    return [Requirement(eccn, reason, scope, one, number, control) for one in wheres]


def _mixed(eccn: str, reason: str, where: Where) -> Scope | None:
    return MIXED.get((eccn, reason, where.column or where.kind))


# Footnotes of the chart that require a licence beyond the marks.
FOOTNOTES: dict[int, dict[str, Scope]] = {
    7: {"6A003": _scope(OUT, maybe="b.4.b"), "9A515": _scope(OUT, in_="e")},
    10: {
        "0A501": _scope(IN, out="y"),
        "0A502": WORDS,
        "0A504": _scope(OUT, in_="i"),
        "0A505": _scope(OUT, in_="a x"),
        "0A506": ENTIRE,
        "0A507": ENTIRE,
        "0A508": WORDS,
        "0A509": ENTIRE,
        "0D501": WORDS,
        "0D505": WORDS,
        "0E501": ENTIRE,
        "0E504": ENTIRE,
        "0E505": WORDS,
    },
}
