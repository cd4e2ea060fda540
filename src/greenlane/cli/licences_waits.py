"""greenlane licences file-by and calendar: when to file, and what ends when."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import click

from greenlane.cli.licences_asking import DESK, FORMAT, ON, OUT, date_of, day_of, grid, say, several
from greenlane.errors import UsageError
from greenlane.licences.licence import read_iso_day
from greenlane.services import applying, filing
from greenlane.wiring import applying as hall
from greenlane.wiring import licensing as room


@click.command("file-by")
@click.option("--licence-by", "goods_by", metavar="DATE", help="The day by which the licence must be there.")
@click.option("--filed", "now", is_flag=True, help="Say instead when it is there if it is filed for on --on.")
@click.option("--authority", default="CN", show_default=True, help="Who decides.")
@click.option("--province", default="", help="Province whose office takes it.")
@click.option("--destination", default="", help="Country of the end user.")
@click.option("--kind", default="", help="Kind of licence.")
@click.option("--spare", type=click.IntRange(0, 250), default=0, show_default=True, help="Working days in hand, as for customs.")
@click.option("--prior", help="Lean on this reading of public figures; without it none is used.")
@several(ON, DESK, FORMAT)
def file_by(
    goods_by: str | None,
    now: bool,
    authority: str,
    province: str,
    destination: str,
    kind: str,
    spare: int,
    prior: str | None,
    on: str | None,
    desk: Path | None,
    form: str,
) -> int:
    """When to file so that a licence is there by a day: for one case in two (P50), nine in ten (P90), and by the clock of the law.

    Estimated from the desk's own cases, the waiting ones as waiting. Without enough decided cases that is said, and the clock is
    all there is. Public figures are shown beside by who was asked; they are used only when one is named.

    \b
    Example:
        greenlane licences file-by --licence-by 2025-08-01 --province Jiangxi --destination DE --on 2025-06-10
        greenlane licences file-by --filed --destination DE --on 2025-06-10
    """
    if now == (goods_by is not None):
        raise UsageError("GL0304", "either --licence-by, or --filed", hint="--licence-by 2025-08-01, or --filed --on 2025-06-10")
    last = None if goods_by is None else date_of(goods_by, "--licence-by")
    wanted = {"province": province, "destination": destination, "kind": kind}
    told = filed(desk, date_of(on), authority=authority, goods_by=last, spare=spare, prior=prior, **wanted).told
    if form == "jsonl":
        say(told)
        return 0
    _print(told)
    return 0


def filed(desk: Path | None, day: date, *, authority: str, **asked: Any) -> filing.Filing:
    """What `filing.file_by` says of the cases of a desk. Raises UsageError."""
    practice = hall.load_practice()
    calendar = practice.calendars.get(authority)
    with closing(room.open_ledger(desk)) as ledger:
        found = applying.dossiers(ledger)
    cases = [] if calendar is None else filing.cases_of(found, calendar, hall.make_case, authority=authority, on=day)
    return filing.file_by(cases, practice, hall.estimate, hall.make_lean, authority=authority, on=day, **asked)


def _print(told: dict[str, Any]) -> None:
    cases, made = told["cases"], told["estimate"]
    asked = f"licence by {told['licence_by']}" if "licence_by" in told else f"filed on {told['filed']}"
    click.echo(f"{asked}; {cases['decided']} decided cases of this desk, {cases['waiting']} waiting")
    if "prior" in told:
        prior = told["prior"]
        click.echo(f"leaning on {prior['id']} ({prior['standing']}): {prior['asked']}; {prior['note']}")
        if prior["hindsight"]:
            click.echo(f"in hindsight: on {told['on']} some of the figures behind it were not public yet")
    if made is None:
        click.echo(f"no estimate: {told['why']}")
    else:
        for name, words in (("p50", "one case in two"), ("p90", "nine cases in ten")):
            late = f"; that was {made[f'{name}_late_days']} working days ago" if f"{name}_late_days" in made else ""
            if f"there_{name}" in made:
                by, does = made[f"there_{name}"], "there by"
            else:
                by, does = made[f"file_by_{name}"], "file by"
            when = f"{does} {by}{late}" if by else f"no day: {made[f'{name}_why']}"
            click.echo(f"{name.upper()} ({words}): {made[f'{name}_days']} working days; {when}")
        if (counted := told["counted_on"])["standing"] == "unverified":
            click.echo(f"working days of {counted['calendar']} are unverified: no day above is certain")
        click.echo(f"rests on {made['rests_on']}; {made['like']} decided cases are alike in all that was asked")
    if (law := told.get("clock")) is not None:
        by = law.get(f"{law['starts']}_by")
        when = f"{law['starts']} by {by}" if by else f"it ends on {law['ends']}" if "ends" in law else law["why"]
        click.echo(f"clock of the law: {law['days']} {law['counts']} days, {when} ({law['standing']}; {law['source']})")
        click.echo(f"  {law['note']}")
    else:
        click.echo(told["no_clock"])
    click.echo(told["customs"])
    if not told["public"]:
        click.echo(f"nothing that was said in public is held of {told['authority']} by that day")
        return
    click.echo("said in public, by who was asked; not used above:" if "prior" not in told else "said in public, by who was asked:")
    for row in told["public"]:
        share = next(
            (
                f"{mark}{row[key]} %"
                for key, mark in (("percent", ""), ("percent_below", "under "), ("percent_above", "over "))
                if key in row
            ),
            "",
        )
        said = row.get("said") or f"{share} {row['meaning']}" + (f", of {row['filed']}" if "filed" in row else "")
        click.echo(f"  {row['day']}  {row['asked']}: {said}")


@click.command()
@click.option("--since", metavar="DATE", help="From this day on.  [default: today, printed]")
@click.option("--until", metavar="DATE", help="To this day.")
@click.option(
    "--format", "form", type=click.Choice(("table", "jsonl", "ics")), default="table", show_default=True, help="Form of the answer."
)
@click.option("--working-days", "asked", metavar="AUTHORITY", help="Say instead which working days are held of an authority.")
@several(OUT, DESK)
def calendar(since: str | None, until: str | None, form: str, asked: str | None, out: Path | None, desk: Path | None) -> int:
    """What ends or falls due, and when: licences with what is left, reservations, provisos, clocks of applications.

    \b
    Example:
        greenlane licences calendar --since 2025-06-10
        greenlane licences calendar --since 2025-06-10 --format ics --out cliffs.ics
    """
    practice = hall.load_practice()
    if asked is not None:
        found = practice.calendars.get(asked)
        if found is None:
            raise UsageError("GL0731", f"no working days are held of {asked}", hint=f"held: {', '.join(practice.calendars)}")
        for year in found.years.values():
            source = "; ".join(f"{one.title} ({one.read.replace('_', ' ')})" for one in year.sources)
            off = ", ".join(sorted(day.isoformat() for day in year.off))
            worked = ", ".join(sorted(day.isoformat() for day in year.worked))
            if form == "jsonl":
                say(
                    {
                        "authority": asked,
                        "year": year.year,
                        "standing": year.standing.value,
                        "off": off.split(", "),
                        "worked": worked.split(", ") if worked else [],
                        "source": source,
                    }
                )
            else:
                click.echo(f"{asked} {year.year}, {year.standing.value}: off {off}" + (f"; worked {worked}" if worked else ""))
                click.echo(f"  {source}")
        click.echo(f"other years are not held ({practice.as_of}); {found.reading}", err=True)
        return 0
    first = day_of(since, "--since")
    with closing(room.open_ledger(desk)) as ledger:
        cliffs = applying.cliffs(ledger, practice, since=first, until=read_iso_day(until, "--until") if until else "")
    if form == "ics" or (out is not None and out.suffix.lower() == ".ics"):
        text = hall.cliffs_text(cliffs)
        if out is None:
            click.echo(text.encode(), nl=False)
        else:
            hall.write_text(out, text)
        click.echo(f"{len(cliffs)} days", err=True)
    elif out is not None:
        hall.write_rows(out, [one.plain() for one in cliffs])
        click.echo(f"{len(cliffs)} days: {out}", err=True)
    elif form == "jsonl":
        for one in cliffs:
            say(one.plain())
    else:
        cells = [(one.day, one.what.replace("_", " "), one.licence, one.words, one.zone) for one in cliffs]
        grid(("day", "what", "of", "words", "zone"), cells, none="nothing ends or falls due")
    return 0


COMMANDS: list[click.Command] = [file_by, calendar]
