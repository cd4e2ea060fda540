"""Inspections that are to be expected: descriptions in two languages, each with whether customs are said to look into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlane import wiring
from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.feeds import practice as practice_files
from greenlane.licences.inspections import expected, stopped
from greenlane.terms.periods import Asked

RULES = Path(__file__).resolve().parents[2] / "rules"
BASE = wiring.load_rules(RULES)
PRACTICE = practice_files.load(RULES)
LOOKED_INTO = (
    "ferrite magnet for a loudspeaker", "Magnetic holder, 40 mm", "MAGNETS, BONDED FERRITE", "pot magnet with hook",
    "alnico bar magnet", "electromagnet for a door lock", "fridge magnets, printed", "magnetic separator, spare part",
    "reed switch with magnet", "magnetizing coil", "flexible magnetic tape", "loose magnets declared as a motor",
    "铁氧体磁铁", "磁性门吸", "橡胶磁条", "电磁铁", "永磁电机", "磁钢", "铝镍钴磁体", "软磁粉", "扬声器用磁环",
    "titanium rod grade 2", "rods of titanium, ground", "titanium bars", "钛棒 TA2",
    "zirconium tubes", "tube of zirconium alloy", "锆管",
    "ＭＡＧＮＥＴ ring",
)  # fmt: skip
READ_SO = ("sintered NdFeB block", "rare-earth polishing powder", "neodymium glass", "稀土抛光粉", "钕玻璃", "氧化钇陶瓷")
NOT = (
    "steel bolts M8", "hydraulic fluid", "cotton shirts", "plastic housing for a pump", "copper tube", "aluminium rod",
    "titanium dioxide",
    "zirconium oxide beads", "ceramic tile", "wooden rod", "钢螺栓", "塑料外壳", "铜管", "铝棒", "陶瓷砖", "玻璃瓶",
    "wind turbine blade", "glass of the product", "stage lamp",
)  # fmt: skip


def decided(description: str, codes: str = "", *, ship_from: str = "CN", activity: str = "export") -> Decision:
    cells = {
        "line_id": "1", "description": description, "codes": codes, "ship_from": ship_from, "ship_to": "DE", "activity": activity,
    }  # fmt: skip
    on = Asked.read("2025-06-10")
    return decide(wiring.read_one(cells), BASE, on=on, known_by=on)


@pytest.mark.parametrize("description", LOOKED_INTO)
def test_a_word_that_is_reported_leads_to_an_inspection(description: str) -> None:
    found = expected(decided(description), PRACTICE)
    assert any(one.inspection.standing.value == "reported" for one in found)
    assert all("composition" in one.inspection.papers for one in found)


@pytest.mark.parametrize("description", READ_SO)
def test_a_word_of_our_own_reading_is_shown_and_decides_nothing(description: str) -> None:
    decision = decided(description)
    found = expected(decision, PRACTICE)
    assert [one.inspection.id for one in found] == ["rare_earth_word"]
    assert not stopped(decision, found)


@pytest.mark.parametrize("description", NOT)
def test_other_goods_lead_to_none(description: str) -> None:
    assert expected(decided(description), PRACTICE) == ()


def test_the_heading_leads_to_it_whatever_is_said() -> None:
    (found,) = expected(decided("segments", "hs:8505191000"), PRACTICE)
    assert found.led_by == ("the goods code hs:8505.19.1000",)
    assert expected(decided("segments", "hs:850720"), PRACTICE) == ()


def test_it_is_about_goods_that_leave_that_country() -> None:
    assert expected(decided("magnet", ship_from="US"), PRACTICE) == ()
    assert expected(decided("magnet", activity="service"), PRACTICE) == ()


def test_no_answer_tells_anybody_to_leave_out_a_word() -> None:
    told = " ".join(one.en for one in PRACTICE.inspections) + " ".join(one.en for one in PRACTICE.attachments.values())
    assert not any(word in told.casefold() for word in ("omit", "avoid", "instead of", "rename", "leave out"))
