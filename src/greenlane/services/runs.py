"""A run, kept so that it can be run again: what was asked, under which law, and what came out.

The record holds the rows themselves, the question, the hashes of the rule base by instrument, and a hash of each answer. It
knows no time of day: the same question under the same law is the same record, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Line, Row, read_line
from greenlane.errors import UsageError
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked

KIND = "greenlane-run/1"


@dataclass(frozen=True, slots=True)
class Question:
    """What all lines of a run are asked: day, knowledge, regimes, strictness."""

    on: Asked
    known_by: Asked
    sides: tuple[str, ...]
    strict: bool

    def plain(self) -> dict[str, Any]:
        """Plain data for a record; `read` makes the same value of it."""
        return {"on": self.on.text, "known_by": self.known_by.text, "regimes": list(self.sides), "strict": self.strict}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Question:
        """The question of a record. Raises KeyError, TypeError, ValueError for what `plain` did not write."""
        on, known_by = Asked.read(plain["on"]), Asked.read(plain["known_by"])
        return cls(on, known_by, tuple(plain["regimes"]), bool(plain["strict"]))


@dataclass(frozen=True, slots=True)
class Answered:
    """A row with the verdict it got and the hash of its whole answer."""

    cells: Mapping[str, str]
    verdict: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded run."""

    source: str
    source_sha256: str
    question: Question
    rules_version: str
    rules_sha256: str
    rules: Mapping[str, str]
    engine: str
    answers: tuple[Answered, ...]
    parties: Mapping[str, Identified] = field(default_factory=dict)  # what screening found of the parties the lines name

    @property
    def on(self) -> str:
        """The day asked about."""
        return self.question.on.text

    @property
    def known_by(self) -> str:
        """The day by which the law was known."""
        return self.question.known_by.text

    def text(self) -> str:
        """The record as JSON, one line per answer, keys sorted: the same run is the same text."""
        head: dict[str, Any] = {
            "kind": KIND,
            "source": {"name": self.source, "sha256": self.source_sha256},
            "question": self.question.plain(),
            "engine": self.engine,
            "rules": {"version": self.rules_version, "sha256": self.rules_sha256, "instruments": dict(self.rules)},
        }
        if self.parties:
            head["parties"] = {name: party.plain() for name, party in self.parties.items()}
        lines = [_dump({"cells": dict(one.cells), "verdict": one.verdict, "sha256": one.sha256}) for one in self.answers]
        return _dump(head)[:-1] + ', "answers": [\n' + ",\n".join(lines) + "\n]}\n"

    @property
    def name(self) -> str:
        """The name of the run: the start of the hash of its text."""
        return hashlib.sha256(self.text().encode()).hexdigest()[:16]


def read_run(text: str, *, shown: str) -> Run:
    """Read a record. Raises UsageError GL0303."""
    try:
        raw = json.loads(text)
        if raw["kind"] != KIND:
            raise KeyError("kind")
        question, rules, source = raw["question"], raw["rules"], raw["source"]
        return Run(
            source=str(source["name"]),
            source_sha256=str(source["sha256"]),
            question=Question.read(question),
            rules_version=str(rules["version"]),
            rules_sha256=str(rules["sha256"]),
            rules={str(key): str(value) for key, value in rules["instruments"].items()},
            engine=str(raw["engine"]),
            answers=tuple(
                Answered({str(k): str(v) for k, v in one["cells"].items()}, str(one["verdict"]), str(one["sha256"]))
                for one in raw["answers"]
            ),
            parties={str(name): Identified.read(name, plain) for name, plain in raw.get("parties", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            "GL0303", f"{shown} is not a run record: {error}", hint="give a file that `greenlane decide` wrote"
        ) from error


def answer(
    lines: Iterable[Line],
    rules: RuleBase,
    question: Question,
    *,
    look_ahead: bool = True,
    parties: Mapping[str, Identified] | None = None,
) -> Iterator[Decision]:
    """Decide each line; `parties` is what screening found of the parties they name, by name."""
    for line in lines:
        yield decide(
            line,
            rules,
            on=question.on,
            known_by=question.known_by,
            sides=question.sides,
            strict=question.strict,
            look_ahead=look_ahead,
            parties=parties,
        )


def digest(decision: Decision) -> str:
    """The hash of a whole answer, the hash of the rule base left out: the same answer under newer law is the same."""
    plain = {key: value for key, value in decision.plain().items() if key != "rules"}
    return hashlib.sha256(_dump(plain).encode()).hexdigest()


def record(
    decisions: Sequence[Decision],
    rules: RuleBase,
    question: Question,
    *,
    source: str,
    source_sha256: str,
    engine: str,
    parties: Mapping[str, Identified] | None = None,
) -> Run:
    """Make the record of a run; what screening found is kept in it, so that it can be run again whatever the lists are then."""
    return Run(
        source=source,
        source_sha256=source_sha256,
        question=question,
        rules_version=rules.version,
        rules_sha256=rules.sha256,
        rules=dict(sorted(rules.hashes.items())),
        engine=engine,
        answers=tuple(
            Answered(
                {key: value for key, value in sorted(decision.line.cells.items()) if value},
                decision.verdict.value,
                digest(decision),
            )
            for decision in decisions
        ),
        parties=dict(sorted((parties or {}).items())),
    )


def again(run: Run, rules: RuleBase, line_id: str | None = None) -> Iterator[tuple[Answered, Decision]]:
    """Run a record again under a rule base: each row with its new decision, or one line only."""
    for number, kept in enumerate(run.answers, start=1):
        if line_id is not None and kept.cells.get("line_id") != line_id:
            continue
        line, problems = read_line(Row(kept.cells, run.source, number))
        if line is None:
            raise problems[0]
        yield kept, next(answer((line,), rules, run.question, parties=run.parties))


@dataclass(frozen=True, slots=True)
class Compared:
    """What running again showed: law that changed, and lines whose answer changed."""

    law: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every answer came out the same."""
        return not self.lines


def compare(run: Run, rules: RuleBase) -> Compared:
    """Run again and compare."""
    law = []
    for name in sorted(run.rules.keys() | rules.hashes.keys()):
        then, now = run.rules.get(name), rules.hashes.get(name)
        if then != now:
            law.append(f"{name}: {'added since' if then is None else 'no longer there' if now is None else 'changed'}")
    lines = []
    for kept, decision in again(run, rules):
        now_digest = digest(decision)
        if now_digest != kept.sha256:
            was, is_now = kept.verdict, decision.verdict.value
            what = f"{was} -> {is_now}" if was != is_now else f"{was}, with other reasons"
            lines.append(f"{kept.cells.get('line_id', '?')}: {what}")
    return Compared(tuple(law), tuple(lines))


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(", ", ": "))
