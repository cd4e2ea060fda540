"""Folded Latin text to words: legal forms, places, trades, numbers, initials, titles and small words told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import lru_cache
from operator import add

from greenlane.screen.legal_forms import FORM_WORDS, ONLY_AT_THE_ENDS, PHRASES
from greenlane.screen.reading import Reading, Word, WordKind
from greenlane.screen.slips import NearWords
from greenlane.screen.sounds import bones_of, sound_of
from greenlane.screen.words_latin import NUMBERS, PLACES, STOPS, TENS, TITLES, TRADES

_TOKEN = re.compile(r"[a-z0-9]+")
_APOSTROPHE = re.compile(r"(?<=[a-z0-9])['\"](?=[a-z])|(?<=[a-z])'")
_ORDINAL = re.compile(r"0*(\d+)(?:st|nd|rd|th)?")
# "Abdulghafur" is two words run together, in dozens of spellings.
_SERVANT = re.compile(r"abd(?:[aeiou]|ou)[lr](?=[a-z]{3})|abd(?:el|ul|al|ol|oul|ur|us)?")
# How a typed pinyin name ends where Chinese characters would carry the legal form.
_PINYIN_ENDING = re.compile(r"(?<=.{4})(?:gufen)?(?:youxian)?(?:zeren)?gongsi$|(?<=.{4})zhushihuishe$")
# Common words long enough to be known for sure in pieces, or run together with another.
_LONG = frozenset(word for word in (*FORM_WORDS, *TRADES, *PLACES) if len(word) > 5)
_PINYIN_ENDINGS = ("gongsi", "zhushihuishe")
# A long word of a legal form is known with one slip in it where the words of the form beside it have letters enough.
_SLIPPED_LETTERS_MIN = 5
_BESIDE_SLIP_LETTERS_MIN = 8
_FORM_WORDS_MAX = max(len(phrase) for found in PHRASES.values() for phrase, _ in found)
_FORMS_OF_SEVERAL = NearWords(
    word
    for found in PHRASES.values()
    for phrase, _ in found
    for word in phrase
    if len(word) >= _SLIPPED_LETTERS_MIN and len("".join(phrase)) - len(word) >= _BESIDE_SLIP_LETTERS_MIN
)


def tokens_of(text: str) -> list[str]:
    """The words of a folded text, apostrophes taken away."""
    if "'" in text or '"' in text:
        text = _APOSTROPHE.sub("", text)
    return _TOKEN.findall(text)


def latin_reading(tokens: Sequence[str], bridge: str, *, sources: Sequence[str] = (), how: str = "equal") -> Reading:
    """Read folded tokens; `sources` gives the piece of the text of each, where it is not the token itself."""
    words: list[Word] = []
    joined: list[str] = []
    if not sources:
        tokens = _mended(tokens)
    meant = tokens if FORM_WORDS.isdisjoint(tokens) else _forms_mended(tokens)
    count = len(tokens)
    at = 0
    while at < count:
        token = tokens[at]
        if meant[at] in PHRASES:
            form, length = _legal_form(meant, at)
            if length:
                source = " ".join(sources[at : at + length]) if sources else " ".join(tokens[at : at + length])
                slipped = meant is not tokens and meant[at : at + length] != list(tokens[at : at + length])
                words.append(_form_word(form, source, "legal form, one letter off" if slipped else "legal form"))
                at += length
                continue
        for word, piece in _words_of(token, how) if not sources else _words_from(token, how, sources[at]):
            words.append(word)
            joined.append(piece)
        at += 1
    run = "".join(joined) if joined else "".join(tokens)
    if joined and run.endswith(_PINYIN_ENDINGS):
        run = _PINYIN_ENDING.sub("", run)
    return Reading(tuple(words), bridge, run)


def _mended(tokens: Sequence[str]) -> Sequence[str]:
    """Common words that a space was put into, or taken from between: "lia bility", "constructioncompany"; "forty four" is 44."""
    if not TENS.keys().isdisjoint(tokens):
        tokens = _counted(tokens)
    if not _LONG.isdisjoint(map(add, tokens, tokens[1:])) or len(max(tokens, key=len, default="")) > 11:
        broken = {
            at
            for at in range(len(tokens) - 1)
            if tokens[at] + tokens[at + 1] in _LONG and not (_is_common(tokens[at]) and _is_common(tokens[at + 1]))
        }
        if broken or any(_two_words(token) for token in tokens if len(token) > 11):
            return _put_right(tokens, broken)
    return tokens


def _counted(tokens: Sequence[str]) -> list[str]:
    """Tens with the ones behind them as one number."""
    found: list[str] = []
    for before, token in zip(("", *tokens), tokens, strict=False):
        ones = NUMBERS.get(token, token)
        if before in TENS and len(ones) == 1 and ones.isdigit() and ones != "0":
            found[-1] = str(TENS[before] + int(ones))
        else:
            found.append(token)
    return found


def _put_right(tokens: Sequence[str], broken: Set[int]) -> list[str]:
    mended: list[str] = []
    for at, token in enumerate(tokens):
        if at - 1 in broken and at - 2 not in broken:
            mended[-1] += token
        else:
            mended.extend(_two_words(token) or (token,))
    return mended


def _is_common(token: str) -> bool:
    return token in TRADES or token in PLACES or token in FORM_WORDS or token in STOPS


@lru_cache(maxsize=50_000)
def _two_words(token: str) -> tuple[str, ...]:
    if token not in _LONG:
        for at in range(6, len(token) - 5):
            if token[:at] in _LONG and token[at:] in _LONG:
                return (token[:at], token[at:])
    return ()


@lru_cache(maxsize=4_000)
def _form_word(form: str, source: str, how: str) -> Word:
    return Word(form, WordKind.LEGAL_FORM, source, how, form, "")


def _forms_mended(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens, one slip in a legal form of several words put right: "open joint stock conpany"."""
    for at, token in enumerate(tokens):
        if len(token) < _SLIPPED_LETTERS_MIN - 1 or token in FORM_WORDS:
            continue
        if not ((at and tokens[at - 1] in FORM_WORDS) or (at + 1 < len(tokens) and tokens[at + 1] in FORM_WORDS)):
            continue
        for word in _form_words_near(token):
            meant = [*tokens[:at], word, *tokens[at + 1 :]]
            for begin in range(max(at - _FORM_WORDS_MAX + 1, 0), at + 1):
                length = _legal_form(meant, begin)[1] if meant[begin] in PHRASES else 0
                beside = len("".join(meant[begin : begin + length])) - len(word)
                if begin + length > at and beside >= _BESIDE_SLIP_LETTERS_MIN:
                    return meant
    return tokens


@lru_cache(maxsize=50_000)
def _form_words_near(token: str) -> tuple[str, ...]:
    return _FORMS_OF_SEVERAL.near(token)


def plain_word(text: str, source: str, how: str) -> Word:
    """A word that may tell parties apart."""
    return Word(text, WordKind.PLAIN, source, how, sound_of(text), bones_of(text))


def _legal_form(tokens: Sequence[str], at: int) -> tuple[str, int]:
    """The class of the legal form that begins here, and how many words it takes; no words where there is none."""
    for phrase, form in PHRASES[tokens[at]]:
        length = len(phrase)
        if tuple(tokens[at : at + length]) != phrase:
            continue
        if length == 1 and phrase[0] in ONLY_AT_THE_ENDS and not (at == 0 or at + length == len(tokens)):
            continue
        beside = (*tokens[max(at - 1, 0) : at], *tokens[at + length : at + length + 1])
        if length == 2 and len("".join(phrase)) == 2 and any(len(one) == 1 for one in beside):
            continue  # of three letters and more in a row two are no form: A.B.C. is a name
        if length == len(tokens):
            continue  # a name is not its legal form only
        return form, length
    return "", 0


# What a process remembers here it has for itself: in a book of a million most words are rare, and the common ones stay.
@lru_cache(maxsize=40_000)
def _words_of(token: str, how: str) -> tuple[tuple[Word, str], ...]:
    return _split(token, how, token)


@lru_cache(maxsize=10_000)
def _words_from(token: str, how: str, source: str) -> tuple[tuple[Word, str], ...]:
    return _split(token, how, source)


def _split(token: str, how: str, source: str) -> tuple[tuple[Word, str], ...]:
    """The words in one token, each with what it adds to the joined letters."""
    if token in NUMBERS:
        return ((_other(NUMBERS[token], WordKind.NUMBER, source, "number"), token),)
    if token[0].isdigit():
        number = _ORDINAL.fullmatch(token)
        if number is not None:
            return ((_other(number[1], WordKind.NUMBER, source, how), number[1]),)
        return ((plain_word(token, source, how), token),)
    if token in TRADES:
        family = TRADES[token]
        # A short form is written out, so that its letters meet those of the long one.
        return (
            (_other(family, WordKind.TRADE, source, how if family == token else "family"), family if len(token) < 5 else token),
        )
    if token in PLACES:
        return ((_other(PLACES[token], WordKind.PLACE, source, how if PLACES[token] == token else "family"), token),)
    if token in STOPS:
        return ((_other(token, WordKind.STOP, source, how), token),)
    if len(token) == 1:
        return ((_other(token, WordKind.INITIAL, source, how), token),)
    if token in TITLES:
        return ((_other(token, WordKind.TITLE, source, how), token),)
    servant = _SERVANT.match(token)
    if servant is not None:
        rest = token[servant.end() :]
        # It says as little as an initial, yet it is no empty word: "Abdul Khan" is not "Padshah Khan".
        first = (_other("abd", WordKind.INITIAL, source, how), token[: servant.end()])
        if not rest:
            return (first,)
        if len(rest) > 2:
            return (first, (plain_word(rest, source, how), rest))
    return ((plain_word(token, source, how), token),)


def _other(text: str, kind: WordKind, source: str, how: str) -> Word:
    return Word(text, kind, source, how, text, "")
