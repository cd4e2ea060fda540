"""The names of listed parties laid out for looking up: arrays and nothing else, so that they can be kept and mapped.

An index is built from parties in the order given and is the same bytes whenever they are. What listings mean is not in it: a hit
names its party, and who asks joins what the list says of it.

How common words and pieces are is counted once, on the parties of some editions. A later edition is laid out behind these: the
counts stand, the parties counted keep their places whether they are still listed or not, and those that came since follow. So
what is said of a name and a party, and whether they are looked at together, is the same in every edition behind one count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from greenlane.screen.closeness import Vocabulary
from greenlane.screen.grams import GRAMS, gram_table, rarity
from greenlane.screen.names import read_name
from greenlane.screen.rows import INITIAL, PLACE, REMNANT, Floats, Ints, columns_of, lay_out, occurrences, sign_rows
from greenlane.terms.listed import Identifier, ListedParty, NameKind, PartyKind

#: Raised whenever arrays of an older form can no longer be read.
FORMAT: Final = 3

KINDS: Final = tuple(PartyKind)
NAME_KINDS: Final = tuple(NameKind)
_INITIAL_MOST: Final = 3.0  # nats: a single letter says little, however rare it is
_REMNANT_MOST: Final = 0.5  # nats
_PLACE_SHARE: Final = 0.75  # where somebody is says less than who it is
_FORMS_MOST: Final = 61  # classes of legal form with a bit of their own
_BETWEEN: Final = "\x1f"
_INDEX_HINT: Final = "build the index again"


@dataclass(frozen=True, eq=False)
class Index:
    """P parties, N distinct names of theirs, R rows (readings), V words.

    `words`: V x R, 1 / sqrt(weight of the row) where the row has the word. `grams`: GRAMS x R.
    """

    party_id: tuple[str, ...]
    party_list: tuple[str, ...]
    party_kind: Ints
    party_facts: tuple[str, ...]  # countries, birth dates, identifiers, addresses: see `facts_of`
    party_sha256: tuple[str, ...]
    party_here: np.ndarray  # P: whether it is in the edition; else it was in those counted, as it is here
    counted: int  # how many of the parties were counted
    listing_party: Ints
    listing_days: Ints  # listings x (start, end, known since, end known since), as ordinals, 0 where none
    name_text: tuple[str, ...]
    name_kind: Ints
    name_party: Ints
    row_name: Ints
    row_bridge: Ints
    row_forms: Ints
    row_start: Ints
    row_word: Ints
    row_word_kind: Ints
    row_joined: tuple[str, ...]
    row_whole: tuple[str, ...]
    row_bag: tuple[str, ...]
    row_sorted: tuple[str, ...]
    form_classes: tuple[str, ...]
    vocabulary: Vocabulary
    word_count: Ints
    words: csr_matrix
    grams: csr_matrix
    gram_weight: Floats
    version: str  # digest of the parties that are here
    statistics: str  # of those that were counted

    @staticmethod
    def build(parties: Iterable[ListedParty], *, after: Index | None = None) -> Index:
        """Lay out the parties; of a name that a party has twice the first counts.

        With `after`, an index that was counted on its own parties: count nothing, and lay out behind them those that are not there.
        """
        ordered = [(_sha256_of(party), party) for party in parties]
        version = sha256("".join(digest for digest, _ in ordered).encode()).hexdigest()
        if after is None:
            return _laid_out(ordered, version=version)
        digests = {digest for digest, _ in ordered}
        known = set(after.party_sha256)
        here = np.asarray([digest in digests for digest in after.party_sha256], dtype=bool)
        return _behind(after, sorted((one for one in ordered if one[0] not in known), key=lambda one: one[1].id), here, version)

    @cached_property
    def row_party(self) -> Ints:
        """R: whose row it is."""
        return self.name_party[self.row_name]

    @cached_property
    def counted_names(self) -> int:
        """Among how many names words were counted."""
        return int(np.searchsorted(self.name_party, self.counted))

    @cached_property
    def counted_rows(self) -> int:
        """How many of the rows are those of the names counted."""
        return int(np.searchsorted(self.row_name, self.counted_names))

    @cached_property
    def tables(self) -> tuple[csr_matrix, csr_matrix, csr_matrix, csr_matrix]:
        """`words` and `grams` of the rows counted, and of those that came later."""
        if self.counted_rows == len(self.row_name):
            nothing = np.zeros(0, dtype=np.int64)
            return self.words, self.grams, self.words[:, nothing], self.grams[:, nothing]
        first, later = slice(0, self.counted_rows), slice(self.counted_rows, None)
        return self.words[:, first], self.grams[:, first], self.words[:, later], self.grams[:, later]

    @cached_property
    def word_weight(self) -> Floats:
        """V: how much it says to share the word, in nats."""
        return rarity(self.word_count, self.counted_names)

    @cached_property
    def weight_unknown(self) -> float:
        """How much a word says that no listed name has."""
        return float(rarity(np.zeros(1, dtype=np.int64), self.counted_names)[0])

    @cached_property
    def entry_weight(self) -> Floats:
        """W: the weight of each word of each row, by its kind there."""
        return weight_of(self.word_weight[self.row_word], self.row_word_kind)

    @cached_property
    def word_head(self) -> tuple[Ints, Ints]:
        """V: first letters of each word, and how many letters it has: see `heads_of`."""
        return heads_of(self.vocabulary.words)

    @cached_property
    def word_letters(self) -> Ints:
        """V: which letters each word has: see `letters_of`."""
        return letters_of(self.vocabulary.words)

    @cached_property
    def word_occurrence(self) -> Ints:
        """W: see `occurrences`."""
        return occurrences(self.row_start, self.row_word)

    @cached_property
    def sign_row(self) -> Ints:
        """N: see `sign_rows`."""
        return sign_rows(self.row_name, self.row_bridge, len(self.name_text))

    @cached_property
    def parties(self) -> Mapping[str, int]:
        """Where a party that is here stands, by its id."""
        return {one: at for at, one in enumerate(self.party_id) if self.party_here[at]}

    @cached_property
    def _identified(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for at, facts in enumerate(self.party_facts):
            for key in facts.split("\t")[2].split(_BETWEEN) if facts.strip() and self.party_here[at] else ():
                if key:
                    found.setdefault(key, []).append(at)
        return {key: tuple(places) for key, places in found.items()}

    def identified_by(self, identifier: Identifier) -> tuple[int, ...]:
        """The parties a list gives this very number to."""
        return self._identified.get(identifier_key(identifier), ())

    @cached_property
    def joined_texts(self) -> np.ndarray:
        """R: `row_joined` as objects, to be picked from many at a time."""
        return np.asarray(self.row_joined, dtype=object)

    @cached_property
    def joined_length(self) -> Ints:
        """R: letters of `row_joined`."""
        return np.fromiter(map(len, self.row_joined), dtype=np.int64, count=len(self.row_joined))

    @cached_property
    def whole_length(self) -> Ints:
        """R: letters of `row_whole`."""
        return np.fromiter(map(len, self.row_whole), dtype=np.int64, count=len(self.row_whole))

    @cached_property
    def whole_texts(self) -> np.ndarray:
        """R: `row_whole` as objects."""
        return np.asarray(self.row_whole, dtype=object)

    @cached_property
    def bag_texts(self) -> np.ndarray:
        """R: `row_bag` as objects."""
        return np.asarray(self.row_bag, dtype=object)

    @cached_property
    def sorted_texts(self) -> np.ndarray:
        """R: `row_sorted` as objects."""
        return np.asarray(self.row_sorted, dtype=object)

    @cached_property
    def rows_written(self) -> Mapping[str, tuple[int, ...]]:
        """The rows by all that is written in them, legal forms included, the words in order of the alphabet."""
        found: dict[str, list[int]] = {}
        for row, text in enumerate(self.row_bag):
            found.setdefault(text, []).append(row)
        return {text: tuple(rows) for text, rows in found.items()}

    @cached_property
    def party_rows(self) -> tuple[Ints, Ints]:
        """Where the rows of each party begin among all rows ordered by party, and those rows."""
        order = np.argsort(self.row_party, kind="stable")
        start = np.zeros(len(self.party_id) + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.row_party, minlength=len(self.party_id)), out=start[1:])
        return start, order

    def facts(self, party: int) -> tuple[frozenset[str], frozenset[str], frozenset[str], tuple[str, ...]]:
        """Countries, birth dates, identifier keys and addresses of a party."""
        countries, born, identifiers, addresses = (
            tuple(one for one in part.split(_BETWEEN) if one) for part in self.party_facts[party].split("\t")
        )
        return frozenset(countries), frozenset(born), frozenset(identifiers), addresses

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything the index is, as arrays with names: texts as UTF-8 bytes with a line feed after each."""
        texts = {
            "party_id": self.party_id,
            "party_list": self.party_list,
            "party_facts": self.party_facts,
            "party_sha256": self.party_sha256,
            "name_text": self.name_text,
            "row_joined": self.row_joined,
            "row_whole": self.row_whole,
            "row_bag": self.row_bag,
            "row_sorted": self.row_sorted,
            "form_classes": self.form_classes,
            "word": self.vocabulary.words,
            "sound": self.vocabulary.sounds,
            "skeleton": self.vocabulary.skeletons,
            "version": (str(FORMAT), self.version, self.statistics),
        }
        small = {
            "party_kind": self.party_kind,
            "party_here": self.party_here,
            "counted": np.asarray([self.counted, self.vocabulary.counted], dtype=np.int64),
            "listing_party": self.listing_party,
            "listing_days": self.listing_days,
            "name_kind": self.name_kind,
            "name_party": self.name_party,
            "row_name": self.row_name,
            "row_bridge": self.row_bridge,
            "row_forms": self.row_forms,
            "row_start": self.row_start,
            "row_word": self.row_word,
            "row_word_kind": self.row_word_kind,
            "word_sound": self.vocabulary.sound,
            "word_bones": self.vocabulary.bones,
            "word_count": self.word_count,
            "gram_weight": self.gram_weight,
            "word_gram_weight": self.vocabulary.gram_weight,
        }
        tables = {"words": self.words, "grams": self.grams, "word_grams": self.vocabulary.grams}
        return (
            {f"text.{name}": _pack(lines) for name, lines in texts.items()}
            | small
            | {f"{name}.{part}": getattr(table, part) for name, table in tables.items() for part in ("data", "indices", "indptr")}
        )

    @staticmethod
    def from_arrays(arrays: Mapping[str, np.ndarray]) -> Index:
        """The index that `arrays` came from; nothing is written to them.

        Map them copy-on-write (`mmap_mode="c"`): the sparse product takes no arrays marked read-only, so those are copied.

        Raises:
            ValueError: the arrays are of another format, or one is missing.
        """
        missing = sorted({"text.version", "words.data"} - arrays.keys())
        if missing:
            raise ValueError(f"no array {missing[0]}: {_INDEX_HINT}")
        form, *versions = _unpack(arrays["text.version"])
        if form != str(FORMAT):
            raise ValueError(f"an index of format {form}, not {FORMAT}: {_INDEX_HINT}")
        version, statistics = versions

        def table(name: str, rows: int, columns: int) -> csr_matrix:
            parts = tuple(np.require(arrays[f"{name}.{part}"], requirements=["C", "W"]) for part in ("data", "indices", "indptr"))
            return csr_matrix(parts, shape=(rows, columns), copy=False)

        words = _unpack(arrays["text.word"])
        rows = len(arrays["row_name"])
        return Index(
            party_id=_unpack(arrays["text.party_id"]),
            party_list=_unpack(arrays["text.party_list"]),
            party_kind=arrays["party_kind"],
            party_facts=_unpack(arrays["text.party_facts"]),
            party_sha256=_unpack(arrays["text.party_sha256"]),
            party_here=arrays["party_here"],
            counted=int(arrays["counted"][0]),
            listing_party=arrays["listing_party"],
            listing_days=arrays["listing_days"],
            name_text=_unpack(arrays["text.name_text"]),
            name_kind=arrays["name_kind"],
            name_party=arrays["name_party"],
            row_name=arrays["row_name"],
            row_bridge=arrays["row_bridge"],
            row_forms=arrays["row_forms"],
            row_start=arrays["row_start"],
            row_word=arrays["row_word"],
            row_word_kind=arrays["row_word_kind"],
            row_joined=_unpack(arrays["text.row_joined"]),
            row_whole=_unpack(arrays["text.row_whole"]),
            row_bag=_unpack(arrays["text.row_bag"]),
            row_sorted=_unpack(arrays["text.row_sorted"]),
            form_classes=_unpack(arrays["text.form_classes"]),
            vocabulary=Vocabulary(
                words=words,
                counted=int(arrays["counted"][1]),
                sound=arrays["word_sound"],
                bones=arrays["word_bones"],
                sounds=_unpack(arrays["text.sound"]),
                skeletons=_unpack(arrays["text.skeleton"]),
                grams=table("word_grams", GRAMS, len(words)),
                gram_weight=arrays["word_gram_weight"],
            ),
            word_count=arrays["word_count"],
            words=table("words", len(words), rows),
            grams=table("grams", GRAMS, rows),
            gram_weight=arrays["gram_weight"],
            version=version,
            statistics=statistics,
        )


def _sha256_of(party: ListedParty) -> str:
    told = (party.id, party.list, party.kind.value, facts_of(party), party.names, party.listings)
    return sha256(repr(told).encode()).hexdigest()


def _laid_out(ordered: Sequence[tuple[str, ListedParty]], *, version: str, after: Index | None = None) -> Index:
    """An index of these parties alone; `after` gives the counts and the words that are known."""
    party_id: list[str] = []
    party_list: list[str] = []
    party_kind: list[int] = []
    party_facts: list[str] = []
    listing_party: list[int] = []
    listing_days: list[tuple[int, int, int, int]] = []
    texts: list[str] = []
    name_kind: list[int] = []
    name_party: list[int] = []
    for at, (_, party) in enumerate(ordered):
        party_id.append(party.id)
        party_list.append(party.list)
        party_kind.append(KINDS.index(party.kind))
        party_facts.append(facts_of(party))
        for one in party.listings:
            days = (one.start, one.end, one.known_since, one.end_known_since)
            listing_party.append(at)
            listing_days.append(tuple(day.toordinal() if day else 0 for day in days))  # type: ignore[arg-type]
        for name in {one.text: one for one in reversed(party.names)}.values():
            texts.append(_one_line(name.text))
            name_kind.append(NAME_KINDS.index(name.kind))
            name_party.append(at)
    laid = lay_out([read_name(text) for text in texts])
    known = after.vocabulary.number if after else {}
    fresh: dict[str, tuple[str, str]] = {}
    for text, sound, bones in zip(laid.words, laid.sounds, laid.bones, strict=True):
        if text not in known and (text not in fresh or (bones and not fresh[text][1])):
            fresh[text] = (sound, bones)  # as where it is a plain word: elsewhere it has no bones
    new_words = sorted(fresh)
    vocabulary = Vocabulary.build(
        new_words,
        [fresh[text][0] for text in new_words],
        [fresh[text][1] for text in new_words],
        after=after.vocabulary if after else None,
    )
    width, rows = max(len(vocabulary.words), 1), max(len(laid.owner), 1)
    word = np.asarray([vocabulary.number[text] for text in laid.words], dtype=np.int64)[laid.word]
    row = np.repeat(np.arange(len(laid.owner)), np.diff(laid.start))
    if after is None:
        count = np.bincount(np.unique(laid.owner[row] * width + word) % width, minlength=len(vocabulary.words))
        rare = rarity(count, len(texts))
    else:
        count = np.concatenate([after.word_count, np.zeros(len(new_words), dtype=np.int64)])
        rare = rarity(count, after.counted_names)
    classes = after.form_classes if after else ()
    classes += tuple(sorted({form for forms in laid.forms for form in forms} - set(classes)))
    weight = weight_of(rare[word], laid.kind)
    mass = np.bincount(row, weights=weight, minlength=len(laid.owner))
    pairs = np.unique(word * rows + row)
    of_row = pairs % rows
    words = csr_matrix(
        (np.round(2**20 / np.sqrt(mass[of_row])) / 2**20, (pairs // rows, of_row)),
        shape=(len(vocabulary.words), len(laid.owner)),
    )
    grams, gram_weight = gram_table(laid.joined, after.gram_weight if after else None)
    return Index(
        party_id=tuple(party_id),
        party_list=tuple(party_list),
        party_kind=np.asarray(party_kind, dtype=np.int64),
        party_facts=tuple(party_facts),
        party_sha256=tuple(digest for digest, _ in ordered),
        party_here=np.ones(len(ordered), dtype=bool),
        counted=len(ordered),
        listing_party=np.asarray(listing_party, dtype=np.int64),
        listing_days=np.asarray(listing_days, dtype=np.int64).reshape(-1, 4),
        name_text=tuple(texts),
        name_kind=np.asarray(name_kind, dtype=np.int64),
        name_party=np.asarray(name_party, dtype=np.int64),
        row_name=laid.owner,
        row_bridge=laid.bridge,
        row_forms=form_bits(laid.forms, classes),
        row_start=laid.start,
        row_word=word,
        row_word_kind=laid.kind,
        row_joined=tuple(laid.joined),
        row_whole=tuple(laid.whole),
        row_bag=tuple(laid.bag),
        row_sorted=tuple(laid.sorted),
        form_classes=classes,
        vocabulary=vocabulary,
        word_count=count,
        words=words,
        grams=grams,
        gram_weight=gram_weight,
        version=version,
        statistics=after.statistics if after else version,
    )


def _behind(first: Index, later: Sequence[tuple[str, ListedParty]], here: np.ndarray, version: str) -> Index:
    """The parties counted, those of them marked that are `here`, and behind them those that came later."""
    more = _laid_out(later, version=version, after=first)
    parties, names = len(first.party_id), len(first.name_text)
    no_words = csr_matrix((len(more.vocabulary.words) - len(first.vocabulary.words), len(first.row_name)))
    return replace(
        more,
        party_id=first.party_id + more.party_id,
        party_list=first.party_list + more.party_list,
        party_kind=np.concatenate([first.party_kind, more.party_kind]),
        party_facts=first.party_facts + more.party_facts,
        party_sha256=first.party_sha256 + more.party_sha256,
        party_here=np.concatenate([here, more.party_here]),
        counted=parties,
        listing_party=np.concatenate([first.listing_party, more.listing_party + parties]),
        listing_days=np.concatenate([first.listing_days, more.listing_days]),
        name_text=first.name_text + more.name_text,
        name_kind=np.concatenate([first.name_kind, more.name_kind]),
        name_party=np.concatenate([first.name_party, more.name_party + parties]),
        row_name=np.concatenate([first.row_name, more.row_name + names]),
        row_bridge=np.concatenate([first.row_bridge, more.row_bridge]),
        row_forms=np.concatenate([first.row_forms, more.row_forms]),
        row_start=np.concatenate([first.row_start, more.row_start[1:] + first.row_start[-1]]),
        row_word=np.concatenate([first.row_word, more.row_word]),
        row_word_kind=np.concatenate([first.row_word_kind, more.row_word_kind]),
        row_joined=first.row_joined + more.row_joined,
        row_whole=first.row_whole + more.row_whole,
        row_bag=first.row_bag + more.row_bag,
        row_sorted=first.row_sorted + more.row_sorted,
        words=csr_matrix(hstack([vstack([first.words, no_words]), more.words])),
        grams=csr_matrix(hstack([first.grams, more.grams])),
    )


@lru_cache(maxsize=8)
def standing(index: Index, *, on: date, known_by: date) -> np.ndarray:
    """P: which parties that are here stand on a list on a day, as was public by another.

    A party without a listing stands: its list says no days.
    """
    start, end, known, end_known = index.listing_days.T
    since, ended = np.where(known > 0, known, start), np.where(end_known > 0, end_known, end)
    day, public = on.toordinal(), known_by.toordinal()
    stands = ~((start > 0) & (day < start)) & ~((since > 0) & (public < since))
    stands &= (end == 0) | (day < end) | ((ended > 0) & (public < ended))
    parties = np.ones(len(index.party_id), dtype=bool)
    parties[index.listing_party] = False
    parties[index.listing_party[stands]] = True
    parties &= index.party_here
    return parties


def undated(index: Index) -> Index:
    """The index as if every party stood on its list on every day."""
    none = np.zeros(0, dtype=np.int64)
    return replace(index, listing_party=none, listing_days=none.reshape(-1, 4))


def only(index: Index, parties: np.ndarray) -> Index:
    """The index in which only some parties (P: which) and their words are looked for; everything else stays as it is."""
    rows = parties[index.row_party]
    words = np.zeros(len(index.vocabulary.words), dtype=bool)
    words[index.row_word[np.repeat(rows, np.diff(index.row_start))]] = True
    return replace(
        index,
        words=columns_of(index.words, rows),
        grams=columns_of(index.grams, rows),
        vocabulary=index.vocabulary.only(words),
    )


def weight_of(rare: Floats, kind: Ints) -> Floats:
    """What a word weighs in a row, by its rarity and the part it plays. In steps of 1/256, so that sums are exact."""
    weight: Floats = np.where(kind == INITIAL, np.minimum(rare, _INITIAL_MOST), np.where(kind == PLACE, rare * _PLACE_SHARE, rare))
    return np.where(kind == REMNANT, np.minimum(rare, _REMNANT_MOST), weight)


def form_bits(forms: Sequence[frozenset[str]], classes: Sequence[str]) -> Ints:
    """Sets of classes of legal form as bits; those the list does not know share the last one."""
    bit = {name: 1 << min(at, _FORMS_MOST) for at, name in enumerate(classes)}
    other = 1 << _FORMS_MOST
    known: dict[frozenset[str], int] = {}
    for one in forms:
        if one not in known:
            bits = 0
            for form in one:
                bits |= bit.get(form, other)
            known[one] = bits
    return np.asarray([known[one] for one in forms], dtype=np.int64)


def letters_of(words: Sequence[str]) -> Ints:
    """Which letters and digits a word has, a bit each: words that differ in many are not alike."""
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    signs = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    found = np.zeros(len(words), dtype=np.int64)
    if len(signs):  # of a word without letters nothing is asked, and it begins where the next one does
        found[lengths > 0] = np.bitwise_or.reduceat(1 << (signs % 37), (np.cumsum(lengths) - lengths)[lengths > 0])
    return found


def heads_of(words: Sequence[str]) -> tuple[Ints, Ints]:
    """The first seven bytes of each word as one number, the first byte highest, and how long the word is in bytes."""
    packed = np.asarray([int.from_bytes(word.encode()[:7].ljust(7, b"\0"), "big") for word in words], dtype=np.int64)
    return packed, np.asarray([len(word.encode()) for word in words], dtype=np.int64)


def identifier_key(identifier: Identifier) -> str:
    """One spelling of a number: its scheme and its letters and digits. Zeros in front count: some are part of a number."""
    return f"{identifier.scheme}:{''.join(sign for sign in identifier.value.upper() if sign.isalnum())}"


def facts_of(party: ListedParty) -> str:
    """What tells parties of one name apart, in one line of text."""
    parts = (
        sorted({*party.countries, *(one.country for one in party.addresses if one.country)}),
        party.born,
        [identifier_key(one) for one in party.identifiers],
        [_one_line(one.text) for one in party.addresses],
    )
    return "\t".join(_BETWEEN.join(part) for part in parts)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _pack(lines: Sequence[str]) -> np.ndarray:
    return np.frombuffer("".join(f"{line}\n" for line in lines).encode(), dtype=np.uint8)


def _unpack(packed: np.ndarray) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split("\n")[:-1])
