"""What was booked of a licence, what is left of it, and on which day was what known? The use cases of the ledger.

Two dates are asked for everywhere: the day something happened (`day`, `on`) and the day by which it was booked (`known_by`), both
in the authority's zone. A command names its own id; the same command again is acknowledged again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from greenlane.errors import LedgerRefusal
from greenlane.law.tolerance import Tolerance
from greenlane.licences.amounts import in_unit, scaled, shown
from greenlane.licences.events import Command, Entry, command_of
from greenlane.licences.ledger import Booked, LineState, Ref, State, day_in, status_on, status_shown, window_left
from greenlane.licences.licence import Kind, Licence, LicenceLine, canonical, window_words
from greenlane.services.ports import Ledger
from greenlane.terms.periods import Asked, day_before, read_day

END_OF_DAYS: Final = "9999-12-31"
_CORRECTS: Final = ("A", "C")  # marks of a report whose total may be lower: adjusted by customs, contra


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants booked, in units as people write them."""

    kind: str
    licence: str
    day: str
    id: str
    line: int = 1
    site: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    value: Decimal | None = None
    currency: str = ""
    uses: int = 0
    ref: str = ""
    by: str = ""
    doc: str = ""
    more: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A wish that was booked, now or before, and the licence as it stands."""

    wish: Wish
    booked: Booked
    state: State


def grant(ledger: Ledger, licence: Licence, *, id: str, day: str, by: str = "", doc: str = "") -> tuple[Booked, State]:
    """Take a licence into the ledger. Raises LedgerRefusal, UsageError."""
    command = command_of(id=id, kind="grant", licence=licence.id, day=day, by=by, doc=doc, more=licence.text())
    (result,) = ledger.submit([command])
    return _booked(result), ledger.states([licence.id])[licence.id]


def book(ledger: Ledger, wish: Wish) -> Done:
    """Book one wish. Raises LedgerRefusal, UsageError."""
    (result,) = book_all(ledger, [wish])
    if isinstance(result, LedgerRefusal):
        raise result
    return result


def book_all(ledger: Ledger, wishes: Sequence[Wish]) -> list[Done | LedgerRefusal]:
    """Book wishes, each by itself, in one commit; a refusal is given back in its place. Raises LedgerRefusal, UsageError."""
    states = ledger.states(sorted({wish.licence for wish in wishes}))
    commands: list[Command | LedgerRefusal] = []
    for wish in wishes:
        try:
            commands.append(_command(wish, states.get(wish.licence)))
        except LedgerRefusal as refusal:
            commands.append(refusal)
    results = iter(ledger.submit([one for one in commands if isinstance(one, Command)]))
    after = ledger.states(sorted(states))
    told: list[Done | LedgerRefusal] = []
    for wish, command in zip(wishes, commands, strict=True):
        result = command if isinstance(command, LedgerRefusal) else next(results)
        told.append(result if isinstance(result, LedgerRefusal) else Done(wish, result, after[wish.licence]))
    return told


def relied_on(tolerance: Tolerance, authority: str, day: str) -> dict[str, Any]:
    """A tolerance as an entry cites it. Raises LedgerRefusal GL0714 unless it holds for that authority on that day."""
    why = ""
    if not tolerance.confirmed:
        why = "no source that was read confirms it"
    elif tolerance.side != authority.casefold():
        why = f"it is law of {tolerance.side.upper()}, and the licence one of {authority}"
    elif not tolerance.holds(Asked.read(day)):
        why = f"it is not in force on {day}"
    if why:
        message = f"the tolerance {tolerance.id} cannot be relied on: {why}"
        raise LedgerRefusal("GL0714", message, hint="greenlane licences tolerances lists them")
    told = {"meter": tolerance.meter, "of": tolerance.of, "per_mille": tolerance.per_mille, "rule": tolerance.id}
    return {"tolerance": told}


def _booked(result: Booked | LedgerRefusal) -> Booked:
    if isinstance(result, LedgerRefusal):
        raise result
    return result


def _command(wish: Wish, state: State | None) -> Command:
    """A wish in the parts that its line counts in. Raises LedgerRefusal, UsageError."""
    if state is None:
        hint = "grant it first: greenlane licences grant"
        raise LedgerRefusal("GL0701", f"the ledger holds no licence {wish.licence}", hint=hint)
    if not 1 <= wish.line <= len(state.licence.lines):
        raise LedgerRefusal("GL0713", f"licence {wish.licence} has no line {wish.line}, but {len(state.licence.lines)} of them")
    terms = state.licence.lines[wish.line - 1]
    if wish.kind in ("draw", "reserve"):
        _check_stated(wish, terms)
    return command_of(
        id=wish.id,
        kind=wish.kind,
        licence=wish.licence,
        line=wish.line,
        site=wish.site,
        q=_quantity(wish, terms),
        v=_value(wish, terms),
        uses=wish.uses,
        ref=wish.ref,
        day=wish.day,
        by=wish.by,
        doc=wish.doc,
        more=canonical(wish.more) if wish.more else "",
    )


def _check_stated(wish: Wish, terms: LicenceLine) -> None:
    """Quantity and value move together: what a line meters must be stated."""
    if terms.limits_quantity and wish.quantity is None:
        raise LedgerRefusal("GL0713", f"licence {wish.licence} counts {terms.unit}: state the quantity", hint="--quantity, --unit")
    if terms.limits_value and wish.value is None:
        raise LedgerRefusal(
            "GL0713", f"licence {wish.licence} counts {terms.currency}: state the value", hint="--value, --currency"
        )


def _quantity(wish: Wish, terms: LicenceLine) -> int:
    if wish.quantity is None:
        return 0
    return scaled(in_unit(wish.quantity, wish.unit or terms.unit, terms.unit), terms.scale, what="the quantity")


def _value(wish: Wish, terms: LicenceLine) -> int:
    if wish.value is None:
        return 0
    if wish.currency and wish.currency != terms.currency:
        counted = terms.currency or "no value"
        raise LedgerRefusal(
            "GL0708", f"licence {wish.licence} counts {counted}, not {wish.currency}", hint="nothing is converted here"
        )
    return scaled(wish.value, terms.value_scale, what="the value")


# --- answers ----------------------------------------------------------------------------------------------------------


def register(states: Iterable[State], *, on: str | None = None) -> list[dict[str, Any]]:
    """One row a line of every licence. Without a day the status is what was booked; with one, what that day makes of it."""
    return [row for state in states if state.licence.kind is not Kind.DOSSIER for row in rows_of(state, on=on)]


def rows_of(state: State, *, on: str | None = None, use_on: str | None = None) -> list[dict[str, Any]]:
    """The lines of a licence as plain values; with `on`, or `use_on`, what a window leaves for a use on that day."""
    status = status_shown(state, on) if on is not None else status_on(state.phases, END_OF_DAYS)
    day = use_on or on
    return [_row(state, number, line, status) | _window(state, number, day) for number, line in enumerate(state.lines, start=1)]


def _window(state: State, number: int, day: str | None) -> dict[str, Any]:
    terms = state.licence.lines[number - 1]
    if terms.window is None:
        return {}
    told: dict[str, Any] = {"window": window_words(terms)}
    if day is not None:
        left_q, left_v = window_left(state, number, day)
        told["window_on"] = day
        if left_q is not None:
            told["window_left"] = shown(left_q, terms.scale)
        if left_v is not None:
            told["window_value_left"] = shown(left_v, terms.value_scale)
    return told


def _row(state: State, number: int, line: LineState, status: str) -> dict[str, Any]:
    licence, terms = state.licence, state.licence.lines[number - 1]
    used = max(line.used_q, line.seen_q)
    metered = terms.quantity is not None
    told: dict[str, Any] = {
        "licence": licence.id,
        "status": status,
        "granted": shown(line.granted_q, terms.scale) if metered else None,
        "reserved": shown(line.reserved_q, terms.scale),
        "used": shown(used, terms.scale),
        "left": shown(line.left_q, terms.scale) if metered else None,
        "unit": terms.unit,
        "authority": licence.authority,
        "kind": licence.kind.value,
        "holder": licence.holder,
        "line": number,
        "codes": list(terms.codes),
        "from": state.since,
        "until": state.until,
        "zone": licence.zone,
    }
    if line.parked_q or state.sites:
        told["at_sites"] = shown(line.parked_q, terms.scale)
    if line.report[0] >= 0:
        told |= {"drawn": shown(line.used_q, terms.scale), "observed": shown(line.seen_q, terms.scale)}
    if terms.currency:
        scale = terms.value_scale
        told |= {
            "currency": terms.currency,
            "value_granted": shown(line.granted_v, scale) if terms.value is not None else None,
            "value_reserved": shown(line.reserved_v, scale),
            "value_used": shown(max(line.used_v, line.seen_v), scale),
            "value_left": shown(line.left_v, scale) if terms.value is not None else None,
        }
    if state.max_uses is not None:
        told |= {"uses": state.uses, "uses_left": state.max_uses - state.uses - state.uses_held, "max_uses": state.max_uses}
    if line.left_q < 0 and metered:
        told["overdrawn"] = shown(-line.left_q, terms.scale)
    return told


def balance(ledger: Ledger, state: State, line: int, *, on: str, known_by: str) -> dict[str, Any]:
    """What was left of a line at the end of a day, as booked by the end of another. Both days are the authority's."""
    sums = ledger.sums(state.licence.id, line, day=on, booked_on=known_by)
    terms = state.licence.lines[line - 1]
    seen_q, seen_v = _seen(ledger, state, line, on=on, known_by=known_by)
    used = max(sums["used_q"], seen_q)
    told: dict[str, Any] = {
        "licence": state.licence.id,
        "line": line,
        "on": on,
        "known_by": known_by,
        "status": status_on((one for one in state.phases if _known(one.at, state, known_by)), on),
        "granted": shown(sums["granted_q"], terms.scale) if terms.quantity is not None else None,
        "reserved": shown(sums["reserved_q"], terms.scale),
        "used": shown(used, terms.scale),
        "left": shown(sums["granted_q"] - used - sums["reserved_q"] - sums["parked_q"], terms.scale)
        if terms.quantity is not None
        else None,
        "unit": terms.unit,
    }
    if terms.window is not None:
        first, last = terms.window.ending(on)
        before = ledger.sums(state.licence.id, line, day=day_before(read_day(first)).isoformat(), booked_on=known_by)
        used_q, used_v = sums["used_q"] - before["used_q"], sums["used_v"] - before["used_v"]
        told |= {"window": window_words(terms), "window_from": first, "window_through": last}
        if terms.window.quantity is not None:
            told["window_used"] = shown(used_q, terms.scale)
        if terms.window.value is not None:
            told["window_value_used"] = shown(used_v, terms.value_scale)
            told.setdefault("currency", terms.currency)
    if terms.value is not None:
        spent = max(sums["used_v"], seen_v) + sums["reserved_v"] + sums["parked_v"]
        told |= {"value_left": shown(sums["granted_v"] - spent, terms.value_scale), "currency": terms.currency}
    return told


def _seen(ledger: Ledger, state: State, line: int, *, on: str, known_by: str) -> tuple[int, int]:
    """The total that customs had reported by then."""
    if state.lines[line - 1].report[0] < 0:
        return 0, 0
    reports = [
        (report.run, report.entry.q, report.entry.v, report.entry.id)
        for report in reports_of(ledger, state.licence.id)
        if report.entry.line == line and report.entry.day <= on and _known(report.entry.at, state, known_by)
    ]
    return max(reports)[1:3] if reports else (0, 0)


def _known(at: str, state: State, known_by: str) -> bool:
    return day_in(at[:16], state.licence.zone) <= known_by


@dataclass(frozen=True, slots=True)
class Report:
    """A total that customs reported."""

    entry: Entry
    run: int
    mark: str  # O original, A adjusted by customs, C contra, L late, M message only


def reports_of(ledger: Ledger, licence: str) -> Iterator[Report]:
    """The reports of customs on a licence, as they were booked."""
    for entry in ledger.seldom(licence):
        if entry.kind == "observe":
            told = json.loads(entry.more)
            yield Report(entry, told["run"], told.get("mark", "O"))


def open_questions(ledger: Ledger, state: State, *, today: str) -> list[dict[str, Any]]:
    """Where our book and that of customs differ, and totals that fell without a correction; each with its age in days."""
    found = []
    age = date.fromisoformat(today).toordinal()
    by_line: dict[int, list[Report]] = {}
    for report in reports_of(ledger, state.licence.id):
        by_line.setdefault(report.entry.line, []).append(report)
    for number, reports in sorted(by_line.items()):
        line, terms = state.lines[number - 1], state.licence.lines[number - 1]
        reports.sort(key=lambda one: (one.run, one.entry.q, one.entry.v, one.entry.id))
        for old, new in pairwise(reports):
            if new.entry.q < old.entry.q and new.mark not in _CORRECTS:
                question = (
                    f"the total fell from {shown(old.entry.q, terms.scale)} to {shown(new.entry.q, terms.scale)} {terms.unit}"
                )
                since = new.entry.day
                found.append(_question(state, number, question, since, age - date.fromisoformat(since).toordinal()))
        if line.seen_q != line.used_q:
            question = f"customs counts {shown(line.seen_q, terms.scale)} {terms.unit}, our book {shown(line.used_q, terms.scale)}"
            since = reports[-1].entry.day
            found.append(_question(state, number, question, since, age - date.fromisoformat(since).toordinal()))
    return found


def _question(state: State, line: int, words: str, since: str, days: int) -> dict[str, Any]:
    return {"licence": state.licence.id, "line": line, "question": words, "since": since, "days": days}


def plain_entry(entry: Entry, terms: LicenceLine) -> dict[str, Any]:
    """An entry as plain values, in the units of its line; what is empty is left out."""
    told: dict[str, Any] = {
        "entry": entry.seq,
        "booked_at": entry.at,
        "kind": entry.kind,
        "id": entry.id,
        "day": entry.day,
        "line": entry.line,
        "site": entry.site,
        "quantity": shown(entry.q, terms.scale) if entry.q else "",
        "unit": terms.unit if entry.q else "",
        "value": shown(entry.v, terms.value_scale) if entry.v else "",
        "currency": terms.currency if entry.v else "",
        "uses": entry.uses or "",
        "ref": entry.ref,
        "by": entry.by,
        "doc": entry.doc,
        "more": "" if entry.kind == "grant" else entry.more,
    }
    return {key: value for key, value in told.items() if value != ""}


def plain_reservation(id: str, ref: Ref, state: State) -> dict[str, Any]:
    """An open reservation as plain values."""
    terms = state.licence.lines[ref.line - 1]
    told: dict[str, Any] = {"id": id, "line": ref.line, "quantity": shown(ref.q, terms.scale), "unit": terms.unit}
    if ref.site:
        told["site"] = ref.site
    if terms.currency:
        told |= {"value": shown(ref.v, terms.value_scale), "currency": terms.currency}
    return told
