"""Tables beside rule files: rows become measures, lifts and members, and nothing of them is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.decide.evaluate import decide
from greenlane.decide.line import Row, read_line
from greenlane.errors import RuleBaseError, RuleError
from greenlane.feeds.rule_files import load, read_table
from greenlane.law.groups import Group, Member
from greenlane.law.rulebase import RuleBase
from greenlane.terms.codes import Code, match
from greenlane.terms.periods import Asked, Moment

ON = Asked.read("2025-06-10")
REGIMES = """\
regimes:
  - id: us-ear
    title: Invented US control
    side: us
    kind: control
    zone: America/New_York
    from: 2025-01-01
    known_through: 2026-12-31
    reaches: [{ship_from: [US]}]
    covers:
      - {id: listed, statement: the invented list, when: {goods: [{codes: us-listed}]}}
    outside:
      - {id: arms, statement: ask elsewhere, when: {goods: [{codes: us-arms}]}}
"""
GROUPS = """\
sources: {s: {title: Invented, href: none}}
tables:
  - file: chart.csv
    kind: places
    source: s
    as_of: 2026-07-23
    groups: {NS1: {id: us-ns1, title: NS1}, NS2: {id: us-ns2, title: NS2}}
  - file: us-list/entries.csv
    kind: goods
    source: s
    groups: {listed: {id: us-listed, title: the list}, arms: {id: us-arms, title: arms}}
"""
MEASURE = """\
id: us-list
title: An invented list
issuer: Nobody
kind: rule
regime: us-ear
zone: America/New_York
known_since: 2025-01-01
standing: official
checked_on: 2026-10-10
as_of: 2026-07-23
sources: {s: {title: Invented, href: none}}
rows:
  - file: controls.csv
    effect: licence_required
    in_force: [{from: 2025-01-01, source: s}]
    source: [s]
    when: {activity: [export]}
lift_rows:
  - file: exceptions.csv
    in_force: [{from: 2025-01-01, source: s}]
    source: [s]
"""
FILES = {
    "VERSION": "2026.1.1\n",
    "regimes.yaml": REGIMES,
    "presumptions.yaml": """\
presumptions:
  - {fact: attrs.licence_exception, as: none, because: none is claimed}
  - {fact: end_use_country, as: "=ship_to", because: goods stay where they are sent}
""",
    "derivations.yaml": """\
derivations:
  - {id: plain, fact: attrs.controlled_for, value: none, because: it is said, when: {words: [plain]}}
""",
    "us/groups.yaml": GROUPS,
    "us/chart.csv": "member,marks,until\nCN,NS1 NS2,\nDE,NS1,\nKH,NS2,2025-07-01\nJP,NS1,\n",
    "us/us-list/entries.csv": "member,marks,name\neccn:3A001,listed,parts\neccn:9A610,listed arms,aircraft\n",
    "us/us-list/measure.yaml": MEASURE,
    "us/us-list/controls.csv": (
        "id,title,control,but,part,part_words,destination,standing\n"
        "3A001.NS2,whole entry but z,eccn:3A001,eccn:3A001.z,,,group:us-ns2,\n"
        "3A001.MT1,a part,eccn:3A001.a,,MT1,what missiles need,group:us-ns1;!JP,\n"
        "3A001.UN,not modelled,eccn:3A001.c,,,,,unverified\n"
        "9A610.NS1,aircraft,eccn:9A610,,,,group:us-ns1,\n"
    ),
    "us/us-list/exceptions.csv": "id,title,lifts,exception,value_at_most\nLVS,small value,us-list/3A001.NS2,LVS,5000 USD\n",
    "us/us-list/cases.yaml": """\
- case: hit
  line: {codes: "eccn:3A001.b", ship_from: US, ship_to: CN}
  on: 2025-06-10
  expect: licence_required
  because: [us-list/3A001.NS2]
- case: miss
  line: {codes: "eccn:3A001.b", ship_from: US, ship_to: DE}
  on: 2025-06-10
  expect: free
  not_because: [us-list/3A001.NS2]
- case: small
  line: {codes: "eccn:3A001.b", value: "5000", currency: USD, attrs: licence_exception=LVS, ship_from: US, ship_to: CN}
  on: 2025-06-10
  expect: free
  lifted: [us-list/LVS]
""",
}


def written(folder: Path, **changes: str) -> Path:
    """The invented base in a folder, with some files changed (`us/chart.csv` as us__chart)."""
    given = {name.split(".")[0].replace("/", "__").replace("-", "_"): name for name in FILES}
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for key, text in changes.items():
        (folder / given.get(key, key)).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> RuleBase:
    return load(written(tmp_path_factory.mktemp("base")), with_cases=True)


def verdict(base: RuleBase, codes: str, to: str, on: str = "2025-06-10", **cells: str) -> tuple[str, list[str], list[str]]:
    """The verdict, the measures that bite for certain, and the facts asked."""
    row = Row({"line_id": "1", "ship_from": "US", "ship_to": to, "codes": codes, **cells}, "a file", 1)
    line, problems = read_line(row)
    assert line is not None, problems
    found = decide(line, base, on=Asked.read(on))
    return found.verdict.value, [one.measure.id for one in found.reasons], [one.fact for one in found.missing]


@pytest.mark.parametrize(
    ("codes", "to", "expected"),
    [
        ("eccn:3A001.b", "CN", ("licence_required", ["us-list/3A001.NS2"], [])),
        ("eccn:3A001.z", "CN", ("free", [], [])),  # taken out of the entry
        ("eccn:3A001.z.1", "CN", ("free", [], [])),
        ("eccn:3A001.a", "DE", ("cannot_say", [], ["attrs.controlled_for"])),  # a part told in words
        ("eccn:3A001.a", "JP", ("free", [], [])),  # taken out of the places
        ("eccn:3A001.c", "JP", ("cannot_say", [], [])),  # a row that is not modelled
        ("eccn:3A002.a", "CN", ("cannot_say", [], [])),  # an entry that no table holds
        ("eccn:9A610.a", "CN", ("cannot_say", ["us-list/9A610.NS1"], [])),  # bites, and lies outside
        ("eccn:3A001.b", "KH", ("licence_required", ["us-list/3A001.NS2"], [])),
    ],
)
def test_rows_bite_as_written(base: RuleBase, codes: str, to: str, expected: tuple[str, list[str], list[str]]) -> None:
    assert verdict(base, codes, to) == expected


def test_a_member_leaves_a_group_of_a_table_on_its_day(base: RuleBase) -> None:
    assert verdict(base, "eccn:3A001.b", "KH", on="2025-06-30")[0] == "licence_required"
    assert verdict(base, "eccn:3A001.b", "KH", on="2025-07-01")[0] == "free"


def test_a_bare_entry_never_chooses_what_is_taken_out(base: RuleBase) -> None:
    found = verdict(base, "eccn:3A001", "CN", attrs="controlled_for=none")
    assert found[0] == "cannot_say"
    assert "codes.eccn" in found[2]


def test_a_part_is_decided_by_what_the_row_states(base: RuleBase) -> None:
    assert verdict(base, "eccn:3A001.a", "DE", attrs="controlled_for=NS2|MT1")[0] == "licence_required"
    assert verdict(base, "eccn:3A001.a", "DE", attrs="controlled_for=NS2")[0] == "free"


def test_without_a_code_no_row_frees(base: RuleBase) -> None:
    assert verdict(base, "", "CN")[0] == "cannot_say"
    assert verdict(base, "hs:8542.31", "CN")[0] == "cannot_say"


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [("5000", "USD", "free"), ("5000.01", "USD", "licence_required"), ("10", "EUR", "cannot_say"), ("", "", "cannot_say")],
)
def test_an_exception_holds_up_to_its_value(base: RuleBase, value: str, currency: str, expected: str) -> None:
    found = verdict(base, "eccn:3A001.b", "CN", value=value, currency=currency, attrs="licence_exception=LVS")
    assert found[0] == expected
    assert verdict(base, "eccn:3A001.b", "CN", value=value, currency=currency)[0] == "licence_required"  # none is claimed


def test_what_was_read_later_is_said(base: RuleBase) -> None:
    row = Row({"line_id": "1", "ship_from": "US", "ship_to": "CN", "codes": "eccn:3A001.b"}, "a file", 1)
    line, _ = read_line(row)
    assert line is not None
    assert any("read as of 2026-07-23" in note for note in decide(line, base, on=ON).notes)
    assert not any("read as of" in note for note in decide(line, base, on=Asked.read("2026-07-23")).notes)


@pytest.mark.parametrize(
    ("file", "text", "code", "line", "column"),
    [
        ("us__chart", "member,marks\nCN,NS1 NS2\nXQ,NS1\n", "GL0206", 3, "member"),
        ("us__chart", "member,marks\nCN,NS1 NS2 NS9\n", "GL0206", 2, "marks"),
        ("us__chart", "member,marks\nCN,NS1\n", "RB09", None, None),
        ("us__chart", "member,marks,colour\nCN,NS1 NS2,red\n", "GL0203", 1, "colour"),
        ("us__chart", "member,marks\nCN,NS1 NS2,DE\n", "GL0209", 2, None),
        ("us__chart", "member,member\nCN,NS1\n", "GL0209", 1, None),
        ("us__chart", 'member,marks\n"CN,NS1\n', "GL0209", None, None),
        ("us__chart", "member,marks\n", "GL0209", None, None),
        ("us__us_list__controls", "id,title,control\n3A001,a title,eccn:3A0\n", "GL0206", 2, "control"),
        ("us__us_list__controls", "id,title,control\n3A001,,eccn:3A001\n", "GL0204", 2, None),
        ("us__us_list__controls", "id,title,control,but\n1,t,eccn:3A001,eccn:3A002.a\n", "GL0206", 2, "but"),
        ("us__us_list__controls", "id,title,control,destination\n1,t,eccn:3A001,group:us-ns1;XQ\n", "GL0206", 2, "destination"),
        ("us__us_list__controls", "id,title,control,part\n1,t,eccn:3A001,MT1\n", "GL0204", 2, None),
        ("us__us_list__controls", "id,title,control,until\n1,t,eccn:3A001,2025-02-01\n", "GL0204", 2, "until"),
        ("us__us_list__controls", "id,title,control\n1,t,eccn:3A001\n1,t,eccn:3A001.b\n", "RB12", 3, None),
        ("us__us_list__exceptions", "id,title,lifts,value_at_most\nL,t,us-list/3A001.NS2,5000\n", "GL0206", 2, "value_at_most"),
        ("us/us-list/stray.csv", "id,title\n1,t\n", "GL0208", None, None),
    ],
)
def test_a_bad_table_is_refused_with_its_place(
    tmp_path: Path, file: str, text: str, code: str, line: int | None, column: str | None
) -> None:
    with pytest.raises(RuleBaseError) as caught:
        load(written(tmp_path, **{file: text}))
    found = [one for one in caught.value.problems if one.code == code]
    assert found, [str(one) for one in caught.value.problems]
    assert found[0].at is not None
    if line is not None:
        assert found[0].at.line == line
    if column is not None:
        assert found[0].at.column == column


def test_a_table_without_cases_is_refused(tmp_path: Path) -> None:
    cases = FILES["us/us-list/cases.yaml"].partition("- case: small")[0]
    with pytest.raises(RuleBaseError) as caught:
        load(written(tmp_path, us__us_list__cases=cases), with_cases=True)
    assert [one.code for one in caught.value.problems] == ["RB25"]
    assert "exceptions.csv" in caught.value.problems[0].message


def test_cells_keep_their_line_when_one_spans_two() -> None:
    table = read_table('member,marks\n"C\nN",a\nDE,b\n', file="t.csv")
    assert [row.line for row in table.rows] == [2, 4]
    with pytest.raises(RuleError):
        read_table("a,b\n1\n", file="t.csv")


SCHEMES = st.sampled_from(["hs", "hts", "schedule_b"])
DIGITS = st.sampled_from(
    ["85", "8505", "850511", "8505110070", "85051100", "8505110050", "850519", "2846", "28469015", "8542310000"]
)
TARIFF_CODES = st.builds(Code, SCHEMES, DIGITS)
LIST_CODES = st.builds(Code, st.just("eccn"), st.sampled_from(["3A001", "3A001.a", "3A001.a.1", "3A001.b", "3A090", "EAR99"]))


@given(
    members=st.lists(TARIFF_CODES, min_size=1, max_size=4, unique=True) | st.lists(LIST_CODES, min_size=1, max_size=3, unique=True),
    stated=st.lists(TARIFF_CODES | LIST_CODES, max_size=2, unique=True),
)
def test_a_group_of_codes_answers_as_a_list_of_codes_does(members: list[Code], stated: list[Code]) -> None:
    group = Group(id="g", kind="goods", title="g", members=tuple(Member(value=str(code)) for code in members))
    day = Moment.of_day(ON.calendar_day)
    assert group.match(tuple(stated), at=day, known_by=ON)[0] is match(tuple(stated), tuple(members))
