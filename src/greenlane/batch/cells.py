"""Into which class does a cell fall? Each distinct cell is read once, by the reader of order lines itself.

Class 0 is a silent cell; -1 a cell that does not read, whose row is then read whole to say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from greenlane.batch.pairs import Names
from greenlane.batch.vocabulary import Vocabulary
from greenlane.decide.line import COMPULSORY, Line, Row, read_line
from greenlane.law.facts import Identified
from greenlane.law.scope import Truth
from greenlane.terms.parties import ROLES

SILENT: Final = 0
_CELL: Final = 16  # what a cell counts beside its signs
BAD: Final = -1
KEPT_MAX = 1 << 25  # signs of the distinct cells of a column that are remembered at once
ROUTE: Final = ("activity", "ship_from", "ship_to", "end_use_country", "end_use")
GOODS: Final = ("codes", "contains", "attrs", "description")
PARTIES: Final = ("exporter", "consignee", "end_user", "owner", "owner_share")
SHARES: Final = ("us_content", "cn_re_content", "value", "currency")
_LEAST: Final = {"line_id": "x", "ship_from": "CN", "ship_to": "US"}  # what a row needs to read at all
_LOCAL: Final = {"activity": "deliver"}  # so that a single place reads, wherever the other one lies

Identify = Callable[[str], Identified | None]


def read_cells(cells: Mapping[str, str]) -> Line | None:
    """A line that states these cells and nothing else (but for what every line must state), or None where they do not read."""
    line, _ = read_line(Row({**_LEAST, **cells}, "", 0))
    return line


@dataclass(slots=True)
class Column:
    """The classes of one column: `example` is the first cell of each, `of` the class of each cell met lately."""

    name: str
    key_of: Callable[[Line], object]
    thresholds: tuple[Decimal, ...] = ()  # all that its classes tell of a plain number
    examples: list[str] = field(default_factory=lambda: [""])
    names: Names = field(default_factory=Names)
    of: dict[str, int] = field(default_factory=dict)
    _held: int = 0

    def __post_init__(self) -> None:
        self.names.number(None)  # class 0

    def class_of(self, cell: str) -> int:
        """The class of a cell."""
        found = self.of.get(cell)
        if found is None:
            self._held += len(cell) + _CELL
            if self._held > KEPT_MAX:
                self.of.clear()
                self._held = 0
            found = self.of[cell] = self._read(cell)
        return found

    def example(self, number: int) -> Line:
        """A line that states the first cell of a class."""
        line = read_cells({self.name: self.examples[number]} if number else {})
        assert line is not None
        return line

    def _read(self, cell: str) -> int:
        line = read_cells({**_LOCAL, self.name: cell} if cell.strip() or self.name not in COMPULSORY else {})
        if line is None:
            return BAD
        if not cell.strip():
            return SILENT
        number = self.names.number(self.key_of(line))
        if number == len(self.examples):
            self.examples.append(cell)
        return number


def columns(vocabulary: Vocabulary, identify: Identify) -> dict[str, Column]:
    """The columns that the law reads, each with what its classes tell apart."""
    keys: dict[str, Callable[[Line], object]] = {
        name: lambda line, name=name: getattr(line, name)  # type: ignore[misc]
        for name in ("activity", "ship_from", "ship_to", "end_use_country", "origin")
    }
    keys |= {
        "end_use": lambda line: (
            tuple(sorted(vocabulary.uses.intersection(line.end_use))),
            vocabulary.uses.issuperset(line.end_use),
        ),
        "codes": lambda line: vocabulary.codes.class_of(line.codes),
        "contains": lambda line: _stated(vocabulary, line, "contains."),
        "attrs": lambda line: (_stated(vocabulary, line, "attrs."), _letters(vocabulary, line)),
        "description": lambda line: _spoken(vocabulary, line),
        "value": lambda line: _value(vocabulary, line),
        "currency": lambda line: line.currency if f"value.{line.currency}" in vocabulary.tested else "",
    }
    for share in ("us_content", "cn_re_content", "owner_share"):
        keys[share] = lambda line, share=share: vocabulary.class_of(share, line.facts())  # type: ignore[misc]
    for role in ROLES:
        keys[role] = lambda line, role=role: vocabulary.party(getattr(line, role), identify(getattr(line, role)))  # type: ignore[misc]
    found = {name: Column(name, key_of) for name, key_of in keys.items()}
    money = (tested.numbers for name, tested in vocabulary.tested.items() if name.startswith("value."))
    found["value"].thresholds = tuple(sorted({one for numbers in money for one in numbers}))
    return found


def _stated(vocabulary: Vocabulary, line: Line, family: str) -> tuple[tuple[str, object], ...]:
    """The classes of the facts of a family that anything reads, by name."""
    facts = line.facts()
    names = (name for name in facts.names() if name.startswith(family) and name in vocabulary.tested)
    return tuple((name, vocabulary.class_of(name, facts)) for name in names)


def _letters(vocabulary: Vocabulary, line: Line) -> object:
    received = line.facts().get("letters_received")
    if received is None or not isinstance(received.value, tuple):
        return None
    return tuple(sorted(vocabulary.letters.intersection(received.value)))


def _spoken(vocabulary: Vocabulary, line: Line) -> tuple[bool, ...]:
    """Which of the words that derivations look for the description says."""
    facts = line.facts()
    return tuple(phrase.find(facts).truth is Truth.YES for phrase in vocabulary.phrases.values())


def _value(vocabulary: Vocabulary, line: Line) -> object:
    """Where a value lies among the thresholds of each currency that has some."""
    money = [name for name in sorted(vocabulary.tested) if name.startswith("value.")]
    return tuple(vocabulary.tested[name].class_of(line.value) for name in money)
