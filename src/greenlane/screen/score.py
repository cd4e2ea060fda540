"""How likely two names are one party's: evidence to log-odds, part by part, and log-odds to a probability.

A model is a table of numbers that a person can read: what each piece of evidence adds or takes, and what some pairs of pieces add
beyond that. It is fitted once, pinned, and never changes under its version; see benchmarks/screening/fit.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from greenlane.screen.evidence import COLUMN
from greenlane.screen.index import KINDS, Index
from greenlane.screen.rows import BRIDGES, CYRILLIC, HAN, Floats, Ints
from greenlane.terms.listed import PartyKind

#: Each has tables of its own: names of people, of everything else, names that met by way of another script (Cyrillic is close
#: enough to Latin to need none), and names in Chinese characters on both sides.
SEGMENTS: Final = ("person", "organisation", "bridged", "han")
_PERSON, _ORGANISATION, _BRIDGED, _HAN = range(4)


@dataclass(frozen=True, slots=True)
class Part:
    """What one or two pieces of evidence add: segments x bins, or segments x bins x bins, in nats of log-odds."""

    features: tuple[str, ...]
    table: Floats

    def told(self, segment: Ints, bins: Mapping[str, Ints]) -> Floats:
        """What it adds to each of some pairs."""
        place = segment
        for name, size in zip(self.features, self.table.shape[1:], strict=True):
            place = place * size + bins[name]
        return self.table.ravel().take(place)


@dataclass(frozen=True, slots=True)
class Context:
    """What the facts beside the name add, in nats. Set by hand: no labelled data holds them."""

    country_same: float
    country_differs: float
    born_same: float
    born_differs: float
    address_same: float
    kind_differs: float
    identifier_same: float  # not added: what the score is lifted to at the least
    identifier_differs: float


@dataclass(frozen=True, slots=True)
class Model:
    """A pinned score. `edges[f]` are the lower bounds of every bin of evidence `f` but the first, rising."""

    version: str
    edges: Mapping[str, Floats]
    start: Floats  # segments
    parts: tuple[Part, ...]
    context: Context
    knots: tuple[Floats, Floats]  # log-odds and probability, both rising

    def bins(self, evidence: Floats) -> dict[str, Ints]:
        """The bin of each piece of evidence of each pair."""
        return {name: np.searchsorted(edges, evidence[:, COLUMN[name]], side="right") for name, edges in self.edges.items()}

    def parts_of(self, evidence: Floats, segment: Ints) -> Floats:
        """What each part adds: pairs x parts."""
        bins = self.bins(evidence)
        return np.stack([part.told(segment, bins) for part in self.parts], axis=1)

    def score(self, evidence: Floats, segment: Ints) -> Floats:
        """Log-odds of each pair by its names alone."""
        bins = self.bins(evidence)
        total = self.start[segment]
        for part in self.parts:
            total += part.told(segment, bins)
        return total

    def probability(self, score: Floats) -> Floats:
        """How many in one of pairs with such a score were the party, among those the model was fitted on."""
        return np.interp(score, *self.knots)


def segment_of(listed: Ints, evidence: Floats, index: Index) -> Ints:
    """Which tables a pair is judged by: `listed` are rows of the index."""
    person = np.asarray(index.party_kind)[index.row_party[listed]] == KINDS.index(PartyKind.PERSON)
    bridge = evidence[:, COLUMN["bridge"]]
    return np.where(bridge == HAN, _HAN, np.where(bridge > CYRILLIC, _BRIDGED, np.where(person, _PERSON, _ORGANISATION)))


__all__ = ["BRIDGES", "SEGMENTS", "Context", "Model", "Part", "segment_of"]
