"""The feed and the calendar keep the musts of RFC 4287 and RFC 5545, checked here and not by the library that wrote them."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlparse
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.feeds.exchange import ATOM, atom_text, event_id, ics_text, json_text
from greenlane.law.changes import Event, dates, news
from greenlane.terms.periods import Asked, Bound, read_zone
from greenlane.terms.sources import Source
from tests.decide.real import real_base

ALL = Asked.read("2026-10-10")
DAY = datetime(2026, 10, 10, tzinfo=UTC)
A = f"{{{ATOM}}}"
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")  # RFC 3339, upper-case T and Z


def atom(events: Sequence[Event]) -> str:
    return atom_text("Changes", events, name=("cn", "us"), known_by=DAY, base="1", engine="0")


def an_event(**more: object) -> Event:
    bound = Bound.read("2025-04-04", read_zone("Asia/Shanghai"))
    plain = Event(
        key=("a",), title="A title", lines=("a line",), side="cn", kind="starts", about="cn-x", by="cn-x", known_since=bound,
        at=bound, certain=True, names=("cn-x/a",), count=1, source=Source("s", "A source", "https://example.org/a", "press"),
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


# --- Atom -----------------------------------------------------------------------------------------------------------


def breaches_of_rfc4287(text: str) -> list[str]:
    """What the feed does that RFC 4287 says it must not, by section."""
    found: list[str] = []
    feed = ElementTree.fromstring(text)
    if feed.tag != f"{A}feed":
        found.append("4.1.1 the document element is atom:feed")
    found += _one_each(feed, ("id", "title", "updated"), ("generator", "icon", "logo", "rights", "subtitle"), "4.1.1")
    entries = feed.findall(f"{A}entry")
    has_author = feed.find(f"{A}author") is not None
    if not has_author and any(entry.find(f"{A}author") is None for entry in entries):
        found.append("4.1.1 one or more authors, unless all entries have one")
    for entry in entries:
        found += _one_each(entry, ("id", "title", "updated"), ("content", "published", "rights", "source", "summary"), "4.1.2")
        links = [link for link in entry.findall(f"{A}link") if link.get("rel", "alternate") == "alternate"]
        if entry.find(f"{A}content") is None and not links:
            found.append("4.1.2 an entry without content has an alternate link")
        content = entry.find(f"{A}content")
        if content is not None and content.get("type", "text") not in ("text", "html", "xhtml"):
            found.append("4.1.3.1 the type of the content")
        if content is not None and len(content):
            found.append("4.1.3.3 text content has no child elements")
    for person in feed.iter(f"{A}author"):
        found += _one_each(person, ("name",), ("uri", "email"), "3.2")
    for name in ("updated", "published"):
        found += [f"3.3 {one.text}" for one in feed.iter(f"{A}{name}") if not DATE_TIME.match(one.text or "")]
    found += [f"4.2.6 {one.text} is an absolute IRI" for one in feed.iter(f"{A}id") if not urlparse(one.text or "").scheme]
    found += ["4.2.7 href" for link in feed.iter(f"{A}link") if not link.get("href")]
    found += ["4.2.2 term" for one in feed.iter(f"{A}category") if not one.get("term")]
    pairs = Counter((entry.findtext(f"{A}id"), entry.findtext(f"{A}updated")) for entry in entries)
    found += [f"4.1.1 {pair} twice" for pair, count in pairs.items() if count > 1]
    names = {
        "feed",
        "entry",
        "id",
        "title",
        "updated",
        "published",
        "author",
        "name",
        "subtitle",
        "generator",
        "category",
        "link",
        "content",
    }
    found += [f"unknown element {one.tag}" for one in feed.iter() if one.tag.removeprefix(A) not in names]
    return found


def _one_each(parent: ElementTree.Element, must: Sequence[str], most: Sequence[str], section: str) -> list[str]:
    counts = Counter(child.tag.removeprefix(A) for child in parent)
    wrong = [f"{section} exactly one {name}, not {counts[name]}" for name in must if counts[name] != 1]
    return wrong + [f"{section} at most one {name}" for name in most if counts[name] > 1]


def test_the_feed_of_the_real_base_keeps_the_musts() -> None:
    text = atom(news(real_base(), ALL))
    assert breaches_of_rfc4287(text) == []
    assert text == atom(news(real_base(), ALL))


def test_a_feed_without_entries_is_a_feed() -> None:
    text = atom(())
    assert breaches_of_rfc4287(text) == []
    assert "2026-10-10T00:00:00+00:00" in text


def test_the_checker_sees_what_is_wrong() -> None:
    text = atom((an_event(),))
    for good, bad in (
        ("<id>urn:uuid:", "<id>"),
        ("2025-04-04T00:00:00+08:00", "2025-04-04"),
        ("<title>A title</title>", ""),
        ('type="text"', 'type="words"'),
        ('href="https://example.org/a" ', ""),
    ):
        assert good in text
        assert breaches_of_rfc4287(text.replace(good, bad)) != [], good


def test_a_day_stays_the_day_of_the_authority() -> None:
    text = atom((an_event(known_since=Bound.read("2025-10-09", read_zone("Asia/Shanghai"))),))
    assert "<updated>2025-10-09T00:00:00+08:00</updated>" in text
    summer = atom((an_event(known_since=Bound.read("2025-07-02", read_zone("America/New_York"))),))
    assert "<updated>2025-07-02T00:00:00-04:00</updated>" in summer


def test_the_newest_is_the_date_of_the_feed() -> None:
    feed = ElementTree.fromstring(atom(news(real_base(), ALL)))
    stamps = [entry.findtext(f"{A}updated") or "" for entry in feed.findall(f"{A}entry")]
    moments = [datetime.fromisoformat(stamp) for stamp in stamps]
    assert moments == sorted(moments, reverse=True)
    assert feed.findtext(f"{A}updated") == stamps[0]


def test_an_entry_without_an_address_has_no_link() -> None:
    feed = ElementTree.fromstring(atom((an_event(source=Source("s", "A source", None, "press")),)))
    assert feed.find(f"{A}entry/{A}link") is None


@settings(max_examples=60)
@given(title=st.text(max_size=80), line=st.text(max_size=200))
def test_any_text_comes_back_or_is_left_out_where_xml_has_no_sign_for_it(title: str, line: str) -> None:
    text = atom((an_event(title=f"t{title}", lines=(line,)),))
    text.encode("utf-8")
    read = ElementTree.fromstring(text).findtext(f"{A}entry/{A}title") or ""
    kept = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", f"t{title}")
    assert read == kept.replace("\r\n", "\n").replace("\r", "\n")


# --- ids ------------------------------------------------------------------------------------------------------------


def test_an_id_is_made_of_the_key_alone_and_never_changes() -> None:
    assert event_id(("a", "b")) == uuid.UUID("d1ad6a83-960b-5ba0-8cc0-7ec176c1c09d")
    assert event_id(("a", "b")) == event_id(["a", "b"])
    assert event_id(("ab",)) != event_id(("a", "b"))


# --- iCalendar ------------------------------------------------------------------------------------------------------


def breaches_of_rfc5545(raw: bytes) -> list[str]:
    """What the calendar does that RFC 5545 says it must not, by section."""
    found: list[str] = []
    if not raw.endswith(b"\r\n") or b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        found.append("3.1 lines end with CRLF and nothing else")
    for octets in raw.split(b"\r\n"):
        if len(octets) > 75:
            found.append(f"3.1 a line of {len(octets)} octets")
        try:
            octets.decode("utf-8")
        except UnicodeDecodeError:
            found.append("3.1 a sign cut in two by folding")
    lines = raw.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]
    if not lines or (lines[0], lines[-1]) != ("BEGIN:VCALENDAR", "END:VCALENDAR"):
        return [*found, "3.4 the calendar object"]
    head = [line.partition(":")[0] for line in lines[: lines.index("BEGIN:VEVENT") if "BEGIN:VEVENT" in lines else None]]
    found += [f"3.6 exactly one {name}" for name in ("PRODID", "VERSION") if head.count(name) != 1]
    events: list[dict[str, list[str]]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line != "END:VEVENT" and line != "END:VCALENDAR":
            name, colon, value = line.partition(":")
            if not colon or not re.match(r"[A-Z-]+(;[A-Z-]+=[^:]+)*\Z", name):
                found.append(f"3.1 {line}")
            events[-1].setdefault(name, []).append(value)
    if raw.count(b"BEGIN:VEVENT") != raw.count(b"END:VEVENT"):
        found.append("3.6 every event ends")
    for event in events:
        names = Counter(name.partition(";")[0] for name in event)
        found += [f"3.6.1 exactly one {name}" for name in ("UID", "DTSTAMP", "DTSTART") if names[name] != 1]
        found += [f"3.6.1 at most one {name}" for name in ("SUMMARY", "DESCRIPTION", "STATUS", "TRANSP", "URL") if names[name] > 1]
        for value in event.get("DTSTAMP", []):
            if not re.fullmatch(r"\d{8}T\d{6}Z", value):
                found.append(f"3.8.7.2 {value} is in UTC")
        for name, values in event.items():
            if name == "DTSTART;VALUE=DATE" and not re.fullmatch(r"\d{8}", values[0]):
                found.append(f"3.3.4 {values[0]}")
            if name == "DTSTART" and not re.fullmatch(r"\d{8}T\d{6}Z", values[0]):
                found.append(f"3.3.5 {values[0]}")
            if name in ("SUMMARY", "DESCRIPTION") and re.search(r"(?<!\\)(\\\\)*[;,]", values[0]):
                found.append(f"3.3.11 {values[0]} is not escaped")
        if event.get("STATUS", ["CONFIRMED"])[0] not in ("TENTATIVE", "CONFIRMED", "CANCELLED"):
            found.append("3.8.1.11 the status of an event")
    uids = Counter(value for event in events for value in event.get("UID", []))
    found += [f"3.8.4.7 {uid} twice" for uid, count in uids.items() if count > 1]
    return found


def calendar(events: Sequence[Event]) -> bytes:
    return ics_text("Dates", events, engine="0").encode()


def test_the_calendar_of_the_real_base_keeps_the_musts() -> None:
    raw = calendar(dates(real_base(), ALL))
    assert breaches_of_rfc5545(raw) == []
    assert raw == calendar(dates(real_base(), ALL))
    assert raw.count(b"BEGIN:VEVENT") == len(dates(real_base(), ALL))


def test_a_day_is_a_day_and_an_hour_an_instant_in_utc() -> None:
    raw = calendar((an_event(), an_event(key=("b",), at=Bound.read("2025-08-12T12:01+08:00", read_zone("Asia/Shanghai")))))
    assert b"DTSTART;VALUE=DATE:20250404\r\n" in raw
    assert b"DTSTART:20250812T040100Z\r\n" in raw
    assert b"DTSTAMP:20250403T160000Z\r\n" in raw  # the day of 4 April began in Beijing


def test_what_nobody_confirmed_is_tentative() -> None:
    assert b"STATUS:TENTATIVE\r\n" in calendar((an_event(certain=False),))
    assert b"STATUS:CONFIRMED\r\n" in calendar((an_event(),))


def test_the_checker_of_calendars_sees_what_is_wrong() -> None:
    raw = calendar((an_event(title="one, two"),))
    for good, bad in (
        (b"\r\n", b"\n"),
        (b"one\\, two", b"one, two"),
        (b"DTSTAMP:20250403T160000Z", b"DTSTAMP:20250404"),
        (b"DTSTART;VALUE=DATE:20250404", b"DTSTART;VALUE=DATE:2025-04-04"),
        (b"STATUS:CONFIRMED", b"STATUS:SURE"),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 80),
    ):
        assert good in raw
        assert breaches_of_rfc5545(raw.replace(good, bad)) != [], good


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_any_text_is_escaped_and_folded(text: str) -> None:
    raw = calendar((an_event(title=f"磁 {text}", lines=(text, "a; b, c\\d")),))
    assert breaches_of_rfc5545(raw) == []
    unfolded = raw.decode().replace("\r\n ", "")
    assert re.search(r"^DESCRIPTION:.*a\\; b\\, c\\\\d", unfolded, re.MULTILINE)


def test_json_says_what_is_counted() -> None:
    text = json_text({"counting_unit": "one"}, [{"intervention_id": "a"}])
    assert text.startswith('{\n "counting_unit": "one",')
    assert text.endswith("}\n")


@pytest.mark.parametrize("hours", [-5, 8, 0])
def test_offsets_are_those_of_the_zone(hours: int) -> None:
    zone = {-5: "America/New_York", 8: "Asia/Shanghai", 0: "UTC"}[hours]
    bound = Bound.read("2025-01-15", read_zone(zone))
    assert bound.local.replace(tzinfo=UTC) - bound.utc == timedelta(hours=hours)
    sign = "-" if hours < 0 else "+"
    assert f"T00:00:00{sign}{abs(hours):02}:00" in atom((an_event(known_since=bound),))
