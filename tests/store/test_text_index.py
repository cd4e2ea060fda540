from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.decide.classify import Text
from greenlane.store.text_index import TextIndex

TEXTS = (
    Text("hs:8505.11", "Permanent magnets of metal", "Electrical goods"),
    Text("hs:8505.19", "Other permanent magnets", "Electrical goods"),
    Text("hs:5201", "Raw cotton", ""),
)


def keys(index: TextIndex, *words: str) -> list[str]:
    return [hit.text.key for hit in index.search(words)]


def test_the_text_with_the_rarer_words_comes_first() -> None:
    assert keys(TextIndex.of(TEXTS), "magnets", "metal") == ["hs:8505.11", "hs:8505.19"]


def test_a_word_is_found_in_any_of_its_forms_and_told_as_it_stands() -> None:
    (hit, _) = TextIndex.of(TEXTS).search(("magnet", "metals"))
    assert hit.own_words == ("magnets", "metal")


def test_words_of_the_headings_above_count_less_and_are_told_apart() -> None:
    texts = (Text("a", "cotton", "shirts"), Text("b", "shirts", "cotton"))
    first, second = TextIndex.of(texts).search(("cotton",))
    assert (first.text.key, first.own_words, first.above_words) == ("a", ("cotton",), ())
    assert (second.text.key, second.own_words, second.above_words) == ("b", (), ("cotton",))


def test_equals_come_in_the_order_of_their_codes() -> None:
    texts = (Text("b", "cotton"), Text("a", "cotton"), Text("c", "wool"))
    assert keys(TextIndex.of(texts), "cotton") == ["a", "b"]


def test_nothing_is_found_for_nothing() -> None:
    index = TextIndex.of(TEXTS)
    assert keys(index) == []
    assert keys(index, "") == []
    assert keys(index, "zebra") == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_word_breaks_the_search(words: list[str]) -> None:
    TextIndex.of(TEXTS).search([word.replace("\x00", "") for word in words])


def test_a_kept_index_answers_as_the_one_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "desk" / "s.index"
    assert TextIndex.kept(file) is None
    kept = TextIndex.keep(file, TEXTS)
    again = TextIndex.kept(file)
    assert again is not None
    for index in (kept, again):
        assert index.search(("magnet",)) == TextIndex.of(TEXTS).search(("magnet",))


def test_a_file_that_is_no_index_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "s.index"
    file.write_text("not a database, but long enough to be read as one" * 40, encoding="utf-8")
    assert TextIndex.kept(file) is None
    assert keys(TextIndex.keep(file, TEXTS), "cotton") == ["hs:5201"]


def test_a_desk_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("a file where a folder should be", encoding="utf-8")
    assert keys(TextIndex.keep(tmp_path / "desk" / "s.index", TEXTS), "cotton") == ["hs:5201"]
