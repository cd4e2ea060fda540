"""The list-based exceptions of the Commerce Control List: which requirement each may overcome, and how far.

An exception overcomes what the Country Chart asks, never an embargo of the United Nations nor a row told in words. What an
entry says of one is read to its last word, or the row is one that is not modelled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from greenlane.feeds.us_ear import Source
from greenlane.feeds.us_ear_words import plain, read_codes
from greenlane.law.table import LIFT_COLUMNS

Row = dict[str, str]
EXCEPTION_COLUMNS: Final[tuple[str, ...]] = tuple(one for one in LIFT_COLUMNS if one not in ("customs", "ship_to", "reading"))
_OVERCOMES: Final[dict[str, tuple[str, ...]]] = {
    "LVS": ("NS", "NP", "RS", "CB", "CC", "FC"),
    "GBS": ("NS",),
    "TSR": ("NS",),
}


def exceptions(source: Source, rows: Sequence[Row]) -> list[Row]:
    """The list-based exceptions of every entry: lifts where the words are read whole, else rows that are not modelled."""
    by_entry: dict[str, list[Row]] = {}
    for row in rows:
        by_entry.setdefault(row["id"][:5], []).append(row)
    found: list[Row] = []
    for entry in source.entries:
        mine = [row for row in by_entry.get(entry.eccn, ()) if not row["standing"]]
        for symbol, words in entry.flags:
            if not mine or plain(words) in ("N/A", "No"):
                continue
            read = read_exception(symbol, words, entry.eccn)
            if read is None:
                found.append(_exception(entry.eccn, symbol, "", mine, told=True))
                continue
            for number, one in enumerate(read, start=1):
                targets = [row for row in mine if _overcome(row, symbol, one.without)]
                if targets:
                    tail = f"-{number}" if len(read) > 1 else ""
                    found.append(_exception(entry.eccn, symbol, tail, targets, one))
    return sorted(found, key=lambda row: row["id"])


@dataclass(frozen=True, slots=True)
class Offer:
    """One exception as far as an entry offers it: which paragraphs, up to which value, not for which reasons."""

    control: tuple[str, ...]
    but: tuple[str, ...] = ()
    usd: str = ""
    without: tuple[str, ...] = ()


def read_exception(symbol: str, words: str, eccn: str) -> tuple[Offer, ...] | None:
    """Read what an entry says of an exception. None unless it was read to the last word."""
    text = plain(words)
    if symbol == "LVS":
        return _value_offer(text, eccn)
    if symbol not in _OVERCOMES:
        return None
    if text == "Yes":
        return (Offer((eccn,)),)
    reason = re.match(r"Yes, except (?:N/A for )?(MT|UN|RS)\Z", text)
    if reason:
        return (Offer((eccn,), without=(reason[1],)),)
    found = re.match(r"Yes,? (except for|except|for) (.+?)(?: only)?\Z", text)
    codes = read_codes(found[2], eccn) if found else None
    if found is None or codes is None:
        return None
    return (Offer(codes),) if found[1] == "for" else (Offer((eccn,), codes),)


def _value_offer(text: str, eccn: str) -> tuple[Offer, ...] | None:
    """`$3000; N/A for MT`, `$1500; $5000 for 9A001.b`, `N/A for 5A001.a; $5000 for 5A001.b`."""
    amounts: list[tuple[str, tuple[str, ...]]] = []
    out: list[str] = []
    without: list[str] = []
    for raw in re.split(r"; |(?<=[0-9]), (?=N/A|except)", text):
        part = raw.removeprefix("except ").strip(" .")
        amount = re.match(r"\$([0-9]+(?:,[0-9]{3})*)(?![0-9])(?: for|:)? ?(.*)\Z", part)
        missing = re.match(r"N/A for (?:ECCN )?(.+)\Z", part)
        if amount:
            codes = read_codes(amount[2].replace(" through ", " to "), eccn) if amount[2] not in ("", "all other items") else ()
            if codes is None:
                return None
            amounts.append((amount[1].replace(",", ""), codes))
        elif missing or raw.startswith("except "):
            rest = (missing[1] if missing else part).removeprefix("semiconductor manufacturing equipment specified in ")
            reason = re.match(r"(MT|NP)(?: and for (.+))?\Z", rest)
            if reason:
                without.append(reason[1])
                rest = reason[2] or ""
            codes = read_codes(rest, eccn) if rest else ()
            if codes is None:
                return None
            out.extend(codes)
        else:
            return None
    if not amounts or sum(not codes for _, codes in amounts) > 1:
        return None
    named = tuple(code for _, codes in amounts for code in codes)
    return tuple(
        Offer(codes or (eccn,), tuple(one for one in (*out, *named) if not codes), usd, tuple(without)) for usd, codes in amounts
    )


def _overcome(row: Row, symbol: str, without: Sequence[str]) -> bool:
    column = re.search(r"group:us-([a-z]{2})[123](?:;|\Z)", row["destination"])
    reason = column[1].upper() if column else ""
    return reason in _OVERCOMES[symbol] and reason not in without


def _exception(eccn: str, symbol: str, tail: str, targets: Sequence[Row], offer: Offer | None = None, *, told: bool = False) -> Row:
    row = dict.fromkeys(EXCEPTION_COLUMNS, "")
    row |= {
        "id": f"{eccn}-{symbol}{tail}",
        "title": f"{eccn}: exception {symbol}, told in words, not modelled" if told else f"{eccn}: exception {symbol}",
        "lifts": ";".join(f"us-ccl/{target['id']}" for target in targets),
        "exception": symbol,
        "control": f"eccn:{eccn}",
        "standing": "unverified" if told else "",
    }
    if offer is not None:
        row["destination"] = "group:us-b"  # all three are for Country Group B; their other conditions are not in the list
        row["control"] = ";".join(f"eccn:{code}" for code in offer.control)
        row["but"] = ";".join(f"eccn:{code}" for code in offer.but)
        row["value_at_most"] = f"{offer.usd} USD" if offer.usd else ""
        if offer.usd:
            row["title"] = f"{eccn}: exception {symbol} up to {offer.usd} USD"
    return row
