"""Licences at a desk: where the ledger is, and by which clock entries are booked."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from greenlane.errors import UsageError
from greenlane.law.tolerance import Tolerance
from greenlane.licences.events import Head
from greenlane.settings import read_settings
from greenlane.store.ledger_sqlite import FILE, SqliteLedger
from greenlane.store.run_folder import FOLDER
from greenlane.wiring import load_rules

if TYPE_CHECKING:
    from greenlane.store.ledger_postgres import PostgresLedger


def now() -> str:
    """This moment, by this machine's clock, as entries have it."""
    return f"{datetime.now(UTC).isoformat(timespec='microseconds')[:26]}Z"


def open_ledger(desk: Path | None = None) -> SqliteLedger | PostgresLedger:
    """The ledger of a desk, or the one of a team if GREENLANE_LEDGER names a database and no desk is named.

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


def back_up(desk: Path | None, target: Path) -> Head:
    """Write a ledger, from either store, to one file that holds by itself. Raises UsageError GL0306, GL0307; LedgerRefusal."""
    with closing(open_ledger(desk)) as ledger:
        if isinstance(ledger, SqliteLedger):
            return ledger.backup(target)
        if target.exists():
            raise UsageError("GL0306", f"{target} is there already", hint="name a file that is not")
        with closing(SqliteLedger(target, clock=now)) as copy:
            return copy.take_in(ledger.rows())


def restore(desk: Path | None, source: Path) -> Head:
    """Take a backup into a ledger, of either store, that is empty. Raises UsageError GL0306, GL0307; LedgerRefusal."""
    with closing(open_ledger(desk)) as ledger:
        if isinstance(ledger, SqliteLedger):
            return ledger.restore(source)
        if not source.is_file():
            raise UsageError("GL0306", f"there is no backup at {source}")
        with closing(SqliteLedger(source, clock=now)) as copy:
            return ledger.take_in(copy.rows())


def tolerances(rules: Path | None = None) -> dict[str, Tolerance]:
    """The tolerances of the rule base, by id. Raises RuleBaseError."""
    return dict(load_rules(rules).tolerances)
