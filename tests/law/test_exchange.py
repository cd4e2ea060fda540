from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from greenlane.law.effect import Effect
from greenlane.law.exchange import CSV_COLUMNS, Exchange, exchange, flat
from greenlane.law.timeline import status_of
from greenlane.terms.jurisdictions import alpha_3, gta_number
from greenlane.terms.periods import Asked
from greenlane.terms.places import CODES
from tests.decide.real import DAYS, real_base
from tests.decide.small import rule, small_base


def told(base_of: Any, on: str, known_by: str | None = None, **more: Any) -> Exchange:
    return exchange(base_of, Asked.read(on), Asked.read(known_by or on), **more)


def one(found: Exchange, name: str) -> dict[str, Any]:
    return next(card for card in found.interventions if card["intervention_id"] == name)


def test_every_public_measure_is_one_row_and_the_rest_is_counted() -> None:
    base = real_base()
    found = told(base, "2026-10-10")
    said = [measure for measure in base.measures.values() if status_of(measure)]
    assert len(found.interventions) + found.left_out["only_said"] == len(base.measures)
    assert found.left_out == {"only_said": len(said), "exceptions": len(base.lifts), "acts_upon_measures": len(base.acts)}
    ids = [card["intervention_id"] for card in found.interventions]
    assert len(ids) == len(set(ids))


@settings(max_examples=6, deadline=None)
@given(on=DAYS, known=DAYS)
def test_nothing_is_told_before_it_was_public_and_dates_are_in_order(on: Any, known: Any) -> None:
    found = exchange(real_base(), Asked.of(on), Asked.of(known))
    for card in found.interventions:
        assert card["date_announced"] <= known.isoformat()
        if card["date_removed"] is not None and card["date_implemented"] is not None:
            assert card["date_implemented"] <= card["date_removed"]
        assert all(period["known_since"][:10] <= known.isoformat() for period in card["greenlane_periods"])


def test_a_table_has_every_column_and_no_column_is_left_out() -> None:
    for card in told(real_base(), "2025-06-10").interventions:
        cells = flat(card)
        assert tuple(cells) == CSV_COLUMNS
        assert all(isinstance(cell, str) for cell in cells.values())
    assert not set(card) - set(CSV_COLUMNS)


def test_the_dysprosium_magnet_of_april_2025() -> None:
    card = one(told(real_base(), "2025-06-10"), "cn-2025-018/1C905.a.4")
    assert card["state_act_id"] == "cn-2025-018"
    assert card["implementing_jurisdictions"] == [{"id": 156, "iso": "CHN"}]
    assert (card["intervention_type"], card["mast_subchapter"], card["affected_flow"]) == (
        "Export licensing requirement",
        "P33",
        ["Outward"],
    )
    assert (card["date_announced"], card["date_implemented"], card["date_removed"]) == ("2025-04-04", "2025-04-04", None)
    assert card["affected_jurisdictions"] == []  # no country is named: any
    codes = {product["product_id"]: product["official"] for product in card["affected_products"]}
    assert codes["850511"] is False  # a heading where it can lie by our reading; the act names none
    assert card["greenlane_composition_decides"] is True
    assert "cn:1C905.a.4" in card["greenlane_control_codes"]


def test_a_letter_is_dated_by_its_first_public_day_and_is_for_firms() -> None:
    card = one(told(real_base(), "2025-06-10"), "us-letter-2025-05-23-eda/china")
    assert (card["date_announced"], card["date_implemented"]) == ("2025-05-28", "2025-05-23")
    assert card["eligible_firm"] == "firm-specific"
    assert {place["iso"]: place["type"] for place in card["affected_jurisdictions"]} == {"CHN": "targeted", "HKG": "targeted"}
    before = told(real_base(), "2025-06-10", "2025-05-27")
    assert not [card for card in before.interventions if card["state_act_id"] == "us-letter-2025-05-23-eda"]


def test_a_pause_keeps_its_measure_and_an_end_nobody_confirmed_is_neither_in_force_nor_removed() -> None:
    paused = one(told(real_base(), "2026-06-01"), "cn-2025-057/1C909.a")
    assert (paused["is_in_force"], paused["greenlane_state"], paused["date_removed"]) == (0, "suspended", None)
    doubt = one(told(real_base(), "2026-11-20"), "cn-2025-057/1C909.a")
    assert (doubt["is_in_force"], doubt["greenlane_state"], doubt["date_removed"]) == (None, "unknown", None)
    assert [period["state"] for period in doubt["greenlane_periods"]][-2:] == ["unknown", "unknown"]
    assert flat(doubt)["is_in_force"] == ""


def test_what_no_source_confirms_is_not_said_to_be_in_force() -> None:
    base = real_base()
    unverified = [one for one in told(base, "2026-10-10").interventions if one["greenlane_standing"] == "unverified"]
    assert unverified
    assert {one["is_in_force"] for one in unverified} == {None}


def test_a_duty_carries_the_points_of_its_layer_before_and_now() -> None:
    card = one(told(real_base(), "2025-05-20"), "us-reciprocal-2025")
    assert card["intervention_type"] == "Import tariff"
    assert card["affected_flow"] == ["Inward"]
    assert card["affected_products"] == [
        {"product_id": None, "official": True, "prior_level": "125", "new_level": "10", "unit": "percent"}
    ]
    assert {place["iso"] for place in card["affected_jurisdictions"]} == {"CHN", "HKG", "MAC"}
    row = flat(card)
    assert (row["prior_level"], row["new_level"], row["unit"], row["affected_products"]) == ("125", "10", "percent", "")


def test_places_that_are_left_out_are_excluded_and_not_targeted() -> None:
    base = small_base(measures=rule("m", "licence_required", "{activity: [export], ship_from: [CN], destination: {not: [JP, KR]}}"))
    card = one(told(base, "2025-06-01"), "cn-small/m")
    assert [(place["iso"], place["type"]) for place in card["affected_jurisdictions"]] == [
        ("JPN", "excluded"),
        ("KOR", "excluded"),
    ]
    assert flat(card)["affected_jurisdictions"] == ""
    assert flat(card)["affected_jurisdictions_excluded"] == "JPN;KOR"


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        ("prohibited", "Export ban"),
        ("licence_required", "Export licensing requirement"),
        ("presumption_of_denial", "Export licensing requirement"),
        ("report", "Export-related non-tariff measure, nes"),
    ],
)
def test_each_effect_has_its_type(effect: str, kind: str) -> None:
    base = small_base(measures=rule("m", effect, "{activity: [export], ship_from: [CN]}"))
    assert one(told(base, "2025-06-01"), "cn-small/m")["intervention_type"] == kind


def test_a_rule_for_imports_is_inward() -> None:
    base = small_base(measures=rule("m", "prohibited", "{activity: [import], ship_to: [CN]}"))
    card = one(told(base, "2025-06-01"), "cn-small/m")
    assert (card["intervention_type"], card["affected_flow"]) == ("Import ban", ["Inward"])


def test_every_effect_but_free_and_none_has_a_type() -> None:
    found = told(real_base(), "2026-10-10").interventions
    assert {card["greenlane_effect"] for card in found} <= {one.value for one in Effect} - {"free", "none"}


def test_only_one_side() -> None:
    found = told(real_base(), "2026-10-10", sides=("us",))
    assert {card["implementing_jurisdictions"][0]["iso"] for card in found.interventions} == {"USA"}


def test_places_have_their_numbers_and_the_known_traps_hold() -> None:
    assert {place: gta_number(place) for place in ("IN", "FR", "IT", "XK", "CN", "US", "TW", "AQ")} == {
        "IN": 699, "FR": 251, "IT": 381, "XK": 999, "CN": 156, "US": 840, "TW": 158, "AQ": None,
    }  # fmt: skip
    assert len({alpha_3(place) for place in CODES}) == len(CODES)
    numbers = [number for place in CODES if (number := gta_number(place)) is not None]
    assert len(numbers) == len(set(numbers))


def test_a_table_of_rates_gives_a_level_only_where_all_lines_of_a_heading_bear_it() -> None:
    card = one(told(real_base(), "2025-06-10"), "us-mfn-2025")
    levels = {product["product_id"]: product["new_level"] for product in card["affected_products"]}
    assert len(levels) > 5000
    assert levels["850511"] == "2.1"
    assert None in levels.values()
    assert flat(card)["new_level"] == ""
