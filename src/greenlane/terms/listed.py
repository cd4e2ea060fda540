"""Who stands on which list: parties as authorities publish them, and an edition of a list.

A listing by itself says nothing about goods: what follows from it is a measure of the rule base. Two times hold for it as for
a measure: from when to when it stands, and since when that was public.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from greenlane.terms.parties import name_key


class PartyKind(Enum):
    """What a listed party is. The values are words of the lists and of FollowTheMoney alike."""

    PERSON = "person"
    ORGANISATION = "organisation"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    UNKNOWN = "unknown"


class NameKind(Enum):
    """How surely a list says that a party goes by a name."""

    PRIMARY = "primary"
    ALIAS = "alias"
    WEAK = "weak"  # the list itself warns that the alias is broad
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class PartyName:
    """A name as printed; its script is told from its letters."""

    text: str
    kind: NameKind = NameKind.PRIMARY


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that names one party; `scheme` in small letters: uscc, lei, imo, registration, tax, passport, swift, ..."""

    scheme: str
    value: str
    country: str = ""  # ISO 3166-1 alpha-2, where the scheme is one country's


@dataclass(frozen=True, slots=True)
class Address:
    """An address as printed; `country` in ISO 3166-1 alpha-2, empty where the list does not say."""

    text: str
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """That a party stands on a list, with what the list says of it. Days are whole; `end` is the first day it is off."""

    programme: str = ""  # Entity List, NPWMD, footnote, sanctions programme
    requirement: str = ""  # licence requirement, in the list's own terms
    policy: str = ""  # licence review policy
    citation: str = ""
    start: date | None = None  # None: before anything is known
    end: date | None = None
    known_since: date | None = None  # None: since it began
    end_known_since: date | None = None
    group: str = ""  # the group of the rule base that stands for it, where the list was made from groups

    def stands(self, *, on: date, known_by: date) -> bool:
        """Whether it stands on a day, as was public by another."""
        since = self.known_since or self.start
        if (self.start is not None and on < self.start) or (since is not None and known_by < since):
            return False
        ended = self.end_known_since or self.end
        return self.end is None or on < self.end or (ended is not None and known_by < ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedParty:
    """One entry of one list. `id` is unique over all lists and lasting from edition to edition: `us-sdn:12345`.

    Where a list gives no numbers, the id is made from the name (`us-uvl:n-3f2a...`, see `numbered`) and lasts as long as it.
    """

    id: str
    list: str
    kind: PartyKind
    names: tuple[PartyName, ...]
    countries: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    addresses: tuple[Address, ...] = ()
    born: tuple[str, ...] = ()  # birth dates or years, ISO 8601 as exact as known
    listings: tuple[Listing, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEdition:
    """A list as it stood: which state, read from where, and its digest. Parties in the order of their ids."""

    list: str
    state: date  # the day of the state the source holds
    source: str  # address, or the file's name
    sha256: str  # of the bytes read
    parties: tuple[ListedParty, ...]
    rejected: int = 0  # entries of the file that could not be read: parties that may be missing
    accepted: str = ""  # why a person takes the edition although entries are missing or it shrank; empty: nobody did


_NAMED = "n-"  # how the ids of entries without a number go on after the list


def has_number(party: ListedParty) -> bool:
    """Whether the list itself numbers the entry, so that the same number is the same entry in another edition."""
    return not party.id.partition(":")[2].startswith(_NAMED)


def numbered(parties: Iterable[ListedParty]) -> tuple[ListedParty, ...]:
    """Give ids to the entries that have none, in the order of all ids; entries that are equal in everything are one.

    The id of an entry without a number is made from its list and its first name. Several entries of one name are told apart
    by a count in the order of what else they say, so the order of the file does not matter.
    """
    done = {one.id: one for one in parties if one.id}
    bare: dict[str, list[ListedParty]] = {}
    for one in dict.fromkeys(one for one in parties if not one.id):
        key = name_key(one.names[0].text) or one.names[0].text
        digest = hashlib.sha256(f"{one.list}\0{key}".encode()).hexdigest()[:16]
        bare.setdefault(f"{one.list}:{_NAMED}{digest}", []).append(one)
    for name, alike in bare.items():
        for count, one in enumerate(sorted(alike, key=repr), start=1):
            done[name if count == 1 else f"{name}-{count}"] = replace(one, id=name if count == 1 else f"{name}-{count}")
    return tuple(done[name] for name in sorted(done))
