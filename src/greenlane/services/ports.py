"""What services need from outside, as Protocols; `store` and `feeds` implement them, `wiring` joins them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from greenlane.law.rulebase import RuleBase
from greenlane.licences.events import Command, Entry
from greenlane.licences.events import Head as JournalHead
from greenlane.licences.ledger import Ref, Result, State
from greenlane.screen.finding import Alert, Counterparty, Event, Found, Head, ListState, LogEntry
from greenlane.terms.listed import ListEdition


class Shelf(Protocol):
    """A rule base that can be looked at with other files over it, and that takes in files whole or not at all."""

    def check_writable(self) -> None:
        """Raises DraftError GL0407 if nothing can be taken in."""

    def load(self, *, with_cases: bool = True) -> RuleBase:
        """The base as it is. Raises RuleBaseError."""

    def load_with(self, files: Mapping[str, str], *, with_cases: bool) -> RuleBase:
        """The base with files over it. Raises RuleBaseError."""

    def text(self, path: str) -> str | None:
        """The text of a file of the base, if it is there."""

    def take_in(self, files: Mapping[str, str], *, before: Mapping[str, str | None]) -> None:
        """Put files into the base, all or none. Raises DraftError."""


class EditionShelf(Protocol):
    """Editions kept for ever, by list, state and digest."""

    def put(self, edition: ListEdition, *, on: date) -> bool:
        """Keep an edition, taken in on a day; False if that very edition is there already. Raises UsageError GL0306, GL0619."""

    def editions(self, list_id: str) -> tuple[ListEdition, ...]:
        """All editions of a list, oldest state first; of one state the one taken in last comes last. Raises UsageError GL0619."""

    def latest(self, list_id: str) -> ListEdition | None:
        """The edition of the latest state. Raises UsageError GL0619."""


class PartyMatcher(Protocol):
    """Finds for counterparties the entries of lists that they may be.

    What rescreening only the changes rests on (`services.screening.rescreen`), and every matcher must keep:

    * The likeness of a pair (probability, words, sentence) depends on the counterparty, the entry, the model and the statistics
      (how common a word is), never on which other entries or counterparties are there. Nor does it depend on them whether a pair is
      looked at: a matcher that looks at the likeliest only takes its measure from the statistics.
    * The statistics are counted on some editions and pinned: a matcher over a later edition can be made with those of an earlier.
    * A hit is given if its probability, rounded to four decimals, is at least the threshold, if one of its entry's listings
      stands on the day as known by the other (an entry that states no listing always stands), and if its entry is not among
      those left out. Of these the first `limit` in the order of `finding.rank`; `more` says that there were others.
    * One hit an entry, the likeliest of its pairs of names. One answer a counterparty, in their order, whatever came before it.
    """

    @property
    def model(self) -> str:
        """Name and digest of the fitted model."""

    @property
    def statistics(self) -> str:
        """Digest of the statistics that scores depend on."""

    @property
    def counted_on(self) -> tuple[tuple[str, str], ...]:
        """List and digest of each edition that the statistics were counted on."""

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
        """What is found for each counterparty; `without` holds, for each, the ids of entries that are not to be found."""

    def at_any_time(self) -> PartyMatcher:
        """The same over every entry, whatever the days on which it stands."""

    def touched(
        self, counterparties: Sequence[Counterparty], entries: Collection[str], *, threshold: float, on: date, known_by: date
    ) -> Sequence[bool]:
        """Of each counterparty, whether one of these entries may be among its hits; if not, `screen` gives none of them."""


class PartyLists(Protocol):
    """List editions as they are kept, and matchers over them."""

    def states(self, names: Sequence[str], *, asked: date) -> tuple[ListState, ...]:
        """The lists of these names (all, if none is named), each with its newest edition not later than a day, and its fault.

        A list that should be there and is not comes without an edition. Raises UsageError GL0505 for a name that is no list's.
        """

    def edition(self, name: str, sha256: str) -> ListEdition | None:
        """The edition of a list that was read from bytes of that digest."""

    def matcher(
        self, editions: Sequence[ListEdition], *, counted_on: Sequence[ListEdition] = (), model: str = "", statistics: str = ""
    ) -> PartyMatcher | None:
        """A matcher over editions with statistics counted on them or on others.

        None if model or statistics are named and are not those that are kept here.
        """


class DecisionLog(Protocol):
    """The append-only log of what was decided of alerts."""

    def write(self, make: Callable[[Mapping[str, Alert]], Sequence[Event]]) -> tuple[int, ...]:
        """Add the events that `make` says on seeing the alerts as they stand, in one transaction; returns their numbers."""

    def alerts(self, *, upto: int | None = None) -> tuple[Head, Mapping[str, Alert]]:
        """The head of the log and the alerts as they stand, or stood after an entry."""

    def entries(self) -> Iterator[LogEntry]:
        """Every entry, the oldest first."""

    def check(self, heads: Iterable[Head] = ()) -> tuple[str, ...]:
        """What is wrong with the log; `heads` are those that it is known to have had."""


class Ledger(Protocol):
    """The journal of licences: durable, append-only, and the state of every licence as its fold."""

    def submit(self, commands: Sequence[Command]) -> list[Result]:
        """Book commands; returns when what was booked is safe. Raises LedgerRefusal GL0710, GL0711; UsageError GL0307."""

    def head(self) -> JournalHead:
        """The newest entry."""

    def states(self, licences: Iterable[str] | None = None) -> dict[str, State]:
        """Licences as they stand: those of these ids that there are, or all."""

    def sums(self, licence: str, line: int, *, day: str, booked_on: str) -> dict[str, int]:
        """What of a line was granted, used and so on by a day, as booked by another."""

    def seldom(self, licence: str) -> list[Entry]:
        """The entries of a licence that are not plain use, the oldest first."""

    def reservations(self, licence: str) -> list[tuple[str, Ref]]:
        """The open reservations of a licence, by id."""

    def entries(self, licence: str | None = None) -> Iterator[Entry]:
        """The entries of the journal, or of one licence, the oldest first."""

    def verify(self) -> tuple[str, ...]:
        """What is wrong with the ledger; nothing if every hash, step and balance holds."""
