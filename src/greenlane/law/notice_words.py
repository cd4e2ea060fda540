"""Which elements, forms and figures do the words of a notice name?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

ELEMENT_NAMES: Final[Mapping[str, str]] = {
    "钐": "Sm", "钆": "Gd", "铽": "Tb", "镝": "Dy", "镥": "Lu", "钪": "Sc", "钇": "Y", "钬": "Ho", "铒": "Er", "铥": "Tm", "铕": "Eu",
    "镱": "Yb", "镧": "La", "铈": "Ce", "镨": "Pr", "钕": "Nd", "钴": "Co", "铁": "Fe", "镍": "Ni", "铝": "Al", "镁": "Mg",
    "铜": "Cu", "锆": "Zr", "镓": "Ga", "锗": "Ge", "锑": "Sb", "钨": "W", "碲": "Te", "铋": "Bi", "钼": "Mo", "铟": "In", "硼": "B",
    "samarium": "Sm", "gadolinium": "Gd", "terbium": "Tb", "dysprosium": "Dy", "lutetium": "Lu", "scandium": "Sc", "yttrium": "Y",
    "holmium": "Ho", "erbium": "Er", "thulium": "Tm", "europium": "Eu", "ytterbium": "Yb", "lanthanum": "La", "cerium": "Ce",
    "praseodymium": "Pr", "neodymium": "Nd", "cobalt": "Co", "iron": "Fe", "nickel": "Ni", "aluminium": "Al", "aluminum": "Al",
    "magnesium": "Mg", "copper": "Cu", "zirconium": "Zr", "gallium": "Ga", "germanium": "Ge", "antimony": "Sb", "tungsten": "W",
    "tellurium": "Te", "bismuth": "Bi", "molybdenum": "Mo", "indium": "In", "boron": "B",
}  # fmt: skip
FORM_NAMES: Final[Mapping[str, str]] = {
    "靶": "target", "target": "target", "合金": "alloy", "alloy": "alloy", "氧化": "oxide", "oxide": "oxide", "化合物": "compound",
    "compound": "compound", "永磁": "magnet", "magnet": "magnet", "金属": "metal", "metal": "metal",
}  # fmt: skip
_ELEMENT = re.compile("|".join(sorted((re.escape(name) for name in ELEMENT_NAMES), key=len, reverse=True)), re.IGNORECASE)
_UNIT = (
    r"(?:%|℃|°C|[μuµnmkc]?m[23²³]?|[μuµmk]?g(?:/c?m[3³])?|[kMG]?Pa|m?T|kOe|k[AJ]/m[3³]?|[kM]?W|[kM]?V|m?A|[mk]?Ah?/g|Wh/kg|W/kg"
    r"|[kMGT]?Hz|[GT]B/s|TOPS|TFLOPS|dB|rpm|K|层|微米|纳米|毫米|千克|percent|layers?)"
)
_AMOUNT = r"\d(?:[\d,]*\d)?(?:\.\d+)?"
_FIGURE = re.compile(
    rf"{_AMOUNT}\s*{_UNIT}(?![A-Za-z])|{_AMOUNT}\s+or (?:more|less|greater)|(?:at least|more than|less than|大于|小于|不低于|不高于|超过|[≥≤><])(?:或?等于)?\s*{_AMOUNT}",
)
_CLAUSE = re.compile(r"[^,，、;；。:：()（）\n]+")


def elements_in(words: str) -> tuple[str, ...]:
    """The elements named, in order, each once."""
    return tuple(dict.fromkeys(ELEMENT_NAMES[one[0].lower()] for one in _ELEMENT.finditer(words)))


def form_in(words: str) -> str:
    """The form that the words name; of several the most telling (an alloy target is a target); empty if none."""
    low = words.lower()
    return next((form for name, form in FORM_NAMES.items() if name in low), "")


def figures_in(words: str) -> tuple[str, ...]:
    """The clauses with a figure and its unit, as printed."""
    return tuple(one[0].strip() for one in _CLAUSE.finditer(words) if _FIGURE.search(one[0]))
