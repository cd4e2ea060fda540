"""greenlane rules: the law as data, listed, shown, drawn, compared, checked and tested."""

from __future__ import annotations

import csv
import io
import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click

from greenlane import wiring
from greenlane.errors import UsageError
from greenlane.law import timeline as history
from greenlane.law.groups import Group, Member
from greenlane.law.measure import Act, Instrument, Lift, Measure, Rule
from greenlane.law.regime import Regime
from greenlane.law.rulebase import RuleBase, State
from greenlane.law.scope import (
    ActivityIs,
    AddresseeIs,
    Condition,
    DestinationIs,
    EndUseIs,
    GoodsAre,
    Item,
    PartyIs,
    PlaceIs,
    PlaceSet,
    ValueIs,
    WordsIn,
)
from greenlane.terms.amounts import show as show_number
from greenlane.terms.periods import Asked, Bound, Moment, read_day
from greenlane.terms.sources import Source, Standing

F = TypeVar("F", bound=Callable[..., Any])
WIDTH = 100
SIDES = {"cn": "China", "us": "United States"}
STATES = ("in_force", "suspended", "unenforced", "unknown", "not_begun", "ended", "at_zero", "said")
_SAID = ("floated", "offered", "agreed", "published", "noted", "stated")
_NEAREST_MAX = 5
_SHOWN_MAX = 12
_MEMBERS_MAX = 40

_RULES = click.option("--rules", "folder", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
_ON = click.option("--on", metavar="DATE", help="The day asked for.  [default: today, printed]")
_KNOWN_BY = click.option("--known-by", metavar="DATE", help="Use only law public by this day.")
_SIDE = click.option("--side", type=click.Choice(tuple(SIDES)), help="Only this side.")


def _formats(*forms: str) -> Callable[[F], F]:
    return click.option(
        "--format", "form", type=click.Choice(forms), default="table", show_default=True, help="Form of the answer."
    )


@click.group()
def rules() -> None:
    """The law as data: list, show, timeline, diff, check, test, coverage."""


@rules.command()
@_RULES
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
@_RULES
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
            raise _unknown(name, base.instruments, "instrument")
    cases = [case for case in base.cases if not instruments or case.instrument in instruments]
    results = list(wiring.progress((wiring.run_case(case, base) for case in cases), len(cases), "testing"))
    failed = [result for result in results if result.failures]
    for result in failed:
        click.echo(f"{result.case.file}:{result.case.at_line}: {result.case.name}")
        for text in result.failures:
            click.echo(f"    {text}")
    click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


# --- list -----------------------------------------------------------------------------------------------------------


@rules.command("list")
@click.option("--regime", metavar="ID", help="Only this regime, such as cn-export or us-ear.")
@_SIDE
@_ON
@_KNOWN_BY
@click.option("--status", type=click.Choice(STATES), help="Only instruments of which a part stands so on the day.")
@_formats("table", "jsonl", "csv")
@_RULES
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
        raise _unknown(regime, base.regimes, "regime")
    day = _day_or_today(on)
    known = day if known_by is None else _asked(known_by, "--known-by")
    _warn_if_unread(base, known)
    rows = []
    for one in base.instruments.values():
        if (regime and one.regime != regime) or (side and one.side != side) or not known.knows(one.known_since):
            continue
        counts = history.states_on(one, base, day, known)
        states = list(dict.fromkeys(word for count in counts for word in count))
        wanted = _SAID if status == "said" else (status,)
        if status is None or any(state in wanted for state in states):
            rows.append(
                _listed(one, base, known) | {"states": states, "state": _state_words(counts), **_stamp(base, known, on=day)}
            )
    rows.sort(key=lambda row: (row["side"], row["known_since"], row["id"]))
    if form != "table":
        _print_rows(rows, form)
        return 0
    grid = [(f"{row['id']}\n{row['title']}", str(row["measures"] or ""), _day(row["known_since"]), row["state"]) for row in rows]
    _table(("instrument", "measures", "known since", f"state on {day.text}"), grid, widths=(52, 8, 11, 23))
    click.echo(f"{len(rows)} instruments, as known on {known.text}; rule base {base.version}")
    return 0


def _listed(one: Instrument, base: RuleBase, known: Asked) -> dict[str, Any]:
    def count(found: Mapping[str, Rule] | Mapping[str, Act]) -> int:
        return sum(rule.instrument.id == one.id and known.knows(rule.known_since) for rule in found.values())

    return {
        "id": one.id, "side": one.side, "regime": one.regime, "kind": one.kind, "title": one.title,
        "issuer": one.issuer,
        "number": one.number, "standing": one.standing.value, "status": one.status, "known_since": one.known_since.text,
        "checked_on": one.checked_on, "measures": count(base.measures), "lifts": count(base.lifts),
        "acts": count(base.acts),
    }  # fmt: skip


def _state_words(counts: Sequence[Mapping[str, int]]) -> str:
    return ", then ".join(_count_words(count) for count in counts) or "not begun"


def _count_words(count: Mapping[str, int]) -> str:
    if len(count) == 1:
        return next(iter(count)).replace("_", " ")
    return ", ".join(
        f"{number} {word.replace('_', ' ')}" for word, number in sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
    )


# --- show -----------------------------------------------------------------------------------------------------------


@rules.command()
@click.argument("name", metavar="ID")
@_KNOWN_BY
@_formats("table", "jsonl")
@_RULES
def show(name: str, known_by: str | None, form: str, folder: Path | None) -> int:
    """An instrument, measure, lift, act or group, whole: scope, history, sources.

    \b
    Example:
        greenlane rules show cn-2025-057
        greenlane rules show cn-ecl-2025-021 --known-by 2025-06-01
        greenlane rules show us-d5
    """
    base = wiring.load_rules(folder, with_cases=True, release=False)
    known = _known_by(known_by, base)
    card = _card(name, base, known)
    if form == "jsonl":
        _print_rows([card], form)
        return 0
    _print_card(card, base)
    return 0


def _card(name: str, base: RuleBase, known: Asked) -> dict[str, Any]:
    """Everything about a name, as plain values; what was not public by the day is left out. Raises UsageError."""
    stamp = _stamp(base, known)
    found: Instrument | Rule | Act | None = base.instruments.get(name) or base.measures.get(name)
    found = found or base.lifts.get(name) or base.acts.get(name)
    if found is None and name in base.groups:
        return {"what": "group", **_group_card(base.groups[name], known), **stamp}
    if found is None:
        names = (*base.instruments, *base.measures, *base.lifts, *base.acts, *base.groups)
        raise _unknown(name, names, "instrument, measure, lift, act or group")
    if not known.knows(found.known_since):
        raise UsageError("GL0305", f"`{name}` was not public by {known.text}", hint=f"it was first known on {found.known_since}")
    if isinstance(found, Instrument):
        return {"what": "instrument", **_instrument_card(found, base, known), **stamp}
    if isinstance(found, Act):
        return {"what": "act", **_act_card(found, base, known), "in": found.instrument.title, **stamp}
    return {
        **_rule_card(found, base, known),
        "in": found.instrument.title,
        "reading_of_instrument": found.instrument.reading,
        **stamp,
    }


def _instrument_card(one: Instrument, base: RuleBase, known: Asked) -> dict[str, Any]:
    own = [rule for rule in history.rules_of(base, one.id) if known.knows(rule.known_since)]
    letter = one.letter
    return {
        **_listed(one, base, known),
        "zone": one.zone,
        "published": one.published,
        "reading": one.reading,
        "addressees": [
            {
                "name": firm.name,
                "from": _text(firm.start),
                "until": _text(firm.end),
                "knew_since": _text(firm.known_to_since),
            }
            for firm in (letter.addressees if letter is not None else ())
        ],
        "others_may_have_it": letter is not None and letter.others_unknown,
        "listed": _group_card(base.groups[one.id], known)["members"] if one.id in base.groups else [],
        "rules": [_rule_card(rule, base, known) for rule in own],
        "does": [
            _act_card(act, base, known)
            for act in base.acts.values()
            if act.instrument.id == one.id and known.knows(act.known_since)
        ],
        "sources": [_source(source) for source in one.sources],
        "cases": sum(case.instrument == one.id for case in base.cases),
    }


def _rule_card(rule: Rule, base: RuleBase, known: Asked) -> dict[str, Any]:
    lifts = [lift for lift in base.lifts_of(rule.id) if known.knows(lift.known_since)]
    acts = [act for act in base.acts_on(rule.id) if known.knows(act.known_since)]
    card: dict[str, Any] = {
        "what": "measure" if isinstance(rule, Measure) else "lift",
        "id": rule.id,
        "title": rule.title,
        "instrument": rule.instrument.id,
        "standing": rule.standing.value,
        "known_since": rule.known_since.text,
        "checked_on": rule.instrument.checked_on,
        "conditions": [say(condition, base) for condition in rule.conditions],
        "periods": _periods(rule, history.spans(rule, base, known)),
        "lifted_by": [{"id": lift.id, "title": lift.title, "leaves": lift.leaves.value} for lift in lifts],
        "acts_on_it": [_act_card(act, base, known) for act in acts],
        "sources": [_source(source) for source in rule.sources],
        "cases": sum(rule.id in (*case.wants.get("because", ()), *case.wants.get("lifted", ())) for case in base.cases),
    }
    if isinstance(rule, Measure):
        card |= {
            "effect": rule.effect.value, "review": rule.review, "review_note": rule.review_note,
            "reading": rule.reading,
            "layer": rule.layer, "conflicts_with": list(rule.conflicts_with),
        }  # fmt: skip
    if isinstance(rule, Lift):
        card |= {"lifts": list(rule.targets), "leaves": rule.leaves.value, "certainty": rule.certainty}
    return card


def _act_card(act: Act, base: RuleBase, known: Asked) -> dict[str, Any]:
    return {
        "id": act.id, "does": act.does, "to": list(act.targets), "from": _text(act.start), "until": _text(act.end),
        "after": "unknown" if act.after_unknown else "revives" if act.does in ("suspends", "extends") else "",
        "leaves": act.leaves.value, "known_since": act.known_since.text,
        "later": [other.id for other in base.acts_on(act.id) if known.knows(other.known_since)],
        "sources": [_source(source) for source in act.sources],
    }  # fmt: skip


def _group_card(group: Group, known: Asked) -> dict[str, Any]:
    return {
        "id": group.id,
        "title": group.title,
        "kind": group.kind,
        "complete": group.complete,
        "complete_for": [str(code) for code in group.complete_for],
        "members": [_member(one) for one in group.members if one.known_since is None or known.knows(one.known_since)],
        "sources": [_source(source) for source in group.sources],
    }


def _member(one: Member) -> dict[str, Any]:
    return {
        "name": one.value, "also": list(one.also), "from": _text(one.start), "until": _text(one.end),
        "known_since": _text(one.known_since),
        "effect": one.effect.value if one.effect is not None else "", "review": one.review or "",
    }  # fmt: skip


def _periods(rule: Rule, spans: Sequence[history.Span]) -> list[dict[str, Any]]:
    """The history of a rule as records; what was only said is never called in force."""
    said = history.status_of(rule)
    cards = [_period(span) for span in spans]
    return [card | {"state": said} if said and card["state"] == "in_force" else card for card in cards]


def _period(span: history.Span) -> dict[str, Any]:
    return {
        "from": span.start.text,
        "until": _text(span.end),
        "state": history.code_of(span.state),
        "leaves": span.leaves.value if span.leaves.restricts else "",
        "rate_percent": show_number(span.rate) if span.rate is not None else "",
        "rate_may_be": {name: show_number(rate) for name, rate in span.branches},
        "why": span.why,
        "by": span.by,
        "known_since": span.known_since.text,
        "stated_by": span.stated_by,
        "stated_end": _text(span.stated_end),
        "source": _source(span.source) if span.source is not None else None,
    }


def _print_card(card: Mapping[str, Any], base: RuleBase) -> None:
    what = card["what"]
    click.echo(f"{card['id']}  ({what})")
    if "title" in card:
        _say(card["title"])
    if what == "group":
        _print_group(card)
    elif what == "act":
        _say(f"in {card['in']}")
        _say(_act_words(card))
        for other in card["later"]:
            _say(f"later: {other}")
    elif what == "instrument":
        _print_instrument(card, base)
    else:
        _print_rule(card, base)
    _print_sources(card["sources"])
    if "cases" in card:
        checked = f"; still found true on {card['checked_on']}" if card.get("checked_on") else ""
        click.echo(f"\n{card['cases']} worked cases{checked}")
    click.echo(f"as known on {card['known_by']}; rule base {card['rules_version']}")


def _print_instrument(card: Mapping[str, Any], base: RuleBase) -> None:
    number = f", {card['number']}" if card["number"] else ""
    _say(f"{card['issuer']}{number}; {card['kind']}, {base.regimes[card['regime']].title}")
    _say(
        f"public since {card['known_since']} ({card['zone']}); {_standing_words(card['standing'])}; "
        f"status: {card['status'].replace('_', ' ')}"
    )
    if card["reading"]:
        _head("how it is read")
        _say(card["reading"])
    if card["addressees"]:
        _head("addressees" + (" (others may have got it too)" if card["others_may_have_it"] else ""))
        grid = [(one["name"], one["from"] or "day unknown", one["until"], one["knew_since"]) for one in card["addressees"]]
        _table(("firm", "from", "until", "knew since"), grid)
    if card["listed"]:
        _head(f"{len(card['listed'])} listed")
        _print_members(card["listed"], "parties")
    own = card["rules"]
    if len(own) == 1 and card["rules"][0]["id"] == card["id"]:
        _print_rule(own[0], base, nested=True)
        own = []
    for shape in dict.fromkeys(_shape(rule) for rule in own):
        alike = [rule for rule in own if _shape(rule) == shape]
        names = "all" if len(alike) == len(own) else _some([_local(rule["id"]) for rule in alike], 6)
        _head(f"history of {names}")
        _print_periods(alike[0]["periods"])
    if own:
        _head("measures and lifts (rules show ID/NAME says when each applies)")
        rows = [(_local(rule["id"]), _effect_words(rule), rule["title"]) for rule in own]
        _table(("name", "effect", "title"), rows, widths=(24, 22, None))
    if len(own) <= 2:
        for rule in own:
            _head(f"{_local(rule['id'])} applies when")
            _print_conditions(rule)
    lifts = {one["id"]: one for rule in own for one in rule["lifted_by"]}
    if lifts:
        _head("lifted by")
        _table(
            ("lift", "leaves", "title"),
            [(one["id"], one["leaves"].replace("_", " "), one["title"]) for one in lifts.values()],
        )
    acts = {one["id"]: one for rule in own for one in rule["acts_on_it"]}
    _print_acts("acts upon it", acts.values())
    _print_acts("it acts upon others", card["does"])
    conflicts = sorted({f"{_local(rule['id'])} and {other}" for rule in own for other in rule.get("conflicts_with", ())})
    if conflicts:
        _head("conflicts: obeying one breaches the other")
        for text in conflicts:
            _say(text)


def _print_rule(card: Mapping[str, Any], base: RuleBase, *, nested: bool = False) -> None:
    if not nested:
        _say(f"in {card['instrument']}: {card['in']}")
        _say(f"public since {card['known_since']}; {_standing_words(card['standing'])}")
    if card["what"] == "measure":
        review = f"; review: {card['review'].replace('_', ' ')}" if card["review"] else ""
        note = f" ({card['review_note']})" if card["review_note"] else ""
        layer = f" (layer {card['layer']})" if card["layer"] else ""
        _say(f"effect: {card['effect'].replace('_', ' ')}{layer}{review}{note}")
    else:
        certainty = f"; the source says: {card['certainty']}" if card["certainty"] else ""
        _say(f"takes away {_some(card['lifts'])}; leaves: {card['leaves'].replace('_', ' ')}{certainty}")
    for text in (card.get("reading"), None if nested else card.get("reading_of_instrument")):
        if text:
            _head("how it is read")
            _say(text)
    _head("applies when all of these hold")
    _print_conditions(card)
    _head("history")
    _print_periods(card["periods"])
    if card["lifted_by"]:
        _head("lifted by")
        _table(
            ("lift", "leaves", "title"),
            [(one["id"], one["leaves"].replace("_", " "), one["title"]) for one in card["lifted_by"]],
        )
    _print_acts("acts upon it", card["acts_on_it"])
    if card.get("conflicts_with"):
        _head("conflicts: obeying one breaches the other")
        for other in card["conflicts_with"]:
            found = base.measures.get(other) or base.instruments.get(other)
            _say(f"{other}: {found.title if found is not None else ''}")


def _effect_words(card: Mapping[str, Any]) -> str:
    words = card["effect"] if card["what"] == "measure" else f"lift: {card['leaves']}"
    return str(words).replace("_", " ")


def _print_conditions(card: Mapping[str, Any]) -> None:
    for text in card["conditions"] or ["always"]:
        first, *rest = text.split("\n")
        _fill(first, "  - ", "    ")
        for line in rest[:_SHOWN_MAX]:
            _fill(line, "      ", "        ")
        if len(rest) > _SHOWN_MAX:
            click.echo(f"      and {len(rest) - _SHOWN_MAX} more (--format jsonl has all)")


def _print_periods(periods: Sequence[Mapping[str, Any]]) -> None:
    grid = [
        (
            _day(one["from"]),
            _day(one["until"]) or "open",
            _period_words(one),
            f"{one['by']}\n{one['why']}",
            _short_source(one["source"]),
        )
        for one in periods
    ]
    _table(("from", "until", "state", "by which act", "source"), grid, widths=(16, 16, 20, 27, None))


def _period_words(one: Mapping[str, Any]) -> str:
    words = str(one["state"]).replace("_", " ")
    if words in _SAID:
        return f"{words}; decides nothing"
    if one["rate_percent"]:
        words = f"{one['rate_percent']} %"
    elif one["rate_may_be"]:
        words = "rate not known: " + " or ".join(
            f"{rate} % ({name.replace('_', ' ')})" for name, rate in one["rate_may_be"].items()
        )
    if one["leaves"]:
        words += (
            f"; {one['leaves'].replace('_', ' ')} stays"
            if one["state"] == "suspended"
            else f"; {one['leaves'].replace('_', ' ')} at least"
        )
    if one["stated_end"]:
        words += f"; said to go on to {one['stated_end']} by {one['stated_by'].partition('/')[0]}"
    return words


def _print_acts(title: str, acts: Iterable[Mapping[str, Any]]) -> None:
    found = list(acts)
    if found:
        _head(title)
        for one in found:
            _say(f"{one['id']} {_act_words(one)}")


def _act_words(one: Mapping[str, Any]) -> str:
    verb = {
        "suspends": "suspends",
        "ends": "ends",
        "extends": "extends",
        "not_enforced": "flags as not enforced",
        "states_end": "states another end for",
    }[one["does"]]
    start = f" from {one['from']}" if one["from"] else ""
    end = f" until {one['until']}" if one["until"] else ""
    leaves = f"; {one['leaves'].replace('_', ' ')} stays" if one["leaves"] != "free" else ""
    after = "; what follows is unknown" if one["after"] == "unknown" else ""
    return f"{verb} {_some(one['to'], 8)}{start}{end}{leaves}{after}; known since {one['known_since']}"


def _print_group(card: Mapping[str, Any]) -> None:
    whole = "held whole" if card["complete"] else "not held whole"
    some = f"; whole for {_some(card['complete_for'])}" if card["complete_for"] else ""
    _say(f"group of {card['kind']}, {len(card['members'])} members, {whole}{some}")
    _head("members")
    _print_members(card["members"], card["kind"])


def _print_members(members: Sequence[Mapping[str, Any]], kind: str) -> None:
    plain = [one["name"] for one in members if not any(one[key] for key in ("from", "until", "effect"))]
    dated = [one for one in members if any(one[key] for key in ("from", "until", "effect"))]
    if plain:
        _say((", " if kind == "places" else "; ").join(plain[:_MEMBERS_MAX]))
    if dated:
        grid = [
            (one["name"], _day(one["from"]), _day(one["until"]), one["effect"].replace("_", " ")) for one in dated[:_MEMBERS_MAX]
        ]
        _table(("member", "from", "until", "effect"), grid, widths=(50, 10, 10, None))
    more = max(0, len(plain) - _MEMBERS_MAX) + max(0, len(dated) - _MEMBERS_MAX)
    if more:
        click.echo(f"  and {more} more (--format jsonl has all)")


def _print_sources(sources: Sequence[Mapping[str, Any]]) -> None:
    _head("sources")
    for one in sources:
        _say(f"{one['title']} [{one['read'].replace('_', ' ')}]")
        click.echo(f"    {one['href'] or 'no address known'}")


# --- timeline -------------------------------------------------------------------------------------------------------


@rules.command()
@click.option("--from", "first", metavar="DATE", default="2025-01-01", show_default=True, help="First day shown.")
@click.option("--to", "last", metavar="DATE", help="Last day shown.  [default: the last day the base has read]")
@_KNOWN_BY
@_SIDE
@click.option("--all", "unfold", is_flag=True, help="One row for each listing of firms, too.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw it into this file.")
@_formats("table", "jsonl", "csv")
@_RULES
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
    known = _known_by(known_by, base)
    start = _read_day(first, "--from")
    end = _read_day(last, "--to") if last is not None else _known_through(base)
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
    stamp = _stamp(base, known)
    if form != "table":
        _print_rows([line | stamp for row in found for line in _lines(row, start, end)], form)
        return 0
    if svg is None:
        _print_timeline(found, start, end)
        click.echo(f"days {start} to {end}, as known on {known.text}; rule base {base.version}")
    return 0


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
                yield head | _period(span)
    for one in row.said:
        if _touches(one.start, one.end, start, end):
            home = one.instrument
            yield {
                "side": row.side, "instrument": home.id, "title": one.title, "kind": "said", "rules": [one.id],
                "zone": home.zone, "standing": home.standing.value, "from": one.start.text, "until": _text(one.end),
                "state": one.status, "leaves": "", "rate_percent": "", "rate_may_be": {}, "why": "said",
                "by": home.id, "known_since": one.known_since.text, "stated_by": "", "stated_end": "",
                "source": _source(one.source) if one.source is not None else None,
            }  # fmt: skip


def _touches(first: Bound, last: Bound | None, start: date, end: date) -> bool:
    return first.day <= end and (last is None or last.day > start)


_COLUMNS = (16, 16, 22, 30, 10)


def _print_timeline(found: Sequence[history.Row], start: date, end: date) -> None:
    for side, name in SIDES.items():
        mine = [(row, list(_timeline_row(row, start, end))) for row in found if row.side == side]
        if not any(lines for _, lines in mine):
            continue
        click.echo(f"\n{name.upper()}")
        _columns(("from", "until", "state", "by which act", "public"))
        for row, lines in mine:
            if lines:
                _fill(f"{row.id}: {row.title}", "", "    ")
                for line in lines:
                    _columns(line)


def _timeline_row(row: history.Row, start: date, end: date) -> Iterable[tuple[str, ...]]:
    if row.kind == "folded":
        yield _folded_line(row, end)
        return
    for track in row.tracks:
        shown = [span for span in track.spans if _touches(span.start, span.end, start, end)]
        if shown and len(row.tracks) > 1:
            yield (f"  {_some([_local(rule.id) for rule in track.rules], 4)}:",)
        for span in shown:
            from_, until, words, by, known = _line_of(_period(span))
            yield (from_, until, f"exception {words}" if row.kind == "exceptions" else words, by, known)
    for one in row.said:
        if _touches(one.start, one.end, start, end):
            words = f"{one.status}; decides nothing" + (f", of {_some(one.about, 3)}" if one.about else "")
            known = one.known_since.day.isoformat()
            yield (_day(one.start.text), _day(_text(one.end)) or "open", words, one.instrument.id, known)


def _line_of(card: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    return (
        _day(card["from"]),
        _day(card["until"]) or "open",
        _period_words(card),
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


# --- diff -----------------------------------------------------------------------------------------------------------


@rules.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--on", metavar="DATE", help="For two days of knowledge: the day whose states are compared.  [default: B]")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything differs.")
@_formats("table", "jsonl")
@_RULES
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
        before, after = _asked(a, "A"), _asked(b, "B")
        if before.calendar_day > after.calendar_day:
            raise UsageError("GL0304", f"{a} is later than {b}", hint="the earlier day of knowledge comes first")
        base = wiring.load_rules(folder, release=False)
        _warn_if_unread(base, after)
        day = after if on is None else _asked(on, "--on")
        rows = list(_news(base, before, after, day))
        said = f"what became known after {a} and by {b}; states on {day.text}; rule base {base.version}"
    if form == "jsonl":
        _print_rows(rows, form)
    else:
        _print_diff(rows)
        _fill(f"{len(rows)} differences: {said}", "", "  ")
    return 1 if exit_code and rows else 0


def _news(base: RuleBase, before: Asked, after: Asked, day: Asked) -> Iterable[dict[str, Any]]:
    """What a day of knowledge holds that an earlier one did not."""

    def new(bound: Bound) -> bool:
        return after.knows(bound) and not before.knows(bound)

    for one in base.instruments.values():
        if new(one.known_since):
            was, now = (_state_words(history.states_on(one, base, day, known)) for known in (before, after))
            yield _change("new instrument", one.id, one.title, was, now, one.known_since, one.sources)
    for act in base.acts.values():
        if new(act.known_since):
            yield _change(
                "new act",
                act.id,
                act.instrument.title,
                "",
                _act_words(_act_card(act, base, after)),
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
        "periods_before": _periods(rule, was),
        "periods_after": _periods(rule, now),
    }


def _state_of(span: history.Span | None) -> tuple[object, ...]:
    return (None,) if span is None else (span.state, span.leaves, span.rate)


def _ends(spans: Sequence[history.Span]) -> bool:
    return bool(spans) and spans[-1].state is State.ENDED


def _on_day(rule: Rule, spans: Sequence[history.Span], base: RuleBase, day: Asked) -> str:
    """How a rule stands on a day, in words, with the parts of the day where it changes."""
    found = [history.held(spans, moment) for moment in day.moments(base.bounds_of(rule))]
    words = [_period_words(_periods(rule, (span,))[0]) if span is not None else "not begun" for span in found]
    return ", then ".join(dict.fromkeys(words)) if spans else "not known"


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
        "known_since": _text(known), "source": _source(sources[0]) if sources else None,
    }  # fmt: skip


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
    yield from _by_name("group", older.groups, newer.groups, lambda one, two: _fields_that_differ(one, two, ("_by_key",)))
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


def _print_diff(rows: Sequence[Mapping[str, Any]]) -> None:
    """Changes of one kind with the same words in one instrument are told in one line."""
    folded: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        instrument = row["id"].partition("/")[0]
        folded.setdefault((row["change"], instrument, row["before"], row["after"], row["by"], row["known_since"]), []).append(row)
    grid = []
    for (what, instrument, before, after, by, known), same in folded.items():
        name = same[0]["id"] if len(same) == 1 else f"{instrument}: {len(same)} of them"
        title = same[0]["title"] if len(same) == 1 else _some([_local(row["id"]) for row in same], 4)
        words = f"{before} -> {after}" if before and after and before != after else after or before
        grid.append((what, f"{name}\n{title}", words + (f"\nby {by}" if by else ""), _day(known)))
    if grid:
        _table(("change", "what", "how", "public since"), grid, widths=(15, 46, 30, 12))


# --- coverage -------------------------------------------------------------------------------------------------------


@rules.command()
@_ON
@_formats("table", "jsonl")
@_RULES
def coverage(on: str | None, form: str, folder: Path | None) -> int:
    """What is modelled, for which goods and places, from which day, read up to which day; and what is not.

    \b
    Example:
        greenlane rules coverage --on 2026-10-10
    """
    base = wiring.load_rules(folder, release=False)
    day = _day_or_today(on).calendar_day
    cards = [_regime_card(regime, base, day) for regime in base.regimes.values()]
    if form == "jsonl":
        _print_rows(cards, form)
        return 0
    for card in cards:
        _print_regime(card)
    click.echo(f"\non {day}; rule base {base.version}. Silence is never clearance.")
    return 0


def _regime_card(regime: Regime, base: RuleBase, day: date) -> dict[str, Any]:
    own = [one for one in base.instruments.values() if one.regime == regime.id]
    measures = [one for one in base.measures.values() if one.instrument.regime == regime.id]
    doubtful = [
        {"id": one.id, "title": one.title, "standing": one.standing.value, "days_since_checked": _days_since(one, day)}
        for one in own
        if one.standing is not Standing.OFFICIAL
    ]
    apart = [one for one in measures if one.standing is not one.instrument.standing]
    doubtful += [
        {
            "id": one.id,
            "title": one.title,
            "standing": one.standing.value,
            "days_since_checked": _days_since(one.instrument, day),
        }
        for one in apart
    ]
    ages = [age for one in own if (age := _days_since(one, day)) is not None]
    return {
        "regime": regime.id,
        "title": regime.title,
        "side": regime.side,
        "kind": regime.kind,
        "from": regime.start.text,
        "read_through": regime.known_through.text,
        "days_not_read": max(0, (day - regime.known_through.day).days),
        "instruments": len(own),
        "measures": len(measures),
        "reaches": ["; ".join(say(condition, base) for condition in conditions) for conditions in regime.reaches],
        "covers": [
            {
                "id": cover.id,
                "statement": " ".join(cover.statement.split()),
                "goods": sorted({str(code) for code in _codes(cover.conditions)}),
                "when": [say(condition, base) for condition in cover.conditions],
                "destinations": [
                    _places(condition.places, base) for condition in cover.conditions if isinstance(condition, DestinationIs)
                ],
            }
            for cover in regime.covers
        ],
        "not_modelled": _not_modelled(regime, base),
        "reported_or_unverified": doubtful,
        "oldest_check_days": max(ages, default=None),
        "newest_check_days": min(ages, default=None),
        "on": day.isoformat(),
        "rules_version": base.version,
        "rules_sha256": base.sha256,
    }


def _codes(conditions: Iterable[Condition]) -> Iterable[object]:
    for condition in conditions:
        if isinstance(condition, GoodsAre):
            for item in condition.items:
                yield from (*((item.control,) if item.control is not None else ()), *item.customs)


def _not_modelled(regime: Regime, base: RuleBase) -> list[str]:
    says = [f"days before {regime.start}", f"anything that became public after {regime.known_through}"]
    if regime.kind == "duty":
        layers = sorted({one.layer for one in base.measures.values() if one.instrument.regime == regime.id and one.layer})
        says.append(
            f"layers of duty other than {', '.join(layers) or 'none'}; duties are answered beside the verdict and never free a line"
        )
    elif not regime.covers:
        says.append(
            "any goods: nothing is positively covered, so every line this regime reaches is answered cannot say, "
            "unless a measure stops it"
        )
    else:
        says.append("all goods and routes outside the statements above: such a line is answered cannot say, never free")
    return says


def _days_since(one: Instrument, day: date) -> int | None:
    try:
        return max(0, (day - read_day(one.checked_on)).days)
    except ValueError:
        return None


def _print_regime(card: Mapping[str, Any]) -> None:
    click.echo(f"\n{card['regime']}  {card['title']}")
    late = f"; {card['days_not_read']} days since are not read" if card["days_not_read"] else ""
    _say(
        f"from {card['from']}, read up to {card['read_through']}{late}; {card['instruments']} instruments, "
        f"{card['measures']} measures"
    )
    for cover in card["covers"]:
        _fill(f"covered, {cover['id']}: {cover['statement']}", "  ", "    ")
        if cover["goods"]:
            _fill(f"goods: {', '.join(cover['goods'])}", "    ", "      ")
        for text in cover["destinations"]:
            _fill(f"destinations: {text}", "    ", "      ")
    for text in card["not_modelled"]:
        _fill(f"not modelled: {text}", "  ", "    ")
    if card["reported_or_unverified"]:
        click.echo("  not read in an official text:")
        for one in card["reported_or_unverified"]:
            _fill(f"{one['id']} ({one['standing']}): {one['title']}", "    ", "      ")
    if card["oldest_check_days"] is not None:
        ages = dict.fromkeys((card["newest_check_days"], card["oldest_check_days"]))
        _say(f"last found true: {' to '.join(map(str, ages))} days before {card['on']}")


# --- conditions in words --------------------------------------------------------------------------------------------


def say(condition: Condition, base: RuleBase) -> str:
    """A condition in words; further lines name the kinds of goods."""
    match condition:
        case ActivityIs():
            return f"the activity is {_or(condition.activities)}"
        case PlaceIs():
            name = {
                "ship_from": "shipped from",
                "ship_to": "shipped to",
                "origin": "origin",
                "end_use_country": "used in",
            }
            return f"{name.get(condition.fact, _plain(condition.fact))} {_places(condition.places, base)}"
        case DestinationIs():
            return f"shipped to, or used in, {_places(condition.places, base)}"
        case EndUseIs():
            return f"the end use is {_or(condition.uses)}"
        case PartyIs() if condition.listed is not None:
            return f"the {_or(condition.roles)} is on {condition.listed} ({base.groups[condition.listed].title})"
        case PartyIs():
            return f"the {_or(condition.roles)} is {_some(condition.named, 6)}"
        case AddresseeIs():
            return "the exporter got this letter"
        case ValueIs():
            words = f"{_plain(condition.fact)} {condition.test}"
            return (
                words
                if condition.floor is None
                else f"{words} of the value ({'catches from there up' if condition.floor else 'frees below it'})"
            )
        case WordsIn():
            return f"the description says {_or(condition.phrases)}"
        case GoodsAre():
            return "\n".join(["the goods are one of:", *(_item(item, base) for item in condition.items)])
        case _:
            return condition.key


def _item(item: Item, base: RuleBase) -> str:
    if item.list is not None:
        return f"any item of {item.list} ({base.groups[item.list].title})"
    parts = []
    if item.control is not None:
        parts.append(f"stated as {item.control}")
    if item.customs:
        parts.append(f"customs code {_some([str(code) for code in item.customs], 8)}")
    if item.tests:
        parts.append(" and ".join(f"{_plain(test.fact)} {test.test}" for test in item.tests))
    text = ", or ".join(parts)
    if item.reach:
        text += f" (can lie in {_some([str(code) for code in item.reach], 8)})"
    return text


def _places(places: PlaceSet, base: RuleBase) -> str:
    names = [*sorted(places.codes), *(f"{group} ({base.groups[group].title})" for group in places.groups)]
    text = ("anywhere but " if places.negate else "") + _or(names)
    return f"{text}, but not {_places(places.without, base)}" if places.without is not None else text


def _plain(fact: str) -> str:
    for prefix, word in (("contains.", "share of "), ("attrs.", "")):
        if fact.startswith(prefix):
            return word + fact.removeprefix(prefix).replace("_", " ")
    return fact.replace("_", " ")


def _or(words: Sequence[str]) -> str:
    plain = [word.replace("_", " ") for word in words]
    return plain[0] if len(plain) == 1 else f"{', '.join(plain[:-1])} or {plain[-1]}"


def _some(words: Sequence[str], most: int = _SHOWN_MAX) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


# --- asking and printing --------------------------------------------------------------------------------------------


def _asked(text: str, option: str) -> Asked:
    try:
        return Asked.read(text)
    except ValueError as error:
        raise UsageError("GL0304", f"{option}: {error}", hint="a day like 2025-06-10, or an instant with offset") from error


def _read_day(text: str, option: str) -> date:
    try:
        return read_day(text)
    except ValueError as error:
        raise UsageError("GL0304", f"{option}: {error}", hint="a day like 2025-06-10") from error


def _day_or_today(on: str | None) -> Asked:
    if on is not None:
        return _asked(on, "--on")
    day = wiring.today()
    click.echo(f"on {day.isoformat()} (today)", err=True)
    return Asked.of(day)


def _known_through(base: RuleBase) -> date:
    """The last day of public knowledge the base has read."""
    return max(regime.known_through.day for regime in base.regimes.values())


def _known_by(text: str | None, base: RuleBase) -> Asked:
    known = Asked.of(_known_through(base)) if text is None else _asked(text, "--known-by")
    _warn_if_unread(base, known)
    return known


def _warn_if_unread(base: RuleBase, known: Asked) -> None:
    through = _known_through(base)
    if known.is_after(through):
        click.echo(f"the base has read public law up to {through}; what became public later is not in it", err=True)


def _unknown(name: str, known: Iterable[str], what: str) -> UsageError:
    names = sorted(set(known))
    near = get_close_matches(name, names, n=_NEAREST_MAX, cutoff=0.5)
    near += [one for one in names if name.lower() in one.lower() and one not in near]
    hint = f"nearest: {', '.join(near[:_NEAREST_MAX])}" if near else "greenlane rules list shows what there is"
    return UsageError("GL0305", f"`{name}` is no {what} of the rule base", hint=hint)


def _stamp(base: RuleBase, known: Asked, *, on: Asked | None = None) -> dict[str, Any]:
    day = {} if on is None else {"on": on.text}
    return {**day, "known_by": known.text, "rules_version": base.version, "rules_sha256": base.sha256}


def _text(bound: Bound | None) -> str:
    return "" if bound is None else bound.text


def _day(text: str) -> str:
    """A bound as tables show it: the day, and the hour where there is one."""
    return text.replace("T", " ", 1)[:16].removesuffix(" 00:00")


def _local(name: str) -> str:
    return name.partition("/")[2] or name


def _shape(card: Mapping[str, Any]) -> str:
    return json.dumps(
        [
            {key: one[key] for key in ("from", "until", "state", "by", "why", "leaves", "rate_percent", "rate_may_be")}
            for one in card["periods"]
        ]
    )


def _source(source: Source) -> dict[str, str | None]:
    return {"title": source.title, "href": source.href, "read": source.read}


def _short_source(source: Mapping[str, Any] | None) -> str:
    return "" if source is None else textwrap.shorten(str(source["title"]), 60, placeholder=" ...")


def _standing_words(standing: str) -> str:
    return {
        "official": "standing: official",
        "reported": "standing: reported (its text was not published, or not read)",
        "unverified": "standing: unverified (no source was found; it never decides)",
    }[standing]


def _head(text: str) -> None:
    click.echo(f"\n{text}")


def _fill(text: str, first: str, rest: str) -> None:
    words = " ".join(text.split())
    click.echo(textwrap.fill(words, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False))


def _say(text: str) -> None:
    _fill(text, "  ", "  ")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[int | None] = ()) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    tty = sys.stdout.isatty()
    console = Console(width=None if tty else WIDTH, highlight=False, color_system="auto" if tty else None)
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, name in enumerate(columns):
        wide = widths[number] if number < len(widths) else None
        grid.add_column(name, max_width=wide, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid)


def _print_rows(rows: Sequence[Mapping[str, Any]], form: str) -> None:
    if form == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    buffer = io.StringIO()
    flat = [_flat(row) for row in rows]
    if flat:
        writer = csv.DictWriter(buffer, list(flat[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(flat)
    click.echo(buffer.getvalue(), nl=False)


def _flat(row: Mapping[str, Any]) -> dict[str, str]:
    """A record as cells: lists joined, the source in two columns, nothing that a spreadsheet would run."""
    found: dict[str, str] = {}
    for key, value in row.items():
        if key == "source":
            found["source_title"] = "" if value is None else str(value["title"])
            found["source_href"] = "" if value is None else str(value["href"] or "")
        elif isinstance(value, dict):
            found[key] = ";".join(f"{name}={one}" for name, one in value.items())
        else:
            found[key] = ";".join(map(str, value)) if isinstance(value, list) else str(value)
    return {key: f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text for key, text in found.items()}


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError("GL0306", f"{path} cannot be written: {error.strerror}", hint="choose another file") from error
