"""Which licence answers a bite: one test a reason, and what lines that compete leave for each other."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from greenlane import wiring
from greenlane.decide.decision import Decision, Verdict
from greenlane.law.rulebase import RuleBase
from greenlane.licences.amounts import scaled
from greenlane.licences.cover import Covered, Pool, cover, held_for, reservation_id, serve, weigh, with_cover
from greenlane.licences.fit import Says
from greenlane.licences.ledger import Ref
from greenlane.licences.licence import Kind, Licence, LicenceLine, Proviso, ScopeRow
from tests.licences.book import Book, kg, want

MAGNET = {
    "line_id": "L-04", "codes": "hs:8505111000", "contains": "Nd:29%;Dy:3.1%;Tb:0", "quantity": "1200", "unit": "kg",
    "value": "96000", "currency": "USD", "ship_from": "CN", "ship_to": "DE", "exporter": "Example Magnetics Ganzhou",
    "consignee": "Example Antriebe GmbH", "end_user": "Example Motors Michigan", "end_use": "civil",
}  # fmt: skip
CHIP = {
    "line_id": "C-1", "codes": "eccn:3A090.a;hs:854231", "attrs": "tpp=15800;performance_density=19.4;designed_for_datacenter=yes",
    "quantity": "64", "unit": "pcs", "value": "1900000", "currency": "USD", "ship_from": "US", "ship_to": "CN",
    "exporter": "Example Compute Inc.", "consignee": "Example Cloud Beijing",
}  # fmt: skip


@cache
def rules() -> RuleBase:
    return wiring.load_rules()


def decided(on: str = "2025-06-12", **cells: str) -> Decision:
    return wiring.decide_line({**MAGNET, **cells}, rules(), on=on)


def terms(id: str = "CN-6M-0042", *, scope: dict[str, str] | None = None, quantity: str | None = "1500", **more: Any) -> Licence:
    line = more.pop("line", None) or LicenceLine(
        codes=more.pop("codes", ("cn:1C905.a.4",)),
        words=more.pop("words", ""),
        unit=more.pop("unit", "kg"),
        quantity=None if quantity is None else kg(quantity),
        currency=more.pop("currency", ""),
        value=more.pop("value", None),
    )
    rows = tuple(ScopeRow(dimension=name, value=one) for name, text in (scope or {}).items() for one in text.split("|"))
    given: dict[str, Any] = {
        "authority": "CN", "kind": Kind.SINGLE, "holder": "Example Magnetics Ganzhou", "since": "2025-06-01", "until": "2025-12-01",
        "zone": "Asia/Shanghai", "scope": rows,
    }  # fmt: skip
    return Licence(id=id, lines=(line,), **{**given, **more})


def pool(*licences: Licence, book: Book | None = None) -> Pool:
    return Pool((book or Book(*licences)).states)


def why_not(decision: Decision, *licences: Licence, book: Book | None = None) -> str:
    """Why the only licence cannot be used."""
    (answer,) = weigh(decision, pool(*licences, book=book))
    (fit,) = answer.fits
    assert fit.says is Says.NO
    assert not cover(decision, pool(*licences, book=book)).takes
    return "; ".join(one.words for one in fit.losses)


def asked(decision: Decision, *licences: Licence) -> dict[str, str]:
    """What is asked before the only licence can be used."""
    (answer,) = weigh(decision, pool(*licences))
    (fit,) = answer.fits
    assert fit.says is Says.ASK, fit.checks
    covered = cover(decision, pool(*licences))
    assert not covered.takes
    assert with_cover(covered).lane == decision.verdict.lane
    return {one.fact: one.words for one in fit.asks}


def given(covered: Covered) -> list[tuple[str, str, str]]:
    return [(one["licence"], one["takes"], one["short"]) for one in with_cover(covered).cover]


# --- how much ---------------------------------------------------------------------------------------------------------


def test_a_licence_with_enough_left_turns_the_lane_green_and_keeps_the_verdict() -> None:
    decision = decided(quantity="400")
    assert decision.lane == "amber"
    after = with_cover(cover(decision, pool(terms())))
    assert (after.verdict, after.lane) == (Verdict.LICENCE_REQUIRED, "green")
    assert after.plain()["lane"] == "green"
    (told,) = after.plain()["cover"]
    wanted = {"licence": "CN-6M-0042", "left": "1500", "takes": "400", "short": "0", "unit": "kg"}
    assert told | wanted == told


def test_partial_cover_says_what_is_left_and_short() -> None:
    book = Book(terms())
    book.put(want("draw", "A", "900", on=5, of="CN-6M-0042"))
    book.put(want("reserve", "B", "200", on=5, of="CN-6M-0042"))
    after = with_cover(cover(decided(), pool(book=book)))
    told = dict(after.cover[0])
    assert told | {"left": "400", "takes": "400", "short": "800", "unit": "kg"} == told
    assert after.lane == "amber"


def test_units_convert_exactly() -> None:
    after = with_cover(cover(decided(quantity="1.2", unit="t"), pool(terms())))
    assert after.cover[0]["takes"] == "1200"
    assert after.lane == "green"


def test_a_unit_that_does_not_convert_is_refused_with_the_reason() -> None:
    assert "cannot be said exactly in kg" in why_not(decided(quantity="1200", unit="pcs"), terms())


def test_a_quantity_that_is_not_said_is_asked_for() -> None:
    assert set(asked(decided(quantity="", unit=""), terms())) == {"quantity"}
    assert set(asked(decided(unit=""), terms())) == {"unit"}


def test_value_is_a_meter_beside_quantity() -> None:
    dollars: dict[str, Any] = {"currency": "USD", "value": scaled(Decimal(48000), 4)}
    assert given(cover(decided(), pool(terms(**dollars)))) == [("CN-6M-0042", "600", "600")]
    assert "counts EUR, the line USD" in why_not(decided(), terms(currency="EUR", value=1))
    assert set(asked(decided(value=""), terms(**dollars))) == {"value"}


def test_a_partial_share_of_the_value_is_rounded_so_that_neither_meter_overdraws() -> None:
    third = terms(currency="USD", value=scaled(Decimal("32000.0001"), 4))
    (share,) = cover(decided(quantity="0.00000007", value="96000"), pool(third)).takes
    assert (share.given.q, share.given.v) == (2, 274285715)
    assert share.given.v <= share.fit.left.v


def test_several_licences_fill_a_line_the_first_to_end_first() -> None:
    one, two = terms("A", quantity="800", until="2025-12-01"), terms("B", quantity="700", until="2025-11-01")
    assert given(cover(decided(), pool(one, two))) == [("B", "700", "500"), ("A", "500", "0")]
    assert cover(decided(), pool(one, two)).full


def test_one_that_reaches_is_taken_before_two_that_do_not() -> None:
    one, two = terms("A", quantity="1200", until="2025-12-01"), terms("B", quantity="700", until="2025-11-01")
    assert given(cover(decided(), pool(one, two))) == [("A", "1200", "0")]


# --- lines that compete -----------------------------------------------------------------------------------------------


def test_two_lines_competing_are_served_in_the_order_of_the_file() -> None:
    lines = [decided(line_id="A", quantity="1000"), decided(line_id="B", quantity="800"), decided(line_id="C", quantity="1")]
    served = [with_cover(one) for one in serve(lines, pool(terms()))]
    assert [(one.lane, [dict(row)["left"] for row in one.cover]) for one in served] == [("green", ["1500"]), ("amber", ["500"]), ("amber", [])]  # fmt: skip  # noqa: E501
    back = [given(one) for one in serve(reversed(lines), pool(terms()))]
    assert back == [[("CN-6M-0042", "1", "0")], [("CN-6M-0042", "800", "0")], [("CN-6M-0042", "699", "301")]]


def test_12_uses() -> None:
    book = Book(terms(max_uses=12))
    for number in range(11):
        book.put(want("draw", f"D{number}", "1", on=5, of="CN-6M-0042"))
    lines = [decided(line_id="A", quantity="10"), decided(line_id="B", quantity="10")]
    first, second = serve(lines, pool(book=book))
    assert (first.full, with_cover(first).cover[0]["uses_left"]) == (True, "1")
    assert not second.full
    (fit,) = second.answers[0].fits
    assert [one.words for one in fit.losses] == ["all 12 uses are used or spoken for"]


def test_one_batch() -> None:
    book = Book(terms(max_uses=1))
    assert cover(decided(), pool(book=book)).full
    book.put(want("draw", "D", "1", on=5, of="CN-6M-0042"))
    assert "one batch, and it is used" in why_not(decided(), book=book)


def test_two_lines_of_one_licence_are_one_use() -> None:
    one = terms(quantity="700", max_uses=1)
    two = replace(one, lines=(*one.lines, *one.lines))
    covered = cover(decided(), pool(two))
    assert given(covered) == [("CN-6M-0042", "700", "500"), ("CN-6M-0042", "500", "0")]
    assert [share.given.uses for share in covered.takes] == [1, 0]
    assert with_cover(covered).cover[1]["line"] == 2


def test_no_splitting() -> None:
    whole = terms(unsplit=True)
    assert "may not be split: 1500 kg go at once, 1200 are less" in why_not(decided(), whole)
    assert "1600 are more" in why_not(decided(quantity="1600"), whole)
    assert cover(decided(quantity="1500"), pool(whole)).full
    assert given(cover(decided(), pool(whole, terms("B", quantity="500")))) == [("B", "500", "700")]


def test_what_a_run_reserved_for_a_line_is_that_lines_own() -> None:
    book = Book(terms(quantity="1200", max_uses=1))
    id = reservation_id("f00", "L-04", ("CN-6M-0042", 1))
    book.put(want("reserve", id, "1200", on=11, of="CN-6M-0042"))
    refs = list(book.refs.items())
    again = Pool(book.states, held=held_for("f00", refs))
    (share,) = cover(decided(), again).takes
    assert share.given == share.fit.own
    assert "nothing is left" in why_not(decided(), book=book)
    assert held_for("f01", refs) == {}
    other = Pool(book.states, held=held_for("f00", refs))
    assert [one.full for one in serve([decided(), decided(line_id="L-05", quantity="1")], other)] == [True, False]
    assert held_for("f00", [("f00/x/L", Ref("held", "A", 1, "", 1, 0, 1))]) == {}


# --- what it is for ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (("cn:1C905",), Says.YES),
        (("cn:1C905.a.4",), Says.YES),
        (("cn:1C904.a.4", "cn:1C905.a"), Says.YES),
        (("cn:1C904.a.4",), Says.NO),
        (("cn:1C905.a.4.b",), Says.ASK),
        (("hs:8505.11",), Says.YES),
        (("cn:1C905.a.4", "hs:8505.11"), Says.YES),
        (("cn:1C905.a.4", "hs:8505.19"), Says.NO),
        (("cn:1C905.a.4", "hs:850511100099"), Says.ASK),
        (("eccn:3A090",), Says.NO),
        ((), Says.YES),
    ],
)
def test_items(codes: tuple[str, ...], says: Says) -> None:
    (answer,) = weigh(decided(), pool(terms(codes=codes)))
    assert answer.fits[0].says is says, answer.fits[0].checks


def test_goods_named_by_words_only_are_asked_about() -> None:
    worded = terms(codes=(), words="sintered magnets N45SH")
    assert "is it these" in asked(decided(), worded)["attrs.specification"]
    assert cover(decided(attrs="specification=Sintered  magnets n45sh"), pool(worded)).full
    assert cover(decided(description="sintered magnets N45SH"), pool(worded)).full
    assert "not for `N48`" in why_not(decided(attrs="specification=N48"), worded)


def test_a_bite_that_only_may_be_there_keeps_the_lane() -> None:
    open_ = decided(contains="Nd:29%;Dy:3.1%", quantity="400")
    after = with_cover(cover(open_, pool(terms())))
    assert [one["takes"] for one in after.cover] == ["400"]
    assert (after.lane, [one["fact"] for one in after.cover_asks]) == ("amber", ["contains.Tb"])
    assert with_cover(cover(open_, pool(terms(codes=("cn:1C905.a.4", "cn:1C904.a.4"))))).lane == "green"


# --- who, where, how --------------------------------------------------------------------------------------------------


def test_freight_mode_air_and_sea_needs_two_licences() -> None:
    air, sea = terms("AIR", scope={"mode": "air"}), terms("SEA", scope={"mode": "sea"})
    both = decided(attrs="mode=air+sea")
    assert "`sea` is not met" in why_not(both, air)
    assert "one licence is for one mode" in why_not(both, sea)
    parted = [decided(line_id="A", quantity="200", attrs="mode=air"), decided(line_id="B", quantity="1000", attrs="mode=sea")]
    assert [given(one) for one in serve(parted, pool(air, sea))] == [[("AIR", "200", "0")], [("SEA", "1000", "0")]]
    assert "attrs.mode" in asked(decided(), air)


def test_another_end_user() -> None:
    for_one = terms(scope={"end_user": "Example Motors Michigan"})
    assert cover(decided(), pool(for_one)).full
    assert "end user `Example Robots Inc.` is not met" in why_not(decided(end_user="Example Robots Inc."), for_one)
    assert "end_user" in asked(decided(end_user=""), for_one)
    assert "the same" in asked(decided(end_user="Example Motors"), for_one)["end_user"]


def test_the_words_of_the_condition_are_told() -> None:
    row = ScopeRow(dimension="end_user", value="Example Robots Inc.", words="for its own production; no transfer to third parties")
    assert "no transfer to third parties" in why_not(decided(), replace(terms(), scope=(row,)))


@pytest.mark.parametrize(
    ("scope", "good", "bad", "fact"),
    [
        ({"consignee": "Example Antriebe"}, {}, {"consignee": "Example Optik GmbH"}, "consignee"),
        ({"customs_office": "Ningbo"}, {"attrs": "customs_office=ningbo"}, {"attrs": "customs_office=Xi"}, "attrs.customs_office"),
        ({"contract": "SO-7"}, {"attrs": "contract=SO-7"}, {"attrs": "contract=SO-8"}, "attrs.contract"),
        ({"end_use": "civil"}, {}, {"end_use": "civil;nuclear"}, "end_use"),
        ({"third_party": "Example A"}, {"attrs": "third_party=Example A"}, {"attrs": "third_party=Example B"}, "attrs.third_party"),
        ({"transit": "SG"}, {"attrs": "transit=SG"}, {"attrs": "transit=SG+MY"}, "attrs.transit"),
        ({"nationality": "DE|FR"}, {"attrs": "nationality=FR"}, {"attrs": "nationality=RU"}, "attrs.nationality"),
        ({"site": "Werk 2"}, {"attrs": "site=werk 2"}, {"attrs": "site=Werk 3"}, "attrs.site"),
    ],
)  # fmt: skip
def test_a_condition_is_met_not_met_or_asked(scope: dict[str, str], good: dict[str, str], bad: dict[str, str], fact: str) -> None:
    assert cover(decided(**good), pool(terms(scope=scope))).full
    assert "is not met" in why_not(decided(**bad), terms(scope=scope))
    assert fact in asked(decided(**dict.fromkeys(("consignee", "end_use"), "")), terms(scope=scope))


def test_destination_and_country_of_end_use_must_both_be_allowed() -> None:
    assert cover(decided(), pool(terms(scope={"destination": "DE"}))).full
    assert "`US` is not met" in why_not(decided(end_use_country="US"), terms(scope={"destination": "DE"}))
    assert "`DE` is not met" in why_not(decided(), terms(scope={"destination": "US"}))


def test_what_a_licence_is_not_for() -> None:
    row = ScopeRow(dimension="end_user", allow=False, value="Example Motors Michigan")
    assert "is not met" in why_not(decided(), replace(terms(), scope=(row,)))
    assert cover(decided(end_user="Example Robots Inc."), pool(replace(terms(), scope=(row,)))).full


def test_the_holder_exports() -> None:
    assert "the holder is `Example Magnetics Ganzhou`" in why_not(decided(exporter="Example Oxides Ganzhou"), terms())
    assert "exporter" in asked(decided(exporter=""), terms())
    assert "the same" in asked(decided(exporter="甘州示例磁材"), terms())["exporter"]


# --- when -------------------------------------------------------------------------------------------------------------


def test_expired_by_zone() -> None:
    """A minute before midnight in London is the next day in Beijing."""
    ends = terms(until="2025-06-13")
    assert cover(decided(date="2025-06-12"), pool(ends)).full
    assert cover(decided(date="2025-06-12T16:59+01:00"), pool(ends)).full
    assert "to the end of 2025-06-12 (Asia/Shanghai), not on 2025-06-13" in why_not(decided(date="2025-06-12T17:00+01:00"), ends)
    begins = terms(since="2025-06-13")
    assert cover(decided(date="2025-06-12T17:00+01:00"), pool(begins)).full
    assert "not on 2025-06-12" in why_not(decided(date="2025-06-12"), begins)


def test_a_suspended_licence() -> None:
    book = Book(terms())
    book.put(want("suspend", "S", on=10, of="CN-6M-0042", v="0"))
    assert "suspended since 2025-06-11" in why_not(decided(), book=book)
    assert cover(decided(date="2025-06-10"), pool(book=book)).full
    book.put(want("resume", "R", on=11, of="CN-6M-0042"))
    assert cover(decided(), pool(book=book)).full


def test_a_proviso_with_its_own_end() -> None:
    kept = (
        Proviso(id="P1", words="report each shipment"),
        Proviso(id="P2", words="samples first", since="2025-06-05", until="2025-06-12"),
    )
    licence = replace(terms(), provisos=kept)

    def told(day: str) -> list[str]:
        return with_cover(cover(decided(date=day), pool(licence))).cover[0]["provisos"]  # type: ignore[no-any-return]

    assert told("2025-06-04") == ["P1: report each shipment"]
    assert told("2025-06-11") == ["P1: report each shipment", "P2: samples first"]
    assert told("2025-06-12") == ["P1: report each shipment"]


# --- bites ------------------------------------------------------------------------------------------------------------


def test_two_bites_by_two_authorities_need_two_licences() -> None:
    """No line of the base is reached by both sides at once with certainty, so the second bite is lent by another line."""
    magnet, chip = decided(quantity="400"), wiring.decide_line(CHIP, rules(), on="2025-06-12")
    both = replace(magnet, reasons=(*magnet.reasons, *chip.reasons))
    chinese = terms()
    american = terms("US-1", authority="US", zone="America/New_York", kind=Kind.INDIVIDUAL, codes=())
    assert [one.met for one in cover(both, pool(chinese)).answers] == [True, False]
    assert [one.met for one in cover(both, pool(american)).answers] == [False, True]
    whole = cover(both, pool(chinese, american))
    assert whole.full
    assert sorted(one[0] for one in given(whole)) == ["CN-6M-0042", "US-1"]
    assert "granted by US; cn-2025-018/1C905.a.4 is law of China" in why_not(magnet, american)


def test_a_dual_use_licence_does_not_answer_the_ordinary_export_licence() -> None:
    oxide = decided(codes="hs:2846901500", contains="Dy:87%", attrs="form=oxide")
    covered = cover(oxide, pool(terms(codes=("cn:1C905.b",))))
    assert {one.bite.measure.id: one.met for one in covered.answers} == {
        "cn-2025-018/1C905.b": True, "cn-export-licence/rare-earth-compounds": False,
    }  # fmt: skip
    assert "ordinary export licence" in covered.answers[1].fits[0].losses[0].words


def test_one_licence_answers_two_bites_of_a_line_and_is_taken_once() -> None:
    oxide = decided(codes="hs:2846901500", contains="Dy:87%", attrs="form=oxide", quantity="100")
    twice = replace(oxide, reasons=tuple(one for one in oxide.reasons if one.review != "ordinary_licence") * 2, possible=())
    covered = cover(twice, pool(terms(codes=("cn:1C905.b",), quantity="100")))
    assert covered.full
    assert given(covered) == [("CN-6M-0042", "100", "0")]


def test_the_acts_of_2025_stop_licences_granted_before_them() -> None:
    cells = {"line_id": "V", "codes": "eccn:2A291;hs:848180", "ship_from": "US", "ship_to": "CN", "quantity": "4", "unit": "pcs",
             "exporter": "Example Nuclear Valves Inc.", "consignee": "Example Power Station", "end_use": "civil"}  # fmt: skip
    before = terms("US-7", authority="US", zone="America/New_York", kind=Kind.INDIVIDUAL, codes=("eccn:2A291",), unit="pcs",
                   quantity="9", since="2025-01-01", holder="Example Nuclear Valves Inc.")  # fmt: skip
    may, june, august = (wiring.decide_line(cells, rules(), on=on) for on in ("2025-05-31", "2025-06-10", "2025-08-01"))
    assert cover(may, pool(before)).takes
    assert "stopped by us-licsusp-2025-06-nuclear" in why_not(june, before)
    assert "nobody confirmed" in asked(august, before)["us-licsusp-2025-06-nuclear"]
    assert cover(june, pool(replace(before, since="2025-06-02"))).takes


def test_what_may_not_go_or_cannot_be_judged_has_no_cover() -> None:
    listed = decided(ship_to="US", consignee="General Dynamics", end_user="")
    unknown = decided(codes="hs:850511", contains="")
    assert (listed.verdict, unknown.verdict) == (Verdict.PROHIBITED, Verdict.CANNOT_SAY)
    for one in (listed, unknown):
        assert with_cover(cover(one, pool(terms()))) == one


# --- the first sieve --------------------------------------------------------------------------------------------------

HOLDERS = ("Example Magnetics Ganzhou", "Example Magnetics", "赣州磁材", "Example Compute Inc.", "Other Works Ltd")
ENTRIES = (
    "cn:1C905.a.4",
    "cn:1C905",
    "cn:1C905.a",
    "cn:1C904.a.4",
    "cn:1C902.a.4",
    "eccn:3A090.a",
    "eccn:3A090",
    "hs:850511",
    "words",
)


def test_who_is_left_out_by_the_first_sieve_would_be_refused_in_full() -> None:
    chance = random.Random(7)
    licences = [
        terms(
            f"L-{number}",
            authority=chance.choice(("CN", "US")),
            holder=chance.choice(HOLDERS),
            codes=tuple(chance.sample(ENTRIES, chance.randint(0, 2))),
            quantity=chance.choice((None, "0", "300", "1500")),
            unit=chance.choice(("kg", "pcs")),
            since=chance.choice(("2025-06-01", "2025-06-11")),
            until=chance.choice(("2025-06-12", "2025-12-01", "2025-07-01")),
            scope=chance.choice((None, {"consignee": "Example Antriebe GmbH"}, {"destination": "FR"})),
        )
        for number in range(120)
    ]
    lines = [decided(exporter=holder) for holder in ("", *HOLDERS)]
    lines += [decided(**{**CHIP, "exporter": holder}) for holder in HOLDERS]
    lines += [decided(contains="Nd:29%;Tb:1%;Dy:0"), decided(contains="Sm:25%;Co:50%", codes="hs:850511;cn:1C902.a.4")]
    served = 0
    for some in (licences, licences[:30], licences[30:60]):
        book = Book(*some)
        for line in lines:
            near, whole = cover(line, pool(book=book)), cover(line, pool(book=book), losers=True)
            assert with_cover(near) == with_cover(whole)
            served += bool(near.takes)
            for few, every in zip(near.answers, whole.answers, strict=True):
                assert [fit for fit in every.fits if fit.says is not Says.NO] == [
                    fit for fit in few.fits if fit.says is not Says.NO
                ]
                assert len(few.fits) < len(every.fits)
    assert served > 5
