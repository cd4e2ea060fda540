"""DuckDB twice: products joined with lines as anybody would write it; and products as bits, ANDed column by column in SQL."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.decide.engine import Answers, Engine, Ready, Task
from benchmarks.decide.law import FIRST
from benchmarks.decide.lines import Lines
from benchmarks.decide.peers.masks import Masks
from benchmarks.decide.peers.relations import Relations

_HITS = """
create or replace temp table hits as
select l.line, r.n
from l join candidates c using (item) join products r using (n)
where l.day >= r.since and l.day < r.until and l.known >= r.known_since and l.known < r.known_until
  and (l.origin & r.origins) <> 0 and (l."to" & r.places) <> 0
  and (r.wants_flags = 0 or (l.flags & r.wants_flags) <> 0) and (r.wants_uses = 0 or (l.uses & r.wants_uses) <> 0)
  and l.value between r.value_low and r.value_high and l.content between r.content_low and r.content_high
"""
_LIFT = """
create or replace temp table hits as
select h.line, h.n from hits h anti join (
    select a.line, k.target as n from hits a join weights w using (n) join kills k on k.killer = a.n
    where w.kind = 'lift' and w.depth = {depth}
) gone using (line, n)
"""
_ANSWERS = """
select h.line,
       coalesce(max(w.weight) filter (w.kind = 'control'), 0) as verdict,
       coalesce(arg_min(w.rule, h.n) filter (w.kind = 'control'), -1) as decider,
       coalesce(sum(w.weight) filter (w.kind = 'duty'), 0) as duty
from hits h join weights w using (n) group by h.line
"""


def _connect(task: Task) -> Any:
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect()
    connection.execute(f"set threads = {task.threads}")
    return connection


def join(task: Task) -> Ready:
    connection = _connect(task)
    relations = Relations(task)
    for name in ("products", "candidates", "kills"):
        connection.register(f"{name}_given", pa.table(getattr(relations, name)))
        connection.execute(f"create table {name} as from {name}_given")
    connection.execute("create table weights as select distinct n, kind, weight, rule, depth from products")
    depths = [
        row[0] for row in connection.execute("select distinct depth from weights where kind = 'lift' order by 1 desc").fetchall()
    ]

    def decide(lines: pa.Table) -> Answers:
        connection.register("l", lines)
        connection.execute(_HITS)
        for depth in depths:
            connection.execute(_LIFT.format(depth=depth))
        found = connection.execute(_ANSWERS).fetchnumpy()
        at = np.asarray(found["line"])
        answers = []
        for name, fill in (("verdict", 0), ("decider", -1), ("duty", 0)):
            column = np.full(lines.num_rows, fill, dtype=np.int64)
            column[at] = np.asarray(found[name]).astype(np.int64)
            answers.append(column)
        return Answers(*answers)

    return Ready(decide, lambda lines: pa.table(Relations.lines(lines)))


def bits(task: Task) -> Ready:
    connection = _connect(task)
    masks = Masks(task.flat)
    columns = ("item", "origin", "ship_to", "flags", "uses", "value", "content", "day", "known")
    for name in columns:
        table = getattr(masks, name)
        keys = np.arange(len(table), dtype=np.int64) + (FIRST if name in ("day", "known") else 0)
        connection.register("given", pa.table({"k": keys, **{f"w{at}": table[:, at] for at in range(masks.words)}}))
        connection.execute(f"create table m_{name} as from given")
        connection.unregister("given")
    word = ", ".join(" & ".join(f"m_{name}.w{at}" for name in columns) + f" as w{at}" for at in range(masks.words))
    keys_of = {
        "value": " + ".join(f"(l.value >= {edge})::bigint" for edge in masks.value_edges) or "0",
        "content": " + ".join(f"(l.content >= {edge})::bigint" for edge in masks.content_edges) or "0",
    }
    joins = " ".join(f"join m_{name} on m_{name}.k = {keys_of.get(name, 'l.' + name)}" for name in columns)
    query = f"select l.line, {word} from l {joins}"

    def decide(lines: pa.Table) -> Answers:
        connection.register("l", lines)
        found = connection.execute(query).fetchnumpy()
        matched = np.empty((lines.num_rows, masks.words), dtype=np.uint64)
        at = np.asarray(found["line"])
        for number in range(masks.words):
            matched[at, number] = np.asarray(found[f"w{number}"])
        return masks.resolve(matched)

    def convert(lines: Lines) -> pa.Table:
        named = {name: getattr(lines, name) for name in columns}
        return pa.table({"line": np.arange(len(lines), dtype=np.int64), **named})

    return Ready(decide, convert)


ENGINES = (
    Engine("duckdb", "DuckDB, join", join, ("duckdb",), first=1_024, most=262_144),
    Engine("duckdb-bits", "DuckDB, bits in SQL, resolved in NumPy", bits, ("duckdb",), first=1_024, most=1_048_576),
)
