"""How are mappings, lists and texts written as a rule file, so that the reader gives the same values back?

Same values, same bytes. Keys keep their order; a text is quoted only where YAML would read it as something else.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence

Value = str | Sequence["Value"] | Mapping[str, "Value"]
WIDTH = 130
_PLAIN = re.compile(r"[^\W_](?:[^\s#:,\[\]{}&*!|>'\"%@`\\]|:(?=[^\s,\[\]{}])|(?<=\S) (?=[^\s#]))*\Z")


def rule_text(value: Mapping[str, Value], *, fold: bool = True) -> str:
    """A mapping as YAML; `fold` wraps long texts as paragraphs (spaces between words are then one)."""
    return "\n".join(_mapping(value, 0, fold)) + "\n"


def list_text(values: Sequence[Value], *, fold: bool = True) -> str:
    """A list as YAML, such as a file of cases."""
    return "\n".join(_list(values, 0, fold)) + "\n"


def scalar(text: str) -> str:
    """A text as one YAML scalar that reads back as itself."""
    if _PLAIN.match(text) and text.isprintable() and not text.endswith((" ", ":")):
        return text
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if sign == "\n":
        return "\\n"
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def _flow(value: Value) -> str:
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(_flow(one) for one in value) + "]"


def _is_short(value: Value, room: int) -> bool:
    return len(_flow(value)) <= room


def _is_flat(value: Value) -> bool:
    """Whether a mapping or list holds nothing but texts and small lists."""
    if isinstance(value, str):
        return True
    inner = value.values() if isinstance(value, Mapping) else value
    return all(isinstance(one, str) or all(isinstance(two, str) for two in one) for one in inner)


def _mapping(value: Mapping[str, Value], depth: int, fold: bool) -> list[str]:
    pad = " " * depth
    found: list[str] = []
    for key, one in value.items():
        head = f"{pad}{scalar(key)}:"
        room = WIDTH - len(head) - 1
        if isinstance(one, str):
            found.extend(_paragraph(head, one, depth) if fold and _folds(one, room) else [f"{head} {scalar(one)}"])
        elif not one or (_is_short(one, room) and (_is_flat(one) or key == "when")):
            found.append(f"{head} {_flow(one)}")
        elif isinstance(one, Mapping):
            found.append(head)
            found.extend(_mapping(one, depth + 2, fold))
        else:
            found.append(head)
            found.extend(_list(one, depth + 2, fold))
    return found


def _list(values: Sequence[Value], depth: int, fold: bool) -> list[str]:
    pad = " " * depth
    found: list[str] = []
    for one in values:
        if isinstance(one, Mapping) and one and not (_is_flat(one) and _is_short(one, WIDTH - depth - 2)):
            inner = _mapping(one, depth + 2, fold)
            found.append(f"{pad}- {inner[0].lstrip()}")
            found.extend(inner[1:])
        else:
            found.append(f"{pad}- {_flow(one)}")
    return found


def _folds(text: str, room: int) -> bool:
    words = text.split()
    return len(text) > room and text.isprintable() and text == " ".join(words) and len(words) > 1


def _paragraph(head: str, text: str, depth: int) -> list[str]:
    pad = " " * (depth + 2)
    lines = textwrap.wrap(text, WIDTH - depth - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{head} >", *(f"{pad}{line}" for line in lines)]
