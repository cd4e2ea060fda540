"""Which open licence answers the bites on a line of goods, how much of it is left, and how much is short?

Matching comes first (`fit`), balance after. Lines that compete are served in the order in which they come, and each sees what those
before it took. A line is covered in full only if every bite that asks for a licence, of every authority, is answered in full and
nothing need be asked; a bite that only may be there counts as well, unless a licence that was taken answers it.

Amounts are counted in the parts of the licence's line and converted exactly, or refused. Where a licence does not reach for the
whole line, what it gives is rounded down to its parts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import ceil, floor
from typing import Any, Final

from greenlane.decide.decision import Decision, Reason, Verdict
from greenlane.errors import LedgerRefusal
from greenlane.licences.amounts import in_unit, scaled, shown
from greenlane.licences.fit import ACT, Check, Says, check, day_of, needs
from greenlane.licences.ledger import Ref, State, window_left
from greenlane.licences.licence import LicenceLine, Proviso, window_words
from greenlane.licences.reach import Reach

COVERABLE: Final = (Verdict.LICENCE_REQUIRED, Verdict.PRESUMPTION_OF_DENIAL)
_HEAD: Final = re.compile(r"[0-9a-f]{8}\.[0-9]{1,3}\Z")
ASKS_MAX: Final = 3  # licences of which an answer says what they wait for
Key = tuple[str, int]  # licence and its line


@dataclass(frozen=True, slots=True)
class Amount:
    """Parts of quantity and value, and uses. A meter that the line does not count stands at zero."""

    q: int = 0
    v: int = 0
    uses: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.q + other.q, self.v + other.v, self.uses + other.uses)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.q - other.q, self.v - other.v, self.uses - other.uses)


NONE: Final = Amount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A licence held against one bite on one line of goods: what it says, what is asked of it and what is left."""

    state: State
    number: int
    checks: tuple[Check, ...]
    asked: Amount | None  # None: it cannot be said in the units of the licence
    left: Amount
    own: Amount = NONE  # what is reserved for this very line already; counted in `left`

    @property
    def key(self) -> Key:
        """Licence and line."""
        return self.state.licence.id, self.number

    @property
    def terms(self) -> LicenceLine:
        """The line of the licence."""
        return self.state.licence.lines[self.number - 1]

    @property
    def losses(self) -> tuple[Check, ...]:
        """Why it cannot be used."""
        return tuple(one for one in self.checks if one.says is Says.NO)

    @property
    def asks(self) -> tuple[Check, ...]:
        """What must be said before it can."""
        return tuple(one for one in self.checks if one.says is Says.ASK)

    @property
    def says(self) -> Says:
        """Whether it may be used."""
        return Says.NO if self.losses else Says.ASK if self.asks else Says.YES

    def gives(self, rest: Fraction | int) -> Amount:
        """What it gives of the part of the line that is still to be covered; nothing where it may not be used."""
        if self.says is not Says.YES or self.asked is None:
            return NONE
        share = rest
        if self.terms.limits_quantity and self.asked.q * rest > self.left.q:
            share = min(share, Fraction(self.left.q, self.asked.q))
        if self.terms.limits_value and self.asked.v * rest > self.left.v:
            share = min(share, Fraction(self.left.v, self.asked.v))
        q, v = floor(self.asked.q * share), floor(self.asked.v * share)
        if self.terms.limits_quantity:
            return Amount(q, ceil(Fraction(self.asked.v * q, self.asked.q)), 1) if q else NONE
        if self.terms.limits_value:
            return Amount(floor(Fraction(self.asked.q * v, self.asked.v)), v, 1) if v else NONE
        return Amount(q, 0, 1)

    def part(self, given: Amount) -> Fraction:
        """The part of the whole line that an amount is."""
        assert self.asked is not None
        if self.terms.limits_quantity:
            return Fraction(given.q, self.asked.q)
        if self.terms.limits_value:
            return Fraction(given.v, self.asked.v)
        return Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a licence gives to a line for one bite; `again`: the licence was taken for another bite of the line already."""

    fit: Fit
    given: Amount
    short: Fraction  # of the line, after it
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One bite: what answers it, and the licences that were looked at, best first."""

    bite: Reason
    shares: tuple[Share, ...]
    fits: tuple[Fit, ...]
    short: Fraction

    @property
    def met(self) -> bool:
        """Whether it is answered in full."""
        return self.short == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A decision with what answers its bites."""

    decision: Decision
    answers: tuple[Answer, ...] = ()
    asks: tuple[Check, ...] = ()  # of bites that only may be there

    @property
    def full(self) -> bool:
        """Whether the goods may go: every bite answered in full, and nothing to ask."""
        return bool(self.answers) and not self.asks and all(one.met for one in self.answers)

    @property
    def takes(self) -> tuple[Share, ...]:
        """What the line takes, each licence once."""
        return tuple(share for answer in self.answers for share in answer.shares if not share.again)


@dataclass(slots=True)
class Pool:
    """The licences while lines are served: what they had, what lines took, what was reserved for lines before.

    `held`: for the name of a line, what the ledger holds reserved for it, by licence and line of the licence.
    """

    states: Mapping[str, State]
    held: dict[str, dict[Key, Amount]] = field(default_factory=dict)
    taken: dict[Key, Amount] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    reach: Reach = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the licences by what they are for."""
        self.reach = Reach(self.states)

    def left(self, state: State, number: int, own: Amount, day: str) -> Amount:
        """What a line may take of a line of a licence: what is left, less what lines before it took, and what is its own.

        A window leaves what it leaves for a use on `day`, less what is reserved and what lines before took, whenever they go.
        """
        line, taken = state.lines[number - 1], self.taken.get((state.licence.id, number), NONE)
        used = state.uses + state.uses_held + self.uses.get(state.licence.id, 0)
        uses = 0 if state.max_uses is None else state.max_uses - used
        left = Amount(line.left_q, line.left_v, uses) - Amount(taken.q, taken.v) + own
        terms = state.licence.lines[number - 1]
        if terms.window is None:
            return left
        window_q, window_v = window_left(state, number, day)
        bounds_q = [left.q] if terms.quantity is not None or window_q is None else []
        bounds_v = [left.v] if terms.value is not None or window_v is None else []
        bounds_q += [] if window_q is None else [window_q - line.reserved_q - taken.q + own.q]
        bounds_v += [] if window_v is None else [window_v - line.reserved_v - taken.v + own.v]
        return replace(left, q=min(bounds_q), v=min(bounds_v))

    def take(self, covered: Covered) -> None:
        """Note what a line took, less what was reserved for it already; another line of that name does not find it again."""
        for share in covered.takes:
            key, more = share.fit.key, share.given - share.fit.own
            self.taken[key] = self.taken.get(key, NONE) + more
            self.uses[key[0]] = self.uses.get(key[0], 0) + more.uses
        self.held.pop(covered.decision.line.line_id, None)


def serve(decisions: Iterable[Decision], pool: Pool) -> Iterator[Covered]:
    """Cover lines in the order in which they come."""
    for decision in decisions:
        covered = cover(decision, pool)
        pool.take(covered)
        yield covered


def cover(decision: Decision, pool: Pool, *, losers: bool = False) -> Covered:
    """What answers the bites on one line. Lines that need no licence, may not go at all, or cannot be judged have no cover.

    With `losers` each answer also has the licences that have nothing to do with the line, and why.
    """
    if decision.verdict not in COVERABLE:
        return Covered(decision=decision)
    chosen: dict[Key, Share] = {}
    answers = []
    for bite in needs(decision):
        answers.append(_answer(decision, bite, pool, chosen, losers=losers))
        chosen |= {share.fit.key: share for share in answers[-1].shares if not share.again}
    return Covered(decision=decision, answers=tuple(answers), asks=tuple(_open(decision, chosen.values())))


def weigh(decision: Decision, pool: Pool) -> tuple[Answer, ...]:
    """Every bite with every licence held against it, whatever the verdict: for who asks why a licence does not do."""
    return tuple(_answer(decision, bite, pool, {}, losers=True) for bite in needs(decision))


def _answer(decision: Decision, bite: Reason, pool: Pool, chosen: Mapping[Key, Share], *, losers: bool) -> Answer:
    every = ((state, number) for state in pool.states.values() for number in range(1, len(state.licence.lines) + 1))
    lines = every if losers else pool.reach.near(decision, bite)
    fits = sorted((_fit(*one, decision, bite, pool) for one in lines), key=lambda one: _rank(one, chosen))
    shares: list[Share] = []
    rest = Fraction(1)
    for fit in fits:
        if rest == 0 or fit.says is not Says.YES:
            break
        before = chosen.get(fit.key)
        given = fit.gives(rest) if before is None else before.given
        if given == NONE or (before is not None and shares):
            continue
        if shares and fit.state.licence.unsplit:
            continue
        used = {share.fit.key[0] for share in (*shares, *chosen.values())}
        if before is None and fit.key[0] in used:
            given = replace(given, uses=0)  # two lines of one licence go in one declaration
        rest = max(rest - fit.part(given), Fraction(0))
        shares.append(Share(fit=fit, given=given, short=rest, again=before is not None))
    return Answer(bite=bite, shares=tuple(shares), fits=tuple(fits), short=rest)


def _rank(fit: Fit, chosen: Mapping[Key, Share]) -> tuple[Any, ...]:
    """Best first: usable; taken or reserved for the line already; for all of it; soon to end; little left; by name."""
    order = (Says.YES, Says.ASK, Says.NO).index(fit.says)
    mine = fit.key not in chosen and fit.own == NONE
    alone = fit.gives(1)
    partly = fit.asked is None or alone.q < fit.asked.q or alone.v < fit.asked.v
    return order, mine, partly, fit.state.until, fit.left.q, fit.left.v, fit.key


def _fit(state: State, number: int, decision: Decision, bite: Reason, pool: Pool) -> Fit:
    own = pool.held.get(decision.line.line_id, {}).get((state.licence.id, number), NONE)
    left = pool.left(state, number, own, day_of(decision, state.licence.zone))
    checks = list(check(state, number, decision, bite))
    asked = None
    if checks[0].says is not Says.NO:
        asked, more = _asked(state.licence.lines[number - 1], decision)
        checks += more
        checks += _enough(state, number, asked, left)
    return Fit(state=state, number=number, checks=tuple(checks), asked=asked, left=left, own=own)


def _asked(terms: LicenceLine, decision: Decision) -> tuple[Amount | None, list[Check]]:
    """What the line needs, in the parts of the licence; or why that cannot be said."""
    line, found, q, v = decision.line, list[Check](), 0, 0
    if terms.limits_quantity:
        if line.quantity is None or not line.unit:
            fact = "quantity" if line.quantity is None else "unit"
            found.append(Check("quantity", Says.ASK, f"the licence counts {terms.unit}; the line does not say its {fact}", fact))
        else:
            q = _parts(line.quantity, line.unit, terms, found)
            if line.quantity == 0:
                found.append(Check("quantity", Says.NO, "nothing is asked: the line is of no quantity"))
    elif line.quantity is not None and line.unit:
        q = _parts(line.quantity, line.unit, terms, [])  # noted with the use, where it can be said in that unit
    if terms.limits_value:
        if line.value is None or not line.currency:
            fact = "value" if line.value is None else "currency"
            words = f"the licence counts {terms.currency}; the line does not say its {fact}"
            found.append(Check("value", Says.ASK, words, fact))
        elif line.currency != terms.currency:
            found.append(Check("value", Says.NO, f"the licence counts {terms.currency}, the line {line.currency}"))
        else:
            v = _worth(line.value, terms, found)
            if line.value == 0:
                found.append(Check("value", Says.NO, "nothing is asked: the line is of no value"))
    return (None if found else Amount(q, v, 1)), found


def _parts(quantity: Decimal, unit: str, terms: LicenceLine, found: list[Check]) -> int:
    try:
        return scaled(in_unit(quantity, unit, terms.unit), terms.scale, what="the quantity")
    except LedgerRefusal as refusal:
        found.append(Check("unit", Says.NO, refusal.message))
        return 0


def _worth(value: Decimal, terms: LicenceLine, found: list[Check]) -> int:
    try:
        return scaled(value, terms.value_scale, what="the value")
    except LedgerRefusal as refusal:
        found.append(Check("value", Says.NO, refusal.message))
        return 0


def _enough(state: State, number: int, asked: Amount | None, left: Amount) -> Iterator[Check]:
    licence, terms, line = state.licence, state.licence.lines[number - 1], state.lines[number - 1]
    window = terms.window
    if window is not None and window.quantity is not None and left.q <= 0:
        words = f"nothing is left on that day of {shown(window.quantity, terms.scale)} {terms.unit} in {window.words}"
        yield Check("window", Says.NO, words)
    elif terms.quantity is not None and left.q <= 0:
        used = max(line.used_q, line.seen_q)
        words = f"nothing is left of {shown(line.granted_q, terms.scale)} {terms.unit}: {shown(used, terms.scale)} used"
        yield Check("balance", Says.NO, f"{words}, {shown(line.granted_q - used - left.q, terms.scale)} spoken for")
    if window is not None and window.value is not None and left.v <= 0:
        words = f"nothing is left on that day of {shown(window.value, terms.value_scale)} {terms.currency} in {window.words}"
        yield Check("window", Says.NO, words)
    elif terms.value is not None and left.v <= 0:
        yield Check("balance", Says.NO, f"nothing is left of {shown(line.granted_v, terms.value_scale)} {terms.currency}")
    if state.max_uses is not None and left.uses <= 0:
        batch = "one batch, and it is used" if state.max_uses == 1 else f"all {state.max_uses} uses are used or spoken for"
        yield Check("uses", Says.NO, batch)
    if licence.unsplit and asked is not None and terms.quantity is not None and asked.q != left.q > 0:
        more = "more" if asked.q > left.q else "less"
        words = f"may not be split: {shown(left.q, terms.scale)} {terms.unit} go at once, {shown(asked.q, terms.scale)} are {more}"
        yield Check("splitting", Says.NO, words)


def _open(decision: Decision, chosen: Iterable[Share]) -> Iterator[Check]:
    """Bites that only may be there, unless a licence that was taken answers them; of no matter where none was taken."""
    taken = list(chosen)
    for bite in decision.possible if taken else ():
        if not bite.effect.restricts or bite.measure.instrument.kind == ACT:
            continue
        answered = False
        for share in taken:
            said = check(share.fit.state, share.fit.number, decision, bite)
            answered = answered or all(one.says is Says.YES for one in said)
        if not answered:
            asks = sorted(ask for one in bite.findings for ask in one.asks)
            words = f"{bite.measure.id} may bite as well, and no licence taken answers it"
            yield Check("possible", Says.ASK, words, fact=asks[0] if asks else bite.measure.id)


# --- said -------------------------------------------------------------------------------------------------------------


def with_cover(covered: Covered) -> Decision:
    """The decision with its cover: the lane is green where the goods may go; the verdict stays."""
    unmet = (fit for answer in covered.answers if not answer.met for fit in answer.fits if fit.says is Says.ASK)
    asks = dict.fromkeys((fit.state.licence.id, one.fact, one.words) for fit in islice(unmet, ASKS_MAX) for one in fit.asks)
    plain = [{"licence": id, "fact": fact, "why": words} for id, fact, words in asks]
    plain += [{"fact": fact, "why": words} for fact, words in dict.fromkeys((one.fact, one.words) for one in covered.asks)]
    told = tuple(plain_share(share, covered) for share in covered.takes)
    unmet_by = tuple(dict.fromkeys(answer.bite.measure.id for answer in covered.answers if not answer.met))
    return replace(covered.decision, cover=told, cover_asks=tuple(plain), uncovered=unmet_by, covered=covered.full)


def plain_share(share: Share, covered: Covered) -> dict[str, Any]:
    """What a licence gives a line, as plain values."""
    fit = share.fit
    for_ = [answer.bite.measure.id for answer in covered.answers for one in answer.shares if one.fit.key == share.fit.key]
    told: dict[str, Any] = {"licence": fit.state.licence.id}
    if fit.number != 1:
        told["line"] = fit.number
    told |= amounts(fit, share.given, share.short)
    day = day_of(covered.decision, fit.state.licence.zone)
    told |= {"until": fit.state.until, "for": for_}
    if kept := provisos_on(fit.state, day):
        told["provisos"] = [f"{one.id}: {one.words}" for one in kept]
    return told


def amounts(fit: Fit, given: Amount, short: Fraction) -> dict[str, str]:
    """What is left, given and short, in the unit of the licence (or its currency, where it counts no quantity)."""
    terms, asked, line = fit.terms, fit.asked or NONE, fit.state.lines[fit.number - 1]
    if terms.quantity is not None:
        told = {
            "granted": shown(line.granted_q, terms.scale),
            "used": shown(max(line.used_q, line.seen_q), terms.scale),
            "reserved": shown(line.reserved_q, terms.scale),
            "left": shown(fit.left.q, terms.scale),
            "takes": shown(given.q, terms.scale),
            "short": shown(ceil(asked.q * short), terms.scale),
            "unit": terms.unit,
        }
        if terms.value is not None:
            told |= {"value_left": shown(fit.left.v, terms.value_scale), "currency": terms.currency}
    elif terms.value is not None:
        scale = terms.value_scale
        told = {
            "left": shown(fit.left.v, scale),
            "takes": shown(given.v, scale),
            "short": shown(ceil(asked.v * short), scale),
            "unit": terms.currency,
        }
    else:
        told = {"left": "not metered", "takes": "all", "short": "0" if short == 0 else "all", "unit": terms.unit}
    if terms.window is not None:
        told["window"] = window_words(terms)
        if terms.limits_quantity and "granted" not in told:
            told |= {"left": shown(fit.left.q, terms.scale), "takes": shown(given.q, terms.scale), "unit": terms.unit}
            told["short"] = shown(ceil(asked.q * short), terms.scale)
        elif terms.limits_value and "granted" not in told:
            scale = terms.value_scale
            told |= {"left": shown(fit.left.v, scale), "takes": shown(given.v, scale), "unit": terms.currency}
            told["short"] = shown(ceil(asked.v * short), scale)
        if terms.limits_value and terms.limits_quantity:
            told |= {"value_left": shown(fit.left.v, terms.value_scale), "currency": terms.currency}
    if fit.state.max_uses is not None:
        told["uses_left"] = str(fit.left.uses)
    return told


def gives_of(fit: Fit, answer: Answer) -> tuple[Amount, Fraction]:
    """What a licence gives for a bite and what is short after it; of one that was not taken: what it would give by itself."""
    for share in answer.shares:
        if share.fit is fit:
            return share.given, share.short
    given = fit.gives(1)
    return given, Fraction(1) - fit.part(given) if given != NONE else Fraction(1)


def provisos_on(state: State, day: str) -> tuple[Proviso, ...]:
    """The provisos to be kept on a day: each has days of its own, or those of the licence."""
    return tuple(
        one for one in state.licence.provisos if (not one.since or one.since <= day) and (not one.until or day < one.until)
    )


def held_for(run: str, reservations: Iterable[tuple[str, Ref]]) -> dict[str, dict[Key, Amount]]:
    """Of open reservations those that a run made, by the name of the line."""
    found: dict[str, dict[Key, Amount]] = {}
    for id, ref in reservations:
        line_id = line_of(run, id)
        if line_id is not None and not ref.site:
            of_line = found.setdefault(line_id, {})
            of_line[ref.licence, ref.line] = of_line.get((ref.licence, ref.line), NONE) + Amount(ref.q, ref.v, ref.uses)
    return found


def reservation_id(run: str, line_id: str, key: Key) -> str:
    """The id under which a run reserves for a line: one a run, line, licence and line of the licence."""
    return f"{run}/{hashlib.sha256(key[0].encode()).hexdigest()[:8]}.{key[1]}/{line_id}"


def line_of(run: str, id: str) -> str | None:
    """The line that a reservation was made for, if that run made it."""
    head, _, line_id = id.removeprefix(f"{run}/").partition("/")
    return line_id if id.startswith(f"{run}/") and _HEAD.match(head) else None
