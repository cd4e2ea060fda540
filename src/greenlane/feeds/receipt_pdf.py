"""The receipt of a screening as a PDF: for each counterparty what was found, against which lists, how, and how to do it again.

The same record gives the same bytes: nothing of the clock or the machine goes in. Latin text is set in Helvetica, Chinese in the
CID font STSong-Light, which readers bring along. A sign that neither has is printed as its code point (`[U+0645]`); the JSON
record holds every name as it is.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from greenlane.services.screening import Screening

LATIN: Final = "Helvetica"
BOLD: Final = "Helvetica-Bold"
CHINESE: Final = "STSong-Light"
_LEFT: Final = 56.0
_RIGHT: Final = A4[0] - 56.0
_TOP: Final = A4[1] - 56.0
_BOTTOM: Final = 64.0
_WORDS: Final = {
    "hit": "HIT",
    "possible": "POSSIBLE: a person must look at it",
    "none_found": "NONE FOUND: that is not a clearance",
    "cannot_say": "CANNOT SAY",
}

Run = tuple[str, str]  # font, text


def receipt_pdf(done: Screening) -> bytes:
    """The receipt of a recorded screening."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    out = io.BytesIO()
    page = Pages(Canvas(out, pagesize=A4, invariant=1, pageCompression=1), f"greenlane screening {done.name}")
    page.line("Receipt of a screening", size=16, bold=True)
    asked = done.settings
    page.line(f"record {done.sha256}", size=8)
    page.line(f"on {asked.on}, as known {asked.known_by}")
    page.line(f"possible from {asked.threshold:g}, certain from {asked.certain:g}, at most {asked.limit} hits")
    page.line(f"model {done.model}; statistics {done.statistics}; greenlane {done.engine}", size=8)
    page.line(f"log of decisions up to entry {done.log.number} {done.log.sha256}", size=8)
    for answer in done.answers:
        _answer(page, answer)
    page.line("Lists", size=11, bold=True, above=10)
    for one in done.lists:
        page.line(f"{one.name}: edition of {one.state or '-'}, {one.entries} entries, {one.source}", above=3)
        page.line(f"sha256 {one.sha256 or '-'}", size=8, indent=12)
        if one.fault:
            page.line(f"NOT FIT: {one.fault}", bold=True, indent=12)
    page.line("Done again by: greenlane verify RECORD. Not legal advice. Nothing found is not nobody there.", size=8, above=10)
    page.close()
    return out.getvalue()


def _answer(page: Pages, answer: Mapping[str, Any]) -> None:
    who = answer["counterparty"]
    page.line(" / ".join(who["names"]), size=12, bold=True, above=10)
    page.line(f"id {who['id']}", size=8)
    for key in ("kind", "countries", "born", "addresses"):
        if key in who:
            page.line(f"{key}: {who[key] if isinstance(who[key], str) else '; '.join(who[key])}", size=8)
    for scheme, value, country in who.get("identifiers", ()):
        page.line(f"{scheme} {value} {country}".rstrip(), size=8)
    page.line(_WORDS[answer["outcome"]], size=12, bold=True, above=4)
    for hit in answer.get("hits", ()):
        page.line(f"{hit['probability']:.4f}  {hit['listed_name']}  ({hit['list']}, {hit['entry']})", bold=True, above=5)
        page.line(f"asked as {hit['query_name']}. {hit['sentence']}", indent=12)
        for query, listed, how, weight in hit["words"]:
            page.line(f"{query or '-'} = {listed or '-'}: {how}, {weight:g}", size=8, indent=24)
        for text in hit["against"]:
            page.line(f"against: {text}", size=8, indent=24)
        page.line(f"alert {hit['alert']}", size=8, indent=12)
    if answer.get("more"):
        page.line("There were more than the limit lets through.", above=3)
    for key in ("cleared", "confirmed"):
        for alert in answer.get(key, ()):
            until = f", until {alert['until']}" if alert["until"] else ""
            people = " and ".join(alert["by"])
            page.line(f"{key}: {alert['shown']} ({alert['entry']}) by {people}{until}; alert {alert['alert']}", above=3)


class Pages:
    """Lines set one below the other, wrapped, on as many pages as they take."""

    def __init__(self, canvas: Any, title: str) -> None:
        self._canvas = canvas
        self._title = title
        self._number = 1
        self._at = _TOP
        # Of its own accord the library takes date and ID from SOURCE_DATE_EPOCH, where that is set, even in invariant mode.
        canvas._doc.signature = hashlib.md5(title.encode(), usedforsecurity=False)
        canvas.setDateFormatter(lambda *_: "D:20000101000000+00'00'")
        canvas.setTitle(title)
        canvas.setAuthor("greenlane")

    def line(self, text: str, *, size: float = 10, bold: bool = False, indent: float = 0, above: float = 0) -> None:
        """One paragraph."""
        self._at -= above
        for runs in _wrapped(text, BOLD if bold else LATIN, size, _RIGHT - _LEFT - indent):
            if self._at - size < _BOTTOM:
                self._foot()
                self._canvas.showPage()
                self._number += 1
                self._at = _TOP
            self._at -= size * 1.3
            x = _LEFT + indent
            for font, part in runs:
                self._canvas.setFont(font, size)
                self._canvas.drawString(x, self._at, part)
                x += pdfmetrics.stringWidth(part, font, size)

    def close(self) -> None:
        """The last page is done."""
        self._foot()
        self._canvas.save()

    def _foot(self) -> None:
        self._canvas.setFont(LATIN, 8)
        self._canvas.drawString(_LEFT, 40, f"{self._title}, page {self._number}")


def _wrapped(text: str, latin: str, size: float, width: float) -> Iterator[list[Run]]:
    """The runs of each line; it breaks after a space or a Chinese sign, or wherever a word alone is too wide."""
    line: list[Run] = []
    room = width
    for font, piece in _pieces(text, latin):
        for word in _fitting(piece, font, size, width):
            wide = pdfmetrics.stringWidth(word, font, size)
            if wide > room and line:
                yield line
                line, room = [], width
            line.append((font, word))
            room -= wide
    if line:
        yield line


def _fitting(piece: str, font: str, size: float, width: float) -> Iterator[str]:
    """A piece as it is, or cut where it is wider than a line."""
    start = 0
    for end in range(1, len(piece) + 1):
        if end - start > 1 and pdfmetrics.stringWidth(piece[start:end], font, size) > width:
            yield piece[start : end - 1]
            start = end - 1
    yield piece[start:]


def _pieces(text: str, latin: str) -> Iterator[Run]:
    """The text in pieces between which a line may break, each in one font."""
    word = ""
    for sign in text:
        if _in(sign, "cp1252"):
            word += sign
            if sign != " ":
                continue
        if word:
            yield latin, word
            word = ""
        if not _in(sign, "cp1252"):
            yield (CHINESE, sign) if _in(sign, "gbk") else (latin, f"[U+{ord(sign):04X}]")
    if word:
        yield latin, word


@lru_cache(maxsize=8192)
def _in(sign: str, encoding: str) -> bool:
    try:
        return bool(sign.encode(encoding)) and sign.isprintable()
    except UnicodeEncodeError:
        return False
