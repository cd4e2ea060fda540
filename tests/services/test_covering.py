"""What cover gives, the ledger books: no line is promised what a reservation is then refused, and nothing is overdrawn."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane import wiring
from greenlane.decide.decision import Decision
from greenlane.licences.cover import Pool, serve
from greenlane.licences.ledger import Booked
from greenlane.licences.licence import Kind, Licence, LicenceLine
from greenlane.services import covering, licensing
from greenlane.services.runs import Question, record
from greenlane.store.ledger_memory import MemoryLedger
from greenlane.terms.periods import Asked

CELLS = {
    "line_id": "A", "codes": "hs:8505111000", "contains": "Nd:29%;Dy:3%;Tb:0", "quantity": "1", "unit": "kg", "value": "1",
    "currency": "USD", "ship_from": "CN", "ship_to": "DE", "exporter": "Example Magnetics", "consignee": "Example Antriebe",
}  # fmt: skip


@cache
def decision() -> Decision:
    return wiring.decide_line(CELLS, wiring.load_rules(), on="2025-06-12")


def line(number: int, quantity: int, value: int) -> Decision:
    """Parts of a hundred-millionth of a kilogram, and of a ten-thousandth of a dollar."""
    row = replace(decision().line, line_id=f"L{number}", quantity=Decimal(quantity) / 10**8, value=Decimal(value) / 10**4)
    return replace(decision(), line=row)


def licence(number: int, quantity: int | None, value: int | None, uses: int | None, *, unsplit: bool) -> Licence:
    terms = LicenceLine(codes=("cn:1C905",), unit="kg", quantity=quantity, currency="USD" if value is not None else "", value=value)
    return Licence(
        id=f"N{number}", authority="CN", kind=Kind.GENERAL, holder="Example Magnetics", lines=(terms,), since="2025-06-01",
        until=f"2025-12-0{number + 1}", zone="Asia/Shanghai", max_uses=uses, unsplit=unsplit,
    )  # fmt: skip


PARTS = st.integers(1, 5_000)
LICENCES = st.lists(
    st.tuples(st.none() | PARTS, st.none() | PARTS, st.none() | st.integers(1, 3), st.booleans()), min_size=1, max_size=4
)


@settings(max_examples=200, deadline=None)
@given(LICENCES, st.lists(st.tuples(PARTS, PARTS), min_size=1, max_size=5))
def test_what_cover_gives_the_ledger_reserves(terms: list[Any], rows: list[tuple[int, int]]) -> None:
    ledger = MemoryLedger()
    for number, (quantity, value, uses, unsplit) in enumerate(terms):
        given_ = licence(number, quantity, value, uses, unsplit=unsplit)
        licensing.grant(ledger, given_, id=f"grant/{given_.id}", day=given_.since)
    decisions = [line(number, *row) for number, row in enumerate(rows)]
    first = covering.cover_all(decisions, ledger, "f00d")
    done = covering.reserve(ledger, first, "f00d", by="Example Clerk")
    assert all(isinstance(one.result, Booked) and not one.result.again for one in done), [one.words() for one in done]
    for state in ledger.states().values():
        for terms_, now in zip(state.licence.lines, state.lines, strict=True):
            assert terms_.quantity is None or now.left_q >= 0
            assert terms_.value is None or now.left_v >= 0
        assert state.max_uses is None or state.uses_held <= state.max_uses
    head = ledger.head()
    again = covering.cover_all(decisions, ledger, "f00d")  # the same run finds what it holds, and books nothing more
    assert [[(share.fit.key, share.given) for share in one.takes] for one in again] == [
        [(share.fit.key, share.given) for share in one.takes] for one in first
    ]
    assert all(one.result == Booked(0, True) for one in covering.reserve(ledger, again, "f00d", by="Example Chief"))
    assert ledger.head() == head
    assert [one.full for one in again] == [one.full for one in first]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(PARTS, PARTS), min_size=1, max_size=6), PARTS)
def test_a_line_is_full_exactly_if_nothing_is_short(rows: list[tuple[int, int]], quantity: int) -> None:
    ledger = MemoryLedger()
    licensing.grant(ledger, licence(0, quantity, None, None, unsplit=False), id="g", day="2025-06-01")
    left = quantity
    for row, one in zip(rows, serve([line(n, *row) for n, row in enumerate(rows)], Pool(ledger.states())), strict=True):
        takes = sum(share.given.q for share in one.takes)
        assert takes == min(row[0], left)
        assert one.full == (takes == row[0])
        left -= takes


def test_the_ledger_as_it_stood_after_an_entry_is_the_fold_up_to_there() -> None:
    ledger = MemoryLedger()
    licensing.grant(ledger, licence(0, 1000, None, 9, unsplit=False), id="g", day="2025-06-01")
    seen = [covering.pool_of(ledger, "f00d").states]
    for number in range(3):
        covering.reserve(ledger, covering.cover_all([line(number, 100, 1)], ledger, "f00d"), "f00d", by="")
        seen.append(covering.pool_of(ledger, "f00d").states)
    for step, kind in enumerate(("draw", "contra", "suspend")):
        wish = licensing.Wish(kind=kind, licence="N0", day="2025-06-12", id=f"W{step}", ref="W0" if kind == "contra" else "",
                              quantity=None if kind == "suspend" else Decimal("0.00000001"))  # fmt: skip
        licensing.book(ledger, wish)
        seen.append(covering.pool_of(ledger, "f00d").states)
    for seq, states in enumerate(seen, start=1):
        assert covering.pool_at(ledger, seq, "f00d").states == states, seq
    assert sorted(covering.pool_at(ledger, 3, "f00d").held) == ["L0", "L1"]
    act = covering.newest_act(ledger)
    assert act is not None
    assert (act.kind, act.seq) == ("suspend", 7)


def test_the_name_of_a_run_is_of_its_file_and_day() -> None:
    base = wiring.load_rules()
    question = Question(Asked.read("2025-06-12"), Asked.read("2025-06-10"), ("cn",), False)
    other = Question(Asked.read("2025-06-12"), Asked.read("2025-06-12"), ("cn", "us"), True)
    assert covering.run_of("aa", question) == covering.run_of("aa", other) != covering.run_of("ab", question)
    asked = record([decision()], base, question, source="", source_sha256="aa", engine="")
    assert covering.name_of(asked) == covering.run_of("aa", other, [{**CELLS, "item": ""}])
    kept = record([decision()], base, question, source="orders.csv", source_sha256="aa", engine="")
    assert covering.name_of(kept) == covering.run_of("aa", question)
