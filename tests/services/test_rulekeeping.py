"""A draft enters the base whole or not at all, by a named person, with cases that come out as written."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from greenlane import wiring
from greenlane.errors import DraftError, RuleBaseError, UsageError
from greenlane.feeds.rule_files import PENDING
from greenlane.feeds.rule_shelf import RuleShelf
from greenlane.law.draft import BaseMark, Change, Draft, FillIn, MadeFrom
from greenlane.law.drafting import ActAsked
from greenlane.services.rulekeeping import Review, accept, blast, cases_in_reach, mark_of, propose_act
from greenlane.services.runs import Question
from greenlane.terms.periods import Asked
from tests.law.broken.small import BASE

MEASURE = """id: cn-weak
title: Licence for weak magnets
issuer: Example Ministry
kind: announcement
regime: cn-export
zone: Asia/Shanghai
known_since: 2026-03-02
standing: official
checked_on: 2026-03-02
sources:
  notice: {title: The notice, href: "https://example.org/weak"}
source: [notice]
in_force: [{from: 2026-04-01, source: notice}]
measures:
  - id: weak
    title: Weak magnets
    effect: licence_required
    when: {activity: [export], ship_from: [CN], goods: [{customs: [hs:8505119000], reach: [hs:8505119000]}]}
"""
CASES = """- case: the first day
  line: {codes: "hs:8505119000", contains: "Dy:0", ship_from: CN, ship_to: DE}
  on: 2026-04-01
  expect: licence_required
  because: [cn-weak/weak]
- case: the day before
  line: {codes: "hs:8505119000", contains: "Dy:0", ship_from: CN, ship_to: DE}
  on: 2026-03-31
  expect: free
  not_because: [cn-weak/weak]
- case: another magnet
  line: {codes: "hs:8505112000", contains: "Dy:0", ship_from: CN, ship_to: DE}
  on: 2026-04-01
  expect: free
  not_because: [cn-weak/weak]
- case: in hindsight
  line: {codes: "hs:8505119000", contains: "Dy:0", ship_from: CN, ship_to: DE}
  on: 2026-04-01
  known_by: 2026-03-01
  expect: free
  not_because: [cn-weak/weak]
"""
REVIEW = Review("Example Officer", "Read against\nthe notice", "2026.3.2")
FILES = {"cn/cn-weak/measure.yaml": MEASURE, "cn/cn-weak/cases.yaml": CASES}


def quiet(items: Iterable[Any], _total: int, _word: str) -> Iterator[Any]:
    yield from items


@pytest.fixture
def shelf(tmp_path: Path) -> RuleShelf:
    shutil.copytree(BASE, tmp_path / "rules")
    return RuleShelf(tmp_path / "rules")


def draft(shelf: RuleShelf, files: Mapping[str, str] = FILES, **more: Any) -> Draft:
    made = MadeFrom(name="notice.txt", sha256="c" * 64, address="https://example.org/weak")
    return Draft(kind="instrument", made_from=made, files=files, base=mark_of(shelf.load()), **more)


def state(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- accept ---------------------------------------------------------------------------------------------------------


def test_accepted_it_is_law_with_reviewer_reason_and_source(shelf: RuleShelf) -> None:
    before = shelf.load()
    change = Change(table="cn/table.csv", key="row", before="1", after="2")
    done = accept(draft(shelf, changes=(change,)), shelf, REVIEW, watch=quiet)
    after = shelf.load()
    assert after.version == done.version == "2026.3.2"
    assert "cn-weak/weak" in after.measures
    assert done.cases == 4
    log = (shelf.folder / "CHANGELOG.md").read_text(encoding="utf-8")
    for words in (
        "## 2026.3.2", "new measure `cn-weak/weak`", "Reason: Read against the notice", "Reviewer: Example Officer.",
        "https://example.org/weak", "c" * 64, before.sha256, "cn/table.csv, row: 1 -> 2",
    ):  # fmt: skip
        assert words in log
    assert not list(shelf.folder.glob(".*"))


def test_the_newest_entry_stands_first(shelf: RuleShelf) -> None:
    (shelf.folder / "CHANGELOG.md").write_text("# Changes\n\nHead.\n\n## 2026.1.1\n\nOld.\n", encoding="utf-8")
    accept(draft(shelf), shelf, REVIEW, watch=quiet)
    log = (shelf.folder / "CHANGELOG.md").read_text(encoding="utf-8")
    assert log.index("Head.") < log.index("## 2026.3.2") < log.index("## 2026.1.1")


@pytest.mark.parametrize(
    ("now", "wanted", "becomes"), [("2026.3.2", "2026.3.2", "2026.3.2.2"), ("2026.3.2.2", "2026.3.2", "2026.3.2.3")]
)
def test_a_second_acceptance_of_a_day_counts_up(shelf: RuleShelf, now: str, wanted: str, becomes: str) -> None:
    (shelf.folder / "VERSION").write_text(f"{now}\n", encoding="utf-8")
    assert accept(draft(shelf), shelf, replace(REVIEW, version=wanted), watch=quiet).version == becomes


@pytest.mark.parametrize("wanted", ["2025.12.31", "1", "tomorrow", "2026.1.1.0"])
def test_a_version_goes_forward(shelf: RuleShelf, wanted: str) -> None:
    with pytest.raises(UsageError):
        accept(draft(shelf), shelf, replace(REVIEW, version=wanted), watch=quiet)


def refused(shelf: RuleShelf, one: Draft, code: str) -> DraftError:
    before = state(shelf.folder)
    with pytest.raises(DraftError) as found:
        accept(one, shelf, REVIEW, watch=quiet)
    assert found.value.code == code
    assert state(shelf.folder) == before
    return found.value


def test_refused_while_something_is_to_be_filled_in(shelf: RuleShelf) -> None:
    one = draft(shelf, fill_in=(FillIn(file="cn/cn-weak/measure.yaml", key="in_force", why="no day was read"),))
    assert "in_force: no day was read" in refused(shelf, one, "GL0404").message


def test_what_a_reviewer_confirms_by_name_is_not_open(shelf: RuleShelf) -> None:
    one = draft(shelf, fill_in=(FillIn(file="cn/cn-weak/measure.yaml", key="unread", why="read 3 spans"),))
    with pytest.raises(UsageError, match="`title` is not among"):
        accept(one, shelf, replace(REVIEW, confirmed=("title",)), watch=quiet)
    accept(one, shelf, replace(REVIEW, confirmed=("unread",)), watch=quiet)
    assert "Confirmed: unread (read 3 spans)." in (shelf.folder / "CHANGELOG.md").read_text(encoding="utf-8")


def test_refused_for_another_state_of_the_base(shelf: RuleShelf) -> None:
    refused(shelf, replace(draft(shelf), base=None), "GL0405")
    refused(shelf, replace(draft(shelf), base=BaseMark(version="2026.1.1", sha256="0" * 64)), "GL0405")


def test_refused_if_its_own_case_fails(shelf: RuleShelf) -> None:
    wrong = FILES | {"cn/cn-weak/cases.yaml": CASES.replace("expect: free", "expect: prohibited", 1)}
    assert "expected prohibited, got free" in refused(shelf, draft(shelf, wrong), "GL0406").message


def test_refused_if_a_case_of_the_base_fails(shelf: RuleShelf) -> None:
    early = FILES
    for old, new in (
        ("2026-03-02", "2025-04-01"), ("2026-04-01", "2025-04-02"), ("2026-03-31", "2025-04-01"), ("2026-03-01", "2025-03-31"),
        ("8505119000", "8505111000"), ("licence_required", "prohibited"),
    ):  # fmt: skip
        early = {path: text.replace(old, new) for path, text in early.items()}
    error = refused(shelf, draft(shelf, early), "GL0406")
    assert error.message.startswith("a case of cn-longer does not come out as written")


def test_refused_without_cases_or_with_a_broken_rule(shelf: RuleShelf) -> None:
    before = state(shelf.folder)
    for files, code in (
        ({"cn/cn-weak/measure.yaml": MEASURE}, "RB13"),
        (FILES | {"cn/cn-weak/measure.yaml": MEASURE.replace("cn-export", "cn-import")}, "RB03"),
        (FILES | {"cn/cn-weak/cases.yaml": CASES.partition("- case: another")[0]}, "RB25"),
    ):
        with pytest.raises(RuleBaseError) as found:
            accept(draft(shelf, files), shelf, REVIEW, watch=quiet)
        assert code in {one.code for one in found.value.problems}
    assert state(shelf.folder) == before


def test_the_installed_base_takes_nothing_in(shelf: RuleShelf) -> None:
    refused(RuleShelf(shelf.folder, installed=True), draft(shelf), "GL0407")


# --- whole or not at all --------------------------------------------------------------------------------------------


def test_a_crash_leaves_the_old_base_or_one_that_is_refused_until_it_is_finished(
    shelf: RuleShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every rename fails once; before the first that counts nothing has happened, after it `finish` makes it whole."""
    one, before = draft(shelf), state(shelf.folder)
    rename, replace_file = Path.rename, Path.replace
    for broken_at in range(6):
        calls = 0

        def step(real: Any, path: Path, target: Path) -> Path:
            nonlocal calls
            calls += 1
            if calls == broken_at + 1:  # noqa: B023
                raise KeyboardInterrupt
            return Path(real(path, target))

        monkeypatch.setattr(Path, "rename", lambda path, target: step(rename, path, target))
        monkeypatch.setattr(Path, "replace", lambda path, target: step(replace_file, path, target))
        try:
            accept(one, shelf, REVIEW, watch=quiet)
        except KeyboardInterrupt:
            monkeypatch.setattr(Path, "rename", rename)
            monkeypatch.setattr(Path, "replace", replace_file)
            if (shelf.folder / PENDING).exists():
                with pytest.raises(RuleBaseError) as found:
                    shelf.load()
                assert found.value.code == "GL0408"
                assert len(shelf.finish()) == 4
            else:
                assert state(shelf.folder) == before
                continue
        assert "cn-weak/weak" in shelf.load().measures
        assert not list(shelf.folder.glob(".*"))
        monkeypatch.undo()
        shutil.rmtree(shelf.folder)
        shutil.copytree(BASE, shelf.folder)


def test_a_base_that_changes_meanwhile_is_not_written_over(shelf: RuleShelf) -> None:
    before = state(shelf.folder)
    with pytest.raises(DraftError) as found:
        shelf.take_in({"VERSION": "2\n"}, before={"VERSION": "1\n"})
    assert found.value.code == "GL0405"
    assert state(shelf.folder) == before


def test_nothing_to_finish(shelf: RuleShelf) -> None:
    assert shelf.finish() == ()


# --- blast ----------------------------------------------------------------------------------------------------------


def question(day: str) -> Question:
    return Question(Asked.read(day), Asked.read(day), ("cn", "us"), strict=False)


def lines() -> list[Any]:
    rows = (("A", "hs:8505119000", "1000", "EUR"), ("B", "hs:8505119000", "250.50", "USD"), ("C", "hs:8505112000", "7", "EUR"))
    route = {"contains": "Dy:0", "ship_from": "CN", "ship_to": "DE"}
    return [
        wiring.read_one({"line_id": name, "codes": code, "value": value, "currency": money, **route})
        for name, code, value, money in rows
    ]


def test_blast_shows_lines_money_law_and_cases(shelf: RuleShelf) -> None:
    before = shelf.load()
    after = shelf.load_with(FILES, with_cases=False)
    found = blast(before, after, lines(), question("2026-04-01"), watch=quiet)
    assert [(one.line.line_id, one.before.verdict.value, one.after.verdict.value, one.because) for one in found.lines] == [
        ("A", "free", "licence_required", ("cn-weak/weak",)),
        ("B", "free", "licence_required", ("cn-weak/weak",)),
    ]
    assert {currency: str(value) for currency, value in found.money.items()} == {"EUR": "1000", "USD": "250.50"}
    assert [(one.what, one.id) for one in found.law] == [("new instrument", "cn-weak"), ("new measure", "cn-weak/weak")]
    assert not found.cases
    assert not blast(before, after, lines(), question("2026-03-31"), watch=quiet).changes_anything


def test_a_changed_file_is_tried_on_every_case(shelf: RuleShelf) -> None:
    before = shelf.load()
    text = shelf.text("cn/cn-magnets/measure.yaml")
    assert text is not None
    changed = {"cn/cn-magnets/measure.yaml": text.replace("effect: licence_required", "effect: prohibited")}
    found = blast(before, shelf.load_with(changed, with_cases=False), (), question("2026-04-01"), watch=quiet)
    assert found.cases_run == found.cases_asked
    assert "a strong magnet on the first day" in {one.case.name for one in found.cases}
    assert ("changed instrument", "cn-magnets") in {(one.what, one.id) for one in found.law}


def test_only_cases_that_could_know_the_new_law_are_run(shelf: RuleShelf) -> None:
    before, after = shelf.load(), shelf.load_with(FILES, with_cases=False)
    reached = cases_in_reach(before.cases, before, after)
    assert len(reached) < len(before.cases)
    everywhere = [case for case in before.cases if case not in reached]
    again = [wiring.run_case(case, after) for case in everywhere]
    assert [one.case.name for one in again if one.failures] == []


def test_the_base_is_not_touched_by_looking(shelf: RuleShelf) -> None:
    before = state(shelf.folder)
    shelf.load_with(FILES, with_cases=True)
    assert state(shelf.folder) == before


# --- acts -----------------------------------------------------------------------------------------------------------


def act(does: str, *targets: str, **more: Any) -> ActAsked:
    plain: dict[str, Any] = {
        "side": "cn", "regime": "cn-export", "id": "cn-act", "title": "An act", "number": "Announcement 9 of 2026",
        "issuer": "Example Ministry", "kind": "announcement", "address": "https://example.org/act", "read": "copy",
        "published": date(2026, 3, 2), "checked_on": date(2026, 3, 2),
    }  # fmt: skip
    return ActAsked(does=does, targets=targets, **{**plain, **more})


MADE = MadeFrom(name="options", sha256="d" * 64)


@pytest.mark.parametrize(
    "asked",
    [
        act("suspends", "cn-magnets", start="2026-04-01", until="2026-05-01", after="unknown"),
        act("ends", "cn-magnets/strong", start="2026-04-01"),
        act("lifts_part", "cn-magnets/strong", start="2026-04-01", goods=("hs:8505.11", "cn:1C905.a.4")),
    ],
)
def test_an_act_by_options_loads(shelf: RuleShelf, asked: ActAsked) -> None:
    base = shelf.load()
    one = propose_act(asked, MADE, base)
    assert not one.fill_in
    after = shelf.load_with(one.files, with_cases=False)
    assert {*after.acts, *after.lifts} - {*base.acts, *base.lifts}


def test_an_extension_is_aimed_at_an_act(shelf: RuleShelf) -> None:
    base = shelf.load()
    name = next(one.id for one in base.acts.values() if one.does == "suspends")
    one = propose_act(act("extends", name, until="2027-01-01"), MADE, base)
    assert "cn-act/extension" in shelf.load_with(one.files, with_cases=False).acts
    for wrong in (act("extends", "cn-magnets", until="2027-01-01"), act("suspends", "cn-nothing", start="2026-04-01")):
        with pytest.raises(UsageError) as found:
            propose_act(wrong, MADE, base)
        assert found.value.code == "GL0305"


def test_what_was_not_said_of_an_act_is_asked(shelf: RuleShelf) -> None:
    asked = act("suspends", "cn-magnets", start="2026-04-01", title="", issuer="", address="", published=None)
    keys = {one.key for one in propose_act(asked, MADE, shelf.load()).fill_in}
    assert keys == {"title", "issuer", "known_since", "sources.notice.href", "acts.until"}
