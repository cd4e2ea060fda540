"""What does a piece of law say, in words: a condition, a period, an act, the state of an instrument?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import (
    ActivityIs,
    AddresseeIs,
    Condition,
    DestinationIs,
    EndUseIs,
    EntryStated,
    GoodsAre,
    Item,
    PartyIs,
    PlaceIs,
    PlaceSet,
    ValueIs,
    WordsIn,
)

SAID = ("floated", "offered", "agreed", "published", "noted", "stated")
SHOWN_MAX = 12


# --- conditions -----------------------------------------------------------------------------------------------------


def condition_words(condition: Condition, base: RuleBase) -> str:
    """A condition in words; further lines name the kinds of goods."""
    match condition:
        case ActivityIs():
            return f"the activity is {either(condition.activities)}"
        case PlaceIs():
            name = {
                "ship_from": "shipped from",
                "ship_to": "shipped to",
                "origin": "origin",
                "end_use_country": "used in",
            }
            return f"{name.get(condition.fact, _plain(condition.fact))} {place_words(condition.places, base)}"
        case DestinationIs():
            return f"shipped to, or used in, {place_words(condition.places, base)}"
        case EndUseIs():
            return f"the end use is {either(condition.uses)}"
        case PartyIs() if condition.listed is not None:
            return f"the {either(condition.roles)} is on {condition.listed} ({base.groups[condition.listed].title})"
        case PartyIs():
            return f"the {either(condition.roles)} is {some_of(condition.named, 6)}"
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
            return f"the description says {either(condition.phrases)}"
        case EntryStated():
            return f"an entry of the scheme {condition.scheme} is stated"
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
        parts.append(f"customs code {some_of([str(code) for code in item.customs], 8)}")
    if item.tests:
        parts.append(" and ".join(f"{_plain(test.fact)} {test.test}" for test in item.tests))
    text = ", or ".join(parts)
    if item.reach:
        text += f" (can lie in {some_of([str(code) for code in item.reach], 8)})"
    return text


def place_words(places: PlaceSet, base: RuleBase) -> str:
    """A set of places: its countries, its groups with their titles, and what is left out of it."""
    names = [*sorted(places.codes), *(f"{group} ({base.groups[group].title})" for group in places.groups)]
    text = ("anywhere but " if places.negate else "") + either(names)
    return f"{text}, but not {place_words(places.without, base)}" if places.without is not None else text


def _plain(fact: str) -> str:
    for prefix, word in (("contains.", "share of "), ("attrs.", "")):
        if fact.startswith(prefix):
            return word + fact.removeprefix(prefix).replace("_", " ")
    return fact.replace("_", " ")


# --- periods, acts and states ---------------------------------------------------------------------------------------


def period_words(one: Mapping[str, Any]) -> str:
    """How a rule stands in a period: its state, its rate, what stays of it, and who says it goes on."""
    words = str(one["state"]).replace("_", " ")
    if words in SAID:
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


def act_words(one: Mapping[str, Any]) -> str:
    """What an act does, to what, for how long, and since when that is public."""
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
    return f"{verb} {some_of(one['to'], 8)}{start}{end}{leaves}{after}; known since {one['known_since']}"


def state_words(counts: Sequence[Mapping[str, int]]) -> str:
    """How many parts of an instrument stand how, part of the day by part of the day."""
    return ", then ".join(_count_words(count) for count in counts) or "not begun"


def _count_words(count: Mapping[str, int]) -> str:
    if len(count) == 1:
        return next(iter(count)).replace("_", " ")
    return ", ".join(
        f"{number} {word.replace('_', ' ')}" for word, number in sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
    )


# --- days, names and lists of words ---------------------------------------------------------------------------------


def day_words(text: str) -> str:
    """A bound as tables show it: the day, and the hour where there is one."""
    return text.replace("T", " ", 1)[:16].removesuffix(" 00:00")


def local_name(name: str) -> str:
    """The name of a rule within its instrument."""
    return name.partition("/")[2] or name


def either(words: Sequence[str]) -> str:
    """Alternatives: `a, b or c`."""
    plain = [word.replace("_", " ") for word in words]
    return plain[0] if len(plain) == 1 else f"{', '.join(plain[:-1])} or {plain[-1]}"


def some_of(words: Sequence[str], most: int = SHOWN_MAX) -> str:
    """The first few, and how many more there are."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
