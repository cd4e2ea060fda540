"""Which words of the list a word is close to, and how: the same, a way to spell it, its consonants, a slip of the pen.

Each distinct word of a batch is asked once. Likeness is between 0 and 1 in steps of 1/64, so that sums of it are exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from greenlane.screen.grams import GRAMS, gram_questions, gram_table
from greenlane.screen.rows import Floats, Ints, distinct, spans

EQUAL, VARIANT, BONES, TYPO, ABBREVIATION, FIRST_LETTER, NOTHING = range(7)
HOW: Final = ("equal", "variant", "consonants", "typo", "abbreviation", "initial", "nothing")

_NEIGHBOURS: Final = 10  # looked at more closely, of each word
_PEERS: Final = 24  # of one sound, of the same consonants
_GRAMS_ASKED: Final = 12
_VARIANT: Final = 58 / 64  # same sound, spelled otherwise
_BARE: Final = 50 / 64  # same consonants, where the writing leaves the vowels out
LETTERS_MIN: Final = 4  # a shorter word with a slip in it is another word


@dataclass(frozen=True, slots=True)
class Close:
    """Of each word asked, the list words it is close to: from `start[i]` to `start[i + 1]`, in order of the list's words."""

    start: Ints
    word: Ints
    likeness: Floats
    how: Ints


@dataclass(frozen=True)
class Vocabulary:
    """The V words of a list in order, with their spelling by sound, their consonants, and their pieces."""

    words: tuple[str, ...]
    sound: Ints  # V: number of the sound
    bones: Ints  # V: number of the consonants, -1 without
    sounds: tuple[str, ...]
    skeletons: tuple[str, ...]
    grams: csr_matrix  # GRAMS x V
    gram_weight: Floats

    @staticmethod
    def build(words: Sequence[str], sounds: Sequence[str], bones: Sequence[str]) -> Vocabulary:
        """From distinct words in order, each with its sound and its consonants."""
        distinct_sounds = tuple(sorted(set(sounds)))
        skeletons = tuple(sorted({bone for bone in bones if bone}))
        sound_number = {text: at for at, text in enumerate(distinct_sounds)}
        bone_number = {text: at for at, text in enumerate(skeletons)} | {"": -1}
        grams, weight = gram_table(words)
        return Vocabulary(
            words=tuple(words),
            sound=np.asarray([sound_number[one] for one in sounds], dtype=np.int64),
            bones=np.asarray([bone_number[one] for one in bones], dtype=np.int64),
            sounds=distinct_sounds,
            skeletons=skeletons,
            grams=grams,
            gram_weight=weight,
        )

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Where a word stands."""
        return {word: at for at, word in enumerate(self.words)}

    @cached_property
    def _sound_number(self) -> Mapping[str, int]:
        return {sound: at for at, sound in enumerate(self.sounds)}

    @cached_property
    def _bones_number(self) -> Mapping[str, int]:
        return {bone: at for at, bone in enumerate(self.skeletons)}

    @cached_property
    def _of_sound(self) -> tuple[Ints, Ints]:
        return _members(self.sound, len(self.sounds))

    @cached_property
    def _of_bones(self) -> tuple[Ints, Ints]:
        return _members(self.bones, len(self.skeletons))

    def close_to(self, words: Sequence[str], sounds: Sequence[str], bones: Sequence[str], *, bare: Sequence[bool]) -> Close:
        """The list words close to each word; `bare` says of a word that its script leaves the vowels out."""
        exact = np.asarray([self.number.get(word, -1) for word in words], dtype=np.int64)
        asked = np.asarray([len(word) >= LETTERS_MIN and word.isascii() and not word.isdigit() for word in words], dtype=bool)
        naked = np.asarray(bare, dtype=bool)
        near_q, near_l = self._neighbours(words, np.flatnonzero(asked))
        sound_q, sound_l = _peers(
            self._of_sound, np.asarray([self._sound_number.get(one, -1) for one in sounds], dtype=np.int64), asked
        )
        bones_q, bones_l = _peers(
            self._of_bones,
            np.asarray([self._bones_number.get(one, -1) if one else -1 for one in bones], dtype=np.int64),
            asked | naked,
        )
        width = max(len(self.words), 1)
        key, _ = distinct(np.concatenate([near_q, sound_q, bones_q]) * width + np.concatenate([near_l, sound_l, bones_l]))
        query, listed = key // width, key % width
        same_sound = np.isin(key, sound_q * width + sound_l)
        same_bones = np.isin(key, bones_q * width + bones_l)
        mine = [words[at] for at in query]
        theirs = [self.words[at] for at in listed]
        alike = np.asarray(cpdist(mine, theirs, scorer=OSA.normalized_similarity, dtype=np.float64)) if mine else np.zeros(0)
        longest = np.maximum(
            np.fromiter(map(len, mine), dtype=np.int64, count=len(mine)),
            np.fromiter(map(len, theirs), dtype=np.int64, count=len(theirs)),
        )
        likeness = np.where(alike >= least_alike(longest), alike, 0.0)
        how = np.full(len(key), TYPO, dtype=np.int64)
        sounding = same_sound & (alike >= 0.4)
        how[sounding] = VARIANT
        likeness = np.where(sounding, np.maximum(likeness, _VARIANT), likeness)
        boned = same_bones & ~sounding & (naked[query] | (alike >= 0.6))
        how[boned & (likeness < _BARE)] = BONES
        likeness = np.where(boned, np.maximum(likeness, np.where(naked[query], _BARE, alike)), likeness)
        kept = (likeness > 0) & (listed != exact[query])
        there = np.flatnonzero(exact >= 0)
        query = np.concatenate([query[kept], there])
        listed = np.concatenate([listed[kept], exact[there]])
        likeness = np.concatenate([np.round(likeness[kept] * 64) / 64, np.ones(len(there))])
        how = np.concatenate([how[kept], np.full(len(there), EQUAL, dtype=np.int64)])
        order = np.lexsort((listed, query))
        start = np.zeros(len(words) + 1, dtype=np.int64)
        np.cumsum(np.bincount(query, minlength=len(words)), out=start[1:])
        return Close(start=start, word=listed[order], likeness=likeness[order], how=how[order])

    def _neighbours(self, words: Sequence[str], asked: Ints) -> tuple[Ints, Ints]:
        questions = gram_questions([words[at] for at in asked], self.gram_weight, most=_GRAMS_ASKED)
        found = sp_matmul_topn(questions, self.grams, top_n=_NEIGHBOURS, threshold=0.25)
        query = asked[np.repeat(np.arange(len(asked)), np.diff(found.indptr))]
        return query, found.indices.astype(np.int64)


def least_alike(length: Ints) -> Floats:
    """From which share of letters in place two words are taken for one with slips; `length` is that of the longer."""
    return np.where(length < 6, 0.74, np.where(length < 9, 0.7, 0.66))


def _members(group: Ints, count: int) -> tuple[Ints, Ints]:
    """Who is in each group, in order: where a group starts, and its members."""
    grouped = np.flatnonzero(group >= 0)
    order = grouped[np.argsort(group[grouped], kind="stable")]
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(group[grouped], minlength=count), out=start[1:])
    return start, order


def _peers(groups: tuple[Ints, Ints], group: Ints, asked: np.ndarray) -> tuple[Ints, Ints]:
    start, members = groups
    query = np.flatnonzero((group >= 0) & asked)
    lengths = np.minimum(start[group[query] + 1] - start[group[query]], _PEERS)
    return np.repeat(query, lengths), members[spans(start[group[query]], lengths)]


__all__ = ["EQUAL", "GRAMS", "HOW", "Close", "Vocabulary"]
