"""What is a piece of law as plain values: an instrument, an act, a period, a source?

The records that `--format jsonl` and `csv` print, and that the tables are made from; list, show, timeline and diff share them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greenlane.law import timeline as history
from greenlane.law.measure import Act, Instrument, Rule
from greenlane.law.rulebase import RuleBase
from greenlane.terms.amounts import show as show_number
from greenlane.terms.periods import Asked, Bound
from greenlane.terms.sources import Source


def instrument_record(one: Instrument, base: RuleBase, known: Asked) -> dict[str, Any]:
    """An instrument in short: what it is, and how much of it was public by the day of knowledge."""

    def count(found: Mapping[str, Rule] | Mapping[str, Act]) -> int:
        return sum(rule.instrument.id == one.id and known.knows(rule.known_since) for rule in found.values())

    return {
        "id": one.id, "side": one.side, "regime": one.regime, "kind": one.kind, "title": one.title,
        "issuer": one.issuer,
        "number": one.number, "standing": one.standing.value, "status": one.status, "known_since": one.known_since.text,
        "checked_on": one.checked_on, "measures": count(base.measures), "lifts": count(base.lifts),
        "acts": count(base.acts),
    }  # fmt: skip


def act_record(act: Act, base: RuleBase, known: Asked) -> dict[str, Any]:
    """What an act does to which rules, and which acts public by the day of knowledge act upon it in turn."""
    return {
        "id": act.id, "does": act.does, "to": list(act.targets), "from": bound_text(act.start), "until": bound_text(act.end),
        "after": "unknown" if act.after_unknown else "revives" if act.does in ("suspends", "extends") else "",
        "leaves": act.leaves.value, "known_since": act.known_since.text,
        "later": [other.id for other in base.acts_on(act.id) if known.knows(other.known_since)],
        "sources": [source_record(source) for source in act.sources],
    }  # fmt: skip


def period_records(rule: Rule, spans: Sequence[history.Span]) -> list[dict[str, Any]]:
    """The history of a rule as records; what was only said is never called in force."""
    said = history.status_of(rule)
    cards = [period_record(span) for span in spans]
    return [card | {"state": said} if said and card["state"] == "in_force" else card for card in cards]


def period_record(span: history.Span) -> dict[str, Any]:
    """One span of a history: from when until when, how the rule stands, and by which act."""
    return {
        "from": span.start.text,
        "until": bound_text(span.end),
        "state": history.code_of(span.state),
        "leaves": span.leaves.value if span.leaves.restricts else "",
        "rate_percent": show_number(span.rate) if span.rate is not None else "",
        "rate_may_be": {name: show_number(rate) for name, rate in span.branches},
        "why": span.why,
        "by": span.by,
        "known_since": span.known_since.text,
        "stated_by": span.stated_by,
        "stated_end": bound_text(span.stated_end),
        "source": source_record(span.source) if span.source is not None else None,
    }


def source_record(source: Source) -> dict[str, str | None]:
    """A source, as one can open it."""
    return {"title": source.title, "href": source.href, "read": source.read}


def stamp_of(base: RuleBase, known: Asked, *, on: Asked | None = None) -> dict[str, Any]:
    """What every answer carries: the day of knowledge and the rule base, and the day asked for if there is one."""
    day = {} if on is None else {"on": on.text}
    return {**day, "known_by": known.text, "rules_version": base.version, "rules_sha256": base.sha256}


def bound_text(bound: Bound | None) -> str:
    """A bound as it is written; nothing for an open one."""
    return "" if bound is None else bound.text
