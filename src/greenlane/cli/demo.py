"""greenlane demo: the desk of 10 June 2025, computed; an invented firm under real measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from greenlane import wiring
from greenlane.cli import covering
from greenlane.cli.decide import read_question
from greenlane.cli.licences_waits import filed
from greenlane.decide.decision import Decision, Verdict
from greenlane.decide.explain import WORDS, what_next, why
from greenlane.law.measure import Measure
from greenlane.law.rulebase import RuleBase
from greenlane.services.runs import Question
from greenlane.terms.amounts import show

DAY = "2025-06-10"
WIDTH = 118
# The reading of public figures that a desk without cases of its own leans on, and for whom it is: buyers in the EU and the US.
PRIOR, PRIOR_OF = "eu-us-civil-2025-06", ("CN", "eu-members", "US")
_SIDES = {"cn": "CN", "us": "US"}


@click.command()
@click.option(
    "--desk",
    type=click.Path(path_type=Path, file_okay=False),
    help="A desk folder of your own.  [default: the example]",
)
@click.option("--on", "on", default=DAY, show_default=True, metavar="DATE", help="Day of the desk.")
@click.option("--known-by", metavar="DATE", help="Use only law public by this day.  [default: --on]")
@click.option("--rules", type=click.Path(path_type=Path, file_okay=False), help="Another rule base.")
def demo(desk: Path | None, on: str, known_by: str | None, rules: Path | None) -> int:
    """The desk of 10 June 2025: what is law, what may go, what cannot be said.

    \b
    Example:
        greenlane demo
        greenlane demo --known-by 2025-05-20
    """
    start = wiring.stopwatch()
    question = read_question(on, known_by, None, strict=False)
    base = wiring.load_rules(rules)
    file = (desk or wiring.example_desk()) / "orders.csv"
    lines, rejects = wiring.read_order_file(file)
    named, parties = wiring.identify(lines, base, rules, question, desk)
    decided = list(wiring.answer(named, base, question, parties=parties))
    decisions, _ = covering.cover_run(decided, file.parent, question, file)
    waits = {one.line.line_id: waits_of(one, base, file.parent, question) for one in decisions}
    text = [
        f" greenlane   desk: {file.parent.name} (demo: the firms are invented, the measures are real)",
        *law_panel(decisions, base, question),
        *ship_panel(decisions, waits),
        *unknown_panel(decisions),
    ]
    if rejects:
        text += ["", f" {len(rejects)} rows could not be read: greenlane decide {file} names them"]
    text += ["", " try:  greenlane ask --from CN --to DE --codes hs:850511 --contains 'Nd:29%;Dy:3.1%' --on 2025-06-10"]
    text += [f"       greenlane decide {_near(file)} --on {on}   then   greenlane why L-04"]
    text += [" Not legal advice. Silence is never clearance."]
    click.echo("\n".join(text))
    click.echo(
        f" [{len(decisions)} lines under {len(base.measures)} measures, rule base {base.version}, in {start():.1f} s]",
        err=True,
    )
    return 0


def law_panel(decisions: Sequence[Decision], base: RuleBase, question: Question) -> list[str]:
    """Panel 1: what is in force, suspended, open or only said, of all that concerns the desk's lines."""
    rows: dict[tuple[int, str], tuple[str, Measure]] = {}

    def add(order: int, words: str, measure: Measure) -> None:
        rows.setdefault((order, measure.instrument.id), (words, measure))

    for decision in decisions:
        if decision.line.date is not None:  # panel 1 is about the desk's day; lines with a day of their own are not of it
            continue
        for reason in (*decision.reasons, *decision.possible):
            letter = " by letter" if reason.measure.instrument.letter is not None else ""
            add(0, reason.state + letter, reason.measure)
        for layer in decision.duty.layers if decision.duty is not None else ():
            add(1, f"duty {show(layer.rate)} %" if layer.rate is not None else "duty", layer.measure)
        for near in decision.near_misses:
            if near.why.startswith("suspended"):
                add(2, "suspended", near.measure)
        for reason in decision.obligations:
            add(3, "to report", reason.measure)
        for reason in decision.promises:
            add(4, reason.state, reason.measure)
    head = f" 1  WHAT IS LAW, WHAT IS ONLY SAID     as of {question.on.text}, as known {question.known_by.text}"
    out = ["", head]
    for (_, name), (words, _) in sorted(rows.items()):
        instrument = base.instruments[name]
        since = instrument.known_since.day.isoformat()
        unpublished = "  unpublished" if instrument.standing.value != "official" else ""
        title = _cut(instrument.title, 64)
        out.append(f"    {words:<19} {_SIDES[instrument.side]}  {title:<64} since {since}{unpublished}")
    return out


def ship_panel(decisions: Sequence[Decision], waits: Mapping[str, Sequence[str]]) -> list[str]:
    """Panel 2: how many lines are how, then each that is not free; by line, when what is short would be there."""
    counts = {verdict: sum(one.verdict is verdict for one in decisions) for verdict in Verdict}
    said = "   ".join(f"{WORDS[verdict].capitalize()} {number}" for verdict, number in counts.items())
    out = ["", f" 2  MAY I SHIP?   ({len(decisions)} lines)   {said}"]
    for decision in decisions:
        if decision.verdict in (Verdict.CANNOT_SAY,):
            continue
        line = decision.line
        amount = f"{line.quantity:,} {line.unit} " if line.quantity is not None else ""
        act = f"{line.activity} " if line.activity != "export" else ""
        goods = _cut(f"{amount}{line.description}", 46)
        way = f"{act}{line.ship_from}->{line.ship_to} {decision.on[5:]}"
        out.append(f"    {line.line_id}  {goods:<46} {way:<20} {WORDS[decision.verdict]} [{decision.lane}]")
        if decision.verdict is not Verdict.FREE or decision.lifts:
            out.append(f"          {_cut(why(decision), WIDTH - 12)}")
        out += [f"          {_cut(text, WIDTH - 12)}" for text in cover_panel(decision)]
        if (following := what_next(decision)) != "":
            out.append(f"          {_cut(following, WIDTH - 12)}")
        out += [f"          {text}" for text in waits.get(line.line_id, ())]
    return out


def waits_of(decision: Decision, base: RuleBase, desk: Path, question: Question) -> list[str]:
    """When a licence for what is short would be there, if it is filed for on the day of the desk; none where nothing is."""
    short = [one for one in decision.cover if one["short"] not in ("0", "all")]
    if decision.covered or not short:
        return []
    authority = base.measures[short[-1]["for"][0]].instrument.side.upper()
    day, to = question.on.calendar_day, decision.line.ship_to
    told = filed(desk, day, authority=authority, destination=to).told
    doubt, of, group, country = "", *PRIOR_OF
    if told["estimate"] is None and authority == of and (to == country or (group in base.groups and to in base.groups[group].ever)):
        told = filed(desk, day, authority=authority, destination=to, prior=PRIOR).told
        prior = told["prior"]
        doubt = f" ({prior['standing']}{', in hindsight' if prior['hindsight'] else ''})"
    said = []
    if (made := told["estimate"]) is not None:
        said.append(f"filed today: P50 {made['there_p50']}, P90 {made['there_p90']}, by {made['rests_on']}{doubt}")
    if (clock := told.get("clock")) is not None and "ends" in clock:
        said.append(f"the law's {clock['days']} {clock['counts']} days end on {clock['ends']}, if it is {clock['starts']} at once")
    return said


def cover_panel(decision: Decision) -> Iterable[str]:
    """Of each licence that gives something: what was granted, drawn, reserved, what is left, and what is short."""
    for one in decision.cover:
        unit, left = one["unit"], f"{one['left']} left"
        if "granted" in one:
            left = f"{one['granted']} {unit} granted, {one['used']} drawn, {one['reserved']} reserved, {left}"
        yield f"covered by {one['licence']}: {left}; short {one['short']} {unit}; until {one['until']}"


def unknown_panel(decisions: Sequence[Decision]) -> list[str]:
    """Panel 6: what cannot be said, and the question that would settle it."""
    out = ["", " 6  CANNOT SAY"]
    for decision in decisions:
        if decision.verdict is not Verdict.CANNOT_SAY:
            continue
        out.append(f"    {decision.line.line_id}  {_cut(decision.line.description, 46):<46} {_cut(why(decision), 60)}")
        out += [f"          {_cut(text, WIDTH - 12)}" for text in _questions(decision)]
    return out


def _questions(decision: Decision) -> Iterable[str]:
    settling = [one for one in decision.missing if set(one.verdicts.values()) != {"cannot_say"}]
    for one in settling[:2]:
        answers = ", ".join(f"{label}: {verdict}" for label, verdict in list(one.verdicts.items())[:5])
        yield f"{one.fact}?  {answers}"
    for one in decision.branches[:1]:
        yield f"{one.fact}: {', '.join(f'{label}: {verdict}' for label, verdict in one.verdicts.items())}"
    if decision.duty is not None and decision.duty.rate is not None and decision.line.activity == "import":
        yield f"the duty can be said: {show(decision.duty.rate)} %"


def _cut(text: str, width: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 3].rstrip() + "..."


def _near(file: Path) -> str:
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)
