"""A small list of invented parties, and a model by hand: enough to see that the parts fit together."""

from __future__ import annotations

from datetime import date

from greenlane.terms.listed import Address, Identifier, ListedParty, Listing, NameKind, PartyKind, PartyName

DAY = date(2026, 6, 1)
LATER = date(2026, 7, 1)


def party(at: int, *names: str, kind: PartyKind = PartyKind.ORGANISATION, **facts: object) -> ListedParty:
    return ListedParty(id=f"us-sdn:{at}", list="us-sdn", kind=kind, names=tuple(PartyName(one) for one in names), **facts)  # type: ignore[arg-type]


FIRMS = ("Aldora", "Brenko", "Cyrell", "Dovast", "Elmira", "Fenwick", "Gorlan")
PARTIES = (
    party(1, "Example Zarnitsa Trading LLC", "Zarnitsa Example OOO"),
    party(2, "Beijing Example Kuanda Electronics Co., Ltd.", "北京宽达电子有限公司"),
    party(
        3,
        "EXAMPLEVICH, Borislav Demidovich",
        kind=PartyKind.PERSON,
        countries=("RU",),
        born=("1961-03-02",),
        identifiers=(Identifier("passport", "AB 123456", "RU"),),
    ),
    party(4, "Institute 13 of Example Vexil Research"),
    party(5, "Institute 14 of Example Vexil Research"),
    party(6, "Example Morava Shipping GmbH", addresses=(Address("1 Example Road, Example City", "AT"),)),
    ListedParty(
        id="us-sdn:7", list="us-sdn", kind=PartyKind.VESSEL, names=(PartyName("QUILLON STAR", NameKind.WEAK),),
        listings=(Listing(start=date(2026, 1, 10), end=LATER, known_since=date(2026, 1, 12)),),
    ),
    *(party(100 + at, f"Example {word} Trading Company") for at, word in enumerate(FIRMS)),
)  # fmt: skip
