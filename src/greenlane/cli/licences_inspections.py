"""greenlane licences inspections: will customs look into a box though it needs no licence, and which papers help?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from greenlane import wiring
from greenlane.cli.licences_asking import DESK, FORMAT, say, several
from greenlane.cli.licences_match import lines_asked
from greenlane.decide.decision import Decision, Verdict
from greenlane.decide.explain import WORDS, headline
from greenlane.licences.inspections import Expected, expected, stopped
from greenlane.licences.practice import Practice
from greenlane.wiring import applying as hall


@click.command()
@click.argument("what", metavar="LINE_ID|FILE")
@click.option("--on", metavar="DATE", help="Day (or instant) the goods move.  [default: that of the last run, or today, printed]")
@click.option("--known-by", metavar="DATE", help="Use only law public by this day.  [default: --on]")
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
@several(DESK, FORMAT)
def inspections(what: str, on: str | None, known_by: str | None, rules: Path | None, desk: Path | None, form: str) -> int:
    """Will customs look into a box though its goods need no licence, and which papers help?

    LINE_ID is a line of the last run of the desk, or of its orders.csv; FILE is a file of lines. What is said is practice, as
    reported: it changes no verdict, and an inspection may come all the same where none is expected. Exit code 1 if a line that
    needs no licence is to expect one.

    \b
    Example:
        greenlane licences inspections L-01 --desk examples/london-2025-06-10 --on 2025-06-10
    """
    base, practice = wiring.load_rules(rules), hall.load_practice(rules)
    wiring.settle()
    lines, question, parties, _, wanted, rejected = lines_asked(what, desk, on, known_by)
    lines = [line for line in lines if wanted in (None, line.line_id)]
    if parties is None:
        lines, parties = wiring.identify(lines, base, rules, question, desk)
    any_stopped = False
    for decision in wiring.answer(lines, base, question, parties=parties):
        found = expected(decision, practice)
        any_stopped = any_stopped or stopped(decision, found)
        if form == "jsonl":
            told = [one.plain(practice) for one in found]
            say({"line_id": decision.line.line_id, "verdict": decision.verdict.value, "inspections": told})
        else:
            click.echo("\n".join(_words(decision, found, practice)))
    return 1 if any_stopped or (rejected and wanted is None) else 0


def _words(decision: Decision, found: Sequence[Expected], practice: Practice) -> Iterable[str]:
    yield headline(decision)
    if not found:
        yield f"{WORDS[decision.verdict]}: no inspection is reported for goods like these; one may come all the same"
        return
    if decision.verdict is not Verdict.FREE:
        what = "whatever becomes of that, customs look into goods like these"
    elif stopped(decision, found):
        what = "needs no licence, and an inspection is to be expected all the same"
    else:
        what = "needs no licence; an inspection is reported by nobody, and may come all the same"
    yield f"{WORDS[decision.verdict]}: {what}"
    for one in found:
        told = one.plain(practice)
        yield f"  {told['words']} ({told['standing']}; {told['source']})"
        yield from (f"    {led_by}" for led_by in told["led_by"])
    yield "  attach, and leave the description as it is:"
    papers = {paper["paper"]: paper for one in found for paper in one.plain(practice)["papers"]}
    yield from (f"    [ ] {paper['en']} / {paper['zh']}" for paper in papers.values())
