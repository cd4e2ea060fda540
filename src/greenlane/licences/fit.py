"""May a line of goods use this licence for that bite, and if not, why not? Matching, before any balance is looked at.

Each thing that a licence says is held against the order line by itself, and says yes, no, or what must be asked. A condition that
the licence does not have is no condition; a fact that the line does not state is asked for, never taken as met. Days count in the
zone of the authority.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from greenlane.decide.decision import Decision, Reason
from greenlane.decide.line import Line
from greenlane.law.measure import Measure
from greenlane.law.rulebase import State as Standing
from greenlane.law.scope import GoodsAre, Truth
from greenlane.licences.ledger import State, status_on
from greenlane.licences.licence import Kind, Licence, LicenceLine, ScopeRow
from greenlane.terms.codes import CONTROL, TARIFF, Code, Match, match
from greenlane.terms.parties import name_key
from greenlane.terms.periods import Asked, day_before, read_day, read_zone

ACT: Final = "licence_act"  # kind of an instrument that acts on licences already granted
UNDER_LICENCE: Final = "attrs.under_licence"
_DUAL_USE: Final = frozenset({Kind.SINGLE, Kind.GENERAL, Kind.REGISTRATION})
_ORDINARY: Final = "ordinary_licence"
_PARTIES: Final = frozenset({"consignee", "end_user", "ultimate_end_user", "third_party"})
_COLUMNS: Final = frozenset({"consignee", "end_user"})
_PARTS: Final = re.compile(r"[|+;,/]")
_SIDES: Final = {"cn": "China", "us": "the United States"}


class Says(Enum):
    """What one check says."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was held against the licence: what it says, in words with the condition; and the fact to ask for."""

    about: str
    says: Says
    words: str
    fact: str = ""

    def plain(self) -> dict[str, str]:
        """For JSON."""
        told = {"about": self.about, "says": self.says.value, "words": self.words}
        return told | ({"fact": self.fact} if self.fact else {})


def day_of(decision: Decision, zone: str) -> str:
    """The day of a decision in the zone of an authority; a day without an hour is the authority's own."""
    asked = Asked.read(decision.on)
    if asked.instant is None:
        return asked.calendar_day.isoformat()
    return asked.instant.astimezone(read_zone(zone)).date().isoformat()


def needs(decision: Decision) -> tuple[Reason, ...]:
    """The bites that a licence can answer: of those that certainly bite, what asks for a licence."""
    return tuple(one for one in decision.reasons if one.effect.restricts and one.measure.instrument.kind != ACT)


def acts(decision: Decision, side: str) -> tuple[Reason, ...]:
    """What bites, or may bite, on licences that a side granted before."""
    found = (*decision.reasons, *decision.possible)
    return tuple(one for one in found if one.measure.instrument.kind == ACT and one.measure.instrument.side == side)


# --- one licence, one line of goods -----------------------------------------------------------------------------------


def check(state: State, number: int, decision: Decision, bite: Reason) -> tuple[Check, ...]:
    """Everything that a line of a licence says to a bite on a line of goods, amounts left out."""
    licence, terms = state.licence, state.licence.lines[number - 1]
    found = [_authority(licence, bite)]
    if found[0].says is Says.NO:
        return tuple(found)
    found += _items(terms, decision.line, bite)
    found += _validity(state, decision)
    found += _acts(licence, decision, bite)
    found.append(_party("holder", licence.holder, "exporter", decision.line.exporter, "the holder is"))
    found += _scope(licence, decision.line)
    return tuple(found)


def _authority(licence: Licence, bite: Reason) -> Check:
    side = bite.measure.instrument.side
    if licence.authority.casefold() != side:
        words = f"granted by {licence.authority}; {bite.measure.id} is law of {_SIDES.get(side, side)}"
        return Check("authority", Says.NO, words)
    if bite.review == _ORDINARY and licence.kind in _DUAL_USE and side == "cn":
        words = f"a {licence.kind.value} licence is one for dual-use items; {bite.measure.id} asks for the ordinary export licence"
        return Check("authority", Says.NO, words)
    return Check("authority", Says.YES, f"granted by {licence.authority}")


def _validity(state: State, decision: Decision) -> Iterator[Check]:
    day = day_of(decision, state.licence.zone)
    if not state.since <= day < state.until:
        last = day_before(read_day(state.until)).isoformat()
        words = f"valid from {state.since} to the end of {last} ({state.licence.zone}), not on {day}"
        yield Check("validity", Says.NO, words)
    else:
        yield Check("validity", Says.YES, f"valid on {day} ({state.licence.zone}), until {state.until}")
    if (status := status_on(state.phases, day)) != "active":
        since = max((one.day for one in state.phases if one.day <= day and one.kind != "amend"), default="")
        yield Check("status", Says.NO, f"{status} since {since}")


def _acts(licence: Licence, decision: Decision, bite: Reason) -> Iterator[Check]:
    """An act on licences stops those granted before it began: whether the line goes under a licence is no question then."""
    for act in acts(decision, bite.measure.instrument.side):
        begun = max((one.period.start.day.isoformat() for one in act.measure.periods), default="")
        title = f"{act.measure.id}: {act.measure.title}, since {begun}"
        if licence.since >= begun:
            continue
        asks = frozenset().union(*(one.asks for one in act.findings if one.truth is Truth.UNKNOWN)) - {UNDER_LICENCE}
        if asks:
            yield Check("act", Says.ASK, f"may be stopped by {title}", fact=min(asks))
        elif act.state == Standing.IN_FORCE.value:
            yield Check("act", Says.NO, f"stopped by {title}")
        else:
            yield Check("act", Says.ASK, f"was stopped by {title}; whether that still holds, nobody confirmed", fact=act.measure.id)


# --- items ------------------------------------------------------------------------------------------------------------


def _items(terms: LicenceLine, line: Line, bite: Reason) -> Iterator[Check]:
    codes: list[Code] = []
    for text in terms.codes:
        try:
            codes.append(Code.read(text))
        except ValueError:
            yield _specification(text, line, alone=len(terms.codes) == 1)
    control = tuple(one for one in codes if one.scheme in CONTROL)
    tariff = tuple(one for one in codes if one.scheme in TARIFF)
    if control:
        yield _entries(control, line, bite.measure)
    if tariff:
        yield _tariff(tariff, line)
    if terms.words:
        yield _specification(terms.words, line, alone=not codes)


def _entries(listed: Sequence[Code], line: Line, measure: Measure) -> Check:
    """List entries: those of the bite, or those that the line states, must lie within one that the licence names."""
    names = ", ".join(map(str, listed))
    stated = tuple(one for one in line.codes if one.scheme in CONTROL and not one.is_outside)
    bitten = entries_of(measure)
    if bitten:
        within = [one for one in bitten if any(one.is_within(have) for have in listed)]
        if len(within) == len(bitten):
            return Check("items", Says.YES, f"{_some(bitten)} is within {names}")
        if within or any(have.is_within(one) for have in listed for one in bitten):
            said = match(stated, tuple(listed))
            if said is Match.WITHIN:
                return Check("items", Says.YES, f"{_some(stated)} is within {names}")
            if said is not Match.OUTSIDE:
                words = f"for {names}; whether the goods are that, of {_some(bitten)}, is not said"
                return Check("items", Says.ASK, words, fact=f"codes.{listed[0].scheme}")
        return Check("items", Says.NO, f"for {names}, not for {_some(bitten)}")
    if any(isinstance(one, GoodsAre) for one in measure.conditions):
        return Check("items", Says.NO, f"for {names}; {measure.id} is of no list entry")
    said = match(stated, tuple(listed))
    if said is Match.WITHIN:
        return Check("items", Says.YES, f"{_some(stated)} is within {names}")
    if said is Match.OUTSIDE:
        return Check("items", Says.NO, f"for {names}, not for {_some(stated)}")
    return Check("items", Says.ASK, f"for {names}; the line does not say its list entry so far", fact=f"codes.{listed[0].scheme}")


def _tariff(listed: Sequence[Code], line: Line) -> Check:
    names = ", ".join(map(str, listed))
    stated = tuple(one for one in line.codes if one.scheme in TARIFF)
    said = match(stated, tuple(listed))
    if said is Match.WITHIN:
        return Check("items", Says.YES, f"{_some(stated)} is within {names}")
    if said is Match.OUTSIDE or (said is Match.ABOVE and all(one.excludes(have) for one in stated for have in listed)):
        return Check("items", Says.NO, f"for {names}, not for {_some(stated)}")
    return Check("items", Says.ASK, f"for {names}; the line does not say its customs code so far", fact=f"codes.{listed[0].scheme}")


def _specification(words: str, line: Line, *, alone: bool) -> Check:
    """The goods in the words of the licence: met by the same words; what else it means must be said."""
    given = stated(line, "specification")
    if given:
        if _folded(given) == _folded(words):
            return Check("specification", Says.YES, f"`{words}`")
        return Check("specification", Says.NO, f"for `{words}`, not for `{given}`")
    if _folded(words) in (_folded(line.item), _folded(line.description)):
        return Check("specification", Says.YES, f"`{words}`")
    only = "names the goods by words only" if alone else "names the goods"
    return Check("specification", Says.ASK, f"{only}: `{words}`; is it these?", fact="attrs.specification")


def entries_of(measure: Measure) -> tuple[Code, ...]:
    """The list entries that a measure is about."""
    items = (item for one in measure.conditions if isinstance(one, GoodsAre) for item in one.items)
    found = {item.control for item in items if item.control is not None} | set(measure.entries)
    return tuple(sorted(found))


def _some(codes: Sequence[Code]) -> str:
    shown = ", ".join(map(str, codes[:3]))
    return f"{shown} and {len(codes) - 3} more" if len(codes) > 3 else shown


# --- parties, places, transport ---------------------------------------------------------------------------------------


def _scope(licence: Licence, line: Line) -> Iterator[Check]:
    by_dimension: dict[str, list[ScopeRow]] = {}
    for row in licence.scope:
        by_dimension.setdefault(row.dimension, []).append(row)
    for dimension, rows in by_dimension.items():
        yield _dimension(dimension, rows, line)


def _dimension(dimension: str, rows: Sequence[ScopeRow], line: Line) -> Check:
    fact, values = _values(dimension, line)
    only = [row for row in rows if row.allow]
    condition = _condition(rows)
    word = dimension.replace("_", " ")
    if not values:
        return Check(dimension, Says.ASK, f"the line does not say its {word}; {condition}", fact=fact)
    said = [_one_value(dimension, one, only, rows) for one in values]
    told = " and ".join(f"`{one}`" for one in values)
    if Says.NO in said:
        bad = " and ".join(f"`{one}`" for one, answer in zip(values, said, strict=True) if answer is Says.NO)
        more = "; one licence is for one mode: the line must be parted" if dimension == "mode" and len(values) > 1 else ""
        return Check(dimension, Says.NO, f"{word} {bad} is not met; {condition}{more}")
    if Says.ASK in said:
        return Check(dimension, Says.ASK, f"is {word} {told} the same? {condition}", fact=fact)
    return Check(dimension, Says.YES, f"{word} {told}; {condition}")


def _one_value(dimension: str, value: str, only: Sequence[ScopeRow], rows: Iterable[ScopeRow]) -> Says:
    same = _same_party if dimension in _PARTIES else _same_text
    denied = [same(value, row.value) for row in rows if not row.allow]
    allowed = [same(value, row.value) for row in only]
    if Says.YES in denied or (only and all(one is Says.NO for one in allowed)):
        return Says.NO
    return Says.ASK if Says.ASK in denied or (only and Says.YES not in allowed) else Says.YES


def _values(dimension: str, line: Line) -> tuple[str, tuple[str, ...]]:
    """The name of the fact and what the line says of it; several values with `|` or `+` between."""
    if dimension in _COLUMNS:
        value = getattr(line, dimension)
        return dimension, (value,) if value else ()
    if dimension == "destination":
        return "ship_to", tuple(dict.fromkeys(one for one in (line.ship_to, line.end_use_country) if one))
    if dimension == "end_use":
        return "end_use", line.end_use
    text = stated(line, dimension)
    if dimension in _PARTIES:
        return f"attrs.{dimension}", (text,) if text else ()
    return f"attrs.{dimension}", tuple(part.strip() for part in _PARTS.split(text) if part.strip())


def stated(line: Line, name: str) -> str:
    """A fact of the row: an attribute, or a further column of that name."""
    return next((text for key, text in line.attrs if key == name), "") or (line.cells.get(name) or "").strip()


def _condition(rows: Sequence[ScopeRow]) -> str:
    """The condition in its own words where the licence has them."""
    only = [f"`{row.value}`" for row in rows if row.allow]
    never = [f"`{row.value}`" for row in rows if not row.allow]
    values = [f"only for {' or '.join(only)}"] if only else []
    values += [f"not for {' or '.join(never)}"] if never else []
    words = list(dict.fromkeys(row.words for row in rows if row.words))
    return f"the licence is {', '.join(values)}" + "".join(f' ("{one}")' for one in words)


def _party(about: str, wanted: str, fact: str, given: str, words: str) -> Check:
    if not given:
        return Check(about, Says.ASK, f"the line does not say its {fact}; {words} `{wanted}`", fact=fact)
    said = _same_party(given, wanted)
    if said is Says.ASK:
        return Check(about, Says.ASK, f"is the {fact} `{given}` the same? {words} `{wanted}`", fact=fact)
    return Check(about, said, f"{words} `{wanted}`" + ("" if said is Says.YES else f", not `{given}`"))


def _same_party(one: str, other: str) -> Says:
    """The same name but for case, marks and legal form; to be asked where one holds the other, or the scripts differ."""
    mine, theirs = name_key(one), name_key(other)
    if mine == theirs:
        return Says.YES
    return Says.ASK if may_be_same(mine, theirs) else Says.NO


def may_be_same(key: str, other: str) -> bool:
    """Whether two names by their keys are the same or must be asked about."""
    if key.isascii() != other.isascii():
        return True
    words, others = set(key.split()), set(other.split())
    return words <= others or others <= words


def _same_text(one: str, other: str) -> Says:
    return Says.YES if _folded(one) == _folded(other) else Says.NO


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
