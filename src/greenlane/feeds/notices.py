"""Notices as files: bytes to text, for `.txt`, `.md`, `.html` and `.xml`; nothing is guessed about the encoding.

A byte-order mark or a declared charset says how to read; without either the text must be UTF-8. Tables become rows with `|`
between their cells, other blocks become lines.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

from greenlane.errors import DraftError, Place

BYTES_MAX = 8_000_000
MARKUP = (".html", ".htm", ".xml", ".xhtml")
PLAIN = (".txt", ".md")
ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "utf-16": "utf-16",
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "cp1252",
    "windows-1252": "cp1252", "big5": "big5",
}  # fmt: skip
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_\-]{3,20})""", re.IGNORECASE)
_CELLS = ("td", "th", "ent")
_ROWS = ("tr", "row")
_BLOCKS = (
    "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section", "article", "header", "title", "hd",
    "fp", "agency", "subagy", "subject", "cfr", "depdoc", "rin", "agy", "act", "sum", "effdate", "furinf", "frdoc", "bilcod", "pre",
    "gpotable", "hed", "amdpar", "extract", "note", "boxhd", "ched", "prtpage", "dates", "sig",
)  # fmt: skip
_SILENT = ("script", "style", "template", "noscript", "svg")


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """A notice as it was read: its name, the hash of its bytes, and its text."""

    name: str
    sha256: str
    text: str


def read_notice_file(path: Path, *, encoding: str | None = None) -> NoticeFile:
    """Read a notice. Raises DraftError GL0403 if it is of no known form, too large, or not in the encoding it claims."""
    place = Place(path.name)
    suffix = path.suffix.lower()
    if suffix not in MARKUP + PLAIN:
        known = ", ".join((*PLAIN, *MARKUP))
        raise DraftError("GL0403", f"`{suffix or path.name}` is no form of a notice", at=place, hint=f"save it as one of {known}")
    try:
        size = path.stat().st_size
        if size > BYTES_MAX:
            raise DraftError("GL0403", f"{size} bytes, more than {BYTES_MAX}", at=place, hint="cut out the passage that matters")
        raw = path.read_bytes()
    except OSError as error:
        raise DraftError("GL0403", f"cannot be read: {error.strerror}", at=place) from error
    text = _decode(raw, suffix, encoding, place)
    if suffix in MARKUP:
        text = text_of_markup(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if not text.strip():
        raise DraftError("GL0403", "there is no text in it", at=place)
    return NoticeFile(path.name, sha256(raw).hexdigest(), text)


def _decode(raw: bytes, suffix: str, given: str | None, place: Place) -> str:
    chosen = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    if chosen is None and given is not None:
        if given.lower() not in ENCODINGS:
            raise DraftError("GL0403", f"`{given}` is no known encoding", at=place, hint=f"one of {', '.join(ENCODINGS)}")
        chosen = ENCODINGS[given.lower()]
    if chosen is None and suffix in MARKUP:
        declared = _DECLARED.search(raw[:4096])
        if declared is not None:
            name = declared[1].decode("ascii").lower()
            if name not in ENCODINGS:
                raise DraftError(
                    "GL0403", f"it declares the encoding `{name}`, which is not known", at=place, hint="save it as UTF-8"
                )
            chosen = ENCODINGS[name]
    chosen = chosen or "utf-8"
    try:
        text = raw.decode(chosen)
    except (UnicodeDecodeError, UnicodeError) as error:
        hint = "say the encoding with --encoding (gb18030 for many Chinese pages), or save it as UTF-8"
        raise DraftError("GL0403", f"it does not read as {chosen}", at=place, hint=hint) from error
    if "\x00" in text:
        raise DraftError("GL0403", "there are null signs in it: not a text, or another encoding", at=place, hint="see --encoding")
    return text


def text_of_markup(markup: str) -> str:
    """The text of HTML or XML: blocks as lines, rows of tables as lines with `|` between the cells."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    lines = [re.sub(r"[ \t\f\v\xa0]+", " ", line).strip() for line in "".join(parser.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.row = 0
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self.silent += 1
        elif tag in _ROWS:
            self.row += 1
            self.cells = 0
            self.parts.append("\n")
        elif tag in _CELLS:
            if self.cells:
                self.parts.append(" | ")
            self.cells += 1
        elif tag in _BLOCKS:
            self.parts.append(" " if self.row else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _ROWS:
            self.row = max(0, self.row - 1)
            self.parts.append("\n")
        elif tag in _BLOCKS and tag != "br":
            self.parts.append(" " if self.row else "\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data) if self.row else data)
