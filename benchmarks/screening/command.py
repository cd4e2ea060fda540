"""Screen a made-up book of a million by the command itself, then again by the changes, and say time and memory of all processes.

    python benchmarks/screening/command.py --data DIR --lists FILE [--rows 1000000] [--form csv]

`--lists` is the Consolidated Screening List as JSON (`.gz` or not). Of the book one name in a hundred is a listed one, as it is or
with a slip, two are Chinese firms, three come a second time under another id; the others are two or three words, half of them
words of innocent names and half made of syllables, so that there are some hundred thousand different ones, and a legal form.

Memory is the sum over all processes of what each has for itself and its part of what it shares (PSS, from smaps_rollup), so that
mapped or shared pages count once; it is looked at every half second. CPU seconds are those of the command and its processes. For
the second run the edition is taken in again with some entries left out of the first one.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks.screening.data import queries
from greenlane.feeds.tables import write_table

GREENLANE = (sys.executable, "-m", "greenlane")
DAY = "2026-08-01"
LISTS = [f"us-{one}" for one in "sdn entity-list meu uvl dpl cmic ssi isn dtc cap mbs plc".split()]
SYLLABLES = [one + two for one in "bdfgklmnprstvz" for two in ("a", "e", "i", "o", "u", "an", "er", "il", "on", "us")]
FORMS = ("", "", "Ltd", "GmbH", "Co., Ltd.", "LLC", "S.A.", "Inc")


def made_word(number: int) -> str:
    """One of some two million words."""
    number = number * 2_654_435_761 % 2_744_000
    parts = []
    for _ in range(3):
        number, at = divmod(number, len(SYLLABLES))
        parts.append(SYLLABLES[at])
    return "".join(parts).capitalize()


def made_rows(folder: Path, listed: list[str], size: int) -> Iterator[dict[str, str]]:
    innocent = queries(folder)
    words = sorted({word for one in innocent if one.kind in ("neg_company", "neg_person") for word in one.text.split()})
    chinese = sorted({one.text for one in innocent if one.kind == "neg_zh_company"})
    name = ""
    for at in range(size):
        if at % 100 == 0:
            name = listed[at // 100 * 7919 % len(listed)]
            name = name if at % 300 else name[: len(name) // 2] + name[len(name) // 2 + 1 :]
        elif at % 50 == 1:
            name = chinese[at // 50 * 7919 % len(chinese)]
        elif at % 33 != 5:
            picked = [words[at * 7919 % len(words)], made_word(at), words[(at * 31 + at // 7) % len(words)]]
            name = " ".join((*picked[: 2 + at % 2], FORMS[at % len(FORMS)])).strip()
        yield {"id": f"C-{at}", "name": name, "country": ("DE", "CN", "US", "")[at % 4], "note": f"customer since {1990 + at % 35}"}


def write_book(path: Path, rows: Iterator[dict[str, str]]) -> None:
    columns = ("id", "name", "country", "note")
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    else:
        write_table(path, columns, rows, format=path.suffix[1:], lean=True)


def descendants(root: int) -> list[int]:
    found = [root]
    for one in found:
        with suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                found += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
    return found


def pss_mb(root: int) -> tuple[float, int]:
    total, count = 0, 0
    for one in descendants(root):
        with suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            count += 1
    return total / 1024, count


def measured(what: str, *arguments: str, env: dict[str, str]) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    peak, most = 0.0, 0
    with tempfile.TemporaryFile() as talk:
        process = subprocess.Popen((*GREENLANE, *arguments), env=env, stdout=subprocess.DEVNULL, stderr=talk)
        while process.poll() is None:
            now, count = pss_mb(process.pid)
            peak, most = max(peak, now), max(most, count)
            time.sleep(0.5)
        wall = time.perf_counter() - began
        talk.seek(0)
        said = talk.read().decode().splitlines()[-3:]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{what}: {spent:.1f} CPU s, {wall:.1f} s by the clock, {peak:,.0f} MB in {most} processes, exit code {process.returncode}"
    )
    for line in said:
        print(f"    {line}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lists", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--form", choices=("csv", "xlsx", "parquet"), default="csv")
    parser.add_argument("--fewer", type=int, default=403, help="entries that the edition of the first run lacks")
    args = parser.parse_args()
    raw = args.lists.read_bytes()
    raw = gzip.decompress(raw) if args.lists.suffix == ".gz" else raw
    whole = json.loads(raw)
    sdn = [at for at, one in enumerate(whole["results"]) if "(SDN)" in one["source"]]
    gone = set(sdn[:: max(len(sdn) // args.fewer, 1)][: args.fewer])
    left = [one for at, one in enumerate(whole["results"]) if at not in gone]
    fewer = whole | {"results": left, "total": len(left)}
    names = sorted({name for one in whole["results"] for name in (one["name"], *(one.get("alt_names") or ())) if name})
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = {**os.environ, "GREENLANE_DESK": folder, "GREENLANE_CACHE": str(home / "cache")}
        book = home / f"book.{args.form}"
        write_book(book, made_rows(args.data, names, args.rows))
        print(f"a book of {args.rows:,} rows, {book.stat().st_size / 1e6:,.0f} MB; {len(names):,} listed names", flush=True)
        for turn, edition, day in ((1, fewer, "2026-07-30"), (2, whole, "2026-07-31")):
            (home / "list.json").write_text(json.dumps(edition), encoding="utf-8")
            loading = (*GREENLANE, "lists", "load", str(home / "list.json"), "--state", day, "--on", DAY)
            loaded = subprocess.run(loading, env=env, capture_output=True, check=False)
            assert loaded.returncode < 2, loaded.stderr.decode()[-1000:]
            asked = ("--on", day, "--out", str(home / f"answers{turn}.csv"))
            if turn == 1:
                subprocess.run(
                    (*GREENLANE, "screen", "Example", "--on", day, "--no-record"), env=env, capture_output=True, check=False
                )
                measured("whole screening", "screen", str(book), *asked, env=env)
            else:
                measured("by the changes", "screen", "rescreen", str(book), *asked, "--no-record", env=env)
                measured("by the changes, and recorded", "screen", "rescreen", str(book), *asked, env=env)
        kept = sum(one.stat().st_size for one in (home / ".greenlane").rglob("*") if one.is_file())
        print(f"records and names kept at the desk: {kept / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
