"""Japanese names with kana: loan words in English, the rest by sound; characters between them as in `han`."""

from __future__ import annotations

from greenlane.screen.han import han_readings
from greenlane.screen.latin import latin_reading, tokens_of
from greenlane.screen.letters import folded
from greenlane.screen.reading import Reading


def kana_readings(text: str) -> list[Reading]:
    """The readings of a name with kana."""
    return [latin_reading(tokens_of(folded(text)), "kana"), *han_readings(text)]
