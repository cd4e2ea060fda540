"""How does a measure read in the terms that others exchange: the fields of Global Trade Alert, filled as far as is honest?

One measure is one intervention, one instrument one state act. What only said something (offers, statements), exceptions and
acts upon measures are no interventions; they are counted as left out. A field that the rule base cannot fill is None or
empty, never guessed. docs/reference/exchange.md holds the mapping, field by field. Nothing asks the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from greenlane.law import timeline
from greenlane.law.effect import Effect
from greenlane.law.groups import Group
from greenlane.law.measure import Measure
from greenlane.law.rates import Schedule
from greenlane.law.rulebase import RuleBase, State
from greenlane.law.scope import ActivityIs, AddresseeIs, DestinationIs, GoodsAre, Item, PartyIs, PlaceIs, PlaceSet
from greenlane.terms.amounts import show
from greenlane.terms.codes import TARIFF, Code
from greenlane.terms.jurisdictions import alpha_3, gta_number
from greenlane.terms.periods import Asked, Moment
from greenlane.terms.sources import Standing

UNIT: Final = "one entry is one measure of the rule base; several may stand under one state act"
LEFT_OUT: Final = (
    "gta_evaluation", "affected_sectors", "date_published", "last_updated", "inferred_jurisdictions",
    "implementing_jurisdiction_groups", "intervention_url", "state_act_url",
)  # fmt: skip
_HS6: Final = 6
_TYPES: Final = {
    Effect.PROHIBITED: ("Export ban", "P31"),
    Effect.LICENCE_REQUIRED: ("Export licensing requirement", "P33"),
    Effect.PRESUMPTION_OF_DENIAL: ("Export licensing requirement", "P33"),
    Effect.REPORT: ("Export-related non-tariff measure, nes", "P9"),
    Effect.DUTY: ("Import tariff", "Tariff measures"),
}
_IMPORT_TYPES: Final = {
    Effect.PROHIBITED: "Import ban",
    Effect.LICENCE_REQUIRED: "Import licensing requirement",
    Effect.PRESUMPTION_OF_DENIAL: "Import licensing requirement",
    Effect.REPORT: "Import-related non-tariff measure, nes",
}
_IN_FORCE: Final = {State.IN_FORCE: 1, State.UNENFORCED: 1, State.UNKNOWN: None}
_FROM: Final = ("origin", "ship_from")
_TO: Final = ("ship_to", "end_use_country")


@dataclass(frozen=True, slots=True)
class Exchange:
    """The interventions as known by a day, and how much of the base is none."""

    interventions: tuple[dict[str, Any], ...]
    left_out: Mapping[str, int]


def exchange(rules: RuleBase, on: Asked, known_by: Asked, *, sides: Sequence[str] = ("cn", "us")) -> Exchange:
    """Every measure that was public by `known_by`, as it stood on a day; in order of announcement, then of its id."""
    found: list[tuple[datetime, str, dict[str, Any]]] = []
    said = 0
    seen: dict[PlaceSet, tuple[str, ...]] = {}
    for measure in rules.measures.values():
        if measure.instrument.side not in sides or not known_by.knows(measure.known_since):
            continue
        if timeline.status_of(measure):
            said += 1
            continue
        found.append((measure.known_since.utc, measure.id, intervention(measure, rules, on, known_by, seen)))
    lifts = [one for one in rules.lifts.values() if one.instrument.side in sides and known_by.knows(one.known_since)]
    acts = [one for one in rules.acts.values() if one.instrument.side in sides and known_by.knows(one.known_since)]
    found.sort(key=lambda one: one[:2])
    left_out = {"only_said": said, "exceptions": len(lifts), "acts_upon_measures": len(acts)}
    return Exchange(tuple(card for _, _, card in found), left_out)


def intervention(
    measure: Measure, rules: RuleBase, on: Asked, known_by: Asked, seen: dict[PlaceSet, tuple[str, ...]] | None = None
) -> dict[str, Any]:
    """One measure as an intervention, with its history as known and how it stood on a day.

    `seen` keeps what sets of places hold, for many measures of one day.
    """
    home = measure.instrument
    history = timeline.spans(measure, rules, known_by)
    begun = [span for span in history if span.state in (State.IN_FORCE, State.UNENFORCED)]
    moment = on.moments(frozenset())[0]
    now = timeline.held(history, moment)
    kind, chapter, subchapter, flows = _kind(measure)
    ended = bool(history) and history[-1].state is State.ENDED
    cells: dict[str, Any] = {
        "intervention_id": measure.id,
        "state_act_id": home.id,
        "state_act_title": home.title,
        "intervention_description": measure.title,
        "implementing_jurisdictions": [_place(home.side.upper())],
        "implementation_level": "National",
        "affected_flow": flows,
        "intervention_type": kind,
        "mast_chapter": chapter,
        "mast_subchapter": subchapter,
        "eligible_firm": "firm-specific" if _names_firms(measure) else "all",
        "affected_jurisdictions": _affected(measure, rules, moment, known_by, {} if seen is None else seen),
        "affected_products": _products(measure, rules, history, moment, known_by),
        "date_announced": measure.known_since.day.isoformat(),
        "date_implemented": begun[0].start.day.isoformat() if begun else None,
        "date_removed": history[-1].start.day.isoformat() if ended else None,
        "is_in_force": None if measure.standing is Standing.UNVERIFIED else _in_force(now),
        "is_official_source": any(source.read == "official" for source in measure.sources),
        "state_act_source": [{"title": one.title, "href": one.href, "read": one.read} for one in measure.sources],
        # What the others have no field for.
        "greenlane_state": "not_begun" if now is None else "at_zero" if now.is_nil else timeline.code_of(now.state),
        "greenlane_periods": [
            {
                "from": span.start.text,
                "until": "" if span.end is None else span.end.text,
                "state": timeline.code_of(span.state),
                "rate_percent": "" if span.rate is None else show(span.rate),
                "by": span.by,
                "known_since": span.known_since.text,
            }
            for span in history
        ],
        "greenlane_zone": home.zone,
        "greenlane_effect": measure.effect.value,
        "greenlane_review": measure.review,
        "greenlane_standing": measure.standing.value,
        "greenlane_checked_on": home.checked_on,
        "greenlane_control_codes": _control_codes(measure, rules),
        "greenlane_can_lie_in": _can_lie_in(measure, rules),
        "greenlane_composition_decides": any(item.tests for item in _items(measure, rules)),
    }
    return cells


def flat(one: Mapping[str, Any]) -> dict[str, str]:
    """An intervention as the cells of a table: lists joined with `;`, nothing for what is not known."""
    products: Sequence[Mapping[str, Any]] = one["affected_products"]
    levels = {(product["prior_level"], product["new_level"], product["unit"]) for product in products}
    prior, new, unit = next(iter(levels)) if len(levels) == 1 else (None, None, None)
    places: Sequence[Mapping[str, Any]] = one["affected_jurisdictions"]
    cells: dict[str, Any] = {
        **one,
        "implementing_jurisdictions": [place["iso"] for place in one["implementing_jurisdictions"]],
        "affected_jurisdictions": [place["iso"] for place in places if place["type"] == "targeted"],
        "affected_jurisdictions_excluded": [place["iso"] for place in places if place["type"] == "excluded"],
        "affected_products": [product["product_id"] for product in products if product["product_id"]],
        "affected_products_not_official": [product["product_id"] for product in products if not product["official"]],
        "prior_level": prior,
        "new_level": new,
        "unit": unit,
        "state_act_source": [source["href"] or source["title"].replace(";", ",") for source in one["state_act_source"]],
        "greenlane_periods": [
            f"{period['from']}/{period['until']} {period['state']}{' ' + period['rate_percent'] if period['rate_percent'] else ''}"
            for period in one["greenlane_periods"]
        ],
    }
    return {name: _cell(cells[name]) for name in CSV_COLUMNS}


CSV_COLUMNS: Final = (
    "intervention_id", "state_act_id", "state_act_title", "intervention_description", "implementing_jurisdictions",
    "implementation_level", "affected_flow", "intervention_type", "mast_chapter", "mast_subchapter", "eligible_firm",
    "affected_jurisdictions", "affected_jurisdictions_excluded", "affected_products", "affected_products_not_official",
    "prior_level", "new_level", "unit", "date_announced", "date_implemented", "date_removed", "is_in_force",
    "is_official_source", "state_act_source", "greenlane_state", "greenlane_periods", "greenlane_zone", "greenlane_effect",
    "greenlane_review", "greenlane_standing", "greenlane_checked_on", "greenlane_control_codes", "greenlane_can_lie_in",
    "greenlane_composition_decides",
)  # fmt: skip


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _in_force(now: timeline.Span | None) -> int | None:
    """1 or 0, or nothing where nobody knows. A duty of zero is in force and weighs nothing: 0."""
    return 0 if now is None or now.is_nil else _IN_FORCE.get(now.state, 0)


# --- what kind of measure -------------------------------------------------------------------------------------------


def _kind(measure: Measure) -> tuple[str, str, str | None, list[str]]:
    """Type, MAST chapter and subchapter, and the flows it affects."""
    activities = [name for one in measure.conditions if isinstance(one, ActivityIs) for name in one.activities]
    if measure.effect is Effect.DUTY:
        return "Import tariff", "Tariff measures", "Tariff measures", ["Inward"]
    if activities == ["import"]:
        chapter = "E: Non-automatic licensing, quotas etc."
        return _IMPORT_TYPES[measure.effect], chapter, None, ["Inward"]
    kind, subchapter = _TYPES[measure.effect]
    flows = ["Outward", "Inward"] if "import" in activities else ["Outward"]
    return kind, "P: Export-related measures (incl. subsidies)", subchapter, flows


def _names_firms(measure: Measure) -> bool:
    return any(isinstance(one, (PartyIs, AddresseeIs)) for one in measure.conditions)


# --- whom it affects ------------------------------------------------------------------------------------------------


def _affected(
    measure: Measure, rules: RuleBase, moment: Moment, known_by: Asked, seen: dict[PlaceSet, tuple[str, ...]]
) -> list[dict[str, Any]]:
    """The trading partners that the text names: targeted, or excluded. None named means any; none is inferred."""
    wanted = _FROM if measure.effect is Effect.DUTY else _TO
    found: dict[str, str] = {}
    for condition in measure.conditions:
        named = isinstance(condition, PlaceIs) and condition.fact in wanted
        if not (named or (isinstance(condition, DestinationIs) and measure.effect is not Effect.DUTY)):
            continue
        assert isinstance(condition, (PlaceIs, DestinationIs))
        places = condition.places
        if places not in seen:
            seen[places] = tuple(sorted(_members(places, rules.groups, moment, known_by)))
        for code in seen[places]:
            found[code] = "excluded" if places.negate else "targeted"
    found.pop(measure.instrument.side.upper(), None)
    return [_place(code) | {"type": kind} for code, kind in sorted(found.items())]


def _members(places: PlaceSet, groups: Mapping[str, Group], moment: Moment, known_by: Asked) -> set[str]:
    codes = set(places.codes)
    for group in places.groups:
        codes |= {member.value for member in groups[group].current(at=moment, known_by=known_by)}
    if places.without is not None:
        codes -= _members(places.without, groups, moment, known_by)
    return codes


def _place(code: str) -> dict[str, Any]:
    return {"id": gta_number(code), "iso": alpha_3(code)}


# --- which goods ----------------------------------------------------------------------------------------------------


def _items(measure: Measure, rules: RuleBase) -> Iterable[Item]:
    for condition in measure.conditions:
        if isinstance(condition, GoodsAre):
            for item in condition.items:
                if item.list is None:
                    yield item
                else:
                    for _, listed in rules.lists[item.list]:
                        yield from listed


def _named(item: Item, rules: RuleBase, moment: Moment, known_by: Asked) -> tuple[Code, ...]:
    """The customs codes that the act names: one by one, or by a group of codes."""
    if item.codes is None:
        return item.customs
    group = rules.groups[item.codes]
    return tuple(Code.read(member.value) for member in group.current(at=moment, known_by=known_by))


def _products(
    measure: Measure, rules: RuleBase, history: Sequence[timeline.Span], moment: Moment, known_by: Asked
) -> list[dict[str, Any]]:
    """HS6 codes; `official` where the act names the code, else a heading in which the goods can lie by our reading.

    A duty carries the points of its layer, before and now. A duty on all goods has one entry without a code.
    """
    named: dict[str, bool] = {}
    for item in _items(measure, rules):
        for codes, official in ((_named(item, rules, moment, known_by), True), (item.reach, False)):
            for code in codes:
                if code.scheme in TARIFF and len(code.value) >= _HS6:
                    named[code.value[:_HS6]] = named.get(code.value[:_HS6], False) or official
    if measure.schedule is not None:
        return _scheduled(measure.schedule, moment, known_by)
    prior, new, unit = _levels(history, moment)
    if not named and new is None and prior is None:
        return []
    products: Iterable[str | None] = sorted(named) or [None]
    return [
        {
            "product_id": code,
            "official": code is None or named[code],
            "prior_level": prior,
            "new_level": new,
            "unit": unit,
        }
        for code in products
    ]


def _scheduled(schedule: Schedule, moment: Moment, known_by: Asked) -> list[dict[str, Any]]:
    """The HS6 codes of a table of rates; a level where all lines beneath one bear the same percentage and nothing else."""
    found: dict[str, set[str | None]] = {}
    for digits in schedule.codes:
        held = schedule.above(digits, moment, known_by)
        if held is not None and len(digits) >= _HS6:
            rate = held.entry.rate
            plain = rate is not None and rate.read and not rate.specific
            found.setdefault(digits[:_HS6], set()).add(show(rate.percent) if plain and rate is not None else None)
    rows = []
    for code, levels in found.items():
        new = next(iter(levels)) if len(levels) == 1 else None
        unit = None if new is None else "percent"
        rows.append({"product_id": code, "official": True, "prior_level": None, "new_level": new, "unit": unit})
    return rows


def _levels(history: Sequence[timeline.Span], moment: Moment) -> tuple[str | None, str | None, str | None]:
    """The points of a duty's layer before the last change and since; None where there is none, or it is not known."""
    rates = [span for span in history if span.is_duty and span.state is State.IN_FORCE]
    begun = [span for span in rates if moment.reached(span.start)]
    if not begun:
        return None, None, None
    now, before = begun[-1], begun[-2] if len(begun) > 1 else None
    prior = None if before is None or before.rate is None else show(before.rate)
    return prior, None if now.rate is None else show(now.rate), "percent"


def _control_codes(measure: Measure, rules: RuleBase) -> list[str]:
    return list(dict.fromkeys(str(item.control) for item in _items(measure, rules) if item.control is not None))


def _can_lie_in(measure: Measure, rules: RuleBase) -> list[str]:
    """Chapters, headings and entries that are no HS6 code: where the goods can lie."""
    codes: list[Code] = [code for item in _items(measure, rules) for code in (*item.customs, *item.reach)]
    return sorted({str(code) for code in codes if code.scheme not in TARIFF or len(code.value) < _HS6})
