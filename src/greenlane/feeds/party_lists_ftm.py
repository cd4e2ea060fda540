"""A list as FollowTheMoney JSON lines: one entity a line, its sanctions as entities of their own that name it in `entity`.

Read are persons, organisations, vessels and aircraft with their names, countries, numbers and addresses, and the sanctions on them.
Of the entities that only link others (ownership, family, ...) none is a party; they are passed over by name. The day is the user's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from greenlane.feeds.party_lists_made import SIZE_MAX, ListFile, Making, clean, names_of
from greenlane.feeds.us_ear import utf8
from greenlane.terms.listed import Address, Identifier, ListedParty, Listing, NameKind, PartyKind
from greenlane.terms.periods import read_day

_KINDS: Final = {
    "Person": PartyKind.PERSON,
    "Company": PartyKind.ORGANISATION,
    "Organization": PartyKind.ORGANISATION,
    "PublicBody": PartyKind.ORGANISATION,
    "LegalEntity": PartyKind.UNKNOWN,
    "Vessel": PartyKind.VESSEL,
    "Airplane": PartyKind.AIRCRAFT,
}
_LINKS: Final = frozenset(
    """
    Address Identification Passport Ownership Directorship Membership Employment Family Associate Representation UnknownLink
    Occupancy Position Succession Debt Payment Interest EconomicActivity Documentation Note Similar CryptoWallet BankAccount
    """.split()
)
_NUMBERS: Final = {
    "uscCode": "uscc",
    "leiCode": "lei",
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "callSign": "call_sign",
    "swiftBic": "swift",
    "registrationNumber": "registration",
    "ogrnCode": "registration",
    "okpoCode": "registration",
    "taxNumber": "tax",
    "innCode": "tax",
    "vatCode": "tax",
    "passportNumber": "passport",
    "idNumber": "national_id",
    "isin": "isin",
    "dunsCode": "duns",
}
_PLACES: Final = ("country", "jurisdiction", "nationality", "citizenship", "mainCountry", "flag")
_LINE_MAX: Final = 5_000_000  # signs


def read_jsonl(raw: bytes, making: Making, *, list_id: str) -> ListFile:
    """Read the lines. Raises SourceError. A line that is no entity is a reject."""
    found: dict[str, tuple[int, Mapping[str, Any]]] = {}
    sanctions: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for line, text in enumerate(utf8(raw, making.file, size_max=SIZE_MAX).split("\n"), start=1):
        if not text.strip():
            continue
        one = _entity(text)
        if one is None:
            problem = making.bad(
                "GL0124", "no entity: `id`, `schema` and `properties` are needed", line, None, "write one JSON object a line"
            )
            making.reject({"json_line": text[:_LINE_MAX]}, line, problem, list=list_id)
            continue
        schema = one["schema"]
        if schema == "Sanction":
            for name in _texts(one, "entity"):
                sanctions.setdefault(name, []).append((line, one))
        elif schema in _KINDS or (schema not in _LINKS and _texts(one, "name")):
            if schema not in _KINDS:
                making.note("GL0614", f"the schema `{schema[:60]}` is not known here; kept as unknown", line=line, column="schema")
            if one["id"] in found:
                problem = making.bad("GL0109", f"the entity `{one['id'][:80]}` stands twice", line, "id", "keep one of the two")
                making.reject({"json_line": text}, line, problem, list=list_id)
            else:
                found[one["id"]] = (line, one)
        elif schema not in _LINKS:
            making.note("GL0614", f"the schema `{schema[:60]}` is not known here; it is not read", line=line, column="schema")
    for name, (line, one) in found.items():
        making.add(
            _party(making, one, sanctions.pop(name, []), list_id, line), line, {"id": name, "name": "; ".join(_texts(one, "name"))}
        )
    for name, lost in sanctions.items():
        making.note("GL0614", f"a sanction on `{name[:80]}`, which is no party of the file", line=lost[0][0], column="entity")
    return making.done()


def _entity(text: str) -> Mapping[str, Any] | None:
    if len(text) > _LINE_MAX:
        return None
    try:
        one = json.loads(text)
    except (ValueError, RecursionError):
        return None
    right = isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"] and isinstance(one.get("schema"), str)
    return one if right and isinstance(one.get("properties"), dict) else None


def _texts(one: Mapping[str, Any], name: str) -> list[str]:
    value = one["properties"].get(name) or []
    return [clean(text) for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def _party(
    making: Making, one: Mapping[str, Any], sanctions: list[tuple[int, Mapping[str, Any]]], list_id: str, line: int
) -> ListedParty:
    caption = one.get("caption")
    names = _texts(one, "name") or ([caption] if isinstance(caption, str) else [])
    numbers = [Identifier(scheme, value) for name, scheme in _NUMBERS.items() for value in _texts(one, name)]
    places = [text for name in _PLACES for text in _texts(one, name)]
    return ListedParty(
        id=f"{list_id}:{one['id']}",
        list=list_id,
        kind=_KINDS.get(one["schema"], PartyKind.UNKNOWN),
        names=names_of(
            names[0] if names else "",
            (names, NameKind.ALIAS),
            (_texts(one, "alias"), NameKind.ALIAS),
            (_texts(one, "previousName"), NameKind.FORMER),
            (_texts(one, "weakAlias"), NameKind.WEAK),
        ),
        countries=making.places([text.partition("-")[0] for text in places], line, "country"),
        identifiers=tuple(dict.fromkeys(numbers)),
        addresses=tuple(Address(text) for text in _texts(one, "address")),
        born=tuple(day for text in _texts(one, "birthDate") for day in making.born(text, line, "birthDate")),
        listings=tuple(dict.fromkeys(_listing(making, sanction, at) for at, sanction in sanctions)) or (Listing(),),
        href=next(iter(_texts(one, "sourceUrl")), ""),
    )


def _listing(making: Making, one: Mapping[str, Any], line: int) -> Listing:
    def first(*names: str) -> str:
        return next((text for name in names for text in _texts(one, name) if text), "")

    return Listing(
        programme="; ".join(_texts(one, "program")),
        requirement=first("provisions"),
        citation=first("authorityId", "unscId", "recordId"),
        start=making.day(first("startDate", "listingDate"), _first_day, line, "startDate"),
        end=making.day(first("endDate"), read_day, line, "endDate"),
    )


def _first_day(text: str) -> date:
    """A day, or the first day of a year or month: a listing that may have begun counts. Raises ValueError."""
    return read_day(f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01" if len(text) == 7 else text[:10])
