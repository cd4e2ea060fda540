"""How does what was read of a notice, or what a person says of an act, become files for the rule base?

A key is written only if the notice or the person said it. What is missing is left out and stands in `fill_in`, with the
spans that could help; what was mended or joined is marked, and a person confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from greenlane.law.draft import BaseMark, Draft, Evidence, FillIn, MadeFrom, Unread
from greenlane.law.notice import Found, NoticeItem, NoticeParty, Reading
from greenlane.law.notice_cn import read_announcement
from greenlane.law.notice_us import is_american, read_passage
from greenlane.law.rule_text import Value, rule_text

ZONES = {"cn": "Asia/Shanghai", "us": "America/New_York"}
_KINDS = {"announcement": "announcement", "listing": "listing", "rule": "rule", "tariff": "tariff", "pause": "announcement"}
_EFFECTS = ("licence_required", "presumption_of_denial", "prohibited", "duty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the person who takes in a notice says beside it."""

    checked_on: date
    id: str = ""
    regime: str = ""
    address: str = ""
    read: str = "copy"


def read_notice(text: str) -> Reading:
    """Read a notice of either side."""
    american = is_american(text) and re.search(r"[\u4e00-\u9fff]{20}", text) is None
    return read_passage(text) if american else read_announcement(text)


def draft_notice(
    reading: Reading, made_from: MadeFrom, source: str, asked: Asked, base: BaseMark | None, known: Iterable[str]
) -> Draft:
    """A draft instrument from a reading; `known` are the instruments the base has."""
    name = asked.id or reading.id
    writer = _Writer(reading, asked, f"{reading.side}/{name}/measure.yaml")
    if name in set(known):
        writer.ask("id", f"the base has an instrument `{name}` already; if this is another, draft it again with --id")
    measure = writer.instrument(name)
    for one in reading.unread:
        if "faulty" in one.why:
            writer.ask("measures", f"{one.why}: `{' '.join(source[one.start : one.end].split())[:80]}`")
    if reading.unread:
        writer.ask("unread", "read what stands under `unread` yourself: nothing of it is in the files")
    return Draft(
        kind="act" if reading.kind == "pause" else "instrument",
        made_from=made_from,
        files={writer.file: rule_text(measure)},
        base=base,
        fill_in=tuple(writer.fill_in),
        unread=tuple(Unread(start=one.start, end=one.end, text=source[one.start : one.end], why=one.why) for one in reading.unread),
        read=tuple(_evidence(reading)),
        source=source,
    )


def _evidence(reading: Reading) -> Iterable[Evidence]:
    heads = (
        ("issuer", reading.issuer), ("number", reading.number), ("title", reading.title), ("published", reading.published),
        ("until", reading.until),
    )  # fmt: skip
    for what, one in heads:
        if one is not None:
            yield Evidence(what=what, value=one.value, spans=one.spans, marked=one.marked)
    lists = (("effective", reading.effective), ("effect", reading.effects), ("suspends", reading.suspends))
    for what, found in lists:
        for one in found:
            yield Evidence(what=what, value=one.value, spans=one.spans, marked=one.marked)
    scheme = "cn" if reading.side == "cn" else "eccn"
    for item in reading.items:
        yield Evidence(what="control", value=f"{scheme}:{item.code.value}", spans=item.code.spans, marked=item.code.marked)
        for code in item.customs:
            yield Evidence(what=f"customs of {item.code.value}", value=f"hs:{code.value}", spans=code.spans, marked=code.marked)
    for party in reading.parties:
        yield Evidence(what="party", value=party.name.value, spans=party.name.spans, marked=party.name.marked)
    for duty in reading.duties:
        yield Evidence(what="heading", value=duty.heading.value, spans=duty.heading.spans)
        if duty.rate is not None:
            yield Evidence(what=f"rate of {duty.heading.value}", value=duty.rate.value, spans=duty.rate.spans)
    for one in reading.mentions:
        yield Evidence(what="mentioned", value=one.value, spans=one.spans, marked=one.marked)


class _Writer:
    """Writes measure.yaml of a reading, and notes what a person must fill in."""

    def __init__(self, reading: Reading, asked: Asked, file: str) -> None:
        self.reading = reading
        self.asked = asked
        self.file = file
        self.fill_in: list[FillIn] = []
        for key, why in reading.questions:
            self.ask(key, why)

    def ask(self, key: str, why: str) -> None:
        """A key for a person, once."""
        one = FillIn(file=self.file, key=key, why=why)
        if one not in self.fill_in:
            self.fill_in.append(one)

    def instrument(self, name: str) -> dict[str, Value]:
        """The whole file."""
        reading, asked = self.reading, self.asked
        found: dict[str, Value] = {"id": name}
        self._take(found, "title", reading.title, "no headline was read")
        self._take(found, "issuer", reading.issuer, "who issued it was not read")
        self._take(found, "number", reading.number, "")
        found["kind"] = _KINDS[reading.kind]
        found["regime"] = asked.regime or ("us-duty" if reading.duties else "cn-export" if reading.side == "cn" else "us-ear")
        found["zone"] = ZONES[reading.side]
        if reading.published is not None:
            day = reading.published.value[:10]
            found["published"] = day
            found["known_since"] = day
        else:
            self.ask("known_since", "the day of publication was not read: the first day on which it was public")
        found["standing"] = "official"
        found["checked_on"] = asked.checked_on.isoformat()
        found["sources"] = {"notice": self._source()}
        self._law(found)
        return found

    def _take(self, found: dict[str, Value], key: str, one: Found | None, why: str) -> None:
        if one is not None:
            found[key] = one.value
        elif why:
            self.ask(key, why)

    def _source(self) -> dict[str, Value]:
        reading = self.reading
        title = reading.number.value if reading.number is not None else "the notice"
        if not self.asked.address:
            self.ask("sources.notice.href", "where the notice stands; draft it with --source, or write its address")
        return {"title": title, "href": self.asked.address or "none", "read": self.asked.read}

    def _law(self, found: dict[str, Value]) -> None:
        reading = self.reading
        if reading.suspends:
            found["acts"] = [self._pause()]
            return
        marks = [
            one.marked for one in self._codes() if "mended" in one.marked or "taken out" in one.marked or "lower-case" in one.marked
        ]
        for mark in dict.fromkeys(marks):
            self.ask("measures", f"confirm a code that was mended: {mark}")
        if reading.duties:
            found["measures"] = self._duties()
            return
        effects = list(dict.fromkeys(one.value for one in reading.effects if one.value in _EFFECTS))
        if reading.parties and reading.side == "us":
            pass  # each entry says its own
        elif len(effects) == 1:
            found["effect"] = effects[0]
        else:
            places = ", ".join(f"{one.value} at {one.spans[0][0]}" for one in reading.effects) or "none"
            self.ask("effect", f"the effect is not one: {places}")
        found["source"] = ["notice"]
        starts = list(dict.fromkeys(one.value for one in reading.effective))
        if len(starts) == 1:
            found["in_force"] = [{"from": starts[0], "source": "notice"}]
            if reading.published is not None and starts[0][:10] < reading.published.value[:10]:
                self.ask("known_since", "it begins before the day of publication: when was it first public?")
        else:
            self.ask(
                "in_force", f"several days of beginning: {', '.join(starts)}" if starts else "no day on which it begins was read"
            )
        if reading.scope and not (reading.parties and reading.side == "us"):
            found["when"] = {key: list(words) for key, words in reading.scope.items()}
        elif reading.items and not any(one.key == "when" for one in self.fill_in):
            self.ask("when", "whom and which way it binds was not read")
        measures = self._parties() if reading.parties else [self._item(one) for one in self._unique()]
        if measures:
            found["measures"] = measures
        else:
            self.ask("measures", "no goods and no parties were read")
        self._reference_codes()

    def _codes(self) -> Iterable[Found]:
        for item in self.reading.items:
            yield item.code
            yield from item.customs

    def _unique(self) -> list[NoticeItem]:
        seen: dict[str, NoticeItem] = {}
        for one in self.reading.items:
            if one.code.value in seen:
                self.ask(f"measures.{one.code.value}", f"the code heads two items; the second: {one.words[:60]}")
            else:
                seen[one.code.value] = one
        return list(seen.values())

    def _item(self, one: NoticeItem) -> dict[str, Value]:
        scheme = "cn" if self.reading.side == "cn" else "eccn"
        goods: dict[str, Value] = {"control": f"{scheme}:{one.code.value}"}
        own = [code.value for code in one.customs if self._is_alone(code.value)]
        if own:
            goods["customs"] = [f"hs:{code}" for code in own]
        found: dict[str, Value] = {"id": one.code.value, "title": one.words or one.code.value}
        says = []
        if one.elements:
            says.append(f"Elements named: {', '.join(one.elements)}.")
        if one.figures:
            says.append(f"Figures printed: {'; '.join(one.figures)}.")
        if one.customs:
            says.append(f"Customs codes printed: {', '.join(code.value for code in one.customs)}.")
        if says:
            found["reading"] = " ".join(says)
        found["when"] = {"goods": [goods]}
        return found

    def _is_alone(self, code: str) -> bool:
        return sum(any(code == other.value for other in one.customs) for one in self.reading.items) == 1

    def _reference_codes(self) -> None:
        if self.reading.items and self.reading.side == "cn":
            self.ask(
                "measures.when.goods",
                "say for each item what it is (`is`) and where it can lie (`reach`); customs codes printed for one item alone "
                "stand as proof of it: leave only those that name nothing else",
            )

    # --- parties, duties, pauses ---------------------------------------------------------------------------------

    def _parties(self) -> list[Value]:
        if self.reading.side == "cn":
            named = [name for party in self.reading.parties for name in (party.name.value, *party.also)]
            when: dict[str, Value] = {"party": {"role": ["consignee", "end_user"], "named": named}}
            self.ask("measures.listed.when", "say which goods the parties may not have (as `goods: [{list: ...}]`)")
            return [{"id": "listed", "title": f"{len(self.reading.parties)} parties listed", "when": when}]
        groups: dict[tuple[str, str], list[NoticeParty]] = {}
        for party in self.reading.parties:
            groups.setdefault((party.requirement, party.review), []).append(party)
        found: list[Value] = []
        self.ask(
            "measures.when", "`items subject to the EAR` is written as in us-entity-list: US origin, or sent from the US; confirm"
        )
        for number, ((requirement, review), parties) in enumerate(groups.items(), start=1):
            named = [name for party in parties for name in (party.name.value, *party.also)]
            own = self._policy(f"entries-{number}", requirement, review)
            ways: tuple[tuple[str, dict[str, Value]], ...] = (
                ("us-origin", {"origin": ["US"]}),
                ("from-us", {"ship_from": ["US"], "origin": {"not": ["US"]}}),
            )
            for suffix, way in ways:
                party_when: dict[str, Value] = {**way, "party": {"role": ["consignee", "end_user"], "named": named}}
                title = f"Entries added, {'of US origin' if suffix == 'us-origin' else 'sent from the US'}: {review or requirement}"
                found.append({"id": f"entries-{number}-{suffix}", "title": title, **own, "when": party_when})
        return found

    def _policy(self, name: str, requirement: str, review: str) -> dict[str, Value]:
        found: dict[str, Value] = {"reading": f"As printed: {requirement}; review: {review or 'not read'}."}
        low = review.lower()
        if re.fullmatch(r"presumption of denial", low):
            return {"effect": "presumption_of_denial", "review": "presumption_of_denial", **found}
        if re.fullmatch(r"case[- ]by[- ]case(?: basis)?", low):
            return {"effect": "licence_required", "review": "case_by_case", **found}
        self.ask(f"measures.{name}.effect", f"the review policy is not one word: {review or 'none read'}")
        return found

    def _duties(self) -> list[Value]:
        found: list[Value] = []
        starts = list(dict.fromkeys(one.value for one in self.reading.effective))
        for duty in self.reading.duties:
            name = duty.heading.value
            self.ask(f"measures.{name}.layer", "name the layer of the duty")
            one: dict[str, Value] = {"id": name, "title": f"Heading {name}: {duty.words}"[:200].strip(), "effect": "duty"}
            one["source"] = ["notice"]
            one["when"] = {**({"origin": list(duty.origins)} if duty.origins else {}), "ship_to": ["US"]}
            if duty.rate is not None and len(starts) == 1:
                one["steps"] = [{"from": starts[0], "rate": duty.rate.value, "source": "notice"}]
            elif len(starts) != 1:
                why = f"several days of beginning: {', '.join(starts)}" if starts else "no day on which it begins was read"
                self.ask(f"measures.{name}.steps", why)
            found.append(one)
        return found

    def _pause(self) -> dict[str, Value]:
        reading = self.reading
        act: dict[str, Value] = {"id": "pause", "does": "suspends", "to": [one.value for one in reading.suspends]}
        starts = list(dict.fromkeys(one.value for one in reading.effective))
        if len(starts) == 1:
            act["from"] = starts[0][:10]
        else:
            self.ask(
                "acts.pause.from", "the first day of the pause was not read" if not starts else f"several: {', '.join(starts)}"
            )
        if reading.until is not None:
            act["until"] = reading.until.value[:10]
            self.ask("acts.pause.until", f"`until` is the first day out: is {reading.until.value[:10]} that, or the last day in?")
        else:
            self.ask("acts.pause.until", "no end was read: write `until`, or confirm that the pause is open")
        self.ask("acts.pause.after", "what holds afterwards: `revives`, or `unknown` if nobody has said so")
        act["source"] = ["notice"]
        return act


# --- acts said with flags -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ActAsked:
    """An act that a person states: what it does, to what, from and until when, and where that stands."""

    does: str  # suspends ends extends lifts_part
    targets: tuple[str, ...]
    side: str
    regime: str
    id: str
    title: str
    number: str
    issuer: str
    kind: str
    address: str
    read: str
    published: date | None
    checked_on: date
    start: str = ""
    until: str = ""
    after: str = ""
    goods: tuple[str, ...] = ()


def draft_act(asked: ActAsked, made_from: MadeFrom, base: BaseMark | None) -> Draft:
    """A draft instrument with one act, or with a lift for a part of the goods."""
    file = f"{asked.side}/{asked.id}/measure.yaml"
    fill_in: list[FillIn] = []
    head: dict[str, Value] = {"id": asked.id}
    for key, text in (("title", asked.title), ("issuer", asked.issuer), ("number", asked.number)):
        if text:
            head[key] = text
        elif key != "number":
            fill_in.append(FillIn(file=file, key=key, why=f"say it, or draft again with --{key}"))
    head |= {"kind": asked.kind, "regime": asked.regime, "zone": ZONES[asked.side]}
    if asked.published is not None:
        head |= {"published": asked.published.isoformat(), "known_since": asked.published.isoformat()}
    else:
        fill_in.append(
            FillIn(file=file, key="known_since", why="the first day on which it was public; draft again with --published")
        )
    head |= {"standing": "official", "checked_on": asked.checked_on.isoformat()}
    title = asked.number or asked.title or asked.id
    head["sources"] = {"notice": {"title": title, "href": asked.address or "none", "read": asked.read}}
    if not asked.address:
        fill_in.append(FillIn(file=file, key="sources.notice.href", why="where the act stands; draft again with --source"))
    if asked.does == "lifts_part":
        head["lifts"] = [_part(asked)]
    else:
        if asked.does == "suspends" and not asked.until:
            fill_in.append(FillIn(file=file, key="acts.until", why="no end was said: confirm that the pause is open"))
        head["acts"] = [_act(asked)]
    return Draft(kind="act", made_from=made_from, files={file: rule_text(head)}, base=base, fill_in=tuple(fill_in))


def _act(asked: ActAsked) -> Mapping[str, Value]:
    local = {"suspends": "pause", "ends": "end", "extends": "extension"}[asked.does]
    bounds = {"from": asked.start, "until": asked.until, "after": asked.after}
    texts = {key: text for key, text in bounds.items() if text}
    return {"id": local, "does": asked.does, "to": list(asked.targets), **texts, "source": ["notice"]}


def _part(asked: ActAsked) -> Mapping[str, Value]:
    controls = [code for code in asked.goods if code.partition(":")[0] in ("cn", "eccn")]
    customs = [code for code in asked.goods if code not in controls]
    goods: Sequence[Value] = [*({"control": code} for code in controls), *([{"customs": customs}] if customs else [])]
    period = {"from": asked.start, **({"until": asked.until} if asked.until else {}), "source": "notice"}
    return {
        "id": "part",
        "title": asked.title or "A part of the goods taken out",
        "lifts": list(asked.targets),
        "leaves": "free",
        "in_force": [period],
        "when": {"goods": goods},
        "source": ["notice"],
    }
