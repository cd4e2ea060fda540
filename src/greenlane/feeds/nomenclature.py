"""What does an official schedule call its goods? The files that authorities publish, read into headings; and our own words.

Two forms are known by their header: the tariff schedule of the United States as CSV (`HTS Number, Indent, Description`, also
packed with gzip), and the nomenclature of the Harmonized System as CSV (`hscode, description, parent`). What a line means only
together with the lines above it is kept as such.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from greenlane.decide.classify import Text, Word
from greenlane.errors import FileError, Place
from greenlane.terms.codes import Code

SIZE_MAX: Final = 64_000_000
WORD_COLUMNS: Final = ("phrase", "language", "means", "fact", "value", "with", "source")


def read_schedule(path: Path) -> tuple[str, bytes]:
    """The bytes of a schedule, unpacked, and the hash that names them. Raises FileError."""
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(raw)) as packed:
                raw = packed.read(SIZE_MAX + 1)
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise FileError("GL0120", f"{path} cannot be read: {error}", at=Place(str(path))) from error
    if len(raw) > SIZE_MAX:
        raise FileError("GL0123", f"the schedule has more than {SIZE_MAX // 1_000_000} MB", at=Place(str(path)))
    return hashlib.sha256(raw).hexdigest(), raw


def headings(raw: bytes, shown: str) -> tuple[Text, ...]:
    """The coded lines of a schedule, with what stands above each. Raises FileError."""
    try:
        table = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), strict=True)
        columns = set(table.fieldnames or ())
        if {"HTS Number", "Indent", "Description"} <= columns:
            found = tuple(_tariff(table))
        elif {"hscode", "description", "parent"} <= columns:
            found = tuple(_harmonized(table))
        else:
            known = "`HTS Number, Indent, Description` or `hscode, description, parent`"
            raise FileError("GL0122", "the file is no schedule that is known", at=Place(shown), hint=f"its header holds {known}")
    except UnicodeDecodeError as error:
        raise FileError("GL0121", "the schedule is not UTF-8", at=Place(shown)) from error
    except csv.Error as error:
        raise FileError("GL0121", f"the schedule is no CSV: {error}", at=Place(shown)) from error
    if not found:
        raise FileError("GL0121", "the schedule holds no coded line", at=Place(shown))
    return found


def _tariff(rows: Iterable[Mapping[str, str]]) -> Iterator[Text]:
    above: list[str] = []
    for row in rows:
        own, indent = _clean(row["Description"]), row["Indent"].strip()
        depth = int(indent) if indent.isdigit() else 0
        del above[depth:]
        code = _code("hts", row["HTS Number"])
        if code is not None:
            yield Text(str(code), own, ": ".join(above))
        above += [""] * (depth - len(above)) + [own.rstrip(":")]


def _harmonized(rows: Iterable[Mapping[str, str]]) -> Iterator[Text]:
    names: dict[str, str] = {}
    parents: dict[str, str] = {}
    for row in rows:
        names[row["hscode"]], parents[row["hscode"]] = _clean(row["description"]), row["parent"]
    for name, own in names.items():
        code = _code("hs", name)
        if code is not None:
            above: list[str] = []
            parent = parents[name]
            while parent in names and len(above) < 6:
                above.insert(0, names[parent])
                parent = parents[parent]
            yield Text(str(code), own, ": ".join(above))


def _code(scheme: str, text: str) -> Code | None:
    """The code of a line; None for totals, and for chapters 98 and 99: they say how goods are treated, not what they are."""
    try:
        code = Code.read(f"{scheme}:{text.strip()}") if text.strip() else None
    except ValueError:
        return None
    return None if code is None or code.value.startswith(("98", "99")) else code


def _clean(text: str) -> str:
    return " ".join(text.split())


# --- our own files --------------------------------------------------------------------------------------------------


def read_titles(path: Path) -> tuple[Text, ...]:
    """Short titles of chapters and headings, in our own words; none if there is no such file. Raises FileError."""
    return tuple(Text(str(_own_code(row["code"], path)), row["title"], "") for row in _own(path, ("code", "title")))


def read_words(path: Path) -> tuple[Word, ...]:
    """What words of goods mean; none if there is no such file. Raises FileError."""
    return tuple(
        Word(
            row["phrase"].casefold(),
            row["language"],
            row["means"],
            row["fact"],
            row["value"],
            tuple(one.casefold() for one in row["with"].split(";") if one),
        )
        for row in _own(path, WORD_COLUMNS)
    )


def _own(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as handle:
        table = csv.DictReader(handle, strict=True)
        if tuple(table.fieldnames or ()) != columns:
            raise FileError("GL0122", f"the header is not {','.join(columns)}", at=Place(path.name))
        for row in table:
            if None in row or None in row.values():
                raise FileError("GL0113", "a row with more or fewer cells than the header", at=Place(path.name, table.line_num))
            yield row


def _own_code(text: str, path: Path) -> Code:
    try:
        return Code.read(text)
    except ValueError as error:
        raise FileError("GL0104", str(error), at=Place(path.name)) from error
