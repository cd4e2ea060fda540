"""Customs files: written again byte for byte, and nothing of them lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.errors import UsageError
from greenlane.licences.usage import MARKS, STATUSES, Header, UsageFile, Use, Used, UsedLine, read_file, write_file, write_reply

WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="|"), min_size=1, max_size=12)
AMOUNTS = st.decimals(0, 10**9, places=3).map(lambda one: f"{one:f}")
USES = st.builds(
    Use, mark=st.sampled_from(MARKS), declaration=WORDS, day=st.just("2025-06-12"), quantity=AMOUNTS, unit=st.just("kg"),
    trader=WORDS, origin=st.sampled_from(["", "CN"]),
)  # fmt: skip
LINES = st.lists(
    st.builds(
        UsedLine, number=st.integers(1, 999), quantity=AMOUNTS, unit=st.just("kg"), uses=st.lists(USES, max_size=3).map(tuple)
    ),
    min_size=1, max_size=3, unique_by=lambda one: one.number,
).map(tuple)  # fmt: skip
BLOCKS = st.lists(st.builds(Used, transaction=WORDS, licence=WORDS, status=st.sampled_from(STATUSES), lines=LINES), max_size=4)
HEADER = Header(source="CUSTOMS", to="DESK", kind="usage", at="2025-07-01T06:00Z", run=17)
USE = Use(mark="O", declaration="D-1", day="2025-06-12", quantity="380.5", unit="kg")
FILE = write_file(
    HEADER,
    [
        Used(transaction="T-1", licence="L-1", status="O", lines=(UsedLine(number=1, quantity="400", unit="kg", uses=(USE,)),)),
        Used(transaction="T-2", licence="L-2", status="E", lines=(UsedLine(number=1, quantity="5", unit="kg"),)),
    ],
)


def read_or_refused(text: str) -> UsageFile | None:
    """The file, or None if it is refused as a whole with the one code for it."""
    refused = None
    try:
        return read_file(text, shown="usage.txt")
    except UsageError as error:
        refused = error
    assert refused.code == "GL0734"
    return None


@given(blocks=BLOCKS)
@settings(max_examples=150)
def test_what_is_written_reads_and_is_written_again_byte_for_byte(blocks: list[Used]) -> None:
    text = write_file(HEADER, blocks)
    found = read_file(text, shown="usage.txt")
    assert found.rejected == ()
    assert write_file(found.header, found.blocks) == text


@given(text=st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refused(text)


@given(place=st.integers(0, len(FILE) - 1), sign=st.characters(exclude_categories=["Cs"]))
def test_one_sign_changed_loses_no_line(place: int, sign: str) -> None:
    """Whatever one sign becomes: the file is refused, or each of its lines is in a block or among the rejected."""
    text = FILE[:place] + sign + FILE[place + 1 :]
    found = read_or_refused(text)
    if found is None:
        return
    kept = sum(one.last - one.first + 1 for one in found.blocks) + sum(len(one.text) for one in found.rejected)
    assert kept == text.count("\n") - 2


@pytest.mark.parametrize("cut", range(1, len(FILE)))
def test_a_file_cut_anywhere_is_refused_whole(cut: int) -> None:
    with pytest.raises(UsageError) as refused:
        read_file(FILE[:cut], shown="usage.txt")
    assert refused.value.code == "GL0734"


def test_two_records_run_together_are_rejected_with_their_lines_and_the_other_licence_stands() -> None:
    lines = FILE.splitlines()
    merged = [*lines[:2], lines[2] + lines[3], *lines[4:]]
    text = "\n".join([*merged[:-1], merged[-1].replace(f"{len(lines)}|", f"{len(merged)}|", 1)]) + "\n"
    found = read_file(text, shown="usage.txt")
    assert len(found.rejected) == 2  # every number after the place is off by one, and a number is part of the form
    reply = write_reply(found.header, found.blocks, found.rejected)
    for one in merged[1:-1]:
        assert one.replace("|", "¦") in reply
    assert reply.endswith("|trailer|0|2\n")
