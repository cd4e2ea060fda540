"""Requests in the form of yente's matching API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from greenlane.errors import UsageError
from greenlane.services.matching import match_request
from greenlane.services.screening import Desk
from greenlane.terms.listed import ListedParty
from tests.services.naive_matcher import SETTINGS, Naive, desk_of, edition, journal_in, party

LISTED = edition(party(1, "Example Orbital Works", "EOW"), party(2, "Example Trading"), party(3, "Orbital Example"))
MATCHER = Naive(LISTED.parties, {"example": 1.0})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_of(journal_in(tmp_path), LISTED)


def query(name: Any = ("Example Trading",), **more: Any) -> dict[str, Any]:
    return {"schema": "Company", "properties": {"name": list(name) if isinstance(name, tuple) else name}, **more}


def test_the_form_of_an_answer(desk: Desk) -> None:
    payload = {"queries": {"a": query(id="ours-1"), "b": query("Nobody Known")}}
    found = match_request(payload, MATCHER, desk, SETTINGS)
    assert json.loads(json.dumps(found)) == found
    assert found.keys() == {"responses", "matcher", "limit"}
    assert found["limit"] == 5
    first = found["responses"]["a"]
    assert first.keys() == {"status", "results", "total", "query"}
    assert first["query"] == {"schema": "Company", "id": "ours-1", "properties": {"name": ["Example Trading"]}}
    assert (first["status"], first["total"]) == (200, {"value": len(first["results"]), "relation": "eq"})
    top = first["results"][0]
    assert (top["id"], top["caption"], top["schema"], top["match"], top["score"]) == (
        "us-sdn:2",
        "Example Trading",
        "Organization",
        True,
        1.0,
    )
    assert top["datasets"] == ["us-sdn"]
    assert top["properties"]["name"] == ["Example Trading"]
    assert isinstance(top["features"], dict)
    assert found["responses"]["b"]["results"] == []


def test_limit_and_threshold_stand_in_the_payload_or_beside_it(desk: Desk) -> None:
    asked = {"queries": {"a": query("Orbital Example")}}
    for found in (
        match_request({**asked, "limit": 1, "threshold": 0.99}, MATCHER, desk, SETTINGS),
        match_request(asked, MATCHER, desk, SETTINGS, limit=1, threshold=0.99),
    ):
        one = found["responses"]["a"]
        assert (found["limit"], len(one["results"]), one["total"]) == (1, 1, {"value": 1, "relation": "gte"})
    low = match_request({**asked, "threshold": 0.2}, MATCHER, desk, SETTINGS)["responses"]["a"]["results"]
    assert [one["match"] for one in low] == [True] * len(low)


def test_an_unfit_list_is_an_error_not_an_empty_answer(tmp_path: Path) -> None:
    desk = desk_of(journal_in(tmp_path), LISTED, faults={"us-sdn": "too old"})
    for unfit in (desk, desk_of(journal_in(tmp_path))):
        with pytest.raises(UsageError) as caught:
            match_request({"queries": {"a": query()}}, MATCHER, unfit, SETTINGS)
        assert caught.value.code == "GL0505"


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"queries": {}},
        {"queries": []},
        {"queries": {"a": None}},
        {"queries": {"a": {"properties": {"name": "x"}}}},
        {"queries": {"a": {"schema": "xxx", "properties": {"name": "x"}}}},
        {"queries": {"a": {"schema": "Person"}}},
        {"queries": {"a": {"schema": "Person", "properties": {"name": [1]}}}},
        {"queries": {"a": {"schema": "Person", "properties": {"country": "cn"}}}},
        {"queries": {"a": {"schema": "Person", "properties": {"name": [" "]}}}},
        {"queries": {"a": query()}, "limit": 0},
        {"queries": {"a": query()}, "limit": 2.5},
        {"queries": {"a": query()}, "limit": True},
        {"queries": {"a": query()}, "threshold": 1.5},
        {"queries": {"a": query()}, "threshold": "0.5"},
        {"queries": {str(number): query() for number in range(101)}},
    ],
)
def test_what_does_not_read_is_refused(desk: Desk, payload: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        match_request(payload, MATCHER, desk, SETTINGS)
    assert caught.value.code == "GL0506"


def test_what_matching_reads_of_a_query(desk: Desk) -> None:
    seen: list[Any] = []

    class Watching(Naive):
        def candidates(self, counterparty: Any) -> tuple[ListedParty, ...]:
            seen.append(counterparty)
            return self.parties

    properties = {
        "name": "Ann Example",
        "alias": ["A. Example"],
        "birthDate": ["1970"],
        "nationality": ["cn", "Russia"],
        "leiCode": ["EXAMPLE00000000000LEI"],
        "address": ["1 Example Road"],
        "notes": ["not read"],
    }
    found = match_request(
        {"queries": {"a": {"schema": "Person", "properties": properties}}}, Watching(LISTED.parties, {}), desk, SETTINGS
    )
    (one,) = seen
    assert (one.names, one.born, one.countries) == (("Ann Example", "A. Example"), ("1970",), ("CN",))
    assert (one.kind.value, one.identifiers[0].scheme, one.addresses) == ("person", "lei", ("1 Example Road",))
    assert "notes" not in found["responses"]["a"]["query"]["properties"]
