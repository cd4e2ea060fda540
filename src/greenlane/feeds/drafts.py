"""Draft folders: a draft written, and read back as the same draft.

A folder holds `draft.yaml` (what it was made from, what a person must fill in, what was not read), `files/<path>` (each
file with its path in the rule base) and, where the draft was read from a text, `source.txt` (the text the spans count in).
It is written whole or not at all, and never over something that is there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from greenlane.errors import DraftError, Place, RuleError
from greenlane.feeds.rule_files import read_node
from greenlane.law.draft import FILES_MAX, BaseMark, Change, Draft, Evidence, FillIn, MadeFrom, Unread, check_path
from greenlane.law.node import Node
from greenlane.law.rule_text import Value, rule_text

T = TypeVar("T")

HEAD = "draft.yaml"
SOURCE = "source.txt"
FILES = "files"
BYTES_MAX = 20_000_000


def write_draft(folder: Path, draft: Draft) -> None:
    """Write a draft into a new or empty folder. Raises DraftError GL0402 if there is something in it, or it cannot be written."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DraftError(
            "GL0402",
            "the folder of the draft is not empty",
            at=Place(str(folder)),
            hint="choose another with --out, or take it away",
        )
    texts = {HEAD: rule_text(_head(draft), fold=False)}
    if draft.source:
        texts[SOURCE] = draft.source
    texts |= {f"{FILES}/{path}": draft.files[path] for path in sorted(draft.files)}
    stage = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            path = stage / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        if folder.is_dir():
            folder.rmdir()
        stage.rename(folder)
    except OSError as error:
        shutil.rmtree(stage, ignore_errors=True)
        raise DraftError("GL0402", f"the draft cannot be written: {error.strerror}", at=Place(str(folder))) from error


def read_draft(folder: Path) -> Draft:
    """Read a draft folder. Raises DraftError GL0401 with file and line of what does not read."""
    if not (folder / HEAD).is_file():
        raise DraftError(
            "GL0401",
            "no draft: there is no draft.yaml" if folder.is_dir() else "there is no such folder",
            at=Place(str(folder)),
            hint="give a folder that `greenlane rules draft` wrote",
        )
    try:
        node = read_node(_text(folder, HEAD), file=HEAD)
        return _draft(node, folder)
    except RuleError as problem:
        raise DraftError("GL0401", problem.message, at=problem.at, hint=problem.hint) from problem
    except ValueError as error:
        raise DraftError("GL0401", str(error), at=Place(HEAD)) from error


# --- writing --------------------------------------------------------------------------------------------------------


def _head(draft: Draft) -> dict[str, Value]:
    made = {"name": draft.made_from.name, "sha256": draft.made_from.sha256, "address": draft.made_from.address}
    head: dict[str, Value] = {
        "draft": "1",
        "kind": draft.kind,
        "made_from": {key: text for key, text in made.items() if text},
    }
    if draft.base is not None:
        head["base"] = {"version": draft.base.version, "sha256": draft.base.sha256}
    head["files"] = sorted(draft.files)
    lists: dict[str, list[Value]] = {
        "fill_in": [{"file": one.file, "key": one.key, "why": one.why} for one in draft.fill_in],
        "unread": [{"from": str(one.start), "until": str(one.end), "text": one.text, "why": one.why} for one in draft.unread],
        "read": [_evidence(one) for one in draft.read],
        "changes": [{"table": one.table, "key": one.key, "before": one.before, "after": one.after} for one in draft.changes],
    }
    return head | {key: found for key, found in lists.items() if found}


def _evidence(one: Evidence) -> dict[str, Value]:
    at: list[Value] = [f"{start}-{end}" for start, end in one.spans]
    plain: dict[str, Value] = {"what": one.what, "value": one.value, "at": at}
    return plain | ({"marked": one.marked} if one.marked else {})


# --- reading --------------------------------------------------------------------------------------------------------


def _text(folder: Path, name: str) -> str:
    path = folder / name
    try:
        if path.is_symlink() or path.stat().st_size > BYTES_MAX:
            raise DraftError("GL0401", f"a link, or more than {BYTES_MAX} bytes", at=Place(name))
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise DraftError("GL0401", f"cannot be read: {error.strerror}", at=Place(name)) from error
    except UnicodeDecodeError as error:
        raise DraftError("GL0401", "not UTF-8", at=Place(name), hint="save the file as UTF-8") from error


def _draft(node: Node, folder: Path) -> Draft:
    node.only("draft", "kind", "made_from", "base", "files", "fill_in", "unread", "read", "changes")
    node.need("draft").choice("1")
    base = node.get("base")
    files = _paths(node.need("files"))
    files += _added(folder, files)
    return Draft(
        kind=node.need("kind").text(),
        made_from=_made_from(node.need("made_from")),
        base=None if base is None else _base(base),
        files={path: _text(folder, f"{FILES}/{path}") for path in files},
        fill_in=_each(node, "fill_in", _fill_in),
        unread=_each(node, "unread", _unread),
        read=_each(node, "read", _read),
        changes=_each(node, "changes", _change),
        source=_text(folder, SOURCE) if (folder / SOURCE).exists() else "",
    )


def _each(node: Node, key: str, read: Callable[[Node], T]) -> tuple[T, ...]:
    found = node.get(key)
    if found is None or found.value in ("", []):
        return ()
    return tuple(read(one) for one in found.items())


def _paths(node: Node) -> list[str]:
    if node.value in ("", []):
        return []
    found = [one.read(check_path) for one in node.items()[: FILES_MAX + 1]]
    if len(set(found)) < len(found):
        raise node.fail("GL0202", "a file is named twice", "name each file once")
    return found


def _added(folder: Path, listed: Iterable[str]) -> list[str]:
    """The files that a person has added, such as cases.yaml. Raises ValueError for one that is no rule file."""
    home = folder / FILES
    found = (path.relative_to(home).as_posix() for path in sorted(home.rglob("*")) if not path.is_dir())
    return [check_path(path) for path in found if path not in set(listed)]


def _raw(node: Node) -> str:
    """A text as it stands, which may be empty."""
    return node.value if isinstance(node.value, str) else node.text()


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise ValueError(f"`{text}` is not a place in the source")
    return int(text)


def _made_from(node: Node) -> MadeFrom:
    node.only("name", "sha256", "address")
    address = node.get("address")
    return MadeFrom(
        name=node.need("name").text(), sha256=node.need("sha256").text(), address="" if address is None else address.text()
    )


def _base(node: Node) -> BaseMark:
    node.only("version", "sha256")
    return BaseMark(version=node.need("version").text(), sha256=node.need("sha256").text())


def _fill_in(node: Node) -> FillIn:
    node.only("file", "key", "why")
    return FillIn(file=node.need("file").text(), key=node.need("key").text(), why=node.need("why").text())


def _unread(node: Node) -> Unread:
    node.only("from", "until", "text", "why")
    start, end = (node.need(key).read(_number) for key in ("from", "until"))
    if start > end:
        raise node.fail("GL0206", f"a span from {start} until {end}")
    return Unread(start=start, end=end, text=_raw(node.need("text")), why=node.need("why").text())


def _read(node: Node) -> Evidence:
    node.only("what", "value", "at", "marked")
    marked = node.get("marked")
    spans = []
    for one in node.need("at").items():
        start, _, end = one.text().partition("-")
        spans.append((one.read(lambda _, text=start: _number(text)), one.read(lambda _, text=end: _number(text))))  # type: ignore[misc]
    return Evidence(
        what=node.need("what").text(),
        value=_raw(node.need("value")),
        spans=tuple(spans),
        marked="" if marked is None else marked.text(),
    )


def _change(node: Node) -> Change:
    node.only("table", "key", "before", "after")
    before, after = node.get("before"), node.get("after")
    return Change(
        table=node.need("table").text(),
        key=_raw(node.need("key")),
        before="" if before is None else _raw(before),
        after="" if after is None else _raw(after),
    )
