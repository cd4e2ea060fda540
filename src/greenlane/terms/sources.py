"""Who says so, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Standing(Enum):
    """How a rule is known: from the act itself, from consistent reports of an unpublished act, or from nobody sure."""

    OFFICIAL = "official"
    REPORTED = "reported"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Source:
    """A document a reader can open: title, address (or None where none is known), how it was read."""

    key: str
    title: str
    href: str | None
    read: str  # official, copy, press, data, not_opened
