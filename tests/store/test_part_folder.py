"""A run that was stopped finds what it had done, and nothing that it had not."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlane.errors import UsageError
from greenlane.store.part_folder import PartFolder, beside

MANIFEST = {"input": {"sha256": "a"}, "question": {"on": "2025-06-10"}, "rows": 5}


def folder(tmp_path: Path) -> PartFolder:
    return PartFolder(beside(tmp_path / "out.csv"), ("rejects", "parties"))


def done(tmp_path: Path, count: int) -> PartFolder:
    made = folder(tmp_path)
    made.begin(MANIFEST)
    made.keep(len(made.parts))
    for number in range(count):
        made.spool("rejects", [{"row": number}])
        made.add({"number": number})
    return made


def test_parts_are_there_when_the_same_run_begins_again(tmp_path: Path) -> None:
    done(tmp_path, 3).close()
    again = folder(tmp_path)
    again.begin(MANIFEST)
    assert [part["number"] for part in again.parts] == [0, 1, 2]
    again.keep(2)
    assert list(again.read("rejects")) == [{"row": 0}, {"row": 1}]
    again.spool("rejects", [{"row": 9}])
    again.add({"number": 9})
    assert list(again.read("rejects")) == [{"row": 0}, {"row": 1}, {"row": 9}]
    assert list(again.read("parties")) == []
    again.close()


def test_another_run_begins_anew_and_says_what_differs(tmp_path: Path) -> None:
    done(tmp_path, 3).close()
    again = folder(tmp_path)
    again.begin({**MANIFEST, "question": {"on": "2025-06-11"}})
    assert (again.parts, again.differs) == ([], ("question",))
    again.close()


def test_what_counts_ends_with_the_last_whole_line(tmp_path: Path) -> None:
    done(tmp_path, 3).close()
    home = beside(tmp_path / "out.csv")
    with (home / "parts.jsonl").open("ab") as handle:
        handle.write(b'{"number": 3, "spo')
    with (home / "rejects.jsonl").open("ab") as handle:
        handle.write(b'{"row": 3}\n{"ro')
    again = folder(tmp_path)
    again.begin(MANIFEST)
    assert len(again.parts) == 3
    again.keep(3)
    assert list(again.read("rejects")) == [{"row": 0}, {"row": 1}, {"row": 2}]
    again.close()
    (home / "rejects.jsonl").write_bytes(b'{"row": 0}\n')
    again = folder(tmp_path)
    again.begin(MANIFEST)
    assert len(again.parts) == 1
    again.close()


def test_a_manifest_that_does_not_read_is_none(tmp_path: Path) -> None:
    done(tmp_path, 1).close()
    (beside(tmp_path / "out.csv") / "manifest.json").write_text("[", encoding="utf-8")
    again = folder(tmp_path)
    again.begin(MANIFEST)
    assert again.parts == []
    again.close()


def test_two_runs_do_not_write_one_output(tmp_path: Path) -> None:
    first = done(tmp_path, 1)
    with pytest.raises(UsageError) as caught:
        folder(tmp_path).begin(MANIFEST)
    assert caught.value.code == "GL0309"
    first.close()


def test_when_all_is_delivered_the_folder_goes(tmp_path: Path) -> None:
    made = done(tmp_path, 1)
    made.draft.write_bytes(b"all")
    made.deliver(tmp_path / "out.csv")
    made.clear()
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


def test_an_output_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        PartFolder(beside(tmp_path / "none" / "out.csv"), ()).begin(MANIFEST)
    assert caught.value.code == "GL0306"
