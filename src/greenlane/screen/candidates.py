"""Which listed names are worth a closer look, out of all of them: by their words, and by letters run together.

Words find names whose words come in another order, with other words between, or written otherwise; letters find what words
cannot: split syllables, words run together, many slips. Both are one sparse product over a batch.

Of the parties counted (see `index`) the likeliest are looked at; of those that came later, all that are as likely as the last of
these. So a party that comes or goes takes or leaves no other's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from greenlane.screen.closeness import Close
from greenlane.screen.grams import gram_questions
from greenlane.screen.index import Index, form_bits, heads_of, letters_of, weight_of
from greenlane.screen.names import Name
from greenlane.screen.rows import ARABIC, HAN, Floats, Ints, Rows, distinct, lay_out, occurrences, sign_rows, spans

ROWS_A_PARTY: Final = 2  # readings of one party looked at, for each query
_BY_WORDS: Final = 30  # rows by channel for 20 parties: one party has many names
_BY_LETTERS: Final = 16
_GRAMS_ASKED: Final = 9
_POSTINGS_MOST: Final = 12_000  # names read through for one row: the rarest words first, at least two of them
_LETTERS_LEAST: Final = 0.3
_WEIGHT_SAME: Final = 0.5  # nats: of less nobody can say that words alone bring it
_LIKELY_SAME: Final = 1.5
_Found = tuple[Ints, Ints, Floats]  # rows of the questions, rows of the list, and what they have in common
_NOTHING: Final[_Found] = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))


@dataclass(frozen=True)
class Questions:
    """A batch of queries beside an index: rows as the list has them, and what is known of each distinct word."""

    rows: Rows
    close: Close  # of the words of `rows`
    place: Ints  # V': where the very word stands in the list, -1 where it does not
    weight: Floats  # W': of each word of each row
    forms: Ints  # R'

    @cached_property
    def head(self) -> tuple[Ints, Ints]:
        """V': see `heads_of`."""
        return heads_of(self.rows.words)

    @cached_property
    def letters(self) -> Ints:
        """V': see `letters_of`."""
        return letters_of(self.rows.words)

    @cached_property
    def occurrence(self) -> Ints:
        """W': see `occurrences`."""
        return occurrences(self.rows.start, self.rows.word)

    @cached_property
    def sign_row(self) -> Ints:
        """The row of characters of each name asked: see `sign_rows`."""
        return sign_rows(self.rows.owner, self.rows.bridge, int(self.rows.owner.max(initial=-1)) + 1)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of queries and rows of the list to be compared, ordered by query, then party, then row."""

    query: Ints
    row: Ints  # of the questions
    listed: Ints  # row of the index
    likely: Floats  # share of words or letters in common, both channels together: 1 is a great deal

    def only(self, kept: np.ndarray) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.query[kept], self.row[kept], self.listed[kept], self.likely[kept])


def ask(names: list[Name], index: Index) -> Questions:
    """Lay out a batch and look up each of its distinct words once."""
    return ask_rows(lay_out(names, listed=index.vocabulary.known, twice=index.counted < len(index.party_id)), index)


def ask_rows(rows: Rows, index: Index, *, far: np.ndarray | None = None) -> Questions:
    """Look up each distinct word of a batch that is laid out; `far` says of which it is known that they are close to no other."""
    row = np.repeat(np.arange(len(rows.owner)), np.diff(rows.start))
    bare = np.zeros(len(rows.words), dtype=bool)
    bare[rows.word[rows.bridge[row] == ARABIC]] = True
    close = index.vocabulary.close_to(rows.words, rows.sounds, rows.bones, bare=bare.tolist(), far=far)
    place = np.asarray([index.vocabulary.number.get(word, -1) for word in rows.words], dtype=np.int64)
    rare = (
        np.where(place >= 0, index.word_weight[place], index.weight_unknown)
        if len(index.word_weight)
        else np.full(len(place), index.weight_unknown)
    )
    return Questions(
        rows=rows,
        close=close,
        place=place,
        weight=weight_of(rare[rows.word], rows.kind),
        forms=form_bits(rows.forms, index.form_classes),
    )


def candidates(asked: Questions, index: Index, *, limit: int, without: dict[int, frozenset[int]], in_common: float = 0.0) -> Pairs:
    """The `limit` likeliest parties of each query among those counted, and of the later ones who are as likely.

    `without`: parties that a query leaves out, which take no place from others. Pairs that have less than `in_common` are left
    out: they stand behind all others, so that they take no place either.
    """
    extra = np.zeros(len(asked.rows.owner), dtype=np.int64)
    if without:
        names = np.bincount(index.row_party, minlength=len(index.party_id))
        left_out = {query: int(names[list(parties)].sum()) for query, parties in without.items()}
        extra = np.asarray([left_out.get(int(one), 0) for one in asked.rows.owner], dtype=np.int64)
    words, grams, later_words, later_grams = index.tables
    by_words = _best(_word_questions(asked, index), (words, later_words), extra + _most(_BY_WORDS, limit), least=0.0)
    texts = gram_questions(asked.rows.joined, index.gram_weight, most=_GRAMS_ASKED)
    by_letters = _best(texts, (grams, later_grams), extra + _most(_BY_LETTERS, limit), least=_LETTERS_LEAST)
    pairs = _joined((by_words, by_letters, _same(asked, index)), asked, index)
    pairs = pairs.only(pairs.likely >= in_common)
    if without:
        party = index.row_party[pairs.listed].tolist()
        left = [one not in without.get(query, ()) for query, one in zip(pairs.query.tolist(), party, strict=True)]
        pairs = pairs.only(np.asarray(left, dtype=bool))
    return _thin(pairs, index.row_party[pairs.listed], index.counted, limit)


def all_candidates(asked: Questions, index: Index) -> Pairs:
    """Whatever `candidates` may look at in an index of which these are some parties, and more: nobody's rank counts."""
    by_words = _above(_word_questions(asked, index, everything=True), index.words, least=0.0)
    texts = gram_questions(asked.rows.joined, index.gram_weight, most=_GRAMS_ASKED)
    return _joined((by_words, _above(texts, index.grams, least=_LETTERS_LEAST), _NOTHING), asked, index)


def _same(asked: Questions, index: Index) -> _Found:
    """Rows of the very words that are asked, legal forms included: of a party with many names that one is to be looked at.

    They meet by words too, whatever their rank there, so that `all_candidates` has them.
    """
    rows = asked.rows
    found = [index.rows_written.get(bag, ()) if bag else () for bag in rows.bag]
    row = [at for at, listed in enumerate(found) for _ in listed]
    listed = [one for some in found for one in some]
    start, listed_start = rows.start.tolist(), index.row_start
    kept = []
    for at, one in zip(row, listed, strict=True):
        mine, theirs = slice(start[at], start[at + 1]), slice(int(listed_start[one]), int(listed_start[one + 1]))
        same = sorted(asked.place[rows.word[mine]].tolist()) == sorted(index.row_word[theirs].tolist())
        kept.append(same and asked.weight[mine].sum() >= _WEIGHT_SAME)
    chosen = np.asarray(kept, dtype=bool)
    both = np.asarray([row, listed], dtype=np.int64).reshape(2, -1)[:, chosen]
    return both[0], both[1], np.full(both.shape[1], _LIKELY_SAME)


def _joined(found: tuple[_Found, _Found, _Found], asked: Questions, index: Index) -> Pairs:
    """The pairs found by words or letters, or for being the same, by row and listed row."""
    by_words, by_letters, same = found
    mass = np.bincount(
        np.repeat(np.arange(len(asked.rows.owner)), np.diff(asked.rows.start)),
        weights=asked.weight,
        minlength=len(asked.rows.owner),
    )
    width = max(len(index.row_name), 1)
    key = np.concatenate([by_words[0] * width + by_words[1], by_letters[0] * width + by_letters[1], same[0] * width + same[1]])
    value = np.concatenate([by_words[2] / np.sqrt(np.maximum(mass[by_words[0]], 1.0)), by_letters[2], same[2]])
    pair, back = distinct(key)
    likely = np.bincount(back, weights=np.minimum(value, 1.5), minlength=len(pair))
    row, listed = pair // width, pair % width
    # A row of characters meets rows of characters, and rows of letters meet those of letters.
    sane = (asked.rows.bridge[row] == HAN) == (index.row_bridge[listed] == HAN)
    sane &= meets(asked, index, row, listed)
    row, listed, likely = row[sane], listed[sane], likely[sane]
    return Pairs(asked.rows.owner[row], row, listed, likely)


def meets(asked: Questions, index: Index, row: Ints, listed: Ints) -> np.ndarray:
    """Whether a row of the questions is held against a listed one: as written only against those that came after the count.

    Of those nobody knows whether "Aservice" is a name or a slip; in a list that is counted, what is listed is a name.
    """
    return ~asked.rows.as_written[row] | (listed >= index.counted_rows)


def _most(usual: int, limit: int) -> int:
    return max(usual, usual * limit // 20)


def _thin(pairs: Pairs, party: Ints, counted: int, limit: int) -> Pairs:
    """Of each query the likeliest parties, of each of those the likeliest rows."""
    # The pairs come by row and listed row, and a stable sort leaves those that are alike in that order.
    order = np.lexsort((-pairs.likely, pairs.query * (int(party.max(initial=0)) + 1) + party))
    pairs, party = pairs.only(order), party[order]
    query = pairs.query
    first = np.ones(len(query), dtype=bool)
    first[1:] = (query[1:] != query[:-1]) | (party[1:] != party[:-1])
    start = np.flatnonzero(first)
    group = np.cumsum(first) - 1
    rank_in_group = np.arange(len(query)) - start[group] if len(start) else np.zeros(0, dtype=np.int64)
    best, whose = pairs.likely[start], query[start]
    ranked = np.flatnonzero(party[start] < counted)
    ranked = ranked[np.lexsort((-best[ranked], whose[ranked]))]
    counts = np.bincount(whose[ranked], minlength=int(query[-1]) + 1 if len(query) else 0)
    rank = np.arange(len(ranked)) - np.repeat(np.cumsum(counts) - counts, counts)
    least = np.zeros(len(counts))
    last = ranked[rank == limit - 1]
    least[whose[last]] = best[last]
    chosen = (party[start] >= counted) & (best >= least[whose])
    chosen[ranked[rank < limit]] = True
    return pairs.only((rank_in_group < ROWS_A_PARTY) & chosen[group])


def _word_questions(asked: Questions, index: Index, *, everything: bool = False) -> csr_matrix:
    """Rows x list words: the list words each word of a row is close to, with what they weigh; without `everything` some words."""
    rows, close = asked.rows, asked.close
    row = np.repeat(np.arange(len(rows.owner)), np.diff(rows.start))
    counts = np.diff(close.start)[rows.word]
    entry = np.repeat(np.arange(len(rows.word)), counts)
    at = spans(close.start[rows.word], counts)
    listed = close.word[at]
    # The rarest words of a row come first; what the common ones would add is left to the closer look.
    posting = np.bincount(entry, weights=index.word_count[listed], minlength=len(rows.word))
    order = np.lexsort((posting, row))
    spent = np.cumsum(posting[order])
    before = np.concatenate([[0.0], spent])[rows.start[:-1]]
    rank = np.arange(len(order)) - rows.start[row[order]]
    cheap = np.zeros(len(order), dtype=bool)
    cheap[order] = (spent - before[row[order]] <= _POSTINGS_MOST) | (rank < 2)
    kept = cheap[entry] | everything
    entry, at, listed = entry[kept], at[kept], listed[kept]
    value = np.round(index.word_weight[listed] * close.likeness[at] ** 2 * 2**12) / 2**12
    width = max(len(index.vocabulary.words), 1)
    key = row[entry] * width + listed
    order = np.lexsort((value, key))
    key, value = key[order], value[order]
    last = np.ones(len(key), dtype=bool)
    last[:-1] = key[1:] != key[:-1]  # two words of a row close to one list word count once, as the closer of them
    start = np.zeros(len(rows.owner) + 1, dtype=np.int32)
    np.cumsum(np.bincount(key[last] // width, minlength=len(rows.owner)), out=start[1:])
    return csr_matrix(
        (value[last], (key[last] % width).astype(np.int32), start), shape=(len(rows.owner), len(index.vocabulary.words))
    )


def _best(questions: csr_matrix, tables: tuple[csr_matrix, csr_matrix], most: Ints, *, least: float) -> _Found:
    """The best of the first table for each row, and of the second those no worse than the last of them.

    Rows that ask for more than usual are asked apart.
    """
    table, later = tables
    parts = []
    for number in np.unique(most):
        rows = np.flatnonzero(most == number)
        some = questions if len(rows) == questions.shape[0] else questions[rows]
        found = sp_matmul_topn(some, table, top_n=int(number), threshold=least)
        parts.append((np.repeat(rows, np.diff(found.indptr)), found.indices.astype(np.int64), found.data))
    if not parts:
        return _NOTHING
    if later.nnz:
        count = np.zeros(questions.shape[0], dtype=np.int64)
        worst = np.full(questions.shape[0], np.inf)
        for row, _, value in parts:
            count += np.bincount(row, minlength=len(count))
            np.minimum.at(worst, row, value)
        row, listed, value = _above(questions, later, least=least)
        near = (count[row] < most[row]) | (value >= worst[row])
        parts.append((row[near], listed[near] + table.shape[1], value[near]))
    return tuple(np.concatenate(one) for one in zip(*parts, strict=True))  # type: ignore[return-value]


def _above(questions: csr_matrix, table: csr_matrix, *, least: float) -> _Found:
    """All rows of a table that a row has more than `least` in common with."""
    found = questions @ table
    row = np.repeat(np.arange(questions.shape[0]), np.diff(found.indptr))
    kept = found.data > least
    return row[kept], found.indices[kept].astype(np.int64), found.data[kept]
