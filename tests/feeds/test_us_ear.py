"""The US lists: what both forms say is one thing, every requirement is accounted for, what is not whole is refused."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from greenlane.cli.main import cli
from greenlane.errors import GreenlaneError, SourceError
from greenlane.feeds import snapshots, us_ear, us_ear_sync
from greenlane.feeds.us_ear import Source, read_json
from greenlane.feeds.us_ear_exceptions import Offer, read_exception
from greenlane.feeds.us_ear_tables import (
    CHART,
    CONTROLS,
    COUNTRY_GROUPS,
    ENTRIES,
    EXCEPTIONS,
    TABLES,
    account,
    build,
    read_csv,
)
from greenlane.feeds.us_ear_words import Scope, cells_of, column_of, digest, part_words, read_codes, read_scope, reason_of, ways_of
from greenlane.feeds.us_ear_xml import read_xml
from greenlane.settings import read_settings
from tests.feeds.us_ear_invented import DAY, Model, Told, as_json, as_xml, entries

SHARED = Path(__file__).parents[3] / "shared" / "data" / "us-ear-tables"
needs_shared = pytest.mark.skipif(
    not (SHARED / "ccl.json").is_file(), reason="the tables of the eCFR issue of 2026-07-23 are not beside the checkout"
)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(SourceError) as caught:
        call()
    return caught.value.code


def one_entry(*controls: tuple[str, str], eccn: str = "3A700", **more: Any) -> Source:
    return read_json(as_json(Model(told=entries([Told(eccn, controls=controls, **more)]))))


def rows_of(source: Source, eccn: str = "3A700") -> dict[str, dict[str, str]]:
    texts, _ = build(source, {})
    return {row["id"]: row for row in read_csv(texts[CONTROLS]) if row["id"].startswith(eccn)}


# --- the grammar --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("3A700.a", "a"),
        ("3A700.a and .x", "a x"),
        ("3A700.a, .b.2, and c", "a b.2 c"),
        ("3A700.a.1 to a.3, b, e, f.2 to f.4, g to j", "a.1 a.2 a.3 b e f.2 f.3 f.4 g h i j"),
        ("3A700.a.4, c, d, f.1, k to n, p.2, r", "a.4 c d f.1 k l m n p.2 r"),
        ("paragraphs .a, .d, and .x", "a d x"),
        ("items controlled by 3A700.z.1", "z.1"),
        ("3A700.d.15 and .16", "d.15 d.16"),
        ("3A700.a.3.f only", "a.3.f"),
        ("3A700. b and .y", "b y"),
    ],
)
def test_paragraphs_are_read_and_ranges_written_out(words: str, codes: str) -> None:
    found = read_scope(words, "3A700")
    assert found == Scope(tuple(f"3A700.{one}" for one in codes.split()))


@pytest.mark.parametrize("words", ["entire entry except 3A700.y", "entire entry, except .y", "the entire entry except: 3A700.y"])
def test_what_is_taken_out_is_read(words: str) -> None:
    assert read_scope(words, "3A700") == Scope(("3A700",), ("3A700.y",))


@pytest.mark.parametrize(
    "words",
    [
        "3A701.a",
        "3A700.a when usable in missiles",
        "3A700.c to a",
        "3A700.a.1 to b.3",
        "3A700.a.1 to a.99",
        "shotguns with a short barrel",
        "entire entry, for items controlled for NP reasons",
        "3A700.b (except .b.5)",
        "3A700.a, as well as .b",
        "",
    ],
)
def test_a_scope_is_never_guessed(words: str) -> None:
    assert read_scope(words, "3A700") is None


@given(st.text(alphabet="abcxyz0123456789., tothrugandexcpie3A700", max_size=60))
def test_what_is_read_lies_in_the_entry(words: str) -> None:
    found = read_scope(words, "3A700")
    assert found is None or all(one == "3A700" or one.startswith("3A700.") for one in (*found.control, *found.but))
    codes = read_codes(words, "3A700")
    assert codes is None or len(set(codes)) == len(codes)


def test_reasons_columns_and_cells() -> None:
    assert reason_of("NS applies to entire entry") == ("NS", "entire entry")
    assert reason_of("RS apply to 1A004.d") == ("RS", "1A004.d")
    assert reason_of("Russian industry sector sanctions apply to entire entry") == ("RISS", "entire entry")
    assert reason_of("Something else") is None
    assert column_of("NS Column 2.") == "NS2"
    assert column_of("Column 1.", "AT") == "AT1"
    assert column_of("RS Column 1, See § 742.6(a)(3)") is None
    both = cells_of("NP applies to entire entry AT applies to entire entry", "NP Column 1 AT Column 1")
    assert both == [("NP applies to entire entry", "NP Column 1"), ("AT applies to entire entry", "AT Column 1")]
    once = "CB applies to entire entry CB Column 2."
    assert cells_of(once, once) == [("CB applies to entire entry", "CB Column 2")]


def test_destinations_in_words() -> None:
    assert [one.destination for one in ways_of("China, Russia, or Venezuela (see § 742.6(a)(7)).")] == ["CN;HK;RU;VE"]
    assert [one.destination for one in ways_of("Worldwide control. See § 742.4(a)(5) and (b)(10) of the EAR.")] == ["!US"]
    four = ways_of("To or within any destination worldwide. See § 742.6(a)(6)(iii)(A) of the EAR.")
    assert [one.suffix for one in four] == ["cn", "d1d4", "uae", "else"]
    assert [bool(one.missing) for one in four] == [False, False, False, True]
    (unknown,) = ways_of("See § 742.99 of the EAR.")
    assert unknown.missing == "the destinations, told in section 742.99"


def test_parts_in_our_words_only_where_every_word_was_read() -> None:
    assert part_words('"technology" for items controlled by 2B004, 2B009 to 2B011 or 2D001 for MT reasons') == (
        "technology for goods of 2B004, 2B009 to 2B011 or 2D001, as far as those are controlled for MT"
    )
    assert part_words('"technology" for valves controlled by 2A226 that are large') is None
    assert part_words('"software" for equipment controlled by 3B001.q and lamps') is None


@pytest.mark.parametrize(
    ("symbol", "words", "offers"),
    [
        ("LVS", "$3000", (Offer(("3A700",), usd="3000"),)),
        ("LVS", "$3,000, except N/A for MT", (Offer(("3A700",), usd="3000", without=("MT",)),)),
        ("LVS", "$5000; N/A for MT and for 3A700.j.1.", (Offer(("3A700",), ("3A700.j.1",), "5000", ("MT",)),)),
        ("LVS", "$1500; $5000 for 3A700.b", (Offer(("3A700",), ("3A700.b",), "1500"), Offer(("3A700.b",), usd="5000"))),
        ("LVS", "N/A for MT and for 3A700.a; $5000 for all other items", (Offer(("3A700",), ("3A700.a",), "5000", ("MT",)),)),
        ("LVS", "$3000 for 3A700.a for countries without a mark", None),
        ("LVS", "$3000 or so", None),
        ("GBS", "Yes", (Offer(("3A700",)),)),
        ("GBS", "Yes, except 3A700.a, b.5, e, and h.", (Offer(("3A700",), ("3A700.a", "3A700.b.5", "3A700.e", "3A700.h")),)),
        ("GBS", "Yes, for 3A700.h (unless controlled for MT)", None),
        ("TSR", "Yes, except for the following:", None),
        ("STA", "Yes", None),
        ("ENC", "Yes", None),
    ],
)
def test_exceptions_are_read_to_the_last_word_or_not_at_all(symbol: str, words: str, offers: object) -> None:
    assert read_exception(symbol, words, "3A700") == offers


# --- both forms -----------------------------------------------------------------------------------------------------------


def test_both_forms_give_the_same_tables() -> None:
    model = Model(told=entries([Told("3A700", controls=[("NS applies to 3A700.a and .b", "NS Column 1.")], reasons="NS, MT, AT")]))
    one, other = read_json(as_json(model)), read_xml(as_xml(model), as_of=DAY)
    assert build(one, {})[0] == build(other, {})[0]
    assert one.rows == other.rows


def test_a_full_table_is_the_same_bytes_again() -> None:
    source = read_json(as_json(Model()))
    texts, changes = build(source, {})
    assert changes
    assert build(source, texts) == (texts, [])
    for text in texts.values():
        assert "\r" not in text
        assert text.endswith("\n")


def test_hong_kong_liechtenstein_and_the_caymans_take_the_row_of_another() -> None:
    texts, _ = build(read_json(as_json(Model())), {})
    chart = {row["member"]: row["marks"] for row in read_csv(texts[CHART])}
    assert chart["HK"] == chart["CN"]
    assert chart["LI"].split()[1:] == chart["CH"].split()[1:]
    assert chart["KY"] == chart["GB"]
    assert chart["IR"] == "part-746 note-1"
    groups = {row["member"]: row["marks"] for row in read_csv(texts[COUNTRY_GROUPS])}
    assert groups["HK"] == groups["CN"]


def test_every_requirement_is_accounted_for_once() -> None:
    source = read_json(as_json(Model()))
    told = account(source)
    assert len(told) == source.rows
    assert all(one.rows or one.handled_by for one in told)
    rows = {row["id"]: row for row in read_csv(build(source, {})[0][CONTROLS])}
    assert {name for one in told for name in one.rows} <= set(rows)
    for one in told:
        assert one.not_modelled is (bool(one.rows) and all(rows[name]["standing"] == "unverified" for name in one.rows))


# --- rows -----------------------------------------------------------------------------------------------------------------


def test_rows_of_paragraphs_parts_and_words() -> None:
    rows = rows_of(
        one_entry(
            ("NS applies to entire entry, except 3A700.y", "NS Column 1."),
            ("MT applies to lamps of a kind nobody read", "MT Column 1"),
            ("RS applies to 3A700.y", "China, Russia, or Venezuela (see § 742.6(a)(7))."),
            ("RS applies to 3A700.b to d", "See § 742.6(a)(11) of the EAR."),
            ("AT applies to entire entry", "AT Column 1."),
        )
    )
    assert (rows["3A700-NS1"]["but"], rows["3A700-NS1"]["destination"]) == ("eccn:3A700.y", "group:us-ns1")
    part = rows["3A700-MT1"]
    assert (part["part"], part["control"]) == ("MT1", "eccn:3A700")
    assert "not yet put in ours" in part["part_words"]
    assert "lamps" not in part["part_words"]  # their words stay theirs
    assert rows["3A700-RS-y"]["destination"] == "CN;HK;RU;VE"
    assert rows["3A700-RS-b"]["standing"] == "unverified"
    assert rows["3A700-RS-b"]["control"] == "eccn:3A700.b;eccn:3A700.c;eccn:3A700.d"
    assert (rows["3A700-AT1"]["standing"], rows["3A700-AT1"]["destination"]) == ("unverified", "group:us-part-746")


def test_a_reason_without_a_row_is_a_row_that_is_not_modelled() -> None:
    rows = rows_of(one_entry(("NS applies to entire entry", "NS Column 2"), reasons="NS, MT, AT"))
    assert rows["3A700-MT-AT"]["standing"] == "unverified"
    assert not rows["3A700-NS2"]["standing"]


def test_two_reasons_that_ask_the_same_are_one_row() -> None:
    source = one_entry(
        ("NS applies to entire entry", "Worldwide control. See § 742.4(a)(5) and (b)(10) of the EAR."),
        ("RS applies to entire entry", "Worldwide control. See § 742.6(a)(10) and (b)(11) of the EAR."),
        reasons="NS, RS",
    )
    rows = rows_of(source)
    assert list(rows) == ["3A700-NS-RS"]
    assert [one.rows for one in account(source) if one.entry == "3A700"] == [tuple(rows)] * 2


def test_an_entry_of_the_munitions_list_has_no_rows() -> None:
    source = one_entry(eccn="9A709", heading="Rockets. (These items are “subject to the ITAR.” See 22 CFR.)", reasons="")
    assert rows_of(source, "9A709") == {}
    marks = {row["member"]: row["marks"] for row in read_csv(build(source, {})[0][ENTRIES])}
    assert marks["eccn:9A709"] == "itar"
    assert marks["eccn:3A700"] == "listed"


def test_an_entry_without_a_table_is_grey() -> None:
    source = one_entry(reasons="SS")
    assert rows_of(source)["3A700-SS"]["standing"] == "unverified"
    marks = {row["member"]: row["marks"] for row in read_csv(build(source, {})[0][ENTRIES])}
    assert marks["eccn:3A700"] == "no-table"


def test_an_entry_that_swallowed_the_next_one_is_taken_apart() -> None:
    heading = (
        "“Lamps” as follows (see List of Items Controlled). License Requirements Reason for Control: NS, AT Control(s) Country "
        "Chart (see Supp. No. 1 to part 738) NS applies to 3A700.a NS Column 1. AT applies to entire entry AT Column 1. List Based "
        "License Exceptions (See Part 740 for a Description of All License Exceptions) LVS: $500 GBS: N/A List of Items Controlled "
        "Related Controls: See ECCN 3A002. Items: a. Lamps. 3A722 “Lights” as follows (see List of Items Controlled)."
    )
    source = one_entry(("RS applies to entire entry", "RS Column 2."), heading=heading, reasons="")
    assert rows_of(source)["3A700-NS1"]["control"] == "eccn:3A700.a"
    assert list(rows_of(source, "3A722")) == ["3A722-RS2"]


def test_rows_of_the_next_entry_whose_code_no_text_names() -> None:
    pair = [("NS applies to entire entry", "NS Column 1"), ("AT applies to entire entry", "AT Column 1")]
    source = one_entry(*pair, *pair, eccn="8C609", reasons="NS, AT", flags={"LVS": "$1500", "TSR": "Yes"})
    assert list(rows_of(source, "8C609")) == ["8C609-AT1", "8C609-NS1"]
    assert list(rows_of(source, "8D001")) == ["8D001-AT1", "8D001-NS1"]
    lifts = {row["id"]: row["lifts"] for row in read_csv(build(source, {})[0][EXCEPTIONS]) if row["id"][:5] in ("8C609", "8D001")}
    assert lifts == {"8C609-LVS": "us-ccl/8C609-NS1", "8D001-TSR": "us-ccl/8D001-NS1"}


def test_what_is_taken_out_for_russia_alone_is_asked_for_russia_alone() -> None:
    station = ", except to Russia for use in, with, or for the International Space Station (ISS), including launch to the ISS"
    rows = rows_of(one_entry((f"RS applies to 3A700.y{station}", "China, Russia, or Venezuela (see § 742.6(a)(7))."), reasons="RS"))
    assert (rows["3A700-RS"]["destination"], rows["3A700-RS"]["part"]) == ("CN;HK;VE", "")
    assert (rows["3A700-RS-ru"]["destination"], rows["3A700-RS-ru"]["part"]) == ("RU", "RS")


def test_a_reason_whose_row_leaves_iraq_out_has_an_open_row_for_iraq() -> None:
    told = "A license is required for items controlled by this entry for export or reexport to {} for regional stability reasons."
    row = told.format("Pakistan")
    rows = rows_of(one_entry(("RS applies to entire entry", row), ("AT applies to entire entry", "AT Column 1"), reasons="RS, AT"))
    iraq = rows["3A700-RS-iraq"]
    assert (iraq["destination"], iraq["standing"], iraq["control"]) == ("IQ", "unverified", "eccn:3A700")
    assert "3A700-AT1-iraq" not in rows
    assert "3A700-RS-iraq" not in rows_of(one_entry(("RS applies to entire entry", told.format("Iraq")), reasons="RS"))


def test_a_column_with_words_beside_it_holds_as_a_column() -> None:
    rows = rows_of(
        one_entry(("RS applies to entire entry", "RS Column 1, See § 742.6(a)(3) for license requirements."), reasons="RS")
    )
    assert (rows["3A700-RS1"]["destination"], rows["3A700-RS1"]["standing"]) == ("group:us-rs1", "")
    assert (rows["3A700-RS"]["destination"], rows["3A700-RS"]["standing"]) == ("!US", "unverified")


def test_the_chemical_row_keeps_what_it_takes_out() -> None:
    told = (
        "CW applies to entire entry. A license is required for CW reasons to CWC non-States Parties (destinations not listed in "
        "Supplement No. 2 to part 745), except for Israel and Taiwan. See § 742.18 of the EAR."
    )
    assert rows_of(one_entry((told, told), reasons="CW"))["3A700-CW"]["destination"] == "!US;!IL;!TW"


def test_a_changed_requirement_closes_its_row_and_opens_another() -> None:
    before, _ = build(read_json(as_json(Model())), {})
    later = one_entry(("NS applies to entire entry", "NS Column 1"), ("AT applies to entire entry", "AT Column 1"))
    after, changes = build(later, before)
    keys = {one.key for one in changes if one.table == CONTROLS}
    assert keys == {"3A700-NS1", "3A700-NS2", "3A700-RS1"}
    rows = {row["id"]: row for row in read_csv(after[CONTROLS])}
    assert (rows["3A700-NS2"]["from"], rows["3A700-NS2"]["until"]) == ("2025-01-01", DAY)
    assert rows[f"3A700-NS1-from-{DAY}"]["from"] == DAY
    assert rows[f"3A700-NS1-from-{DAY}"]["source"] == rows["3A700-NS2"]["source"] == "ccl"  # a period names its source
    assert build(later, after) == (after, [])


def test_a_place_that_changes_keeps_its_past() -> None:
    before, _ = build(read_json(as_json(Model())), {})
    model = Model()
    model.groups["D5"] = [name for name in model.groups["D5"] if name != "Zimbabwe"] + ["Norway"]
    after, changes = build(read_json(as_json(model)), before)
    assert {(one.table, one.key) for one in changes} >= {(COUNTRY_GROUPS, "NO")}
    norway = [row for row in read_csv(after[COUNTRY_GROUPS]) if row["member"] == "NO"]
    assert [row["from"] for row in norway if row["marks"] == "D5"] == [DAY]
    assert build(read_json(as_json(model)), after) == (after, [])


# --- what is refused ------------------------------------------------------------------------------------------------------


def test_half_a_source_is_refused() -> None:
    files = as_json(Model())
    assert code_of(lambda: read_json({name: raw for name, raw in files.items() if name != "ccl.json"})) == "GL0601"
    few = Model(told=entries()[:300])
    assert code_of(lambda: read_json(as_json(few))) == "GL0605"
    assert code_of(lambda: read_xml(as_xml(few), as_of=DAY)) == "GL0605"
    model = Model()
    model.marks = dict(list(model.marks.items())[:150])
    assert code_of(lambda: read_json(as_json(model))) == "GL0605"
    bare = Model(told=[Told(one.eccn, controls=one.controls[:1]) for one in entries()])
    assert code_of(lambda: read_json(as_json(bare))) == "GL0605"


@pytest.mark.parametrize("part", [0.3, 0.6, 0.99])
def test_a_cut_off_file_is_refused(part: float) -> None:
    files = as_json(Model())
    cut = files | {"ccl.json": files["ccl.json"][: int(len(files["ccl.json"]) * part)]}
    assert code_of(lambda: read_json(cut)) == "GL0602"
    sheets = as_xml(Model())
    torn = sheets | {"part-774.xml": sheets["part-774.xml"][: int(len(sheets["part-774.xml"]) * part)]}
    assert code_of(lambda: read_xml(torn, as_of=DAY)) == "GL0602"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"category": "3"', b'"category": "4"', "GL0607"),
        (b'"eccn": "3A700"', b'"eccn": "3Z700"', "GL0607"),
        (b'"eccn": "3A701"', b'"eccn": "3A700"', "GL0607"),
        (b'"ecfrIssueDate": "2026-07-23"', b'"ecfrIssueDate": "2026-07-23", "ecfrIssueDate": "2026-07-24"', "GL0602"),
        (b'"ecfrIssueDate": "2026-07-23"', b'"ecfrIssueDate": "soon"', "GL0601"),
        (b'"entries": [', b'"entries": NaN, "more": [', "GL0602"),
        (b'"entries": [', b'"entries": Infinity, "more": [', "GL0602"),
        (b'"entries": [', b'"entries": {}, "more": [', "GL0601"),
        (b'"countryChart": [', b'"countryChart": null, "more": [', "GL0601"),
    ],
)
def test_a_damaged_list_is_refused(old: bytes, new: bytes, code: str) -> None:
    files = as_json(Model())
    assert old in files["ccl.json"]
    assert code_of(lambda: read_json(files | {"ccl.json": files["ccl.json"].replace(old, new, 1)})) == code


def test_unknown_places_and_columns_are_refused() -> None:
    files = as_json(Model())
    chart = files["country-chart.json"]
    assert code_of(lambda: read_json(files | {"country-chart.json": chart.replace(b'"Norway"', b'"Norwegia"')})) == "GL0607"
    assert code_of(lambda: read_json(files | {"country-chart.json": chart.replace(b'"NS 2"', b'"NS 9"', 1)})) == "GL0601"
    sheets = as_xml(Model())
    shifted = sheets["part-738.xml"].replace(b"<TD/>", b"", 1)
    assert code_of(lambda: read_xml(sheets | {"part-738.xml": shifted}, as_of=DAY)) == "GL0607"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_other_encodings_are_refused(encoding: str) -> None:
    files = as_json(Model())
    chart = files["country-chart.json"].decode().encode(encoding, errors="replace")
    found = snapshots.Snapshot(files | {"country-chart.json": chart})
    assert code_of(lambda: us_ear_sync.read_source(found, as_of=None)) == "GL0603"


def test_bytes_that_are_no_text_are_refused() -> None:
    assert code_of(lambda: us_ear.strict_json(b'{"a": "\xff\xfe"}', "x")) == "GL0603"
    assert code_of(lambda: us_ear_sync.read_source(snapshots.Snapshot({"x": b"%PDF-1.7"}), as_of=None)) == "GL0601"
    declared = as_xml(Model())["part-740.xml"].replace(b'"UTF-8"', b'"ISO-8859-1"')
    assert code_of(lambda: read_xml({"x.xml": declared}, as_of=DAY)) == "GL0603"


def test_entities_are_refused_before_they_grow() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    assert code_of(lambda: read_xml({"x.xml": f"{bomb}]><DIV5>&m;</DIV5>".encode()}, as_of=DAY)) == "GL0604"
    outside = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
    assert code_of(lambda: read_xml({"x.xml": outside}, as_of=DAY)) == "GL0604"


def test_endless_nesting_is_refused() -> None:
    assert code_of(lambda: us_ear.strict_json(b"[" * 100_000, "x")) == "GL0604"
    assert code_of(lambda: us_ear.strict_json(b'{"a":' * 100_000, "x")) == "GL0604"
    assert code_of(lambda: read_xml({"x.xml": b"<a>" * 100_000}, as_of=DAY)) == "GL0604"


def test_brackets_in_texts_do_not_nest() -> None:
    assert us_ear.strict_json(json.dumps({"a": "[" * 500 + '\\"' + "{" * 500}).encode(), "x")["a"].startswith("[[")


# --- fetching -------------------------------------------------------------------------------------------------------------


class Answer(io.BytesIO):
    """What a server gives, with what it announces."""

    def __init__(self, raw: bytes, said: str | None = None) -> None:
        super().__init__(raw)
        self.headers = {"Content-Length": str(len(raw)) if said is None else said}


class Endless(Answer):
    """A stream that never ends."""

    def read(self, size: int | None = -1) -> bytes:
        return b" " * (size or 0)


def gives(answer: IO[bytes] | Exception) -> snapshots.Opener:
    def opener(request: urllib.request.Request, wait_s: float) -> IO[bytes]:
        assert wait_s == snapshots.WAIT_S
        if isinstance(answer, Exception):
            raise answer
        return answer

    return opener


@pytest.mark.parametrize(
    "address", ["http://example.org/x", "file:///etc/passwd", "ftp://example.org", "https://", "https://a:b@example.org/"]
)
def test_only_https_is_fetched(address: str) -> None:
    assert code_of(lambda: snapshots.fetch(address, opener=gives(Answer(b"x")))) == "GL0606"


def test_too_much_is_refused_while_it_streams() -> None:
    where = "https://example.org/title-15.xml"
    assert code_of(lambda: snapshots.fetch(where, opener=gives(Answer(b"x", str(10**9))))) == "GL0608"
    assert code_of(lambda: snapshots.fetch(where, opener=gives(Endless(b"", "")))) == "GL0608"
    ticks = iter(range(0, 10**9, 400))
    assert code_of(lambda: snapshots.fetch(where, opener=gives(Endless(b"", "")), clock=lambda: next(ticks))) == "GL0606"
    assert code_of(lambda: snapshots.fetch(where, opener=gives(Answer(b"half", "8")))) == "GL0606"


@pytest.mark.parametrize("fault", [urllib.error.URLError("no route"), TimeoutError("timed out"), ConnectionResetError("reset")])
def test_a_fault_of_the_network_says_so(fault: Exception) -> None:
    assert code_of(lambda: snapshots.fetch("https://example.org/x", opener=gives(fault))) == "GL0606"


def test_the_official_address_is_asked_for_the_day_and_three_parts() -> None:
    sheets = as_xml(Model())
    asked: list[str] = []

    def opener(request: urllib.request.Request, wait_s: float) -> IO[bytes]:
        asked.append(request.full_url)
        if request.full_url.endswith("/titles"):
            return Answer(json.dumps({"titles": [{"number": 15, "latest_issue_date": DAY}]}).encode())
        return Answer(sheets[f"part-{request.full_url[-3:]}.xml"])

    found, day = us_ear_sync.fetch_source("https://example.org/v1", opener=opener)
    assert day == DAY
    assert [one.rpartition("/")[2] for one in asked] == ["titles", *(f"title-15.xml?part={part}" for part in ("738", "740", "774"))]
    assert us_ear_sync.read_source(found, as_of=day) == read_xml(
        {f"title-15-part-{part}.xml": sheets[f"part-{part}.xml"] for part in ("738", "740", "774")}, as_of=DAY
    )
    assert len(found.sha256) == 64


# --- the command ----------------------------------------------------------------------------------------------------------


def sync(*words: str) -> Any:
    return CliRunner().invoke(cli, ["rules", "sync", "us-ear", *words], standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "source"
    home.mkdir()
    for name, raw in as_json(Model()).items():
        (home / name).write_bytes(raw)
    return home


def test_differences_become_a_draft_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    rules = read_settings().rules
    before = {table: (rules / table).read_bytes() for table in TABLES}
    result = sync("--from", str(folder), "--out", str(tmp_path / "draft"))
    assert result.exception is None
    assert result.return_value == 1
    assert "differences" in result.stdout
    assert "issue of 2026-07-23" in result.stderr
    head = (tmp_path / "draft" / "draft.yaml").read_text(encoding="utf-8")
    assert "kind: table" in head
    assert (tmp_path / "draft" / "files" / CONTROLS).is_file()
    assert {table: (rules / table).read_bytes() for table in TABLES} == before


def test_a_refusal_leaves_everything_as_it_is(folder: Path, tmp_path: Path) -> None:
    rules = read_settings().rules
    before = {table: (rules / table).read_bytes() for table in TABLES}
    (folder / "ccl.json").write_bytes((folder / "ccl.json").read_bytes()[:100_000])
    result = sync("--from", str(folder), "--out", str(tmp_path / "draft"))
    assert isinstance(result.exception, GreenlaneError)
    assert result.exception.code == "GL0602"
    assert not (tmp_path / "draft").exists()
    assert {table: (rules / table).read_bytes() for table in TABLES} == before
    assert code_of_command(folder / "nowhere") == "GL0606"


def code_of_command(path: Path) -> str:
    result = sync("--from", str(path))
    assert isinstance(result.exception, GreenlaneError)
    return result.exception.code


def test_xml_from_files_needs_its_day(tmp_path: Path) -> None:
    for name, raw in as_xml(Model()).items():
        (tmp_path / name).write_bytes(raw)
    assert code_of_command(tmp_path) == "GL0601"
    assert sync("--from", str(tmp_path), "--as-of", DAY).return_value == 1


# --- the real source --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Source:
    return us_ear_sync.read_source(snapshots.read_files(SHARED, names=us_ear_sync.NAMES), as_of=None)


@needs_shared
def test_the_committed_tables_are_what_the_source_gives(real: Source) -> None:
    rules = read_settings().rules
    present = us_ear_sync.present_tables(rules)
    texts, changes = build(real, present)
    assert changes == []
    assert texts == present
    fresh, _ = build(real, {})
    assert fresh[CONTROLS] == present[CONTROLS]
    assert fresh[EXCEPTIONS] == present[EXCEPTIONS]
    assert fresh[CHART] == present[CHART]


@needs_shared
def test_all_1536_rows_of_the_source_are_accounted_for(real: Source) -> None:
    raw = json.loads((SHARED / "ccl.json").read_text(encoding="utf-8"))
    assert sum(len(one["countryChart"]) for one in raw["entries"]) == 1536
    told = account(real)
    beside = {"0D606": 5, "2B351": 2, "3E001": 8}  # found in headings that ran into the next entry
    assert len(told) == 1536 + sum(beside.values())
    count = Counter(one.entry for one in told)
    for one in raw["entries"]:
        if one["eccn"] not in {*beside, "3D005", "8C609"}:
            assert count[one["eccn"]] == len(one["countryChart"]), one["eccn"]
    assert {name: count[name] for name in beside} == beside
    assert count["0D614"] == count["8C609"] == 4
    assert count["8D001"] == 2
    assert count["2B352"] == count["3E002"] == count["3D005"] == count["3D006"] == 2
    assert all(one.rows or one.handled_by for one in told)
    assert sum(bool(one.handled_by) for one in told) == 10
    assert sum(one.not_modelled for one in told) == 566


@needs_shared
def test_rows_of_the_real_list(real: Source) -> None:
    rows = {row["id"]: row for row in read_csv(build(real, {})[0][CONTROLS])}
    wide = rows["3B001-NS-RS-a.4"]
    assert [one[11:] for one in wide["control"].split(";")] == "a.4 c d f.1 f.5 f.6 k l m n p.2 p.4 r".split()
    assert wide["destination"] == "MO;group:us-d5"
    assert rows["9A610-RS"]["destination"] == "CN;HK;RU;VE"
    assert rows["1C992-RS"]["destination"] == "IQ"
    assert rows["6A002-UN"]["destination"] == "group:us-un-arms"
    assert rows["0D606-RS"]["control"] == "eccn:0D606.y"
    assert "3A090-RS" not in rows
    assert not [row for row in rows.values() if "not yet put in ours" in row["part_words"]]
    longest = max(len(row["part_words"]) for row in rows.values())
    assert longest < 320


def test_a_reading_is_dropped_when_the_words_change() -> None:
    assert digest("NS  applies to “A”.") == digest('NS applies to "A"')
    assert digest("NS applies to A") != digest("NS applies to B")
