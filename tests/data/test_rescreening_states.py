"""Rescreening by the changes against four real states of the Treasury's list: records equal to whole screenings, byte for byte.

The files lie beside the repository, in ../shared/data (or where GREENLANE_SHARED points).
"""

from __future__ import annotations

import os
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from greenlane.feeds.model_files import read_model
from greenlane.feeds.party_lists import read_list
from greenlane.screen.finding import Counterparty, Head, ListState
from greenlane.screen.index import Index
from greenlane.screen.matcher import IndexMatcher
from greenlane.services.screening import Desk, Screening, Settings, record, rescreen, screen
from greenlane.terms.listed import ListEdition

ROOT = Path(__file__).parents[2]
HOMES = [
    home
    for home in (Path(os.environ.get("GREENLANE_SHARED") or "-"), *(parent / "shared" for parent in ROOT.parents))
    if (home / "data" / "parties").is_dir()
]
pytestmark = pytest.mark.skipif(not HOMES, reason="the real lists are not there: ../shared/data/parties")
DATA = HOMES[0] / "data" / "parties" if HOMES else Path()
DAYS = (date(2023, 5, 9), date(2024, 4, 4), date(2024, 5, 2), date(2024, 5, 3))
WORDS = (
    "Harbour Copper Meadow Lantern Orchid Falcon Sterling Pioneer Delta Summit Trading Logistics Bank Energy Foods Holding".split()
)


@pytest.fixture(scope="module")
def states() -> list[ListEdition]:
    return [read_list((DATA / f"us_ofac_sdn_{day}.csv.gz",), list_id="us-sdn", state=day).editions[0] for day in DAYS]


def book_of(states: list[ListEdition]) -> list[Counterparty]:
    """Names listed throughout, of late, no longer, or under another name, as they are and with slips; and innocent ones."""
    told: list[dict[str, tuple[str, ...]]] = [
        {one.id: tuple(name.text for name in one.names) for one in each.parties} for each in states
    ]
    picked = []
    for before, after in pairwise(told):
        came = sorted(after.keys() - before.keys())[::3]
        went = sorted(before.keys() - after.keys())[::2]
        renamed = sorted(one for one in after.keys() & before.keys() if after[one] != before[one])
        picked += [name for one in came for name in after[one]] + [name for one in went for name in before[one]]
        picked += [name for one in renamed for name in (*after[one], *before[one])]
    picked += [names[0] for _, names in sorted(told[0].items())][::24]
    slipped = [name[: len(name) // 2] + name[len(name) // 2 + 1 :] for name in picked[::2]]
    turned = [" ".join(reversed(name.split())) for name in picked[::5]]
    innocent = [f"{WORDS[at % 16]} {WORDS[at * 7 % 15]} {WORDS[at * 5 % 13]} {at % 40}" for at in range(800)]
    names = dict.fromkeys(name for name in (*picked, *slipped, *turned, *innocent) if any(map(str.isalnum, name)))
    return [Counterparty(id=f"C-{at}", names=(name,)) for at, name in enumerate(names)]


def test_by_the_changes_as_by_the_whole(states: list[ListEdition]) -> None:
    book = book_of(states)
    assert len(book) > 3_000
    counted = Index.build(states[0].parties)
    kept: Screening | None = None
    anew = []
    for at, state in enumerate(states):
        matcher = IndexMatcher(Index.build(state.parties, after=counted), read_model(), "0" * 64)
        how = Settings(on=DAYS[at], known_by=DAYS[at], threshold=0.5, certain=0.9)
        desk = Desk([ListState("us-sdn", state, "")], Head(0, ""), {})
        whole = record(screen(book, matcher, desk, how), matcher, desk, how, engine="1")
        if kept is not None:
            found = rescreen(kept, [ListState("us-sdn", states[at - 1], "")], book, matcher, desk, how)
            assert record(found.answers, matcher, desk, how, engine="1").text() == whole.text()
            anew.append(found.anew)
        kept = whole
    assert 0 < anew[2] < anew[1] < anew[0] < len(book), "the more changed, the more are matched anew"


def test_who_came_is_found_though_words_were_counted_before(states: list[ListEdition]) -> None:
    """Of the entries that came in a year, asked by their first names, a fresh count finds no more than the old one does."""
    old, new = states[0], states[1]
    known = {one.id for one in old.parties}
    came = [one for one in new.parties if one.id not in known]
    book = [Counterparty(id=one.id, names=(one.names[0].text,)) for one in came]
    how = Settings(on=DAYS[1], known_by=DAYS[1], threshold=0.5, certain=0.9)
    desk = Desk([ListState("us-sdn", new, "")], Head(0, ""), {})
    found = []
    for index in (Index.build(new.parties, after=Index.build(old.parties)), Index.build(new.parties)):
        answers = screen(book, IndexMatcher(index, read_model(), ""), desk, how)
        found.append(sum(any(hit.entry == one.counterparty.id for hit in one.found.hits) for one in answers))
    assert found[0] >= found[1] > 0.99 * len(book)
