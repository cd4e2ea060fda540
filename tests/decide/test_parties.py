"""What screening found of a party is a fact, a doubt is a question, and a search that found nothing is said."""

from __future__ import annotations

import pytest

from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Line, Row, read_line
from greenlane.law.facts import Entry, Identified
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked
from greenlane.wiring import load_rules

LISTED = "Huawei Technologies Co., Ltd."
NAME = "Example Trading of Shenzhen"


@pytest.fixture(scope="module")
def rules() -> RuleBase:
    return load_rules()


def line(**cells: str) -> Line:
    row = {"line_id": "x", "ship_from": "US", "ship_to": "CN", "codes": "hs:8471300000;eccn:EAR99", "end_use": "civil", **cells}
    found, problems = read_line(Row(row, "lines.csv", 1))
    assert found is not None, problems
    return found


def ask(rules: RuleBase, party: Identified | None, *, strict: bool = False, on: str = "2025-07-10", **cells: str) -> Decision:
    asked = line(**(cells or {"consignee": NAME}))
    return decide(asked, rules, on=Asked.read(on), parties={NAME: party} if party else {}, strict=strict)


def entry(**more: object) -> Entry:
    return Entry(name=LISTED, list="us-entity-list", says="as printed in an old catalogue, 0.99", **more)  # type: ignore[arg-type]


def test_without_screening_another_name_is_another_party(rules: RuleBase) -> None:
    assert ask(rules, None).verdict.value == "free"


def test_a_certain_hit_bites_and_says_how_it_was_found(rules: RuleBase) -> None:
    found = ask(rules, Identified(name=NAME, entries=(entry(),), searched="three lists"))
    assert found.verdict.value == "presumption_of_denial"
    matched = found.plain()["reasons"][0]["matched"]
    assert LISTED in matched["party"]
    assert "as printed in an old catalogue" in matched["party"]


def test_a_doubt_is_one_question_with_its_verdicts(rules: RuleBase) -> None:
    found = ask(rules, Identified(name=NAME, doubts=(entry(),), searched="three lists"), consignee=NAME, end_user=NAME)
    assert found.verdict.value == "cannot_say"
    (question,) = found.missing
    assert question.fact == "consignee"
    assert question.verdicts == {f"is {LISTED} (us-entity-list)": "presumption_of_denial", "another party": "free"}
    assert "is it the listed" in question.why


def test_a_doubt_about_an_entry_that_no_measure_uses_asks_nothing(rules: RuleBase) -> None:
    other = Entry(name="Example Nobody", list="us-cmic", says="0.8")
    assert ask(rules, Identified(name=NAME, doubts=(other,), searched="three lists")).verdict.value == "free"


def test_a_party_on_a_list_whose_law_is_not_modelled_is_no_free_line(rules: RuleBase) -> None:
    blocked = Entry(name="Example Blocked", list="us-sdn", says="0.99")
    sure = ask(rules, Identified(name=NAME, entries=(blocked,), searched="three lists"))
    assert sure.verdict.value == "cannot_say"
    assert any("Example Blocked on us-sdn, whose law is not modelled" in one.why for one in sure.coverage)
    (question,) = ask(rules, Identified(name=NAME, doubts=(blocked,), searched="three lists")).missing
    assert question.verdicts == {"is Example Blocked (us-sdn)": "cannot_say", "another party": "free"}


def test_a_search_that_found_nothing_is_named_in_what_is_assumed(rules: RuleBase) -> None:
    party = Identified(name=NAME, searched="three lists", cleared=("not X: cleared by two people",))
    assumed = {one.fact: one for one in ask(rules, party).assumed}
    assert "nothing alike found; three lists; not X: cleared by two people" in assumed["consignee"].because


def test_strict_asks_who_a_party_is_unless_sound_lists_were_searched(rules: RuleBase) -> None:
    def asks(party: Identified | None) -> bool:
        stated = {"end_use_country": "CN", "origin": "US", "exporter": NAME, "consignee": NAME, "end_user": NAME, "owner": NAME}
        return "consignee" in {one.fact for one in ask(rules, party, strict=True, **stated).missing}

    assert asks(None)
    assert asks(Identified(name=NAME, searched="three lists, one of them too old"))
    assert not asks(Identified(name=NAME, searched="three lists", sound=True))


def test_an_entry_newer_than_the_base_bites_by_the_group_of_its_list_from_its_day(rules: RuleBase) -> None:
    new = Entry(
        name="Example Newcomer",
        list="us-entity-list",
        says="0.99",
        group="us-entity-list",
        zone="America/New_York",
        start="2025-07-01",
    )
    party = Identified(name=NAME, entries=(new,), searched="three lists")
    assert ask(rules, party, on="2025-07-01").verdict.value == "licence_required"
    before = ask(rules, party, on="2025-06-30")
    assert before.verdict.value == "free"


def test_the_first_day_of_such_an_entry_is_the_next_change(rules: RuleBase) -> None:
    new = Entry(
        name="Example Newcomer",
        list="us-entity-list",
        says="0.99",
        group="us-entity-list",
        zone="America/New_York",
        start="2025-07-01",
        known_since="2025-06-01",
    )
    found = ask(rules, Identified(name=NAME, entries=(new,), searched="three lists"), on="2025-06-30")
    assert str(found.plain()["next_change"])[:10] == "2025-07-01"


def test_a_record_keeps_what_screening_found() -> None:
    party = Identified(
        name=NAME,
        entries=(Entry(name="Example Newcomer", list="us-sdn", says="0.99", group="g", zone="Asia/Shanghai", start="2025-07-01"),),
        doubts=(entry(),),
        searched="three lists",
        sound=True,
        cleared=("not X",),
    )
    assert Identified.read(NAME, party.plain()) == party
    assert Identified.read(NAME, {}) == Identified(name=NAME)


def test_a_doubt_that_matters_counts_behind_any_number_that_do_not(rules: RuleBase) -> None:
    others = tuple(Entry(name=f"Example Nobody {number}", list="us-cmic", says="0.8") for number in range(6))
    found = ask(rules, Identified(name=NAME, doubts=(*others, entry()), searched="three lists"))
    assert found.verdict.value == "cannot_say"
    assert found.missing[0].verdicts[f"is {LISTED} (us-entity-list)"] == "presumption_of_denial"
    assert "or one of 4 more?" in found.missing[0].why
