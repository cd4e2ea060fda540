"""What services need from outside, as Protocols; `store` and `feeds` implement them, `wiring` joins them."""

from __future__ import annotations

from typing import Protocol

from greenlane.services.runs import Run


class RunStore(Protocol):
    """Keeps runs for ever, in order, with chained hashes."""

    def append(self, run: Run) -> str:
        """Keep a run; returns the name under which it can be found again."""

    def last(self, holding: str | None = None) -> Run:
        """The newest run; of those that hold a line of that name, if any do. Raises UsageError GL0302 if there is none."""

    def find(self, name: str) -> Run:
        """A run by name. Raises UsageError GL0302 if there is none."""
