"""Rescreening by the changes with the real matcher: the record is that of a whole screening, byte for byte.

Lists are long enough, and made of few enough words, that the likeliest candidates crowd each other out.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.feeds.model_files import read_model
from greenlane.screen.finding import Counterparty, Head, ListState
from greenlane.screen.index import Index
from greenlane.screen.kept_rows import KeptRows, pack
from greenlane.screen.match import Query, may_hit, narrowed, normal
from greenlane.screen.matcher import IndexMatcher
from greenlane.screen.names import read_name
from greenlane.screen.rows import lay_out
from greenlane.services.screening import Desk, Screening, Settings, record, rescreen, screen
from greenlane.terms.listed import Identifier, ListEdition, ListedParty, Listing, PartyKind, PartyName
from tests.services.naive_matcher import edition

DAY = date(2026, 11, 2)
SETTINGS = Settings(on=DAY, known_by=DAY, threshold=0.3, certain=0.9, limit=3)
MODEL = read_model()
RARE = "zarnitsa kuanda vexil morava quillon aldora brenko cyrell dovast elmira fenwick gorlan petrovich borislav".split()
COMMON = "trading shipping electronics institute research beijing moscow company example tradng shiping reserch".split()
HAN = ("宽达电子", "北京宽达", "金星贸易", "华远航运")
CYRILLIC = ("Зарница", "Морава", "Борислав Петрович")
FORMS = ("LLC", "Co., Ltd.", "GmbH", "OOO", "")


def slipped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(["", word[at] * 2, "a", "x"]) + word[at + 1 :]


def a_name(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return chance.choice(HAN) + chance.choice(("有限公司", ""))
    if chance.random() < 0.1:
        return f"{chance.choice(CYRILLIC)} {chance.choice(('ООО', ''))}".strip()
    words = chance.choices(RARE, k=chance.randint(1, 2)) + chance.choices(COMMON, k=chance.randint(0, 3))
    words = [slipped(word, chance) if chance.random() < 0.25 else word for word in words]
    chance.shuffle(words)
    return f"{' '.join(words)} {chance.choice(FORMS)}".strip()


def a_party(number: int, chance: random.Random) -> ListedParty:
    ends = chance.choice((None, None, None, DAY + timedelta(days=1)))
    return ListedParty(
        id=f"us-sdn:{number}",
        list="us-sdn",
        kind=chance.choice((PartyKind.ORGANISATION, PartyKind.PERSON)),
        names=tuple(PartyName(a_name(chance)) for _ in range(chance.randint(1, 3))),
        identifiers=(Identifier("imo", str(chance.randint(1, 40))),) if chance.random() < 0.3 else (),
        listings=(Listing(programme="A", start=chance.choice((None, DAY + timedelta(days=1))), end=None),)
        if chance.random() < 0.1
        else ((Listing(programme="A", end=ends),) if ends else ()),
    )


def changed(old: ListEdition, chance: random.Random) -> ListEdition:
    """The edition with some entries gone, some renamed, some new, and all in another order."""
    parties = [
        replace(one, names=(*one.names[1:], PartyName(a_name(chance)))) if chance.random() < 0.1 else one
        for one in old.parties
        if chance.random() > 0.1
    ]
    parties += [a_party(1000 + chance.randint(0, 500), chance) for _ in range(chance.randint(0, 12))]
    return edition(*{one.id: one for one in parties}.values())


def somebody(number: int, editions: Sequence[ListEdition], chance: random.Random) -> Counterparty:
    name = a_name(chance)
    if chance.random() < 0.5:
        name = slipped(chance.choice(chance.choice(chance.choice(editions).parties).names).text, chance)
    names = (name, a_name(chance)) if chance.random() < 0.2 else (name,)
    numbers = (Identifier("imo", str(chance.randint(1, 60))),) if chance.random() < 0.2 else ()
    return Counterparty(id=f"C-{number}", names=tuple(one or "x" for one in names), identifiers=numbers)


def screened(
    book: Sequence[Counterparty], shown: ListEdition, index: Index, days: int, kept: tuple[Screening, ListEdition] | None = None
) -> tuple[Screening, int]:
    """The record of a screening, by the changes since another if one is given; and how many were matched anew."""
    matcher = IndexMatcher(index, MODEL, "0" * 64)
    desk = Desk([ListState("us-sdn", shown, "")], Head(0, ""), {})
    later = replace(SETTINGS, on=DAY + timedelta(days=days), known_by=DAY + timedelta(days=days))
    if kept is None:
        return record(screen(book, matcher, desk, later), matcher, desk, later, engine="1"), len(book)
    found = rescreen(kept[0], [ListState("us-sdn", kept[1], "")], book, matcher, desk, later)
    return record(found.answers, matcher, desk, later, engine="1"), found.anew


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2))
def test_by_the_changes_as_by_the_whole(seed: int, days: int) -> None:
    chance = random.Random(seed)
    states = [edition(*(a_party(number, chance) for number in range(chance.randint(1, 90))))]
    counted = Index.build(states[0].parties)
    for _ in range(2):
        if not (after := changed(states[-1], chance)).parties:
            return
        states.append(after)
    book = [somebody(number, states, chance) for number in range(40)]
    kept, _ = screened(book[:35], states[0], counted, 0)
    for before, now in pairwise(states):
        index = Index.build(now.parties, after=counted)
        whole, _ = screened(book, now, index, days)
        by_changes, anew = screened(book, now, index, days, (kept, before))
        assert by_changes.text() == whole.text()
        assert anew < len(book)
        kept = whole


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_an_answer_hangs_on_nobody_asked_beside(seed: int) -> None:
    chance = random.Random(seed)
    state = edition(*(a_party(number, chance) for number in range(60)))
    book = [somebody(number, [state], chance) for number in range(30)]
    index = Index.build(state.parties)
    together, _ = screened(book, state, index, 0)
    alone = [screened([one], state, index, 0)[0].answers[0] for one in book]
    assert list(together.answers) == alone


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_names_kept_are_told_touched_as_names_read(seed: int) -> None:
    chance = random.Random(seed)
    state = edition(*(a_party(number, chance) for number in range(60)))
    index = Index.build(state.parties)
    came = frozenset(party.id for party in state.parties[::7])
    texts = list(dict.fromkeys(normal(Query(a_name(chance))).name for _ in range(40)))
    columns = pack(texts, lay_out([read_name(one) for one in texts], listed=index.vocabulary.known, twice=True))
    assert columns is not None
    kept = KeptRows(columns)
    where = narrowed(index, came, on=DAY, known_by=DAY)
    for begin in [*range(0, 40, 8), *range(0, 40, 8)]:  # what was learnt of a word holds for the names that come later
        asked = [Query(one) for one in texts[begin : begin + 8]]
        read = may_hit(asked, where, MODEL, threshold=0.3)
        assert may_hit(asked, where, MODEL, threshold=0.3, kept=kept) == read
