"""Letters: who got them, from when, and who knew before the public."""

from __future__ import annotations

import pytest

from greenlane.law.rulebase import RuleBase
from tests.decide.small import COVERED, ask, instrument, missing, said_range, small_base, verdict

LETTER = """
addressees:
  - {name: Early, also: [Early Bird], from: 2025-05-10, until: 2025-07-02, known_to_since: 2025-05-08}
  - {name: Late, from: 2025-05-29}
  - {name: Someday, from: unknown}
others: %s
measures:
  - id: cn-letter
    effect: licence_required
    in_force: [{from: 2025-05-10, until: 2025-07-02, source: s}]
    when: {addressee: exporter, ship_to: [DE]}
"""
NOT_LISTED = "- {fact: exporter, as: not listed, because: no exporter is named}"


def letter(others: str = "unknown", presumptions: str = NOT_LISTED) -> RuleBase:
    text = instrument(LETTER % others, name="cn-letter", kind="letter", known_since="2025-05-28", standing="reported")
    return small_base(instruments={"cn-letter": text}, presumptions=presumptions, regimes=COVERED)


@pytest.mark.parametrize(
    ("exporter", "on", "known_by", "expected"),
    [
        ("Early", "2025-05-09", "2025-06-01", "free"),
        ("Early", "2025-05-10", "2025-06-01", "licence_required"),
        ("Early Bird Inc.", "2025-07-01", "2025-07-01", "licence_required"),
        ("Early", "2025-07-02", "2025-07-02", "free"),
        # private knowledge before the public
        ("Early", "2025-05-10", "2025-05-10", "licence_required"),
        ("Early", "2025-05-10", "2025-05-08", "licence_required"),
        ("Early", "2025-05-10", "2025-05-07", "free"),
        # the other addressee, from its own day
        ("Late", "2025-05-28", "2025-05-28", "free"),
        ("Late", "2025-05-29", "2025-05-29", "licence_required"),
        ("Late", "2025-05-28", "2025-06-01", "free"),
        # got it, nobody knows when
        ("Someday", "2025-05-28", "2025-05-28", "cannot_say"),
        # firms not named
        ("Else", "2025-05-28", "2025-05-28", "cannot_say"),
        ("Else", "2025-05-27", "2025-05-27", "free"),
        ("", "2025-05-28", "2025-05-28", "cannot_say"),
    ],
)
def test_a_letter_binds_its_addressees_from_their_day(exporter: str, on: str, known_by: str, expected: str) -> None:
    got = ask(letter(), on=on, known_by=known_by, exporter=exporter)
    assert got.verdict.value == expected
    if expected == "cannot_say":
        assert said_range(got) == ("free", "licence_required")
        assert missing(got) == {"letter:cn-letter"}


@pytest.mark.parametrize("exporter", ["", "Else"])
def test_the_exporter_may_say(exporter: str) -> None:
    base = letter()
    assert verdict(base, exporter=exporter, attrs="letters_received=cn-letter") == "licence_required"
    assert verdict(base, exporter=exporter, attrs="letters_received=none") == "free"
    assert verdict(base, exporter=exporter, attrs="letters_received=us-other") == "free"
    assert verdict(base, exporter=exporter, attrs="letters_received=us-other|cn-letter") == "licence_required"


def test_who_states_a_letter_knows_of_it() -> None:
    base = letter()
    assert verdict(base, on="2025-05-15", attrs="letters_received=cn-letter") == "licence_required"
    assert verdict(base, on="2025-05-15") == "free", "not public, and not told"


def test_a_day_nobody_knows_is_settled_by_the_exporter() -> None:
    assert verdict(letter(), exporter="Someday", attrs="letters_received=cn-letter") == "licence_required"


def test_a_stated_letter_still_has_the_day_of_its_addressee() -> None:
    base = letter()
    assert verdict(base, exporter="Late", on="2025-05-28", attrs="letters_received=cn-letter") == "free"


def test_nobody_else_got_it() -> None:
    assert verdict(letter("none"), exporter="Else") == "free"
    assert verdict(letter("none"), exporter="Early") == "licence_required"


@pytest.mark.parametrize("strict", [False, True])
def test_an_exporter_not_named_may_be_an_addressee(strict: bool) -> None:
    got = ask(letter("none"), strict=strict)
    assert said_range(got) == ("free", "licence_required")
    assert got.missing
