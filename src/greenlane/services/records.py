"""What a desk keeps of what it was asked: runs of lines, runs over files, screenings; each a text that says its kind."""

from __future__ import annotations

import json

from greenlane.services import file_runs, screening
from greenlane.services.file_runs import FileRun, read_file_run
from greenlane.services.runs import Run, read_run
from greenlane.services.screening import Screening, read_screening

Record = Run | FileRun | Screening


def read_record(text: str, *, shown: str) -> Record:
    """Read a record of any kind. Raises UsageError GL0303 for what is none."""
    try:
        kind = json.loads(text)["kind"]
    except (ValueError, KeyError, TypeError, RecursionError):
        kind = ""
    if kind == screening.KIND:
        return read_screening(text, shown=shown)
    if kind == file_runs.KIND:
        return read_file_run(text, shown=shown)
    return read_run(text, shown=shown)
