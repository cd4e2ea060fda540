"""What changed between two editions of a list: entries that came, went, were renamed, or say something else now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from greenlane.terms.listed import ListEdition, ListedParty, NameKind, has_number
from greenlane.terms.parties import name_key


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that differs. `what`: added, removed, renamed or changed; `fields`: which of its fields, in words."""

    what: str
    old: ListedParty | None
    new: ListedParty | None
    fields: tuple[str, ...] = ()

    @property
    def party(self) -> ListedParty:
        """The entry as it is now, or as it was."""
        found = self.new or self.old
        assert found is not None
        return found

    def plain(self) -> dict[str, Any]:
        """The change as a record."""
        return {
            "change": self.what,
            "id": self.party.id,
            "name": self.party.names[0].text,
            "before": "" if self.old is None else self.old.names[0].text,
            "old_id": "" if self.old is None else self.old.id,
            "fields": list(self.fields),
            "countries": list(self.party.countries),
        }


def list_changes(old: ListEdition, new: ListEdition) -> tuple[EntryChange, ...]:
    """All that differs, in the order added, removed, renamed, changed, then of the ids.

    An entry is the same if it has the same id. Where a list does not number its entries, one that went and one that came are
    the same entry under another name, if a surer name of the one (not a weak one) is a name of the other, and of no third.
    """
    before = {one.id: one for one in old.parties}
    after = {one.id: one for one in new.parties}
    pairs = {name: name for name in before.keys() & after.keys()}
    pairs |= _renamed(
        [one for name, one in before.items() if name not in after],
        [one for name, one in after.items() if name not in before],
    )
    came = set(after) - set(pairs.values())
    found = [EntryChange("added", None, after[name]) for name in came]
    found += [EntryChange("removed", before[name], None) for name in before if name not in pairs]
    for was, now in pairs.items():
        fields = _differences(before[was], after[now])
        if fields:
            what = "renamed" if before[was].names[0].text != after[now].names[0].text else "changed"
            found.append(EntryChange(what, before[was], after[now], fields))
    order = ("added", "removed", "renamed", "changed")
    return tuple(sorted(found, key=lambda one: (order.index(one.what), one.party.id)))


def _renamed(gone: Iterable[ListedParty], come: Iterable[ListedParty]) -> dict[str, str]:
    """Which entries that went are which that came, among those without numbers; only where it is beyond doubt."""
    went = _by_name(one for one in gone if not has_number(one))
    came = _by_name(one for one in come if not has_number(one))
    meets: dict[str, set[str]] = {}
    met: dict[str, set[str]] = {}
    for key in went.keys() & came.keys():
        for was in went[key]:
            for now in came[key]:
                meets.setdefault(was, set()).add(now)
                met.setdefault(now, set()).add(was)
    return {was: next(iter(nows)) for was, nows in meets.items() if len(nows) == 1 and len(met[next(iter(nows))]) == 1}


def _by_name(parties: Iterable[ListedParty]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in parties:
        for name in one.names:
            if name.kind is not NameKind.WEAK:
                found.setdefault(name_key(name.text), set()).add(one.id)
    return found


def _differences(old: ListedParty, new: ListedParty) -> tuple[str, ...]:
    """Which fields differ; the order within a field does not count."""
    fields = {
        "name": (old.names[0].text, new.names[0].text),
        "names": (set(old.names), set(new.names)),
        "kind": (old.kind, new.kind),
        "countries": (set(old.countries), set(new.countries)),
        "identifiers": (set(old.identifiers), set(new.identifiers)),
        "addresses": (set(old.addresses), set(new.addresses)),
        "born": (set(old.born), set(new.born)),
        "listings": (set(old.listings), set(new.listings)),
        "href": (old.href, new.href),
    }
    return tuple(name for name, (was, now) in fields.items() if was != now)
