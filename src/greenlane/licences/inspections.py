"""Will customs look into a box though its goods need no licence, and which papers help?

Practice, not law: what was reported of how customs work, with who reported it. An inspection that is expected changes no verdict,
and one that is not expected may come all the same. The papers say what the goods are; no word is ever to be left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from greenlane.decide.decision import Decision, Verdict
from greenlane.licences.practice import Inspection, Practice
from greenlane.terms.sources import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An inspection that a line is to expect, and what about the line leads to it."""

    inspection: Inspection
    led_by: tuple[str, ...]

    def plain(self, practice: Practice) -> dict[str, Any]:
        """As plain values."""
        one = self.inspection
        papers = [practice.attachments[id] for id in one.papers]
        return {
            "inspection": one.id,
            "led_by": list(self.led_by),
            "words": one.en,
            "standing": one.standing.value,
            "source": "; ".join(source.title for source in one.sources),
            "papers": [{"paper": paper.id, "en": paper.en, "zh": paper.zh} for paper in papers],
        }


def expected(decision: Decision, practice: Practice) -> tuple[Expected, ...]:
    """The inspections that a line is to expect where it leaves, each with what leads to it."""
    line = decision.line
    if line.activity != "export":
        return ()
    found = []
    text = unicodedata.normalize("NFKC", line.description).casefold()
    for one in practice.inspections:
        if one.authority != line.ship_from:
            continue
        led_by = [f"the goods code {code}" for code in line.codes if any(code.is_within(heading) for heading in one.headings)]
        led_by += [f"the description says {words}" for words in one.words if _says(text, words.split())]
        if led_by:
            found.append(Expected(inspection=one, led_by=tuple(led_by)))
    return tuple(found)


def stopped(decision: Decision, found: Sequence[Expected]) -> bool:
    """Whether a line that needs no licence is to expect an inspection; what no source confirms does not count."""
    return decision.verdict is Verdict.FREE and any(one.inspection.standing is not Standing.UNVERIFIED for one in found)


def _says(text: str, words: Sequence[str]) -> bool:
    """Whether all of these words begin somewhere in a text; Chinese has no spaces to begin after."""
    return all(re.search(re.escape(word) if not word.isascii() else rf"(?<![a-z]){re.escape(word)}", text) for word in words)
