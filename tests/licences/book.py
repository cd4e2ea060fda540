"""A journal in memory for tests: what the stores do, without a disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from greenlane.licences.amounts import scaled
from greenlane.licences.events import START, Command, Entry, Head, command_of, read_entry
from greenlane.licences.ledger import Batch, Ref, Result, Row, State, book, posted_by, replay
from greenlane.licences.licence import Kind, Licence, LicenceLine, Window

FIRST = date(2025, 6, 1)


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def moment(number: int, microsecond: int = 0) -> str:
    """Noon in Shanghai on a day."""
    return f"{day(number)}T04:00:00.{microsecond:06d}Z"


def licence(
    id: str = "L-1",
    *,
    quantity: str | None = "1000",
    value: str | None = None,
    currency: str = "",
    max_uses: int | None = None,
    since: str = "2025-06-02",
    until: str = "2025-06-09",
    window: Window | None = None,
) -> Licence:
    line = LicenceLine(
        unit="kg",
        quantity=None if quantity is None else kg(quantity),
        currency=currency,
        value=None if value is None else scaled(Decimal(value), 4),
        codes=("cn:1C905.a.4",),
        window=window,
    )
    return Licence(
        id=id, authority="CN", kind=Kind.SINGLE, holder="Example Magnetics", lines=(line,), since=since, until=until,
        zone="Asia/Shanghai", max_uses=max_uses,
    )  # fmt: skip


def granted(terms: Licence) -> Command:
    return command_of(id=f"grant/{terms.id}", kind="grant", licence=terms.id, day=terms.since, more=terms.text())


def kg(text: str) -> int:
    return scaled(Decimal(text), 8)


def want(kind: str, id: str, q: str = "0", *, on: int = 3, of: str = "L-1", v: str = "0", **more: object) -> Command:
    given = {"uses": 1 if kind in ("draw", "reserve") else 0} | more
    return command_of(id=id, kind=kind, licence=of, day=day(on), q=kg(q), v=scaled(Decimal(v), 4), **given)  # type: ignore[arg-type]


class Book:
    """Entries, and what follows from them."""

    def __init__(self, *terms: Licence) -> None:
        self.head: Head = START
        self.states: dict[str, State] = {}
        self.refs: dict[str, Ref] = {}
        self.rows: list[Row] = []
        self.batches: list[Batch] = []
        for one in terms:
            assert not isinstance(self.put(granted(one))[0], Exception)

    def known(self, keys: Sequence[str]) -> dict[str, Entry]:
        wanted = set(keys)
        return {key: read_entry(text) for _, key, text, _ in self.rows if key in wanted}

    def posted(self, id: str, before: int) -> Ref | None:
        entries = [entry for entry in self.known([id, f">{id}"]).values() if entry.seq < before]
        return next((ref for entry in entries if (ref := posted_by(entry)) is not None), None)

    def put(self, *commands: Command, at: str = moment(3)) -> list[Result]:
        refs = dict(self.refs)
        for command in commands:
            if command.kind == "contra" and command.ref not in refs and (ref := self.posted(command.ref, 2**62)) is not None:
                refs[command.ref] = ref
        known = self.known([command.key for command in commands])
        batch = book(self.head, max(at, self.head.at), commands, states=self.states, refs=refs, known=known)
        self.head = batch.head
        self.rows += batch.rows
        self.states.update(batch.states)
        for id, ref in batch.refs.items():
            if ref is None:
                self.refs.pop(id, None)
            else:
                self.refs[id] = ref
        self.batches.append(batch)
        return batch.results

    def replayed(self, part: int) -> Batch:
        """The journal folded anew, in parts of a size; the last batch holds whatever the last part changed."""
        head, states, refs = START, dict[str, State](), dict[str, Ref]()
        batch = Batch(START)
        for start in range(0, len(self.rows), part):
            rows = self.rows[start : start + part]
            batch = replay(head, rows, states=states, refs=refs, posted=self.posted)
            head = batch.head
            states.update(batch.states)
            for id, ref in batch.refs.items():
                if ref is None:
                    refs.pop(id, None)
                else:
                    refs[id] = ref
        batch.states, batch.refs = states, dict(refs)
        return batch
