"""What the licences of a desk give to lines that were decided: for decide, ask, why and demo."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from greenlane import wiring
from greenlane.decide.decision import Decision
from greenlane.errors import LedgerRefusal, UsageError
from greenlane.law.rulebase import RuleBase
from greenlane.licences.cover import Covered
from greenlane.services import covering
from greenlane.services.ports import Ledger
from greenlane.services.runs import Question, Run
from greenlane.wiring import licensing as room


def cover_run(
    decisions: Sequence[Decision],
    desk: Path | None,
    question: Question,
    file: Path | None,
    *,
    reserve: bool = False,
    by: str = "",
) -> tuple[list[Decision], bool]:
    """The decisions with what the ledger of the desk gives them, reserved if that is wanted; and whether something was refused.

    Without a ledger they are as they were. Raises UsageError GL0304, LedgerRefusal GL0716.
    """
    ledger = room.look_at(desk, known_by=question.known_by.calendar_day.isoformat())
    if ledger is None:
        if reserve:
            raise UsageError("GL0304", "--reserve needs a ledger, and the desk has none", hint="greenlane licences grant")
        return list(decisions), False
    source = wiring.sha256_of(file) if file is not None else hashlib.sha256(b"").hexdigest()
    run = covering.run_of(source, question, () if file is not None else (one.line.cells for one in decisions))
    with closing(ledger):
        covered = covering.cover_all(decisions, ledger, run)
        refused = reserve and _reserve(ledger, covered, desk, run, by)
    return list(covering.told(covered)), refused


def has_ledger(desk: Path | None) -> bool:
    """Whether the desk keeps a ledger of licences."""
    ledger = room.look_at(desk)
    if ledger is None:
        return False
    ledger.close()
    return True


def _reserve(ledger: Ledger, covered: Sequence[Covered], desk: Path | None, run: str, by: str) -> bool:
    """Reserve, say what became of it, and say whether something was refused. Raises LedgerRefusal GL0716."""
    if room.four_eyes(desk):
        first = room.second_look(desk, run, covering.proposal(covered), by)
        if not first:
            click.echo(f"proposed by {by}: this desk wants a second person to say the same; nothing is reserved yet", err=True)
            return True
        by = f"{first}; {by}"
    done = covering.reserve(ledger, covered, run, by=by)
    for one in done:
        click.echo(one.words(), err=True)
    return any(isinstance(one.result, LedgerRefusal) for one in done)


def cover_again(run: Run, base: RuleBase, desk: Path | None, line_id: str) -> list[Decision]:
    """The lines of that name of a recorded run, judged again, with what the ledger gives them after the lines before."""
    ledger = room.look_at(desk, known_by=run.question.known_by.calendar_day.isoformat())
    if ledger is None:
        return [decision for _, decision in wiring.again(run, base, line_id)]
    with closing(ledger):
        decisions = [decision for _, decision in wiring.again(run, base)]
        covered = covering.cover_all(decisions, ledger, covering.name_of(run))
    return [one for one in covering.told(covered) if one.line.line_id == line_id]
