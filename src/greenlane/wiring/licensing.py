"""Licences at a desk: where the ledger is, and by which clock entries are booked."""

from __future__ import annotations

import json
import tomllib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from greenlane.errors import LedgerRefusal, UsageError
from greenlane.law.tolerance import Tolerance
from greenlane.licences.events import Head
from greenlane.screen.finding import same_person
from greenlane.settings import read_settings
from greenlane.store.ledger_memory import FACTS, MemoryLedger, replay_facts
from greenlane.store.ledger_sqlite import FILE, SqliteLedger
from greenlane.store.run_folder import FOLDER
from greenlane.wiring import load_rules

if TYPE_CHECKING:
    from greenlane.store.ledger_postgres import PostgresLedger

    AnyLedger = SqliteLedger | PostgresLedger | MemoryLedger


def now() -> str:
    """This moment, by this machine's clock, as entries have it."""
    return f"{datetime.now(UTC).isoformat(timespec='microseconds')[:26]}Z"


def open_ledger(desk: Path | None = None) -> AnyLedger:
    """The ledger of a desk: the one it keeps, or, where it ships its licences as facts, those, in which nothing is booked.

    Without a desk it is the one of a team, if GREENLANE_LEDGER names a database. Raises UsageError GL0304, GL0715.
    """
    return look_at(desk) or _kept(desk)


def _kept(desk: Path | None) -> SqliteLedger | PostgresLedger:
    """The ledger that is kept, in a file of the desk or a database of a team.

    Raises UsageError GL0304 if the library for the database is not installed.
    """
    settings = read_settings(desk=desk)
    if settings.ledger and desk is None:
        try:
            from greenlane.store.ledger_postgres import PostgresLedger
        except ImportError as error:
            hint = 'pip install "greenlane[postgres]"'
            raise UsageError("GL0304", "a ledger in PostgreSQL needs a library that is not installed", hint=hint) from error
        return PostgresLedger(settings.ledger, clock=now)
    return SqliteLedger(settings.desk / FOLDER / FILE, clock=now)


def look_at(desk: Path | None = None, *, known_by: str | None = None) -> AnyLedger | None:
    """The ledger of a desk to look at, if there is one; none is made. A desk may ship its licences as facts instead.

    `known_by`: of facts booked after that day nothing is known.
    """
    settings = read_settings(desk=desk)
    if (settings.ledger and desk is None) or (settings.desk / FOLDER / FILE).is_file():
        return _kept(desk)
    facts = settings.desk / FACTS
    return replay_facts(facts, known_by=known_by) if facts.is_file() else None


def four_eyes(desk: Path | None) -> bool:
    """Whether the desk wants two people to reserve: `four_eyes = true` under `[licences]` in its `desk.toml`."""
    file = read_settings(desk=desk).desk / "desk.toml"
    if not file.is_file():
        return False
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        wanted = told.get("licences", {}).get("four_eyes", False)
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError("GL0304", f"{file.name} of the desk cannot be read: {error}") from error
    if not isinstance(wanted, bool):
        raise UsageError("GL0304", f"four_eyes in {file.name} is true or false, not {wanted!r}")
    return wanted


def second_look(desk: Path | None, run: str, digest: str, by: str) -> str:
    """Who proposed the very same before, if that was somebody else; else the proposal is kept, and nobody is named.

    Raises LedgerRefusal GL0716 if nobody is named now; UsageError GL0306.
    """
    if not by.strip():
        raise LedgerRefusal("GL0716", "this desk wants two people to reserve, and nobody is named", hint="--by PERSON")
    folder = read_settings(desk=desk).desk / FOLDER
    file = folder / "proposed.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.is_file() else []
        same = [one for one in kept if one["run"] == run and one["sha256"] == digest]
        for one in same:
            if not same_person(one["by"], by):
                return str(one["by"])
        if not same:
            with file.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"run": run, "sha256": digest, "by": by}, ensure_ascii=False) + "\n")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError("GL0306", f"what was proposed cannot be kept in {file}: {error}") from error
    return ""


def back_up(desk: Path | None, target: Path) -> Head:
    """Write a ledger, from either store, to one file that holds by itself. Raises UsageError GL0306, GL0307; LedgerRefusal."""
    with closing(_kept(desk)) as ledger:
        if isinstance(ledger, SqliteLedger):
            return ledger.backup(target)
        if target.exists():
            raise UsageError("GL0306", f"{target} is there already", hint="name a file that is not")
        with closing(SqliteLedger(target, clock=now)) as copy:
            return copy.take_in(ledger.rows())


def restore(desk: Path | None, source: Path) -> Head:
    """Take a backup into a ledger, of either store, that is empty. Raises UsageError GL0306, GL0307; LedgerRefusal."""
    with closing(_kept(desk)) as ledger:
        if isinstance(ledger, SqliteLedger):
            return ledger.restore(source)
        if not source.is_file():
            raise UsageError("GL0306", f"there is no backup at {source}")
        with closing(SqliteLedger(source, clock=now)) as copy:
            return ledger.take_in(copy.rows())


def tolerances(rules: Path | None = None) -> dict[str, Tolerance]:
    """The tolerances of the rule base, by id. Raises RuleBaseError."""
    return dict(load_rules(rules).tolerances)
