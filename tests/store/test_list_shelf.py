"""An edition comes back as it was kept, is never written twice, and a changed byte is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.errors import UsageError
from greenlane.store.list_shelf import ListShelf, pack, unpack
from greenlane.terms.listed import (
    Address,
    Identifier,
    ListEdition,
    ListedParty,
    Listing,
    NameKind,
    PartyKind,
    PartyName,
)

ON = date(2026, 8, 3)
TEXT = st.text(max_size=12)
DAY = st.none() | st.dates()
LISTING = st.builds(
    Listing,
    programme=TEXT,
    requirement=TEXT,
    policy=TEXT,
    citation=TEXT,
    start=DAY,
    end=DAY,
    known_since=DAY,
    end_known_since=DAY,
    group=TEXT,
)
PARTY = st.builds(
    ListedParty,
    id=TEXT.map("own:{}".format),
    list=st.just("own"),
    kind=st.sampled_from(PartyKind),
    names=st.lists(st.builds(PartyName, TEXT, st.sampled_from(NameKind)), min_size=1, max_size=3).map(tuple),
    countries=st.lists(st.sampled_from(["CN", "US"]), max_size=2).map(tuple),
    identifiers=st.lists(st.builds(Identifier, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    addresses=st.lists(st.builds(Address, TEXT, TEXT), max_size=2).map(tuple),
    born=st.lists(TEXT, max_size=2).map(tuple),
    listings=st.lists(LISTING, max_size=2).map(tuple),
    href=TEXT,
)
EDITION = st.builds(
    ListEdition,
    list=st.just("own"),
    state=st.dates(),
    source=TEXT,
    sha256=st.just("ab" * 32),
    parties=st.lists(PARTY, max_size=3).map(tuple),
    rejected=st.integers(0, 9),
)


def edition(name: str = "Example", *, state: date = ON, sha256: str = "ab" * 32) -> ListEdition:
    party = ListedParty(id="own:1", list="own", kind=PartyKind.UNKNOWN, names=(PartyName(name),))
    return ListEdition(list="own", state=state, source="own.csv", sha256=sha256, parties=(party,))


@given(kept=EDITION)
def test_an_edition_comes_back_as_it_was_and_packs_to_the_same_bytes(kept: ListEdition) -> None:
    assert unpack(pack(kept)) == kept
    assert pack(unpack(pack(kept))) == pack(kept)


def test_editions_are_kept_by_state_and_the_latest_is_found(tmp_path: Path) -> None:
    shelf = ListShelf(tmp_path)
    assert shelf.latest("own") is None
    new, old = edition(state=date(2026, 8, 2)), edition(state=date(2026, 8, 1), sha256="cd" * 32)
    assert shelf.put(new, on=ON)
    assert shelf.put(old, on=ON)
    assert shelf.editions("own") == (old, new)
    assert shelf.latest("own") == new
    assert shelf.editions("other") == ()


def test_the_same_edition_is_kept_once_and_a_reason_is_kept_beside_it(tmp_path: Path) -> None:
    shelf = ListShelf(tmp_path)
    assert shelf.put(edition(), on=ON)
    assert not shelf.put(edition(), on=date(2027, 1, 1))
    assert shelf.put(replace(edition(), accepted="Checked by hand"), on=ON)
    latest = shelf.latest("own")
    assert latest is not None
    assert latest.accepted == "Checked by hand"
    assert len(list((tmp_path / "own").iterdir())) == 1, "the file is the same; the journal has two entries"


def test_two_readings_of_the_same_bytes_are_two_editions(tmp_path: Path) -> None:
    shelf = ListShelf(tmp_path)
    assert shelf.put(edition("Example"), on=ON)
    assert shelf.put(edition("Example, read anew"), on=ON)
    assert [one.parties[0].names[0].text for one in shelf.editions("own")] == ["Example", "Example, read anew"]


def damaged(shelf: ListShelf) -> str:
    with pytest.raises(UsageError) as caught:
        shelf.latest("own")
    assert caught.value.code == "GL0619"
    assert caught.value.hint
    return caught.value.message


def test_a_changed_byte_of_an_edition_is_found(tmp_path: Path) -> None:
    shelf = ListShelf(tmp_path)
    shelf.put(edition(), on=ON)
    (path,) = (tmp_path / "own").iterdir()
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    assert "not what was kept" in damaged(shelf)
    path.unlink()
    assert "cannot be read" in damaged(shelf)


@pytest.mark.parametrize(
    "change", [("own.csv", "new.csv"), ('"count": 1', '"count": 2'), ('"number": 1', '"number": 2'), ("{", "[")]
)
def test_a_changed_journal_is_found(tmp_path: Path, change: tuple[str, str]) -> None:
    shelf = ListShelf(tmp_path)
    shelf.put(edition(), on=ON)
    shelf.put(edition(state=date(2026, 9, 1)), on=ON)
    path = tmp_path / "journal.jsonl"
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    assert "journal" in damaged(shelf)


def test_a_line_taken_out_of_the_journal_is_found(tmp_path: Path) -> None:
    shelf = ListShelf(tmp_path)
    shelf.put(edition(), on=ON)
    shelf.put(edition(state=date(2026, 9, 1)), on=ON)
    path = tmp_path / "journal.jsonl"
    path.write_text(path.read_text(encoding="utf-8").split("\n", 1)[1], encoding="utf-8")
    assert "entry 1" in damaged(shelf)


@pytest.mark.parametrize("name", ["../own", "Own", "own/x", ""])
def test_a_list_id_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        ListShelf(tmp_path).put(replace(edition(), list=name), on=ON)
    assert caught.value.code == "GL0304"
    assert not list(tmp_path.iterdir())


def test_a_cut_off_journal_is_found(tmp_path: Path) -> None:
    shelf = ListShelf(tmp_path)
    shelf.put(edition(), on=ON)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    assert "cut off" in damaged(shelf)


def test_signs_that_end_lines_elsewhere_do_not_break_the_journal(tmp_path: Path) -> None:
    shelf = ListShelf(tmp_path)
    odd = replace(edition(), source="own\u2028list\x85.csv")
    shelf.put(odd, on=ON)
    assert shelf.latest("own") == odd
