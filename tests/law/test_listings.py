"""The lists that ship say what the rule base says, and a list that cannot be relied on says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.feeds.list_register import read_register
from greenlane.feeds.rule_files import load
from greenlane.law.list_changes import list_changes
from greenlane.law.listings import RegisteredList, problems_of, shipped_editions, usable
from greenlane.law.rulebase import RuleBase
from greenlane.terms.listed import (
    ListEdition,
    ListedParty,
    Listing,
    NameKind,
    PartyKind,
    PartyName,
    numbered,
)
from greenlane.terms.periods import Asked, Moment

RULES = Path(__file__).parents[2] / "rules"
TODAY = date(2026, 8, 3)


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return load(RULES)


@pytest.fixture(scope="module")
def register(base: RuleBase) -> dict[str, RegisteredList]:
    return dict(read_register(RULES, base))


@pytest.fixture(scope="module")
def shipped(base: RuleBase, register: dict[str, RegisteredList]) -> dict[str, ListEdition]:
    return {one.list: one for one in shipped_editions(base, register)}


# --- the lists that ship ------------------------------------------------------------------------------------------------


def test_every_member_of_every_group_of_parties_ships_with_its_names_and_days(
    base: RuleBase, register: dict[str, RegisteredList], shipped: dict[str, ListEdition]
) -> None:
    parties = {name: {one.names[0].text: one for one in edition.parties} for name, edition in shipped.items()}
    lists = {group: name for name, entry in register.items() for group in entry.groups}
    joint = {group: [name for name, entry in register.items() if group in entry.joint] for group in base.groups}
    count = 0
    for group in base.groups.values():
        if group.kind != "parties":
            continue
        homes = [lists[group.id]] if group.id in lists else joint[group.id]
        for member in group.members:
            found = [parties[home][member.value] for home in homes if member.value in parties[home]]
            assert found, (group.id, member.value)
            for party in found:
                assert {member.value, *member.also} <= {name.text for name in party.names}
                bounds = (member.start, member.end, member.known_since, member.end_known_since)
                days = tuple(None if bound is None else bound.day for bound in bounds)
                mine = {
                    (one.start, one.end, one.known_since, one.end_known_since) for one in party.listings if one.group == group.id
                }
                assert days in mine
                count += 1
    assert count > 5_000


def test_nothing_ships_that_no_group_and_no_table_holds(
    base: RuleBase, register: dict[str, RegisteredList], shipped: dict[str, ListEdition]
) -> None:
    for name, edition in shipped.items():
        entry = register[name]
        held = {member.value for group in entry.groups for member in base.groups[group].members}
        held |= {one.names[0].text for one in entry.table}
        assert {one.names[0].text for one in edition.parties} == held
        assert len({one.id for one in edition.parties}) == len(edition.parties)
        assert [one.id for one in edition.parties] == sorted(one.id for one in edition.parties)


DAYS = st.dates(min_value=date(2022, 1, 1), max_value=date(2027, 12, 31))


@settings(max_examples=60)
@given(on=DAYS, known_by=DAYS, data=st.data())
def test_a_party_is_listed_on_a_day_as_known_by_another_as_the_group_says(
    base: RuleBase, shipped: dict[str, ListEdition], on: date, known_by: date, data: st.DataObject
) -> None:
    edition = shipped[data.draw(st.sampled_from(sorted(name for name in shipped if name != "us-cmic")))]
    party = data.draw(st.sampled_from(edition.parties))
    for group in {one.group for one in party.listings}:
        members = [one for one in base.groups[group].members if one.value == party.names[0].text]
        current = any(one.is_current(at=Moment.of_day(on), known_by=Asked.of(known_by)) for one in members)
        stands = any(one.stands(on=on, known_by=known_by) for one in party.listings if one.group == group)
        assert stands == current, (group, party.id)


def test_the_same_base_ships_the_same_lists(base: RuleBase, register: dict[str, RegisteredList]) -> None:
    assert shipped_editions(base, register) == shipped_editions(load(RULES), read_register(RULES, base))


def test_a_suspended_listing_stands_before_and_not_after(shipped: dict[str, ListEdition]) -> None:
    (leidos,) = [one for one in shipped["cn-ecl"].parties if one.names[0].text == "Leidos"]
    (own,) = [one for one in leidos.listings if one.group == "cn-ecl-2025-013"]
    assert own.stands(on=date(2025, 11, 9), known_by=date(2025, 11, 9))
    assert not own.stands(on=date(2025, 11, 10), known_by=date(2025, 11, 10))
    assert own.stands(on=date(2025, 11, 10), known_by=date(2025, 11, 5)), "the end was not public yet"


# --- the register -------------------------------------------------------------------------------------------------------


def test_every_list_has_a_group_or_says_in_words_that_nothing_follows(register: dict[str, RegisteredList]) -> None:
    for entry in register.values():
        assert entry.groups or "No" in entry.follows
    assert "No export measure" in register["us-cmic"].follows


def test_a_register_that_does_not_fit_the_base_is_told(base: RuleBase, register: dict[str, RegisteredList]) -> None:
    assert problems_of(register, base) == ()
    broken = register | {"us-uvl": replace(register["us-uvl"], groups=("us-uvl-x",))}
    told = " ".join(problems_of(broken, base))
    assert "names `us-uvl-x`" in told
    assert "no list of the register holds the group `us-uvl`" in told
    silent = register | {"us-sdn": replace(register["us-sdn"], follows="")}
    assert any("us-sdn" in one for one in problems_of(silent, base))


# --- can it be relied on? -----------------------------------------------------------------------------------------------

ENTRY = RegisteredList(
    id="own", title="Own", authority="you", page="none", floor=2, stale_after_days=10, drop_max_percent=20, follows="Nothing."
)


def party(name: str, *also: str, number: str = "", **more: object) -> ListedParty:
    names = (PartyName(name), *(PartyName(text, NameKind.ALIAS) for text in also))
    made = ListedParty(id=f"own:{number}" if number else "", list="own", kind=PartyKind.UNKNOWN, names=names)
    return replace(made, **more)  # type: ignore[arg-type]


def edition(*parties: ListedParty, state: date = TODAY, **more: object) -> ListEdition:
    made = ListEdition(list="own", state=state, source="own.csv", sha256="0" * 64, parties=numbered(parties))
    return replace(made, **more)  # type: ignore[arg-type]


TWO = (party("Example One Ltd"), party("Example Two Ltd"))


@pytest.mark.parametrize(
    ("found", "verdict", "word"),
    [
        (edition(*TWO), "usable", ""),
        (edition(*TWO, state=TODAY - timedelta(days=10)), "usable", ""),
        (edition(*TWO, state=TODAY - timedelta(days=11)), "cannot_say", "11 days old"),
        (edition(*TWO, state=TODAY + timedelta(days=1)), "cannot_say", "still to come"),
        (edition(TWO[0]), "cannot_say", "fewer than 2"),
        (edition(TWO[0], accepted="one was removed"), "usable", ""),
        (edition(*TWO, rejected=1), "cannot_say", "could not be read"),
        (edition(*TWO, rejected=1, accepted="a blank row"), "usable", ""),
        (edition(*TWO, state=TODAY - timedelta(days=11), accepted="no newer one"), "cannot_say", "11 days old"),
        (edition(*TWO, source="rule base 2026"), "usable", ""),
        (None, "cannot_say", "no edition"),
    ],
)
def test_a_list_that_is_missing_old_short_or_not_whole_cannot_say(found: ListEdition | None, verdict: str, word: str) -> None:
    (state,) = usable([] if found is None else [found], {"own": ENTRY}, TODAY)
    assert state.verdict == verdict
    assert state.is_usable == (verdict == "usable")
    assert bool(state.why) == (verdict == "cannot_say")
    assert word in " ".join(state.why)


def test_what_ships_of_a_list_that_is_not_whole_clears_nobody() -> None:
    part = replace(ENTRY, whole=False)
    (shipped_state,) = usable([edition(*TWO, source="rule base 2026")], {"own": part}, TODAY)
    assert shipped_state.verdict == "cannot_say"
    (loaded,) = usable([edition(*TWO)], {"own": part}, TODAY)
    assert loaded.verdict == "usable"


def test_of_several_editions_the_latest_state_counts_however_they_come() -> None:
    old, new = edition(*TWO, state=TODAY - timedelta(days=5)), edition(*TWO, party("Example Three"), state=TODAY)
    for given_in in ([old, new], [new, old]):
        (state,) = usable(given_in, {"own": ENTRY}, TODAY)
        assert (state.state, state.count) == (TODAY, 3)


# --- what changed -------------------------------------------------------------------------------------------------------


def told(old: ListEdition, new: ListEdition) -> list[tuple[str, str]]:
    return [(one.what, one.party.names[0].text) for one in list_changes(old, new)]


def test_entries_come_go_and_change() -> None:
    old = edition(party("A Example", number="1"), party("B Example", number="2"), party("C Example", number="3"))
    new = edition(
        party("A Example", number="1"),
        party("B Example AG", number="2"),
        party("C Example", number="3", countries=("DE",)),
        party("D Example", number="4"),
    )
    assert told(old, new) == [("added", "D Example"), ("renamed", "B Example AG"), ("changed", "C Example")]
    assert list_changes(old, new)[2].fields == ("countries",)
    assert told(new, old) == [("removed", "D Example"), ("renamed", "B Example"), ("changed", "C Example")]


def test_an_entry_without_a_number_is_found_again_under_a_name_it_had() -> None:
    old = edition(party("Example Works", "Example Werke"), party("Other Example"))
    new = edition(party("Example Works International", "Example Werke"), party("Other Example"))
    assert told(old, new) == [("renamed", "Example Works International")]


def test_a_name_that_two_entries_share_renames_nobody() -> None:
    old = edition(party("Example Works", "Example Werke"))
    new = edition(party("Example Works North", "Example Werke"), party("Example Works South", "Example Werke"))
    assert sorted(what for what, _ in told(old, new)) == ["added", "added", "removed"]


def test_an_entry_with_a_number_is_never_another_number() -> None:
    old, new = edition(party("Example Works", number="1")), edition(party("Example Works", number="2"))
    assert sorted(what for what, _ in told(old, new)) == ["added", "removed"]


NAMES = st.sampled_from(["Alpha Example", "Beta Example", "Gamma Example", "Delta Example", "Alpha Example Ltd"])
PARTIES = st.lists(
    st.builds(
        lambda name, also, land: party(name, *also, countries=land),
        NAMES,
        st.lists(NAMES, max_size=2),
        st.sampled_from([(), ("DE",)]),
    ),
    max_size=6,
)


@given(parties=PARTIES, data=st.data())
def test_the_order_of_a_file_changes_no_edition(parties: list[ListedParty], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(parties))
    assert numbered(parties) == numbered(shuffled)
    assert list_changes(edition(*parties), edition(*shuffled)) == ()


@given(old=PARTIES, new=PARTIES)
def test_the_changes_account_for_every_entry(old: list[ListedParty], new: list[ListedParty]) -> None:
    before, after = edition(*old), edition(*new)
    changes = list_changes(before, after)
    gone = {one.old.id for one in changes if one.what == "removed" and one.old}
    came = {one.new.id for one in changes if one.what == "added" and one.new}
    assert len(before.parties) - len(gone) == len(after.parties) - len(came)
    assert gone <= {one.id for one in before.parties}
    assert came <= {one.id for one in after.parties}
    swapped = list_changes(after, before)
    assert sorted(one.what for one in swapped if one.what in ("renamed", "changed")) == sorted(
        one.what for one in changes if one.what in ("renamed", "changed")
    )


def test_equal_entries_are_one_and_unequal_ones_of_a_name_are_counted() -> None:
    made = numbered([party("Example"), party("Example"), party("Example", listings=(Listing(programme="X"),))])
    assert len(made) == 2
    assert made[1].id == f"{made[0].id}-2"
