"""What did customs count, in which file, and what became of each line? Usage files into the ledger, and ours out of it.

A total in a file is a total: it is observed, never drawn. Whatever the order in which files come, doubled or late, the ledger ends
in the same state: the id of a report is made of its file, and of several reports the one of the highest run counts. A run number
may be used once; another file under it is refused line by line, since the ids are taken. That a file came is an entry too (what was
shown by whom), so a gap in the runs is seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from greenlane.errors import GreenlaneError, LedgerRefusal, UsageError
from greenlane.licences.amounts import shown
from greenlane.licences.events import Entry, command_of
from greenlane.licences.ledger import State, status_on
from greenlane.licences.licence import Kind, canonical
from greenlane.licences.usage import Header, Rejected, UsageFile, Use, Used, UsedLine, read_file, write_file, write_reply
from greenlane.services.licensing import Done, Wish, book_all
from greenlane.services.ports import Ledger
from greenlane.terms.amounts import read_decimal

SENT: Final = "customs"  # the accounts under which files are noted are named customs/<who>
_STATUS: Final[Mapping[str, str]] = {
    "active": "O", "suspended": "O", "revoked": "C", "surrendered": "S", "expired": "D", "closed": "C",
}  # fmt: skip
_HEAVY: Final = "MOLCA"  # of several kinds of use under one total the last of these names the report


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a file."""

    file: UsageFile
    accepted: tuple[Used, ...]
    rejected: tuple[Rejected, ...]
    again: bool  # all of it was booked before
    gaps: tuple[int, ...]  # runs of the same sender that have not come
    reply: str

    @property
    def differing(self) -> tuple[Used, ...]:
        """Licences that customs no longer has as open."""
        return tuple(one for one in self.accepted if one.status != "O")


def take_in(ledger: Ledger, text: str, *, shown_as: str, by: str = "") -> Taken:
    """Book a usage file. Raises UsageError GL0734 where the file as a whole does not hold; LedgerRefusal."""
    file = read_file(text, shown=shown_as)
    sender = file.header.source
    states = ledger.states(sorted({block.licence for block in file.blocks}))
    accepted: list[Used] = []
    rejected = list(file.rejected)
    lines = text.split("\n")
    fresh = False
    seen: set[str] = set()
    for block in file.blocks:
        try:
            if block.transaction in seen:
                raise LedgerRefusal("GL0702", f"transaction {block.transaction} is there twice in the file")
            seen.add(block.transaction)
            results = _book(ledger, file.header, block, states.get(block.licence), by)
        except GreenlaneError as error:
            part = tuple(lines[block.first - 1 : block.last])
            rejected.append(
                Rejected(
                    first=block.first, text=part, why=f"{error.code}: {error.message}", licence=block.licence,
                    transaction=block.transaction,
                )
            )  # fmt: skip
            continue
        fresh = fresh or not all(one.booked.again for one in results)
        accepted.append(block)
    rejected.sort(key=lambda one: one.first)
    _note(ledger, file.header, text, by)
    return Taken(
        file=file,
        accepted=tuple(accepted),
        rejected=tuple(rejected),
        again=not fresh,
        gaps=gaps(ledger, sender),
        reply=write_reply(file.header, accepted, rejected),
    )


def _book(ledger: Ledger, header: Header, block: Used, state: State | None, by: str) -> list[Done]:
    """All lines of a licence, or none. Raises LedgerRefusal, UsageError."""
    if state is None or state.licence.kind is Kind.DOSSIER:
        raise LedgerRefusal("GL0701", f"the ledger holds no licence {block.licence}")
    wishes = [_wish(header, block, line, by) for line in block.lines]
    for line in block.lines:
        if not 1 <= line.number <= len(state.licence.lines):
            raise LedgerRefusal("GL0713", f"licence {block.licence} has no line {line.number}")
        terms = state.licence.lines[line.number - 1]
        if line.value and line.currency != terms.currency:
            # A value in another currency is kept with the report; the total of the quantity stands.
            wishes = [replace(one, value=None, currency="") if one.line == line.number else one for one in wishes]
    results = book_all(ledger, wishes)
    refused = next((one for one in results if isinstance(one, LedgerRefusal)), None)
    if refused is not None:
        raise refused
    return [one for one in results if isinstance(one, Done)]


def _wish(header: Header, block: Used, line: UsedLine, by: str) -> Wish:
    marks = {use.mark for use in line.uses} or {"O"}
    told: dict[str, Any] = {
        "run": header.run,
        "mark": max(marks, key=_HEAVY.index),
        "status": block.status,
        "file": f"{header.source}/{header.run}",
        "uses": [{name: text for name in Use.__dataclass_fields__ if (text := getattr(use, name))} for use in line.uses],
    }
    if line.value:
        told["value"] = f"{line.value} {line.currency}"
    return Wish(
        kind="observe",
        licence=block.licence,
        line=line.number,
        day=header.at[:10],
        id=f"{SENT}/{header.source}/{header.run}/{block.transaction}/{line.number}",
        quantity=read_decimal(line.quantity),
        unit=line.unit,
        value=read_decimal(line.value) if line.value else None,
        currency=line.currency,
        by=by,
        doc=f"usage file {header.source} {header.run}",
        more=told,
    )


def _note(ledger: Ledger, header: Header, text: str, by: str) -> None:
    """Note that the file came, with its digest; another file under the same number is noted beside."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    told = {"to": "us", "what": f"usage file {header.run}", "about": header.source, "run": header.run, "sha256": digest}
    command = command_of(
        id=f"{SENT}/{header.source}/{header.run}/{digest[:16]}", kind="disclose", licence=f"{SENT}/{header.source}",
        day=header.at[:10], by=by, more=canonical(told),
    )  # fmt: skip
    (result,) = ledger.submit([command])
    if isinstance(result, LedgerRefusal) and result.code != "GL0702":  # who took it in may differ: it came all the same
        raise result


def gaps(ledger: Ledger, sender: str) -> tuple[int, ...]:
    """The runs of a sender that have not come, between the first and the newest that have."""
    runs = sorted({json.loads(entry.more)["run"] for entry in ledger.seldom(f"{SENT}/{sender}") if entry.kind == "disclose"})
    if not runs:
        return ()
    return tuple(sorted(set(range(runs[0], runs[-1])) - set(runs))[:1000])


# --- out --------------------------------------------------------------------------------------------------------------


def usage_out(ledger: Ledger, *, source: str, to: str, at: str, by: str = "") -> tuple[str, int]:
    """What was used of every licence, as the next file to somebody; the file, and its run. Raises UsageError, LedgerRefusal.

    The number is taken in the journal first, so that two who write at once do not take the same.
    """
    blocks = [_block(ledger, state) for _, state in sorted(ledger.states().items()) if state.licence.kind is not Kind.DOSSIER]
    account = f"{SENT}/to {to}"
    for _ in range(1000):
        told = [json.loads(entry.more)["run"] for entry in ledger.seldom(account) if entry.kind == "disclose"]
        run = max(told, default=0) + 1
        text = write_file(Header(source=source, to=to, kind="usage", at=at, run=run), blocks)
        digest = hashlib.sha256(text.encode()).hexdigest()
        more = canonical(
            {"to": to, "what": f"usage file {run}", "about": source, "run": run, "sha256": digest, "sensitivity": "commercial"}
        )
        command = command_of(id=f"{account}/{run}", kind="disclose", licence=account, day=at[:10], by=by, more=more)
        (result,) = ledger.submit([command])
        if not isinstance(result, LedgerRefusal) and not result.again:
            return text, run
        if isinstance(result, LedgerRefusal) and result.code != "GL0702":
            raise result
    raise UsageError("GL0306", f"no run number to {to} could be taken", hint="try again")


def _block(ledger: Ledger, state: State) -> Used:
    licence = state.licence
    uses: dict[int, list[Use]] = {}
    for entry in ledger.entries(licence.id):
        if entry.kind in ("draw", "commit", "contra", "adjust"):
            uses.setdefault(entry.line, []).append(_use(entry, state))
    lines = []
    for number, (line, terms) in enumerate(zip(state.lines, licence.lines, strict=True), start=1):
        lines.append(
            UsedLine(
                number=number,
                quantity=shown(line.used_q, terms.scale),
                unit=terms.unit,
                value=shown(line.used_v, terms.value_scale) if terms.currency else "",
                currency=terms.currency,
                uses=tuple(uses.get(number, ())),
            )
        )
    status = _STATUS[status_on(state.phases, "9999-12-31")]
    spent = all(line.left_q <= 0 for line, terms in zip(state.lines, licence.lines, strict=True) if terms.quantity is not None)
    metered = any(terms.quantity is not None for terms in licence.lines)
    return Used(
        transaction=licence.id,
        licence=licence.id,
        status="E" if status == "O" and spent and metered else status,
        lines=tuple(lines),
    )


def _use(entry: Entry, state: State) -> Use:
    terms = state.licence.lines[entry.line - 1]
    sign = -1 if entry.kind == "contra" else 1
    late = date.fromisoformat(entry.day) < date.fromisoformat(entry.at[:10])
    return Use(
        mark={"contra": "C", "adjust": "A"}.get(entry.kind, "L" if late else "O"),
        declaration=entry.doc or entry.id,
        day=entry.day,
        quantity=shown(sign * entry.q, terms.scale),
        unit=terms.unit,
        value=shown(sign * entry.v, terms.value_scale) if terms.currency else "",
        currency=terms.currency,
        trader=state.licence.holder,
    )
