from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from greenlane.errors import FileError
from greenlane.feeds.model_files import PINNED, read_model


def test_the_pinned_model_reads() -> None:
    assert read_model().version == PINNED.stem


def broken(change: Callable[[dict[str, Any]], object], folder: Path) -> Path:
    given = json.loads(PINNED.read_text(encoding="utf-8"))
    change(given)
    path = folder / "model.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda given: given.pop("start"), "start"),
        (lambda given: given["segments"].reverse(), "segments"),
        (lambda given: given["edges"].update(beauty=[1.0]), "no evidence is called beauty"),
        (lambda given: given["edges"]["letters"].reverse(), "edges do not rise"),
        (lambda given: given["parts"][0]["table"][0].pop(), "inhomogeneous"),
        (lambda given: [row.pop() for row in given["parts"][0]["table"]], "not of the size of its edges"),
        (lambda given: given["calibration"]["probability"].reverse(), "calibration does not rise"),
        (lambda given: given["context"].update(mood=1.0), "mood"),
    ],
)
def test_a_model_that_does_not_hold_together_is_refused(
    change: Callable[[dict[str, Any]], object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(FileError, match=words) as refused:
        read_model(broken(change, tmp_path))
    assert refused.value.code == "GL0124"


def test_no_file_and_no_json(tmp_path: Path) -> None:
    with pytest.raises(FileError) as missing:
        read_model(tmp_path / "none.json")
    assert missing.value.code == "GL0120"
    (tmp_path / "bad.json").write_bytes(b"\xff{")
    with pytest.raises(FileError) as bad:
        read_model(tmp_path / "bad.json")
    assert bad.value.code == "GL0124"
