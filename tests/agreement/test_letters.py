"""A letter not yet public: who was told of it by itself is another line than who was not, whoever comes first."""

from __future__ import annotations

import pytest

from greenlane.law.rulebase import RuleBase
from tests.agreement.engines import cells_of, differences
from tests.decide.small import COVERED, instrument, small_base

LETTER = """
addressees:
  - {name: Early, from: 2025-05-10, until: 2025-07-02, known_to_since: 2025-05-08}
  - {name: Late, from: 2025-05-29}
  - {name: Someday, from: unknown}
  - {name: Told, from: unknown, known_to_since: 2025-05-08}
others: unknown
measures:
  - id: cn-letter
    effect: licence_required
    in_force: [{from: 2025-05-10, until: 2025-07-02, source: s}]
    when: {addressee: exporter, ship_to: [DE]}
  - id: cn-letter-all
    effect: prohibited
    in_force: [{from: 2025-05-10, until: 2025-07-02, source: s}]
    when: {ship_to: [DE], attr: {form: magnet}}
"""
DAYS = ("2025-05-09", "2025-05-15", "2025-05-28", "2025-07-03")


def law() -> RuleBase:
    text = instrument(LETTER, name="cn-letter", kind="letter", known_since="2025-05-28", standing="reported")
    presumed = "- {fact: exporter, as: not listed, because: no exporter is named}"
    return small_base(instruments={"cn-letter": text}, presumptions=presumed, regimes=COVERED)


ROWS = [
    cells_of(
        (
            ("ship_from", "CN"), ("ship_to", to), ("exporter", exporter), ("date", day), ("known_by", known),
            ("attrs", ";".join(part for part in (f"letters_received={received}" if received else "", form) if part)),
        )
    )
    for exporter in ("", "Else", "Early", "Late", "Someday", "Told")
    for received in ("", "cn-letter", "none")
    for form in ("", "form=magnet")
    for day in DAYS
    for known in ("2025-05-07", "2025-05-15", "2025-06-01")
    for to in ("DE", "FR")
]  # fmt: skip


@pytest.mark.parametrize("turned", [False, True], ids=["as they are", "turned round"])
def test_told_and_not_told(turned: bool) -> None:
    assert not [*differences(law(), ROWS[::-1] if turned else ROWS)][:3]
