"""greenlane whatif: which lines of a file would another day, another knowledge or another law change?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli.decide import read_day, read_question
from greenlane.cli.rules_printing import table
from greenlane.errors import UsageError
from greenlane.terms.amounts import show

_SHOWN = 12
_FORMATS = ("csv", "parquet", "arrow")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--on", metavar="DATE", help="Day (or instant) the goods move.  [default: today, printed]")
@click.option("--known-by", metavar="DATE", help="Use only law public by this day.  [default: --on]")
@click.option("--regimes", metavar="SIDES", help="Ask only these sides: cn, us or cn,us.  [default: cn,us]")
@click.option("--strict", is_flag=True, help="Presume nothing; ask instead.")
@click.option(
    "--against-on", metavar="DATE", multiple=True, help="The lines on this day instead, as known by then; may be repeated."
)
@click.option("--against-known-by", metavar="DATE", multiple=True, help="With the law public by this day instead; may be repeated.")
@click.option(
    "--against",
    type=click.Path(path_type=Path, file_okay=False),
    multiple=True,
    help="Under this rule base, or this draft over the base, instead; may be repeated.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the lines that change here: csv, parquet, arrow."
)
@click.option(
    "--format", "form", type=click.Choice(("table", "jsonl")), default="table", help="Form of the sums.  [default: table]"
)
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base to begin with.")
@click.option("--desk", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the lists.  [default: .]")
@click.option("--no-screening", is_flag=True, help="Take a party for a listed one only if the names are equal.")
def whatif(
    file: Path,
    on: str | None,
    known_by: str | None,
    regimes: str | None,
    strict: bool,
    against_on: tuple[str, ...],
    against_known_by: tuple[str, ...],
    against: tuple[Path, ...],
    out: Path | None,
    form: str,
    rules: Path | None,
    desk: Path | None,
    no_screening: bool,
) -> int:
    """Show which lines of FILE have another verdict on another day, with other knowledge, or under another law.

    All is asked in one pass, whatever the length of FILE. What changes is added up, with its money, by the two verdicts, by
    measure, by party and by goods. A line that states a date keeps it. Nothing is recorded. Exit code 0 if no verdict changes, 1 if
    one does or a row does not read.

    \b
    Example:
        greenlane whatif orders.parquet --on 2025-06-10 --against-on 2025-11-10
        greenlane whatif orders.csv --on 2025-06-10 --against-known-by 2025-04-01 --against drafts/cn-2026-080 --out changes.csv
    """
    from greenlane.wiring import whatif as room

    if not (against_on or against_known_by or against):
        hint = "add --against-on, --against-known-by or --against"
        raise UsageError("GL0304", "there is nothing to compare with", hint=hint)
    kind = None if out is None else wiring.format_of(out)
    if kind not in (None, *_FORMATS):
        raise UsageError("GL0304", f"lines that change are not written as {kind}", hint=f"name a file for {', '.join(_FORMATS)}")
    question = read_question(on, known_by, regimes, strict=strict)
    base = wiring.load_rules(rules)
    variants = [room.variant_on(question, base, read_day(text, "--against-on"), text) for text in against_on]
    variants += [room.variant_known_by(question, base, read_day(text, "--against-known-by"), text) for text in against_known_by]
    variants += [room.Variant(f"under {folder.name}", question, room.law_of(folder, rules)) for folder in against]
    names = [one.name for one in variants]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise UsageError("GL0304", f"`{double}` is asked twice", hint="leave one of them out, or rename a folder")
    wiring.settle()
    found = room.what_if(file, question, base, variants, rules=rules, desk=desk, form=kind, out=out, screening=not no_screening)
    if form == "jsonl":
        for record in _records(found):
            click.echo(json.dumps(record, ensure_ascii=False))
    else:
        _print(found)
    if found.rejected:
        rows = "row does" if found.rejected == 1 else "rows do"
        click.echo(f"{found.rejected} {rows} not read and left out; `greenlane decide` names them", err=True)
    return 1 if found.rejected or any(one.total.lines for one in found.sums.values()) else 0


def _records(found: Any) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []
    for name, sums in found.sums.items():
        for by in sums.by:
            records += [
                {"against": name, "by": by, "key": key, "lines": one.lines, "value": _plain(one.money)}
                for key, one in sums.ordered(by)
            ]
        total = {"against": name, "by": "total", "key": "", "lines": sums.total.lines, "value": _plain(sums.total.money)}
        records.append({**total, "lines_asked": found.lines})
    return records


def _plain(money: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: show(value) for currency, value in sorted(money.items())}


def _print(found: Any) -> None:
    for name, sums in found.sums.items():
        lines = "line changes" if sums.total.lines == 1 else "lines change"
        money = _money(sums.total.money)
        click.echo(f"{name}: {sums.total.lines} of {found.lines} {lines}{f' ({money})' if money else ''}")
        for by in sums.by:
            groups = [(key, one) for key, one in sums.ordered(by) if key]
            if groups:
                rows = [(key, str(one.lines), _money(one.money)) for key, one in groups[:_SHOWN]]
                table((by, "lines", "value"), rows, widths=(58, 12, 28))
                if len(groups) > _SHOWN:
                    click.echo(f"and {len(groups) - _SHOWN} more; --format jsonl has all")
        click.echo()


def _money(money: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{show(value)} {currency}" for currency, value in sorted(money.items()))
