"""From an official source of the US lists to a proposed change of our tables. Nothing is applied here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from greenlane.errors import Place, RuleError, SourceError
from greenlane.feeds import snapshots
from greenlane.feeds.snapshots import Snapshot
from greenlane.feeds.us_ear import Source, read_json, strict_json
from greenlane.feeds.us_ear_tables import TABLES, account, build
from greenlane.feeds.us_ear_xml import read_xml
from greenlane.law.draft import BaseMark, Change, Draft, FillIn, MadeFrom
from greenlane.law.rulebase import RuleBase

NAMES: Final[tuple[str, ...]] = ("ccl.json", "country-chart.json", "country-groups.json")
ADDRESS: Final[str] = "https://www.ecfr.gov/api/versioner/v1"
PARTS: Final[tuple[str, ...]] = ("738", "740", "774")
TITLE: Final[int] = 15


def read_source(found: Snapshot, *, as_of: str | None) -> Source:
    """Read a snapshot, whichever of the two forms it has. Raises SourceError."""
    forms = {_form(raw, name) for name, raw in found.files.items()}
    if forms == {"json"}:
        return read_json(found.files)
    if forms != {"xml"}:
        raise SourceError("GL0601", "JSON and XML mixed", hint="give the files of one form")
    if as_of is None:
        raise SourceError("GL0601", "the XML does not say of which day it is", hint="give its day with --as-of")
    return read_xml(found.files, as_of=as_of)


def _form(raw: bytes, name: str) -> str:
    head = raw[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"{", b"[")):
        return "json"
    if head.startswith(b"<"):
        return "xml"
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw[:4]:
        raise SourceError("GL0603", "UTF-16 or UTF-32, not UTF-8", at=Place(name))
    raise SourceError("GL0601", "neither JSON nor XML", at=Place(name))


def fetch_source(
    address: str,
    *,
    as_of: str | None = None,
    say: Callable[[str], None] = lambda _: None,
    opener: snapshots.Opener | None = None,
) -> tuple[Snapshot, str]:
    """The three parts from the official address, and the day they are of. Raises SourceError."""
    base = address.rstrip("/")
    if as_of is None:
        say(f"asking {base} for the last issue of title {TITLE}")
        as_of = _issue(snapshots.fetch(f"{base}/titles", opener=opener))
    files = {}
    for part in PARTS:
        say(f"fetching part {part} of {as_of}")
        files[f"title-{TITLE}-part-{part}.xml"] = snapshots.fetch(
            f"{base}/full/{as_of}/title-{TITLE}.xml?part={part}", opener=opener
        )
    return Snapshot(files, f"{base}/full/{as_of}/title-{TITLE}.xml"), as_of


def _issue(raw: bytes) -> str:
    tree = strict_json(raw, "titles")
    titles = tree.get("titles") if isinstance(tree, dict) else None
    for one in titles if isinstance(titles, list) else []:
        if isinstance(one, dict) and one.get("number") == TITLE:
            day = str(one.get("latest_issue_date") or "")
            try:
                return date.fromisoformat(day).isoformat()
            except ValueError:
                break
    raise SourceError("GL0601", f"the index of titles names no issue of title {TITLE}", hint="give the day with --as-of")


def present_tables(rules: Path) -> dict[str, str]:
    """The tables as they stand in the rule base; those not there are left out. Raises RuleError."""
    found = {}
    for table in TABLES:
        path = rules / table
        try:
            if path.is_file():
                found[table] = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError("GL0208", f"cannot be read: {error}", at=Place(table)) from error
    return found


def propose(source: Source, found: Snapshot, rules: Path, base: RuleBase) -> Draft:
    """The change of the tables that the source asks for, as a draft; without changes it has no files."""
    present = present_tables(rules)
    texts, changes = build(source, present)
    made_from = MadeFrom(name=found.name, sha256=found.sha256, address=found.address)
    changed = {table: text for table, text in texts.items() if text != present.get(table)}
    why = f"each changed row begins or ends on {source.as_of}, the day of the source: put in the day of the law, and its source"
    return Draft(
        kind="table",
        made_from=made_from,
        files=changed,
        base=BaseMark(version=base.version, sha256=base.sha256),
        fill_in=tuple(FillIn(file=table, key="from", why=why) for table in changed),
        changes=tuple(Change(table=one.table, key=one.key, before=one.before, after=one.after) for one in changes),
    )


def counts(source: Source) -> dict[str, int]:
    """How much of the source became what: for the talk beside the result."""
    told = account(source)
    return {
        "entries": len(source.entries),
        "requirements": len(told),
        "modelled": sum(bool(one.rows) and not one.not_modelled for one in told),
        "not modelled": sum(one.not_modelled for one in told),
        "held elsewhere": sum(bool(one.handled_by) and not one.rows for one in told),
    }
