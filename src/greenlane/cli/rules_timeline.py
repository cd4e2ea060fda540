"""greenlane rules timeline: what did each side restrict, suspend, end and only say, and when?"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli.rules_asking import (
    KNOWN_BY_OPTION,
    RULES_OPTION,
    SIDE_OPTION,
    SIDES,
    format_option,
    known_by_or_all,
    known_through,
    read_date,
)
from greenlane.cli.rules_printing import fill, print_records
from greenlane.cli.rules_records import bound_text, period_record, source_record, stamp_of
from greenlane.cli.rules_words import day_words, local_name, period_words, some_of
from greenlane.errors import UsageError
from greenlane.law import timeline as history
from greenlane.law.rulebase import State
from greenlane.terms.periods import Bound, Moment

_COLUMNS = (16, 16, 22, 30, 10)


@click.command()
@click.option("--from", "first", metavar="DATE", default="2025-01-01", show_default=True, help="First day shown.")
@click.option("--to", "last", metavar="DATE", help="Last day shown.  [default: the last day the base has read]")
@KNOWN_BY_OPTION
@SIDE_OPTION
@click.option("--all", "unfold", is_flag=True, help="One row for each listing of firms, too.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw it into this file.")
@format_option("table", "jsonl", "csv")
@RULES_OPTION
def timeline(
    first: str,
    last: str | None,
    known_by: str | None,
    side: str | None,
    unfold: bool,
    svg: Path | None,
    form: str,
    folder: Path | None,
) -> int:
    """What each side restricted, suspended, ended and only said, over time, with the act of every change.

    \b
    Example:
        greenlane rules timeline --from 2025-04-01 --to 2025-06-30 --format csv
        greenlane rules timeline --svg timeline.svg
        greenlane rules timeline --side cn --known-by 2025-11-30
    """
    base = wiring.load_rules(folder, release=False)
    known = known_by_or_all(known_by, base)
    start = read_date(first, "--from")
    end = read_date(last, "--to") if last is not None else known_through(base)
    if end < start:
        raise UsageError("GL0304", f"--to {end} lies before --from {start}", hint="give the earlier day first")
    found = history.rows(base, known, sides=(side,) if side else tuple(SIDES), unfold=unfold or form != "table")
    if svg is not None:
        from greenlane.cli.timeline_svg import draw

        drawn = history.rows(base, known, sides=(side,) if side else tuple(SIDES), unfold=unfold)
        _write(
            svg,
            draw(drawn, first=start, last=end, known_by=known.calendar_day, version=base.version, sha256=base.sha256),
        )
        click.echo(f"drawn into {svg}", err=True)
    stamp = stamp_of(base, known)
    if form != "table":
        print_records([line | stamp for row in found for line in _lines(row, start, end)], form)
        return 0
    if svg is None:
        _print_timeline(found, start, end)
        click.echo(f"days {start} to {end}, as known on {known.text}; rule base {base.version}")
    return 0


# --- as plain values ------------------------------------------------------------------------------------------------


def _lines(row: history.Row, start: date, end: date) -> Iterable[dict[str, Any]]:
    """A row as records: one for each span of each history, and one for each thing said."""
    for track in row.tracks:
        home = track.rules[0].instrument
        head = {
            "side": row.side, "instrument": home.id, "title": home.title,
            "kind": row.kind if row.kind != "folded" else "measures",
            "rules": [rule.id for rule in track.rules], "zone": home.zone, "standing": home.standing.value,
        }  # fmt: skip
        for span in track.spans:
            if _touches(span.start, span.end, start, end):
                yield head | period_record(span)
    for one in row.said:
        if _touches(one.start, one.end, start, end):
            home = one.instrument
            yield {
                "side": row.side, "instrument": home.id, "title": one.title, "kind": "said", "rules": [one.id],
                "zone": home.zone, "standing": home.standing.value, "from": one.start.text, "until": bound_text(one.end),
                "state": one.status, "leaves": "", "rate_percent": "", "rate_may_be": {}, "why": "said",
                "by": home.id, "known_since": one.known_since.text, "stated_by": "", "stated_end": "",
                "source": source_record(one.source) if one.source is not None else None,
            }  # fmt: skip


def _touches(first: Bound, last: Bound | None, start: date, end: date) -> bool:
    return first.day <= end and (last is None or last.day > start)


# --- for people -----------------------------------------------------------------------------------------------------


def _print_timeline(found: Sequence[history.Row], start: date, end: date) -> None:
    for side, name in SIDES.items():
        mine = [(row, list(_timeline_row(row, start, end))) for row in found if row.side == side]
        if not any(lines for _, lines in mine):
            continue
        click.echo(f"\n{name.upper()}")
        _columns(("from", "until", "state", "by which act", "public"))
        for row, lines in mine:
            if lines:
                fill(f"{row.id}: {row.title}", "", "    ")
                for line in lines:
                    _columns(line)


def _timeline_row(row: history.Row, start: date, end: date) -> Iterable[tuple[str, ...]]:
    if row.kind == "folded":
        yield _folded_line(row, end)
        return
    for track in row.tracks:
        shown = [span for span in track.spans if _touches(span.start, span.end, start, end)]
        if shown and len(row.tracks) > 1:
            yield (f"  {some_of([local_name(rule.id) for rule in track.rules], 4)}:",)
        for span in shown:
            from_, until, words, by, known = _line_of(period_record(span))
            yield (from_, until, f"exception {words}" if row.kind == "exceptions" else words, by, known)
    for one in row.said:
        if _touches(one.start, one.end, start, end):
            words = f"{one.status}; decides nothing" + (f", of {some_of(one.about, 3)}" if one.about else "")
            known = one.known_since.day.isoformat()
            yield (day_words(one.start.text), day_words(bound_text(one.end)) or "open", words, one.instrument.id, known)


def _line_of(card: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    return (
        day_words(card["from"]),
        day_words(card["until"]) or "open",
        period_words(card),
        card["by"],
        card["known_since"][:10],
    )


def _folded_line(row: history.Row, end: date) -> tuple[str, ...]:
    moment = Moment.of_day(end)
    held = [history.held(track.spans, moment) for track in row.tracks]
    words = [one.state.value if one is not None else State.NOT_BEGUN.value for one in held]
    counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
    begun = min(track.spans[0].start.day for track in row.tracks)
    return (begun.isoformat(), "", f"on {end}: {counts}", "--all shows each", "")


def _columns(cells: Sequence[str]) -> None:
    """Cells in columns of fixed width, wrapped; a single cell takes the whole line."""
    if len(cells) == 1:
        click.echo(cells[0])
        return
    wrapped = [textwrap.wrap(cell, wide, break_on_hyphens=False) or [""] for cell, wide in zip(cells, _COLUMNS, strict=True)]
    for number in range(max(map(len, wrapped))):
        parts = [part[number] if number < len(part) else "" for part in wrapped]
        line = " ".join(part.ljust(wide) for part, wide in zip(parts, _COLUMNS, strict=True))
        click.echo(f"  {line}".rstrip())


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError("GL0306", f"{path} cannot be written: {error.strerror}", hint="choose another file") from error
