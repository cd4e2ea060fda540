"""Which lines are alike to the law, so that one answer stands for all of them?

What all facts and the day leave of the law settles most lines by itself. Where a missing fact must be tried out, two lines are
alike only if the open conditions see the same of them as well. Each likeness is judged once, by `decide` itself, on a line of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from greenlane.batch.law_bits import LawBits, bits_of, restricting
from greenlane.batch.pairs import Names, Pairs
from greenlane.batch.remains import Lines, Remains
from greenlane.batch.vocabulary import Codes
from greenlane.decide.decision import Outline
from greenlane.decide.evaluate import outline
from greenlane.decide.line import Line
from greenlane.law.effect import Effect
from greenlane.law.groups import Member
from greenlane.law.measure import Measure, Rule
from greenlane.law.rulebase import RuleBase, Stand, State
from greenlane.law.scope import AddresseeIs, CodesHeld, Condition, DestinationIs, GoodsAre, Item, PartyIs, PlaceIs, PlaceSet
from greenlane.terms.codes import Code
from greenlane.terms.periods import Bound

_GONE = (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED)
_LIFTING = (State.IN_FORCE, State.UNKNOWN, State.UNENFORCED)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the law for some lines on some days: the rules, and how those stand that do not plainly stand in force."""

    may: int
    does: int
    stands: object


@dataclass(slots=True)
class Alike:
    """What must be looked at besides, for a `Left`, before two lines are alike."""

    measures: int  # the measures left
    rules: int  # they and all lifts of them
    by_party: bool  # whether the party itself matters, as an entry of a list


class Answers:
    """The answers of the law of some sides, each to all lines that are alike."""

    def __init__(self, lines: Lines, sides: tuple[str, ...]) -> None:
        self.lines = lines
        self.sides = sides
        self.bits = LawBits(lines.rules, restricting(lines.rules, sides), regimes=True)
        self.remains = Remains(lines, self.bits)
        self.lefts = Names()
        self.alike: list[Alike] = []
        self._days: dict[int, tuple[int, dict[int, Stand], object]] = {}
        self._grouped: dict[object, tuple[Rule, int]] = {}
        self._group_rules()
        self.of_day = Pairs(self._leave)
        self.party_of = Pairs(self._party)
        self.outlines: list[Outline] = []
        self._outline_numbers = Names()
        self.settled: dict[int, int] = {}
        self.goods_of = Pairs(self._goods)
        self.days_of = Pairs(self._dated)
        self.open_of = {name: Pairs(lambda a, b, name=name: self._open(name, a, b)) for name in ("route", "shares", "parties")}  # type: ignore[misc]
        self.open_across = Pairs(lambda a, b: self._open("cross", a, b))
        self._residues = Names()
        self._residues.number(None)  # 0: nothing
        self._trees: dict[int, Codes] = {}
        self._bounds: dict[tuple[int, ...], tuple[Bound, ...]] = {}

    # --- the day ----------------------------------------------------------------------------------------------------

    def _group_rules(self) -> None:
        """Rules that come and go together: rows of one table, mostly."""
        rules = self.lines.rules
        for place, rule in enumerate(self.bits.rules_in_order):
            steps = rule.steps if isinstance(rule, Measure) else ()
            acts = tuple(id(act) for act in rules.acts_on(rule.id))
            key = (isinstance(rule, Measure), rule.periods, rule.known_since, rule.instrument.id, steps, acts)
            first, bits = self._grouped.get(key, (rule, 0))
            self._grouped[key] = (first, bits | 1 << place)

    def day(self, span: int) -> tuple[int, dict[int, Stand], object]:
        """The rules that stand on the days of a span, how some of them stand, and what regimes say of the days."""
        found = self._days.get(span)
        if found is None:
            found = self._days[span] = self._day(span)
        return found

    def _day(self, span: int) -> tuple[int, dict[int, Stand], object]:
        rules, one = self.lines.rules, self.lines.days.at(span)
        moment = one.moments[0]
        standing = self.bits.beside
        oddly: dict[int, Stand] = {}
        for rule, bits in self._grouped.values():
            stand = rules.stand(rule, moment, one.known_by)
            stands = self._does_stand(rule, stand)
            if rule.instrument.letter is not None:
                told = rules.stand(rule, moment, one.known_by, told=True)
                stands = stands or self._does_stand(rule, told)
                if told != stand:
                    oddly |= dict.fromkeys(bits_of(bits), told)
                    standing |= bits if stands else 0
                    continue
            if stands:
                standing |= bits
                if stand.state is not State.IN_FORCE:
                    oddly |= dict.fromkeys(bits_of(bits), stand)
        asked = tuple(self._is_asked(way.asked_while, span) for _, way in self.bits.gated)
        spoken = tuple(
            (moment.reached(regime.start), one.known_by.is_after(regime.known_through.day)) for regime in rules.regimes.values()
        )
        return standing, oddly, (asked, spoken)

    @staticmethod
    def _does_stand(rule: Rule, stand: Stand) -> bool:
        if not isinstance(rule, Measure):
            return rule.instrument.decides and stand.state in _LIFTING
        return stand.state not in _GONE and not (stand.state is State.SUSPENDED and stand.leaves is Effect.FREE)

    def _is_asked(self, names: Sequence[str], span: int) -> bool:
        rules, one = self.lines.rules, self.lines.days.at(span)
        away = (*_GONE, State.SUSPENDED)
        measures = (rules.measures[each] for name in names for each in rules.expand(name))
        return any(rules.stand(each, one.moments[0], one.known_by).state not in away for each in measures)

    def _leave(self, remainder: int, span: int) -> int:
        """What a day leaves of a remainder, less all that no rule left asks for."""
        bits = self.bits
        standing, oddly, of_regimes = self.day(span)
        both: int = self.remains.remainders.values[remainder]
        may, does = both & bits.all & standing, both >> bits.size & standing
        asked, _ = of_regimes  # type: ignore[misc]
        for (bit, _), is_asked in zip(bits.gated, asked, strict=True):
            if not is_asked and not does & bit:
                may &= ~bit
        keep = bits.beside
        for place in bits_of(may & bits.of_measures):
            ways = bits.subject_ways.get(bits.measures[place].regime)
            if ways is None or ways & may:
                keep |= 1 << place | bits.lifts_of[place]
        may, does = may & keep, does & keep
        stands = tuple((place, oddly[place]) for place in bits_of(may) if place in oddly) if oddly else ()
        number = self.lefts.number(Left(may, does, (stands, of_regimes)))
        if number == len(self.alike):
            measures = may & bits.of_measures
            rules = measures
            for place in bits_of(measures):
                rules |= bits.lifts_of[place]
            parties = bits.conds["parties"].many
            by_party = any(
                isinstance(parties[place], PartyIs) for one in bits_of(rules & may) for place in bits_of(bits.hang[one].get("parties", 0))
            )
            self.alike.append(Alike(measures, rules, by_party))
        return number

    def _party(self, left: int, party: int) -> int:
        """The class of parties, where it matters by itself."""
        return party + 1 if self.alike[left].by_party else 0

    # --- missing facts ----------------------------------------------------------------------------------------------

    def _conditions(self, left: int, node: str, *, of_lifts: bool = True) -> int:
        """The conditions of a node that are asked by the rules left, and by every regime."""
        found = 0
        bits = self.bits
        alike = self.alike[left]
        for place in bits_of((alike.rules if of_lifts else alike.measures) | bits.beside):
            found |= bits.hang[place].get(node, 0)
        return found

    def _open(self, name: str, left: int, number: int) -> int:
        """The class of a node, where one of the conditions asked is open for it; 0 where all is said."""
        judged = self.remains.judge(name, number)
        return number + 1 if (judged.open | judged.dated) & self._conditions(left, name) else 0

    def _goods(self, left: int, number: int) -> int:
        """What the open conditions on goods see of a class of goods."""
        lines, bits = self.lines, self.bits
        judged = self.remains.judge("goods", number)
        alike = self.alike[left]
        seeing = self._conditions(left, "goods", of_lifts=False) & (judged.open | judged.dated)
        for place in bits_of((alike.rules ^ alike.measures) | bits.beside):
            seeing |= bits.hang[place].get("goods", 0)
        facts = lines.facts("goods", number)
        many = bits.conds["goods"].many
        names: set[str] = {"attrs.form"}
        for place in bits_of(seeing):
            names.update(bits.reads(many[place]) or ())
        seen = tuple((name, lines.told(name, facts)) for name in sorted(names) if not name.startswith("codes."))
        line = lines.line("goods", number)
        tree = self._trees.get(seeing)
        if tree is None:
            tree = self._trees[seeing] = Codes.of(code for place in bits_of(seeing) for code in self._codes(many[place]))
        held = tuple(
            (place, bool(judged.fail >> place & 1)) for place in bits_of(seeing) if isinstance(many[place], CodesHeld)
        )
        return self._residues.number(
            ("goods", seeing, judged.open & seeing, seen, tree.class_of(line.codes), held, bool(line.contains), bool(line.codes))
        )

    def _codes(self, condition: Condition) -> Sequence[Code]:
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

    def _dated(self, left: int, span: int) -> int:
        """What of a span matters to the conditions asked about goods that follow the days: which of their days have come."""
        dated = tuple(self._conditions(left, name) & self.bits.conds[name].dated for name in ("goods", "cross"))
        if not any(dated):
            return 0
        bounds = self._bounds.get(dated)
        if bounds is None:
            conditions = (self.bits.conds[name].many[place] for name, many in zip(("goods", "cross"), dated) for place in bits_of(many))
            bounds = self._bounds[dated] = tuple(sorted(bounds_of_groups(conditions, self.lines.rules), key=lambda one: (one.utc, one.text)))
        one = self.lines.days.at(span)
        return self._residues.number(
            ("days", dated, tuple((one.moments[0].reached(bound), one.known_by.knows(bound)) for bound in bounds))
        )

    # --- answers ----------------------------------------------------------------------------------------------------

    def judge(self, line: Line, left: int | None, span: int) -> Outline:
        """What `decide` says of a line on the days of a span; `left`: what is left of the law for it, if that is known."""
        rules, bits, one = self.lines.rules, self.bits, self.lines.days.at(span)
        measures = bits.of_measures if left is None else self.alike[left].measures
        listed = {each.id for each in rules.listed_for(line.codes)}
        general = [bits.measures[place] for place in bits_of(measures)]
        rows = {each.id: each for each in general if each.entries and each.id in listed}
        among = [each for each in general if not each.entries]
        among += [rows[each.id] for each in rules.listed_for(line.codes) if each.id in rows]
        return outline(
            line,
            rules,
            moments=one.moments,
            known_by=one.known_by,
            sides=self.sides,
            strict=self.lines.strict,
            parties=self.lines.parties_of(line.cells),
            among=among,
        )

    def number(self, found: Outline) -> int:
        """The number of an answer; equal answers have one."""
        number = self._outline_numbers.number(said(found))
        if number == len(self.outlines):
            self.outlines.append(found)
        return number


def said(found: Outline) -> tuple[object, ...]:
    """All that an answer says, as a value that can be compared."""
    return (
        found.low,
        found.high,
        found.exact,
        tuple((one.measure.id, one.effect, one.review, one.decided, one.state, one.entry, one.lifted_by) for one in found.reasons),
        tuple((one.lift.id, one.measure.id) for one in found.lifts),
        *(tuple((one.fact, one.why, tuple(one.verdicts.items())) for one in many) for many in (found.missing, found.branches)),
    )


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
