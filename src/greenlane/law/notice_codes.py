"""Which control codes and customs codes does a text print, where, and which of them are faulty?

Signs are compared one for one, so every span counts in the text as it was given. Full-width signs are read. Of the faults
that scanning makes, a letter O or l among digits, a space and a lower-case category are mended and marked, because only one
code can be meant; every other fault is named with a hint and never made into a code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_WIDE = {0xFF01 + shift: 0x21 + shift for shift in range(94)} | {
    0x3000: " ", 0xA0: " ", 0x2007: " ", 0x2009: " ", 0x202F: " ", 0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-",
    0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x3014: "(", 0x3015: ")", 0xFE61: "*", 0x2236: ":",
}  # fmt: skip
_DIGIT_LIKE = str.maketrans("OoQlI|", "000111")
_HINT_LIKE = str.maketrans("OoQlI|SBZG", "0001115826")

_SUFFIX = r"(?:\.(?:[a-z]{1,2}|[0-9]{1,2})(?![A-Za-z0-9]))*"
_CONTROL = re.compile(rf"(?<![0-9A-Za-z.])[0-9][A-E][0-9]{{3}}{_SUFFIX}(?!\.?[0-9A-Za-z])")
_LOOSE = re.compile(
    r"(?<![0-9A-Za-z.])[0-9OoQlI|S]\s?[A-Ea-e]\s?(?:[0-9OoQlI|SBZG]\s?){2}[0-9OoQlI|SBZG]"
    r"(?:\s?\.[A-Za-z0-9|]{1,3}(?![A-Za-z0-9])|\s?\.\s[A-Za-z0-9|]{1,2}(?![A-Za-z0-9.]))*(?![0-9A-Za-z])"
)
_EIGHT_FOR_B = re.compile(r"(?<![0-9A-Za-z.])[0-9]8[0-9]{3}\.[a-z](?![A-Za-z0-9])")
_NO_DOT = re.compile(r"(?<![0-9A-Za-z.])[0-9][A-E][0-9]{3}[a-z](?![A-Za-z0-9])")
_DOTTED = re.compile(r"(?<![\d.$])(\d{4})\.(\d{2})(?:\.(\d{2})(?:\.?(\d{2}))?)?(?!\.?\d)(?! ?%)")
_LONG = re.compile(r"(?<![\d\-.+])\d{10}(?![\d\-])")


def _spaced(words: str) -> str:
    """A pattern for Chinese words that a line break may cut."""
    return "|".join(r"\s*".join(word) for word in words.split())


_CONTEXT = re.compile(
    rf"(?:{_spaced('商品编号 商品编码 税则号列 税则号 税号 海关编码')})\s*(?:为|:)?"
    r"|(?i:(?:reference|customs|hs|hts|htsus|tariff|commodity)(?:(?!announcement)[a-z ]){0,48}?(?:codes?|numbers?|nos?\.|headings?|subheadings?))\s*(?:are|is|:)?"
)
_RUN = re.compile(r"(?:[0-9.\s、,;]|[OoQlI|SBZG](?![a-km-npr-zA-HJ-NP-Y])|(?<![A-Za-z])and(?![A-Za-z])|和|及)+")
_SPLIT = re.compile(r"[、,;]|(?<![A-Za-z])and(?![A-Za-z])|和|及")
_HEADING_WORD = re.compile(r"(?i:headings?|subheadings?|htsus|hts|schedule)\b(?:(?!\. )[^。;\n]){0,120}$")
CUSTOMS_LENGTHS = (4, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code in a text: where it stands, what it says, and how it was read. A faulty one has no value, but a hint."""

    start: int
    end: int
    value: str
    marked: str = ""
    hint: str = ""
    noted: bool = False  # it stands where the text says that customs codes follow

    @property
    def is_faulty(self) -> bool:
        """Whether no code could be read."""
        return not self.value


class Spans:
    """Spans of a text, joined where they meet, to be asked quickly whether one of them meets another."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(spans):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def meets(self, start: int, end: int) -> bool:
        """Whether a sign of the span lies in one of these."""
        at = bisect_right(self.starts, max(start, end - 1)) - 1
        return at >= 0 and self.ends[at] > start


def narrow(text: str) -> str:
    """The text with full-width signs as plain ones, sign for sign."""
    return text.translate(_WIDE)


def control_codes(text: str) -> tuple[FoundCode, ...]:
    """Control codes in a narrow text, in order, faulty ones among them."""
    found = [FoundCode(one.start(), one.end(), one[0]) for one in _CONTROL.finditer(text)]
    taken = {(one.start, one.end) for one in found}
    strict = [one.start for one in found]
    for one in _LOOSE.finditer(text):
        if (one.start(), one.end()) in taken or (one.start() in strict and one.end() <= _end_at(found, one.start())):
            continue
        read = _mended_control(one[0], one.start())
        if read is not None:
            found = [kept for kept in found if not (one.start() <= kept.start < one.end())]
            found.append(read)
    for one in _EIGHT_FOR_B.finditer(text):
        near = f"{one[0][0]}B{one[0][2:]}"
        found.append(FoundCode(one.start(), one.end(), "", hint=f"a digit 8 where a letter stands; did the notice print {near}?"))
    for one in _NO_DOT.finditer(text):
        near = f"{one[0][:5]}.{one[0][5]}"
        found.append(FoundCode(one.start(), one.end(), "", hint=f"no dot before the letter; did the notice print {near}?"))
    return tuple(sorted(found, key=lambda one: one.start))


def _end_at(found: list[FoundCode], start: int) -> int:
    return max((one.end for one in found if one.start == start), default=-1)


def _mended_control(raw: str, start: int) -> FoundCode | None:
    end = start + len(raw)
    compact = re.sub(r"\s", "", raw)
    if sum(sign.isdigit() for sign in compact[:5]) < 2:
        return None
    head, tail = compact[:5], compact[5:]
    sure = head[0].translate(_DIGIT_LIKE) + head[1].upper() + head[2:].translate(_DIGIT_LIKE)
    near = head[0].translate(_HINT_LIKE) + head[1].upper() + head[2:].translate(_HINT_LIKE) + tail.lower()
    if raw[1].isspace() or re.search(r"\.\s", raw) or "|" in tail or tail != tail.lower() or not _CONTROL.fullmatch(sure + tail):
        if raw[1].isspace() and not tail:
            return None  # "table 1 A100": nothing says that this is a code
        what = "a space cuts it" if compact != raw else "signs that scanning confuses"
        return FoundCode(start, end, "", hint=f"{what}; did the notice print {near}?")
    marks = []
    if compact != raw:
        marks.append("a space taken out")
    if head[1].islower():
        marks.append("lower-case category letter")
    if compact[0] + compact[2:5] != sure[0] + sure[2:5]:
        marks.append(f"printed `{' '.join(raw.split())}`: letters for digits mended")
    return FoundCode(start, end, sure + tail, marked="; ".join(marks))


def customs_codes(text: str) -> tuple[FoundCode, ...]:
    """Customs codes in a narrow text, in order; faulty ones where the text says that codes follow."""
    found: list[FoundCode] = []
    for context in _CONTEXT.finditer(text):
        run = _RUN.match(text, context.end())
        if run is not None:
            found.extend(_listed(text, run.start(), run.end()))
    noted = Spans((one.start, one.end) for one in found)
    for one in _DOTTED.finditer(text):
        long = one[3] is not None
        if not noted.meets(one.start(), one.end()) and (long or _HEADING_WORD.search(text, max(0, one.start() - 160), one.start())):
            digits = "".join(part for part in one.groups() if part)
            if _has_chapter(digits):
                found.append(FoundCode(one.start(), one.end(), digits))
    found.extend(
        FoundCode(one.start(), one.end(), one[0])
        for one in _LONG.finditer(text)
        if not noted.meets(one.start(), one.end()) and _has_chapter(one[0])
    )
    return tuple(sorted(found, key=lambda one: one.start))


def _has_chapter(digits: str) -> bool:
    return digits[:2] not in ("00", "77") and len(digits) in CUSTOMS_LENGTHS


def _listed(text: str, start: int, end: int) -> Iterator[FoundCode]:
    """The codes of a list such as `2846901940、2846901993`."""
    begin = start
    for cut in (*_SPLIT.finditer(text, start, end), None):
        until = end if cut is None else cut.start()
        piece = text[begin:until]
        left = len(piece) - len(piece.lstrip(" \t\r\n."))
        raw = piece.strip().strip(".").strip()
        if any(sign.isdigit() for sign in raw):
            yield from _piece(raw, begin + left)
        begin = until if cut is None else cut.end()


def _piece(raw: str, start: int) -> Iterator[FoundCode]:
    end = start + len(raw)
    parts = [(one[0], one.start()) for one in re.finditer(r"\S+", raw)]
    plain = [_digits(part) for part, _ in parts]
    if all(digits and _has_chapter(digits) for digits in plain):
        if len(plain) == 1:
            yield FoundCode(start, end, plain[0], noted=True)
            return
        if min(map(len, plain)) >= 8:  # two codes without a sign between them
            for (part, at), digits in zip(parts, plain, strict=True):
                yield FoundCode(start + at, start + at + len(part), digits, marked="no sign between two codes", noted=True)
            return
    joined = "".join(part for part, _ in parts)
    mended = _digits(joined.translate(_DIGIT_LIKE))
    whole = len(parts) > 1 and all(_has_chapter(digits) for digits in plain if digits) and all(plain)
    if mended and len(mended) in (8, 10) and _has_chapter(mended) and not whole:
        marks = [] if len(parts) == 1 else ["a space taken out"]
        if joined.translate(_DIGIT_LIKE) != joined:
            marks.append(f"printed `{' '.join(raw.split())}`: letters for digits mended")
        yield FoundCode(start, end, mended, marked="; ".join(marks), noted=True)
        return
    near = _digits(joined.translate(_HINT_LIKE))
    size = len(re.sub(r"\D", "", joined.translate(_HINT_LIKE)))
    hint = f"did the notice print {near}?" if near and _has_chapter(near) else f"{size} digits; customs codes have 4, 6, 8 or 10"
    yield FoundCode(start, end, "", hint=hint, noted=True)


def _digits(text: str) -> str:
    """The digits of a code, dots between pairs allowed; empty if it is none."""
    if text.isascii() and text.isdigit():
        return text
    return text.replace(".", "") if re.fullmatch(r"[0-9]{4}(?:\.[0-9]{2}){1,3}|[0-9]{4}\.[0-9]{2}\.[0-9]{4}", text) else ""
