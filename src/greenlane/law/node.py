"""A piece of a rule file with its place: text, list or mapping, nothing parsed yet.

Reading a value raises `RuleError` with file, line and key, so that no cell that does not parse is ever passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from greenlane.errors import Place, RuleError

T = TypeVar("T")


@dataclass(slots=True)
class Node:
    """Text, a list of nodes or a mapping of nodes, with the file and line it stands in."""

    value: str | list[Node] | dict[str, Node]
    file: str
    line: int
    key: str = ""

    def fail(self, code: str, message: str, hint: str = "") -> RuleError:
        """An error at this place."""
        return RuleError(code, message, at=Place(self.file, self.line, self.key or None), hint=hint)

    @property
    def kind(self) -> str:
        """What this is, in words."""
        if isinstance(self.value, str):
            return "a text"
        return "a list" if isinstance(self.value, list) else "a mapping"

    # --- the three kinds ----------------------------------------------------------------------------------------

    def text(self) -> str:
        """The text; an empty one is refused."""
        if not isinstance(self.value, str):
            raise self.fail("GL0205", f"`{self.key}` must be a text, not {self.kind}")
        if not self.value.strip():
            raise self.fail("GL0206", f"`{self.key}` is empty")
        return self.value.strip()

    def items(self) -> list[Node]:
        """The list; an empty one is refused."""
        if not isinstance(self.value, list):
            raise self.fail("GL0205", f"`{self.key}` must be a list, not {self.kind}", "write it as [a, b]")
        if not self.value:
            raise self.fail("GL0206", f"`{self.key}` is an empty list", "leave the key out if there is nothing to say")
        return self.value

    def mapping(self) -> dict[str, Node]:
        """The mapping; an empty one is refused."""
        if not isinstance(self.value, dict):
            raise self.fail("GL0205", f"`{self.key}` must be a mapping, not {self.kind}")
        if not self.value:
            raise self.fail("GL0206", f"`{self.key}` is an empty mapping", "leave the key out if there is nothing to say")
        return self.value

    # --- reading ------------------------------------------------------------------------------------------------

    def only(self, *allowed: str) -> None:
        """Refuse keys other than these."""
        for key, node in self.mapping().items():
            if key not in allowed:
                near = _nearest(key, allowed)
                raise node.fail(
                    "GL0203",
                    f"`{key}` is not a key here",
                    f"did you mean `{near}`?" if near else f"known keys: {', '.join(allowed)}",
                )

    def has(self, key: str) -> bool:
        """Whether the mapping has the key."""
        return key in self.mapping()

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        value = self.value  # asked some hundred thousand times: what `mapping` refuses, it is left to refuse
        return value.get(key) if isinstance(value, dict) and value else self.mapping().get(key)

    def need(self, key: str) -> Node:
        """The value of a key that must be there."""
        found = self.get(key)
        if found is None:
            raise self.fail("GL0204", f"`{key}` is missing", f"add `{key}:` here")
        return found

    def read(self, reader: Callable[[str], T], hint: str = "") -> T:
        """Read the text with a function that raises ValueError."""
        text = self.text()
        try:
            return reader(text)
        except ValueError as error:
            raise self.fail("GL0206", str(error), hint) from error

    def choice(self, *allowed: str) -> str:
        """One of some words."""
        text = self.text()
        if text not in allowed:
            near = _nearest(text, allowed)
            raise self.fail("GL0206", f"`{text}` is not one of {', '.join(allowed)}", f"did you mean `{near}`?" if near else "")
        return text

    def texts(self) -> tuple[str, ...]:
        """A list of texts, or one text."""
        if isinstance(self.value, str):
            return (self.text(),)
        return tuple(node.text() for node in self.items())

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items())


def _nearest(given: str, allowed: tuple[str, ...]) -> str | None:
    found = get_close_matches(given, allowed, n=1, cutoff=0.7)
    return found[0] if found else None
