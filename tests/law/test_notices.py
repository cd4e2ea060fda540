"""What is read of a notice is in it, where it is said to be; what is faulty or out of order is never made into law."""

from __future__ import annotations

import random
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane import wiring
from greenlane.feeds.notices import text_of_markup
from greenlane.feeds.rule_files import read_node
from greenlane.law.draft import Draft, MadeFrom
from greenlane.law.drafting import Asked, draft_notice, read_notice
from greenlane.law.notice import Reading
from greenlane.law.notice_codes import control_codes, customs_codes, narrow
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import GoodsAre
from tests.law import notice_texts as texts

ROOT = Path(__file__).resolve().parents[2]
MADE = MadeFrom(name="notice.txt", sha256="0" * 64)
EXPECTED = texts.expected_18()
NOTICES = {
    "18": texts.ANNOUNCEMENT_18, "18 en": texts.ANNOUNCEMENT_18_EN, "55": texts.ANNOUNCEMENT_55, "57": texts.ANNOUNCEMENT_57,
    "61": texts.ANNOUNCEMENT_61, "70": texts.ANNOUNCEMENT_70, "listing": texts.LISTING,
    "entity list": text_of_markup(texts.ENTITY_LIST_XML), "control list": texts.CONTROL_LIST, "chapter 99": texts.CHAPTER_99,
}  # fmt: skip


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return wiring.load_rules(ROOT / "rules", release=False)


def drafted(text: str) -> dict[str, tuple[str, ...]]:
    return {one.code.value: tuple(code.value for code in one.customs) for one in read_notice(text).items}


def draft(text: str, name: str = "") -> Draft:
    asked = Asked(checked_on=date(2026, 11, 22), id=name, address="https://example.com/notice")
    return draft_notice(read_notice(text), MADE, text, asked, None, ())


def measure(text: str) -> dict[str, object]:
    ((path, content),) = draft(text).files.items()
    node = read_node(content, file=path)
    assert isinstance(node.value, dict)
    return dict(node.value)


def base_items(base: RuleBase, instrument: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in base.measures.values():
        if one.instrument.id == instrument:
            for condition in one.conditions:
                for item in condition.items if isinstance(condition, GoodsAre) else ():
                    if item.control is not None:
                        found.setdefault(item.control.value, set()).update(code.value for code in item.customs)
    return found


# --- the shapes of real announcements -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["18", "18 en"])
def test_the_items_of_announcement_18_are_those_of_the_rule_base(name: str, base: RuleBase) -> None:
    got = drafted(NOTICES[name])
    assert got == EXPECTED
    there = base_items(base, "cn-2025-018")
    assert set(got) == set(there)
    assert {code: proof - set(got[code]) for code, proof in there.items() if proof - set(got[code])} == {}


@pytest.mark.parametrize("number", ["55", "57", "61"])
def test_the_items_of_the_october_announcements_are_those_of_the_rule_base(number: str, base: RuleBase) -> None:
    got = drafted(NOTICES[number])
    there = base_items(base, f"cn-2025-0{number}")
    assert set(got) == set(there)
    assert all(proof <= set(got[code]) for code, proof in there.items())


def test_issuer_number_days_and_effect(base: RuleBase) -> None:
    for name in ("18", "55", "57"):
        reading = read_notice(NOTICES[name])
        law = base.instruments[reading.id]
        assert reading.id == f"cn-2025-0{name}"
        assert reading.issuer is not None
        assert (reading.issuer.value, reading.number and reading.number.value) == (law.issuer, law.number)
        assert reading.published is not None
        assert reading.published.value == law.published
        rule = next(one for one in base.measures.values() if one.instrument is law)
        assert {one.value for one in reading.effective} == {rule.periods[0].period.start.text}
        assert {one.value for one in reading.effects} == {rule.effect.value}
        assert not reading.questions


def test_two_beginnings_are_none() -> None:
    found = draft(NOTICES["61"])
    (text,) = found.files.values()
    assert "in_force" not in text
    assert "effect:" not in text
    keys = {one.key: one.why for one in found.fill_in}
    assert "2025-12-01" in keys["in_force"]
    assert "2025-10-09" in keys["in_force"]
    assert {"effect", "when", "measures"} <= set(keys)
    assert sum("0.1%" in one.text for one in found.unread) == 1


def test_a_pause_names_its_targets_and_asks_what_its_end_means() -> None:
    found = draft(NOTICES["70"])
    assert found.kind == "act"
    (text,) = found.files.values()
    assert "to: [cn-2025-055, cn-2025-056, cn-2025-057, cn-2025-058, cn-2025-061, cn-2025-062]" in text
    assert "from: 2025-11-07\n    until: 2026-11-10\n" in text
    assert {"acts.pause.until", "acts.pause.after"} <= {one.key for one in found.fill_in}


def test_parties_of_a_list() -> None:
    reading = read_notice(texts.LISTING)
    assert [one.name.value for one in reading.parties] == [
        "Example Aero, Inc.", "Example Robotics LLC", "Example Satellites (USA) Corp.", "Example Materials Ltd.",
    ]  # fmt: skip
    assert reading.kind == "listing"
    assert {one.value for one in reading.effects} == {"prohibited"}
    assert not reading.questions
    short = texts.LISTING.replace("3.示例卫星公司（Example Satellites (USA) Corp.）\n", "")
    assert [key for key, _ in read_notice(short).questions] == ["measures", "measures"]


def test_an_update_of_the_list_of_goods_is_no_list_of_parties() -> None:
    text = texts.ANNOUNCEMENT_55.replace("本公告自", "上述物项列入《两用物项出口管制清单》。本公告自")
    reading = read_notice(text)
    assert reading.kind == "announcement"
    assert {one.value for one in reading.effects} == {"licence_required"}
    english = texts.ANNOUNCEMENT_18_EN.replace(
        "This announcement", "They are included in the Export Control List of Dual-Use Items. This announcement"
    )
    assert read_notice(english).kind == "announcement"
    assert drafted(english) == EXPECTED


def test_a_limit_within_a_sentence_that_was_read_is_asked() -> None:
    end = texts.ANNOUNCEMENT_55.replace("2025年11月8日起正式实施", "2025年11月8日起正式实施，实施期限至2026年11月8日")
    assert any(key == "in_force" and "2026-11-08" in why for key, why in read_notice(end).questions)
    narrow_one = texts.ANNOUNCEMENT_55.replace("决定对下列物项实施出口管制", "决定对下列物项向美国军事用户出口实施出口管制")
    assert any(key == "when" and "美国" in why for key, why in read_notice(narrow_one).questions)


# --- the shapes of the Federal Register -----------------------------------------------------------------------------


def test_additions_to_the_entity_list() -> None:
    reading = read_notice(NOTICES["entity list"])
    assert [(one.name.value, one.also, one.review) for one in reading.parties] == [
        ("Example Computing Co., Ltd.", ("Example Comp", "EC Intelligent Technology Co., Ltd."), "Presumption of denial"),
        ("Example Wafer Corporation", (), "Presumption of denial"),
        ("Example Optics Institute", (), "Case-by-case"),
    ]
    assert (reading.id, reading.published and reading.published.value) == ("us-fr-2026-99901", "2026-11-20")
    text = next(iter(draft(NOTICES["entity list"]).files.values()))
    assert text.count("effect: presumption_of_denial") == 2
    assert text.count("effect: licence_required") == 2
    assert "in_force: [{from: 2026-11-20, source: notice}]" in text


def test_an_entry_whose_name_cannot_be_told_is_left_to_a_person() -> None:
    text = NOTICES["entity list"].replace("Example Optics Institute, 7 Example Lane", "Example Optics, Example Lane")
    reading = read_notice(text)
    assert [one.name.value for one in reading.parties] == ["Example Computing Co., Ltd.", "Example Wafer Corporation"]
    assert any("Example Optics" in text[one.start : one.end] for one in reading.unread)


def test_entries_of_the_control_list() -> None:
    reading = read_notice(texts.CONTROL_LIST)
    assert [one.code.value for one in reading.items] == ["3A990.a.1", "3A990.a.2", "3A990.c", "4A990"]
    assert [one.figures for one in reading.items[:2]] == [
        ("A first figure of 4800 or more",),
        ("A second figure of 1600 GB/s or more",),
    ]
    broken = read_notice(texts.CONTROL_LIST.replace("a.2. A second", "a.4. A second"))
    assert [one.code.value for one in broken.items] == ["3A990.a.1", "3A990.c", "4A990"]
    assert any("a.4" in one.why for one in broken.unread)
    starred = read_notice(texts.CONTROL_LIST.replace("a.2. A second", "* * * * *\na.4. A second"))
    assert [one.code.value for one in starred.items] == ["3A990.a.1", "3A990.a.4", "3A990.c", "4A990"]


def test_paragraphs_kept_free_are_no_items() -> None:
    text = texts.CONTROL_LIST.replace("b. [Reserved]\nc. Example", "b. through w. [Reserved]\nx. Example")
    assert [one.code.value for one in read_notice(text).items] == ["3A990.a.1", "3A990.a.2", "3A990.x", "4A990"]


def test_a_text_in_two_languages_is_asked_about() -> None:
    both = texts.ANNOUNCEMENT_55.replace("（二）", "(I) 2C902.a Synthetic diamond micropowder.\n（二）")
    assert any("two languages" in why for _, why in read_notice(both).questions)


def test_headings_of_chapter_99() -> None:
    reading = read_notice(texts.CHAPTER_99)
    assert [(one.heading.value, one.rate and one.rate.value, one.origins) for one in reading.duties] == [
        ("9903.99.01", "12.5", ("CN", "HK")),
        ("9903.99.02", "20", ("CN",)),
    ]
    assert [one.value for one in reading.effective] == ["2026-12-01T00:01-05:00"]
    text = next(iter(draft(texts.CHAPTER_99).files.values()))
    assert "steps: [{from: 2026-12-01T00:01-05:00, rate: 12.5, source: notice}]" in text
    assert {one.key for one in draft(texts.CHAPTER_99).fill_in} >= {"measures.9903.99.01.layer", "measures.9903.99.02.layer"}


# --- what always holds ----------------------------------------------------------------------------------------------


def printed(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """The code that the spans print, as a person would join it."""
    head, *rest = (narrow(text[start:end]) for start, end in spans)
    head = re.sub(r"\s", "", head)
    head = (
        head[0].translate(str.maketrans("OoQlI|", "000111"))
        + head[1].upper()
        + head[2:5].translate(str.maketrans("OoQlI|", "000111"))
        + head[5:]
    )
    return ".".join([head, *(re.sub(r"[\s.、]", "", one) if not re.search(r"[a-z]\.[a-z0-9]", one) else one for one in rest)])


def check(text: str, reading: Reading) -> None:
    """Every drafted code stands in its spans, and every span lies in the text."""
    for item in reading.items:
        assert all(0 <= start < end <= len(text) for start, end in item.code.spans)
        assert printed(text, item.code.spans) == item.code.value
        for code in item.customs:
            ((start, end),) = code.spans
            digits = re.sub(r"[\s.]", "", narrow(text[start:end])).translate(str.maketrans("OoQlI|", "000111"))
            assert digits == code.value
    for one in reading.unread:
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip() == text[one.start : one.end]


@pytest.mark.parametrize("name", NOTICES)
def test_every_code_stands_where_it_is_said_to(name: str) -> None:
    text = NOTICES[name]
    check(text, read_notice(text))


@pytest.mark.parametrize("name", NOTICES)
def test_the_same_notice_is_the_same_draft(name: str) -> None:
    assert draft(NOTICES[name]) == draft(NOTICES[name])


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(len(texts.SEVEN))))
def test_the_order_of_sections_does_not_matter(order: list[int]) -> None:
    text = "\n".join((texts.HEAD_18, *(texts.section_cn(at, texts.SEVEN[at]) for at in order), texts.TAIL_18))
    assert drafted(text) == EXPECTED


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_shuffled_lines_make_no_code_that_the_notice_does_not_have(seed: int) -> None:
    lines = texts.ANNOUNCEMENT_18.split("\n")
    random.Random(seed).shuffle(lines)
    text = "\n".join(lines)
    reading = read_notice(text)
    check(text, reading)
    heads = {one.value for one in control_codes(narrow(text))}
    got = {one.code.value for one in reading.items}
    assert got <= set(EXPECTED) | heads
    seen = (
        got
        | {one.value for one in reading.mentions}
        | {code.rpartition(".")[0] for code in got}
        | {code.split(".")[0] + ".a" for code in got}
    )
    assert heads <= seen
    every = {code for codes in EXPECTED.values() for code in codes}
    there = {code.value for one in reading.items for code in one.customs}
    there |= {
        one.value for one in customs_codes(narrow(text)) if any(miss.start <= one.start < miss.end for miss in reading.unread)
    }
    assert every <= there


FAULTS = ("wide", "space", "break", "O", "l", "S", "drop", "lower")
_CODE = re.compile(r"\d[A-E]\d{3}\.[a-c]|\d{10}")


def fault(code: str, kind: str, at: int) -> str:
    """A code with one fault of scanning, or as it is where the fault cannot be."""
    at %= len(code)
    if kind == "wide":
        return "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    if kind in ("space", "break"):
        return f"{code[: at + 1]}{' ' if kind == 'space' else chr(10)}{code[at + 1 :]}" if at < len(code) - 1 else code
    if kind == "lower":
        return code.lower()
    if kind == "drop":
        return code[:at] + code[at + 1 :]
    old = {"O": "0", "l": "1", "S": "5"}[kind]
    places = [place for place, sign in enumerate(code) if sign == old]
    return code if not places else code[: places[at % len(places)]] + kind + code[places[at % len(places)] + 1 :]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_faulty_code_is_mended_into_itself_or_into_nothing(data: st.DataObject) -> None:
    found = list(_CODE.finditer(texts.ANNOUNCEMENT_18))
    chosen = sorted(data.draw(st.sets(st.integers(0, len(found) - 1), min_size=1, max_size=12)))
    text, at, spans = "", 0, []
    for number in chosen:
        match = found[number]
        bad = fault(match[0], data.draw(st.sampled_from(FAULTS)), data.draw(st.integers(0, 20)))
        text += texts.ANNOUNCEMENT_18[at : match.start()]
        spans.append((len(text), len(text) + len(bad)))
        text += bad
        at = match.end()
    text += texts.ANNOUNCEMENT_18[at:]
    reading = read_notice(text)
    check(text, reading)
    got = {one.code.value: {code.value for code in one.customs} for one in reading.items}
    heads = {one.split(".")[0] + f".{letter}" for one in EXPECTED for letter in "abc"}
    assert set(got) <= set(EXPECTED) | heads
    assert all(codes <= set(EXPECTED.get(code, ())) for code, codes in got.items() if code in EXPECTED)
    read = [span for one in reading.items for span in (*one.code.spans, *(span for code in one.customs for span in code.spans))]
    read += [span for one in reading.mentions for span in one.spans] + [(one.start, one.end) for one in reading.unread]
    parents = [span for one in reading.items for span in one.code.spans]
    for start, end in spans:
        assert any(begin < end and start < until for begin, until in (*read, *parents)), text[start:end]


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=400) | st.text("1C905.a4O lI、（）()一二。;；:\n公告2025年第号日", max_size=200))
def test_any_text_is_read_without_harm(text: str) -> None:
    reading = read_notice(text)
    assert len(reading.text) == len(text)
    for one in reading.unread:
        assert 0 <= one.start < one.end <= len(text)
    if reading.is_notice:
        check(text, reading)
        draft(text)


# --- single faults --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_text", "value", "marked"),
    [
        ("１Ｃ９０５．ａ 物项", "1C905.a", ""),
        ("1C9O5.a 物项", "1C905.a", "letters for digits mended"),
        ("lC905.a 物项", "1C905.a", "letters for digits mended"),
        ("1c905.a 物项", "1C905.a", "lower-case"),
        ("1C 905.a 物项", "1C905.a", "a space taken out"),
        ("1C90S.a 物项", "", "did the notice print 1C905.a?"),
        ("1C905. a 物项", "", "did the notice print 1C905.a?"),
        ("28902.a 物项", "", "did the notice print 2B902.a?"),
        ("1C902.abc 物项", "", "did the notice print"),
    ],
)
def test_faults_of_control_codes(given_text: str, value: str, marked: str) -> None:
    (found,) = control_codes(narrow(given_text))
    assert found.value == value
    assert marked in (found.marked if value else found.hint)


@pytest.mark.parametrize("text", ["table 1 A100", "see 1 B 2", "Boeing 787 and 1000", "phone 010-12345678", "1C905a"])
def test_what_is_no_control_code(text: str) -> None:
    assert [one.value for one in control_codes(text) if one.value] == []


@pytest.mark.parametrize(
    ("listed", "values", "hint"),
    [
        ("2846901940、2846901993", ["2846901940", "2846901993"], ""),
        ("2846901940 2846901993", ["2846901940", "2846901993"], ""),
        ("2846 9019 40", ["2846901940"], ""),
        ("2846901\n940", ["2846901940"], ""),
        ("28469O1940", ["2846901940"], ""),
        ("2846.90.19.40", ["2846901940"], ""),
        ("8505", ["8505"], ""),
        ("2846 901940", [""], "did the notice print 2846901940?"),
        ("284690194", [""], "9 digits"),
        ("284690S940", [""], "did the notice print"),
        ("7746901940", [""], ""),
    ],
)
def test_faults_of_customs_codes(listed: str, values: list[str], hint: str) -> None:
    found = customs_codes(f"物项(参考海关商品编号:{listed})。")
    assert [one.value for one in found] == values
    assert hint in found[0].hint


@pytest.mark.parametrize(
    "text",
    [
        "Example Times, 9 June. The two sides met in London; a minister said export controls on rare earths may ease.",
        "示例时报讯：双方在伦敦会谈，稀土出口管制或将放宽。",
        "根据《示例法》，公告2025年的计划。",
        "",
    ],
)
def test_news_is_no_notice(text: str) -> None:
    assert not read_notice(text).is_notice


@pytest.mark.parametrize(
    "text", ["\n", "(", "根据《", "1C905.a ", "28053019 ", "禁止出", "A ", "Federal Register 9903.01.01 ", "a\n"]
)
def test_a_long_text_of_one_sort_is_read_in_time(text: str) -> None:
    """Without a bound on the work a line of this kind took minutes; now it is done long before the test would be stopped."""
    reading = read_notice(text * (20_000 // len(text)))
    assert len(reading.unread) >= 0


def test_a_text_many_times_as_long_takes_about_so_many_times_as_long() -> None:
    reading = read_notice(texts.ANNOUNCEMENT_18 * 10)
    assert {one.code.value for one in reading.items} == set(EXPECTED)
