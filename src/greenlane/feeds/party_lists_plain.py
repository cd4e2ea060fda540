"""A list as a plain table with a header: our own form, for lists that come in no other.

One row a party; `name` is compulsory. Several values of a cell stand with `;` between; an identifier is `scheme:value` or
`scheme:value@CC`, an address `text` or `text@CC`. `from` is the first day in, `until` the first day out.
"""

from __future__ import annotations

import re
from typing import Final

from greenlane.errors import Place, SourceError
from greenlane.feeds.party_lists_made import ListFile, Making, clean, named_rows, names_of, split
from greenlane.terms.listed import Address, Identifier, ListedParty, Listing, NameKind, PartyKind
from greenlane.terms.periods import read_day

COLUMNS: Final = (
    "list", "id", "name", "aliases", "weak_aliases", "former_names", "kind", "countries", "country", "identifiers", "addresses",
    "born", "programme", "requirement", "policy", "citation", "from", "until", "known_since", "until_known_since", "href",
)  # fmt: skip
_KINDS: Final = {**{kind.value: kind for kind in PartyKind}, "": PartyKind.UNKNOWN}
_IDENTIFIER = re.compile(r"([a-z][a-z0-9_]*):(.+?)(?:@([A-Z]{2}))?\Z")
_ADDRESS = re.compile(r"(.+?)(?:@([A-Z]{2}))?\Z")


def read_csv(raw: bytes, making: Making, *, list_id: str) -> ListFile:
    """Read the table; `list_id` for rows that name no list. Raises SourceError."""
    for line, cells in named_rows(making, raw, set(COLUMNS), ("name",)):
        name = cells.get("list", "").strip() or list_id
        if not name:
            raise SourceError(
                "GL0612", "the table does not say which list it is", at=Place(making.file, line, "list"), hint="give --list"
            )
        number = cells.get("id", "").strip()
        problems = [one for one in split(cells.get("identifiers", "")) if not _IDENTIFIER.match(one)]
        if problems:
            problem = making.bad(
                "GL0613", f"`{problems[0][:60]}` is no identifier", line, "identifiers", "write scheme:value or scheme:value@CC"
            )
            making.reject(cells, line, problem, list=name)
            continue
        places = (*split(cells.get("countries", "")), *split(cells.get("country", "")))
        addresses = tuple(
            Address(found[1], found[2] or "") for one in split(cells.get("addresses", "")) if (found := _ADDRESS.match(one))
        )
        countries = (*making.places(places, line, "countries"), *(one.country for one in addresses if one.country))
        party = ListedParty(
            id=f"{name}:{number}" if number else "",
            list=name,
            kind=making.kind(cells.get("kind", ""), _KINDS, line, "kind"),
            names=names_of(
                cells["name"],
                (split(cells.get("aliases", "")), NameKind.ALIAS),
                (split(cells.get("former_names", "")), NameKind.FORMER),
                (split(cells.get("weak_aliases", "")), NameKind.WEAK),
            ),
            countries=tuple(dict.fromkeys(countries)),
            identifiers=tuple(
                Identifier(found[1], found[2], found[3] or "")
                for one in split(cells.get("identifiers", ""))
                if (found := _IDENTIFIER.match(one))
            ),
            addresses=addresses,
            born=making.born(cells.get("born", ""), line, "born"),
            listings=(
                Listing(
                    programme=clean(cells.get("programme")),
                    requirement=clean(cells.get("requirement")),
                    policy=clean(cells.get("policy")),
                    citation=clean(cells.get("citation")),
                    start=making.day(cells.get("from", ""), read_day, line, "from"),
                    end=making.day(cells.get("until", ""), read_day, line, "until"),
                    known_since=making.day(cells.get("known_since", ""), read_day, line, "known_since"),
                    end_known_since=making.day(cells.get("until_known_since", ""), read_day, line, "until_known_since"),
                ),
            ),
            href=clean(cells.get("href")),
        )
        making.add(party, line, cells)
    return making.done()
