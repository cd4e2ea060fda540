"""greenlane rules sync: does the official source still say what our tables say? If not, propose the change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from greenlane.cli.rules_asking import RULES_OPTION, read_date
from greenlane.errors import UsageError
from greenlane.wiring import lawkeeping

_SHOWN_MAX = 40
_CELL_MAX = 100


@click.command()
@click.argument("source", type=click.Choice(("us-ear", "us-hts")))
@click.option(
    "--from", "given", metavar="FILE_OR_FOLDER", type=click.Path(path_type=Path), help="Read from here, not from the network."
)
@click.option(
    "--out", metavar="DRAFT", type=click.Path(path_type=Path, file_okay=False), help="Write the change as a draft folder."
)
@click.option(
    "--address", metavar="URL", default=lawkeeping.US_EAR_ADDRESS, show_default=True, help="Where the official source stands."
)
@click.option("--as-of", metavar="DATE", help="The issue to read; needed for XML from files.  [default: the last one]")
@RULES_OPTION
def sync(source: str, given: Path | None, out: Path | None, address: str, as_of: str | None, folder: Path | None) -> int:
    """Hold the tables of the US lists, or of the US tariff, against their official source and propose what differs.

    us-hts reads the CSV export of the Harmonized Tariff Schedule (or its .gz), given with --from. For us-ear are read title 15,
    parts 738 (Country Chart), 740 (Country Groups) and 774 (Commerce Control List), as XML from the electronic Code of Federal
    Regulations, or as the JSON files country-chart.json, country-groups.json and ccl.json. A source that is cut off, damaged or
    of another form is refused whole. Nothing is applied: the draft is for a person to review. Exit code 0: no difference, 1:
    differences, 2: the source is refused.

    \b
    Example:
        greenlane rules sync us-ear
        greenlane rules sync us-ear --from us-ear-tables --out drafts/us-ear-2026-07
        greenlane rules sync us-hts --from hts_2026_revision_20.csv --out drafts/us-hts-2026-20
    """
    if source == "us-hts":
        if given is None:
            raise UsageError("GL0304", "us-hts needs a file", hint="--from FILE: the schedule as CSV, from hts.usitc.gov")
        return _say(source, lawkeeping.sync_us_hts(folder, given), out)
    day: date | None = None if as_of is None else read_date(as_of, "--as-of")
    done = lawkeeping.sync_us_ear(
        folder,
        given,
        address=address,
        as_of=None if day is None else day.isoformat(),
        say=lambda text: click.echo(text, err=True),
    )
    return _say(source, done, out)


def _say(source: str, done: lawkeeping.Synced, out: Path | None) -> int:
    """Print what differs, write the draft."""
    counted = ", ".join(f"{number:,} {word}" for word, number in done.counts.items())
    click.echo(f"{source}, issue of {done.as_of}: {counted}", err=True)
    click.echo(f"sha256 {done.draft.made_from.sha256}", err=True)
    changes = done.draft.changes
    for one in changes[:_SHOWN_MAX]:
        click.echo(f"{one.table}  {one.key}")
        click.echo(f"    - {_cell(one.before)}")
        click.echo(f"    + {_cell(one.after)}")
    if len(changes) > _SHOWN_MAX:
        click.echo(f"and {len(changes) - _SHOWN_MAX} more; the draft holds all of them")
    click.echo(f"{len(changes)} differences" if changes else "no difference")
    if out is not None and changes:
        lawkeeping.write_draft(out, done.draft)
        click.echo(f"draft written: {out}", err=True)
    return 1 if changes else 0


def _cell(text: str) -> str:
    return (text if len(text) <= _CELL_MAX else text[: _CELL_MAX - 3] + "...") or "(not there)"
