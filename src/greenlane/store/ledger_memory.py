"""A ledger that is kept nowhere: for licences that a desk ships as facts, and for whoever wants to try something out.

The facts of a desk are a file of events, one JSON object a line, each with the moment at which it was booked (`at`). They are
replayed through the same state machine as every ledger; what would not be allowed there is an error here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from greenlane.errors import GreenlaneError, LedgerRefusal, Place, UsageError
from greenlane.licences.amounts import QUANTITY_SCALE, VALUE_SCALE, scaled
from greenlane.licences.events import START, Command, Entry, Head, check_moment, read_entry
from greenlane.licences.ledger import CELL, Ref, Result, Row, State, book, posted_by
from greenlane.licences.licence import ZONES, Kind, Licence, LicenceLine, Proviso, ScopeRow, Window
from greenlane.services import licensing
from greenlane.services.licensing import Wish
from greenlane.store.ledger_fold import Folded
from greenlane.terms.amounts import read_decimal

FACTS: Final = "licences.jsonl"
FACTS_MAX: Final = 10_000_000  # signs of such a file


class MemoryLedger:
    """A journal in memory. Once it is sealed nothing can be booked."""

    def __init__(self) -> None:
        self.at = "2025-01-01T00:00:00.000000Z"
        self.sealed = ""  # why nothing can be booked
        self._folded = Folded()
        self._rows: list[Row] = []
        self._keys: dict[str, int] = {}

    def close(self) -> None:
        """Nothing is open."""

    def submit(self, commands: Sequence[Command]) -> list[Result]:
        """Book commands. Raises LedgerRefusal GL0711 if the ledger is sealed."""
        if self.sealed and commands:
            raise LedgerRefusal("GL0711", self.sealed, hint="grant and book at a desk of your own: --desk FOLDER")
        folded = self._folded
        known = {key: read_entry(self._rows[self._keys[key]][2]) for one in commands if (key := one.key) in self._keys}
        refs = dict(folded.refs)
        for one in commands:
            if one.kind == "contra" and one.ref not in refs and (posted := self._posted(one.ref)) is not None:
                refs[one.ref] = posted
        batch = book(folded.head, self.at, commands, states=folded.states, refs=refs, known=known)
        for row in batch.rows:
            self._keys[row[1]] = len(self._rows)
            self._rows.append(row)
        folded.add(batch)
        return batch.results

    def _posted(self, id: str) -> Ref | None:
        found = (posted_by(read_entry(self._rows[self._keys[key]][2])) for key in (id, f">{id}") if key in self._keys)
        return next((ref for ref in found if ref is not None), None)

    def head(self) -> Head:
        """The newest entry."""
        return self._folded.head if self._rows else START

    def states(self, licences: Iterable[str] | None = None) -> dict[str, State]:
        """Licences as they stand."""
        states = self._folded.states
        return {id: states[id] for id in (sorted(states) if licences is None else licences) if id in states}

    def sums(self, licence: str, line: int, *, day: str, booked_on: str) -> dict[str, int]:
        """What of a line was granted, used and so on by a day, as booked by another."""
        found = [0] * len(CELL)
        for (of, number, on, booked), cell in self._folded.cells.items():
            if of == licence and on <= day and booked <= booked_on:
                for place, change in enumerate(cell[: len(CELL)]):
                    found[place] += change if number == line or CELL[place] in ("uses", "uses_held", "max_uses") else 0
        return dict(zip(CELL, found, strict=True))

    def seldom(self, licence: str) -> list[Entry]:
        """The entries of a licence that are not plain use."""
        return [read_entry(self._rows[seq - 1][2]) for id, seq in self._folded.seldom if id == licence]

    def reservations(self, licence: str) -> list[tuple[str, Ref]]:
        """The open reservations of a licence, by id."""
        refs = self._folded.refs.items()
        return sorted((id, ref) for id, ref in refs if ref.kind == "held" and ref.licence == licence)

    def entries(self, licence: str | None = None) -> Iterator[Entry]:
        """The entries, the oldest first."""
        entries = (read_entry(text) for _, _, text, _ in self._rows)
        return (entry for entry in entries if licence is None or entry.licence == licence)

    def verify(self) -> tuple[str, ...]:
        """What was folded from the file just now holds."""
        return ()


def replay_facts(file: Path, *, known_by: str | None = None) -> MemoryLedger:
    """The ledger of a desk that ships its licences as facts; of events booked after a day nothing is known.

    Raises UsageError GL0715 for an event that does not read, is refused, or stands before the one above it.
    """
    ledger = MemoryLedger()
    try:
        text = file.read_text(encoding="utf-8")
        if len(text) > FACTS_MAX:
            raise ValueError(f"it is longer than {FACTS_MAX} signs")
    except (OSError, ValueError) as error:
        raise UsageError("GL0715", f"{file.name} cannot be read: {error}", at=Place(str(file))) from error
    last = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            event = json.loads(line)
            at = check_moment(event["at"])
            if at < last:
                raise ValueError(f"it was booked at {at}, before the event above it")
            last = at
            if known_by is not None and at[:10] > known_by:
                break
            ledger.at = at
            _book(ledger, event)
        except (GreenlaneError, ValueError, KeyError, TypeError, AttributeError) as error:
            told = error.message if isinstance(error, GreenlaneError) else f"{type(error).__name__}: {error}"
            raise UsageError("GL0715", f"the event does not read: {told}", at=Place(str(file), number)) from error
    ledger.sealed = f"the licences of this desk are facts, in {FACTS}: nothing is booked there"
    return ledger


def _book(ledger: MemoryLedger, event: dict[str, Any]) -> None:
    if event["kind"] == "grant":
        licensing.grant(ledger, _licence(event), id=event["id"], day=event["day"], by=event.get("by", ""), doc=event.get("doc", ""))
        return
    licensing.book(
        ledger,
        Wish(
            kind=event["kind"],
            licence=event["licence"],
            day=event["day"],
            id=event["id"],
            line=event.get("line", 1),
            site=event.get("site", ""),
            quantity=_decimal(event.get("quantity")),
            unit=event.get("unit", ""),
            value=_decimal(event.get("value")),
            currency=event.get("currency", ""),
            uses=event.get("uses", 0),
            ref=event.get("ref", ""),
            by=event.get("by", ""),
            doc=event.get("doc", ""),
            more=event.get("more"),
        ),
    )


def _licence(event: dict[str, Any]) -> Licence:
    """The terms, in words and units as people write them."""
    terms = event["terms"]
    return Licence(
        id=event["licence"],
        authority=terms["authority"],
        kind=Kind(terms["kind"]),
        holder=terms["holder"],
        lines=tuple(map(_line, terms["lines"])),
        since=terms["since"],
        until=terms["until"],
        zone=terms.get("zone") or ZONES[terms["authority"]],
        procedure=terms.get("procedure", "ordinary"),
        max_uses=terms.get("max_uses"),
        scope=tuple(ScopeRow(**row) for row in terms.get("scope", ())),
        provisos=tuple(Proviso(**one) for one in terms.get("provisos", ())),
        predecessor=terms.get("predecessor", ""),
        unsplit=terms.get("unsplit", False),
    )


def _line(told: dict[str, Any]) -> LicenceLine:
    quantity, value = _decimal(told.get("quantity")), _decimal(told.get("value"))
    window = told.get("window")
    return LicenceLine(
        codes=tuple(told.get("codes", ())),
        words=told.get("words", ""),
        unit=told["unit"],
        quantity=None if quantity is None else scaled(quantity, QUANTITY_SCALE, what="the quantity"),
        currency=told.get("currency", ""),
        value=None if value is None else scaled(value, VALUE_SCALE, what="the value"),
        window=None if window is None else _window(window),
    )


def _window(told: dict[str, Any]) -> Window:
    quantity, value = _decimal(told.get("quantity")), _decimal(told.get("value"))
    return Window.read(
        told["stretch"],
        quantity=None if quantity is None else scaled(quantity, QUANTITY_SCALE, what="the quantity of the window"),
        value=None if value is None else scaled(value, VALUE_SCALE, what="the value of the window"),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else read_decimal(text)
