"""Pieces of three letters: how words and names that are nearly alike find each other.

A piece is a number below `GRAMS`. Latin letters and digits are taken in threes, the edge of the text counting as a sign; from
any other sign, a Chinese character first of all, a piece is the sign and the one after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from greenlane.screen.rows import Floats, Ints, distinct

_SIGNS: Final = 37  # the edge, 26 letters, ten digits
_WIDE: Final = 1 << 16  # pieces of other scripts, by hash
GRAMS: Final = _SIGNS**3 + _WIDE
_CODE: Final = np.zeros(128, dtype=np.int64)
_CODE[97:123] = np.arange(1, 27)
_CODE[48:58] = np.arange(27, 37)


def grams_of(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """The distinct pieces of each text: places in `texts` and pieces, ordered by both."""
    if not texts:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty
    signs = np.frombuffer(("\n" + "\n\n".join(texts) + "\n").encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    centre = np.flatnonzero(signs != 10)
    row = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    code = np.where(signs < 128, _CODE[np.minimum(signs, 127)], 0)
    piece = (code[centre - 1] * _SIGNS + code[centre]) * _SIGNS + code[centre + 1]
    wide = signs[centre] >= 128
    if wide.any():
        at = centre[wide]
        piece[wide] = _SIGNS**3 + (((signs[at] * 2654435761 + signs[at + 1] * 40503) >> 7) & (_WIDE - 1))
    key, _ = distinct(row * GRAMS + piece)
    return key // GRAMS, key % GRAMS


def rarity(count: Ints, of: int) -> Floats:
    """How much it says to share something that stands `count` times among `of`, in nats.

    Rounded to 1/64: sums of such numbers are exact in any order, so that no answer hangs on what else was asked with it.
    """
    rounded: Floats = np.round(np.log1p(of / np.maximum(count, 0.5)) * 64) / 64
    return rounded


def gram_table(texts: Sequence[str], weight: Floats | None = None) -> tuple[csr_matrix, Floats]:
    """Pieces x texts with the share of a text that a piece makes up, and the rarity of each piece, given or counted."""
    row, piece = grams_of(texts)
    if weight is None:
        weight = rarity(np.bincount(piece, minlength=GRAMS), len(texts))
    norm = np.sqrt(np.bincount(row, weights=weight[piece] ** 2, minlength=len(texts)))
    value = np.round(weight[piece] / norm[row] * 2**20) / 2**20
    table = csr_matrix((value, (row, piece)), shape=(len(texts), GRAMS)).T.tocsr()
    table.sort_indices()
    return table, weight


def gram_questions(texts: Sequence[str], weight: Floats, *, most: int) -> csr_matrix:
    """Texts x pieces for asking a gram table: the `most` rarest pieces of each, weighted so that full agreement is about 1."""
    row, piece = grams_of(texts)
    heavy = weight[piece]
    order = np.lexsort((piece, -heavy, row))
    row, piece, heavy = row[order], piece[order], heavy[order]
    counts = np.bincount(row, minlength=len(texts))
    rank = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = rank < most
    row, piece, heavy = row[kept], piece[kept], heavy[kept]
    norm = np.sqrt(np.bincount(row, weights=heavy**2, minlength=len(texts)))
    value = np.round(heavy / norm[row] * 2**16) / 2**16
    asked = csr_matrix((value, (row, piece)), shape=(len(texts), GRAMS))
    asked.sort_indices()
    return asked
