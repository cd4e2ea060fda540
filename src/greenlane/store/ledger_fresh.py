"""Where does a draw go that comes alone? Into a small file of its own, with one write and one flush.

A commit of the database writes several pages, and does so through locks and statements of its own; a client who draws one by one
waits for all of that. So the end of the journal may stand in this file, for a while: at most a few dozen entries, which the next
larger commit moves into the database. A record holds the texts of the entries that were booked together and the hash of the last
of them, and the chain of hashes is its checksum: a record counts if its hash is the one that follows from the entries before. One
that was not written whole does not, nor does one whose entries are in the database by now, so nothing is ever cut off or marked.

The file is written over in place, has its full size from the beginning, and is flushed before anything is acknowledged. Only
whoever has the turn writes.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from greenlane.licences.events import Head, hash_after
from greenlane.licences.ledger import Row

SIZE: Final = 131_072
_RECORD: Final = struct.Struct("<I32s")  # length of the texts, and the hash of the last entry


class FreshFile:
    """The file beside the database, opened by whoever books."""

    def __init__(self, file: Path) -> None:
        self._fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            size = os.fstat(self._fd).st_size
            if size < SIZE:  # filled up with zeros that are written: room that is only set aside costs a flush more
                while size < SIZE:
                    size += os.pwrite(self._fd, bytes(SIZE - size), size)
                os.fsync(self._fd)
                flush(file.parent)
        except BaseException:
            os.close(self._fd)
            raise

    def put(self, rows: Sequence[Row], place: int) -> int:
        """Write entries at a place, onto the disk; the place after them, or `place` itself if they do not fit."""
        told = "\n".join([row[2] for row in rows]).encode() if len(rows) > 1 else rows[0][2].encode()
        end = place + _RECORD.size + len(told)
        if end > SIZE:
            return place
        if os.pwrite(self._fd, _RECORD.pack(len(told), rows[-1][3]) + told, place) != end - place:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fdatasync(self._fd)
        return end

    def read(self) -> bytes:
        """All that is in the file."""
        return os.pread(self._fd, SIZE, 0)

    def close(self) -> None:
        """Give back what was opened."""
        os.close(self._fd)


def read_fresh(file: Path) -> bytes:
    """All that is in the file, for who only reads; nothing if there is none."""
    try:
        with file.open("rb") as opened:
            return opened.read(SIZE)
    except FileNotFoundError:
        return b""


def fresh_rows(raw: bytes, head: Head) -> list[Row]:
    """The entries in the file that follow the newest one of the database."""
    rows: list[Row] = []
    place, seq, before = 0, head.seq, head.sha256
    while place + _RECORD.size < len(raw):
        length, sha256 = _RECORD.unpack_from(raw, place)
        place += _RECORD.size
        if not length or place + length > len(raw):
            break
        found: list[Row] = []
        with suppress(ValueError):
            for text in raw[place : place + length].decode().split("\n"):
                seq += 1
                said, _, key, _ = text.split("\t", 3)
                if said != str(seq):
                    return rows
                before = hash_after(before, text)
                found.append((seq, key, text, before))
        if not found or before != sha256:
            break
        rows += found
        place += length
    return rows


def flush(path: Path) -> None:
    """Bring a file, or what a folder says of its files, onto the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
