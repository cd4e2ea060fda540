"""What a row may not say, beyond what each cell may not: places and activity that do not go together."""

from __future__ import annotations

import pytest

from greenlane.decide.line import Row, read_line
from greenlane.errors import LineError, Place
from greenlane.wiring import classifying


def problems_of(**cells: str) -> tuple[LineError, ...]:
    """What is wrong with a row."""
    return read_line(Row({"line_id": "L", **cells}, "orders.csv", 7))[1]


@pytest.mark.parametrize(
    ("activity", "other"), [("", "leaves for"), ("export", "leaves for"), ("reexport", "leaves for"), ("import", "comes from")]
)
@pytest.mark.parametrize("place", ["CN", "US", "DE", "HK"])
def test_what_stays_in_one_country_is_no_export(activity: str, other: str, place: str) -> None:
    (problem,) = problems_of(ship_from=place, ship_to=place.lower(), activity=activity)
    assert problem.code == "GL0117"
    assert problem.at == Place("orders.csv", 7, "ship_to")
    assert f"{place} to {place} is no {activity or 'export'}" in problem.message
    assert problem.hint.startswith("write activity=transfer, or the country it ")
    assert other in problem.hint


@pytest.mark.parametrize("activity", ["transfer", "load", "deliver", "service", "release"])
def test_other_activities_may_stay_in_one_country(activity: str) -> None:
    assert problems_of(ship_from="CN", ship_to="CN", activity=activity) == ()


@pytest.mark.parametrize(("start", "end"), [("CN", "HK"), ("HK", "MO"), ("TW", "CN"), ("CN", "TW")])
def test_hong_kong_macau_and_taiwan_are_places_of_their_own(start: str, end: str) -> None:
    assert problems_of(ship_from=start, ship_to=end) == ()


def test_a_place_or_activity_that_does_not_read_is_said_alone() -> None:
    assert [one.code for one in problems_of(ship_from="CN", ship_to="CN", activity="smuggle")] == ["GL0107"]
    assert [one.code for one in problems_of(ship_from="XX", ship_to="XX")] == ["GL0103", "GL0103"]


@pytest.mark.parametrize("cells", [{"ship_from": "US"}, {"ship_to": "CN"}, {"ship_from": "us"}, {"ship_from": "US", "ship_to": ""}])
def test_goods_without_a_whole_route_are_given_one(cells: dict[str, str]) -> None:
    line = classifying.goods_line({"line_id": "L", **cells})
    assert line.ship_from != line.ship_to
