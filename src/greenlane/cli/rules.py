"""greenlane rules: is the law as data sound, and what does it hold? The group of its commands, with check, test and list."""

from __future__ import annotations

from pathlib import Path

import click

from greenlane import wiring
from greenlane.cli.rules_accept import accept
from greenlane.cli.rules_asking import (
    KNOWN_BY_OPTION,
    ON_OPTION,
    RULES_OPTION,
    SIDE_OPTION,
    day_or_today,
    format_option,
    read_asked,
    unknown_name,
    warn_if_unread,
)
from greenlane.cli.rules_blast import blast
from greenlane.cli.rules_coverage import coverage
from greenlane.cli.rules_diff import diff
from greenlane.cli.rules_draft import draft
from greenlane.cli.rules_export import export
from greenlane.cli.rules_printing import print_records, table
from greenlane.cli.rules_records import instrument_record, stamp_of
from greenlane.cli.rules_show import show
from greenlane.cli.rules_sync import sync
from greenlane.cli.rules_timeline import timeline
from greenlane.cli.rules_words import SAID, day_words, state_words
from greenlane.law import timeline as history

STATES = ("in_force", "suspended", "unenforced", "unknown", "not_begun", "ended", "at_zero", "said")


@click.group()
def rules() -> None:
    """The law as data: list, show, timeline, diff, check, test, coverage, export; new law: draft, blast, accept, sync."""


@rules.command()
@RULES_OPTION
def check(folder: Path | None) -> int:
    """Read the whole base and hold it against every integrity rule.

    \b
    Example:
        greenlane rules check
    """
    base = wiring.load_rules(folder, with_cases=True)
    click.echo(f"{len(base.instruments)} instruments, {len(base.measures)} measures, {len(base.cases)} cases: clean")
    return 0


@rules.command()
@click.argument("instruments", nargs=-1)
@RULES_OPTION
def test(instruments: tuple[str, ...], folder: Path | None) -> int:
    """Run the worked examples beside the law, all or those of some instruments.

    \b
    Example:
        greenlane rules test
        greenlane rules test cn-2025-018
    """
    base = wiring.load_rules(folder, with_cases=True, release=False)
    for name in instruments:
        if name not in base.instruments:
            raise unknown_name(name, base.instruments, "instrument")
    cases = [case for case in base.cases if not instruments or case.instrument in instruments]
    results = list(wiring.progress(wiring.run_cases(cases, base), len(cases), "testing"))
    failed = [result for result in results if result.failures]
    for result in failed:
        click.echo(f"{result.case.file}:{result.case.at_line}: {result.case.name}")
        for text in result.failures:
            click.echo(f"    {text}")
    click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


@rules.command("list")
@click.option("--regime", metavar="ID", help="Only this regime, such as cn-export or us-ear.")
@SIDE_OPTION
@ON_OPTION
@KNOWN_BY_OPTION
@click.option("--status", type=click.Choice(STATES), help="Only instruments of which a part stands so on the day.")
@format_option("table", "jsonl", "csv")
@RULES_OPTION
def list_(
    regime: str | None,
    side: str | None,
    on: str | None,
    known_by: str | None,
    status: str | None,
    form: str,
    folder: Path | None,
) -> int:
    """The instruments, and how each stands on a day as known by another (default: the same day).

    \b
    Example:
        greenlane rules list --on 2025-06-10
        greenlane rules list --side cn --on 2026-10-10 --status suspended
    """
    base = wiring.load_rules(folder, release=False)
    if regime is not None and regime not in base.regimes:
        raise unknown_name(regime, base.regimes, "regime")
    day = day_or_today(on)
    known = day if known_by is None else read_asked(known_by, "--known-by")
    warn_if_unread(base, known)
    rows = []
    for one in base.instruments.values():
        if (regime and one.regime != regime) or (side and one.side != side) or not known.knows(one.known_since):
            continue
        counts = history.states_on(one, base, day, known)
        states = list(dict.fromkeys(word for count in counts for word in count))
        wanted = SAID if status == "said" else (status,)
        if status is None or any(state in wanted for state in states):
            rows.append(
                instrument_record(one, base, known)
                | {"states": states, "state": state_words(counts), **stamp_of(base, known, on=day)}
            )
    rows.sort(key=lambda row: (row["side"], row["known_since"], row["id"]))
    if form != "table":
        print_records(rows, form)
        return 0
    grid = [
        (f"{row['id']}\n{row['title']}", str(row["measures"] or ""), day_words(row["known_since"]), row["state"]) for row in rows
    ]
    table(("instrument", "measures", "known since", f"state on {day.text}"), grid, widths=(52, 8, 11, 23))
    click.echo(f"{len(rows)} instruments, as known on {known.text}; rule base {base.version}")
    return 0


for _command in (show, timeline, diff, coverage, draft, blast, accept, sync, export):
    rules.add_command(_command)
