from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from greenlane.decide.classify import Text
from greenlane.errors import FileError
from greenlane.feeds.nomenclature import headings, read_schedule, read_titles, read_words
from greenlane.terms.codes import Code
from tests.decide.real import RULES, real_base

HTS = """\ufeffHTS Number,Indent,Description,Unit of Quantity
"8505","0","Electromagnets; permanent magnets:",""
"","1","Permanent magnets:",""
"8505.11.00","2","Of metal",""
"8505.11.00.70","3","Sintered neodymium-iron-boron","[""No.""]"
"8505.19","2","Other",""
"9903.88.01","0","Articles the product of China",""
"not a code","1","A note",""
"""
HS = """section,hscode,description,parent,level
XVI,85,Electrical goods,TOTAL,2
XVI,8505,Magnets,85,4
XVI,850511,Permanent magnets; of metal,8505,6
"""


def texts(raw: str) -> dict[str, Text]:
    return {one.key: one for one in headings(raw.encode(), "schedule.csv")}


def test_a_line_of_the_tariff_is_read_with_what_stands_above_it() -> None:
    found = texts(HTS)
    assert found["hts:8505.11.0070"] == Text(
        "hts:8505.11.0070", "Sintered neodymium-iron-boron", "Electromagnets; permanent magnets: Permanent magnets: Of metal"
    )
    assert found["hts:8505.19"].above == "Electromagnets; permanent magnets: Permanent magnets"
    assert list(found) == ["hts:8505", "hts:8505.11.00", "hts:8505.11.0070", "hts:8505.19"]


def test_the_nomenclature_is_read_with_its_parents() -> None:
    assert texts(HS)["hs:8505.11"] == Text("hs:8505.11", "Permanent magnets; of metal", "Electrical goods: Magnets")


def test_packed_or_not_it_is_the_same_schedule(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(HTS, encoding="utf-8")
    packed.write_bytes(gzip.compress(HTS.encode()))
    assert read_schedule(plain) == read_schedule(packed)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"a,b\n1,2\n", "GL0122"),
        (b"", "GL0122"),
        (b"HTS Number,Indent,Description\n", "GL0121"),
        (b"hscode,description,parent\n\xff,x,y\n", "GL0121"),
        (b'hscode,description,parent\n"85,x,y\n', "GL0121"),
    ],
)
def test_what_is_no_schedule_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(FileError) as caught:
        headings(raw, "schedule.csv")
    assert caught.value.code == code


def test_a_missing_or_broken_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_schedule(tmp_path / "none.csv")
    broken = tmp_path / "broken.gz"
    broken.write_bytes(b"\x1f\x8b nothing")
    with pytest.raises(FileError, match="cannot be read"):
        read_schedule(broken)


# --- our own files --------------------------------------------------------------------------------------------------


def test_our_titles_are_short_and_each_code_stands_once() -> None:
    titles = read_titles(RULES / "goods-titles.csv")
    assert len({one.key for one in titles}) == len(titles) > 200
    assert all(0 < len(one.own) <= 110 for one in titles)


def test_every_heading_that_the_rules_name_has_a_title_of_ours_or_of_one_above() -> None:
    known = {one.key for one in read_titles(RULES / "goods-titles.csv")}
    named = set()
    for measure in real_base().measures.values():
        for condition in measure.conditions:
            for item in getattr(condition, "items", ()):
                named |= {code for code in (*item.customs, *item.reach) if code.scheme in ("hs", "hts", "schedule_b")}
    bare = [str(code) for code in named if not any(f"hs:{Code('hs', one.value).pretty}" in known for one in (code, *code.wider))]
    assert sorted(bare) == []


def test_our_words_name_facts_that_something_reads() -> None:
    words = read_words(RULES / "goods-words.csv")
    read = {
        test.fact
        for measure in real_base().measures.values()
        for condition in measure.conditions
        for item in getattr(condition, "items", ())
        for test in item.tests
    }
    attributes = {word.fact for word in words if word.fact.startswith("attrs.")}
    assert attributes <= read
    assert {word.language for word in words} == {"en", "zh"}
    assert len({(word.phrase, word.fact) for word in words}) == len(words)
    assert all(word.means or word.fact for word in words)


def test_every_value_that_a_word_shows_is_one_that_a_rule_asks_for() -> None:
    asked: dict[str, set[str]] = {}
    for measure in real_base().measures.values():
        for condition in measure.conditions:
            for item in getattr(condition, "items", ()):
                for test in item.tests:
                    asked.setdefault(test.fact, set()).update(getattr(test.test, "words", ()))
    free = {"ferrite", "alnico"}  # families that no rule names: that they are another one is what counts
    shown = {(word.fact, word.value) for word in read_words(RULES / "goods-words.csv") if word.fact.startswith("attrs.")}
    assert sorted(value for fact, value in shown if value not in asked[fact] | free) == []


def test_a_file_of_ours_that_is_not_there_is_empty_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert read_titles(tmp_path / "none.csv") == ()
    assert read_words(tmp_path / "none.csv") == ()
    path = tmp_path / "t.csv"
    path.write_text("code,name\n", encoding="utf-8")
    with pytest.raises(FileError, match="header"):
        read_titles(path)
    path.write_text("code,title\nhs:8505\n", encoding="utf-8")
    with pytest.raises(FileError, match="cells"):
        read_titles(path)
    path.write_text("code,title\nhs:85O5,Magnets\n", encoding="utf-8")
    with pytest.raises(FileError):
        read_titles(path)
