"""Large books: by several processes as by one, recorded as they come, and again by the names that were kept as read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from greenlane.errors import FileError
from greenlane.feeds.model_files import read_model
from greenlane.screen.finding import Found
from greenlane.screen.index import Index
from greenlane.screen.kept_rows import FORMAT
from greenlane.screen.matcher import IndexMatcher
from greenlane.screen.names import read_name
from greenlane.services import screening
from greenlane.services.screening import Answer, Settings, record
from greenlane.terms.listed import ListEdition
from greenlane.wiring import screening as room
from tests.services.naive_matcher import DAY, Shelf, edition, party

OLD = edition(*(party(at, f"Vexil Orbital {word} Works") for at, word in enumerate(("Harbor", "Copper", "Falcon", "Summit"))))
NEW = replace(
    edition(*OLD.parties[1:], party(9, "Meadow Lantern Trading"), party(10, "示例轨道技术有限公司")), state=DAY + timedelta(days=1)
)
NAMES = ("Vexil Orbital Copper Works", "Meadow Lantren Tradng", "Nobody Known", "示例轨道技术公司", "Vexil Harbour Works")


class IndexShelf(Shelf):
    """Editions in memory, with the matcher of the desk."""

    def matcher(
        self, editions: Sequence[ListEdition], *, counted_on: Sequence[ListEdition] = (), model: str = "", statistics: str = ""
    ) -> Any:
        counted = Index.build([one for each in counted_on or editions for one in each.parties])
        index = Index.build([one for each in editions for one in each.parties], after=counted) if counted_on else counted
        told = tuple((one.list, one.sha256) for one in counted_on or editions)
        return IndexMatcher(index, read_model(), "0" * 64, told)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk for which ten counterparties are a large book, and three are matched together."""
    monkeypatch.setattr(room, "party_lists", lambda _: IndexShelf({}, OLD))
    monkeypatch.setattr(room, "_ALONE_MAX", 10)
    monkeypatch.setattr(screening, "_BATCH", 3)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    book = "".join(f"C-{at},{NAMES[at % 5]} {at // 5 or ''}\n" for at in range(40))
    (tmp_path / "book.csv").write_text(f"id,name\n{book}", encoding="utf-8")
    return tmp_path


def screened(desk: Path) -> tuple[room.Course, list[Answer]]:
    with room.Book(desk / "book.csv") as book:
        course = room.screen_book(book, Settings(on=DAY, known_by=DAY, threshold=0.5, certain=0.9), lists=(), desk=desk, at=DAY)
        return course, list(course)


def rescreened(desk: Path, *, at: date | None = NEW.state) -> tuple[room.Course, list[Answer]]:
    with room.Book(desk / "book.csv") as book:
        kept = room.screening_before(desk, None, desk / "book.csv")
        course = room.rescreen_book(book, kept, on=NEW.state, known_by=NEW.state, desk=desk, at=at)
        return course, list(course)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that are read for matching."""
    found: list[str] = []

    def noting(text: str) -> Any:
        found.append(text)
        return read_name(text)

    monkeypatch.setattr("greenlane.screen.match.read_name", noting)
    return found


def runs(desk: Path) -> Path:
    return desk / ".greenlane" / "runs"


def test_the_record_in_pieces_is_the_record_at_once(desk: Path) -> None:
    course, answers = screened(desk)
    text = (runs(desk) / f"{course.name}.json").read_text(encoding="utf-8")
    kept = screening.read_screening(text, shown="it")
    assert kept.answers == tuple(one.plain() for one in answers)
    assert kept.name == course.name
    assert screening.read_large_screening(text.encode(), shown="it").answers[:] == list(kept.answers)
    # The eight that begin with the very name, and "Vexil Harbour Works", which lacks one word of the listed name.
    met = [hit.listed_name for one in answers for hit in one.found.hits[:1]]
    assert sorted(met) == ["Vexil Orbital Copper Works"] * 8 + ["Vexil Orbital Harbor Works"]


def test_several_processes_answer_as_one_does(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course, answers = screened(desk)
    if not hasattr(os, "fork"):
        pytest.skip("processes cannot be forked here")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    again, by_two = screened(desk)
    assert by_two == answers
    assert again.anew == course.anew == 40
    assert len({json.loads(line)["readings"] for line in _journal(desk)}) == 1, "and keep the same names"


def _journal(desk: Path) -> list[str]:
    return (desk / ".greenlane" / "journal.jsonl").read_text(encoding="utf-8").splitlines()


def test_a_process_that_is_ended_stops_nobody(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("processes cannot be forked here")
    _, answers = screened(desk)
    mine = os.getpid()
    true = screening._match

    def dying(*given: Any) -> Any:
        if os.getpid() != mine:
            os._exit(9)
        return true(*given)

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(screening, "_match", dying)
    assert screened(desk)[1] == answers


def test_names_that_were_kept_are_not_read_again(desk: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    screened(desk)
    monkeypatch.setattr(room, "party_lists", lambda _: IndexShelf({}, OLD, NEW))
    read.clear()
    course, answers = rescreened(desk)
    assert 0 < course.anew < 40
    assert len(read) < 40, "only those whom a change may touch"
    read.clear()
    for folder in (desk / ".greenlane" / "readings").iterdir():
        for one in folder.iterdir():
            one.unlink()
        folder.rmdir()
    (runs(desk) / f"{course.name}.json").unlink()  # so that the first is the newest again
    by_reading, anew = rescreened(desk, at=None)
    assert len(read) >= 40, "without them each name is read"
    assert anew == answers
    assert by_reading.anew == course.anew


@pytest.mark.parametrize("spoiled", ["joined", "word", "digest", "manifest.json"])
def test_names_that_were_tampered_with_are_not_used(
    desk: Path, read: list[str], monkeypatch: pytest.MonkeyPatch, spoiled: str
) -> None:
    screened(desk)
    monkeypatch.setattr(room, "party_lists", lambda _: IndexShelf({}, OLD, NEW))
    _, sound = rescreened(desk, at=None)
    (folder,) = (desk / ".greenlane" / "readings").iterdir()
    raw = bytearray((folder / spoiled).read_bytes())
    raw[0] ^= 1
    (folder / spoiled).write_bytes(raw)
    read.clear()
    _, answers = rescreened(desk, at=None)
    assert answers == sound
    assert len(read) >= 40


@pytest.mark.parametrize("stale", ["_program", "FORMAT"])
def test_names_that_another_program_read_are_not_used(
    desk: Path, read: list[str], monkeypatch: pytest.MonkeyPatch, stale: str
) -> None:
    screened(desk)
    monkeypatch.setattr(room, "party_lists", lambda _: IndexShelf({}, OLD, NEW))
    _, sound = rescreened(desk, at=None)
    if stale == "_program":
        monkeypatch.setattr(room, "_program", lambda: "another")
    else:
        monkeypatch.setattr("greenlane.store.readings.FORMAT", FORMAT + 1)
    read.clear()
    _, answers = rescreened(desk, at=None)
    assert answers == sound
    assert len(read) >= 40


def test_names_that_are_new_in_the_book_are_kept_with_the_others(
    desk: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    screened(desk)
    with (desk / "book.csv").open("a", encoding="utf-8") as file:
        file.write("C-99,Somebody Else\n")
    monkeypatch.setattr(room, "party_lists", lambda _: IndexShelf({}, OLD, NEW))
    rescreened(desk)
    read.clear()
    course, _ = rescreened(desk, at=None)
    assert course.anew == 0
    assert read == [], "the same lists, the same book: nobody is read"


def test_a_name_that_comes_again_is_matched_once(desk: Path, read: list[str]) -> None:
    book = "".join(f"C-{at},{NAMES[at % 5]}\n" for at in range(40))
    (desk / "book.csv").write_text(f"id,name\n{book}", encoding="utf-8")
    _, answers = screened(desk)
    assert len(read) <= 15, "five names, in as many batches as are taken before the first is answered"
    alone: dict[tuple[str, ...], Found] = {}
    for answer in answers:
        alone.setdefault(answer.counterparty.names, answer.found)
        assert answer.found == alone[answer.counterparty.names]


def test_a_book_in_another_order_is_answered_from_the_record_all_the_same(desk: Path) -> None:
    screened(desk)
    head, *rows = (desk / "book.csv").read_text(encoding="utf-8").splitlines()
    (desk / "book.csv").write_text("\n".join((head, *rows[::-1], "C-77,Nobody New")) + "\n", encoding="utf-8")
    with room.Book(desk / "book.csv") as book:
        kept = room.screening_before(desk, None, desk / "book.csv")
        course = room.rescreen_book(book, kept, on=DAY, known_by=DAY, desk=desk, at=None)
        answers = list(course)
    assert course.anew == 1
    with room.Book(desk / "book.csv") as book:
        how = Settings(on=DAY, known_by=DAY, threshold=0.5, certain=0.9)
        assert list(room.screen_book(book, how, lists=(), desk=desk, at=None)) == answers


def test_a_book_that_changes_while_it_is_read_is_refused_and_not_recorded(desk: Path) -> None:
    with room.Book(desk / "book.csv") as book:
        course = room.screen_book(book, Settings(on=DAY, known_by=DAY, threshold=0.5, certain=0.9), lists=(), desk=desk, at=DAY)
        (desk / "book.csv").write_bytes((desk / "book.csv").read_bytes() + b"C-77,Nobody New\n")
        with pytest.raises(FileError) as caught:
            list(course)
    assert caught.value.code == "GL0121"
    assert list(runs(desk).iterdir()) == []


def test_the_pieces_are_the_record_also_without_answers(desk: Path) -> None:
    (desk / "book.csv").write_text("id,name\n", encoding="utf-8")
    course, answers = screened(desk)
    assert answers == []
    text = (runs(desk) / f"{course.name}.json").read_text(encoding="utf-8")
    assert screening.read_screening(text, shown="it").text() == text
    assert len(screening.read_large_screening(text.encode(), shown="it").answers) == 0
    with room.Book(desk / "book.csv") as book:
        course = room.screen_book(book, Settings(on=DAY, known_by=DAY, threshold=0.5, certain=0.9), lists=(), desk=desk, at=None)
        assert record(course, course._matcher, course._seen, course._settings, engine="1").answers == ()
