"""Names of Slavic tongues as Scandinavian, German and Polish letters write them, read once more as English ones would.

In each of these habits the father's name, or a pair of letters of no other use, tells for sure which it is: -ovitj and zj,
-owitsch, -owicz. The rest follows by a table, also where words run together. Written from general knowledge of the habits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from greenlane.screen.latin import latin_reading
from greenlane.screen.reading import Reading

# What marks a habit, and its letters.
_HABITS: tuple[tuple[str, str], ...] = (
    ("[oe]vitj|[oe]vitsj|zj|sjtj", "sjtsj=shch sjtj=shch tsj=ch tj=ch zj=zh sj=sh ch=kh j=y w=v"),
    ("[oe]witsch|schtsch", "schtsch=shch tsch=ch sch=sh dsh=j ch=kh w=v j=y"),
    ("[oe]wicz", "szcz=shch cz=ch sz=sh ch=kh w=v j=y"),
)


@dataclass(frozen=True, slots=True)
class _Habit:
    mark: re.Pattern[str]
    letters: re.Pattern[str]
    english: Mapping[str, str]

    @staticmethod
    def of(mark: str, table: str) -> _Habit:
        english = dict(one.split("=") for one in table.split())
        return _Habit(re.compile(mark), re.compile("|".join(english)), english)

    def respelled(self, token: str) -> str:
        return self.letters.sub(lambda found: self.english[found.group()], token)


_KNOWN: tuple[_Habit, ...] = tuple(_Habit.of(*one) for one in _HABITS)
_MARKED = re.compile("|".join(mark for mark, _ in _HABITS))


def respelled_readings(plain: str, tokens: Sequence[str]) -> tuple[Reading, ...]:
    """The reading in English letters of the tokens of a folded text that is written in one of the habits; else none."""
    if _MARKED.search(plain) is None:
        return ()
    habit = next(one for one in _KNOWN if one.mark.search(plain) is not None)
    words = [habit.respelled(token) for token in tokens]
    return (latin_reading(words, "cyrillic", sources=tokens, how="romanised"),)
