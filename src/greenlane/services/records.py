"""What a desk keeps of what it was asked: runs of order lines and screenings, each a text that says its kind."""

from __future__ import annotations

import json

from greenlane.services import screening
from greenlane.services.runs import Run, read_run
from greenlane.services.screening import Screening, read_screening

Record = Run | Screening


def read_record(text: str, *, shown: str) -> Record:
    """Read a record of either kind. Raises UsageError GL0303 for what is neither."""
    try:
        kind = json.loads(text)["kind"]
    except (ValueError, KeyError, TypeError, RecursionError):
        kind = ""
    if kind == screening.KIND:
        return read_screening(text, shown=shown)
    return read_run(text, shown=shown)
