"""A decision in words: the first line answers, the second says why, the third what to do; and the whole proof tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from greenlane.decide.decision import Coverage, Decision, Duty, DutyLayer, Reason, Verdict
from greenlane.law.measure import Rule
from greenlane.law.rulebase import EXCEPTION_FACT
from greenlane.terms.amounts import show, show_money
from greenlane.terms.sources import Source

WORDS = {
    Verdict.FREE: "FREE",
    Verdict.LICENCE_REQUIRED: "LICENCE REQUIRED",
    Verdict.PRESUMPTION_OF_DENIAL: "PRESUMPTION OF DENIAL",
    Verdict.PROHIBITED: "PROHIBITED",
    Verdict.CANNOT_SAY: "CANNOT SAY",
}


def headline(decision: Decision) -> str:
    """What is asked: the goods, the way, the day."""
    line = decision.line
    amount = f"{line.quantity:,} {line.unit} " if line.quantity is not None else ""
    parties = f" to {line.consignee or line.end_user}" if line.consignee or line.end_user else ""
    act = f"{line.activity}, " if line.activity != "export" else ""
    way = f"{act}{line.ship_from} -> {line.ship_to}{parties}"
    return f"{line.line_id}  {amount}{line.goods_words()}; {way}; {decision.on}, as known {decision.known_by}"


def why(decision: Decision) -> str:
    """The shortest reason."""
    if decision.verdict is Verdict.CANNOT_SAY:
        beyond = [one for one in decision.coverage if one.status == "outside" and one.verdict]
        if beyond:
            return f"outside what is modelled: {beyond[0].why.strip()}"
        if decision.missing:
            return "not said: " + ", ".join(one.fact for one in decision.missing[:3])
        if decision.branches:
            return decision.branches[0].why
        gaps = [one for one in decision.coverage if one.status not in ("modelled", "outside")]
        return gaps[0].why if gaps else "the regimes do not agree"
    deciding = [reason for reason in decision.reasons if reason.decided]
    if deciding:
        more = f" (and {len(deciding) - 1} more)" if len(deciding) > 1 else ""
        return f"{deciding[0].measure.id}: {deciding[0].measure.title}{more}"
    if decision.lifts:
        return f"lifted by {decision.lifts[0].lift.id}: {decision.lifts[0].lift.title}"
    covered = [one.regime for one in decision.coverage if one.status == "modelled"]
    rests = f"; rests on {len(decision.assumed)} presumptions" if decision.assumed else ""
    return f"nothing reaches it under {', '.join(covered)}{rests}"


def what_next(decision: Decision) -> str:
    """What to do, or what will change."""
    if decision.cover:
        return cover_next(decision)
    if decision.verdict is Verdict.CANNOT_SAY and decision.missing and not why(decision).startswith("outside"):
        first = decision.missing[0]
        answers = ", ".join(f"{label}: {verdict}" for label, verdict in list(first.verdicts.items())[:4])
        return f"ask {first.fact}" + (f" ({answers})" if answers else "")
    if decision.next_change is not None:
        return f"changes on {decision.next_change}: {decision.next_verdict}"
    return ""


def cover_next(decision: Decision) -> str:
    """What a line with cover may do: go, go in part, or wait for an answer."""
    told = [f"{one['takes']} {one['unit']} under {one['licence']}" for one in decision.cover]
    if decision.covered:
        return f"goes: {', '.join(told)}"
    last = decision.cover[-1]
    more = [f"short {last['short']} {last['unit']}: file for that today"] if last["short"] not in ("0", "all") else []
    answered = {measure for one in decision.cover for measure in one["for"]}
    if bare := [one for one in decision.uncovered if one not in answered]:
        more.append(f"no licence for {', '.join(bare)}")
    if decision.cover_asks:
        more.append(f"ask {', '.join(dict.fromkeys(one['fact'] for one in decision.cover_asks))}")
    return "; ".join([f"{'split: ' if more[0].startswith('short') else ''}{', '.join(told)} now", *more])


def cover_lines(decision: Decision) -> Iterable[str]:
    """Each licence that gives something, with what is left, its end, the bites it answers, and the provisos to be kept."""
    for one in decision.cover:
        unit = one["unit"]
        worth = f", {one['value_left']} {one['currency']} left" if "value_left" in one else ""
        uses = f", {one['uses_left']} uses left" if "uses_left" in one else ""
        yield f"{one['licence']}: {one['left']} {unit} left{worth}{uses}; gives {one['takes']}, short {one['short']} {unit}"
        yield f"     no longer valid from {one['until']}; for {', '.join(one['for'])}"
        yield from (f"     [ ] {words}" for words in one.get("provisos", ()))
    for ask in decision.cover_asks:
        yield f"{ask['licence']} waits for {ask['fact']}: {ask['why']}" if "licence" in ask else f"ask {ask['fact']}: {ask['why']}"


def tree(decision: Decision) -> list[str]:
    """The proof tree, a line each; every measure and lift with the sources a reader can open."""
    low, high = decision.low.value, decision.high.value
    span = "" if decision.low is decision.high else f"  range {low} to {high}{'' if decision.exact else ' (outer bound)'}"
    out = [headline(decision), f"{WORDS[decision.verdict]} [{decision.lane}]{span}", f"  {why(decision)}"]
    if (following := what_next(decision)) != "":
        out.append(f"  next: {following}")
    duty = _section("duty, beside the verdict", duty_lines(decision.duty)) if decision.duty is not None else []
    if decision.line.activity == "import":  # for an import the duty is what is asked
        out, duty = [*out, *duty], []
    out += _section("bites", (entry for reason in decision.reasons for entry in _reason(reason)))
    out += _section("cover", cover_lines(decision))
    out += _section("may bite, if what is missing says so", (entry for reason in decision.possible for entry in _reason(reason)))
    out += _section(
        "lifted",
        (entry for one in decision.lifts for entry in _lifted(one.lift, one.measure.id, one.leaves.value, one.certainty)),
    )
    out += _section("ask for", (f"{one.fact}: {one.why}{_answers(one.verdicts)}" for one in decision.missing))
    out += _section("open in the law itself", (f"{one.fact}: {one.why}{_answers(one.verdicts)}" for one in decision.branches))
    out += _section("near misses", (f"{one.measure.id}: {one.why}" for one in decision.near_misses))
    out += _section("presumed (--strict asks instead)", (f"{one.fact} as {one.value}: {one.because}" for one in decision.assumed))
    out += _section("read from the row", (f"{one.fact} is {one.value}: {one.because}" for one in decision.derived))
    for one in decision.coverage:
        if one.subject:
            out += _section(f"step by step: {one.regime}", steps(decision, one))
    out += _section("coverage", (f"{one.regime}: {one.status.replace('_', ' ')}. {one.why.strip()}" for one in decision.coverage))
    out += _section("conflict of laws", decision.conflicts)
    out += _section("must be reported", (entry for reason in decision.obligations for entry in _reason(reason)))
    out += _section("only said, decides nothing", (entry for reason in decision.promises for entry in _reason(reason)))
    out += duty
    out += _section("notes", decision.notes)
    out.append(f"law: rule base {decision.rules_version}, {decision.rules_sha256[:16]}")
    return out


def steps(decision: Decision, cover: Coverage) -> Iterable[str]:
    """A determination in the order in which a regime asks: reached, classified, listed, otherwise, excepted, outcome."""
    mine = [one for one in (*decision.reasons, *decision.possible) if one.measure.regime == cover.regime]
    listed = [one for one in mine if any(found.key.startswith("goods") for found in one.findings)]
    others = [one for one in mine if one not in listed]
    lifts = [one.lift.id for one in decision.lifts if one.measure.regime == cover.regime]
    codes = ", ".join(map(str, decision.line.codes)) or "no code stated"
    silent = any(one.fact == EXCEPTION_FACT for one in decision.assumed)
    if lifts:
        excepted = ", ".join(lifts)
    elif not mine:
        excepted = "nothing to except"
    else:
        excepted = "none claimed" if silent else "none is known to hold"
    yield f"1 reached: {cover.subject}"
    yield f"2 classified: {codes}"
    yield f"3 by the entry: {_ids(listed)}"
    yield f"4 by party, end use or place: {_ids(others)}"
    yield f"5 exceptions: {excepted}"
    yield f"6 outcome: {cover.verdict.replace('_', ' ')}{_reviews(mine)}"
    yield f"7 beside it: {_ids([one for one in decision.obligations if one.measure.regime == cover.regime])} to report"


def _ids(reasons: Sequence[Reason]) -> str:
    return ", ".join(f"{one.measure.id}{'' if one.certain else ' (may bite)'}" for one in reasons) or "nothing"


def _reviews(reasons: Sequence[Reason]) -> str:
    found = dict.fromkeys(one.review for one in reasons if one.decided and one.review)
    return f", review {', '.join(found)}" if found else ""


def duty_lines(duty: Duty) -> Iterable[str]:
    """The duty in words: the sum or what is known of it, each layer with its money, what is exempt, what is not known."""
    yield duty_headline(duty)
    for layer in duty.layers:
        yield f"  {_layer_words(layer)}"
        yield from _sources(layer.measure, "     ") if layer.source is None else [_source(layer.source, "     ")]
    for lifted in duty.exempt:
        yield f"  exempt from {lifted.measure.id} by {lifted.lift.id}: {lifted.lift.title}"
        yield from _sources(lifted.lift, "     ")
    for lifted in duty.doubtful:
        yield f"  perhaps exempt from {lifted.measure.id} by {lifted.lift.id}: {lifted.lift.title}"
        yield from _sources(lifted.lift, "     ")
    if duty.missing:
        yield f"  ask for: {', '.join(duty.missing)}"
    yield from (f"  taken as: {one.fact} {one.value}, because {one.because}" for one in duty.assumed)
    yield from (f"  {note}" for note in duty.notes)


def duty_headline(duty: Duty) -> str:
    """The sum in one line: percent and money, or the range, or that it cannot be said."""
    money = f" = {show_money(duty.amount)} {duty.currency}".rstrip() if duty.amount is not None else ""
    if duty.rate is not None:
        return f"{show(duty.rate)} % ad valorem{money}"
    if duty.low is not None and duty.high is not None:
        return f"{show(duty.low)} % to {show(duty.high)} %, by what is missing"
    if duty.additional is not None:
        return f"{show(duty.additional)} % upon a base rate that is not held"
    if money:
        return f"the percent cannot be said{money}"
    known = sum((layer.rate for layer in duty.layers if layer.rate is not None), Decimal(0))
    open_ = sum(1 for layer in duty.layers if layer.rate is None)
    if duty.as_read is None and duty.layers and open_:
        return f"the sum cannot be said: {show(known)} % in the layers that are known, {open_} not known"
    return "the sum cannot be said"


def _layer_words(layer: DutyLayer) -> str:
    """One layer: its rate, the rate as written, its money, the heading of chapter 99, and what is open."""
    if layer.rate is not None:
        rate = f"{show(layer.rate)} %"
    elif layer.low is not None and layer.high is not None and layer.low != layer.high:
        rate = f"{show(layer.low)} % to {show(layer.high)} %"
    else:
        rate = "? %"
    written = f" ({layer.text})" if layer.text else ""
    money = f"  {show_money(layer.amount)} {layer.currency}".rstrip() if layer.amount is not None else ""
    heading = f" [{layer.heading}]" if layer.heading else ""
    note = f" ({layer.note})" if layer.note else ""
    return f"{rate}{written}{money}  {layer.measure.id}{heading}: {layer.measure.title}{note}"


def _section(title: str, entries: Iterable[str]) -> list[str]:
    found = list(entries)
    if not found:
        return []
    return [f"+- {title}", *(f"|    {entry}" for entry in found)]


def _reason(reason: Reason) -> Iterable[str]:
    mark = " *decides*" if reason.decided else ""
    review = f", review {reason.review}" if reason.review else ""
    yield f"{reason.measure.id}: {reason.measure.title} -> {reason.effect.value}{review}{mark}"
    for found in reason.findings:
        yield f"     {found.says if found.says.startswith(found.key) else f'{found.key}: {found.says}'}"
    yield f"     {reason.state}, {reason.measure.standing.value}; public since {reason.measure.known_since}"
    if reason.entry:
        yield f"     list entry: {reason.entry}"
    if reason.measure.review_note:
        yield f"     {reason.measure.review_note}"
    yield from _sources(reason.measure, "     ")


def _lifted(lift: Rule, measure: str, leaves: str, certainty: str) -> Iterable[str]:
    sure = f" ({certainty})" if certainty else ""
    yield f"{lift.id}: {lift.title}{sure}; takes {measure} down to {leaves}"
    yield from _sources(lift, "     ")


def _sources(rule: Rule, indent: str) -> Iterable[str]:
    for source in rule.sources:
        yield _source(source, indent)


def _source(source: Source, indent: str) -> str:
    unread = " (not opened)" if source.read == "not_opened" else ""
    return f"{indent}source: {source.title} <{source.href or 'no address known'}>{unread}"


def _answers(verdicts: object) -> str:
    items = list(verdicts.items()) if isinstance(verdicts, dict) else []
    return "".join(f"; {label} -> {verdict}" for label, verdict in items)
