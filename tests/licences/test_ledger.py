"""Named cases of the ledger: the stories it was made for, the wording of refusals, value and tolerance."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences.amounts import in_unit, scaled, shown
from greenlane.licences.events import START, Command, command_of, hash_after, read_entry, write_entry
from greenlane.licences.ledger import Booked, Broken, Result, replay, status_shown, window_left, write_state
from greenlane.licences.licence import Licence, Proviso, ScopeRow, Window
from tests.licences.book import Book, day, granted, kg, licence, moment, want


def refused(book: Book, *commands: Command, at: str = moment(3)) -> LedgerRefusal:
    result = book.put(*commands, at=at)[-1]
    assert isinstance(result, LedgerRefusal), result
    return result


def report(run: int, total: str, mark: str = "O", id: str = "") -> Command:
    return want("observe", id or f"CUSTOMS-{run}", total, on=run, more=f'{{"mark":"{mark}","run":{run}}}')


def left(book: Book, id: str = "L-1") -> str:
    return shown(book.states[id].lines[0].left_q, 8)


# --- the stories --------------------------------------------------------------------------------------------------------


def test_customs_reports_a_total_and_is_not_added_up() -> None:
    """A licensing service added each report to the use so far, and cancelled licences that were half used (repaired in 2023)."""
    book = Book(licence(quantity="1000"))
    for run, total in ((3, "400"), (4, "700"), (5, "700")):
        book.put(report(run, total))
    assert left(book) == "300"  # added up it would be -800, and the licence declared exhausted
    assert status_shown(book.states["L-1"], day(6)) == "active"


def test_what_we_drew_and_what_customs_counts_of_it_are_not_added_up_either() -> None:
    book = Book(licence(quantity="1000"))
    book.put(want("draw", "A", "250"), report(3, "250"), want("draw", "B", "100"))
    assert left(book) == "650"
    book.put(report(4, "350"))
    assert left(book) == "650"


def test_reports_late_doubled_and_out_of_order_end_the_same() -> None:
    reports = [report(3, "100"), report(4, "250"), report(5, "240", "A"), report(6, "300"), report(4, "250")]
    ends = set()
    for order in permutations(reports):
        book = Book(licence(quantity="1000"))
        for one in order:
            assert isinstance(book.put(one)[0], Booked)
        ends.add((left(book), book.states["L-1"].lines[0].seen_q))
    assert ends == {("700", kg("300"))}


def test_a_reported_total_may_be_over_the_grant_and_then_nothing_of_ours_fits() -> None:
    book = Book(licence(quantity="100"))
    book.put(want("draw", "A", "10"), report(3, "130"))
    assert left(book) == "-30"
    assert str(refused(book, want("draw", "B", "1"))) == "error[GL0703]: licence L-1: asked 1 kg, 0 kg left, 1 kg too much"


def test_twelve_declarations_and_no_thirteenth() -> None:
    book = Book(licence(max_uses=12))
    book.put(*(want("draw", f"D-{number}", "1") for number in range(11)), want("reserve", "R", "1"))
    assert refused(book, want("draw", "D-12", "1")).message == "licence L-1: asked 1 use, 0 left of 12"
    book.put(want("release", "R"))
    assert isinstance(book.put(want("draw", "D-12", "1"))[0], Booked)
    assert status_shown(book.states["L-1"], day(3)) == "used_up"


def test_goods_that_went_before_a_suspension_may_be_booked_late_but_nothing_is_reserved() -> None:
    book = Book(licence())
    book.put(want("reserve", "R", "10", on=3), want("suspend", "S", on=4), at=moment(4))
    assert "suspended on 2025-06-05" in refused(book, want("commit", "R", "10", on=4), at=moment(5)).message
    assert isinstance(book.put(want("commit", "R", "10", on=3), at=moment(5))[0], Booked)
    assert refused(book, want("reserve", "R2", "1", on=3), at=moment(5)).code == "GL0706"
    book.put(want("resume", "S2", on=6), at=moment(6))
    assert isinstance(book.put(want("draw", "D", "1", on=6), at=moment(6))[0], Booked)


def windowed(words: str, q: str | None = None, v: str | None = None, **more: Any) -> Licence:
    window = Window.read(words, quantity=None if q is None else kg(q), value=None if v is None else scaled(Decimal(v), 4))
    return licence(window=window, **more)


def test_what_is_booked_late_counts_in_the_window_in_which_it_went() -> None:
    """Two clocks: in January a draw of the last December is booked; it is of last year, and this year is as full as it was."""
    terms = windowed("each year", v="60", quantity=None, currency="USD", since="2024-01-01", until="2027-01-01")
    book = Book(terms)

    def went(id: str, v: str, on: str) -> Command:
        return command_of(id=id, kind="draw", licence="L-1", day=on, v=scaled(Decimal(v), 4), uses=1)

    book.put(went("A", "50", "2025-02-01"), went("B", "55", "2024-06-01"))
    assert isinstance(book.put(went("LATE", "5", "2024-12-31"), at=moment(30))[0], Booked)
    told = refused(book, went("LATER", "1", "2024-12-31"), at=moment(30))
    assert told.code == "GL0717"
    assert told.message == (
        "licence L-1: in each year 60 USD may be used; for a use on 2024-12-31 0 USD are left of it, asked 1 USD"
    )
    assert window_left(book.states["L-1"], 1, "2025-12-31") == (None, scaled(Decimal(10), 4))
    assert window_left(book.states["L-1"], 1, "2026-01-01") == (None, scaled(Decimal(60), 4))


def test_a_rolling_window_holds_also_for_stretches_that_end_after_a_late_draw() -> None:
    book = Book(windowed("3 days", "100"))
    book.put(want("draw", "A", "60", on=5))
    assert refused(book, want("draw", "B", "50", on=3)).code == "GL0717"  # 3 to 5 June: 110
    assert isinstance(book.put(want("draw", "B", "40", on=3))[0], Booked)
    assert isinstance(book.put(want("draw", "C", "60", on=2))[0], Booked)  # 2 to 4 June: 100
    assert window_left(book.states["L-1"], 1, day(4)) == (0, None)
    assert isinstance(book.put(want("draw", "D", "40", on=6))[0], Booked)
    assert isinstance(book.put(want("contra", "E", "40", ref="B", on=3))[0], Booked)
    assert window_left(book.states["L-1"], 1, day(4)) == (0, None)  # 4 to 6 June are full all the same
    assert window_left(book.states["L-1"], 1, day(3)) == (kg("40"), None)


def test_a_use_is_taken_back_on_its_own_day_where_there_is_a_window() -> None:
    book = Book(windowed("3 days", "100"))
    book.put(want("draw", "A", "60", on=3))
    told = refused(book, want("contra", "B", "60", ref="A", on=6), at=moment(6))
    assert told.code == "GL0712"
    assert "on 2025-06-07 0 kg are used, which cannot come below zero" in told.message
    assert told.hint == "a correction, and what is taken back, is booked on the day of the use"
    assert isinstance(book.put(want("contra", "B", "60", ref="A", on=3), at=moment(6))[0], Booked)


def test_what_is_reserved_is_held_against_the_window_when_it_goes() -> None:
    book = Book(windowed("3 days", "100"))
    book.put(want("reserve", "A", "60"), want("reserve", "B", "60"))
    assert refused(book, want("reserve", "C", "101")).code == "GL0717"
    book.put(want("commit", "A", on=3))
    assert refused(book, want("commit", "B", on=5)).code == "GL0717"
    assert isinstance(book.put(want("commit", "B", on=6))[0], Booked)


@pytest.mark.parametrize(
    ("words", "day_", "stretch"),
    [
        ("90 days", "2025-06-10", ("2025-03-13", "2025-06-10")),
        ("any 1 day", "2025-06-10", ("2025-06-10", "2025-06-10")),
        ("12 months", "2025-06-10", ("2024-06-11", "2025-06-10")),
        ("1 month", "2025-03-31", ("2025-03-01", "2025-03-31")),
        ("1 year", "2024-02-29", ("2023-03-01", "2024-02-29")),
        ("each year", "2024-02-29", ("2024-01-01", "2024-12-31")),
        ("each month", "2025-02-10", ("2025-02-01", "2025-02-28")),
        ("each year", "9999-12-31", ("9999-01-01", "9999-12-31")),
        ("10 years", "0001-01-01", ("0001-01-01", "0001-01-01")),
    ],
)
def test_the_stretches_of_a_window(words: str, day_: str, stretch: tuple[str, str]) -> None:
    assert Window.read(words, quantity=1, value=None).ending(day_) == stretch


@pytest.mark.parametrize(
    "words", ["", "0 days", "4000 days", "11 years", "each day", "each 2 years", "fortnight", "-3 days", "1.5 years"]
)
def test_no_such_window(words: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Window.read(words, quantity=1, value=None)
    assert refusal.value.code == "GL0709"
    assert refusal.value.hint == "such as `90 days`, `12 months`, `each year` or `each month`"


def test_terms_without_a_window_read_as_before_there_were_any() -> None:
    assert '"window"' not in licence().text()
    terms = windowed("each year", "5", "60", value="100", currency="USD")
    assert Licence.read("L-1", terms.text()) == terms
    assert json.loads(write_state(Book(licence()).states["L-1"]))[-1] == 0  # open reservations: nothing comes after


def test_a_commit_takes_part_and_the_rest_is_left_again() -> None:
    book = Book(licence(quantity="100"))
    book.put(want("reserve", "R", "60"))
    assert left(book) == "40"
    book.put(want("commit", "R", "45.5"))
    assert left(book) == "54.5"
    assert refused(book, want("release", "R")).code == "GL0707"
    assert refused(book, want("commit", "R", "1")).code == "GL0702"


def test_what_comes_back_is_left_again_and_no_more_than_went() -> None:
    book = Book(licence(quantity="100"))
    book.put(want("draw", "D", "60"), want("contra", "C1", "20", ref="D"))
    assert left(book) == "60"
    assert "40 kg can be taken back, not 41 kg" in refused(book, want("contra", "C2", "41", ref="D")).message
    book.put(want("contra", "C2", "40", ref="D", uses=1))
    assert (left(book), book.states["L-1"].uses) == ("100", 0)


def test_the_days_of_a_licence_are_those_of_the_authority() -> None:
    book = Book(licence())
    told = refused(book, want("draw", "D", "1", on=8)).message
    assert told == "licence L-1 is valid from 2025-06-02 to the end of 2025-06-08 (Asia/Shanghai), not on 2025-06-09"
    assert isinstance(book.put(want("draw", "D", "1", on=7))[0], Booked)


def test_the_day_something_is_booked_on_is_that_of_the_authority() -> None:
    book = Book(licence())
    book.put(want("draw", "D", "1"), at="2025-06-04T15:59:59.000000Z")
    book.put(want("draw", "E", "1"), at="2025-06-04T16:00:00.000000Z")  # midnight in Shanghai
    assert [key[3] for batch in book.batches[1:] for key in batch.cells] == ["2025-06-04", "2025-06-05"]


def test_a_late_revocation_makes_later_steps_moot() -> None:
    book = Book(licence())
    book.put(want("suspend", "S", on=5), want("revoke", "V", on=3))
    assert status_shown(book.states["L-1"], day(6)) == "revoked"
    assert status_shown(book.states["L-1"], day(2)) == "active"


def test_a_cut_below_what_is_used_is_refused_unless_the_authority_made_it() -> None:
    book = Book(licence(quantity="100"))
    book.put(want("draw", "D", "60"))
    assert refused(book, want("amend", "A", "-41")).code == "GL0712"
    book.put(want("amend", "A", "-41", more='{"by_authority":true}'))
    assert left(book) == "-1"
    book.put(want("amend", "A2", "0", more='{"until":"2025-06-11"}'))
    assert book.states["L-1"].until == "2025-06-11"


def test_a_site_draws_on_what_it_was_given_and_the_holder_on_the_rest() -> None:
    book = Book(licence(quantity="100"))
    book.put(want("allocate", "S", "30", site="Ningbo"))
    assert left(book) == "70"
    assert "site Ningbo: asked 31 kg, 30 kg left, 1 kg too much" in refused(book, want("draw", "D", "31", site="Ningbo")).message
    book.put(want("draw", "D", "12", site="Ningbo"), want("recall", "B", "18", site="Ningbo"))
    assert left(book) == "88"
    assert refused(book, want("recall", "B2", "1", site="Ningbo")).code == "GL0703"
    assert refused(book, want("draw", "D2", "1", site="Ganzhou")).code == "GL0713"


# --- value, and what a tolerance adds -----------------------------------------------------------------------------------


def tolerance(per_mille: int, meter: str = "value", of: str = "granted") -> str:
    return f'{{"tolerance":{{"meter":"{meter}","of":"{of}","per_mille":{per_mille},"rule":"r"}}}}'


def test_value_may_go_over_by_its_tolerance_until_the_quantity_is_used_up() -> None:
    book = Book(licence(quantity="100", value="1000", currency="USD"))
    book.put(want("draw", "A", "90", v="990"))
    assert "asked 20 USD, 10 USD left, 10 USD too much" in refused(book, want("draw", "B", "5", v="20")).message
    assert isinstance(book.put(want("draw", "B", "5", v="110", more=tolerance(100)))[0], Booked)
    assert refused(book, want("draw", "C", "1", v="0.01", more=tolerance(100))).code == "GL0703"


def test_once_the_full_quantity_is_gone_no_tolerance_helps() -> None:
    book = Book(licence(quantity="100", value="1000", currency="USD"))
    book.put(want("draw", "A", "100", v="990"))
    assert refused(book, want("draw", "B", "0", v="20", more=tolerance(100))).code == "GL0703"
    assert refused(book, want("draw", "C", "1", v="1", more=tolerance(100))).code == "GL0703"


def test_a_tolerance_on_what_remains_is_for_the_last_batch() -> None:
    book = Book(licence(quantity="100"))
    book.put(want("draw", "A", "80"))
    rule = tolerance(50, "quantity", "remaining")
    assert refused(book, want("draw", "B", "21.01", more=rule)).code == "GL0703"
    assert isinstance(book.put(want("draw", "B", "21", more=rule))[0], Booked)
    assert refused(book, want("draw", "C", "0.01", more=rule)).code == "GL0703"


def test_quantity_and_value_move_together_or_not_at_all() -> None:
    book = Book(licence(quantity="100", value="1000", currency="USD", max_uses=1))
    before = book.states["L-1"]
    for command in (want("draw", "A", "1", v="1001"), want("draw", "B", "101", v="1"), want("draw", "C", "1", v="1", uses=2)):
        refused(book, command)
    assert book.states["L-1"] == before


def test_a_line_without_currency_counts_no_value() -> None:
    assert refused(Book(licence()), want("draw", "A", "1", v="1")).code == "GL0713"


# --- ids, chain, text ---------------------------------------------------------------------------------------------------


def test_one_batch_or_one_by_one_is_the_same_journal() -> None:
    commands = [
        want("draw", "A", "10"), want("reserve", "B", "5"), want("draw", "A", "10"), want("draw", "C", "2000"),
        want("commit", "B", "3"), want("contra", "E", "1", ref="B"), want("contra", "F", "1", ref="A"),
        want("draw", "G", "1", on=4),
    ]  # fmt: skip
    one, many = Book(licence()), Book(licence())
    results: list[Result] = one.put(*commands)
    apart = [many.put(command)[0] for command in commands]
    assert one.rows == many.rows
    assert one.states == many.states
    assert [str(result) for result in results] == [str(result) for result in apart]


def test_a_draw_under_the_id_of_a_reservation_is_refused() -> None:
    book = Book(licence())
    book.put(want("reserve", "ORDER-7/1", "10"))
    assert refused(book, want("draw", "ORDER-7/1", "10")).code == "GL0702"


def test_an_entry_changed_or_left_out_breaks_the_chain() -> None:
    book = Book(licence())
    book.put(want("draw", "A", "1"), want("draw", "B", "2"), want("draw", "C", "3"))
    for rows, seq in (
        ([row if row[0] != 3 else (3, "B", row[2].replace("200000000", "100000000"), row[3]) for row in book.rows], 3),
        ([row for row in book.rows if row[0] != 3], 3),
        ([*book.rows[:2], book.rows[3], book.rows[2]], 3),
    ):
        with pytest.raises(Broken) as broken:
            replay(START, rows, states={}, refs={}, posted=lambda id, before: None)
        assert broken.value.seq == seq


def test_a_chain_that_is_whole_does_not_hide_a_step_that_is_not_allowed() -> None:
    book = Book(licence(quantity="10"))
    entry = read_entry(book.rows[0][2])
    forged = write_entry(entry._replace(seq=2, id="X", kind="draw", q=kg("11"), uses=1, day=day(3), more=""))
    rows = [*book.rows, (2, "X", forged, hash_after(book.head.sha256, forged))]
    with pytest.raises(Broken, match="entry 2 is a step that is not allowed"):
        replay(START, rows, states={}, refs={}, posted=lambda id, before: None)


@pytest.mark.parametrize("id", ["", " A", ">A", "A\tB", "A\nB", "A" * 129, "\ud800"])
def test_ids_that_cannot_be_used(id: str) -> None:
    with pytest.raises(UsageError) as error:
        command_of(id=id, kind="draw", licence="L-1", day=day(1), q=1)
    assert error.value.code == "GL0709"


def test_an_entry_reads_back_as_it_was_written_and_in_no_other_way() -> None:
    book = Book(licence(quantity="100", value="5", currency="EUR"))
    book.put(want("draw", "订单 7/1", "1.5", v="0.01", by="Zoë Example", doc="单据"))
    for _, _, text, _ in book.rows:
        assert write_entry(read_entry(text)) == text
    with pytest.raises(ValueError, match="not written"):
        read_entry(book.rows[1][2].replace("\t150000000\t", "\t0150000000\t"))


def test_terms_read_back_as_they_were() -> None:
    plain = licence(quantity="3", value="2", currency="USD", max_uses=2)
    whole = Licence(
        **{name: getattr(plain, name) for name in plain.__dataclass_fields__}
        | {
            "scope": (ScopeRow(dimension="destination", value="DE", words="最终目的国"),),
            "provisos": (Proviso(id="P1", words="report within 30 days", since="2025-06-02", until="2025-07-02"),),
        }
    )
    assert Licence.read("L-1", whole.text()) == whole


def test_nothing_is_rounded() -> None:
    assert in_unit(Decimal("1"), "lb", "kg") == Decimal("0.45359237")
    assert scaled(Decimal("0.45359237"), 8) == 45359237
    with pytest.raises(LedgerRefusal, match="finer"):
        scaled(Decimal("0.000000001"), 8)
    with pytest.raises(LedgerRefusal, match="exactly"):
        in_unit(Decimal("1"), "kg", "lb")
    with pytest.raises(LedgerRefusal, match="cannot be said"):
        in_unit(Decimal("1"), "l", "kg")


def test_a_licence_with_two_lines_counts_them_apart() -> None:
    one = licence()
    two = Licence(**{name: getattr(one, name) for name in one.__dataclass_fields__} | {"lines": one.lines * 2})
    book = Book()
    book.put(granted(two), want("draw", "A", "10"), want("draw", "B", "20", line=2), want("draw", "C", "5"))
    assert [shown(line.left_q, 8) for line in book.states["L-1"].lines] == ["985", "980"]
    assert refused(book, want("draw", "D", "1", line=3)).code == "GL0713"
    assert {key[1]: cell[2] for key, cell in book.batches[0].cells.items() if key[2] == day(3)} == {1: kg("15"), 2: kg("20")}
