"""The way of an application: a closed machine, in the order of the days, on the journal of licences."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences import stages
from greenlane.licences.application import FORM, Application, AppliedLine, read_dossier
from greenlane.licences.events import Command, Entry, command_of, read_entry
from greenlane.licences.ledger import Booked
from greenlane.licences.licence import canonical
from tests.licences.book import Book, day, granted, licence, want

TERMS = Application(kind="single", exporter="Example Magnetics", lines=(AppliedLine(quantity="5", unit="kg"),))


def filed(kind: str, *, on: int, id: str = "", of: str = "A-1", **told: object) -> Command:
    more = TERMS.plain() if kind in ("apply", "redraft") else told
    if kind == "award":
        more = {"licence": "L-1", **more}
    return command_of(id=id or f"{kind}/{of}/{on}", kind=kind, licence=of, day=day(on), more=canonical(more) if more else "")


def entries(book: Book, of: str = "A-1") -> list[Entry]:
    found = (read_entry(text) for _, _, text, _ in book.rows)
    return [entry for entry in found if entry.licence == of]


def walk(steps: Sequence[tuple[str, int]]) -> str:
    """An independent reading of the machine: a table of arrows as text."""
    arrows = {
        "- apply": "drafted", "drafted redraft": "drafted", "returned redraft": "returned",
        **{f"{one} submit": "at_province" for one in ("drafted", "returned")},
        "at_province forward": "at_ministry", "at_province accept": "under_review", "at_ministry accept": "under_review",
        "under_review halt": "halted", "halted proceed": "under_review",
        **{f"{one} {step}": after for one in ("at_province", "at_ministry", "under_review", "halted")
           for step, after in (("return", "returned"), ("award", "granted"), ("refuse", "refused"))},
        **{f"{one} withdraw": "withdrawn"
           for one in ("drafted", "returned", "at_province", "at_ministry", "under_review", "halted")},
    }  # fmt: skip
    stage = "-"
    for kind, _ in sorted(steps, key=lambda one: one[1]):
        after = arrows.get(f"{stage} {kind}")
        if after is None:
            return ""
        stage = after
    return stage


@given(st.lists(st.tuples(st.sampled_from(stages.STEPS), st.integers(0, 6)), max_size=12))
@settings(max_examples=300)
def test_whatever_is_booked_in_any_order_is_a_way_that_the_machine_allows(wishes: list[tuple[str, int]]) -> None:
    book = Book()
    taken: list[tuple[str, int]] = []
    for number, (kind, on) in enumerate(wishes):
        (result,) = book.put(filed(kind, on=on, id=f"S-{number}"))
        if isinstance(result, Booked):
            taken.append((kind, on))
            assert walk(taken)
        else:
            assert result.code in ("GL0732", "GL0733")
            assert not walk([*taken, (kind, on)])
    if taken:
        assert read_dossier(entries(book)).stage == walk(taken)


def test_every_stage_and_step_is_met() -> None:
    reached = {stages.NONE}
    for _ in stages.WAYS:
        reached |= {after for stage in reached for after in stages.WAYS[stage].values()}
    assert reached == set(stages.WAYS)
    assert all(not stages.WAYS[stage] for stage in stages.FINAL)


def test_nothing_is_drawn_of_an_application_and_no_licence_is_filed() -> None:
    book = Book()
    book.put(filed("apply", on=1), granted(licence()))
    for command in (
        want("draw", "D-1", "1", of="A-1"), want("reserve", "D-2", "1", of="A-1"), want("observe", "D-3", "1", of="A-1"),
        want("amend", "D-4", "1", of="A-1"), filed("submit", on=2, of="L-1"),
    ):  # fmt: skip
        (result,) = book.put(command)
        assert isinstance(result, LedgerRefusal)
        assert result.code == "GL0733"
    state = book.states["A-1"]
    assert all(line.left_q == 0 for line in state.lines)


def test_the_same_step_again_is_one_step_and_another_under_its_id_is_refused() -> None:
    book = Book()
    book.put(filed("apply", on=1), filed("submit", on=2))
    (again,) = book.put(filed("submit", on=2))
    assert isinstance(again, Booked)
    assert again.again
    (other,) = book.put(filed("submit", on=3, id="submit/A-1/2"))
    assert isinstance(other, LedgerRefusal)
    assert other.code == "GL0702"


@pytest.mark.parametrize("more", ['{"exporter": 5}', "[]", "{", "", '{"kind": "single"}'])
def test_an_application_that_says_nothing_is_refused(more: str) -> None:
    (result,) = Book().put(command_of(id="X", kind="apply", licence="A-1", day=day(1), more=more))
    assert isinstance(result, LedgerRefusal)
    assert result.code == "GL0735"


def test_terms_read_back_as_they_were_said_and_an_unknown_field_is_refused() -> None:
    whole = Application(**dict.fromkeys(FORM, "x"), lines=(AppliedLine(quantity="5", unit="kg", value="1.5"),))
    assert Application.read(whole.plain()) == whole
    with pytest.raises(UsageError, match="no `colour`"):
        Application.read({**whole.plain(), "colour": "red"})
    with pytest.raises(UsageError, match="quantity"):
        AppliedLine(quantity="-1")


def test_a_step_told_late_takes_its_place_by_its_day() -> None:
    for order in itertools.permutations([("forward", 4), ("accept", 6)]):
        book = Book()
        book.put(filed("apply", on=1), filed("submit", on=2))
        for kind, on in order:
            (result,) = book.put(filed(kind, on=on))
            assert isinstance(result, Booked)
        found = read_dossier(entries(book))
        assert (found.stage, found.accepted) == ("under_review", day(6))
