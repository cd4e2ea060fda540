"""Decisions as a table, JSON Lines, CSV, Parquet, Arrow or XLSX."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from greenlane import wiring
from greenlane.decide.decision import Decision, Verdict, source_of
from greenlane.decide.explain import WORDS, duty_headline, what_next, why
from greenlane.errors import UsageError
from greenlane.terms.amounts import show

FORMATS = ("table", "jsonl", "csv", "parquet", "arrow", "xlsx")
ANSWER_COLUMNS = (
    "verdict", "lane", "on", "known_by", "range_low", "range_high", "decided_by", "why", "next", "source", "source_href", "missing",
    "assumed", "lifts", "next_change", "duty_percent", "duty_low", "duty_high", "duty_amount", "duty_currency",
    "coverage", "rules_version", "rules_sha256",
)  # fmt: skip
COVER_COLUMNS = ("cover", "cover_short", "uncovered")  # only at a desk that keeps a ledger, or ships its licences as facts
_COLOURS = {
    Verdict.FREE: "green",
    Verdict.LICENCE_REQUIRED: "yellow",
    Verdict.PRESUMPTION_OF_DENIAL: "red",
    Verdict.PROHIBITED: "bold red",
    Verdict.CANNOT_SAY: "bright_black",
}


def jsonl(decisions: Iterable[Decision]) -> Iterable[str]:
    """One JSON object a line."""
    for decision in decisions:
        yield json.dumps(decision.plain(), ensure_ascii=False)


def flat(decision: Decision) -> dict[str, str]:
    """The row as it came, with the answer in further columns; a column of the same name keeps the user's as `input_...`."""
    deciding = [reason for reason in decision.reasons if reason.decided]
    source = source_of(deciding[0].measure) if deciding else {"title": "", "href": ""}
    duty = decision.duty
    answer = {
        "verdict": decision.verdict.value,
        "lane": decision.lane,
        "on": decision.on,
        "known_by": decision.known_by,
        "range_low": decision.low.value,
        "range_high": decision.high.value,
        "decided_by": ";".join(decision.deciding),
        "why": why(decision),
        "next": what_next(decision),
        "source": source["title"] or "",
        "source_href": source["href"] or "",
        "missing": ";".join(one.fact for one in decision.missing),
        "assumed": ";".join(f"{one.fact}={one.value}" for one in decision.assumed),
        "lifts": ";".join(one.lift.id for one in decision.lifts),
        "next_change": decision.next_change or "",
        "duty_percent": show(duty.rate) if duty is not None and duty.rate is not None else "",
        "duty_low": show(duty.low) if duty is not None and duty.low is not None else "",
        "duty_high": show(duty.high) if duty is not None and duty.high is not None else "",
        "duty_amount": show(duty.amount) if duty is not None and duty.amount is not None else "",
        "duty_currency": duty.currency if duty is not None and duty.amount is not None else "",
        "coverage": ";".join(f"{one.regime}={one.status}" for one in decision.coverage),
        "rules_version": decision.rules_version,
        "rules_sha256": decision.rules_sha256,
    }
    if decision.cover or decision.uncovered:
        answer |= {"cover": cover_words(decision), "cover_short": cover_short(decision), "uncovered": ";".join(decision.uncovered)}
    kept = {f"input_{name}" if name in answer else name: text for name, text in decision.line.cells.items()}
    return kept | answer


def cover_words(decision: Decision) -> str:
    """Each licence with what it gives, `;` between."""
    return ";".join(f"{one['licence']}={one['takes']} {one['unit']}" for one in decision.cover)


def cover_short(decision: Decision) -> str:
    """What is short after the last licence; nothing where none gives anything."""
    return f"{decision.cover[-1]['short']} {decision.cover[-1]['unit']}" if decision.cover else ""


def table(decisions: Sequence[Decision], *, explain: bool) -> None:
    """A table for people; words and colour, never colour alone."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 118, highlight=False)
    grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in ("line", "goods and way", "day", "verdict", "why, and what next"):
        grid.add_column(name, width=40 if name == "goods and way" else None, overflow="fold")
    for decision in decisions:
        line = decision.line
        act = f"{line.activity} " if line.activity != "export" else ""
        goods = f"{line.goods_words()}\n{act}{line.ship_from} -> {line.ship_to}"
        says = [why(decision)]
        if explain:
            says += [f"also: {one.measure.id} ({one.effect.value})" for one in decision.reasons if not one.decided]
        if (following := what_next(decision)) != "":
            says.append(following)
        if decision.duty is not None and (decision.duty.rate is not None or decision.line.activity == "import"):
            says.append(f"duty {duty_headline(decision.duty)}")
        word = Text(f"{WORDS[decision.verdict]}\n[{decision.lane}]", style=_COLOURS[decision.verdict])
        grid.add_row(Text(line.line_id), Text(goods), Text(decision.on), word, Text("\n".join(says)))
    console.print(grid)
    console.print(Text(totals(decisions)))


def totals(decisions: Sequence[Decision]) -> str:
    """How many of each verdict."""
    return totals_of(Counter(one.verdict.value for one in decisions))


def totals_of(counts: Mapping[str, int]) -> str:
    """The same of counts by verdict."""
    said = "   ".join(f"{WORDS[verdict].capitalize()} {counts.get(verdict.value, 0)}" for verdict in Verdict)
    count = sum(counts.values())
    return f"{count} line{'s' if count != 1 else ''}:   {said}"


def write(decisions: Sequence[Decision], *, form: str, out: Path | None, explain: bool) -> None:
    """Write decisions in a form, to a file or to standard output. Raises UsageError for forms that need a file."""
    if form == "table":
        if out is not None:
            raise UsageError(
                "GL0304", "a table is for the screen", hint="choose --format csv, xlsx, parquet, arrow or jsonl with --out"
            )
        table(decisions, explain=explain)
    elif form == "jsonl":
        text = "".join(f"{line}\n" for line in jsonl(decisions))
        if out is None:
            click.echo(text, nl=False)
        else:
            wiring.write_text(out, text)
    else:
        if out is None and form != "csv":
            raise UsageError("GL0304", f"{form} needs a file", hint=f"add --out answers.{form}")
        rows = [flat(decision) for decision in decisions]
        columns = list(dict.fromkeys(name for row in rows for name in row)) or list(ANSWER_COLUMNS)
        if out is None:
            click.echo(wiring.csv_text(columns, rows), nl=False)
        else:
            wiring.write_table(out, columns, rows, form=form, sources=sources(decisions))


def sources(decisions: Iterable[Decision]) -> list[dict[str, str]]:
    """Every source of every measure that bites, once: the sheet of sources of an export."""
    found: dict[str, dict[str, str]] = {}
    for decision in decisions:
        for reason in decision.reasons:
            for source in reason.measure.sources:
                key = f"{reason.measure.instrument.id}/{source.key}"
                found[key] = {
                    "instrument": reason.measure.instrument.id,
                    "title": source.title,
                    "href": source.href or "",
                    "read": source.read,
                }
    return [found[key] for key in sorted(found)]
