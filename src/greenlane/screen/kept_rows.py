"""Names as they were read and laid out, kept in columns, so that whoever asks about them again need not read them again.

What is kept of a name hangs on its text, on the program that reads names and on the words that were counted (a slip in a common
word is put right unless a listed name has it), and on nothing else: whoever keeps these columns keeps the three beside them. A name
is found by the digest of its text as it is looked up (`match.normal`).

Kept is what candidates are chosen by; what is weighed after that (forms, all that is written) is read anew from the few names left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b
from typing import Final

import numpy as np

from greenlane.screen.rows import Ints, Rows, distinct, spans

#: Raised whenever columns of an older form can no longer be read.
FORMAT: Final = 1
COLUMNS: Final[Mapping[str, str]] = {
    "digest": "<u8",  # two a name
    "rows": "<u1",  # a name: how many readings
    "flags": "<u1",  # a reading: its bridge, and whether it stands as written
    "words": "<u1",  # a reading: how many words
    "letters": "<u2",  # a reading: bytes of its letters run together
    "joined": "<u1",  # these letters, in UTF-8
    "word": "<u4",  # a word of a reading: its place among the distinct ones
    "kind": "<u1",  # a word of a reading
    "text_bytes": "<u2",  # a distinct word
    "sound_bytes": "<u2",
    "bones_bytes": "<u2",
    "text": "<u1",  # text, sound and bones of each distinct word, in UTF-8
}
_AS_WRITTEN: Final = 1 << 7
_DIGEST_BYTES: Final = 16

Columns = Mapping[str, np.ndarray]


def pack(texts: Sequence[str], rows: Rows) -> dict[str, np.ndarray] | None:
    """The columns of some names, laid out with slips put right and as written; None for what the columns cannot hold."""
    length, per_name = np.diff(rows.start), np.bincount(rows.owner, minlength=len(texts))
    joined = [one.encode() for one in rows.joined]
    parts = [[one.encode() for one in column] for column in (rows.words, rows.sounds, rows.bones)]
    bytes_of = [np.fromiter(map(len, one), dtype=np.int64, count=len(one)) for one in (joined, *parts)]
    if any(one.max(initial=0) > most for one, most in ((length, 255), (per_name, 255), *((one, 65_535) for one in bytes_of))):
        return None
    found = {
        "digest": np.frombuffer(b"".join(map(digest_of, texts)), dtype="<u8"),
        "rows": per_name,
        "flags": rows.bridge | np.where(rows.as_written, _AS_WRITTEN, 0),
        "words": length,
        "letters": bytes_of[0],
        "joined": np.frombuffer(b"".join(joined), dtype="<u1"),
        "word": rows.word,
        "kind": rows.kind,
        "text_bytes": bytes_of[1],
        "sound_bytes": bytes_of[2],
        "bones_bytes": bytes_of[3],
        "text": np.frombuffer(b"".join(map(b"".join, zip(*parts, strict=True))), dtype="<u1"),
    }
    return {name: found[name].astype(kind, copy=False) for name, kind in COLUMNS.items()}


def digest_of(text: str) -> bytes:
    """What a name is found by."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()


class KeptRows:
    """Columns of `pack`, of several calls one behind the other (`word` then counts on), to be asked by the texts of names."""

    def __init__(self, columns: Columns) -> None:
        """Take the columns. Raises ValueError if they do not fit together."""
        self._columns = columns
        count = {name: len(columns[name]) for name in COLUMNS}
        totals = {name: int(columns[name].sum(dtype=np.int64)) for name in ("rows", "words", "letters")}
        of_word = sum(int(columns[name].sum(dtype=np.int64)) for name in ("text_bytes", "sound_bytes", "bones_bytes"))
        fits = (
            count["digest"] == 2 * count["rows"]
            and count["flags"] == count["words"] == count["letters"] == totals["rows"]
            and count["word"] == count["kind"] == totals["words"]
            and count["joined"] == totals["letters"]
            and count["text_bytes"] == count["sound_bytes"] == count["bones_bytes"]
            and count["text"] == of_word
            and int(columns["word"].max(initial=0)) < max(count["text_bytes"], 1)
        )
        if not fits:
            raise ValueError("columns of kept names that do not fit together")

    def __len__(self) -> int:
        return len(self._columns["rows"])

    @property
    def distinct_words(self) -> int:
        """How many words are kept."""
        return len(self._columns["text_bytes"])

    @cached_property
    def _first_row(self) -> np.ndarray:
        return _lean(_starts(self._columns["rows"]))

    @cached_property
    def _first_word(self) -> np.ndarray:
        return _lean(_starts(self._columns["words"]))

    @cached_property
    def _first_letter(self) -> np.ndarray:
        return _lean(_starts(self._columns["letters"]))

    @cached_property
    def _first_byte(self) -> np.ndarray:
        """Where the text of each distinct word begins."""
        parts = [self._columns[name].astype(np.int64) for name in ("text_bytes", "sound_bytes", "bones_bytes")]
        return _lean(_starts(sum(parts[1:], parts[0])))

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray]:
        """The first halves of the digests, rising, and whose each is."""
        halves = np.asarray(self._columns["digest"])[0::2]
        order = np.argsort(halves, kind="stable")
        return halves[order], _lean(order)

    def settle(self) -> None:
        """Make ready what every question needs, once for all processes that are forked later."""
        _ = self._first_row, self._first_word, self._first_letter, self._first_byte, self._order

    def find(self, texts: Sequence[str]) -> Ints:
        """The place of each name; -1 for one that is not kept."""
        if not len(self):
            return np.full(len(texts), -1, dtype=np.int64)
        asked = np.frombuffer(b"".join(map(digest_of, texts)), dtype="<u8").reshape(-1, 2)
        ordered, order = self._order
        place = order[np.minimum(np.searchsorted(ordered, asked[:, 0]), len(ordered) - 1)].astype(np.int64)
        there = (np.asarray(self._columns["digest"]).reshape(-1, 2)[place] == asked).all(axis=1)
        return np.where(there, place, -1)

    def rows(self, places: Ints, *, twice: bool) -> tuple[Rows, Ints]:
        """The rows of the names at these places, as `lay_out` lays them out, but for forms and texts that only weighing needs.

        And the numbers of their distinct words among all that are kept.
        """
        columns = self._columns
        per_name = columns["rows"][places].astype(np.int64)
        row = spans(self._first_row[places].astype(np.int64), per_name)
        owner = np.repeat(np.arange(len(places)), per_name)
        as_written = (columns["flags"][row] & _AS_WRITTEN) != 0
        if not twice and as_written.any():
            row, owner, as_written = row[~as_written], owner[~as_written], as_written[~as_written]
        length = columns["words"][row].astype(np.int64)
        at = spans(self._first_word[row].astype(np.int64), length)
        number, word = distinct(columns["word"][at].astype(np.int64))
        words, sounds, bones = self._texts(number)
        begin = self._first_letter[row].astype(np.int64)
        ends = (begin + columns["letters"][row]).tolist()
        letters = columns["joined"].data
        joined = [str(letters[first:end], "utf-8") for first, end in zip(begin.tolist(), ends, strict=True)]
        nothing = [""] * len(row)
        rows = Rows(
            owner=owner,
            reading=np.zeros(len(row), dtype=np.int64),
            as_written=as_written,
            bridge=(columns["flags"][row] & ~np.uint8(_AS_WRITTEN)).astype(np.int64),
            forms=(frozenset(),) * len(row),
            start=_starts(length),
            word=word,
            kind=columns["kind"][at].astype(np.int64),
            joined=joined,
            whole=nothing,
            bag=nothing,
            sorted=nothing,
            words=words,
            sounds=sounds,
            bones=bones,
        )
        return rows, number

    def _texts(self, number: Ints) -> tuple[list[str], list[str], list[str]]:
        columns = self._columns
        begin = self._first_byte[number].astype(np.int64)
        middle = begin + columns["text_bytes"][number]
        later = middle + columns["sound_bytes"][number]
        end = later + columns["bones_bytes"][number]
        text = columns["text"].data
        bounds = [one.tolist() for one in (begin, middle, later, end)]
        told: tuple[list[str], list[str], list[str]] = ([], [], [])
        for first, second, third, last in zip(*bounds, strict=True):
            told[0].append(str(text[first:second], "utf-8"))
            told[1].append(str(text[second:third], "utf-8"))
            told[2].append(str(text[third:last], "utf-8"))
        return told


def without_as_written(rows: Rows) -> Rows:
    """The rows but for those that are as written: of an index where nobody came after the count they meet nobody."""
    if not rows.as_written.any():
        return rows
    kept = ~rows.as_written
    length = np.diff(rows.start)
    entry = np.repeat(kept, length)
    places = np.flatnonzero(kept).tolist()
    return replace(
        rows,
        owner=rows.owner[kept],
        reading=rows.reading[kept],
        as_written=rows.as_written[kept],
        bridge=rows.bridge[kept],
        forms=tuple([rows.forms[at] for at in places]),
        start=_starts(length[kept]),
        word=rows.word[entry],
        kind=rows.kind[entry],
        joined=[rows.joined[at] for at in places],
        whole=[rows.whole[at] for at in places],
        bag=[rows.bag[at] for at in places],
        sorted=[rows.sorted[at] for at in places],
    )


def _starts(lengths: np.ndarray) -> Ints:
    start = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, dtype=np.int64, out=start[1:])
    return start


def _lean(numbers: Ints) -> np.ndarray:
    """Numbers not below nought in half the space, where they fit: they are kept for all names."""
    return numbers.astype(np.uint32) if numbers.max(initial=0) < 1 << 32 else numbers
