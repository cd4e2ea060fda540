"""What do the licences of a desk give to the lines of a run, and what of it is reserved for them?

A run is known by its file and its day: the same lines asked again find what was reserved for them, and reserve nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any, Final

from greenlane.decide.decision import Decision, Reason
from greenlane.decide.line import Line
from greenlane.errors import LedgerRefusal
from greenlane.licences.amounts import QUANTITY_SCALE, in_unit, scaled, shown
from greenlane.licences.cover import Covered, Pool, Share, held_for, reservation_id, serve, with_cover
from greenlane.licences.events import Command, Entry, command_of
from greenlane.licences.fit import day_of, entries_of, stated
from greenlane.licences.ledger import Booked, Ref, State, posted_by, step
from greenlane.licences.licence import Kind, canonical, read_iso_day
from greenlane.licences.share import Claim
from greenlane.licences.share import share as share_by
from greenlane.services.ports import Ledger
from greenlane.services.runs import Question, Run
from greenlane.terms.codes import Code

RUN_SIGNS: Final = 12


def run_of(source_sha256: str, question: Question, rows: Iterable[Mapping[str, str]] = ()) -> str:
    """The name under which a run reserves: of its file (or, without one, its rows) and its day, whatever is known or presumed."""
    text = [source_sha256, question.on.text, *({key: cell for key, cell in row.items() if cell} for row in rows)]
    return hashlib.sha256(canonical({"run": text}).encode()).hexdigest()[:RUN_SIGNS]


def name_of(run: Run) -> str:
    """The same of a recorded run."""
    return run_of(run.source_sha256, run.question, () if run.source else (one.cells for one in run.answers))


def cover_all(decisions: Iterable[Decision], ledger: Ledger, run: str) -> list[Covered]:
    """Cover the lines of a run in their order, with what the ledger holds."""
    return list(serve(decisions, pool_of(ledger, run)))


def pool_of(ledger: Ledger, run: str) -> Pool:
    """What the ledger holds, and what of it is reserved for lines of a run."""
    states = {id: state for id, state in ledger.states().items() if state.licence.kind is not Kind.DOSSIER}
    open_ = (one for id, state in states.items() if state.held for one in ledger.reservations(id))
    return Pool(states, held=held_for(run, open_))


def told(covered: Iterable[Covered]) -> Iterator[Decision]:
    """The decisions with their cover."""
    return map(with_cover, covered)


def served(decisions: Iterable[Decision], pool: Pool) -> Iterator[Decision]:
    """The decisions with the cover that a pool gives them, in their order."""
    return told(serve(decisions, pool))


# --- reserving --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reserved:
    """What became of a share that was to be reserved: booked now, held before, or refused."""

    line_id: str
    share: Share
    result: Booked | LedgerRefusal

    def words(self) -> str:
        """In a line."""
        fit, terms = self.share.fit, self.share.fit.terms
        amount = f"{shown(self.share.given.q, terms.scale)} {terms.unit}"
        if isinstance(self.result, LedgerRefusal):
            return f"{self.line_id}: {amount} of {fit.state.licence.id} not reserved: {self.result.message}"
        held = " already" if self.result.again else f", entry {self.result.seq}"
        return f"{self.line_id}: {amount} of {fit.state.licence.id} reserved{held}"


def reserve(ledger: Ledger, covered: Sequence[Covered], run: str, *, by: str, doc: str = "") -> list[Reserved]:
    """Reserve what licences give to lines, in one commit; each share by itself is booked or refused. Raises LedgerRefusal."""
    wanted = [(one, share) for one in covered for share in one.takes]
    new = [(one, share) for one, share in wanted if share.given != share.fit.own]
    results = iter(ledger.submit([_command(one, share, run, by, doc) for one, share in new]))
    found = []
    for one, share in wanted:
        result = Booked(0, True) if share.given == share.fit.own else next(results)
        found.append(Reserved(one.decision.line.line_id, share, result))
    return found


def _command(covered: Covered, share: Share, run: str, by: str, doc: str) -> Command:
    licence, number = share.fit.key
    return command_of(
        id=reservation_id(run, covered.decision.line.line_id, share.fit.key),
        kind="reserve",
        licence=licence,
        line=number,
        q=share.given.q,
        v=share.given.v,
        uses=share.given.uses,
        day=day_of(covered.decision, share.fit.state.licence.zone),
        by=by,
        doc=doc,
    )


def proposal(covered: Sequence[Covered]) -> str:
    """A digest of all that would be reserved: who looks second must see the same."""
    rows = [
        [one.decision.line.line_id, *share.fit.key, share.given.q, share.given.v, share.given.uses]
        for one in covered
        for share in one.takes
    ]
    return hashlib.sha256(canonical({"reserve": rows}).encode()).hexdigest()


# --- what changes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """A line whose lane or cover is not what it was."""

    before: Decision
    after: Decision

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        was, now = self.before, self.after
        return {
            "line_id": now.line.line_id,
            "verdict": [was.verdict.value, now.verdict.value],
            "lane": [was.lane, now.lane],
            "cover": [[dict(one) for one in was.cover], [dict(one) for one in now.cover]],
        }


def changed(before: Iterable[Decision], after: Iterable[Decision]) -> list[Changed]:
    """The lines whose verdict, lane or cover differs between two judgements of the same lines."""
    pairs = [Changed(one, other) for one, other in zip(before, after, strict=True)]
    return [one for one in pairs if _seen(one.before) != _seen(one.after)]


def _seen(decision: Decision) -> tuple[object, ...]:
    cover = tuple((one["licence"], one.get("line"), one["takes"], one["short"], tuple(one["for"])) for one in decision.cover)
    return decision.verdict, decision.lane, cover


def pool_at(ledger: Ledger, seq: int, run: str) -> Pool:
    """What the ledger held after an entry, by folding its entries up to there."""
    states: dict[str, State] = {}
    refs: dict[str, Ref] = {}
    for entry in ledger.entries():
        if entry.seq > seq:
            break
        about = entry.ref if entry.kind == "contra" else entry.id
        states[entry.licence], ref = step(states.get(entry.licence), entry, refs.pop(about, None))
        ref = ref or posted_by(entry)
        if ref is not None:
            refs[about] = ref
    licences = {id: state for id, state in states.items() if state.licence.kind is not Kind.DOSSIER}
    return Pool(licences, held=held_for(run, ((id, ref) for id, ref in refs.items() if ref.kind == "held")))


def newest_act(ledger: Ledger) -> Entry | None:
    """The newest entry that is no plain use: a grant, a suspension, an amendment and so on."""
    licences = (id for id, state in ledger.states().items() if state.licence.kind is not Kind.DOSSIER)
    acts = (entry for id in licences for entry in ledger.seldom(id))
    return max(acts, key=lambda entry: entry.seq, default=None)


# --- what is shared out -----------------------------------------------------------------------------------------------


def share_out(
    decisions: Sequence[Decision], pool: Pool, amount: Decimal, unit: str, *, side: str, codes: Sequence[Code], rule: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Share a quantity among the lines that still need a licence of one side; and the lines left out, each with the reason.

    With codes only among lines that need it for one of those list entries.

    Raises LedgerRefusal GL0708 for a quantity that is finer than it can be counted.
    """
    parts = scaled(amount, QUANTITY_SCALE, what="the quantity")
    claims: list[Claim] = []
    customers: list[str] = []
    out: list[dict[str, Any]] = []
    for covered in serve(decisions, pool):
        line = covered.decision.line
        short = [one.short for one in covered.answers if _concerns(one.bite, side, codes)]
        if not short or max(short) == 0:
            continue
        whole, why = _whole(line, unit)
        if why:
            out.append({"line_id": line.line_id, "left_out": why})
            continue
        asked = ceil(whole * max(short))
        claims.append(Claim(line_id=line.line_id, asked=asked, stops=_stop(line), contract=stated(line, "contract")))
        customers.append(line.end_user or line.consignee or "no customer said")
    rows = [
        {
            "line_id": one.claim.line_id,
            "customer": customer,
            "asked": shown(one.claim.asked, QUANTITY_SCALE),
            "given": shown(one.parts, QUANTITY_SCALE),
            "unit": unit,
            "rule": rule,
            "why": one.why,
        }
        for one, customer in zip(share_by(claims, parts, rule), customers, strict=True)
    ]
    return rows, out


def _concerns(bite: Reason, side: str, codes: Sequence[Code]) -> bool:
    """Whether a bite is law of a side, and of one of some list entries."""
    if bite.measure.instrument.side != side:
        return False
    return not codes or any(one.is_within(code) for one in entries_of(bite.measure) for code in codes)


def _whole(line: Line, unit: str) -> tuple[int, str]:
    """The quantity of a line in parts of a unit; or why that cannot be said."""
    if line.quantity is None or not line.unit:
        return 0, "its quantity or unit is not said"
    try:
        return scaled(in_unit(line.quantity, line.unit, unit), QUANTITY_SCALE, what="the quantity"), ""
    except LedgerRefusal:
        return 0, f"{line.quantity:f} {line.unit} cannot be said exactly in {unit}"


def _stop(line: Line) -> str:
    """The day on which the customer's line stops. Raises UsageError GL0709."""
    text = stated(line, "line_stops_on")
    return read_iso_day(text, f"line_stops_on of {line.line_id}") if text else ""
