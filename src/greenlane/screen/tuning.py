"""How many alerts a threshold brings on one's own book, and which threshold keeps them within what people can look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from greenlane.screen.index import Index
from greenlane.screen.match import BATCH, Query, screen
from greenlane.screen.score import Model

THRESHOLDS: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)


@dataclass(frozen=True, slots=True)
class Rate:
    """What a threshold would bring: parties of the book with an alert, and how many that is of a thousand."""

    threshold: float
    alerts: int
    per_thousand: float


def trade_off(
    index: Index, model: Model, book: Iterable[Query], *, on: date, known_by: date, thresholds: Sequence[float] = THRESHOLDS
) -> tuple[Rate, ...]:
    """The alerts of a book at each threshold, the lowest threshold first; the book is gone through once."""
    ordered = sorted(thresholds)
    counts, size, rest = [0] * len(ordered), 0, iter(book)
    while some := list(islice(rest, BATCH)):
        size += len(some)
        found = screen(some, index, model, threshold=ordered[0], on=on, known_by=known_by, limit=1)
        highest = [hits[0].probability for hits in found if hits]
        counts = [count + sum(one >= threshold for one in highest) for count, threshold in zip(counts, ordered, strict=True)]
    return tuple(
        Rate(threshold, alerts, 1000 * alerts / size if size else 0.0) for threshold, alerts in zip(ordered, counts, strict=True)
    )


def threshold_for(rates: Sequence[Rate], *, per_thousand: float) -> float | None:
    """The lowest threshold whose alerts stay within so many of a thousand; none if none does."""
    return next((one.threshold for one in rates if one.per_thousand <= per_thousand), None)
