"""What is kept from one line to the next changes no answer: it is the same whatever was asked before."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane.decide.evaluate import decide
from greenlane.decide.prepare import prepare
from greenlane.law import shelves
from greenlane.law.facts import Basis, Facts, Known, Listing
from greenlane.terms.periods import Asked, Moment
from tests.decide.real import Question, listed_names, questions, real_base
from tests.decide.small import line_of

BOUNDED = settings(
    max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
DAY = Asked.read("2025-06-10")


@BOUNDED
@given(questions(), st.booleans())
def test_an_answer_is_the_same_in_a_base_that_was_never_asked(question: Question, strict: bool) -> None:
    cells, on, known_by = question
    line = line_of(**cells)
    asked = (Asked.read(on), Asked.read(known_by))
    kept = decide(line, real_base(), on=asked[0], known_by=asked[1], strict=strict)
    new = decide(line, real_base().bare(), on=asked[0], known_by=asked[1], strict=strict)
    assert kept.plain() == new.plain()


@BOUNDED
@given(questions(), st.booleans())
def test_what_is_shared_is_what_each_condition_finds(question: Question, strict: bool) -> None:
    cells, on, known_by = question
    base, known = real_base(), Asked.read(known_by)
    memory = base.memory(known, strict=strict, of_days=True)
    setting = base.setting(Moment.of_day(Asked.read(on).calendar_day), known, strict=strict, memory=memory)
    facts = prepare(line_of(**cells), base, setting, {})
    scopes = [one.conditions for one in (*base.general, *base.duties)]
    scopes += [many for regime in base.regimes.values() for many in regime.scopes]
    assert memory.shared is not None
    for conditions in scopes:
        found = tuple(one.judge(facts, setting) for one in conditions)
        assert setting.judge_all(conditions, facts) == found
    assert any(names is not None for _, names in memory.shared.by.values())
    assert any(names is None for _, names in memory.shared.by.values())


def test_a_listed_party_is_found_after_one_that_nobody_lists() -> None:
    listed = next(name for name in listed_names() if "Huawei Technologies Co" in name)
    base = real_base().bare()
    cells = {"ship_from": "US", "ship_to": "CN", "codes": "eccn:3A001.a.5"}
    answers = [
        decide(line_of(**cells, consignee=name), base, on=DAY).plain() for name in ("Example One", listed, "Example Two", listed)
    ]
    reasons = [{one["measure"] for one in answer["reasons"]} for answer in answers]
    assert reasons[0] == reasons[2] < reasons[1] == reasons[3]


def test_what_is_presumed_stays_so_after_a_line_that_states_it() -> None:
    base = real_base().bare()
    cells = {"ship_from": "CN", "ship_to": "DE", "codes": "hs:8505111000", "contains": "Nd:30%"}
    stated = decide(line_of(**cells, origin="CN"), base, on=DAY)
    presumed = decide(line_of(**cells), base, on=DAY)
    assert "origin" not in {one.fact for one in stated.assumed}
    assert presumed.plain() == decide(line_of(**cells), base.bare(), on=DAY).plain() != stated.plain()


def test_parties_that_nobody_holds_are_told_alike_and_others_are_not() -> None:
    def of(value: object, basis: Basis = Basis.STATED) -> object:
        return shelves.told("consignee", Facts({"consignee": Known(value, basis)}), frozenset({"example held"}))

    assert of("Example One") == of("Example Two GmbH")
    assert of("Example Held Ltd") != of("Example One")
    assert of("Example Held Ltd") != of("EXAMPLE HELD")
    assert of("Example Held Ltd") != of("Example Held Ltd", Basis.PRESUMED)
    assert len({of(Listing(None)), of(Listing(None), Basis.PRESUMED), of(Listing("some-list")), of("Example One"), None}) == 5


def test_facts_of_one_line_are_not_shared() -> None:
    assert shelves.are_shared(frozenset({"ship_to", "attrs.form"}))
    for name in ("codes.hs", "contains.Dy", "item:cn:1C905", "description"):
        assert not shelves.are_shared(frozenset({"ship_to", name}))


def test_the_shelves_are_bounded() -> None:
    shared: shelves.Shared[object, object] = shelves.Shared(frozenset(), {})
    for number in range(shelves.SHELVES_MAX + 10):
        shared.shelf(Facts({"ship_to": Known(str(number), Basis.STATED)}), frozenset({"ship_to"}))
    assert 0 < len(shared.shelves) <= shelves.SHELVES_MAX
