"""Somebody takes the law into another program: rules export as json, csv, a feed, a calendar."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from greenlane import wiring
from greenlane.cli.main import cli
from greenlane.errors import UsageError
from tests.decide.real import real_base

ON = ("--on", "2026-10-10")


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base of the repository is read once for all runs of this file."""
    monkeypatch.setattr(wiring, "load_rules", lambda *_, **__: real_base())


def run(*words: str) -> bytes:
    result = CliRunner().invoke(cli, ["rules", "export", *words], standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == 0
    return result.stdout_bytes


def refused(*words: str) -> UsageError:
    result = CliRunner().invoke(cli, ["rules", "export", *words], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
    return result.exception


def test_json_and_csv_hold_the_same_measures() -> None:
    told: dict[str, Any] = json.loads(run("--format", "json", *ON))
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv", *ON).decode())))
    assert [one["intervention_id"] for one in told["interventions"]] == [row["intervention_id"] for row in rows]
    assert [one["date_announced"] for one in told["interventions"]] == [row["date_announced"] for row in rows]
    assert [len(one["affected_products"]) for one in told["interventions"] if one["intervention_type"] != "Import tariff"] == [
        len(row["affected_products"].split(";")) if row["affected_products"] else 0
        for row in rows
        if row["intervention_type"] != "Import tariff"
    ]
    assert told["counting_unit"].startswith("one entry is one measure")
    assert len(told["rules_sha256"]) == 64


def test_every_format_gives_the_same_bytes_twice_to_a_file_and_to_the_screen(tmp_path: Path) -> None:
    for form in ("json", "csv", "atom", "ics"):
        path = tmp_path / f"law.{form}"
        assert run("--format", form, *ON) == run("--format", form, *ON)
        run("--out", str(path), *ON)
        assert path.read_bytes() == run("--format", form, *ON)


def test_a_side_and_a_first_day() -> None:
    assert b"China: " not in run("--format", "atom", "--side", "us", *ON)
    later = run("--format", "ics", "--since", "2026-10-11", *ON)
    assert b"20261110" in later
    assert b"DTSTART;VALUE=DATE:2025" not in later


def test_what_cannot_be_asked_so() -> None:
    assert "--format" in str(refused(*ON))
    assert "--since" in str(refused("--format", "csv", "--since", "2025-01-01", *ON))


@pytest.mark.parametrize("form", ["atom", "ics"])
def test_in_hindsight_only_what_was_public(form: str) -> None:
    assert b"2025-09-29" not in run("--format", form, "--on", "2025-06-10").replace(b"\r\n ", b"")
