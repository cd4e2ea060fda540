"""China's lists as a table of counter-sanctions, unreliable entities and export controls, with English and Chinese names.

The ministries publish announcements, not a file; this form is that of a table others keep of them (`Type, QID, Name, Alias, Chinese
name, ...`), one row a party and announcement, days as 31.12.2025 or 31.12.25. Its day is the user's. Lists of our own making are
plain tables.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from greenlane.feeds.party_lists_made import ListFile, Making, clean, named_rows, names_of, pointed_day, split
from greenlane.terms.listed import Address, ListedParty, Listing, NameKind, PartyKind

COLUMNS: Final = (
    "Type", "QID", "Name", "Alias", "Chinese name", "Country", "Topics", "Summary", "Chinese summary", "Body", "List", "Date",
    "End date", "Source URL", "Address",
)  # fmt: skip
_LISTS: Final = {
    "List of Export Controls": "cn-ecl",
    "Export Control Watch List": "cn-watch",
    "UEL": "cn-uel",
    "AFSL": "cn-afsl",
}
_TOPICS: Final = {"export.control": "cn-ecl", "sanction.counter": "cn-counter", "sanction": "cn-counter"}
_KINDS: Final = {
    "Company": PartyKind.ORGANISATION,
    "Organization": PartyKind.ORGANISATION,
    "Person": PartyKind.PERSON,
}


def read_csv(raw: bytes, making: Making) -> ListFile:
    """Read the table. A row of a list that has no name of ours counts as a countermeasure, or by its topic. Raises SourceError."""
    for line, cells in named_rows(making, raw, set(COLUMNS), ("Type", "Name", "Chinese name", "Topics", "List", "Date")):
        list_id = _LISTS.get(cells["List"].strip()) or _TOPICS.get(cells["Topics"].strip())
        if list_id is None:
            problem = making.bad(
                "GL0614", f"`{cells['Topics'][:60]}` is no topic that is known here", line, "Topics", "give the list by --list"
            )
            making.reject(cells, line, problem)
            continue
        if list_id == "cn-ecl" and cells["List"].strip() and cells["List"].strip() not in _LISTS:
            making.note(
                "GL0614", f"the list `{cells['List'].strip()[:80]}` is not known here; taken by its topic", line=line, column="List"
            )
        party = ListedParty(
            id="",
            list=list_id,
            kind=making.kind(cells["Type"], _KINDS, line, "Type"),
            names=names_of(
                cells["Name"] or cells["Chinese name"],
                ((cells["Chinese name"],), NameKind.ALIAS),
                (split(cells.get("Alias", "")), NameKind.ALIAS),
            ),
            countries=making.places(split(cells.get("Country", "")), line, "Country"),
            addresses=tuple(Address(text) for text in [clean(cells.get("Address"))] if text),
            listings=(
                Listing(
                    programme=clean(cells["List"]),
                    citation=clean(cells.get("Body")),
                    start=making.day(cells["Date"], _day, line, "Date"),
                    end=making.day(cells.get("End date", ""), _day, line, "End date"),
                ),
            ),
            href=clean(cells.get("Source URL")),
        )
        making.add(party, line, cells)
    return making.done()


def _day(text: str) -> date:
    """A day of this century, its year in full or by its last two digits. Raises ValueError."""
    return pointed_day(re.sub(r"\.([0-9]{2})\Z", r".20\1", text))
