"""greenlane screen: names and books against lists of parties, and the queue of alerts that two people judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

import click

from greenlane import wiring
from greenlane.cli import output
from greenlane.decide.line import Row
from greenlane.errors import UsageError
from greenlane.screen.finding import (
    Alert,
    AlertState,
    Approved,
    Counterparty,
    Found,
    Proposed,
    Refused,
    Undone,
    Verdict,
    plain_event,
)
from greenlane.screen.ownership import Outcome as Ownership
from greenlane.screen.ownership import OwnershipFinding
from greenlane.screen.tuning import threshold_for
from greenlane.services.counterparties import read_counterparty_row
from greenlane.services.screening import Answer, Outcome, Settings
from greenlane.wiring import screening as room

WORDS = {
    Outcome.HIT: "HIT",
    Outcome.POSSIBLE: "POSSIBLE",
    Outcome.NONE_FOUND: "NONE FOUND",
    Outcome.CANNOT_SAY: "CANNOT SAY",
}
_COLOURS = {Outcome.HIT: "bold red", Outcome.POSSIBLE: "yellow", Outcome.NONE_FOUND: "default", Outcome.CANNOT_SAY: "bright_black"}
_BOOKS = (".csv", ".xlsx", ".parquet", ".jsonl", ".ndjson")  # whatever ends so is a file, also one that is not there
_STATES = ("waiting", *(one.value for one in AlertState), "all")
_FILE = click.Path(path_type=Path, dir_okay=False)
_DESK = click.option("--desk", type=click.Path(path_type=Path, file_okay=False), help="Folder of records and log.  [default: .]")
_BY = click.option("--by", required=True, metavar="PERSON", help="Who does it.")
_AT = click.option("--at", metavar="DATE", help="Day it is written.  [default: today]")


class _NameOrStep(click.Group):
    """A group whose first word is a name or file unless it is one of its steps; `find` before a name that is one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["find", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_NameOrStep)
def screen() -> None:
    """Hold a name, or a book of them, against lists of parties; judge the alerts.

    `greenlane screen NAME|FILE` is `greenlane screen find NAME|FILE`. Nothing found is not nobody there. What two different
    people cleared is left out until its term ends or either side changes.

    \b
    Example:
        greenlane screen "Example Trading" --country CN
        greenlane screen book.csv --out screened.xlsx
        greenlane screen queue
    """


def _answering(command: Callable[..., int]) -> Callable[..., int]:
    """The options of a step that screens a book: days, desk, and where answers and bad rows go."""
    for option in (
        click.option(
            "--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Where bad rows go.  [default: FILE.rejects.csv]"
        ),
        click.option("--out", type=_FILE, help="Write the answers here."),
        click.option(
            "--format", "form", type=click.Choice(output.FORMATS), help="Form of the answer.  [default: table, or by --out]"
        ),
        click.option("--no-record", is_flag=True, help="Neither record the screening nor raise alerts."),
        _DESK,
        click.option("--known-by", metavar="DATE", help="Use only what was public by this day.  [default: --on]"),
        click.option("--on", metavar="DATE", help="Day the listing must stand.  [default: today, printed]"),
    ):
        command = option(command)
    return command


@screen.command()
@click.argument("name_or_file")
@click.option("--id", "id_", help="The desk's own id of a single name.  [default: the name]")
@click.option("--alias", multiple=True, help="Another name of a single name.")
@click.option("--kind", help="person, organisation, vessel or aircraft.")
@click.option("--country", help="Country codes, `;` between.")
@click.option("--identifiers", help="scheme:value, `;` between.")
@click.option("--born", help="Day, month or year of birth.")
@click.option("--address", help="Address.")
@click.option("--list", "lists", multiple=True, help="Screen against this list only; may be given again.")
@click.option("--threshold", type=float, default=0.5, show_default=True, help="Probability from which a hit is possible.")
@click.option("--certain", type=float, default=0.9, show_default=True, help="Probability from which a hit is certain.")
@click.option("--budget", type=float, help="Alerts of a thousand that people can look at: chooses the threshold on this book.")
@click.option("--owners", type=click.Path(path_type=Path, dir_okay=False), help="Table of who owns whom (owner, owned, share).")
@click.option("--limit", type=int, default=20, show_default=True, help="Hits shown of one counterparty.")
@_answering
def find(
    name_or_file: str,
    id_: str | None,
    alias: tuple[str, ...],
    lists: tuple[str, ...],
    on: str | None,
    known_by: str | None,
    threshold: float,
    certain: float,
    budget: float | None,
    owners: Path | None,
    limit: int,
    desk: Path | None,
    no_record: bool,
    form: str | None,
    out: Path | None,
    rejects: Path | None,
    **cells: str | None,
) -> int:
    """Look for a name, or for everybody in a book, on the lists.

    A book is CSV, XLSX, Parquet or JSON Lines with a column `name`, and as far as known id, aliases, kind, country, identifiers,
    born, address. It is read, answered and written row by row, by all processors. Exit code 1 if anybody is not `none_found`, or a
    row did not read.

    \b
    Example:
        greenlane screen "Example Trading" --country CN
        greenlane screen book.csv --list us-sdn --out screened.csv
    """
    day, known = _days(on, known_by)
    settings = Settings(on=day, known_by=known, threshold=threshold, certain=certain, limit=limit)
    path = Path(name_or_file)

    def opened() -> room.Book | room.Single:
        if path.suffix.lower() in _BOOKS:
            return room.Book(path)
        typed = {"name": name_or_file, "id": id_ or "", "aliases": ";".join(alias)} | {
            key: text or "" for key, text in cells.items()
        }
        one, problems = read_counterparty_row(Row(typed, "the command line", 1))
        if one is None:
            raise problems[0]
        return room.Single(one)

    if budget is not None:
        with opened() as book:
            settings = replace(settings, threshold=_affordable(book, settings, budget, lists=lists, desk=desk))
    owned = None if owners is None else room.owners_in(owners, settings, lists=lists, desk=desk)
    with opened() as book:
        course = room.screen_book(book, settings, lists=lists, desk=desk, at=None if no_record else wiring.today())
        return _tell(course, book, path, owned, form=form, out=out, rejects=rejects)


@screen.command()
@click.argument("book", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--since", metavar="RECORD", help="Record of a screening, by name or file.  [default: the newest of that book]")
@_answering
def rescreen(
    book: Path,
    since: str | None,
    on: str | None,
    known_by: str | None,
    desk: Path | None,
    no_record: bool,
    form: str | None,
    out: Path | None,
    rejects: Path | None,
) -> int:
    """Screen a book again as it was screened before, matching only those for whom something changed.

    Lists, thresholds, limit and how common a word is are those of the record; the answers are those of a whole screening with them.
    Exit code 1 if anybody is not `none_found`, or a row did not read.

    \b
    Example:
        greenlane screen rescreen book.csv --out screened.csv
    """
    day, known = _days(on, known_by)
    with room.Book(book) as held:
        kept = room.screening_before(desk, since, book)
        at = None if no_record else wiring.today()
        course = room.rescreen_book(held, kept, on=day, known_by=known, desk=desk, at=at)
        code = _tell(course, held, book, None, form=form, out=out, rejects=rejects)
        click.echo(f"{course.anew} of {held.read} matched anew since the screening {kept[1]}", err=True)
        return code


def _days(on: str | None, known_by: str | None) -> tuple[date, date]:
    """The day asked about, said if it is today, and the day by which the lists were known."""
    day = wiring.today() if on is None else _day(on, "--on")
    if on is None:
        click.echo(f"on {day.isoformat()} (today)", err=True)
    return day, day if known_by is None else _day(known_by, "--known-by")


def _tell(
    course: room.Course,
    book: room.Book | room.Single,
    path: Path,
    owned: Callable[[Counterparty], OwnershipFinding | None] | None,
    *,
    form: str | None,
    out: Path | None,
    rejects: Path | None,
) -> int:
    for fault in course.faults:
        click.echo(f"cannot say: {fault}", err=True)
    told = _Told(course, book, owned)
    _write(told, form=form or (wiring.format_of(out) if out is not None else "table"), out=out)
    if book.rejects:
        target = rejects or path.with_name(f"{path.name}.rejects.csv")
        book.rejects.write(target)
        for reject in book.rejects.first:
            click.echo("\n\n".join(str(problem) for problem in reject.problems) + "\n", err=True)
        click.echo(f"{book.read} screened, {len(book.rejects)} rejected: {target}", err=True)
    if course.name:
        click.echo(f"recorded as {course.name}", err=True)
    for id_, finding in told.owned:
        click.echo(f"{id_}: {finding.outcome.value}: {finding.sentence}", err=True)
    return 1 if book.rejects or told.owned or told.open else 0


class _Told:
    """The answers on their way to where they are written: what remains of them is whether any is open, and what owners bring."""

    def __init__(
        self,
        course: room.Course,
        book: room.Book | room.Single,
        owners: Callable[[Counterparty], OwnershipFinding | None] | None,
    ) -> None:
        self._course, self._book, self._owners = course, book, owners
        self.open = False
        self.owned: list[tuple[str, OwnershipFinding]] = []

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `rows`."""
        return tuple(flat(_NOBODY, dict.fromkeys((*self._book.columns, *(_OWNED if self._owners else ())), "")))

    def answers(self) -> Iterator[Answer]:
        """The answers, once."""
        for answer, _ in self._pairs():
            yield answer

    def rows(self) -> Iterator[dict[str, str]]:
        """The answers as rows, once."""
        for answer, cells in self._pairs():
            yield flat(answer, cells)

    def _pairs(self) -> Iterator[tuple[Answer, Mapping[str, str]]]:
        for answer in self._course:
            cells = self._book.next_cells()
            self.open |= answer.outcome is not Outcome.NONE_FOUND
            if self._owners is not None:
                finding = self._owners(answer.counterparty)
                if finding is not None and finding.outcome is not Ownership.NOT_FOUND:
                    self.owned.append((answer.counterparty.id, finding))
                said = ("no holding stated", "") if finding is None else (finding.outcome.value, finding.sentence)
                cells = {**cells, **dict(zip(_OWNED, said, strict=True))}
            yield answer, cells


_OWNED = ("ownership", "ownership_says")
_NOBODY = Answer(Counterparty(id="", names=("",)), Outcome.NONE_FOUND, Found(()), ())


def _affordable(
    book: Iterable[Counterparty], settings: Settings, budget: float, *, lists: Sequence[str], desk: Path | None
) -> float:
    """The lowest threshold within the budget, with the trade-off shown; thresholds above the certain one are not offered."""
    rates = [one for one in room.trade_off_of(book, settings, lists=lists, desk=desk) if one.threshold <= settings.certain]
    chosen = threshold_for(rates, per_thousand=budget)
    for one in rates:
        mark = "  <- chosen" if one.threshold == chosen else ""
        click.echo(f"threshold {one.threshold:.2f}: {one.alerts} alerts, {one.per_thousand:.1f} of a thousand{mark}", err=True)
    if chosen is None:
        message = f"no threshold up to {settings.certain} keeps alerts within {budget:g} of a thousand"
        raise UsageError("GL0304", message, hint="a higher --budget, or a higher --certain")
    return chosen


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("GL0304", f"{option}: `{text}` is no day", hint="a day like 2025-06-10") from error


def _at(text: str | None) -> date:
    return wiring.today() if text is None else _day(text, "--at")


# --- answers ----------------------------------------------------------------------------------------------------------


def flat(answer: Answer, cells: Mapping[str, str]) -> dict[str, str]:
    """The row as it came, with the answer in further columns; a column of the same name keeps the user's as `input_...`."""
    hits = answer.found.hits
    told = {**_NOTHING_TOLD, "outcome": answer.outcome.value}
    if hits or answer.found.more or answer.cleared or answer.confirmed:
        top = hits[0] if hits else None
        told |= {
            "hits": f"{len(hits)}{'+' if answer.found.more else ''}",
            "probability": f"{top.probability:.4f}" if top else "",
            "list": top.list if top else "",
            "entry": top.entry if top else "",
            "listed_name": top.listed_name if top else "",
            "sentence": top.sentence if top else "",
            "words": "; ".join(f"{word.query or '-'} = {word.listed or '-'} ({word.how})" for word in top.words) if top else "",
            "against": "; ".join(top.against) if top else "",
            "alerts": ";".join(answer.alerts),
            "other_entries": ";".join(hit.entry for hit in hits[1:]),
            "cleared": ";".join(alert.entry.id for alert in answer.cleared),
            "confirmed": ";".join(alert.entry.id for alert in answer.confirmed),
        }
    if not told.keys().isdisjoint(cells):
        cells = {f"input_{name}" if name in told else name: text for name, text in cells.items()}
    return {**cells, **told}


_TOLD: Final = (
    "outcome", "hits", "probability", "list", "entry", "listed_name", "sentence", "words", "against", "alerts", "other_entries",
    "cleared", "confirmed",
)  # fmt: skip
_NOTHING_TOLD: Final = {name: "0" if name == "hits" else "" for name in _TOLD}


def _write(told: _Told, *, form: str, out: Path | None) -> None:
    if form == "table":
        if out is not None:
            raise UsageError("GL0304", "a table is for the screen", hint="choose --format csv, xlsx, parquet or jsonl with --out")
        _table(told.answers())
        return
    if out is None and form not in ("csv", "jsonl"):
        raise UsageError("GL0304", f"{form} needs a file", hint=f"add --out answers.{form}")
    if form != "jsonl" and out is not None:
        wiring.write_table(out, told.columns, told.rows(), form=form, sources=(), lean=True)
        return
    lines: Iterator[str]
    if form == "jsonl":
        lines = (f"{json.dumps(answer.plain(), ensure_ascii=False)}\n" for answer in told.answers())
    else:
        lines = wiring.csv_lines(told.columns, told.rows())
    if out is not None:
        wiring.write_lines(out, lines)
        return
    for line in lines:
        click.echo(line, nl=False)


def _table(answers: Iterator[Answer]) -> None:
    """Whoever may be listed, and how many are not; a single one in any case."""
    console = _console()
    counts = dict.fromkeys(Outcome, 0)
    first = next(answers, None)
    second = next(answers, None)
    for answer in chain((one for one in (first, second) if one is not None), answers):
        counts[answer.outcome] += 1
        if answer.outcome is not Outcome.NONE_FOUND or second is None:
            _show(console, answer)
    said = "   ".join(f"{WORDS[one].capitalize()} {count}" for one, count in counts.items())
    console.print(f"{sum(counts.values())} screened:   {said}", markup=False)
    console.print("Nothing found is not nobody there. Not legal advice.", markup=False)


def _show(console: Any, answer: Answer) -> None:
    console.print(f"{answer.counterparty.id}  {answer.counterparty.names[0]}", markup=False)
    console.print(f"  {WORDS[answer.outcome]}", style=_COLOURS[answer.outcome], markup=False)
    for hit, key in zip(answer.found.hits, answer.alerts, strict=True):
        console.print(f"  {hit.probability:.4f}  {hit.listed_name}  ({hit.list}, {hit.entry})  alert {key}", markup=False)
        console.print(f"          {hit.sentence}", markup=False)
        for word in hit.words:
            console.print(f"          {word.query or '-'} = {word.listed or '-'}  {word.how}  {word.weight:+.2f}", markup=False)
        for text in hit.against:
            console.print(f"          against: {text}", markup=False)
    if answer.found.more:
        console.print("  more than --limit lets through", markup=False)
    for word_, alerts in (("cleared", answer.cleared), ("confirmed", answer.confirmed)):
        for alert in alerts:
            console.print(f"  {word_}: {alert.entry.shown} ({alert.entry.id})  alert {alert.key}", markup=False)


def _console() -> Any:
    import sys

    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


# --- the queue --------------------------------------------------------------------------------------------------------


@screen.command()
@_DESK
@click.option(
    "--state", type=click.Choice(["waiting", *(one.value for one in AlertState), "all"]), default="waiting", show_default=True
)
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def queue(desk: Path | None, state: str, form: str) -> int:
    """List the alerts: those that wait for somebody, those of a state, or all.

    \b
    Example:
        greenlane screen queue --state proposed
    """
    wanted = {"waiting": {AlertState.OPEN, AlertState.PROPOSED}, "all": set(AlertState)}.get(state) or {AlertState(state)}
    found = [alert for _, alert in sorted(room.alerts(desk).items()) if alert.state in wanted]
    for alert in found:
        if form == "jsonl":
            click.echo(json.dumps(_plain(alert), ensure_ascii=False))
        else:
            said = f"{alert.counterparty.id} {alert.counterparty.shown} = {alert.entry.shown} ({alert.entry.id})?"
            click.echo(f"{alert.key}  {alert.state.value:<9}  {said}{_proposed(alert)}")
    click.echo(f"{len(found)} alerts", err=True)
    return 0


def _proposed(alert: Alert) -> str:
    if alert.lapsed:
        return f"  {alert.lapsed}"
    if alert.proposal is None:
        return ""
    until = f" until {alert.proposal.until}" if alert.proposal.until else ""
    checked = f", {alert.decided_by}" if alert.decided_by else ""
    return f"  {alert.proposal.verdict.value}{until}: {alert.proposal.reason} ({alert.proposal.by}{checked}; entry {alert.number})"


def _plain(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.key,
        "state": alert.state.value,
        "counterparty": {"id": alert.counterparty.id, "name": alert.counterparty.shown, "sha256": alert.counterparty.sha256},
        "entry": {"id": alert.entry.id, "name": alert.entry.shown, "sha256": alert.entry.sha256},
        "raised": alert.raised.isoformat(),
        "proposal": None if alert.proposal is None else {"number": alert.number} | plain_event(alert.proposal),
        "decided_by": alert.decided_by,
        "lapsed": alert.lapsed,
    }


@screen.command()
@click.argument("alert")
@click.option("--verdict", required=True, type=click.Choice([one.value for one in Verdict]))
@click.option("--reason", required=True, help="Why.")
@click.option("--evidence", default="", help="What it rests on, in words.")
@click.option("--evidence-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="A file whose digest is kept.")
@click.option("--until", metavar="DATE", help="First day it holds no longer; compulsory for a false positive.")
@_BY
@_AT
@_DESK
def propose(
    alert: str,
    verdict: str,
    reason: str,
    evidence: str,
    evidence_file: Path | None,
    until: str | None,
    by: str,
    at: str | None,
    desk: Path | None,
) -> int:
    """Say what an alert is; another person must approve it.

    \b
    Example:
        greenlane screen propose 0f3a5c7d9e1b2c4d --verdict false_positive --until 2026-06-10 \\
            --reason "Another town" --by "Ann Example"
    """
    made = Proposed(
        alert=alert,
        at=_at(at),
        by=by,
        verdict=Verdict(verdict),
        reason=reason,
        evidence=evidence,
        evidence_sha256="" if evidence_file is None else room.sha256_of_file(evidence_file),
        until=None if until is None else _day(until, "--until"),
    )
    return _step(desk, alert, lambda _: made, "proposed")


@screen.command()
@click.argument("alert")
@click.option("--proposal", type=int, required=True, help="Number of the proposal in the log, as `queue` shows it.")
@_BY
@_AT
@_DESK
def approve(alert: str, proposal: int, by: str, at: str | None, desk: Path | None) -> int:
    """Approve the proposal on an alert that another person made.

    \b
    Example:
        greenlane screen approve 0f3a5c7d9e1b2c4d --proposal 12 --by "Bo Example"
    """
    return _step(desk, alert, lambda _: Approved(alert=alert, at=_at(at), by=by, proposal=proposal), "approved")


@screen.command()
@click.argument("alert")
@click.option("--proposal", type=int, required=True, help="Number of the proposal in the log, as `queue` shows it.")
@click.option("--reason", required=True, help="Why.")
@_BY
@_AT
@_DESK
def refuse(alert: str, proposal: int, reason: str, by: str, at: str | None, desk: Path | None) -> int:
    """Refuse the proposal on an alert that another person made; the alert is open again.

    \b
    Example:
        greenlane screen refuse 0f3a5c7d9e1b2c4d --proposal 12 --reason "No papers" --by "Bo Example"
    """
    return _step(desk, alert, lambda _: Refused(alert=alert, at=_at(at), by=by, proposal=proposal, reason=reason), "refused")


@screen.command()
@click.argument("alert")
@click.option("--reason", required=True, help="Why.")
@_BY
@_AT
@_DESK
def undo(alert: str, reason: str, by: str, at: str | None, desk: Path | None) -> int:
    """Take back what was proposed or decided of an alert; it is open again, and the log keeps both.

    \b
    Example:
        greenlane screen undo 0f3a5c7d9e1b2c4d --reason "The papers were another's" --by "Cy Example"
    """
    return _step(desk, alert, lambda _: Undone(alert=alert, at=_at(at), by=by, reason=reason), "undone")


def _step(desk: Path | None, alert: str, make: Callable[[Alert], Any], word: str) -> int:
    number = room.decide_alert(desk, alert, make)
    click.echo(f"{word}: alert {alert}, entry {number} of the log")
    return 0


@screen.command()
@click.argument("counterparty")
@click.option("--run", help="Record of a screening, by name or file.  [default: the newest record]")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A file .json or .pdf.")
@_DESK
def receipt(counterparty: str, run: str | None, out: Path, desk: Path | None) -> int:
    """Write the receipt of one search, hit or no hit; `greenlane verify` does the JSON one again.

    \b
    Example:
        greenlane screen receipt C-17 --out receipt.pdf
    """
    found = room.find_screening(desk, run).receipt(counterparty)
    room.write_receipt(out, found)
    click.echo(f"written: {out}, receipt {found.name}", err=True)
    return 0


@screen.command()
@_DESK
@click.option("--check", is_flag=True, help="Only say whether the log is sound.")
def log(desk: Path | None, check: bool) -> int:
    """Print the log of decisions, one JSON object a line, each with the hash that chains it.

    \b
    Example:
        greenlane screen log --check
    """
    problems = room.log_problems(desk)
    for text in problems:
        click.echo(text, err=True)
    if not check and not problems:
        for entry in room.log_entries(desk):
            click.echo(json.dumps({"number": entry.number, "sha256": entry.sha256} | plain_event(entry.event), ensure_ascii=False))
    if check and not problems:
        click.echo("sound")
    return 1 if problems else 0
