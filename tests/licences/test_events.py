"""Commands as text for another process."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from greenlane.licences.events import Command, read_commands, write_commands

words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=6)
amounts = st.integers(-(10**18), 10**18)
commands = st.builds(
    Command, words, st.sampled_from(["draw", "reserve", "commit"]), words, st.integers(1, 999), words, amounts, amounts,
    st.integers(0, 3), words, st.sampled_from(["2025-06-10", "2025-06-11"]), words, words, words,
)  # fmt: skip


@given(st.lists(commands, min_size=1, max_size=30))
def test_what_is_written_is_read(some: list[Command]) -> None:
    assert read_commands(write_commands(some)) == some


@given(commands, st.integers(1, 600))
def test_many_that_are_alike_are_written_short(one: Command, count: int) -> None:
    some = [one._replace(id=f"D-{number:06d}") for number in range(count)]
    told = write_commands(some)
    assert read_commands(told) == some
    assert count < 8 or len(told) < 10 * count + 150


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("", "not enough values"),
        ("A\tdraw", "not enough values"),
        ("\x1d", "invalid literal"),
        ("\x1d9", "other fields"),
        ("\x1dx\x1d=A", "invalid literal"),
        ("\x1d2\x1d*A" + "\x1d=1" * 12, "a field is missing"),
        ("\x1d2" + "\x1d=x" * 13, "invalid literal"),
        ("\x1d2" + "\x1d=1" * 14, "other fields"),
    ],
)
def test_what_is_none_is_refused(told: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_commands(told)
