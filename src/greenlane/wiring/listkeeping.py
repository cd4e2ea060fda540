"""Lists of parties: which readers, register, shelf and addresses the commands use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from greenlane.feeds import list_register, party_lists, snapshots, tables
from greenlane.feeds.party_lists import FORMATS, ListFile
from greenlane.feeds.party_lists_made import SIZE_MAX
from greenlane.law.list_changes import EntryChange, list_changes
from greenlane.law.listings import ListState, Register, shipped_editions
from greenlane.law.rulebase import RuleBase
from greenlane.services import lists
from greenlane.services.lists import Acceptance, Kept
from greenlane.settings import read_settings
from greenlane.store.list_shelf import ListShelf
from greenlane.terms.listed import ListEdition
from greenlane.wiring import load_rules, today

__all__ = ["FORMATS", "Acceptance", "ListFile"]


@dataclass(frozen=True)
class ListRoom:
    """The rule base, the register of lists, and the shelf."""

    base: RuleBase
    register: Register
    shelf: ListShelf

    @cached_property
    def shipped(self) -> tuple[ListEdition, ...]:
        """The lists that ship."""
        return shipped_editions(self.base, self.register)

    def states(self, on: date) -> tuple[ListState, ...]:
        """The state of every list on a day. Raises UsageError."""
        return lists.states(self.shelf, self.shipped, self.register, today=on)

    def take_in(self, found: ListFile, *, on: date, acceptance: Acceptance) -> tuple[Kept, ...]:
        """Keep the editions of a file, all or none. Raises UsageError, SourceError."""
        return lists.take_in(found.editions, self.shelf, self.register, on=on, acceptance=acceptance)

    def changes(self, old: str, new: str, *, list_id: str = "", form: str = "") -> tuple[EntryChange, ...]:
        """What changed between two editions, each `LIST`, `LIST@DAY`, `LIST@shipped` or a file. Raises UsageError, SourceError."""
        return list_changes(self._edition(old, list_id, form), self._edition(new, list_id, form))

    def _edition(self, text: str, list_id: str, form: str) -> ListEdition:
        if not Path(text).is_file():
            return lists.find_edition(text, self.shelf, self.shipped)
        found = party_lists.read_list((Path(text),), list_id=list_id, form=form, state=today()).editions
        if len(found) > 1:
            there = ", ".join(one.list for one in found)
            raise lists.several_lists(text, there)
        return found[0]


def open_lists(folder: Path | None, desk: Path | None = None, *, rules: RuleBase | None = None) -> ListRoom:
    """Open the register beside the rules (`rules`, where they are loaded already), and the shelf. Raises RuleBaseError."""
    settings = read_settings(rules=folder, desk=desk)
    base = rules or load_rules(folder)
    register = list_register.read_register(settings.rules, base)
    return ListRoom(base, register, ListShelf(settings.lists))


def read_list_files(paths: Sequence[Path], *, list_id: str, form: str, state: date | None) -> ListFile:
    """Read list files. Raises SourceError."""
    return party_lists.read_list(paths, list_id=list_id, form=form, state=state)


def fetch_lists(
    room: ListRoom, wanted: Sequence[str], *, on: date, say: Callable[[str], None], opener: snapshots.Opener | None = None
) -> Iterator[ListFile]:
    """Fetch the official files of these lists, each address once. A file without a day of its own is of the day asked for.

    Raises SourceError, UsageError.
    """
    for addresses, names in _addresses(room.register, wanted).items():
        files = {}
        for address in addresses:
            say(f"fetching {address}")
            files[urlsplit(address).path.rpartition("/")[2] or "list"] = snapshots.fetch(address, size_max=SIZE_MAX, opener=opener)
        single = names[0] if len(names) == 1 else ""
        found = party_lists.read_bytes(files, list_id=single, state=on, source=", ".join(addresses))
        kept = tuple(one for one in found.editions if one.list in names)
        yield ListFile(kept, found.rejects, found.findings)


def _addresses(register: Register, wanted: Sequence[str]) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name in lists.with_address(register, wanted):
        key = register[name].downloads
        found[key] = (*found.get(key, ()), name)
    return found


def write_rejects(path: Path, found: ListFile) -> None:
    """Write the rows that could not be read. Raises FileError."""
    tables.write_rejects(path, found.rejects)


def changes_csv(changes: Iterable[EntryChange]) -> str:
    """Changes as CSV text."""
    columns = ("change", "id", "old_id", "name", "before", "fields", "countries")
    rows = [{key: ";".join(value) if isinstance(value, list) else value for key, value in one.plain().items()} for one in changes]
    return "".join(tables.csv_lines(columns, rows))
