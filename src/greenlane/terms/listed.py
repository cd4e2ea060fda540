"""Who stands on which list: parties as authorities publish them, and an edition of a list.

A listing by itself says nothing about goods: what follows from it is a measure of the rule base. Two times hold for it as for
a measure: from when to when it stands, and since when that was public.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


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

    def stands(self, *, on: date, known_by: date) -> bool:
        """Whether it stands on a day, as was public by another."""
        since = self.known_since or self.start
        if (self.start is not None and on < self.start) or (since is not None and known_by < since):
            return False
        ended = self.end_known_since or self.end
        return self.end is None or on < self.end or (ended is not None and known_by < ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedParty:
    """One entry of one list. `id` is unique over all lists and lasting from edition to edition: `us-sdn:12345`."""

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
