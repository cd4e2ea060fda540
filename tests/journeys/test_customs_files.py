"""Usage files of customs into the ledger: late, doubled, in any order, damaged; and ours out of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from greenlane.errors import UsageError
from greenlane.licences.ledger import State
from greenlane.licences.licence import Kind
from greenlane.licences.usage import Header, Use, Used, UsedLine, read_file, write_file
from greenlane.services import customs, licensing
from greenlane.services.licensing import Wish
from greenlane.store.ledger_sqlite import SqliteLedger
from greenlane.terms.amounts import read_decimal
from tests.licences.book import granted, licence

NOW = "2025-07-20T00:00:00.000000Z"


def open_desk(folder: Path) -> SqliteLedger:
    ledger = SqliteLedger(folder / "licences.sqlite", clock=lambda: NOW)
    ledger.submit([granted(licence(id, since="2025-06-01", until="2026-06-01")) for id in ("L-1", "L-2")])
    return ledger


def usage(run: int, *totals: str, mark: str = "O", status: str = "O") -> str:
    blocks = [
        Used(
            transaction=f"T-{number}",
            licence=f"L-{number}",
            status=status,
            lines=(
                UsedLine(
                    number=1,
                    quantity=total,
                    unit="kg",
                    uses=(Use(mark=mark, declaration=f"D-{run}", day="2025-06-12", quantity="5", unit="kg"),),
                ),
            ),
        )
        for number, total in enumerate(totals, start=1)
    ]
    return write_file(Header(source="CUSTOMS", to="DESK", kind="usage", at=f"2025-07-{run:02d}T06:00Z", run=run), blocks)


def seen(ledger: SqliteLedger) -> dict[str, tuple[int, int, int]]:
    def of(state: State) -> tuple[int, int, int]:
        return state.lines[0].seen_q, state.lines[0].used_q, state.lines[0].left_q

    return {id: of(state) for id, state in ledger.states().items() if state.licence.kind is not Kind.DOSSIER}


FILES = (usage(1, "40"), usage(2, "100", "7"), usage(3, "90", "7", mark="A"), usage(3, "90", "7", mark="A"))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_late_doubled_and_out_of_order_files_end_in_the_same_state(order: Sequence[int], tmp_path: Path) -> None:
    with closing(open_desk(tmp_path)) as ledger:
        for number in order:
            taken = customs.take_in(ledger, FILES[number], shown_as="usage.txt")
            assert taken.rejected == ()
        assert seen(ledger) == {"L-1": (90 * 10**8, 0, 910 * 10**8), "L-2": (7 * 10**8, 0, 993 * 10**8)}
        assert customs.gaps(ledger, "CUSTOMS") == ()
        assert ledger.verify() == ()


def test_a_cumulative_total_is_never_counted_twice(tmp_path: Path) -> None:
    """A licensing service added each total to the one before, declared licences exhausted and cancelled them."""
    with closing(open_desk(tmp_path)) as ledger:
        for run, total in enumerate(("300", "600", "900"), start=1):
            customs.take_in(ledger, usage(run, total), shown_as="usage.txt")
        assert seen(ledger)["L-1"][2] == 100 * 10**8


def test_what_is_rejected_stands_in_the_reply_and_the_rest_is_booked(tmp_path: Path) -> None:
    text = usage(1, "40", "7", "3")  # there is no L-3
    with closing(open_desk(tmp_path)) as ledger:
        taken = customs.take_in(ledger, text, shown_as="usage.txt")
        assert [one.licence for one in taken.accepted] == ["L-1", "L-2"]
        (bad,) = taken.rejected
        assert (bad.licence, bad.why) == ("L-3", "GL0701: the ledger holds no licence L-3")
        assert seen(ledger)["L-2"][0] == 7 * 10**8
        for line in text.splitlines()[bad.first - 1 : bad.first - 1 + len(bad.text)]:
            assert line.replace("|", "¦") in taken.reply
        assert taken.reply.splitlines()[-1].endswith("|trailer|2|1")


def test_a_file_that_is_cut_off_books_nothing(tmp_path: Path) -> None:
    with closing(open_desk(tmp_path)) as ledger:
        before = ledger.head()
        with pytest.raises(UsageError) as refused:
            customs.take_in(ledger, FILES[1][:-10], shown_as="usage.txt")
        assert refused.value.code == "GL0734"
        assert ledger.head() == before


def test_another_file_under_a_number_that_was_used_is_refused_line_by_line(tmp_path: Path) -> None:
    with closing(open_desk(tmp_path)) as ledger:
        customs.take_in(ledger, usage(1, "40", "7"), shown_as="usage.txt")
        taken = customs.take_in(ledger, usage(1, "41", "7"), shown_as="usage.txt")
        assert [(one.licence, one.why[:6]) for one in taken.rejected] == [("L-1", "GL0702")]
        assert [one.licence for one in taken.accepted] == ["L-2"]
        assert seen(ledger)["L-1"][0] == 40 * 10**8


def test_a_run_that_has_not_come_is_named_and_a_closing_status_is_told(tmp_path: Path) -> None:
    with closing(open_desk(tmp_path)) as ledger:
        customs.take_in(ledger, usage(1, "40"), shown_as="usage.txt")
        taken = customs.take_in(ledger, usage(4, "1000", status="E"), shown_as="usage.txt")
        assert taken.gaps == (2, 3)
        assert [(one.licence, one.status) for one in taken.differing] == [("L-1", "E")]  # the use that closes it is booked too
        assert seen(ledger)["L-1"][2] == 0
        assert customs.take_in(ledger, usage(2, "50"), shown_as="usage.txt").gaps == (3,)


def test_customs_may_say_more_than_was_granted(tmp_path: Path) -> None:
    with closing(open_desk(tmp_path)) as ledger:
        assert customs.take_in(ledger, usage(1, "1200"), shown_as="usage.txt").rejected == ()
        assert seen(ledger)["L-1"][2] == -200 * 10**8
        (row,) = (one for one in licensing.register(ledger.states().values()) if one["licence"] == "L-1")
        assert row["overdrawn"] == "200"


def test_what_one_desk_writes_another_takes_in_and_runs_grow_by_one(tmp_path: Path) -> None:
    with closing(open_desk(tmp_path / "one")) as ours, closing(open_desk(tmp_path / "two")) as theirs:
        wish = Wish(kind="draw", licence="L-1", day="2025-06-12", id="D-1", quantity=read_decimal("380.5"), unit="kg", uses=1)
        licensing.book(ours, wish)
        first, run = customs.usage_out(ours, source="DESK", to="PARTNER", at="2025-07-01T06:00Z")
        second, next_run = customs.usage_out(ours, source="DESK", to="PARTNER", at="2025-07-02T06:00Z")
        _, other = customs.usage_out(ours, source="DESK", to="CUSTOMS", at="2025-07-02T06:00Z")
        assert (run, next_run, other) == (1, 2, 1)
        assert [read_file(one, shown="x").header.run for one in (first, second)] == [1, 2]
        for text in (second, first, second):
            assert customs.take_in(theirs, text, shown_as="usage.txt").rejected == ()
        assert seen(theirs)["L-1"][0] == seen(ours)["L-1"][1] == 38_050_000_000
        found = read_file(first, shown="x")
        assert write_file(found.header, found.blocks) == first
        assert ours.verify() == theirs.verify() == ()
