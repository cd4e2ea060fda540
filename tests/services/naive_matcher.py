"""A matcher simple enough to see that it is right: words in common, weighed by pinned statistics, of every pair there is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from greenlane.screen.finding import AlignedWord, Counterparty, Found, Hit, ListState, canonical, rank
from greenlane.services.ports import PartyMatcher
from greenlane.services.screening import Desk, Settings
from greenlane.store.screening_journal import ScreeningJournal
from greenlane.terms.listed import ListEdition, ListedParty, Listing, PartyKind, PartyName

DAY = date(2026, 11, 2)
STALE = 14  # days
SETTINGS = Settings(on=DAY, known_by=DAY, threshold=0.3, certain=0.9, limit=3)


@dataclass(frozen=True)
class Naive:
    """The share of weight that two names have in common; entries that stand nowhere on the day are passed over."""

    parties: tuple[ListedParty, ...]
    weights: Mapping[str, float]
    model: str = "naive/1"
    counted_on: tuple[tuple[str, str], ...] = ()

    @property
    def statistics(self) -> str:
        return hashlib.sha256(canonical(dict(self.weights)).encode()).hexdigest()

    def at_any_time(self) -> PartyMatcher:
        return replace(self, parties=tuple(replace(party, listings=()) for party in self.parties))

    def touched(
        self, counterparties: Sequence[Counterparty], entries: Collection[str], *, threshold: float, on: date, known_by: date
    ) -> list[bool]:
        few = replace(self, parties=tuple(party for party in self.parties if party.id in set(entries)))
        nobody = [()] * len(counterparties)
        found = few.screen(counterparties, limit=1, threshold=threshold, on=on, known_by=known_by, without=nobody)
        return [bool(one.hits) for one in found]

    def candidates(self, counterparty: Counterparty) -> Iterable[ListedParty]:
        return self.parties

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
        for one, left_out in zip(counterparties, without, strict=True):
            hits = []
            for party in self.candidates(one):
                stands = not party.listings or any(each.stands(on=on, known_by=known_by) for each in party.listings)
                best = max((self._hit(one, name, party) for name in party.names), key=lambda hit: hit.probability)
                if stands and party.id not in left_out and best.probability >= threshold:
                    hits.append(best)
            hits.sort(key=rank)
            yield Found(tuple(hits[:limit]), len(hits) > limit)

    def _hit(self, one: Counterparty, name: PartyName, party: ListedParty) -> Hit:
        ours, theirs = words(one.names[0]), words(name.text)
        total = sum(self.weight(word) for word in ours | theirs)
        probability = round(sum(self.weight(word) for word in ours & theirs) / total, 4) if total else 0.0
        return Hit(
            entry=party.id,
            list=party.list,
            listed_name=name.text,
            query_name=one.names[0],
            probability=probability,
            words=tuple(AlignedWord(word, word, "equal", self.weight(word)) for word in sorted(ours & theirs)),
            against=tuple(f"`{word}` is not in the other" for word in sorted(ours ^ theirs)),
            sentence=f"{one.names[0]} shares {len(ours & theirs)} words with {name.text}",
        )

    def weight(self, word: str) -> float:
        return self.weights.get(word, 2.0)


def words(text: str) -> set[str]:
    return set(text.casefold().split())


def party(number: int, *names: str, list_: str = "us-sdn", start: date | None = None, end: date | None = None) -> ListedParty:
    listings = (Listing(programme="A", start=start, end=end),) if start or end else ()
    return ListedParty(
        id=f"{list_}:{number}",
        list=list_,
        kind=PartyKind.ORGANISATION,
        names=tuple(PartyName(name) for name in names),
        listings=listings,
    )


def edition(*parties: ListedParty, state: date = DAY, list_: str = "us-sdn") -> ListEdition:
    ordered = tuple(sorted(parties, key=lambda one: one.id))
    digest = hashlib.sha256(repr(ordered).encode()).hexdigest()
    return ListEdition(list=list_, state=state, source="example.csv", sha256=digest, parties=ordered)


def whom(name: str, number: int = 1) -> Counterparty:
    return Counterparty(id=f"C-{number}", names=(name,))


def desk_of(journal: ScreeningJournal, *editions: ListEdition, faults: Mapping[str, str] | None = None) -> Desk:
    head, alerts = journal.alerts()
    return Desk([ListState(one.list, one, (faults or {}).get(one.list, "")) for one in editions], head, alerts)


class Shelf:
    """Editions and the matchers over them, in memory."""

    def __init__(self, weights: Mapping[str, float], *editions: ListEdition) -> None:
        self.weights = weights
        self.editions = editions

    def states(self, names: Sequence[str], *, asked: date) -> tuple[ListState, ...]:
        found = []
        for name in names or sorted({one.list for one in self.editions}):
            fit = [one for one in self.editions if one.list == name and one.state <= asked]
            newest = max(fit, key=lambda one: one.state, default=None)
            age = (asked - newest.state).days if newest is not None else 0
            fault = f"the edition of {newest.state} was {age} days old on {asked}" if newest is not None and age > STALE else ""
            found.append(ListState(name, newest, "no edition is held" if newest is None else fault))
        return tuple(found)

    def edition(self, name: str, sha256: str) -> ListEdition | None:
        return next((one for one in self.editions if one.list == name and one.sha256 == sha256), None)

    def matcher(
        self, editions: Sequence[ListEdition], *, counted_on: Sequence[ListEdition] = (), model: str = "", statistics: str = ""
    ) -> Naive | None:
        made = Naive(tuple(party for one in editions for party in one.parties), self.weights)
        return made if model in ("", made.model) and statistics in ("", made.statistics) else None


def journal_in(folder: Path) -> ScreeningJournal:
    return ScreeningJournal(folder / "screening.sqlite")
