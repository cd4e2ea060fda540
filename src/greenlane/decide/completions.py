"""What the missing facts could be, and what each would lead to.

A missing fact has finitely many classes, because the measures cut it at finitely many places. Every completion is tried, as
a tree that stops splitting where the verdict no longer depends on what is left; so the range is exact, and the facts to ask
for are just those on which the verdict depends. Past `COMPLETIONS_MAX` combinations the range is an outer bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from greenlane.law.effect import Effect
from greenlane.law.facts import Facts, Identified, Listing
from greenlane.law.scope import Cut, PlaceSet, Setting, stated_codes
from greenlane.terms.amounts import Share, show
from greenlane.terms.codes import CONTROL, Code
from greenlane.terms.places import CODES

COMPLETIONS_MAX = 4_096
_PAIRS_MAX = 400
_SHARE_FACTS = ("contains.", "us_content", "cn_re_content", "owner_share")
_FULL = 10  # digits of a tariff line written out
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Class:
    """One class of values of a missing fact: a representative and its label; `order` sorts numbers."""

    value: object
    label: str
    low: str = ""
    high: str = ""


def classes_of(fact: str, cuts: Iterable[Cut], facts: Facts, setting: Setting) -> tuple[Class, ...]:
    """The classes into which the cuts divide a fact."""
    mine = [cut for cut in cuts if cut.fact == fact]
    if fact.startswith("letter:"):
        return (Class(True, "received"), Class(False, "not received"))
    if fact.startswith("item:"):
        return (Class(True, "yes"), Class(False, "no"))
    if fact.startswith("open:"):
        return ()
    kinds = {cut.kind for cut in mine}
    if "code" in kinds:
        return _codes(fact, mine, facts)
    if "listing" in kinds:
        named = facts.get(fact)
        if named is not None and isinstance(named.value, Identified) and named.value.doubts:
            return _identities(named.value)
        names = sorted({str(cut.value) for cut in mine if cut.kind == "listing"})
        return (*(Class(Listing(name), name) for name in names), Class(Listing(None), "not listed"))
    if "places" in kinds:
        return _places([cut.value for cut in mine if isinstance(cut.value, PlaceSet)], setting)
    numbers = sorted({cut.value for cut in mine if isinstance(cut.value, Decimal)})
    words = sorted({str(cut.value) for cut in mine if cut.kind == "word"}, key=str.casefold)
    found: list[Class] = []
    if numbers:
        stated = facts.get(fact)
        above_zero = stated is not None and isinstance(stated.value, Share) and stated.value.percent is None
        found.extend(one for one in _numbers(fact, numbers) if not (above_zero and one.high == "<=0"))
    if fact == "end_use":
        return (*(Class((word,), word) for word in words), Class((OTHER,), "another end use"), Class((), "none"))
    if set(words) <= {"yes", "no"} and words and not numbers:
        return (Class("yes", "yes"), Class("no", "no"))
    found.extend(Class(word, word) for word in words)
    if words and not numbers:
        found.append(Class(OTHER, "something else"))
    return tuple(found)


def _identities(party: Identified) -> tuple[Class, ...]:
    """Who a party may be: each entry in doubt, or none of them."""
    found = [Class(replace(party, entries=(*party.entries, one), doubts=()), f"is {one.name} ({one.list})") for one in party.doubts]
    return (*found, Class(replace(party, doubts=()), "another party"))


def _numbers(fact: str, cuts: list[Decimal]) -> list[Class]:
    share = fact.startswith(_SHARE_FACTS)

    def make(value: Decimal, low: str, high: str) -> Class:
        return Class(Share(value) if share else show(value), "", low, high)

    found: list[Class] = []
    before: Decimal | None = None
    for cut in cuts:
        if before is not None:
            found.append(make((before + cut) / 2, f">{show(before)}", f"<{show(cut)}"))
        elif cut > 0:
            found.append(make(cut / 2, "", f"<{show(cut)}"))
        found.append(make(cut, f">={show(cut)}", f"<={show(cut)}"))
        before = cut
    assert before is not None
    above = (before + 100) / 2 if share else before * 2 + 1
    if above > before:
        found.append(make(above, f">{show(before)}", ""))
    return found


def _places(sets: list[PlaceSet], setting: Setting) -> tuple[Class, ...]:
    sets = list(dict.fromkeys(sets))
    by_signature: dict[tuple[bool, ...], list[str]] = {}
    for place in sorted(CODES):
        by_signature.setdefault(tuple(one.holds(place, setting) for one in sets), []).append(place)
    found = []
    for signature, places in by_signature.items():
        inside = [str(one) for one, holds in zip(sets, signature, strict=True) if holds]
        label = " and ".join(inside) if inside else "elsewhere"
        if len(places) <= 4:
            label = ", ".join(places)
        elif len(label) > 60:
            label = f"{', '.join(places[:3])} and {len(places) - 3} others"
        found.append(Class(places[0], label))
    return tuple(found)


def _codes(fact: str, cuts: list[Cut], facts: Facts) -> tuple[Class, ...]:
    """Each code that cuts and has none beneath it, what lies beside those beneath another one, and any other code."""
    scheme = fact.removeprefix("codes.")
    stated = stated_codes(facts, scheme)
    cutting = {cut.value for cut in cuts if isinstance(cut.value, Code)}
    if stated:
        cutting = {code for code in cutting if any(code.is_within(have) for have in stated)} - set(stated)
    found: list[Class] = []
    for code in sorted(cutting):
        beneath = [other for other in cutting if other != code and other.is_within(code)]
        if not beneath:
            found.append(Class((code,), str(code)))
        elif (beside := _beside(code, beneath)) is not None:
            found.append(Class((beside,), f"another {_part(scheme)} of {code}"))
    if stated:
        rest = (Code(scheme, f"{stated[0].value}.zz"),) if scheme in CONTROL else stated
        found.append(Class(rest, "another paragraph" if scheme in CONTROL else "another line of it"))
    elif scheme == "eccn":
        if not any(code.is_outside for code in cutting):
            found.append(Class((Code("eccn", "EAR99"),), "eccn:EAR99"))
        found.append(Class((Code("eccn", "0Z999"),), "another ECCN"))
    elif scheme == "cn":
        found.append(Class((Code("cn", "0Z999"),), "another entry of the Chinese list"))
        found.append(Class((Code("cn", "NONE"),), "on no Chinese list"))
    else:
        found.append(Class((Code(scheme, "99999999"),), "another code"))
    return tuple(found)


def _part(scheme: str) -> str:
    return "paragraph" if scheme in CONTROL else "line"


def _beside(code: Code, beneath: Iterable[Code]) -> Code | None:
    """A code that lies beneath one and excludes those of others beneath it; None where they leave no room."""
    if code.scheme in CONTROL:
        return Code(code.scheme, f"{code.value}.zz")
    taken = [other.value for other in beneath]
    wide = len(code.value)
    if wide % 2:  # odd digits are nobody's
        return None
    for further in range(99, -1, -1):
        start = f"{code.value}{further:02}"
        if not any(other.startswith(start) or start.startswith(other) for other in taken):
            return Code(code.scheme, start.ljust(_FULL, "0"))
    return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What can be said under some facts: the bounds, and what would have to be asked (facts and open questions)."""

    low: Effect
    high: Effect
    asks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A set of completions with one verdict: the answers that led there (class numbers by fact)."""

    answers: Mapping[str, int]
    low: Effect
    high: Effect


@dataclass(frozen=True, slots=True)
class Explored:
    """All completions: their leaves, the classes of each fact asked, and whether the whole tree was walked."""

    leaves: tuple[Leaf, ...]
    classes: Mapping[str, tuple[Class, ...]]
    exact: bool

    @property
    def low(self) -> Effect:
        """The lightest verdict of any completion."""
        return min((leaf.low for leaf in self.leaves), key=lambda effect: effect.rank)

    @property
    def high(self) -> Effect:
        """The gravest verdict of any completion."""
        return max((leaf.high for leaf in self.leaves), key=lambda effect: effect.rank)

    def essential(self) -> tuple[str, ...]:
        """The facts on which the verdict depends: the smallest set that settles it, most decisive first."""
        asked = sorted({fact for leaf in self.leaves for fact in leaf.answers})
        if len(self.leaves) <= _PAIRS_MAX:
            asked = [fact for fact in asked if self._matters(fact)]
        return tuple(sorted(asked, key=lambda fact: (-self._decides(fact), fact)))

    def _matters(self, fact: str) -> bool:
        with_it = [leaf for leaf in self.leaves if fact in leaf.answers]
        for one in with_it:
            for other in with_it:
                if one.answers[fact] < other.answers[fact] and (one.low, one.high) != (other.low, other.high):
                    shared = one.answers.keys() & other.answers.keys() - {fact}
                    if all(one.answers[name] == other.answers[name] for name in shared):
                        return True
        return False

    def _decides(self, fact: str) -> float:
        given = self.given(fact)
        return sum(low is high for low, high in given) / max(1, len(given))

    def given(self, fact: str) -> list[tuple[Effect, Effect]]:
        """For each class of a fact, the range that remains."""
        found = []
        for number in range(len(self.classes[fact])):
            leaves = [leaf for leaf in self.leaves if leaf.answers.get(fact, number) == number]
            low = min((leaf.low for leaf in leaves), key=lambda effect: effect.rank, default=Effect.FREE)
            high = max((leaf.high for leaf in leaves), key=lambda effect: effect.rank, default=Effect.PROHIBITED)
            found.append((low, high))
        return found

    def verdicts(self, fact: str) -> dict[str, str]:
        """The verdict each answer leads to; neighbouring number classes with one verdict are one answer."""
        return {label: verdict for label, (verdict, _) in self.answers(fact).items()}

    def answers(self, fact: str) -> dict[str, tuple[str, tuple[Class, ...]]]:
        """Each answer with the verdict it leads to, and the classes it stands for."""
        said = ["cannot_say" if low is not high else low.value for low, high in self.given(fact)]
        rows = list(zip(self.classes[fact], said, strict=True))
        found: dict[str, tuple[str, tuple[Class, ...]]] = {}
        for (verdict, _), group in groupby(rows, key=lambda row: (row[1], not row[0].label)):
            members = tuple(row[0] for row in group)
            if members[0].label:
                found.update((one.label, (verdict, (one,))) for one in members)
            else:
                found[_span(members[0], members[-1])] = (verdict, members)
        return found


def _span(first: Class, last: Class) -> str:
    low, high = first.low, last.high
    if low in ("", ">=0") and high in ("", "<=100"):
        return "any"
    if low.startswith(">=") and high.startswith("<=") and low[2:] == high[2:]:
        return low[2:]
    if low in ("", ">=0") and high:
        return "0" if high == "<=0" else high
    if high in ("", "<=100") and low:
        return low
    return f"{low} {high}" if low or high else "any"


def explore(
    judge: Callable[[Mapping[str, object]], Outcome],
    classes: Callable[[str], tuple[Class, ...]],
) -> Explored:
    """Try every completion. `judge` answers under supposed facts; `classes` gives the classes of a fact."""
    known: dict[str, tuple[Class, ...]] = {}
    leaves: list[Leaf] = []
    exact = True
    first = judge({})
    if first.low is first.high or not first.asks:
        return Explored((Leaf({}, first.low, first.high),), {}, True)
    combinations = 1
    for fact in sorted(first.asks):
        if combinations <= COMPLETIONS_MAX:  # past that, nobody looks at the classes
            known[fact] = classes(fact)
            combinations *= max(1, len(known[fact]))
    if combinations > COMPLETIONS_MAX:
        return Explored((Leaf({}, first.low, first.high),), dict.fromkeys(first.asks, ()), exact=False)
    stack: list[tuple[dict[str, int], Outcome]] = [({}, first)]
    while stack:
        answers, outcome = stack.pop()
        open_asks = sorted(fact for fact in outcome.asks if fact not in answers)
        for fact in open_asks:
            if fact not in known:
                known[fact] = classes(fact)
        askable = [fact for fact in open_asks if known[fact]]
        if outcome.low is outcome.high or not askable:
            leaves.append(Leaf(answers, outcome.low, outcome.high))
            continue
        if len(leaves) + len(stack) > COMPLETIONS_MAX:
            exact = False
            leaves.append(Leaf(answers, outcome.low, outcome.high))
            continue
        fact = askable[0]
        for number in range(len(known[fact])):
            further = {**answers, fact: number}
            supposed = {name: known[name][index].value for name, index in further.items()}
            stack.append((further, judge(supposed)))
    return Explored(tuple(leaves), known, exact)
