"""Why a listed party came up, word by word: for the one who decides, and for whoever asks that one later.

Explanations are made in batches, since laying words side by side is cheap for many pairs at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from greenlane.screen.candidates import Pairs, ask
from greenlane.screen.closeness import EQUAL, HOW, NOTHING
from greenlane.screen.evidence import COLUMN, weigh
from greenlane.screen.index import Index
from greenlane.screen.match import Grounds, Hit, Query, grounds_of, normal
from greenlane.screen.names import Name, read_name
from greenlane.screen.rows import BRIDGES, Floats, telling_words
from greenlane.screen.score import Model, segment_of
from greenlane.terms.listed import NameKind


@dataclass(frozen=True, slots=True)
class WordPair:
    """One line of the table of words.

    `how`: equal, variant, consonants, typo, abbreviation, initial, extra (only asked), missing (only listed), or how a reading came
    by the word: pinyin, translated, romanised, family, ...
    """

    query: str
    listed: str
    how: str
    weight: float  # nats: how much it says to share the word


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything said of one hit."""

    party: str
    list: str
    query: str
    name: str
    bridge: str  # by which writing they met
    words: tuple[WordPair, ...]
    against: tuple[str, ...]
    parts: tuple[tuple[str, float], ...]  # what each part of the score adds, the largest first
    probability: float
    model: str
    index: str  # digest of what was searched
    sentence: str


_NOT_WORTH_SAYING: Final = 0.05  # nats


def explain(found: Sequence[tuple[Query, Hit]], index: Index, model: Model) -> list[Explanation]:
    """Explain hits that `screen` gave for these queries with this index and model."""
    if not found:
        return []
    grounds = _grounds(found, index)
    evidence = np.stack([one.evidence for one in grounds])
    listed = np.asarray([hit.row for _, hit in found], dtype=np.int64)
    added = model.parts_of(evidence, segment_of(listed, evidence, index))
    labels = [" and ".join(part.features) for part in model.parts]
    worth_saying = np.abs(added) > _NOT_WORTH_SAYING
    shown, count = _rounded(added), worth_saying.sum(axis=1).tolist()
    order = np.argsort(np.where(worth_saying, -np.abs(shown), np.inf), axis=1, kind="stable")
    by_weight, weights = order.tolist(), np.take_along_axis(shown, order, axis=1).tolist()
    row_start, row_name = np.asarray(index.row_start), np.asarray(index.row_name)
    name_row = np.searchsorted(row_name, row_name[listed])
    listed_names: dict[int, Name] = {}
    result = []
    for at, ((query, hit), why) in enumerate(zip(found, grounds, strict=True)):
        name = int(row_name[hit.row])
        if name not in listed_names:
            listed_names[name] = read_name(index.name_text[name])
        l_first = int(row_start[hit.row])
        mine = _shown(why.name, why.reading)[: len(why.weights)]
        theirs = _shown(listed_names[name], hit.row - int(name_row[at]))
        table = _table(mine, theirs, why.lined, why.weights, index.entry_weight[l_first : l_first + len(theirs)].tolist())
        said = [labels[part] for part in by_weight[at][: count[at]]]
        against = _against(why.evidence, table, hit)
        result.append(
            Explanation(
                party=hit.party,
                list=hit.list,
                query=query.name,
                name=hit.name,
                bridge=BRIDGES[int(why.evidence[COLUMN["bridge"]])],
                words=table,
                against=against,
                parts=(*hit.beside, *zip(said, weights[at][: count[at]], strict=True)),
                probability=hit.probability,
                model=hit.model,
                index=index.version,
                sentence=_sentence(query, hit, table, against),
            )
        )
    return result


def _rounded(values: Floats) -> Floats:
    """Each value to two digits as Python rounds it; they come from tables, so that few are distinct."""
    distinct, back = np.unique(values, return_inverse=True)
    return np.asarray([round(one, 2) for one in distinct.tolist()])[back].reshape(values.shape)


def _grounds(found: Sequence[tuple[Query, Hit]], index: Index) -> Sequence[Grounds]:
    """What each hit rests on; for hits that do not say it the names are read and weighed once more."""
    known = [hit.grounds for _, hit in found]
    if all(one is not None for one in known):
        return [one for one in known if one is not None]
    place_of: dict[str, int] = {}
    for query, _ in found:
        place_of.setdefault(normal(query).name, len(place_of))
    names = [read_name(text) for text in place_of]
    asked = ask(names, index)
    first_row = np.searchsorted(asked.rows.owner, np.arange(len(names)))
    places = np.asarray([place_of[normal(query).name] for query, _ in found], dtype=np.int64)
    rows = first_row[places] + np.asarray([hit.reading for _, hit in found], dtype=np.int64)
    pairs = Pairs(places, rows, np.asarray([hit.row for _, hit in found], dtype=np.int64), np.ones(len(found)))
    return grounds_of(pairs, names, asked, index, weigh(pairs, asked, index))


def _shown(name: Name, row: int) -> list[tuple[str, str]]:
    """The words of a row as a person knows them, each with how the reading came by it."""
    if row == len(name.readings):
        return [(sign, "equal") for sign in name.han]
    return [(one.source or one.text, one.how) for one in telling_words(name.readings[row])]


def _table(
    mine: list[tuple[str, str]],
    theirs: list[tuple[str, str]],
    lined: list[tuple[float, int, int, int]],
    q_weight: list[float],
    l_weight: list[float],
) -> tuple[WordPair, ...]:
    """Each word with at most one of the other side, the closest first."""
    partner: dict[int, tuple[int, int]] = {}
    taken: set[int] = set()
    for _, query, listed, how in lined:
        if how != NOTHING and query not in partner and listed not in taken:
            partner[query] = (listed, how)
            taken.add(listed)
    table = []
    for at, ((word, came), weight) in enumerate(zip(mine, q_weight, strict=False)):
        if at in partner:
            listed, how = partner[at]
            other, other_came = theirs[listed]
            way = (
                next((one for one in (came, other_came) if one != "equal"), "equal") if how == EQUAL and word != other else HOW[how]
            )
            table.append(WordPair(word, other, way, round(l_weight[listed], 2)))
        else:
            table.append(WordPair(word, "", "extra", round(weight, 2)))
    table.extend(
        WordPair("", word, "missing", round(weight, 2))
        for at, ((word, _), weight) in enumerate(zip(theirs, l_weight, strict=False))
        if at not in taken
    )
    return tuple(table)


def _against(evidence: np.ndarray, table: Sequence[WordPair], hit: Hit) -> tuple[str, ...]:
    extra = [one.query for one in table if one.how == "extra"]
    missing = [one.listed for one in table if one.how == "missing"]
    said = [
        (bool(extra), f"the listed name has no {_quoted(extra)}"),
        (bool(missing), f"the name asked has no {_quoted(missing)}"),
        (evidence[COLUMN["numbers"]] == 3, "the numbers differ"),
        (evidence[COLUMN["places"]] == 1, "each names another place"),
        (evidence[COLUMN["forms"]] == 3, "the legal forms differ"),
        (evidence[COLUMN["initials"]] > 0, "a word agrees in its first letter only"),
        (hit.name_kind is NameKind.WEAK, "the list itself calls this alias weak"),
    ]
    return tuple(text for holds, text in said if holds) + tuple(what for what, value in hit.beside if value < 0)


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _sentence(query: Query, hit: Hit, table: Sequence[WordPair], against: Sequence[str]) -> str:
    met = sum(1 for one in table if one.how not in ("extra", "missing"))
    but = f"; against it: {'; '.join(against)}" if against else "; nothing in the names speaks against it"
    return (
        f"“{query.name}” may be {hit.party} on {hit.list}, there called “{hit.name}”: {met} of {len(table)} words meet{but}. "
        f"Probability {hit.probability:.0%} ({hit.model})."
    )
