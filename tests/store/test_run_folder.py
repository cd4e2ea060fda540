"""A desk's journal: chained, and refused with a place and a way out where it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlane.errors import UsageError
from greenlane.services.runs import Question, Run
from greenlane.store.run_folder import FOLDER, RunFolder
from greenlane.terms.periods import Asked


def run_of(name: str) -> Run:
    """A run of no lines."""
    day = Asked.read("2025-06-10")
    return Run(
        source=name, source_sha256="", question=Question(day, day, ("cn", "us"), False), rules_version="1", rules_sha256="",
        rules={}, engine="1", answers=(),
    )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk with two runs."""
    for name in ("a.csv", "b.csv"):
        RunFolder(tmp_path).append(run_of(name))
    return tmp_path


def journal_of(desk: Path) -> Path:
    return desk / FOLDER / "journal.jsonl"


def refused(desk: Path, line: int | None) -> str:
    """That each way into a damaged journal is refused alike; the message."""
    said = set()
    for enter in (lambda: RunFolder(desk).last(), lambda: RunFolder(desk).append(run_of("c.csv")), lambda: RunFolder(desk).check()):
        with pytest.raises(UsageError) as caught:
            enter()
        error = caught.value
        assert error.code == "GL0307"
        assert error.at is not None
        assert (Path(error.at.file).name, error.at.line) == ("journal.jsonl", line)
        assert "restore the journal" in error.hint
        said.add(error.message)
    (message,) = said
    return message


def test_a_sound_journal_is_chained_and_gives_the_newest(desk: Path) -> None:
    folder = RunFolder(desk)
    assert folder.check() == ()
    assert folder.last().source == "b.csv"
    assert len(journal_of(desk).read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("left", [1, 30, 100])
def test_a_truncated_entry(desk: Path, left: int) -> None:
    first, second = journal_of(desk).read_bytes().splitlines(keepends=True)
    journal_of(desk).write_bytes(first + second[:left])
    assert "cut off" in refused(desk, 2)


def test_an_entry_that_lost_only_its_end_of_line(desk: Path) -> None:
    journal_of(desk).write_bytes(journal_of(desk).read_bytes()[:-1])
    assert "cut off" in refused(desk, 2)


@pytest.mark.parametrize("text", [b"", b"{", b"not JSON", b'{"number": 2', b"[" * 100_000])
def test_an_entry_that_is_not_json(desk: Path, text: bytes) -> None:
    first, second = journal_of(desk).read_bytes().splitlines()
    journal_of(desk).write_bytes(b"\n".join((first, text, second, b"")))
    assert "not JSON" in refused(desk, 2)


@pytest.mark.parametrize("text", [b"[]", b"1", b"null", b"{}", b'{"number": 2, "run": 7, "before": "", "sha256": ""}'])
def test_an_entry_without_what_it_must_say(desk: Path, text: bytes) -> None:
    first, _ = journal_of(desk).read_bytes().splitlines()
    journal_of(desk).write_bytes(first + b"\n" + text + b"\n")
    assert "does not say" in refused(desk, 2)


def test_an_entry_that_names_a_file_elsewhere(desk: Path) -> None:
    journal_of(desk).write_bytes(b'{"number": 1, "run": "../../secret", "before": "", "sha256": ""}\n')
    assert "names no run" in refused(desk, 1)


def test_a_journal_that_is_not_utf_8(desk: Path) -> None:
    journal_of(desk).write_bytes(b"\xff\xfe" + journal_of(desk).read_bytes())
    assert "not UTF-8" in refused(desk, 1)


def test_a_broken_chain_is_told_and_not_continued(desk: Path) -> None:
    _, second = journal_of(desk).read_bytes().splitlines(keepends=True)
    journal_of(desk).write_bytes(second)
    assert RunFolder(desk).check() == ("journal entry 1 does not follow the one before",)
    assert RunFolder(desk).last().source == "b.csv"
    with pytest.raises(UsageError) as caught:
        RunFolder(desk).append(run_of("c.csv"))
    assert caught.value.code == "GL0307"
    assert caught.value.at is not None
    assert caught.value.at.line == 1
    assert journal_of(desk).read_bytes() == second


def test_a_record_that_cannot_be_read(desk: Path) -> None:
    for path in (desk / FOLDER / "runs").iterdir():
        path.write_bytes(b"\xff")
    with pytest.raises(UsageError) as caught:
        RunFolder(desk).last()
    assert caught.value.code == "GL0303"


def test_a_record_written_in_pieces_is_kept_at_the_end_or_not_at_all(desk: Path) -> None:
    folder = RunFolder(desk)
    with folder.draft() as draft:
        draft.write("a piece")
    assert sorted(one.suffix for one in (desk / FOLDER / "runs").iterdir()) == [".json", ".json"]
    run = run_of("c.csv")
    with folder.draft() as draft:
        for sign in run.text():
            draft.write(sign)
        draft.keep(run.name, readings="0" * 64)
    assert folder.last().source == "c.csv"
    assert (folder.readings(run.name), folder.readings("nobody")) == ("0" * 64, "")


def test_which_names_were_kept_is_part_of_the_chain(desk: Path) -> None:
    folder, run = RunFolder(desk), run_of("c.csv")
    with folder.draft() as draft:
        draft.write(run.text())
        draft.keep(run.name, readings="0" * 64)
    text = journal_of(desk).read_text(encoding="utf-8")
    journal_of(desk).write_text(text.replace("0" * 64, "1" * 64), encoding="utf-8")
    assert folder.check() == ("journal entry 3 does not match its hash",)
    assert folder.readings(run.name) == "", "what a broken journal names is not believed"


def test_a_damaged_journal_is_refused_before_a_book_is_screened(desk: Path) -> None:
    journal_of(desk).write_text("{}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught, RunFolder(desk).draft():
        pytest.fail("nothing is to be written")
    assert caught.value.code == "GL0307"
