"""greenlane rules accept: a named person moves a draft into the rule base."""

from __future__ import annotations

from pathlib import Path

import click

from greenlane import wiring
from greenlane.cli.rules_asking import RULES_OPTION, read_date
from greenlane.cli.rules_printing import fill
from greenlane.cli.rules_words import some_of
from greenlane.errors import UsageError
from greenlane.services.rulekeeping import Review
from greenlane.services.rulekeeping import accept as run_accept
from greenlane.wiring import lawkeeping


@click.command()
@click.argument("draft", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--reviewer", metavar="NAME", help="Who accepts it.")
@click.option("--reason", metavar="TEXT", help="Why.")
@click.option("--version", metavar="V", help="Version of the base afterwards.  [default: the day]")
@click.option("--on", metavar="DATE", help="The day of acceptance.  [default: today, printed]")
@click.option("--confirm", multiple=True, metavar="KEY", help="A key of `fill_in` that is filled in or looked at; several times.")
@click.option("--finish", is_flag=True, help="Finish an acceptance that was interrupted.")
@RULES_OPTION
def accept(
    draft: Path | None,
    reviewer: str | None,
    reason: str | None,
    version: str | None,
    on: str | None,
    confirm: tuple[str, ...],
    finish: bool,
    folder: Path | None,
) -> int:
    """Move a draft into the rule base, with its reviewer and reason in CHANGELOG.md.

    Refused while something is to be filled in that the reviewer does not confirm, while an integrity check or a worked case
    fails, and if the base is not the one the draft was made for. Everything is moved, or nothing. To take a draft back,
    revert the commit; to end law that was rightly taken in, draft its end with `rules draft --terminate`.

    \b
    Example:
        greenlane rules accept drafts/cn-2026-080 --reviewer "Example Officer" --reason "Read against the notice" --rules rules
    """
    if folder is None:
        raise UsageError("GL0304", "no rule base is named", hint="add --rules FOLDER: the base that takes the draft in")
    shelf = lawkeeping.rule_shelf(folder)
    if finish:
        if draft is not None:
            raise UsageError("GL0304", "--finish goes without a draft", hint="finish the open acceptance first")
        moved = shelf.finish()
        click.echo(f"finished: {len(moved)} files" if moved else "no acceptance is open")
        return 0
    if draft is None:
        raise UsageError("GL0304", "no draft is named", hint="give the folder that `greenlane rules draft` wrote")
    for text, option in ((reviewer, "--reviewer"), (reason, "--reason")):
        if not (text or "").strip():
            raise UsageError("GL0304", f"{option} is missing", hint="a draft is accepted by a named person, with a reason")
    if on is not None:
        day = read_date(on, "--on")
    else:
        day = wiring.today()
        if version is None:
            click.echo(f"on {day.isoformat()} (today)", err=True)
    found = lawkeeping.read_draft(draft)
    review = Review(str(reviewer), str(reason), version or f"{day.year}.{day.month}.{day.day}", confirm)
    done = run_accept(found, shelf, review, watch=wiring.progress)
    for what in dict.fromkeys(one.what for one in done.law):
        names = [one.id for one in done.law if one.what == what]
        fill(f"{what}: {some_of(names, 12)}", "", "    ")
    for path in done.files:
        click.echo(f"written: {path}")
    click.echo(f"accepted: rule base {done.version}; {done.cases} worked cases of the draft")
    return 0
