"""The control list of greenlane against a second, naive reading of the saved tables; and that reading against its own grammar.

The tables lie beside the repository, in ../shared/data/us-ear-tables (or where GREENLANE_SHARED points). Each entry is asked by
its bare code; the long run over every paragraph and every destination is benchmarks/determination.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import pytest

from tests.data import naive_ear
from tests.data.compare_ear import UNDERSTOOD, Finding, chosen, compare, product_keys, rows_not_held
from tests.data.naive_ear import ENTIRE, IN, MAYBE, MIXED, OUT, WORDS, Tables, paragraphs, path_of, read_row, read_scope, read_where
from tests.decide.real import real_base

SHARED = Path(os.environ.get("GREENLANE_SHARED") or Path(__file__).parents[3] / "shared")
FOLDER = SHARED / "data" / "us-ear-tables"
needs_tables = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the saved US control tables are not there: ../shared/data/us-ear-tables"
)
needs_list = pytest.mark.skipif(
    not (Path(__file__).parents[2] / "rules" / "us" / "us-ccl").is_dir(), reason="this rule base holds no US control list (us-ccl)"
)

SHARES = 8  # the bare codes in so many tests, so that two workers share them
DESTINATIONS = 3  # for each entry


@lru_cache(maxsize=1)
def tables() -> Tables:
    return Tables.read(FOLDER)


# --- the grammar, on small examples -----------------------------------------------------------------------------------


def named(text: str, eccn: str = "1A001") -> list[str]:
    found = paragraphs(text, eccn)
    return [] if found is None else [".".join(path) for path in found]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a.4, c, k to n, p.2", ["a.4", "c", "k", "l", "m", "n", "p.2"]),
        ("a.1 to a.3, b", ["a.1", "a.2", "a.3", "b"]),
        ("1A001.a.1 through a.8, .h, .i, and .l", [*(f"a.{number}" for number in range(1, 9)), "h", "i", "l"]),
        ("1A001.z.1.a, z.2.a", ["z.1.a", "z.2.a"]),
        ("1A001.z. 1.b", ["z.1.b"]),
        ("1A001.d.15 and .16", ["d.15", "d.16"]),
        ("1A001 .g, .r and .u", ["g", "r", "u"]),
        ("1A001.y only", ["y"]),
        (".c of this entry", ["c"]),
        ("1A002.b", []),  # another entry
        ("goods of 1A001.b", []),
    ],
)
def test_a_list_of_paragraphs(text: str, paths: list[str]) -> None:
    assert named(text) == paths


def test_a_range_runs_among_siblings() -> None:
    with pytest.raises(ValueError, match="range"):
        paragraphs("a.1 to b.3", "1A001")


def test_scopes() -> None:
    assert read_scope("entire entry.", "1A001") == ENTIRE
    assert read_scope("the entire entry", "1A001") == ENTIRE
    assert read_scope("entire entry, for goods controlled for NP reasons", "1A001") == WORDS
    assert read_scope("entire entry except goods for 1A001.y", "1A001") == WORDS
    but = read_scope("entire entry, except 1A001.b and .y", "1A001")
    assert [but.of(path_of(path)) for path in ("", ".a", ".b", ".b.1", ".y")] == [MAYBE, IN, OUT, OUT, OUT]
    only = read_scope("paragraphs .a.2 and .x", "1A001")
    assert [only.of(path_of(path)) for path in ("", ".a", ".a.2", ".a.2.b", ".a.3", ".x")] == [MAYBE, MAYBE, IN, IN, OUT, IN]
    assert read_scope("software controlled by 1A001.z.2", "1A001").of(("z", "2", "a")) == IN
    assert read_scope("radial bearings with fine tolerances", "1A001") == WORDS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NS Column 2.", "NS 2"),
        ("Column 1.", "RS 1"),
        ("Worldwide control. See section", "all"),
        ("A license is required for ALL destinations, except Canada, regardless of end use.", "not_canada"),
        ("To or within Macau or a destination specified in Country Group D:5 of", "macau_d5"),
        ("China, Russia or Venezuela (see", "cn_ru_ve"),
        ("A license is required for items for export or reexport to Iraq or transfer within Iraq", "IQ"),
        ("A license is required for items for export or reexport to Iraq or Pakistan or transfer", "IQ_PK"),
        ("A license is required for items to North Korea for anti-terrorism reasons", "KP"),
        ("See § 742.14 of the EAR", "untold"),
        ("N/A.", "untold"),
    ],
)
def test_destinations(text: str, kind: str) -> None:
    where = read_where(text, "RS")
    assert (where.column or where.kind) == kind


def test_a_row_may_hold_two_requirements_or_one_cell() -> None:
    twins = read_row("NP applies to entire entry AT applies to entire entry", "NP Column 1 AT Column 1", "1A001")
    assert [one.label for one in twins] == ["NP 1", "AT 1"]
    cell = "CB applies to entire entry CB Column 2."
    (single,) = read_row(cell, cell, "1A001")
    assert (single.label, single.scope) == ("CB 2", ENTIRE)
    with pytest.raises(ValueError, match="no reason"):
        read_row("something else", "NS Column 1", "1A001")


def test_names_of_measures_tell_their_reason() -> None:
    assert product_keys("us-ccl/3A001-NS2") == ("NS 2",)
    assert product_keys("us-ccl/3B001-NS-RS-a.4") == ("NS", "RS")
    assert product_keys("us-ccl/3A001-MT1-a.1.a-part") == ("MT 1",)
    assert product_keys("us-entity-list/whole") == ()


# --- the tables themselves --------------------------------------------------------------------------------------------


@needs_tables
def test_the_naive_side_reads_every_row() -> None:
    held = tables()
    assert len(held.entries) == 633 + len(naive_ear.RUN_TOGETHER)
    assert len(held.places) == 196 + 1 + len(held.embargoed)
    assert len(held.without_table) == 70
    rows = {(one.eccn, one.reason, one.where.column or one.where.kind) for eccn in held.entries for one in held.requirements(eccn)}
    assert set(MIXED) <= rows, "a reading by hand for a row that is no longer there"
    for column in {column for _, _, column in rows if column[-2:-1] == " "}:
        assert column in {mark for marks in held.marks.values() for mark in marks} | {"AT 1", "AT 2"}


@needs_tables
def test_some_answers_that_can_be_checked_by_eye() -> None:
    held = tables()

    def labels(code: str, to: str) -> tuple[list[str], list[str]]:
        found = held.answer(code, to)
        return sorted(one.label for one in found.certain), sorted(one.label for one in found.possible)

    assert labels("3A001.b.2", "CN") == (["NS 2"], ["NS 1", "RS 1"])
    assert labels("3A001.b.2", "HK") == labels("3A001.b.2", "CN")
    assert labels("3B001.k", "MO") == (["NS macau_d5", "RS macau_d5"], [])
    assert labels("3B001.k", "TW") == ([], [])
    assert labels("2B999", "PK") == ([], ["RS PK"])
    assert labels("2B999.a", "PK") == (["RS PK"], [])
    assert labels("0A503", "CA") == ([], [])
    assert held.answer("3A991", "KP").untold, "a row under an embargo has no marks, and that says nothing"


# --- greenlane against the tables ---------------------------------------------------------------------------------------


def _told(findings: list[Finding]) -> str:
    return "\n".join(found.line for found in findings[:20]) + f"\n{len(findings)} in all"


@needs_tables
@needs_list
@pytest.mark.parametrize("share", range(SHARES))
def test_every_entry_by_its_bare_code(share: int) -> None:
    held, rules = tables(), real_base()
    findings = [
        found
        for number, eccn in enumerate(held.entries)
        if number % SHARES == share
        for to in chosen(held, eccn, number, DESTINATIONS)
        for found in compare(held, rules, eccn, to)
        if not found.understood
    ]
    assert not findings, _told(findings)


@needs_tables
def test_the_share_meets_every_destination() -> None:
    held = tables()
    met = {to for number, eccn in enumerate(held.entries) for to in chosen(held, eccn, number, DESTINATIONS)}
    assert met == set(held.places)


@needs_tables
@needs_list
def test_no_row_of_the_source_is_dropped_in_silence() -> None:
    missing = [
        name for name in rows_not_held(tables(), real_base().measures) if name[:5] not in {eccn for eccn, _, _ in UNDERSTOOD}
    ]
    assert not missing, f"rows that greenlane neither reproduces nor names: {missing}"


@needs_tables
@needs_list
def test_differences_that_are_understood_are_still_there() -> None:
    held, rules = tables(), real_base()
    for (eccn, key, to), why in UNDERSTOOD.items():
        found = {one.key for code in held.codes(eccn) for one in compare(held, rules, code, to or "MX")}
        assert key in found, f"a difference is gone, take it off the list: {eccn} {key} ({why})"
