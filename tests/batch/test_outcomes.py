"""Asked for verdicts, deciding measures and sums alone, machine code says what whole answers say, for most rows by itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane.batch import engine as engines
from greenlane.batch.columns import BRIEF, decide_batch
from greenlane.batch.engine import Engine
from greenlane.batch.program import Program
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked
from tests.agreement.engines import HAS_NUMBA, Cells, batch_of, differences, faster
from tests.decide.small import COVERED, lift, rule, small_base

KNOWN = Asked.read("2026-01-01")
LINE = {"ship_from": "CN", "ship_to": "DE", "date": "2025-06-01", "codes": "hts:8505110070"}
DAYS = ("2025-02-15", "2025-04-15", "2025-05-15", "2025-07-15")
WHEN = st.sampled_from(
    [
        "{attr: {a: red}}",
        "{attr: {a: blue}}",
        "{attr: {b: red}}",
        "{attr: {a: red, b: red}}",
        "{ship_to: [US]}",
        "{ship_from: [CN]}",
    ]
)
EFFECTS = st.sampled_from(["licence_required", "presumption_of_denial", "prohibited"])
FORCE = st.sampled_from(["from: 2025-01-01", "from: 2025-03-01", "from: 2025-03-01, until: 2025-05-01"])
DUTY = "- {{id: {name}, title: D, effect: duty, layer: {of}, steps: [{{from: {start}, rate: {rate}, source: s}}], when: {when}}}\n"
PAUSE = "  - {{id: {name}, title: P, does: suspends, to: [cn-small/{of}], from: 2025-05-01, until: 2025-06-01{more}}}\n"


class Counting:
    """The executor in machine code, and how many rows it left each time it was asked for outcomes."""

    def __init__(self) -> None:
        self.left: list[int] = []

    def __call__(self, program: Program, wanted: Sequence[str]) -> Any:
        made = faster()
        assert made is not None
        runner = made(program, wanted)
        if "outcome" in wanted:
            run = runner.run

            def counted(*asked: Any) -> Any:
                found, missed = run(*asked)
                self.left.append(int(missed.sum()))
                return found, missed

            runner.run = counted  # type: ignore[assignment, method-assign]
        return runner


@st.composite
def laws(draw: st.DrawFn) -> RuleBase:
    names = [f"m{number}" for number in range(draw(st.integers(1, 5)))]
    measures = [rule(name, draw(EFFECTS), draw(WHEN), draw(FORCE)) for name in names]
    if draw(st.booleans()):
        measures.append(rule("doubted", "prohibited, standing: unverified", "{attr: {a: blue, b: blue}}"))
    layers = [
        ("mfn", "mfn"),
        *((f"d{number}", draw(st.sampled_from(["x", "y", "z"]))) for number in range(draw(st.integers(0, 3)))),
    ]
    for name, of in layers[0 if draw(st.integers(0, 5)) else 1 :]:
        rate = draw(st.sampled_from(["2.1", "10", "0", "33.333333", "0.1234567"]))
        start = draw(st.sampled_from(["2025-01-01", "2025-05-10"]))
        measures.append(DUTY.format(name=name, of=of, rate=rate, start=start, when=draw(WHEN)))
    aims = names + [name for name, _ in layers[1:]]
    lifts = []
    for number in range(draw(st.integers(0, 4))):
        leaves = draw(st.sampled_from(["free", "free", "licence_required"]))
        lifts.append(lift(f"l{number}", f"cn-small/{draw(st.sampled_from(aims))}", draw(WHEN), leaves=leaves, in_force=draw(FORCE)))
        aims.append(f"l{number}")
    more = [", leaves: licence_required", ", after: unknown", "", ""]
    paused = draw(st.lists(st.sampled_from(aims), unique=True, max_size=3))
    acts = [PAUSE.format(name=f"p-{of}", of=of, more=draw(st.sampled_from(more))) for of in paused]
    text = ("lifts:\n" + "".join(lifts) if lifts else "") + ("acts:\n" + "".join(acts) if acts else "")
    return small_base("".join(measures), more=text)


def rows() -> list[Cells]:
    colours = ("a=red;b=red", "a=red;b=blue", "a=blue;b=blue", "a=blue;b=red", "a=red", "")
    return [
        {**LINE, "ship_to": place, "attrs": colour, "date": day, "activity": "export", "codes": codes}
        for place, codes in (("DE", LINE["codes"]), ("US", LINE["codes"]), ("US", ""), ("US", "eccn:EAR99"))
        for colour in colours
        for day in DAYS
    ]


@given(laws())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_small_laws_of_any_kind(base: RuleBase) -> None:
    assert not [*differences(base, rows(), known_by=KNOWN)][:3]


needs_machine_code = pytest.mark.skipif(not HAS_NUMBA, reason="the extra `fast` is not installed")


def brief(base: RuleBase, batch: pa.RecordBatch) -> tuple[list[int], pa.RecordBatch]:
    """How many rows machine code left at each asking, and the answers; both asked twice."""
    counting = Counting()
    engine = Engine(base, on=None, known_by=KNOWN, fast=counting)
    decide_batch(engine, batch, BRIEF)
    return counting.left, decide_batch(engine, batch, BRIEF)


@needs_machine_code
def test_lifts_pauses_and_layers_are_left_to_nobody() -> None:
    more = "lifts:\n" + lift("l", "cn-small/m0", "{attr: {a: red}}", leaves="licence_required")
    more += lift("k", "cn-small/l", "{attr: {b: red}}") + lift("t", "cn-small/d0", "{attr: {b: red}}")
    more += "acts:\n" + PAUSE.format(name="p", of="m1", more=", leaves: licence_required")
    duties = [("mfn", "mfn", "2.1"), ("d0", "x", "25"), ("d1", "y", "0.5")]
    base = small_base(
        rule("m0", "prohibited", "{attr: {a: red}}")
        + rule("m1", "presumption_of_denial", "{attr: {b: blue}}")
        + "".join(
            DUTY.format(name=name, of=of, rate=rate, start="2025-01-01", when="{ship_from: [CN]}") for name, of, rate in duties
        ),
        more=more,
    )
    stated = batch_of([row for row in rows() if "b=" in row["attrs"] and row["codes"] == LINE["codes"]])
    left, found = brief(base, stated)
    assert left[-1] == 0
    told = {tuple(one[name] for name in ("verdict", "decided_by", "duty_percent")) for one in found.to_pylist()}
    assert told == {
        ("prohibited", "cn-small/m0", "2.6"),
        ("licence_required", "cn-small/m0;cn-small/m1", "27.6"),
        ("presumption_of_denial", "cn-small/m1", "27.6"),
        ("licence_required", "cn-small/m1", "27.6"),
        ("free", "", "2.6"),
    }


@needs_machine_code
@pytest.mark.parametrize("count", [12, 13, 70])
def test_more_measures_than_a_row_has_room_for(count: int) -> None:
    base = small_base("".join(rule(f"m{number:02}", "licence_required", "{attr: {a: red}}") for number in range(count)))
    left, found = brief(base, batch_of([{**LINE, "attrs": "a=red"}, {**LINE, "attrs": "a=blue"}]))
    assert left[-1] == (count > 12)
    assert found.column("decided_by").to_pylist() == [";".join(f"cn-small/m{number:02}" for number in range(count)), ""]


@needs_machine_code
def test_hundreds_of_measures_share_the_bits_of_a_summary() -> None:
    colours = [f"c{number}" for number in range(4_200)]  # more words than a summary has bits
    base = small_base("".join(rule(f"m{colour}", "licence_required", f"{{attr: {{a: {colour}}}}}") for colour in colours))
    asked = colours[::97]
    left, found = brief(base, batch_of([{**LINE, "attrs": f"a={colour}"} for colour in asked]))
    assert left[-1] == 0
    assert found.column("decided_by").to_pylist() == [f"cn-small/m{colour}" for colour in asked]


@needs_machine_code
@pytest.mark.parametrize("levels", [8, 9, 10, 12])
def test_exceptions_to_exceptions_at_any_depth(levels: int) -> None:
    aims = ["m", *(f"l{level:02}" for level in range(levels))]
    lifts = "".join(lift(name, f"cn-small/{aim}", "{attr: {a: red}}") for aim, name in pairwise(aims))
    duty = DUTY.format(name="mfn", of="mfn", rate="2", start="2025-01-01", when="{ship_from: [CN]}")
    lifts += "".join(
        one.replace("cn-small/m]", "cn-small/mfn]").replace("l0", "k0").replace("l1", "k1") for one in lifts.splitlines(True)
    )
    base = small_base(rule("m", "licence_required", "{ship_from: [CN]}") + duty, more="lifts:\n" + lifts)
    assert not [*differences(base, [{**LINE, "attrs": "a=red"}, {**LINE, "attrs": "a=blue"}] * 2, known_by=KNOWN)][:3]
    left, _ = brief(base, batch_of([{**LINE, "attrs": "a=red"}, {**LINE, "attrs": "a=blue"}]))
    assert left[-1] == (2 if levels > 9 else 0)


@needs_machine_code
def test_entries_with_an_effect_of_their_own_are_looked_up_whole() -> None:
    groups = """
    - id: cn-listed
      title: Listed
      kind: parties
      source: s
      members: [{name: Example One, effect: prohibited}, Example Two]
    """
    base = small_base(rule("m", "licence_required", "{party: {role: [consignee], listed: cn-listed}}"), groups=groups)
    names = ("Example One", "Example Two", "Example Three")
    left, found = brief(base, batch_of([{**LINE, "consignee": name, "end_user": name} for name in names]))
    assert left[-1] == 2
    assert found.column("range_low").to_pylist() == ["prohibited", "licence_required", "free"]


@needs_machine_code
def test_a_day_that_nobody_read_up_to_has_no_sum() -> None:
    duty = DUTY.format(name="mfn", of="mfn", rate="2", start="2025-01-01", when="{ship_from: [CN]}")
    base = small_base(duty, regimes=COVERED.replace("2026-12-31", "2025-06-30"))
    days = [{**LINE, "date": day} for day in ("2025-06-30", "2025-07-01")]
    left, found = brief(base, batch_of(days))
    assert left[-1] == 1
    assert found.column("duty_percent").to_pylist() == ["2", ""]
    assert not [*differences(base, days, known_by=KNOWN)][:3]


@needs_machine_code
def test_where_most_rows_are_left_whole_answers_are_asked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_PASSING", 2)
    base = small_base(rule("m", "licence_required", "{attr: {a: red}}"))
    counting = Counting()
    engine = Engine(base, on=None, known_by=KNOWN, fast=counting)
    open_, plain = batch_of([LINE] * 4), batch_of([{**LINE, "attrs": "a=red"}] * 4)
    said = [decide_batch(engine, one, BRIEF).column("verdict")[0].as_py() for one in (open_, plain, plain, plain)]
    assert said == ["cannot_say", *["licence_required"] * 3]
    assert counting.left == [4, 4, 0]  # twice for the first, for what is new is asked again; never for two; then once more
