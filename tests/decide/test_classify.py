from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.decide.classify import Proposals, Text, Word, catalogue, known_day, propose, read_goods, texts
from greenlane.law.effect import GRAVITY
from greenlane.law.scope import GoodsAre, Truth, judge_item
from greenlane.store.text_index import TextIndex
from greenlane.terms.codes import TARIFF, Code
from greenlane.terms.goods import ELEMENTS
from greenlane.terms.periods import Asked, Moment
from greenlane.wiring import classifying
from tests.decide.real import RULES, real_base
from tests.decide.small import rule, small_base

WORDS = (
    "sintered NdFeB magnet segment SmCo ferrite dysprosium terbium oxide powder metal alloy target gallium nitride wafer germanium"
    " antimony trioxide graphite flake spherical lithium battery diamond wire saw GPU accelerator memory software engine ethane"
    " drone without for 3 % Dy Tb purity 99.99 % part machine 烧结 钕铁硼 磁体 不含 镝 氧化镝 cotton shirt 50 um 310 Wh/kg"
).split()


@lru_cache(maxsize=1)
def classifier() -> classifying.Classifier:
    return classifying.open_classifier(real_base(), folder=RULES, schedule=None)


def ask(description: str = "", *, top: int = 5, **cells: str) -> Proposals:
    return classifier().propose(classifying.goods_line({"line_id": "L", "description": description, **cells}), top=top)


def codes(found: Proposals, basis: str = "") -> list[str]:
    return [one.code or one.measures[0] for one in found.control_codes if basis in ("", one.basis)]


@st.composite
def goods(draw: st.DrawFn) -> dict[str, str]:
    """Descriptions of words of the trade, compositions, figures and codes, in any mix."""
    cells = {"description": " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=6)))}
    elements = draw(st.lists(st.sampled_from(("Dy", "Tb", "Sm", "Ho", "Nd", "W", "Sc", "Al", "Co")), max_size=3, unique=True))
    cells["contains"] = ";".join(f"{name}:{draw(st.sampled_from(('0', '2%', '30%', '>0')))}" for name in elements)
    attrs = {
        "form": ("magnet", "powder", "metal", "alloy", "oxide", "target", "software"),
        "family": ("ndfeb", "smco", "ferrite"),
        "substance": ("ethane", "gallium", "antimony_oxide", "artificial_graphite"),
        "purity": ("99", "99.99"),
        "tpp": ("100", "4800"),
    }
    names = draw(st.lists(st.sampled_from(sorted(attrs)), max_size=3, unique=True))
    cells["attrs"] = ";".join(f"{name}={draw(st.sampled_from(attrs[name]))}" for name in names)
    cells["codes"] = draw(
        st.sampled_from(("", "", "", "hs:850511", "hs:2846", "eccn:3A090", "cn:NONE", "cn:1C905.a.4", "eccn:EAR99"))
    )
    return {name: text for name, text in cells.items() if text}


# --- from words to facts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "fact", "says"),
    [
        ("sintered NdFeB segment, 3 % Dy", "contains.Dy", "3 %"),
        ("NdFeB, Dy 3.1%", "contains.Dy", "3.1 %"),
        ("magnet with dysprosium 2,5 %", "contains.Dy", "2.5 %"),
        ("NdFeB magnets without dysprosium", "contains.Dy", "0 %"),
        ("Tb-free NdFeB magnet", "contains.Tb", "0 %"),
        ("烧结钕铁硼磁体 含镝3%", "contains.Dy", "3 %"),
        ("钕铁硼磁体 不含镝", "contains.Dy", "0 %"),
        ("cell of 310 Wh/kg", "attrs.energy_density_wh_kg", "310 Wh/kg"),
        ("graphite block 1.85 g/cm3", "attrs.density_g_cm3", "1.85 g/cm3"),
        ("antimony oxide, purity 99.99 %", "attrs.purity", "purity 99.99 %"),
    ],
)
def test_what_the_words_say_is_read_and_told(description: str, fact: str, says: str) -> None:
    assert dict(ask(description).read)[fact] == says


def test_what_is_stated_goes_before_what_the_words_say() -> None:
    found = ask("sintered NdFeB segment, 3 % Dy", contains="Dy:0")
    assert "contains.Dy" not in dict(found.read)
    assert "cn:1C905.a.4" not in codes(found)


def test_a_word_behind_for_or_without_shows_nothing() -> None:
    assert "attrs.form" not in dict(ask("coolant for magnets").read)
    assert "attrs.substance" not in dict(ask("bottle without ethane").read)


def test_of_two_words_for_a_substance_the_longer_phrase_knows_more() -> None:
    assert dict(ask("gallium nitride wafers").read)["attrs.substance"].startswith("gallium_nitride")


def test_a_word_that_needs_another_beside_it_is_silent_alone() -> None:
    assert "attrs.form" not in dict(ask("orange segments").read)
    assert dict(ask("NdFeB segments").read)["attrs.form"].startswith("magnet")


# --- proposals ------------------------------------------------------------------------------------------------------


def test_the_dysprosium_magnet_fits_and_tells_why() -> None:
    found = ask("sintered NdFeB segment, 3 % Dy")
    first = found.control_codes[0]
    assert (first.code, first.basis) == ("cn:1C905.a.4", "fits")
    assert "Dy 3 % (wanted: > 0)" in first.evidence
    assert first.measures[0] == "cn-2025-018/1C905.a.4"
    assert found.goods_codes[0].code == "hs:8505.11"
    assert any("cn:1C905.a.4 can lie" in says for says in found.goods_codes[0].evidence)


def test_what_is_not_said_is_asked_with_what_it_decides() -> None:
    found = ask("sintered NdFeB magnet")
    asks = {one.fact: one.decides for one in found.asks}
    assert "cn:1C905.a.4" in asks["contains.Dy"]
    assert "cn:1C904.a.4" in asks["contains.Tb"]
    assert codes(found, "fits") == []


def test_figures_choose_the_paragraph_of_a_chip() -> None:
    strong = ask("accelerator card", attrs="tpp=5200;performance_density=6.1")
    assert "eccn:3A090.a" in codes(strong, "fits")
    weak = ask("accelerator card", attrs="tpp=100;performance_density=0.1")
    assert "eccn:3A090.a" not in codes(weak)


def test_an_entry_alone_asks_for_its_paragraph() -> None:
    found = ask("turbofan jet engine")
    assert "eccn:9A991" in codes(found)
    assert any(one.fact == "codes.eccn" and "eccn:9A991" in one.decides for one in found.asks)


def test_no_evidence_no_proposal() -> None:
    for description in ("spare part for machine", "goods", "xyzzy", "", "12345", "for and with"):
        found = ask(description, contains="" if description else "Fe:1%")
        assert found.goods_codes == ()
        assert found.control_codes == ()


def test_a_stated_code_rules_out_what_lies_elsewhere() -> None:
    found = ask("NdFeB magnet, 3 % Dy", codes="hs:850511")
    assert all(Code.read("hs:850511").compares(Code.read(one.code)) for one in found.goods_codes)
    assert not any(Code.read("hs:850511").excludes(Code.read(one.code)) for one in found.goods_codes)
    assert "cn:1C905.a.4" in codes(ask("magnet", codes="cn:1C905.a.4"), "fits")


def test_a_form_alone_fits_half_the_list_and_speaks_for_nothing() -> None:
    assert codes(ask(attrs="form=powder")) == []


def test_top_is_the_most() -> None:
    for top in (1, 2, 5, 20):
        found = ask("dysprosium terbium samarium oxide", top=top)
        assert 0 < len(found.control_codes) <= top
        assert 0 < len(found.goods_codes) <= top


# --- properties -----------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(goods())
def test_what_is_ruled_out_is_never_proposed(cells: dict[str, str]) -> None:
    base = real_base()
    line = classifying.goods_line({"line_id": "L", **cells})
    facts = read_goods(line, classifier().words, base).facts
    setting = base.setting(Moment.of_day(known_day(base)), Asked.of(known_day(base)), strict=True)
    entries = {entry.key: entry for entry in classifier().entries}
    for one in ask(**cells, top=20).control_codes:
        entry = entries.get(one.code) or next(entry for entry in entries.values() if entry.measures == one.measures)
        judged = [judge_item(item, facts, setting).truth for item in entry.items]
        if judged and (one.code in entries or not one.code):
            assert any(truth is not Truth.NO for truth in judged), (one, judged)
        if one.basis == "fits" and entry.items and one.code in entries:
            assert Truth.YES in judged


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(ELEMENTS & {"Dy", "Tb", "Sm", "Gd", "Lu", "Sc", "Y", "Ho", "Er", "Tm", "Eu", "Yb"})),
    st.sampled_from(WORDS),
)
def test_a_share_of_zero_takes_out_every_item_of_that_element(element: str, word: str) -> None:
    needs = {
        entry.key
        for entry in classifier().entries
        if entry.items and all(any(test.fact == f"contains.{element}" for test in item.tests) for item in entry.items)
    }
    assert needs
    found = ask(f"{word} NdFeB magnet oxide metal", contains=f"{element}:0", top=50)
    assert not needs & {one.code or one.measures[0] for one in found.control_codes}


@settings(max_examples=30, deadline=None)
@given(goods())
def test_the_same_goods_get_the_same_proposals_in_the_same_order(cells: dict[str, str]) -> None:
    assert ask(**cells, top=5) == ask(**cells, top=5)


def test_the_order_does_not_come_from_the_order_of_the_rules() -> None:
    one = classifier()
    line = classifying.goods_line({"line_id": "L", "description": "terbium dysprosium oxide magnet"})
    goods_ = read_goods(line, one.words, one.rules)
    hits = list(one.index.search(goods_.query))
    entries = list(one.entries)
    plain = propose(goods_, entries, hits, one.rules, titles=one.titles)
    for seed in range(5):
        random.Random(seed).shuffle(entries)
        random.Random(seed).shuffle(hits)
        assert propose(goods_, entries, hits, one.rules, titles=one.titles) == plain


@settings(max_examples=30, deadline=None)
@given(goods())
def test_every_proposed_code_is_one_of_the_rule_base_or_of_our_titles(cells: dict[str, str]) -> None:
    base = real_base()
    known = {entry.code for entry in classifier().entries} | set(classifier().titles)
    for measure in base.measures.values():
        for condition in measure.conditions:
            for item in condition.items if isinstance(condition, GoodsAre) else ():
                known |= {str(code) for code in (*item.customs, *item.reach)}
    found = ask(**cells, top=20)
    for one in (*found.goods_codes, *found.control_codes):
        assert not one.code or one.code in known
        assert one.code or one.measures
        assert one.evidence
        assert one.basis in ("fits", "partly", "words")
    assert all(one.scheme in TARIFF for one in found.goods_codes)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    cleaned = "".join(sign for sign in text if sign.isprintable())
    found = ask(cleaned or "-")
    assert len(found.goods_codes) <= 5


def test_nothing_in_a_proposal_is_a_verdict() -> None:
    words = {effect.value for effect in GRAVITY} | {"cannot_say", "green", "amber", "red", "grey"}
    for description in WORDS:
        for one in (*ask(description).goods_codes, *ask(description).control_codes):
            assert words.isdisjoint((one.code, one.basis, one.scheme, *one.evidence))


# --- the catalogue --------------------------------------------------------------------------------------------------


def test_entries_of_a_table_are_searched_by_their_names() -> None:
    base = small_base(
        groups="""
        - id: us-listed
          kind: goods
          title: Entries
          source: s
          members: [{code: "eccn:9A991", name: Civil aircraft and engines}, "eccn:3A001"]
        """,
        measures=rule("m", "licence_required", "{ship_from: [CN]}"),
    )
    entries = catalogue(base)
    assert [(entry.code, entry.title) for entry in entries] == [("eccn:3A001", ""), ("eccn:9A991", "Civil aircraft and engines")]
    words = (Word("turbofan", "en", "aircraft engines", "", ""),)
    index = TextIndex.of(texts(entries, ()))
    found = read_goods(classifying.goods_line({"line_id": "L", "description": "turbofan"}), words, base)
    (proposal,) = propose(found, entries, index.search(found.query), base).control_codes
    assert (proposal.code, proposal.basis, proposal.evidence) == ("eccn:9A991", "words", ("its title says aircraft, engines",))


def test_a_code_beneath_another_goes_before_it_and_takes_its_evidence() -> None:
    base = real_base()
    one = classifier()
    schedule = TextIndex.of(
        (
            Text("hts:8505.11.0070", "Sintered neodymium-iron-boron", "Permanent magnets: Of metal"),
            Text("hts:8505.11.0010", "Alnico", "Permanent magnets: Of metal"),
            Text("hts:6109.10.0004", "T-shirts of cotton", "Clothes"),
        )
    )
    found = read_goods(classifying.goods_line({"line_id": "L", "description": "sintered NdFeB magnet, Dy 3 %"}), one.words, base)
    hits = one.index.search(found.query)
    codes_ = propose(found, one.entries, hits, base, schedule=schedule.search(found.query), titles=one.titles).goods_codes
    assert codes_[0].code == "hts:8505.11.0070"
    assert any(says.startswith("beneath hs:8505.11: ") for says in codes_[0].evidence)
    assert "hs:8505.11" not in [proposal.code for proposal in codes_]


def test_a_base_without_words_and_titles_still_proposes(tmp_path: Path) -> None:
    bare = classifying.open_classifier(real_base(), folder=tmp_path, schedule=None)
    found = bare.propose(classifying.goods_line({"line_id": "L", "contains": "Dy:3%", "attrs": "form=magnet;family=ndfeb"}))
    assert found.control_codes[0].code == "cn:1C905.a.4"
