"""How does an answer about the law reach standard output: wrapped text, a table, JSON Lines or CSV?"""

from __future__ import annotations

import csv
import io
import json
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import click

WIDTH = 100


def fill(text: str, first: str, rest: str) -> None:
    """Print a text wrapped, with one indent for its first line and one for the rest."""
    words = " ".join(text.split())
    click.echo(textwrap.fill(words, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False))


def paragraph(text: str) -> None:
    """Print a text wrapped and indented by two."""
    fill(text, "  ", "  ")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[int | None] = ()) -> None:
    """Print rows of text under a head of columns; a column is at most as wide as told."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    tty = sys.stdout.isatty()
    console = Console(width=None if tty else WIDTH, highlight=False, color_system="auto" if tty else None)
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, name in enumerate(columns):
        wide = widths[number] if number < len(widths) else None
        grid.add_column(name, max_width=wide, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid)


def print_records(rows: Sequence[Mapping[str, Any]], form: str) -> None:
    """Print records as JSON Lines, or else as CSV."""
    if form == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    buffer = io.StringIO()
    flat = [_flat(row) for row in rows]
    if flat:
        writer = csv.DictWriter(buffer, list(flat[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(flat)
    click.echo(buffer.getvalue(), nl=False)


def _flat(row: Mapping[str, Any]) -> dict[str, str]:
    """A record as cells: lists joined, the source in two columns, nothing that a spreadsheet would run."""
    found: dict[str, str] = {}
    for key, value in row.items():
        if key == "source":
            found["source_title"] = "" if value is None else str(value["title"])
            found["source_href"] = "" if value is None else str(value["href"] or "")
        elif isinstance(value, dict):
            found[key] = ";".join(f"{name}={one}" for name, one in value.items())
        else:
            found[key] = ";".join(map(str, value)) if isinstance(value, list) else str(value)
    return {key: f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text for key, text in found.items()}
