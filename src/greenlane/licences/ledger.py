"""What is a licence after an entry, and is the entry allowed? The one state machine; both stores and every replay run it.

What always holds, for every prefix of a journal that was booked (the numbers are those of the tests):

1.  What is reserved, used and given to sites is never more than granted, unless a dated tolerance says so for that entry, or the
    authority itself cut the grant or reported more. No entry of our own overdraws.
2.  The state is the fold of the entries and nothing else; an entry that is refused changes nothing.
3.  One id is booked once. The same again is acknowledged again; other content under the id is refused.
4.  A reservation is ended once: by a commit (of all, of part with the rest released, or of more if there is more) or a release.
5.  Quantity, value and uses move together or not at all.
6.  Nothing is used on a day on which the licence is not valid, suspended or ended; late reports of earlier days may be booked.
    Nothing is reserved while it is suspended or ended, whatever the day.
7.  The parent has what its sites have not: own + sites = whole.
8.  An amendment carries the use forward, and leaves at least what is used and reserved.
9.  What is used of a line in any stretch of its window is not more than the window allows, by the days on which it was used:
    what is booked late counts where it belongs. Reservations do not count, since the day of their use is not known; none is larger
    than what the window leaves on its own day. A correction, and what is taken back, is booked on the day of the use.
10. A reported total replaces the total of an earlier report; of several the one of the highest run counts (of one run the largest
    total), whatever came first. What customs counted and we did not is no longer left.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences import stages
from greenlane.licences.amounts import AMOUNT_MAX, shown
from greenlane.licences.events import FILED, Command, Entry, Head, hash_after, read_entry, write_entry
from greenlane.licences.licence import Kind, Licence, LicenceLine
from greenlane.terms.periods import day_before, read_day, read_zone


class LineState(NamedTuple):
    """One line: what of it is granted, reserved, used, and free at sites; and the newest total that customs reported."""

    granted_q: int
    reserved_q: int
    used_q: int
    parked_q: int
    seen_q: int
    granted_v: int
    reserved_v: int
    used_v: int
    parked_v: int
    seen_v: int
    report: tuple[int, str]  # run and id of the report; (-1, "") if there is none

    @property
    def left_q(self) -> int:
        """What the holder may still take; below zero if customs counted more, or the authority cut the grant."""
        return self.granted_q - max(self.used_q, self.seen_q) - self.reserved_q - self.parked_q

    @property
    def left_v(self) -> int:
        """The same of the value."""
        return self.granted_v - max(self.used_v, self.seen_v) - self.reserved_v - self.parked_v


class SiteState(NamedTuple):
    """What a site was given of a line, and what of it is reserved and used."""

    given_q: int
    reserved_q: int
    used_q: int
    given_v: int
    reserved_v: int
    used_v: int


class Phase(NamedTuple):
    """From a day on the licence is suspended, revoked and so on; or (`amend`) ends on another day."""

    day: str
    seq: int
    at: str
    kind: str
    until: str


Days = Mapping[int, Mapping[str, tuple[int, int]]]  # of each line that has a window: what was used on which day, quantity and value


class State(NamedTuple):
    """A licence after its entry `seq`."""

    licence: Licence
    seq: int
    lines: tuple[LineState, ...]
    sites: Mapping[tuple[int, str], SiteState]
    uses: int
    uses_held: int
    max_uses: int | None
    since: str
    until: str
    phases: tuple[Phase, ...]
    held: int  # open reservations
    days: Days = {}  # noqa: RUF012  (never changed: a new one takes its place)


class Ref(NamedTuple):
    """What a later entry may refer to: an open reservation (`held`), or a use with what of it is not taken back (`posted`)."""

    kind: str
    licence: str
    line: int
    site: str
    q: int
    v: int
    uses: int


NEVER: Final = (-1, "")
LEGAL: Final[Mapping[str, Mapping[str, str]]] = {
    "active": {
        "suspend": "suspended", "revoke": "revoked", "surrender": "surrendered", "expire": "expired", "close": "closed",
    },
    "suspended": {
        "resume": "active", "revoke": "revoked", "surrender": "surrendered", "expire": "expired", "close": "closed",
    },
    "revoked": {"close": "closed"},
    "surrendered": {"close": "closed"},
    "expired": {"close": "closed"},
    "closed": {},
}  # fmt: skip


def status_on(phases: Iterable[Phase], day: str) -> str:
    """What the licence is on a day, as far as its phases say; a phase that its state does not allow is moot."""
    status = "active"
    for phase in sorted(phases):
        if phase.day > day:
            break
        status = LEGAL[status].get(phase.kind, status)
    return status


def status_shown(state: State, day: str) -> str:
    """The word of the register for a day: the phases, and what days and balance say beside."""
    status = status_on(state.phases, day)
    if status != "active":
        return status
    if day < state.since:
        return "not_yet_valid"
    if day >= state.until:
        return "expired"
    spent = [
        line.left_q <= 0 and line.reserved_q == 0 and line.parked_q == 0
        for line, terms in zip(state.lines, state.licence.lines, strict=True)
        if terms.quantity is not None
    ]
    if state.max_uses is not None and state.uses >= state.max_uses:
        return "used_up"
    return "used_up" if spent and all(spent) else "active"


# --- one step ---------------------------------------------------------------------------------------------------------

Stepped = tuple[State, "Ref | None"]  # the state after, and what stands now under the id referred to (None: nothing any more)


def step(state: State | None, entry: Entry, ref: Ref | None = None) -> Stepped:
    """The state after an entry, and what stands under the id it makes or refers to. Raises LedgerRefusal; changes nothing then.

    `ref` is what stands under `entry.id` (of a commit or release) or `entry.ref` (of a contra).
    """
    kind = entry.kind
    if kind in FILED:
        return _file(state, entry), None
    if state is not None and state.licence.kind is Kind.DOSSIER:
        raise LedgerRefusal("GL0733", f"{entry.licence} is an application: nothing of it is granted, drawn or reported")
    if state is None:
        if kind != "grant":
            hint = "grant it first: greenlane licences grant"
            raise LedgerRefusal("GL0701", f"the ledger holds no licence {entry.licence}", hint=hint)
        return _grant(entry), None
    if state.phases and kind != "observe" and any(phase.kind == "close" for phase in state.phases):
        raise _not_allowed(state, entry, "its books are closed")
    if kind == "draw":
        return _draw(state, entry), None
    if kind == "reserve":
        return _reserve(state, entry)
    return _STEPS[kind](state, entry, ref)


def _grant(entry: Entry) -> State:
    try:
        licence = Licence.read(entry.licence, entry.more)
    except (UsageError, ValueError, KeyError, TypeError) as error:
        raise LedgerRefusal("GL0709", f"the terms of licence {entry.licence} do not read: {error}") from error
    zero = (0, 0, 0, 0)
    lines = tuple(LineState(line.quantity or 0, *zero, line.value or 0, *zero, NEVER) for line in licence.lines)
    return State(licence, entry.seq, lines, {}, 0, 0, licence.max_uses, licence.since, licence.until, (), 0)


def _file(state: State | None, entry: Entry) -> State:
    """An application after a step. Its account holds no amount, so no cover ever comes of it."""
    if state is None:
        account = stages.account(entry)
        state = State(account, entry.seq, (LineState(*(0,) * 10, NEVER),), {}, 0, 0, None, account.since, account.until, (), 0)
    elif state.licence.kind is not Kind.DOSSIER:
        raise LedgerRefusal("GL0733", f"{entry.licence} is a licence, not an application: it does not take `{entry.kind}`")
    before = [(phase.day, phase.seq, phase.kind) for phase in state.phases]
    if stages.takes(before, entry):
        state = state._replace(phases=(*state.phases, Phase(entry.day, entry.seq, entry.at, entry.kind, "")))
    return state._replace(seq=entry.seq)


def _draw(state: State, entry: Entry) -> State:
    _, _, _, _, _, number, site, q, v, uses, *_ = entry
    line = _line(state, number)
    _check_use(state, entry)
    _check_left(state, entry, line, q, v, uses)
    if state.licence.lines[number - 1].window is not None:
        state = _in_window(state, entry, q, v)
    if not site:
        # The common case, a hundred thousand times a second: built in place.
        after = _with_used(line, q, v)
        lines = (after,) if len(state.lines) == 1 else _with(state.lines, number, after)
        return State(state[0], entry[0], lines, state[3], state[4] + uses, *state[5:])
    sites, parked = _at_site(state, number, site, used=(q, v))
    after = line._replace(
        used_q=line.used_q + q, used_v=line.used_v + v, parked_q=line.parked_q + parked[0], parked_v=line.parked_v + parked[1]
    )
    return state._replace(seq=entry.seq, lines=_with(state.lines, number, after), sites=sites, uses=state.uses + uses)


def _reserve(state: State, entry: Entry) -> Stepped:
    number, site, q, v, uses = entry.line, entry.site, entry.q, entry.v, entry.uses
    line = _line(state, number)
    _check_use(state, entry)
    if state.phases:
        booked_on = day_in(entry.at[:16], state.licence.zone)
        if (now := status_on(state.phases, booked_on)) != "active":
            raise _not_allowed(state, entry, f"it is {now} on {booked_on}, when this is booked")
    _check_left(state, entry, line, q, v, uses)
    if state.licence.lines[number - 1].window is not None:
        _in_window(state, entry, q, v)
    sites, parked = _at_site(state, number, site, reserved=(q, v))
    after = line._replace(
        reserved_q=line.reserved_q + q,
        reserved_v=line.reserved_v + v,
        parked_q=line.parked_q + parked[0],
        parked_v=line.parked_v + parked[1],
    )
    new = state._replace(
        seq=entry.seq,
        lines=_with(state.lines, number, after),
        sites=sites,
        uses_held=state.uses_held + uses,
        held=state.held + 1,
    )
    return new, Ref("held", entry.licence, number, site, q, v, uses)


def _freed(state: State, entry: Entry, ref: Ref | None) -> tuple[State, Ref]:
    """The state without the reservation that an entry ends."""
    if ref is None or ref.kind != "held" or ref.licence != entry.licence:
        hint = "a commit or release is given the id of the reservation that it ends"
        raise LedgerRefusal("GL0707", f"licence {entry.licence} has no open reservation {entry.id}", hint=hint)
    if (ref.line, ref.site) != (entry.line, entry.site):
        where = f"line {ref.line}" + (f", site {ref.site}" if ref.site else "")
        raise LedgerRefusal("GL0713", f"reservation {entry.id} is of {where}", hint="name that line and site")
    line = state.lines[ref.line - 1]
    sites, parked = _at_site(state, ref.line, ref.site, reserved=(-ref.q, -ref.v))
    after = line._replace(
        reserved_q=line.reserved_q - ref.q,
        reserved_v=line.reserved_v - ref.v,
        parked_q=line.parked_q + parked[0],
        parked_v=line.parked_v + parked[1],
    )
    new = state._replace(
        seq=entry.seq,
        lines=_with(state.lines, ref.line, after),
        sites=sites,
        uses_held=state.uses_held - ref.uses,
        held=state.held - 1,
    )
    return new, ref


def _commit(state: State, entry: Entry, ref: Ref | None) -> Stepped:
    freed, held = _freed(state, entry, ref)
    if entry.uses != held.uses:
        raise LedgerRefusal("GL0712", f"reservation {entry.id} holds {held.uses} uses, not {entry.uses}")
    return _draw(freed, entry), None


def _release(state: State, entry: Entry, ref: Ref | None) -> Stepped:
    freed, held = _freed(state, entry, ref)
    if (entry.q, entry.v, entry.uses) != (held.q, held.v, held.uses):
        asked, whole = (_told(state, entry.line, *one) for one in ((entry.q, entry.v), (held.q, held.v)))
        hint = "a release frees the whole reservation; commit what was used, and the rest is released with it"
        raise LedgerRefusal("GL0712", f"reservation {entry.id} is of {whole}, not of {asked}", hint=hint)
    return freed, None


def _observe(state: State, entry: Entry, _: Ref | None) -> Stepped:
    line = _line(state, entry.line)
    if entry.q < 0 or entry.v < 0 or entry.site or entry.uses:
        raise LedgerRefusal("GL0708", "a reported total is of a whole line, and not below zero")
    report = (_more_int(entry, "run"), entry.id)
    if report[0] < 0:
        raise LedgerRefusal("GL0709", "a report has a run number", hint="--run: the number of the file, or the day as 20250610")
    if (report[0], entry.q, entry.v, report[1]) > (line.report[0], line.seen_q, line.seen_v, line.report[1]):
        line = line._replace(seen_q=entry.q, seen_v=entry.v, report=report)
    return state._replace(seq=entry.seq, lines=_with(state.lines, entry.line, line)), None


def _contra(state: State, entry: Entry, ref: Ref | None) -> Stepped:
    if ref is None or ref.kind != "posted" or ref.licence != entry.licence:
        raise LedgerRefusal("GL0707", f"licence {entry.licence} has no use {entry.ref} that could be taken back")
    if (ref.line, ref.site) != (entry.line, entry.site):
        raise LedgerRefusal("GL0713", f"the use {entry.ref} is of line {ref.line}, site {ref.site or 'none'}")
    if not (0 <= entry.q <= ref.q and 0 <= entry.v <= ref.v and 0 <= entry.uses <= ref.uses) or not (entry.q or entry.v):
        asked, there = (_told(state, entry.line, *one) for one in ((entry.q, entry.v), (ref.q, ref.v)))
        raise LedgerRefusal("GL0712", f"of the use {entry.ref} {there} can be taken back, not {asked}")
    used = _used_at(state, entry.line, entry.site)
    if entry.q > used[0] or entry.v > used[1] or entry.uses > state.uses:  # a correction took it back already
        asked, there = (_told(state, entry.line, *one) for one in ((entry.q, entry.v), used))
        raise LedgerRefusal("GL0712", f"licence {entry.licence}: {there} are used, of which {asked} cannot be taken back")
    rest = ref._replace(q=ref.q - entry.q, v=ref.v - entry.v, uses=ref.uses - entry.uses)
    return _used_by(state, entry, -entry.q, -entry.v, -entry.uses), rest


def _adjust(state: State, entry: Entry, _: Ref | None) -> Stepped:
    line = _line(state, entry.line)
    q, v, uses = entry.q, entry.v, entry.uses
    used = _used_at(state, entry.line, entry.site)
    if used[0] + q < 0 or used[1] + v < 0 or state.uses + uses < 0 or not (q or v or uses):
        was = _told(state, entry.line, *used)
        raise LedgerRefusal("GL0712", f"licence {entry.licence}: {was} are used, which a correction cannot bring below zero")
    _check_left(state, entry, line, max(q, 0), max(v, 0), max(uses, 0), positive=False)
    return _used_by(state, entry, q, v, uses), None


def _used_at(state: State, number: int, site: str) -> tuple[int, int]:
    """What is used of an account: a site's, or the holder's own, which is what the sites have not used."""
    if site:
        held = state.sites.get((number, site))
        return (0, 0) if held is None else (held.used_q, held.used_v)
    line = state.lines[number - 1]
    others = [one for (where, _), one in state.sites.items() if where == number]
    return line.used_q - sum(one.used_q for one in others), line.used_v - sum(one.used_v for one in others)


def _used_by(state: State, entry: Entry, q: int, v: int, uses: int) -> State:
    line = state.lines[entry.line - 1]
    if state.licence.lines[entry.line - 1].window is not None:
        state = _in_window(state, entry, q, v)
    sites, parked = _at_site(state, entry.line, entry.site, used=(q, v))
    after = line._replace(
        used_q=line.used_q + q, used_v=line.used_v + v, parked_q=line.parked_q + parked[0], parked_v=line.parked_v + parked[1]
    )
    return state._replace(seq=entry.seq, lines=_with(state.lines, entry.line, after), sites=sites, uses=state.uses + uses)


def _allocate(state: State, entry: Entry, _: Ref | None) -> Stepped:
    line = _line(state, entry.line)
    _check_day(state, entry)
    if not entry.site or entry.uses:
        raise LedgerRefusal("GL0713", "an allocation names the site that it goes to", hint="--site")
    own = entry._replace(site="")
    _check_left(state, own, line, entry.q, entry.v, 0)
    return _moved(state, entry, entry.q, entry.v), None


def _recall(state: State, entry: Entry, _: Ref | None) -> Stepped:
    site = state.sites.get((entry.line, entry.site))
    if site is None or entry.uses:
        raise LedgerRefusal("GL0713", f"licence {entry.licence} has given nothing to a site {entry.site or 'without name'}")
    free = site.given_q - site.reserved_q - site.used_q, site.given_v - site.reserved_v - site.used_v
    if entry.q < 0 or entry.v < 0 or not (entry.q or entry.v) or entry.q > free[0] or entry.v > free[1]:
        asked, there = (_told(state, entry.line, *one) for one in ((entry.q, entry.v), free))
        raise LedgerRefusal("GL0703", f"licence {entry.licence}, site {entry.site}: asked back {asked}, {there} are free there")
    return _moved(state, entry, -entry.q, -entry.v), None


def _moved(state: State, entry: Entry, q: int, v: int) -> State:
    key = (entry.line, entry.site)
    site = state.sites.get(key, SiteState(0, 0, 0, 0, 0, 0))
    line = state.lines[entry.line - 1]
    sites = {**state.sites, key: site._replace(given_q=site.given_q + q, given_v=site.given_v + v)}
    after = line._replace(parked_q=line.parked_q + q, parked_v=line.parked_v + v)
    return state._replace(seq=entry.seq, lines=_with(state.lines, entry.line, after), sites=sites)


def _amend(state: State, entry: Entry, _: Ref | None) -> Stepped:
    if (now := status_on(state.phases, entry.day)) not in ("active", "suspended"):
        raise _not_allowed(state, entry, f"it is {now}")
    line, terms = _line(state, entry.line), state.licence.lines[entry.line - 1]
    told = _more(entry)
    until = told.get("until", state.until)
    if (entry.q and terms.quantity is None) or (entry.v and terms.value is None) or (entry.uses and state.max_uses is None):
        raise LedgerRefusal("GL0713", f"licence {entry.licence}, line {entry.line} does not meter what is to be amended")
    if not (entry.q or entry.v or entry.uses or until != state.until):
        raise LedgerRefusal("GL0712", f"licence {entry.licence}: the amendment changes nothing")
    after = line._replace(granted_q=line.granted_q + entry.q, granted_v=line.granted_v + entry.v)
    uses = None if state.max_uses is None else state.max_uses + entry.uses
    short = (
        (entry.q < 0 and after.left_q < 0)
        or (entry.v < 0 and after.left_v < 0)
        or (entry.uses < 0 and uses is not None and uses < state.uses + state.uses_held)
    )
    if short and not told.get("by_authority"):
        bound = _told(state, entry.line, line.left_q if terms.quantity is not None else 0, line.left_v)
        hint = "release or contra first; what the authority itself cut is booked with --by-authority"
        raise LedgerRefusal("GL0712", f"licence {entry.licence}: the amendment takes more than is left ({bound})", hint=hint)
    if min(after.granted_q, after.granted_v) < 0 or max(after.granted_q, after.granted_v) > AMOUNT_MAX or (uses or 0) < 0:
        raise LedgerRefusal("GL0712", f"licence {entry.licence}: no amendment takes more than was granted")
    if state.since >= until:
        raise LedgerRefusal("GL0712", f"licence {entry.licence} begins on {state.since}; it cannot end on {until}")
    phases = state.phases
    if until != state.until:
        phases = (*phases, Phase(entry.day, entry.seq, entry.at, "amend", until))
    return state._replace(
        seq=entry.seq, lines=_with(state.lines, entry.line, after), max_uses=uses, until=until, phases=phases
    ), None


def _phase(state: State, entry: Entry, _: Ref | None) -> Stepped:
    now = status_on(state.phases, entry.day)
    if entry.kind not in LEGAL[now]:
        raise _not_allowed(state, entry, f"it is {now} on {entry.day}")
    if entry.q or entry.v or entry.uses or entry.site:
        raise LedgerRefusal("GL0708", f"to {entry.kind} a licence takes no amount")
    if entry.kind == "expire" and entry.day < state.until:
        raise _not_allowed(state, entry, f"it is valid until {state.until}")
    if entry.kind == "close" and (state.held or any(line.parked_q or line.parked_v for line in state.lines)):
        raise _not_allowed(state, entry, f"{state.held} reservations are open, or sites hold some of it")
    return state._replace(seq=entry.seq, phases=(*state.phases, Phase(entry.day, entry.seq, entry.at, entry.kind, ""))), None


def _again(_: State, entry: Entry, __: Ref | None) -> Stepped:
    raise LedgerRefusal("GL0702", f"licence {entry.licence} is granted already", hint="amend it, or give the new one an id")


_STEPS: Final[Mapping[str, Callable[[State, Entry, Ref | None], Stepped]]] = {
    "grant": _again,
    "amend": _amend,
    "commit": _commit,
    "release": _release,
    "observe": _observe,
    "contra": _contra,
    "adjust": _adjust,
    "allocate": _allocate,
    "recall": _recall,
    **dict.fromkeys(("suspend", "resume", "revoke", "surrender", "expire", "close"), _phase),
}


# --- what is checked --------------------------------------------------------------------------------------------------


def _line(state: State, number: int) -> LineState:
    if not 1 <= number <= len(state.lines):
        raise LedgerRefusal("GL0713", f"licence {state.licence.id} has no line {number}, but {len(state.lines)} of them")
    return state.lines[number - 1]


def _check_use(state: State, entry: Entry) -> None:
    if state.phases or not state.since <= entry.day < state.until:
        _check_day(state, entry)


def _check_day(state: State, entry: Entry) -> None:
    if not state.since <= entry.day < state.until:
        last = day_before(read_day(state.until)).isoformat()
        message = (
            f"licence {entry.licence} is valid from {state.since} to the end of {last} ({state.licence.zone}), not on {entry.day}"
        )
        raise LedgerRefusal(
            "GL0705", message, hint="goods that went are booked on the day on which they went; others need another licence"
        )
    if (now := status_on(state.phases, entry.day)) != "active":
        raise _not_allowed(state, entry, f"it is {now} on {entry.day}")


def _check_left(state: State, entry: Entry, line: LineState, q: int, v: int, uses: int, *, positive: bool = True) -> None:
    """Refuse an entry that takes more than there is. All numbers are named."""
    terms = state.licence.lines[entry.line - 1]
    if positive and (q < 0 or v < 0 or uses < 0 or not (q or v)):
        hint = "what comes back is booked as `contra`, a correction as `adjust`" if q < 0 or v < 0 else ""
        raise LedgerRefusal("GL0708", f"licence {entry.licence}: an amount above zero must be stated", hint=hint)
    if v and not terms.currency:
        raise LedgerRefusal("GL0713", f"licence {entry.licence}, line {entry.line} counts no value", hint="leave the value out")
    if q and terms.quantity is not None and q > (left := _left_q(state, entry, line)):
        left += _grace(entry, "quantity", line.granted_q, left, line.granted_q - max(line.used_q, line.seen_q))
        if q > left:
            raise _too_much(entry, q, left, terms.scale, terms.unit)
    if v and terms.value is not None and v > (left := _left_v(state, entry, line)):
        unspent = line.granted_q - max(line.used_q, line.seen_q) if terms.quantity is not None else 1
        left += _grace(entry, "value", line.granted_v, left, unspent)
        if v > left:
            raise _too_much(entry, v, left, terms.value_scale, terms.currency)
    if uses and state.max_uses is not None and uses > (left := state.max_uses - state.uses - state.uses_held):
        message = f"licence {entry.licence}: asked {uses} use{'s' if uses != 1 else ''}, {left} left of {state.max_uses}"
        raise LedgerRefusal("GL0704", message)
    if max(line.used_q + line.reserved_q + q, line.used_v + line.reserved_v + v) > AMOUNT_MAX:
        raise LedgerRefusal("GL0708", f"licence {entry.licence}: the sum is larger than can be counted here")


def _left_q(state: State, entry: Entry, line: LineState) -> int:
    if not entry.site:
        return line.left_q
    site = _site(state, entry)
    whole = line.granted_q - max(line.used_q, line.seen_q) - line.reserved_q
    return min(site.given_q - site.reserved_q - site.used_q, whole)


def _left_v(state: State, entry: Entry, line: LineState) -> int:
    if not entry.site:
        return line.left_v
    site = _site(state, entry)
    whole = line.granted_v - max(line.used_v, line.seen_v) - line.reserved_v
    return min(site.given_v - site.reserved_v - site.used_v, whole)


def window_left(state: State, number: int, day: str) -> tuple[int | None, int | None]:
    """What the window of a line leaves for a use on a day, quantity and value; None where nothing is limited.

    Of a rolling window it is the least that any stretch with that day in it leaves, also of those that end later.
    """
    window = state.licence.lines[number - 1].window
    if window is None:
        return None, None
    used = state.days.get(number, {})
    lasts = [day] if window.each else [day, *(one for one in used if one > day and window.ending(one)[0] <= day)]
    most_q = most_v = 0
    for end in lasts:
        first, last = window.ending(end)
        within = [amounts for one, amounts in used.items() if first <= one <= last]
        most_q, most_v = max(most_q, sum(q for q, _ in within)), max(most_v, sum(v for _, v in within))
    return (
        None if window.quantity is None else window.quantity - most_q,
        None if window.value is None else window.value - most_v,
    )


def _in_window(state: State, entry: Entry, q: int, v: int) -> State:
    """The state with what is used counted on its day; refused if a stretch of the window does not hold it."""
    number, day = entry.line, entry.day
    terms = state.licence.lines[number - 1]
    window = terms.window
    assert window is not None
    used = state.days.get(number, {})
    was = used.get(day, (0, 0))
    now = was[0] + q, was[1] + v
    if now[0] < 0 or now[1] < 0:
        message = f"licence {entry.licence}: on {day} {_told(state, number, *was)} are used, which cannot come below zero"
        hint = "a correction, and what is taken back, is booked on the day of the use"
        raise LedgerRefusal("GL0712", message, hint=hint)
    left = window_left(state, number, day)
    for asked, most, free, scale, unit in (
        (q, window.quantity, left[0], terms.scale, terms.unit),
        (v, window.value, left[1], terms.value_scale, terms.currency),
    ):
        if free is not None and most is not None and asked > max(free, 0):
            message = (
                f"licence {entry.licence}: in {window.words} {shown(most, scale)} {unit} may be used; for a use on {day} "
                f"{shown(max(free, 0), scale)} {unit} are left of it, asked {shown(asked, scale)} {unit}"
            )
            raise LedgerRefusal("GL0717", message)
    days = {key: value for key, value in {**used, day: now}.items() if value != (0, 0)}
    return state._replace(days={**state.days, number: days})


def _site(state: State, entry: Entry) -> SiteState:
    found = state.sites.get((entry.line, entry.site))
    if found is None:
        raise LedgerRefusal("GL0713", f"licence {entry.licence} has given nothing to a site {entry.site}", hint="allocate first")
    return found


def _grace(entry: Entry, meter: str, granted: int, left: int, unspent: int) -> int:
    """What the tolerance that an entry relies on adds, rounded down; nothing once the whole quantity is used, nor at a site."""
    if not entry.more or entry.site or unspent <= 0:
        return 0
    told = _more(entry).get("tolerance")
    if not isinstance(told, dict) or told.get("meter") != meter:
        return 0
    basis = max(left, 0) if told.get("of") == "remaining" else granted
    return basis * _whole(told.get("per_mille")) // 1000


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000 else 0


def _too_much(entry: Entry, asked: int, left: int, scale: int, unit: str) -> LedgerRefusal:
    where = f", site {entry.site}" if entry.site else ""
    message = (
        f"licence {entry.licence}{where}: asked {shown(asked, scale)} {unit}, {shown(max(left, 0), scale)} {unit} left, "
        f"{shown(asked - max(left, 0), scale)} {unit} too much"
    )
    return LedgerRefusal("GL0703", message)


def _not_allowed(state: State, entry: Entry, why: str) -> LedgerRefusal:
    return LedgerRefusal("GL0706", f"licence {state.licence.id} does not take `{entry.kind}`: {why}")


def _told(state: State, number: int, q: int, v: int) -> str:
    terms: LicenceLine = state.licence.lines[number - 1]
    quantity = f"{shown(q, terms.scale)} {terms.unit}"
    return f"{quantity} and {shown(v, terms.value_scale)} {terms.currency}" if terms.currency else quantity


def _with_used(line: LineState, q: int, v: int) -> LineState:
    return LineState(line[0], line[1], line[2] + q, line[3], line[4], line[5], line[6], line[7] + v, line[8], line[9], line[10])


def _with(lines: tuple[LineState, ...], number: int, line: LineState) -> tuple[LineState, ...]:
    return (*lines[: number - 1], line, *lines[number:])


def _at_site(
    state: State, number: int, site: str, *, reserved: tuple[int, int] = (0, 0), used: tuple[int, int] = (0, 0)
) -> tuple[Mapping[tuple[int, str], SiteState], tuple[int, int]]:
    """The sites after a change at one of them, and by how much what is free at sites changes."""
    if not site:
        return state.sites, (0, 0)
    held = state.sites.get((number, site))
    if held is None:
        raise LedgerRefusal("GL0713", f"licence {state.licence.id} has given nothing to a site {site}", hint="allocate first")
    after = held._replace(
        reserved_q=held.reserved_q + reserved[0],
        used_q=held.used_q + used[0],
        reserved_v=held.reserved_v + reserved[1],
        used_v=held.used_v + used[1],
    )
    return {**state.sites, (number, site): after}, (-reserved[0] - used[0], -reserved[1] - used[1])


def _more(entry: Entry) -> dict[str, Any]:
    return stages.read_more(entry, "GL0709")


def _more_int(entry: Entry, name: str) -> int:
    value = _more(entry).get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value < 10**15 else -1


@lru_cache(maxsize=1024)
def day_in(minute: str, zone: str) -> str:
    """The day in a zone of a minute of UTC, as an entry has it (`2025-06-10T08:00`)."""
    return datetime.fromisoformat(f"{minute}+00:00").astimezone(read_zone(zone)).date().isoformat()


# --- a batch ----------------------------------------------------------------------------------------------------------


class Booked(NamedTuple):
    """A command that stands in the journal, now or since before."""

    seq: int
    again: bool


Result = Booked | LedgerRefusal
Row = tuple[int, str, str, bytes]  # number, key, text and hash of an entry
CellKey = tuple[str, int, str, str]  # licence, line, day, day on which it was booked
PLAIN: Final = frozenset({"draw", "reserve", "commit", "release"})
CELL: Final = (
    "granted_q", "reserved_q", "used_q", "parked_q", "granted_v", "reserved_v", "used_v", "parked_v",
    "uses", "uses_held", "max_uses",
)  # fmt: skip


class _Run:
    """Plain draws of one line on one day, one after the other: as `step` would take them, without a new state for each.

    Whatever is not plain enough, and whatever does not fit, is left to `step`.
    """

    __slots__ = ("bound_q", "bound_uses", "bound_v", "day", "first", "last", "minute", "number", "q", "state", "uses", "v")

    def __init__(self, state: State, number: int, day: str, minute: str, seq: int) -> None:
        line, terms = state.lines[number - 1], state.licence.lines[number - 1]
        self.state, self.number, self.day, self.minute = state, number, day, minute
        self.first = self.last = seq
        self.q = self.v = self.uses = 0
        most_q, most_v = AMOUNT_MAX - line.used_q - line.reserved_q, AMOUNT_MAX - line.used_v - line.reserved_v
        self.bound_q = most_q if terms.quantity is None else min(line.left_q, most_q)
        self.bound_v = 0 if not terms.currency else most_v if terms.value is None else min(line.left_v, most_v)
        self.bound_uses = AMOUNT_MAX if state.max_uses is None else state.max_uses - state.uses - state.uses_held
        if not state.since <= day < state.until or state.phases or terms.window is not None:
            self.bound_q = -1  # nothing is plain here

    def take(self, seq: int, q: int, v: int, uses: int) -> bool:
        """Take a draw, if it is plain and fits."""
        if q < 0 or v < 0 or uses < 0 or not (q or v) or q > self.bound_q or v > self.bound_v or uses > self.bound_uses:
            return False
        self.bound_q -= q
        self.bound_v -= v
        self.bound_uses -= uses
        self.q += q
        self.v += v
        self.uses += uses
        self.last = seq
        return True

    def after(self) -> State:
        """The state after all of them."""
        state = self.state
        line = state.lines[self.number - 1]
        line = _with_used(line, self.q, self.v)
        lines = (line,) if len(state.lines) == 1 else _with(state.lines, self.number, line)
        return State(state[0], self.last, lines, state[3], state[4] + self.uses, *state[5:])


class Batch:
    """What a batch of entries comes to: the entries themselves, and what they changed."""

    __slots__ = ("cells", "head", "refs", "refused", "results", "rows", "runs", "seldom", "states")

    def __init__(self, head: Head) -> None:
        self.head = head
        self.rows: list[Row] = []
        self.results: list[Result] = []  # one a command
        self.refused: list[int] = []  # the places of results that are refusals
        self.states: dict[str, State] = {}
        self.refs: dict[str, Ref | None] = {}
        self.cells: dict[CellKey, list[int]] = {}  # changes in the order of CELL, then first and last entry
        self.seldom: list[tuple[str, int]] = []  # licence and number of entries that are not plain use
        self.runs: dict[str, _Run] = {}

    def run_of(self, licence: str, number: int, day: str, minute: str, seq: int, states: Mapping[str, State]) -> _Run | None:
        """The run that a draw would belong to; None if there is no such licence or line."""
        run = self.runs.get(licence)
        if run is not None and run.number == number and run.day == day and run.minute == minute:
            return run
        state = self.state_of(licence, states)
        if state is None or not 1 <= number <= len(state.lines):
            return None
        run = self.runs[licence] = _Run(state, number, day, minute, seq)
        return run

    def draw(self, wanted: Command, at: str, states: Mapping[str, State]) -> Row | None:
        """Book one plain draw at the end, as `book` would; None if it is not plain, or does not fit, and nothing is booked.

        The batch stays open: draws may follow, and it is whole when it is closed.
        """
        id, kind, licence, line, site, q, v, uses, ref_id, day, by, doc, more = wanted
        if kind != "draw" or site or more:
            return None
        seq = self.head[0] + 1
        run = self.runs.get(licence)
        if run is None or run.number != line or run.day != day or run.minute != at[:16]:
            run = self.run_of(licence, line, day, at[:16], seq, states)
        if run is None or not run.take(seq, q, v, uses):
            return None
        text = f"{seq}\t{at}\t{id}\tdraw\t{licence}\t{line}\t\t{q}\t{v}\t{uses}\t{ref_id}\t{day}\t{by}\t{doc}\t"
        row = seq, id, text, hash_after(self.head[1], text)
        self.rows.append(row)
        self.head = Head(seq, row[3], at)
        return row

    def state_of(self, licence: str, states: Mapping[str, State]) -> State | None:
        """The licence as it now stands."""
        run = self.runs.pop(licence, None)
        if run is not None and (run.q or run.v):
            self._settle(licence, run)
        return self.states.get(licence) or states.get(licence)

    def note(self, entry: Entry, before: State | None, after: State, about: str, was: Ref | None, ref: Ref | None) -> None:
        """Take in what an entry changed that `step` took."""
        self.states[entry.licence] = after
        booked_on = day_in(entry.at[:16], after.licence.zone)
        if before is None:
            for number in range(1, len(after.lines) + 1):
                self._count((entry.licence, number, entry.day, booked_on), _changes(None, after, number), entry.seq, entry.seq)
        else:
            changes = _changes(before, after, entry.line)
            self._count((entry.licence, entry.line, entry.day, booked_on), changes, entry.seq, entry.seq)
        if was is not None or ref is not None:
            self.refs[about] = ref
        if entry.kind not in PLAIN:
            self.seldom.append((entry.licence, entry.seq))

    def close(self) -> None:
        """Count what is not counted yet; the batch is whole then."""
        for licence, run in self.runs.items():
            if run.q or run.v:
                self._settle(licence, run)
        self.runs.clear()

    def _settle(self, licence: str, run: _Run) -> None:
        after = self.states[licence] = run.after()
        key = (licence, run.number, run.day, day_in(run.minute, after.licence.zone))
        self._count(key, (0, 0, run.q, 0, 0, 0, run.v, 0, run.uses, 0, 0), run.first, run.last)

    def _count(self, key: CellKey, changes: Iterable[int], first: int, last: int) -> None:
        cell = self.cells.get(key)
        if cell is None:
            self.cells[key] = [*changes, first, last]
            return
        for place, change in enumerate(changes):
            cell[place] += change
        cell[-1] = last


def _changes(before: State | None, after: State, number: int) -> tuple[int, ...]:
    """What an entry changed of a line, in the order of CELL; uses are counted with the line of the entry."""
    new = after.lines[number - 1]
    if before is None:
        uses = (0, 0, after.max_uses or 0) if number == 1 else (0, 0, 0)
        return (new.granted_q, 0, 0, 0, new.granted_v, 0, 0, 0, *uses)
    old = before.lines[number - 1]
    return (
        new.granted_q - old.granted_q,
        new.reserved_q - old.reserved_q,
        new.used_q - old.used_q,
        new.parked_q - old.parked_q,
        new.granted_v - old.granted_v,
        new.reserved_v - old.reserved_v,
        new.used_v - old.used_v,
        new.parked_v - old.parked_v,
        after.uses - before.uses,
        after.uses_held - before.uses_held,
        (after.max_uses or 0) - (before.max_uses or 0),
    )


def book(
    head: Head,
    at: str,
    commands: Iterable[Command],
    *,
    states: Mapping[str, State],
    refs: Mapping[str, Ref],
    known: Mapping[str, Entry],
) -> Batch:
    """Book commands one after the other after `head`; each is booked or refused by itself.

    `states` and `refs` are what stands for the licences and ids that the commands name (what is not there is not in the ledger);
    `known` holds entries booked before, by key. A key that is not in it must not be in the journal, or the database refuses it.
    """
    done = Batch(head)
    mine: dict[str, str] = {}  # texts of this batch, by key
    seq, sha256, _ = head
    rows, results, runs, minute = done.rows, done.results, done.runs, at[:16]
    for wanted in commands:
        id, kind, licence, line, site, q, v, uses, ref_id, day, by, doc, more = wanted
        ends = kind == "commit" or kind == "release"
        key = f">{id}" if ends else id
        if key in mine or key in known:
            old = read_entry(mine[key]) if key in mine else known[key]
            results.append(_met_again(old, wanted))
            if type(results[-1]) is LedgerRefusal:
                done.refused.append(len(results) - 1)
            continue
        if kind == "draw" and not site and not more:
            run = runs.get(licence)
            if run is None or run.number != line or run.day != day:
                run = done.run_of(licence, line, day, minute, seq + 1, states)
            if run is not None and run.take(seq + 1, q, v, uses):
                seq += 1
                text = f"{seq}\t{at}\t{id}\tdraw\t{licence}\t{line}\t\t{q}\t{v}\t{uses}\t{ref_id}\t{day}\t{by}\t{doc}\t"
                sha256 = hash_after(sha256, text)
                rows.append((seq, key, text, sha256))
                results.append(Booked(seq, False))
                mine[key] = text
                continue
        state = done.state_of(licence, states)
        command, about, ref = wanted, id, None
        if kind != "draw":
            about = ref_id if kind == "contra" else id
            ref = done.refs[about] if about in done.refs else refs.get(about)
            if ends and ref is not None:
                command = _whole_of(command, ref)
            elif ref is None and kind == "contra":
                ref = _posted_in(mine, about)
        entry = Entry(seq + 1, at, *command)
        try:
            after, left = step(state, entry, ref)
        except LedgerRefusal as refusal:
            results.append(refusal)
            done.refused.append(len(results) - 1)
            continue
        seq += 1
        text = write_entry(entry)
        sha256 = hash_after(sha256, text)
        rows.append((seq, key, text, sha256))
        results.append(Booked(seq, False))
        mine[key] = text
        done.note(entry, state, after, about, ref, left)
    done.close()
    done.head = Head(seq, sha256, at) if rows else head
    return done


class Broken(Exception):
    """A journal that was not written as it should be: the number of the first entry that is wrong, and why."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.seq = seq
        self.why = why


def replay(
    head: Head,
    rows: Iterable[Row],
    *,
    states: Mapping[str, State],
    refs: Mapping[str, Ref],
    posted: Callable[[str, int], Ref | None],
    hashes: bool = True,
) -> Batch:
    """Fold entries that stand in a journal after `head`, holding each against the chain and against `step`. Raises Broken.

    `posted` finds a use by its id among the entries before a number, for an entry that takes it back; `hashes=False` leaves the
    chain to somebody else.
    """
    done = Batch(head)
    seq, sha256, at = head
    run: _Run | None = None
    of = ("", "", "", "")  # licence, line, day and minute of the run
    for number, key, text, kept in rows:
        if number != seq + 1:
            raise Broken(seq + 1, f"entry {seq + 1} is missing before entry {number}")
        if hashes and hash_after(sha256, text) != kept:
            raise Broken(number, f"entry {number} does not match its hash")
        seq, sha256 = number, kept
        try:
            # The common case, millions of times: nothing is made of an entry but what the run needs.
            said, now, id, kind, licence, line, site, q, v, uses, _, day, _, _, more = text.split("\t")
            if kind == "draw" and id == key and now >= at and not site and not more and said == str(number):
                if of != (licence, line, day, now[:16]):
                    of = (licence, line, day, now[:16])
                    run = done.run_of(licence, int(line), day, of[3], number, states)
                if run is not None and run.take(number, int(q), int(v), int(uses)):
                    at = now
                    continue
        except ValueError:
            pass  # below it is said what is wrong
        of = ("", "", "", "")
        try:
            entry = read_entry(text)
        except ValueError as error:
            raise Broken(number, f"entry {number} does not read: {error}") from error
        if entry.seq != number or entry.key != key:
            raise Broken(number, f"entry {number} stands under another number or id than it says")
        if entry.at < at:
            raise Broken(number, f"entry {number} was booked before the entry before it")
        at = entry.at
        kind = entry.kind
        state = done.state_of(entry.licence, states)
        about, ref = entry.id, None
        if kind != "draw":
            about = entry.ref if kind == "contra" else entry.id
            ref = done.refs[about] if about in done.refs else refs.get(about)
            if ref is None and kind == "contra":
                ref = posted(about, number)
        try:
            after, left = step(state, entry, ref)
        except (LedgerRefusal, ValueError, KeyError) as refusal:
            raise Broken(number, f"entry {number} is a step that is not allowed: {refusal}") from refusal
        done.note(entry, state, after, about, ref, left)
    done.close()
    done.head = Head(seq, sha256, at)
    return done


def posted_by(entry: Entry) -> Ref | None:
    """What can be taken back of an entry that uses some of a licence."""
    if entry.kind not in ("draw", "commit"):
        return None
    return Ref("posted", entry.licence, entry.line, entry.site, entry.q, entry.v, entry.uses)


def _posted_in(texts: Mapping[str, str], id: str) -> Ref | None:
    found = (posted_by(read_entry(text)) for key in (id, f">{id}") if (text := texts.get(key)) is not None)
    return next((ref for ref in found if ref is not None), None)


def _whole_of(command: Command, ref: Ref) -> Command:
    """An end of a reservation without amounts is of all that is reserved; its uses are those reserved."""
    if command.q == 0 and command.v == 0:
        return command._replace(q=ref.q, v=ref.v, uses=ref.uses)
    return command._replace(uses=ref.uses)


def _met_again(old: Entry, command: Command) -> Result:
    """The same again is acknowledged again; other content under the same id is refused."""
    was = old.command
    if command.key != command.id:
        command = command._replace(uses=was.uses)
        if was.kind == command.kind and command.q == 0 and command.v == 0:
            command = command._replace(q=was.q, v=was.v)
    if was == command:
        return Booked(old.seq, True)
    if command.key != command.id and was.kind != command.kind:
        hint = "a reservation is ended once; `contra` takes back what was used"
        return LedgerRefusal("GL0707", f"reservation {command.id} was ended by entry {old.seq} (`{old.kind}`)", hint=hint)
    names = [name for name, a, b in zip(Command._fields, was, command, strict=True) if a != b]
    message = f"{command.id} stands in the ledger as entry {old.seq} (`{old.kind}`) with another {', '.join(names)}"
    return LedgerRefusal("GL0702", message, hint="another act needs another id; the same act must say the same")


# --- written down -----------------------------------------------------------------------------------------------------


_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_TEXT: Final = json.encoder.encode_basestring


def write_state(state: State) -> str:
    """A state without its terms as one text of JSON, the same for the same state."""
    _, seq, lines, sites, uses, uses_held, max_uses, since, until, phases, held, used = state
    told = ",".join(
        f"[{gq},{rq},{uq},{pq},{sq},{gv},{rv},{uv},{pv},{sv},{run},{_TEXT(id)}]"
        for gq, rq, uq, pq, sq, gv, rv, uv, pv, sv, (run, id) in lines
    )
    parts = _JSON.encode([[line, site, *found] for (line, site), found in sorted(sites.items())]) if sites else "[]"
    days = _JSON.encode(phases) if phases else "[]"
    most = "null" if max_uses is None else max_uses
    # A state of a licence without windows reads as it did before there were any.
    more = f",{_JSON.encode([[n, sorted([d, *a] for d, a in of.items())] for n, of in sorted(used.items())])}" if used else ""
    return f"[{seq},[{told}],{parts},{uses},{uses_held},{most},{_TEXT(since)},{_TEXT(until)},{days},{held}{more}]"


def read_state(licence: Licence, text: str) -> State:
    """A state from its terms and its text. Raises ValueError, TypeError or IndexError for what is none."""
    seq, lines, sites, uses, uses_held, max_uses, since, until, phases, held, *used = json.loads(text)
    return State(
        licence,
        seq,
        tuple(LineState._make((*figures, (run, id))) for *figures, run, id in lines),
        {(line, site): SiteState(*found) for line, site, *found in sites},
        uses,
        uses_held,
        max_uses,
        since,
        until,
        tuple(Phase(*phase) for phase in phases),
        held,
        {number: {day: (q, v) for day, q, v in days} for number, days in used[0]} if used else {},
    )
