"""What is left aside before it is judged would have been judged to be out; and a question leaves nothing behind."""

from __future__ import annotations

import gc

from hypothesis import HealthCheck, given, settings

from greenlane.decide.evaluate import decide
from greenlane.decide.prepare import prepare
from greenlane.law.scope import FAR, GoodsAre, Truth
from greenlane.terms.periods import Asked, Moment
from tests.decide.real import Question, questions, real_base
from tests.decide.small import line_of

BOUNDED = settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@BOUNDED
@given(questions())
def test_goods_left_aside_are_far_or_do_not_hold(question: Question) -> None:
    cells, on, known_by = question
    base = real_base()
    setting = base.setting(Moment.of_day(Asked.read(on).calendar_day), Asked.read(known_by))
    facts = prepare(line_of(**cells), base, setting, {})
    elsewhere, unproven = base.hints.read(facts)
    goods = {id(one): one for them in base.alike for _, one in them.measures if one is not None}
    assert elsewhere | unproven <= goods.keys()
    for name in elsewhere:
        found = goods[name].tell_at_once(facts)
        assert found is not None
        assert (found.truth, found.key, found.presumed) == (Truth.NO, FAR, frozenset())
    for name in unproven:
        assert setting.judge(goods[name], facts).truth is not Truth.YES


def test_something_is_left_aside_and_something_is_not() -> None:
    base = real_base()
    setting = base.setting(Moment.of_day(Asked.read("2025-06-10").calendar_day), Asked.read("2025-06-10"))
    line = line_of(ship_from="CN", ship_to="DE", codes="hs:8505111000", contains="Nd:30%", attrs="form=magnet")
    elsewhere, unproven = base.hints.read(prepare(line, base, setting, {}))
    assert 0 < len(elsewhere) < len(base.hints.lying)
    assert 0 < len(unproven) < len(base.hints.plain)


def test_measures_put_together_are_all_there_once_and_alike() -> None:
    base = real_base()
    together = [(them, *pair) for them in base.alike for pair in them.measures]
    assert sorted(one.id for _, one, _ in together) == sorted(one.id for one in base.general)
    for them, one, goods in together:
        shared = [condition for condition in one.by_cost if not isinstance(condition, GoodsAre)]
        assert (them.side, them.regime, list(them.shared)) == (one.instrument.side, one.regime, shared)
        assert [goods] == [condition for condition in one.conditions if isinstance(condition, GoodsAre)] or goods is None


def test_a_question_leaves_nothing_to_be_collected() -> None:
    line = line_of(ship_from="CN", ship_to="DE", codes="hs:8505111000", contains="Nd:30%")
    decide(line, real_base(), on=Asked.read("2025-06-10"))
    gc.collect()
    collecting = gc.isenabled()
    gc.disable()
    try:
        decide(line, real_base(), on=Asked.read("2025-06-10"))
        assert gc.collect() == 0
    finally:
        if collecting:
            gc.enable()
