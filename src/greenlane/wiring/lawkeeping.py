"""New law on its way into the base: which readers, shelf and sources the keepers' commands use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from greenlane.feeds import drafts, notices, snapshots, tariffs, us_ear_sync
from greenlane.feeds.rule_shelf import RuleShelf
from greenlane.law.draft import Draft, MadeFrom
from greenlane.law.drafting import ActAsked
from greenlane.law.drafting import Asked as NoticeAsked
from greenlane.law.rulebase import RuleBase
from greenlane.services import rulekeeping
from greenlane.settings import read_settings
from greenlane.wiring import load_rules

US_EAR_ADDRESS = us_ear_sync.ADDRESS

# --- drafts of law ----------------------------------------------------------------------------------------------


def draft_of_notice(path: Path, asked: NoticeAsked, base: RuleBase, *, encoding: str | None = None) -> Draft:
    """A draft of a notice in a file. Raises DraftError."""
    found = notices.read_notice_file(path, encoding=encoding)
    made_from = MadeFrom(name=found.name, sha256=found.sha256, address=asked.address)
    return rulekeeping.propose_notice(found.text, made_from, asked, base)


def draft_of_act(asked: ActAsked, base: RuleBase) -> Draft:
    """A draft of an act that a person states. Raises UsageError."""
    digest = hashlib.sha256(repr(asked).encode("utf-8")).hexdigest()
    return rulekeeping.propose_act(asked, MadeFrom(name="options", sha256=digest, address=asked.address), base)


def write_draft(folder: Path, draft: Draft) -> None:
    """Write a draft into a new or empty folder. Raises DraftError."""
    drafts.write_draft(folder, draft)


def read_draft(folder: Path) -> Draft:
    """Read a draft folder. Raises DraftError."""
    return drafts.read_draft(folder)


def rule_shelf(folder: Path | None) -> RuleShelf:
    """A rule base that can take in drafts."""
    home = read_settings(rules=folder).rules
    return RuleShelf(home, installed=Path(__file__).parents[1].resolve() in home.resolve().parents)


# --- official sources -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Synced:
    """What a source asks of our tables, of which day it is, and how much of it was read."""

    draft: Draft
    as_of: str
    counts: Mapping[str, int]


def sync_us_ear(
    folder: Path | None,
    given: Path | None,
    *,
    address: str = US_EAR_ADDRESS,
    as_of: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Synced:
    """Hold our tables of the US lists against an official source. Raises SourceError, RuleBaseError."""
    home = read_settings(rules=folder).rules
    base = load_rules(folder, release=False)
    if given is not None:
        found = snapshots.read_files(given, names=us_ear_sync.NAMES)
    else:
        found, as_of = us_ear_sync.fetch_source(address, as_of=as_of, say=say)
    source = us_ear_sync.read_source(found, as_of=as_of)
    return Synced(us_ear_sync.propose(source, found, home, base), source.as_of, us_ear_sync.counts(source))


def sync_us_hts(folder: Path | None, given: Path) -> Synced:
    """Hold our table of base rates against the CSV export of the tariff schedule. Raises FileError, RuleBaseError."""
    found = tariffs.read_us_hts(given)
    draft = tariffs.propose(found, read_settings(rules=folder).rules, load_rules(folder, release=False))
    return Synced(draft, found.name, tariffs.counts(found))
