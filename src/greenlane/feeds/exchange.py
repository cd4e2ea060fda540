"""How does the law leave the house for other programs: JSON, CSV, an Atom feed, a calendar?

Writers only; what they write is made by `law.exchange` and `law.changes`. The same records give the same bytes: nothing here
asks the clock, ids are made from what an event is, and dates are those of the rule base.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree

from icalendar import Calendar
from icalendar import Event as Entry

from greenlane.law.changes import Event
from greenlane.terms.periods import Bound

ATOM: Final = "http://www.w3.org/2005/Atom"
NAMESPACE: Final = uuid.UUID("6f1c2f5e-0c1b-5d0a-9a3c-7d1f3a8b9e42")  # of every id made here; never to be changed
NOTE: Final = "Not legal advice; what is not in this list may be restricted all the same."
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def event_id(key: Iterable[str]) -> uuid.UUID:
    """The id of an event: always the same for what is the same."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(key))


def json_text(head: Mapping[str, Any], interventions: Sequence[Mapping[str, Any]]) -> str:
    """One object: what was asked, the counting unit, and the interventions, each on a line of its own."""
    told = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    cards = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in interventions)
    return f'{told},\n "interventions": [\n{cards}\n ]\n}}\n'


# --- Atom (RFC 4287) ------------------------------------------------------------------------------------------------


def atom_text(title: str, events: Sequence[Event], *, name: Sequence[str], known_by: datetime, base: str, engine: str) -> str:
    """A feed of events. `known_by` is its `updated` where it holds none."""
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _put(feed, "id", event_id(("feed", *name)).urn)
    _put(feed, "title", title)
    _put(feed, "subtitle", f"{NOTE} Rule base {base}.")
    newest = max((one.known_since for one in events), key=lambda bound: bound.utc, default=None)
    _put(feed, "updated", known_by.isoformat() if newest is None else _stamp(newest))
    _put(_put(feed, "author"), "name", "The greenlane authors")
    _put(feed, "generator", "greenlane", version=engine)
    for one in events:
        entry = _put(feed, "entry")
        _put(entry, "id", event_id(one.key).urn)
        _put(entry, "title", one.title)
        _put(entry, "updated", _stamp(one.known_since))
        _put(entry, "published", _stamp(one.known_since))
        _put(entry, "category", term=one.kind)
        _put(entry, "category", term=one.side)
        _put(entry, "category", term=one.about)
        if one.source is not None and one.source.href:
            _put(entry, "link", rel="via", href=one.source.href, title=one.source.title)
        _put(entry, "content", "\n".join((*one.lines, *_source_lines(one))), type="text")
    ElementTree.indent(feed, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(feed, encoding="unicode")}\n'


def _put(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    clean = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", clean)
    if text:
        child.text = _NOT_XML.sub("", text)
    return child


def _stamp(bound: Bound) -> str:
    """A date-time of RFC 3339 in the authority's own zone, so that a Beijing day stays a Beijing day."""
    offset = bound.local.replace(tzinfo=UTC) - bound.utc
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{bound.local.isoformat(timespec='seconds')}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _source_lines(one: Event) -> tuple[str, ...]:
    return () if one.source is None else (f"source: {one.source.title}{f' <{one.source.href}>' if one.source.href else ''}",)


# --- iCalendar (RFC 5545) -------------------------------------------------------------------------------------------


def ics_text(title: str, events: Sequence[Event], *, engine: str) -> str:
    """A calendar of events: whole days as days of the authority, hours as instants in UTC.

    DTSTAMP is the moment at which the event became public: the component was last revised then.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//greenlane//greenlane {engine}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", title)
    for one in events:
        entry = Entry()
        entry.add("uid", f"{event_id(one.key)}@greenlane")
        entry.add("dtstamp", one.known_since.utc)
        entry.add("dtstart", one.at.utc if "T" in one.at.text else one.at.day)
        entry.add("summary", one.title)
        public = f"public since {one.known_since}"
        entry.add("description", "\n".join((*one.lines, public, *_source_lines(one), NOTE)))
        entry.add("categories", [one.kind, one.side, one.about])
        if one.source is not None and one.source.href:
            entry.add("url", one.source.href)
        entry.add("status", "CONFIRMED" if one.certain else "TENTATIVE")
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    return str(calendar.to_ical(), "utf-8")
