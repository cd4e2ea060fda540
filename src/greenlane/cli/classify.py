"""greenlane classify: which goods codes and list entries may be meant, on what evidence, and what must be asked?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from greenlane import wiring
from greenlane.decide.classify import NOTE, TOP, Assay, Proposal, Proposals, assay_of
from greenlane.decide.line import Line
from greenlane.errors import LineError, Place, UsageError
from greenlane.terms.codes import TARIFF
from greenlane.wiring import classifying

COLUMNS = (
    "line_id", "description", "kind", "rank", "proposed_code", "title", "basis", "evidence", "measures", "ask", "composition",
)  # fmt: skip
_FLAGS = {"description": "WHAT", "contains": "--contains", "attrs": "--attrs", "codes": "--codes"}
_BASES = {"fits": "all it asks for is said", "partly": "some of it is said", "words": "by words only"}
_GIVE = "give what it is in words of the trade, --contains with shares, --attrs such as form, substance or the figures"
_TOP_MAX = 50
_MEASURES_SHOWN = 2
_TITLE_SHOWN = 110


@click.command()
@click.argument("what", required=False, default="")
@click.option("--file", "file", type=click.Path(path_type=Path, dir_okay=False), help="Lines to propose for, instead of WHAT.")
@click.option("--contains", help="element:share%, `;` between; Dy:0 says none.")
@click.option("--attrs", help="name=value, `;` between.")
@click.option("--codes", help="Codes already known: scheme:code, `;` between.")
@click.option(
    "--schedule",
    type=click.Path(path_type=Path, dir_okay=False),
    help="An official schedule to search: HTS or HS, as CSV (or .gz).",
)
@click.option("--top", type=click.IntRange(1, _TOP_MAX), default=TOP, show_default=True, help="At most so many codes of each kind.")
@click.option("--format", "form", type=click.Choice(("table", "jsonl", "csv", "xlsx", "parquet")), help="Form.  [default: table]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the proposals here.")
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
@click.option("--desk", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps schedules.  [default: .]")
def classify(
    what: str,
    file: Path | None,
    contains: str | None,
    attrs: str | None,
    codes: str | None,
    schedule: Path | None,
    top: int,
    form: str | None,
    out: Path | None,
    rules: Path | None,
    desk: Path | None,
) -> int:
    """Propose goods codes and list entries for goods: from what WHAT says, what they contain, and their figures.

    It says what the composition rests on: the test report that the attributes test_report, tested_by and tested_on name, or the
    line alone. It proposes and never decides: each proposal carries its evidence and what must still be asked, and you state the
    code you choose. In a file, only line_id is compulsory; proposals go into a table of their own, never into the column `codes`.

    \b
    Example:
        greenlane classify "sintered NdFeB segment, 3 % Dy"
        greenlane classify "antimony trioxide" --attrs purity=99.99 --schedule hts_2025.csv --top 3
        greenlane classify --file items.csv --out proposals.csv
    """
    given = {"description": what, "contains": contains or "", "attrs": attrs or "", "codes": codes or ""}
    if file is None and not any(given.values()):
        raise UsageError("GL0304", "nothing is said about the goods", hint=_GIVE)
    if file is not None and any(given.values()):
        raise UsageError("GL0304", "--file takes its goods from the file", hint="leave WHAT, --contains, --attrs and --codes out")
    form = form or (wiring.format_of(out) if out is not None else "table")
    base = wiring.load_rules(rules, release=False)
    classifier = classifying.open_classifier(base, folder=rules, schedule=schedule, desk=desk)
    lines, bad = classifying.read_goods_file(file) if file is not None else ([_one(given)], [])
    found = [(line, classifier.propose(line, top=top)) for line in wiring.progress(lines, len(lines), "proposing")]
    _write(found, form, out)
    for reject in bad:
        click.echo("\n\n".join(str(problem) for problem in reject.problems) + "\n", err=True)
    if bad:
        click.echo(f"{len(found)} lines read, {len(bad)} rejected", err=True)
    return 1 if bad else 0


def _one(given: Mapping[str, str]) -> Line:
    try:
        return classifying.goods_line({"line_id": "goods", **{name: text for name, text in given.items() if text}})
    except LineError as problem:  # say which flag, not which column
        column = problem.at.column if problem.at is not None else None
        place = Place("the command line", column=_FLAGS.get(column or ""))
        raise LineError(problem.code, problem.message, at=place, hint=problem.hint) from problem


# --- writing --------------------------------------------------------------------------------------------------------


def _write(found: Sequence[tuple[Line, Proposals]], form: str, out: Path | None) -> None:
    if form == "jsonl":
        text = "".join(f"{json.dumps(_plain(line, one), ensure_ascii=False)}\n" for line, one in found)
    elif form == "csv" and out is None:
        text = wiring.csv_text(COLUMNS, list(_rows(found)))
    elif form == "table":
        if out is not None:
            raise UsageError("GL0304", "a table is for the screen", hint="choose --format csv, xlsx, parquet or jsonl with --out")
        text = "\n\n".join("\n".join(_block(line, one, named=len(found) > 1)) for line, one in found) + f"\n\n{NOTE}\n"
    elif out is None:
        raise UsageError("GL0304", f"{form} needs a file", hint=f"add --out proposals.{form}")
    else:
        wiring.write_table(out, COLUMNS, list(_rows(found)), form=form, sources=())
        text = ""
    if out is None:
        click.echo(text, nl=False)
    else:
        if form == "jsonl":
            wiring.write_text(out, text)
        click.echo(NOTE, err=True)


def _plain(line: Line, found: Proposals) -> dict[str, Any]:
    """The proposals as plain values; no key of an answer is among them, so that nothing takes them for one."""

    def of(one: Proposal, rank: int) -> dict[str, Any]:
        return {
            "rank": rank, "proposed_code": one.code, "title": one.title, "basis": one.basis, "evidence": list(one.evidence),
            "measures": list(one.measures),
        }  # fmt: skip

    return {
        "line_id": line.line_id,
        "description": line.description,
        "read_from_words": dict(found.read),
        "composition": _assay_plain(assay_of(line, found.read)),
        "goods_codes": [of(one, rank) for rank, one in enumerate(found.goods_codes, start=1)],
        "control_codes": [of(one, rank) for rank, one in enumerate(found.control_codes, start=1)],
        "ask": [{"fact": one.fact, "why": one.why, "decides": list(one.decides)} for one in found.asks],
        "note": NOTE,
    }


def _rows(found: Iterable[tuple[Line, Proposals]]) -> Iterator[dict[str, str]]:
    """A row for each proposal; a line without any has one row that says so."""
    for line, one in found:
        head = {"line_id": line.line_id, "description": line.description, "composition": _assay(assay_of(line, one.read))}
        asks = "; ".join(f"{ask.fact} ({ask.why})" for ask in one.asks)
        if not one.goods_codes and not one.control_codes:
            yield head | {"kind": "none", "evidence": "no evidence", "ask": _GIVE}
        for kind, proposals in (("goods_code", one.goods_codes), ("control_code", one.control_codes)):
            for rank, proposal in enumerate(proposals, start=1):
                yield head | {
                    "kind": kind, "rank": str(rank), "proposed_code": proposal.code, "title": proposal.title,
                    "basis": proposal.basis, "evidence": "; ".join(proposal.evidence), "measures": ";".join(proposal.measures),
                    "ask": asks,
                }  # fmt: skip


def _block(line: Line, found: Proposals, *, named: bool) -> Iterator[str]:
    """A line and its proposals, for people."""
    yield f"{line.line_id}: {line.goods_words()}" if named else line.goods_words()
    for name, says in found.read:
        yield f"  read from the words: {name} {says}"
    yield f"  composition: {_assay(assay_of(line, found.read))}"
    if not found.goods_codes and not found.control_codes:
        yield "  no proposal: nothing that is said points to a heading or an entry"
        yield f"  {_GIVE}"
        return
    for head, proposals in (("goods codes", found.goods_codes), ("list entries", found.control_codes)):
        yield f"  {head}{'' if proposals else ': none'}"
        for number, one in enumerate(proposals, start=1):
            yield from _entry(number, one)
    if found.asks:
        yield "  ask"
        for ask in found.asks:
            yield f"    {ask.fact}: {ask.why} ({', '.join(ask.decides)})"


def _assay_plain(one: Assay) -> dict[str, Any]:
    report = {"number": one.report, "laboratory": one.laboratory, "day": one.day} if one.report else None
    return {"shares_by_mass": list(one.shares), "basis": one.basis, "test_report": report}


def _assay(one: Assay) -> str:
    """The composition and what it rests on, in words."""
    shares = ", ".join(one.shares)
    if one.basis == "tested":
        by = f" of {one.laboratory}" if one.laboratory else ", laboratory not named"
        return f"{shares} by mass; test report {one.report}{by}, {one.day or 'day not named'}"
    if one.basis == "none":
        return "not said, and no test report is named"
    return f"{shares} by mass, as {'the line states' if one.basis == 'stated' else 'the words say'}; no test report is named"


def _entry(number: int, one: Proposal) -> Iterator[str]:
    words = one.title
    if len(words) > _TITLE_SHOWN:  # of a path of headings the end says most, of a title its beginning
        in_tariff = one.scheme in TARIFF
        words = f"... {words[-_TITLE_SHOWN:].partition(' ')[2]}" if in_tariff else f"{words[:_TITLE_SHOWN].rpartition(' ')[0]} ..."
    title = f"  {words}" if words else ""
    yield f"    {number}. {one.code or 'no code in the notice'}{title}  [{_BASES[one.basis]}]"
    for says in one.evidence:
        yield f"         {says}"
    if one.measures:
        more = f" and {len(one.measures) - _MEASURES_SHOWN} more" if len(one.measures) > _MEASURES_SHOWN else ""
        yield f"         named in {', '.join(one.measures[:_MEASURES_SHOWN])}{more}"
