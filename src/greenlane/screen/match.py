"""Whom of the listed parties a name may be: the one way to ask, for one name and for a million.

An answer hangs on the query, the index, the model and the days, and on nothing else: not on what was asked with it. Asking writes
nothing down and clears nobody; what a hit means is the law's matter and a person's.

    hits = screen([Query("Huawei Technologies")], index, model, threshold=0.5, on=on, known_by=known_by)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np

from greenlane.screen.candidates import Pairs, Questions, all_candidates, ask, ask_rows, candidates, meets
from greenlane.screen.evidence import align, weigh
from greenlane.screen.index import KINDS, NAME_KINDS, Index, identifier_key, only, standing
from greenlane.screen.kept_rows import KeptRows, without_as_written
from greenlane.screen.names import Name, read_name
from greenlane.screen.rows import Floats, Ints, Rows, lay_out
from greenlane.screen.score import Context, Model, segment_of
from greenlane.terms.listed import Identifier, NameKind, PartyKind

BATCH: Final = 4_096  # queries looked at together: what a batch needs stays below 300 MB
LIMIT: Final = 20  # parties looked at, and as many hits unless fewer or more are asked for
TEXT_MAX: Final = 1_000  # characters of a query that are read
# Pairs with less in common are not looked at when only hits from `_WORTH_LOOKING` on are asked for: of some thousand right parties
# of that probability a few in a thousand have less, and half the work is saved.
_IN_COMMON: Final = 0.4
_WORTH_LOOKING: Final = 0.1
#: Told names as they are looked up, and their rows: with slips put right, and as written.
Seen = Callable[[Sequence[str], Rows], None]
_SAME_NUMBER: Final = "same identifier"
_ROWS_IDENTIFIED: Final = 4  # readings compared with a party that a number named


@dataclass(frozen=True, slots=True)
class Query:
    """Who is asked about. Only the name is needed; facts beside it tell parties of one name apart.

    `country` in ISO 3166-1 alpha-2, `born` in ISO 8601 as exact as known.
    """

    name: str
    kind: PartyKind | None = None
    country: str = ""
    identifiers: tuple[Identifier, ...] = ()
    born: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """What a hit rests on, for whoever explains it: the name as read, and the words of the pair laid side by side."""

    name: Name
    reading: int  # of the name; after the last its characters
    weights: list[float]  # of the words of the query's row
    evidence: Floats
    lined: list[tuple[float, int, int, int]]  # likeness below nought, word of the query, word of the list, how; the closest first


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed party that the one asked about may be. `probability` is that of the model named by `model`."""

    party: str  # its id
    list: str
    name: str  # the name of it that met, as printed
    name_kind: NameKind
    score: float  # log-odds
    probability: float
    beside: tuple[tuple[str, float], ...]  # facts beside the name, and what each adds in nats
    reading: int  # which row of the query met
    row: int  # which row of the index
    model: str
    grounds: Grounds | None = field(default=None, compare=False, repr=False)


def screen(
    queries: Sequence[Query],
    index: Index,
    model: Model,
    *,
    threshold: float,
    on: date,
    known_by: date,
    limit: int = LIMIT,
    without: Mapping[int, Set[str]] | None = None,
    grounds: bool = False,
    seen: Seen | None = None,
) -> list[tuple[Hit, ...]]:
    """The hits of each query with a probability of `threshold` or more, the likeliest first, at most `limit`.

    `without` gives, by the place of a query, ids of parties that were cleared for it: they are left out before anything is counted,
    so that they take no other party's place. With `grounds` each hit has them: what is to be explained is then not read again.
    `seen` is told the names that were read and how they were laid out, to be kept.
    """
    stands = standing(index, on=on, known_by=known_by)
    gone = {
        place: frozenset(index.parties[one] for one in ids if one in index.parties) for place, ids in (without or {}).items() if ids
    }
    groups: dict[tuple[Query, frozenset[int]], list[int]] = {}
    for place, query in enumerate(queries):
        groups.setdefault((normal(query), gone.get(place, frozenset())), []).append(place)
    answers: list[tuple[Hit, ...]] = [()] * len(queries)
    distinct = list(groups)
    for begin in range(0, len(distinct), BATCH):
        some = distinct[begin : begin + BATCH]
        for key, hits in zip(
            some, _screen_batch(some, index, stands, model, threshold, limit, grounds=grounds, seen=seen), strict=True
        ):
            for place in groups[key]:
                answers[place] = hits
    return answers


def normal(query: Query) -> Query:
    """The query as it is looked up: case and spaces of the name change nothing."""
    return Query(_looked_up(query.name), query.kind, query.country.upper(), query.identifiers, query.born, query.address)


def _looked_up(name: str) -> str:
    return " ".join(name[:TEXT_MAX].casefold().split())


def _screen_batch(
    asked_for: Sequence[tuple[Query, frozenset[int]]],
    index: Index,
    stands: np.ndarray,
    model: Model,
    threshold: float,
    limit: int,
    *,
    grounds: bool,
    seen: Seen | None,
) -> list[tuple[Hit, ...]]:
    queries = [query for query, _ in asked_for]
    without = {at: gone for at, (_, gone) in enumerate(asked_for) if gone}
    names = [read_name(query.name) for query in queries]
    asked = _asked(queries, names, index, seen)
    pairs = candidates(asked, index, limit=max(limit, LIMIT), without=without, in_common=_in_common(threshold))
    pairs = pairs.only(stands[index.row_party[pairs.listed]])
    pairs = _with_identified(pairs, queries, asked, index, stands, without)
    evidence, score, total, beside = _scores(pairs, queries, asked, index, model)
    party = index.row_party[pairs.listed]
    probability = model.probability(total)
    enough = np.flatnonzero(probability >= threshold)  # the best of a party is, if any of it is
    best = enough[_best_of_party(pairs.only(enough), party[enough], total[enough])]
    whose = pairs.query[best]
    best = best[np.arange(len(best)) - np.searchsorted(whose, whose) < limit]
    rests_on: Sequence[Grounds | None] = [None] * len(best)
    if grounds:
        rests_on = grounds_of(pairs.only(best), names, asked, index, evidence[best])
    first_row = np.searchsorted(asked.rows.owner, np.arange(len(queries)))
    answers: list[list[Hit]] = [[] for _ in queries]
    for at, why in zip(best.tolist(), rests_on, strict=True):
        query = int(pairs.query[at])
        name = int(index.row_name[pairs.listed[at]])
        answers[query].append(
            Hit(
                party=index.party_id[party[at]],
                list=index.party_list[party[at]],
                name=index.name_text[name],
                name_kind=NAME_KINDS[index.name_kind[name]],
                score=float(total[at]),
                probability=float(probability[at]),
                beside=_with_lift(beside[at], float(total[at] - score[at])) if beside else (),
                reading=int(pairs.row[at] - first_row[query]),
                row=int(pairs.listed[at]),
                model=model.version,
                grounds=why,
            )
        )
    return [tuple(one) for one in answers]


def grounds_of(pairs: Pairs, names: Sequence[Name], asked: Questions, index: Index, evidence: Floats) -> list[Grounds]:
    """What hits on these pairs rest on; `evidence` is that of each, as weighed."""
    lined = align(pairs, asked, index)
    q_first, l_first = asked.rows.start[pairs.row], np.asarray(index.row_start)[pairs.listed]
    told = list(
        zip(
            (-lined.likeness).tolist(),
            (lined.query - q_first[lined.pair]).tolist(),
            (lined.listed - l_first[lined.pair]).tolist(),
            lined.how.tolist(),
            strict=True,
        )
    )
    begin = np.searchsorted(lined.pair, np.arange(len(pairs.row) + 1)).tolist()
    return [
        Grounds(
            name=names[query],
            reading=int(asked.rows.reading[row]),
            weights=asked.weight[asked.rows.start[row] : asked.rows.start[row + 1]].tolist(),
            evidence=evidence[at],
            lined=sorted(told[begin[at] : begin[at + 1]]),
        )
        for at, (query, row) in enumerate(zip(pairs.query.tolist(), pairs.row.tolist(), strict=True))
    ]


def _asked(queries: Sequence[Query], names: list[Name], index: Index, seen: Seen | None) -> Questions:
    """The questions of a batch; what is kept of it stands both with slips put right and as written, whatever the index asks for."""
    if seen is None:
        return ask(names, index)
    rows = lay_out(names, listed=index.vocabulary.known, twice=True)
    seen([query.name for query in queries], rows)
    return ask_rows(rows if index.counted < len(index.party_id) else without_as_written(rows), index)


@dataclass(frozen=True, eq=False)
class Narrowed:
    """An index beside the same in which only some parties are looked for."""

    index: Index
    few: Index
    chosen: np.ndarray  # P: which parties
    far: dict[KeptRows, np.ndarray] = field(default_factory=dict)  # words kept: whether one is known to be near no other


@lru_cache(maxsize=2)
def narrowed(index: Index, parties: frozenset[str], *, on: date, known_by: date) -> Narrowed:
    """The index for asking `may_hit` about these parties, as far as they stand on the day."""
    chosen = np.zeros(len(index.party_id), dtype=bool)
    chosen[[index.parties[one] for one in parties if one in index.parties]] = True
    chosen &= standing(index, on=on, known_by=known_by)
    return Narrowed(index, only(index, chosen), chosen)


def may_hit(
    queries: Sequence[Query],
    where: Narrowed,
    model: Model,
    *,
    threshold: float,
    kept: KeptRows | None = None,
    seen: Seen | None = None,
) -> list[bool]:
    """Of each query, whether one of the parties is as likely as `threshold`: where not, `screen` finds none of them for it.

    It may be said of one that `screen` passes over for its rank. Names that are `kept` are not read; `seen` is told the others.
    """
    found = np.zeros(len(queries), dtype=bool)
    for begin in range(0, len(queries), BATCH):
        some = queries[begin : begin + BATCH]
        texts = [_looked_up(query.name) for query in some]
        place = kept.find(texts) if kept is not None else np.full(len(some), -1, dtype=np.int64)
        for known in (True, False):
            which = np.flatnonzero((place >= 0) == known)
            if not len(which):
                continue
            mine = [some[at] for at in which.tolist()]
            if known and kept is not None:
                asked = _asked_kept(place[which], kept, where)
            else:
                mine = list(map(normal, mine))
                asked = _asked(mine, [read_name(query.name) for query in mine], where.few, seen)
            found[begin + which[_may_hit(mine, asked, where, model, threshold)]] = True
    return [bool(one) for one in found]


def _asked_kept(places: Ints, kept: KeptRows, where: Narrowed) -> Questions:
    """The questions of names that are kept. A word that was near to no other of the few is not looked up again."""
    far = where.far.setdefault(kept, np.zeros(kept.distinct_words, dtype=bool))
    rows, number = kept.rows(places, twice=where.index.counted < len(where.index.party_id))
    asked = ask_rows(rows, where.few, far=far[number])
    others = np.diff(asked.close.start) - (asked.place >= 0)  # a word that is listed is close to itself
    far[number[(others == 0) & where.few.vocabulary.of_other_bones(rows.bones)]] = True
    return asked


def _may_hit(queries: Sequence[Query], asked: Questions, where: Narrowed, model: Model, threshold: float) -> Ints:
    """Which of the queries one of the parties is likely enough for."""
    index, few, chosen = where.index, where.few, where.chosen
    pairs = all_candidates(asked, few)
    pairs = pairs.only(chosen[few.row_party[pairs.listed]] & (pairs.likely >= _in_common(threshold)))
    pairs = _with_identified(pairs, queries, asked, few, chosen, {})
    # Which words are close was asked among few: whoever is left is weighed as `screen` does it.
    left, query = np.unique(pairs.query, return_inverse=True)
    again_asked = [normal(queries[at]) for at in left.tolist()]
    again = ask([read_name(one.name) for one in again_asked], index)
    shift = np.searchsorted(again.rows.owner, np.arange(len(left))) - np.searchsorted(asked.rows.owner, left)
    pairs = Pairs(query, pairs.row + shift[query], pairs.listed, pairs.likely)
    _, _, total, _ = _scores(pairs, again_asked, again, index, model)
    return np.unique(left[query[model.probability(total) >= threshold]])


def _in_common(threshold: float) -> float:
    """How much two rows must have in common to be looked at."""
    return _IN_COMMON if threshold >= _WORTH_LOOKING else 0.0


def _scores(
    pairs: Pairs, queries: Sequence[Query], asked: Questions, index: Index, model: Model
) -> tuple[Floats, Floats, Floats, list[tuple[tuple[str, float], ...]]]:
    """The evidence of each pair, log-odds by its names and with the facts beside them, and those facts."""
    evidence = weigh(pairs, asked, index)
    score = model.score(evidence, segment_of(pairs.listed, evidence, index))
    beside = _facts_beside(queries, pairs.query, index.row_party[pairs.listed], index, model.context)
    if not beside:
        return evidence, score, score, beside
    total = score + np.asarray([sum(value for _, value in one) for one in beside])
    # A number is one party's: what the names say against it no longer counts.
    same = np.asarray([(_SAME_NUMBER, 0.0) in one for one in beside], dtype=bool)
    return evidence, score, np.where(same, np.maximum(total, model.context.identifier_same), total), beside


def _best_of_party(pairs: Pairs, party: Ints, score: Floats) -> Ints:
    """The best pair of each query and party, by query, the likeliest first."""
    order = np.lexsort((pairs.row, pairs.listed, -score, party, pairs.query))
    query, who = pairs.query[order], party[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (query[1:] != query[:-1]) | (who[1:] != who[:-1])
    best = order[first]
    return best[np.lexsort((party[best], -score[best], pairs.query[best]))]


def _with_identified(
    pairs: Pairs,
    queries: Sequence[Query],
    asked: Questions,
    index: Index,
    stands: np.ndarray,
    without: Mapping[int, frozenset[int]],
) -> Pairs:
    """The pairs, and those with parties that a number of the query names, however they are called."""
    start, rows = index.party_rows
    more: list[tuple[int, int, int]] = []
    for at, query in enumerate(queries):
        if not query.identifiers:
            continue
        parties = {one for identifier in query.identifiers for one in index.identified_by(identifier) if stands[one]}
        mine = np.flatnonzero(asked.rows.owner == at) if parties else ()
        for party in sorted(parties - without.get(at, frozenset())):
            listed = rows[start[party] : start[party + 1]][:_ROWS_IDENTIFIED]
            more.extend((at, int(row), int(one)) for row in mine for one in listed)
    if not more:
        return pairs
    added = np.asarray(more, dtype=np.int64)
    added = added[meets(asked, index, added[:, 1], added[:, 2])]
    key = np.concatenate([np.stack([pairs.query, pairs.row, pairs.listed], axis=1), added])
    likely = np.concatenate([pairs.likely, np.zeros(len(added))])
    key, first = np.unique(key, axis=0, return_index=True)
    return Pairs(key[:, 0], key[:, 1], key[:, 2], likely[first])


def _facts_beside(
    queries: Sequence[Query], query: Ints, party: Ints, index: Index, context: Context
) -> list[tuple[tuple[str, float], ...]]:
    """What kind, country, birth, address and numbers add to each pair; nothing at all where no query has any."""
    if not any(one.kind or one.country or one.identifiers or one.born or one.address for one in queries):
        return []
    known: dict[tuple[int, int], tuple[tuple[str, float], ...]] = {}
    for key in zip(query.tolist(), party.tolist(), strict=True):
        if key not in known:
            known[key] = _beside(queries[key[0]], key[1], index, context)
    return [known[key] for key in zip(query.tolist(), party.tolist(), strict=True)]


def _beside(query: Query, party: int, index: Index, context: Context) -> tuple[tuple[str, float], ...]:
    countries, births, identifiers, addresses = index.facts(party)
    found: list[tuple[str, float]] = []
    kind = KINDS[index.party_kind[party]]
    if query.kind not in (None, PartyKind.UNKNOWN, kind) and kind is not PartyKind.UNKNOWN:
        found.append(("kind differs", context.kind_differs))
    if query.country and countries:
        same = query.country in countries
        found.append(("same country", context.country_same) if same else ("another country", context.country_differs))
    if query.born and births:
        same = any(one.startswith(query.born) or query.born.startswith(one) for one in births)
        found.append(("same birth", context.born_same) if same else ("another birth", context.born_differs))
    if query.address and _letters(query.address) in {_letters(one) for one in addresses}:
        found.append(("same address", context.address_same))
    mine = {identifier_key(one) for one in query.identifiers}
    if mine & identifiers:
        found.append((_SAME_NUMBER, 0.0))
    elif {one.split(":")[0] for one in mine} & {one.split(":")[0] for one in identifiers}:
        found.append(("another identifier", context.identifier_differs))
    return tuple(found)


def _with_lift(beside: tuple[tuple[str, float], ...], lift: float) -> tuple[tuple[str, float], ...]:
    """The facts, the same number with what it came to add."""
    others = sum(value for _, value in beside)
    return tuple((name, lift - others if name == _SAME_NUMBER else value) for name, value in beside)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
