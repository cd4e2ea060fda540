"""greenlane lists: which lists of parties can be relied on; take in an edition; what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli.rules_asking import RULES_OPTION, read_date
from greenlane.law.list_changes import EntryChange
from greenlane.law.listings import ListState
from greenlane.services.lists import plain_state
from greenlane.terms.sources import Standing
from greenlane.wiring import listkeeping
from greenlane.wiring.listkeeping import Acceptance, ListFile, ListRoom

_SHOWN_MAX = 20
_DESK_OPTION = click.option("--desk", type=click.Path(path_type=Path, file_okay=False), help="The desk whose shelf it is.")
_ON_OPTION = click.option("--on", metavar="DATE", help="The day asked for.  [default: today, printed]")


def _taking_in(command: Callable[..., int]) -> Callable[..., int]:
    """The options of a step that takes an edition in; what is accepted comes to it as one `acceptance`."""

    @wraps(command)
    def accepting(*given: Any, accept_drop: bool, accept_rejects: bool, reason: str, **rest: Any) -> int:
        return command(*given, acceptance=Acceptance(accept_drop, accept_rejects, reason), **rest)

    told: Callable[..., int] = accepting
    for option in (
        _DESK_OPTION,
        RULES_OPTION,
        _ON_OPTION,
        click.option("--reason", metavar="TEXT", default="", help="Why; it is kept with the edition."),
        click.option("--accept-rejects", is_flag=True, help="Rely on it although entries could not be read."),
        click.option("--accept-drop", is_flag=True, help="Take it although it is too short or shrank."),
    ):
        told = option(told)
    return told


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def lists() -> None:
    """Lists of parties: which there are, of which day, and whether they can be relied on.

    A list that is missing, too old, too short or not whole never clears anybody: its state is cannot_say.

    \b
    Example:
        greenlane lists status
        greenlane lists load consolidated.json --state 2026-07-31
    """


@lists.command()
@_ON_OPTION
@click.option(
    "--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True, help="Form of the answer."
)
@RULES_OPTION
@_DESK_OPTION
def status(on: str | None, form: str, folder: Path | None, desk: Path | None) -> int:
    """Say of each list its state, count, source and age, and whether it can be relied on.

    Exit code 0 if all lists that ship or were loaded can be relied on, 1 if one cannot.

    \b
    Example:
        greenlane lists status --on 2026-08-03
    """
    states = listkeeping.open_lists(folder, desk).states(_day(on))
    if form == "json":
        click.echo(json.dumps([plain_state(one) for one in states], ensure_ascii=False, indent=1))
    else:
        for one in states:
            _print_state(one)
    return 1 if any(one.state is not None and not one.is_usable for one in states) else 0


def _print_state(one: ListState) -> None:
    days = f"{one.age_days} of {one.stale_after_days} days" if one.state is not None else ""
    about = f"{one.count:>7,}  {one.state}  {days}" if one.state is not None else "no edition"
    click.echo(f"{one.list:<20} {one.verdict:<10} {about}")
    if one.state is not None:
        for text in one.why:
            click.echo(f"    {text}")
        standing = "" if one.standing is Standing.OFFICIAL else f", {one.standing.value}, not official"
        click.echo(f"    from {one.source}, sha256 {one.sha256[:16]}{standing}")
        if one.follows:
            click.echo(f"    {one.follows}")


@lists.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--list", "list_id", metavar="ID", default="", help="Take only this list; needed where the file does not say it.")
@click.option("--format", "form", type=click.Choice(listkeeping.FORMATS), help="The form of the file.  [default: told from it]")
@click.option("--state", metavar="DATE", help="The day the file is of, where it does not say it itself.")
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Where bad rows go.  [default: FILE.rejects.csv]")
@_taking_in
def load(
    files: tuple[Path, ...],
    list_id: str,
    form: str | None,
    state: str | None,
    rejects: Path | None,
    acceptance: Acceptance,
    on: str | None,
    folder: Path | None,
    desk: Path | None,
) -> int:
    """Read an official file of a list and keep it as an edition.

    A file that is cut off, damaged or of no known form is refused whole, and so is an edition that is too short or lost more
    than is plausible. A row that does not read goes to the reject file; what else is not understood is named. The names, aliases
    and addresses of OFAC's CSV are given together. Exit code 0: kept; 1: kept, with rejects or findings; 2: refused.

    \b
    Example:
        greenlane lists load consolidated.json --state 2026-07-31
        greenlane lists load sdn.csv alt.csv add.csv --list us-sdn --state 2024-05-03
    """
    day = _day(on)
    room = listkeeping.open_lists(folder, desk)
    found = listkeeping.read_list_files(
        files, list_id=list_id, form=form or "", state=None if state is None else read_date(state, "--state")
    )
    _say_unread(found, rejects or files[0].with_name(f"{files[0].name}.rejects.csv"))
    _keep(room, found, day, acceptance)
    return 1 if found.rejects or found.findings else 0


@lists.command()
@click.argument("names", nargs=-1, metavar="[LIST]...")
@_taking_in
def update(
    names: tuple[str, ...],
    acceptance: Acceptance,
    on: str | None,
    folder: Path | None,
    desk: Path | None,
) -> int:
    """Fetch lists from their official addresses and keep them; without names, all that have one.

    A file that does not say of which day it is counts as of today. Offline, fetch the file by hand and use `load`.

    \b
    Example:
        greenlane lists update us-sdn un-sc
    """
    day = _day(on)
    room = listkeeping.open_lists(folder, desk)
    unread = False
    for found in listkeeping.fetch_lists(room, names, on=day, say=lambda text: click.echo(text, err=True)):
        _say_unread(found, Path(f"lists-{day}.rejects.csv"))
        _keep(room, found, day, acceptance)
        unread = unread or bool(found.rejects or found.findings)
    return 1 if unread else 0


@lists.command()
@click.argument("old")
@click.argument("new")
@click.option("--list", "list_id", metavar="ID", default="", help="The list, where a file does not say it or holds several.")
@click.option(
    "--file-format", "file_form", type=click.Choice(listkeeping.FORMATS), help="The form of the files.  [default: told from them]"
)
@click.option(
    "--format", "form", type=click.Choice(("table", "json", "csv")), default="table", show_default=True, help="Form of the answer."
)
@RULES_OPTION
@_DESK_OPTION
def diff(old: str, new: str, list_id: str, file_form: str | None, form: str, folder: Path | None, desk: Path | None) -> int:
    """Say which entries were added, removed, renamed or changed between two editions.

    An edition is LIST (the latest), LIST@DAY, LIST@shipped, or a file. Exit code 0: none differs, 1: some do.

    \b
    Example:
        greenlane lists diff us-sdn@2024-05-02 us-sdn@2024-05-03
        greenlane lists diff us-entity-list@shipped us-entity-list --format csv
    """
    changes = listkeeping.open_lists(folder, desk).changes(old, new, list_id=list_id, form=file_form or "")
    if form == "json":
        click.echo(json.dumps([one.plain() for one in changes], ensure_ascii=False, indent=1))
    elif form == "csv":
        click.echo(listkeeping.changes_csv(changes), nl=False)
    else:
        _print_changes(changes)
    return 1 if changes else 0


def _print_changes(changes: Sequence[EntryChange]) -> None:
    for one in changes:
        text = one.party.names[0].text
        if one.what == "renamed" and one.old is not None:
            text = f"{one.old.names[0].text} -> {text}"
        more = f"  ({', '.join(one.fields)})" if one.what == "changed" else ""
        click.echo(f"{one.what:<8} {one.party.id}  {text}{more}")
    counts = {what: sum(one.what == what for one in changes) for what in ("added", "removed", "renamed", "changed")}
    click.echo(", ".join(f"{count:,} {what}" for what, count in counts.items()), err=True)


def _day(text: str | None) -> date:
    if text is not None:
        return read_date(text, "--on")
    day = wiring.today()
    click.echo(f"on {day.isoformat()} (today)", err=True)
    return day


def _say_unread(found: ListFile, target: Path) -> None:
    for finding in found.findings[:_SHOWN_MAX]:
        click.echo(str(finding), err=True)
    if len(found.findings) > _SHOWN_MAX:
        click.echo(f"and {len(found.findings) - _SHOWN_MAX} more findings", err=True)
    if found.rejects:
        listkeeping.write_rejects(target, found)
        for reject in found.rejects[:_SHOWN_MAX]:
            click.echo("\n\n".join(str(problem) for problem in reject.problems), err=True)
        click.echo(f"{len(found.rejects):,} rows rejected: {target}", err=True)


def _keep(room: ListRoom, found: ListFile, day: date, acceptance: Acceptance) -> None:
    for kept in room.take_in(found, on=day, acceptance=acceptance):
        one = kept.edition
        word = "kept" if kept.is_new else "there already"
        click.echo(f"{one.list:<20} {word}: {len(one.parties):,} entries of {one.state}, sha256 {one.sha256[:16]}")
