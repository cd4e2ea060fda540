"""What changed in the law, as it became public; and on which days does something begin, end, revive or fall into doubt?

`news` tells the past of knowledge: for each day on which something became public, what was new against the day before. An
announcement that was later overtaken stays in it, because it was news then. `dates` tells the calendar as known by one day:
one entry a day on which something changes. Rules of one instrument that change alike are one entry with a count, so that the
1,500 rows of a table are one. A letter that was never published appears on its first public day. Nothing asks the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from greenlane.law import timeline
from greenlane.law.effect import Effect
from greenlane.law.groups import Group, Member
from greenlane.law.measure import Lift, Measure, Rule
from greenlane.law.rates import Entry
from greenlane.law.rulebase import RuleBase, State
from greenlane.law.timeline import Span
from greenlane.terms.amounts import show
from greenlane.terms.periods import Asked, Bound
from greenlane.terms.sources import Source, Standing

NAMED_MAX: Final = 12
_Told = tuple[Rule, tuple[Span, ...]]
_SIDES: Final = {"cn": "China", "us": "United States"}
_EFFECTS: Final = {
    Effect.LICENCE_REQUIRED: "licence required",
    Effect.PRESUMPTION_OF_DENIAL: "licence required, presumption of denial",
    Effect.PROHIBITED: "prohibited",
    Effect.REPORT: "duty to report",
    Effect.NONE: "no effect",
    Effect.FREE: "free",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that changes: when it became public, on which day it takes effect, and for how many rules or names.

    `key` is made of what the event is and never of how many rules share it: an id made from it stays when the rule base grows.
    """

    key: tuple[str, ...]
    title: str
    lines: tuple[str, ...]
    side: str
    kind: str  # starts ends suspended revives unknown unenforced rate announced said listed delisted
    about: str  # the instrument or group
    by: str
    known_since: Bound
    at: Bound
    certain: bool
    names: tuple[str, ...]
    count: int
    source: Source | None


# --- what became public, day by day ---------------------------------------------------------------------------------


def news(rules: RuleBase, known_by: Asked, *, since: date | None = None, sides: Sequence[str] = ("cn", "us")) -> tuple[Event, ...]:
    """What became public up to a day (and not before `since`), the newest first."""
    found: dict[tuple[str, ...], tuple[Bound, list[_Told]]] = {}
    for rule in (*rules.measures.values(), *rules.lifts.values()):
        if rule.instrument.side not in sides or timeline.status_of(rule) or not known_by.knows(rule.known_since):
            continue
        seen: set[str] = set()
        for known in _days_of_knowledge(rule, rules, known_by):
            history = timeline.spans(rule, rules, Asked.of(known.day))
            # That a span ends otherwise than was known is told by the span that follows it.
            new = tuple(span for span in _told(history) if _key_of(span) not in seen)
            seen |= {_key_of(span) for span in history}
            if new:
                key = ("news", rule.instrument.id, known.day.isoformat(), _word(rule), *map(_group_of, new))
                found.setdefault(key, (known, []))[1].append((rule, new))
    events = [_news_event(key, known, told) for key, (known, told) in found.items()]
    events += [one for one in _memberships(rules, known_by, sides) if known_by.knows(one.known_since)]
    events += [one for one in _schedules(rules, known_by, sides) if one.known_since.day > rules.measures[one.by].known_since.day]
    events += _said(one for one in timeline.statements(rules, known_by) if one.instrument.side in sides)
    kept = [one for one in events if since is None or one.known_since.day >= since]
    return tuple(sorted(kept, key=lambda one: (-one.known_since.utc.timestamp(), one.about, one.key)))


def _days_of_knowledge(rule: Rule, rules: RuleBase, known_by: Asked) -> list[Bound]:
    """The days on which what is known about a rule may have changed, one bound a day, in order."""
    bounds: list[Bound] = [rule.known_since]
    for one in rule.periods:
        bounds += [one.known_since, *((one.end_known_since,) if one.period.end is not None else ())]
        bounds += [one.unknown_after] if one.unknown_after is not None else []
    if isinstance(rule, Measure):
        bounds += [step.known_since for step in rule.steps]
    for act in rules.acts_on(rule.id):
        bounds.append(act.known_since)
        bounds += [other.known_since for other in rules.acts_on(act.id)]
    days: dict[date, Bound] = {}
    for bound in sorted(bounds, key=lambda one: one.utc):
        if known_by.knows(bound) and bound.day >= rule.known_since.day:
            days.setdefault(bound.day, bound)
    return [days[day] for day in sorted(days)]


def _told(history: Sequence[Span]) -> tuple[Span, ...]:
    """The spans worth telling: that a rule has not begun is told by its beginning."""
    begun = tuple(span for span in history if span.state is not State.NOT_BEGUN)
    return begun or tuple(history)


def _news_event(key: tuple[str, ...], known: Bound, told: Sequence[_Told]) -> Event:
    rule, new = told[0]
    first = new[0]
    home = rule.instrument
    alike = [tuple((one, spans[number]) for one, spans in told) for number in range(len(new))]
    members = [one for one, _ in told]
    return Event(
        key=key,
        title=f"{_SIDES[home.side]}: {home.title}: {_alike_words(alike[0])} from {_day(first.start)}{_counted(members)}",
        lines=(*(f"{_day(same[0][1].start)}: {_alike_words(same)}" for same in alike), *_rule_lines(members)),
        side=home.side,
        kind=_kind(first),
        about=home.id,
        by=first.by,
        known_since=known,
        at=first.start,
        certain=_is_certain(members, first),
        names=tuple(one.id for one in members),
        count=len(members),
        source=first.source,
    )


# --- the calendar as known by one day -------------------------------------------------------------------------------


def dates(rules: RuleBase, known_by: Asked, *, since: date | None = None, sides: Sequence[str] = ("cn", "us")) -> tuple[Event, ...]:
    """Every day on which something begins, ends, revives, changes its rate or falls into doubt, as known; in order."""
    found: dict[tuple[str, ...], list[tuple[Rule, Span]]] = {}
    for rule in (*rules.measures.values(), *rules.lifts.values()):
        if rule.instrument.side not in sides or timeline.status_of(rule):
            continue
        for span in timeline.spans(rule, rules, known_by):
            if span.state is not State.NOT_BEGUN:
                key = ("date", rule.instrument.id, _word(rule), _group_of(span))
                found.setdefault(key, []).append((rule, span))
    events = [_date_event(key, alike) for key, alike in found.items()]
    events += [_stated_end(key, alike) for key, alike in found.items() if alike[0][1].stated_end is not None]
    events += [one for one in _memberships(rules, known_by, sides) if known_by.knows(one.known_since)]
    events += _schedules(rules, known_by, sides)
    kept = [one for one in events if since is None or one.at.day >= since]
    return tuple(sorted(kept, key=lambda one: (one.at.utc, one.about, one.key)))


def _date_event(key: tuple[str, ...], alike: Sequence[tuple[Rule, Span]]) -> Event:
    rule, span = alike[0]
    home = rule.instrument
    members = [one for one, _ in alike]
    words = _alike_words(alike)
    until = {"" if one.end is None else f" until {_day(one.end)}" for _, one in alike}
    return Event(
        key=key,
        title=f"{_SIDES[home.side]}: {home.title}: {words}{_counted(members)}",
        lines=(
            f"from {_day(span.start)}{until.pop() if len(until) == 1 else ''}: {words} ({span.why}, by {span.by})",
            *_rule_lines(members),
        ),
        side=home.side,
        kind=_kind(span),
        about=home.id,
        by=span.by,
        known_since=span.known_since,
        at=span.start,
        certain=_is_certain(members, span),
        names=tuple(one.id for one in members),
        count=len(members),
        source=span.source,
    )


def _stated_end(key: tuple[str, ...], alike: Sequence[tuple[Rule, Span]]) -> Event:
    """The end that was only stated, in no act: it may come or not."""
    rule, span = alike[0]
    home = rule.instrument
    members = [one for one, _ in alike]
    assert span.stated_end is not None
    return Event(
        key=(*key, "stated"),
        title=f"{_SIDES[home.side]}: {home.title}: stated end of the pause, in no act{_counted(members)}",
        lines=(f"{span.stated_by} states {_day(span.stated_end)}; no instrument carries it", *_rule_lines(members)),
        side=home.side,
        kind="said",
        about=home.id,
        by=span.stated_by,
        known_since=span.known_since,
        at=span.stated_end,
        certain=False,
        names=tuple(one.id for one in members),
        count=len(members),
        source=span.source,
    )


# --- lists of firms and places --------------------------------------------------------------------------------------


def _memberships(rules: RuleBase, known_by: Asked, sides: Sequence[str]) -> list[Event]:
    """Who came onto a list or left it, one entry a list and a day; a listing that is an instrument tells that itself."""
    found: list[Event] = []
    for group in rules.groups.values():
        side = group.id.partition("-")[0]
        if group.kind == "list" or side not in sides:
            continue
        came: dict[tuple[date, date], list[Member]] = {}
        left: dict[date, list[Member]] = {}
        home = rules.instruments.get(group.id)
        for member in group.members:
            if member.start is not None:
                known = member.known_since or member.start
                if home is None or home.known_since.day != known.day:
                    came.setdefault((member.start.day, known.day), []).append(member)
            if member.end is not None and known_by.knows(_end_known(member)):
                left.setdefault(member.end.day, []).append(member)
        for members in came.values():
            first = members[0].start
            assert first is not None
            found.append(_listing(group, side, members, "listed", first, members[0].known_since or first))
        for members in left.values():
            last = members[0].end
            assert last is not None
            found.append(_listing(group, side, members, "delisted", last, _end_known(members[0])))
    return found


def _end_known(member: Member) -> Bound:
    """The day on which the end of a membership became known: its own, else when it came, or with a member that has no start."""
    assert member.end is not None
    return member.end_known_since or (member.end if member.start is not None else member.known_since or member.end)


def _listing(group: Group, side: str, members: Sequence[Member], kind: str, at: Bound, known: Bound) -> Event:
    names = sorted(member.value for member in members)
    count = f"{len(names)} {'name' if group.kind == 'parties' else 'place' if group.kind == 'places' else 'code'}"
    count += "s" if len(names) > 1 else ""
    what = "come onto the list" if kind == "listed" else "leave the list"
    if len(names) == 1:
        what = "comes onto the list" if kind == "listed" else "leaves the list"
    return Event(
        key=("list", group.id, kind, at.text, known.text),
        title=f"{_SIDES[side]}: {group.title}: {count} {what} from {_day(at)}",
        lines=_shown(names),
        side=side,
        kind=kind,
        about=group.id,
        by=group.id,
        known_since=known,
        at=at,
        certain=True,
        names=tuple(names),
        count=len(names),
        source=members[0].source or (group.sources[0] if group.sources else None),
    )


# --- tables of rates ------------------------------------------------------------------------------------------------


def _schedules(rules: RuleBase, known_by: Asked, sides: Sequence[str]) -> list[Event]:
    """The days on which rates of a table begin or run out, one entry a day with the number of its lines."""
    found: list[Event] = []
    for measure in rules.measures.values():
        if measure.schedule is None or measure.instrument.side not in sides or not known_by.knows(measure.known_since):
            continue
        begins: dict[tuple[str, str], list[tuple[str, Entry]]] = {}
        for digits in measure.schedule.codes:
            entries = measure.schedule.rows[digits]
            starts = {entry.start.utc for entry in entries}
            for entry in entries:
                if known_by.knows(entry.known_since):
                    begins.setdefault((entry.start.text, entry.known_since.text), []).append((digits, entry))
                if entry.end is not None and entry.end.utc not in starts and known_by.knows(entry.end_known_since):
                    begins.setdefault((entry.end.text, "ends"), []).append((digits, entry))
        found += [_rates(measure, kind == "ends", lines) for (_, kind), lines in begins.items()]
    return found


def _rates(measure: Measure, is_end: bool, lines: Sequence[tuple[str, Entry]]) -> Event:
    home = measure.instrument
    entry = lines[0][1]
    at, known = (entry.end, entry.end_known_since) if is_end else (entry.start, entry.known_since)
    assert at is not None
    rates = sorted({one.rate.percent for _, one in lines if one.rate is not None and one.rate.read and not one.rate.specific})
    words = f" of {show(rates[0])} %" if len(rates) == 1 else f" of {show(rates[0])} % to {show(rates[-1])} %" if rates else ""
    count = f"{len(lines)} tariff line{'s' if len(lines) > 1 else ''}"
    return Event(
        key=("schedule", measure.id, "ends" if is_end else "starts", at.text, known.text),
        title=f"{_SIDES[home.side]}: {measure.title}: rates{words} {'end' if is_end else 'begin'} for {count} on {_day(at)}",
        lines=_shown([f"{digits}: {one.rate or 'rate not known'}" for digits, one in lines]),
        side=home.side,
        kind="ends" if is_end else "rate",
        about=home.id,
        by=measure.id,
        known_since=known,
        at=at,
        certain=not _unverified([measure]) and all(one.rate is not None for _, one in lines),
        names=tuple(digits for digits, _ in lines),
        count=len(lines),
        source=entry.source,
    )


# --- what was only said ---------------------------------------------------------------------------------------------


def _said(statements: Iterable[timeline.Statement]) -> list[Event]:
    """What was only said, once where several ends are stated in the same words."""
    found: dict[tuple[str, ...], list[timeline.Statement]] = {}
    for one in statements:
        found.setdefault(("said", one.instrument.id, one.status, one.known_since.text, one.title), []).append(one)
    return [_said_event(key, same) for key, same in found.items()]


def _said_event(key: tuple[str, ...], same: Sequence[timeline.Statement]) -> Event:
    one = same[0]
    home = one.instrument
    about = sorted({target for statement in same for target in statement.about})
    return Event(
        key=key,
        title=f"{_SIDES[home.side]}: {one.status}, decides nothing: {one.title}",
        lines=(f"{one.status} on {_day(one.known_since)}; changes no answer", *(f"about {name}" for name in _shown(about))),
        side=home.side,
        kind="said",
        about=home.id,
        by=home.id,
        known_since=one.known_since,
        at=one.start,
        certain=False,
        names=tuple(statement.id for statement in same),
        count=len(same),
        source=one.source,
    )


# --- words ----------------------------------------------------------------------------------------------------------


def _word(rule: Rule) -> str:
    """What a rule is to a reader: its effect, or an exception."""
    return "exception" if isinstance(rule, Lift) else rule.effect.value if isinstance(rule, Measure) else ""


def _alike_words(alike: Sequence[tuple[Rule, Span]]) -> str:
    """How rules that change alike stand: one state, or the rates from the lowest to the highest."""
    rates = sorted({span.rate for _, span in alike if span.rate is not None})
    rule, span = alike[0]
    words = f"duty {show(rates[0])} % to {show(rates[-1])} %" if len(rates) > 1 else _state_words(rule, span)
    unsure = ", unverified" if _unverified(one for one, _ in alike) else ""
    return f"{words}{unsure}"


def _unverified(members: Iterable[Rule]) -> bool:
    """Whether no source confirms any of the rules: they decide nothing."""
    return all(one.standing is Standing.UNVERIFIED for one in members)


def _is_certain(members: Sequence[Rule], span: Span) -> bool:
    return span.state is not State.UNKNOWN and not _unverified(members) and not (span.is_duty and span.rate is None)


def _state_words(rule: Rule, span: Span) -> str:
    """How a rule stands in a span, in a few words."""
    subject = "exception" if isinstance(rule, Lift) else ""
    if span.state is State.IN_FORCE:
        if span.is_duty:
            if span.rate is not None:
                return f"duty {show(span.rate)} %"
            readings = " or ".join(f"{show(rate)} % ({name.replace('_', ' ')})" for name, rate in span.branches)
            return f"duty rate not known{f': {readings}' if readings else ''}"
        effect = _EFFECTS.get(rule.effect, rule.effect.value) if isinstance(rule, Measure) else "open"
        again = "in force again, " if span.why == "suspension runs out" else ""
        return f"{subject} {again}{effect}".strip()
    words = {
        State.SUSPENDED: "suspended",
        State.UNENFORCED: "announced as not enforced",
        State.UNKNOWN: "not confirmed whether in force",
        State.ENDED: "ended",
        State.NOT_BEGUN: "announced, not begun",
        State.NOT_KNOWN: "not known",
    }[span.state]
    stays = f", {span.leaves.value.replace('_', ' ')} stays" if span.state is State.SUSPENDED and span.leaves.restricts else ""
    stated = f", said to go on to {_day(span.stated_end)}" if span.stated_end is not None else ""
    return f"{subject} {words}{stays}{stated}".strip()


def _kind(span: Span) -> str:
    if span.state is State.IN_FORCE:
        return "rate" if span.is_duty else "revives" if span.why in ("suspension runs out", "enforced again") else "starts"
    return {
        State.SUSPENDED: "suspended",
        State.UNENFORCED: "unenforced",
        State.UNKNOWN: "unknown",
        State.ENDED: "ends",
        State.NOT_BEGUN: "announced",
        State.NOT_KNOWN: "announced",
    }[span.state]


def _key_of(span: Span) -> str:
    """What a span is, as text: from when, how, by what. Not until when: that is told by the span that follows."""
    rate = "" if span.rate is None else show(span.rate)
    branches = ",".join(f"{name}={show(value)}" for name, value in span.branches)
    return "|".join((_group_of(span), rate, branches))


def _group_of(span: Span) -> str:
    """What spans that are told together share: all but the rate of a duty."""
    stated = "" if span.stated_end is None else f"{span.stated_by} {span.stated_end.text}"
    return "|".join((span.start.text, span.state.value, span.by, span.why, span.leaves.value, stated))


def _day(bound: Bound) -> str:
    """A bound in words: the day, and the hour with its zone where the act gives one."""
    return bound.text.replace("T", " ", 1)


def _counted(members: Sequence[Rule]) -> str:
    return f" ({len(members)} rules)" if len(members) > 1 else ""


def _rule_lines(members: Sequence[Rule]) -> tuple[str, ...]:
    return _shown([f"{one.id}: {one.title}" for one in members])


def _shown(words: Sequence[str]) -> tuple[str, ...]:
    """The first few, and how many more there are."""
    more = (f"and {len(words) - NAMED_MAX} more",) if len(words) > NAMED_MAX else ()
    return (*words[:NAMED_MAX], *more)
