from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import pytest

from greenlane.batch.columns import decide_batch
from greenlane.batch.engine import Engine
from greenlane.feeds.rule_files import load
from greenlane.law.facts import Entry, Identified
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked
from tests.agreement.engines import batch_of, differences, engine_for, mixed_lines
from tests.decide.real import RULES


@lru_cache(maxsize=1)
def law() -> RuleBase:
    return load(RULES, with_cases=True, release=False)


@pytest.mark.parametrize("share", range(2))
def test_a_share_of_the_worked_examples(share: int) -> None:
    some = [one for one in law().cases[share * 7 :: 14] if one.line]
    rows = [dict(one.line) | {"date": one.line.get("date") or one.on, "known_by": one.known_by or ""} for one in some]
    assert not [*differences(law(), rows)][:3]


def test_lines_mixed_from_worked_examples() -> None:
    assert not [*differences(law(), mixed_lines(law(), 120, seed=11))][:3]


def test_the_same_where_nothing_is_presumed() -> None:
    assert not [*differences(law(), mixed_lines(law(), 50, seed=12), strict=True)][:3]


def test_the_same_of_one_side() -> None:
    assert not [*differences(law(), mixed_lines(law(), 40, seed=13), sides=("cn",))][:3]


def test_parties_that_screening_found_or_is_in_doubt_about() -> None:
    listed = next(one for one in law().groups["us-entity-list"].members if one.end is None)
    entry = Entry(name=listed.value, list="us-el", says="written alike", group="us-entity-list")
    parties = {
        "Example Certain": Identified(name="Example Certain", entries=(entry,), searched="searched", sound=True),
        "Example Doubtful": Identified(name="Example Doubtful", doubts=(entry,), searched="searched", sound=True),
        "Example Other Doubtful": Identified(name="Example Other Doubtful", doubts=(entry,), searched="searched", sound=True),
        "Example Nobody": Identified(name="Example Nobody", searched="searched", sound=True),
    }
    rows = [
        {"ship_from": "US", "ship_to": place, "codes": codes, role: name, "date": day, **more}
        for place in ("CN", "DE")
        for codes in ("eccn:EAR99;hts:8471.30.0100", "hts:8471.30.0100")
        for role, name, more in (
            ("consignee", "Example Certain", {}),
            ("end_user", "Example Doubtful", {"consignee": "Example Doubtful"}),
            ("end_user", "Example Other Doubtful", {}),
            ("consignee", "Example Nobody", {"end_user": listed.value}),
        )
        for day in ("2025-06-10", "2026-03-01")
    ]
    for strict in (False, True):
        found = differences(law(), rows, parties=parties, strict=strict, known_by=Asked.read("2026-08-01"))
        assert not [*found][:3]


def test_a_question_tells_of_statements_only_once_they_are_known() -> None:
    row = {"codes": "hs:8505111000", "contains": "Nd:29%;Dy:3%;Tb:0", "ship_from": "BR", "ship_to": "HK", "origin": "CA"}
    row |= {"activity": "export", "end_use": "civil", "consignee": "Example Works"}
    known, on = ("2026-10-10", "2025-12-01"), ("2026-12-03", "2026-11-20", "2027-02-01", "2026-11-10")
    rows = [{**row, "date": day, "known_by": by} for by in known for day in on]
    for many in (rows, rows[::-1]):
        assert not [*differences(law(), many)][:3]


@pytest.mark.parametrize("found", ["entries", "doubts"])
def test_an_entry_newer_than_the_base_has_days_of_its_own(found: str) -> None:
    known_by = Asked.read("2026-08-01")
    engine = engine_for(law(), fast=None, known_by=known_by)
    spans: dict[int, list[str]] = {}
    for after in range(400):
        day = (date(2025, 6, 1) + timedelta(after)).isoformat()
        spans.setdefault(engine.lines.days.span(Asked.read(day), known_by), []).append(day)
    days = next(many for many in spans.values() if len(many) > 5)  # on which the base says the same
    parties: dict[str, Identified] = {}
    for name, day, end in (("Example One", days[2], ""), ("Example Two", days[4], ""), ("Example Three", days[1], days[3])):
        entry = Entry(name="Example Listed Works", list="us-el", says="alike", group="us-entity-list", start=day, end=end)
        entries, doubts = ((entry,), ()) if found == "entries" else ((), (entry,))
        parties[name] = Identified(name=name, entries=entries, doubts=doubts, searched="searched", sound=True)
    rows = [
        {"ship_from": "US", "ship_to": "CN", "codes": "eccn:EAR99;hts:8471.30.0100", "consignee": name, "date": day}
        for name in ("Example Nobody", *parties)
        for day in days[:6]
    ]
    parties["Example Nobody"] = Identified(name="Example Nobody", searched="searched", sound=True)
    for many in (rows, rows[::-1]):
        assert not [*differences(law(), many, parties=parties, known_by=known_by)][:3]
    asked = Engine(law(), on=None, known_by=known_by, identify=parties.get)
    told = [decide_batch(asked, batch_of([row]), ("range_high",)).column(0)[0].as_py() for row in rows]
    assert told[:6] == ["free"] * 6
    assert told[6:12] == ["free"] * 2 + ["licence_required"] * 4
    assert told[12:18] == ["free"] * 4 + ["licence_required"] * 2
    assert told[18:] == ["free", "licence_required", "licence_required", "free", "free", "free"]


def test_of_two_entries_one_after_the_other_that_of_the_day_bites() -> None:
    names = (("Example Works One", "2025-06-11", "2025-06-14"), ("Example Works Two", "2025-06-14", ""))
    entries = tuple(
        Entry(name=name, list="us-el", says="alike", group="us-entity-list", start=day, end=end) for name, day, end in names
    )
    parties = {"Example A": Identified(name="Example A", entries=entries, searched="searched", sound=True)}
    row = {"ship_from": "US", "ship_to": "CN", "codes": "eccn:EAR99;hts:8471.30.0100", "consignee": "Example A"}
    rows = [{**row, "date": day, "known_by": "2026-08-01"} for day in ("2025-06-12", "2025-06-15", "2025-06-10")]
    for many in (rows, rows[::-1]):
        assert not [*differences(law(), many, parties=parties)][:3]


def test_instants_and_days_on_which_the_law_changes_at_noon() -> None:
    rows = [
        {"ship_from": "CN", "ship_to": "US", "codes": "hts:8505.11.0070", "contains": "Nd:29%;Dy:3%", "activity": act, "date": day}
        for act in ("export", "import")
        for day in (
            "2025-04-10",
            "2025-04-10T12:00+08:00",
            "2025-04-10T12:02+08:00",
            "2025-04-09T23:59-04:00",
            "2025-11-10",
            "2025-05-14",
        )
    ]
    assert not [*differences(law(), rows)][:3]
