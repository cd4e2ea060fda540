"""What do the licences of a desk give to the lines of a run, and what of it is reserved for them?

A run is known by its file and its day: the same lines asked again find what was reserved for them, and reserve nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from greenlane.decide.decision import Decision
from greenlane.errors import LedgerRefusal
from greenlane.licences.amounts import shown
from greenlane.licences.cover import Covered, Pool, Share, held_for, reservation_id, serve, with_cover
from greenlane.licences.events import Command, Entry, command_of
from greenlane.licences.fit import day_of
from greenlane.licences.ledger import Booked, Ref, State, posted_by, step
from greenlane.licences.licence import canonical
from greenlane.services.ports import Ledger
from greenlane.services.runs import Question, Run

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
    states = ledger.states()
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
    return Pool(states, held=held_for(run, ((id, ref) for id, ref in refs.items() if ref.kind == "held")))


def newest_act(ledger: Ledger) -> Entry | None:
    """The newest entry that is no plain use: a grant, a suspension, an amendment and so on."""
    acts = (entry for id in ledger.states() for entry in ledger.seldom(id))
    return max(acts, key=lambda entry: entry.seq, default=None)
