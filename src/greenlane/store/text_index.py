"""Which of many short texts speak of these words? The full-text index of SQLite, ranked by BM25.

An index lives in memory, or in a file that is named by the hash of what it was made of, so that a long schedule is read once.
Words are folded by the Porter stemmer (magnets, magnet). Nothing here decides what a hit means.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from greenlane.decide.classify import Hit, Text

_VERSION: Final = 1
_SIGN = re.compile(r"\x01([^\x02]*)\x02")
_OWN_WEIGHT: Final = 4.0  # a word of the own title weighs more than one of the headings above it
_FOUND_MAX: Final = 400


class TextIndex:
    """Texts to be searched; `own` is what a text says itself, `above` what stands over it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._base = connection

    @classmethod
    def of(cls, texts: Iterable[Text]) -> TextIndex:
        """An index in memory."""
        base = sqlite3.connect(":memory:")
        _fill(base, texts)
        return cls(base)

    @classmethod
    def kept(cls, file: Path) -> TextIndex | None:
        """An index in a file; None if there is none, or it is of another make."""
        if not file.is_file():
            return None
        try:
            base = sqlite3.connect(f"file:{file.as_posix()}?mode=ro", uri=True)
            with closing(base.execute("SELECT value FROM make")) as found:
                if found.fetchone() == (_VERSION,):
                    return cls(base)
            base.close()
        except sqlite3.Error:
            pass  # a file that is no index is made anew
        return None

    @classmethod
    def keep(cls, file: Path, texts: Iterable[Text]) -> TextIndex:
        """An index of these texts, kept in a file if that can be written, else in memory."""
        given = tuple(texts)
        draft = file.with_name(f"{file.name}.draft")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with closing(sqlite3.connect(draft)) as base:
                _fill(base, given)
            draft.replace(file)
        except (OSError, sqlite3.Error):
            return cls.of(given)
        return cls.kept(file) or cls.of(given)

    def search(self, words: Sequence[str], most: int = _FOUND_MAX) -> tuple[Hit, ...]:
        """The texts that hold any of the words, the best first; equals in the order of their codes."""
        wanted = [word for word in dict.fromkeys(words) if word]
        if not wanted:
            return ()
        query = " OR ".join('"' + word.replace('"', '""') + '"' for word in wanted)
        rows = self._base.execute(
            "SELECT key, own, above, highlight(texts, 2, char(1), char(2)), highlight(texts, 3, char(1), char(2)),"
            f" bm25(texts, 0, 0, {_OWN_WEIGHT}, 1.0) AS score FROM texts WHERE texts MATCH ? ORDER BY score, key LIMIT ?",
            (query, most),
        )
        found = []
        for key, own, above, marked, marked_above, score in rows:
            mine = tuple(dict.fromkeys(word.casefold() for word in _SIGN.findall(marked)))
            over = tuple(dict.fromkeys(word.casefold() for word in _SIGN.findall(marked_above)))
            found.append(Hit(Text(key, own, above), -score, mine, tuple(word for word in over if word not in mine)))
        return tuple(found)


def _fill(base: sqlite3.Connection, texts: Iterable[Text]) -> None:
    with base:
        base.execute("CREATE TABLE make (value INTEGER)")
        base.execute("INSERT INTO make VALUES (?)", (_VERSION,))
        base.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(key UNINDEXED, number UNINDEXED, own, above, tokenize='porter unicode61')"
        )
        base.executemany(
            "INSERT INTO texts VALUES (?, ?, ?, ?)",
            ((text.key, number, text.own, text.above) for number, text in enumerate(texts)),
        )
