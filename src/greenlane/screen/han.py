"""Names in Han characters: simplified, cut into words that are known, then read in Chinese, English, Korean or Japanese.

A piece that no lexicon knows is read as it sounds. Which readings come first depends on what the name shows of itself: a dot
between foreign names, a Korean place, a surname before one or two characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC
from pypinyin import lazy_pinyin

from greenlane.screen.latin import latin_reading, tokens_of
from greenlane.screen.legal_forms import COMPANY, CORPORATION, HAN_BEGINNINGS, HAN_ENDINGS, LIMITED, PARTNERSHIP, STOCK
from greenlane.screen.letters import folded
from greenlane.screen.names_zh import FOREIGN_LONGEST, FOREIGN_NAMES
from greenlane.screen.reading import Reading
from greenlane.screen.sounds_zh import COMMON_SURNAMES, SINO_KOREAN, SURNAMES, SURNAMES_ABROAD, TRANSLITERATED
from greenlane.screen.words_ja import ON_READINGS, SURNAMES_JA
from greenlane.screen.words_zh import CORES_ZH, LONGEST_ZH, PLACES_ZH, WORDS_ZH

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\U00020000-\U0003134f"
_RUN = re.compile(f"[{HAN}]+|[^{HAN}]+")
_HAN_SIGN = re.compile(f"[{HAN}]")
_DOT = re.compile("[·・•‧.．]")
# Headlines name a firm as "the X that took part in ...": the firm is what follows.
_HEADLINE = re.compile("^(?:参与|涉及|从事).{2,30}的(?=.{2})")
_NUMERAL = re.compile(
    "第?([一二三四五六七八九十百〇]+)(?=研究|设计|院|所|局|厂|工|部|军|师|旅|团|航|机|中|号|学|分|工程|$)|第([一二三四五六七八九十百〇]+)"
)
_BRACKETS = re.compile(r"[()\[\]{}<>《》〈〉「」『』【】（）“”\"'、，,。;；:：]")
_NAMES_MAX = 24  # characters: no stretch of foreign names is longer
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_KOREAN = re.compile("会社$|企业所$|工场$|制铁所$|炭矿$|^朝鲜|平壤|罗先|元山|主体|千里马|白头山|大同江|高丽|万寿台")

# Characters only Japan writes so, and their simplified form.
_SHINJITAI = dict(
    zip(
        "気沢広円図険験権労働営観塩鉄実発電駅売変辺県浜斎斉桜栄関闘仏応仮価児団圏堕増壊壱声売奨姫寛専従徳恵悪悩懐戦戯払抜拝拡挙捜掲摂撃斎断暁暦条査検楽様横歓歯歳帰残毎気浄浅渋渓温満滝漢潜瀬焼犠独狭猟獣瓶産画異疎痩発県研砕礼祈禅秘稲穂穏竜粋粛糸経絵続総緑緒縁縄縦繊缶聴胆脳臓舎艶芸荘薬虚虫蛍蛮覚覧訳証読諸謡豊賛転軽込辞逓遅遥郷醸釈鋳銭錬録鎮陥随雑霊静頬頼顔顕類駆騒髄髪鶏黒黙齢亀巣巻帯弐弾当徴恒応摇教旧昼晩曽栃桟榎歩歴殻毒漬焔畳畑益真盗着砿祥穀窓継羽翻臭菓蔵藤衆覇触誠謹譲賓遷邦郎郡酔隆隣隠雅電霞響高鴎麦麺黄鼓",
        "气泽广圆图险验权劳动营观盐铁实发电站卖变边县滨斋齐樱荣关斗佛应假价儿团圈堕增坏壹声卖奖姬宽专从德惠恶恼怀战戏拂拔拜扩举搜揭摄击斋断晓历条查检乐样横欢齿岁归残每气净浅涩溪温满泷汉潜濑烧牺独狭猎兽瓶产画异疏瘦发县研碎礼祈禅秘稻穗稳龙粹肃丝经绘续总绿绪缘绳纵纤罐听胆脑脏舍艳艺庄药虚虫萤蛮觉览译证读诸谣丰赞转轻入辞递迟遥乡酿释铸钱炼录镇陷随杂灵静颊赖颜显类驱骚髓发鸡黑默龄龟巢卷带贰弹当征恒应摇教旧昼晚曾枥栈榎步历壳毒渍焰叠田益真盗着矿祥谷窗继羽翻臭果藏藤众霸触诚谨让宾迁邦郎郡醉隆邻隐雅电霞响高鸥麦面黄鼓",
        strict=True,
    )
) | {
    "峯": "峰",
    "対": "对",
    "壌": "壤",
    "滙": "汇",
    "剣": "剑",
    "撹": "搅",
    "検": "检",
    "巌": "岩",
    "処": "处",
    "証": "证",
    "満": "满",
    "脳": "脑",
    "両": "两",
    "双": "双",
    "図": "图",
}

_JAPANESE_SIGN = re.compile("[" + "".join(sign for sign, plain in _SHINJITAI.items() if sign != plain) + "]")
# A short form in Latin letters for each class, so that the Latin reader finds it again.
_FORM_WORD = {LIMITED: "ltd", STOCK: "jsc", CORPORATION: "corp", COMPANY: "co", PARTNERSHIP: "partnership"}

_TO_SIMPLIFIED = OpenCC("t2s")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a name: what was written, and how it can be said in English, where that is known."""

    written: str
    ways: tuple[str, ...] = ()
    is_latin: bool = False
    form: str = ""  # a short Latin form of its class, for a legal form


@lru_cache(maxsize=30_000)
def _simplified_character(character: str) -> str:
    return _SHINJITAI.get(character) or str(_TO_SIMPLIFIED.convert(character))


def simplified(text: str) -> str:
    """Traditional and Japanese characters made simplified, one for one; other letters stay."""
    return "".join(_simplified_character(c) if c > "\u2e7f" else c for c in text)


def han_of(text: str) -> str:
    """The Han characters of a name, simplified, without its legal form."""
    core, _ = _without_forms(_bare(simplified(text)))
    return "".join(_HAN_SIGN.findall(core))


def han_readings(text: str, *, japanese: bool = False) -> list[Reading]:
    """The readings of a name with Han characters, the likeliest first; `japanese` where kana say so."""
    plain = simplified(text)
    parts = [part for part in _DOT.split(plain) if _HAN_SIGN.search(part)]
    core, forms = _without_forms(_bare(plain))
    pieces = [*_pieces(core), *forms]
    translated, pinyin = _translated(pieces, 0), _pinyin(pieces)
    if len(parts) > 1:
        return [_foreign(plain), translated, pinyin]
    if _is_person(core, forms):
        return [*_person(core), _foreign(core), pinyin]
    if not forms and 3 <= len(core) <= 4 and core[:2] in SURNAMES_JA:
        said = ((SURNAMES_JA[core[:2]], core[:2]), (_japanese(core[2:]), core[2:]))
        return [_reading(said, "japanese", "japanese"), pinyin, translated, _foreign(core)]
    readings = [translated]
    if japanese or "株式会社" in plain or "有限会社" in plain:
        readings.append(_sounded(pieces, _japanese, "japanese", keep=_is_known))
        readings.append(_sounded(pieces, _japanese, "japanese", keep=_is_place))
    elif _KOREAN.search(plain) or (_JAPANESE_SIGN.search(text) and not forms):
        # North Korean bodies stand in Japan's lists in Japanese characters.
        readings.append(_sounded(pieces, _korean, "korean", keep=_is_not_core))
        readings.append(_sounded(pieces, _korean, "korean", keep=_is_known))
    readings.append(pinyin)
    if any(_is_transliterable(piece) for piece in pieces):
        readings.append(_sounded(pieces, _foreign_sound, "transliterated", keep=_is_known))
    if any(len(piece.ways) > 1 for piece in pieces):
        readings.append(_translated(pieces, 1))
    if any(piece.written in CORES_ZH for piece in pieces):
        readings.append(_sounded(pieces, pinyin_of, "pinyin", keep=_is_not_core))
    return readings


@lru_cache(maxsize=50_000)
def pinyin_of(text: str) -> str:
    """The characters as they sound in Chinese, run together, without tones."""
    return folded("".join(lazy_pinyin(text, errors="ignore")))


def _bare(text: str) -> str:
    """Without brackets, quotes and the verb of a headline."""
    text = text.replace("(株)", " 株式会社 ").replace("(有)", " 有限会社 ")
    return _HEADLINE.sub("", _BRACKETS.sub(" ", text)).strip()


def _without_forms(text: str) -> tuple[str, list[Piece]]:
    """The text without legal forms at its ends, and these."""
    forms: list[Piece] = []
    for beginning, form in HAN_BEGINNINGS:
        if text.startswith(beginning) and len(text) > len(beginning):
            forms.append(Piece(beginning, form=_FORM_WORD[form]))
            text = text[len(beginning) :].strip()
    while True:
        for ending, form in HAN_ENDINGS:
            if text.endswith(ending) and len(text) > len(ending):
                forms.insert(0, Piece(ending, form=_FORM_WORD[form]))
                text = text[: -len(ending)].strip()
                break
        else:
            return text, forms


def _pieces(text: str) -> list[Piece]:
    found: list[Piece] = []
    for run in _RUN.findall(text):
        if _HAN_SIGN.match(run):
            found.extend(_cut(run))
        else:
            found.extend(Piece(token, (token,), is_latin=True) for token in tokens_of(folded(run)))
    return found


@lru_cache(maxsize=20_000)
def _cut(run: str) -> tuple[Piece, ...]:
    """The cheapest way to cut a run into known words and unknown stretches."""
    size = len(run)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(1e9, 0)] * size
    numbers = {m.start(): m for m in _NUMERAL.finditer(run)}
    for at in range(size):
        base = best[at][0]
        # One more unknown character; single known characters are rarely meant as words.
        _offer(best, at + 1, base + 1.0, at)
        for length in range(1, min(LONGEST_ZH, size - at) + 1):
            if run[at : at + length] in WORDS_ZH:
                _offer(best, at + length, base + (0.9 if length == 1 else 0.8 - 0.01 * length), at)
        # "And" joins two stretches; at the head of a name it is part of a word.
        if run[at] in "和与及" and at > 1 and size - at > 2:
            _offer(best, at + 1, base + 0.6, at)
        if at in numbers:
            _offer(best, numbers[at].end(), base + 0.5, at)
    cuts: list[Piece] = []
    end = size
    while end:
        start = best[end][1]
        written = run[start:end]
        number = numbers.get(start)
        if written in WORDS_ZH:
            cuts.append(Piece(written, WORDS_ZH[written]))
        elif written in ("和", "与", "及"):
            cuts.append(Piece(written, ("and",)))
        elif number is not None and number.end() == end:
            cuts.append(Piece(written, (_number(number[1] or number[2]),)))
        elif cuts and not cuts[-1].ways:
            cuts[-1] = Piece(written + cuts[-1].written)
        else:
            cuts.append(Piece(written))
        end = start
    return tuple(reversed(cuts))


def _offer(best: list[tuple[float, int]], at: int, cost: float, start: int) -> None:
    if cost < best[at][0]:
        best[at] = (cost, start)


def _number(numeral: str) -> str:
    if "十" not in numeral and "百" not in numeral:
        return "".join(str(_DIGITS.get(c, 0)) for c in numeral)
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * (_DIGITS.get(hundreds, 1) if "百" in numeral else 0)
    value += 10 * (_DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)
    return str(value)


def _reading(said: Iterable[tuple[str, str]], bridge: str, how: str) -> Reading:
    tokens: list[str] = []
    sources: list[str] = []
    for text, source in said:
        for token in tokens_of(text):
            tokens.append(token)
            sources.append(source)
    return latin_reading(tokens, bridge, sources=sources, how=how)


def _translated(pieces: list[Piece], way: int) -> Reading:
    return _reading(
        (
            (piece.form or (piece.ways[min(way, len(piece.ways) - 1)] if piece.ways else pinyin_of(piece.written)), piece.written)
            for piece in pieces
        ),
        "translated",
        "translated",
    )


def _pinyin(pieces: list[Piece]) -> Reading:
    return _reading(
        ((piece.written if piece.is_latin else pinyin_of(piece.written), piece.written) for piece in pieces), "pinyin", "pinyin"
    )


def _sounded(pieces: list[Piece], sound: Callable[[str], str], bridge: str, *, keep: Callable[[Piece], bool]) -> Reading:
    return _reading(
        ((piece.form or (piece.ways[0] if keep(piece) else sound(piece.written)), piece.written) for piece in pieces),
        bridge,
        bridge,
    )


def _is_known(piece: Piece) -> bool:
    return bool(piece.ways)


def _is_not_core(piece: Piece) -> bool:
    return bool(piece.ways) and (piece.is_latin or (piece.written not in CORES_ZH and len(piece.written) > 1))


def _is_place(piece: Piece) -> bool:
    return piece.is_latin or piece.written in PLACES_ZH


def _is_transliterable(piece: Piece) -> bool:
    return not piece.ways and not piece.form and len(piece.written) > 1 and any(c in TRANSLITERATED for c in piece.written)


@lru_cache(maxsize=20_000)
def _foreign_sound(text: str) -> str:
    """Known foreign names where they make up the whole, else the sound of each character."""
    return (len(text) <= _NAMES_MAX and _known_names(text)) or "".join(TRANSLITERATED.get(c) or pinyin_of(c) for c in text)


def _known_names(text: str) -> str:
    if text in FOREIGN_NAMES:
        return FOREIGN_NAMES[text]
    for length in range(min(FOREIGN_LONGEST, len(text) - 2), 1, -1):
        if text[:length] in FOREIGN_NAMES and (rest := _known_names(text[length:])):
            return f"{FOREIGN_NAMES[text[:length]]} {rest}"
    return ""


@lru_cache(maxsize=20_000)
def _japanese(text: str) -> str:
    if text in SURNAMES_JA:
        return SURNAMES_JA[text]
    said: list[str] = []
    at = 0
    while at < len(text):
        known = SURNAMES_JA.get(text[at : at + 3]) if len(text) > at + 2 else None
        length = 3 if known else 2
        known = known or (SURNAMES_JA.get(text[at : at + 2]) if len(text) > at + 1 else None)
        if known is None:
            length, known = 1, ON_READINGS.get(text[at]) or pinyin_of(text[at])
        # A doubled consonant is written where "tsu" or "chi" meet a hard one: nichi + ko is nikko, ni + to nitto.
        if said and at == 1 and text[0] == "日" and known[0] in "kst":
            known = known[0] + known
        said.append(known)
        at += length
    return "".join(said)


@lru_cache(maxsize=20_000)
def _korean(text: str) -> str:
    return "".join(SINO_KOREAN.get(c) or pinyin_of(c) for c in text)


def _foreign(text: str) -> Reading:
    """A foreign name written by sound, its parts set off by dots or not."""
    core, forms = _without_forms(_bare(text))
    said: list[tuple[str, str]] = []
    for part in _DOT.split(core):
        for piece in _pieces(part.strip()):
            is_word = piece.is_latin or (len(piece.written) > 1 and piece.ways and part.strip() not in FOREIGN_NAMES)
            said.append((piece.ways[0] if is_word else _foreign_sound(piece.written), piece.written))
    said.extend((piece.form, piece.written) for piece in forms)
    return _reading(said, "transliterated", "transliterated")


def _is_person(core: str, forms: list[Piece]) -> bool:
    return not forms and 2 <= len(core) <= 4 and core[0] in COMMON_SURNAMES and all(_HAN_SIGN.match(c) for c in core)


def _person(core: str) -> list[Reading]:
    """Surname and given name in the ways of the mainland, Taiwan and Hong Kong."""
    surname, given = core[0], core[1:]
    sound = pinyin_of(given)
    readings = [_reading(((SURNAMES.get(surname) or pinyin_of(surname), surname), (sound, given)), "pinyin", "pinyin")]
    older = "".join(_wade_giles(pinyin_of(c)) for c in given)
    readings.append(_reading(((_wade_giles(pinyin_of(surname)), surname), (older, given)), "wade_giles", "wade-giles"))
    if surname in SURNAMES_ABROAD:
        readings.append(_reading(((SURNAMES_ABROAD[surname], surname), (older, given)), "cantonese", "cantonese"))
    return readings


_WADE_GILES = (
    ("^zhi$", "chih"), ("^chi$", "chih"), ("^shi$", "shih"), ("^ri$", "jih"), ("^zi$", "tzu"), ("^ci$", "tzu"), ("^si$", "ssu"),
    ("^zh", "ch"), ("^x", "hs"), ("^[jq]", "ch"), ("^z", "ts"), ("^c(?!h)", "ts"), ("^b", "p"), ("^d", "t"),
    ("^g", "k"), ("^r", "j"),
    ("ian$", "ien"), ("^yan$", "yen"), ("^ye$", "yeh"), ("ie$", "ieh"), ("ue$", "ueh"), ("ong$", "ung"),
    ("^you$", "yu"), ("^yi$", "i"),
    ("(?<=[kh])e$", "o"), ("(?<=[a-z])uo$", "o"),
)  # fmt: skip
_WADE_GILES_STEPS = tuple((re.compile(pattern), to) for pattern, to in _WADE_GILES)


@lru_cache(maxsize=1_000)
def _wade_giles(syllable: str) -> str:
    for pattern, to in _WADE_GILES_STEPS:
        syllable = pattern.sub(to, syllable)
    return syllable
