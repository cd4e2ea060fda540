"""In force, known, suspended, revived or not, unenforced, unverified; instants, and days that hold a change."""

from __future__ import annotations

import pytest

from tests.decide.small import COVERED, ask, biting, instrument, rule, said_range, small_base, verdict

M = """
- id: m
  effect: prohibited
  in_force: [{from: 2025-03-01, until: 2025-09-01, source: s}, {from: 2025-10-01, source: s}]
  known_since: 2025-02-20
  when: {ship_from: [CN]}
"""
OPEN = """
- id: m
  effect: prohibited
  in_force: [{from: 2025-03-01, source: s}]
  when: {ship_from: [CN]}
"""


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2025-02-28", "free"),
     ("2025-03-01", "prohibited"), ("2025-08-31", "prohibited"), ("2025-09-01", "free"), ("2025-09-30", "free"),
     ("2025-10-01", "prohibited"), ("2026-06-01", "prohibited")],
)  # fmt: skip
def test_a_gap_between_periods_is_a_pause(on: str, expected: str) -> None:
    assert verdict(small_base(M), on=on) == expected


@pytest.mark.parametrize(("known_by", "expected"), [("2025-02-19", "free"), ("2025-02-20", "prohibited")])
def test_what_was_not_public_does_not_bite(known_by: str, expected: str) -> None:
    assert verdict(small_base(M), on="2025-03-01", known_by=known_by) == expected


def test_an_end_that_is_public_later_is_not_foreseen() -> None:
    base = small_base(M.replace("until: 2025-09-01,", "until: 2025-09-01, until_known_since: 2025-08-15,"))
    assert verdict(base, on="2025-09-10", known_by="2025-08-14") == "prohibited"
    assert verdict(base, on="2025-09-10", known_by="2025-08-15") == "free"


def act(body: str, **head: str) -> dict[str, str]:
    return {"us-act": instrument(f"acts:\n{body}", name="us-act", **head)}


PAUSE = "  - {id: p, does: suspends, to: [cn-small], from: 2025-05-01, until: 2025-06-01, known_since: 2025-04-20%s}\n"


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2025-04-30", "prohibited"), ("2025-05-01", "free"), ("2025-05-31", "free"), ("2025-06-01", "prohibited")],
)
def test_a_pause_revives_at_its_end(on: str, expected: str) -> None:
    assert verdict(small_base(OPEN, instruments=act(PAUSE % "")), on=on) == expected


def test_a_pause_not_yet_public_is_no_pause() -> None:
    base = small_base(OPEN, instruments=act(PAUSE % ""))
    assert verdict(base, on="2025-05-15", known_by="2025-04-19") == "prohibited"
    assert verdict(base, on="2025-05-15", known_by="2025-04-20") == "free"


def test_what_a_pause_leaves_still_bites() -> None:
    base = small_base(OPEN, instruments=act(PAUSE % ", leaves: licence_required"))
    got = ask(base, on="2025-05-15")
    assert got.verdict.value == "licence_required"
    assert biting(got) == {"cn-small/m"}
    assert verdict(base, on="2025-06-01") == "prohibited"


@pytest.mark.parametrize(
    ("leaves", "low", "expected"),
    [("", "free", "cannot_say"), (", leaves: licence_required", "licence_required", "cannot_say")],
)
def test_a_pause_nobody_confirmed_is_neither_revived_nor_extended(leaves: str, low: str, expected: str) -> None:
    base = small_base(OPEN, instruments=act(PAUSE % f", after: unknown{leaves}"))
    got = ask(base, on="2025-06-01")
    assert got.verdict.value == expected
    assert said_range(got) == (low, "prohibited")
    assert [(one.fact, dict(one.verdicts)) for one in got.branches] == [
        ("us-act/p", {"pause ended": "prohibited", "pause goes on": low})
    ]
    assert got.missing == (), "no fact of the line settles it"
    assert verdict(base, on="2025-05-31") == (low if leaves else "free")


def test_both_branches_agree_where_another_measure_decides() -> None:
    other = OPEN + "- id: n\n  effect: prohibited\n  in_force: [{from: 2025-03-01, source: s}]\n  when: {ship_to: [DE]}\n"
    body = "  - {id: p, does: suspends, to: [cn-small/m], from: 2025-05-01, until: 2025-06-01, after: unknown}\n"
    got = ask(small_base(other, instruments=act(body)), on="2025-06-15")
    assert got.verdict.value == "prohibited"
    assert got.branches == ()


def test_an_extension_moves_the_end_once_it_is_public() -> None:
    body = PAUSE % "" + "  - {id: x, does: extends, to: [us-act/p], until: 2025-08-01, known_since: 2025-05-20}\n"
    base = small_base(OPEN, instruments=act(body))
    assert verdict(base, on="2025-06-15", known_by="2025-05-19") == "prohibited"
    assert verdict(base, on="2025-06-15", known_by="2025-05-20") == "free"
    assert verdict(base, on="2025-07-31") == "free"
    assert verdict(base, on="2025-08-01") == "prohibited"


def test_an_extension_may_bring_an_end_that_nobody_knows_after() -> None:
    body = PAUSE % "" + "  - {id: x, does: extends, to: [us-act/p], until: 2025-08-01, after: unknown}\n"
    assert verdict(small_base(OPEN, instruments=act(body)), on="2025-08-01") == "cannot_say"


def test_what_ends_never_comes_back() -> None:
    base = small_base(M, instruments=act("  - {id: e, does: ends, to: [cn-small/m], from: 2025-05-01}\n"))
    assert [verdict(base, on=on) for on in ("2025-04-30", "2025-05-01", "2025-10-01")] == ["prohibited", "free", "free"]


def test_a_stated_end_is_named_with_the_branches() -> None:
    body = PAUSE % ", after: unknown" + "  - {id: s, does: states_end, to: [us-act/p], until: 2025-07-01}\n"
    base = small_base(OPEN, instruments=act(body))
    got = ask(base, on="2025-06-15")
    assert got.verdict.value == "cannot_say"
    assert "2025-07-01" in got.branches[0].why
    assert verdict(base, on="2025-05-31") == "free"


def test_unenforced_is_a_flag_and_both_branches() -> None:
    base = small_base(OPEN, instruments=act("  - {id: u, does: not_enforced, to: [cn-small], from: 2025-05-13}\n"))
    assert verdict(base, on="2025-05-12") == "prohibited"
    got = ask(base, on="2025-05-13")
    assert got.verdict.value == "cannot_say"
    assert got.notes, "the flag is said"
    assert got.branches[0].verdicts == {"enforced": "prohibited", "not enforced": "free"}


@pytest.mark.parametrize("status", ["floated", "offered", "agreed", "published"])
@pytest.mark.parametrize("does", ["suspends", "ends", "not_enforced"])
def test_what_is_only_promised_changes_no_measure(status: str, does: str) -> None:
    body = f"  - {{id: p, does: {does}, to: [cn-small], from: 2025-05-01}}\n"
    assert verdict(small_base(OPEN, instruments=act(body, status=status))) == "prohibited"


@pytest.mark.parametrize("does", ["suspends", "ends", "not_enforced"])
def test_what_no_source_confirms_frees_nothing(does: str) -> None:
    body = f"  - {{id: p, does: {does}, to: [cn-small], from: 2025-05-01}}\n"
    assert verdict(small_base(OPEN, instruments=act(body, standing="unverified"))) in ("cannot_say", "prohibited")


def test_an_unverified_measure_neither_decides_nor_frees() -> None:
    base = small_base(OPEN.replace("effect:", "standing: unverified\n  effect:"))
    got = ask(base)
    assert got.verdict.value == "cannot_say"
    assert got.branches[0].verdicts == {"confirmed": "prohibited", "not so": "free"}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-04-10T12:00+08:00", "free"),
        ("2025-04-10T12:01+08:00", "prohibited"),
        ("2025-04-10T00:00-04:00", "free"),
        ("2025-04-10T00:01-04:00", "prohibited"),
        ("2025-05-14T12:00+08:00", "prohibited"),
        ("2025-05-14T12:01+08:00", "free"),
        ("2025-04-09", "free"),
        ("2025-04-10", "prohibited"),
        ("2025-04-11", "prohibited"),
        ("2025-05-13", "prohibited"),
        ("2025-05-14", "prohibited"),
        ("2025-05-15", "free"),
    ],
)
def test_instants_are_exact_and_days_take_the_graver_half(on: str, expected: str) -> None:
    times = "in_force: [{from: 2025-04-10T12:01+08:00, until: 2025-05-14T12:01+08:00, source: s}]"
    base = small_base(OPEN.replace("in_force: [{from: 2025-03-01, source: s}]", times))
    got = ask(base, on=on)
    assert got.verdict.value == expected
    assert any("holds a change" in note for note in got.notes) is (on in ("2025-04-10", "2025-05-14"))


def test_the_first_minute_is_the_whole_day_without_a_note() -> None:
    base = small_base(OPEN.replace("2025-03-01", "2025-03-01T00:01+08:00"))
    got = ask(base, on="2025-03-01")
    assert got.verdict.value == "prohibited"
    assert got.notes == ()
    assert verdict(base, on="2025-02-28") == "free"


def test_the_day_is_the_authoritys_own() -> None:
    base = small_base(OPEN, zone="America/New_York")
    assert verdict(base, on="2025-03-01T00:00+08:00") == "free"
    assert verdict(base, on="2025-03-01T13:00+08:00") == "prohibited"
    assert verdict(base, on="2025-03-01") == "prohibited"


def test_a_line_carries_its_own_day() -> None:
    base = small_base(OPEN)
    assert verdict(base, date="2025-02-28") == "free"


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2025-05-31", "free"), ("2025-06-01", "prohibited"), ("2025-06-30", "prohibited"), ("2025-07-01", "free")],
)
def test_membership_has_its_own_days(on: str, expected: str) -> None:
    groups = """
    - id: firms
      kind: parties
      title: P
      source: s
      members: [{name: Alpha Ltd, also: [阿尔法], from: 2025-06-01, until: 2025-07-01}]
    """
    base = small_base(OPEN.replace("ship_from: [CN]", "party: {role: [consignee], listed: firms}"), groups=groups)
    assert verdict(base, consignee="ALPHA", on=on) == expected
    assert verdict(base, consignee="阿尔法", on=on) == expected
    assert verdict(base, consignee="Beta", on=on) == "free"


@pytest.mark.parametrize("written", ["KH", "kh", " Kh"])
def test_a_headquarters_is_the_same_in_any_spelling(written: str) -> None:
    groups = "- {id: d5, kind: places, title: P, source: s, members: [{code: KH, until: 2026-02-04, known_since: 2026-02-04}]}"
    base = small_base(OPEN.replace("ship_from: [CN]", 'attr: {ultimate_parent_headquarters: ["group:d5"]}'), groups=groups)
    cells = {"attrs": f"ultimate_parent_headquarters={written}"}
    assert verdict(base, on="2026-02-03", known_by="2026-02-10", **cells) == "prohibited"
    assert verdict(base, on="2026-02-04", known_by="2026-02-10", **cells) == "free"


def test_days_before_and_after_what_was_read_are_not_covered() -> None:
    base = small_base(OPEN.replace("[CN]", "[US]"), regimes=COVERED.replace("2026-12-31", "2025-12-31"))
    words = [verdict(base, on=on) for on in ("2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01")]
    assert words == ["cannot_say", "free", "free", "cannot_say"]
    assert verdict(base, on="2026-01-01", known_by="2025-12-31") == "free"


@pytest.mark.parametrize(
    ("stated", "on", "expected"),
    [
        ("2025-07-01", "2025-06-15", "cannot_say"),  # after the literal end, before the stated one
        ("2025-07-01", "2025-07-01", "prohibited"),  # both have passed, and the text says that it revives
        ("2025-05-15", "2025-05-20", "cannot_say"),  # after the stated end, before the literal one
        ("2025-05-15", "2025-05-10", "free"),
        ("2025-05-15", "2025-06-01", "prohibited"),
    ],
)
def test_between_a_literal_and_a_stated_end_both_branches_are_kept(stated: str, on: str, expected: str) -> None:
    says = "acts:\n" + f"  - {{id: s, title: S, does: states_end, to: [us-act/p], until: {stated}}}\n"
    base = small_base(
        rule("m", "prohibited", "{ship_from: [CN]}"),
        instruments={
            "us-act": instrument("acts:\n" + PAUSE % "", name="us-act"),
            "cn-said": instrument(says, name="cn-said", kind="statement", status="agreed"),
        },
    )
    got = ask(base, on=on)
    assert got.verdict.value == expected
    assert bool(got.branches) is (expected == "cannot_say")


@pytest.mark.parametrize(
    ("on", "known_by", "expected"),
    [
        ("2025-06-30", "2025-08-01", "prohibited"),
        ("2025-07-01", "2025-08-01", "cannot_say"),
        ("2025-07-15", "2025-06-30", "prohibited"),  # before the doubt arose, nobody doubted
    ],
)
def test_a_measure_nobody_confirms_any_more_is_neither_kept_nor_ended(on: str, known_by: str, expected: str) -> None:
    got = ask(
        small_base(rule("m", "prohibited", "{ship_from: [CN]}", "from: 2025-01-01, unknown_after: 2025-07-01")),
        on=on,
        known_by=known_by,
    )
    assert got.verdict.value == expected
    if expected == "cannot_say":
        [branch] = got.branches
        assert branch.fact == "cn-small/m"
        assert dict(branch.verdicts) == {"still in force": "prohibited", "ended": "free"}


def test_a_list_member_without_a_day_is_known_since_its_instrument_was() -> None:
    base = small_base(
        "- {id: m, title: M, effect: prohibited, in_force: [{from: 2025-01-01, source: s}], when: {goods: [{list: cn-list}]}}\n",
        instruments={
            "cn-goods": instrument(
                "measures:\n  - {id: g, title: G, effect: licence_required, in_force: [{from: 2025-09-01, source: s}],"
                " when: {ship_to: [BR], goods: [{customs: [hs:8505.11]}]}}\n",
                name="cn-goods",
                known_since="2025-09-01",
            )
        },
        groups="- {id: cn-list, kind: list, title: L, source: s, complete: 'yes', members: [cn-goods]}\n",
    )
    assert ask(base, codes="hs:850511", on="2025-06-01").verdict.value == "free"
    assert ask(base, codes="hs:850511", on="2025-09-02").verdict.value == "prohibited"
