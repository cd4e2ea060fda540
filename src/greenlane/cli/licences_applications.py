"""greenlane licences apply, submit, accept, return and so on: applications, their packs, and what was shown to whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import click

from greenlane.cli.licences_asking import BY, DESK, DOC, FORMAT, ON, OUT, OWN_ID, date_of, day_of, grid, orders, say, several
from greenlane.errors import UsageError
from greenlane.licences.application import FORM, LINE, Application, AppliedLine
from greenlane.licences.licence import Kind, read_iso_day
from greenlane.services import applying
from greenlane.services.applying import LOG, Move
from greenlane.services.ports import Ledger
from greenlane.terms.sources import Source
from greenlane.wiring import applying as hall
from greenlane.wiring import licensing as room

_KINDS: Final = [one.value for one in Kind if one is not Kind.DOSSIER]
_APPLICATION: Final = click.argument("application")
_RECORD: Final = (OWN_ID, ON, BY, DOC, DESK, FORMAT)
COMMANDS: list[click.Command] = []


def _book(kind: str, application: str, told: dict[str, Any], **given: Any) -> int:
    day = day_of(given["on"])
    told = {key: value for key, value in told.items() if value}
    id_ = given["id_"]
    if id_ is None:
        said = json.dumps(told, ensure_ascii=False, sort_keys=True) if kind in ("paper", "disclose", "redraft") else ""
        id_ = f"{kind}/{application}/{day}" + (f"/{applying.short(said)}" if said else "")
    wish = Move(application=application, kind=kind, day=day, id=id_, told=told, by=given["by"], doc=given["doc"])
    practice = hall.load_practice()
    with closing(room.open_ledger(given["desk"])) as ledger:
        booked = applying.award(ledger, wish) if kind == "award" else applying.move(ledger, wish)
        found = applying.dossier(ledger, application, practice)
    rows = applying.board([found], practice, on=date_of(day))
    if given["form"] == "jsonl":
        say({"entry": booked.seq, "again": booked.again, "id": id_, "step": kind} | (rows[0] if rows else {}))
        return 0
    click.echo(f"entry {booked.seq}: {kind} {application}{', booked before' if booked.again else ''}")
    for row in rows:
        click.echo(_where(row))
    return 0


def show_application(ledger: Ledger, id: str, on: str | None, form: str) -> None:
    """Where an application is on a day: what `show` says of one, which has no balance."""
    practice = hall.load_practice()
    for row in applying.board([applying.dossier(ledger, id, practice)], practice, on=date_of(on)):
        if form == "jsonl":
            say(row)
            continue
        click.echo(_where(row))
        click.echo(f"  {row['kind']}, {row['authority']}; {row['exporter']} to {row['end_user']}, {row['destination']}")
        if row["licence"]:
            click.echo(f"  granted as {row['licence']}")


def _where(row: dict[str, Any]) -> str:
    return f"{row['application']}: {row['stage'].replace('_', ' ')} since {row['since']}; next move: {row['move']}; {row['clock']}"


# --- drafting ---------------------------------------------------------------------------------------------------------


def _form_options(command: Any) -> Any:
    helps = {
        "province": "Province whose office takes it.",
        "exporter": "Who exports, and applies.  [default: of the order lines]",
        "end_customer": "The end user's own customer, where it is asked for.",
    }
    for name in reversed([one for one in FORM if one not in ("authority", "kind")]):
        told = helps.get(name, f"{FORM[name][1]} ({FORM[name][0]}).")
        command = click.option(f"--{name.replace('_', '-')}", name, default="", help=told)(command)
    return command


@click.command()
@_APPLICATION
@click.option("--authority", default="CN", show_default=True, help="Who decides.")
@click.option("--kind", type=click.Choice(_KINDS), help="Kind of licence asked for.")
@_form_options
@click.option("--order", type=click.Path(path_type=Path, dir_okay=False), help="Take lines, and names not given, of these orders.")
@click.option("--lines", "wanted", help="Which lines of it, `;` between.  [default: all]")
@click.option("--file", "source", type=click.Path(path_type=Path, dir_okay=False), help="Take the whole draft of this JSON file.")
@several(*(click.option(f"--{name}", name, default="", help=f"{LINE[name][1]}, of an application of one line.") for name in LINE))
@click.option("--redraft", is_flag=True, help="Say it anew: a draft, or what came back.")
@several(*_RECORD)
def apply(
    application: str,
    authority: str,
    kind: str | None,
    order: Path | None,
    wanted: str | None,
    source: Path | None,
    redraft: bool,
    **given: Any,
) -> int:
    """Draft an application for a licence, of order lines, of a JSON file or of options.

    \b
    Example:
        greenlane licences apply A-7 --kind single --province Jiangxi --order orders.csv --lines L-04 --on 2025-06-10
    """
    if source is not None:
        try:
            told = json.loads(hall.read_file_text(source))
        except ValueError as error:
            raise UsageError("GL0735", f"{source} is no JSON: {error}") from error
        terms = Application.read(told if isinstance(told, dict) else {"lines": "no object"})
    else:
        terms = _terms(authority, kind, order, wanted, given)
    record = {key: given[key] for key in ("id_", "on", "by", "doc", "desk", "form")}
    return _book("redraft" if redraft else "apply", application, terms.plain(), **record)


def _terms(authority: str, kind: str | None, order: Path | None, wanted: str | None, given: dict[str, Any]) -> Application:
    if kind is None:
        raise UsageError("GL0304", "say which kind of licence is asked for", hint="--kind single")
    lines = orders(order, wanted)
    named = {name: given[name] for name in FORM if given.get(name)}
    if lines:
        for name, cell in applying.named_in(lines).items():
            named.setdefault(name, cell)
        applied = applying.applied_lines(lines)
    else:
        applied = (AppliedLine(**{name: given[name] for name in LINE}),)
    return Application(authority=authority, kind=kind, lines=applied, **named)


@click.command()
@_APPLICATION
@click.argument("paper")
@click.option("--document", default="", help="Its name or digest.")
@click.option("--dated", metavar="DATE", help="The day it bears.")
@click.option("--language", default="zh", show_default=True, help="Its language.")
@click.option("--translation", default="", help="The language that a translation lies beside it in.")
@click.option("--sealed", is_flag=True, help="It bears the seal or signature it needs.")
@click.option("--original", is_flag=True, help="It is the original.")
@click.option("--consent", default="", help="Who of its owners agreed that it be shown.")
@several(*_RECORD)
def paper(application: str, paper: str, dated: str | None, **given: Any) -> int:
    """Put a paper into the pack of an application, or another in its place.

    \b
    Example:
        greenlane licences paper A-7 end_use --dated 2025-06-05 --language en --translation zh --sealed --original
    """
    known = [one.id for one in hall.load_practice().papers]
    if paper not in known and not paper.startswith("other:"):
        raise UsageError("GL0735", f"`{paper}` is no paper that is known", hint=f"{', '.join(known)}, or other:NAME")
    told = {name: given.pop(name) for name in ("document", "language", "translation", "sealed", "original", "consent")}
    told |= {"paper": paper, "dated": read_iso_day(dated, "--dated") if dated else ""}
    return _book("paper", application, told, **given)


# --- the way ----------------------------------------------------------------------------------------------------------


def _step(kind: str, about: str, example: str, *options: Any) -> None:
    @click.command(kind, help=f"{about}\n\n\b\nExample:\n    greenlane licences {kind} A-7 {example}".rstrip())
    @_APPLICATION
    @several(*options, *_RECORD)
    def command(application: str, **given: Any) -> int:
        told: dict[str, Any] = {name: given.pop(name) for name in ("ground", "words", "office", "licence", "to") if name in given}
        if (ground := told.get("ground")) and ground not in (known := hall.load_practice().grounds):
            hint = f"{', '.join(known)}; or what the office said, with --words"
            raise UsageError("GL0735", f"`{ground}` is no known ground", hint=hint)
        return _book(kind, application, told, **given)

    COMMANDS.append(command)


_WORDS: Final = click.option("--words", default="", help="What the office said, in its words.")
_GROUND: Final = click.option("--ground", default="", help="Known ground: missing, unsealed, untranslated, evidence, mismatch.")
_OFFICE: Final = click.option("--office", type=click.Choice(("province", "ministry")), help="Which office.")
_step("submit", "The pack went to the province; form and papers count as shown to it.", "--on 2025-06-12",
      click.option("--to", default="", help="Which office it was shown to.  [default: province]"))  # fmt: skip
_step("forward", "The province passed it on; form and papers count as shown to the ministry.", "--on 2025-06-16",
      click.option("--to", default="", help="Which office it was shown to.  [default: ministry]"))  # fmt: skip
_step("accept", "The ministry accepted it: the clock of the law starts.", "--on 2025-06-18", _OFFICE)
_step("halt", "The clock is halted: others are consulted, or a check on the spot is made.", "--on 2025-07-01", _WORDS)
_step("proceed", "The clock goes on.", "--on 2025-07-09")
_step(
    "return",
    "It came back, with the ground. It may be drafted and submitted again.",
    "--ground unsealed --on 2025-06-14",
    _GROUND,
    _WORDS,
    _OFFICE,
)
_step("award", "It was granted: the licence, which stands in the ledger, came of it.", "--licence CN-6M-0042 --on 2025-08-05",
      click.option("--licence", required=True, help="The licence that came of it."))  # fmt: skip
_step("refuse", "It was refused.", "--ground evidence --on 2025-07-30", _GROUND, _WORDS)
_step("withdraw", "It was withdrawn.", "--on 2025-07-01", _WORDS)


# --- answers ----------------------------------------------------------------------------------------------------------


@click.command()
@click.option("--stage", help="Only those in this stage: drafted, at_province, under_review and so on.")
@several(ON, OUT, DESK, FORMAT)
def applications(stage: str | None, on: str | None, out: Path | None, desk: Path | None, form: str) -> int:
    """Where each application is, whose move it is and since when, with its age in working days and the clock of the law.

    Of a granted one it is said whether its licence was drawn, in part or whole, or has ended. --out writes the register as xlsx,
    json, csv or parquet.

    \b
    Example:
        greenlane licences applications --on 2025-07-01
    """
    practice, day = hall.load_practice(), date_of(on)
    with closing(room.open_ledger(desk)) as ledger:
        found = applying.dossiers(ledger, practice)
        rows = applying.board(found, practice, on=day, came=applying.what_came(ledger, found, on=day))
    rows = [row for row in rows if stage is None or row["stage"] == stage]
    if out is not None:
        hall.write_rows(out, rows, sources=[{"calendars and packs as of": practice.as_of}])
        click.echo(f"{len(rows)} applications: {out}", err=True)
        return 0
    if form == "jsonl":
        for row in rows:
            say(row)
        return 0
    heads = ("application", "stage", "since", "working_days", "move", "clock", "end_user")
    cells = [[row[name] if name != "stage" else _stage_words(row) for name in heads] for row in rows]
    grid(tuple(name.replace("_", " ") for name in heads), cells, none="no applications")
    return 0


def _stage_words(row: Mapping[str, Any]) -> str:
    stage = str(row["stage"]).replace("_", " ")
    if "licence_is" not in row:
        return stage
    left = f", {' and '.join(row['licence_left'])} left" if row["licence_left"] else ""
    return f"{stage}: {row['licence']} {row['licence_is']}{left}"


@click.command()
@_APPLICATION
@click.option("--order", type=click.Path(path_type=Path, dir_okay=False), help="Hold the form against this order file as well.")
@click.option("--lines", "wanted", help="Which lines of it, `;` between.")
@several(ON, OUT, DESK, FORMAT)
def pack(
    application: str, order: Path | None, wanted: str | None, on: str | None, out: Path | None, desk: Path | None, form: str
) -> int:
    """What is missing before an application goes: each paper, who makes it, and which known ground of return it would be.

    Exit code 1 if something is. A paper asked in practice is told apart from one that a notice requires.

    \b
    Example:
        greenlane licences pack A-7 --on 2025-06-10
    """
    practice, day = hall.load_practice(), date_of(on)
    with closing(room.open_ledger(desk)) as ledger:
        found, checked = applying.pack_of(ledger, application, practice, on=day, orders=orders(order, wanted))
    rows = [item.plain() for item in checked.items]
    code = 0 if checked.whole else 1
    if out is not None:
        hall.write_rows(out, rows)
        click.echo(f"{len(rows)} papers: {out}", err=True)
        return code
    if form == "jsonl":
        for row in rows:
            say(row)
        grounds = [{"ground": one.id, "words": one.en, "standing": one.standing.value} for one in checked.grounds]
        say({"form_lacks": list(checked.form_lacks), "differs": list(checked.differs), "grounds": grounds, "whole": checked.whole})
        return code
    if not checked.held and found.terms is not None:
        click.echo(f"what a {found.terms.kind} licence of {found.terms.authority} takes is not held; nothing was checked")
        return code
    cells = [
        (
            item.kind.id,
            item.state + (f": {', '.join(item.lacks)}" if item.lacks else ""),
            item.kind.made_by.replace("_", " "),
            item.kind.language + (f" + {item.kind.translation}" if item.kind.translation else ""),
            "needed" if item.kind.seal else "-",
            "yes" if item.grounds else "-",
            item.kind.asked,
            item.kind.sensitivity.replace("_", " "),
            "" if item.age_days is None else f"{item.age_days} day{'' if item.age_days == 1 else 's'}",
            item.kind.zh,
        )
        for item in checked.items
    ]  # fmt: skip
    heads = ("paper", "state", "made by", "language", "seal", "ground", "asked by", "sensitivity", "age", "in Chinese")
    grid(heads, cells, none="")
    if checked.form_lacks:
        click.echo(f"the form lacks: {', '.join(checked.form_lacks)}")
    for text in checked.differs:
        click.echo(f"form and order differ: {text}")
    for one in checked.grounds:
        click.echo(f"known ground of return: {one.en} ({one.standing.value}; {one.sources[0].title})")
    if checked.whole:
        click.echo("nothing that is known would bring it back; that is no promise")
    return code


@click.command("form")
@_APPLICATION
@several(ON)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="An .xlsx, .json or .pdf file.")
@several(DESK)
def form_(application: str, on: str | None, out: Path, desk: Path | None) -> int:
    """Write the data of the form in Chinese and English, with the checklist: xlsx, json or pdf.

    \b
    Example:
        greenlane licences form A-7 --out A-7.pdf --on 2025-06-10
    """
    practice, day = hall.load_practice(), date_of(on)
    with closing(room.open_ledger(desk)) as ledger:
        found, checked = applying.pack_of(ledger, application, practice, on=day)
    assert found.terms is not None
    hall.write_form(out, application, applying.form_rows(found.terms), [item.plain() for item in checked.items])
    click.echo(f"{application}: {out}", err=True)
    return 0


@click.command()
@click.argument("licence")
@click.option("--line", type=click.IntRange(1, 999), default=1, show_default=True, help="Line of the licence or application.")
@click.option("--order", type=click.Path(path_type=Path, dir_okay=False), help="Order file.")
@click.option("--order-line", help="Line of it.")
@click.option("--declaration", type=click.Path(path_type=Path, dir_okay=False), help="Declaration, with the columns of orders.")
@click.option("--declaration-line", help="Line of it.  [default: as of the order]")
@several(DESK, FORMAT)
def compare(
    licence: str,
    line: int,
    order: Path | None,
    order_line: str | None,
    declaration: Path | None,
    declaration_line: str | None,
    desk: Path | None,
    form: str,
) -> int:
    """Do order, licence (or application) and declaration agree in quantity, price, consignee and end user? Exit code 1 if not.

    \b
    Example:
        greenlane licences compare CN-6M-0042 --order orders.csv --order-line L-04 --declaration declared.csv
    """
    one = _only(orders(order, order_line), "--order-line")
    two = _only(orders(declaration, declaration_line or order_line), "--declaration-line")
    with closing(room.open_ledger(desk)) as ledger:
        found = applying.compare(ledger, name=licence, line=line, order=one, declaration=two)
    for each in found:
        if form == "jsonl":
            say({"field": each.field, "said": dict(each.said), "outcome": each.outcome, "words": each.words})
    if form == "table":
        papers = list(found[0].said) if found else []
        cells = [(each.field, each.outcome.replace("_", " "), *(each.said[name] for name in papers), each.words) for each in found]
        grid(("field", "outcome", *papers, "difference"), cells, none="nothing is stated")
    return 1 if any(each.outcome == "differs" for each in found) else 0


def _only(lines: list[Any], option: str) -> Any:
    if len(lines) > 1:
        raise UsageError("GL0304", f"the file holds {len(lines)} lines: say which", hint=option)
    return lines[0] if lines else None


# --- what was shown ---------------------------------------------------------------------------------------------------


@click.command()
@click.option("--application", default=LOG, show_default=True, help="The application it belongs to.")
@click.option("--to", required=True, help="To whom: an office, a tracking system, a supplier.")
@click.option("--about", default="", help="About whom.")
@click.option("--what", required=True, help="Which fields or papers.")
@click.option("--sensitivity", default="", help="low, personal, commercial, technical or trade_secret.")
@click.option("--consent", default="", help="Who agreed.")
@several(*_RECORD)
def disclose(application: str, **given: Any) -> int:
    """Note that something about somebody was shown to somebody, outside a submission.

    \b
    Example:
        greenlane licences disclose --to "magnet tracking system" --about "Example Antriebe GmbH" --what "volumes, client name" --on 2025-06-02
    """  # noqa: E501
    told = {name: given.pop(name) for name in ("to", "about", "what", "sensitivity", "consent")}
    return _book("disclose", application, told, **given)


@click.command()
@click.option("--about", default="", help="About whom; any part of the name.")
@click.option("--to", default="", help="To whom; any part of the name.")
@click.option("--until", metavar="DATE", help="Only by this day.")
@several(OUT, DESK, FORMAT)
def disclosed(about: str, to: str, until: str | None, out: Path | None, desk: Path | None, form: str) -> int:
    """What was shown to whom, when, and who agreed. Submissions count by themselves: form and every paper of the pack.

    \b
    Example:
        greenlane licences disclosed --about "Example Antriebe"
    """
    with closing(room.open_ledger(desk)) as ledger:
        found = applying.dossiers(ledger, hall.load_practice())
    rows = [
        one.plain() for one in applying.disclosed(found, about=about, to=to, upto=read_iso_day(until, "--until") if until else "")
    ]
    if out is not None:
        hall.write_rows(out, rows)
        click.echo(f"{len(rows)} disclosures: {out}", err=True)
    elif form == "jsonl":
        for row in rows:
            say(row)
    else:
        heads = ("day", "to", "what", "about", "sensitivity", "consent", "application")
        grid(heads, [[row[name] for name in heads] for row in rows], none="nothing was shown, as far as this desk knows")
    return 0


# --- may it be used so ------------------------------------------------------------------------------------------------


def _cited(sources: tuple[Source, ...]) -> str:
    return "; ".join(one.title + ("" if one.read == "official" else f" ({one.read.replace('_', ' ')})") for one in sources)


@click.command()
@click.argument("licence")
@click.option("--to", required=True, help="Who would get or use the goods.")
@several(DESK, FORMAT)
def transfer(licence: str, to: str, desk: Path | None, form: str) -> int:
    """May the goods of a licence go to somebody else: a sister company, a buyer? Exit code 1 unless the licence names them.

    \b
    Example:
        greenlane licences transfer CN-6M-0042 --to "Example Antriebe Polska"
    """
    with closing(room.open_ledger(desk)) as ledger:
        told = applying.transfer(ledger, hall.load_practice(), licence, to)
    if form == "jsonl":
        say(told)
    else:
        click.echo(f"{told['answer']}: {told['words']}")
        if told["clause"]:
            click.echo(f"  {told['clause']} / {told['clause_zh']} ({told['standing']}; {told['source']})")
    return 0 if told["answer"] == "named in the licence" else 1


@click.command()
@click.option("--authority", help="Only of this one: CN, US, GB, EU.")
@several(FORMAT)
def profiles(authority: str | None, form: str) -> int:
    """What a licence of an authority is like and how long it is valid at most, as far as somebody says so, and who does.

    \b
    Example:
        greenlane licences profiles --authority GB
    """
    practice = hall.load_practice()
    found = [one for one in practice.profiles if authority is None or one.authority == authority]
    if not found:
        held = ", ".join(sorted({one.authority for one in practice.profiles}))
        raise UsageError("GL0304", f"no profile is held of {authority}", hint=f"held: {held}")
    for one in found:
        if form == "jsonl":
            source = [{"title": each.title, "href": each.href, "read": each.read} for each in one.sources]
            say(
                {
                    "profile": one.id, "authority": one.authority, "kinds": list(one.kinds), "months": one.months, "words": one.en,
                    "reading": one.reading, "standing": one.standing.value, "sources": source,
                }
            )  # fmt: skip
            continue
        most = "how long it is valid was not read" if one.months is None else f"valid for {one.months} months at most"
        click.echo(f"{one.id} ({', '.join(kind.replace('_', ' ') for kind in one.kinds)}): {one.en}; {most}")
        sources = "; ".join(f"{each.title} ({each.read.replace('_', ' ')})" for each in one.sources)
        click.echo(f"  {one.reading} {one.standing.value}; {sources}")
    return 0


@click.command()
@click.argument("procedure", required=False)
@click.option("--application", help="Hold the criteria against the pack of this application.")
@several(DESK, FORMAT)
def eligible(procedure: str | None, application: str | None, desk: Path | None, form: str) -> int:
    """Which easier procedures are there (green channel, general licence), and are their criteria met, or not published?

    \b
    Example:
        greenlane licences eligible green_channel
    """
    practice = hall.load_practice()
    if procedure is not None and procedure not in practice.procedures:
        raise UsageError("GL0304", f"there is no procedure `{procedure}`", hint=", ".join(practice.procedures))
    papers = None
    if application is not None:
        with closing(room.open_ledger(desk)) as ledger:
            papers = set(applying.dossier(ledger, application, practice).papers)
    for one in practice.procedures.values():
        if procedure is not None and one.id != procedure:
            continue
        criteria: Any = "not published"
        if one.criteria is not None:
            met = {True: "met", False: "not met"}
            criteria = {name: "not held against an application" if papers is None else met[name in papers] for name in one.criteria}
        if form == "jsonl":
            say(
                {
                    "procedure": one.id,
                    "criteria": criteria,
                    "standing": one.standing.value,
                    "reading": one.reading,
                    "source": _cited(one.sources),
                }
            )
            continue
        said = criteria if isinstance(criteria, str) else ", ".join(f"{name} {state}" for name, state in criteria.items())
        click.echo(f"{one.en} ({one.zh}): criteria {said}")
        click.echo(f"  {one.reading} {one.standing.value}; {_cited(one.sources)}")
    return 0


COMMANDS += [apply, paper, applications, pack, form_, compare, disclose, disclosed, transfer, profiles, eligible]
