"""What must two lines show alike, where facts are missing and must be tried out?

What a condition finds of what is stated, it finds again whatever is supposed. So only the conditions that are open matter, of the
rules that may hold, and those of all that decides beside them; they see only the classes of the facts they read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from greenlane.batch.law_bits import CROSS, LawBits, bits_of
from greenlane.batch.pairs import Names, Pairs
from greenlane.batch.remains import Remains
from greenlane.batch.vocabulary import Codes
from greenlane.law.groups import Member
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import AddresseeIs, CodesHeld, Condition, DestinationIs, GoodsAre, Item, PartyIs, PlaceIs, PlaceSet
from greenlane.terms.codes import Code
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Bound

_FOLLOWED = ("goods", CROSS)  # nodes whose missing facts are judged by the days, whatever the rest is
OF_GROUPS = ("route", "origin", CROSS)  # those judged by the days on which their groups change, where something is open for them


@dataclass(frozen=True, slots=True)
class Asking:
    """The rules that may hold for a line: measures, and they with all lifts of them.

    `apart`: one of them stands only for who was told of it by letter, so that lines are alike in nothing less than all they say.
    """

    measures: int
    rules: int
    apart: bool = False


class Open:
    """What of the classes of a line open conditions can see."""

    def __init__(self, remains: Remains) -> None:
        self.remains = remains
        self.lines, self.bits = remains.lines, remains.bits
        self._residues = Names()
        self._residues.number(None)  # 0: nothing
        self._trees: dict[int, Codes] = {}
        self._following: dict[str, int] = {}
        self._bounds: dict[tuple[Sequence[str], tuple[int, ...]], tuple[int, tuple[Bound, ...]]] = {}  # and their bits
        self._come: dict[tuple[Sequence[str], tuple[int, ...], int, int], int] = {}

    def class_of(self, name: str, asking: Asking, number: int) -> int:
        """What the conditions asked that are open for a class of a node see of it; 0 where none is."""
        if asking.apart:
            return self._residues.number(("all", name, number))
        judged, bits = self.remains.judge(name, number), self.bits
        asked = bits.conditions(asking.rules | bits.beside, name)
        seeing = (judged.open | judged.dated) & asked
        if not seeing:
            return 0
        many = bits.conds[name].many
        names = frozenset[str]().union(*(bits.reads(many[place]) or () for place in bits_of(seeing)))
        for place in bits_of(asked & ~seeing):  # those that look at the same facts, whatever they find now
            if not names.isdisjoint(bits.reads(many[place]) or ()):
                seeing |= 1 << place
        return self._residues.number((name, seeing, self._seen(name, number, seeing)))

    def _seen(self, name: str, number: int, seeing: int, more: Iterable[str] = ()) -> tuple[tuple[str, object], ...]:
        """What some conditions of a node can tell of the facts of a class, those told by their codes left out."""
        many = self.bits.conds[name].many
        facts = self.remains.facts(name, number)
        names = frozenset(more).union(*(self.bits.reads(many[place]) or () for place in bits_of(seeing)))
        return tuple(
            (one, self.lines.told(one, facts)) for one in sorted(names) if not (name == "goods" and one.startswith("codes."))
        )

    def goods(self, asking: Asking, number: int) -> int:
        """What the open conditions on goods see of a class of goods."""
        lines, bits = self.lines, self.bits
        if asking.apart:
            return self._residues.number(("all", "goods", number))
        judged = self.remains.judge("goods", number)
        seeing = bits.conditions(asking.measures, "goods") & (judged.open | judged.dated)
        seeing |= bits.conditions((asking.rules ^ asking.measures) | bits.beside, "goods")  # may be turned by what is supposed
        line, many = lines.line("goods", number), bits.conds["goods"].many
        seen = self._seen("goods", number, seeing, ("attrs.form",))
        tree = self._trees.get(seeing)
        if tree is None:
            codes = (code for place in bits_of(seeing) for code in self.codes(many[place]))
            tree = self._trees[seeing] = Codes.of(codes)
        held = tuple((place, bool(judged.fail >> place & 1)) for place in bits_of(seeing) if isinstance(many[place], CodesHeld))
        said = (tree.class_of(line.codes), held, bool(line.contains), bool(line.codes))
        return self._residues.number(("goods", seeing, judged.open & seeing, seen, said))

    def content(self, residue: int) -> object:
        """What a residue says; it tells all of itself by `repr`."""
        return self._residues.values[residue]

    def names_party(self, residue: int) -> bool:
        """Whether a residue across nodes tells of a party."""
        told = self._residues.values[residue]
        return told is not None and any(name in ROLES and value is not None for name, value in told[2])

    def codes(self, condition: Condition) -> Sequence[Code]:
        """The codes that a condition holds stated ones against."""
        rules = self.lines.rules
        found: list[Code] = []

        def of_group(name: str) -> None:
            found.extend(Code.read(member.value) for member in rules.groups[name].members)

        def of_items(items: Sequence[Item]) -> None:
            for item in items:
                found.extend((*item.customs, *item.reach, *item.but, *((item.control,) if item.control is not None else ())))
                if item.codes is not None:
                    of_group(item.codes)
                if item.list is not None:
                    found.extend(rules.groups[item.list].complete_for)
                    for _, listed in rules.lists[item.list]:
                        of_items(listed)

        if isinstance(condition, GoodsAre):
            of_items(condition.items)
        elif isinstance(condition, CodesHeld) and condition.group is not None:
            of_group(condition.group)
        return found

    def days(self, asking: Asking, span: int, names: Sequence[str]) -> int:
        """Which of the days have come on which conditions asked of some nodes may change."""
        dated = tuple(self.bits.conditions(asking.rules | self.bits.beside, name) & self._of_days(name) for name in names)
        if not any(dated):
            return 0
        days = self.lines.days
        watched = self._bounds.get((names, dated))
        if watched is None:
            named = zip(names, dated, strict=True)
            conditions = (self.bits.conds[name].many[place] for name, many in named for place in bits_of(many))
            found = sorted(bounds_of_groups(conditions, self.lines.rules), key=lambda one: (one.utc, one.text))
            watched = self._bounds[names, dated] = days.watch(found), tuple(found)
        mask, bounds = watched
        come, known = days.come(span)
        key = (names, dated, come & mask, known & mask)
        residue = self._come.get(key)
        if residue is None:
            one = days.at(span)
            told = tuple((one.moments[0].reached(bound), one.known_by.knows(bound)) for bound in bounds)
            residue = self._come[key] = self._residues.number(("days", names, dated, told))
        return residue

    def _of_days(self, name: str) -> int:
        """The conditions of a node whose answer may follow the days, those on letters among them."""
        found = self._following.get(name)
        if found is None:
            conds = self.bits.conds[name]
            letters = sum(1 << place for place, one in enumerate(conds.many) if isinstance(one, AddresseeIs))
            found = self._following[name] = conds.dated | letters
        return found


def of_entries(bits: LawBits) -> tuple[str, ...]:
    """The nodes whose missing facts are judged by every day, where something is open: what screening finds has days of its own."""
    return ("parties", CROSS) if any(isinstance(one, PartyIs) for one in bits.conds[CROSS].many) else ("parties",)


def open_pairs(open_: Open, asking: Callable[[int], Asking]) -> dict[str, Pairs]:
    """For what is left (by its number) and a class of each node, or a span: what open conditions see of it.

    `followed` is asked by the number that comes after that of what is left.
    """
    found = {
        "goods": Pairs.each(lambda left, number: open_.goods(asking(left), number)),
        "span": Pairs.each(lambda left, span: open_.days(asking(left), span, _FOLLOWED)),
        "followed": Pairs.each(lambda followed, span: open_.days(asking(followed - 1), span, OF_GROUPS)),
    }
    for name in ("route", "shares", "parties", "origin", CROSS):
        found[name] = Pairs.each(lambda left, number, name=name: open_.class_of(name, asking(left), number))  # type: ignore[misc]
    return found


def bounds_of_groups(conditions: Iterable[Condition], rules: RuleBase) -> Iterable[Bound]:
    """Every day, of membership and of its knowledge, of the lists and groups that conditions on goods name."""
    found: set[Bound] = set()

    def of_members(members: Iterable[Member]) -> None:
        for member in members:
            days = (member.start, member.end, member.known_since, member.end_known_since)
            found.update(bound for bound in days if bound is not None)

    def of_items(items: Iterable[Item]) -> None:
        for item in items:
            if item.codes is not None:
                of_members(rules.groups[item.codes].members)
            if item.list is not None:
                of_members(member for member, _ in rules.lists[item.list])
                for _, listed in rules.lists[item.list]:
                    of_items(listed)

    for condition in conditions:
        match condition:
            case GoodsAre():
                of_items(condition.items)
            case CodesHeld() if condition.group is not None:
                of_members(rules.groups[condition.group].members)
            case PlaceIs() | DestinationIs():
                places: PlaceSet | None = condition.places
                while places is not None:
                    for name in places.groups:
                        of_members(rules.groups[name].members)
                    places = places.without
            case PartyIs() if condition.listed is not None:
                of_members(rules.groups[condition.listed].members)
            case AddresseeIs():
                letter = rules.letters[condition.instrument]
                firms = (day for firm in letter.addressees for day in (firm.start, firm.end, firm.known_to_since))
                found.update(bound for bound in (letter.known_since, *firms) if bound is not None)
    return found
