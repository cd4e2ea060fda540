"""Where is each application, what is missing, and what did we tell whom? The use cases of applications.

Every step is an entry in the journal of licences, under an id of its own: the same step again is acknowledged again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from greenlane.decide.line import Line
from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences.agreeing import Agreed, Said, agreeing
from greenlane.licences.amounts import shown
from greenlane.licences.application import (
    FORM,
    LINE,
    Application,
    AppliedLine,
    Dossier,
    Pack,
    Shown,
    check_pack,
    read_dossier,
    standing,
    statutory_end,
)
from greenlane.licences.events import command_of
from greenlane.licences.ledger import Booked, State, status_on, status_shown
from greenlane.licences.licence import Kind, canonical
from greenlane.licences.practice import Practice
from greenlane.services.licensing import END_OF_DAYS, balance
from greenlane.services.ports import Ledger
from greenlane.terms.amounts import show
from greenlane.terms.periods import read_day

PARTIES: Final = ("consignee", "end_user", "ultimate_end_user", "third_party")
LOG: Final = "disclosures"  # the account of what was shown without an application


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step somebody wants booked of an application."""

    application: str
    kind: str
    day: str
    id: str
    told: Mapping[str, Any]
    by: str = ""
    doc: str = ""


def move(ledger: Ledger, wish: Move) -> Booked:
    """Book a step of an application. Raises LedgerRefusal, UsageError."""
    command = command_of(
        id=wish.id,
        kind=wish.kind,
        licence=wish.application,
        day=wish.day,
        by=wish.by,
        doc=wish.doc,
        more=canonical(wish.told) if wish.told else "",
    )
    (result,) = ledger.submit([command])
    if isinstance(result, LedgerRefusal):
        raise result
    return result


def award(ledger: Ledger, wish: Move) -> Booked:
    """Book that an application was granted; the licence must stand in the ledger. Raises LedgerRefusal GL0701."""
    licence = wish.told["licence"]
    state = ledger.states([licence]).get(licence)
    if state is None or state.licence.kind is Kind.DOSSIER:
        hint = "take it in first: greenlane licences grant"
        raise LedgerRefusal("GL0701", f"the ledger holds no licence {licence}", hint=hint)
    return move(ledger, wish)


def dossier(ledger: Ledger, id: str, practice: Practice | None = None) -> Dossier:
    """An application as it stands. Raises LedgerRefusal GL0732."""
    state = ledger.states([id]).get(id)
    if state is None or state.licence.kind is not Kind.DOSSIER:
        hint = "greenlane licences applications lists those it holds"
        raise LedgerRefusal("GL0732", f"the ledger holds no application {id}", hint=hint)
    return read_dossier(ledger.seldom(id), practice)


def dossiers(ledger: Ledger, practice: Practice | None = None) -> list[Dossier]:
    """All applications and logs of disclosures, by id."""
    accounts = sorted(id for id, state in ledger.states().items() if state.licence.kind is Kind.DOSSIER)
    return [read_dossier(ledger.seldom(id), practice) for id in accounts]


# --- answers ----------------------------------------------------------------------------------------------------------


def board(
    found: Iterable[Dossier], practice: Practice, *, on: date, came: Mapping[str, Mapping[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """One row an application: where it is, whose move, since when, and the clock; and of a granted one what became of its licence.

    `came` holds licences as `what_came` tells them.
    """
    rows = []
    for one in found:
        if one.terms is None:
            continue
        now = standing(one, practice, on=on)
        rows.append(
            {
                "application": one.id,
                "stage": now.stage,
                "move": now.move,
                "since": now.since,
                "days": None if not now.since else (on - read_day(now.since)).days,
                "working_days": now.working_days,
                "clock": now.clock,
                "authority": one.terms.authority,
                "province": one.terms.province,
                "kind": one.terms.kind,
                "exporter": one.terms.exporter,
                "end_user": one.terms.end_user,
                "destination": one.terms.destination,
                "submitted": one.submitted,
                "accepted": one.accepted,
                "decided": one.decided,
                "returns": one.returns,
                "licence": one.licence,
                **({} if came is None or one.licence not in came else came[one.licence]),
            }
        )
    return rows


def what_came(ledger: Ledger, found: Iterable[Dossier], *, on: date) -> dict[str, dict[str, Any]]:
    """Of each licence that came of an application: was it drawn by a day, in part or whole, or had it ended; what was left."""
    told: dict[str, dict[str, Any]] = {}
    day = on.isoformat()
    for id, state in ledger.states(sorted({one.licence for one in found if one.licence})).items():
        rows = [balance(ledger, state, number, on=day, known_by=END_OF_DAYS) for number in range(1, len(state.lines) + 1)]
        left = [f"{row['left']} {row['unit']}" for row in rows if row["left"] is not None]
        metered = [row for row in rows if row["left"] is not None]
        used = any(Decimal(row["used"]) for row in rows)
        status = status_shown(state, day)
        if status in ("active", "used_up"):
            whole = bool(metered) and all(Decimal(row["left"]) <= 0 and not Decimal(row["reserved"]) for row in metered)
            status = "drawn" if whole else "drawn in part" if used else "not drawn"
        told[id] = {"licence_is": status.replace("_", " "), "licence_left": left}
    return told


def pack_of(ledger: Ledger, id: str, practice: Practice, *, on: date, orders: Sequence[Line] = ()) -> tuple[Dossier, Pack]:
    """The checklist of an application; with the order that it is for, held against that too."""
    found = dossier(ledger, id, practice)
    differs: list[str] = []
    if orders and found.terms is not None:
        by_id = {line.line_id: line for line in orders}
        for number, line in enumerate(found.terms.lines, start=1):
            order = by_id.get(_order_of(found.terms, number)) or (orders[0] if len(orders) == 1 == len(found.terms.lines) else None)
            if order is None:
                continue
            held = agreeing((said_by_order(order), said_by_line("form", found.terms, line)))
            differs += [_difference(number, one) for one in held if one.outcome == "differs"]
    return found, check_pack(found, practice, on=on, differs=differs)


def _difference(number: int, one: Agreed) -> str:
    return f"line {number} {one.field}: " + ", ".join(f"{who} {what}" for who, what in one.said.items())


def _order_of(terms: Application, number: int) -> str:
    return terms.contract if len(terms.lines) == 1 else f"{terms.contract}/{number}"


def disclosed(found: Iterable[Dossier], *, about: str = "", to: str = "", upto: str = "") -> list[Shown]:
    """What was shown, of everybody or of one (any part of the name), to everybody or to one, the oldest first."""

    def meant(one: Shown) -> bool:
        return about.casefold() in one.about.casefold() and to.casefold() in one.to.casefold() and (not upto or one.day <= upto)

    return sorted((one for each in found for one in each.shown if meant(one)), key=lambda one: (one.day, one.entry, one.what))


def form_rows(terms: Application) -> list[dict[str, str]]:
    """The form as rows with their names in both languages."""
    rows = [_form_row("", name, FORM[name], getattr(terms, name)) for name in FORM]
    for number, line in enumerate(terms.lines, start=1):
        rows += [_form_row(str(number), name, LINE[name], getattr(line, name)) for name in LINE]
    return rows


def _form_row(line: str, name: str, names: tuple[str, str], value: str) -> dict[str, str]:
    return {"line": line, "field": name, "中文": names[0], "English": names[1], "value": value}


# --- three-way match --------------------------------------------------------------------------------------------------


def said_by_order(line: Line, paper: str = "order") -> Said:
    """What an order line, or a declaration in the same columns, says."""
    cells = line.cells
    return Said(
        paper=paper,
        quantity="" if line.quantity is None else show(line.quantity),
        unit=line.unit or "",
        value="" if line.value is None else show(line.value),
        currency=line.currency or "",
        names={
            "exporter": _one(cells.get("exporter")),
            "consignee": _one(cells.get("consignee")),
            "end_user": _one(cells.get("end_user")),
            "destination": _one(cells.get("end_use_country") or cells.get("ship_to")),
            "contract": _one(cells.get("contract") or cells.get("sales_order")),
            "mode": _one(dict(line.attrs).get("mode")),
            "end_use": _one(cells.get("end_use")),
        },
    )


def _one(text: str | None) -> tuple[str, ...]:
    return (text.strip(),) if text and text.strip() else ()


def said_by_line(paper: str, terms: Application, line: AppliedLine) -> Said:
    """What a line of an application says."""
    names = ("exporter", "consignee", "end_user", "destination", "contract", "mode", "end_use")
    return Said(
        paper=paper,
        quantity=line.quantity,
        unit=line.unit,
        value=line.value,
        currency=line.currency,
        names={name: _one(getattr(terms, name)) for name in names},
    )


def said_by_licence(state: State, number: int) -> Said:
    """What a licence says: what was granted, not what is left."""
    if not 1 <= number <= len(state.lines):
        raise LedgerRefusal("GL0713", f"licence {state.licence.id} has no line {number}, but {len(state.lines)} of them")
    line, terms = state.lines[number - 1], state.licence.lines[number - 1]
    names: dict[str, tuple[str, ...]] = {"exporter": _one(state.licence.holder)}
    for row in state.licence.scope:
        if row.allow and row.dimension != "site":
            names[row.dimension] = (*names.get(row.dimension, ()), row.value)
    return Said(
        paper="licence",
        quantity=shown(line.granted_q, terms.scale) if terms.quantity is not None else "",
        unit=terms.unit,
        value=shown(line.granted_v, terms.value_scale) if terms.value is not None else "",
        currency=terms.currency,
        names=names,
    )


def compare(ledger: Ledger, *, name: str, line: int, order: Line | None, declaration: Line | None) -> tuple[Agreed, ...]:
    """Order, licence (or application) and declaration, field by field."""
    state = ledger.states([name]).get(name)
    if state is None:
        raise LedgerRefusal("GL0701", f"the ledger holds no licence or application {name}")
    if state.licence.kind is Kind.DOSSIER:
        terms = read_dossier(ledger.seldom(name)).terms
        if terms is None or not 1 <= line <= len(terms.lines):
            raise LedgerRefusal("GL0732", f"application {name} has no line {line}")
        middle = said_by_line("application", terms, terms.lines[line - 1])
    else:
        middle = said_by_licence(state, line)
    papers = [said_by_order(order)] if order is not None else []
    papers.append(middle)
    if declaration is not None:
        papers.append(said_by_order(declaration, "declaration"))
    if len(papers) < 2:
        raise UsageError("GL0304", "there is nothing to hold it against", hint="--order FILE, --declaration FILE")
    return agreeing(tuple(papers))


def transfer(ledger: Ledger, practice: Practice, name: str, to: str) -> dict[str, Any]:
    """Whether the goods of a licence may go to somebody: named in it, or not without consent. Raises LedgerRefusal GL0701."""
    state = ledger.states([name]).get(name)
    if state is None or state.licence.kind is Kind.DOSSIER:
        raise LedgerRefusal("GL0701", f"the ledger holds no licence {name}")
    wanted = " ".join(to.casefold().split())
    named = [row for row in state.licence.scope if row.dimension in PARTIES and " ".join(row.value.casefold().split()) == wanted]
    clause = next((one for one in practice.undertakings if one.authority == state.licence.authority), None)
    told: dict[str, Any] = {"licence": name, "to": to, "clause": "", "clause_zh": "", "standing": "", "source": ""}
    if any(row.allow for row in named) and all(row.allow for row in named):
        dimensions = ", ".join(row.dimension.replace("_", " ") for row in named)
        return told | {"answer": "named in the licence", "words": f"as {dimensions}"}
    if clause is None:
        held = f"no undertaking is held for {state.licence.authority}"
        return told | {"answer": "cannot say", "words": f"the licence does not name {to}, and {held}"}
    return told | {
        "answer": "no, not without prior consent",
        "words": f"the licence does not name {to.rstrip('.')}. {clause.answers}",
        "clause": clause.en,
        "clause_zh": clause.zh,
        "standing": clause.standing.value,
        "source": clause.sources[0].title,
    }


# --- cliffs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cliff:
    """A day on which something ends or falls due."""

    day: str
    zone: str
    what: str  # licence_ends, proviso_begins, proviso_ends, application_clock
    licence: str
    words: str
    known: str  # the moment at which it was booked

    def plain(self) -> dict[str, str]:
        """As one row."""
        return {"day": self.day, "zone": self.zone, "what": self.what, "licence": self.licence, "words": self.words}


def cliffs(ledger: Ledger, practice: Practice, *, since: str, until: str = "") -> list[Cliff]:
    """What ends or falls due from a day on: licences with what is left and reserved of them, provisos, clocks of applications."""
    found: list[Cliff] = []
    for id, state in sorted(ledger.states().items()):
        entries = ledger.seldom(id)
        known = entries[0].at if entries else ""
        if state.licence.kind is Kind.DOSSIER:
            found += _clock_cliffs(read_dossier(entries, practice), state, practice, entries[-1].at)
        elif status_on(state.phases, "9999-12-31") in ("active", "suspended"):
            found += _licence_cliffs(ledger, state, max((one.at for one in entries), default=known))
    return sorted(
        (one for one in found if one.day >= since and (not until or one.day <= until)),
        key=lambda one: (one.day, one.licence, one.what, one.words),
    )


def _licence_cliffs(ledger: Ledger, state: State, known: str) -> list[Cliff]:
    licence = state.licence
    parts = []
    for number, (line, terms) in enumerate(zip(state.lines, licence.lines, strict=True), start=1):
        of = f"line {number}: " if len(state.lines) > 1 else ""
        left = "not metered" if terms.quantity is None else f"{shown(max(line.left_q, 0), terms.scale)} {terms.unit} left"
        held = f", {shown(line.reserved_q, terms.scale)} {terms.unit} reserved" if line.reserved_q else ""
        parts.append(f"{of}{left}{held}")
    found = [
        Cliff(day=state.until, zone=licence.zone, what="licence_ends", licence=licence.id, words="; ".join(parts), known=known)
    ]
    for id, ref in ledger.reservations(licence.id):
        terms = licence.lines[ref.line - 1]
        words = f"{id}: {shown(ref.q, terms.scale)} {terms.unit} must have gone before"
        found.append(
            Cliff(day=state.until, zone=licence.zone, what="reservation_lapses", licence=licence.id, words=words, known=known)
        )
    for one in licence.provisos:
        for day, what in ((one.since, "proviso_begins"), (one.until, "proviso_ends")):
            if day:
                found.append(
                    Cliff(day=day, zone=licence.zone, what=what, licence=licence.id, words=f"{one.id}: {one.words}", known=known)
                )
    return found


def _clock_cliffs(found: Dossier, state: State, practice: Practice, known: str) -> list[Cliff]:
    if found.terms is None or found.stage != "under_review":
        return []
    law = practice.clock(found.terms.authority)
    if law is None or (law.starts == "accepted" and not found.accepted):
        return []
    try:
        day = statutory_end(found, law, practice.calendars.get(found.terms.authority))
    except UsageError:
        return []  # a year that is not held has no day to put into a calendar; the board says so
    words = f"day {law.days} of the clock ({law.counts} days), {law.standing.value}"
    return [
        Cliff(day=day.isoformat(), zone=state.licence.zone, what="application_clock", licence=found.id, words=words, known=known)
    ]


# --- an application made of order lines -------------------------------------------------------------------------------


def named_in(orders: Sequence[Line]) -> dict[str, str]:
    """The names that all order lines give alike, by fields of the form."""
    rows = [said_by_order(line).names for line in orders]
    found = {}
    for name in ("exporter", "consignee", "end_user", "destination", "contract", "mode", "end_use"):
        said = {" / ".join(row.get(name, ())) for row in rows}
        if len(said) == 1 and (text := said.pop()):
            found[name] = text
    if "consignee" in found:
        found["importer"] = found["consignee"]
    return found


def short(text: str) -> str:
    """A few signs that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def applied_lines(orders: Iterable[Line]) -> tuple[AppliedLine, ...]:
    """Order lines as lines of an application."""
    return tuple(
        AppliedLine(
            codes=line.cells.get("codes", ""),
            words=line.cells.get("description", ""),
            contains=line.cells.get("contains", ""),
            quantity="" if line.quantity is None else show(line.quantity),
            unit=line.unit or "",
            value="" if line.value is None else show(line.value),
            currency=line.currency or "",
        )
        for line in orders
    )
