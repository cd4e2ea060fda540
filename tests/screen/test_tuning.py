from __future__ import annotations

from greenlane.feeds.model_files import read_model
from greenlane.screen.index import Index
from greenlane.screen.match import Query
from greenlane.screen.tuning import threshold_for, trade_off
from tests.screen.screening_parties import DAY, PARTIES

BOOK = [Query(one) for one in ("Example Zarnitsa Trading LLC", "Quite Another Firm", "Beijing Kuanda", "Nobody At All")]


def test_alerts_only_fall_as_the_threshold_rises() -> None:
    rates = trade_off(Index.build(PARTIES), read_model(), BOOK, on=DAY, known_by=DAY)
    assert [one.alerts for one in rates] == sorted((one.alerts for one in rates), reverse=True)
    assert rates[0].alerts >= 1
    assert rates[0].per_thousand == 1000 * rates[0].alerts / len(BOOK)


def test_the_lowest_threshold_within_the_budget_is_chosen() -> None:
    rates = trade_off(Index.build(PARTIES), read_model(), BOOK, on=DAY, known_by=DAY)
    chosen = threshold_for(rates, per_thousand=250)
    assert chosen == min(one.threshold for one in rates if one.per_thousand <= 250)
    assert threshold_for(rates, per_thousand=-1) is None


def test_an_empty_book_has_no_alerts() -> None:
    assert {one.alerts for one in trade_off(Index.build(PARTIES), read_model(), [], on=DAY, known_by=DAY)} == {0}
