"""greenlane licences import and export: files of usage between a desk and customs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from greenlane.cli.licences_asking import BY, DESK, FORMAT, say, several
from greenlane.errors import UsageError
from greenlane.services import customs
from greenlane.wiring import applying as hall
from greenlane.wiring import licensing as room


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--reply",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what became of each licence here.  [default: FILE.reply]",
)
@several(BY, DESK, FORMAT)
def import_(file: Path, reply: Path | None, by: str, desk: Path | None, form: str) -> int:
    """Take in what customs counted: totals used, by licence and line. Exit code 1 if lines were rejected or runs are missing.

    A total is a total: it replaces the one of an earlier file and is added to nothing. Files may come late, doubled or in any
    order. What was not taken stands in the reply with every line and the reason.

    \b
    Example:
        greenlane licences import usage-17.txt
    """
    text = hall.read_file_text(file)
    with closing(room.open_ledger(desk)) as ledger:
        taken = customs.take_in(ledger, text, shown_as=str(file), by=by)
    target = reply or file.with_name(f"{file.name}.reply")
    hall.write_text(target, taken.reply)
    head = taken.file.header
    if form == "jsonl":
        rejected = [{"line": one.first, "licence": one.licence, "why": one.why} for one in taken.rejected]
        closed = {one.licence: one.status for one in taken.differing}
        say(
            {
                "from": head.source, "run": head.run, "accepted": len(taken.accepted), "rejected": rejected, "again": taken.again,
                "missing_runs": list(taken.gaps), "not_open_at_customs": closed, "reply": str(target),
            }
        )  # fmt: skip
    else:
        again = ", all of it booked before" if taken.again and taken.accepted else ""
        click.echo(f"{head.source} run {head.run}: {len(taken.accepted)} licences accepted, {len(taken.rejected)} rejected{again}")
        for one in taken.rejected:
            click.echo(f"  line {one.first}: {one.licence or 'no licence'}: {one.why}")
        for block in taken.differing:
            click.echo(f"  {block.licence}: customs has it as {_SAID[block.status]}; nothing was changed for that")
        if taken.gaps:
            click.echo(f"  runs that have not come: {', '.join(map(str, taken.gaps))}")
    return 1 if taken.rejected or taken.gaps else 0


_SAID = {"C": "cancelled", "E": "exhausted", "S": "surrendered", "D": "expired"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--to", required=True, help="Whom the file is for; its run numbers are its own.")
@click.option("--source", required=True, help="The name that this desk has there.")
@click.option("--at", metavar="MOMENT", help="When it was made, as 2025-07-01T06:00Z.  [default: now]")
@several(BY, DESK)
def export(file: Path, to: str, source: str, at: str | None, by: str, desk: Path | None) -> int:
    """Write what was used of every licence, as the next numbered file to customs or a partner.

    The run number grows by one with each file; that it was sent is noted among the disclosures.

    \b
    Example:
        greenlane licences export usage-1.txt --to CUSTOMS --source DESK --at 2025-07-01T06:00Z
    """
    if file.exists():
        raise UsageError("GL0306", f"{file} is there already", hint="name a file that is not: each run is a file of its own")
    with closing(room.open_ledger(desk)) as ledger:
        text, run = customs.usage_out(ledger, source=source, to=to, at=at or f"{room.now()[:16]}Z", by=by)
    hall.write_text(file, text)
    click.echo(f"{file}: run {run} to {to}", err=True)
    return 0


COMMANDS: list[click.Command] = [import_, export]
