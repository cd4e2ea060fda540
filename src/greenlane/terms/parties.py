"""Party names: when two spellings are certainly the same name.

This is equality, not screening: case, accents, punctuation and legal forms are folded away, nothing else. A name
that is merely alike is not the same; finding those is the work of screening.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

ROLES: Final = ("exporter", "consignee", "end_user", "owner")
_LEGAL_FORMS: Final = frozenset(
    "inc incorporated corp corporation co company ltd limited llc lp plc gmbh ag sa spa srl bv nv as sro kk pte pty kg".split()
)
_WORDS = re.compile(r"[^\W_]+")


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """The folded form of a name: two names with one key are the same name.

    Legal forms are dropped only from the end, and never the whole name.
    """
    folded = name.casefold()
    if not name.isascii():  # plain letters have no accents and no invisible signs among them
        folded = unicodedata.normalize("NFKD", name).casefold()
        folded = "".join(sign for sign in folded if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")
    words = _WORDS.findall(folded.replace("&", " and ").replace(".", "").replace("'", ""))
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words)
