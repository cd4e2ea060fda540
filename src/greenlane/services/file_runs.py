"""A run over a file that is too long to be kept line by line: what was asked of which file, and a hash of what came out.

The rows stay where they are. Whoever asks why a line was answered so reads it there again, if the file is still the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from greenlane.errors import UsageError
from greenlane.law.facts import Identified
from greenlane.services.runs import Question

KIND: Final = "greenlane-file-run/1"


@dataclass(frozen=True, slots=True)
class FilePart:
    """Some rows of a run, up to one, and the hash of their answers."""

    last_row: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FileRun:
    """A recorded run over a file. `source` is the way to it from the desk; `cut` says how it was cut into parts."""

    source: str
    source_sha256: str
    question: Question
    rules_version: str
    rules_sha256: str
    rules: Mapping[str, str]
    engine: str
    cut: Mapping[str, int]
    parts: tuple[FilePart, ...]
    totals: Mapping[str, int]
    rejected: int
    output: Mapping[str, str] = field(default_factory=dict)  # name, format and hash of what was written, if anything was
    screened: Mapping[str, Any] | None = None  # what screening says of every party it found nothing about; None: none was screened
    parties: Mapping[str, Identified] = field(default_factory=dict)  # those it found something about
    answers: tuple[str, ...] | None = None  # the columns that were asked for; None: all

    @property
    def on(self) -> str:
        """The day asked about."""
        return self.question.on.text

    @property
    def known_by(self) -> str:
        """The day by which the law was known."""
        return self.question.known_by.text

    @property
    def lines(self) -> int:
        """How many lines were answered."""
        return sum(self.totals.values())

    def party(self, name: str) -> Identified | None:
        """What screening found of a name."""
        if name in self.parties:
            return self.parties[name]
        return None if self.screened is None else Identified.read(name, self.screened)

    def text(self) -> str:
        """The record as JSON, keys sorted: the same run is the same text."""
        whole: dict[str, Any] = {
            "kind": KIND,
            "source": {"name": self.source, "sha256": self.source_sha256},
            "question": self.question.plain(),
            "engine": self.engine,
            "rules": {"version": self.rules_version, "sha256": self.rules_sha256, "instruments": dict(self.rules)},
            "cut": dict(self.cut),
            "parts": [[one.last_row, one.sha256] for one in self.parts],
            "totals": dict(self.totals),
            "rejected": self.rejected,
            "output": dict(self.output),
            "screened": None if self.screened is None else dict(self.screened),
            "parties": {name: party.plain() for name, party in self.parties.items()},
        }
        if self.answers is not None:
            whole["answers"] = list(self.answers)
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(", ", ": ")) + "\n"

    @property
    def name(self) -> str:
        """The name of the run: the start of the hash of its text."""
        return hashlib.sha256(self.text().encode()).hexdigest()[:16]


def read_file_run(text: str, *, shown: str) -> FileRun:
    """Read a record. Raises UsageError GL0303."""
    try:
        raw = json.loads(text)
        if raw["kind"] != KIND:
            raise KeyError("kind")
        question, rules, source = raw["question"], raw["rules"], raw["source"]
        return FileRun(
            source=str(source["name"]),
            source_sha256=str(source["sha256"]),
            question=Question.read(question),
            rules_version=str(rules["version"]),
            rules_sha256=str(rules["sha256"]),
            rules={str(key): str(value) for key, value in rules["instruments"].items()},
            engine=str(raw["engine"]),
            cut={str(key): int(value) for key, value in raw["cut"].items()},
            parts=tuple(FilePart(int(last), str(digest)) for last, digest in raw["parts"]),
            totals={str(key): int(value) for key, value in raw["totals"].items()},
            rejected=int(raw["rejected"]),
            output={str(key): str(value) for key, value in raw["output"].items()},
            screened=None if raw["screened"] is None else dict(raw["screened"]),
            parties={str(name): Identified.read(name, plain) for name, plain in raw["parties"].items()},
            answers=tuple(map(str, raw["answers"])) if "answers" in raw else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "give a file that `greenlane decide` wrote"
        raise UsageError("GL0303", f"{shown} is not a run record: {error}", hint=hint) from error
