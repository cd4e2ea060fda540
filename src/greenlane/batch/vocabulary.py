"""What can the law tell apart in a line: every test, code, word and name that some condition holds facts against.

Two values of a fact that no condition of the base tells apart are one class; that is all the columnar engine knows of a cell.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from greenlane.law.facts import Facts, Identified
from greenlane.law.groups import HEADING
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import (
    Condition,
    EndUseIs,
    EndUseOnly,
    GoodsAre,
    Item,
    NumberTest,
    PlaceIs,
    ValueIs,
    WordsIn,
    WordTest,
    words_stated,
)
from greenlane.terms.amounts import Share, read_decimal
from greenlane.terms.codes import CONTROL, SHARED_DIGITS, TARIFF, Code
from greenlane.terms.parties import name_key

_YES_NO = frozenset({"yes", "no"})
_INTANGIBLE = "DE"  # groups of a control list that are told apart from goods
_CARRIERS = ("49", "8523")
_ALIKE_FROM = (4, 6, 8, 10)  # lengths of tariff codes at which comparisons begin to speak


@dataclass(slots=True)
class Tested:
    """The tests on one fact."""

    numbers: list[Decimal] = field(default_factory=list)
    has_numbers: bool = False
    words: frozenset[str] = frozenset()
    yes_no: bool = False
    places: bool = False

    def class_of(self, value: object) -> object:
        """What the tests can tell of a stated value."""
        told: list[object] = []
        if self.has_numbers:
            told.append(self._position(value))
        if self.words:
            given = words_stated(str(value))
            told.append(tuple(sorted(given & self.words)))
            if self.yes_no:
                told.append(given <= _YES_NO)
        if self.places:
            told.append(str(value).strip().upper())
        return tuple(told)

    def _position(self, value: object) -> object:
        """Between which thresholds a number lies, or on which one."""
        if isinstance(value, Share):
            if value.percent is None:
                return ">0"
            number = value.percent
        elif isinstance(value, Decimal):
            number = value
        else:
            try:
                number = read_decimal(str(value).removesuffix("%").strip())
            except ValueError:
                return "no number"
        place = bisect_left(self.numbers, number)
        return 2 * place + (place < len(self.numbers) and self.numbers[place] == number)


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes that others are held against: what they tell of a code is where it leaves the tree of their beginnings."""

    tariff: frozenset[str]  # the tariff codes, of any scheme
    digits: frozenset[str]  # every beginning of one
    control: Mapping[str, frozenset[str]]  # the same of control codes, paragraph by paragraph, by scheme

    @classmethod
    def of(cls, codes: Iterable[Code]) -> Codes:
        """The tree of some codes."""
        tariff: set[str] = set()
        control: dict[str, set[str]] = {scheme: set() for scheme in CONTROL}
        for code in codes:
            if code.scheme in TARIFF:
                tariff.add(code.value)
            else:
                control[code.scheme].add(code.value)
                control[code.scheme].update(one.value for one in code.wider)
        digits = frozenset(one[:size] for one in tariff for size in range(1, len(one) + 1))
        return cls(frozenset(tariff), digits, {scheme: frozenset(found) for scheme, found in control.items()})

    def class_of(self, codes: tuple[Code, ...]) -> object:
        """What the codes of the tree can tell of the codes of a line, and these of each other."""
        tariff = [code for code in codes if code.scheme in TARIFF]
        among = tuple(
            (one.excludes(other), one.value == other.value, one.value.startswith(other.value))
            for one in tariff
            for other in tariff
            if one is not other
        )
        return tuple(self._place(code) for code in codes), among

    def _place(self, code: Code) -> object:
        value = code.value
        if code.scheme in TARIFF:
            if value in self.digits:
                return code.scheme, value
            size = next(size for size in range(len(value), -1, -1) if size == 0 or value[:size] in self.digits)
            if size < HEADING and len(value) >= SHARED_DIGITS:  # no code of the tree has its heading: only those above it matter
                size = next(size for size in range(size, -1, -1) if size == 0 or value[:size] in self.tariff)
            carrier = next((one for one in _CARRIERS if value.startswith(one)), "")
            return code.scheme, value[:size], tuple(len(value) >= one for one in _ALIKE_FROM), carrier
        here = self.control[code.scheme]
        if code.is_outside or value in here:
            return code.scheme, value
        above = next((one.value for one in code.wider if one.value in here), "")
        return code.scheme, above, value.count(".") == 0, code.is_numbered_as_lists_are, value[1] in _INTANGIBLE


class Vocabulary:
    """Everything that conditions of a base can tell apart."""

    def __init__(self, conditions: Iterable[Condition], rules: RuleBase, further_codes: Iterable[Code] = ()) -> None:
        self.rules = rules
        self.tested: dict[str, Tested] = {}
        self.uses: set[str] = set()
        self.phrases: dict[int, WordsIn] = {}
        codes: set[Code] = set(further_codes)
        for condition in conditions:
            match condition:
                case ValueIs():
                    self._take(condition)
                case PlaceIs():
                    self._of(condition.fact).places = True
                case EndUseIs() | EndUseOnly():
                    self.uses.update(condition.uses)
                case WordsIn():
                    self.phrases[id(condition)] = condition
                case GoodsAre():
                    codes.update(self._of_items(condition.items))
        for rule in rules.measures.values():  # the control codes that measures name
            for condition in rule.conditions:
                for item in condition.items if isinstance(condition, GoodsAre) else ():
                    if item.control is not None:
                        codes.add(item.control)
        for group in rules.groups.values():
            if group.kind == "goods":
                codes.update(Code.read(member.value) for member in group.members)
        for tested in self.tested.values():
            tested.numbers = sorted(set(tested.numbers))
        self.codes = Codes.of(codes)
        self.letters = frozenset(rules.letters)

    def _of(self, fact: str) -> Tested:
        return self.tested.setdefault(fact, Tested())

    def _take(self, condition: ValueIs) -> None:
        tested = self._of(condition.fact)
        if isinstance(condition.test, NumberTest):
            tested.has_numbers = True
            tested.numbers.append(condition.test.value)
        elif isinstance(condition.test, WordTest):
            tested.words |= condition.test.folded
            tested.yes_no |= condition.test.folded <= _YES_NO

    def _of_items(self, items: Iterable[Item]) -> Iterable[Code]:
        for item in items:
            for test in item.tests:
                self._take(test)
            if item.part is not None:
                self._take(item.part.test)
            yield from (*item.customs, *item.reach, *item.but)
            if item.control is not None:
                yield item.control
            if item.list is not None:
                for _, listed in self.rules.lists[item.list]:
                    yield from self._of_items(listed)
                yield from self.rules.groups[item.list].complete_for

    # --- classes of facts -------------------------------------------------------------------------------------------

    def class_of(self, name: str, facts: Facts) -> object:
        """What the base can tell of a stated fact; of parties see `party`, of codes `codes`."""
        fact = facts.get(name)
        if fact is None:
            return None
        tested = self.tested.get(name)
        return "stated" if tested is None else tested.class_of(fact.value)

    def party(self, name: str, party: Identified | None) -> tuple[object, bool]:
        """The class of a named party, and whether any list, letter or rule holds it: then the days matter too."""
        key = name_key(name)
        known = key in self.rules.party_names
        if party is not None and (party.entries or party.doubts):
            return ("found", name), True
        if party is not None:
            return ("searched", party.sound, key if known else ""), known
        return ("named", key if known else ""), known
