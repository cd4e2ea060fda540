"""Screenings: never a word of innocence, done again to the byte, and by the changes alone as by the whole."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.errors import UsageError
from greenlane.screen.finding import (
    Alert,
    AlertState,
    Approved,
    Counterparty,
    Event,
    Found,
    ListState,
    Proposed,
    Undone,
    Verdict,
    canonical,
)
from greenlane.services.screening import (
    Answer,
    Desk,
    Outcome,
    Screening,
    Settings,
    again,
    compare_screening,
    decide_alert,
    raise_alerts,
    read_screening,
    record,
    rescreen,
    screen,
)
from greenlane.store.screening_journal import ScreeningJournal
from greenlane.terms.listed import ListEdition, ListedParty, PartyKind
from tests.services.naive_matcher import DAY, SETTINGS, Naive, Shelf, desk_of, edition, journal_in, party, whom

WEIGHTS = {"trading": 0.5, "example": 1.0}
SDN = edition(party(1, "Example Orbital Works", "EOW"), party(2, "Example Trading"), party(3, "Orbital Example"))


@pytest.fixture
def journal(tmp_path: Path) -> ScreeningJournal:
    return journal_in(tmp_path)


def matcher_of(*editions: ListEdition) -> Naive:
    return Naive(tuple(one for each in editions for one in each.parties), WEIGHTS)


def answer_of(name: str, desk: Desk, how: Settings = SETTINGS) -> Answer:
    (found,) = screen([whom(name)], matcher_of(*(one.edition for one in desk.lists if one.edition)), desk, how)
    return found


def screened(journal: ScreeningJournal, *names: str, editions: tuple[ListEdition, ...] = (SDN,), at: date = DAY) -> Screening:
    """Screen a book, record it and raise its alerts."""
    desk = desk_of(journal, *editions)
    matcher = matcher_of(*editions)
    how = replace(SETTINGS, on=at, known_by=at)
    answers = list(screen([whom(name, number) for number, name in enumerate(names, 1)], matcher, desk, how))
    done = record(answers, matcher, desk, how, engine="1")
    raise_alerts(journal, done, answers, desk, at=at)
    return done


def judge(
    journal: ScreeningJournal,
    key: str,
    verdict: Verdict = Verdict.FALSE_POSITIVE,
    *,
    until: date | None = DAY + timedelta(days=365),
) -> None:
    def proposed(_: Alert) -> Event:
        return Proposed(alert=key, at=DAY, by="Ann Example", verdict=verdict, reason="seen the papers", until=until)

    number = decide_alert(journal, proposed, key)
    decide_alert(journal, lambda _: Approved(alert=key, at=DAY, by="Bo Example", proposal=number), key)


def state_of(journal: ScreeningJournal, key: str) -> AlertState:
    return journal.alerts()[1][key].state


# --- texts ------------------------------------------------------------------------------------------------------------


some_text = st.text(max_size=12)


@given(
    st.builds(
        Counterparty,
        id=some_text,
        names=st.lists(some_text, max_size=3).map(tuple),
        kind=st.sampled_from(PartyKind),
        countries=st.lists(st.sampled_from(["CN", "US"]), max_size=2).map(tuple),
        born=st.sampled_from([(), ("1970",)]),
        addresses=st.lists(some_text, max_size=1).map(tuple),
    ),
    st.sampled_from(Outcome),
)
def test_the_text_of_an_answer_is_that_of_its_plain_values(one: Counterparty, outcome: Outcome) -> None:
    answer = Answer(one, outcome, Found(()), ())
    assert answer.text() == canonical(answer.plain())
    assert pickle.loads(pickle.dumps(one)) == one


# --- outcomes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("Example Orbital Works", Outcome.HIT), ("Orbital Works", Outcome.POSSIBLE), ("Nobody Known", Outcome.NONE_FOUND)],
)
def test_the_words_of_an_outcome(journal: ScreeningJournal, name: str, outcome: Outcome) -> None:
    assert answer_of(name, desk_of(journal, SDN)).outcome is outcome


def test_no_word_says_that_somebody_is_innocent() -> None:
    assert {one.value for one in Outcome} == {"hit", "possible", "none_found", "cannot_say"}


def test_one_bad_list_and_silence_says_nothing(journal: ScreeningJournal) -> None:
    other = edition(party(1, "Somebody Else", list_="un"), list_="un")
    desk = desk_of(journal, SDN, other, faults={"un": "the edition is 90 days old"})
    assert answer_of("Nobody Known", desk).outcome is Outcome.CANNOT_SAY
    assert answer_of("Example Orbital Works", desk).outcome is Outcome.HIT
    assert answer_of("Example Orbital Works", desk).found.hits[0].entry == "us-sdn:1"
    done = record([answer_of("Nobody Known", desk)], matcher_of(SDN, other), desk, SETTINGS, engine="1")
    assert done.faults == ("un: the edition is 90 days old",)


def test_without_any_list_nothing_can_be_said(journal: ScreeningJournal) -> None:
    assert answer_of("Nobody Known", desk_of(journal)).outcome is Outcome.CANNOT_SAY


def test_a_list_that_is_missing_counts_as_bad(journal: ScreeningJournal) -> None:
    desk = Desk([ListState("un", None, "no edition is held")], *journal.alerts())
    assert answer_of("Nobody Known", desk).outcome is Outcome.CANNOT_SAY


@pytest.mark.parametrize(("threshold", "certain", "limit"), [(0, 1, 1), (0.9, 0.8, 1), (0.5, 1.1, 1), (0.5, 0.9, 0)])
def test_settings_that_cannot_be(threshold: float, certain: float, limit: int) -> None:
    with pytest.raises(UsageError) as caught:
        Settings(on=DAY, known_by=DAY, threshold=threshold, certain=certain, limit=limit)
    assert caught.value.code == "GL0304"


# --- two people's word ------------------------------------------------------------------------------------------------


def test_what_two_people_cleared_is_left_out_and_makes_room(journal: ScreeningJournal) -> None:
    first = screened(journal, "Orbital Example")
    top = first.answers[0]["hits"][0]
    judge(journal, top["alert"])
    found = answer_of("Orbital Example", desk_of(journal, SDN))
    assert [alert.entry.id for alert in found.cleared] == [top["entry"]]
    assert top["entry"] not in [hit.entry for hit in found.found.hits]
    assert found.plain()["cleared"][0]["by"] == ["Ann Example", "Bo Example"]


def test_a_clearance_never_passes_to_a_namesake(journal: ScreeningJournal) -> None:
    judge(journal, screened(journal, "Example Trading").answers[0]["hits"][0]["alert"])
    (found,) = screen([whom("Example Trading", 2)], matcher_of(SDN), desk_of(journal, SDN), SETTINGS)
    assert found.outcome is Outcome.HIT


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda: edition(party(1, "Example Trading", "Example Trade")), "the entry changed"),
        (lambda: edition(party(9, "Example Trading")), "the entry is gone"),
    ],
)
def test_a_clearance_lapses_with_its_entry(journal: ScreeningJournal, change: Callable[[], ListEdition], why: str) -> None:
    listed = edition(party(1, "Example Trading"))
    key = screened(journal, "Example Trading", editions=(listed,)).answers[0]["hits"][0]["alert"]
    judge(journal, key)
    assert answer_of("Example Trading", desk_of(journal, listed)).outcome is Outcome.NONE_FOUND
    changed = change()
    # By itself, before anybody writes it down; and then for good, even if the entry is once more as it was.
    assert answer_of("Example Trading", desk_of(journal, changed)).outcome is Outcome.HIT
    screened(journal, "Example Trading", editions=(changed,))
    alert = journal.alerts()[1][key]
    assert (alert.state, alert.lapsed) == (AlertState.LAPSED, why)
    assert answer_of("Example Trading", desk_of(journal, listed)).outcome is Outcome.HIT


def test_a_clearance_lapses_with_its_counterparty(journal: ScreeningJournal) -> None:
    key = screened(journal, "Example Trading").answers[0]["hits"][0]["alert"]
    judge(journal, key)
    screened(journal, "Example Trading House")
    assert state_of(journal, key) is AlertState.LAPSED


def test_a_clearance_lapses_with_its_term_and_is_raised_anew(journal: ScreeningJournal) -> None:
    key = screened(journal, "Example Trading").answers[0]["hits"][0]["alert"]
    judge(journal, key, until=DAY + timedelta(days=10))
    later = DAY + timedelta(days=10)
    assert answer_of("Example Trading", desk_of(journal, SDN), replace(SETTINGS, on=later)).outcome is Outcome.HIT
    screened(journal, "Example Trading", at=later)
    assert state_of(journal, key) is AlertState.OPEN


def test_a_bad_list_or_a_past_day_lets_nothing_lapse(journal: ScreeningJournal) -> None:
    key = screened(journal, "Example Trading").answers[0]["hits"][0]["alert"]
    judge(journal, key)
    empty = edition(party(9, "Other"))
    past = replace(SETTINGS, known_by=DAY - timedelta(days=1))
    for desk, how in ((desk_of(journal, empty, faults={"us-sdn": "cut off"}), SETTINGS), (desk_of(journal, empty), past)):
        answers = list(screen([whom("Example Trading")], matcher_of(empty), desk, how))
        raise_alerts(journal, record(answers, matcher_of(empty), desk, how, engine="1"), answers, desk, at=DAY)
        assert state_of(journal, key) is AlertState.CLEARED


def test_a_true_match_stays_a_hit_at_any_threshold(journal: ScreeningJournal) -> None:
    done = screened(journal, "Orbital Works")
    key = done.answers[0]["hits"][0]["alert"]
    judge(journal, key, Verdict.TRUE_MATCH, until=None)
    strict = replace(SETTINGS, threshold=0.99, certain=1.0)
    found = answer_of("Orbital Works", desk_of(journal, SDN), strict)
    assert (found.outcome, found.found.hits) == (Outcome.HIT, ())
    assert found.plain()["confirmed"][0]["verdict"] == "true_match"


def test_undoing_brings_the_hit_back(journal: ScreeningJournal) -> None:
    key = screened(journal, "Example Trading").answers[0]["hits"][0]["alert"]
    judge(journal, key)
    decide_alert(journal, lambda _: Undone(alert=key, at=DAY, by="Cy", reason="the papers were another's"), key)
    assert answer_of("Example Trading", desk_of(journal, SDN)).outcome is Outcome.HIT


def test_an_open_alert_is_raised_once(journal: ScreeningJournal) -> None:
    screened(journal, "Example Trading")
    before = len(journal.alerts()[1])
    screened(journal, "Example Trading")
    assert len(journal.alerts()[1]) == before
    assert journal.check() == ()


def test_an_alert_that_is_not_there(journal: ScreeningJournal) -> None:
    with pytest.raises(UsageError) as caught:
        decide_alert(journal, lambda _: Undone(alert="x", at=DAY, by="Cy", reason="no"), "x")
    assert caught.value.code == "GL0501"


# --- the record -------------------------------------------------------------------------------------------------------


def test_a_past_screening_done_again_is_the_same_to_the_byte(journal: ScreeningJournal) -> None:
    judge(journal, screened(journal, "Example Trading", "Nobody Known").answers[0]["hits"][0]["alert"])
    kept = screened(journal, "Example Trading", "Orbital Works", "Nobody Known")
    decide_alert(
        journal,
        lambda alert: Undone(alert=alert.key, at=DAY, by="Cy", reason="later"),
        next(key for key, alert in journal.alerts()[1].items() if alert.state is AlertState.CLEARED),
    )
    shelf = Shelf(WEIGHTS, SDN, edition(party(7, "Example Trading"), state=DAY + timedelta(days=1)))
    now = again(kept, shelf, journal)
    assert now.text() == kept.text()
    assert compare_screening(kept, now).same
    assert read_screening(kept.text(), shown="x") == kept


def test_the_receipt_of_one_search_is_done_again_alike_hit_or_no_hit(journal: ScreeningJournal) -> None:
    kept = screened(journal, "Example Trading", "Nobody Known")
    for name in ("C-1", "C-2"):
        receipt = kept.receipt(name)
        assert again(receipt, Shelf(WEIGHTS, SDN), journal).text() == receipt.text()
    with pytest.raises(UsageError, match="C-3"):
        kept.receipt("C-3")


def test_what_is_no_longer_kept_is_said(journal: ScreeningJournal) -> None:
    kept = screened(journal, "Example Trading")
    for shelf in (Shelf(WEIGHTS), Shelf({"example": 9.0}, SDN)):
        with pytest.raises(UsageError) as caught:
            again(kept, shelf, journal)
        assert caught.value.code == "GL0505"


def test_a_changed_answer_is_named(journal: ScreeningJournal) -> None:
    kept = screened(journal, "Example Trading", "Orbital Works")
    told = json.loads(kept.text())
    told["answers"][1]["hits"][0]["probability"] = 0.4
    forged = replace(kept, answers=tuple(told["answers"]))
    (line,) = compare_screening(forged, again(forged, Shelf(WEIGHTS, SDN), journal)).lines
    assert line.startswith("C-2: possible (us-sdn:1 0.4")


def test_a_record_with_another_log_is_refused(journal: ScreeningJournal, tmp_path: Path) -> None:
    kept = screened(journal, "Example Trading")
    kept = screened(journal, "Example Trading")
    other = ScreeningJournal(tmp_path / "other.sqlite")
    with pytest.raises(UsageError, match="cut, or is another"):
        again(kept, Shelf(WEIGHTS, SDN), other)
    screened(other, "Orbital Works", "Nobody Known", "Orbital Example")
    with pytest.raises(UsageError) as caught:
        again(kept, Shelf(WEIGHTS, SDN), other)
    assert caught.value.code == "GL0307"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-2],
        lambda text: text.replace("greenlane-screening/1", "greenlane-run/1"),
        lambda text: text.replace('"on":', '"on": '),
        lambda text: text.replace('"limit":3', '"limit":0'),
        lambda text: text.replace('"outcome":"hit"', '"outcome":"hit","outcome":"hit"'),
        lambda text: "[]",
    ],
)
def test_what_is_no_record_is_refused(journal: ScreeningJournal, spoil: Callable[[str], str]) -> None:
    text = screened(journal, "Example Trading").text()
    assert spoil(text) != text
    with pytest.raises(UsageError):
        read_screening(spoil(text), shown="x")


def test_two_of_one_id_are_refused(journal: ScreeningJournal) -> None:
    desk, matcher = desk_of(journal, SDN), matcher_of(SDN)
    with pytest.raises(UsageError) as caught:
        record(screen([whom("A"), whom("B")], matcher, desk, SETTINGS), matcher, desk, SETTINGS, engine="1")
    assert caught.value.code == "GL0109"


# --- by the changes alone ---------------------------------------------------------------------------------------------

NAME = st.lists(st.sampled_from("example trading orbital works north steel".split()), min_size=1, max_size=3).map(" ".join)
SPANS = st.sampled_from(
    [(None, None), (DAY, None), (None, DAY), (DAY + timedelta(days=1), None), (None, DAY + timedelta(days=1)), (None, None)]
)
PARTIES = st.dictionaries(st.integers(1, 9), st.tuples(st.lists(NAME, min_size=1, max_size=2), SPANS), max_size=9).map(
    lambda found: edition(*(party(number, *names, start=start, end=end) for number, (names, (start, end)) in found.items()))
)


@st.composite
def editions(draw: st.DrawFn) -> tuple[ListEdition, ListEdition]:
    """An edition, and one after it in which most entries are as they were."""
    old, other = draw(PARTIES), draw(PARTIES)
    gone = draw(st.sets(st.integers(1, 9), max_size=3))
    changed = draw(st.sets(st.integers(1, 9), max_size=3))
    after = {one.id: one for one in old.parties if int(one.id[-1]) not in gone}
    after |= {one.id: one for one in other.parties if int(one.id[-1]) in changed}
    return old, edition(*after.values())


BOOK = st.dictionaries(st.integers(1, 6), NAME, max_size=6)


def both(
    lists: tuple[ListEdition, ListEdition],
    books: tuple[dict[int, str], dict[int, str]],
    days: int,
    judged: list[int],
) -> tuple[list[Answer], list[Answer], list[str]]:
    """Answers to the new state of things, by the changes and by the whole, and the records of both."""
    with TemporaryDirectory() as folder:
        journal = journal_in(Path(folder))
        matchers = [Naive(one.parties, WEIGHTS) for one in lists]
        later = replace(SETTINGS, on=DAY + timedelta(days=days), known_by=DAY + timedelta(days=days))
        book = [[whom(name, number) for number, name in one.items()] for one in books]
        desk = desk_of(journal, lists[0])
        answers = list(screen(book[0], matchers[0], desk, SETTINGS))
        kept = record(answers, matchers[0], desk, SETTINGS, engine="1")
        raise_alerts(journal, kept, answers, desk, at=DAY)
        for place, key in enumerate(sorted(journal.alerts()[1])):
            if place in judged:
                verdict = Verdict.FALSE_POSITIVE if place % 3 else Verdict.TRUE_MATCH
                judge(journal, key, verdict, until=DAY + timedelta(days=1 + place % 3))
        now = desk_of(journal, lists[1])
        whole = list(screen(book[1], matchers[1], now, later))
        changes = list(rescreen(kept, desk.lists, book[1], matchers[1], now, later).answers)
        text = [record(one, matchers[1], now, later, engine="1").text() for one in (changes, whole)]
        return changes, whole, text


@settings(max_examples=250, deadline=None)
@given(editions(), BOOK, BOOK, st.integers(0, 2), st.lists(st.integers(0, 9), max_size=4))
def test_by_the_changes_as_by_the_whole(
    lists: tuple[ListEdition, ListEdition], book: dict[int, str], book_new: dict[int, str], days: int, judged: list[int]
) -> None:
    _, _, (changes, whole) = both(lists, (book, book | book_new), days, judged)
    assert changes == whole


class Counting(Naive):
    """Says how many pairs it looked at."""

    def candidates(self, counterparty: Counterparty) -> tuple[ListedParty, ...]:
        COUNTED.append(len(self.parties))
        return self.parties


COUNTED: list[int] = []


def test_only_the_changes_are_matched(journal: ScreeningJournal) -> None:
    old = edition(*(party(number, f"Example {number}") for number in range(50)))
    new = edition(*old.parties[1:], party(99, "Example Newcomer"))
    book = [whom(f"Example {number}", number) for number in range(40)]
    desk = desk_of(journal, old)
    kept = record(screen(book, Naive(old.parties, WEIGHTS), desk, SETTINGS), matcher_of(old), desk, SETTINGS, engine="1")
    kept = replace(kept, answers=tuple({**one, "more": False} for one in kept.answers))
    newly = whom("Example Newcomer", 40)
    COUNTED.clear()
    found = rescreen(kept, desk.lists, [*book, newly], Counting(new.parties, WEIGHTS), desk_of(journal, new), SETTINGS)
    list(found.answers)
    assert COUNTED[:39] == [1] * 39, "whoever lost no hit is held against the entry that came"
    assert COUNTED[39:] == [50] * found.anew, "those it touches, who had a hit on the one that went, and who is new: against all"
    assert found.anew > 1
    COUNTED.clear()
    other = Counting(new.parties, {"example": 3.0})
    found = rescreen(kept, desk.lists, book, other, desk_of(journal, new), SETTINGS)
    assert len(list(found.answers)) == found.anew == 40, "other statistics: everybody"
