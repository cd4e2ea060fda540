"""Every row of the paragraph "How an item is judged" in docs/reference/rule-format.md."""

from __future__ import annotations

import pytest

from tests.decide.small import ask, missing, said_range, small_base, verdict

ITEM = """
- id: m
  effect: prohibited
  in_force: [{from: 2025-03-01, source: s}]
  when:
    goods:
      - control: cn:1C905.a.4
        customs: [hs:8505.11.1000]
        reach: [hs:8505.11, hs:8505.19]
        is: {form: [magnet], contains: {Dy: "> 0"}}
"""


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # a stated control or proving customs code catches ...
        ({"codes": "cn:1C905.a.4"}, "prohibited"),
        ({"codes": "cn:1C905.a.4.b"}, "prohibited"),
        ({"codes": "hs:8505111000"}, "prohibited"),
        # ... also where the other code lies elsewhere ...
        ({"codes": "cn:1C905.a.4;hs:8471.30"}, "prohibited"),
        # ... unless what is stated about the goods contradicts it: then asked
        ({"codes": "cn:1C905.a.4", "contains": "Dy:0"}, "cannot_say"),
        ({"codes": "cn:1C905.a.4", "attrs": "form=powder"}, "cannot_say"),
        ({"codes": "hs:8505111000", "attrs": "form=powder"}, "cannot_say"),
        # `is` true catches ...
        ({"attrs": "form=magnet", "contains": "Dy:3%"}, "prohibited"),
        ({"attrs": "form=magnet", "contains": "Dy:>0"}, "prohibited"),
        ({"attrs": "form=magnet", "contains": "Dy:3%", "codes": "hs:8505.19"}, "prohibited"),
        ({"attrs": "form=magnet", "contains": "Dy:3%", "codes": "hs:8505"}, "prohibited"),
        ({"attrs": "form=magnet", "contains": "Dy:3%", "codes": "cn:1C905"}, "prohibited"),
        # ... unless the stated codes lie outside: then asked
        ({"attrs": "form=magnet", "contains": "Dy:3%", "codes": "hs:8471.30"}, "cannot_say"),
        ({"attrs": "form=magnet", "contains": "Dy:3%", "codes": "cn:1C902.a.4"}, "cannot_say"),
        ({"attrs": "form=magnet", "contains": "Dy:3%", "codes": "cn:NONE"}, "cannot_say"),
        # `is` false frees
        ({"attrs": "form=powder"}, "free"),
        ({"contains": "Dy:0"}, "free"),
        ({"contains": "Dy:0", "codes": "hs:8505.11"}, "free"),
        ({"attrs": "form=powder", "codes": "hs:8505.19"}, "free"),
        # `is` unknown with a stated code outside `reach`, or another full code of the same list, frees
        ({"codes": "hs:8471.30"}, "free"),
        ({"attrs": "form=magnet", "codes": "hs:8471.30"}, "free"),
        ({"codes": "cn:1C902.a.4"}, "free"),
        ({"codes": "cn:NONE", "contains": "Dy:0"}, "free"),
        ({"codes": "cn:NONE"}, "cannot_say"),  # "on no list" decides nothing where the composition does
        ({"codes": "cn:1C905.b"}, "free"),
        # otherwise unknown; a bare number never chooses a paragraph, a short code no heading
        ({}, "cannot_say"),
        ({"codes": "cn:1C905"}, "cannot_say"),
        ({"codes": "cn:1C905.a"}, "cannot_say"),
        ({"codes": "hs:85"}, "cannot_say"),
        ({"codes": "hs:8505.11"}, "cannot_say"),
        ({"codes": "eccn:EAR99"}, "cannot_say"),
        ({"attrs": "form=magnet"}, "cannot_say"),
        ({"contains": "Dy:3%"}, "cannot_say"),
        ({"contains": "Nd:29%"}, "cannot_say"),
        ({"attrs": "form=magnet", "contains": "Nd:29%"}, "cannot_say"),
    ],
)
def test_how_an_item_is_judged(cells: dict[str, str], expected: str) -> None:
    base = small_base(ITEM)
    got = ask(base, **cells)  # type: ignore[arg-type]
    assert got.verdict.value == expected
    if expected == "cannot_say":
        assert said_range(got) == ("free", "prohibited")
        assert got.missing


def test_a_contradiction_is_asked_by_name() -> None:
    got = ask(small_base(ITEM), codes="cn:1C905.a.4", contains="Dy:0")
    assert {one.fact: dict(one.verdicts) for one in got.missing} == {"item:cn:1C905.a.4": {"yes": "prohibited", "no": "free"}}


def test_what_is_missing_is_what_is_asked() -> None:
    base = small_base(ITEM)
    assert missing(ask(base, attrs="form=magnet")) == {"contains.Dy"}
    assert missing(ask(base, contains="Dy:3%")) == {"attrs.form"}
    assert missing(ask(base, codes="hs:8505.11")) == {"attrs.form", "contains.Dy"}


CUSTOMS = """
- id: m
  effect: prohibited
  in_force: [{from: 2025-03-01, source: s}]
  when: {goods: [{customs: [hs:8505.11, hs:2846.90]}]}
"""


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("hs:8505111000", "prohibited"),
        ("hts:2846902015", "prohibited"),
        ("hs:8505.19", "free"),
        ("hs:85", "cannot_say"),
        ("hs:8505", "cannot_say"),
        ("", "cannot_say"),
        ("cn:NONE", "cannot_say"),
    ],
)
def test_a_pure_list_of_customs_codes_is_left_by_another_code(codes: str, expected: str) -> None:
    assert verdict(small_base(CUSTOMS), codes=codes) == expected


LISTED = """
- id: m
  effect: prohibited
  in_force: [{from: 2025-03-01, source: s}]
  when: {goods: [{list: goods}]}
- id: a
  effect: licence_required
  in_force: [{from: 2025-03-01, source: s}]
  when: {ship_to: [JP], goods: [{control: cn:1C905.a.4, reach: [hs:8505], is: {form: [magnet]}}]}
"""


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"attrs": "form=magnet"}, "prohibited"),
        ({"codes": "cn:1C905.a.4"}, "prohibited"),
        ({"attrs": "form=motor"}, "cannot_say"),  # the list has more than the members held here
        ({"attrs": "form=motor", "codes": "hs:8505.11"}, "free"),  # where it is held whole
        ({"attrs": "form=motor", "codes": "hs:8471.30"}, "cannot_say"),
        ({"attrs": "form=motor", "codes": "cn:NONE"}, "free"),
        ({}, "cannot_say"),
    ],
)
def test_a_list_frees_only_where_it_is_held_whole(cells: dict[str, str], expected: str) -> None:
    groups = """
    - {id: goods, kind: list, title: L, source: s, complete: "no", complete_for: [hs:8505.11],
       members: [{code: cn-small/a, from: 2025-01-01}]}
    """
    assert verdict(small_base(LISTED, groups=groups), **cells) == expected


def test_a_list_gains_its_members_on_their_day() -> None:
    groups = "- {id: goods, kind: list, title: L, source: s, complete: 'yes', members: [{code: cn-small/a, from: 2025-06-01}]}"
    base = small_base(LISTED, groups=groups)
    assert verdict(base, attrs="form=magnet", on="2025-05-31") == "free"
    assert verdict(base, attrs="form=magnet", on="2025-06-01") == "prohibited"
    assert verdict(base, attrs="form=motor", on="2025-06-01") == "free"


LATER = """
- id: m
  effect: prohibited
  in_force: [{from: 2025-03-01, source: s}]
  when: {goods: [{list: goods}]}
- id: a
  effect: licence_required
  in_force: [{from: 2025-06-01, source: s}]
  known_since: 2025-02-01
  when: {ship_to: [JP], goods: [{control: cn:1C905.a.4, reach: [hs:8505], is: {form: [magnet]}}]}
"""


@pytest.mark.parametrize("known_by", ["2025-02-01", "2025-05-01", "2025-06-01"])
def test_a_member_without_dates_has_the_days_of_its_measure(known_by: str) -> None:
    base = small_base(LATER, groups="- {id: goods, kind: list, title: L, source: s, complete: 'yes', members: [cn-small/a]}")
    assert verdict(base, attrs="form=magnet", on="2025-05-31", known_by=known_by) == "free"
    assert verdict(base, attrs="form=magnet", on="2025-06-01", known_by=known_by) == "prohibited"
    ahead = ask(base, attrs="form=magnet", on="2025-05-01", known_by=known_by, look_ahead=True)
    assert (ahead.next_change, ahead.next_verdict) == ("2025-06-01", "prohibited")


def test_listed_goods_that_stand_in_a_group_of_codes_have_its_days() -> None:
    measures = LATER.replace("goods: [{control: cn:1C905.a.4, reach: [hs:8505], is: {form: [magnet]}}]", "goods: [{codes: coded}]")
    groups = """
    - {id: goods, kind: list, title: L, source: s, complete: 'yes', members: [{code: cn-small/a, from: 2025-01-01}]}
    - {id: coded, kind: goods, title: C, source: s, members: [{code: hs:8505.11, from: 2025-07-01}, {code: hs:8506.10}]}
    """
    base = small_base(measures, groups=groups)
    assert verdict(base, codes="hs:8505.11", on="2025-06-30", known_by="2025-06-01") == "free"
    assert verdict(base, codes="hs:8505.11", on="2025-07-01", known_by="2025-07-01") == "prohibited"
    assert ask(base, codes="hs:8505.11", on="2025-06-30", known_by="2025-07-01", look_ahead=True).next_change == "2025-07-01"


WORDS = """
- id: m
  effect: prohibited
  in_force: [{from: 2025-03-01, source: s}]
  when: {attr: {tpp: ">= 4800"}, ship_to: {not: [US]}}
"""


@pytest.mark.parametrize(
    ("tpp", "expected"), [("4799.99", "free"), ("4800", "prohibited"), ("4800.0", "prohibited"), ("many", "cannot_say")]
)
def test_a_threshold_is_met_on_the_spot(tpp: str, expected: str) -> None:
    assert verdict(small_base(WORDS), attrs=f"tpp={tpp}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NdFeB magnet", "prohibited"),
        ("magnet, ndfeb, sintered", "prohibited"),
        ("tester for NdFeB magnets", "free"),
        ("magnet without NdFeB", "free"),
        ("NdFeB free magnet", "free"),
        ("ferrite magnet", "free"),
        ("", "cannot_say"),
    ],
)
def test_words_prove_and_guards_take_them_back(text: str, expected: str) -> None:
    base = small_base("- id: m\n  effect: prohibited\n  in_force: [{from: 2025-03-01, source: s}]\n  when: {words: [NdFeB]}")
    assert verdict(base, description=text) == expected


DERIVED = """
- {id: heading, fact: attrs.form, value: magnet, when: {goods: [{customs: [hs:8505.11]}]}, because: the heading}
- {id: words, fact: attrs.form, value: powder, when: {words: [powder]}, because: the words}
"""


def test_a_stated_fact_shows_another() -> None:
    base = small_base(ITEM, derivations=DERIVED)
    got = ask(base, codes="hs:8505.11", contains="Dy:1%")
    assert got.verdict.value == "prohibited"
    assert [(one.fact, one.value) for one in got.derived] == [("attrs.form", "magnet")]


def test_what_the_row_states_is_never_overruled() -> None:
    base = small_base(ITEM, derivations=DERIVED)
    assert verdict(base, codes="hs:8505.11", contains="Dy:1%", attrs="form=powder") == "free"


def test_two_readings_that_contradict_each_other_cancel_out() -> None:
    base = small_base(ITEM, derivations=DERIVED)
    got = ask(base, codes="hs:8505.11", description="powder", contains="Dy:1%")
    assert got.verdict.value == "cannot_say"
    assert missing(got) == {"attrs.form"}
    assert got.derived == ()
