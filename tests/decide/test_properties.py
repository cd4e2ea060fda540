"""What must hold for every line, put to the real base with generated lines."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from greenlane.decide.decision import Verdict
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Row, read_line
from greenlane.law.effect import Effect
from greenlane.law.facts import Listing
from greenlane.law.rulebase import RuleBase
from greenlane.terms.codes import Code
from greenlane.terms.periods import Asked
from tests.decide.real import Question, answer, ends, graver_than, questions, real_base, turning_days, without
from tests.decide.small import line_of

# The same lines every time: a base that changes daily must not fail at random for others. Raise `max_examples` and take
# `derandomize` away to hunt.
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]
BOUNDED = settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=SLOW)


@lru_cache(maxsize=64)
def as_known(day: str) -> RuleBase:
    """The base less every instrument that nobody, addressees included, could know of by that day."""
    base, known = real_base(), Asked.read(day)

    def later(name: str) -> bool:
        one = base.instruments[name]
        told = [firm.known_to_since for firm in one.letter.addressees if firm.known_to_since] if one.letter else []
        return not any(known.knows(bound) for bound in (one.known_since, *told))

    gone = {name for name in base.instruments if later(name)}
    return without(
        base,
        measures={rule.id for rule in base.measures.values() if rule.instrument.id in gone},
        lifts={rule.id for rule in base.lifts.values() if rule.instrument.id in gone},
        acts={act.id for act in base.acts.values() if act.instrument.id in gone},
    )


@BOUNDED
@given(questions())
def test_a_measure_known_later_never_changes_an_earlier_answer(question: Question) -> None:
    assume("letters_received=us" not in question[0].get("attrs", ""))  # who states a letter knows of it
    base, earlier = real_base(), as_known(question[2])
    full, less = answer(base, question), answer(earlier, question)
    assert (full.verdict, ends(full)) == (less.verdict, ends(less))
    assert [one.measure.id for one in full.reasons] == [one.measure.id for one in less.reasons]
    assert {one.fact for one in full.missing} == {one.fact for one in less.missing}
    assert (full.duty is None) is (less.duty is None)
    if full.duty is not None and less.duty is not None:
        assert (full.duty.rate, full.duty.low, full.duty.high) == (less.duty.rate, less.duty.low, less.duty.high)


@lru_cache(maxsize=1)
def only_law() -> RuleBase:
    """The base less promises, statements and duties to report."""
    base = real_base()
    mere = {name for name, one in base.instruments.items() if not one.decides}
    return without(
        base,
        measures={
            one.id for one in base.measures.values() if one.instrument.id in mere or one.effect in (Effect.REPORT, Effect.NONE)
        },
        lifts={one.id for one in base.lifts.values() if one.instrument.id in mere},
        acts={one.id for one in base.acts.values() if one.instrument.id in mere},
    )


@BOUNDED
@given(questions())
def test_promises_and_reports_never_change_a_verdict(question: Question) -> None:
    full, less = answer(real_base(), question), answer(only_law(), question)
    assert (full.verdict, ends(full)) == (less.verdict, ends(less))
    if full.duty is not None and less.duty is not None:
        assert full.duty.rate == less.duty.rate


def _stated(fact: str, value: object, columns: dict[str, str]) -> dict[str, str] | None:
    """The line with one more fact written down; None where a column cannot hold it."""
    found = dict(columns)
    if fact.startswith("attrs."):
        found["attrs"] = ";".join(filter(None, (columns.get("attrs"), f"{fact.removeprefix('attrs.')}={value}")))
    elif fact.startswith("contains."):
        found["contains"] = ";".join(filter(None, (columns.get("contains"), f"{fact.removeprefix('contains.')}:{value}")))
    elif fact in ("us_content", "cn_re_content", "origin", "end_use_country"):
        found[fact] = str(value)
    elif fact == "end_use" and isinstance(value, tuple):
        found[fact] = ";".join(value) or "civil"
    elif fact.startswith("codes.") and isinstance(value, Code):
        found["codes"] = ";".join(filter(None, (columns.get("codes"), str(value))))
    elif isinstance(value, Listing):
        return None
    else:
        return None
    return found


VALUES: dict[str, tuple[object, ...]] = {
    "contains": ("0", "0.5%", "12%", "60%"),
    "attrs": ("yes", "no", "magnet", "metal", "software", "100", "5000", "ndfeb", "ethane", "H20", "CN", "DE"),
    "codes.hs": (Code("hs", "8505111000"), Code("hs", "847130"), Code("hs", "280530")),
    "codes.cn": (Code("cn", "NONE"), Code("cn", "1C905.a.4"), Code("cn", "1A001.a")),
    "codes.eccn": (Code("eccn", "EAR99"), Code("eccn", "3A090.a"), Code("eccn", "0A998")),
    "us_content": ("0", "10%", "26%"),
    "cn_re_content": ("0", "0.1%", "3%"),
    "origin": ("CN", "US", "DE"),
    "end_use_country": ("CN", "US", "DE", "RU"),
    "end_use": (("civil",), ("military",), ("supercomputer",)),
}


@settings(BOUNDED, max_examples=40)
@given(questions(), st.booleans(), st.data())
def test_one_more_fact_never_widens_the_range(question: Question, strict: bool, data: st.DataObject) -> None:
    """For facts asked for. A fact that contradicts what is stated may open a question instead; then it is asked by name."""
    before = answer(real_base(), question, strict=strict)
    asked = [one.fact for one in before.missing]
    assume(asked)
    fact = data.draw(st.sampled_from(asked))
    family = fact if fact in VALUES else fact.partition(".")[0]
    assume(family in VALUES)
    columns = _stated(fact, data.draw(st.sampled_from(VALUES[family])), question[0])
    assume(columns is not None)
    assert columns is not None
    line, _ = read_line(Row({"line_id": "L", **columns}, "", 1))
    assume(line is not None)
    after = answer(real_base(), (columns, *question[1:]), strict=strict)
    contradicted = {one.fact for one in after.missing} - set(asked)
    fewer = {one.fact for one in before.derived} - {one.fact for one in after.derived}
    if any(one.startswith("item:") for one in contradicted) or fewer:
        return
    assert before.low.rank <= after.low.rank, (fact, before.missing)
    assert after.high.rank <= before.high.rank, (fact, before.missing)


@BOUNDED
@given(questions(), st.data())
def test_a_graver_effect_never_makes_a_verdict_lighter(question: Question, data: st.DataObject) -> None:
    base = real_base()
    before = answer(base, question)
    concerned = [one.measure.id for one in (*before.reasons, *before.possible)] or sorted(base.measures)
    measure = base.measures[data.draw(st.sampled_from(concerned))]
    assume(measure.effect.restricts)
    graver = replace(base, measures={**base.measures, measure.id: replace(measure, effect=graver_than(measure.effect))})
    after = answer(graver, question)
    assert after.high.rank >= before.high.rank
    if after.exact:
        assert after.low.rank >= before.low.rank


@settings(BOUNDED, max_examples=10)
@given(questions(), st.integers(0, 2**32 - 1))
def test_the_order_of_columns_rules_and_questions_is_no_part_of_the_answer(question: Question, seed: int) -> None:
    columns, on, known_by = question
    shuffle = Random(seed)  # thousands of measures are shuffled: one seed is a small input, a draw for each swap is not
    base = real_base()
    first = answer(base, question, look_ahead=True).plain()

    def mixed(text: str) -> str:
        parts = text.split(";")
        shuffle.shuffle(parts)
        return ";".join(parts)

    names = list(columns)
    shuffle.shuffle(names)
    lists = ("codes", "contains", "attrs", "end_use")
    turned = {name: mixed(columns[name]) if name in lists else columns[name] for name in names}
    measures = list(base.measures)
    shuffle.shuffle(measures)
    other = replace(
        base,
        measures={name: base.measures[name] for name in measures},
        lifts=dict(reversed(list(base.lifts.items()))),
        acts=dict(reversed(list(base.acts.items()))),
        groups=dict(reversed(list(base.groups.items()))),
    )
    assert answer(base, (turned, on, known_by), look_ahead=True).plain() == first
    second = answer(other, (turned, on, known_by), look_ahead=True).plain()
    for key in ("verdict", "range", "range_exact", "next_change", "next_verdict", "conflicts", "assumed"):
        assert second[key] == first[key], key
    for key in ("reasons", "near_misses", "lifts"):
        assert sorted(one["measure"] for one in second[key]) == sorted(one["measure"] for one in first[key]), key
    assert {one["fact"] for one in second["missing"]} == {one["fact"] for one in first["missing"]}


@settings(BOUNDED, max_examples=60)
@given(questions(), st.booleans())
def test_cannot_say_is_a_range_and_free_is_earned(question: Question, strict: bool) -> None:
    got = answer(real_base(), question, strict=strict)
    assert (got.verdict is Verdict.CANNOT_SAY) is (got.low is not got.high)
    if got.verdict is not Verdict.CANNOT_SAY:
        assert got.verdict.value == got.low.value
    if got.verdict is Verdict.FREE:
        asked = [one for one in got.coverage if one.status != "outside"]
        assert asked
        assert {one.status for one in asked} == {"modelled"}
        assert {one.verdict for one in asked} == {"free"}
        assert got.reasons == ()
        assert got.possible == ()
    if strict:
        assert all(one.value == "not listed" for one in got.assumed)


@settings(BOUNDED, max_examples=30)
@given(questions())
def test_a_side_that_is_not_asked_is_not_free(question: Question) -> None:
    both, one = answer(real_base(), question), answer(real_base(), question, sides=("cn",))
    assert one.low.rank <= both.low.rank
    if one.verdict is Verdict.FREE:
        assert both.verdict is Verdict.FREE


@settings(BOUNDED, max_examples=8)
@given(questions())
def test_the_next_change_of_real_lines_is_the_first(question: Question) -> None:
    """Every day between is the same (looked at where the law turns, the day after, and at a few days between)."""
    base = real_base()
    columns, on, known_by = question
    got = answer(base, question, look_ahead=True)
    asked = Asked.read(on).calendar_day
    later = [day for day in turning_days() if day > asked]
    between = [day for day in later if got.next_change is None or day.isoformat() < got.next_change]
    for day in between[:: max(1, len(between) // 8)]:
        then = answer(base, (columns, day.isoformat(), known_by))
        assert ends(then) == ends(got), day
    if got.next_change is not None:
        then = answer(base, (columns, got.next_change, known_by))
        assert ends(then) != ends(got)
        assert then.verdict.value == got.next_verdict


def test_decide_wants_a_day() -> None:
    with pytest.raises(ValueError, match="needs a day"):
        decide(line_of(), real_base())
