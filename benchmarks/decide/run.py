"""How many lines a second does each engine decide, on one law and the same lines, and do all say the same?

    PYTHONPATH=src:. python benchmarks/decide/run.py                                   # 300 rules, a million lines, all engines
    PYTHONPATH=src:. python benchmarks/decide/run.py --lines 20000 --limit 5           # a quick look
    PYTHONPATH=src:. python benchmarks/decide/run.py --sizes 100,300,1000,3000 --engines numpy,fused,duckdb-bits
    PYTHONPATH=src:. python benchmarks/decide/run.py --lacking --engines reference,numpy,fused

The result goes to standard output as Markdown (and with --out to OUT.md and OUT.json), everything else to standard error. The
exit code is 1 if two engines differ in any answer. See README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.decide.bandwidth import ROW_IN, ROW_OUT, Bandwidth, measure
from benchmarks.decide.encode import write_rules
from benchmarks.decide.engine import Engine
from benchmarks.decide.flat import flatten
from benchmarks.decide.law import EFFECTS, EPOCH, Law, make_law
from benchmarks.decide.lines import MAY_LACK, Lines, distinct, make_lines, save
from benchmarks.decide.peers.install import make, python_of
from benchmarks.decide.registry import engines

ROOT = Path(__file__).parents[2]
YARDSTICK = "python"
BOOKS = ("cold", "warm")
Found = dict[str, Any]


def main() -> None:
    given = arguments()
    known = engines()
    chosen = [name for name in known if name == YARDSTICK or not given.engines or name in given.engines]
    unknown = sorted(set(given.engines) - set(known))
    if unknown:
        raise SystemExit(f"no such engine: {', '.join(unknown)}; known: {', '.join(known)}")
    if given.lacking:
        chosen = [name for name in chosen if known[name].lacking]
    if any(known[name].peer for name in chosen):
        make(given.peers)
    say("measuring memory")
    memory = measure()
    results = [run_size(size, [known[name] for name in chosen], memory, given) for size in given.sizes]
    report = {"machine": machine(), "memory": {"copied": memory.copied, "read": memory.read}, "sizes": results}
    text = markdown(report, memory, given)
    print(text)
    if given.out is not None:
        given.out.with_suffix(".md").write_text(text + "\n")
        given.out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    sys.exit(any(one["differs"] for size in results for one in size["engines"]))


def arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return [one for one in text.split(",") if one]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=lambda text: [int(one) for one in names(text)], default=[300], help="rules [300]")
    parser.add_argument("--engines", type=names, default=[], help="names between commas [all]; the yardstick always runs")
    parser.add_argument("--seed", type=int, default=1, help="of law and lines [1]")
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of each of the two books [1000000]")
    parser.add_argument("--limit", type=float, default=60, help="seconds of deciding for each engine and book [60]")
    parser.add_argument("--threads", type=int, default=1, help="threads that an engine may use [1]")
    parser.add_argument("--known-by", type=lambda text: date.fromisoformat(text).toordinal() - EPOCH, help="[each line by its day]")
    parser.add_argument("--lacking", action="store_true", help="a tenth of the rows lack facts")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv" / "decide-peers", help="environment of the other engines")
    parser.add_argument("--out", type=Path, help="where to write the result as well, without suffix")
    return parser.parse_args()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- one law --------------------------------------------------------------------------------------------------------------


@contextmanager
def workshop(law: Law, given: argparse.Namespace) -> Iterator[tuple[Path, list[Lines]]]:
    """A folder with the rule base and the two books."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_rules(law, work / "rules")
        books = []
        for number in (0, 1):
            books.append(make_lines(law, given.lines, seed=given.seed, book=number, known_by=given.known_by, lacking=given.lacking))
            save(books[-1], work / f"book-{number}.npz")
        yield work, books


def run_size(size: int, chosen: Sequence[Engine], memory: Bandwidth, given: argparse.Namespace) -> Found:
    say(f"{size} rules: making law and lines")
    law = make_law(size, seed=given.seed)
    with workshop(law, given) as (work, books):
        found = []
        answers: dict[str, list[Found]] = {}
        for engine in chosen:
            say(f"{size} rules: {engine.title}")
            one, said = run_engine(engine, size, work, given)
            if said:
                answers[engine.name] = said
            found.append(one)
        widest = max(answers, key=lambda name: len(answers[name][0]["verdict"]))
        for one in found:
            if one["name"] in answers:
                compare(one, answers, (YARDSTICK, widest), books)
        half = min(20_000, given.lines) // 2  # what dictionaries hold is the same in both
        row_bytes = (books[0].part(0, 2 * half).orders.nbytes - books[0].part(0, half).orders.nbytes) / max(1, half)
        said = answers[YARDSTICK][0]["verdict"]
        return {
            "rules": size,
            "kinds": dict(Counter(rule.kind for rule in law.rules)),
            "products": dict(Counter(one.kind for one in flatten(law).flats)),
            "distinct": distinct(books[0]),
            "row_bytes": row_bytes,
            "verdicts": {EFFECTS[at]: float(np.mean(said == at)) for at in range(len(EFFECTS)) if len(said)},
            "limit": memory.rows(ROW_IN),
            "engines": found,
        }


def run_engine(engine: Engine, size: int, work: Path, given: argparse.Namespace) -> tuple[Found, list[Found]]:
    """What the engine reported, and its answers for the two books."""
    out = work / engine.name
    head = {"name": engine.name, "title": engine.title, "differs": 0}
    python = python_of(given.peers) if engine.peer else Path(sys.executable)
    words: list[str | Path] = [python, "-m", "benchmarks.decide.worker", "--engine", engine.name, "--size", str(size)]
    words += ["--seed", str(given.seed), "--work", work, "--limit", str(given.limit), "--threads", str(given.threads), "--out", out]
    words += [] if given.known_by is None else ["--known-by", str(given.known_by)]
    path = os.pathsep.join([str(ROOT), *([] if engine.peer else [str(ROOT / "src")])])
    threads = dict.fromkeys(
        ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS",
         "TOKIO_WORKER_THREADS", "NUMBA_NUM_THREADS"), str(given.threads),
    )  # fmt: skip
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": path, **threads}, check=False)
    if done.returncode != 0 or not out.with_suffix(".json").exists():
        say(f"  failed with {done.returncode}")
        return {**head, "missing": f"failed with {done.returncode}"}, []
    report = {**head, **json.loads(out.with_suffix(".json").read_text())}
    if "missing" in report:
        say(f"  left out: {report['missing']}")
        return report, []
    said = []
    for name in BOOKS:
        with np.load(f"{out}-{name}.npz") as held:
            said.append({key: held[key] for key in held.files})
    return report, said


# --- the same answers? ------------------------------------------------------------------------------------------------------


def compare(one: Found, answers: dict[str, list[Found]], others: Sequence[str], books: Sequence[Lines]) -> None:
    """Hold an engine's answers against those of others, as far as both went; where facts lack, all but the deciding rules."""
    one["compared"] = {}
    for other in dict.fromkeys(others):
        if other == one["name"]:
            continue
        rows, differing = 0, []
        for mine, theirs, lines in zip(answers[one["name"]], answers[other], books, strict=True):
            count = min(len(mine["verdict"]), len(theirs["verdict"]))
            whole = lines.lacks[:count] == 0
            unlike = np.zeros(count, dtype=bool)
            for name in ("verdict", "duty", "low", "high"):
                if name in mine and name in theirs:
                    unlike |= mine[name][:count] != theirs[name][:count]
            unlike |= whole & (mine["decider"][:count] != theirs["decider"][:count])
            if "deciding" in mine and "deciding" in theirs:
                both = [_each(some, count) for some in (mine, theirs)]
                unlike |= whole & np.fromiter((a != b for a, b in zip(*both, strict=True)), dtype=bool, count=count)
            rows += count
            differing += [(int(at), int(lines.lacks[at])) for at in np.flatnonzero(unlike)]
        one["compared"][other] = {"rows": rows, "differ": len(differing)}
        if differing:
            one["differs"] += len(differing)
            lacks = Counter(" and ".join(MAY_LACK[bit] for bit in range(len(MAY_LACK)) if bits >> bit & 1) for _, bits in differing)
            one["compared"][other] |= {"first": differing[0][0], "lacking": dict(lacks)}


def _each(said: Found, count: int) -> list[tuple[int, ...]]:
    ends = np.cumsum(said["deciding_count"]).tolist()
    numbers = said["deciding"].tolist()
    return [tuple(numbers[start:end]) for start, end in zip([0, *ends], ends, strict=False)][:count]


# --- how it is shown ----------------------------------------------------------------------------------------------------------


def machine() -> Found:
    name = platform.processor() or platform.machine()
    told = Path("/proc/cpuinfo")
    if told.exists():
        name = next((row.partition(":")[2].strip() for row in told.read_text().splitlines() if row.startswith("model name")), name)
    return {
        "processor": name, "processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }  # fmt: skip


def markdown(report: Found, memory: Bandwidth, given: argparse.Namespace) -> str:
    here = report["machine"]
    load = "" if here["load"] is None else f", load {here['load']:.1f}"
    lacking = ", a tenth of the rows lack facts" if given.lacking else ""
    known = "each line as known on its day" if given.known_by is None else f"as known by {date.fromordinal(given.known_by + EPOCH)}"
    rows = [
        f"{here['processor']}, {here['processors']} processors, {here['system']}, Python {here['python']}{load}. "
        f"Seed {given.seed}, {given.lines:,} lines a book{lacking}, {known}; at most {given.limit:g} s an engine and book, "
        f"{given.threads} thread(s).",
        f"Memory: {memory.copied / 1e9:.1f} GB/s copied (read and written), {memory.read / 1e9:.1f} GB/s read.",
    ]
    for size in report["sizes"]:
        limit = memory.rows(ROW_IN) / 1e6
        whole = memory.rows(size["row_bytes"]) / 1e6
        verdicts = ", ".join(f"{word} {share:.1%}" for word, share in size["verdicts"].items() if share)
        kinds, products = (", ".join(f"{count} {kind}" for kind, count in size[key].items()) for key in ("kinds", "products"))
        rows += [
            "",
            f"### {size['rules']:,} rules",
            "",
            f"Rules: {kinds}; as products: {products}. Rows distinct: {size['distinct']:.1%}. Verdicts: {verdicts}. "
            f"Memory would allow {limit:,.0f} M rows/s a core at {ROW_IN} bytes in and {ROW_OUT} out, {whole:,.0f} M at the "
            f"{size['row_bytes']:.0f} bytes of a row of the order file in Arrow.",
            "",
            "| engine | lines, cold + warm | cold, lines/s | warm, lines/s | warm, lines/CPU s | with conversion, lines/CPU s "
            "| of the memory limit | ready after | memory | same answers as |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
        ]
        rows += [_row(one, size["limit"]) for one in size["engines"] if "missing" not in one]
        left_out = [f"{one['title']} ({one['missing']})" for one in size["engines"] if "missing" in one]
        if left_out:
            rows += ["", "Left out: " + "; ".join(left_out) + "."]
    found = {name: text for size in report["sizes"] for one in size["engines"] for name, text in one.get("versions", {}).items()}
    rows += ["", "Versions: " + ", ".join(f"{name} {text}" for name, text in sorted(found.items()) if name != "python") + "."]
    return "\n".join(rows)


def _row(one: Found, limit: float) -> str:
    cold, warm = one["cold"], one["warm"]
    pure = _rate(warm, "processor")
    with_conversion = warm["lines"] / max(1e-9, warm["processor"] + warm["convert_processor"])
    cells = [
        one["title"],
        f"{cold['lines']:,} + {warm['lines']:,}",
        _short(_rate(cold, "wall")),
        _short(_rate(warm, "wall")),
        _short(pure),
        _short(with_conversion),
        f"{pure / limit:.2%}" if pure / limit >= 0.0001 else "< 0.01%",
        f"{one['prepare']:.2f} s",
        f"{one['memory'] / 1e6:,.0f} MB",
        "; ".join(_compared(name, found) for name, found in one["compared"].items()) or "(the yardstick)",
    ]
    return "| " + " | ".join(cells) + " |"


def _compared(name: str, found: Found) -> str:
    if not found["differ"]:
        return f"{name}, {found['rows']:,} rows"
    lacking = ", ".join(f"{count} lack {which or 'nothing'}" for which, count in Counter(found["lacking"]).most_common(5))
    return f"**differs from {name} in {found['differ']:,} of {found['rows']:,} rows ({lacking}; the first is {found['first']})**"


def _rate(spent: Found, clock: str) -> float:
    return float(spent["lines"] / max(1e-9, spent[clock]))


def _short(rate: float) -> str:
    return f"{rate / 1e6:.2f} M" if rate >= 1e6 else f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


if __name__ == "__main__":
    main()
