"""Which words of the list a word is close to, and how: the same, a way to spell it, its consonants, a slip of the pen.

Of the words that were counted the nearest few by their pieces are looked at, and all that are one slip away from a word that was
not counted; of those that came later all near enough. So whether two words are close hangs on the two and on what was counted,
not on what else came. Each distinct word of a batch is asked once. Likeness is
between 0 and 1 in steps of 1/64, so that sums of it are exact.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist
from scipy.sparse import csr_matrix, hstack
from sparse_dot_topn import sp_matmul_topn

from greenlane.screen.given_names import SPELLINGS
from greenlane.screen.grams import GRAMS, gram_questions, gram_table
from greenlane.screen.rows import Floats, Ints, columns_of, distinct, spans

EQUAL, VARIANT, BONES, TYPO, ABBREVIATION, FIRST_LETTER, NOTHING = range(7)
HOW: Final = ("equal", "variant", "consonants", "typo", "abbreviation", "initial", "nothing")

_NEIGHBOURS: Final = 10  # looked at more closely, of each word
_NEAR: Final = 0.25  # share of pieces in common
_PEERS: Final = 24  # of one sound, of the same consonants
_GRAMS_ASKED: Final = 12
_VARIANT: Final = 58 / 64  # same sound, spelled otherwise
_BARE: Final = 50 / 64  # same consonants, where the writing leaves the vowels out
_SLIPPED_LETTERS_MAX: Final = 24
LETTERS_MIN: Final = 4  # a shorter word with a slip in it is another word


# Of the words counted and of later ones: where each group starts, its members, and how many of them are looked at.
Groups = tuple[tuple[Ints, Ints, int], tuple[Ints, Ints, int]]


@dataclass(frozen=True, slots=True)
class Close:
    """Of each word asked, the list words it is close to: from `start[i]` to `start[i + 1]`, in order of the list's words."""

    start: Ints
    word: Ints
    likeness: Floats
    how: Ints


@dataclass(frozen=True)
class Vocabulary:
    """V words of lists with their spelling by sound, their consonants, and their pieces: first those counted, then later ones."""

    words: tuple[str, ...]
    counted: int  # how many of the words were counted
    sound: Ints  # V: number of the sound, -1 where the word is not looked for
    bones: Ints  # V: number of the consonants, -1 without
    sounds: tuple[str, ...]
    skeletons: tuple[str, ...]
    grams: csr_matrix  # GRAMS x V
    gram_weight: Floats

    @staticmethod
    def build(words: Sequence[str], sounds: Sequence[str], bones: Sequence[str], *, after: Vocabulary | None = None) -> Vocabulary:
        """From distinct words in order, each with its sound and its consonants; `after` the counted words of another."""
        distinct_sounds = _extended(after.sounds if after else (), sounds)
        skeletons = _extended(after.skeletons if after else (), bones)
        sound_number = {text: at for at, text in enumerate(distinct_sounds)} | {"": -1}
        bone_number = {text: at for at, text in enumerate(skeletons)} | {"": -1}
        grams, weight = gram_table(words, after.gram_weight if after else None)
        found = Vocabulary(
            words=tuple(words),
            counted=len(words),
            sound=np.asarray([sound_number[one] for one in sounds], dtype=np.int64),
            bones=np.asarray([bone_number[one] for one in bones], dtype=np.int64),
            sounds=distinct_sounds,
            skeletons=skeletons,
            grams=grams,
            gram_weight=weight,
        )
        if after is None:
            return found
        return replace(
            found,
            words=after.words + found.words,
            counted=after.counted,
            sound=np.concatenate([after.sound, found.sound]),
            bones=np.concatenate([after.bones, found.bones]),
            grams=csr_matrix(hstack([after.grams, grams])),
        )

    def only(self, kept: np.ndarray) -> Vocabulary:
        """The vocabulary in which only some words are looked for. Who is near among all is near among these."""
        return replace(
            self,
            sound=np.where(kept, self.sound, -1),
            bones=np.where(kept, self.bones, -1),
            grams=columns_of(self.grams, kept),
        )

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Where a word stands."""
        return {word: at for at, word in enumerate(self.words)}

    @cached_property
    def lengths(self) -> Ints:
        """V: letters of each word."""
        return np.fromiter(map(len, self.words), dtype=np.int64, count=len(self.words))

    @cached_property
    def _sound_number(self) -> Mapping[str, int]:
        return {sound: at for at, sound in enumerate(self.sounds)}

    @cached_property
    def _bones_number(self) -> Mapping[str, int]:
        return {bone: at for at, bone in enumerate(self.skeletons)}

    @cached_property
    def known(self) -> Container[str]:
        """The words that were counted."""
        return self.number if self.counted == len(self.words) else frozenset(self.words[: self.counted])

    def _close_or_far(
        self, words: Sequence[str], sounds: Sequence[str], bones: Sequence[str], bare: Sequence[bool], far: np.ndarray
    ) -> Close:
        """`close_to` of the words that are not far, and of the others what is the same."""
        asked = np.flatnonzero(~far)
        some = [[column[at] for at in asked.tolist()] for column in (words, sounds, bones)]
        found = self.close_to(*some, bare=[bare[at] for at in asked.tolist()])
        exact = np.asarray([self.number.get(words[at], -1) for at in np.flatnonzero(far).tolist()], dtype=np.int64)
        counts = np.zeros(len(words), dtype=np.int64)
        counts[asked] = np.diff(found.start)
        counts[far] = exact >= 0
        start = np.zeros(len(words) + 1, dtype=np.int64)
        np.cumsum(counts, out=start[1:])
        same = np.repeat(far, counts)
        word, likeness, how = np.empty(len(same), dtype=np.int64), np.ones(len(same)), np.full(len(same), EQUAL, dtype=np.int64)
        word[same], word[~same] = exact[exact >= 0], found.word
        likeness[~same], how[~same] = found.likeness, found.how
        return Close(start=start, word=word, likeness=likeness, how=how)

    def of_other_bones(self, bones: Sequence[str]) -> np.ndarray:
        """Of each, whether no word that is looked for has these consonants: without their vowels too they are then far."""
        asked = np.asarray([self._bones_number.get(one, -1) if one else -1 for one in bones], dtype=np.int64)
        found: np.ndarray = (asked < 0) | ~self._bones_looked_for[asked]
        return found

    @cached_property
    def _bones_looked_for(self) -> np.ndarray:
        found = np.zeros(len(self.skeletons) + 1, dtype=bool)
        found[self.bones[self.bones >= 0]] = True
        return found

    @cached_property
    def _was_counted(self) -> np.ndarray:
        return np.arange(len(self.words)) < self.counted

    @cached_property
    def _grams(self) -> tuple[csr_matrix, csr_matrix]:
        """The pieces of the words counted, and of those that came later."""
        if self.counted == len(self.words):
            return self.grams, columns_of(self.grams, ~self._was_counted)
        return columns_of(self.grams, self._was_counted), columns_of(self.grams, ~self._was_counted)

    @cached_property
    def _of_sound(self) -> Groups:
        return self._groups(self.sound, len(self.sounds))

    @cached_property
    def _of_bones(self) -> Groups:
        return self._groups(self.bones, len(self.skeletons))

    def _groups(self, group: Ints, count: int) -> Groups:
        counted, later = np.where(self._was_counted, group, -1), np.where(self._was_counted, -1, group)
        return (*_members(counted, count), _PEERS), (*_members(later, count), len(self.words))

    def close_to(
        self,
        words: Sequence[str],
        sounds: Sequence[str],
        bones: Sequence[str],
        *,
        bare: Sequence[bool],
        far: np.ndarray | None = None,
    ) -> Close:
        """The list words close to each word; `bare` says of a word that its script leaves the vowels out.

        Words that are `far` from all others are known to be close to themselves at the most.
        """
        if far is not None and far.any():
            return self._close_or_far(words, sounds, bones, bare, far)
        exact = np.asarray([self.number.get(word, -1) for word in words], dtype=np.int64)
        asked = np.asarray([len(word) >= LETTERS_MIN and word.isascii() and not word.isdigit() for word in words], dtype=bool)
        named = np.asarray([word in SPELLINGS for word in words], dtype=bool)
        naked = np.asarray(bare, dtype=bool)
        near_q, near_l = self._neighbours(words, np.flatnonzero(asked))
        sound_q, sound_l = _peers(
            self._of_sound, np.asarray([self._sound_number.get(one, -1) for one in sounds], dtype=np.int64), asked | named
        )
        bones_q, bones_l = _peers(
            self._of_bones,
            np.asarray([self._bones_number.get(one, -1) if one else -1 for one in bones], dtype=np.int64),
            asked | naked,
        )
        slip_q, slip_l = self._one_slip_away(words, np.flatnonzero(asked & ((exact < 0) | (exact >= self.counted))))
        width = max(len(self.words), 1)
        key, _ = distinct(
            np.concatenate([near_q, slip_q, sound_q, bones_q]) * width + np.concatenate([near_l, slip_l, sound_l, bones_l])
        )
        query, listed = key // width, key % width
        same_sound, same_bones = np.zeros((2, len(key)), dtype=bool)
        same_sound[np.searchsorted(key, sound_q * width + sound_l)] = True
        same_bones[np.searchsorted(key, bones_q * width + bones_l)] = True
        mine = [words[at] for at in query.tolist()]
        theirs = [self.words[at] for at in listed.tolist()]
        alike = np.asarray(cpdist(mine, theirs, scorer=OSA.normalized_similarity, dtype=np.float64)) if mine else np.zeros(0)
        lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
        longest = np.maximum(lengths[query], self.lengths[listed])
        likeness = np.where(alike >= least_alike(longest), alike, 0.0)
        how = np.full(len(key), TYPO, dtype=np.int64)
        sounding = same_sound & ((alike >= 0.4) | (named[query] & self._named[listed]))  # "Bill" is nothing like "William"
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

    @cached_property
    def _named(self) -> np.ndarray:
        """V: whether a word is a known name with spellings of its own."""
        return np.asarray([word in SPELLINGS for word in self.words], dtype=bool)

    @cached_property
    def _shortened(self) -> tuple[np.ndarray, Ints]:
        """Each word that is looked for, and what it is without one of its letters, by hash in order; and whose it is."""
        place = np.flatnonzero(self.sound >= 0)
        hashes, whose = _shortened([self.words[at] for at in place.tolist()])
        order = np.argsort(hashes, kind="stable")
        return hashes[order], place[whose[order]]

    def _one_slip_away(self, words: Sequence[str], asked: Ints) -> tuple[Ints, Ints]:
        """Words and list words that are the same but for a letter more, fewer, other, or two exchanged, and a few more."""
        hashes, whose = _shortened([words[at] for at in asked.tolist()])
        known, place = self._shortened
        first = np.searchsorted(known, hashes, side="left")
        count = np.searchsorted(known, hashes, side="right") - first
        return np.repeat(asked[whose], count), place[spans(first, count)]

    def _neighbours(self, words: Sequence[str], asked: Ints) -> tuple[Ints, Ints]:
        questions = gram_questions([words[at] for at in asked], self.gram_weight, most=_GRAMS_ASKED)
        counted, later = self._grams
        nearest = sp_matmul_topn(questions, counted, top_n=_NEIGHBOURS, threshold=_NEAR)
        near = questions @ later
        rows = [np.repeat(asked, np.diff(one.indptr)) for one in (nearest, near)]
        enough = near.data > _NEAR
        return np.concatenate([rows[0], rows[1][enough]]), np.concatenate([nearest.indices, near.indices[enough]]).astype(np.int64)


_PRIME: Final = np.uint64(0x100000001B3)
_PRIME_BACK: Final = np.uint64(pow(0x100000001B3, -1, 1 << 64))


def _shortened(words: Sequence[str]) -> tuple[np.ndarray, Ints]:
    """Hashes of each word and of what it is without one of its letters, and whose they are; none of very short or long words."""
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    usual = np.flatnonzero((lengths >= LETTERS_MIN) & (lengths <= _SLIPPED_LETTERS_MAX))
    if not len(usual):
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    lengths = lengths[usual]
    signs = np.frombuffer("".join([words[at] for at in usual.tolist()]).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    start = np.cumsum(lengths) - lengths
    whose = np.repeat(np.arange(len(usual)), lengths)
    power = np.ones(_SLIPPED_LETTERS_MAX, dtype=np.uint64)
    power[1:] = np.multiply.accumulate(np.full(_SLIPPED_LETTERS_MAX - 1, _PRIME, dtype=np.uint64))
    part = signs * power[np.arange(len(signs)) - start[whose]]
    upto = np.cumsum(part)
    before = (upto - part)[start]
    total = upto[start + lengths - 1] - before
    upto -= before[whose]
    # Without a letter, those behind it move up by one.
    without = (upto - part) + (total[whose] - upto) * _PRIME_BACK
    return np.concatenate([total, without]), usual[np.concatenate([np.arange(len(usual)), whose])]


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


def _extended(texts: tuple[str, ...], more: Sequence[str]) -> tuple[str, ...]:
    """Some texts, and after them in order those that are not among them."""
    return texts + tuple(sorted({text for text in more if text} - set(texts)))


def _peers(groups: Groups, group: Ints, asked: np.ndarray) -> tuple[Ints, Ints]:
    query = np.flatnonzero((group >= 0) & asked)
    found = []
    for start, members, most in groups:
        lengths = np.minimum(start[group[query] + 1] - start[group[query]], most)
        found.append((np.repeat(query, lengths), members[spans(start[group[query]], lengths)]))
    return np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])


__all__ = ["EQUAL", "GRAMS", "HOW", "Close", "Vocabulary"]
