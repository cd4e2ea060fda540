"""Applications at a desk: where practice is read from, and which writer makes a form, a register or a calendar."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenlane import __version__
from greenlane.errors import FileError, Place, UsageError
from greenlane.feeds import practice as practice_files
from greenlane.feeds import tables
from greenlane.licences.practice import Practice
from greenlane.services.applying import Cliff
from greenlane.settings import read_settings

if TYPE_CHECKING:
    from greenlane.licences.waits import Case, Estimate, Lean

FILE_MAX = 64_000_000


def load_practice(folder: Path | None = None) -> Practice:
    """Calendars, packs and public figures of a rule base. Raises RuleError."""
    return practice_files.load(read_settings(rules=folder).rules)


def estimate(cases: Sequence[Case], *, lean: Lean | None, **wanted: str) -> Estimate:
    """The wait of a new case; the numbers' libraries are read only here. Raises UsageError GL0736."""
    from greenlane.licences.waits import estimate as fit

    return fit(cases, lean=lean, **wanted)


def make_case(**told: Any) -> Case:
    """A case for the estimate."""
    from greenlane.licences.waits import Case

    return Case(**told)


def make_lean(**told: Any) -> Lean:
    """A reading of public figures for the estimate."""
    from greenlane.licences.waits import Lean

    return Lean(**told)


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all. Raises FileError."""
    tables.write_text(path, text)


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]], *, sources: Sequence[Mapping[str, str]] = ()) -> None:
    """A register as XLSX, CSV, Parquet or JSON, by the ending of its name. Raises UsageError, FileError."""
    form = path.suffix.lower().removeprefix(".")
    if form == "json":
        tables.write_text(path, json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n")
        return
    if form not in ("xlsx", "csv", "parquet"):
        raise UsageError("GL0304", f"{path.name}: a register is written as xlsx, csv, parquet or json")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    tables.write_table(path, columns, [_texts(row) for row in rows], format=form, sources=sources)


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def write_form(path: Path, name: str, rows: Sequence[Mapping[str, str]], papers: Sequence[Mapping[str, Any]]) -> None:
    """The data of a form as XLSX, JSON or PDF. Raises UsageError, FileError."""
    if path.suffix.lower() == ".pdf":
        from greenlane.feeds.desk_papers import form_pdf

        tables.write_bytes(path, form_pdf(name, rows, papers))
    elif path.suffix.lower() == ".json":
        told = {"application": name, "form": list(rows), "papers": list(papers)}
        tables.write_text(path, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    elif path.suffix.lower() == ".xlsx":
        checklist = [_texts({**one, "source": one["source"]["title"]}) for one in papers]
        tables.write_table(path, ["line", "field", "中文", "English", "value"], rows, format="xlsx", sources=checklist)
    else:
        raise UsageError("GL0304", f"{path.name}: a form is written as xlsx, json or pdf")


def cliffs_text(cliffs: Sequence[Cliff]) -> str:
    """Cliffs as an iCalendar."""
    from greenlane.feeds.desk_papers import cliffs_ics

    stamps = [datetime.fromisoformat(one.known.replace("Z", "+00:00")) for one in cliffs]
    return cliffs_ics("Licences: what ends, and when", [one.plain() for one in cliffs], stamps=stamps, engine=__version__)


def read_file_text(path: Path) -> str:
    """A file of customs as text, line feeds as they are. Raises FileError GL0120, GL0121, GL0123."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileError("GL0120", f"cannot be read: {error.strerror}", at=Place(str(path))) from error
    if len(raw) > FILE_MAX:
        raise FileError("GL0123", f"{len(raw)} bytes, more than {FILE_MAX}", at=Place(str(path)))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError("GL0121", "not UTF-8", at=Place(str(path), raw[: error.start].count(b"\n") + 1)) from error
