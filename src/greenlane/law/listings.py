"""Which lists there are, what follows from standing on one, and whether the edition at hand can be relied on.

The register says of each list who keeps it, how many entries it must have at least, after how many days an edition is too old,
and which groups of the rule base carry what follows. A list without a group says in words that no measure held here follows.
An edition that is missing, too old, too short or not whole never clears anybody: its state is `cannot_say`.

The lists that ship are made from the groups of the rule base, so that list and law cannot differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from greenlane.law.groups import Group, Member
from greenlane.law.rulebase import RuleBase
from greenlane.terms.listed import ListEdition, ListedParty, Listing, NameKind, PartyKind, PartyName, numbered
from greenlane.terms.periods import Bound
from greenlane.terms.sources import Standing

USABLE: Final = "usable"
CANNOT_SAY: Final = "cannot_say"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredList:
    """One list as the register knows it.

    `floor` is the least count of entries, `drop_max_percent` the largest plausible loss from one edition to the next, and
    `stale_after_days` the age at which an edition is too old; they are settings of ours, not law. `groups` carry what
    follows and hold the members; `joint` are groups over members of several lists. `follows` says it in words.
    """

    id: str
    title: str
    authority: str
    page: str  # the official address for people
    downloads: tuple[str, ...] = ()  # the official addresses of the file, or of the files that make it
    floor: int
    stale_after_days: int
    drop_max_percent: int
    groups: tuple[str, ...] = ()
    joint: tuple[str, ...] = ()
    follows: str = ""
    standing: Standing = Standing.OFFICIAL
    whole: bool = True  # whether what ships is the whole list
    state: date | None = None  # of which day what ships is, where the groups do not say
    table: tuple[ListedParty, ...] = ()  # what ships of a list without groups


Register = Mapping[str, RegisteredList]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """Whether a list can be relied on, on a day: `usable` or `cannot_say`, with the reasons and the way out."""

    list: str
    title: str
    verdict: str
    state: date | None = None
    count: int = 0
    age_days: int | None = None
    stale_after_days: int = 0
    source: str = ""
    sha256: str = ""
    why: tuple[str, ...] = ()
    follows: str = ""
    standing: Standing = Standing.OFFICIAL  # of the list itself, or of a table that others keep of it

    @property
    def is_usable(self) -> bool:
        """Whether silence of this list counts."""
        return self.verdict == USABLE


def usable(editions: Iterable[ListEdition], register: Register, today: date) -> tuple[ListState, ...]:
    """The state of every list of the register, in its order; of several editions of a list the latest state counts."""
    latest: dict[str, ListEdition] = {}
    for one in editions:
        if one.list not in latest or latest[one.list].state <= one.state:
            latest[one.list] = one
    return tuple(_state(entry, latest.get(entry.id), today) for entry in register.values())


def _state(entry: RegisteredList, edition: ListEdition | None, today: date) -> ListState:
    if edition is None:
        return ListState(
            list=entry.id,
            title=entry.title,
            verdict=CANNOT_SAY,
            stale_after_days=entry.stale_after_days,
            why=("there is no edition: load one",),
            follows=entry.follows,
            standing=entry.standing,
        )
    age = (today - edition.state).days
    why = []
    if age > entry.stale_after_days:
        why.append(f"{age} days old, more than {entry.stale_after_days}: load a newer edition")
    if age < 0:
        why.append(f"its state is of {edition.state}, which is still to come")
    if not edition.accepted:
        if len(edition.parties) < entry.floor:
            why.append(f"{len(edition.parties)} entries, fewer than {entry.floor}")
        if edition.rejected:
            why.append(f"{edition.rejected} entries could not be read")
    if edition.source.startswith(SHIPPED) and not entry.whole:
        why.append("what ships is not the whole list: load it")
    return ListState(
        list=entry.id,
        title=entry.title,
        verdict=CANNOT_SAY if why else USABLE,
        state=edition.state,
        count=len(edition.parties),
        age_days=age,
        stale_after_days=entry.stale_after_days,
        source=edition.source,
        sha256=edition.sha256,
        why=tuple(why),
        follows=entry.follows,
        standing=entry.standing,
    )


# --- the lists that ship ------------------------------------------------------------------------------------------------

SHIPPED: Final = "rule base"


def shipped_editions(rules: RuleBase, register: Register) -> tuple[ListEdition, ...]:
    """The lists that the rule base holds itself, each member with all its names and periods; in the order of the register."""
    return tuple(_shipped(entry, rules) for entry in register.values() if entry.groups or entry.table)


def _shipped(entry: RegisteredList, rules: RuleBase) -> ListEdition:
    groups = [rules.groups[name] for name in entry.groups]
    parties = numbered((*_members(entry, groups, rules), *entry.table))
    days = [group.as_of.day for group in groups if group.as_of is not None]
    state = entry.state or min(days)
    digest = hashlib.sha256("\n".join(map(repr, parties)).encode()).hexdigest()
    return ListEdition(list=entry.id, state=state, source=f"{SHIPPED} {rules.version}", sha256=digest, parties=parties)


def _members(entry: RegisteredList, groups: Iterable[Group], rules: RuleBase) -> Iterable[ListedParty]:
    names: dict[str, dict[str, None]] = {}
    listings: dict[str, list[Listing]] = {}
    for group in groups:
        for member in group.members:
            names.setdefault(member.value, {}).update(dict.fromkeys(member.also))
            listings.setdefault(member.value, []).append(_listing(group, member))
    for name in entry.joint:
        for member in rules.groups[name].members:
            if member.value in names:
                listings[member.value].append(_listing(rules.groups[name], member))
    for value, also in names.items():
        yield ListedParty(
            id="",
            list=entry.id,
            kind=PartyKind.UNKNOWN,
            names=(PartyName(value), *(PartyName(text, NameKind.ALIAS) for text in also if text != value)),
            listings=tuple(dict.fromkeys(listings[value])),
            href=entry.page,
        )


def _listing(group: Group, member: Member) -> Listing:
    return Listing(
        programme=group.title,
        policy=member.review or "",
        start=_day(member.start),
        end=_day(member.end),
        # A member without a beginning has always been one; then `known_since` speaks of its end only.
        known_since=None if member.start is None else _day(member.known_since),
        end_known_since=_day(member.end_known_since or (member.known_since if member.start is None else None)),
        group=group.id,
    )


def _day(bound: Bound | None) -> date | None:
    return None if bound is None else bound.day


def problems_of(register: Register, rules: RuleBase) -> tuple[str, ...]:
    """What does not hold between register and rule base, in words: groups that are not there, party groups of no list."""
    named = {name for entry in register.values() for name in (*entry.groups, *entry.joint)}
    parties = {group.id for group in rules.groups.values() if group.kind == "parties"}
    found = [f"the register names `{name}`, which is no group of parties" for name in sorted(named - parties)]
    found += [f"no list of the register holds the group `{name}`" for name in sorted(parties - named)]
    for entry in register.values():
        if not entry.groups and not entry.follows:
            found.append(f"`{entry.id}` has no group and does not say what follows")
        if (
            entry.groups
            and entry.state is None
            and all(rules.groups[name].as_of is None for name in entry.groups if name in parties)
        ):
            found.append(f"`{entry.id}` has no day of its state")
    return tuple(found)
