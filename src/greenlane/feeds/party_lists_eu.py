"""The financial sanctions of the European Union: the consolidated list as XML and as CSV, and a table of parties by legal act.

The XML (`export`, version 1.1) gives each party once with its names, of which it says whether they are strong. The CSV has
semicolons and gives each party as often as it has names, addresses, birth dates and numbers; both hold their own day. The table of
acts is no official form: one row a party and act, its day given by the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from greenlane.errors import Place, SourceError
from greenlane.feeds.party_lists_made import (
    SIZE_MAX,
    ListFile,
    Making,
    clean,
    named_rows,
    names_of,
    pointed_day,
    slashed_day,
    split,
)
from greenlane.feeds.party_lists_ofac import identifier_of, note_unknown
from greenlane.feeds.xml_tree import Element, records
from greenlane.terms.listed import Address, Identifier, ListedParty, Listing, NameKind, PartyKind
from greenlane.terms.periods import read_day

LIST: Final = "eu-consolidated"
ACTS_LIST: Final = "eu-acts"
_UNKNOWN: Final = "00"  # the list's code for a country that is not known
_KINDS: Final = {
    "person": PartyKind.PERSON,
    "P": PartyKind.PERSON,
    "enterprise": PartyKind.ORGANISATION,
    "E": PartyKind.ORGANISATION,
}

# --- XML ----------------------------------------------------------------------------------------------------------------

_COMMON: Final = "REMARK REGULATIONSUMMARY ADDITIONALINFORMATION"
_KNOWN: Final = {
    "SANCTIONENTITY": "REMARK REGULATION SUBJECTTYPE NAMEALIAS ADDRESS BIRTHDATE IDENTIFICATION CITIZENSHIP ADDITIONALINFORMATION",
    "REGULATION": f"PUBLICATIONURL {_COMMON}",
    "NAMEALIAS": _COMMON,
    "ADDRESS": f"CONTACTINFO {_COMMON}",
    "BIRTHDATE": _COMMON,
    "IDENTIFICATION": _COMMON,
    "CITIZENSHIP": _COMMON,
    "CONTACTINFO": "KEY VALUE",
    "ADDITIONALINFORMATION": "KEY VALUE",
}
_REGULATED: Final = "regulationLanguage logicalId"
_ATTRIBUTES: Final = {
    "SANCTIONENTITY": "designationDate designationDetails unitedNationId euReferenceNumber logicalId",
    "REGULATION": "regulationType organisationType publicationDate entryIntoForceDate numberTitle programme logicalId",
    "SUBJECTTYPE": "code classificationCode",
    "NAMEALIAS": f"firstName middleName lastName wholeName function gender title nameLanguage strong {_REGULATED}",
    "ADDRESS": f"city street poBox zipCode region place asAtListingTime countryIso2Code countryDescription {_REGULATED}",
    "BIRTHDATE": "circa calendarType city zipCode birthdate dayOfMonth monthOfYear year yearRangeFrom yearRangeTo region place "
    f"countryIso2Code countryDescription {_REGULATED}",
    "IDENTIFICATION": "diplomatic knownExpired knownFalse reportedLost revokedByIssuer issueDate issuedDate issuedBy latinNumber "
    "nameOnDocument number validFrom validTo region countryIso2Code countryDescription identificationTypeCode "
    f"identificationTypeDescription {_REGULATED}",
    "CITIZENSHIP": f"region countryIso2Code countryDescription {_REGULATED}",
}


def read_xml(raw: bytes, making: Making) -> ListFile:
    """Read the consolidated list as XML. Raises SourceError."""
    state: date | None = None
    for one in records(raw, making.file, {"SANCTIONENTITY"}, size_max=SIZE_MAX):
        if one.name == "EXPORT":
            state = making.day(one.attributes.get("generationDate", "")[:10], read_day, one.line, "generationDate")
            continue
        if one.name != "SANCTIONENTITY":
            hint = "take the full sanctions list, version 1.1, as XML"
            raise SourceError("GL0612", f"its root is `{one.name}`, not export", at=Place(making.file, one.line), hint=hint)
        _note_unknown(making, one)
        cells = dict(one.attributes)
        if not cells.get("logicalId"):
            problem = making.bad(
                "GL0613", "an entry without a logicalId", one.line, "logicalId", "take the file from the source again"
            )
            making.reject(cells, one.line, problem, list=LIST)
        else:
            making.add(_xml_party(making, one), one.line, cells)
    return making.done(state=state)


def _note_unknown(making: Making, one: Element) -> None:
    note_unknown(making, one, _KNOWN)
    for found in one.walk():
        for name in found.attributes.keys() - set(_ATTRIBUTES.get(found.name, "").split()):
            if found.name in _ATTRIBUTES:
                making.note(
                    "GL0614", f"the attribute `{found.name}/{name}` is not known here; it is not read", line=found.line, column=name
                )


def _xml_party(making: Making, one: Element) -> ListedParty:
    names = []
    for found in one.own("NAMEALIAS"):
        said = found.attributes
        whole = clean(said.get("wholeName")) or clean(
            " ".join(said.get(part, "") for part in ("firstName", "middleName", "lastName"))
        )
        names.append((whole, NameKind.WEAK if said.get("strong") == "false" else NameKind.ALIAS))
    # The first strong name is the one the party goes by; a list that knows it under weak names only has no other.
    first = next((text for text, kind in names if kind is NameKind.ALIAS and text), names[0][0] if names else "")
    addresses = tuple(_address(making, found.attributes, found.line, _XML_ADDRESS) for found in one.own("ADDRESS"))
    people = [_place(making, found.attributes.get("countryIso2Code", ""), found.line) for found in one.own("CITIZENSHIP")]
    regulation = next(one.own("REGULATION"), None)
    act = {} if regulation is None else regulation.attributes
    kind = next(one.own("SUBJECTTYPE"), None)
    return ListedParty(
        id=f"{LIST}:{one.attributes['logicalId']}",
        list=LIST,
        kind=making.kind("" if kind is None else kind.attributes.get("code", ""), _KINDS, one.line, "subjectType"),
        names=names_of(first, *(((text,), how) for text, how in names)),
        countries=tuple(dict.fromkeys(code for code in (*(found.country for found in addresses), *people) if code)),
        identifiers=tuple(dict.fromkeys(number for found in one.own("IDENTIFICATION") for number in _xml_number(making, found))),
        addresses=tuple(found for found in addresses if found.text),
        born=tuple(dict.fromkeys(day for found in one.own("BIRTHDATE") for day in _xml_born(making, found))),
        listings=(
            Listing(
                programme=act.get("programme", ""),
                citation=clean(act.get("numberTitle")),
                start=making.day(one.attributes.get("designationDate", ""), read_day, one.line, "designationDate"),
            ),
        ),
        href="" if regulation is None else regulation.said("PUBLICATIONURL"),
    )


_XML_ADDRESS: Final = ("street", "poBox", "place", "city", "region", "zipCode"), "countryIso2Code"


def _address(making: Making, said: Mapping[str, str], line: int, form: tuple[tuple[str, ...], str]) -> Address:
    parts, country = form
    return Address(
        ", ".join(text for name in parts if (text := clean(said.get(name)))), _place(making, said.get(country, ""), line)
    )


def _place(making: Making, code: str, line: int) -> str:
    return "" if code == _UNKNOWN else making.place(code, line, "countryIso2Code")


def _xml_number(making: Making, found: Element) -> Iterable[Identifier]:
    said = found.attributes
    if said.get("knownFalse") == "true":
        return
    called = f"{said.get('identificationTypeCode', '')} {said.get('identificationTypeDescription', '')}"
    number = identifier_of(
        _called(called),
        said.get("latinNumber") or said.get("number", ""),
        _place(making, said.get("countryIso2Code", ""), found.line),
    )
    if number is not None:
        yield number


def _called(text: str) -> str:
    """What the list calls a number (`id`, `passport`, `regnumber`, `fiscalcode`, `imo`, ...), in the words of the schemes."""
    return re.sub(r"\bregnumber\b", "registration", re.sub(r"\bid\b", "national id", text))


def _xml_born(making: Making, found: Element) -> tuple[str, ...]:
    said = found.attributes
    ends = [said[name] for name in ("yearRangeFrom", "yearRangeTo") if said.get(name)]
    return making.born(said.get("birthdate") or said.get("year") or " to ".join(ends), found.line, "birthdate")


# --- CSV ----------------------------------------------------------------------------------------------------------------

_REGULATION: Final = "Type OrganisationType PublicationDate EntryIntoForceDate NumberTitle Programme PublicationUrl"
_PARTS: Final = {
    "NameAlias": "LastName FirstName MiddleName WholeName NameLanguage Gender Title Function",
    "Address": "City Street PoBox ZipCode Region Place AsAtListingTime ContactInfo CountryIso2Code CountryDescription",
    "BirthDate": "BirthDate Day Month Year YearRangeFrom YearRangeTo Circa CalendarType ZipCode Region Place City CountryIso2Code "
    "CountryDescription",
    "Identification": "Number Diplomatic KnownExpired KnownFalse ReportedLost RevokedByIssuer IssuedBy IssuedDate ValidFrom "
    "ValidTo LatinNumber NameOnDocument TypeCode TypeDescription Region CountryIso2Code CountryDescription",
    "Citizenship": "Region CountryIso2Code CountryDescription",
}
CSV_COLUMNS: Final = (
    "fileGenerationDate",
    *(
        f"Entity_{name}"
        for name in "LogicalId EU_ReferenceNumber UnitedNationId DesignationDate DesignationDetails Remark SubjectType "
        "SubjectType_ClassificationCode".split()
    ),
    *(f"Entity_Regulation_{name}" for name in _REGULATION.split()),
    *(
        f"{part}_{name}"
        for part, names in _PARTS.items()
        for name in (
            *names.split(),
            "LogicalId",
            "RegulationLanguage",
            "Remark",
            *(f"Regulation_{one}" for one in _REGULATION.split()),
        )
    ),
)


def read_csv(raw: bytes, making: Making) -> ListFile:
    """Read the consolidated list as CSV: all rows of one `Entity_LogicalId` are one party. Raises SourceError."""
    compulsory = ("fileGenerationDate", "Entity_LogicalId", "NameAlias_WholeName")
    state: date | None = None
    found: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for line, cells in named_rows(making, raw, set(CSV_COLUMNS), compulsory, delimiter=";"):
        number = cells["Entity_LogicalId"].strip()
        if not number:
            problem = making.bad(
                "GL0613", "a row without Entity_LogicalId", line, "Entity_LogicalId", "take the file from the source again"
            )
            making.reject(cells, line, problem, list=LIST)
            continue
        state = state or making.day(cells["fileGenerationDate"], slashed_day, line, "fileGenerationDate")
        found.setdefault(number, []).append((line, cells))
    for number, rows in found.items():
        making.add(_csv_party(making, number, rows), rows[0][0], rows[0][1])
    return making.done(state=state)


_CSV_ADDRESS: Final = (
    tuple(f"Address_{name}" for name in "Street PoBox Place City Region ZipCode".split()),
    "Address_CountryIso2Code",
)


def _csv_party(making: Making, number: str, rows: list[tuple[int, dict[str, str]]]) -> ListedParty:
    line, head = rows[0]

    def cell(cells: Mapping[str, str], name: str) -> str:
        return clean(cells.get(name))

    names, addresses, people, numbers = [], [], [], []
    born: list[str] = []
    for at, cells in rows:
        parts = (cell(cells, f"NameAlias_{part}") for part in ("FirstName", "MiddleName", "LastName"))
        names.append(cell(cells, "NameAlias_WholeName") or clean(" ".join(parts)))
        addresses.append(_address(making, cells, at, _CSV_ADDRESS))
        ends = [year for name in ("From", "To") if (year := cell(cells, f"BirthDate_YearRange{name}"))]
        day = cell(cells, "BirthDate_BirthDate") or cell(cells, "BirthDate_Year") or " to ".join(ends)
        born += making.born(day, at, "BirthDate_BirthDate")
        people.append(_place(making, cell(cells, "Citizenship_CountryIso2Code"), at))
        if cell(cells, "Identification_KnownFalse").lower() != "true":
            called = f"{cell(cells, 'Identification_TypeCode')} {cell(cells, 'Identification_TypeDescription')}"
            country = _place(making, cell(cells, "Identification_CountryIso2Code"), at)
            value = cell(cells, "Identification_LatinNumber") or cell(cells, "Identification_Number")
            numbers.append(identifier_of(_called(called), value, country))
    kinds = (cell(head, "Entity_SubjectType"), cell(head, "Entity_SubjectType_ClassificationCode"))
    texts = [text for text in names if text]
    return ListedParty(
        id=f"{LIST}:{number}",
        list=LIST,
        kind=making.kind(next((one for one in kinds if one in _KINDS), " ".join(kinds)), _KINDS, line, "Entity_SubjectType"),
        names=names_of(texts[0] if texts else "", (texts, NameKind.ALIAS)),
        countries=tuple(dict.fromkeys(code for code in (*(one.country for one in addresses), *people) if code)),
        identifiers=tuple(dict.fromkeys(one for one in numbers if one is not None)),
        addresses=tuple(dict.fromkeys(one for one in addresses if one.text)),
        born=tuple(dict.fromkeys(born)),
        listings=(
            Listing(
                programme=cell(head, "Entity_Regulation_Programme"),
                citation=cell(head, "Entity_Regulation_NumberTitle"),
                start=making.day(cell(head, "Entity_DesignationDate"), read_day, line, "Entity_DesignationDate"),
            ),
        ),
        href=cell(head, "Entity_Regulation_PublicationUrl"),
    )


# --- a table by legal act -----------------------------------------------------------------------------------------------

ACTS_COLUMNS: Final = tuple(
    """
    celex recordId programKey annex measure startDate schema name alias weakAlias previousName country nationality jurisdiction
    birthDate birthPlace position passportNumber gender ethnicity fatherName motherName incorporationDate legalForm sector
    registrationNumber taxNumber idNumber innCode ogrnCode kppCode okpoCode leiCode swiftBic ticker imoNumber mmsi flag address
    phone email website
    """.split()
)
_ACTS_KINDS: Final = {
    "Person": PartyKind.PERSON,
    "LegalEntity": PartyKind.ORGANISATION,
    "Company": PartyKind.ORGANISATION,
    "Organization": PartyKind.ORGANISATION,
    "Vessel": PartyKind.VESSEL,
    "Asset": PartyKind.UNKNOWN,
}
_ACTS_NUMBERS: Final = {
    "passportNumber": "passport",
    "registrationNumber": "registration",
    "ogrnCode": "registration",
    "okpoCode": "registration",
    "taxNumber": "tax",
    "innCode": "tax",
    "idNumber": "national_id",
    "leiCode": "lei",
    "swiftBic": "swift",
    "imoNumber": "imo",
    "mmsi": "mmsi",
}
_ACT: Final = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:"


def read_acts(raw: bytes, making: Making) -> ListFile:
    """Read the table by legal act; its day is the user's. Raises SourceError."""
    for line, cells in named_rows(making, raw, set(ACTS_COLUMNS), ("celex", "measure", "schema", "name")):

        def several(name: str, cells: Mapping[str, str] = cells) -> tuple[str, ...]:
            return split(cells.get(name, ""))

        places = [text for name in ("country", "jurisdiction", "flag", "nationality") for text in several(name)]
        party = ListedParty(
            id="",
            list=ACTS_LIST,
            kind=making.kind(cells["schema"], _ACTS_KINDS, line, "schema"),
            names=names_of(
                cells["name"],
                (several("alias"), NameKind.ALIAS),
                (several("previousName"), NameKind.FORMER),
                (several("weakAlias"), NameKind.WEAK),
            ),
            countries=making.places(places, line, "country"),
            identifiers=tuple(
                dict.fromkeys(Identifier(scheme, one) for name, scheme in _ACTS_NUMBERS.items() for one in several(name))
            ),
            addresses=tuple(Address(text) for text in several("address")),
            born=making.born(cells.get("birthDate", ""), line, "birthDate"),
            listings=(
                Listing(
                    programme=cells.get("programKey", ""),
                    requirement=clean(cells["measure"]),
                    citation=clean(f"{cells['celex']} {cells.get('annex', '')} {cells.get('recordId', '')}"),
                    start=making.day(cells.get("startDate", ""), pointed_day, line, "startDate"),
                ),
            ),
            href=f"{_ACT}{cells['celex']}" if re.fullmatch(r"[0-9A-Z()-]{5,40}", cells["celex"]) else "",
        )
        making.add(party, line, cells)
    return making.done()
