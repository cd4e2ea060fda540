"""What would another day, another knowledge or another law change: the same as asking line by line, twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from greenlane import wiring
from greenlane.cli.main import cli
from greenlane.errors import GreenlaneError
from greenlane.feeds import tables
from greenlane.feeds.table_batches import Cut
from greenlane.law.rulebase import RuleBase
from greenlane.services.rulekeeping import LineChange
from greenlane.services.runs import Question
from greenlane.terms.periods import Asked
from greenlane.wiring import whatif
from tests.decide.small import small_base

MAGNETS = """
  - id: magnets
    effect: licence_required
    in_force: [{from: 2025-04-04, source: s}]
    when: {ship_from: [CN], attr: {form: magnet}}
"""
POWDERS = """
  - id: powders
    effect: prohibited
    in_force: [{from: 2025-02-01, until: 2025-08-01, source: s}]
    when: {ship_from: [CN], ship_to: [US], attr: {form: powder}}
"""
COLUMNS = ("line_id", "ship_from", "ship_to", "attrs", "date", "codes", "consignee", "value", "currency")
ON = ("--on", "2025-06-10", "--no-screening")


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return small_base(measures=MAGNETS + POWDERS)


def row(number: int) -> dict[str, str]:
    form = ("magnet", "powder", "oxide", "")[number % 4]
    return {
        "line_id": f"L-{number}",
        "ship_from": "CN",
        "ship_to": ("US", "DE")[number % 2 * (number % 3 == 0)],
        "attrs": f"form={form}" if form else "",
        "date": "2025-06-11" if number % 5 == 0 else "",
        "codes": f"hs:85051{number % 3}",
        "consignee": f"Example {number % 4}",
        "value": f"{number}.10" if number % 7 else "",
        "currency": ("EUR", "USD", "")[number % 3],
    }


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    rows = [row(number) for number in range(80)]
    rows[3]["ship_to"] = "ZZ"
    tables.write_table(path, COLUMNS, rows, format="csv")
    return path


@pytest.fixture
def run(base: RuleBase, orders: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(orders.parent)
    real = wiring.load_rules
    monkeypatch.setattr(wiring, "load_rules", lambda folder=None, **more: base if folder is None else real(folder, **more))
    return lambda *arguments: CliRunner().invoke(cli, list(arguments), standalone_mode=False, catch_exceptions=True)


def plainly(orders: Path, base: RuleBase, before: Question, after: Question, law: RuleBase) -> list[LineChange]:
    lines, _ = wiring.read_order_file(orders)
    pairs = zip(wiring.answer(lines, base, before), wiring.answer(lines, law, after), strict=True)
    return [LineChange(one, two) for one, two in pairs if one.verdict is not two.verdict]


def question(on: str, known_by: str = "") -> Question:
    return Question(Asked.read(on), Asked.read(known_by or on), ("cn", "us"), strict=False)


def because(change: LineChange) -> str:
    was, now = ({reason.measure.id for reason in one.reasons} for one in (change.before, change.after))
    asked = sorted({missing.fact for one in (change.before, change.after) for missing in one.missing})
    return ";".join(sorted(was ^ now) or sorted(was | now)) or (
        f"not said: {', '.join(asked)}" if asked else "what is covered, or presumed"
    )


def test_every_variant_changes_what_asking_twice_changes(orders: Path, base: RuleBase) -> None:
    before = question("2025-06-10")
    other = small_base(measures=MAGNETS.replace("licence_required", "prohibited") + POWDERS)
    variants = [
        whatif.Variant("later", question("2025-09-01"), base),
        whatif.Variant("earlier", question("2025-03-01"), base),
        whatif.Variant("law", before, other),
        whatif.Variant("nothing", before, base),
    ]
    out = orders.with_name("changes.parquet")
    found = whatif.what_if(orders, before, base, variants, form="parquet", out=out, screening=False, cut=Cut(rows=7, text=300))
    assert (found.lines, found.rejected) == (79, 1)
    rows = pq.read_table(out).to_pylist()
    for variant in variants:
        expected = plainly(orders, base, before, variant.question, variant.rules)
        mine = [one for one in rows if one["against"] == variant.name]
        assert [(one["line_id"], one["verdict_before"], one["verdict_after"]) for one in mine] == [
            (one.line.line_id, one.before.verdict.value, one.after.verdict.value) for one in expected
        ]
        assert [one["because"] for one in mine] == [because(one) for one in expected]
        sums = found.sums[variant.name]
        assert sums.total.lines == len(expected)
        money: dict[str, Decimal] = {}
        parties: dict[str, int] = {}
        for one in expected:
            if one.line.value is not None and one.line.currency:
                money[one.line.currency] = money.get(one.line.currency, Decimal(0)) + one.line.value
            parties[one.line.consignee] = parties.get(one.line.consignee, 0) + 1
        assert sums.total.money == money
        assert {name: one.lines for name, one in sums.ordered("party")} == parties
        for by in ("verdicts", "party", "goods"):
            assert sum(one.lines for _, one in sums.ordered(by)) == len(expected)
    assert found.sums["later"].total.lines > 0
    assert found.sums["law"].total.lines > 0
    assert found.sums["nothing"].total.lines == 0
    assert [name for name, _ in found.sums["law"].ordered("measure")] == ["cn-small/magnets"]


def test_the_command_prints_sums_and_writes_the_lines(run: Callable[..., Result], orders: Path) -> None:
    result = run("whatif", "orders.csv", *ON, "--against-on", "2025-09-01", "--against-known-by", "2025-06-01", "--out", "c.csv")
    assert result.exception is None, result.exception
    assert result.return_value == 1
    assert "on 2025-09-01: " in result.stdout
    assert "known by 2025-06-01: 0 of 79 lines change" in result.stdout
    assert "prohibited -> " in result.stdout
    assert "1 row does not read" in result.stderr
    header = (orders.parent / "c.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("line_id,ship_from")
    assert header.endswith("because")
    records = [
        json.loads(line)
        for line in run("whatif", "orders.csv", *ON, "--against-on", "2025-09-01", "--format", "jsonl").stdout.splitlines()
    ]
    total: dict[str, Any] = records[-1]
    assert total["by"] == "total"
    assert total["lines"] == sum(one["lines"] for one in records if one["by"] == "verdicts") > 0


def test_a_draft_is_laid_over_the_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = (
        "rules draft --suspend cn-2025-018 --from 2026-12-01 --until 2027-01-01 --id cn-example-pause --out draft --on 2026-10-10"
    )
    further = (
        "--issuer",
        "Example Ministry",
        "--number",
        "Announcement 99 of 2026",
        "--title",
        "A pause",
        "--source",
        "https://example.com/pause",
    )
    result = CliRunner().invoke(cli, [*asked.split(), *further, "--published", "2026-11-20"], standalone_mode=False)
    assert (tmp_path / "draft" / "draft.yaml").is_file(), (result.exception, result.output)
    law = whatif.law_of(tmp_path / "draft", None)
    assert law.sha256 != wiring.load_rules().sha256


def test_what_cannot_be_compared_is_refused(run: Callable[..., Result]) -> None:
    for arguments, word in (
        ((), "nothing to compare"),
        (("--against-on", "tomorrow"), "--against-on"),
        (("--against-on", "2025-09-01", "--against-on", "2025-09-01"), "asked twice"),
        (("--against-on", "2025-09-01", "--out", "c.xlsx"), "not written as xlsx"),
    ):
        problem = run("whatif", "orders.csv", *ON, *arguments).exception
        assert isinstance(problem, GreenlaneError)
        assert word in str(problem)
