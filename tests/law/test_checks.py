"""Each integrity rule, by its name: what it refuses, how it says so, and what it must leave alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from greenlane.decide.line import COLUMNS
from greenlane.errors import CODES, RuleError
from greenlane.feeds.rule_files import load
from greenlane.law import checks
from tests.law.broken.small import Edit, broken

RULES = Path(__file__).parents[2] / "rules"
MAGNETS, OLD, PAUSE, LONGER, DUTY = (f"cn/cn-{name}/measure.yaml" for name in ("magnets", "old", "pause", "longer", "duty"))
LETTER, CHIPS = "us/us-letter/measure.yaml", "us/us-chips/measure.yaml"
GROUPS, REGIMES, PRESUMED, DERIVED = "cn/groups.yaml", "regimes.yaml", "presumptions.yaml", "derivations.yaml"
CASES = "cn/cn-magnets/cases.yaml"


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(tmp_path)


class Given:
    """The good base with some edits: what one rule finds in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0

    def __call__(self, code: str, *edits: Edit) -> Sequence[RuleError]:
        self.number += 1
        found = broken(self.folder / str(self.number), *edits)
        assert not [one for one in found if one.code.startswith("GL")], "the edit must read"
        return [one for one in found if one.code == code]


def test_RB01(given: Given) -> None:
    (one,) = given("RB01", (MAGNETS, "lifts: [cn-magnets/strong]", "lifts: [cn-magnets/strog]"))
    assert "`cn-magnets/school` is aimed at `cn-magnets/strog`" in one.message
    assert "did you mean `cn-magnets/strong`?" in one.hint
    assert not given("RB01", (MAGNETS, "lifts: [cn-magnets/strong]", "lifts: [cn-magnets]"))
    (one,) = given("RB01", (PAUSE, "to: [cn-magnets/strong]", "to: [cn-magnets, cn-longer]"))
    assert "`cn-longer`" in one.message
    assert given("RB01", (LONGER, "does: extends", "does: states_end"), (LONGER, "[cn-pause/magnets]", "[cn-pause]"))


def test_RB02(given: Given) -> None:
    (one,) = given("RB02", (MAGNETS, "lifts: [cn-magnets/strong]", "lifts: [cn-magnets/strong, cn-magnets/school-of-war]"))
    assert "`cn-magnets/school` -> `cn-magnets/school-of-war` -> `cn-magnets/school`" in one.message
    assert given("RB02", (LONGER, "[cn-pause/magnets]", "[cn-longer/magnets]"))
    chain = "".join(
        f"\n  - {{id: x{n}, title: X, lifts: [cn-magnets/{f'x{n - 1}' if n else 'school-of-war'}], "
        "in_force: [{from: 2025-05-01, source: notice}], when: {end_use: [x]}}"
        for n in range(9)
    )
    found = given("RB02", (MAGNETS, "end_use: [military]", f"end_use: [military]{chain}"))
    assert [one for one in found if "more than 8" in one.message]
    short = chain[: chain.index("id: x5") - 6].rstrip()
    assert not given("RB02", (MAGNETS, "end_use: [military]", f"end_use: [military]{short}"))


def test_RB03(given: Given) -> None:
    (one,) = given("RB03", (MAGNETS, "listed: barred", "listed: bared"))
    assert "did you mean `barred`?" in one.hint
    (one,) = given("RB03", (MAGNETS, "[group:rivals]", "{not: [CN, group:barred]}"))
    assert "kind parties, and one of kind places" in one.message
    assert given("RB03", (MAGNETS, "{not: [MO]}", "{in: [MO, DE], not: [group:nobody]}"))
    assert given("RB03", (REGIMES, "{ship_from: [US]}", "{ship_from: [group:nobody]}"))
    assert given("RB03", (DERIVED, "{customs: [hs:8505.11]}", "{list: nothing}"))
    assert given("RB03", (PRESUMED, "goods are used where they go", "x, when: {origin: [group:nobody]}"))
    assert given("RB03", (CHIPS, "regime: us-ear", "regime: us-air"))


def test_RB04(given: Given) -> None:
    (one,) = given("RB04", (GROUPS, "from: 2025-03-01,", "from: 2025-03-01, until: 2025-03-01,"))
    assert "leaves `barred` on 2025-03-01" in one.message
    assert given("RB04", (LETTER, "until: 2025-07-02", "until: 2025-05-22"))
    assert not given("RB04", (GROUPS, "from: 2025-03-01,", "until: 2025-03-02,"))


def test_RB05(given: Given) -> None:
    early = "until: 2025-07-01\n  - {id: early, does: DOES, to: [cn-magnets/strong], from: 2025-01-01, until: DAY}"
    (one,) = given("RB05", (PAUSE, "until: 2025-07-01", early.replace("DOES", "suspends").replace("DAY", "2025-04-04")))
    assert "when it is never in force" in one.message
    assert "2025-04-04 to no end" in one.hint
    # A pause may begin before the measure does, as in November 2025: it is enough that they share a day.
    assert not given("RB05", (PAUSE, "until: 2025-07-01", early.replace("DOES", "suspends").replace("DAY", "2025-04-05")))
    assert given("RB05", (PAUSE, "until: 2025-07-01", early.replace("DOES", "not_enforced").replace("DAY", "2025-04-04")))
    duty: Edit = (PAUSE, "until: 2025-07-01", early.replace("DOES", "suspends").replace("cn-magnets/strong", "cn-duty"))
    assert given("RB05", (*duty[:2], duty[2].replace("DAY", "2025-04-10")))
    assert not given("RB05", (*duty[:2], duty[2].replace("DAY", "2025-04-11")))
    (one,) = given("RB05", (LONGER, "until: 2025-08-01", "until: 2025-07-01"))
    assert "lasts until 2025-07-01 without it" in one.message


def test_RB06(given: Given) -> None:
    late: Edit = (OLD, "known_since: 2025-02-04", "known_since: 2025-02-05")
    found = given("RB06", late)
    assert [one.message.split("`")[1] for one in found] == ["cn-old", "cn-old/import"]
    assert not given("RB06", (OLD, "kind: announcement", "kind: guidance"), late)
    assert not given("RB06", (OLD, "standing: official", "standing: reported"), late)
    why = ("title: Old goods\n", "title: Old goods\n    reading: the ministry says so\n")
    assert len(given("RB06", late, (OLD, *why))) == 1
    period = "[{from: 2025-02-04, source: notice}]\n    when: {ship_from"
    assert len(given("RB06", late, (OLD, period, period.replace("source", "reading: so, source")))) == 1
    assert given("RB06", (DUTY, "rate: 20, known_since: 2025-05-01", "rate: 20, known_since: 2025-05-11"))
    assert not given("RB06", (LETTER, "known_since: 2025-05-28", "known_since: 2025-05-29"))


FREE = """lifts:
  - {id: free, title: Free, lifts: [cn-old, cn-old/import], in_force: [{from: 2025-02-04, source: notice}], when: WHEN}
"""


def test_RB08(given: Given) -> None:
    (one,) = given("RB08", (OLD, "lifts:\n", FREE.replace("WHEN", '{attr: {age: "< 2000"}, ship_to: {not: [AD]}}')))
    assert "both hold for a line with ship_from CN, ship_to AE, attrs.age 1000" in one.message
    assert "`cn-old/free` leaves free of `cn-old`" in one.message
    apart = (
        '{attr: {age: "< 1000"}}',
        '{attr: {age: "unknown"}}',
        "{ship_from: [US], ship_to: [DE]}",
        "{activity: [load], ship_from: [DE]}",
    )
    for when in apart[:2]:
        assert not given("RB08", (OLD, "lifts:\n", FREE.replace("WHEN", when)))
    later = FREE.replace("WHEN", "{end_use: [civil]}").replace("2025-02-04,", "2025-02-04, until: 2025-03-01,")
    assert given("RB08", (OLD, "lifts:\n", later))
    first: Edit = (
        OLD,
        "leaves: licence_required\n    in_force: [{from: 2025-02-04",
        "leaves: licence_required\n    in_force: [{from: 2025-03-01",
    )
    assert not given("RB08", (OLD, "lifts:\n", later), first)
    declared = FREE.replace("WHEN", "{end_use: [civil]}").replace("cn-old/import]", "cn-old/import, cn-old/lighter]")
    assert not given("RB08", (OLD, "lifts:\n", declared))


def test_RB14(given: Given) -> None:
    (one,) = given("RB14", (MAGNETS, "ship_to: {not: [MO]}", "ship_to: {in: [MO], not: [MO]}"))
    assert "holds for no line: no place is in all the sets of `ship_to`" in one.message
    for contradiction in (
        "destination: [MO]\n      end_use_country: [DE]",
        "attr: {form: [powder]}",
        "attr: {form: {not: [Magnet]}}",
        'attr: {form: "> 3"}',
        "activity: [import]",
        "ship_from: [DE]",
    ):
        assert given("RB14", (MAGNETS, "ship_to: {not: [MO]}", f"ship_to: {{not: [MO]}}\n      {contradiction}")), contradiction
    assert given("RB14", (MAGNETS, '{Dy: "> 0"}', '{Dy: ">= 60 %", Nd: ">= 50 %"}'))
    assert given("RB14", (MAGNETS, '{Dy: "> 0"}', '{Dy: "> 100 %"}'))
    assert not given("RB14", (MAGNETS, '{Dy: "> 0"}', '{Dy: ">= 60 %", Nd: ">= 40 %"}'))
    assert given("RB14", (MAGNETS, "reach: [hs:8505.11]", "reach: [hs:8505.19]"))
    assert not given("RB14", (MAGNETS, "reach: [hs:8505.11]", "reach: [hs:8505]"))
    # Places come and go: what was once in the group may be meant.
    once = "members: [US, {code: JP, until: 2025-02-01}]"
    assert not given(
        "RB14",
        (GROUPS, "members: [US, JP]", once),
        (MAGNETS, "[group:rivals]", "[JP]\n      ship_to: {in: [group:rivals], not: [US]}"),
    )
    assert not given(
        "RB14",
        (GROUPS, "members: [US, JP]", once),
        (MAGNETS, "[group:rivals]", "[JP]\n      ship_to: {in: [JP], not: [group:rivals]}"),
    )


def test_RB14_ended_before_it_began(given: Given) -> None:
    ended: Edit = (LONGER, "from: 2025-09-01", "from: 2025-02-01\n    known_since: 2025-02-03")
    (one, other) = given("RB14", ended)
    assert "`cn-longer/old` ended `cn-old` before it began" in one.message
    assert "`cn-old/import`" in other.message
    assert not given("RB14", (LONGER, "from: 2025-09-01", "from: 2025-02-01"))  # known later: until then it was to come


def test_RB15(given: Given) -> None:
    when = '{attr: {tpp: ">= 4800.0"}, ship_from: [US], goods: [{control: eccn:3A090, is: {form: [chip]}}]}'
    twin = f"measures:\n  - {{id: twin, title: T, effect: licence_required, when: {when}}}\n"
    (one,) = given("RB15", (CHIPS, "measures:\n", twin))
    assert "`us-chips` says the same as `us-chips/twin` (us/us-chips/measure.yaml, line 15)" in one.message
    for other in (
        twin.replace("licence_required", "prohibited"),
        twin.replace("4800.0", "4801"),
        twin.replace("effect:", "known_since: 2025-03-01, effect:"),
        twin.replace("effect:", "in_force: [{from: 2025-01-02, source: rule}], effect:"),
    ):
        assert not given("RB15", (CHIPS, "measures:\n", other))


def test_RB16(given: Given) -> None:
    (one,) = given("RB16", (LETTER, "addressee: exporter, ", ""))
    assert "its rules bind everybody" in one.message
    (one,) = given("RB16", (CHIPS, "ship_from: [US]", "ship_from: [US]\n      addressee: exporter"))
    assert "its file names none" in one.message
    assert given("RB16", (MAGNETS, "kind: announcement", "kind: letter"))
    assert given("RB16", (MAGNETS, "kind: announcement", "kind: announcement\nothers: unknown"))
    # A letter that only lifts, or only pauses, binds nobody.
    assert not given("RB16", (PAUSE, "kind: announcement", "kind: letter"))


def test_RB17(given: Given) -> None:
    (one,) = given("RB17", (MAGNETS, "[us-chips]", "[us-chip]"))
    assert "did you mean `us-chips`?" in one.hint
    (one,) = given("RB17", (MAGNETS, "[us-chips]", "[cn-old]"))
    assert "law of the same side (cn)" in one.message
    assert not given("RB17", (MAGNETS, "[us-chips]", "[us-letter]"))


def test_RB18(given: Given) -> None:
    (one,) = given("RB18", (DUTY, "{from: 2025-05-10, rate: 20, known_since: 2025-05-01,", "{from: 2025-04-10, rate: 20,"))
    assert "two steps from 2025-04-10 that are known since 2025-04-04" in one.message
    assert given("RB18", (DUTY, "rate: unknown", "rate: 20"))
    assert given("RB18", (DUTY, "rate: 10,", "rate: -10,"))


def test_RB19(given: Given) -> None:
    (one,) = given("RB19", (DERIVED, "attrs.form", "attrs.from"))
    assert "did you mean `attrs.form`?" in one.hint
    assert given("RB19", (PRESUMED, "attrs.age", "attrs.ages"))
    assert not given("RB19", (DERIVED, "attrs.form", "contains.Dy"))
    assert not given("RB19", (DERIVED, "attrs.form", "ship_to"))  # read by a presumption


def test_RB20(given: Given) -> None:
    (one,) = given("RB20", (REGIMES, "    reaches:\n      - {ship_from: [US]}\n", ""))
    assert "`us-ear` reaches nobody" in one.message
    (one,) = given("RB20", (LETTER, "regime: us-ear", "regime: cn-export"))
    assert "stands under us/; its regime `cn-export` is law of cn" in one.message
    assert len(given("RB20", (OLD, "regime: cn-export", "regime: cn-duty"))) == 2
    assert given("RB20", (DUTY, "regime: cn-duty", "regime: cn-export"))
    assert not given("RB20", (PAUSE, "regime: cn-export", "regime: cn-duty"))


def test_RB21(given: Given) -> None:
    (one,) = given("RB21", (GROUPS, "      - cn-magnets", "      - cn-magnet"))
    assert "did you mean `cn-magnets`?" in one.hint
    assert given("RB21", (GROUPS, "      - cn-magnets", "      - cn-pause"))
    assert given("RB21", (GROUPS, "      - cn-magnets", "      - cn-duty"), (DUTY, "customs: [hs:88]", "customs: [hs:87]"))
    assert not given("RB21", (GROUPS, "      - cn-magnets", "      - cn-magnets/strong"))
    entry = "- {name: Example Arms, from: 2025-03-01, source: book}"
    (one,) = given("RB21", (GROUPS, entry, f"{entry}\n      - {{name: 'EXAMPLE ARMS, Inc.', from: 2025-06-01, source: book}}"))
    assert "twice at one time" in one.message
    before = "- {name: Example Arms, until: 2025-03-01, source: book}"
    assert not given("RB21", (GROUPS, entry, f"{before}\n      {entry}"))


def test_RB22(given: Given) -> None:
    found = given("RB22", (OLD, "leaves: licence_required", "leaves: presumption_of_denial"))
    assert [one.message.split("`")[3] for one in found] == ["cn-old"]  # of the import ban it still takes something away
    assert given("RB22", (MAGNETS, "lifts: [cn-magnets/strong]", "lifts: [cn-magnets/strong, cn-magnets/report]"))
    assert given("RB22", (MAGNETS, "lifts: [cn-magnets/school]", "lifts: [cn-magnets/school]\n    leaves: licence_required"))
    assert given("RB22", (DUTY, "lifts: [cn-duty]", "lifts: [cn-duty]\n    leaves: licence_required"))
    graver = ("from: 2025-03-01, source", "from: 2025-03-01, effect: prohibited, source")
    lift: Edit = (
        MAGNETS,
        "lifts: [cn-magnets/strong]\n    leaves: free",
        "lifts: [cn-magnets/arms]\n    leaves: licence_required",
    )
    light: Edit = (MAGNETS, "effect: prohibited", "effect: licence_required")
    assert given("RB22", lift, light)
    assert not given("RB22", lift, light, (GROUPS, *graver))  # an entry of the list may be graver than its measure


def test_RB23(given: Given) -> None:
    (one,) = given("RB23", (CHIPS, "control: eccn:3A090", "control: hs:8542"))
    assert "hs:8542 as a control code" in one.message
    assert given("RB23", (CHIPS, "control: eccn:3A090", "customs: [eccn:3A090]"))
    assert given("RB23", (MAGNETS, "reach: [hs:8505.11]", "reach: [hs:8505, hs:00]"))
    assert given("RB23", (GROUPS, "complete_for: [hs:8505.11]", "complete_for: [cn:1C905]"))
    assert not given("RB23", (CHIPS, "control: eccn:3A090", "control: eccn:3A090, reach: [eccn:3A090, hs:85]"))


def test_RB24(given: Given) -> None:
    (one,) = given("RB24", (CASES, "because: [cn-magnets/arms]", "because: [cn-magnets/arm]"))
    assert "did you mean `cn-magnets/arms`?" in one.hint
    assert one.at is not None
    assert one.at.file == CASES
    for key, name in (
        ("lifted", "cn-magnets/strong"),
        ("branches", "cn-magnets"),
        ("layers", "{cn-duties: 10}"),
        ("regimes", "cn-export"),
    ):
        text = name if name.startswith("{") else f"[{name}]"
        (one,) = given("RB24", (CASES, "because: [cn-magnets/arms]", f"because: [cn-magnets/arms]\n  {key}: {text}"))
        assert f"`{key}` names" in one.message
    assert given("RB24", (CASES, "us_content: 12%", "us_contents: 12%"))
    assert given("RB24", (CASES, "expect: prohibited", "expect: prohibited\n  range: [prohibited]"))
    assert given("RB24", (CASES, "expect: prohibited", "expect: prohibited\n  range: [free, cannot_say]"))


def test_RB25(given: Given) -> None:
    (one,) = given("RB25", (CASES, "  because: [cn-magnets/arms]\n", ""))
    assert "`cn-magnets/arms` lacks a hit" in one.message
    (one,) = given("RB25", (CASES, "  obligations: [cn-magnets/report]\n", ""))
    assert "under `obligations` or `promises`" in one.message
    (one,) = given("RB25", (CASES, "  lifted: [cn-magnets/school]\n", ""))
    assert "`lifted: [cn-magnets/school]`" in one.message
    old = "cn/cn-old/cases.yaml"
    found = given("RB25", (old, "on: 2025-02-03", "on: 2025-02-01"))
    assert ["a case on the day before, 2025-02-03" in one.message for one in found] == [True, True]
    assert given("RB25", (old, "  known_by: 2025-02-03\n", ""))
    late: Edit = (old, "on: 2025-02-04\n  expect: presumption", "on: 2025-02-05\n  expect: presumption")
    (one,) = given("RB25", late, (old, "on: 2025-02-04\n  expect: licence", "on: 2025-02-05\n  expect: licence"))
    assert "a case on the first day, 2025-02-04" in one.message
    pause = "cn/cn-pause/cases.yaml"
    (one,) = given("RB25", (pause, "on: 2025-06-30", "on: 2025-06-29"))
    assert "a case on 2025-06-30 (last day in)" in one.message
    (one,) = given("RB25", (pause, "on: 2025-06-01\n  expect", "on: 2025-06-02\n  expect"))
    assert "a case on 2025-06-01 (first day in)" in one.message
    longer = "cn/cn-longer/cases.yaml"
    (one,) = given("RB25", (longer, "on: 2025-07-31", "on: 2025-07-30"))
    assert "`cn-pause/magnets`" in one.message
    assert given("RB25", ("us/us-chips/cases.yaml", "  not_because: [us-chips]\n", ""))


def test_RB26(given: Given) -> None:
    (one,) = given("RB26", (LONGER, "to: [cn-old, cn-old/import]", "to: [cn-old]"))
    assert "`cn-old/import` stay out" in one.message
    (one,) = given("RB26", (OLD, "lifts: [cn-old, cn-old/import]", "lifts: [cn-old]"))
    assert not given("RB26", (LONGER, "to: [cn-old, cn-old/import]", "to: [cn-old/import]"))


def test_RB27(given: Given) -> None:
    (one,) = given("RB27", (LONGER, "from: 2025-09-01", "from: 2025-09-01\n    until: 2025-10-01"))
    assert "`cn-longer/old` ends, and `until` would be passed over" in one.message
    assert given("RB27", (LONGER, "until: 2025-08-01", "until: 2025-08-01\n    leaves: licence_required"))
    assert given("RB27", (MAGNETS, "    title: Strong magnets", "    title: Strong magnets\n    lists: [cn-list]"))
    assert given(
        "RB27",
        (DUTY, "    layer: additional", "    layer: additional\n    in_force: [{from: 2025-04-10, source: notice}]"),
    )


def test_RB28(given: Given) -> None:
    clause = '      attr: {for_school: "yes"}'
    (one,) = given("RB28", (MAGNETS, clause, f"{clause}\n      goods: [{{control: cn:1C905.a.4, is: {{form: [block]}}}}]"))
    assert "`cn-magnets/school` and `cn-magnets/strong` mean different goods by `cn:1C905.a.4`" in one.message
    assert not given("RB28", (MAGNETS, clause, f"{clause}\n      goods: [{{control: cn:1C905.a.4}}]"))
    assert not given("RB28", (MAGNETS, clause, f"{clause}\n      goods: [{{control: cn:1C905.b, is: {{form: [block]}}}}]"))


def test_RB29(given: Given) -> None:
    (one,) = given("RB29", (PRESUMED, "attrs.age", "contains.Dy"))
    assert "`contains.Dy` is presumed" in one.message
    assert given("RB29", (PRESUMED, 'us_content, as: "0"', "us_content, as: little"))
    assert given("RB29", (PRESUMED, '"=ship_to"', "ZZ"))
    assert given("RB29", (PRESUMED, "as: not listed", "as: Example Arms"))


def test_every_rule_has_a_code_a_message_and_a_test() -> None:
    for check in checks.CHECKS:
        assert check.__name__ == check.code
        assert check.code in CODES
        assert (check.__doc__ or "").strip().endswith(".")
        assert f"test_{check.code}" in globals()


def test_the_columns_of_a_case_are_those_of_an_order_file() -> None:
    assert set(checks.LINE_COLUMNS) == set(COLUMNS)


def test_the_law_holds_together() -> None:
    base = load(RULES, with_cases=True)
    assert base.cases


def test_the_rules_are_quick_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules that run at every load: 50 microseconds a rule, for 2,500 rules as for 300; the limit allows for a busy machine."""
    seen: list[float] = []

    def timed(*args: object, **kwargs: object) -> list[RuleError]:
        start = time.process_time()
        found = check(*args, **kwargs)  # type: ignore[arg-type]
        seen.append(time.process_time() - start)
        return found

    check = checks.check_base
    monkeypatch.setattr("greenlane.feeds.rule_files.check_base", timed)
    base, *_ = [load(RULES) for _ in range(3)]
    assert min(seen) < 0.000_2 * (len(base.measures) + len(base.lifts))


PROFILE = """\
sources:
  s: {title: S, href: none}
profiles:
  - id: half
    title: Half
    side: cn
    owners: [{list: a-list, effect: prohibited}]
    aggregate: "yes"
    chain: "yes"
    control: asks
    minority: warns
    unnamed: warns
    checked_on: 2026-10-10
    source: [s]
"""
ALONE = """\
    threshold: {at_least: "50 %"}
    zone: Asia/Shanghai
    in_force: [{from: 2025-01-01, source: s}]
    known_since: 2025-01-01
    standing: official
"""


def test_RB30(given: Given) -> None:
    assert not given("RB30", ("ownership.yaml", "", PROFILE + ALONE))
    (one,) = given("RB30", ("ownership.yaml", "", PROFILE + "    of: [cn-magnets/strong]\n"))
    assert "set no one threshold" in one.message
    (one,) = given("RB30", ("ownership.yaml", "", PROFILE + "    of: [cn-magnets/stronk]\n"))
    assert "there is no measure `cn-magnets/stronk`" in one.message
    (one,) = given("RB30", ("ownership.yaml", "", PROFILE + "    of: [cn-magnets/strong]\n    standing: official\n"))
    assert "`standing` of `half` is that of its measures" in one.message
    wrong = PROFILE.replace("prohibited}", "prohibited, measure: cn-magnets/strong}") + ALONE
    (one,) = given("RB30", ("ownership.yaml", "", wrong))
    assert "no measure of `half`" in one.message
