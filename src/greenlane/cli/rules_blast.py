"""greenlane rules blast: what would a draft change, if it were accepted?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli.decide import read_question
from greenlane.cli.rules_asking import KNOWN_BY_OPTION, ON_OPTION, RULES_OPTION, format_option
from greenlane.cli.rules_printing import fill, print_records, table
from greenlane.cli.rules_words import some_of
from greenlane.decide.line import Line
from greenlane.errors import DraftError, Place, RuleBaseError
from greenlane.services.rulekeeping import Blast, LineChange
from greenlane.services.rulekeeping import blast as run_blast
from greenlane.terms.amounts import show
from greenlane.wiring import lawkeeping

_ROWS_MAX = 60


@click.command()
@click.argument("draft", type=click.Path(path_type=Path, file_okay=False))
@click.argument("lines", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@ON_OPTION
@KNOWN_BY_OPTION
@format_option("table", "jsonl")
@RULES_OPTION
def blast(draft: Path, lines: tuple[Path, ...], on: str | None, known_by: str | None, form: str, folder: Path | None) -> int:
    """Show what a draft would change: new law, order lines with their money, and worked cases of the base.

    DRAFT is a draft folder, LINES are order files. Nothing is written. Exit code 0 if no answer changes, 1 if one does, 2 if
    the draft does not load.

    \b
    Example:
        greenlane rules blast drafts/cn-2026-080 orders.csv --on 2026-12-01
        greenlane rules blast drafts/cn-2026-080 --format jsonl --on 2026-12-01
    """
    found = lawkeeping.read_draft(draft)
    question = read_question(on, known_by, None, strict=False)
    shelf = lawkeeping.rule_shelf(folder)
    before = shelf.load()
    try:
        after = shelf.load_with(found.files, with_cases=False)
    except RuleBaseError as problem:
        click.echo(str(problem), err=True)
        open_keys = [f"{one.key} ({one.why})" for one in found.fill_in]
        hint = f"still to fill in: {some_of(open_keys, 6)}" if open_keys else "mend the files of the draft"
        raise DraftError("GL0401", "the base does not load with this draft", at=Place(draft.as_posix()), hint=hint) from problem
    asked: list[Line] = []
    for path in lines:
        good, bad = wiring.read_order_file(path)
        asked += good
        if bad:
            click.echo(f"{path}: {len(bad)} rows do not read and are left out; `greenlane decide` names them", err=True)
    result = run_blast(before, after, asked, question, watch=wiring.progress)
    if form == "jsonl":
        print_records(_records(result), form)
    else:
        _print(result, found.base is not None and found.base.sha256 != before.sha256)
    return 1 if result.changes_anything else 0


def _records(result: Blast) -> list[dict[str, Any]]:
    rows = [one.plain() for one in result.law]
    rows += [one.plain() for one in result.lines]
    for one in result.cases:
        where = {"file": one.case.file, "line": one.case.at_line, "failures": list(one.failures)}
        rows.append({"change": "case", "instrument": one.case.instrument, "case": one.case.name, **where})
    total = {"change": "total", "lines": len(result.lines), "lines_asked": result.lines_asked}
    total |= {"cases": len(result.cases), "cases_asked": result.cases_asked, "cases_run": result.cases_run}
    value = {currency: show(money) for currency, money in result.money.items()}
    return [*rows, {**total, "value": value}]


def _print(result: Blast, is_stale: bool) -> None:
    if is_stale:
        click.echo("note: the base is not the one this draft was made for; `rules accept` will refuse it", err=True)
    for what in dict.fromkeys(one.what for one in result.law):
        names = [one.id for one in result.law if one.what == what]
        fill(f"{what}: {some_of(names, 12)}", "", "    ")
    if result.lines:
        click.echo()
        rows = [_row(one) for one in result.lines[:_ROWS_MAX]]
        table(("line", "before", "after", "because of", "value"), rows, widths=(14, 22, 22, 30, 14))
        if len(result.lines) > _ROWS_MAX:
            click.echo(f"and {len(result.lines) - _ROWS_MAX} more; --format jsonl has all")
    for one in result.cases[:_ROWS_MAX]:
        fill(f"case {one.case.file}:{one.case.at_line}: {one.case.name}: {'; '.join(one.failures)}", "", "    ")
    money = ", ".join(f"{show(value)} {currency}" for currency, value in result.money.items())
    click.echo(
        f"{len(result.lines)} of {result.lines_asked} lines change{f' ({money})' if money else ''}; "
        f"{len(result.cases)} of {result.cases_asked} worked cases change"
    )
    if result.cases_run < result.cases_asked:
        click.echo(f"{result.cases_run} of them were run; the others ask what was known before the new law was public")


def _row(one: LineChange) -> Sequence[str]:
    value = "" if one.line.value is None else f"{show(one.line.value)} {one.line.currency}".strip()
    return one.line.line_id, _answer(one, 0), _answer(one, 1), some_of(list(one.because), 4), value


def _answer(one: LineChange, which: int) -> str:
    decision = (one.before, one.after)[which]
    duty = one.plain()[("duty_before", "duty_after")[which]]
    words = decision.verdict.value.replace("_", " ")
    return f"{words}, duty {duty} %" if duty is not None and one.plain()["duty_before"] != one.plain()["duty_after"] else words
