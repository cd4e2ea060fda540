"""What a row of the Commerce Control List says in words: which part of its entry, and which destinations.

The grammar reads only what it reads to the last word; everything else is left to a person's reading, found by the digest of
the very words, or becomes a part of the entry told in words. Nothing here guesses a scope.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

REASONS: Final[tuple[str, ...]] = ("AT", "CB", "CC", "CW", "EI", "FC", "MT", "NP", "NS", "RS", "SI", "SL", "SS", "UN")
ECCN: Final[str] = r"[0-9][A-E][0-9]{3}"
_RANGE_MAX: Final[int] = 26
_REASON = re.compile(rf"({'|'.join(REASONS)}) (?:applies|apply),?(?: to)?[ :]{{1,2}}(.+)\Z")
_SECTOR = re.compile(r"Russian industry sector sanctions? (?:applies|apply) to (.+)\Z")
_COLUMN = re.compile(rf"({'|'.join(REASONS)}) Column ([1-3])\Z")
_PARAGRAPH = re.compile(r"\.?([a-z](?:\.[a-z0-9]{1,3}){0,7})\Z")
_ABSOLUTE = re.compile(rf"({ECCN})((?:\.[a-z0-9]{{1,3}}){{1,8}})\Z")
_NUMBER = re.compile(r"\.?[0-9]{1,2}\Z")
_RANGE = re.compile(r"(\S+) (?:to|through) (\S+)\Z")
_SPLIT = re.compile(r", and |, or | and |, |; ")
_WHOLE = re.compile(r"(?:the )?entire entry\Z")
_EXCEPT = re.compile(r"(?:the )?entire entry,? except:? (.+)\Z")
_LIST = re.compile(r"(?:(?:items |\"software\" )controlled by |items in |paragraphs? )?(.+?)(?: of this entry| only)?\Z")


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of an entry that a row means: codes, codes taken out again, or words."""

    control: tuple[str, ...]
    but: tuple[str, ...] = ()
    words: str = ""  # our own; empty: the codes say all

    @property
    def whole(self) -> bool:
        """Whether the row means the entire entry."""
        return not self.words and not self.but and len(self.control) == 1 and len(self.control[0]) == 5


def plain(text: str) -> str:
    """The words of a cell on one line, with plain quotes and without the full stop at the end."""
    for sign, other in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("\u00a0", " ")):
        text = text.replace(sign, other)
    return " ".join(text.split()).rstrip(" .")


def digest(text: str) -> str:
    """A short name of the very words, so that a reading by a person is dropped when the words change."""
    return hashlib.sha256(plain(text).encode()).hexdigest()[:12]


def reason_of(control: str) -> tuple[str, str] | None:
    """The reason for control a row begins with, and the words after it; `RISS` stands for the Russian sector sanctions."""
    text = plain(control)
    found = _REASON.match(text)
    if found:
        return found[1], found[2].strip()
    found = _SECTOR.match(text)
    return ("RISS", found[1]) if found else None


def column_of(chart: str, reason: str = "") -> str | None:
    """The Country Chart column a cell names and nothing else, such as NS2; `reason` helps where it says the number only."""
    text = plain(chart)
    found = _COLUMN.match(text if not text.startswith("Column ") else f"{reason} {text}")
    return found[1] + found[2] if found else None


_COLUMN_AND = re.compile(rf"((?:{'|'.join(REASONS)}) Column [1-3]), (See § .+)\Z")


def columns_of(chart: str, reason: str = "") -> tuple[str, str]:
    """The column a cell names (empty: none), and what the cell adds to it in words."""
    found = _COLUMN_AND.match(plain(chart))
    return (column_of(found[1]) or "", found[2]) if found else (column_of(chart, reason) or "", "")


def cells_of(control: str, chart: str) -> list[tuple[str, str]]:
    """The one or more requirements of a source row: some rows hold two in one cell, some repeat the cell."""
    begins = [found.start() for found in re.finditer(rf"\b(?:{'|'.join(REASONS)}) applies to", plain(control))]
    columns = re.findall(rf"(?:{'|'.join(REASONS)}) Column [1-3]", plain(chart))
    if plain(control) == plain(chart) and len(begins) == 1 and len(columns) == 1 and plain(chart).endswith(columns[0]):
        return [(plain(control).removesuffix(columns[0]).strip(), columns[0])]
    if len(begins) > 1 and len(columns) == len(begins) and plain(chart) == " ".join(columns):
        ends = [*begins[1:], len(plain(control))]
        return [(plain(control)[start:end].strip(), column) for start, end, column in zip(begins, ends, columns, strict=True)]
    return [(control, chart)]


def read_scope(words: str, entry: str) -> Scope | None:
    """Read the words after `applies to`. None unless every word of them was read."""
    words = words.strip()
    if _WHOLE.match(words):
        return Scope((entry,))
    found = _EXCEPT.match(words)
    if found:
        taken = read_codes(found[1], entry)
        return Scope((entry,), taken) if taken else None
    found = _LIST.match(words)
    codes = read_codes(found[1], entry) if found else None
    return Scope(codes) if codes else None


def read_codes(words: str, entry: str) -> tuple[str, ...] | None:
    """Paragraphs of one entry, ranges written out: `.a.1 to a.3, b, and .y`. None if one word of it is something else."""
    codes: list[str] = []
    words = re.sub(rf"({ECCN}) \.", r"\1.", words)
    words = re.sub(r"(?<=[ 0-9])\. (?=[a-z]\b)", ".", words)
    for one in map(str.strip, _SPLIT.split(words)):
        span = _RANGE.match(one)
        if span:
            first, last = _code(span[1], entry), _code(span[2], entry)
            between = None if first is None or last is None else _between(first, last)
            if between is None:
                return None
            codes.extend(between)
            continue
        code = _code(one, entry)
        if code is None and codes and _NUMBER.match(one) and _NUMBER.match(codes[-1].rpartition(".")[2]):
            code = f"{codes[-1].rpartition('.')[0]}.{one.lstrip('.')}"
        if code is None:
            return None
        codes.append(code)
    return tuple(dict.fromkeys(codes)) or None


def _code(word: str, entry: str) -> str | None:
    found = _ABSOLUTE.match(word)
    if found:
        return found[1] + found[2] if found[1] == entry else None
    found = _PARAGRAPH.match(word)
    return f"{entry}.{found[1]}" if found else None


def _between(first: str, last: str) -> list[str] | None:
    """Every code from one to another of the same depth: letters or whole numbers in the last place."""
    home, _, start = first.rpartition(".")
    other, _, stop = last.rpartition(".")
    if home != other:
        return None
    if start.isdecimal() and stop.isdecimal() and 0 < int(stop) - int(start) < _RANGE_MAX:
        return [f"{home}.{number}" for number in range(int(start), int(stop) + 1)]
    if len(start) == len(stop) == 1 and start.isalpha() and stop.isalpha() and start < stop:
        return [f"{home}.{chr(letter)}" for letter in range(ord(start), ord(stop) + 1)]
    return None


_STATION = re.compile(
    r", except to Russia for use in, with, or for the International Space Station \(ISS\), including launch to the ISS\Z"
)


def station_of(words: str) -> tuple[str, str]:
    """The words without what they take out for Russia alone; and our own words for what is left there."""
    rest = _STATION.sub("", words)
    return rest, "" if rest == words else "not for the International Space Station"


# --- parts told in words ----------------------------------------------------------------------------------------------

_ABOUT = re.compile(
    r"\"?(software|technology),?\"?(?: \"(required)\")?(?: for (?:the )?\"?(use|disposal)\"? of)?(?: for)? ?"
    r"(?:items|equipment|commodities|commodities and software|materials) "
    r"[Cc]ontrolled (?:by|in|under) (?:ECCNs? )?(.+?)(?: for ([A-Z]{2}) reasons)?\Z"
)
_CODE_WORD = re.compile(rf"(?:{ECCN}(?:\.[a-z0-9]{{1,3}})*|\.?[a-z](?:\.[a-z0-9]{{1,3}})*|to|or|and)\Z")


def part_words(words: str) -> str | None:
    """Our own words for software or technology of other entries. None if the phrase says anything beside."""
    found = _ABOUT.match(words)
    if found is None:
        return None
    kind, required, act, codes, reason = found.groups()
    codes = re.sub(r"(?<=[a-z])\. (?=[0-9])", ".", codes)
    if not all(_CODE_WORD.match(one) for one in re.split(r"[,\s]+", codes)):
        return None
    text = f"{kind} {'required ' if required else ''}for {f'the {act} of ' if act else ''}goods of {codes}"
    return f"{text}, as far as those are controlled for {reason}" if reason else text


# --- destinations told in words ---------------------------------------------------------------------------------------

D5_MACAU: Final[str] = "MO;group:us-d5"
ELSEWHERE: Final[str] = "!US;!MO;!group:us-d5"
D1_D4: Final[str] = "group:us-d1;group:us-d4;!group:us-a5;!group:us-a6;!MO;!group:us-d5"
WORLD: Final[str] = "!US"
WORLD_BUT_CANADA: Final[str] = "!US;!CA"
WORLD_BUT_ISRAEL_TAIWAN: Final[str] = "!US;!IL;!TW"
UN_EMBARGO: Final[str] = "group:us-un-arms"


@dataclass(frozen=True, slots=True)
class Way:
    """One set of destinations with what the law asks there; `suffix` tells several of one source row apart."""

    destination: str
    suffix: str = ""
    effect: str = ""
    review: str = ""
    missing: str = ""  # what is not modelled; then the row never decides
    source: str = ""  # keys of the sources of us-ccl that this reading rests on, where the list alone does not tell it


_DENIAL = "presumption_of_denial"
_ADVANCED = (
    Way(D5_MACAU, "cn", _DENIAL, _DENIAL, source="ccl;acs"),
    Way(D1_D4, "d1d4", "", "mixed", source="ccl;acs"),
    Way("AE", "uae", "", "not_stated", source="ccl;acs"),
    Way(
        ELSEWHERE,
        "else",
        _DENIAL,
        "",
        "a firm headquartered in Macau or D:5, and the worldwide text of the diffusion rule, for this paragraph",
    ),
)
_PLACES: Final[dict[str, str]] = {"Iraq": "IQ", "Pakistan": "PK", "North Korea": "KP"}
_ONE_OR_TWO = "Iraq or Pakistan|Iraq|Pakistan"
_NAMED = re.compile(
    r"A license is required for (?:items controlled by (?:this entry|paragraph \.[a-z] of this entry)"
    r"(?:, other than [0-9A-Z.a-z]+,)?|export or reexport of these items) (?:for export or reexport )?"
    rf"to ({_ONE_OR_TWO}|North Korea)(?: (?:or|and) transfer within (?:{_ONE_OR_TWO}))?"
    r" for (?:regional stability|anti-terrorism) reasons(?:\. .*)?\Z"
)


_CW_NON_STATES = re.compile(r"for CW reasons to CWC non-States Parties \([^)]*\), except for Israel and Taiwan\.")
IRAQ_REASONS: Final[frozenset[str]] = frozenset("NS MT NP CW CB RS CC EI SI SL".split())
TO_IRAQ: Final[Way] = Way("IQ", "iraq", missing="section 746.3(a)(1), a licence to Iraq for any item controlled for this reason")


def ways_of(chart: str) -> tuple[Way, ...]:
    """The destinations of a cell of words; a cell that is not understood gives one way that is not modelled."""
    text = plain(chart)
    named = _NAMED.match(text)
    if named:
        return (Way(";".join(_PLACES[one] for one in named[1].split(" or "))),)
    for begin, ways in _BEGINNINGS:
        if text.startswith(begin):
            return ways
    section = re.search(r"§ ?(7[0-9]{2}\.[0-9]+(?:\([a-z0-9]+\))*)", text)
    where = f"section {section[1]}" if section else "words"
    return (Way(WORLD_BUT_ISRAEL_TAIWAN if _CW_NON_STATES.search(text) else WORLD, missing=f"the destinations, told in {where}"),)


_MACAU_D5: Final[str] = (
    "To or within Macau or a destination specified in Country Group D:5 of supplement no. 1 to part 740 of the EAR"
)
_BEGINNINGS: Final[tuple[tuple[str, tuple[Way, ...]], ...]] = (
    ("China, Russia, or Venezuela (see § 742.6(a)(7)", (Way("CN;HK;RU;VE"),)),
    ("China, Russia or Venezuela (see § 742.6(a)(7)", (Way("CN;HK;RU;VE"),)),
    ("Worldwide control. See § 742.4(a)(5)", (Way(WORLD),)),
    ("Worldwide control. See § 742.6(a)(10)", (Way(WORLD),)),
    (f"{_MACAU_D5}. See § 742.6(a)(12)", (Way(D5_MACAU, review="not_stated"),)),
    (f"{_MACAU_D5}. See § 742.6(a)(13)", (Way(D5_MACAU, review="not_stated"),)),
    (_MACAU_D5, (Way(D5_MACAU, "", _DENIAL, _DENIAL, source="ccl;acs"),)),
    ("To or within any destination worldwide", _ADVANCED),
    ("To or within the United Arab Emirates or destinations specified in Country Groups D:1, D:4, and D:5", _ADVANCED),
    ("To or within destinations specified in Country Groups D:1, D:4, and D:5", _ADVANCED),
    ("See § 746.1(b) for UN controls", (Way(UN_EMBARGO, source="ccl;unsc"),)),
    # 0A617 writes 764 for 746; part 764 is enforcement.
    ("See § 764.1(b) for UN controls", (Way(UN_EMBARGO, source="ccl;unsc"),)),
    ("See § 746.1(b) of the EAR for UN controls", (Way(UN_EMBARGO, source="ccl;unsc"),)),
    ("See § 746.1 of the EAR for UN controls", (Way(UN_EMBARGO, source="ccl;unsc"),)),
    ("See § 746.1 of the EAR for UN", (Way(UN_EMBARGO, source="ccl;unsc"),)),
    ("See § 746.8 for specific license requirements", (Way("RU;BY", missing="the Russian industry sector sanctions of part 746"),)),
    ("Refer to § 742.15 of the EAR", (Way(WORLD_BUT_CANADA, source="ccl;encryption"),)),
    ("A license is required for ALL destinations, except Canada, regardless of end use", (Way(WORLD_BUT_CANADA),)),
    ("A license is required for all destinations, as specified in § 742.13", (Way(WORLD),)),
)  # fmt: skip
