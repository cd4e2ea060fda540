"""Files of listed parties, of whatever form: told by what is in them, read by the reader of their form.

    found = read_list((Path("consolidated.json"),), state=date(2026, 7, 31))
    for edition in found.editions: ...

A file is refused whole if it is of no known form, cut off, too large, not UTF-8, or holds entity declarations (`SourceError`).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from greenlane.errors import Place, SourceError
from greenlane.feeds import (
    party_lists_cn,
    party_lists_eu,
    party_lists_ftm,
    party_lists_ofac,
    party_lists_plain,
    party_lists_un,
    party_lists_us,
)
from greenlane.feeds.party_lists_made import SIZE_MAX, Finding, ListFile, Making

__all__ = ["FORMATS", "Finding", "ListFile", "read_bytes", "read_list"]

_FILES_MAX: Final = 6
_HEAD: Final = 4_000  # bytes that tell the form
_Reader = Callable[[bytes, Making, str], ListFile]
_READERS: Final[Mapping[str, _Reader]] = {
    "us-csl-json": lambda raw, making, _: party_lists_us.read_json(raw, making),
    "us-csl-csv": lambda raw, making, _: party_lists_us.read_csv(raw, making),
    "ofac-xml": lambda raw, making, name: party_lists_ofac.read_xml(raw, making, list_id=name),
    "un-xml": lambda raw, making, _: party_lists_un.read_xml(raw, making),
    "eu-xml": lambda raw, making, _: party_lists_eu.read_xml(raw, making),
    "eu-csv": lambda raw, making, _: party_lists_eu.read_csv(raw, making),
    "eu-acts-csv": lambda raw, making, _: party_lists_eu.read_acts(raw, making),
    "cn-csv": lambda raw, making, _: party_lists_cn.read_csv(raw, making),
    "plain-csv": lambda raw, making, name: party_lists_plain.read_csv(raw, making, list_id=name),
    "ftm": lambda raw, making, name: party_lists_ftm.read_jsonl(raw, making, list_id=name),
}
FORMATS: Final = (*_READERS, "ofac-csv")
_NEED_LIST: Final = ("ofac-csv", "ofac-xml", "ftm")


def read_list(
    paths: Sequence[Path],
    *,
    list_id: str = "",
    form: str = "",
    state: date | None = None,
) -> ListFile:
    """Read one list file, or the files of one issue. `.gz` is unpacked. Raises SourceError."""
    if not paths or len(paths) > _FILES_MAX:
        raise SourceError(
            "GL0601", f"{len(paths)} files: between 1 and {_FILES_MAX} make an issue", hint="give the files of one list"
        )
    files = {}
    for path in paths:
        try:
            if path.stat().st_size > SIZE_MAX:
                raise SourceError("GL0608", f"{path.stat().st_size} bytes, more than {SIZE_MAX}", at=Place(path.name))
            files[path.name] = path.read_bytes()
        except OSError as error:
            raise SourceError("GL0606", f"cannot be read: {error.strerror}", at=Place(str(path))) from error
    return read_bytes(files, list_id=list_id, form=form, state=state)


def read_bytes(
    files: Mapping[str, bytes], *, list_id: str = "", form: str = "", state: date | None = None, source: str = ""
) -> ListFile:
    """Read the bytes of one issue by the names of its files. `source`: the address they came from. Raises SourceError."""
    digest = hashlib.sha256()
    for name, raw in sorted(files.items()):
        digest.update(f"{name}\0".encode() + hashlib.sha256(raw).digest() if len(files) > 1 else raw)
    names = ", ".join(sorted(files))
    unpacked = {name: _unpacked(raw, name) for name, raw in files.items()}
    form = form or _common_form(unpacked)
    if form in _NEED_LIST and not list_id:
        raise SourceError("GL0612", f"a file of the form {form} does not say which list it is", at=Place(names), hint="give --list")
    making = Making(names, source or names, digest.hexdigest(), state)
    if form == "ofac-csv":
        return _of(party_lists_ofac.read_csv(unpacked, making, list_id=list_id), list_id, names)
    if len(files) > 1:
        raise SourceError("GL0601", f"several files of the form {form}", at=Place(names), hint="load one after the other")
    return _of(_READERS[form](next(iter(unpacked.values())), making, list_id), list_id, names)


def _of(found: ListFile, list_id: str, name: str) -> ListFile:
    """Only the list that was asked for."""
    if not list_id:
        return found
    kept = tuple(one for one in found.editions if one.list == list_id)
    if not kept:
        there = ", ".join(one.list for one in found.editions)
        raise SourceError("GL0612", f"no entry of `{list_id}` is in it", at=Place(name), hint=f"it holds {there}")
    return ListFile(kept, found.rejects, found.findings)


def _unpacked(raw: bytes, name: str) -> bytes:
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    unpacker = zlib.decompressobj(wbits=31)
    try:
        whole = unpacker.decompress(raw, SIZE_MAX + 1)
    except zlib.error as error:
        raise SourceError("GL0602", f"not a sound gzip file: {error}", at=Place(name), hint="take the file again") from error
    if len(whole) > SIZE_MAX:
        raise SourceError("GL0608", f"more than {SIZE_MAX} bytes when unpacked", at=Place(name))
    if not unpacker.eof:
        raise SourceError("GL0602", "a gzip file that is cut off", at=Place(name), hint="take the file again")
    return whole


def _common_form(files: Mapping[str, bytes]) -> str:
    forms = {name: _form(raw[:_HEAD], name) for name, raw in files.items()}
    if len(set(forms.values())) > 1:
        said = ", ".join(f"{name} is {form}" for name, form in sorted(forms.items()))
        raise SourceError("GL0601", f"files of several forms: {said}", hint="load one after the other")
    return next(iter(forms.values()))


_HEADERS: Final = (
    ("fileGenerationDate;", "eu-csv"),
    ("celex,", "eu-acts-csv"),
    ("Type,QID,Name,", "cn-csv"),
)
_ROOTS: Final = (("sdnList", "ofac-xml"), ("CONSOLIDATED_LIST", "un-xml"), ("export", "eu-xml"))


def _form(head: bytes, name: str) -> str:
    """The form of a file by its first bytes. Raises SourceError GL0601, or GL0603 for another encoding."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head[:4]:
        raise SourceError("GL0603", "UTF-16 or UTF-32, not UTF-8", at=Place(name), hint="save the file as UTF-8")
    text = head.decode("utf-8", errors="replace").removeprefix("\ufeff").lstrip()
    first = text.partition("\n")[0].strip()
    columns = [cell.strip().strip('"') for cell in first.split(",")]
    for start, form in _HEADERS:
        if first.startswith(start):
            return form
    if text.startswith("<"):
        for root, form in _ROOTS:
            if f"<{root}" in text or f":{root}" in text:
                return form
    elif text.startswith("{") and '"schema"' in first and '"properties"' in text:
        return "ftm"
    elif text.startswith("{"):
        return "us-csl-json"
    elif "source" in columns and "alt_names" in columns:
        return "us-csl-csv"
    elif columns[0].isdecimal():
        return "ofac-csv"
    elif "name" in columns:
        return "plain-csv"
    hint = f"known forms: {', '.join(FORMATS)}; the advanced XML of OFAC is not read: take SDN.XML"
    raise SourceError("GL0601", "of no form that is known here", at=Place(name), hint=hint)
