"""Editions of lists in a folder: one file an edition that is never written again, and a journal chained by hashes.

    <folder>/journal.jsonl
    <folder>/us-sdn/2024-05-02-1f3a5c7e9b2d4f60.json.gz

The name of a file is its state and the digest of what was read; the journal holds the digest of the file itself. The same edition
gives the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from greenlane.errors import Place, UsageError
from greenlane.terms.listed import (
    Address,
    Identifier,
    ListEdition,
    ListedParty,
    Listing,
    NameKind,
    PartyKind,
    PartyName,
)

_LIST = re.compile(r"[a-z][a-z0-9-]{1,40}\Z")
_WAY_OUT: Final = "restore the folder from a copy, or move it away and load the lists again"
_DAYS: Final = ("start", "end", "known_since", "end_known_since")
_TEXTS: Final = ("programme", "requirement", "policy", "citation", "group")

Entry = dict[str, Any]


class ListShelf:
    """The editions in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, edition: ListEdition, *, on: date) -> bool:
        """Keep an edition, taken in on a day; False if it is there already. Raises UsageError GL0306, GL0619."""
        if not _LIST.match(edition.list):
            raise UsageError("GL0304", f"`{edition.list[:60]}` is no name of a list", hint="small letters, digits and hyphens")
        entries = self._entries()
        body = pack(edition)
        name = f"{edition.list}/{edition.state}-{edition.sha256[:16]}-{hashlib.sha256(body).hexdigest()[:8]}.json.gz"
        entry = {
            "list": edition.list,
            "state": edition.state.isoformat(),
            "file": name,
            "body": hashlib.sha256(body).hexdigest(),
            "sha256": edition.sha256,
            "source": edition.source,
            "count": len(edition.parties),
            "rejected": edition.rejected,
            "accepted": edition.accepted,
            "taken_in": on.isoformat(),
        }
        same = ("list", "state", "body", "accepted")
        if any(all(one[key] == entry[key] for key in same) for one in entries):
            return False
        try:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _write(path, body)
            entry |= {"number": len(entries) + 1, "before": entries[-1]["hash"] if entries else ""}
            entry["hash"] = _hash_of(entry)
            with (self.folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(entry, sort_keys=True, ensure_ascii=False) + "\n")
        except OSError as error:
            message = f"the edition cannot be kept in {self.folder}: {error.strerror}"
            raise UsageError("GL0306", message, hint="point GREENLANE_LISTS at a folder that is yours") from error
        return True

    def editions(self, list_id: str) -> tuple[ListEdition, ...]:
        """All editions of a list, oldest state first; of one state the one taken in last comes last. Raises UsageError GL0619."""
        return tuple(self._read(entry) for entry in self._of(list_id))

    def latest(self, list_id: str) -> ListEdition | None:
        """The edition of the latest state, of several the one taken in last. Raises UsageError GL0619."""
        entries = self._of(list_id)
        return self._read(entries[-1]) if entries else None

    def _of(self, list_id: str) -> list[Entry]:
        return sorted((one for one in self._entries() if one["list"] == list_id), key=lambda one: (one["state"], one["number"]))

    def _read(self, entry: Entry) -> ListEdition:
        path = self.folder / entry["file"]
        try:
            body = path.read_bytes()
        except OSError as error:
            raise self._damaged(f"{entry['file']} cannot be read: {error.strerror}") from error
        if hashlib.sha256(body).hexdigest() != entry["body"]:
            raise self._damaged(f"{entry['file']} is not what was kept")
        return replace(unpack(body), accepted=entry["accepted"])

    def _entries(self) -> list[Entry]:
        """The entries of the journal, its chain checked. Raises UsageError GL0619."""
        path = self.folder / "journal.jsonl"
        if not path.is_file():
            return []
        try:
            *lines, rest = path.read_bytes().decode("utf-8").split("\n")
            entries = [json.loads(line) for line in lines]
        except (OSError, ValueError, RecursionError) as error:
            raise self._damaged("the journal does not read") from error
        if rest:
            raise self._damaged("the last entry of the journal is cut off", len(lines) + 1)
        before = ""
        for number, entry in enumerate(entries, start=1):
            bare = {key: value for key, value in entry.items() if key != "hash"} if isinstance(entry, dict) else {}
            if bare.get("before") != before or bare.get("number") != number or entry.get("hash") != _hash_of(bare):
                raise self._damaged(f"entry {number} of the journal is not what was written", number)
            before = entry["hash"]
        return entries

    def _damaged(self, message: str, line: int | None = None) -> UsageError:
        return UsageError("GL0619", message, at=Place(str(self.folder / "journal.jsonl"), line), hint=_WAY_OUT)


def pack(edition: ListEdition) -> bytes:
    """An edition as bytes, the same for the same edition; why a person took it stands in the journal instead."""
    tree = {
        "list": edition.list,
        "state": edition.state.isoformat(),
        "source": edition.source,
        "sha256": edition.sha256,
        "rejected": edition.rejected,
        "parties": [_plain(one) for one in edition.parties],
    }
    text = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8"), compresslevel=6, mtime=0)


def unpack(body: bytes) -> ListEdition:
    """The edition that was packed."""
    tree = json.loads(gzip.decompress(body))
    return ListEdition(
        list=tree["list"],
        state=date.fromisoformat(tree["state"]),
        source=tree["source"],
        sha256=tree["sha256"],
        rejected=tree["rejected"],
        parties=tuple(_party(one, tree["list"]) for one in tree["parties"]),
    )


def _plain(one: ListedParty) -> dict[str, Any]:
    """A party as JSON; what is empty is left out."""
    tree: dict[str, Any] = {
        "id": one.id,
        "kind": one.kind.value,
        "names": [[name.text, name.kind.value] for name in one.names],
        "countries": one.countries,
        "identifiers": [[number.scheme, number.value, number.country] for number in one.identifiers],
        "addresses": [[address.text, address.country] for address in one.addresses],
        "born": one.born,
        "listings": [_plain_listing(listing) for listing in one.listings],
        "href": one.href,
    }
    return {key: value for key, value in tree.items() if value}


def _plain_listing(one: Listing) -> dict[str, str]:
    days = {key: day.isoformat() for key in _DAYS if (day := getattr(one, key)) is not None}
    return days | {key: text for key in _TEXTS if (text := getattr(one, key))}


def _party(tree: Mapping[str, Any], list_id: str) -> ListedParty:
    return ListedParty(
        id=tree["id"],
        list=list_id,
        kind=PartyKind(tree["kind"]),
        names=tuple(PartyName(text, NameKind(kind)) for text, kind in tree["names"]),
        countries=tuple(tree.get("countries", ())),
        identifiers=tuple(Identifier(*one) for one in tree.get("identifiers", ())),
        addresses=tuple(Address(*one) for one in tree.get("addresses", ())),
        born=tuple(tree.get("born", ())),
        listings=tuple(_listing(one) for one in tree.get("listings", ())),
        href=tree.get("href", ""),
    )


def _listing(tree: Mapping[str, str]) -> Listing:
    return Listing(
        programme=tree.get("programme", ""),
        requirement=tree.get("requirement", ""),
        policy=tree.get("policy", ""),
        citation=tree.get("citation", ""),
        group=tree.get("group", ""),
        start=_day(tree, "start"),
        end=_day(tree, "end"),
        known_since=_day(tree, "known_since"),
        end_known_since=_day(tree, "end_known_since"),
    )


def _day(tree: Mapping[str, str], key: str) -> date | None:
    return date.fromisoformat(tree[key]) if key in tree else None


def _hash_of(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _write(path: Path, body: bytes) -> None:
    """Write a file whole or not at all; who may read the folder may read it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
