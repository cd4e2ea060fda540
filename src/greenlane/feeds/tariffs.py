"""The Harmonized Tariff Schedule of the United States: its CSV export into our own table of rates.

The reader takes the number and the general rate of each line, and nothing else; what it does not understand it says
(`unread`), and a file that looks like another one than it expects it refuses. The table holds a code at the digits at which
its rate is printed, in the notation of `greenlane.law.rates`.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from greenlane.errors import FileError, Place
from greenlane.law.draft import BaseMark, Change, Draft, FillIn, MadeFrom, Unread
from greenlane.law.rulebase import RuleBase

COLUMNS = ("HTS Number", "General Rate of Duty")
LINES_MIN = 10_000  # tariff lines of chapters 1 to 97 that a whole schedule has at least
UNREAD_MAX = 600  # rates in words beyond which the reader does not understand the file
SIZE_MAX = 60_000_000
TARGET = "us/us-mfn-2025/rates.csv"
_NUMBER = re.compile(r"[0-9]{4}(\.[0-9]{2}){0,3}\Z")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%\Z")
_MONEY = re.compile(r"(\$?)([0-9]+(?:\.[0-9]+)?)(¢?)\s*(?:/\s*)?([a-z0-9. ]+)\Z")
_UNITS = {
    "kg": "kg",
    "liter": "l",
    "each": "no",
    "pr.": "pr",
    "doz.": "doz",
    "gross": "gross",
    "1000": "thousand",
    "thousand": "thousand",
    "bbl": "bbl",
    "t": "t",
    "m2": "m2",
    "m3": "m3",
}


@dataclass(frozen=True, slots=True)
class InWords:
    """A rate that is printed in words the reader does not compute."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class HtsRates:
    """The general rates of a schedule: code (8 digits as a rule) to notation, in order, and what was not read."""

    rates: Mapping[str, str]
    unread: tuple[InWords, ...]
    name: str
    sha256: str

    def table(self) -> str:
        """The table as text of our own schema."""
        return "code,rate\n" + "".join(f"{code},{self.rates[code]}\n" for code in sorted(self.rates))


@dataclass(frozen=True, slots=True)
class RateChange:
    """A code whose rate differs between two tables; an empty text says that it is not in one of them."""

    code: str
    before: str
    after: str


def read_us_hts(path: Path) -> HtsRates:
    """Read the CSV export of the schedule (or its .gz). Raises FileError with line and column of what does not read."""
    try:
        raw = path.read_bytes()
        data = gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError, ValueError) as error:
        raise FileError("GL0120", f"{path.name} cannot be read: {error}", at=Place(path.name)) from error
    if len(data) > SIZE_MAX:
        raise FileError("GL0123", f"{path.name} has {len(data)} bytes, more than {SIZE_MAX}", at=Place(path.name))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError("GL0121", f"{path.name} is not UTF-8", at=Place(path.name)) from error
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        hint = "export the schedule as CSV from hts.usitc.gov"
        raise FileError("GL0122", f"{path.name} has no column `{missing[0]}`", at=Place(path.name, 1), hint=hint)
    printed: dict[str, str] = {}
    unread: list[InWords] = []
    for row in reader:
        _take(row, printed, unread, Place(path.name, reader.line_num))
    rates = _shortest(printed)
    _check_floors(rates, unread, path.name)
    return HtsRates(rates, tuple(unread), path.name, hashlib.sha256(raw).hexdigest())


def _take(row: Mapping[str, str | None], printed: dict[str, str], unread: list[InWords], at: Place) -> None:
    number = (row["HTS Number"] or "").strip()
    rate = (row["General Rate of Duty"] or "").strip()
    if not number or not rate:
        return
    if not _NUMBER.match(number):
        raise FileError("GL0121", f"`{number}` is not a tariff number", at=Place(at.file, at.line, "HTS Number"))
    code = number.replace(".", "")
    if code[:2] in ("98", "99"):  # special provisions; they are not rates of goods
        return
    if code in printed:
        raise FileError("GL0121", f"`{number}` has two rates", at=Place(at.file, at.line, "HTS Number"))
    notation = notation_of(rate)
    if notation is None:
        unread.append(InWords(code, rate))
    printed[code] = notation or "unread"


def notation_of(text: str) -> str | None:
    """A printed rate in our notation, or None where it is not plainly free, percent, money for a quantity, or both."""
    if text.rstrip(" .") == "Free":
        return "0"
    percent: str | None = None
    parts: list[str] = []
    for part in (one.strip() for one in text.split("+")):
        if found := _PERCENT.match(part):
            if percent is not None:
                return None
            percent = _plain(found[1])
        elif (found := _MONEY.match(part)) and (found[1] == "$") is not (found[3] == "¢"):
            unit = _UNITS.get(found[4].strip())
            if unit is None:
                return None
            parts.append(f"{_plain(found[2])} {'usd' if found[1] else 'c'}/{unit}")
        else:
            return None
    return " + ".join([*parts, *([] if percent is None else [percent])])


def _plain(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _shortest(printed: Mapping[str, str]) -> dict[str, str]:
    """Ten-digit numbers whose eight digits have one rate are written as eight."""
    by_eight: dict[str, set[str]] = {}
    for code, rate in printed.items():
        by_eight.setdefault(code[:8], set()).add(rate)
    found: dict[str, str] = {}
    for code, rate in printed.items():
        found[code[:8] if len(by_eight[code[:8]]) == 1 else code] = rate
    return found


def _check_floors(rates: Mapping[str, str], unread: Iterable[InWords], name: str) -> None:
    if len(rates) < LINES_MIN:
        hint = "a whole schedule has more than eleven thousand lines with a rate"
        raise FileError("GL0121", f"{name} holds {len(rates)} rates, fewer than {LINES_MIN}", at=Place(name), hint=hint)
    words = sum(1 for _ in unread)
    if words > UNREAD_MAX:
        raise FileError("GL0121", f"{name} has {words} rates in words, more than {UNREAD_MAX}", at=Place(name))


def differences(before: str, after: str) -> tuple[RateChange, ...]:
    """The codes whose rate differs between two tables of ours."""
    old, new = _pairs(before), _pairs(after)
    codes = sorted(old.keys() | new.keys())
    return tuple(RateChange(code, old.get(code, ""), new.get(code, "")) for code in codes if old.get(code, "") != new.get(code, ""))


def _pairs(table: str) -> dict[str, str]:
    rows = (line.partition(",") for line in table.splitlines()[1:])
    return {code: rest for code, _, rest in rows}


def propose(found: HtsRates, rules: Path, base: RuleBase) -> Draft:
    """The change of our table that the schedule asks for, as a draft; without changes it has no files."""
    now = rules / TARGET
    after = found.table()
    changes = differences(now.read_text(encoding="utf-8") if now.is_file() else "", after)
    days = FillIn(
        file="measure.yaml",
        key="from",
        why="the table has no days: say from when the edition holds, and give rows of the older one an end where rates differ",
    )
    return Draft(
        kind="table",
        made_from=MadeFrom(name=found.name, sha256=found.sha256),
        files={TARGET: after} if changes else {},
        base=BaseMark(version=base.version, sha256=base.sha256),
        fill_in=(days,) if changes else (),
        unread=tuple(Unread(start=0, end=0, text=f"{one.code}: {one.text}", why="a rate in words") for one in found.unread),
        changes=tuple(Change(table=TARGET, key=one.code, before=one.before, after=one.after) for one in changes),
    )


def counts(found: HtsRates) -> dict[str, int]:
    """How much of the schedule became what: for the talk beside the result."""
    return {"rates": len(found.rates), "in words": len(found.unread)}
