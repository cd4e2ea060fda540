"""Which of some known words a word is, but for one slip: a letter more, fewer, other, or two beside each other exchanged.

Each known word is kept under what it is without one of its letters, so that a look-up hangs on the length of the word asked and not
on how many are known.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA


class NearWords:
    """Some words, to be found by words one slip away."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._shortened: dict[str, tuple[str, ...]] = {}
        for word in sorted(self._words):
            for short in dict.fromkeys(_shortened(word)):
                self._shortened[short] = (*self._shortened.get(short, ()), word)

    def near(self, text: str) -> tuple[str, ...]:
        """The words one slip away from the text, in order of the alphabet."""
        shorter = _shortened(text)
        found = {*self._shortened.get(text, ()), *self._words.intersection(shorter)}
        for one in shorter:
            found.update(self._shortened.get(one, ()))
        return tuple(sorted(one for one in found if OSA.distance(text, one) == 1))


def _shortened(word: str) -> list[str]:
    """The word without one of its letters, each in turn."""
    return [word[:at] + word[at + 1 :] for at in range(len(word))]
