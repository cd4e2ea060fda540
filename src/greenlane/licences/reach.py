"""Which licences could answer a bite on a line at all? A first sieve, so that a line is not held against every licence of a desk.

It leaves out only what `fit.check` would refuse: another authority, list entries that have nothing to do with those of the bite,
another holder, a day on which the licence is not valid. What it lets through is checked in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from greenlane.decide.decision import Decision, Reason
from greenlane.licences.fit import day_of, entries_of, may_be_same
from greenlane.licences.ledger import State
from greenlane.terms.codes import CONTROL, Code
from greenlane.terms.parties import name_key

_Place = tuple[str, int]  # licence and line


class Reach:
    """The lines of licences by what they are for."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self._states = states
        self._holders = {id: name_key(state.licence.holder) for id, state in states.items()}
        self._at: dict[tuple[str, Code], list[_Place]] = {}  # those that name this list entry
        self._beneath: dict[tuple[str, Code], list[_Place]] = {}  # those that name one beneath it
        self._listed: dict[str, list[_Place]] = {}  # those that name list entries
        self._loose: dict[str, list[_Place]] = {}  # those that name none
        for id, state in states.items():
            authority = state.licence.authority.casefold()
            for number, terms in enumerate(state.licence.lines, start=1):
                codes = list(_control(terms.codes))
                (self._listed if codes else self._loose).setdefault(authority, []).append((id, number))
                for code in codes:
                    self._at.setdefault((authority, code), []).append((id, number))
                    for wider in code.wider:
                        self._beneath.setdefault((authority, wider), []).append((id, number))

    def near(self, decision: Decision, bite: Reason) -> Iterator[tuple[State, int]]:
        """The lines of licences that could answer a bite on a line of goods, each once."""
        exporter = name_key(decision.line.exporter)
        same: dict[str, bool] = {}
        days: dict[str, str] = {}
        for id, number in dict.fromkeys(self._for(bite)):
            state, holder = self._states[id], self._holders[id]
            zone = state.licence.zone
            day = days.get(zone) or days.setdefault(zone, day_of(decision, zone))
            if not state.since <= day < state.until:
                continue
            if holder not in same:
                same[holder] = not exporter or may_be_same(exporter, holder)
            if same[holder]:
                yield state, number

    def _for(self, bite: Reason) -> Iterator[_Place]:
        side = bite.measure.instrument.side
        entries = entries_of(bite.measure)
        yield from self._loose.get(side, ())
        if not entries:
            yield from self._listed.get(side, ())
        for entry in entries:
            yield from self._at.get((side, entry), ())
            yield from self._beneath.get((side, entry), ())
            for wider in entry.wider:
                yield from self._at.get((side, wider), ())


def _control(texts: Iterable[str]) -> Iterator[Code]:
    for text in texts:
        try:
            code = Code.read(text)
        except ValueError:
            continue
        if code.scheme in CONTROL:
            yield code
