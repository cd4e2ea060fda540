"""Repeated ids are found exactly, however many rows there are and however they lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch import line_ids
from greenlane.batch.line_ids import Rising, find_repeats, hashes

IDS = st.lists(st.text(st.sampled_from("ab1é"), max_size=3), max_size=40)


def plainly(ids: list[str]) -> dict[int, int]:
    seen: dict[str, int] = {}
    return {row: first for row, text in enumerate(ids, 2) if text and (first := seen.setdefault(text, row)) != row}


def cut(ids: list[str], size: int) -> list[tuple[pa.Array, np.ndarray]]:
    return [
        (pa.array(ids[at : at + size], pa.string()), np.arange(at + 2, min(at + size, len(ids)) + 2))
        for at in range(0, len(ids), size)
    ]


@given(ids=IDS, size=st.integers(1, 9), run=st.integers(1, 20), compared=st.integers(1, 9))
def test_any_ids(ids: list[str], size: int, run: int, compared: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    parts = cut(ids, size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_ids, "RUN", run)
        patch.setattr(line_ids, "COMPARED", compared)
        folder = tmp_path_factory.mktemp("ids")
        found = find_repeats(lambda: iter(parts), folder)
    assert dict(zip(found.rows.tolist(), found.firsts.tolist(), strict=True)) == plainly(ids)
    assert found.rows.tolist() == sorted(found.rows.tolist())
    assert list(folder.iterdir()) == []
    told: dict[int, int] = {}
    for _, numbers in parts:
        told |= {int(numbers[place]): first for place, first in found.among(numbers).items()}
    assert told == plainly(ids)


@given(ids=IDS, size=st.integers(1, 9))
def test_ids_that_rise_repeat_nothing(ids: list[str], size: int) -> None:
    rising = Rising()
    if all(rising(part) for part, _ in cut(ids, size)):
        assert plainly(ids) == {}


@pytest.mark.parametrize("ids", [[f"L-{at:05d}" for at in range(500)], [str(at) for at in range(500)], [], ["", "a", "", "b"]])
def test_numbered_ids_need_one_look_at_each(ids: list[str], tmp_path: Path) -> None:
    looks = []

    def read() -> list[tuple[pa.Array, np.ndarray]]:
        looks.append(1)
        return cut(ids, 7)

    assert len(find_repeats(lambda: iter(read()), tmp_path).rows) == 0
    assert len(looks) == 1


def test_ids_whose_numbers_meet_by_chance_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ["b", "a", "c", "a", "b"]
    monkeypatch.setattr(line_ids, "hashes", lambda some: np.full(len(some), 7, np.uint64))
    found = find_repeats(lambda: iter(cut(ids, 2)), tmp_path)
    assert dict(zip(found.rows.tolist(), found.firsts.tolist(), strict=True)) == plainly(ids)


def test_a_number_depends_on_the_letters_alone() -> None:
    ids = ["", "a", "ab", "abcdefgh", "abcdefghi", "x" * 64, "x" * 65, "x" * 5000, "é"]
    one = hashes(pa.array(["zz", *ids])[1:])
    assert len(set(one.tolist())) == len(ids)
    assert hashes(pa.array(ids[::-1])).tolist() == one.tolist()[::-1]
    assert len(set(hashes(pa.array([f"L{at:07d}" for at in range(200_000)])).tolist())) == 200_000
