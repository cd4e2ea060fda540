"""greenlane licences match, affected, share: which licence may a line use, and what does a change of a licence do to open lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli.decide import read_question
from greenlane.cli.licences_asking import tell_rejects
from greenlane.decide.decision import Decision
from greenlane.decide.explain import WORDS, headline
from greenlane.decide.line import Line
from greenlane.errors import UsageError
from greenlane.law.facts import Identified
from greenlane.licences.cover import Answer, Covered, Fit, Pool, amounts, cover, gives_of, provisos_on, weigh
from greenlane.licences.fit import Says, day_of
from greenlane.licences.share import RULES
from greenlane.services import covering
from greenlane.services.ports import Ledger
from greenlane.services.runs import Question, Run
from greenlane.terms.amounts import read_decimal, read_unit
from greenlane.terms.codes import Code
from greenlane.wiring import licensing as room

_DESK = click.option("--desk", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the ledger.  [default: .]")
_FORMAT = click.option(
    "--format", "form", type=click.Choice(("table", "jsonl")), default="table", show_default=True, help="Form of the answer."
)
_ORDERS = "orders.csv"
_MARKS = {Says.YES: "may be used", Says.ASK: "waits for an answer", Says.NO: "cannot be used"}


@click.command()
@click.argument("what", metavar="LINE_ID|FILE")
@click.option("--on", metavar="DATE", help="Day (or instant) the goods move.  [default: that of the last run, or today, printed]")
@click.option("--known-by", metavar="DATE", help="Use only law public by this day.  [default: --on]")
@click.option("--change", multiple=True, metavar="COLUMN=TEXT", help="Ask as if a column said this; may be given again.")
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
@click.option("--no-screening", is_flag=True, help="Take a party for a listed one only if the names are equal.")
@_DESK
@_FORMAT
def match(
    what: str,
    on: str | None,
    known_by: str | None,
    change: tuple[str, ...],
    rules: Path | None,
    no_screening: bool,
    desk: Path | None,
    form: str,
) -> int:
    """Which licences may a line use, how much is left of each, which provisos bite; and why each of the others cannot be used.

    LINE_ID is a line of the last run of the desk, or of its orders.csv; FILE is a file of lines, served in its order. Exit code
    0 if every line that needs a licence is covered in full, 1 if not, or if a row of the file does not read.

    \b
    Example:
        greenlane licences match L-04 --desk examples/london-2025-06-10 --on 2025-06-10
        greenlane licences match L-04 --desk examples/london-2025-06-10 --on 2025-06-10 --change "end_user=Example Robots Inc."
    """
    base = wiring.load_rules(rules)
    wiring.settle()
    lines, question, parties, run, wanted, rejected = lines_asked(what, desk, on, known_by)
    if change:
        lines = [_changed(line, change) if wanted in (None, line.line_id) else line for line in lines]
    named, found = (lines, parties or {})
    if parties is None and not no_screening:
        named, found = wiring.identify(lines, base, rules, question, desk)
    decisions = list(wiring.answer(named, base, question, parties=found))
    ledger = room.look_at(desk, known_by=question.known_by.calendar_day.isoformat())
    if ledger is None:
        raise UsageError("GL0304", "the desk has no ledger of licences", hint="greenlane licences grant, or name the desk: --desk")
    done = True
    with closing(ledger):
        pool = covering.pool_of(ledger, run)
        for decision in decisions:
            if wanted in (None, decision.line.line_id):
                covered = cover(decision, pool, losers=True)
                _tell(covered, covered.answers or weigh(decision, pool), form)
                done = done and (covered.full or not weigh(decision, pool))
            else:
                covered = cover(decision, pool)
            pool.take(covered)
    return 0 if done and not (rejected and wanted is None) else 1


def lines_asked(
    what: str, desk: Path | None, on: str | None, known_by: str | None
) -> tuple[Sequence[Line], Question, Mapping[str, Identified] | None, str, str | None, int]:
    """The lines to be served, the question, what screening found, the name of the run, the line asked about, rows rejected."""
    path = Path(what)
    orders = (desk or Path()) / _ORDERS
    if path.is_file():
        lines, question, parties, name, rejected = _from_file(path, on, known_by)
        return lines, question, parties, name, None, rejected
    kept = _last_run(desk, what)
    if kept is not None and on is None and known_by is None:
        lines = [wiring.read_one(one.cells) for one in kept.answers]
        return lines, kept.question, kept.parties, covering.name_of(kept), what, 0
    if orders.is_file():
        served, question, parties, name, rejected = _from_file(orders, on, known_by)
        if any(line.line_id == what for line in served):
            return served, question, parties, name, what, rejected
    if kept is not None:
        question = read_question(on or kept.on, known_by, ",".join(kept.question.sides), strict=kept.question.strict)
        lines = [wiring.read_one(one.cells) for one in kept.answers]
        return lines, question, None, covering.name_of(kept), what, 0
    hint = f"name a file, or a line of the last run or of {_ORDERS} at the desk; --desk names it"
    raise UsageError("GL0301", f"there is no file and no line `{what}`", hint=hint)


def _from_file(
    path: Path, on: str | None, known_by: str | None
) -> tuple[Sequence[Line], Question, Mapping[str, Identified] | None, str, int]:
    good, bad = wiring.read_order_file(path)
    tell_rejects(bad)
    question = read_question(on, known_by, None, strict=False)
    return good, question, None, covering.run_of(wiring.sha256_of(path), question), len(bad)


def _last_run(desk: Path | None, line_id: str) -> Run | None:
    """The last run that holds a line, if the desk has one."""
    try:
        run = wiring.find_run(desk, None, holding=line_id)
    except UsageError as error:
        if error.code != "GL0302":
            raise
        return None
    holds = isinstance(run, Run) and any(one.cells.get("line_id") == line_id for one in run.answers)
    return run if isinstance(run, Run) and holds else None


def _changed(line: Line, change: Sequence[str]) -> Line:
    cells = {key: text for key, text in line.cells.items() if text}
    for one in change:
        column, equals, text = one.partition("=")
        if not equals:
            raise UsageError("GL0304", f"--change {one!r} is not written COLUMN=TEXT", hint="end_user=Example Robots Inc.")
        cells[column.strip()] = text.strip()
    return wiring.read_one(cells)


def _tell(covered: Covered, answers: Sequence[Answer], form: str) -> None:
    decision = covered.decision
    if form == "jsonl":
        told: dict[str, Any] = {
            "line_id": decision.line.line_id,
            "verdict": decision.verdict.value,
            "covered": covered.full,
            "bites": [
                {
                    "measure": answer.bite.measure.id,
                    "met": answer.met and bool(covered.answers),
                    "licences": [_plain(fit, answer, decision) for fit in answer.fits],
                }
                for answer in answers
            ],
        }
        if covered.asks:
            told["asks"] = [one.plain() for one in covered.asks]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo("\n".join(_words(covered, answers)))


def _plain(fit: Fit, answer: Answer, decision: Decision) -> dict[str, Any]:
    told: dict[str, Any] = {"licence": fit.state.licence.id, "line": fit.number, "says": fit.says.value}
    told |= amounts(fit, *gives_of(fit, answer))
    day = day_of(decision, fit.state.licence.zone)
    left = date.fromisoformat(fit.state.until).toordinal() - date.fromisoformat(day).toordinal()
    told |= {"from": fit.state.since, "until": fit.state.until, "days_left": max(left, 0), "holder": fit.state.licence.holder}
    told["provisos"] = [{"id": one.id, "words": one.words, "until": one.until} for one in provisos_on(fit.state, day)]
    told["checks"] = [one.plain() for one in fit.checks]
    return told


def _words(covered: Covered, answers: Sequence[Answer]) -> Iterable[str]:
    decision = covered.decision
    yield headline(decision)
    word = WORDS[decision.verdict]
    if not answers:
        yield f"{word}: no bite that a licence could answer"
    elif not covered.answers:
        yield f"{word}: no licence is taken for it; what they say all the same:"
    else:
        yield f"{word}: {'covered in full' if covered.full else 'not covered in full'}"
    for answer in answers:
        yield f"  {answer.bite.measure.id}: {answer.bite.measure.title}"
        for fit in answer.fits:
            yield from (f"    {text}" for text in _fit_words(fit, answer, decision))
    for one in covered.asks:
        yield f"  ask {one.fact}: {one.words}"


def _fit_words(fit: Fit, answer: Answer, decision: Decision) -> Iterable[str]:
    plain = _plain(fit, answer, decision)
    name = fit.state.licence.id + (f" line {fit.number}" if fit.number != 1 else "")
    yield f"{name}: {_MARKS[fit.says]}"
    if fit.says is not Says.NO:
        worth = f", {plain['value_left']} {plain['currency']} left" if "value_left" in plain else ""
        granted = f" of {plain['granted']} ({plain['used']} used, {plain['reserved']} reserved)" if "granted" in plain else ""
        uses = f", {plain['uses_left']} uses left" if "uses_left" in plain else ""
        gives = f"; gives {plain['takes']}, short {plain['short']}" if fit.says is Says.YES else ""
        yield f"  {plain['left']} {plain['unit']} left{granted}{worth}{uses}{gives}"
        yield f"  no longer valid from {plain['until']}: {plain['days_left']} days left"
        for one in plain["provisos"]:
            until = f" (until {one['until']})" if one["until"] else ""
            yield f"  [ ] {one['id']}: {one['words']}{until}"
    yield from (f"  no: {one.words}" for one in fit.losses)
    yield from (f"  ask {one.fact}: {one.words}" for one in fit.asks)


# --- what changes -----------------------------------------------------------------------------------------------------


@click.command()
@click.option("--since", type=click.IntRange(0), metavar="ENTRY", help="Since this entry.  [default: before the newest act]")
@click.option("--on", metavar="DATE", help="Judge lines without a day of their own on this day.  [default: that of the run]")
@click.option("--run", help="Name of a run instead of the last.")
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
@_DESK
@_FORMAT
def affected(since: int | None, on: str | None, run: str | None, rules: Path | None, desk: Path | None, form: str) -> int:
    """Which open lines of the last run change lane or cover, now that a licence arrived, was suspended, resumed, cut or expired.

    The lines are judged twice: as the ledger stood after an entry (by default before its newest act that is no plain use), and
    as it stands; with --on as it stands on both days. Exit code 1 if a line changes.

    \b
    Example:
        greenlane licences affected
        greenlane licences affected --on 2025-12-02
    """
    base = wiring.load_rules(rules)
    wiring.settle()
    kept = wiring.find_run_of_lines(desk, run)
    ledger = room.look_at(desk)
    if ledger is None:
        raise UsageError("GL0304", "the desk has no ledger of licences", hint="greenlane licences grant, or name the desk: --desk")
    with closing(ledger):
        act = covering.newest_act(ledger)
        cut = since if since is not None else 0 if act is None else act.seq - 1
        if since is None and act is not None and form == "table":
            click.echo(f"since entry {act.seq}: {act.kind} {act.licence}, {act.day}", err=True)
        was, now = _judged(kept, base, None), _judged(kept, base, on) if on else None
        changes = covering.changed(*_twice(ledger, kept, cut if on is None or since is not None else None, was, now or was))
    for one in changes:
        click.echo(json.dumps(one.plain(), ensure_ascii=False) if form == "jsonl" else "\n".join(_change_words(one)))
    if not changes and form == "table":
        click.echo(f"no line of {len(was)} changes")
    return 1 if changes else 0


def _judged(run: Run, base: Any, on: str | None) -> list[Decision]:
    """The lines of a run, judged again; on another day those without a day of their own."""
    if on is None:
        return [decision for _, decision in wiring.again(run, base)]
    question = read_question(on, None, ",".join(run.question.sides), strict=run.question.strict)
    lines = [wiring.read_one(one.cells) for one in run.answers]
    return list(wiring.answer(lines, base, question, parties=run.parties))


def _twice(
    ledger: Ledger, run: Run, cut: int | None, was: Sequence[Decision], now: Sequence[Decision]
) -> tuple[Iterable[Decision], Iterable[Decision]]:
    name = covering.name_of(run)
    before: Pool = covering.pool_of(ledger, name) if cut is None else covering.pool_at(ledger, cut, name)
    return covering.served(was, before), covering.served(now, covering.pool_of(ledger, name))


def _change_words(one: covering.Changed) -> Iterable[str]:
    was, now = one.before, one.after
    yield f"{now.line.line_id}  {WORDS[was.verdict]} [{was.lane}] -> {WORDS[now.verdict]} [{now.lane}]"
    for word, decision in (("was", was), ("now", now)):
        told = ", ".join(f"{row['takes']} {row['unit']} under {row['licence']}, short {row['short']}" for row in decision.cover)
        yield f"  {word}: {told or 'no licence'}"


# --- what is shared out -------------------------------------------------------------------------------------------------


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--quantity", required=True, metavar="DECIMAL", help="How much there is to share out.")
@click.option("--unit", required=True, help="Its unit.")
@click.option("--authority", required=True, help="Whose licences: CN, US.")
@click.option("--codes", default="", help="Only for these list entries, `;` between.  [default: all]")
@click.option("--rule", "rule", type=click.Choice(tuple(RULES)), required=True, help="The rule by which it is shared out.")
@click.option("--on", metavar="DATE", help="Day (or instant) the goods move.  [default: today, printed]")
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
@click.option("--no-screening", is_flag=True, help="Take a party for a listed one only if the names are equal.")
@_DESK
@_FORMAT
def share(
    file: Path | None,
    quantity: str,
    unit: str,
    authority: str,
    codes: str,
    rule: str,
    on: str | None,
    rules: Path | None,
    no_screening: bool,
    desk: Path | None,
    form: str,
) -> int:
    """Which lines get the next kilograms that are licensed: shared out under a rule, with the reason for each.

    FILE is a file of lines; without it those of orders.csv of the desk. Asked is what licences of the desk do not give yet. `line_stop` reads the column or attribute line_stops_on, `contract` reads
    contract. Nothing is booked.

    \b
    Example:
        greenlane licences share examples/london-2025-06-10/orders.csv --quantity 500 --unit kg --authority CN --codes "cn:1C904.a.4;cn:1C905.a.4" --rule equal --on 2025-06-10
    """  # noqa: E501  (an example is one line)
    base = wiring.load_rules(rules)
    wiring.settle()
    lines, question, _, run, rejected = _from_file(file or (desk or Path()) / _ORDERS, on, None)
    named, found = (lines, {}) if no_screening else wiring.identify(lines, base, rules, question, desk)
    decisions = list(wiring.answer(named, base, question, parties=found))
    try:
        amount, unit = read_decimal(quantity), read_unit(unit)
        entries = [Code.read(one) for one in codes.split(";") if one.strip()]
    except ValueError as error:
        raise UsageError("GL0304", f"--quantity, --unit, --codes: {error}") from error
    ledger = room.look_at(desk, known_by=question.known_by.calendar_day.isoformat())
    with closing(ledger) if ledger is not None else nullcontext():
        pool = Pool({}) if ledger is None else covering.pool_of(ledger, run)
        rows, out = covering.share_out(decisions, pool, amount, unit, side=authority.casefold(), codes=entries, rule=rule)
    for row in (*rows, *out):
        if form == "jsonl":
            click.echo(json.dumps(row, ensure_ascii=False))
        elif "left_out" in row:
            click.echo(f"{row['line_id']}: left out, {row['left_out']}", err=True)
        else:
            click.echo(f"{row['line_id']}  {row['given']} of {row['asked']} {unit}  {row['customer']}: {row['why']}")
    return 1 if rejected else 0
