"""What services need from outside, as Protocols; `store` and `feeds` implement them, `wiring` joins them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from greenlane.law.rulebase import RuleBase
from greenlane.services.runs import Run
from greenlane.terms.listed import ListEdition


class RunStore(Protocol):
    """Keeps runs for ever, in order, with chained hashes."""

    def append(self, run: Run) -> str:
        """Keep a run; returns the name under which it can be found again."""

    def last(self, holding: str | None = None) -> Run:
        """The newest run; of those that hold a line of that name, if any do. Raises UsageError GL0302 if there is none."""

    def find(self, name: str) -> Run:
        """A run by name. Raises UsageError GL0302 if there is none."""


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
