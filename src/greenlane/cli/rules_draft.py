"""greenlane rules draft: what does a new notice say, as files for the rule base, and what must a person fill in?"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

from greenlane import wiring
from greenlane.cli.rules_asking import RULES_OPTION, read_date, unknown_name
from greenlane.cli.rules_printing import fill
from greenlane.errors import UsageError
from greenlane.law.draft import Draft
from greenlane.law.drafting import ActAsked, Asked
from greenlane.law.rulebase import RuleBase
from greenlane.terms.codes import Code
from greenlane.wiring import lawkeeping

READS = ("official", "copy", "press", "data", "not_opened")
_ACTS = {"suspend": "suspends", "extend": "extends", "terminate": "ends", "lift_part": "lifts_part"}
_SHOWN_MAX = 12


def _names(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the draft.  [default: drafts/ID]")
@click.option("--id", "name", metavar="ID", help="Name of the instrument.  [default: from its number]")
@click.option("--regime", metavar="ID", help="Regime of the instrument.  [default: by what it is]")
@click.option("--source", "address", metavar="URL", help="Where the notice stands.")
@click.option("--read", type=click.Choice(READS), default="copy", show_default=True, help="What was read of it.")
@click.option("--encoding", metavar="NAME", help="Encoding of the file, if it declares none.  [default: utf-8]")
@click.option("--on", metavar="DATE", help="The day on which it was looked at.  [default: today, printed]")
@click.option("--suspend", metavar="IDS", help="Instead of FILE: these instruments or measures pause, from --from until --until.")
@click.option("--extend", metavar="ACT", help="Instead of FILE: this pause goes on until --until.")
@click.option("--terminate", metavar="IDS", help="Instead of FILE: these end on --from.")
@click.option("--lift-part", metavar="IDS", help="Instead of FILE: --goods are taken out of these from --from.")
@click.option("--goods", multiple=True, metavar="CODE", help="With --lift-part: scheme:code, several times or with commas.")
@click.option("--from", "start", metavar="DATE", help="First day in.")
@click.option("--until", metavar="DATE", help="First day out.")
@click.option("--after", type=click.Choice(("revives", "unknown")), help="With --suspend, --extend: what holds afterwards.")
@click.option("--number", help="Number of the act, such as `Announcement 80 of 2026`.")
@click.option("--title", help="Title of the act, in our own short words.")
@click.option("--issuer", help="Who issued the act.")
@click.option("--published", metavar="DATE", help="First day on which the act was public.")
@RULES_OPTION
def draft(
    file: Path | None,
    out: Path | None,
    name: str | None,
    regime: str | None,
    address: str | None,
    read: str,
    encoding: str | None,
    on: str | None,
    start: str | None,
    until: str | None,
    after: str | None,
    number: str | None,
    title: str | None,
    issuer: str | None,
    published: str | None,
    goods: tuple[str, ...],
    folder: Path | None,
    **acts: str | None,
) -> int:
    """Read a notice into a draft folder, or draft a pause, an extension, an end, or a part taken out.

    FILE is a ministry's announcement (Chinese or English) or a passage of the Federal Register, as .txt, .md, .html or .xml.
    What could not be read stands in draft.yaml with its place; what a person must fill in stands there as well. Nothing is
    guessed. Exit code 1 if anything is open.

    \b
    Example:
        greenlane rules draft notice.txt --source https://example.com/notice-1
        greenlane rules draft --suspend cn-2025-055,cn-2025-056 --from 2025-11-10 --until 2026-11-10 \\
            --number "Announcement 99 of 2025" --source https://example.com/pause --title "Pause of two lists"
        greenlane rules draft --extend cn-2025-070/pause --until 2027-01-10 --id cn-example-extension
        greenlane rules draft --terminate us-np2 --from 2026-12-01 --id us-example-end
        greenlane rules draft --lift-part cn-2025-018 --goods cn:1C908.b --from 2026-12-01 --id cn-example-part
    """
    stated = {word: text for word, text in acts.items() if text}
    if (file is None) is (not stated) or len(stated) > 1:
        raise UsageError(
            "GL0304",
            "give either a FILE or one of --suspend, --extend, --terminate, --lift-part",
            hint="greenlane rules draft --help shows an example of each",
        )
    if address is not None and not re.match(r"https?://\S+\Z", address):
        raise UsageError("GL0304", f"--source: `{address}` is not an address", hint="it begins with https://")
    if name is not None and not re.fullmatch(r"(?:cn|us)-[a-z0-9][a-z0-9\-]{0,70}", name):
        raise UsageError("GL0304", f"--id: `{name}` is not an id", hint="cn- or us-, then lower-case letters, digits and hyphens")
    base = wiring.load_rules(folder, release=False)
    if regime is not None and regime not in base.regimes:
        raise unknown_name(regime, base.regimes, "regime")
    day = _day(on)
    if file is not None:
        asked = Asked(checked_on=day, id=name or "", regime=regime or "", address=address or "", read=read)
        found = lawkeeping.draft_of_notice(file, asked, base, encoding=encoding)
    else:
        word, text = next(iter(stated.items()))
        act = _act(word, _names(text), base, start, until, goods)
        side = base.instruments[act[1][0].partition("/")[0]].side if act[1][0].partition("/")[0] in base.instruments else "cn"
        first = base.instruments.get(act[1][0].partition("/")[0])
        asked_act = ActAsked(
            does=act[0],
            targets=act[1],
            side=side,
            regime=regime or (first.regime if first is not None else "cn-export"),
            id=name or _id_of(number, side),
            title=title or "",
            number=number or "",
            issuer=issuer or "",
            kind="announcement" if side == "cn" else "notice",
            address=address or "",
            read=read,
            published=None if published is None else read_date(published, "--published"),
            checked_on=day,
            start=start or "",
            until=until or "",
            after=after or "",
            goods=act[2],
        )
        found = lawkeeping.draft_of_act(asked_act, base)
    target = out or Path("drafts") / found.instruments[0]
    lawkeeping.write_draft(target, found)
    _print(found, target)
    return 1 if found.fill_in or found.unread else 0


def _day(on: str | None) -> date:
    if on is not None:
        return read_date(on, "--on")
    day = wiring.today()
    click.echo(f"on {day.isoformat()} (today)", err=True)
    return day


def _act(
    word: str, targets: tuple[str, ...], base: RuleBase, start: str | None, until: str | None, goods: tuple[str, ...]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What is done to what; the days and goods it needs are there and read."""
    option = f"--{word.replace('_', '-')}"
    if not targets:
        raise UsageError("GL0304", f"{option} names nothing", hint="give ids with commas between")
    for target in targets:
        known = {*base.acts} if word == "extend" else {*base.instruments, *base.measures, *base.lifts}
        if target not in known:
            raise unknown_name(target, known, "act" if word == "extend" else "instrument or measure")
    if word == "extend" and len(targets) > 1:
        raise UsageError("GL0304", "--extend takes one act", hint="draft one extension for each")
    if word == "extend" and start is not None:
        raise UsageError("GL0304", "--from does not go with --extend", hint="an extension moves an end: give --until")
    if word == "terminate" and until is not None:
        raise UsageError("GL0304", "--until does not go with --terminate", hint="it ends on --from")
    needed = {
        "suspend": ("--from", start),
        "extend": ("--until", until),
        "terminate": ("--from", start),
        "lift_part": ("--from", start),
    }
    flag, day = needed[word]
    if day is None:
        raise UsageError("GL0304", f"{option} needs {flag}", hint=f"add {flag} with a day")
    first, last = (None if text is None else read_date(text, flag) for text, flag in ((start, "--from"), (until, "--until")))
    if first is not None and last is not None and not first < last:
        raise UsageError("GL0304", f"it would end on {last}, before it begins on {first}", hint="--until is the first day out")
    codes = tuple(code for text in goods for code in _names(text))
    if (word == "lift_part") is not bool(codes):
        raise UsageError("GL0304", "--goods goes with --lift-part", hint="name the goods that are taken out, as scheme:code")
    return _ACTS[word], targets, tuple(_code(code) for code in codes)


def _code(text: str) -> str:
    try:
        return str(Code.read(text))
    except ValueError as error:
        raise UsageError("GL0304", f"--goods: {error}", hint="such as cn:1C905.a.4 or hs:8505.11") from error


def _id_of(number: str | None, side: str) -> str:
    found = re.search(r"(\d{1,4}) of (\d{4})", number or "")
    if found is None:
        raise UsageError("GL0304", "the instrument has no name", hint="give --number `Announcement 80 of 2026`, or --id")
    return f"{side}-{found[2]}-{int(found[1]):03d}"


def _print(found: Draft, target: Path) -> None:
    for path in sorted(found.files):
        click.echo(f"{target.as_posix()}/files/{path}")
    kinds: dict[str, list[str]] = {}
    for one in found.read:
        if one.what in ("issuer", "number", "title", "published", "effective", "effect", "until", "suspends"):
            kinds.setdefault(one.what, []).append(one.value)
    for what, values in kinds.items():
        fill(f"{what}: {', '.join(dict.fromkeys(values))}", "  ", "    ")
    codes = [one for one in found.read if one.what == "control" or one.what.startswith("customs of")]
    words = [
        _count(sum(one.what == "control" for one in codes), "control code"),
        _count(sum(one.what != "control" for one in codes), "customs code"),
        _count(sum(one.what == "party" for one in found.read), "party", "parties"),
        _count(sum(one.what == "heading" for one in found.read), "heading"),
    ]
    if any(words):
        marked = sum(bool(one.marked) for one in codes)
        click.echo(f"  read: {', '.join(filter(None, words))}{f'; {marked} mended or joined' if marked else ''}")
    for title, rows in (
        ("fill in", [f"{one.key}: {one.why}" for one in found.fill_in]),
        ("not read", [f"{one.start}-{one.end} `{' '.join(one.text.split())[:60]}`: {one.why}" for one in found.unread]),
    ):
        for row in rows[:_SHOWN_MAX]:
            fill(f"{title}: {row}", "  ", "    ")
        if len(rows) > _SHOWN_MAX:
            click.echo(f"  {title}: {len(rows) - _SHOWN_MAX} more in draft.yaml")
    click.echo(f"{len(found.fill_in)} to fill in, {len(found.unread)} not read")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}" if number else ""
