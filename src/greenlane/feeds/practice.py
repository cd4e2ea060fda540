"""Calendars, packs and public figures: three files of the rule base, read as strictly as the law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from greenlane.feeds.rule_files import read_node, read_text
from greenlane.law.node import Node
from greenlane.licences.calendar import Calendar, Clock, Year
from greenlane.licences.licence import Kind
from greenlane.licences.practice import (
    ASKED,
    LACKS,
    SENSITIVITIES,
    Attachment,
    Ground,
    Inspection,
    PaperKind,
    Practice,
    Prior,
    Procedure,
    Profile,
    Undertaking,
)
from greenlane.terms.codes import Code
from greenlane.terms.periods import read_day, read_zone
from greenlane.terms.sources import Source, Standing

CALENDARS: Final = "calendars.yaml"
APPLICATIONS: Final = "applications.yaml"
WAITS: Final = "waits.yaml"
READ: Final = ("official", "copy", "press", "data", "not_opened")
WEEK: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_STANDINGS: Final = tuple(one.value for one in Standing)
Sources = Mapping[str, Source]


def load(folder: Path) -> Practice:
    """Read the three files of a rule base. Raises RuleError."""
    calendars, applications, waits = (_node(folder, name) for name in (CALENDARS, APPLICATIONS, WAITS))
    calendars.only("as_of", "sources", "calendars", "clocks")
    applications.only(
        "as_of", "sources", "papers", "grounds", "undertakings", "procedures", "profiles", "attachments", "inspections"
    )
    waits.only("as_of", "shares", "waits", "priors")
    known, said = _sources(calendars.need("sources")), _sources(applications.need("sources"))
    grounds = [_ground(one, said) for one in applications.need("grounds")]
    attachments = {id: _attachment(id, one) for id, one in applications.need("attachments").mapping().items()}
    procedures = [_procedure(one, said) for one in applications.need("procedures")]
    priors = [_prior(one) for one in waits.need("priors")]
    return Practice(
        as_of=max(one.need("as_of").read(_day).isoformat() for one in (calendars, applications, waits)),
        calendars={id: _calendar(id, one, known) for id, one in calendars.need("calendars").mapping().items()},
        clocks=tuple(_clock(one, known) for one in calendars.need("clocks")),
        papers=tuple(_paper(one, said) for one in applications.need("papers")),
        grounds={one.id: one for one in grounds},
        undertakings=tuple(_undertaking(one, said) for one in applications.need("undertakings")),
        procedures={one.id: one for one in procedures},
        profiles=tuple(_profile(one, said) for one in applications.need("profiles")),
        attachments=attachments,
        inspections=tuple(_inspection(one, said, attachments) for one in applications.need("inspections")),
        shares=tuple(_figures(one) for one in waits.need("shares")),
        waits=tuple(_figures(one) for one in waits.need("waits")),
        priors={one.id: one for one in priors},
    )


def _node(folder: Path, name: str) -> Node:
    return read_node(read_text(folder / name, shown=name), file=name)


def _day(text: str) -> date:
    return read_day(text)


def _sources(node: Node) -> dict[str, Source]:
    found = {}
    for key, one in node.mapping().items():
        one.only("title", "href", "read")
        href = one.need("href").text()
        found[key] = Source(key, one.need("title").text(), None if href == "none" else href, one.need("read").choice(*READ))
    return found


def _cited(node: Node, known: Sources) -> tuple[Source, ...]:
    cited = node.need("source")
    for key in cited.texts():
        if key not in known:
            raise cited.fail("GL0206", f"`{key}` is no source of this file", f"known: {', '.join(known)}")
    return tuple(known[key] for key in cited.texts())


def _standing(node: Node) -> Standing:
    return Standing(node.need("standing").choice(*_STANDINGS))


def _number(node: Node) -> int:
    def read(text: str) -> int:
        if not text.isdigit() or len(text) > 6:
            raise ValueError(f"`{text}` is not a whole number")
        return int(text)

    return node.read(read)


def _calendar(id: str, node: Node, known: Sources) -> Calendar:
    node.only("title", "zone", "weekend", "reading", "years")
    weekend = frozenset(WEEK.index(one.choice(*WEEK)) for one in node.need("weekend"))
    node.need("zone").read(read_zone)
    years: dict[int, Year] = {}
    calendar = Calendar(
        id=id,
        title=node.need("title").text(),
        zone=node.need("zone").text(),
        weekend=weekend,
        years=years,
        reading=node.need("reading").text(),
    )
    for one in node.need("years"):
        year = _year(one, known)
        years[year.year] = year
        if (wanted := one.get("working_days")) is not None:
            first = date(year.year, 1, 1)
            days = (first + timedelta(days=number) for number in range((date(year.year + 1, 1, 1) - first).days))
            if (found := sum(map(calendar.works, days))) != _number(wanted):
                raise wanted.fail("GL0206", f"the days written here make {found} working days, not {wanted.text()}")
    return calendar


def _year(node: Node, known: Sources) -> Year:
    node.only("year", "standing", "source", "working_days", "blocks")
    number = _number(node.need("year"))
    off: set[date] = set()
    worked: set[date] = set()
    for block in node.need("blocks"):
        block.only("name", "from", "through", "worked")
        block.need("name").text()
        first, last = block.need("from").read(_day), block.need("through").read(_day)
        if not first <= last or (last - first).days > 31 or first.year != number or last.year != number:
            raise block.fail("GL0206", f"a block from {first} through {last} is not one of {number}")
        off |= {first + timedelta(days=day) for day in range((last - first).days + 1)}
        if (made_up := block.get("worked")) is not None:
            worked |= {one.read(_day) for one in made_up}
    return Year(
        year=number, standing=_standing(node), off=frozenset(off - worked), worked=frozenset(worked), sources=_cited(node, known)
    )


def _clock(node: Node, known: Sources) -> Clock:
    node.only("id", "authority", "title", "days", "counts", "starts", "standing", "source", "reading")
    return Clock(
        id=node.need("id").text(),
        authority=node.need("authority").text(),
        title=node.need("title").text(),
        days=_number(node.need("days")),
        counts=node.need("counts").choice("working", "calendar"),
        starts=node.need("starts").choice("accepted", "submitted"),
        standing=_standing(node),
        reading=node.need("reading").text(),
        sources=_cited(node, known),
    )


def _flag(node: Node | None) -> bool:
    return node is not None and node.choice("true", "false") == "true"


def _optional(node: Node, key: str) -> str:
    found = node.get(key)
    return "" if found is None else found.text()


def _paper(node: Node, known: Sources) -> PaperKind:
    node.only(
        "id", "authority", "kinds", "zh", "en", "made_by", "language", "translation", "seal", "original", "since", "asked",
        "sensitivity", "standing", "source",
    )  # fmt: skip
    since = node.get("since")
    return PaperKind(
        id=node.need("id").text(),
        authority=node.need("authority").text(),
        kinds=node.need("kinds").texts(),
        zh=node.need("zh").text(),
        en=node.need("en").text(),
        made_by=node.need("made_by").choice("exporter", "importer", "end_user"),
        language=node.need("language").choice("zh", "en", "any"),
        translation=_optional(node, "translation"),
        seal=_flag(node.get("seal")),
        original=_flag(node.get("original")),
        since=None if since is None else since.read(_day),
        asked=node.need("asked").choice(*ASKED),
        sensitivity=node.need("sensitivity").choice(*SENSITIVITIES),
        standing=_standing(node),
        sources=_cited(node, known),
    )


def _ground(node: Node, known: Sources) -> Ground:
    node.only("id", "when", "en", "zh", "standing", "source")
    return Ground(
        id=node.need("id").text(),
        when=node.need("when").choice(*LACKS),
        en=node.need("en").text(),
        zh=node.need("zh").text(),
        standing=_standing(node),
        sources=_cited(node, known),
    )


def _undertaking(node: Node, known: Sources) -> Undertaking:
    node.only("id", "authority", "en", "zh", "answers", "standing", "source")
    return Undertaking(
        id=node.need("id").text(),
        authority=node.need("authority").text(),
        en=node.need("en").text(),
        zh=node.need("zh").text(),
        answers=node.need("answers").text(),
        standing=_standing(node),
        sources=_cited(node, known),
    )


def _procedure(node: Node, known: Sources) -> Procedure:
    node.only("id", "authority", "en", "zh", "published", "criteria", "reading", "standing", "source")
    criteria = node.need("criteria").texts()
    return Procedure(
        id=node.need("id").text(),
        authority=node.need("authority").text(),
        en=node.need("en").text(),
        zh=node.need("zh").text(),
        criteria=None if criteria == ("not_published",) else criteria,
        reading=node.need("reading").text(),
        standing=_standing(node),
        sources=_cited(node, known),
    )


def _profile(node: Node, known: Sources) -> Profile:
    node.only("id", "authority", "kinds", "months", "en", "reading", "standing", "source")
    months = node.get("months")
    return Profile(
        id=node.need("id").text(),
        authority=node.need("authority").text(),
        kinds=tuple(one.choice(*(kind.value for kind in Kind if kind is not Kind.DOSSIER)) for one in node.need("kinds")),
        en=node.need("en").text(),
        months=None if months is None else _number(months),
        reading=node.need("reading").text(),
        standing=_standing(node),
        sources=_cited(node, known),
    )


def _attachment(id: str, node: Node) -> Attachment:
    node.only("en", "zh")
    return Attachment(id=id, en=node.need("en").text(), zh=node.need("zh").text())


def _inspection(node: Node, known: Sources, attachments: Mapping[str, Attachment]) -> Inspection:
    node.only("id", "authority", "headings", "words", "en", "papers", "standing", "source")
    headings, words, papers = node.get("headings"), node.get("words"), node.need("papers")
    if headings is None and words is None:
        raise node.fail("GL0206", "an inspection needs `headings` or `words` that lead to it")
    if missing := [paper for paper in papers.texts() if paper not in attachments]:
        raise papers.fail("GL0206", f"`{missing[0]}` is no attachment of this file", f"known: {', '.join(attachments)}")
    return Inspection(
        id=node.need("id").text(),
        authority=node.need("authority").text(),
        headings=() if headings is None else tuple(one.read(Code.read) for one in headings),
        words=() if words is None else tuple(one.casefold() for one in words.texts()),
        en=node.need("en").text(),
        papers=papers.texts(),
        standing=_standing(node),
        sources=_cited(node, known),
    )


def _figures(node: Node) -> dict[str, str]:
    node.only(
        "id", "day", "asked", "population", "meaning", "filed", "approved", "refused", "pending", "percent", "percent_below",
        "percent_above", "note", "said", "href", "authority",
    )  # fmt: skip
    for key in ("id", "day", "asked", "href"):
        node.need(key)
    return {key: one.text() for key, one in node.mapping().items()}


def _prior(node: Node) -> Prior:
    node.only("id", "asked", "population", "counts", "starts", "p10", "p50", "p90", "standing", "from")
    p10, p50, p90 = (_number(node.need(key)) for key in ("p10", "p50", "p90"))
    if not 0 < p10 < p50 < p90:
        raise node.fail("GL0206", f"{p10}, {p50} and {p90} are not three rising quantiles")
    return Prior(
        id=node.need("id").text(),
        asked=node.need("asked").text(),
        population=node.need("population").text(),
        counts=node.need("counts").choice("working", "calendar"),
        starts=node.need("starts").choice("accepted", "submitted"),
        p10=p10,
        p50=p50,
        p90=p90,
        standing=_standing(node),
        rests_on=node.need("from").texts(),
    )
