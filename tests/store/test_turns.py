"""Answers to another process, as text in its slot."""

from __future__ import annotations

import pytest

from greenlane.errors import LedgerRefusal
from greenlane.licences.ledger import Booked, Result
from greenlane.store.turns import _read_results, _write_results

REFUSAL = LedgerRefusal("GL0703", "licence L-1: asked 2 kg, 1 kg left", hint="ask for less")


@pytest.mark.parametrize(
    "results",
    [
        [Booked(7, False)],
        [Booked(seq, False) for seq in range(7, 900)],
        [Booked(7, True)],
        [Booked(7, False), Booked(3, True), Booked(8, False)],
        [Booked(7, False), REFUSAL, Booked(8, False)],
        [REFUSAL, REFUSAL],
    ],
)
def test_what_is_answered_is_read(results: list[Result]) -> None:
    told = _write_results(results)
    assert [str(one) for one in _read_results(told)] == [str(one) for one in results]
    assert len(told) < 150
