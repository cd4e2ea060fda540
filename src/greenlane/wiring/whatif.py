"""The same lines under several questions, in one pass over a file: what would another day, knowledge or law change?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from greenlane.batch import changes, stream
from greenlane.batch.changes import Sums
from greenlane.batch.columns import ANSWERS
from greenlane.errors import DraftError, Place, RuleBaseError
from greenlane.feeds import table_parts, tables
from greenlane.feeds.table_batches import CUT, Cut, digest_of, open_batches
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.services.runs import Question
from greenlane.wiring import Bar, lawkeeping, load_rules
from greenlane.wiring.streaming import Judge, processors

_FIRST: Final = ("verdict",)


@dataclass(frozen=True, slots=True)
class Variant:
    """One other question: what it is called, and what is asked under which law."""

    name: str
    question: Question
    rules: RuleBase


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it: how many lines were asked, how many rows do not read, and what each variant changes."""

    lines: int
    rejected: int
    sums: dict[str, Sums]


def law_of(folder: Path, rules: Path | None) -> RuleBase:
    """The law of another rule base, or of the base with a draft over it. Raises RuleBaseError, DraftError, FileError."""
    if not (folder / "draft.yaml").is_file():
        return load_rules(folder)
    found = lawkeeping.read_draft(folder)
    try:
        return lawkeeping.rule_shelf(rules).load_with(found.files, with_cases=False)
    except RuleBaseError as problem:
        hint = "`greenlane rules blast` names every problem of it"
        message = f"the base does not load with this draft: {problem.problems[0].message}"
        raise DraftError("GL0401", message, at=Place(folder.as_posix()), hint=hint) from problem


def what_if(
    file: Path,
    question: Question,
    base: RuleBase,
    variants: list[Variant],
    *,
    rules: Path | None = None,
    desk: Path | None = None,
    form: str | None = None,
    out: Path | None = None,
    screening: bool = True,
    cut: Cut = CUT,
    kept: Callable[[int], Any] = lambda _: None,
) -> Answered:
    """Ask every line of a file again under each variant; lines whose verdict differs go to `out`, if it is named.

    All are asked for the verdict alone, and those that differ for the rest. Raises FileError, UsageError.
    """
    digest_of(file)  # a text that is no UTF-8 is refused before the first line is asked
    opened = open_batches(file, cut=cut)
    parties: dict[str, Identified] = {}

    def meet(names: Any) -> None:
        new = [name for name in names if name not in parties] if screening else []
        if new:
            from greenlane.wiring import screening as desk_of

            who.append(desk_of.identifier(base, rules, question, desk)) if not who else None
            parties.update(who[0].identify(new))

    who: list[Any] = []
    lines = rejected = 0
    sums = {one.name: Sums() for one in variants}
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        judge = Judge(file, base, question, opened, parties.get, meet, room, cut, workers=processors(), answers=_FIRST)
        stack.callback(judge.close)
        others = [(one, judge.under(one.rules, one.question)) for one in variants]
        writer = None
        if form is not None and out is not None:
            draft = stack.enter_context(tables.replacing(out))
            schema = changes.schema_beside(opened.schema, as_texts=form == "csv")
            writer = table_parts.open_parts(form, draft, schema, {"greenlane.rules_sha256": base.sha256})
            stack.callback(writer.close)
        bar = Bar("asking")
        stack.callback(bar.end)
        for chunk in stack.enter_context(stream.ahead(judge.looked(opened.chunks()))):
            judged = judge(chunk)
            lines, rejected = lines + judged.answers.num_rows, rejected + len(judged.rejects)
            for one, decide in others:
                after = decide(judged.texts)
                differs = changes.changed(judged.answers, after)
                if not differs.true_count:
                    continue
                texts = judged.texts.filter(differs)
                before, now = judge.again(texts), decide(texts, ANSWERS)
                sums[one.name].take(texts, before, now)
                if writer is not None:
                    given = texts if form == "csv" else judged.given.filter(differs)
                    writer.append(writer.encode(changes.beside(given, before, now, one.name)))
            bar(lines + rejected, None if not opened.rows else (lines + rejected) / opened.rows)
            kept(lines)
        if writer is not None:
            writer.finish()
        judge.keep()
    return Answered(lines, rejected, sums)


def variant_on(question: Question, base: RuleBase, asked: Any, text: str) -> Variant:
    """The same lines, moved on another day, as known by then."""
    return Variant(f"on {text}", replace(question, on=asked, known_by=asked), base)


def variant_known_by(question: Question, base: RuleBase, asked: Any, text: str) -> Variant:
    """The same lines, with only the law that was public by another day."""
    return Variant(f"known by {text}", replace(question, known_by=asked), base)
