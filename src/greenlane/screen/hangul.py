"""Korean names in Hangul: each syllable taken apart and romanised, surnames in the spelling people use abroad."""

from __future__ import annotations

import re

from greenlane.screen.latin import latin_reading, tokens_of
from greenlane.screen.letters import folded
from greenlane.screen.reading import Reading

_FIRST = "g kk n d tt r m b pp s ss - j jj ch k t p h".split()
_MIDDLE = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_LAST = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()
_SURNAMES = {
    "김": "kim", "이": "lee", "리": "ri", "박": "pak", "최": "choe", "정": "jong", "조": "jo", "강": "kang",
    "윤": "yun", "장": "jang", "임": "rim", "림": "rim", "오": "o", "한": "han", "신": "sin", "류": "ryu", "로": "ro",
}  # fmt: skip
_WORDS = {
    "주식회사": "stock", "유한회사": "limited", "회사": "company", "무역": "trading", "총국": "general bureau",
    "은행": "bank", "조선": "korea", "한국": "korea",
    "평양": "pyongyang", "대학교": "university", "대학": "university", "연구소": "research institute",
    "공업": "industry", "산업": "industry", "전자": "electronics",
    "기술": "technology", "과학": "science", "공사": "corporation", "상사": "trading", "국제": "international",
    "해운": "shipping", "항공": "aviation", "중공업": "heavy industries",
    "조선소": "shipyard", "건설": "construction", "화학": "chemical", "에너지": "energy", "그룹": "group",
    "공장": "factory", "개발": "development", "투자": "investment",
}  # fmt: skip
_WORD = re.compile("|".join(sorted(_WORDS, key=lambda word: (-len(word), word))))


def hangul_readings(text: str) -> list[Reading]:
    """The name with its common words in English, and wholly by sound."""
    translated = _WORD.sub(lambda m: f" {_WORDS[m.group(0)]} ", text)
    return [_sounded(translated, "hangul"), _sounded(text, "hangul")]


def _sounded(text: str, bridge: str) -> Reading:
    pieces = text.split()
    tokens: list[str] = []
    sources: list[str] = []
    for at, piece in enumerate(pieces):
        head = ""
        rest = piece
        if at == 0 and len(piece) in (2, 3, 4) and piece[0] in _SURNAMES and all("가" <= c <= "힣" for c in piece):
            head, rest = _SURNAMES[piece[0]], piece[1:]
        for token in tokens_of(f"{head} {folded(''.join(_syllable(c) for c in rest))}"):
            tokens.append(token)
            sources.append(piece)
    return latin_reading(tokens, bridge, sources=sources, how="romanised")


def _syllable(character: str) -> str:
    if not "가" <= character <= "힣":
        return character
    number = ord(character) - 0xAC00
    first, rest = divmod(number, 588)
    middle, last = divmod(rest, 28)
    return (_FIRST[first] + _MIDDLE[middle] + _LAST[last]).replace("-", "")
