"""An officer and an analyst ask the law itself: rules list, show, timeline, diff, coverage."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from greenlane import wiring
from greenlane.cli.main import cli
from greenlane.cli.rules_show import card_of, print_card
from greenlane.errors import UsageError
from greenlane.settings import read_settings
from greenlane.terms.periods import Asked

SVG = "{http://www.w3.org/2000/svg}"


def run(*words: str) -> str:
    result = CliRunner().invoke(cli, ["rules", *words], standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == 0
    return result.stdout


def records(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*words, "--format", "jsonl").splitlines()]


def refused(*words: str) -> UsageError:
    result = CliRunner().invoke(cli, ["rules", *words], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
    return result.exception


# --- list -----------------------------------------------------------------------------------------------------------


def test_list_tells_how_each_instrument_stands_as_known_that_day() -> None:
    june = {one["id"]: one for one in records("list", "--on", "2025-06-10")}
    assert june["cn-ecl-2025-021"]["states"] == ["suspended"]
    assert june["cn-2025-018"]["states"] == ["in_force"]
    assert june["cn-2025-green-channel"]["states"] == ["offered"]
    assert june["us-ai-diffusion"]["states"] == ["unenforced"]
    assert "cn-2025-057" not in june
    assert {one["known_by"] for one in june.values()} == {"2025-06-10"}
    assert all(len(one["rules_sha256"]) == 64 for one in june.values())


def test_list_by_status_side_and_regime() -> None:
    suspended = records("list", "--on", "2026-10-10", "--status", "suspended", "--side", "us")
    assert [one["id"] for one in suspended] == ["us-affiliates-rule"]
    said = {one["id"] for one in records("list", "--on", "2025-06-10", "--status", "said")}
    assert {"cn-2025-green-channel", "us-statement-2025-06-09-hassett"} <= said
    assert {one["regime"] for one in records("list", "--on", "2025-06-10", "--regime", "us-duty")} == {"us-duty"}


def test_list_in_hindsight_does_not_use_what_became_known_later() -> None:
    on, then = ("--on", "2025-05-15"), ("--known-by", "2025-05-12")
    now = {one["id"]: one["states"] for one in records("list", *on)}
    before = {one["id"]: one["states"] for one in records("list", *on, *then)}
    assert now["us-ai-diffusion"] == ["unenforced"]
    assert before["us-ai-diffusion"] == ["in_force"]
    assert before["cn-ecl-2025-021"] == ["in_force"]


def test_a_table_fits_a_hundred_columns_and_carries_no_colour_codes() -> None:
    for words in (
        ("list", "--on", "2026-10-10"),
        ("show", "cn-2025-018"),
        ("show", "cn-2024-046/2a"),
        ("timeline",),
        ("diff", "2025-05-11", "2025-05-14"),
        ("coverage", "--on", "2026-10-10"),
    ):
        text = run(*words)
        assert "\x1b" not in text
        for line in text.splitlines():
            assert len(line) <= 100 or "://" in line, line


def test_csv_has_one_header_and_a_row_for_each_instrument() -> None:
    text = run("list", "--on", "2025-06-10", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(records("list", "--on", "2025-06-10"))
    assert rows[0]["known_by"] == "2025-06-10"


# --- show -----------------------------------------------------------------------------------------------------------


def test_show_an_instrument_whole() -> None:
    text = run("show", "cn-2025-057")
    for words in (
        "Announcement 57 of 2025",
        "MOFCOM and GAC",
        "standing: official",
        "how it is read",
        "not begun",
        "suspended",
        "unknown; said to go",
        "cn-2025-070/pause suspends",
        "https://",
        "still found true on",
        "worked cases",
    ):
        assert words in text, words


def test_show_an_instrument_that_shares_its_name_with_its_measure_and_list() -> None:
    text = run("show", "cn-ecl-2025-021", "--known-by", "2025-06-01")
    assert "16 listed" in text
    assert "the consignee or end user is on cn-ecl-2025-021" in text
    assert "cn-2025-0514-statement" in text
    assert "cn-2025-1110-statement" not in text


def test_show_a_measure_says_its_conditions_in_words() -> None:
    (card,) = records("show", "cn-2025-018/1C905.a.4")
    assert card["what"] == "measure"
    assert "shipped from CN" in card["conditions"]
    assert any("share of Dy > 0" in text for text in card["conditions"])
    assert card["cases"] > 0
    assert "cn-2025-faq5/assemblies" in [one["id"] for one in card["lifted_by"]]


def test_show_a_promise_never_calls_it_in_force() -> None:
    (card,) = records("show", "us-statement-2025-06-09-hassett")
    assert [one["state"] for rule in card["rules"] for one in rule["periods"]] == ["floated"]
    assert "floated; decides" in run("show", "us-statement-2025-06-09-hassett")


@pytest.mark.parametrize("name", ["cn-2025-070/pause", "cn-2025-faq5/assemblies", "us-d5", "us-letter-2025-05-ethane"])
def test_show_acts_lifts_groups_and_letters(name: str) -> None:
    assert run("show", name).startswith(name)
    (card,) = records("show", name)
    assert card["sources"] or card.get("rules")


def test_everything_the_base_holds_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    base = wiring.load_rules(release=False)
    for name in (*base.instruments, *base.measures, *base.lifts, *base.acts, *base.groups):
        card = card_of(name, base, Asked.read("2026-10-10"))
        json.dumps(card)
        print_card(card, base)
    assert "Traceback" not in capsys.readouterr().err


def test_show_an_unknown_name_gives_the_nearest() -> None:
    problem = refused("show", "cn-2025-70")
    assert problem.code == "GL0305"
    assert "cn-2025-070" in problem.hint


def test_show_in_hindsight_says_when_it_became_known() -> None:
    problem = refused("show", "cn-2025-070", "--known-by", "2025-06-01")
    assert problem.code == "GL0305"
    assert "2025-11-07" in problem.hint


# --- timeline -------------------------------------------------------------------------------------------------------


def test_timeline_rows_carry_source_and_the_day_first_known() -> None:
    lines = records("timeline", "--from", "2025-04-01", "--to", "2025-06-30", "--known-by", "2025-06-30")
    keys = set(lines[0])
    for line in lines:
        assert set(line) == keys
        assert line["known_since"][:10] <= "2025-06-30"
        assert line["source"]["title"]
        assert line["from"][:10] <= "2025-06-30"
    eda = [line for line in lines if line["instrument"] == "us-letter-2025-05-23-eda"]
    assert eda
    assert {line["state"] for line in lines if line["kind"] == "said"} <= {
        "floated",
        "offered",
        "agreed",
        "noted",
        "stated",
    }


def test_timeline_as_csv_holds_the_same_rows() -> None:
    words = ("timeline", "--from", "2025-04-01", "--to", "2025-06-30")
    rows = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv"))))
    assert len(rows) == len(records(*words))
    assert {"source_title", "source_href", "known_since", "rules_sha256"} <= set(rows[0])


def test_timeline_one_side_and_unfolded() -> None:
    assert {line["side"] for line in records("timeline", "--side", "cn")} == {"cn"}
    assert "UNITED STATES" not in run("timeline", "--side", "cn")
    assert "cn-ecl-2025-021" not in run("timeline", "--side", "cn")
    assert "cn-ecl-2025-021" in run("timeline", "--side", "cn", "--all")


def test_timeline_refuses_a_range_that_runs_backwards() -> None:
    assert refused("timeline", "--from", "2025-06-01", "--to", "2025-05-01").code == "GL0304"
    assert refused("timeline", "--from", "soon").code == "GL0304"


def test_the_drawing_is_well_formed_accessible_and_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    for path in (first, second):
        run("timeline", "--to", "2027-03-31", "--svg", str(path))
    assert first.read_bytes() == second.read_bytes()
    root = ElementTree.fromstring(first.read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    labels = [root.find(f"{SVG}{name}") for name in ("title", "desc")]
    assert [one.get("id") for one in labels if one is not None] == (root.get("aria-labelledby") or "").split()
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    words = [one.text or "" for one in root.iter(f"{SVG}text")]
    for word in (
        "China",
        "United States",
        "in force",
        "suspended",
        "unknown: nobody confirmed",
        "exception",
        "known to here",
        "?",
    ):
        assert word in words, word
    assert words.index("China") < words.index("United States")
    caption = words[-1]
    assert "As known on 2026-10-10" in caption
    assert "Rule base" in caption
    assert "@import" not in first.read_text(encoding="utf-8")


def test_every_bar_lies_inside_the_plot(tmp_path: Path) -> None:
    path = tmp_path / "t.svg"
    run("timeline", "--from", "2025-05-01", "--to", "2025-07-31", "--all", "--svg", str(path))
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    width = float(root.get("width", "0"))
    for one in root.iter(f"{SVG}rect"):
        x, wide = float(one.get("x", "0")), float(one.get("width", "0"))
        assert x >= 0
        assert x + wide <= width + 0.1


def test_a_drawing_that_cannot_be_written(tmp_path: Path) -> None:
    assert refused("timeline", "--svg", str(tmp_path / "nowhere" / "t.svg")).code == "GL0306"


# --- diff -----------------------------------------------------------------------------------------------------------


def test_diff_of_two_days_of_knowledge() -> None:
    rows = records("diff", "2025-05-11", "2025-05-14")
    told = {(row["change"], row["id"]): row for row in rows}
    assert told["changed state", "us-reciprocal-2025"]["before"] == "125 %"
    assert told["changed state", "us-reciprocal-2025"]["after"] == "10 %"
    assert told["changed state", "cn-ecl-2025-021"]["by"] == "cn-2025-0514-statement/ecl-021"
    assert ("new act", "us-ai-diffusion/not-enforced") in told
    for row in rows:
        assert "2025-05-11" < row["known_since"][:10] <= "2025-05-14"


def test_diff_looks_at_another_day_too() -> None:
    rows = {row["id"]: row for row in records("diff", "2025-11-06", "2025-11-09", "--on", "2025-11-20")}
    assert rows["cn-2025-057/1C909.a"]["before"] == "in force"
    assert rows["cn-2025-057/1C909.a"]["after"].startswith("suspended")


def test_a_statement_about_a_pause_is_told_with_its_own_day() -> None:
    rows = {row["id"]: row for row in records("diff", "2026-09-01", "2026-10-10", "--on", "2026-11-20")}
    row = rows["cn-2025-057/1C909.a"]
    assert row["change"] == "changed periods"
    assert (row["by"], row["known_since"]) == ("cn-2026-kl-statement/to-january", "2026-09-28")


def test_diff_of_the_same_day_is_empty_and_a_later_first_day_is_refused() -> None:
    assert records("diff", "2025-06-01", "2025-06-01") == []
    assert refused("diff", "2025-06-02", "2025-06-01").code == "GL0304"
    assert refused("diff", "2025-06-02", "no-such-folder").code == "GL0304"


def test_diff_of_two_bases(tmp_path: Path) -> None:
    old = read_settings().rules
    new = tmp_path / "rules"
    shutil.copytree(old, new)
    home = new / "cn" / "cn-2026-029" / "measure.yaml"
    text = home.read_text(encoding="utf-8")
    first, second = text.split("    title: Export of")
    home.write_text(f"{first}    title: Sale of{second}", encoding="utf-8")
    rows = records("diff", str(old), str(new))
    assert ("changed instrument", "cn-2026-029") in {(row["change"], row["id"]) for row in rows}
    assert [row["after"] for row in rows if row["change"] == "changed measure"] == ["title"]
    assert len(rows) == 2
    assert records("diff", str(old), str(old)) == []
    result = CliRunner().invoke(cli, ["rules", "diff", str(old), str(new), "--exit-code"], standalone_mode=False)
    assert result.return_value == 1


# --- coverage -------------------------------------------------------------------------------------------------------


def test_coverage_says_what_is_and_what_is_not_modelled() -> None:
    cards = {card["regime"]: card for card in records("coverage", "--on", "2026-10-20")}
    export = cards["cn-export"]
    assert export["read_through"] == "2026-10-10"
    assert export["days_not_read"] == 10
    assert "hs:8505.11" in {code for cover in export["covers"] for code in cover["goods"]}
    assert "cn-2026-029" in {one["id"] for one in export["reported_or_unverified"]}
    assert all(card["not_modelled"] for card in cards.values())
    text = run("coverage", "--on", "2026-10-20")
    assert "not modelled:" in text
    assert "days since are not read" in text


# --- help -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["list", "show", "timeline", "diff", "coverage", "check", "test"])
def test_help_has_an_example(verb: str) -> None:
    text = run(verb, "--help")
    assert f"greenlane rules {verb}" in text
    assert "--rules" in text


def test_help_reads_no_library_for_tables() -> None:
    heavy = "('rich', 'pyarrow', 'xlsxwriter')"
    code = f"import sys, greenlane.cli.rules; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_problem_is_written_to_standard_error_with_exit_code_2() -> None:
    command = [sys.executable, "-m", "greenlane", "rules", "show", "cn-2025-70"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "GL0305" in done.stderr
