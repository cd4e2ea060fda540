"""Polars: lines joined with the products that mean their goods, filtered by the other conditions, then resolved by joins.

Sets of places are bits of a 64-bit number, so that one `&` tests them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.decide.engine import Answers, Engine, Ready, Task
from benchmarks.decide.lines import Lines
from benchmarks.decide.peers.relations import Relations


def prepare(task: Task) -> Ready:
    import polars as pl  # noqa: PLC0415

    relations = Relations(task)
    items = pl.DataFrame(relations.candidates)
    rules = pl.DataFrame(relations.products)
    kills = pl.DataFrame(relations.kills)
    weights = rules.select("n", "kind", "weight", "rule", "depth").unique("n")
    candidates = items.join(rules, on="n")
    depths = sorted(weights.filter(pl.col("kind") == "lift")["depth"].unique().to_list(), reverse=True)

    def decide(frame: Any) -> Answers:
        count = frame.height
        hits = (
            frame.lazy()
            .join(candidates.lazy(), on="item")
            .filter(
                (pl.col("day") >= pl.col("since"))
                & (pl.col("day") < pl.col("until"))
                & (pl.col("known") >= pl.col("known_since"))
                & (pl.col("known") < pl.col("known_until"))
                & ((pl.col("origin") & pl.col("origins")) != 0)
                & ((pl.col("to") & pl.col("places")) != 0)
                & ((pl.col("wants_flags") == 0) | ((pl.col("flags") & pl.col("wants_flags")) != 0))
                & ((pl.col("wants_uses") == 0) | ((pl.col("uses") & pl.col("wants_uses")) != 0))
                & pl.col("value").is_between("value_low", "value_high")
                & pl.col("content").is_between("content_low", "content_high")
            )
            .select("line", "n")
            .collect()
        )
        for depth in depths:  # the deepest exceptions first: those still there take their targets out
            alive = hits.join(weights.filter((pl.col("kind") == "lift") & (pl.col("depth") == depth)), on="n", how="semi")
            gone = alive.join(kills, left_on="n", right_on="killer").select("line", n="target").unique()
            hits = hits.join(gone, on=["line", "n"], how="anti")
        left = hits.join(weights, on="n")
        controls = (
            left.filter(pl.col("kind") == "control")
            .sort("line", "n")
            .group_by("line", maintain_order=True)
            .agg(pl.col("weight").first(), pl.col("rule").first())
        )
        duties = left.filter(pl.col("kind") == "duty").group_by("line").agg(pl.col("weight").sum())
        verdict, decider, duty = (np.full(count, fill, dtype=np.int64) for fill in (0, -1, 0))
        verdict[controls["line"].to_numpy()] = controls["weight"].to_numpy()
        decider[controls["line"].to_numpy()] = controls["rule"].to_numpy()
        duty[duties["line"].to_numpy()] = duties["weight"].to_numpy()
        return Answers(verdict, decider, duty)

    def convert(lines: Lines) -> Any:
        return pl.DataFrame(Relations.lines(lines))

    return Ready(decide, convert)


ENGINES = (Engine("polars", "Polars, join", prepare, ("polars",), first=1_024, most=8_192),)
