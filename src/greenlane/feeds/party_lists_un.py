"""The consolidated list of the United Nations Security Council, as XML: persons and entities with their original-script names.

Of an alias the list says whether it is good or low; a low one is weak here. The file holds its own day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from greenlane.errors import Place, SourceError
from greenlane.feeds.party_lists_made import SIZE_MAX, ListFile, Making, names_of
from greenlane.feeds.party_lists_ofac import identifier_of, note_unknown
from greenlane.feeds.xml_tree import Element, records
from greenlane.terms.listed import Address, ListedParty, Listing, NameKind, PartyKind
from greenlane.terms.periods import read_day

LIST: Final = "un-sc"
_NAME_PARTS: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS: Final = "STREET CITY STATE_PROVINCE ZIP_CODE COUNTRY NOTE"
_ALIAS: Final = "QUALITY ALIAS_NAME NOTE CITY_OF_BIRTH COUNTRY_OF_BIRTH DATE_OF_BIRTH"
_ENTRY: Final = (
    "DATAID VERSIONNUM FIRST_NAME SECOND_NAME THIRD_NAME FOURTH_NAME UN_LIST_TYPE REFERENCE_NUMBER LISTED_ON DELISTED_ON "
    "SUBMITTED_ON SUBMITTED_BY GENDER COMMENTS1 TITLE DESIGNATION NATIONALITY NATIONALITY2 NAME_ORIGINAL_SCRIPT LIST_TYPE "
    "LAST_DAY_UPDATED SORT_KEY SORT_KEY_LAST_MOD"
)
_KNOWN: Final = {
    "INDIVIDUAL": f"{_ENTRY} INDIVIDUAL_ALIAS INDIVIDUAL_ADDRESS INDIVIDUAL_DATE_OF_BIRTH INDIVIDUAL_PLACE_OF_BIRTH "
    "INDIVIDUAL_DOCUMENT",
    "ENTITY": f"{_ENTRY} ENTITY_ALIAS ENTITY_ADDRESS",
    "INDIVIDUAL_ALIAS": _ALIAS,
    "ENTITY_ALIAS": _ALIAS,
    "INDIVIDUAL_ADDRESS": _ADDRESS,
    "ENTITY_ADDRESS": _ADDRESS,
    "INDIVIDUAL_PLACE_OF_BIRTH": _ADDRESS,
    "INDIVIDUAL_DATE_OF_BIRTH": "TYPE_OF_DATE DATE YEAR FROM_YEAR TO_YEAR NOTE",
    "INDIVIDUAL_DOCUMENT": "TYPE_OF_DOCUMENT TYPE_OF_DOCUMENT2 NUMBER ISSUING_COUNTRY DATE_OF_ISSUE CITY_OF_ISSUE "
    "COUNTRY_OF_ISSUE NOTE",
    **dict.fromkeys(("NATIONALITY", "NATIONALITY2", "LIST_TYPE", "LAST_DAY_UPDATED", "TITLE", "DESIGNATION"), "VALUE"),
}
_QUALITY: Final = {
    "good": NameKind.ALIAS,
    "a.k.a.": NameKind.ALIAS,
    "": NameKind.ALIAS,
    "low": NameKind.WEAK,
    "f.k.a.": NameKind.FORMER,
}


def read_xml(raw: bytes, making: Making) -> ListFile:
    """Read the list. Raises SourceError."""
    state: date | None = None
    for one in records(raw, making.file, {"INDIVIDUAL", "ENTITY"}, size_max=SIZE_MAX):
        if one.name == "CONSOLIDATED_LIST":
            state = making.day(one.attributes.get("dateGenerated", "")[:10], read_day, one.line, "dateGenerated")
            continue
        if one.name not in ("INDIVIDUAL", "ENTITY"):
            hint = "take the consolidated list of the Security Council as XML"
            raise SourceError(
                "GL0612", f"its root is `{one.name}`, not CONSOLIDATED_LIST", at=Place(making.file, one.line), hint=hint
            )
        note_unknown(making, one, _KNOWN)
        cells = {name: one.said(name) for name in ("DATAID", "REFERENCE_NUMBER", *_NAME_PARTS)}
        if not cells["DATAID"]:
            problem = making.bad("GL0613", "an entry without a DATAID", one.line, "DATAID", "take the file from the source again")
            making.reject(cells, one.line, problem, list=LIST)
        else:
            making.add(_party(making, one, is_person=one.name == "INDIVIDUAL"), one.line, cells)
    return making.done(state=state)


def _party(making: Making, one: Element, *, is_person: bool) -> ListedParty:
    aliases = [((found.said("ALIAS_NAME"),), _quality(making, found)) for found in one.own("INDIVIDUAL_ALIAS", "ENTITY_ALIAS")]
    addresses = tuple(_addresses(making, one))
    nations = [found.text() for name in ("NATIONALITY", "NATIONALITY2") for own in one.own(name) for found in own.own("VALUE")]
    people = making.places(nations, one.line, "NATIONALITY")
    numbers = []
    for found in one.own("INDIVIDUAL_DOCUMENT"):
        country = found.said("ISSUING_COUNTRY") or found.said("COUNTRY_OF_ISSUE")
        called = f"{found.said('TYPE_OF_DOCUMENT')} {found.said('TYPE_OF_DOCUMENT2')}".replace("passeport", "passport")
        called = called.replace("pasaporte", "passport")
        numbers.append(identifier_of(called, found.said("NUMBER"), making.place(country, found.line, "ISSUING_COUNTRY")))
    reference = one.said("REFERENCE_NUMBER")
    return ListedParty(
        id=f"{LIST}:{one.said('DATAID')}",
        list=LIST,
        kind=PartyKind.PERSON if is_person else PartyKind.ORGANISATION,
        names=names_of(
            " ".join(text for name in _NAME_PARTS if (text := one.said(name))),
            ((one.said("NAME_ORIGINAL_SCRIPT"),), NameKind.ALIAS),
            *aliases,
        ),
        countries=tuple(dict.fromkeys(code for code in (*(found.country for found in addresses), *people) if code)),
        identifiers=tuple(dict.fromkeys(number for number in numbers if number is not None)),
        addresses=tuple(found for found in addresses if found.text),
        born=tuple(dict.fromkeys(day for found in one.own("INDIVIDUAL_DATE_OF_BIRTH") for day in _born(making, found))),
        listings=(
            Listing(
                programme=one.said("UN_LIST_TYPE"),
                citation=reference,
                start=making.day(one.said("LISTED_ON")[:10], read_day, one.line, "LISTED_ON"),
                end=making.day(one.said("DELISTED_ON")[:10], read_day, one.line, "DELISTED_ON"),
            ),
        ),
    )


def _quality(making: Making, found: Element) -> NameKind:
    text = found.said("QUALITY").lower()
    if text not in _QUALITY:
        making.note(
            "GL0614",
            f"the quality `{text[:40]}` of an alias is not known here; taken as an alias",
            line=found.line,
            column="QUALITY",
        )
    return _QUALITY.get(text, NameKind.ALIAS)


def _addresses(making: Making, one: Element) -> Iterable[Address]:
    for found in one.own("INDIVIDUAL_ADDRESS", "ENTITY_ADDRESS"):
        text = ", ".join(part for name in ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE") if (part := found.said(name)))
        yield Address(text, making.place(found.said("COUNTRY"), found.line, "COUNTRY"))


def _born(making: Making, found: Element) -> tuple[str, ...]:
    if (day := found.said("DATE")) != "":
        return making.born(day[:10], found.line, "DATE")
    if (year := found.said("YEAR")) != "":
        return making.born(year, found.line, "YEAR")
    ends = [text for name in ("FROM_YEAR", "TO_YEAR") if (text := found.said(name))]
    return making.born(" to ".join(ends), found.line, "FROM_YEAR") if ends else ()
