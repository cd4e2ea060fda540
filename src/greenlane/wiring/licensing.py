"""Licences at a desk: where the ledger is, and by which clock entries are booked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from greenlane.settings import read_settings
from greenlane.store.ledger_sqlite import FILE, SqliteLedger
from greenlane.store.run_folder import FOLDER


def now() -> str:
    """This moment, by this machine's clock, as entries have it."""
    return f"{datetime.now(UTC).isoformat(timespec='microseconds')[:26]}Z"


def open_ledger(desk: Path | None = None) -> SqliteLedger:
    """The ledger of a desk."""
    return SqliteLedger(read_settings(desk=desk).desk / FOLDER / FILE, clock=now)
