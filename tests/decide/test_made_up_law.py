"""The made-up law of benchmarks/decide loads as a rule base, and greenlane answers on it as a plain loop over its rules does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from benchmarks.decide.encode import name_of, write_rules
from benchmarks.decide.flat import OPEN, Flat, Resolver, flatten, goods_hold
from benchmarks.decide.law import EFFECTS, FREE, Law, make_law
from benchmarks.decide.lines import MAY_LACK, Lines, distinct, make_lines
from benchmarks.decide.plain import Answer, Facts, Plain, Sorted
from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Line, Row, read_line
from greenlane.feeds.rule_files import load
from greenlane.law.rulebase import RuleBase

SEED = 1
EACH = 30  # lines of each kind


@dataclass(frozen=True)
class Made:
    law: Law
    plain: Plain
    rules: RuleBase
    names: dict[str, int]

    def ask(self, line: Line) -> Decision:
        return decide(line, self.rules, look_ahead=False)

    def deciding(self, decision: Decision) -> tuple[int, ...]:
        return tuple(sorted(self.names[one.measure.id] for one in decision.reasons if one.decided))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    law = make_law(300, seed=SEED)
    rules = load(write_rules(law, tmp_path_factory.mktemp("made-up") / "rules"), release=False)
    return Made(law, Plain(law), rules, {name_of(rule): rule.number for rule in law.rules})


def rows(lines: Lines) -> list[Line]:
    found = []
    for cells in lines.orders.to_pylist():
        line, problems = read_line(Row({name: "" if cell is None else str(cell) for name, cell in cells.items()}, "made up", 1))
        assert line is not None, problems
        found.append(line)
    return found


def kinds(plain: Plain, facts: Facts, known: int) -> Iterator[str]:
    """What is worth trying in a line."""
    for rule in plain.controls:
        if not plain.reaches(rule, facts):
            continue
        stands = rule.stands(facts.day, known)
        if stands is None and rule.stands(facts.day, OPEN) is not None:
            yield "not yet known"
        if rule.pause is not None and rule.pause.known <= known and rule.pause.start <= facts.day < rule.pause.end:
            yield "paused"
        if stands is None:
            continue
        yield "reached"
        for lift in plain.lifts_on[rule.number]:
            if lift.leaves < rule.effect and plain.applies(lift, facts, known):
                yield "lifted" if lift.leaves == FREE else "eased"
            elif lift.stands(facts.day, known) is not None and plain.reaches(lift, facts):
                yield "lift blocked"
    for rule in plain.duties:
        if rule.goods is not None and rule.stands(facts.day, known) is not None and plain.reaches(rule, facts):
            yield "taxed"


def telling(made: Made, lines: Lines) -> tuple[list[int], dict[str, int]]:
    """The places of some lines of each kind, and of some that are free of all that; and how many of each were found."""
    found: dict[str, list[int]] = {}
    for at, facts in enumerate(lines.facts()):
        for kind in set(kinds(made.plain, facts, int(lines.known[at]))) or {"nothing"}:
            found.setdefault(kind, []).append(at)
    return sorted({at for places in found.values() for at in places[:EACH]}), {kind: len(places) for kind, places in found.items()}


def said(decision: Decision) -> tuple[str, str, str, str | None]:
    rate = None if decision.duty is None or decision.duty.rate is None else f"{decision.duty.rate * 100:f}".rstrip("0").rstrip(".")
    return decision.verdict.value, decision.low.value, decision.high.value, rate


def wanted(answer: Answer) -> tuple[str, str, str, str | None]:
    duty = None if answer.duty is None else str(answer.duty)
    return EFFECTS[answer.verdict], EFFECTS[answer.low], EFFECTS[answer.high], duty


def test_the_law_is_the_same_for_the_same_seed(made: Made) -> None:
    assert make_law(300, seed=SEED) == made.law
    assert make_law(300, seed=SEED + 1).rules != made.law.rules
    first, again = (make_lines(made.law, 500, seed=SEED) for _ in range(2))
    assert first.orders == again.orders
    assert make_lines(made.law, 500, seed=SEED, book=1).part(0, 5).orders != first.part(0, 5).orders


def test_reference_and_plain_loop_agree(made: Made) -> None:
    lines = make_lines(made.law, 6_000, seed=SEED)
    places, counts = telling(made, lines)
    assert (
        min(counts.get(kind, 0) for kind in ("not yet known", "paused", "reached", "lifted", "eased", "lift blocked", "taxed")) >= 5
    ), counts
    facts, orders = lines.facts(), rows(lines)
    for at in places:
        answer, decision = made.plain.decide(facts[at], int(lines.known[at])), made.ask(orders[at])
        assert said(decision) == wanted(answer), orders[at]
        assert made.deciding(decision) == answer.deciding, orders[at]


def test_most_lines_are_free_and_distinct(made: Made) -> None:
    lines = make_lines(made.law, 2_000, seed=SEED)
    sorted_by_goods = Sorted(made.law)
    answers = [sorted_by_goods.decide(facts, known) for facts, known in zip(lines.facts(), lines.known.tolist(), strict=True)]
    assert 0.90 < sum(one.verdict == FREE for one in answers) / len(answers) < 0.97
    assert 0.94 < distinct(lines) < 0.98
    sample = range(0, 2_000, 20)
    facts = lines.facts()
    assert [answers[at] for at in sample] == [made.plain.decide(facts[at], int(lines.known[at])) for at in sample]


def test_the_law_as_products_says_the_same(made: Made) -> None:
    flat = flatten(made.law)
    resolver = Resolver(flat.flats)
    lines = make_lines(made.law, 300, seed=SEED + 1)
    held = {id(some): made.law.places(some) for one in flat.flats for some in (one.origin, one.ship_to) if some is not None}

    def matches(one: Flat, at: int, facts: Facts) -> bool:
        return (
            one.known[0] <= lines.known[at] < one.known[1]
            and any(start <= facts.day < end for start, end in one.days)
            and (one.origin is None or facts.origin in held[id(one.origin)])
            and (one.ship_to is None or facts.ship_to in held[id(one.ship_to)])
            and (not one.flags or bool(one.flags & int(lines.flags[at])))
            and (not one.uses or bool(one.uses & int(lines.uses[at])))
            and one.value[0] <= lines.value[at] <= one.value[1]
            and one.content[0] <= lines.content[at] <= one.content[1]
            and (one.goods is None or goods_hold(one.goods, facts.code or "", facts.control or ""))
        )

    for at, facts in enumerate(lines.facts()):
        answer = made.plain.decide(facts, int(lines.known[at]))
        found = resolver.resolve(one.number for one in flat.flats if matches(one, at, facts))
        assert found == (answer.verdict, answer.deciding, answer.duty)


def lacking(made: Made, facts_lacked: tuple[str, ...], count: int) -> Iterator[tuple[Line, Answer]]:
    """Lines that lack just one of these facts, with what the plain loop says by trying every value."""
    lines = make_lines(made.law, 4_000, seed=SEED, lacking=True)
    bits = {1 << MAY_LACK.index(name) for name in facts_lacked}
    places = [at for at, lacks in enumerate(lines.lacks.tolist()) if lacks in bits][:count]
    facts, orders = lines.facts(), rows(lines)
    for at in places:
        yield orders[at], made.plain.decide(facts[at], int(lines.known[at]))


def test_lines_that_lack_a_fact_have_the_range_of_all_its_values(made: Made) -> None:
    open_ranges = 0
    for line, answer in lacking(made, tuple(name for name in MAY_LACK if name not in ("code", "control")), 80):
        assert said(made.ask(line)) == wanted(answer), line
        open_ranges += answer.low != answer.high
    assert open_ranges
