"""Half a file never becomes an edition, unless a person says why; and then the reason is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from greenlane.errors import GreenlaneError
from greenlane.law.listings import RegisteredList
from greenlane.services.lists import Acceptance, find_edition, plain_state, states, take_in, with_address
from greenlane.store.list_shelf import ListShelf
from greenlane.terms.listed import ListEdition, ListedParty, PartyKind, PartyName, numbered

DAY = date(2026, 8, 3)
OWN = RegisteredList(
    id="own",
    title="Own",
    authority="you",
    page="https://example.org",
    floor=8,
    stale_after_days=10,
    drop_max_percent=10,
    follows="No",
)
REGISTER = {"own": OWN, "other": replace(OWN, id="other", downloads=("https://example.org/other.json",))}


def edition(count: int, *, state: date = DAY, name: str = "own", rejected: int = 0) -> ListEdition:
    parties = [
        ListedParty(id="", list=name, kind=PartyKind.UNKNOWN, names=(PartyName(f"Example {number}"),)) for number in range(count)
    ]
    return ListEdition(
        list=name, state=state, source="own.csv", sha256=f"{count:064d}", parties=numbered(parties), rejected=rejected
    )


@pytest.fixture
def shelf(tmp_path: Path) -> ListShelf:
    return ListShelf(tmp_path)


def code_of(*editions: ListEdition, shelf: ListShelf, acceptance: Acceptance | None = None) -> str:
    with pytest.raises(GreenlaneError) as caught:
        take_in(editions, shelf, REGISTER, on=DAY, acceptance=acceptance)
    assert caught.value.hint
    return caught.value.code


def test_an_edition_below_the_floor_is_refused(shelf: ListShelf) -> None:
    assert code_of(edition(7), shelf=shelf) == "GL0605"
    assert shelf.latest("own") is None
    (kept,) = take_in([edition(8)], shelf, REGISTER, on=DAY)
    assert kept.is_new
    assert shelf.latest("own") == kept.edition


@pytest.mark.parametrize(("now", "refused"), [(100, False), (90, False), (89, True), (150, False)])
def test_an_edition_that_lost_more_than_is_plausible_is_refused(shelf: ListShelf, now: int, refused: bool) -> None:
    take_in([edition(100, state=DAY - timedelta(days=1))], shelf, REGISTER, on=DAY)
    if refused:
        assert code_of(edition(now), shelf=shelf) == "GL0618"
    else:
        assert take_in([edition(now)], shelf, REGISTER, on=DAY)[0].edition.accepted == ""


def test_a_drop_is_measured_against_the_state_before_not_after(shelf: ListShelf) -> None:
    take_in([edition(100)], shelf, REGISTER, on=DAY)
    take_in([edition(50, state=DAY - timedelta(days=30))], shelf, REGISTER, on=DAY)
    assert code_of(edition(60, state=DAY + timedelta(days=1)), shelf=shelf) == "GL0618"
    take_in([edition(46, state=DAY - timedelta(days=20))], shelf, REGISTER, on=DAY)


def test_a_person_may_take_it_with_a_reason_that_is_kept(shelf: ListShelf) -> None:
    assert code_of(edition(7), shelf=shelf, acceptance=Acceptance(drop=True)) == "GL0304"
    assert code_of(edition(7), shelf=shelf, acceptance=Acceptance(drop=True, reason=" ")) == "GL0304"
    assert code_of(edition(7), shelf=shelf, acceptance=Acceptance(rejects=True, reason="Read by hand")) == "GL0605"
    (kept,) = take_in([edition(7)], shelf, REGISTER, on=DAY, acceptance=Acceptance(drop=True, reason="Read\nby hand"))
    assert kept.edition.accepted == "Read by hand"
    assert shelf.latest("own") == kept.edition
    (state, _) = states(shelf, (), REGISTER, today=DAY)
    assert state.is_usable


def test_an_acceptance_that_was_not_needed_is_not_kept(shelf: ListShelf) -> None:
    (kept,) = take_in([edition(8)], shelf, REGISTER, on=DAY, acceptance=Acceptance(drop=True, rejects=True, reason="Just in case"))
    assert kept.edition.accepted == ""


def test_an_edition_with_rejects_clears_nobody_until_a_person_says_why(shelf: ListShelf) -> None:
    take_in([edition(9, rejected=1)], shelf, REGISTER, on=DAY)
    assert [one.verdict for one in states(shelf, (), REGISTER, today=DAY)] == ["cannot_say", "cannot_say"]
    take_in([edition(9, rejected=1)], shelf, REGISTER, on=DAY, acceptance=Acceptance(rejects=True, reason="A blank row"))
    assert [one.verdict for one in states(shelf, (), REGISTER, today=DAY)] == ["usable", "cannot_say"]


def test_of_a_file_all_lists_are_kept_or_none(shelf: ListShelf) -> None:
    assert code_of(edition(9), edition(3, name="other"), shelf=shelf) == "GL0605"
    assert shelf.latest("own") is None
    assert code_of(edition(9), edition(9, name="unheard-of"), shelf=shelf) == "GL0305"
    assert shelf.latest("own") is None


def test_what_ships_counts_until_a_later_state_is_loaded(shelf: ListShelf) -> None:
    shipped = replace(edition(20, state=DAY - timedelta(days=5)), source="rule base 1")
    assert states(shelf, [shipped], REGISTER, today=DAY)[0].source == "rule base 1"
    take_in([edition(9, state=DAY - timedelta(days=6))], shelf, REGISTER, on=DAY)
    assert states(shelf, [shipped], REGISTER, today=DAY)[0].source == "rule base 1"
    take_in([edition(21, state=DAY - timedelta(days=5))], shelf, REGISTER, on=DAY)
    found = plain_state(states(shelf, [shipped], REGISTER, today=DAY)[0])
    assert (found["source"], found["count"], found["age_days"]) == ("own.csv", 21, 5)


def test_editions_are_named_by_list_day_or_shipped(shelf: ListShelf) -> None:
    shipped = replace(edition(20, state=DAY - timedelta(days=5)), source="rule base 1")
    old, new = edition(9, state=DAY - timedelta(days=6)), edition(10)
    take_in([old], shelf, REGISTER, on=DAY)
    take_in([new], shelf, REGISTER, on=DAY)
    assert find_edition("own", shelf, [shipped]) == new
    assert find_edition("own@shipped", shelf, [shipped]) == shipped
    assert find_edition("own@2026-07-28", shelf, [shipped]) == old
    for text in ("own@2026-01-01", "other", "other@shipped"):
        with pytest.raises(GreenlaneError) as caught:
            find_edition(text, shelf, [shipped])
        assert caught.value.code == "GL0305"
        assert caught.value.hint


def test_lists_without_an_address_are_to_be_fetched_by_hand() -> None:
    assert with_address(REGISTER, []) == ("other",)
    assert with_address(REGISTER, ["other"]) == ("other",)
    for name in ("own", "unheard-of"):
        with pytest.raises(GreenlaneError) as caught:
            with_address(REGISTER, [name])
        assert caught.value.code == "GL0305"
        assert caught.value.hint
