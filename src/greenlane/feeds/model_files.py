"""The weights that screening works with, read from their file. A file that does not hold together is refused whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from greenlane.errors import FileError, Place
from greenlane.screen.evidence import FEATURES
from greenlane.screen.score import SEGMENTS, Context, Model, Part

#: The model that ships with the package.
PINNED: Final = Path(__file__).parent.parent / "screen" / "models" / "names-5.json"
_SIZE_MAX: Final = 5_000_000
_HINT: Final = "take the file from the package again; a model is never edited by hand"


def read_model(path: Path = PINNED) -> Model:
    """Read a model.

    Raises:
        FileError: GL0120 it cannot be opened, GL0123 it is too large, GL0124 it is not a model that can be used here.
    """
    try:
        if path.stat().st_size > _SIZE_MAX:
            raise FileError("GL0123", f"a model of more than {_SIZE_MAX:,} bytes", at=Place(str(path)), hint=_HINT)
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError("GL0120", f"the model cannot be opened: {error.strerror}", at=Place(str(path)), hint=_HINT) from error
    except ValueError as error:
        raise FileError("GL0124", "the model is not JSON in UTF-8", at=Place(str(path)), hint=_HINT) from error
    try:
        return _model(given)
    except (KeyError, TypeError, ValueError) as error:
        raise FileError("GL0124", f"not a model that can be used here: {error}", at=Place(str(path)), hint=_HINT) from error


def _model(given: Mapping[str, Any]) -> Model:
    if tuple(given["segments"]) != SEGMENTS:
        raise ValueError(f"its segments are not {', '.join(SEGMENTS)}")
    edges = {name: np.asarray(values, dtype=np.float64) for name, values in given["edges"].items()}
    unknown = sorted(edges.keys() - set(FEATURES))
    if unknown:
        raise ValueError(f"no evidence is called {unknown[0]}")
    if any((np.diff(values) <= 0).any() for values in edges.values()):
        raise ValueError("edges do not rise")
    parts = tuple(Part(tuple(one["of"]), np.asarray(one["table"], dtype=np.float64)) for one in given["parts"])
    for part in parts:
        if part.table.shape != (len(SEGMENTS), *(len(edges[name]) + 1 for name in part.features)):
            raise ValueError(f"the table of {' and '.join(part.features)} is not of the size of its edges")
    knots = (
        np.asarray(given["calibration"]["score"], dtype=np.float64),
        np.asarray(given["calibration"]["probability"], dtype=np.float64),
    )
    if len(knots[0]) != len(knots[1]) or any((np.diff(one) <= 0).any() for one in knots):
        raise ValueError("the calibration does not rise")
    start = np.asarray(given["start"], dtype=np.float64)
    return Model(str(given["version"]), edges, start, parts, Context(**given["context"]), knots)
