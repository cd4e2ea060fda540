"""greenlane rules export: the law for other programs, as measures in the terms of others, as a feed, as a calendar."""

from __future__ import annotations

from pathlib import Path

import click

from greenlane import wiring
from greenlane.cli.rules_asking import (
    KNOWN_BY_OPTION,
    ON_OPTION,
    RULES_OPTION,
    SIDE_OPTION,
    SIDES,
    day_or_today,
    read_asked,
    read_date,
    warn_if_unread,
)
from greenlane.errors import UsageError
from greenlane.wiring import exporting

FORMS = ("json", "csv", "atom", "ics")
_ENDINGS = {".json": "json", ".csv": "csv", ".atom": "atom", ".xml": "atom", ".ics": "ics"}


@click.command()
@click.option("--format", "form", type=click.Choice(FORMS), help="What to write.  [default: by --out]")
@ON_OPTION
@KNOWN_BY_OPTION
@click.option("--since", metavar="DATE", help="atom: only what became public since; ics: only what happens since.")
@SIDE_OPTION
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write into this file.  [default: standard output]")
@RULES_OPTION
def export(
    form: str | None,
    on: str | None,
    known_by: str | None,
    since: str | None,
    side: str | None,
    out: Path | None,
    folder: Path | None,
) -> int:
    """Write the law for other programs: measures (json, csv), changes as they became public (atom), dates (ics).

    Measures stand in the field terms of Global Trade Alert, one row a measure, as they stood on a day (--on) as known by
    another (--known-by, by default the same). The feed and the calendar hold what was public by the day of knowledge.

    \b
    Example:
        greenlane rules export --format csv --on 2025-06-10 --out measures.csv
        greenlane rules export --format atom --on 2025-06-10 --since 2025-05-01 --out changes.atom
        greenlane rules export --on 2026-10-10 --since 2026-10-10 --out cliffs.ics
    """
    form = form or (_ENDINGS.get(out.suffix.lower()) if out is not None else None)
    if form is None:
        raise UsageError("GL0304", "--format is missing", hint=f"one of {', '.join(FORMS)}, or --out with such an ending")
    if since is not None and form in ("json", "csv"):
        raise UsageError("GL0304", f"--since has no meaning for {form}", hint="it is for atom and ics")
    first = None if since is None else read_date(since, "--since")
    base = wiring.load_rules(folder, release=False)
    day = day_or_today(on)
    known = day if known_by is None else read_asked(known_by, "--known-by")
    warn_if_unread(base, known)
    text, said = exporting.export_rules(base, form, on=day, known_by=known, since=first, sides=(side,) if side else tuple(SIDES))
    if out is None:
        click.echo(text.encode(), nl=False)  # bytes: the line ends are part of a calendar
    else:
        wiring.write_text(out, text)
        said += f": {out}"
    click.echo(said, err=True)
    return 0
