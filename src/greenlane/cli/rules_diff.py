"""greenlane rules diff: what became known between two days, or what differs between two rule bases?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli.rules_asking import RULES_OPTION, format_option, read_asked, warn_if_unread
from greenlane.cli.rules_printing import fill, print_records, table
from greenlane.cli.rules_records import act_record, bound_text, period_records, source_record
from greenlane.cli.rules_words import act_words, day_words, local_name, period_words, some_of, state_words
from greenlane.errors import UsageError
from greenlane.law import timeline as history
from greenlane.law.measure import Lift, Measure, Rule
from greenlane.law.rulebase import RuleBase, State
from greenlane.terms.periods import Asked, Bound
from greenlane.terms.sources import Source


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--on", metavar="DATE", help="For two days of knowledge: the day whose states are compared.  [default: B]")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything differs.")
@format_option("table", "jsonl")
@RULES_OPTION
def diff(a: str, b: str, on: str | None, exit_code: bool, form: str, folder: Path | None) -> int:
    """What became known between two days, or what differs between two rule bases.

    A and B are two days of knowledge, or two folders.

    \b
    Example:
        greenlane rules diff 2025-05-11 2025-05-14
        greenlane rules diff 2026-09-01 2026-10-10 --on 2026-11-20
        greenlane rules diff released/rules rules
    """
    if Path(a).is_dir() and Path(b).is_dir():
        if on is not None:
            raise UsageError("GL0304", "--on goes with two days of knowledge, not with two folders", hint="leave it out")
        older, newer = (wiring.load_rules(Path(one), with_cases=True, release=False) for one in (a, b))
        rows = list(_base_differences(older, newer))
        said = f"{a} ({older.version}, {older.sha256[:12]}) to {b} ({newer.version}, {newer.sha256[:12]})"
    else:
        before, after = read_asked(a, "A"), read_asked(b, "B")
        if before.calendar_day > after.calendar_day:
            raise UsageError("GL0304", f"{a} is later than {b}", hint="the earlier day of knowledge comes first")
        base = wiring.load_rules(folder, release=False)
        warn_if_unread(base, after)
        day = after if on is None else read_asked(on, "--on")
        rows = list(_news(base, before, after, day))
        said = f"what became known after {a} and by {b}; states on {day.text}; rule base {base.version}"
    if form == "jsonl":
        print_records(rows, form)
    else:
        _print_diff(rows)
        fill(f"{len(rows)} differences: {said}", "", "  ")
    return 1 if exit_code and rows else 0


def _change(
    what: str,
    name: str,
    title: str,
    before: str,
    after: str,
    known: Bound | None,
    sources: Sequence[Source],
    by: str = "",
) -> dict[str, Any]:
    return {
        "change": what, "id": name, "title": title, "before": before, "after": after, "by": by,
        "known_since": bound_text(known), "source": source_record(sources[0]) if sources else None,
    }  # fmt: skip


# --- two days of knowledge ------------------------------------------------------------------------------------------


def _news(base: RuleBase, before: Asked, after: Asked, day: Asked) -> Iterable[dict[str, Any]]:
    """What a day of knowledge holds that an earlier one did not."""

    def new(bound: Bound) -> bool:
        return after.knows(bound) and not before.knows(bound)

    for one in base.instruments.values():
        if new(one.known_since):
            was, now = (state_words(history.states_on(one, base, day, known)) for known in (before, after))
            yield _change("new instrument", one.id, one.title, was, now, one.known_since, one.sources)
    for act in base.acts.values():
        if new(act.known_since):
            yield _change(
                "new act",
                act.id,
                act.instrument.title,
                "",
                act_words(act_record(act, base, after)),
                act.known_since,
                act.sources,
            )
    for rule in (*base.measures.values(), *base.lifts.values()):
        was_spans, now_spans = (history.spans(rule, base, known) for known in (before, after))
        was, now = (_on_day(rule, spans, base, day) for spans in (was_spans, now_spans))
        if new(rule.known_since):
            what = "new measure" if isinstance(rule, Measure) else "new lift"
            yield _change(what, rule.id, rule.title, "", now, rule.known_since, rule.sources)
        elif [span.shape for span in was_spans] != [span.shape for span in now_spans]:
            yield _changed_history(rule, base, was_spans, now_spans, before, day) | {"before": was, "after": now}


def _changed_history(
    rule: Rule, base: RuleBase, was: Sequence[history.Span], now: Sequence[history.Span], before: Asked, day: Asked
) -> dict[str, Any]:
    """What the later knowledge changed in the history of a rule, with the edge that is news."""
    known = {span.shape for span in was}
    news = [span for span in now if span.shape not in known] or list(now)
    edge = next((span for span in news if not before.knows(span.known_since)), news[0])
    by, since, source = edge.by, edge.known_since, edge.source
    if before.knows(since) and edge.stated_by:  # the history stands; what is new is a statement about it
        stated = base.acts[edge.stated_by]
        by, since, source = stated.id, stated.known_since, stated.sources[0]
    bounds = base.bounds_of(rule)
    states = [[_state_of(history.held(spans, moment)) for moment in day.moments(bounds)] for spans in (was, now)]
    what = "ended" if _ends(now) and not _ends(was) else "changed state" if states[0] != states[1] else "changed periods"
    return _change(what, rule.id, rule.title, "", "", since, (source,) if source else (), by=by) | {
        "periods_before": period_records(rule, was),
        "periods_after": period_records(rule, now),
    }


def _state_of(span: history.Span | None) -> tuple[object, ...]:
    return (None,) if span is None else (span.state, span.leaves, span.rate)


def _ends(spans: Sequence[history.Span]) -> bool:
    return bool(spans) and spans[-1].state is State.ENDED


def _on_day(rule: Rule, spans: Sequence[history.Span], base: RuleBase, day: Asked) -> str:
    """How a rule stands on a day, in words, with the parts of the day where it changes."""
    found = [history.held(spans, moment) for moment in day.moments(base.bounds_of(rule))]
    words = [period_words(period_records(rule, (span,))[0]) if span is not None else "not begun" for span in found]
    return ", then ".join(dict.fromkeys(words)) if spans else "not known"


# --- two rule bases -------------------------------------------------------------------------------------------------


_PARTS: tuple[tuple[str, Callable[[Any], object]], ...] = (
    ("title", lambda rule: rule.title),
    ("effect", lambda rule: (rule.effect, rule.review) if isinstance(rule, Measure) else rule.leaves),
    ("periods", lambda rule: (rule.periods, rule.steps) if isinstance(rule, Measure) else rule.periods),
    ("known since", lambda rule: rule.known_since),
    ("conditions", lambda rule: rule.conditions),
    ("standing", lambda rule: rule.standing),
    ("sources", lambda rule: rule.sources),
    ("targets", lambda rule: rule.targets if isinstance(rule, Lift) else rule.conflicts_with),
)


def _base_differences(older: RuleBase, newer: RuleBase) -> Iterable[dict[str, Any]]:
    """Instruments by their hash, and within a changed one its measures, lifts and acts by what differs."""
    yield from _by_name(
        "instrument",
        older.instruments,
        newer.instruments,
        lambda one, two: [] if one.sha256 == two.sha256 else ["file"],
    )
    for kind, old, new in (("measure", older.measures, newer.measures), ("lift", older.lifts, newer.lifts)):
        yield from _by_name(kind, old, new, lambda one, two: [name for name, part in _PARTS if part(one) != part(two)])
    skip = ("instrument", "line")
    yield from _by_name("act", older.acts, newer.acts, lambda one, two: _fields_that_differ(one, two, skip))
    yield from _by_name("group", older.groups, newer.groups, lambda one, two: _fields_that_differ(one, two, ()))
    yield from _by_name("regime", older.regimes, newer.regimes, lambda one, two: _fields_that_differ(one, two, ()))
    for what in ("presumptions", "derivations"):
        if getattr(older, what) != getattr(newer, what):
            yield _change(f"changed {what}", f"{what}.yaml", "", "", "", None, ())
    counts: list[dict[str, int]] = []
    for base in (older, newer):
        found: dict[str, int] = {}
        for case in base.cases:
            found[case.instrument] = found.get(case.instrument, 0) + 1
        counts.append(found)
    for name in sorted({*counts[0], *counts[1]}):
        was, now = (found.get(name, 0) for found in counts)
        if was != now:
            yield _change("changed cases", name, "", f"{was} cases", f"{now} cases", None, ())


def _by_name(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], compare: Callable[[Any, Any], list[str]]
) -> Iterable[dict[str, Any]]:
    for name in sorted({*old, *new}):
        one = new.get(name) or old[name]
        known, sources = getattr(one, "known_since", None), getattr(one, "sources", ())
        if name not in old:
            yield _change(f"new {kind}", name, one.title if hasattr(one, "title") else "", "", "there", known, sources)
        elif name not in new:
            yield _change(f"removed {kind}", name, one.title if hasattr(one, "title") else "", "there", "", known, sources)
        elif differing := compare(old[name], new[name]):
            yield _change(
                f"changed {kind}",
                name,
                one.title if hasattr(one, "title") else "",
                "",
                ", ".join(differing),
                known,
                sources,
            )


def _fields_that_differ(one: Any, two: Any, skip: tuple[str, ...]) -> list[str]:
    return [
        part.name.replace("_", " ")
        for part in fields(one)
        if part.name not in skip and getattr(one, part.name) != getattr(two, part.name)
    ]


# --- for people -----------------------------------------------------------------------------------------------------


def _print_diff(rows: Sequence[Mapping[str, Any]]) -> None:
    """Changes of one kind with the same words in one instrument are told in one line."""
    folded: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        instrument = row["id"].partition("/")[0]
        folded.setdefault((row["change"], instrument, row["before"], row["after"], row["by"], row["known_since"]), []).append(row)
    grid = []
    for (what, instrument, before, after, by, known), same in folded.items():
        name = same[0]["id"] if len(same) == 1 else f"{instrument}: {len(same)} of them"
        title = same[0]["title"] if len(same) == 1 else some_of([local_name(row["id"]) for row in same], 4)
        words = f"{before} -> {after}" if before and after and before != after else after or before
        grid.append((what, f"{name}\n{title}", words + (f"\nby {by}" if by else ""), day_words(known)))
    if grid:
        table(("change", "what", "how", "public since"), grid, widths=(15, 46, 30, 12))
