from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.terms.codes import Code, Match, match

DIGITS = st.sampled_from([2, 4, 6, 8, 10]).flatmap(lambda size: st.text("01", min_size=size, max_size=size))
TARIFF = st.builds(Code, st.sampled_from(["hs", "hts", "schedule_b"]), DIGITS)
CONTROL = st.builds(
    lambda scheme, head, tail: Code(scheme, ".".join([head, *tail])),
    st.sampled_from(["cn", "eccn"]),
    st.sampled_from(["1C905", "3A090"]),
    st.lists(st.sampled_from(["a", "b", "1"]), max_size=3),
)
CODE = st.one_of(TARIFF, CONTROL)


def codes(*texts: str) -> tuple[Code, ...]:
    return tuple(Code.read(text) for text in texts)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hs:8505.11", "850511"),
        ("HS: 8505 11 10 00", "8505111000"),
        ("cn:1c905.A.4", "1C905.a.4"),
        ("eccn:ear99", "EAR99"),
        ("cn:none", "NONE"),
        ("hts:8505.11.0070", "8505110070"),
        ("schedule_b:8505110000", "8505110000"),
        ("hs:8505111000123", "8505111000123"),
    ],
)
def test_codes_read(text: str, value: str) -> None:
    assert Code.read(text).value == value


@pytest.mark.parametrize(
    "text",
    [
        "8505.11",
        "hs:",
        "hs:850",
        "hs:85O511",
        "xx:8505",
        "cn:1905",
        "eccn:3A90",
        "cn:EAR99",
        "eccn:NONE",
        "hs:1C905",
        "cn:1C905.",
        "hs:850511100012345",
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"`.*` is not"):
        Code.read(text)


@pytest.mark.parametrize("text", ["hs:８５０５１１", "hs:٨٥٠٥١١", "cn:１C905"])
def test_digits_of_other_scripts_are_no_code(text: str) -> None:
    """They would exclude every real heading, and so free the goods."""
    with pytest.raises(ValueError, match=r"is not"):
        Code.read(text)


def test_the_code_that_was_meant_is_named() -> None:
    with pytest.raises(ValueError, match=r"did you mean `850510`"):
        Code.read("hs:8505.1O")


@pytest.mark.parametrize(
    ("stated", "wanted", "expected"),
    [
        ("hs:8505111000", "hs:8505.11", Match.WITHIN),
        ("hs:8505.11", "hs:8505.11", Match.WITHIN),
        ("hs:8505", "hs:8505.11", Match.ABOVE),
        ("hs:8505.19", "hs:8505.11", Match.OUTSIDE),
        ("cn:1C905.a.4", "hs:8505.11", Match.SILENT),
        ("hts:8505110070", "hs:8505.11", Match.WITHIN),
        ("hts:8505110070", "hs:8505111000", Match.ABOVE),  # beyond six digits two countries share nothing
        ("hs:8505111000", "hts:8505.11.0070", Match.ABOVE),
        ("hts:8505110070", "hts:8505.11.0050", Match.OUTSIDE),
        ("hs:85051110", "hs:8505111000", Match.ABOVE),
        ("hs:85051190", "hs:8505111000", Match.ABOVE),  # eight digits of one country, ten of another
        ("hs:8505119000", "hs:8505111000", Match.OUTSIDE),
        ("cn:1C905", "cn:1C905.a.4", Match.ABOVE),
        ("cn:1C905.a", "cn:1C905.a.4", Match.ABOVE),
        ("cn:1C905.b", "cn:1C905.a.4", Match.OUTSIDE),
        ("cn:1C905.a.4", "cn:1C905.a", Match.WITHIN),
        ("cn:1C905.a.41", "cn:1C905.a.4", Match.OUTSIDE),  # a longer number is no paragraph beneath
        ("cn:NONE", "cn:1C905.a.4", Match.OUTSIDE),
        ("eccn:EAR99", "eccn:3A090", Match.OUTSIDE),
        ("eccn:EAR99", "cn:1C905", Match.SILENT),
    ],
)
def test_what_one_code_says_about_another(stated: str, wanted: str, expected: Match) -> None:
    assert match(codes(stated), codes(wanted)) is expected


def test_one_code_within_is_enough() -> None:
    assert match(codes("hs:8471.30", "hs:8505.11"), codes("hs:8505")) is Match.WITHIN
    assert match(codes("hs:8505.11"), codes("hs:8471", "hs:8505")) is Match.WITHIN


def test_outside_needs_every_wanted_code_to_be_excluded() -> None:
    assert match(codes("hs:8471.30"), codes("hs:8505", "hs:8503")) is Match.OUTSIDE
    assert match(codes("hs:8471.30"), codes("hs:8505", "cn:1C905")) is Match.ABOVE
    assert match(codes("hs:85"), codes("hs:8505", "hs:8471")) is Match.ABOVE
    assert match((), codes("hs:8505")) is Match.SILENT
    assert match(codes("hs:8505"), ()) is Match.SILENT


def test_codes_are_shown_as_people_write_them() -> None:
    assert [str(one) for one in codes("hs:8505", "hs:850511", "hts:8505110070", "cn:1C905.a.4")] == [
        "hs:8505",
        "hs:8505.11",
        "hts:8505.11.0070",
        "cn:1C905.a.4",
    ]


@given(CODE, CODE)
def test_a_code_never_lies_both_within_and_outside(stated: Code, wanted: Code) -> None:
    assert not (stated.is_within(wanted) and stated.excludes(wanted))
    if stated.is_within(wanted) or stated.excludes(wanted):
        assert stated.compares(wanted)


@given(CODE, CODE)
def test_exclusion_is_symmetric(one: Code, other: Code) -> None:
    assert one.excludes(other) is other.excludes(one)


@given(TARIFF, TARIFF)
def test_at_six_digits_tariff_schemes_are_one(one: Code, other: Code) -> None:
    first, second = Code("hs", one.value[:6]), Code("hts", other.value[:6])
    same = first.value.startswith(second.value) or second.value.startswith(first.value)
    assert first.excludes(second) is not same
    assert second.excludes(first) is not same


@given(CODE, CODE, CODE)
def test_beneath_what_is_excluded_all_is_excluded(stated: Code, wanted: Code, deeper: Code) -> None:
    if deeper.is_within(wanted) and deeper.scheme == wanted.scheme and stated.excludes(wanted):
        assert stated.excludes(deeper)


@given(CODE, CODE, CODE)
def test_lying_within_is_transitive_in_a_scheme(one: Code, two: Code, three: Code) -> None:
    if one.scheme == two.scheme == three.scheme and one.is_within(two) and two.is_within(three):
        assert one.is_within(three)


@given(st.lists(CODE, max_size=3), st.lists(CODE, max_size=3), CODE)
def test_one_more_stated_code_never_turns_within_into_outside(stated: list[Code], wanted: list[Code], more: Code) -> None:
    before, after = match(tuple(stated), tuple(wanted)), match((*stated, more), tuple(wanted))
    if before is Match.WITHIN:
        assert after is Match.WITHIN
    if after is Match.SILENT:
        assert before is Match.SILENT


@given(CODE)
def test_what_is_shown_reads_back(code: Code) -> None:
    assert Code.read(str(code)) == code


@pytest.mark.parametrize("text", ["eccn:3A001", "eccn:3A001.a.5.a.1", "eccn:9A610.y", "eccn:EAR99", "cn:NONE", "cn:1C905.a.2.b"])
def test_paragraphs_that_go_by_turns(text: str) -> None:
    assert Code.read(text).is_numbered_as_lists_are


@pytest.mark.parametrize(
    "text", ["eccn:3A001.zzz", "eccn:3A001.1", "eccn:3A001.a.b", "eccn:3A001.a1", "cn:1C905.4", "cn:1C905.a.4.2"]
)
def test_paragraphs_that_no_list_has(text: str) -> None:
    assert not Code.read(text).is_numbered_as_lists_are
