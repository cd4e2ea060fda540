"""`free` is earned: remove a regime, or its coverage, from the real base and its lines turn grey, never green."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from greenlane.decide.decision import Verdict
from greenlane.errors import RuleBaseError
from greenlane.feeds.rule_files import load
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import GoodsAre
from tests.decide.real import RULES, Question, answer, real_base
from tests.decide.small import COVERED, ask, lift, rule, said_range, small_base

FERRITE = {"contains": "Dy:0;Tb:0;Sm:0;Ho:0", "attrs": "form=magnet;family=ferrite"}
NDFEB = {"contains": "Nd:29%;Dy:3.1%", "attrs": "form=magnet;family=ndfeb"}
CHIP = {"attrs": "tpp=5000;performance_density=6;form=integrated_circuit"}
QUESTIONS: tuple[Question, ...] = tuple(
    (columns, on, on)
    for on in ("2025-02-01", "2025-06-10", "2025-12-15", "2026-06-01")
    for columns in (
        {"ship_from": "CN", "ship_to": "DE", "codes": "hs:8505191000", **FERRITE},
        {"ship_from": "CN", "ship_to": "US", "codes": "hs:8471300000;cn:NONE"},
        {"ship_from": "CN", "ship_to": "US", "codes": "hs:8505111000", **NDFEB},
        {"ship_from": "US", "ship_to": "CN", "codes": "eccn:EAR99;hs:3926909000", "exporter": "Example Plastics"},
        {"ship_from": "US", "ship_to": "DE", "codes": "eccn:EAR99;hs:3926909000"},
        {"ship_from": "US", "ship_to": "CN", "codes": "eccn:3A090.a", **CHIP},
        {"ship_from": "US", "ship_to": "CN", "codes": "eccn:EAR99", "attrs": "substance=ethane;letters_received=none"},
    )
)


def test_the_questions_hold_every_kind_of_answer() -> None:
    words = {answer(real_base(), question).verdict.value for question in QUESTIONS}
    assert {"free", "licence_required", "cannot_say"} <= words


def never_freer(base: RuleBase, regime: str) -> int:
    """Lines the regime reaches are never free on the poorer base; returns how many lost their `free`."""
    lost = 0
    for question in QUESTIONS:
        before, after = answer(real_base(), question), answer(base, question)
        reached = any(one.regime == regime for one in before.coverage)
        if reached or before.verdict is not Verdict.FREE:
            assert after.verdict is not Verdict.FREE, question
        lost += before.verdict is Verdict.FREE and after.verdict is Verdict.CANNOT_SAY
    return lost


@pytest.mark.parametrize("regime", ["cn-export", "us-ear"])
def test_without_its_statements_of_coverage_a_regime_frees_nothing(regime: str) -> None:
    base = real_base()
    bare = replace(base, regimes={**base.regimes, regime: replace(base.regimes[regime], covers=())})
    assert never_freer(bare, regime) > 0


@pytest.mark.parametrize("regime", ["cn-export", "us-ear"])
def test_a_regime_read_only_to_an_earlier_day_frees_nothing_after_it(regime: str) -> None:
    base = real_base()
    one = base.regimes[regime]
    stale = replace(base, regimes={**base.regimes, regime: replace(one, known_through=one.start)})
    assert never_freer(stale, regime) > 0


@pytest.mark.parametrize(("side", "regime"), [("cn", "cn-export"), ("us", "us-ear")])
def test_without_all_its_rules_and_coverage_a_side_frees_nothing(side: str, regime: str) -> None:
    base = real_base()
    gone = {name for name, one in base.instruments.items() if one.side == side}
    poorer = replace(
        base,
        instruments={name: one for name, one in base.instruments.items() if name not in gone},
        measures={name: one for name, one in base.measures.items() if one.instrument.id not in gone},
        lifts={name: one for name, one in base.lifts.items() if one.instrument.id not in gone},
        acts={name: one for name, one in base.acts.items() if one.instrument.id not in gone},
        regimes={name: replace(one, covers=()) if one.side == side else one for name, one in base.regimes.items()},
    )
    assert never_freer(poorer, regime) > 0


@pytest.mark.parametrize("side", ["cn", "us"])
def test_a_base_on_disk_without_the_instruments_of_a_side_is_refused_or_grey(tmp_path: Path, side: str) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("cases.yaml"))
    for path in (folder / side).iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    try:
        poorer = load(folder, release=False)
    except RuleBaseError:
        return
    never_freer(poorer, {"cn": "cn-export", "us": "us-ear"}[side])


def test_no_regime_at_all_frees_nothing() -> None:
    base = replace(real_base(), regimes={})
    assert all(answer(base, question).verdict is not Verdict.FREE for question in QUESTIONS)


FREE_MEASURE = rule("m", "prohibited", "{ship_to: [RU]}")
TWO = (
    COVERED
    + """\
  - id: us-ear
    title: US law
    side: us
    kind: control
    zone: America/New_York
    from: 2025-01-01
    known_through: 2026-12-31
    reaches: [{origin: [US]}]
"""
)


def test_a_regime_that_may_reach_the_line_is_asked_about() -> None:
    base = small_base(FREE_MEASURE, regimes=TWO)
    got = ask(base)
    assert said_range(got) == ("free", "prohibited")
    assert {one.fact for one in got.missing} == {"origin"}
    assert ask(base, origin="CN").verdict.value == "free"
    assert ask(base, origin="US").verdict.value == "cannot_say"


def test_a_free_that_rests_on_a_presumption_says_so() -> None:
    presumptions = '- {fact: origin, as: "=ship_from", because: goods come from where they are shipped}'
    base = small_base(FREE_MEASURE, regimes=TWO, presumptions=presumptions)
    got = ask(base)
    assert got.verdict.value == "free"
    assert [(one.fact, one.value) for one in got.assumed] == [("origin", "CN")]
    assert ask(base, strict=True).verdict.value == "cannot_say"
    assert ask(base, origin="CN", strict=True).verdict.value == "free"
    assert ask(base, origin="CN").assumed == ()


def test_a_free_by_a_lift_that_rests_on_a_presumption_says_so() -> None:
    base = small_base(
        FREE_MEASURE.replace("RU", "DE"),
        more="lifts:\n" + lift("l", "cn-small", "{end_use_country: [DE]}"),
        presumptions='- {fact: end_use_country, as: "=ship_to", because: used where shipped}',
    )
    got = ask(base)
    assert got.verdict.value == "free"
    assert [one.fact for one in got.assumed] == ["end_use_country"]
    assert ask(base, strict=True).verdict.value == "cannot_say"


def test_strict_asks_for_what_was_presumed_of_parties() -> None:
    groups = """
    - {id: firms, kind: parties, title: P, source: s, members: [{name: Alpha, from: 2025-01-01, effect: prohibited}]}
    """
    measure = rule("m", "licence_required", "{party: {role: [consignee], listed: firms}}")
    base = small_base(measure, groups=groups, presumptions="- {fact: consignee, as: not listed, because: nobody is named}")
    assert ask(base).verdict.value == "free"
    assert [one.fact for one in ask(base).assumed] == ["consignee"]
    assert [one.fact for one in ask(base, consignee="Beta").assumed] == ["consignee"]
    strict = ask(base, strict=True)
    assert said_range(strict) == ("free", "prohibited"), "the entry of the list may be graver than the measure"
    assert said_range(ask(base, strict=True, consignee="Beta")) == ("free", "prohibited")
    assert ask(base, strict=True, consignee="Alpha").verdict.value == "prohibited"


def test_only_the_sides_asked_are_answered() -> None:
    base = small_base(FREE_MEASURE)
    assert ask(base, sides=("us",)).verdict.value == "cannot_say"
    assert ask(base, sides=("us",)).coverage[0].status == "not_asked"
    assert ask(base, sides=("cn",)).verdict.value == "free"


BITING = rule("m", "licence_required", "{attr: {form: magnet}}") + rule("n", "prohibited", "{attr: {grade: high}}")


def test_a_side_left_out_asks_for_nothing_and_makes_nothing_graver() -> None:
    base = small_base(rule("m", "licence_required", "{attr: {form: magnet}}"), regimes=TWO)
    got = ask(base, sides=("cn",), attrs="form=magnet")
    assert got.verdict.value == "licence_required"
    assert {(one.regime, one.status) for one in got.coverage} == {("cn-export", "modelled"), ("us-ear", "not_asked")}
    assert got.missing == ()
    open_form = ask(base, sides=("cn",))
    assert {one.fact for one in open_form.missing} == {"attrs.form"}, "not the origin, which only the side left out asks for"
    assert open_form.missing[0].verdicts == {"magnet": "licence_required", "something else": "cannot_say"}


@pytest.mark.parametrize("origin", ["", "US"])
def test_a_side_left_out_that_may_reach_the_line_never_leaves_it_free(origin: str) -> None:
    base = small_base(FREE_MEASURE, regimes=TWO)
    got = ask(base, sides=("cn",), origin=origin)
    assert said_range(got) == ("free", "prohibited")
    assert got.missing == ()
    assert ask(base, sides=("cn",), origin="CN").verdict.value == "free", "it does not reach the line"


def test_a_side_left_out_does_not_hide_what_the_other_has_to_ask() -> None:
    base = small_base(BITING, regimes=TWO)
    got = ask(base, sides=("cn",), attrs="form=magnet")
    assert said_range(got) == ("licence_required", "prohibited")
    assert {one.fact for one in got.missing} == {"attrs.grade"}


def test_where_only_the_side_left_out_reaches_the_line_nothing_is_said() -> None:
    got = ask(small_base(FREE_MEASURE, regimes=TWO), sides=("cn",), ship_from="JP", origin="US")
    assert said_range(got) == ("free", "prohibited")
    assert {one.status for one in got.coverage} == {"not_asked", "outside"}


def test_a_chinese_licence_is_no_question_of_us_facts() -> None:
    columns = {"ship_from": "CN", "ship_to": "DE", "codes": "cn:3C002.d;eccn:3C002"}
    got = answer(real_base(), (columns, "2025-06-10", "2025-06-10"), sides=("cn",))
    assert got.verdict is Verdict.LICENCE_REQUIRED
    assert got.missing == ()
    assert ("us-ear", "not_asked") in {(one.regime, one.status) for one in got.coverage}


def test_an_answer_that_takes_the_line_out_of_every_regime_says_so() -> None:
    """Free needs a regime that speaks for the line: no Chinese content leads to a grey line, some to a green one."""
    regimes = COVERED.replace(
        "{ship_from: [CN]}\n    covers", '{share: {fact: cn_re_content, more_than: "0 %", direction: floor}}\n    covers'
    ).replace("when: {ship_from: [CN]}", "when: {ship_from: [JP]}")
    base = small_base(FREE_MEASURE, regimes=regimes)
    (asked,) = ask(base, ship_from="JP").missing
    assert asked.fact == "cn_re_content"
    assert asked.verdicts == {"0": "cannot_say", ">0": "free"}
    assert "if the answer is 0, no regime held here reaches the line" in asked.why
    magnets = {"codes": "hs:8505.11", "contains": "Nd:29%;Dy:3%;Tb:0", "ship_from": "JP", "ship_to": "DE", "origin": "JP"}
    (asked,) = answer(real_base(), (magnets, "2025-12-01", "2025-10-20")).missing
    assert asked.verdicts == {"0": "cannot_say", ">0 <0.1": "free", ">=0.1": "licence_required"}
    assert "if the answer is 0, no regime held here reaches the line" in asked.why


def test_an_answer_after_which_more_must_be_asked_is_not_told_as_out_of_reach() -> None:
    got = ask(small_base(FREE_MEASURE, regimes=TWO))
    assert got.missing[0].verdicts["US"] == "cannot_say"
    assert "no regime held here" not in got.missing[0].why


# --- stated codes that the base cannot speak of ------------------------------------------------------------------------


KNOWN_ENTRIES = {
    "eccn": {member.value.partition(":")[2] for member in real_base().groups["us-ccl-listed"].members},
    "cn": {
        item.control.value[:5]
        for measure in real_base().measures.values()
        for condition in measure.conditions
        if isinstance(condition, GoodsAre)
        for item in condition.items
        if item.control is not None and item.control.scheme == "cn"
    },
}
ENTRIES = st.builds("{}{}{:03d}".format, st.integers(0, 9), st.sampled_from("ABCDE"), st.integers(0, 999))
ROUTES = {"eccn": ("US", ("DE", "IQ", "JP", "CN", "SG")), "cn": ("CN", ("DE", "US", "JP", "HK"))}
FREE_OTHERWISE = {
    "eccn": (
        {"codes": "hts:2901.10.10"},
        {"codes": "eccn:EAR99"},
        {"codes": "eccn:5A992.c"},
        {"codes": "hs:2711.19", "attrs": "substance=ethane"},
    ),
    "cn": (
        {"codes": "hs:8505191000", **FERRITE},
        {"codes": "hs:8471300000;cn:NONE", "attrs": "form=finished_electronics"},
        {"codes": "hs:8505.11", **FERRITE},
    ),
}


@settings(max_examples=80, derandomize=True, deadline=None)
@given(scheme=st.sampled_from(["eccn", "cn"]), entry=ENTRIES, tail=st.sampled_from(["", ".a", ".b.1"]), data=st.data())
def test_a_stated_control_code_that_nobody_holds_never_gives_free(scheme: str, entry: str, tail: str, data: st.DataObject) -> None:
    assume(entry not in KNOWN_ENTRIES[scheme])
    home, abroad = ROUTES[scheme]
    columns = dict(data.draw(st.sampled_from(FREE_OTHERWISE[scheme])))
    stated = f"{scheme}:{entry}{tail}"
    columns["codes"] = ";".join(filter(None, [columns.get("codes", ""), data.draw(st.sampled_from([stated, stated.lower()]))]))
    columns |= {"ship_from": home, "ship_to": data.draw(st.sampled_from(abroad)), "origin": data.draw(st.sampled_from([home, ""]))}
    columns["activity"] = data.draw(st.sampled_from(["export", "reexport", "transfer", "load", "deliver"]))
    day = data.draw(st.sampled_from(["2025-02-01", "2025-06-10", "2025-12-15", "2026-08-01"]))
    got = answer(real_base(), (columns, day, day), strict=data.draw(st.booleans()))
    assert got.verdict is not Verdict.FREE


@pytest.mark.parametrize("scheme", ["eccn", "cn"])
def test_the_lines_of_that_property_are_free_without_the_code(scheme: str) -> None:
    home, abroad = ROUTES[scheme]
    for columns in FREE_OTHERWISE[scheme]:
        got = answer(real_base(), ({**columns, "ship_from": home, "ship_to": abroad[0]}, "2026-08-01", "2026-08-01"))
        assert got.verdict is Verdict.FREE, columns


@pytest.mark.parametrize(
    "columns",
    [
        {"codes": "eccn:EAR99;eccn:3A991", "ship_from": "US", "ship_to": "DE"},
        {"codes": "eccn:3A001.zzz", "ship_from": "US", "ship_to": "JP"},
        {"codes": "eccn:3A777;cn:NONE", "ship_from": "CN", "ship_to": "DE"},
        {"codes": "hs:8505.19;hs:2804.61", "ship_from": "CN", "ship_to": "DE", **FERRITE},
        {"codes": "hs:8505.19;cn:1C905.q", "ship_from": "CN", "ship_to": "DE", **FERRITE},
    ],
)
def test_codes_that_contradict_each_other_or_are_on_no_list_are_no_ground_for_free(columns: dict[str, str]) -> None:
    assert answer(real_base(), (columns, "2026-08-01", "2026-08-01")).verdict is Verdict.CANNOT_SAY


def test_the_answer_names_the_code_that_is_not_known() -> None:
    columns = {"codes": "hts:2901.10.10;eccn:3A777", "ship_from": "US", "ship_to": "DE"}
    got = answer(real_base(), (columns, "2026-08-01", "2026-08-01"))
    assert [(one.regime, one.status) for one in got.coverage] == [("us-ear", "not_modelled")]
    assert "eccn:3A777 is stated, an entry that is not known here" in got.coverage[0].why
