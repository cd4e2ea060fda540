"""Does greenlane's control list say what the source says, for every entry, every paragraph named, every destination?

The naive reading of the saved US control tables (tests/data/naive_ear.py) is asked the same questions as greenlane: each entry by
its bare code and by each paragraph that one of its rows names, to each row of the Country Chart. Every difference is a finding.

The questions are taken in a fixed scattered order and what was done is written down as it goes, so that a run can be stopped and
taken up again, and a short run is a fair sample of the whole.

    PYTHONPATH=src python benchmarks/determination/run.py --minutes 10
    PYTHONPATH=src python benchmarks/determination/run.py --bare
    PYTHONPATH=src python benchmarks/determination/run.py --code 3A001 --code 5A992.z.1
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from greenlane.feeds.rule_files import load  # noqa: E402  # the path of the tests comes first
from greenlane.law.rulebase import RuleBase  # noqa: E402
from tests.data.compare_ear import Finding, ask, compare_answer, rows_not_held, spread  # noqa: E402
from tests.data.naive_ear import Tables  # noqa: E402

BATCH = 40
FOLDER = ROOT.parent / "shared" / "data" / "us-ear-tables"
Question = tuple[str, str]
Told = tuple[list[Question], Counter[str], list[Finding]]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    if not options.tables.is_dir():
        print(f"the saved US control tables are not there: {options.tables}", file=sys.stderr)
        return 2
    tables, rules = Tables.read(options.tables), _base()
    missing = rows_not_held(tables, rules.measures)
    done, verdicts, findings = _before(options.journal, f"{rules.sha256} {options.tables}")
    asked = _questions(tables, options)
    todo = [question for question in asked if question not in done]
    counted = len(asked) - len(todo)
    print(f"{len(asked)} questions, {counted} of them answered before", file=sys.stderr)
    batches = [todo[start : start + BATCH] for start in range(0, len(todo), BATCH)]
    end = time.monotonic() + options.minutes * 60
    with (
        multiprocessing.Pool(options.jobs, _start, (options.tables,)) as pool,
        options.journal.open("a", encoding="utf-8") as journal,
    ):
        for questions, told, found in _until(end, pool.imap_unordered(_judge, batches)):
            verdicts += told
            findings += found
            counted += len(questions)
            record = {"done": questions, "verdicts": told, "findings": [asdict(one) for one in found]}
            journal.write(json.dumps(record) + "\n")
            journal.flush()
            print(f"\r{counted} of {len(asked)}, {len(findings)} findings", end="", file=sys.stderr)
        pool.terminate()
    print(file=sys.stderr)
    return _report(counted, len(asked), verdicts, findings, missing)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Hold the US control list against a naive reading of its source.")
    parser.add_argument("--tables", type=Path, default=FOLDER, help="folder of the saved tables")
    parser.add_argument("--jobs", type=int, default=2, help="processes [default: 2]")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="stop after so long [default: a day]")
    parser.add_argument("--bare", action="store_true", help="only the bare codes of the entries")
    parser.add_argument("--code", action="append", default=[], help="only these codes; an entry means all its paragraphs")
    parser.add_argument("--journal", type=Path, default=Path("determination.jsonl"), help="what was done; taken up again")
    return parser.parse_args(arguments)


@lru_cache(maxsize=1)
def _base() -> RuleBase:
    return load(ROOT / "rules", release=False)


def _questions(tables: Tables, options: argparse.Namespace) -> list[Question]:
    codes = [code for eccn in tables.entries for code in ((eccn,) if options.bare else tables.codes(eccn))]
    if options.code:
        wanted = set(options.code)
        codes = [code for code in codes if code in wanted or code[:5] in wanted]
        codes += sorted(wanted - set(codes) - {code[:5] for code in codes})
    return sorted(((code, to) for code in codes for to in tables.places), key=lambda one: spread(" ".join(one)))


def _before(journal: Path, state: str) -> tuple[set[Question], Counter[str], list[Finding]]:
    """What an earlier run over the same rules wrote down; a run over other rules begins anew."""
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.is_file() else []
    if not lines or json.loads(lines[0]) != {"state": state}:
        journal.write_text(json.dumps({"state": state}) + "\n", encoding="utf-8")
        return set(), Counter(), []
    done: set[Question] = set()
    verdicts: Counter[str] = Counter()
    findings: list[Finding] = []
    for line in lines[1:]:
        record = json.loads(line)
        done |= {(code, to) for code, to in record["done"]}
        verdicts.update(record["verdicts"])
        findings += [Finding(**one) for one in record["findings"]]
    return done, verdicts, findings


_tables: Tables | None = None


def _start(folder: Path) -> None:
    global _tables  # noqa: PLW0603  # one of each in a process of the pool
    _tables = Tables.read(folder)
    _base()


def _judge(questions: list[Question]) -> Told:
    assert _tables is not None
    verdicts: Counter[str] = Counter()
    findings: list[Finding] = []
    for code, to in questions:
        decision = ask(_base(), code, to)
        verdicts[decision.verdict.value] += 1
        findings += compare_answer(_tables, code, to, decision)
    return questions, verdicts, findings


def _until(end: float, told: Iterator[Told]) -> Iterator[Told]:
    for one in told:
        yield one
        if time.monotonic() > end:
            return


def _report(counted: int, asked: int, verdicts: Counter[str], findings: Sequence[Finding], missing: Sequence[str]) -> int:
    print(f"{counted} of {asked} questions answered: " + ", ".join(f"{word} {count}" for word, count in verdicts.most_common()))
    print(f"rows of the source that greenlane neither reproduces nor names: {', '.join(missing) or 'none'}")
    groups = Counter((one.kind, one.code[:5], one.key, one.understood) for one in findings)
    for (kind, eccn, key, understood), count in sorted(groups.items()):
        first = min((one for one in findings if (one.kind, one.code[:5], one.key) == (kind, eccn, key)), key=lambda one: one.line)
        print(f"{'understood' if understood else 'FINDING'} {count} x {first.line}")
    new = sum(not one.understood for one in findings)
    print(f"{len(findings)} differences, {new} of them not understood")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
