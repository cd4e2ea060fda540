"""The matcher of this room as the desk asks it: counterparties with several names, hits with their explanations.

A counterparty is asked about under each of its names; of an entry that several of them meet, the likeliest hit counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

from greenlane.screen.explain import Explanation, explain
from greenlane.screen.finding import AlignedWord, Counterparty, Found, Hit, rank
from greenlane.screen.index import Index, undated
from greenlane.screen.kept_rows import KeptRows
from greenlane.screen.match import Hit as Met
from greenlane.screen.match import Query, Seen, may_hit, narrowed, screen
from greenlane.screen.score import Model
from greenlane.terms.listed import PartyKind

_DIGITS: Final = 4  # of a probability, as records keep it


@dataclass(frozen=True, eq=False)
class IndexMatcher:
    """An index of listed names with a pinned model."""

    index: Index
    pinned: Model
    digest: str  # of the model's file
    counted_on: tuple[tuple[str, str], ...] = ()  # list and digest of each edition that the index was counted on
    kept: KeptRows | None = None  # names that need not be read to be told untouched
    seen: Seen | None = None  # told every other name that is read

    @property
    def model(self) -> str:
        """Name and digest of the fitted model."""
        return f"{self.pinned.version} {self.digest[:16]}"

    @property
    def statistics(self) -> str:
        """Digest of what scores depend on beside a pair and the model: the names whose words were counted."""
        return self.index.statistics

    def screen(
        self,
        counterparties: Sequence[Counterparty],
        *,
        limit: int,
        threshold: float,
        on: date,
        known_by: date,
        without: Sequence[Collection[str]],
    ) -> Iterator[Found]:
        """What is found for each counterparty, in their order."""
        queries = [query for one in counterparties for query in queries_of(one)]
        owner = [at for at, one in enumerate(counterparties) for _ in queries_of(one)]
        gone = {at: frozenset(without[owner[at]]) for at in range(len(queries)) if without[owner[at]]}
        met = screen(
            queries,
            self.index,
            self.pinned,
            threshold=_reaching(threshold),
            on=on,
            known_by=known_by,
            limit=limit + 1,
            without=gone,
            grounds=True,
            seen=self.seen,
        )
        best: list[dict[str, tuple[Query, Met]]] = [{} for _ in counterparties]
        for at, hits in enumerate(met):
            mine = best[owner[at]]
            for hit in hits:
                if round(hit.probability, _DIGITS) >= threshold and (hit.party not in mine or mine[hit.party][1].score < hit.score):
                    mine[hit.party] = (queries[at], hit)
        shown = [sorted(one.values(), key=lambda pair: _order(pair[1]))[: limit + 1] for one in best]
        told = iter(explain([pair for one in shown for pair in one[:limit]], self.index, self.pinned))
        for one in shown:
            found = sorted((_hit(pair[1], next(told)) for pair in one[:limit]), key=rank)
            yield Found(tuple(found), len(one) > limit)

    def at_any_time(self) -> IndexMatcher:
        """The same over every entry, whatever the days on which it stands."""
        return IndexMatcher(undated(self.index), self.pinned, self.digest, self.counted_on)

    def touched(
        self, counterparties: Sequence[Counterparty], entries: Collection[str], *, threshold: float, on: date, known_by: date
    ) -> list[bool]:
        """Of each counterparty, whether one of these entries may be among its hits."""
        queries = [query for one in counterparties for query in queries_of(one)]
        where = narrowed(self.index, frozenset(entries), on=on, known_by=known_by)
        found = may_hit(queries, where, self.pinned, threshold=_reaching(threshold), kept=self.kept, seen=self.seen)
        ends = list(accumulate(len(one.names) for one in counterparties))
        return [any(found[end - len(one.names) : end]) for one, end in zip(counterparties, ends, strict=True)]


def queries_of(one: Counterparty) -> tuple[Query, ...]:
    """What is asked about a counterparty: each name, with the facts beside it."""
    return tuple(
        Query(
            name=name,
            kind=None if one.kind is PartyKind.UNKNOWN else one.kind,
            country=one.countries[0] if len(one.countries) == 1 else "",  # of several none can be said to differ
            identifiers=one.identifiers,
            born=one.born[0] if len(one.born) == 1 else "",
            address=one.addresses[0] if one.addresses else "",
        )
        for name in one.names
    )


def _reaching(threshold: float) -> float:
    """From which probability on one rounds up to the threshold."""
    return max(threshold - 10**-_DIGITS, 0.0)


def _order(met: Met) -> tuple[float, str]:
    return (-round(met.probability, _DIGITS), met.party)


def _hit(met: Met, told: Explanation) -> Hit:
    return Hit(
        entry=met.party,
        list=met.list,
        listed_name=met.name,
        query_name=told.query,
        probability=round(met.probability, _DIGITS),
        words=tuple(AlignedWord(word.query, word.listed, word.how, word.weight) for word in told.words),
        against=told.against,
        sentence=told.sentence,
    )
