"""Keeping lists of parties: take in an edition, say which lists can be relied on, say what changed.

An edition that is too short, or has lost more entries than is plausible, is refused: half a file must not clear anybody. A person
may take it all the same, with a reason that is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from greenlane.errors import Place, SourceError, UsageError
from greenlane.law.listings import ListState, Register, RegisteredList, usable
from greenlane.services.ports import EditionShelf
from greenlane.terms.listed import ListEdition


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a person takes although it looks wrong, and why."""

    drop: bool = False
    rejects: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """An edition on the shelf; `is_new` is False if it was there already."""

    edition: ListEdition
    is_new: bool


def take_in(
    editions: Iterable[ListEdition], shelf: EditionShelf, register: Register, *, on: date, acceptance: Acceptance | None = None
) -> tuple[Kept, ...]:
    """Check the editions of a file and keep them: all, or none if one of them is refused.

    Raises UsageError GL0305 for a list of no register, SourceError GL0605 for one that is too short, GL0618 for one that shrank.
    """
    taken = acceptance or Acceptance()
    if (taken.drop or taken.rejects) and not taken.reason.strip():
        raise UsageError("GL0304", "--accept-drop and --accept-rejects need --reason", hint="say why in a sentence; it is kept")
    checked = [_checked(edition, shelf, register, taken) for edition in editions]
    return tuple(Kept(edition, shelf.put(edition, on=on)) for edition in checked)


def _checked(edition: ListEdition, shelf: EditionShelf, register: Register, taken: Acceptance) -> ListEdition:
    entry = register.get(edition.list)
    if entry is None:
        raise UsageError("GL0305", f"`{edition.list}` is no list of the register", hint=f"known: {', '.join(register)}")
    problem = _too_short(edition, entry) or _too_sudden(edition, _earlier(shelf.editions(edition.list), edition), entry)
    if problem is not None and not taken.drop:
        raise problem
    if problem is not None or (edition.rejected and taken.rejects):
        return replace(edition, accepted=" ".join(taken.reason.split()))
    return edition


def _earlier(editions: Iterable[ListEdition], edition: ListEdition) -> ListEdition | None:
    """The edition that this one follows."""
    found = [one for one in editions if one.state <= edition.state and one.sha256 != edition.sha256]
    return found[-1] if found else None


_WAY_OUT = "fetch it again; or take it with --accept-drop --reason TEXT, which is kept with it"


def _too_short(edition: ListEdition, entry: RegisteredList) -> SourceError | None:
    count = len(edition.parties)
    if count >= entry.floor:
        return None
    message = f"{edition.list}: {count} entries, fewer than {entry.floor}"
    return SourceError("GL0605", message, at=Place(edition.source), hint=_WAY_OUT)


def _too_sudden(edition: ListEdition, before: ListEdition | None, entry: RegisteredList) -> SourceError | None:
    if before is None:
        return None
    was, now = len(before.parties), len(edition.parties)
    if (was - now) * 100 <= was * entry.drop_max_percent:
        return None
    message = f"{edition.list}: {was:,} entries on {before.state}, {now:,} now, more than {entry.drop_max_percent} % fewer"
    return SourceError("GL0618", message, at=Place(edition.source), hint=_WAY_OUT)


def states(shelf: EditionShelf, shipped: Iterable[ListEdition], register: Register, *, today: date) -> tuple[ListState, ...]:
    """The state of every list: of what ships and what is on the shelf the later edition counts. Raises UsageError GL0619."""
    loaded = [one for name in register if (one := shelf.latest(name)) is not None]
    return usable([*shipped, *loaded], register, today)


def find_edition(text: str, shelf: EditionShelf, shipped: Iterable[ListEdition]) -> ListEdition:
    """The edition meant by `us-sdn` (the latest), `us-sdn@2024-05-02` or `us-entity-list@shipped`. Raises UsageError GL0305."""
    name, _, which = text.partition("@")
    own = [one for one in shipped if one.list == name]
    kept = shelf.editions(name)
    found = own if which == "shipped" else [*own, *kept] if not which else [one for one in kept if one.state.isoformat() == which]
    if not found:
        there = ", ".join([*(f"{name}@shipped" for _ in own), *dict.fromkeys(f"{name}@{one.state}" for one in kept)])
        hint = f"there are {there}" if there else "greenlane lists status shows what there is"
        raise UsageError("GL0305", f"there is no edition `{text}`", hint=hint)
    return sorted(found, key=lambda one: one.state)[-1]


def plain_state(one: ListState) -> dict[str, Any]:
    """The state of a list as a record."""
    return {
        "list": one.list,
        "title": one.title,
        "verdict": one.verdict,
        "state": None if one.state is None else one.state.isoformat(),
        "count": one.count,
        "age_days": one.age_days,
        "stale_after_days": one.stale_after_days,
        "source": one.source,
        "sha256": one.sha256,
        "why": list(one.why),
        "follows": one.follows,
        "standing": one.standing.value,
    }


def with_address(register: Register, wanted: Iterable[str]) -> tuple[str, ...]:
    """The lists to fetch: those named, or all that have an official address of a file. Raises UsageError GL0305."""
    names = tuple(wanted)
    for name in names:
        if name not in register:
            raise UsageError("GL0305", f"`{name}` is no list of the register", hint=f"known: {', '.join(register)}")
        if not register[name].downloads:
            hint = f"fetch it by hand from {register[name].page} and take it in with `greenlane lists load`"
            raise UsageError("GL0305", f"no address of a file is known for `{name}`", hint=hint)
    return names or tuple(name for name, entry in register.items() if entry.downloads)


def several_lists(name: str, there: str) -> UsageError:
    """The error for a file of several lists where one is meant."""
    return UsageError("GL0304", f"{name} holds several lists: {there}", hint="choose one with --list")
