"""Bytes from outside, as they were at one moment: from a file, a folder or an https address, with their digest.

The only module that speaks to the network. It waits only so long, takes only so much, follows no way out of https, and what it
gets is bytes: what they mean is for the readers.
"""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from greenlane.errors import Place, SourceError
from greenlane.feeds.us_ear import SIZE_MAX

WAIT_S: Final[float] = 30.0  # for a connection, and for each piece that is read
WHOLE_S: Final[float] = 600.0  # for one document
PIECE: Final[int] = 65_536
FILES_MAX: Final[int] = 40
SUFFIXES: Final[tuple[str, ...]] = (".json", ".xml")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Named bytes, where they come from, and the digest of all of them."""

    files: Mapping[str, bytes]
    address: str = ""

    @property
    def name(self) -> str:
        """The names of the files."""
        return ", ".join(sorted(self.files))

    @property
    def sha256(self) -> str:
        """The digest of one file; of several, of their names and digests."""
        if len(self.files) == 1:
            return hashlib.sha256(next(iter(self.files.values()))).hexdigest()
        lines = (f"{name}\0{hashlib.sha256(raw).hexdigest()}\n" for name, raw in sorted(self.files.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()


Opener = Callable[[urllib.request.Request, float], IO[bytes]]


def read_files(path: Path, *, names: tuple[str, ...] = ()) -> Snapshot:
    """A file, or the files of a folder: those of these names if they are there, else all XML. Raises SourceError."""
    try:
        if path.is_dir():
            found = [path / name for name in names if (path / name).is_file()]
            found = found or sorted(one for one in path.iterdir() if one.suffix == ".xml")
        else:
            found = [path]
        if not found or len(found) > FILES_MAX:
            raise SourceError(
                "GL0601", "no file of an official form is there" if not found else "too many files", at=Place(str(path))
            )
        files = {}
        for one in found:
            if one.stat().st_size > SIZE_MAX:
                raise SourceError("GL0608", f"{one.stat().st_size} bytes, more than {SIZE_MAX}", at=Place(one.name))
            with one.open("rb") as stream:
                files[one.name] = _take(stream, one.name)
    except OSError as error:
        raise SourceError("GL0606", f"cannot be read: {error.strerror}", at=Place(str(path))) from error
    return Snapshot(files)


def fetch(
    address: str,
    *,
    size_max: int = SIZE_MAX,
    opener: Opener | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """The bytes at an https address, `size_max` at most. Raises SourceError."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise SourceError(
            "GL0606", f"`{address[:200]}` is no https address", hint="only https is fetched, without a name and password"
        )
    request = urllib.request.Request(address, headers={"User-Agent": "greenlane", "Accept-Encoding": "identity"})
    try:
        with (opener or _open)(request, WAIT_S) as stream:
            said = getattr(stream, "headers", {}).get("Content-Length", "")
            if said.isdecimal() and int(said) > size_max:
                raise SourceError("GL0608", f"{said} bytes announced, more than {size_max}", at=Place(address))
            raw = _take(stream, address, size_max=size_max, until=clock() + WHOLE_S, clock=clock)
            if said.isdecimal() and int(said) != len(raw):
                raise SourceError("GL0606", f"{len(raw)} bytes of {said}: cut off on the way", at=Place(address))
            return raw
    except urllib.error.HTTPError as error:
        raise SourceError("GL0606", f"the server says {error.code} {error.reason}", at=Place(address)) from error
    except (TimeoutError, urllib.error.URLError, OSError, http.client.HTTPException, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise SourceError("GL0606", f"could not be fetched: {why}", at=Place(address), hint="try later, or give --from") from error


def _take(
    stream: IO[bytes], name: str, *, size_max: int = SIZE_MAX, until: float = 0.0, clock: Callable[[], float] | None = None
) -> bytes:
    """Read to the end, in pieces, and stop where it is too much or takes too long."""
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > size_max:
            raise SourceError("GL0608", f"more than {size_max} bytes", at=Place(name))
        if clock is not None and clock() > until:
            raise SourceError("GL0606", f"not at its end after {WHOLE_S:.0f} seconds", at=Place(name))
        pieces.append(piece)
    return b"".join(pieces)


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """A redirect may change the host, never the scheme."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if urllib.parse.urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError("it leads away from https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(request: urllib.request.Request, wait_s: float) -> IO[bytes]:
    found: IO[bytes] = urllib.request.build_opener(_HttpsOnly).open(request, timeout=wait_s)
    return found
