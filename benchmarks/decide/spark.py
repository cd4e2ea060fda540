"""Five million lines on a cluster of this machine, against the columnar engine alone: the same bytes? And if a worker is killed?

    PYTHONPATH=src:. python benchmarks/decide/spark.py                       # 5,000,000 lines, two executors
    PYTHONPATH=src:. python benchmarks/decide/spark.py --lines 100000        # a quick look
    PYTHONPATH=src:. python benchmarks/decide/spark.py --without-kill --master 'local[2,4]'

Needs the extra `spark` and Java 17. Figures on standard output; exit code 1 if any output differs from that of the columnar engine.
A digest is of every row in the order of the file, every column that both write.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # nobody else can reach it

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.decide.encode import write_rules
from benchmarks.decide.law import make_law
from benchmarks.decide.lines import make_lines
from greenlane.feeds.rule_files import load
from greenlane.services.runs import Question
from greenlane.terms.periods import Asked
from greenlane.wiring import spark, streaming
from tests.agreement.processes import command, descendants

PART = 500_000
QUESTION = Question(Asked.read("2025-06-10"), Asked.read("2025-06-10"), ("cn", "us"), strict=False)
VICTIMS = {"a Python worker": "pyspark.daemon", "an executor": "CoarseGrainedExecutorBackend"}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=5_000_000)
    options.add_argument("--rules", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--master", default="local-cluster[2,1,2048]")
    options.add_argument("--without-kill", action="store_true")
    asked = options.parse_args()
    room = Path(tempfile.mkdtemp(prefix="greenlane-spark-"))
    try:
        return run(asked, room)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def run(asked: argparse.Namespace, room: Path) -> int:
    law = make_law(asked.rules, seed=asked.seed)
    rules = load(write_rules(law, room / "rules"), release=False)
    book = room / "orders.parquet"
    note(f"{asked.lines:,} lines, {asked.rules} rules, seed {asked.seed}")
    write_book(book, law, asked.lines, asked.seed)
    note(f"the book: {book.stat().st_size / 1e6:,.0f} MB of Parquet")

    begun, cpu = time.monotonic(), own_cpu()
    question = streaming.FileQuestion(file=book, question=QUESTION, form="parquet", out=room / "here.parquet", screening=False)
    streaming.decide_file(question, rules)
    told("columnar engine, this machine", asked.lines, time.monotonic() - begun, own_cpu() - cpu)
    expected = digest_of([room / "here.parquet"])
    print(f"  digest {expected}", flush=True)

    found = spark.spark()
    begun = time.monotonic()
    session = found.open_session(asked.master)
    opened = time.monotonic() - begun
    session.range(1).mapInArrow(same, "id long").collect()
    print(f"Spark: session {opened:.1f} s, first task {time.monotonic() - begun - opened:.1f} s more ({asked.master})", flush=True)
    same_bytes = True
    try:
        if asked.lines > 1_000_000:
            session.conf.set("spark.sql.files.maxPartitionBytes", "16m")
        else:  # a small book has pieces, too
            session.conf.set("spark.sql.files.openCostInBytes", "1000")
            session.conf.set("spark.sql.files.maxPartitionBytes", str(max(100_000, book.stat().st_size // 12)))
        for number, name in enumerate(["", *([] if asked.without_kill else VICTIMS)]):
            out, victim = room / f"there-{number}", None
            begun, cpu = time.monotonic(), all_cpu()
            question = spark.SparkQuestion(file=str(book), out=str(out), question=QUESTION, screening=False)
            if not name:
                spark.decide_files(question, rules)
            else:
                victim = kill_in(session, VICTIMS[name], lambda asked=question: spark.decide_files(asked, rules))
            spent = time.monotonic() - begun
            told(f"Spark{f', {name} killed ({victim})' if name else ''}", asked.lines, spent, None if name else all_cpu() - cpu)
            got = digest_of(sorted(out.glob("part-*.parquet")), names=pq.read_schema(room / "here.parquet").names)
            alike = got == expected
            same_bytes &= alike
            print(f"  digest {got}: {'the same' if alike else 'NOT THE SAME'}", flush=True)
    finally:
        session.stop()
    return 0 if same_bytes else 1


def same(batches: Iterator[Any]) -> Iterator[Any]:
    yield from batches


def write_book(path: Path, law: Any, count: int, seed: int) -> None:
    writer = None
    for number, begin in enumerate(range(0, count, PART)):
        some = make_lines(law, min(PART, count - begin), seed=seed, book=number)
        orders = some.orders.set_column(
            some.orders.schema.get_field_index("line_id"), "line_id", pa.array([f"L-{begin + at:09d}" for at in range(len(some))])
        )
        table = pa.Table.from_batches([orders]) if isinstance(orders, pa.RecordBatch) else orders
        kinds = [one.with_type(one.type.value_type) if pa.types.is_dictionary(one.type) else one for one in table.schema]
        table = table.cast(pa.schema(kinds))
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=1 << 17 if count > 1_000_000 else max(1_000, count // 24))
    assert writer is not None
    writer.close()


def digest_of(files: list[Path], names: list[str] | None = None) -> str:
    """A digest of every row in its order: of its cells as texts, in the order of the columns of the first."""
    digest = hashlib.sha256()
    for path in files:
        with pq.ParquetFile(path) as file:
            names = names or file.schema_arrow.names
            for batch in file.iter_batches(batch_size=1 << 16, columns=names):
                cells = [pc.fill_null(batch.column(name).cast(pa.large_string()), "\x00") for name in names]
                rows = pc.binary_join_element_wise(*cells, pa.scalar("", pa.large_string()), pa.scalar("\x1f", pa.large_string()))
                whole = pc.binary_join_element_wise(rows, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string()))
                _, offsets, data = whole.buffers()
                ends = memoryview(offsets).cast("q")
                digest.update(memoryview(data)[ends[whole.offset] : ends[whole.offset + len(whole)]])
    return digest.hexdigest()


def kill_in(session: Any, which: str, work: Callable[[], Any]) -> int:
    """Do some work, and kill one process of a kind while some tasks of many are done; its number."""
    errors: list[BaseException] = []

    def run_it() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run_it)
    thread.start()
    tracker = session.sparkContext.statusTracker()
    while thread.is_alive():
        stages = [tracker.getStageInfo(one) for one in tracker.getActiveStageIds()]
        if any(one is not None and one.numTasks > 3 and 1 < one.numCompletedTasks < one.numTasks - 1 for one in stages):
            break
        time.sleep(0.02)
    victims = [one for one in descendants(os.getpid()) if which in command(one)]
    if not victims or not thread.is_alive():
        raise SystemExit("the run was over before anything could be killed: take more lines")
    os.kill(victims[-1], signal.SIGKILL)
    thread.join()
    if errors:
        raise errors[0]
    return victims[-1]


def own_cpu() -> float:
    found = resource.getrusage(resource.RUSAGE_SELF)
    return found.ru_utime + found.ru_stime


def all_cpu() -> float:
    """Of this process and all that it began, as far as they are there or were waited for."""
    ticks = 0
    for one in (os.getpid(), *descendants(os.getpid())):
        try:
            ticks += sum(map(int, Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def told(what: str, lines: int, spent: float, cpu: float | None) -> None:
    more = "" if cpu is None else f", {cpu:.1f} CPU s, {lines / cpu:,.0f} lines a CPU second"
    print(f"{what}: {spent:.1f} s, {lines / spent:,.0f} lines/s{more}", flush=True)


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
