from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pytest

from greenlane.batch.columns import ANSWERS, SCHEMA, decide_batch
from greenlane.batch.engine import Engine
from greenlane.errors import LineError
from greenlane.law.rulebase import RuleBase
from greenlane.terms.amounts import show
from greenlane.terms.periods import Asked
from tests.agreement.engines import HAS_NUMBA, batch_of, faster
from tests.decide.real import real_base
from tests.decide.small import ask

DAY = Asked.read("2025-06-10")
MAGNET = {"ship_from": "CN", "ship_to": "DE", "codes": "hs:850511", "contains": "Nd:29%;Dy:3.1%"}
ROWS = [
    MAGNET,
    {**MAGNET, "contains": "Nd:29%"},
    {**MAGNET, "ship_to": "Germany"},
    {**MAGNET, "codes": "hs:85O511"},
    {**MAGNET, "value": "-1"},
    {**MAGNET, "quantity": "many"},
    {**MAGNET, "unit": "?"},
    {**MAGNET, "date": "tomorrow"},
    {**MAGNET, "ship_to": "CN"},
    {**MAGNET, "ship_from": " "},
    {**MAGNET, "attrs": "form=magnet;form=motor"},
    {"ship_from": "CN", "ship_to": "US", "activity": "import", "codes": "hts:8505.11.0070", "value": "100", "currency": "USD"},
]
READS = [True, True, *[False] * 9, True]


@lru_cache(maxsize=1)
def engine() -> Engine:
    return Engine(real_base(), on=DAY, known_by=DAY, fast=faster())


def test_a_row_for_a_row_and_nulls_where_a_row_does_not_read() -> None:
    found = decide_batch(engine(), batch_of(ROWS))
    assert found.schema == SCHEMA
    assert found.num_rows == len(ROWS)
    for name in ANSWERS[:3]:
        assert [one is not None for one in found.column(name).to_pylist()] == READS
    assert found.column("verdict")[0].as_py() == "licence_required"
    assert found.column("decided_by")[0].as_py() == "cn-2025-018/1C905.a.4"
    assert found.column("missing")[1].as_py() == "contains.Dy;contains.Tb"
    assert found.column("lane")[1].as_py() == "grey"
    duty = ask(
        real_base(),
        on="2025-06-10",
        ship_from="CN",
        ship_to="US",
        activity="import",
        codes="hts:8505.11.0070",
        value="100",
        currency="USD",
    ).duty
    assert duty is not None
    assert duty.amount is not None
    assert found.column("duty_amount")[11].as_py() == show(duty.amount)


@pytest.mark.parametrize("slices", [(0, 5), (3, 12), (11, 12)])
def test_the_same_rows_give_the_same_bytes_whatever_came_before(slices: tuple[int, int]) -> None:
    some = batch_of(ROWS).slice(slices[0], slices[1] - slices[0])
    fresh = Engine(real_base(), on=DAY, known_by=DAY)
    assert decide_batch(fresh, some).serialize() == decide_batch(engine(), some).serialize()


def test_dictionaries_hold_only_texts_of_rows_that_read() -> None:
    rows = [MAGNET, {**MAGNET, "codes": "hs:85O511", "date": "2025-01-02"}, {**MAGNET, "date": "nonsense"}]
    found = decide_batch(engine(), batch_of(rows))
    for name in ("on", "known_by", "verdict", "duty_percent"):
        texts = {text for text in found.column(name).to_pylist() if text is not None}
        assert set(found.column(name).dictionary.to_pylist()) == texts, name


def test_plain_and_dictionary_encoded_texts_are_one() -> None:
    plain = batch_of(ROWS)
    encoded = pa.RecordBatch.from_pydict({name: plain.column(name).dictionary_encode() for name in plain.schema.names})
    assert decide_batch(engine(), plain).serialize() == decide_batch(engine(), encoded).serialize()


def test_wanted_columns_only() -> None:
    found = decide_batch(engine(), batch_of(ROWS), ("verdict", "duty_percent"))
    whole = decide_batch(engine(), batch_of(ROWS))
    assert found.schema.names == ["verdict", "duty_percent"]
    assert found.column("verdict").equals(whole.column("verdict"))


def test_an_empty_batch_and_one_without_optional_columns() -> None:
    assert decide_batch(engine(), batch_of(ROWS).slice(0, 0)).num_rows == 0
    bare = decide_batch(engine(), batch_of([{"ship_from": "CN", "ship_to": "DE"}]))
    assert bare.column("verdict")[0].as_py() == "cannot_say"


def test_a_line_without_a_day_does_not_read_where_none_is_given() -> None:
    undated = Engine(real_base(), on=None, known_by=DAY)
    assert decide_batch(undated, batch_of([MAGNET])).column("verdict").to_pylist() == [None]
    with pytest.raises(ValueError, match="a question needs a day"):
        undated.one(MAGNET)


def test_one_line_says_what_is_wrong_with_it() -> None:
    with pytest.raises(LineError) as caught:
        engine().one({**MAGNET, "codes": "hs:85O511"})
    assert caught.value.code == "GL0104"


@pytest.mark.skipif(not HAS_NUMBA, reason="the extra `fast` (numba) is not installed")
def test_rows_that_meet_something_new_are_worked_out_beside_those_that_do_not() -> None:
    rules: RuleBase = real_base()
    fast = Engine(rules, on=DAY, known_by=DAY, fast=faster())
    decide_batch(fast, batch_of([MAGNET] * 3))
    later = batch_of([MAGNET, {**MAGNET, "ship_to": "FR"}, MAGNET, *ROWS])
    assert decide_batch(fast, later).serialize() == decide_batch(Engine(rules, on=DAY, known_by=DAY), later).serialize()


@pytest.mark.parametrize("column", ["date", "ship_to"])
def test_the_cell_that_does_not_read_may_be_the_last_of_its_column(column: str) -> None:
    rows = [MAGNET | {"date": "2025-06-11"}, MAGNET | {"date": "2025-06-11", column: "yesterday"}]
    found = decide_batch(engine(), batch_of(rows))
    assert found.column("on").to_pylist() == ["2025-06-11", None]
    assert found.column("on").dictionary.to_pylist() == ["2025-06-11"]
