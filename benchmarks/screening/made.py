"""More queries to fit on, made from the list by rule: slips, other names, telling words exchanged, fathers exchanged.

The labelled queries hold a hundred names with two slips in each half and no father's name exchanged. What is made here has no part
in any figure: it is only fitted on. A party asked about in one half gives nothing to the other, so that the tables of a half have
seen no party of the other; parties in neither are shared out by a hash of their cluster.

Everything is picked by hashes of ids and texts: the same list makes the same queries.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from benchmarks.screening.data import HARD, SOFT, Asked, half_of, same_key
from greenlane.screen.given_names import FATHER_FOLLOWS, is_patronymic
from greenlane.screen.han import pinyin_of
from greenlane.screen.legal_forms import FORM_WORDS
from greenlane.screen.letters import folded
from greenlane.screen.names import read_name
from greenlane.screen.reading import WordKind
from greenlane.screen.sounds import sound_of
from greenlane.terms.listed import ListedParty, PartyKind

SLIPS = "made_slips"
ALIAS = "made_alias"
SHORTER = "made_shorter"
EXCHANGED = "made_exchanged"
FATHER = "made_father"
ALIKE = "made_alike"
TURNED = "made_turned"
LONGER = "made_longer"
SIGN = "made_sign"
PINYIN = "made_pinyin"
MADE = (SLIPS, ALIAS, SHORTER, LONGER, PINYIN, EXCHANGED, FATHER, ALIKE, TURNED, SIGN)
#: How many of each kind are made of the whole list, at most.
MOST: Mapping[str, int] = {
    SLIPS: 4_000, ALIAS: 4_000, SHORTER: 1_000, LONGER: 1_500, PINYIN: 1_500,
    EXCHANGED: 4_000, FATHER: 2_000, ALIKE: 3_000, TURNED: 1_500, SIGN: 1_500,
}  # fmt: skip
_OFTEN = 3  # so many names have a word that is known for a name of its own
_ALIKE_MOST = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LATIN = re.compile(r"[A-Za-z0-9 .,'&()/-]{5,80}")


def _pick(*told: object) -> int:
    return zlib.crc32("|".join(map(str, told)).encode())


def made_queries(parties: Sequence[ListedParty], clusters: Mapping[str, str], asked: Sequence[Asked]) -> list[Asked]:
    """All kinds; the id of each is in the half of the party it was made from."""
    half = _halves(parties, clusters, asked)
    names = [
        (party, name.text)
        for party in parties
        if clusters[party.id] in half
        for name in {one.text: one for one in party.names}.values()
    ]
    names.sort(key=lambda one: _pick(one[0].id, one[1]))
    words = {
        side: sorted(
            {
                word
                for one in asked
                if one.kind == SOFT[0] and half_of(one.qid) == side
                for word in one.text.split()
                if len(word) > 3 and word.isalpha() and _is_plain(word)
            }
        )
        for side in ("even", "odd")
    }
    found: list[Asked] = []
    number = 0
    for kind, making in (
        (SLIPS, _slips(names)),
        (ALIAS, _aliases(names)),
        (SHORTER, _shorter(names)),
        (EXCHANGED, _exchanged(names, half, clusters, words)),
        (FATHER, _fathers(names, half, clusters)),
        (ALIKE, _alike(names, half, clusters)),
        (TURNED, _turned(names)),
        (LONGER, _longer(names, half, clusters)),
        (SIGN, _signs(names, half, clusters)),
        (PINYIN, _pinyin(names)),
    ):
        for count, (party, text, without, listed) in enumerate(making):
            if count >= MOST[kind]:
                break
            cluster, number = clusters[party.id], number + 1
            while half_of(f"m{number}") != half[cluster]:
                number += 1
            found.append(Asked(f"m{number}", kind, text, cluster if listed else "", without))
    return found


def _halves(parties: Sequence[ListedParty], clusters: Mapping[str, str], asked: Sequence[Asked]) -> dict[str, str]:
    """In which half each cluster may be used; none that both halves ask about."""
    of_name = {same_key(name.text): clusters[party.id] for party in parties for name in party.names}
    seen: dict[str, set[str]] = {}
    for one in asked:
        if one.right:
            seen.setdefault(one.right, set()).add(half_of(one.qid))
        elif one.kind in HARD:
            for source in one.source.split(" x "):
                if same_key(source) in of_name:
                    seen.setdefault(of_name[same_key(source)], set()).add(half_of(one.qid))
    half = {}
    for cluster in set(clusters.values()):
        sides = seen.get(cluster, {half_of(cluster)})
        if len(sides) == 1:
            half[cluster] = next(iter(sides))
    return half


_Made = Iterator[tuple[ListedParty, str, str, bool]]
_Names = Sequence[tuple[ListedParty, str]]


def _is_plain(word: str) -> bool:
    if folded(word) in FORM_WORDS:
        return False
    readings = read_name(word).readings
    return bool(readings) and len(readings[0].words) == 1 and readings[0].words[0].kind is WordKind.PLAIN


def _slips(names: _Names) -> _Made:
    """One or two letters more, fewer, other or exchanged."""
    for party, text in names:
        if _LATIN.fullmatch(text) and sum(sign.isalpha() for sign in text) >= 5:
            made = text
            for turn in range(1 + _pick("twice", text) % 2):
                made = _slip(made, _pick("slip", turn, text))
            if made != text:
                yield party, made, "", True


def _slip(text: str, pick: int) -> str:
    places = [at for at, sign in enumerate(text) if sign.isalpha()]
    at = places[pick % len(places)]
    way, letter = pick // 97 % 5, _LETTERS[pick // 1009 % 26]
    if way == 0:
        return text[:at] + text[at + 1 :]
    if way == 1 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if way == 2:
        return text[:at] + letter + text[at + 1 :]
    if way == 3:
        return text[:at] + text[at] + text[at:]
    return text[:at] + letter + text[at:]


def _aliases(names: _Names) -> _Made:
    """A name of a party of several, as if the list did not hold it."""
    for party, text in names:
        if len({same_key(one.text) for one in party.names}) > 1:
            yield party, text, same_key(text), True


def _person(party: ListedParty, text: str) -> tuple[list[str], list[str]] | None:
    """Given names and family names of a person, where the list tells them apart by a comma or capitals."""
    if party.kind is not PartyKind.PERSON or not _LATIN.fullmatch(text) or "(" in text:
        return None
    if text.count(",") == 1:
        family, given = (part.split() for part in text.split(","))
    else:
        family = [word for word in text.split() if word.isupper() and len(word) > 1]
        given = [word for word in text.split() if word not in family]
    return (given, family) if given and family else None


def _shorter(names: _Names) -> _Made:
    """A person without the father's name or a middle one, or with an initial instead."""
    for party, text in names:
        parts = _person(party, text)
        if parts is None or len(parts[0]) < 2:
            continue
        given, family = parts
        ways = (
            [given[0], *family],
            [given[0], given[1][0] + ".", *family],
            [*family, given[0]],
            [*family, given[0][0] + ".", given[1][0] + "."],
        )
        yield party, " ".join(ways[_pick("shorter", text) % 4]), "", True


def _exchanged(names: _Names, half: Mapping[str, str], clusters: Mapping[str, str], words: Mapping[str, Sequence[str]]) -> _Made:
    """A firm with one telling word exchanged, and a person with the given names of another."""
    last: dict[str, list[str]] = {}
    for party, text in names:
        side = half[clusters[party.id]]
        parts = _person(party, text)
        if parts is not None:
            given, family = parts
            other = last.get(side)
            last[side] = given
            if other is not None and same_key(" ".join(other)) != same_key(" ".join(given)):
                turned = _pick("turned", text) % 3 == 0
                yield party, " ".join((*family, *other) if turned else (*other, *family)), "", False
        elif party.kind is not PartyKind.PERSON and _LATIN.fullmatch(text):
            pieces = text.split()
            plain = [at for at, word in enumerate(pieces) if len(word) > 3 and word.isalpha() and _is_plain(word)]
            if plain and len(pieces) > 1:
                at = plain[_pick("word", text) % len(plain)]
                pieces[at] = words[side][_pick("other", text) % len(words[side])]
                yield party, " ".join(pieces), "", False


def _fathers(names: _Names, half: Mapping[str, str], clusters: Mapping[str, str]) -> _Made:
    """A person with another's father or middle name, or another given name beside the same."""
    before: dict[str, tuple[str, str]] = {}
    for party, text in names:
        side = half[clusters[party.id]]
        parts = _person(party, text)
        if parts is None:
            continue
        given, family = parts
        if len(given) != 2 or min(map(len, given)) < 3:
            continue
        # Names like one another are exchanged: Ivan Petrovich for Ivan Pavlovich, Ahmad Hasan for Ahmad Salih.
        alike = f"{side} {is_patronymic(folded(given[1]))} {folded(given[0])[-1]}"
        kept = before.get(alike)
        before[alike] = given[0], given[1]
        if kept is not None and _sound(kept[0]) != _sound(given[0]) and _sound(kept[1]) != _sound(given[1]):
            made = [given[0], kept[1]] if _pick("father", text) % 2 else [kept[0], given[1]]
            if _pick("servant", text) % 8 == 0:
                made = [given[0], "Abdul"]
            turned = _pick("turned", text) % 3 == 0
            yield party, " ".join((*family, *made) if turned else (*made, *family)), "", False


def _alike(names: _Names, half: Mapping[str, str], clusters: Mapping[str, str]) -> _Made:
    """A person with one name exchanged for another known one of nearly its letters: Hassan for Hussein, Alexandra for Alexander."""
    counts: dict[str, Counter[str]] = {"even": Counter(), "odd": Counter()}
    for party, text in names:
        if _person(party, text) is not None:
            counts[half[clusters[party.id]]].update({word for word in folded(text).replace(",", " ").split() if word.isalpha()})
    others: dict[str, dict[str, list[str]]] = {}
    for side, count in counts.items():
        known = sorted(word for word, times in count.items() if times >= _OFTEN and len(word) > 3 and _is_plain(word))
        near = cdist(known, known, scorer=OSA.normalized_similarity, dtype=np.float32)
        others[side] = {}
        for at, word in enumerate(known):
            order = np.argsort(-near[at], kind="stable")[: 3 * _ALIKE_MOST]
            others[side][word] = [
                known[one] for one in order.tolist() if near[at, one] >= 0.5 and _sound(known[one]) != _sound(word)
            ][:_ALIKE_MOST]
    for party, text in names:
        side = half[clusters[party.id]]
        if _person(party, text) is None:
            continue
        pieces = text.split()
        if _pick("gender", text) % 6 == 0 and (other := _other_gender(pieces)) != pieces:
            yield party, " ".join(other), "", False
            continue
        places = [at for at, word in enumerate(pieces) if others[side].get(folded(word).strip(","))]
        if len(pieces) > 1 and places:
            at = places[_pick("place", text) % len(places)]
            found = others[side][folded(pieces[at]).strip(",")]
            pieces[at] = found[_pick("alike", text) % len(found)] + ("," if pieces[at].endswith(",") else "")
            yield party, " ".join(pieces), "", False


_OVICH = re.compile("(.{3,}?)y?[oe]vi[ct]h")


def _turned(names: _Names) -> _Made:
    """Father and child turned: first Ali bin Umar for Umar bin Ali, who are few, then Ivan Petrovich for Pyotr Ivanovich."""
    persons = [(party, text) for party, text in names if _person(party, text) is not None]
    for party, text in persons:
        pieces = text.split()
        for at, (child, word, father) in enumerate(zip(pieces, pieces[1:], pieces[2:], strict=False)):
            if folded(word) in FATHER_FOLLOWS and not child.endswith(","):
                comma = "," if father.endswith(",") else ""
                yield party, " ".join([*pieces[:at], father.strip(","), word, child + comma, *pieces[at + 3 :]]), "", False
                break
    for party, text in persons:
        pieces = text.split()
        for at, (child, word) in enumerate(pairwise(pieces)):
            stem = _OVICH.fullmatch(folded(word))
            if stem is not None and not child.endswith(",") and len(child) > 2 and not is_patronymic(folded(child)):
                made = [stem[1], folded(child).rstrip("aeiouy") + "ovich"]
                yield party, " ".join([*pieces[:at], *made, *pieces[at + 2 :]]), "", False
                break


def _longer(names: _Names, half: Mapping[str, str], clusters: Mapping[str, str]) -> _Made:
    """A person with a father's or middle name more than the list has."""
    last: dict[str, str] = {}
    for party, text in names:
        side = half[clusters[party.id]]
        parts = _person(party, text)
        if parts is None or len(parts[0]) > 2:
            continue
        given, family = parts
        if len(given) == 2:
            last[side] = given[1]
        if side in last and same_key(last[side]) not in same_key(text):
            turned = _pick("turned", text) % 3 == 0
            made = [*given, last[side]]
            yield party, " ".join((*family, *made) if turned else (*made, *family)), "", True


def _signs(names: _Names, half: Mapping[str, str], clusters: Mapping[str, str]) -> _Made:
    """A Chinese name with one sign exchanged."""
    last: dict[str, str] = {}
    for party, text in names:
        signs = read_name(text).han
        if len(signs) < 2 or signs not in text:
            continue
        side = half[clusters[party.id]]
        kept, last[side] = last.get(side, ""), signs
        for turn in range(4 if kept else 0):
            at, sign = _pick("at", turn, text) % min(len(signs), 6), kept[_pick("sign", turn, text) % len(kept)]
            if sign != signs[at]:
                yield party, text.replace(signs, signs[:at] + sign + signs[at + 1 :]), "", False


def _pinyin(names: _Names) -> _Made:
    """A Chinese name typed in pinyin, each syllable by itself or two and two."""
    for party, text in names:
        signs = [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]
        if len(signs) < 2 or len(signs) < len(text) - 1:
            continue
        syllables = [pinyin_of(sign) for sign in signs]
        step = 1 + _pick("step", text) % 2
        words = ["".join(syllables[at : at + step]) for at in range(0, len(syllables), step)]
        yield party, " ".join(word.capitalize() for word in words), "", True


_GENDERS = (("skiy", "skaya"), ("sky", "skaya"), ("ovich", "ovna"), ("evich", "evna"), ("ov", "ova"), ("ev", "eva"), ("in", "ina"))


def _other_gender(pieces: Sequence[str]) -> list[str]:
    """A brother for a sister: the family's and father's name in the other form."""
    turned = []
    for piece in pieces:
        word = folded(piece).strip(",")
        for man, woman in _GENDERS:
            if len(word) > len(woman) + 2 and word.endswith((man, woman)):
                old, new = (woman, man) if word.endswith(woman) else (man, woman)
                word = word[: -len(old)] + new
                break
        else:
            turned.append(piece)
            continue
        turned.append(word + ("," if piece.endswith(",") else ""))
    return turned


def _sound(word: str) -> str:
    return sound_of(folded(word))
