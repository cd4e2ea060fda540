"""How long do the ownership rules take over a million holdings?

Three generated graphs, the same ones for the same seed: firms with some owners each, drawn at random (`wide`), one chain
(`chain`), and one group in which everybody holds some of everybody near (`cross`). Processor seconds; nothing passes or fails.

    PYTHONPATH=src python benchmarks/ownership/run.py [--edges 1000000] [--read]
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from greenlane import wiring
from greenlane.errors import InputError
from greenlane.feeds.owners import read_owners
from greenlane.screen.holdings import UNKNOWN, Edge, Graph, Range
from greenlane.screen.ownership import Outcome, assess
from greenlane.terms.listed import ListedParty, PartyKind, PartyName
from greenlane.terms.periods import Asked

ON = Asked.read("2025-10-10")
RULES = ("us-affiliates", "us-ofac", "eu-owned", "uk-owned", "cn-announcement-61")
LISTS = ("us-entity-list", "us-meu", "us-sdn", "eu-consolidated", "uk-sanctions", "cn-ecl")


def wide(count: int, chance: random.Random) -> list[Edge]:
    """About five owners a firm, most shares known, each firm's owners from anywhere: circles, crossings and long ways."""
    shares = [Range(part * 1_000_000, part * 1_000_000) for part in (2, 5, 10, 15, 20, 30, 51)]
    spans = [Range(0, 25_000_000), Range(10_000_000, 50_000_000), UNKNOWN]
    edges: list[Edge] = []
    firms = count // 5
    for firm in range(firms):
        left = 100_000_000
        for _ in range(5):
            share = chance.choice(spans if chance.random() < 0.02 else shares)
            owner = chance.randrange(firms)
            if owner == firm or share.low > left:
                continue
            left -= share.low
            edges.append(Edge(owner=f"n{owner}", owned=f"n{firm}", share=share))
    while len(edges) < count:
        edges.append(Edge(owner=f"p{len(edges)}", owned=f"q{len(edges)}", share=shares[0]))
    return edges


def chain(count: int, chance: random.Random) -> list[Edge]:  # noqa: ARG001
    """One line of firms, each held 60 % by the one before."""
    share = Range(60_000_000, 60_000_000)
    return [Edge(owner=f"n{at}", owned=f"n{at + 1}", share=share) for at in range(count)]


def cross(count: int, chance: random.Random) -> list[Edge]:
    """Groups of twenty, each firm with holders of 5 to 10 % among its group and its neighbours'."""
    firms = max(count // 10, 40)
    return [
        Edge(owner=f"n{(firm + chance.randrange(1, 20) + 20 * step) % firms}", owned=f"n{firm}", share=Range(5_000_000, 10_000_000))
        for firm in range(firms)
        for step in range(10)
    ]


def spent(work: Callable[[], object]) -> tuple[object, float]:
    begun = time.process_time()
    return work(), time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--read", action="store_true", help="also write the wide graph as CSV and read it back")
    given = parser.parse_args()
    rules = wiring.load_rules()
    print("| graph | edges | firms | build | all rules, all firms | 100 findings | certain | possible | owned | question |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for make in (wide, chain, cross):
        chance = random.Random(7)
        edges = make(given.edges, chance)
        graph, build = spent(lambda edges=edges: Graph.of(edges))  # type: ignore[misc]
        assert isinstance(graph, Graph)
        nodes = ["n0", *chance.sample(graph.names, max(1, len(graph.names) // 100))] if make is not chain else ["n0"]
        listed = {
            node: (ListedParty(id=f"x:{node}", list=chance.choice(LISTS), kind=PartyKind.UNKNOWN, names=(PartyName(node),)),)
            for node in nodes
        }
        if make is chain:
            listed["n0"] = tuple(
                ListedParty(id=f"x:{one}", list=one, kind=PartyKind.UNKNOWN, names=(PartyName("n0"),)) for one in LISTS
            )

        def everything(graph: Graph = graph, listed: dict[str, tuple[ListedParty, ...]] = listed) -> object:
            found = assess(graph, listed, rules, on=ON, known_by=ON)
            return found, [found.reached(rule) for rule in RULES]

        (found, reached), work = spent(everything)  # type: ignore[misc]
        asked = chance.sample(graph.names, 100)
        outcomes: list[Outcome] = []

        def explain(asked: list[str] = asked, found: object = found, outcomes: list[Outcome] = outcomes) -> None:
            for name in asked:
                try:
                    outcomes.append(found.finding(name).outcome)  # type: ignore[attr-defined]
                except InputError:
                    continue

        _, explained = spent(explain)
        certain = sum(one.value == "certain" for kept in reached for one in kept.values())
        possible = sum(len(kept) for kept in reached) - certain
        print(
            f"| {make.__name__} | {len(edges):,} | {len(graph.names):,} | {build:.2f} s | {work:.2f} s | {explained:.2f} s "
            f"| {certain:,} | {possible:,} | {outcomes.count(Outcome.OWNED)} | {outcomes.count(Outcome.QUESTION)} |"
        )
        if given.read and make is wide:
            _read_back(edges)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def _read_back(edges: list[Edge]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "owners.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(("owner", "owned", "share"))
            for edge in edges:
                share = f"{edge.share.low // 1_000_000}-{edge.share.high // 1_000_000}%"
                writer.writerow((edge.owner, edge.owned, share))
        table, reading = spent(lambda: read_owners(path))
        print(f"reading {len(table.edges):,} rows of CSV: {reading:.2f} s")  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
