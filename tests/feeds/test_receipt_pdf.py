"""The receipt as a PDF: the same bytes for the same record, whatever the names are written in."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from greenlane.feeds.receipt_pdf import CHINESE, LATIN, _pieces, _wrapped, receipt_pdf
from greenlane.services.screening import Screening, record, screen
from tests.services.naive_matcher import DAY, SETTINGS, Naive, desk_of, edition, journal_in, party, whom

WEIGHTS = {"example": 1.0}


def screening(folder: Path, name: str, *, fault: str = "") -> Screening:
    listed = edition(party(1, "Example Trading", "示例贸易有限公司"), party(2, "مثال"))
    matcher = Naive(listed.parties, WEIGHTS)
    desk = desk_of(journal_in(folder), listed, faults={"us-sdn": fault})
    return record(screen([whom(name)], matcher, desk, SETTINGS), matcher, desk, SETTINGS, engine="1")


@pytest.mark.parametrize("name", ["Example Trading", "示例贸易有限公司", "Nobody Known", "مثال", "Zoë\x00 \U0001f600", "x" * 400])
def test_the_same_record_is_the_same_file(tmp_path: Path, name: str) -> None:
    done = screening(tmp_path, name)
    raw = receipt_pdf(done)
    assert raw.startswith(b"%PDF-")
    assert raw == receipt_pdf(done)
    assert receipt_pdf(replace(done, engine="2")) != raw


def test_nothing_of_the_clock_goes_in(tmp_path: Path) -> None:
    """Another process, in another zone and at another time, makes the same bytes."""
    done = screening(tmp_path, "Example Trading")
    record_file = tmp_path / "record.json"
    record_file.write_text(done.text(), encoding="utf-8", newline="")
    program = (
        "import sys, pathlib; from greenlane.feeds.receipt_pdf import receipt_pdf;"
        "from greenlane.services.screening import read_screening;"
        "sys.stdout.buffer.write(receipt_pdf(read_screening(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8'), shown='x')))"
    )
    source = str(Path(__file__).parents[2] / "src")
    env = {"PYTHONPATH": source, "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"}
    found = subprocess.run([sys.executable, "-c", program, str(record_file)], env=env, capture_output=True, check=True)
    assert found.stdout == receipt_pdf(done)


def test_many_answers_take_many_pages(tmp_path: Path) -> None:
    done = screening(tmp_path, "Example Trading")
    many = replace(done, answers=tuple(done.answers) * 40)
    assert receipt_pdf(many).count(b"/Type /Page\n") > 3


def test_each_sign_is_set_in_a_font_that_has_it_or_told() -> None:
    found = list(_pieces("Example 示例 مث\u200b Zoë", LATIN))
    assert (CHINESE, "示") in found
    assert (LATIN, "[U+0645]") in found
    assert (LATIN, "[U+200B]") in found
    assert found[-1] == (LATIN, "Zoë")


@pytest.mark.parametrize("text", ["one two three " * 30, "示例" * 200, "x" * 500])
def test_wrapping_loses_nothing(text: str) -> None:
    assert "".join(part for line in _wrapped(text, LATIN, 10, 200) for _, part in line) == text


def test_it_says_when_nothing_can_be_said(tmp_path: Path) -> None:
    fit, unfit = screening(tmp_path, "Nobody Known"), screening(tmp_path, "Nobody Known", fault="too old")
    assert (fit.answers[0]["outcome"], unfit.answers[0]["outcome"]) == ("none_found", "cannot_say")
    assert receipt_pdf(fit) != receipt_pdf(unfit)
    assert unfit.settings.on == DAY
