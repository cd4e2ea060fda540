from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch.vocabulary import Codes
from greenlane.terms.codes import CONTROL, TARIFF, Code, match_one

DIGITS = st.builds(
    lambda scheme, head, tail: Code(scheme, head + tail),
    st.sampled_from(TARIFF),
    st.sampled_from(("8505", "850511", "85", "28", "280530", "8523", "49")),
    st.sampled_from(("", "11", "19", "1100", "110070", "1110", "99", "119999", "1100701122")),
).filter(lambda code: len(code.value) % 2 == 0 and len(code.value) <= 14)
CONTROLS = st.builds(
    lambda scheme, entry, tail: Code(scheme, entry + tail),
    st.sampled_from(CONTROL),
    st.sampled_from(("3A001", "3A002", "3E001", "1C905", "0Z999")),
    st.sampled_from(("", ".a", ".a.2", ".a.4", ".b", ".b.12.c", ".zz", ".1", ".a.b")),
)
ANY = st.one_of(DIGITS, CONTROLS)


def relations(have: Code, wanted: list[Code]) -> list[object]:
    """All that conditions ever ask of a stated code and one of theirs."""
    return [
        (
            have.compares(want),
            have.is_within(want),
            want.is_within(have),
            have.excludes(want),
            want.excludes(have),
            match_one((have,), want),
            have.scheme in TARIFF and len(have.value) >= 4 and have.value[:4] == want.value[:4],
            have.scheme == want.scheme and have.scheme in CONTROL and have.value[:5] == want.value[:5],
        )
        for want in wanted
    ]


@given(st.lists(ANY, min_size=1, max_size=8), st.lists(ANY, min_size=2, max_size=30))
def test_codes_of_one_class_stand_alike_to_every_code_of_the_law(wanted: list[Code], stated: list[Code]) -> None:
    tree = Codes.of(wanted)
    classes: dict[object, Code] = {}
    for code in stated:
        like = classes.setdefault(tree.class_of((code,)), code)
        assert relations(code, wanted) == relations(like, wanted), (code, like)
        assert code.is_outside == like.is_outside
        assert code.scheme in TARIFF or (code.is_numbered_as_lists_are, code.value[1] in "DE") == (
            like.is_numbered_as_lists_are,
            like.value[1] in "DE",
        )


@given(st.lists(DIGITS, min_size=2, max_size=2), st.lists(DIGITS, min_size=2, max_size=2))
def test_pairs_of_one_class_exclude_each_other_alike(one: list[Code], other: list[Code]) -> None:
    tree = Codes.of([Code("hs", "8505")])
    if tree.class_of(tuple(one)) == tree.class_of(tuple(other)):
        assert one[0].excludes(one[1]) == other[0].excludes(other[1])
