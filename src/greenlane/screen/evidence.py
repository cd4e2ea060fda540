"""What speaks for and against two rows being one party's name: a table of numbers, a row a pair.

Words are laid side by side: each word of either row with the one of the other it is closest to. Everything is counted in nats of
rarity, so that a shared rare name says much and a shared "trading" little; and as much is said of what the other side lacks,
since a listed name with one telling word exchanged is somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from greenlane.screen.candidates import Pairs, Questions
from greenlane.screen.closeness import ABBREVIATION, BONES, FIRST_LETTER, LETTERS_MIN, NOTHING, TYPO, VARIANT, least_alike
from greenlane.screen.given_names import gender_of, is_descent, is_patronymic
from greenlane.screen.index import NAME_KINDS, Index
from greenlane.screen.rows import FATHER, HAN, NUMBER, OTHER, PINYIN, PLACE, PLAIN, Floats, Ints, distinct, spans
from greenlane.screen.sounds import bones_of
from greenlane.terms.listed import NameKind

FEATURES: Final = (
    "query_covered",  # share of the query's weight that the listed name has
    "list_covered",  # and the other way round
    "query_lacking",  # nats of the query that the listed name lacks
    "list_lacking",
    "exchanged",  # the lesser of the two: words taken out and others put in
    "query_lacking_most",  # nats of the heaviest word of the query that the listed name lacks
    "list_lacking_most",
    "query_plain_lacking",  # the same of words that are no place, trade or number
    "list_plain_lacking",
    "shared",  # nats in common
    "shared_plain",  # nats in common of words that are no place, trade or number
    "exact",  # nats of the words that are the same, letter by letter
    "query_rarest",  # how close the rarest word of the query comes
    "list_rarest",
    "list_first",  # how close the first word of the listed name comes
    "list_last",
    "query_first",
    "query_last",
    "letters",  # likeness of all letters run together
    "letters_sorted",  # of all letters of the words in order of the alphabet
    "slips",  # letters more, fewer, other or exchanged, in the order of words in which there are fewest; 9 where they are many
    "whole_slips",  # the same with the legal forms, in either order; 9 where they are many
    "whole_letters",  # letters of the longer name with its legal form
    "rest",  # likeness of what is left over on either side, run together, where that is much: else 0
    "begins",  # letters of the shorter where one begins the other, else 0
    "cut",  # letters of the query where all that is written begins the listed name, else 0
    "inexact",  # words that meet, but not letter by letter
    "initials",  # words met by a first letter only
    "turns",  # places where the order of words goes back
    "twists",  # the same where what stands last may also stand first: "A B C" is no other order than "B C A"
    "rest_slips",  # slips in what does not meet well on either side, run together; 9 where they are many or names are unlike
    "rest_letters",  # letters of the longer of the two
    "rest_bones",  # slips among the consonants of what is left over; 9 where names are unlike
    "known_slip",  # how common, in nats, the commonest word is that would be a slip of another: a common name is none
    "known_lacking",  # the same of words of the query that meet nothing
    "sameness",  # letters the same: 1 with other legal forms, 2 one side has one, 3 neither or one in common, 4 all that is written
    "wholly",  # 2: all that is written is the same, legal forms too; 1: but for one slip that makes no other known word
    "fathers",  # both name a father: 1 the same, 2 another
    "signs",  # both are written in Chinese, and here met otherwise: 1 with the same signs, one more for each sign that differs
    "genders",  # 1: two words that meet are a man's and a woman's form
    "query_words",
    "list_words",
    "plain_shared",  # words met that are no place, trade or number
    "plain_exchanged",  # the lesser number of plain words that either side lacks
    "numbers",  # 0 neither has any, 1 the same, 2 one side has more, 3 they differ
    "places",  # 1: each names a place that the other does not
    "forms",  # legal forms: 0 neither, 1 one side only, 2 in common, 3 they differ
    "bridge",  # code of rows.BRIDGES
    "weak",  # 1: the list itself calls the alias weak
)
COLUMN: Final = {name: at for at, name in enumerate(FEATURES)}

_FIRST_LETTER_LIKENESS: Final = 32 / 64
_ABBREVIATION_LIKENESS: Final = 48 / 64
_ABBREVIATION_LETTERS: Final = 3
_FIRST: Final = 48  # where the first letter is in the head of a word
_MET: Final = 0.5  # from here on two words count as met
_WELL_MET: Final = 0.9
_NEAR: Final = 0.6  # below this likeness of all letters nothing is made of what is left over
_NEARLY_ALL: Final = 0.7  # below this likeness slips are not counted
_SLIPS_MOST: Final = 9
_REST_ALIKE: Final = 0.7
_SLIPS_OF_BONES: Final = 4  # of more slips nobody asks which letters they are in
_SAID_AGAIN: Final = 31 / 64  # a word that a name has twice meets the same word once
_REST_SLIPPED: Final = 0.5  # what is left over and less alike was exchanged, not misspelt
_FATHERS_ALIKE: Final = 0.85  # fathers' names share their endings: from here on two are one with a slip
_CUT_LETTERS_MIN: Final = 6
_SLIPPED_LETTERS: Final = 9  # of a shorter name, and
_SLIPPED_WORD: Final = 5  # of a shorter word, one slip may make another
# So few slips over the whole name, with its legal form, account for the words that do not meet.
_SLIPS_EXPLAINED: Final = 3
_Side = tuple[Ints, Ints, Floats]  # pair, place and best likeness of each word of one side


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of words of K pairs of rows: each word of the one with each of the other."""

    pair: Ints
    query: Ints  # place among the words of the questions
    listed: Ints  # place among the words of the index
    likeness: Floats
    how: Ints


def align(pairs: Pairs, asked: Questions, index: Index) -> Alignment:
    """Lay the words of each pair side by side."""
    q_start, q_count = asked.rows.start[pairs.row], np.diff(asked.rows.start)[pairs.row]
    l_start = np.asarray(index.row_start)[pairs.listed]
    l_count = np.asarray(index.row_start)[pairs.listed + 1] - l_start
    q_at = spans(q_start, q_count)
    q_pair = np.repeat(np.arange(len(pairs.row)), q_count)
    across = l_count[q_pair]
    pair = np.repeat(q_pair, across)
    query = np.repeat(q_at, across)
    listed = spans(l_start[q_pair], across)
    likeness, how = _likeness(asked, index, asked.rows.word[query], index.row_word[listed])
    return Alignment(pair, query, listed, likeness, how)


def _likeness(asked: Questions, index: Index, mine: Ints, theirs: Ints) -> tuple[Floats, Ints]:
    """How alike words are: as looked up, else by a first letter or a beginning."""
    width = max(len(index.vocabulary.words), 1)
    known = np.repeat(np.arange(len(asked.rows.words)), np.diff(asked.close.start)) * width + asked.close.word
    likeness = np.zeros(len(mine))
    how = np.full(len(mine), NOTHING, dtype=np.int64)
    if len(known):
        key = mine * width + theirs
        at = np.minimum(np.searchsorted(known, key), len(known) - 1)
        there = known[at] == key
        likeness[there] = asked.close.likeness[at[there]]
        how[there] = asked.close.how[at[there]]
    rest = np.flatnonzero(likeness < _MET)
    (q_head, q_length), (l_head, l_length) = asked.head, index.word_head
    rest = rest[q_head[mine[rest]] >> _FIRST == l_head[theirs[rest]] >> _FIRST]
    q_long, l_long = q_length[mine[rest]], l_length[theirs[rest]]
    shorter = np.minimum(q_long, l_long)
    cut = 8 * (7 - np.minimum(shorter, 7))
    begins = (q_head[mine[rest]] >> cut == l_head[theirs[rest]] >> cut) & (q_long != l_long) & (shorter <= 7)
    single = begins & (shorter == 1)
    short = begins & (shorter >= _ABBREVIATION_LETTERS)
    q_words, l_words = asked.rows.words, index.vocabulary.words
    some = np.flatnonzero(short)
    # "Ivan" is not short for "Ivanov".
    short[some] = [
        not is_descent(max(q_words[one], l_words[other], key=len))
        for one, other in zip(mine[rest[some]].tolist(), theirs[rest[some]].tolist(), strict=True)
    ]
    likeness[rest[single]], how[rest[single]] = _FIRST_LETTER_LIKENESS, FIRST_LETTER
    likeness[rest[short]], how[rest[short]] = _ABBREVIATION_LIKENESS, ABBREVIATION
    _slips(asked, index, mine, theirs, likeness, how, np.flatnonzero(likeness < _MET))
    slips = np.flatnonzero((how == TYPO) & (likeness < _FATHERS_ALIKE))
    fathers = slips[
        [
            is_patronymic(q_words[one]) and is_patronymic(l_words[other])
            for one, other in zip(mine[slips].tolist(), theirs[slips].tolist(), strict=True)
        ]
    ]
    likeness[fathers], how[fathers] = 0.0, NOTHING
    return likeness, how


def _slips(asked: Questions, index: Index, mine: Ints, theirs: Ints, likeness: Floats, how: Ints, rest: Ints) -> None:
    """Compare words letter by letter that looking up did not bring together; each pair of words once."""
    (_, q_length), (_, l_length) = asked.head, index.word_head
    q_long, l_long = q_length[mine[rest]], l_length[theirs[rest]]
    longest = np.maximum(q_long, l_long)
    may = (
        (np.minimum(q_long, l_long) >= LETTERS_MIN - 1)
        & (longest >= LETTERS_MIN)
        & (longest <= 32)
        & (np.abs(q_long - l_long) * 10 <= longest * 3.4)
    )
    rest, longest = rest[may], longest[may]
    differing = np.bitwise_count(asked.letters[mine[rest]] ^ index.word_letters[theirs[rest]])
    rest = rest[differing <= np.where(longest < 6, 2, np.where(longest < 9, 4, 6))]
    words = max(len(index.vocabulary.words), 1)
    key, back = distinct(mine[rest] * words + theirs[rest])
    if not len(key):
        return
    a = [asked.rows.words[at] for at in (key // words).tolist()]
    b = [index.vocabulary.words[at] for at in (key % words).tolist()]
    alike = cpdist(a, b, scorer=OSA.normalized_similarity, dtype=np.float64)
    length = np.maximum(asked.head[1][key // words], index.word_head[1][key % words])
    alike = np.where(alike >= least_alike(length), np.round(alike * 64) / 64, 0.0)[back]
    better = alike > likeness[rest]
    likeness[rest[better]], how[rest[better]] = alike[better], TYPO


def weigh(pairs: Pairs, asked: Questions, index: Index) -> Floats:
    """The evidence: pairs x `FEATURES`. A pair's row hangs on nothing but the pair."""
    count = len(pairs.row)
    table = np.zeros((count, len(FEATURES)), order="F")  # it is filled and read by columns
    if not count:
        return table
    rows = asked.rows
    lined = align(pairs, asked, index)
    row_start = np.asarray(index.row_start)
    q_count = np.diff(rows.start)[pairs.row]
    l_first = row_start[pairs.listed]
    l_count = row_start[pairs.listed + 1] - l_first

    # Of each word of the query the listed word it comes closest to.
    across = np.repeat(l_count, q_count)
    q_begin = np.cumsum(across) - across
    q_best = np.maximum.reduceat(lined.likeness, q_begin)
    q_at = lined.query[q_begin]
    q_pair = lined.pair[q_begin]
    position = lined.listed - l_first[lined.pair]
    # Of each listed word the closest of the query: the same table, read by columns.
    q_first_of_pair = np.cumsum(q_count) - q_count
    total = q_count * l_count
    pair_begin = np.cumsum(total) - total
    l_pair = np.repeat(np.arange(count), l_count)
    l_at = spans(l_first, l_count)
    down = np.repeat(q_count, l_count)
    l_position = l_at - l_first[l_pair]
    step = l_count[l_pair]
    run = np.arange(int(down.sum()), dtype=np.int64) - np.repeat(np.cumsum(down) - down, down)
    crossed = np.repeat(pair_begin[l_pair] + l_position, down) + run * np.repeat(step, down)
    l_begin = np.cumsum(down) - down
    l_best = np.maximum.reduceat(lined.likeness[crossed], l_begin)
    # A word that meets its like letter by letter is nobody else's slip or short form: "San" in "Sanchao San" is San.
    again = np.flatnonzero(lined.likeness == 1)
    again = again[asked.occurrence[lined.query[again]] != index.word_occurrence[lined.listed[again]]]
    lined.likeness[again] = _SAID_AGAIN
    loose = np.flatnonzero((lined.likeness > 0) & (lined.likeness < 1) & (lined.how != VARIANT) & (lined.how != BONES))
    entry = np.repeat(np.arange(len(q_at)), across)[loose]
    l_entry = (np.cumsum(l_count) - l_count)[lined.pair[loose]] + position[loose]
    gone = loose[(q_best[entry] == 1) | (l_best[l_entry] == 1)]
    likeness = lined.likeness
    if len(gone) or len(again):
        likeness[gone] = 0.0
        q_best = np.maximum.reduceat(likeness, q_begin)
        l_best = np.maximum.reduceat(likeness[crossed], l_begin)
    hits = likeness >= np.repeat(q_best, across)
    q_position = np.minimum.reduceat(np.where(hits, position, np.int64(1 << 30)), q_begin)
    q_partner = l_first[q_pair] + q_position
    q_how = lined.how[q_begin + q_position]

    def per_query(values: Floats) -> Floats:
        return np.bincount(q_pair, weights=values, minlength=count).astype(np.float64)

    def per_listed(values: Floats) -> Floats:
        return np.bincount(l_pair, weights=values, minlength=count).astype(np.float64)

    l_weight = index.entry_weight[l_at]
    met = q_best >= _MET
    # A slip makes a common word a rare one: a word that met weighs no more than what it met.
    q_weight = np.where(met, np.minimum(asked.weight[q_at], index.entry_weight[q_partner]), asked.weight[q_at])
    l_met = l_best >= _MET
    table[:, COLUMN["bridge"]] = np.maximum(rows.bridge[pairs.row], np.asarray(index.row_bridge)[pairs.listed])
    straight = _whole(table, pairs, asked, index)
    _letters(table, pairs, asked, index, straight)
    same = (table[:, COLUMN["letters"]] == 1) | ((table[:, COLUMN["whole_slips"]] == 0) & (table[:, COLUMN["bridge"]] <= OTHER))
    # Letter by letter the same, however it is cut into words: every word has met.
    q_best, l_best = np.where(same[q_pair], 1.0, q_best), np.where(same[l_pair], 1.0, l_best)
    met, l_met = met | same[q_pair], l_met | same[l_pair]
    # A name cut off within a word lacks nothing that the listed one has.
    cut = table[:, COLUMN["cut"]] >= _CUT_LETTERS_MIN
    q_open, l_open = q_weight * (1 - np.where(cut[q_pair], 1.0, q_best)), l_weight * (1 - l_best)
    rest, rest_alike = _rest(table, asked, index, (q_pair, q_at, q_best), (l_pair, l_at, l_best), count)
    table[:, COLUMN["rest"]] = rest
    q_kind, l_kind = rows.kind[q_at], index.row_word_kind[l_at]
    q_plain, l_plain = (q_kind == PLAIN) | (q_kind == FATHER), (l_kind == PLAIN) | (l_kind == FATHER)
    slipped = np.where(rest_alike >= _REST_SLIPPED, _slipped(table), 0.0)
    # A slip in a number makes another number.
    q_open = q_open * (1 - np.maximum(rest[q_pair], np.where(q_kind == NUMBER, 0.0, slipped[q_pair])))
    l_open = l_open * (1 - np.maximum(rest[l_pair], np.where(l_kind == NUMBER, 0.0, slipped[l_pair])))

    l_start_of_pair = np.cumsum(l_count) - l_count
    q_sum, l_sum = per_query(q_weight), per_listed(l_weight)
    q_lacking, l_lacking = per_query(q_open), per_listed(l_open)
    table[:, COLUMN["query_covered"]] = 1 - q_lacking / np.maximum(q_sum, 1e-9)
    table[:, COLUMN["list_covered"]] = 1 - l_lacking / np.maximum(l_sum, 1e-9)
    table[:, COLUMN["query_lacking"]] = q_lacking
    table[:, COLUMN["list_lacking"]] = l_lacking
    table[:, COLUMN["exchanged"]] = np.minimum(q_lacking, l_lacking)
    table[:, COLUMN["query_lacking_most"]] = np.maximum.reduceat(q_open, q_first_of_pair)
    table[:, COLUMN["list_lacking_most"]] = np.maximum.reduceat(l_open, l_start_of_pair)
    table[:, COLUMN["shared"]] = np.where(same, l_sum, np.minimum(q_sum - q_lacking, l_sum - l_lacking))
    exact = np.minimum(per_query(q_weight * (q_best == 1)), per_listed(l_weight * (l_best == 1)))
    table[:, COLUMN["exact"]] = np.where(same, l_sum, exact)
    table[:, COLUMN["query_rarest"]] = _rarest(asked.weight[q_at], q_best, q_pair, q_first_of_pair)
    table[:, COLUMN["list_rarest"]] = _rarest(l_weight, l_best, l_pair, l_start_of_pair)
    table[:, COLUMN["list_first"]] = l_best[l_start_of_pair]
    table[:, COLUMN["list_last"]] = l_best[l_start_of_pair + l_count - 1]
    table[:, COLUMN["query_first"]] = q_best[q_first_of_pair]
    table[:, COLUMN["query_last"]] = q_best[q_first_of_pair + q_count - 1]
    table[:, COLUMN["inexact"]] = per_query((met & (q_best < 1)).astype(np.float64))
    single = met & (q_best == _FIRST_LETTER_LIKENESS)
    table[:, COLUMN["initials"]] = per_query(single.astype(np.float64))
    table[:, COLUMN["turns"]], table[:, COLUMN["twists"]] = _turns(q_pair, q_position, met, count)
    known = np.where(q_plain, _commonness(asked, index)[rows.word[q_at]], 0.0)
    as_slip = (q_best < 1) & np.where(met, q_how == TYPO, slipped[q_pair] > 0)
    table[:, COLUMN["known_slip"]] = np.maximum.reduceat(np.where(as_slip, known, 0.0), q_first_of_pair)
    table[:, COLUMN["known_lacking"]] = np.maximum.reduceat(np.where(met, 0.0, known), q_first_of_pair)
    table[:, COLUMN["query_words"]] = q_count
    table[:, COLUMN["list_words"]] = l_count
    l_plain_shared = per_listed((l_weight - l_open) * l_plain)
    table[:, COLUMN["shared_plain"]] = np.where(
        same, l_plain_shared, np.minimum(per_query((q_weight - q_open) * q_plain), l_plain_shared)
    )
    table[:, COLUMN["query_plain_lacking"]] = np.maximum.reduceat(np.where(q_plain, q_open, 0.0), q_first_of_pair)
    table[:, COLUMN["list_plain_lacking"]] = np.maximum.reduceat(np.where(l_plain, l_open, 0.0), l_start_of_pair)
    table[:, COLUMN["plain_shared"]] = per_query((q_plain & (q_best >= 0.7)).astype(np.float64))
    table[:, COLUMN["plain_exchanged"]] = np.minimum(
        per_query((q_plain & ~met).astype(np.float64)), per_listed((l_plain & ~l_met).astype(np.float64))
    )
    table[:, COLUMN["numbers"]] = _numbers(
        per_query(((q_kind == NUMBER) & (q_best == 1)).astype(np.float64)),
        per_query(((q_kind == NUMBER) & (q_best < 1)).astype(np.float64)),
        per_listed(((l_kind == NUMBER) & (l_best < 1)).astype(np.float64)),
    )
    table[:, COLUMN["places"]] = (per_query(((q_kind == PLACE) & ~met).astype(np.float64)) > 0) & (
        per_listed(((l_kind == PLACE) & ~l_met).astype(np.float64)) > 0
    )
    q_forms, l_forms = asked.forms[pairs.row], np.asarray(index.row_forms)[pairs.listed]
    one_sided = (q_forms != 0) ^ (l_forms != 0)
    fathers = np.flatnonzero((rows.kind[lined.query] == FATHER) & (index.row_word_kind[lined.listed] == FATHER))
    father = np.full(count, -1.0)
    np.maximum.at(father, lined.pair[fathers], likeness[fathers])
    table[:, COLUMN["fathers"]] = np.where(father < 0, 0, np.where(father >= _MET, 1, 2))
    table[:, COLUMN["signs"]] = _signs(pairs, asked, index)
    near = np.flatnonzero(met & (q_best < 1) & (q_how != FIRST_LETTER))
    words, others = rows.word[q_at[near]].tolist(), index.row_word[q_partner[near]].tolist()
    apart = [
        gender_of(rows.words[one]) * gender_of(index.vocabulary.words[other]) < 0 for one, other in zip(words, others, strict=True)
    ]
    table[q_pair[near[apart]], COLUMN["genders"]] = 1
    table[:, COLUMN["forms"]] = np.where((q_forms & l_forms) != 0, 2, np.where(one_sided, 1, np.where(q_forms != 0, 3, 0)))
    table[:, COLUMN["sameness"]] = _sameness(table)
    table[:, COLUMN["wholly"]] = _wholly(table, straight, q_forms == l_forms)
    kinds = np.asarray(index.name_kind)[np.asarray(index.row_name)[pairs.listed]]
    table[:, COLUMN["weak"]] = kinds == NAME_KINDS.index(NameKind.WEAK)
    return table


def _rest(table: Floats, asked: Questions, index: Index, mine: _Side, theirs: _Side, count: int) -> tuple[Floats, Floats]:
    """How alike the words left over are when run together: a word written in two, two in one, in steps of 1/64.

    Gives it as far as that is much, and as it is: 1 where nothing is left over on one side, since there is nothing to compare.
    """
    rest, plain = np.zeros(count), np.ones(count)
    slips = np.full(count, _SLIPS_MOST)
    letters = np.zeros(count)
    near = table[:, COLUMN["letters_sorted"]] >= _NEAR
    left: list[dict[int, str]] = []
    for (pair, at, best), number, words in (
        (mine, asked.rows.word, asked.rows.words),
        (theirs, index.row_word, index.vocabulary.words),
    ):
        chosen = near[pair] & (best < _WELL_MET)
        runs: dict[int, str] = {}
        for one, word in zip(pair[chosen].tolist(), number[at[chosen]].tolist(), strict=True):
            runs[one] = runs.get(one, "") + words[word]
        left.append(runs)
    # No more slips can be left over than there are in all.
    whole = np.where(table[:, COLUMN["bridge"]] <= OTHER, table[:, COLUMN["whole_slips"]], _SLIPS_MOST)
    slips[near] = 0
    for one, other in (left, left[::-1]):
        alone = [pair for pair in one if pair not in other]
        letters[alone] = slips[alone] = [len(one[pair]) for pair in alone]
    slips = np.minimum(slips, whole)
    both = [one for one in left[0] if one in left[1]]
    if both:
        texts = [left[0][one] for one in both], [left[1][one] for one in both]
        found = cpdist(*texts, scorer=OSA.distance, dtype=np.int32)
        slips[both] = np.minimum(found, whole[both])
        lengths = np.asarray([list(map(len, text)) for text in texts])
        long, short = lengths.max(axis=0), lengths.min(axis=0)
        letters[both] = long
        alike = np.round((1 - slips[both] / long) * 64) / 64
        plain[both] = alike
        alike = np.round((1 - found / long) * 64) / 64
        rest[both] = np.where((alike >= _REST_ALIKE) & (short >= LETTERS_MIN), alike, 0.0)
        few = np.asarray(both)[found <= _SLIPS_OF_BONES]
        table[both, COLUMN["rest_bones"]] = _SLIPS_MOST
        table[few, COLUMN["rest_bones"]] = _bones_apart(few, asked, index, mine, theirs, count)
    table[~near, COLUMN["rest_bones"]] = _SLIPS_MOST
    table[:, COLUMN["rest_slips"]] = np.minimum(slips, _SLIPS_MOST)
    table[:, COLUMN["rest_letters"]] = letters
    return rest, plain


def _bones_apart(few: Ints, asked: Questions, index: Index, mine: _Side, theirs: _Side, count: int) -> Floats:
    """Slips among the consonants of what is left over of a few pairs: vowels change from one romanisation to the next."""
    asked_for = np.zeros(count, dtype=bool)
    asked_for[few] = True
    runs: list[dict[int, str]] = []
    for (pair, at, best), number, words in (
        (mine, asked.rows.word, asked.rows.words),
        (theirs, index.row_word, index.vocabulary.words),
    ):
        chosen = asked_for[pair] & (best < _WELL_MET)
        run: dict[int, str] = {}
        for one, word in zip(pair[chosen].tolist(), number[at[chosen]].tolist(), strict=True):
            text = words[word]
            run[one] = run.get(one, "") + (bones_of(text) or text)
        runs.append(run)
    texts = [[run[one] for one in few.tolist()] for run in runs]
    return np.asarray(cpdist(*texts, scorer=OSA.distance, dtype=np.float64)) if len(few) else np.zeros(0)


def _signs(pairs: Pairs, asked: Questions, index: Index) -> Floats:
    """How many signs differ of two Chinese names that met by their sound or sense: who writes them knows which sign is meant."""
    signs = np.zeros(len(pairs.row))
    mine, theirs = asked.sign_row[asked.rows.owner[pairs.row]], index.sign_row[index.row_name[pairs.listed]]
    both = np.flatnonzero((mine >= 0) & (theirs >= 0) & (mine != pairs.row))
    if len(both):
        texts = [asked.rows.joined[at] for at in mine[both].tolist()], index.joined_texts[theirs[both]].tolist()
        signs[both] = 1 + np.minimum(cpdist(*texts, scorer=OSA.distance, dtype=np.int32), _SLIPS_MOST)
    return signs


def _commonness(asked: Questions, index: Index) -> Floats:
    """How much more often than never each distinct word of the batch stands among the names counted, in nats."""
    counted = (asked.place >= 0) & (asked.place < index.vocabulary.counted)
    return np.where(counted, index.weight_unknown - index.word_weight[np.where(counted, asked.place, 0)], 0.0)


def _sameness(table: Floats) -> Floats:
    """How far two names are the same but for their legal forms."""
    forms, bridge = table[:, COLUMN["forms"]], table[:, COLUMN["bridge"]]
    same = np.where(forms == 3, 1.0, np.where(forms == 1, 2.0, 3.0))
    same = np.where((table[:, COLUMN["whole_slips"]] == 0) & (bridge <= OTHER), 4.0, same)
    # Of a name written by its sound in another script, the letters are a guess among several.
    sure = (bridge <= OTHER) | (bridge == PINYIN) | (bridge == HAN)
    return np.where(sure & (table[:, COLUMN["letters_sorted"]] == 1), same, 0.0)


def _wholly(table: Floats, straight: Ints, same_forms: np.ndarray) -> Floats:
    """Whether all that is written is the same in its order, or nearly so: case, spaces and points aside, letter for letter."""
    slips, bridge = straight, table[:, COLUMN["bridge"]]
    letters = bridge <= OTHER
    # Two names in signs are not the same for sounding alike in Japanese.
    same = (slips == 0) & (letters | ((bridge == HAN) & same_forms)) & (table[:, COLUMN["signs"]] <= 1)
    slip = (slips == 1) & letters & (table[:, COLUMN["whole_letters"]] >= _SLIPPED_LETTERS) & same_forms
    slip &= table[:, COLUMN["rest_letters"]] >= _SLIPPED_WORD
    for against in ("known_slip", "known_lacking", "genders", "initials"):
        slip &= table[:, COLUMN[against]] == 0
    slip &= (table[:, COLUMN["numbers"]] <= 1) & (table[:, COLUMN["fathers"]] <= 1)
    return np.where(same, 2.0, np.where(slip, 1.0, 0.0))


def _whole(table: Floats, pairs: Pairs, asked: Questions, index: Index) -> Ints:
    """Count slips over all that is written, legal forms included: innocent names that differ by one or two are rare.

    Gives the slips in the order of words as it stands, however many.
    """
    mine, theirs = asked.rows.whole, index.whole_texts[pairs.listed].tolist()
    row = pairs.row.tolist()
    straight = cpdist([mine[at] for at in row], theirs, scorer=OSA.distance, dtype=np.int32)
    slips = straight.copy()
    turned = np.flatnonzero(slips > 0)
    if len(turned):
        bags, others = asked.rows.bag, index.bag_texts[pairs.listed[turned]].tolist()
        found = cpdist(
            [bags[row[at]] for at in turned.tolist()], others, scorer=OSA.distance, score_cutoff=_SLIPS_MOST - 1, dtype=np.int32
        )
        slips[turned] = np.minimum(slips[turned], found)
    long = np.asarray([len(text) for text in mine], dtype=np.int64)[pairs.row]
    cut = np.flatnonzero([other.startswith(mine[at]) for at, other in zip(row, theirs, strict=True)])
    joined = np.asarray([len(text) for text in asked.rows.joined], dtype=np.int64)
    table[cut, COLUMN["begins"]] = table[cut, COLUMN["cut"]] = joined[pairs.row[cut]]
    table[:, COLUMN["whole_slips"]] = np.minimum(slips, _SLIPS_MOST)
    table[:, COLUMN["whole_letters"]] = np.maximum(long, index.whole_length[pairs.listed])
    return straight.astype(np.int64)


def _slipped(table: Floats) -> Floats:
    """How far a few slips account for words that do not meet, in steps of 1/64; across scripts they account for nothing."""
    slips = table[:, COLUMN["whole_slips"]]
    share = 1 - 2 * slips / np.maximum(table[:, COLUMN["whole_letters"]], 1)
    few = (slips <= _SLIPS_EXPLAINED) & (table[:, COLUMN["bridge"]] <= OTHER)
    return np.where(few, np.round(np.maximum(share, 0.0) * 64) / 64, 0.0)


def _rarest(weight: Floats, best: Floats, pair: Ints, start: Ints) -> Floats:
    """How close the heaviest word comes; of several equally heavy ones the worst."""
    heaviest = np.maximum.reduceat(weight, start)[pair]
    return np.minimum.reduceat(np.where(weight == heaviest, best, 2.0), start)


def _turns(pair: Ints, position: Ints, met: np.ndarray, count: int) -> tuple[Floats, Floats]:
    """How often the words that meet go back, and how often beyond the once that a name begun at another word does."""
    at, where = pair[met], position[met]
    if not len(at):
        return np.zeros(count), np.zeros(count)
    same = at[1:] == at[:-1]
    turns = np.bincount(at[1:][same & (where[1:] < where[:-1])], minlength=count).astype(np.float64)
    begin = np.flatnonzero(np.concatenate([[True], ~same]))
    end = np.concatenate([begin[1:], [len(at)]]) - 1
    around = turns.copy()
    around[at[begin]] += where[begin] < where[end]
    return turns, np.maximum(around - 1, 0.0)


def _numbers(same: Floats, more: Floats, theirs: Floats) -> Floats:
    differ = (more > 0) & (theirs > 0)
    one_sided = (more > 0) | (theirs > 0)
    return np.where(differ, 3.0, np.where(one_sided, 2.0, np.where(same > 0, 1.0, 0.0)))


def _letters(table: Floats, pairs: Pairs, asked: Questions, index: Index, whole: Ints) -> None:
    mine = [asked.rows.joined[at] for at in pairs.row.tolist()]
    theirs = index.joined_texts[pairs.listed].tolist()
    q_long = np.asarray([len(text) for text in asked.rows.joined], dtype=np.int64)[pairs.row]
    l_long = index.joined_length[pairs.listed]
    slips = cpdist(mine, theirs, scorer=OSA.distance, dtype=np.int32)
    begins = np.flatnonzero(slips == np.abs(q_long - l_long))
    shorter = [
        min(len(mine[at]), len(theirs[at])) if mine[at].startswith(theirs[at]) or theirs[at].startswith(mine[at]) else 0
        for at in begins.tolist()
    ]
    table[begins, COLUMN["begins"]] = np.maximum(shorter, table[begins, COLUMN["cut"]])
    # Slips are counted over all letters or over all but the legal forms, whichever are fewer, and measured by the latter: so
    # a slip inside a legal form stays one slip, and a long form shared by two names does not make them alike.
    slips = np.minimum(slips, whole)
    straight = 1 - np.minimum(slips / np.maximum(np.maximum(q_long, l_long), 1), 1.0)
    mine_sorted = [asked.rows.sorted[at] for at in pairs.row.tolist()]
    theirs_sorted = index.sorted_texts[pairs.listed].tolist()
    ordered = cpdist(mine_sorted, theirs_sorted, scorer=fuzz.ratio, dtype=np.float64) / 100
    alike = np.flatnonzero(ordered >= _NEARLY_ALL)
    if len(alike):
        turned = cpdist([mine_sorted[at] for at in alike], [theirs_sorted[at] for at in alike], scorer=OSA.distance, dtype=np.int32)
        slips[alike] = np.minimum(slips[alike], turned)
    table[:, COLUMN["slips"]] = np.where(np.maximum(ordered, straight) >= _NEARLY_ALL, np.minimum(slips, _SLIPS_MOST), _SLIPS_MOST)
    table[:, COLUMN["letters"]] = straight
    table[:, COLUMN["letters_sorted"]] = np.maximum(ordered, straight)
