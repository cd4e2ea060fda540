"""How does new law enter the rule base: read into a draft, shown with what it would change, accepted by a person?

A draft changes nothing until a named person accepts it, with a reason. It is refused while anything is open, while its own
worked examples do not come out as written, and when the base is not the one it was made for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from greenlane.decide.cases import CaseResult, run_case
from greenlane.decide.decision import Decision
from greenlane.decide.line import Line
from greenlane.errors import DraftError, Place, UsageError
from greenlane.law.draft import BaseMark, Draft, MadeFrom
from greenlane.law.drafting import ActAsked, Asked, draft_act, draft_notice, read_notice
from greenlane.law.rulebase import Case, RuleBase
from greenlane.services.ports import Shelf
from greenlane.services.runs import Question, answer
from greenlane.terms.amounts import show
from greenlane.terms.periods import Asked as KnownBy

_VERSION = re.compile(r"[0-9]{4}(?:\.[0-9]{1,3}){2,3}\Z")
_SHOWN_MAX = 12


# --- propose --------------------------------------------------------------------------------------------------------


def propose_notice(text: str, made_from: MadeFrom, asked: Asked, base: RuleBase) -> Draft:
    """A draft of a notice. Raises DraftError GL0409 if the text is none."""
    reading = read_notice(text)
    if not reading.is_notice:
        bare = "it bears no number of an announcement, an order or a Federal Register document"
        raise DraftError(
            "GL0409",
            f"this is not a notice: {bare if reading.number is None else 'nothing that it orders could be read'}",
            at=Place(made_from.name),
            hint="news and statements are no law, and nothing is drafted from them",
        )
    return draft_notice(reading, made_from, text, asked, mark_of(base), base.instruments)


def propose_act(asked: ActAsked, made_from: MadeFrom, base: RuleBase) -> Draft:
    """A draft of an act or lift that a person states. Raises UsageError GL0305 if it is aimed at what is not there."""
    for name in asked.targets:
        there = name in base.acts if asked.does == "extends" else name in base.instruments or base.expand(name)
        if not there:
            what = "act" if asked.does == "extends" else "instrument or measure"
            raise UsageError("GL0305", f"`{name}` is no {what} of the rule base", hint="greenlane rules list shows what there is")
    if asked.id in base.instruments:
        raise UsageError("GL0304", f"the base has an instrument `{asked.id}` already", hint="choose another with --id")
    return draft_act(asked, made_from, mark_of(base))


def mark_of(base: RuleBase) -> BaseMark:
    """The state of a base, for a draft."""
    return BaseMark(version=base.version or "none", sha256=base.sha256)


# --- blast ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line whose answer changes."""

    before: Decision
    after: Decision

    @property
    def line(self) -> Line:
        """The line."""
        return self.after.line

    @property
    def because(self) -> tuple[str, ...]:
        """The measures that bite or may bite on one side only; if there are none, all that do now."""
        was, now = _reasons(self.before), _reasons(self.after)
        return tuple(sorted(was ^ now)) or tuple(sorted(now))

    def plain(self) -> dict[str, Any]:
        """The change as a record."""
        return {
            "change": "line", "line_id": self.line.line_id, "before": self.before.verdict.value, "after": self.after.verdict.value,
            "range_before": [self.before.low.value, self.before.high.value],
            "range_after": [self.after.low.value, self.after.high.value], "because": list(self.because),
            "duty_before": _rate(self.before), "duty_after": _rate(self.after),
            "value": None if self.line.value is None else show(self.line.value), "currency": self.line.currency or None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LawChange:
    """A piece of law that is new, changed or gone."""

    what: str
    id: str
    title: str

    def plain(self) -> dict[str, Any]:
        """The change as a record."""
        return {"change": self.what, "id": self.id, "title": self.title}


@dataclass(frozen=True, slots=True)
class Blast:
    """What a draft would change: law, lines with their money, and worked cases of the base."""

    law: tuple[LawChange, ...]
    lines: tuple[LineChange, ...]
    lines_asked: int
    cases: tuple[CaseResult, ...]
    cases_asked: int
    cases_run: int

    @property
    def money(self) -> dict[str, Decimal]:
        """The value of the lines that change, by currency; lines without a value are not in it."""
        found: dict[str, Decimal] = {}
        for one in self.lines:
            if one.line.value is not None:
                currency = one.line.currency or "no currency"
                found[currency] = found.get(currency, Decimal(0)) + one.line.value
        return dict(sorted(found.items()))

    @property
    def changes_anything(self) -> bool:
        """Whether an answer changes."""
        return bool(self.lines or self.cases)


def blast(
    before: RuleBase,
    after: RuleBase,
    lines: Sequence[Line],
    question: Question,
    *,
    watch: Callable[[Iterable[Any], int, str], Iterator[Any]],
) -> Blast:
    """Decide every line and every worked case of the base before and after."""
    changed = []
    for line in watch(lines, len(lines), "lines"):
        was = next(answer((line,), before, question, look_ahead=False))
        now = next(answer((line,), after, question, look_ahead=False))
        if _differs(was, now):
            changed.append(LineChange(was, now))
    failing = []
    touched = cases_in_reach(before.cases, before, after)
    for case in watch(touched, len(touched), "cases"):
        now_result = run_case(case, after)
        if now_result.failures and not run_case(case, before).failures:
            failing.append(now_result)
    return Blast(tuple(law_changes(before, after)), tuple(changed), len(lines), tuple(failing), len(before.cases), len(touched))


def cases_in_reach(cases: Sequence[Case], before: RuleBase, after: RuleBase) -> list[Case]:
    """The cases whose answer new law can touch. Law that only comes in changes no answer as known before it was public."""
    news = _first_news(before, after)
    if news is None:
        return list(cases)
    return [case for case in cases if KnownBy.read(case.known_by).calendar_day >= news]


def _first_news(before: RuleBase, after: RuleBase) -> date | None:
    """The day before the first new law was public; None if what was there changes, or a letter was known to some earlier."""
    files = {name for name in before.hashes.keys() | after.hashes.keys() if before.hashes.get(name) != after.hashes.get(name)}
    fresh = after.instruments.keys() - before.instruments.keys()
    if files - fresh - {"VERSION"} or any(after.instruments[name].letter is not None for name in fresh):
        return None
    rules = [one for kind in (after.measures, after.lifts, after.acts) for one in kind.values() if one.instrument.id in fresh]
    days = [after.instruments[name].known_since.day for name in fresh] + [rule.known_since.day for rule in rules]
    days += [one.known_since.day for rule in rules for one in getattr(rule, "periods", ()) + getattr(rule, "steps", ())]
    return min(days) - timedelta(days=1) if days else None


def law_changes(before: RuleBase, after: RuleBase) -> Iterable[LawChange]:
    """Instruments, measures, lifts and acts that are new, changed or gone; then changed tables."""
    touched = {name for name in before.hashes.keys() | after.hashes.keys() if before.hashes.get(name) != after.hashes.get(name)}
    kinds: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("instrument", before.instruments, after.instruments),
        ("measure", before.measures, after.measures),
        ("lift", before.lifts, after.lifts),
        ("act", before.acts, after.acts),
    )
    for kind, old, new in kinds:
        for name in sorted({*old, *new}):
            one = new.get(name) or old[name]
            title = getattr(one, "title", "") or one.instrument.title
            if name not in old:
                yield LawChange(f"new {kind}", name, title)
            elif name not in new:
                yield LawChange(f"removed {kind}", name, title)
            elif kind == "instrument" and name in touched:
                yield LawChange("changed instrument", name, title)
    for name in sorted(touched):
        if name not in before.instruments and name not in after.instruments and name != "VERSION":
            yield LawChange("changed table", name, "")


def _reasons(decision: Decision) -> frozenset[str]:
    rules = [reason.measure.id for reason in (*decision.reasons, *decision.possible)]
    layers = [layer.measure.id for layer in decision.duty.layers] if decision.duty is not None else []
    return frozenset((*rules, *layers))


def _rate(decision: Decision) -> str | None:
    if decision.duty is None:
        return None
    return "unknown" if decision.duty.rate is None else show(decision.duty.rate)


def _differs(one: Decision, two: Decision) -> bool:
    def key(decision: Decision) -> tuple[object, ...]:
        return (decision.verdict, decision.low, decision.high, _reasons(decision), _rate(decision))

    return key(one) != key(two)


# --- accept ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Review:
    """Who accepts a draft, why, and as which version."""

    reviewer: str
    reason: str
    version: str
    confirmed: tuple[str, ...] = ()  # keys of `fill_in` that the reviewer has filled in or looked at


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an acceptance did."""

    version: str
    files: tuple[str, ...]
    law: tuple[LawChange, ...]
    cases: int


def accept(draft: Draft, shelf: Shelf, review: Review, *, watch: Callable[[Iterable[Any], int, str], Iterator[Any]]) -> Accepted:
    """Move a draft into the base. Raises DraftError, or RuleBaseError where the base with the draft does not hold together."""
    shelf.check_writable()
    _check_filled_in(draft, review)
    before = shelf.load()
    if draft.base is None or draft.base.sha256 != before.sha256:
        made_for = "no base" if draft.base is None else f"{draft.base.version} ({draft.base.sha256[:12]})"
        raise DraftError(
            "GL0405",
            f"made for {made_for}, the base is {before.version} ({before.sha256[:12]})",
            at=Place("draft.yaml", column="base"),
            hint="look at it again with `greenlane rules blast`, then write the new state into `base`",
        )
    after = shelf.load_with(draft.files, with_cases=True)
    _run_cases(draft, before, after, watch)
    law = tuple(law_changes(before, after))
    version = _next_version(before.version, review.version)
    old = shelf.text("CHANGELOG.md")
    entry = changelog_entry(draft, law, review, version, before)
    files = {**draft.files, "VERSION": f"{version}\n", "CHANGELOG.md": _with_entry(old, entry)}
    shelf.take_in(files, before={path: shelf.text(path) for path in files} | {"CHANGELOG.md": old})
    return Accepted(version, tuple(sorted(files)), law, sum(case.instrument in draft.instruments for case in after.cases))


def _check_filled_in(draft: Draft, review: Review) -> None:
    keys = {one.key for one in draft.fill_in}
    for key in review.confirmed:
        if key not in keys:
            raise UsageError(
                "GL0304", f"`{key}` is not among what is to be filled in", hint=f"open: {', '.join(sorted(keys)) or 'nothing'}"
            )
    still = [one for one in draft.fill_in if one.key not in review.confirmed]
    if still:
        said = "; ".join(f"{one.key}: {one.why}" for one in still[:_SHOWN_MAX])
        raise DraftError(
            "GL0404",
            f"{len(still)} thing{'s are' if len(still) > 1 else ' is'} open: {said}",
            at=Place(still[0].file, column=still[0].key),
            hint="write it into the files of the draft, then accept with --confirm KEY for each",
        )


def _run_cases(draft: Draft, before: RuleBase, after: RuleBase, watch: Callable[[Iterable[Any], int, str], Iterator[Any]]) -> None:
    own = [case for case in after.cases if case.instrument in draft.instruments]
    if draft.instruments and not own:
        raise DraftError("GL0406", "the draft has no cases", at=Place("draft.yaml"), hint="write cases.yaml beside measure.yaml")
    others = cases_in_reach([case for case in after.cases if case.instrument not in draft.instruments], before, after)
    todo = [*own, *others]
    for case in watch(todo, len(todo), "cases"):
        result = run_case(case, after)
        if not result.failures:
            continue
        if case not in own and any(known.failures for known in _then(case, before)):
            continue  # it failed before the draft as well
        whose = "its own case" if case in own else f"a case of {case.instrument}"
        raise DraftError(
            "GL0406",
            f"{whose} does not come out as written: {case.name}: {'; '.join(result.failures)}",
            at=Place(case.file, case.at_line),
            hint="mend the draft" if case in own else "if the law changed this answer, put the mended cases.yaml into the draft",
        )


def _then(case: Case, before: RuleBase) -> Iterator[CaseResult]:
    if case in before.cases:
        yield run_case(case, before)


def _next_version(now: str, wanted: str) -> str:
    """The version wanted, later than the one there is; a second one of the same day counts up."""
    if not _VERSION.match(wanted):
        raise UsageError("GL0304", f"`{wanted}` is not a version", hint="a day like 2026.11.22, or 2026.11.22.2")
    if not _VERSION.match(now):
        return wanted
    mine, theirs = ((*_numbers(one), 1)[:4] for one in (wanted, now))
    if mine[:3] == theirs[:3] and len(_numbers(wanted)) == 3:
        return f"{wanted}.{theirs[3] + 1}"
    if mine <= theirs:
        raise UsageError("GL0304", f"version {wanted} is not later than {now}", hint="leave --version out, or give a later day")
    return wanted


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def changelog_entry(draft: Draft, law: Sequence[LawChange], review: Review, version: str, before: RuleBase) -> str:
    """The entry of an acceptance: what changed, who accepted it and why, from which document."""
    lines = [f"## {version}", ""]
    for kind in dict.fromkeys(one.what for one in law):
        names = [one.id for one in law if one.what == kind]
        more = f" and {len(names) - _SHOWN_MAX} more" if len(names) > _SHOWN_MAX else ""
        lines.append(f"law: {kind}{'s' if len(names) > 1 else ''} {', '.join(f'`{name}`' for name in names[:_SHOWN_MAX])}{more}.")
    lines += [
        f"law: {change.table}, {change.key}: {change.before or 'not there'} -> {change.after or 'gone'}."
        for change in draft.changes[:_SHOWN_MAX]
    ]
    if len(draft.changes) > _SHOWN_MAX:
        lines.append(f"law: {len(draft.changes) - _SHOWN_MAX} more rows of tables.")
    confirmed = [f"{one.key} ({_one_line(one.why)})" for one in draft.fill_in if one.key in review.confirmed]
    if confirmed:
        lines.append(f"Confirmed: {'; '.join(confirmed)}.")
    made = draft.made_from
    where = f", {made.address}" if made.address else ""
    lines += [
        f"Reason: {_one_line(review.reason)}",
        f"Reviewer: {_one_line(review.reviewer)}. Source: {_one_line(made.name)}{where} (sha256 {made.sha256}).",
        f"Base before: {before.version} (sha256 {before.sha256}).",
    ]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _with_entry(old: str | None, entry: str) -> str:
    """The change log with the entry before the newest one."""
    if old is None:
        return f"# Changes of the law base\n\n{entry}"
    at = re.search(r"^## ", old, re.MULTILINE)
    if at is None:
        return f"{old.rstrip()}\n\n{entry}"
    return f"{old[: at.start()]}{entry}\n{old[at.start() :]}"
