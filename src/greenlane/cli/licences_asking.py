"""Which desk, which day, in which form? The options that the commands about applications, waits and customs files share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from greenlane import wiring
from greenlane.decide.line import Line
from greenlane.errors import UsageError
from greenlane.licences.licence import read_iso_day

Run = Callable[..., int]
DESK: Final = click.option(
    "--desk", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the ledger.  [default: .]"
)
FORMAT: Final = click.option(
    "--format", "form", type=click.Choice(("table", "jsonl")), default="table", show_default=True, help="Form of the answer."
)
ON: Final = click.option("--on", metavar="DATE", help="The day, in the authority's zone.  [default: today, printed]")
BY: Final = click.option("--by", default="", metavar="PERSON", help="Who did it.")
DOC: Final = click.option("--doc", default="", metavar="TEXT", help="The paper it rests on.")
OWN_ID: Final = click.option("--id", "id_", help="Your own id of this step.  [default: made of what it says]")
OUT: Final = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write into this file.")


def several(*options: Callable[[Run], Run]) -> Callable[[Run], Run]:
    """Several options as one decorator."""

    def add(command: Run) -> Run:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def day_of(text: str | None, option: str = "--on") -> str:
    """The day asked for; without one today, which is then said. Raises UsageError GL0709."""
    if text is None:
        today = wiring.today().isoformat()
        click.echo(f"on {today} (today)", err=True)
        return today
    return read_iso_day(text, option)


def date_of(text: str | None, option: str = "--on") -> date:
    """The same as a date."""
    return date.fromisoformat(day_of(text, option))


def tell_rejects(rejects: Sequence[Any]) -> None:
    """Each problem of rows that do not read, with file, line, column and code."""
    for reject in rejects:
        click.echo("\n\n".join(str(problem) for problem in reject.problems) + "\n", err=True)
    if rejects:
        click.echo(f"{len(rejects)} row{'' if len(rejects) == 1 else 's'} left out", err=True)


def orders(path: Path | None, wanted: str | None = None) -> list[Line]:
    """Order lines of a file: all, or those named with `;` between. Raises FileError, UsageError."""
    if path is None:
        return []
    lines, rejects = wiring.read_order_file(path)
    tell_rejects(rejects)
    if wanted is None:
        return lines
    names = [one.strip() for one in wanted.split(";") if one.strip()]
    by_id = {line.line_id: line for line in lines}
    if missing := [name for name in names if name not in by_id]:
        held = ", ".join([line.line_id for line in lines[:5]] + (["..."] if len(lines) > 5 else []))
        raise UsageError("GL0304", f"{path.name} holds no line {missing[0]} that reads", hint=f"it holds {held or 'none'}")
    return [by_id[name] for name in names]


def say(row: Mapping[str, Any]) -> None:
    """One JSON object."""
    click.echo(json.dumps(row, ensure_ascii=False))


def grid(heads: Sequence[str], rows: Sequence[Sequence[Any]], *, none: str) -> None:
    """A table for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        click.echo(none, err=True)
        return
    console = Console(width=None if sys.stdout.isatty() else 118, highlight=False)
    made = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for head in heads:
        made.add_column(head, overflow="fold")
    for row in rows:
        made.add_row(*(Text("-" if cell in (None, "") else str(cell)) for cell in row))
    console.print(made)
