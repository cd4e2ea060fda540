"""greenlane rules coverage: what of the law is modelled, read up to which day, and what is not?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli.rules_asking import ON_OPTION, RULES_OPTION, day_or_today, format_option
from greenlane.cli.rules_printing import fill, paragraph, print_records
from greenlane.cli.rules_words import condition_words, place_words
from greenlane.law.measure import Instrument
from greenlane.law.regime import Regime
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import Condition, DestinationIs, GoodsAre
from greenlane.terms.periods import read_day
from greenlane.terms.sources import Standing


@click.command()
@ON_OPTION
@format_option("table", "jsonl")
@RULES_OPTION
def coverage(on: str | None, form: str, folder: Path | None) -> int:
    """What is modelled, for which goods and places, from which day, read up to which day; and what is not.

    \b
    Example:
        greenlane rules coverage --on 2026-10-10
    """
    base = wiring.load_rules(folder, release=False)
    day = day_or_today(on).calendar_day
    cards = [_regime_card(regime, base, day) for regime in base.regimes.values()]
    if form == "jsonl":
        print_records(cards, form)
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
        "reaches": [
            "; ".join(condition_words(condition, base) for condition in way.conditions)
            for way in (*regime.reaches, *regime.subject)
        ],
        "covers": [
            {
                "id": cover.id,
                "statement": " ".join(cover.statement.split()),
                "goods": sorted({str(code) for code in _codes(cover.conditions)}),
                "when": [condition_words(condition, base) for condition in cover.conditions],
                "destinations": [
                    place_words(condition.places, base) for condition in cover.conditions if isinstance(condition, DestinationIs)
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


def _folded(rules: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The rules one by one; rows of a table that say the same of other entries ("3A001: ...") together, all by name."""
    groups: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for one in rules:
        home, _, row = one["id"].partition("/")
        _, colon, says = one["title"].partition(": ")
        alone = not (row and colon and "not modelled" in says)
        groups.setdefault((home, one["id"] if alone else says), []).append(one)
    for (home, says), members in groups.items():
        if len(members) == 1:
            yield f"{members[0]['id']} ({members[0]['standing']}): {members[0]['title']}"
        else:
            rows = ", ".join(one["id"].partition("/")[2] for one in members)
            yield f"{home} ({members[0]['standing']}): {says}: {rows}"


def _print_regime(card: Mapping[str, Any]) -> None:
    click.echo(f"\n{card['regime']}  {card['title']}")
    late = f"; {card['days_not_read']} days since are not read" if card["days_not_read"] else ""
    paragraph(
        f"from {card['from']}, read up to {card['read_through']}{late}; {card['instruments']} instruments, "
        f"{card['measures']} measures"
    )
    for cover in card["covers"]:
        fill(f"covered, {cover['id']}: {cover['statement']}", "  ", "    ")
        if cover["goods"]:
            fill(f"goods: {', '.join(cover['goods'])}", "    ", "      ")
        for text in cover["destinations"]:
            fill(f"destinations: {text}", "    ", "      ")
    for text in card["not_modelled"]:
        fill(f"not modelled: {text}", "  ", "    ")
    if card["reported_or_unverified"]:
        click.echo("  not read in an official text:")
        for text in _folded(card["reported_or_unverified"]):
            fill(text, "    ", "      ")
    if card["oldest_check_days"] is not None:
        ages = dict.fromkeys((card["newest_check_days"], card["oldest_check_days"]))
        paragraph(f"last found true: {' to '.join(map(str, ages))} days before {card['on']}")
