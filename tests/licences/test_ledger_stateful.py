"""Every operation, in any order, against a model that counts in fractions; and the journal replayed at the end of each history."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from greenlane.errors import LedgerRefusal
from greenlane.licences.events import Command
from greenlane.licences.ledger import Booked, read_state, write_state
from greenlane.licences.licence import Window
from tests.licences.book import Book, day, kg, licence, moment, want
from tests.licences.model import Model

AMOUNTS = st.sampled_from(["0.00000001", "0.1", "1", "3.3", "10", "33.33333333", "100"])
DAYS = st.integers(0, 9)
SITES = st.sampled_from(["", "", "", "Ningbo", "Ganzhou"])
USES = st.integers(0, 2)


def fraction(text: str) -> Fraction:
    return Fraction(Decimal(text))


class LedgerMachine(RuleBasedStateMachine):
    """One licence of 100 kg; in half of the histories of ten uses, in half of so much in any three days."""

    @initialize(limited=st.booleans(), windowed=st.booleans())
    def begin(self, limited: bool, windowed: bool) -> None:
        self.count = 0
        self.today = 3  # when the licence was booked
        uses = 10 if limited else None
        window = Window(length=3, unit="days", quantity=kg("40")) if windowed else None
        self.book = Book(licence(quantity="100", max_uses=uses, window=window))
        self.model = Model(Fraction(100), 1, 8, uses, (3, Fraction(40)) if windowed else None)
        self.done: list[tuple[Command, int]] = []

    def tell(self, command: Command, expected: bool) -> None:
        (result,) = self.book.put(command, at=moment(self.today, self.count))
        assert isinstance(result, Booked) == expected, (command, result)
        if isinstance(result, Booked):
            assert not result.again
            self.done.append((command, result.seq))

    def id(self) -> str:
        self.count += 1
        return f"A-{self.count}"

    def ref(self, place: int) -> str:
        """An id of before, or one that is not there."""
        return f"A-{place % (self.count + 1)}"

    @rule(days=st.integers(0, 2))
    def time_passes(self, days: int) -> None:
        self.today = min(self.today + days, 12)

    @rule(q=AMOUNTS, site=SITES, uses=USES, on=DAYS)
    def draw(self, q: str, site: str, uses: int, on: int) -> None:
        id = self.id()
        expected = self.model.draw(id, site, fraction(q), uses, on)
        self.tell(want("draw", id, q, on=on, site=site, uses=uses), expected)

    @rule(q=AMOUNTS, site=SITES, uses=USES, on=DAYS)
    def reserve(self, q: str, site: str, uses: int, on: int) -> None:
        id = self.id()
        expected = self.model.reserve(id, site, fraction(q), uses, on, self.today)
        self.tell(want("reserve", id, q, on=on, site=site, uses=uses), expected)

    @precondition(lambda self: self.model.held)
    @rule(place=st.integers(0, 50), q=st.one_of(st.just("0"), AMOUNTS), on=DAYS)
    def commit(self, place: int, q: str, on: int) -> None:
        id = sorted(self.model.held)[place % len(self.model.held)]
        site = self.model.held[id][0]
        self.tell(want("commit", id, q, on=on, site=site), self.model.commit(id, fraction(q), on))

    @precondition(lambda self: self.model.held)
    @rule(place=st.integers(0, 50), on=DAYS)
    def release(self, place: int, on: int) -> None:
        id = sorted(self.model.held)[place % len(self.model.held)]
        site = self.model.held[id][0]
        self.tell(want("release", id, on=on, site=site), self.model.release(id))

    @rule(place=st.integers(0, 50), on=DAYS, kind=st.sampled_from(["commit", "release"]))
    def end_what_is_not_open(self, place: int, on: int, kind: str) -> None:
        id = self.ref(place)
        if id not in self.model.held and not any(command.id == id and command.kind == kind for command, _ in self.done):
            self.tell(want(kind, id, on=on), False)

    @precondition(lambda self: self.model.gone)
    @rule(place=st.integers(0, 50), q=AMOUNTS, uses=USES, on=DAYS)
    def contra(self, place: int, q: str, uses: int, on: int) -> None:
        of = sorted(self.model.gone)[place % len(self.model.gone)]
        site = str(self.model.gone[of][0])
        command = want("contra", self.id(), q, on=on, site=site, uses=uses, ref=of)
        self.tell(command, self.model.contra(of, fraction(q), uses, on))

    @rule(q=AMOUNTS, minus=st.booleans(), site=SITES, on=DAYS)
    def adjust(self, q: str, minus: bool, site: str, on: int) -> None:
        sign = "-" if minus else ""
        expected = self.model.adjust(site, fraction(sign + q), on)
        self.tell(want("adjust", self.id(), sign + q, on=on, site=site), expected)

    @rule(q=AMOUNTS, site=st.sampled_from(["Ningbo", "Ganzhou"]), on=DAYS)
    def allocate(self, q: str, site: str, on: int) -> None:
        self.tell(want("allocate", self.id(), q, on=on, site=site), self.model.allocate(site, fraction(q), on))

    @rule(q=AMOUNTS, site=st.sampled_from(["Ningbo", "Ganzhou"]), on=DAYS)
    def recall(self, q: str, site: str, on: int) -> None:
        self.tell(want("recall", self.id(), q, on=on, site=site), self.model.recall(site, fraction(q)))

    @rule(q=AMOUNTS, minus=st.booleans(), authority=st.booleans(), on=DAYS)
    def amend(self, q: str, minus: bool, authority: bool, on: int) -> None:
        sign = "-" if minus else ""
        expected = self.model.amend(fraction(sign + q), on, authority)
        more = '{"by_authority":true}' if authority else ""
        self.tell(want("amend", self.id(), sign + q, on=on, more=more), expected)

    @rule(run=st.integers(0, 9), q=AMOUNTS, on=DAYS)
    def observe(self, run: int, q: str, on: int) -> None:
        id = self.id()
        expected = self.model.observe(run, fraction(q), id)
        self.tell(want("observe", id, q, on=on, more=f'{{"mark":"O","run":{run}}}'), expected)

    @rule(name=st.sampled_from(["suspend", "resume", "suspend", "resume", "revoke", "surrender", "expire", "close"]), on=DAYS)
    def act(self, name: str, on: int) -> None:
        self.tell(want(name, self.id(), on=on), self.model.act(name, on))

    @precondition(lambda self: self.done)
    @rule(place=st.integers(0, 50))
    def say_it_again(self, place: int) -> None:
        command, seq = self.done[place % len(self.done)]
        assert self.book.put(command, at=moment(self.today)) == [Booked(seq, True)]

    @precondition(lambda self: self.done)
    @rule(place=st.integers(0, 50))
    def say_something_else_under_the_id(self, place: int) -> None:
        command, _ = self.done[place % len(self.done)]
        (result,) = self.book.put(command._replace(doc="another paper"), at=moment(self.today))
        assert isinstance(result, LedgerRefusal)
        assert result.code == "GL0702"

    @invariant()
    def the_balance_is_that_of_the_model(self) -> None:
        if not hasattr(self, "book"):
            return
        state = self.book.states["L-1"]
        (line,) = state.lines
        scale = 10**8
        assert Fraction(line.granted_q, scale) == self.model.granted
        assert Fraction(line.used_q, scale) == self.model.used() >= 0
        assert Fraction(line.reserved_q, scale) == self.model.reserved() >= 0
        assert Fraction(line.left_q, scale) == self.model.left()
        assert Fraction(line.seen_q, scale) == self.model.seen()
        assert (state.uses, state.uses_held, state.held) == (self.model.uses(), self.model.uses_held(), len(self.model.held))
        counted = {number: Fraction(q, scale) for number in range(10) if (q := state.days.get(1, {}).get(day(number), (0, 0))[0])}
        assert counted == ({one: q for one, q in self.model.went.items() if q} if self.model.window else {})
        for site, given in self.model.given.items():
            kept = state.sites[1, site]
            assert Fraction(kept.given_q, scale) == given
            assert Fraction(kept.used_q, scale) == self.model.used(site)
            assert Fraction(kept.reserved_q, scale) == self.model.reserved(site)

    def teardown(self) -> None:
        if not hasattr(self, "book"):
            return
        state = self.book.states["L-1"]
        for part in (1, 7, 1000):
            replayed = self.book.replayed(part)
            assert (replayed.head, replayed.states, replayed.refs) == (self.book.head, self.book.states, self.book.refs)
        told = write_state(state)
        assert read_state(state.licence, told) == state
        assert told == json.dumps(json.loads(told), ensure_ascii=False, separators=(",", ":"))  # JSON's own form, sign for sign
        again = Book(state.licence)
        again.put(*(command for command, _ in self.done), at=moment(13))  # all at once, at another time
        # Reservations booked at another time may meet a suspension; without phases the end is the same.
        if not state.phases:
            assert again.states["L-1"].lines == state.lines
            assert sums(again) == sums(self.book)


def sums(book: Book) -> list[int]:
    """The sums by day over all batches: whatever the grouping, they come to the same."""
    total = [0] * 11
    for batch in book.batches:
        for cell in batch.cells.values():
            total = [one + change for one, change in zip(total, cell[:-2], strict=True)]
    return total


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)


def test_the_sums_by_day_add_up_to_the_balance() -> None:
    book = Book(licence(quantity="100"))
    book.put(want("draw", "A", "10"), want("reserve", "B", "5"), want("allocate", "C", "7", site="Ningbo"))
    book.put(want("draw", "D", "2", site="Ningbo"), want("commit", "B", "4"), want("draw", "E", "1", on=4))
    line = book.states["L-1"].lines[0]
    assert sums(book)[:4] == [line.granted_q, line.reserved_q, line.used_q, line.parked_q]
    assert line.left_q == kg("78")
