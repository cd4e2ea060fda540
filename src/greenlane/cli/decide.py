"""greenlane decide, ask, why, verify: order lines in, verdicts out, and the proof."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.cli import covering, output
from greenlane.decide.decision import Decision
from greenlane.decide.explain import tree
from greenlane.decide.line import Line
from greenlane.errors import LineError, Place, UsageError
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.services.file_runs import FileRun
from greenlane.services.runs import Question, Run
from greenlane.terms.periods import Asked

_QUESTION = (
    click.option("--on", metavar="DATE", help="Day (or instant) the goods move.  [default: today, printed]"),
    click.option("--known-by", metavar="DATE", help="Use only law public by this day.  [default: --on]"),
    click.option("--regimes", metavar="SIDES", help="Ask only these sides: cn, us or cn,us.  [default: cn,us]"),
    click.option("--strict", is_flag=True, help="Presume nothing; ask instead."),
    click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base."),
    click.option("--desk", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the runs.  [default: .]"),
    click.option("--no-record", is_flag=True, help="Do not record the run."),
    click.option("--owners", type=click.Path(path_type=Path, dir_okay=False), help="Table of who owns whom (owner, owned, share)."),
    click.option("--no-screening", is_flag=True, help="Take a party for a listed one only if the names are equal."),
)
_FORMAT = click.option(
    "--format", "form", type=click.Choice(output.FORMATS), help="Form of the answer.  [default: table, or by --out]"
)


def _question(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_QUESTION):
        command = option(command)
    return command


def read_question(on: str | None, known_by: str | None, regimes: str | None, *, strict: bool) -> Question:
    """The question of a run; today is asked for only here, and said."""
    if on is None:
        day = wiring.today()
        click.echo(f"on {day.isoformat()} (today)", err=True)
        asked = Asked.of(day)
    else:
        asked = read_day(on, "--on")
    known = Asked.of(asked.calendar_day) if known_by is None else read_day(known_by, "--known-by")
    sides = tuple(one.strip() for one in (regimes or "cn,us").split(",") if one.strip())
    for side in sides:
        if side not in ("cn", "us"):
            raise UsageError("GL0304", f"`{side}` is not a side", hint="--regimes takes cn, us or cn,us")
    return Question(asked, known, sides, strict)


def read_day(text: str, option: str) -> Asked:
    """A day or instant of an option. Raises UsageError GL0304."""
    try:
        return Asked.read(text)
    except ValueError as error:
        raise UsageError("GL0304", f"{option}: {error}", hint="a day like 2025-06-10, or an instant with offset") from error


def _identified(
    lines: Sequence[Line],
    base: RuleBase,
    rules: Path | None,
    question: Question,
    desk: Path | None,
    owners: Path | None,
    *,
    no_screening: bool,
) -> tuple[Sequence[Line], dict[str, Identified]]:
    if no_screening and owners is not None:
        raise UsageError("GL0304", "--owners needs screening", hint="leave --no-screening out: owners are looked for on the lists")
    return (lines, {}) if no_screening else wiring.identify(lines, base, rules, question, desk, owners)


@click.command()
@click.argument("file", type=click.Path())
@_question
@_FORMAT
@click.option("--out", type=click.Path(), help="Write the answers here; with --engine spark a new folder of Parquet files.")
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Where bad rows go.  [default: FILE.rejects.csv]")
@click.option("--explain", is_flag=True, help="Print every measure that bites, not only the gravest.")
@click.option(
    "--columns", metavar="NAMES", help="Only these answers of a csv, parquet or arrow file, comma between.  [default: all]"
)
@click.option(
    "--engine",
    type=click.Choice(("auto", "reference", "columnar", "spark")),
    default="auto",
    show_default=True,
    help="Who judges: line by line with every explanation (reference), many lines at a time (columnar), the same on a cluster"
    " (spark); auto by length and form.",
)
@click.option("--master", help="The cluster, for --engine spark: local[4], spark://host:7077, yarn, ...  [default: local[*,4]]")
@click.option("--spark-conf", multiple=True, metavar="KEY=VALUE", help="A setting of Spark's; may be given again.")
@click.option("--reserve", is_flag=True, help="Reserve what licences of the desk give to the lines.")
@click.option("--by", default="", metavar="PERSON", help="Who reserves.")
def decide(
    file: str,
    on: str | None,
    known_by: str | None,
    regimes: str | None,
    strict: bool,
    rules: Path | None,
    desk: Path | None,
    no_record: bool,
    no_screening: bool,
    owners: Path | None,
    form: str | None,
    out: str | None,
    rejects: Path | None,
    explain: bool,
    columns: str | None,
    engine: str,
    master: str | None,
    spark_conf: tuple[str, ...],
    reserve: bool,
    by: str,
) -> int:
    """Give each order line in FILE a verdict, a reason and a source.

    FILE is CSV, XLSX, Parquet, Arrow or JSON Lines, one line a row; line_id, ship_from and ship_to are compulsory. Bad rows are
    named and go whole into the reject file; the good ones are answered. If the desk keeps a ledger of licences,
    each line is told which licence covers it and what is short, in the order of the file; --reserve books it, once a file and day.

    Above 5,000 lines, answers as csv, parquet or arrow come from the columnar engine, and in place of a table only the totals
    are printed. It says the same, but for what explains a line (next, assumed, next_change, coverage): `greenlane why LINE_ID`
    says that of any line. jsonl, xlsx, --explain and --owners are answered line by line. A run that was stopped goes on where it
    was when the same command is given again.

    --columns names the answers that are wanted, the verdict among them: verdict, decided_by and duty_percent alone cost less time
    and room, because nothing else is put into words. They come from the columnar engine, however short FILE is.

    With --engine spark a cluster judges: FILE is a CSV file, or a file or folder of Parquet, where every worker sees it, --out a
    new folder. Rows that do not read are in both, the folder and the reject file.

    \b
    Example:
        greenlane decide orders.csv --on 2025-06-10 --known-by 2025-06-10
        greenlane decide orders.csv --on 2025-06-10 --out answers.xlsx
        greenlane decide orders.parquet --on 2025-06-10 --out answers.parquet
        greenlane decide orders.parquet --on 2025-06-10 --out answers.parquet --columns verdict,decided_by,duty_percent
        greenlane decide orders.parquet --on 2025-06-10 --engine spark --master spark://host:7077 --out answers
    """
    question = read_question(on, known_by, regimes, strict=strict)
    if engine == "spark":
        against = {"--explain": explain, "--owners": owners is not None, f"--format {form}": form not in (None, "parquet")}
        against["--reserve"] = reserve
        asked = {"question": question, "rules": rules, "desk": desk, "rejects": rejects, "screening": not no_screening}
        asked |= _chosen(columns)
        return _decide_spark(file, out, [name for name, holds in against.items() if holds], master, spark_conf, **asked)
    if master is not None or spark_conf:
        raise UsageError("GL0304", "--master and --spark-conf are for --engine spark", hint="add --engine spark, or leave them out")
    return _decide_here(
        Path(file),
        None if out is None else Path(out),
        question,
        form=form,
        columns=columns,
        engine=engine,
        explain=explain,
        rules=rules,
        desk=desk,
        record=not no_record,
        screening=not no_screening,
        owners=owners,
        rejects=rejects,
        reserve=reserve,
        by=by,
    )


def _decide_here(
    file: Path,
    out: Path | None,
    question: Question,
    *,
    form: str | None,
    columns: str | None,
    engine: str,
    explain: bool,
    rules: Path | None,
    desk: Path | None,
    record: bool,
    screening: bool,
    owners: Path | None,
    rejects: Path | None,
    reserve: bool,
    by: str,
) -> int:
    """Answer a file on this machine."""
    if out is not None and out.is_dir():
        raise UsageError("GL0306", f"`{out}` is a folder", at=Place(str(out)), hint="name another file")
    form = form or (wiring.format_of(out) if out is not None else "table")
    if columns is not None and (form == "table" or engine == "reference"):
        hint = "add --out answers.csv, or --format csv" if form == "table" else "leave --engine out"
        raise UsageError("GL0304", "--columns chooses answers in a file of the columnar engine", hint=hint)
    engine = engine if columns is None else "columnar"
    if _takes_columns(engine, file, form, explain=explain, owners=owners, reserve=reserve):
        asked = {"question": question, "rules": rules, "desk": desk, "rejects": rejects, "screening": screening}
        return _decide_columns(file, form, out, record=record, **asked, **_chosen(columns))
    base = wiring.load_rules(rules)
    wiring.settle()
    good, bad = wiring.read_order_file(file)
    lines, parties = _identified(good, base, rules, question, desk, owners, no_screening=not screening)
    decisions = list(wiring.progress(wiring.answer(lines, base, question, parties=parties), len(good), "deciding"))
    if record:
        wiring.record_run(desk, file, decisions, base, question, parties)
    target = rejects or file.with_name(f"{file.name}.rejects.csv")
    if bad:
        wiring.write_rejects(target, bad)
    _tell_rejects(target, bad, len(bad), len(good), named=rejects is not None)
    decisions, refused = covering.cover_run(decisions, desk, question, file, reserve=reserve, by=by)
    output.write(decisions, form=form, out=out, explain=explain)
    return 1 if bad or refused else 0


def _chosen(columns: str | None) -> dict[str, Any]:
    """The columns of answers that are wanted, if not all. Raises UsageError GL0304."""
    if columns is None:
        return {}
    from greenlane.wiring import streaming

    return {"answers": streaming.chosen(one.strip() for one in columns.split(",") if one.strip())}


def _decide_spark(file: str, out: str | None, against: Sequence[str], master: str | None, conf: Sequence[str], **asked: Any) -> int:
    """Answer a table on a cluster; the answers and the rows without one go to a folder of Parquet files."""
    from greenlane.wiring import spark

    if against:
        raise UsageError(
            "GL0304", f"{against[0]} is not done on Spark", hint="the answers are Parquet; leave it out, or leave --engine out"
        )
    if out is None:
        raise UsageError("GL0304", "--engine spark needs a folder for the answers", hint="add --out answers")
    pairs = [one.partition("=") for one in conf]
    if wrong := next((key for key, sign, _ in pairs if not sign or not key), None):
        raise UsageError("GL0304", f"--spark-conf: `{wrong}` is not KEY=VALUE", hint="as in spark.executor.memory=4g")
    base = wiring.load_rules(asked["rules"])
    settings = {key: value for key, _, value in pairs}
    found = spark.decide_files(spark.SparkQuestion(file=file, out=out, master=master, conf=settings, **asked), base)
    target = asked["rejects"] or spark.rejects_of(file)
    _tell_rejects(target, found.first, found.rejected, sum(found.totals.values()), named=asked["rejects"] is not None)
    click.echo(f"note: answers in {out}; this run is not recorded, `greenlane ask` explains one line", err=True)
    click.echo(output.totals_of(found.totals))
    return 1 if found.rejected else 0


def _takes_columns(engine: str, file: Path, form: str, *, explain: bool, owners: Path | None, reserve: bool) -> bool:
    """Whether the columnar engine answers. Raises UsageError GL0304 where it is asked for what it does not do."""
    if engine == "reference":
        return False
    from greenlane.wiring import streaming

    reasons = {
        f"--format {form} carries what explains each line": form not in ("table", *streaming.WRITTEN_FORMATS),
        "--explain says more of each line than it gives": explain,
        "--owners fills lines in, one by one": owners is not None,
        "--reserve books licences for one line after the other": reserve,
        f"{file.suffix} files are read line by line": wiring.format_of(file) not in streaming.READ_FORMATS,
    }
    against = next((reason for reason, holds in reasons.items() if holds), None)
    if engine == "columnar":
        if against is not None:
            raise UsageError("GL0304", f"the columnar engine does not do this: {against}", hint="leave --engine out")
        return True
    if not streaming.has_more_rows(file, streaming.LINES_MIN):
        return False
    if against is not None:
        click.echo(f"note: {against}, so these lines are judged one by one, which takes its time", err=True)
    return against is None


def _decide_columns(file: Path, form: str, out: Path | None, *, record: bool, **asked: Any) -> int:
    """Answer a file by the columnar engine."""
    from greenlane.wiring import streaming

    if form == "table" and out is not None:
        output.write((), form=form, out=out, explain=False)
    if out is None and form not in ("table", "csv"):
        raise UsageError("GL0304", f"{form} needs a file", hint=f"add --out answers.{form}")
    base = wiring.load_rules(asked["rules"])
    wiring.settle()
    question = streaming.FileQuestion(file=file, form=None if form == "table" else form, out=out, **asked)
    sys.stdout.flush()
    if covering.has_ledger(asked["desk"]):
        _note("what licences give to lines is not told in columns; --engine reference tells it, line by line")
    found = streaming.decide_file(question, base, say=_note, sink=sys.stdout.buffer.write)
    sys.stdout.buffer.flush()
    if record:
        streaming.record_file_run(found.record, asked["desk"])
    target = asked["rejects"] or file.with_name(f"{file.name}.rejects.csv")
    _tell_rejects(target, found.first, found.rejected, sum(found.totals.values()), named=asked["rejects"] is not None)
    if form == "table":
        click.echo("note: too many lines for a screen; --out answers.csv has each, `greenlane why LINE_ID` explains one", err=True)
        click.echo(output.totals_of(found.totals))
    return 1 if found.rejected else 0


def _note(text: str) -> None:
    click.echo(f"note: {text}", err=True)


def _tell_rejects(target: Path, first: Sequence[Any], rejected: int, answered: int, *, named: bool) -> None:
    if not rejected and not named and target.exists():
        click.echo(f"note: {target} is of an earlier run; every row of this one was answered", err=True)
    if rejected:
        for reject in first[:20]:
            click.echo("\n\n".join(str(problem) for problem in reject.problems) + "\n", err=True)
        more = " (the first 20 are shown)" if rejected > 20 else ""
        lines = f"{answered} line{'s' if answered != 1 else ''} answered"
        click.echo(f"{lines}, {rejected} rejected{more}: {target}", err=True)


_LINE_OPTIONS = (
    ("--line-id", "line_id", "Name of the line."),
    ("--item", "item", "Your item number."),
    ("--description", "description", "What the goods are, in words."),
    ("--codes", "codes", "scheme:code, `;` between: hs, hts, eccn, cn, schedule_b."),
    ("--contains", "contains", "element:share%, `;` between; Dy:0 says none."),
    ("--attrs", "attrs", "name=value, `;` between."),
    ("--quantity", "quantity", "Amount."),
    ("--unit", "unit", "Unit of the amount."),
    ("--value", "value", "Value of the line."),
    ("--currency", "currency", "ISO 4217."),
    ("--origin", "origin", "Country of origin."),
    ("--from", "ship_from", "Country shipped from."),
    ("--to", "ship_to", "Country shipped to."),
    ("--end-use-country", "end_use_country", "Country of end use."),
    ("--exporter", "exporter", "Who exports."),
    ("--consignee", "consignee", "Who receives."),
    ("--end-user", "end_user", "Who uses."),
    ("--end-use", "end_use", "Keywords, `;` between: civil, military, ..."),
    ("--activity", "activity", "export, reexport, transfer, import, load, deliver, service, release."),
    ("--date", "date", "Day or instant of this line."),
    ("--us-content", "us_content", "US share of the value."),
    ("--cn-re-content", "cn_re_content", "Chinese rare-earth share of the value."),
    ("--owner", "owner", "Known owner of the end user."),
    ("--owner-share", "owner_share", "The owner's percentage."),
)


def _line_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for flag, name, about in reversed(_LINE_OPTIONS):
        command = click.option(flag, name, help=about)(command)
    return command


@click.command(context_settings={"ignore_unknown_options": False})
@_line_options
@_question
@_FORMAT
@click.option("--explain", is_flag=True, help="Print the whole proof tree.")
def ask(
    on: str | None,
    known_by: str | None,
    regimes: str | None,
    strict: bool,
    rules: Path | None,
    desk: Path | None,
    no_record: bool,
    no_screening: bool,
    owners: Path | None,
    form: str | None,
    explain: bool,
    **columns: str | None,
) -> int:
    """Ask about one line from the command line; any column is a flag.

    \b
    Example:
        greenlane ask --from CN --to DE --codes hs:850511 --contains "Nd:29%;Dy:3.1%" --on 2025-06-10
        greenlane ask --from CN --to US --codes hts:8505.11.0070 --value 96000 --currency USD --on 2025-06-10
    """
    question = read_question(on, known_by, regimes, strict=strict)
    cells = {name: text for name, text in columns.items() if text}
    cells.setdefault("line_id", "ask")
    for name, flag in (("ship_from", "--from"), ("ship_to", "--to")):
        if name not in cells:
            raise UsageError("GL0101", f"`{name}` is missing", hint=f"add {flag} with a country code")
    try:
        line = wiring.read_one(cells)
    except LineError as problem:  # say which flag, not which column
        column = problem.at.column if problem.at is not None else None
        named = next((option for option, name, _ in _LINE_OPTIONS if name == column), None)
        raise LineError(problem.code, problem.message, at=Place("the command line", column=named), hint=problem.hint) from problem
    base = wiring.load_rules(rules)
    wiring.settle()
    lines, parties = _identified([line], base, rules, question, desk, owners, no_screening=no_screening)
    decisions = list(wiring.answer(lines, base, question, parties=parties))
    if not no_record:
        wiring.record_run(desk, None, decisions, base, question, parties)
    decisions, _ = covering.cover_run(decisions, desk, question, None)
    if form in (None, "table"):
        _print_tree(decisions[0], whole=explain)
    else:
        output.write(decisions, form=str(form), out=None, explain=explain)
    return 0


def _print_tree(decision: Decision, *, whole: bool) -> None:
    lines = tree(decision)
    click.echo("\n".join(lines if whole else _short(lines)))


def _short(lines: list[str]) -> list[str]:
    """The answer, why, what next, the measures and duties; the rest by --explain or why."""
    wanted = (
        "+- bites",
        "+- cover",
        "+- ask for",
        "+- open in",
        "+- lifted",
        "+- conflict",
        "+- duty",
        "+- only said",
        "+- must be",
        "+- presumed",
        "+- notes",
    )
    shown: list[str] = []
    keep = True
    for line in lines:
        if line.startswith("+- "):
            keep = line.startswith(wanted)
        elif not line.startswith("|"):
            keep = True
        if keep:
            shown.append(line)
    return shown


@click.command()
@click.argument("line_id")
@click.option("--desk", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the runs.  [default: .]")
@click.option("--run", help="Name of a run instead of the last.")
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
def why(line_id: str, desk: Path | None, run: str | None, rules: Path | None) -> int:
    """Print the proof tree of a line of the newest run that holds it: what bites, what nearly did, what lifts, what is not known.

    \b
    Example:
        greenlane why L-04
    """
    base = wiring.load_rules(rules)
    kept = wiring.find_run(desk, run, holding=line_id)
    found = covering.cover_again(kept, base, desk, line_id) if isinstance(kept, Run) else wiring.why(kept, base, line_id, desk)
    if not found:
        known = ", ".join(one.cells.get("line_id", "?") for one in kept.answers[:12]) if isinstance(kept, Run) else kept.source
        raise UsageError("GL0301", f"no run holds a line `{line_id}`", hint=f"the last holds {known}; --run names another")
    for decision in found:
        click.echo("\n".join(tree(decision)))
    if kept.rules_sha256 != base.sha256:
        click.echo("note: the rule base has changed since that run; `greenlane verify` says what differs", err=True)
    return 0


@click.command()
@click.argument("certificate", required=False)
@click.option("--desk", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the runs.  [default: .]")
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
def verify(certificate: str | None, desk: Path | None, rules: Path | None) -> int:
    """Run a recorded run or screening again and say `same`, or name what changed in law, input or answers.

    CERTIFICATE is the file of a record or receipt, the name of a record, or nothing for the last one of the desk.

    \b
    Example:
        greenlane verify
        greenlane verify .greenlane/runs/0f3a5c7d9e1b2c4d.json
    """
    wiring.settle()
    kept = wiring.find_record(desk, certificate)
    compared, source, journal = wiring.verify(kept, rules, desk)
    for text in (*source, *journal):
        click.echo(text)
    for text in compared.law:
        click.echo(f"law: {text}")
    for text in compared.lines:
        click.echo(f"answer: {text}")
    if compared.same and not source and not journal:
        law = "" if not compared.law else "; the law base changed, these answers did not"
        count = kept.lines if isinstance(kept, FileRun) else len(kept.answers)
        answers = f"{count} answer{'s' if count != 1 else ''}"
        click.echo(f"same: {answers}, on {kept.on}, as known {kept.known_by}{law}")
        return 0
    return 1
