from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane.feeds.model_files import read_model
from greenlane.screen.index import Index
from greenlane.screen.match import Hit, Query, screen
from greenlane.terms.listed import Identifier, PartyKind
from tests.screen.screening_parties import DAY, FIRMS, LATER, PARTIES, party

INDEX = Index.build(PARTIES)
MODEL = read_model()


def hits(query: Query | str, *, threshold: float = 0.0, without: frozenset[str] = frozenset(), limit: int = 20) -> tuple[Hit, ...]:
    asked = Query(query) if isinstance(query, str) else query
    (found,) = screen([asked], INDEX, MODEL, threshold=threshold, on=DAY, known_by=DAY, limit=limit, without={0: without})
    return found


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("Example Zarnitsa Trading LLC", "us-sdn:1"),
        ("EXAMPLE ZARNITSA TRADING limited liability company", "us-sdn:1"),
        ("Zarnitsa Exmaple Trading", "us-sdn:1"),
        ("ЗАРНИЦА Example", "us-sdn:1"),
        ("北京寬達電子有限公司", "us-sdn:2"),
        ("Beijing Example Kuan da Electronics", "us-sdn:2"),
        ("Borislav Demidovich Examplevich", "us-sdn:3"),
        ("B. Examplevich", "us-sdn:3"),
    ],
)
def test_the_right_party_comes_first(asked: str, right: str) -> None:
    found = hits(asked)
    assert found
    assert found[0].party == right


def test_the_very_name_is_a_sure_hit() -> None:
    assert hits("Beijing Example Kuanda Electronics Co., Ltd.")[0].probability > 0.9


def test_the_other_number_scores_lower() -> None:
    first, second = hits("Institute 13 of Example Vexil Research")[:2]
    assert (first.party, second.party) == ("us-sdn:4", "us-sdn:5")
    assert first.score > second.score + 1


def test_a_number_finds_a_party_under_another_name() -> None:
    found = hits(Query("Somebody Else Entirely", identifiers=(Identifier("passport", "AB123456", "RU"),)), threshold=0.5)
    assert [one.party for one in found] == ["us-sdn:3"]
    assert found[0].score == pytest.approx(MODEL.context.identifier_same)
    assert [name for name, added in found[0].beside if added > 0] == ["same identifier"]
    assert found[0].probability > 0.95


def test_facts_beside_the_name_move_the_score() -> None:
    name = "Borislav Examplevich"
    plain, same, other = (hits(Query(name, born=born))[0].score for born in ("", "1961", "1970-01-01"))
    assert other < plain < same
    assert hits(Query(name, country="FR"))[0].score < plain < hits(Query(name, country="ru"))[0].score
    assert hits(Query(name, kind=PartyKind.VESSEL))[0].score < plain


def test_off_the_list_is_no_hit() -> None:
    asked = [Query("Quillon Star")]
    assert screen(asked, INDEX, MODEL, threshold=0.0, on=DAY, known_by=DAY)[0][0].party == "us-sdn:7"
    assert all(one.party != "us-sdn:7" for one in screen(asked, INDEX, MODEL, threshold=0.0, on=LATER, known_by=LATER)[0])


def test_a_number_finds_nobody_whose_listing_ended() -> None:
    numbered = replace(PARTIES[6], identifiers=(Identifier("imo", "9000001"),))
    index = Index.build((*PARTIES[:6], numbered))
    asked = [Query("Somebody Else Entirely", identifiers=numbered.identifiers)]
    then, ended = (screen(asked, index, MODEL, threshold=0.5, on=day, known_by=day) for day in (DAY, LATER))
    assert [one.party for one in then[0]] == ["us-sdn:7"]
    assert ended == [()]


def test_who_came_after_the_count_is_found_beside_a_crowd() -> None:
    crowd = tuple(party(500 + at, f"Quorra Vexil {word} {at}") for at, word in enumerate(FIRMS * 8))
    later = (party(900, "Quorra Vexil Works"), party(901, "Tradin LLC"), party(902, "Quorra Vexil Tradin"))
    counted = Index.build((*PARTIES, *crowd))
    index = Index.build((*PARTIES, *crowd[1:], *later), after=counted)
    asked = [Query(one.names[0].text) for one in later] + [Query(crowd[0].names[0].text)]
    found = screen(asked, index, MODEL, threshold=0.2, on=DAY, known_by=DAY)
    assert [hits_of[0].party for hits_of in found[:3]] == [one.id for one in later]
    assert min(found[0][0].probability, found[2][0].probability) > 0.9
    assert crowd[0].id not in {one.party for one in found[3]}, "who is off the list is not found"
    assert crowd[0].id in {one.party for one in screen(asked[3:], counted, MODEL, threshold=0.2, on=DAY, known_by=DAY)[0]}


def test_cleared_entries_take_nobody_elses_place() -> None:
    asked = "Example Trading Company"
    everyone = [one.party for one in hits(asked)]
    assert len(everyone) > 4
    cleared = frozenset(everyone[:2])
    left = [one.party for one in hits(asked, without=cleared, limit=3)]
    assert not cleared & set(left)
    assert left == everyone[2:5]


def test_nothing_readable_is_no_hit() -> None:
    assert hits("") == ()
    assert hits("!!! ---") == ()
    assert screen([], INDEX, MODEL, threshold=0.0, on=DAY, known_by=DAY) == []


def test_a_higher_threshold_gives_fewer_of_the_same() -> None:
    low, high = hits("Example Zarnitsa Trading", threshold=0.2), hits("Example Zarnitsa Trading", threshold=0.8)
    assert high == tuple(one for one in low if one.probability >= 0.8)


NAMES = [name.text for one in PARTIES for name in one.names]
asked_names = st.one_of(
    st.sampled_from(NAMES),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).map(
        lambda two: two[0][: len(two[0]) // 2] + two[1][len(two[1]) // 2 :]
    ),
    st.text(alphabet="abcdefgh ijkлмн北京電子1.,-", max_size=30),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(asked_names, min_size=1, max_size=8))
def test_an_answer_does_not_hang_on_what_else_is_asked(names: list[str]) -> None:
    asked = [Query(one) for one in names]
    together = screen(asked, INDEX, MODEL, threshold=0.0, on=DAY, known_by=DAY)
    for one, found in zip(asked, together, strict=True):
        assert screen([one], INDEX, MODEL, threshold=0.0, on=DAY, known_by=DAY)[0] == found


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, 3))
def test_case_and_spaces_change_nothing(name: str, turn: int) -> None:
    other = [name.upper(), name.lower(), f"  {name}  ", name.replace(" ", "   ")][turn]
    assert hits(other) == hits(name)


@settings(max_examples=40, deadline=None)
@given(asked_names)
def test_hits_are_of_distinct_parties_the_likeliest_first(name: str) -> None:
    found = hits(name, limit=5)
    assert len(found) <= 5
    assert len({one.party for one in found}) == len(found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_of_many_names_of_a_party_the_very_one_is_looked_at() -> None:
    forms = ("OAO", "PAO", "OJSC", "PJSC", "JSC", "AO", "ZAO", "Joint Stock Company", "Public Joint Stock Company", "LLC")
    names = tuple(f"{form} Examplegas" for form in forms)
    index = Index.build((*PARTIES, party(90, *names)))
    asked = [Query(name) for name in names]
    found = screen(asked, index, MODEL, threshold=0.0, on=DAY, known_by=DAY)
    assert [hits[0].name for hits in found] == list(names)


def test_a_name_beside_the_same_in_another_language_is_found_by_either() -> None:
    alone, beside = (
        hits(text)[0] for text in ("Borislav Demidovich Examplevich", "Borislav Demidovich Examplevich / Барыс Узорны")
    )
    assert beside.party == alone.party
    assert beside.score == pytest.approx(alone.score)
