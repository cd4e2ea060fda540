"""Rescreen a book of a million after a change of the list, by the changes alone, and check a part of it against a whole screening.

    python benchmarks/screening/delta.py --data DIR [--book 1000000] [--checked 20000]

The list is that of the Treasury of 2024-04-04 and, after it, of 2024-05-02: 403 entries came, 4 went, 10 changed. In the book one
name in a hundred is a listed one, of either day, as it is or with a slip; two are Chinese firms; the others are words of innocent
names, two or three together. The names are kept as they were read while the book is screened, and not read again.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.screening.data import queries
from greenlane.feeds.model_files import read_model
from greenlane.feeds.party_lists import read_list
from greenlane.screen.finding import Counterparty, Head, ListState
from greenlane.screen.index import Index
from greenlane.screen.matcher import IndexMatcher
from greenlane.services.screening import Desk, Settings, read_large_screening, record, rescreen, screen
from greenlane.store.readings import Readings
from greenlane.terms.listed import ListEdition
from greenlane.wiring.screening import Workers

BEFORE, AFTER = date(2024, 4, 4), date(2024, 5, 2)


@contextmanager
def measured(what: str) -> Iterator[None]:
    def spent() -> float:
        both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in both)

    wall, cpu = time.perf_counter(), spent()
    yield
    print(f"{what}: {spent() - cpu:.1f} CPU s, {time.perf_counter() - wall:.1f} s by the clock", flush=True)


def edition(folder: Path, state: date) -> ListEdition:
    return read_list((folder / f"us_ofac_sdn_{state}.csv.gz",), list_id="us-sdn", state=state).editions[0]


def made_book(folder: Path, editions: Sequence[ListEdition], size: int) -> list[Counterparty]:
    innocent = queries(folder)
    words = sorted({word for one in innocent if one.kind in ("neg_company", "neg_person") for word in one.text.split()})
    chinese = sorted({one.text for one in innocent if one.kind == "neg_zh_company"})
    listed = sorted({name.text for one in editions for party in one.parties for name in party.names})
    book = []
    for at in range(size):
        if at % 100 == 0:
            name = listed[at * 7919 % len(listed)]
            name = name if at % 300 else name[: len(name) // 2] + name[len(name) // 2 + 1 :]
        elif at % 50 == 1:
            name = chinese[at * 7919 % len(chinese)]
        else:
            picked = (at * 7919, at * 104729 + at // len(words), at * 31 + at // 7)[: 2 + at % 2]
            name = " ".join(words[number % len(words)] for number in picked)
        book.append(Counterparty(id=f"C-{at}", names=(name,)))
    return book


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--book", type=int, default=1_000_000)
    parser.add_argument("--checked", type=int, default=20_000, help="of the book, from its end, checked against a whole screening")
    args = parser.parse_args()
    old, new = edition(args.data, BEFORE), edition(args.data, AFTER)
    book = made_book(args.data, (old, new), args.book)
    how = [Settings(on=day, known_by=day, threshold=0.5, certain=0.9) for day in (BEFORE, AFTER)]
    desks = [Desk([ListState("us-sdn", one, "")], Head(0, ""), {}) for one in (old, new)]
    with measured("index of the list before"):
        counted = Index.build(old.parties)
    with measured("index of the list after, behind it"):
        later = Index.build(new.parties, after=counted)
    matchers = [IndexMatcher(one, read_model(), "", (("us-sdn", old.sha256),)) for one in (counted, later)]
    with tempfile.TemporaryDirectory() as folder:
        readings = Readings(Path(folder))
        with readings.draft("bench") as names:
            assert names is not None
            workers = Workers(names.add)
            with measured(f"whole screening of {len(book):,} against the list before, names kept"):
                answers = list(screen(book, replace(matchers[0], seen=workers.seen), desks[0], how[0], over=workers))
                digest = names.keep()
        size = sum(one.stat().st_size for one in Path(folder).rglob("*") if one.is_file())
        text = record(answers, matchers[0], desks[0], how[0], engine="bench").text().encode()
        del answers
        print(f"its record: {len(text) / 1e6:,.0f} MB; its names as read: {size / 1e6:,.0f} MB")
        with measured("opening that record"):
            kept = read_large_screening(text, shown="the record")
        with measured("opening the names kept"):
            rows = readings.get(digest, "bench")
            assert rows is not None
            rows.settle()
        with measured(f"rescreening {len(book):,} by the changes"):
            found = rescreen(kept, desks[0].lists, book, replace(matchers[1], kept=rows), desks[1], how[1], over=Workers())
            now = list(found.answers)
    print(f"matched anew: {found.anew:,}; with a hit: {sum(1 for one in now if one.found.hits):,}")
    with measured("the record of it"):
        done = record(now, matchers[1], desks[1], how[1], engine="bench")
        length = len(done.text())
    print(f"of {length / 1e6:,.0f} MB")
    with measured(f"whole screening of the last {args.checked:,} against the list after"):
        checked = record(
            screen(book[-args.checked :], matchers[1], desks[1], how[1], over=Workers()),
            matchers[1],
            desks[1],
            how[1],
            engine="bench",
        )
    print(f"answers by the changes equal to those: {done.answers[-args.checked :] == checked.answers}")
    print(f"memory at its highest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
