"""The lists of the Office of Foreign Assets Control: the SDN list and the consolidated list of the others, as CSV and as XML.

The CSV is three files without a header, told by their width: names (12 cells), alternate names (5) and addresses (6), joined by the
number of the entry; `-0-` is an empty cell, and further names, numbers and birth dates stand in the remarks. The XML (`sdnList`)
holds the same and its own day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from greenlane.errors import Place, SourceError
from greenlane.feeds.party_lists_made import SIZE_MAX, ListFile, Making, american_day, born_of, clean, csv_rows, names_of
from greenlane.feeds.party_lists_places import place_of
from greenlane.feeds.xml_tree import Element, records
from greenlane.terms.listed import Address, Identifier, ListedParty, Listing, NameKind, PartyKind, PartyName

NAMES: Final = tuple("ent_num sdn_name sdn_type program title call_sign vess_type tonnage grt vess_flag vess_owner remarks".split())
ALIASES: Final = ("ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks")
ADDRESSES: Final = ("ent_num", "add_num", "address", "city_state_postal_code", "country", "add_remarks")
_FORMS: Final = {len(one): one for one in (NAMES, ALIASES, ADDRESSES)}
_EMPTY: Final = "-0-"
_KINDS: Final = {
    "individual": PartyKind.PERSON,
    "vessel": PartyKind.VESSEL,
    "aircraft": PartyKind.AIRCRAFT,
    "": PartyKind.ORGANISATION,  # the file leaves the type of firms and bodies empty
}
_ALIAS_KINDS: Final = {"aka": NameKind.ALIAS, "fka": NameKind.FORMER, "nka": NameKind.ALIAS}

# What a number is called in the lists, and the scheme it is of. The first that fits counts.
_SCHEMES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), scheme)
    for pattern, scheme in (
        (r"unified social credit code|\buscc\b", "uscc"),
        (r"\blei\b|legal entity identifier", "lei"),
        (r"\bimo\b|vessel registration identification", "imo"),
        (r"\bmmsi\b", "mmsi"),
        (r"swift|\bbic\b", "swift"),
        (r"passport", "passport"),
        (r"\bisin\b", "isin"),
        (r"d-?u-?n-?s", "duns"),
        (r"aircraft tail number|aircraft registration", "aircraft_registration"),
        (r"serial", "serial"),
        (r"digital currency address", "wallet"),
        (r"tax|v\.?a\.?t\b|fiscal|fein|\binn\b|r\.?f\.?c\b|\bc\.u\.i\.t", "tax"),
        (r"national id|identity card|identification number|cedula|c\.u\.r\.p|\bssn\b|personal id|\bd\.n\.i", "national_id"),
        (
            r"registration|registry|company number|register|enterprise number|business number|c\.r\. no|chamber of comm|ogrn",
            "registration",
        ),
    )
)
_NO_NUMBER = re.compile(
    r"email|website|phone|\bfax\b|gender|directive|secondary sanctions|executive order|information|date", re.IGNORECASE
)


def identifier_of(called: str, number: str, country: str) -> Identifier | None:
    """The number a list gives, by what it calls it; None for what is no number of one party (addresses of mail, directives)."""
    value = clean(number)
    if not value or value == _EMPTY or _NO_NUMBER.search(called):
        return None
    scheme = next((scheme for pattern, scheme in _SCHEMES if pattern.search(called)), "other")
    if scheme == "imo":
        value = re.sub(r"(?i)\Aimo\s*", "", value)
        if not re.fullmatch(r"[0-9]{7}", value):
            scheme = "registration"
    return Identifier(scheme, value, country)


def read_csv(files: Mapping[str, bytes], making: Making, *, list_id: str) -> ListFile:
    """Read the three files, or the names alone. Raises SourceError.

    A row of aliases or addresses whose entry is in no file of names is a reject: what it belongs to may be missing.
    """
    rows: dict[tuple[str, ...], list[tuple[str, int, dict[str, str]]]] = {form: [] for form in _FORMS.values()}
    for file, raw in sorted(files.items()):
        making.file = file
        for line, cells in csv_rows(raw, file):
            form = _FORMS.get(len(cells))
            if form is None or not cells[0].strip().isdecimal():
                kept = {f"column_{at}": cell for at, cell in enumerate(cells, start=1)}
                problem = making.bad(
                    "GL0113", f"{len(cells)} cells, the first no number", line, None, "12, 5 or 6 cells make a row"
                )
                making.reject(kept, line, problem, list=list_id)
                continue
            rows[form].append((file, line, {name: _cell(cell) for name, cell in zip(form, cells, strict=True)}))
    if not rows[NAMES]:
        raise SourceError(
            "GL0612", "no rows of names (12 cells) in it", at=Place(making.file), hint="give sdn.csv or cons_prim.csv"
        )
    if not rows[ALIASES]:
        making.note("GL0617", "no file of alternate names was given: the entries have their first names only")
    known = {cells["ent_num"] for _, _, cells in rows[NAMES]}
    also = _joined(making, rows[ALIASES], known, list_id)
    placed = _joined(making, rows[ADDRESSES], known, list_id)
    seen: set[str] = set()
    for file, line, named in rows[NAMES]:
        making.file = file
        number = named["ent_num"]
        if number in seen:
            problem = making.bad(
                "GL0109", f"the entry {number} stands twice", line, "ent_num", "take the file from the source again"
            )
            making.reject(named, line, problem, list=list_id)
            continue
        seen.add(number)
        making.add(_party(making, named, also.get(number, ()), placed.get(number, ()), list_id, line), line, named)
    making.file = ", ".join(sorted(files))
    return making.done()


def _cell(text: str) -> str:
    plain = clean(text)
    return "" if plain == _EMPTY else plain


def _joined(
    making: Making, rows: Iterable[tuple[str, int, dict[str, str]]], known: set[str], list_id: str
) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for file, line, cells in rows:
        number = cells["ent_num"]
        if number in known:
            found.setdefault(number, []).append({**cells, "line": str(line)})
        else:
            making.file = file
            problem = making.bad("GL0613", f"there is no entry {number}", line, "ent_num", "give the files of one issue")
            making.reject(cells, line, problem, list=list_id)
    return found


def _party(
    making: Making,
    cells: Mapping[str, str],
    also: Sequence[Mapping[str, str]],
    placed: Sequence[Mapping[str, str]],
    list_id: str,
    line: int,
) -> ListedParty:
    said = _remarks(cells["remarks"])
    aliases = [(one["alt_name"], _alias_kind(making, one["alt_type"], int(one["line"]))) for one in also]
    addresses = tuple(
        Address(", ".join(part for part in (one["address"], one["city_state_postal_code"]) if part), place_of(one["country"]))
        for one in placed
    )
    for one in placed:
        if one["country"] and one["country"] != "undetermined":
            making.place(one["country"], int(one["line"]), "country")
    flag = making.place(cells["vess_flag"], line, "vess_flag")
    numbers = [*said.identifiers, *([Identifier("call_sign", cells["call_sign"])] if cells["call_sign"] else ())]
    return ListedParty(
        id=f"{list_id}:{int(cells['ent_num'])}",
        list=list_id,
        kind=making.kind(cells["sdn_type"].lower(), _KINDS, line, "sdn_type"),
        names=names_of(
            cells["sdn_name"], *((((text,), kind)) for text, kind in aliases), *((((one.text,), one.kind)) for one in said.names)
        ),
        countries=tuple(dict.fromkeys(code for code in (*(one.country for one in addresses), *said.countries, flag) if code)),
        identifiers=tuple(dict.fromkeys(numbers)),
        addresses=tuple(one for one in addresses if one.text),
        born=said.born,
        listings=(Listing(programme=cells["program"].replace("] [", "; ").strip("[] ")),),
    )


def _alias_kind(making: Making, text: str, line: int) -> NameKind:
    found = _ALIAS_KINDS.get(text.lower().replace(".", ""))
    if found is None:
        making.note(
            "GL0614",
            f"`{text[:40]}` is no type of alternate name that is known here; taken as an alias",
            line=line,
            column="alt_type",
        )
        return NameKind.ALIAS
    return found


class _Remarks:
    """What the free text of an entry says of names, numbers, birth and countries; the rest of it is left."""

    def __init__(self) -> None:
        self.names: list[PartyName] = []
        self.identifiers: list[Identifier] = []
        self.born: tuple[str, ...] = ()
        self.countries: list[str] = []


_WEAK = re.compile(r"(?:alt\. )?([afn])\.k\.a\. '([^']+(?:'[a-z][^']*)*)'")
_BORN = re.compile(r"(?:alt\. )?DOB (.+)\Z")
_NATION = re.compile(r"(?:alt\. )?(?:nationality|citizen) (.+)\Z")
_NUMBER = re.compile(
    r"(?:alt\. )?(?P<called>[A-Z][A-Za-z.'/()&\- ]*?)\s*#?\s+(?P<number>(?:IMO )?[A-Za-z]{0,4}[ -]?[0-9][0-9A-Za-z./\- ]*?)"
    r"(?: \((?P<where>[A-Za-z ,]+)\))?(?: (?:issued|expires).*)?\Z"
)
_LETTERS = re.compile(
    r"(?:alt\. )?(?P<called>SWIFT/BIC|LEI|ISIN|Digital Currency Address - [A-Z]+|Aircraft Tail Number) (?P<number>\S+)"
    r"(?: \((?P<where>[A-Za-z ,]+)\))?\Z"
)


def _remarks(text: str) -> _Remarks:
    from_text = _Remarks()
    born: dict[str, None] = {}
    for part in text.removesuffix(".").split("; "):
        plain = part.strip()
        for letter, name in _WEAK.findall(plain):
            from_text.names.append(PartyName(name, NameKind.FORMER if letter == "f" else NameKind.WEAK))
        if (found := _BORN.match(plain)) is not None:
            born.update(dict.fromkeys(born_of(found[1])))
        elif (found := _NATION.match(plain)) is not None:
            from_text.countries.append(place_of(found[1]))
        elif (found := _LETTERS.match(plain) or _NUMBER.match(plain)) is not None:
            number = identifier_of(found["called"], found["number"], place_of(found["where"] or ""))
            if number is not None and number.scheme != "other":
                from_text.identifiers.append(number)
    from_text.born = tuple(born)
    return from_text


# ----------------------------------------------------------------------------------------------------------------------
# XML

_XML_KINDS: Final = {
    "Individual": PartyKind.PERSON,
    "Entity": PartyKind.ORGANISATION,
    "Vessel": PartyKind.VESSEL,
    "Aircraft": PartyKind.AIRCRAFT,
}
_XML_KNOWN: Final = {
    "SDNENTRY": "UID FIRSTNAME LASTNAME TITLE SDNTYPE REMARKS PROGRAMLIST IDLIST AKALIST ADDRESSLIST NATIONALITYLIST "
    "CITIZENSHIPLIST DATEOFBIRTHLIST PLACEOFBIRTHLIST VESSELINFO",
    "PROGRAMLIST": "PROGRAM",
    "IDLIST": "ID",
    "ID": "UID IDTYPE IDNUMBER IDCOUNTRY ISSUEDATE EXPIRATIONDATE",
    "AKALIST": "AKA",
    "AKA": "UID TYPE CATEGORY LASTNAME FIRSTNAME",
    "ADDRESSLIST": "ADDRESS",
    "ADDRESS": "UID ADDRESS1 ADDRESS2 ADDRESS3 CITY STATEORPROVINCE POSTALCODE COUNTRY",
    "NATIONALITYLIST": "NATIONALITY",
    "NATIONALITY": "UID COUNTRY MAINENTRY",
    "CITIZENSHIPLIST": "CITIZENSHIP",
    "CITIZENSHIP": "UID COUNTRY MAINENTRY",
    "DATEOFBIRTHLIST": "DATEOFBIRTHITEM",
    "DATEOFBIRTHITEM": "UID DATEOFBIRTH MAINENTRY",
    "PLACEOFBIRTHLIST": "PLACEOFBIRTHITEM",
    "PLACEOFBIRTHITEM": "UID PLACEOFBIRTH MAINENTRY",
    "VESSELINFO": "CALLSIGN VESSELTYPE VESSELFLAG VESSELOWNER TONNAGE GROSSREGISTEREDTONNAGE",
}


def note_unknown(making: Making, record: Element, known: Mapping[str, str]) -> None:
    """Note every element that the form does not have: `known` names the children of each element that has some."""
    for one in record.walk():
        allowed = known.get(one.name, "").split()
        for child in one.own():
            if child.name not in allowed:
                message = f"the element `{one.name}/{child.name}` is not known here; it is not read"
                making.note("GL0614", message, line=child.line, column=child.name)


def read_xml(raw: bytes, making: Making, *, list_id: str) -> ListFile:
    """Read a list in the form `sdnList`. Raises SourceError; GL0612 for the advanced form, which is another one."""
    state: date | None = None
    count = seen = 0
    for one in records(raw, making.file, {"SDNENTRY", "PUBLSHINFORMATION"}, size_max=SIZE_MAX):
        if one.name == "SDNENTRY":
            seen += 1
            note_unknown(making, one, _XML_KNOWN)
            cells = {"uid": one.said("UID"), "lastName": one.said("LASTNAME"), "firstName": one.said("FIRSTNAME")}
            if not cells["uid"].isdecimal():
                problem = making.bad("GL0613", "an entry without a number", one.line, "uid", "take the file from the source again")
                making.reject(cells, one.line, problem, list=list_id)
            else:
                making.add(_xml_party(making, one, list_id), one.line, cells)
        elif one.name == "PUBLSHINFORMATION":
            state = making.day(one.said("PUBLISH_DATE"), american_day, one.line, "Publish_Date")
            count = int(text) if (text := one.said("RECORD_COUNT")).isdecimal() else 0
        elif one.name != "SDNLIST":
            hint = "take SDN.XML or CONSOLIDATED.XML; the advanced form is not read"
            raise SourceError("GL0612", f"its root is `{one.name}`, not sdnList", at=Place(making.file, one.line), hint=hint)
    if count and count != seen:
        raise SourceError("GL0605", f"{seen} entries of {count}: cut off", at=Place(making.file), hint="fetch it again")
    return making.done(state=state)


def _xml_party(making: Making, one: Element, list_id: str) -> ListedParty:
    aliases = []
    for aka in one.find("AKA"):
        former = aka.said("TYPE").lower().startswith("f")
        kind = NameKind.WEAK if aka.said("CATEGORY").lower() == "weak" else NameKind.FORMER if former else NameKind.ALIAS
        aliases.append(((_full(aka),), kind))
    addresses = []
    for found in one.find("ADDRESS"):
        parts = [found.said(name) for name in "ADDRESS1 ADDRESS2 ADDRESS3 CITY STATEORPROVINCE POSTALCODE".split()]
        country = found.said("COUNTRY")
        code = "" if country == "undetermined" else making.place(country, found.line, "country")
        addresses.append(Address(", ".join(part for part in parts if part), code))
    people = making.places([found.said("COUNTRY") for found in one.find("NATIONALITY", "CITIZENSHIP")], one.line, "nationality")
    vessel = next(one.own("VESSELINFO"), None)
    flag = "" if vessel is None else making.place(vessel.said("VESSELFLAG"), one.line, "vesselFlag")
    numbers = [
        identifier_of(found.said("IDTYPE"), found.said("IDNUMBER"), making.place(found.said("IDCOUNTRY"), found.line, "idCountry"))
        for found in one.find("ID")
    ]
    if vessel is not None and (call_sign := vessel.said("CALLSIGN")):
        numbers.append(Identifier("call_sign", call_sign))
    return ListedParty(
        id=f"{list_id}:{int(one.said('UID'))}",
        list=list_id,
        kind=making.kind(one.said("SDNTYPE"), _XML_KINDS, one.line, "sdnType"),
        names=names_of(_full(one), *aliases),
        countries=tuple(dict.fromkeys(code for code in (*(found.country for found in addresses), *people, flag) if code)),
        identifiers=tuple(dict.fromkeys(number for number in numbers if number is not None)),
        addresses=tuple(found for found in addresses if found.text),
        born=tuple(day for found in one.find("DATEOFBIRTH") for day in making.born(found.text(), found.line, "dateOfBirth")),
        listings=(Listing(programme="; ".join(found.text() for found in one.find("PROGRAM"))),),
    )


def _full(one: Element) -> str:
    return clean(f"{one.said('FIRSTNAME')} {one.said('LASTNAME')}")
