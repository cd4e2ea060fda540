"""The Consolidated Screening List of the United States, as JSON and as CSV: twelve lists of three departments in one file.

Each entry names its list in `source`; the field names are those of the official bulk file, and any of them may be empty or missing.
The file does not say of which day it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from greenlane.errors import Place, SourceError
from greenlane.feeds.party_lists_made import SIZE_MAX, ListFile, Making, clean, named_rows, names_of, split
from greenlane.feeds.party_lists_ofac import identifier_of
from greenlane.feeds.us_ear import strict_json
from greenlane.terms.listed import Address, Identifier, ListedParty, Listing, NameKind, PartyKind
from greenlane.terms.periods import read_day

FIELDS: Final[tuple[str, ...]] = tuple(
    """
    source entity_number type programs name title addresses federal_register_notice start_date end_date standard_order
    license_requirement license_policy call_sign vessel_type gross_tonnage gross_registered_tonnage vessel_flag vessel_owner
    remarks source_list_url alt_names citizenships dates_of_birth nationalities places_of_birth source_information_url ids
    """.split()
)
_MORE: Final = ("id", "_id", "country", "entity_id")  # fields that only some issues of the file have
_TOP: Final = ("total", "sources", "results", "search_performed_at")
_ADDRESS: Final = ("address", "city", "state", "postal_code", "country")
_ID: Final = ("type", "number", "country", "issue_date", "expiration_date")
SOURCES: Final[Mapping[str, str]] = {
    "EL": "us-entity-list",
    "MEU": "us-meu",
    "UVL": "us-uvl",
    "DPL": "us-dpl",
    "SDN": "us-sdn",
    "SSI": "us-ssi",
    "CAP": "us-cap",
    "CMIC": "us-cmic",
    "NS-MBS List": "us-mbs",
    "MBS": "us-mbs",
    "PLC": "us-plc",
    "ISN": "us-isn",
    "DTC": "us-dtc",
    "FSE": "us-fse",
}
_SHORT = re.compile(r"\(([A-Za-z][A-Za-z -]*)\)")
_KINDS: Final = {
    "Individual": PartyKind.PERSON,
    "Entity": PartyKind.ORGANISATION,
    "Vessel": PartyKind.VESSEL,
    "Aircraft": PartyKind.AIRCRAFT,
    "": PartyKind.UNKNOWN,
}
_HEIRS = re.compile(r"[,;]?\s*and any successors?,? sub-?units?,? or subsidiar(?:y|ies) thereof[;.]?\Z", re.IGNORECASE)


def read_json(raw: bytes, making: Making) -> ListFile:
    """Read the JSON bulk file. Raises SourceError."""
    tree = strict_json(raw, making.file, size_max=SIZE_MAX)
    results = tree.get("results") if isinstance(tree, dict) else None
    if not isinstance(results, list):
        hint = "take consolidated.json from trade.gov"
        raise SourceError("GL0612", "no list `results` in it", at=Place(making.file, column="results"), hint=hint)
    for name in tree:
        if name not in _TOP:
            making.note("GL0614", f"the field `{name[:80]}` is not known here; it is not read")
    total = tree.get("total")
    if isinstance(total, int) and total != len(results):
        raise SourceError("GL0605", f"{len(results)} entries of {total}: cut off", at=Place(making.file), hint="fetch it again")
    lost = [name for name in ("source", "name", "alt_names") if not any(isinstance(one, dict) and name in one for one in results)]
    if results and lost:
        hint = "its form has changed; nothing is taken from it"
        raise SourceError("GL0612", f"no entry has the field `{lost[0]}`", at=Place(making.file, column=lost[0]), hint=hint)
    for number, found in enumerate(results, start=1):
        if not isinstance(found, dict):
            problem = making.bad("GL0124", "an entry that is no object", number, None, "take the file from the source again")
            making.reject({"entry": repr(found)[:200]}, number, problem)
            continue
        _entry(making, found, number)
    return making.done()


def read_csv(raw: bytes, making: Making) -> ListFile:
    """Read the CSV bulk file: the same fields, several values of one with `;` between. Raises SourceError."""
    for line, cells in named_rows(making, raw, {*FIELDS, *_MORE}, ("source", "name", "alt_names", "addresses")):
        found: dict[str, Any] = dict(cells)
        for name in ("programs", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "alt_names"):
            found[name] = list(split(cells.get(name, "")))
        found["addresses"] = [_address(one) for one in split(cells["addresses"])]
        found["ids"] = [_id(one) for one in split(cells.get("ids", ""))]
        _entry(making, found, line)
    return making.done()


def _address(text: str) -> dict[str, str]:
    """An address of the CSV: its last part is the code of the country, where there is one."""
    head, _, last = text.rpartition(",")
    return {"address": head, "country": last.strip()} if re.fullmatch(r"\s*[A-Z]{2}", last) else {"address": text}


def _id(text: str) -> dict[str, str]:
    """A number of the CSV: `US, 80-0890696, Tax ID No.`, or without the country."""
    parts = [part.strip() for part in text.split(",")]
    country = parts.pop(0) if len(parts) > 2 and re.fullmatch(r"[A-Z]{2}", parts[0]) else ""
    return {"country": country, "number": parts[0], "type": ", ".join(parts[1:])}


def _entry(making: Making, found: Mapping[str, Any], line: int) -> None:
    for name, value in found.items():
        if name not in FIELDS and name not in _MORE and value not in (None, "", []):
            making.note(
                "GL0614", f"the field `{str(name)[:80]}` is not known here; it is not read", line=line, column=str(name)[:80]
            )
    source = _text(found, "source")
    list_id = next((SOURCES[short] for short in reversed(_SHORT.findall(source)) if short in SOURCES), "")
    cells = {name: _shown(value) for name, value in found.items() if value not in (None, "", [])}
    if not list_id:
        problem = making.bad(
            "GL0614", f"`{source[:80]}` is no list that is known here", line, "source", "name it in the register first"
        )
        making.reject(cells, line, problem)
        return
    party = _party(making, found, list_id, line)
    making.add(party, line, cells)


def _party(making: Making, found: Mapping[str, Any], list_id: str, line: int) -> ListedParty:
    number = _text(found, "entity_number")
    flag = making.place(_text(found, "vessel_flag"), line, "vessel_flag")
    addresses = tuple(_addresses(making, _objects(making, found, "addresses", _ADDRESS, line), line))
    people = [*_texts(found, "nationalities"), *_texts(found, "citizenships")]
    countries = (*(one.country for one in addresses), *making.places(people, line, "nationalities"), flag)
    ids = _objects(making, found, "ids", _ID, line)
    numbers = [
        identifier_of(_text(one, "type"), _text(one, "number"), making.place(_text(one, "country"), line, "ids")) for one in ids
    ]
    if call_sign := _text(found, "call_sign"):
        numbers.append(Identifier("call_sign", call_sign))
    return ListedParty(
        id=f"{list_id}:{number}" if number else "",
        list=list_id,
        kind=making.kind(_text(found, "type"), _KINDS, line, "type"),
        names=names_of(_HEIRS.sub("", _text(found, "name")), (_texts(found, "alt_names"), NameKind.ALIAS)),
        countries=tuple(dict.fromkeys(code for code in countries if code)),
        identifiers=tuple(dict.fromkeys(one for one in numbers if one is not None)),
        addresses=tuple(one for one in addresses if one.text),
        born=tuple(year for text in _texts(found, "dates_of_birth") for year in making.born(text, line, "dates_of_birth")),
        listings=(
            Listing(
                programme="; ".join(_texts(found, "programs")),
                requirement=_text(found, "license_requirement"),
                policy=_text(found, "license_policy"),
                citation=_text(found, "federal_register_notice"),
                start=making.day(_text(found, "start_date"), read_day, line, "start_date"),
                end=making.day(_text(found, "end_date"), _day_after, line, "end_date"),
            ),
        ),
        href=_text(found, "source_list_url"),
    )


def _day_after(text: str) -> date:
    """An order stands through its last day."""
    return read_day(text) + timedelta(days=1)


def _addresses(making: Making, found: Sequence[Mapping[str, Any]], line: int) -> Iterable[Address]:
    for one in found:
        country = _text(one, "country")
        code = making.place(country, line, "addresses")
        parts = [_text(one, name) for name in ("address", "city", "state", "postal_code")]
        text = ", ".join(part for part in (*parts, "" if code else country) if part)
        yield Address(text, code)


def _objects(making: Making, found: Mapping[str, Any], name: str, known: Sequence[str], line: int) -> list[Mapping[str, Any]]:
    value = found.get(name) or []
    given: list[Mapping[str, Any]] = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(given) != len(value):
        making.note("GL0614", f"`{name}` is no list of objects; what is none of them is not read", line=line, column=name)
    for one in given:
        for key, cell in one.items():
            if key not in known and cell not in (None, "", []):
                making.note(
                    "GL0614", f"the field `{name}.{str(key)[:80]}` is not known here; it is not read", line=line, column=name
                )
    return given


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return "" if value is None else clean(value if isinstance(value, str) else _shown(value))


def _texts(found: Mapping[str, Any], name: str) -> list[str]:
    value = found.get(name) or []
    return [clean(_shown(one)) for one in value] if isinstance(value, list) else list(split(str(value)))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else "; ".join(map(_shown, value)) if isinstance(value, list) else str(value)
