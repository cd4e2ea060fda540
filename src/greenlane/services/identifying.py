"""Who the parties of lines are: screened once each, before their lines are decided.

A hit that leaves no doubt is a fact; one that leaves some is a question of the line; what two people said of an alert is a fact.
Days do not matter here: an entry is found whenever it stood, and the law asks whether it stands on the day of the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from greenlane.decide.line import Line
from greenlane.law.facts import Entry, Identified
from greenlane.law.listings import Register
from greenlane.law.rulebase import RuleBase
from greenlane.screen.finding import Alert, Counterparty, Hit, ListState
from greenlane.screen.holdings import Graph, percent
from greenlane.screen.ownership import OwnershipFinding, Reach, assess
from greenlane.services.ports import DecisionLog, PartyLists, PartyMatcher
from greenlane.services.screening import Answer, Desk, Settings, screen
from greenlane.terms.listed import ListedParty, Listing, NameKind
from greenlane.terms.parties import ROLES, name_key
from greenlane.terms.periods import Asked

#: From which probability a hit is a fact, if nothing in the names speaks against it; and from which it is a question.
CERTAIN: Final = 0.95
DOUBTFUL: Final = 0.5
_ZONES: Final = {"us": "America/New_York", "cn": "Asia/Shanghai"}  # of the authorities; others keep no hour here
_OWNED: Final = ("end_user", "consignee", "exporter")  # whose owners are looked for, in this order


def named(lines: Iterable[Line]) -> tuple[str, ...]:
    """Every name in a role of a line, once, in the order met."""
    return tuple(dict.fromkeys(name for line in lines for role in ROLES if (name := getattr(line, role))))


@dataclass(frozen=True)
class Identifier:
    """Lists, decisions and law, joined to say who a name is. `on` is the day by which editions are chosen and terms counted."""

    lists: PartyLists
    log: DecisionLog
    register: Register
    rules: RuleBase
    on: date
    known_by: date

    def identify(self, names: Sequence[str]) -> dict[str, Identified]:
        """What screening found of each name; asked again, with the same lists and decisions as at first."""
        if not names:
            return {}
        settings, states, matcher, desk = self._search
        if matcher is None:
            return {}
        faults = [f"{one.name}: {one.fault}" for one in states if one.fault]
        searched = f"{len(states)} lists searched ({matcher.model.split()[0]})"
        if faults:
            searched += f", of which {len(faults)} cannot be relied on for {settings.asked}"
        book = [Counterparty(id=name, names=(name,)) for name in names]
        found = screen(book, matcher.at_any_time(), desk, settings)
        return {
            name: self._identified(name, answer, desk, searched, sound=not faults)
            for name, answer in zip(names, found, strict=True)
        }

    def with_owners(self, lines: Sequence[Line], graph: Graph) -> tuple[list[Line], dict[str, Identified]]:
        """The lines, each that names no owner with the listed owners that a rule of ownership finds for one of its parties.

        Where the shares reach a threshold for certain, their sum is the owner's share; where they only may, the share is left to be
        asked. Also what screening found of every name. Raises OverfullError.
        """
        known = self.identify([*named(lines), *graph.names])
        listed = {name: self._parties[name] for name in graph.names if self._parties.get(name)}
        found = assess(graph, listed, self.rules, on=Asked.of(self.on), known_by=Asked.of(self.known_by))
        owners: dict[str, tuple[Identified, Decimal | None] | None] = {}
        filled = []
        for line in lines:
            mine = [name for role in _OWNED if (name := getattr(line, role)) and not line.owner]
            for name in mine:
                if name not in owners:
                    owners[name] = _owner_of(found.finding(name), known)
            owner = next((one for name in mine if (one := owners[name]) is not None), None)
            if owner is None:
                filled.append(line)
                continue
            party, share = owner
            known[party.name] = party
            cells = {**line.cells, "owner": party.name} | ({} if share is None else {"owner_share": f"{share:f}"})
            filled.append(replace(line, owner=party.name, owner_share=share, cells=cells))
        return filled, {name: known[name] for name in named(filled)}

    @cached_property
    def _search(self) -> tuple[Settings, tuple[ListState, ...], PartyMatcher | None, Desk]:
        """What names are looked for in, and how."""
        settings = Settings(on=self.on, known_by=self.known_by, threshold=DOUBTFUL, certain=CERTAIN)
        states = self.lists.states((), asked=settings.asked)
        matcher = self.lists.matcher([one.edition for one in states if one.edition is not None])
        return settings, states, matcher, Desk(states, *self.log.alerts())

    @cached_property
    def _parties(self) -> dict[str, tuple[ListedParty, ...]]:
        """The listed parties that a name certainly is; filled as names are screened."""
        return {}

    def _identified(self, name: str, answer: Answer, desk: Desk, searched: str, *, sound: bool) -> Identified:
        certain = [hit for hit in answer.found.hits if hit.probability >= CERTAIN and not hit.against]
        doubtful = [hit for hit in answer.found.hits if hit not in certain]
        confirmed = [(desk.parties[one.entry.id], f"confirmed by two people, alert {one.key}") for one in answer.confirmed]
        entries = [*confirmed, *((desk.parties[hit.entry], _says(hit)) for hit in certain)]
        self._parties[name] = tuple(party for party, _ in entries)
        return Identified(
            name=name,
            entries=self._entries(entries),
            doubts=self._entries((desk.parties[hit.entry], _says(hit)) for hit in doubtful),
            searched=searched,
            sound=sound,
            cleared=tuple(_cleared(one) for one in answer.cleared),
        )

    def _entries(self, found: Iterable[tuple[ListedParty, str]]) -> tuple[Entry, ...]:
        told: dict[tuple[str, str], Entry] = {}
        for party, says in found:
            for entry in self._of(party, says):
                told.setdefault((entry.list, name_key(entry.name)), entry)
        return tuple(told.values())

    def _of(self, party: ListedParty, says: str) -> Iterable[Entry]:
        """The entry as the law knows it: by the name its group holds, or else by the first group of its list, with its days."""
        groups = self.register[party.list].groups
        primary = next((one.text for one in party.names if one.kind is NameKind.PRIMARY), party.names[0].text)
        groups_held = [self.rules.groups[name] for name in groups]
        members = [one.text for one in party.names if any(group.holds_ever(one.text) for group in groups_held)]
        if members or not groups:
            yield Entry(name=(members or [primary])[0], list=party.list, says=says)
            return
        for listing in party.listings or (Listing(),):
            yield Entry(
                name=primary,
                list=party.list,
                says=says,
                group=groups[0],
                zone=_ZONES.get(party.list.partition("-")[0], "UTC"),
                start=_day(listing.start),
                end=_day(listing.end),
                known_since=_day(listing.known_since),
            )


def _owner_of(finding: OwnershipFinding, known: Mapping[str, Identified]) -> tuple[Identified, Decimal | None] | None:
    """The listed owners of a firm as one owner, and what they hold together if that is certain."""
    reached = [one for one in finding.answers if one.reach is not Reach.NONE and one.passes_on]
    if not reached:
        return None
    names = tuple(dict.fromkeys(passed.owner for one in reached for passed in one.passes_on))
    entries = tuple(dict.fromkeys(entry for name in names for entry in known[name].entries))
    sure = [one.low for one in reached if one.reach is Reach.CERTAIN]
    text = names[0] if len(names) == 1 else f"{' and '.join(names)} together"
    party = Identified(name=text, entries=entries, searched=known[names[0]].searched, sound=known[names[0]].sound)
    return party, Decimal(percent(min(sure))) if len(sure) == len(reached) else None


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _says(hit: Hit) -> str:
    against = f"; against it: {'; '.join(hit.against)}" if hit.against else ""
    how = sorted({word.how for word in hit.words} - {"equal", "extra", "missing"})
    met = f" ({', '.join(how)})" if how else ""
    return f"“{hit.query_name}” meets “{hit.listed_name}”{met}, {hit.probability:.0%}{against}"


def _cleared(alert: Alert) -> str:
    proposal = alert.proposal
    who = f"{proposal.by} and {alert.decided_by}: {proposal.reason}" if proposal is not None else alert.decided_by
    return f"not {alert.entry.shown} ({alert.entry.id}), cleared by {who}"
