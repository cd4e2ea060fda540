"""XML as a tree, whole or record by record, from a parser that nobody can trick.

The parser is expat; a document type declaration stops it, so there are no entities to expand and none to fetch, and so does
nesting that no official file has. Names of elements are upper case and without prefix.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final
from xml.parsers import expat

from greenlane.errors import Place, SourceError
from greenlane.feeds.us_ear import DEPTH_MAX, SIZE_MAX, utf8

NODES_MAX: Final[int] = 2_000_000
RECORD_NODES_MAX: Final[int] = 20_000  # elements of one record that is read by itself
_PIECE: Final[int] = 1 << 20
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9._\-]+)[\"']")


class Element:
    """An element with its children in order; text lies between them. `line` is where it begins."""

    __slots__ = ("attributes", "children", "line", "name")

    def __init__(self, name: str, attributes: Mapping[str, str], line: int = 0) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.children: list[Element | str] = []

    def walk(self) -> Iterator[Element]:
        """The element and all beneath it, in the order of the text."""
        stack = [self]
        while stack:
            one = stack.pop()
            yield one
            stack.extend(child for child in reversed(one.children) if isinstance(child, Element))

    def find(self, *names: str) -> Iterator[Element]:
        """The elements beneath that have one of these names."""
        return (one for one in self.walk() if one.name in names and one is not self)

    def own(self, *names: str) -> Iterator[Element]:
        """The children that have one of these names; without names, all of them."""
        return (one for one in self.children if isinstance(one, Element) and (not names or one.name in names))

    def text(self, *, without: Sequence[str] = ()) -> str:
        """Its text on one line, without the elements named."""
        parts: list[str] = []
        stack: list[Element | str] = [self]
        while stack:
            one = stack.pop()
            if isinstance(one, str):
                parts.append(one)
            elif one is self or one.name not in without:
                stack.extend(reversed(one.children))
        return " ".join("".join(parts).split())

    def said(self, name: str) -> str:
        """The text of the first child of that name; empty if there is none."""
        found = next(self.own(name), None)
        return "" if found is None else found.text()


def parse(raw: bytes, name: str) -> Element:
    """Parse a document without a document type. Raises SourceError."""
    top = Element("", {})
    stack = [top]
    count = 0

    def start(tag: str, attributes: dict[str, str], line: int) -> None:
        nonlocal count
        count += 1
        if count > NODES_MAX:
            raise SourceError("GL0608", f"more than {NODES_MAX} elements", at=Place(name))
        made = Element(tag, attributes, line)
        stack[-1].children.append(made)
        stack.append(made)

    def words(text: str) -> None:
        stack[-1].children.append(text)

    for _ in _parsed(raw, name, start, stack.pop, words, size_max=SIZE_MAX):
        pass
    return top


def records(raw: bytes, name: str, tags: Collection[str], *, size_max: int) -> Iterator[Element]:
    """The elements of these names one after the other, each with all that is in it; first, the root without its children.

    A document of hundreds of thousands of records is read without ever being held. Raises SourceError.
    """
    ready: list[Element] = []
    stack: list[Element] = []
    begun = False
    count = 0

    def start(tag: str, attributes: dict[str, str], line: int) -> None:
        nonlocal begun, count
        made = Element(tag, attributes, line)
        if not begun:
            begun = True
            ready.append(made)
        if stack:
            count += 1
            if count > RECORD_NODES_MAX:
                raise SourceError("GL0608", f"a record of more than {RECORD_NODES_MAX} elements", at=Place(name, line))
            stack[-1].children.append(made)
            stack.append(made)
        elif tag in tags:
            count = 0
            stack.append(made)

    def end() -> None:
        if stack:
            made = stack.pop()
            if not stack:
                ready.append(made)

    def words(text: str) -> None:
        if stack:
            stack[-1].children.append(text)

    for _ in _parsed(raw, name, start, end, words, size_max=size_max):
        yield from ready
        ready.clear()


def _parsed(
    raw: bytes,
    name: str,
    start: Callable[[str, dict[str, str], int], None],
    end: Callable[[], object],
    words: Callable[[str], object],
    *,
    size_max: int,
) -> Iterator[None]:
    """Hand the document to the handlers, piece by piece."""
    declared = _DECLARED.match(raw[:200].removeprefix(b"\xef\xbb\xbf").lstrip())
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise SourceError("GL0603", f"it declares the encoding {declared[1].decode('ascii')}, not UTF-8", at=Place(name))
    utf8(raw, name, size_max=size_max)
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            raise SourceError("GL0604", f"nested more than {DEPTH_MAX} deep", at=Place(name, parser.CurrentLineNumber))
        start(tag.rpartition(":")[2].upper(), attributes, parser.CurrentLineNumber)

    def leave(_: str) -> None:
        nonlocal depth
        depth -= 1
        end()

    def refuse(*_: object) -> None:
        raise SourceError("GL0604", "a document type or entity declaration", at=Place(name, parser.CurrentLineNumber))

    parser.StartElementHandler = begin
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        for at in range(0, len(raw), _PIECE):
            parser.Parse(raw[at : at + _PIECE], False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        why = expat.errors.messages[error.code] if error.code in expat.errors.messages else str(error)
        raise SourceError("GL0602", f"not XML, or cut off: {why}", at=Place(name, error.lineno)) from error
