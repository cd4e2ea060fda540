"""The law for other programs: what is read from the base and which writer turns it into text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from greenlane import __version__
from greenlane.feeds import exchange as writers
from greenlane.law import changes, exchange
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked, Bound, read_zone
from greenlane.wiring import csv_text


def export_rules(
    rules: RuleBase, form: str, *, on: Asked, known_by: Asked, since: date | None = None, sides: Sequence[str] = ("cn", "us")
) -> tuple[str, str]:
    """The measures as json or csv, the changes as atom, the dates as ics; and how much that is, in words."""
    stamp = f"{rules.version} ({rules.sha256[:12]})"
    if form in ("atom", "ics"):
        about = f"trade controls ({', '.join(sides)})"
        if form == "ics":
            days = changes.dates(rules, known_by, since=since, sides=sides)
            return writers.ics_text(f"Dates of {about}", days, engine=__version__), f"{len(days)} dates"
        news = changes.news(rules, known_by, since=since, sides=sides)
        at = Bound.read(known_by.text, read_zone("UTC")).utc
        text = writers.atom_text(f"Changes of {about}", news, name=sides, known_by=at, base=stamp, engine=__version__)
        return text, f"{len(news)} changes"
    told = exchange.exchange(rules, on, known_by, sides=sides)
    said = f"{len(told.interventions)} measures ({', '.join(f'{count} {name}' for name, count in told.left_out.items())} left out)"
    if form == "csv":
        return csv_text(exchange.CSV_COLUMNS, [exchange.flat(one) for one in told.interventions]), said.replace("_", " ")
    head = {
        "format": "greenlane exchange 1",
        "counting_unit": exchange.UNIT,
        "on": on.text,
        "known_by": known_by.text,
        "rules_version": rules.version,
        "rules_sha256": rules.sha256,
        "left_out": dict(told.left_out),
        "note": writers.NOTE,
    }
    return writers.json_text(head, told.interventions), said.replace("_", " ")
