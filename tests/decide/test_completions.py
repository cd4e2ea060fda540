"""Missing facts: the range against brute force, the smallest set to ask for, the outer bound, the next change."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane.decide.decision import Decision
from greenlane.law.effect import GRAVITY
from greenlane.law.rulebase import RuleBase
from tests.decide.small import ask, lift, missing, rule, said_range, small_base

DOMAINS = {"a": ("yes", "no"), "b": ("red", "blue", "green", "grey"), "n": ("1", "5", "6", "7", "8", "9", "12")}
EFFECTS = ("licence_required", "presumption_of_denial", "prohibited")
TESTS = {
    "a": st.sampled_from(['"yes"', '"no"']),
    "b": st.sampled_from(["red", "[red, blue]", "{not: [green]}", "blue"]),
    "n": st.sampled_from(['">= 5"', '"< 9"', '"> 7"', '"= 5"']),
}
WHEN = (
    st.fixed_dictionaries({}, optional=TESTS)
    .filter(bool)
    .map(lambda tests: "{attr: {" + ", ".join(f"{name}: {test}" for name, test in tests.items()) + "}}")
)
STATED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in DOMAINS.items()})
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def bases(draw: st.DrawFn) -> RuleBase:
    """Up to four measures over three attributes, some lifted."""
    rules, lifts = [], []
    for number in range(draw(st.integers(1, 4))):
        rules.append(rule(f"m{number}", draw(st.sampled_from(EFFECTS)), draw(WHEN)))
        if draw(st.booleans()):
            leaves = draw(st.sampled_from(["free", "licence_required"]))
            lifts.append(lift(f"l{number}", f"cn-small/m{number}", draw(WHEN), leaves=leaves))
    return small_base("".join(rules), more="lifts:\n" + "".join(lifts) if lifts else "")


def with_attrs(base: RuleBase, attrs: dict[str, str], **more: object) -> Decision:
    return ask(base, attrs=";".join(f"{name}={value}" for name, value in attrs.items()), **more)  # type: ignore[arg-type]


def all_answers(base: RuleBase, stated: dict[str, str], free: tuple[str, ...] = tuple(DOMAINS)) -> set[tuple[str, str]]:
    """The ranges of every completion of the facts in `free` that are not stated."""
    names = [name for name in free if name not in stated]
    found = set()
    for values in product(*(DOMAINS[name] for name in names)):
        found.add(said_range(with_attrs(base, {**stated, **dict(zip(names, values, strict=True))})))
    return found


def rank(word: str) -> int:
    return [effect.value for effect in GRAVITY].index(word)


@QUICK
@given(bases(), STATED)
def test_the_range_is_that_of_all_completions(base: RuleBase, stated: dict[str, str]) -> None:
    got = with_attrs(base, stated)
    words = all_answers(base, stated)
    assert got.exact
    assert all(low == high for low, high in words), "with everything stated there is one verdict"
    ranks = sorted(rank(low) for low, _ in words)
    assert (rank(got.low.value), rank(got.high.value)) == (ranks[0], ranks[-1])
    assert (got.verdict.value == "cannot_say") is (len(set(ranks)) > 1)


@QUICK
@given(bases(), STATED)
def test_the_facts_asked_for_are_the_smallest_set_that_settles_it(base: RuleBase, stated: dict[str, str]) -> None:
    got = with_attrs(base, stated)
    asked = {fact.removeprefix("attrs.") for fact in missing(got)}
    unknown = tuple(sorted(set(DOMAINS) - set(stated)))
    settling = [
        set(names)
        for size in range(len(unknown) + 1)
        for names in combinations(unknown, size)
        if all(
            said_range(with_attrs(base, {**stated, **dict(zip(names, values, strict=True))}))[0]
            == said_range(with_attrs(base, {**stated, **dict(zip(names, values, strict=True))}))[1]
            for values in product(*(DOMAINS[name] for name in names))
        )
    ]
    assert settling[0] == asked
    assert [one for one in settling if len(one) == len(asked)] == [asked], "no other set of that size does"


@QUICK
@given(bases(), STATED)
def test_each_answer_leads_where_it_says(base: RuleBase, stated: dict[str, str]) -> None:
    for one in with_attrs(base, stated).missing:
        name = one.fact.removeprefix("attrs.")
        for value in DOMAINS[name]:
            then = with_attrs(base, {**stated, name: value}).verdict.value
            if value in one.verdicts:
                assert one.verdicts[value] == then
            else:
                assert then in one.verdicts.values()


def test_the_most_decisive_fact_comes_first() -> None:
    base = small_base("""
    - {id: m, effect: prohibited, in_force: [{from: 2025-01-01, source: s}], title: M, when: {attr: {b: red, z: "yes"}}}
    - {id: n, effect: prohibited, in_force: [{from: 2025-01-01, source: s}], title: N, when: {attr: {z: "yes", b: blue}}}
    """)
    got = ask(base)
    assert got.missing[0].fact in ("attrs.z", "attrs.b")
    decisive = [sum(word != "cannot_say" for word in one.verdicts.values()) / len(one.verdicts) for one in got.missing]
    assert decisive == sorted(decisive, reverse=True)


def test_a_fact_that_changes_nothing_is_not_asked() -> None:
    base = small_base("""
    - {id: m, effect: prohibited, in_force: [{from: 2025-01-01, source: s}], title: M, when: {attr: {a: "yes"}}}
    - {id: n, effect: prohibited, in_force: [{from: 2025-01-01, source: s}], title: N, when: {attr: {a: "no"}}}
    - {id: o, effect: licence_required, in_force: [{from: 2025-01-01, source: s}], title: O, when: {attr: {b: red}}}
    """)
    got = ask(base)
    assert got.verdict.value == "prohibited"
    assert got.missing == ()


def wide(count: int) -> RuleBase:
    tests = ", ".join(f'x{number}: "yes"' for number in range(count))
    return small_base(f"""
    - {{id: m, effect: prohibited, in_force: [{{from: 2025-01-01, source: s}}], title: M, when: {{attr: {{{tests}}}}}}}
    - {{id: n, effect: licence_required, in_force: [{{from: 2025-01-01, source: s}}], title: N, when: {{ship_to: [DE]}}}}
    """)


@pytest.mark.parametrize(("count", "exact"), [(11, True), (12, True), (13, False), (30, False)])
def test_past_the_limit_the_range_is_an_outer_bound_and_says_so(count: int, exact: bool) -> None:
    got = ask(wide(count))
    assert got.exact is exact
    assert said_range(got) == ("licence_required", "prohibited")
    assert got.verdict.value == "cannot_say"
    assert got.missing
    assert got.plain()["range_exact"] is exact


def test_an_outer_bound_becomes_exact_once_enough_is_stated() -> None:
    base = wide(30)
    assert ask(base, attrs="x0=no").verdict.value == "licence_required"
    assert ask(base, attrs=";".join(f"x{number}=yes" for number in range(30))).verdict.value == "prohibited"


COMPOSITION = (
    rule("m", "licence_required", '{goods: [{is: {form: [magnet], contains: {Dy: "> 0"}}}]}')
    + rule("n", "licence_required", '{goods: [{is: {form: {not: [magnet]}, contains: {Dy: "> 0"}}}]}')
    + rule("o", "prohibited", '{goods: [{is: {contains: {Dy: ">= 10 %"}}}]}')
)


def test_the_classes_of_a_share_are_cut_where_the_measures_cut() -> None:
    got = ask(small_base(COMPOSITION), attrs="form=magnet")
    assert {one.fact: dict(one.verdicts) for one in got.missing} == {
        "contains.Dy": {"0": "free", ">0 <10": "licence_required", ">=10": "prohibited"}
    }


def test_a_share_above_zero_is_not_supposed_to_be_zero() -> None:
    got = ask(small_base(COMPOSITION), contains="Dy:>0")
    assert said_range(got) == ("licence_required", "prohibited")
    assert "0" not in got.missing[0].verdicts


PLACED = """
- {id: m, effect: prohibited, in_force: [{from: 2025-01-01, source: s}], title: M, when: {end_use_country: [RU, "group:d5"]}}
- {id: n, effect: licence_required, in_force: [{from: 2025-01-01, source: s}], title: N, when: {origin: {not: [CN]}}}
"""
D5 = "- {id: d5, kind: places, title: D5, source: s, members: [KP, {code: KH, from: 2025-06-01}]}"


def test_places_fall_into_the_classes_of_the_day() -> None:
    base = small_base(PLACED, groups=D5)
    for on, caught in (("2025-05-31", {"RU", "KP"}), ("2025-06-01", {"RU", "KP", "KH"})):
        got = ask(base, on=on, origin="CN")
        words = {label: word for one in got.missing for label, word in one.verdicts.items()}
        assert {label for label, word in words.items() if word == "prohibited"} == {", ".join(sorted(caught))}
        for place in ("RU", "KP", "KH", "DE"):
            expected = "prohibited" if place in caught else "free"
            assert ask(base, on=on, origin="CN", end_use_country=place).verdict.value == expected


def test_codes_are_asked_with_a_class_for_all_others() -> None:
    regimes = """
    regimes:
      - id: cn-export
        title: C
        side: cn
        kind: control
        zone: Asia/Shanghai
        from: 2025-01-01
        known_through: 2026-12-31
        reaches: [{ship_from: [CN]}]
        covers: [{id: cover, statement: c, when: {goods: [{control: cn:NONE}]}}]
    """
    base = small_base(rule("m", "licence_required", "{goods: [{control: cn:1C905.a.4}]}"), regimes=regimes)
    got = ask(base)
    assert missing(got) == {"codes.cn"}
    for codes in ("cn:1C905.a.4", "cn:NONE", "cn:1A001.a"):
        then = ask(base, codes=codes)
        assert rank(got.low.value) <= rank(then.low.value) <= rank(then.high.value) <= rank(got.high.value), codes


def test_two_open_questions_about_one_measure_are_both_given() -> None:
    base = small_base(
        rule("z", "prohibited, standing: unverified", "{ship_from: [CN]}"),
        more="acts:\n  - {id: zz, does: suspends, to: [cn-small/z], from: 2025-04-01, until: 2025-05-01, after: unknown}\n",
    )
    got = ask(base)
    assert said_range(got) == ("free", "prohibited")
    assert len(got.branches) == 2
    assert {"confirmed", "pause ended"} <= {label for one in got.branches for label in one.verdicts}
    assert {one.verdicts["confirmed"] for one in got.branches if "confirmed" in one.verdicts} == {"cannot_say"}


# --- the next change --------------------------------------------------------------------------------------------------

DATED = (
    rule("m", "prohibited", "{attr: {a: 'yes'}}", "from: 2025-02-10, until: 2025-03-05")
    + rule("n", "licence_required", "{ship_to: [DE]}", "from: 2025-01-20T12:01+08:00, until: 2025-04-01")
    + rule("o", "prohibited", "{party: {role: [consignee], listed: firms}}", "from: 2025-01-15")
    + rule("p", "licence_required", '{ship_to: ["group:ring"]}')
)
GROUPS = """
- {id: firms, kind: parties, title: F, source: s, members: [{name: Alpha, from: 2025-03-20, until: 2025-04-20}]}
- {id: ring, kind: places, title: R, source: s, members: [{code: FR, from: 2025-02-01, until: 2025-02-20}]}
- {id: modelled, kind: places, title: R, source: s, members: [DE, FR, {code: JP, from: 2025-02-11, until: 2025-03-11}]}
"""
REGIMES = """
regimes:
  - id: cn-export
    title: C
    side: cn
    kind: control
    zone: Asia/Shanghai
    from: 2025-01-10
    known_through: 2026-12-31
    reaches: [{ship_from: [CN]}]
    covers: [{id: cover, statement: c, when: {ship_to: ["group:modelled"]}}]
"""
ACTS = """
lifts:
  - {id: l, lifts: [cn-small/n], in_force: [{from: 2025-02-25, until: 2025-03-15, source: s}], title: L, when: {attr: {b: red}}}
acts:
  - {id: s, does: suspends, to: [cn-small/m], from: 2025-02-20, until: 2025-02-24, after: unknown, leaves: licence_required}
"""


@pytest.mark.parametrize(
    "cells",
    [
        {"attrs": "a=yes;b=red"},
        {"attrs": "a=no;b=blue"},
        {"attrs": "b=red"},
        {},
        {"consignee": "Alpha", "attrs": "a=no"},
        {"ship_to": "FR", "attrs": "a=no"},
        {"ship_to": "FR", "consignee": "Alpha"},
        {"ship_to": "JP", "attrs": "a=no"},
        {"ship_to": "JP", "attrs": "a=yes"},
    ],
)
def test_the_next_change_is_the_first_day_on_which_the_answer_differs(cells: dict[str, str]) -> None:
    presumptions = "- {fact: consignee, as: not listed, because: nobody is named}"
    base = small_base(DATED, more=ACTS, groups=GROUPS, regimes=REGIMES, presumptions=presumptions)
    days = [date(2025, 1, 5) + timedelta(days=number) for number in range(120)]
    answers = [said_range(ask(base, on=day.isoformat(), known_by="2025-12-31", **cells)) for day in days]  # type: ignore[arg-type]
    for number, day in enumerate(days[:-2]):
        got = ask(base, on=day.isoformat(), known_by="2025-12-31", look_ahead=True, **cells)  # type: ignore[arg-type]
        differ = (other for other, answer in zip(days, answers, strict=True) if other > day and answer != answers[number])
        later = next(differ, None)
        assert got.next_change == (None if later is None else later.isoformat()), day
        if later is not None:
            assert got.next_verdict == ask(base, on=later.isoformat(), known_by="2025-12-31", **cells).verdict.value  # type: ignore[arg-type]


def test_a_code_beside_those_taken_out_of_a_wider_one_is_tried_too() -> None:
    base = small_base(rule("m", "prohibited", "{goods: [{customs: [hs:8471], but: [hs:8471.30]}]}"))
    got = ask(base)
    assert (got.low.value, got.high.value) == ("free", "prohibited")
    assert got.missing[0].verdicts["another line of hs:8471"] == "prohibited"
    assert ask(base, codes="hs:8471900000").verdict.value == "prohibited"
    assert ask(base, codes="hs:8471300000").verdict.value == "free"
    short = ask(base, codes="hs:8471")
    assert (short.low.value, short.high.value) == ("free", "prohibited")


def test_a_paragraph_beside_those_taken_out_of_an_entry_is_tried_too() -> None:
    base = small_base(rule("m", "prohibited", "{goods: [{control: cn:1C905, but: [cn:1C905.a]}]}"))
    got = ask(base)
    assert got.high.value == "prohibited"
    assert got.missing[0].verdicts["another paragraph of cn:1C905"] == "prohibited"
