"""A line as a record, for engines that take one at a time."""

from __future__ import annotations

from typing import Any

from benchmarks.decide.law import USES
from benchmarks.decide.lines import Lines


def contexts(lines: Lines) -> list[dict[str, Any]]:
    """The lines as records; parties are given by the groups they are in, which the other engines need not look up."""
    words = {mask: [word for bit, word in enumerate(USES) if mask >> bit & 1] for mask in set(lines.uses.tolist())}
    groups = {bits: [number for number in range(bits.bit_length()) if bits >> number & 1] for bits in set(lines.flags.tolist())}
    columns = zip(
        lines.codes, lines.controls, lines.origins, lines.places, lines.flags.tolist(), lines.uses.tolist(),
        lines.value.tolist(), lines.content.tolist(), lines.day.tolist(), lines.known.tolist(), strict=True,
    )  # fmt: skip
    return [
        {
            "code": code, "control": control, "origin": origin, "to": to, "groups": groups[flags], "uses": words[uses],
            "value": value, "content": content, "day": day, "known": known,
        }
        for code, control, origin, to, flags, uses, value, content, day, known in columns
    ]  # fmt: skip
