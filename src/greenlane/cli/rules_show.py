"""greenlane rules show: what is this instrument, measure, lift, act or group, whole, and who says so?"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli.rules_asking import KNOWN_BY_OPTION, RULES_OPTION, format_option, known_by_or_all, unknown_name
from greenlane.cli.rules_printing import fill, paragraph, print_records, table
from greenlane.cli.rules_records import act_record, bound_text, instrument_record, period_records, source_record, stamp_of
from greenlane.cli.rules_words import SHOWN_MAX, act_words, condition_words, day_words, local_name, period_words, some_of
from greenlane.errors import UsageError
from greenlane.law import timeline as history
from greenlane.law.groups import Group, Member
from greenlane.law.measure import Act, Instrument, Lift, Measure, Rule
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked

_MEMBERS_MAX = 40


@click.command()
@click.argument("name", metavar="ID")
@KNOWN_BY_OPTION
@format_option("table", "jsonl")
@RULES_OPTION
def show(name: str, known_by: str | None, form: str, folder: Path | None) -> int:
    """An instrument, measure, lift, act or group, whole: scope, history, sources.

    \b
    Example:
        greenlane rules show cn-2025-057
        greenlane rules show cn-ecl-2025-021 --known-by 2025-06-01
        greenlane rules show us-d5
    """
    base = wiring.load_rules(folder, with_cases=True, release=False)
    known = known_by_or_all(known_by, base)
    card = card_of(name, base, known)
    if form == "jsonl":
        print_records([card], form)
        return 0
    print_card(card, base)
    return 0


# --- as plain values ------------------------------------------------------------------------------------------------


def card_of(name: str, base: RuleBase, known: Asked) -> dict[str, Any]:
    """Everything about a name, as plain values; what was not public by the day is left out. Raises UsageError."""
    stamp = stamp_of(base, known)
    found: Instrument | Rule | Act | None = base.instruments.get(name) or base.measures.get(name)
    found = found or base.lifts.get(name) or base.acts.get(name)
    if found is None and name in base.groups:
        return {"what": "group", **_group_card(base.groups[name], known), **stamp}
    if found is None:
        names = (*base.instruments, *base.measures, *base.lifts, *base.acts, *base.groups)
        raise unknown_name(name, names, "instrument, measure, lift, act or group")
    if not known.knows(found.known_since):
        raise UsageError("GL0305", f"`{name}` was not public by {known.text}", hint=f"it was first known on {found.known_since}")
    if isinstance(found, Instrument):
        return {"what": "instrument", **_instrument_card(found, base, known), **stamp}
    if isinstance(found, Act):
        return {"what": "act", **act_record(found, base, known), "in": found.instrument.title, **stamp}
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
        **instrument_record(one, base, known),
        "zone": one.zone,
        "published": one.published,
        "reading": one.reading,
        "addressees": [
            {
                "name": firm.name,
                "from": bound_text(firm.start),
                "until": bound_text(firm.end),
                "knew_since": bound_text(firm.known_to_since),
            }
            for firm in (letter.addressees if letter is not None else ())
        ],
        "others_may_have_it": letter is not None and letter.others_unknown,
        "listed": _group_card(base.groups[one.id], known)["members"] if one.id in base.groups else [],
        "rules": [_rule_card(rule, base, known) for rule in own],
        "does": [
            act_record(act, base, known)
            for act in base.acts.values()
            if act.instrument.id == one.id and known.knows(act.known_since)
        ],
        "sources": [source_record(source) for source in one.sources],
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
        "conditions": [condition_words(condition, base) for condition in rule.conditions],
        "periods": period_records(rule, history.spans(rule, base, known)),
        "lifted_by": [{"id": lift.id, "title": lift.title, "leaves": lift.leaves.value} for lift in lifts],
        "acts_on_it": [act_record(act, base, known) for act in acts],
        "sources": [source_record(source) for source in rule.sources],
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


def _group_card(group: Group, known: Asked) -> dict[str, Any]:
    return {
        "id": group.id,
        "title": group.title,
        "kind": group.kind,
        "complete": group.complete,
        "complete_for": [str(code) for code in group.complete_for],
        "members": [_member(one) for one in group.members if one.known_since is None or known.knows(one.known_since)],
        "sources": [source_record(source) for source in group.sources],
    }


def _member(one: Member) -> dict[str, Any]:
    return {
        "name": one.value, "also": list(one.also), "from": bound_text(one.start), "until": bound_text(one.end),
        "known_since": bound_text(one.known_since),
        "effect": one.effect.value if one.effect is not None else "", "review": one.review or "",
    }  # fmt: skip


# --- for people -----------------------------------------------------------------------------------------------------


def print_card(card: Mapping[str, Any], base: RuleBase) -> None:
    """Print a card for people to read."""
    what = card["what"]
    click.echo(f"{card['id']}  ({what})")
    if "title" in card:
        paragraph(card["title"])
    if what == "group":
        _print_group(card)
    elif what == "act":
        paragraph(f"in {card['in']}")
        paragraph(act_words(card))
        for other in card["later"]:
            paragraph(f"later: {other}")
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
    paragraph(f"{card['issuer']}{number}; {card['kind']}, {base.regimes[card['regime']].title}")
    paragraph(
        f"public since {card['known_since']} ({card['zone']}); {_standing_words(card['standing'])}; "
        f"status: {card['status'].replace('_', ' ')}"
    )
    if card["reading"]:
        _head("how it is read")
        paragraph(card["reading"])
    if card["addressees"]:
        _head("addressees" + (" (others may have got it too)" if card["others_may_have_it"] else ""))
        grid = [(one["name"], one["from"] or "day unknown", one["until"], one["knew_since"]) for one in card["addressees"]]
        table(("firm", "from", "until", "knew since"), grid)
    if card["listed"]:
        _head(f"{len(card['listed'])} listed")
        _print_members(card["listed"], "parties")
    own = card["rules"]
    if len(own) == 1 and card["rules"][0]["id"] == card["id"]:
        _print_rule(own[0], base, nested=True)
        own = []
    for shape in dict.fromkeys(_shape(rule) for rule in own):
        alike = [rule for rule in own if _shape(rule) == shape]
        names = "all" if len(alike) == len(own) else some_of([local_name(rule["id"]) for rule in alike], 6)
        _head(f"history of {names}")
        _print_periods(alike[0]["periods"])
    if own:
        _head("measures and lifts (rules show ID/NAME says when each applies)")
        rows = [(local_name(rule["id"]), _effect_words(rule), rule["title"]) for rule in own]
        table(("name", "effect", "title"), rows, widths=(24, 22, None))
    if len(own) <= 2:
        for rule in own:
            _head(f"{local_name(rule['id'])} applies when")
            _print_conditions(rule)
    lifts = {one["id"]: one for rule in own for one in rule["lifted_by"]}
    if lifts:
        _head("lifted by")
        table(
            ("lift", "leaves", "title"),
            [(one["id"], one["leaves"].replace("_", " "), one["title"]) for one in lifts.values()],
        )
    acts = {one["id"]: one for rule in own for one in rule["acts_on_it"]}
    _print_acts("acts upon it", acts.values())
    _print_acts("it acts upon others", card["does"])
    conflicts = sorted({f"{local_name(rule['id'])} and {other}" for rule in own for other in rule.get("conflicts_with", ())})
    if conflicts:
        _head("conflicts: obeying one breaches the other")
        for text in conflicts:
            paragraph(text)


def _print_rule(card: Mapping[str, Any], base: RuleBase, *, nested: bool = False) -> None:
    if not nested:
        paragraph(f"in {card['instrument']}: {card['in']}")
        paragraph(f"public since {card['known_since']}; {_standing_words(card['standing'])}")
    if card["what"] == "measure":
        review = f"; review: {card['review'].replace('_', ' ')}" if card["review"] else ""
        note = f" ({card['review_note']})" if card["review_note"] else ""
        layer = f" (layer {card['layer']})" if card["layer"] else ""
        paragraph(f"effect: {card['effect'].replace('_', ' ')}{layer}{review}{note}")
    else:
        certainty = f"; the source says: {card['certainty']}" if card["certainty"] else ""
        paragraph(f"takes away {some_of(card['lifts'])}; leaves: {card['leaves'].replace('_', ' ')}{certainty}")
    for text in (card.get("reading"), None if nested else card.get("reading_of_instrument")):
        if text:
            _head("how it is read")
            paragraph(text)
    _head("applies when all of these hold")
    _print_conditions(card)
    _head("history")
    _print_periods(card["periods"])
    if card["lifted_by"]:
        _head("lifted by")
        table(
            ("lift", "leaves", "title"),
            [(one["id"], one["leaves"].replace("_", " "), one["title"]) for one in card["lifted_by"]],
        )
    _print_acts("acts upon it", card["acts_on_it"])
    if card.get("conflicts_with"):
        _head("conflicts: obeying one breaches the other")
        for other in card["conflicts_with"]:
            found = base.measures.get(other) or base.instruments.get(other)
            paragraph(f"{other}: {found.title if found is not None else ''}")


def _effect_words(card: Mapping[str, Any]) -> str:
    words = card["effect"] if card["what"] == "measure" else f"lift: {card['leaves']}"
    return str(words).replace("_", " ")


def _standing_words(standing: str) -> str:
    return {
        "official": "standing: official",
        "reported": "standing: reported (its text was not published, or not read)",
        "unverified": "standing: unverified (no source was found; it never decides)",
    }[standing]


def _shape(card: Mapping[str, Any]) -> str:
    return json.dumps(
        [
            {key: one[key] for key in ("from", "until", "state", "by", "why", "leaves", "rate_percent", "rate_may_be")}
            for one in card["periods"]
        ]
    )


def _print_conditions(card: Mapping[str, Any]) -> None:
    for text in card["conditions"] or ["always"]:
        first, *rest = text.split("\n")
        fill(first, "  - ", "    ")
        for line in rest[:SHOWN_MAX]:
            fill(line, "      ", "        ")
        if len(rest) > SHOWN_MAX:
            click.echo(f"      and {len(rest) - SHOWN_MAX} more (--format jsonl has all)")


def _print_periods(periods: Sequence[Mapping[str, Any]]) -> None:
    grid = [
        (
            day_words(one["from"]),
            day_words(one["until"]) or "open",
            period_words(one),
            f"{one['by']}\n{one['why']}",
            _short_source(one["source"]),
        )
        for one in periods
    ]
    table(("from", "until", "state", "by which act", "source"), grid, widths=(16, 16, 20, 27, None))


def _short_source(source: Mapping[str, Any] | None) -> str:
    return "" if source is None else textwrap.shorten(str(source["title"]), 60, placeholder=" ...")


def _print_acts(title: str, acts: Iterable[Mapping[str, Any]]) -> None:
    found = list(acts)
    if found:
        _head(title)
        for one in found:
            paragraph(f"{one['id']} {act_words(one)}")


def _print_group(card: Mapping[str, Any]) -> None:
    whole = "held whole" if card["complete"] else "not held whole"
    some = f"; whole for {some_of(card['complete_for'])}" if card["complete_for"] else ""
    paragraph(f"group of {card['kind']}, {len(card['members'])} members, {whole}{some}")
    _head("members")
    _print_members(card["members"], card["kind"])


def _print_members(members: Sequence[Mapping[str, Any]], kind: str) -> None:
    plain = [one["name"] for one in members if not any(one[key] for key in ("from", "until", "effect"))]
    dated = [one for one in members if any(one[key] for key in ("from", "until", "effect"))]
    if plain:
        paragraph((", " if kind == "places" else "; ").join(plain[:_MEMBERS_MAX]))
    if dated:
        grid = [
            (one["name"], day_words(one["from"]), day_words(one["until"]), one["effect"].replace("_", " "))
            for one in dated[:_MEMBERS_MAX]
        ]
        table(("member", "from", "until", "effect"), grid, widths=(50, 10, 10, None))
    more = max(0, len(plain) - _MEMBERS_MAX) + max(0, len(dated) - _MEMBERS_MAX)
    if more:
        click.echo(f"  and {more} more (--format jsonl has all)")


def _print_sources(sources: Sequence[Mapping[str, Any]]) -> None:
    _head("sources")
    for one in sources:
        paragraph(f"{one['title']} [{one['read'].replace('_', ' ')}]")
        click.echo(f"    {one['href'] or 'no address known'}")


def _head(text: str) -> None:
    click.echo(f"\n{text}")
