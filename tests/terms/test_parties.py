from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.terms.parties import name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Skydio, Inc.", "SKYDIO"),
        ("Siemens AG", "siemens a.g."),
        ("The Boeing Company", "Boeing Co., Ltd."),
        ("Müller GmbH", "Muller"),
        ("AT&T Corp.", "AT and T"),
        ("Ｈuawei", "Huawei"),
        ("Saronic  Technologies,\tInc", "saronic technologies"),
        ("Zero\u200bWidth", "ZeroWidth"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Huawei", "Huawei Cloud"),
        ("Vinmar International", "Vinmar"),
        ("Siemens", "Siemens EDA"),
        ("华为技术有限公司", "华为"),
        ("Alpha 1", "Alpha 2"),
        ("Limited", "Ltd"),  # a name is never folded away whole
    ],
)
def test_names_that_are_merely_alike_stay_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(st.text("abcXYZ ", min_size=1, max_size=20).filter(str.strip), st.sampled_from([" Ltd", ", Inc.", " GmbH", " LLC"]))
def test_a_legal_form_at_the_end_is_no_part_of_the_name(name: str, form: str) -> None:
    assert name_key(name + form) == name_key(name)
