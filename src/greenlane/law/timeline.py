"""What was the history of a measure, as known by a day: which state from when to when, by which act, and who says so.

Everything here is derived from `RuleBase.stand()` at the bounds of a rule; what a state means is decided there and only
there. What is added is the edge: the act that made it, the day it became public, its source. Nothing asks the clock.

    spans(base.measures["cn-2025-057/1C909.a"], base, Asked.read("2026-10-10"))
    # not begun from 2025-10-09, suspended from 2025-11-08, unknown from 2026-11-10
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from greenlane.law.effect import Effect
from greenlane.law.measure import Act, Instrument, Lift, Measure, Rule
from greenlane.law.rulebase import RuleBase, Stand, State
from greenlane.terms.periods import Asked, Bound, Moment
from greenlane.terms.sources import Source

TRACKS_MAX = 3
FOLDED_KINDS = ("listing",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A rule in one state, from `start` (in) to `end` (out; None: no end is known), with the edge that began it.

    `by` is the instrument or act that made the edge, `why` says how, `known_since` is the day the edge became public. A
    span that is `unknown` may name the statement that claims a later end of the pause (`stated_by`, `stated_end`).
    """

    start: Bound
    end: Bound | None
    state: State
    by: str
    why: str
    known_since: Bound
    source: Source | None
    leaves: Effect = Effect.FREE
    rate: Decimal | None = None
    branches: tuple[tuple[str, Decimal], ...] = ()
    is_duty: bool = False
    stated_by: str = ""
    stated_end: Bound | None = None

    @property
    def is_nil(self) -> bool:
        """Whether it is a duty of zero: in force, and nothing to pay."""
        return self.is_duty and self.state is State.IN_FORCE and self.rate == 0

    @property
    def shape(self) -> tuple[object, ...]:
        """What two spans of different measures must share to be told as one."""
        return (
            self.start.utc,
            self.end and self.end.utc,
            self.state,
            self.leaves,
            self.rate,
            self.branches,
            self.by,
            self.why,
            self.stated_by,
        )

    def holds(self, moment: Moment) -> bool:
        """Whether the moment lies in the span."""
        return moment.reached(self.start) and not (self.end is not None and moment.reached(self.end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was only said: a promise, an offer, an announcement without effect, or an end that no instrument carries."""

    id: str
    title: str
    instrument: Instrument
    status: str  # floated, offered, agreed, published; stated (an end); noted (by an act in force, without effect)
    known_since: Bound
    start: Bound
    end: Bound | None
    source: Source | None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """Rules of one history."""

    rules: tuple[Rule, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a timeline: an instrument with its histories, what was only said, or several instruments folded."""

    side: str
    id: str
    title: str
    kind: str  # measures, exceptions, said, folded
    instruments: tuple[Instrument, ...]
    tracks: tuple[Track, ...] = ()
    said: tuple[Statement, ...] = ()

    @property
    def start(self) -> Bound:
        """The first day on which there is anything to see: by it rows are sorted."""
        begun = [span.start for track in self.tracks for span in track.spans if span.state is not State.NOT_BEGUN]
        spans = begun or [span.start for track in self.tracks for span in track.spans]
        return min([*spans, *(one.start for one in self.said)], key=lambda bound: bound.utc)


# --- one rule -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Edge:
    at: Bound
    by: str
    why: str
    known_since: Bound
    source: Source | None


def spans(rule: Rule, rules: RuleBase, known_by: Asked) -> tuple[Span, ...]:
    """The history of a measure or lift as known by a day; empty if it was not public by then."""
    if not known_by.knows(rule.known_since):
        return ()
    bounds = sorted(
        {bound.utc: bound for bound in (*rules.bounds_of(rule), rule.known_since)}.values(), key=lambda bound: bound.utc
    )
    found: list[Span] = []
    for bound, after in zip(bounds, [*bounds[1:], None], strict=True):
        span = _span(rule, rules, bound, after, known_by)
        if span.state is State.NOT_BEGUN and bound < rule.known_since:
            continue  # nobody could say "not begun" of what was not public
        if found and _same(found[-1], span):
            found[-1] = replace(found[-1], end=span.end)
        else:
            found.append(span)
    return tuple(found)


def held(history: Sequence[Span], moment: Moment) -> Span | None:
    """The span that holds at a moment; None before the first."""
    return next((span for span in history if span.holds(moment)), None)


def _same(one: Span, other: Span) -> bool:
    return replace(other, start=one.start, end=one.end) == one


def _span(rule: Rule, rules: RuleBase, start: Bound, end: Bound | None, known_by: Asked) -> Span:
    moment = Moment.of_instant(start.utc)
    stand = rules.stand(rule, moment, known_by)
    edge = _edge(rule, rules, stand, moment, known_by)
    span = Span(
        start=start,
        end=end,
        state=stand.state,
        by=edge.by,
        why=edge.why,
        known_since=edge.known_since,
        source=edge.source,
        leaves=stand.leaves,
        is_duty=isinstance(rule, Measure) and bool(rule.steps),
    )
    if isinstance(rule, Measure) and rule.steps and (step := rules.step(rule, moment, known_by)) is not None:
        return replace(span, rate=step.rate, branches=step.branches)
    if stand.state is State.UNKNOWN and stand.act is not None:
        stated = rules.stated_end(stand.act, known_by)
        if stated is not None and stated.end is not None and not moment.reached(stated.end):
            return replace(span, stated_by=stated.id, stated_end=stated.end)
    return span


def _edge(rule: Rule, rules: RuleBase, stand: Stand, moment: Moment, known_by: Asked) -> _Edge:
    """The last edge before a moment that explains the state."""
    own = rule.instrument.id
    announced = _Edge(rule.known_since, own, "announced", rule.known_since, _first(rule.sources))
    if stand.state in (State.NOT_BEGUN, State.NOT_KNOWN):
        return announced
    if isinstance(rule, Measure) and rule.steps:
        step = rules.step(rule, moment, known_by)
        assert step is not None
        return _Edge(step.start, own, "rate set", step.known_since, step.source)
    if stand.act is not None:
        return _edge_of_act(stand, stand.act, rules, moment, known_by)
    edges = [announced]
    for one in rule.periods:
        if known_by.knows(one.known_since) and moment.reached(one.period.start):
            edges.append(_Edge(one.period.start, own, "begins", one.known_since, one.source))
            end = one.period.end if known_by.knows(one.end_known_since) else None
            if stand.state is State.ENDED and end is not None and moment.reached(end):
                edges.append(_Edge(end, own, "ends", one.end_known_since, one.source))
            if stand.state is State.UNKNOWN and one.unknown_after is not None:
                doubt = one.unknown_after
                edges.append(_Edge(doubt, own, "nobody confirmed since", doubt, one.source))
    if stand.state is State.IN_FORCE:
        edges.extend(_lapses(rule, rules, moment, known_by))
    return max(edges[1:], key=lambda edge: edge.at.utc, default=announced)


def _edge_of_act(stand: Stand, act: Act, rules: RuleBase, moment: Moment, known_by: Asked) -> _Edge:
    source = _first(act.sources)
    if stand.state is State.SUSPENDED:
        carrier, before = _carrier(act, rules, moment, known_by)
        at = before if before is not None else act.start
        assert at is not None
        return _Edge(
            at,
            carrier.id,
            "suspended" if carrier is act else "suspension extended",
            carrier.known_since,
            _first(carrier.sources),
        )
    if stand.state is State.UNKNOWN:
        last = _last(act, rules, known_by)
        assert last.end is not None
        return _Edge(
            last.end,
            last.id,
            "suspension runs out, and nobody confirmed what follows",
            last.known_since,
            _first(last.sources),
        )
    assert act.start is not None
    why = "announced as not enforced" if stand.state is State.UNENFORCED else "ended"
    return _Edge(act.start, act.id, why, act.known_since, source)


def _lapses(rule: Rule, rules: RuleBase, moment: Moment, known_by: Asked) -> Iterable[_Edge]:
    """The ends of what kept a rule from biting: a suspension that ran out, a time in which it was not enforced."""
    for act in rules.acts_on(rule.id):
        if not known_by.knows(act.known_since):
            continue
        if act.does == "suspends" and act.start is not None and moment.reached(act.start):
            last = _last(act, rules, known_by)
            if last.end is not None and moment.reached(last.end):
                yield _Edge(last.end, last.id, "suspension runs out", last.known_since, _first(last.sources))
        elif act.does == "not_enforced" and act.end is not None and moment.reached(act.end):
            yield _Edge(act.end, act.id, "enforced again", act.known_since, _first(act.sources))


def _chain(act: Act, rules: RuleBase, known_by: Asked) -> list[Act]:
    """A suspension and its extensions as known, each further than the one before."""
    chain = [act]
    known = [one for one in rules.acts_on(act.id) if one.does == "extends" and known_by.knows(one.known_since)]
    extensions = [(one.end, one) for one in known if one.end is not None]
    for end, one in sorted(extensions, key=lambda pair: pair[0].utc):
        last = chain[-1].end
        if last is None or last < end:
            chain.append(one)
    return chain


def _carrier(act: Act, rules: RuleBase, moment: Moment, known_by: Asked) -> tuple[Act, Bound | None]:
    """The link of the chain that carries the suspension at a moment, and the end of the link before it."""
    before: Bound | None = None
    for link in (chain := _chain(act, rules, known_by)):
        if link.end is None or not moment.reached(link.end):
            return link, before
        before = link.end
    return chain[-1], None


def _last(act: Act, rules: RuleBase, known_by: Asked) -> Act:
    return _chain(act, rules, known_by)[-1]


def _first(sources: Sequence[Source]) -> Source | None:
    """The source to name first: one with an address, if there is one."""
    return next((source for source in sources if source.href is not None), sources[0] if sources else None)


# --- acts and statements --------------------------------------------------------------------------------------------


def stand_of_act(act: Act, rules: RuleBase, moment: Moment, known_by: Asked) -> State:
    """Whether an act is at work: a pause before, in, and after its time; an end, an extension once it is known."""
    if not known_by.knows(act.known_since):
        return State.NOT_KNOWN
    if act.start is not None and not moment.reached(act.start):
        return State.NOT_BEGUN
    if act.does in ("suspends", "not_enforced"):
        end, unknown = rules.end_of(act, known_by)
        if end is not None and moment.reached(end):
            return State.UNKNOWN if unknown else State.ENDED
    return State.IN_FORCE


def statements(rules: RuleBase, known_by: Asked) -> tuple[Statement, ...]:
    """Everything that was only said, by the day it became known: promises, offers, notes, ends without an act."""
    found: list[Statement] = []
    for measure in rules.measures.values():
        status = status_of(measure)
        if not status or not known_by.knows(measure.known_since):
            continue
        history = spans(measure, rules, known_by)
        begun = [span for span in history if span.state not in (State.NOT_BEGUN, State.ENDED)] or list(history)
        found.append(
            Statement(
                id=measure.id,
                title=measure.title,
                instrument=measure.instrument,
                status=status,
                known_since=measure.known_since,
                start=begun[0].start,
                end=begun[-1].end,
                source=_first(measure.sources),
            )
        )
    found.extend(
        Statement(
            id=act.id,
            title=f"{act.instrument.title}: says that it goes on to {act.end}",
            instrument=act.instrument,
            status="stated",
            known_since=act.known_since,
            start=act.known_since,
            end=act.end,
            source=_first(act.sources),
            about=act.targets,
        )
        for act in rules.acts.values()
        if act.does == "states_end" and known_by.knows(act.known_since)
    )
    return tuple(sorted(found, key=lambda one: (one.known_since.utc, one.id)))


# --- many rules -----------------------------------------------------------------------------------------------------


def tracks(found: Iterable[Rule], rules: RuleBase, known_by: Asked) -> tuple[Track, ...]:
    """Rules with their histories, those of one history together; what was not public is left out."""
    grouped: dict[tuple[object, ...], tuple[list[Rule], tuple[Span, ...]]] = {}
    for rule in found:
        history = spans(rule, rules, known_by)
        if history:
            grouped.setdefault(tuple(span.shape for span in history), ([], history))[0].append(rule)
    return tuple(Track(tuple(members), history) for members, history in grouped.values())


def rows(rules: RuleBase, known_by: Asked, *, sides: Sequence[str] = ("cn", "us"), unfold: bool = False) -> tuple[Row, ...]:
    """The two sides over time, as known by a day: by side, then by start. Listings stand in one row unless unfolded."""
    found: list[Row] = []
    said = statements(rules, known_by)
    deciding: dict[str, list[Rule]] = {}
    lifting: dict[str, list[Rule]] = {}
    for measure in rules.measures.values():
        if not status_of(measure):
            deciding.setdefault(measure.instrument.id, []).append(measure)
    for lift in rules.lifts.values():
        lifting.setdefault(lift.instrument.id, []).append(lift)
    for side in sides:
        mine: list[Row] = []
        folded: dict[str, list[Row]] = {}
        for one in rules.instruments.values():
            if one.side != side:
                continue
            words = tuple(statement for statement in said if statement.instrument.id == one.id)
            kind = "measures" if one.id in deciding else "exceptions" if one.id in lifting else "said"
            histories = tracks(deciding.get(one.id, lifting.get(one.id, [])), rules, known_by)
            if not histories and not words:
                continue
            if not histories:
                kind = "said"
            row = Row(side=side, id=one.id, title=one.title, kind=kind, instruments=(one,), tracks=histories, said=words)
            fold = one.kind in FOLDED_KINDS and kind == "measures" and not unfold
            (folded.setdefault(one.kind, []) if fold else mine).append(row)
        mine.extend(_fold(side, kind, group) for kind, group in folded.items())
        found.extend(sorted(mine, key=lambda row: (row.kind == "said", row.start.utc, row.id)))
    return tuple(found)


def _fold(side: str, kind: str, group: Sequence[Row]) -> Row:
    if len(group) == 1:
        return group[0]
    return Row(
        side=side,
        id=f"{side}-{kind}s",
        title=f"{len(group)} {kind}s of firms",
        kind="folded",
        instruments=tuple(one for row in group for one in row.instruments),
        tracks=tuple(track for row in group for track in row.tracks),
        said=tuple(one for row in group for one in row.said),
    )


def rules_of(rules: RuleBase, instrument: str) -> tuple[Rule, ...]:
    """The measures and lifts of an instrument."""
    measures: list[Measure | Lift] = [one for one in rules.measures.values() if one.instrument.id == instrument]
    return (*measures, *(one for one in rules.lifts.values() if one.instrument.id == instrument))


def states_on(instrument: Instrument, rules: RuleBase, day: Asked, known_by: Asked) -> tuple[dict[str, int], ...]:
    """How many rules of an instrument are in which state on a day: one count, or one for each part of a changing day.

    The words are those of `State` with underscores, `at_zero` for a duty of zero, and the status of what was only said.
    An instrument without measures is told by its lifts, one without lifts by its acts.
    """
    measures = [one for one in rules.measures.values() if one.instrument.id == instrument.id]
    found: Sequence[Rule] = measures or [one for one in rules.lifts.values() if one.instrument.id == instrument.id]
    acts = [] if found else [one for one in rules.acts.values() if one.instrument.id == instrument.id]
    bounds = frozenset(bound for rule in found for bound in rules.bounds_of(rule))
    histories = [(rule, spans(rule, rules, known_by)) for rule in found]
    counted: list[dict[str, int]] = []
    for moment in day.moments(bounds | frozenset(bound for act in acts for bound in act.bounds)):
        words = [_word(rule, history, moment) for rule, history in histories]
        for act in acts:
            state = stand_of_act(act, rules, moment, known_by)
            words.append("stated" if act.does == "states_end" and state is State.IN_FORCE else code_of(state))
        counts = {word: words.count(word) for word in dict.fromkeys(words)}
        if not counted or counted[-1] != counts:
            counted.append(counts)
    return tuple(counted)


def status_of(rule: Rule) -> str:
    """The status of what was only said (floated ... published, or noted by an act in force); empty for law."""
    if not rule.instrument.decides:
        return rule.instrument.status
    return "noted" if isinstance(rule, Measure) and rule.effect is Effect.NONE else ""


def code_of(state: State) -> str:
    """The state as one word, as files carry it."""
    return state.value.replace(" ", "_")


def _word(rule: Rule, history: Sequence[Span], moment: Moment) -> str:
    span = held(history, moment)
    if not history:
        return code_of(State.NOT_KNOWN)
    if span is None:
        return code_of(State.NOT_BEGUN)
    if span.state is State.IN_FORCE and (said := status_of(rule)):
        return said
    return "at_zero" if span.is_nil else code_of(span.state)
