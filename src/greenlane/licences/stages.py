"""Where is an application: drafted, at the province, at the ministry, returned, granted, refused? A closed state machine.

The steps of an application are entries of the same journal as those of licences, under the id of the application. A step may be
booked late, under the day it happened; what counts is that the steps in the order of their days are a way that the machine
allows. The account of an application is one of which nothing is granted and which is valid on no day that anyone will see, so
that no reading of the ledger can take it for cover.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences.events import Entry
from greenlane.licences.licence import ZONES, Kind, Licence, LicenceLine, read_words

NONE: Final = ""  # no application yet
FINAL: Final = ("granted", "refused", "withdrawn")
WAYS: Final[Mapping[str, Mapping[str, str]]] = {
    NONE: {"apply": "drafted"},
    "drafted": {"redraft": "drafted", "submit": "at_province", "withdraw": "withdrawn"},
    "at_province": {
        "forward": "at_ministry", "accept": "under_review", "return": "returned", "refuse": "refused", "award": "granted",
        "withdraw": "withdrawn",
    },
    "at_ministry": {
        "accept": "under_review", "return": "returned", "refuse": "refused", "award": "granted", "withdraw": "withdrawn",
    },
    "under_review": {
        "halt": "halted", "return": "returned", "refuse": "refused", "award": "granted", "withdraw": "withdrawn",
    },
    "halted": {
        "proceed": "under_review", "return": "returned", "refuse": "refused", "award": "granted", "withdraw": "withdrawn",
    },
    "returned": {"redraft": "returned", "submit": "at_province", "withdraw": "withdrawn"},
    "granted": {},
    "refused": {},
    "withdrawn": {},
}  # fmt: skip
STAGES: Final = tuple(stage for stage in WAYS if stage)
STEPS: Final = tuple(dict.fromkeys(step for ways in WAYS.values() for step in ways))
Step = tuple[str, int, str]  # day, number of the entry, kind


def walk(steps: Iterable[Step]) -> tuple[str, Step | None]:
    """The stage after steps in the order of their days; and the first step that its stage does not allow, if there is one."""
    stage = NONE
    for step in sorted(steps):
        after = WAYS[stage].get(step[2])
        if after is None:
            return stage, step
        stage = after
    return stage, None


def takes(before: Iterable[Step], entry: Entry) -> bool:
    """Whether an entry is a step between stages (or only something about them). Raises LedgerRefusal GL0732, GL0733, GL0735."""
    told = read_more(entry)
    steps = list(before)
    if entry.q or entry.v or entry.uses or entry.site or entry.line != 1:
        raise LedgerRefusal("GL0733", f"a step of application {entry.licence} takes no amount")
    if entry.kind == "disclose":
        _need(entry, told, "to", "what")
        return False
    if not steps and entry.kind != "apply":
        raise LedgerRefusal("GL0732", f"the ledger holds no application {entry.licence}", hint="greenlane licences apply")
    if entry.kind == "paper":
        _need(entry, told, "paper")
        if (now := walk(steps)[0]) in FINAL:
            raise LedgerRefusal("GL0733", f"application {entry.licence} is {now}: its pack is closed")
        return False
    if entry.kind == "award":
        _need(entry, told, "licence")
    if entry.kind in ("apply", "redraft"):
        _need(entry, told, "exporter", "kind")
    stage, wrong = walk([*steps, (entry.day, entry.seq, entry.kind)])
    if wrong is not None:
        now = stage.replace("_", " ") or "not there"
        message = f"application {entry.licence} does not take `{wrong[2]}` on {wrong[0]}: it is {now} then"
        allowed = ", ".join(WAYS[stage]) or "nothing any more"
        raise LedgerRefusal("GL0733", message, hint=f"a step keeps the order of the days; {now} takes {allowed}")
    return True


def account(entry: Entry) -> Licence:
    """The account of an application. Raises LedgerRefusal GL0735."""
    told = read_more(entry)
    authority, holder = told.get("authority", "CN"), told.get("exporter", "")
    try:
        read_words(authority, "the authority")
        return Licence(
            id=entry.licence,
            authority=authority,
            kind=Kind.DOSSIER,
            holder=read_words(holder, "the exporter"),
            lines=(LicenceLine(unit="kg", quantity=0),),
            since="9999-12-30",
            until="9999-12-31",
            zone=ZONES.get(authority, "UTC"),
            procedure="application",
        )
    except (UsageError, TypeError) as error:
        raise LedgerRefusal("GL0735", f"what application {entry.licence} says does not read: {error}") from error


def read_more(entry: Entry, code: str = "GL0735") -> dict[str, Any]:
    """What an entry says beside its fields. Raises LedgerRefusal of that code."""
    try:
        told = json.loads(entry.more) if entry.more else {}
    except ValueError as error:
        raise LedgerRefusal(code, f"what is said beside entry {entry.id} does not read") from error
    if not isinstance(told, dict):
        raise LedgerRefusal(code, f"what is said beside entry {entry.id} does not read")
    return told


def _need(entry: Entry, told: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if not isinstance(told.get(name), str) or not told[name]:
            raise LedgerRefusal("GL0735", f"`{entry.kind}` of {entry.licence} must say: {name}")
