"""The processes of this machine: who began whom, and what each was told."""

from __future__ import annotations

from pathlib import Path


def descendants(pid: int) -> list[int]:
    """The processes that a process began, and those that they began."""
    parents: dict[int, int] = {}
    for one in Path("/proc").iterdir():
        if one.name.isdigit():
            try:
                parents[int(one.name)] = int((one / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found: list[int] = []
    known = {pid}
    while more := [one for one, parent in parents.items() if parent in known and one not in known]:
        known |= set(more)
        found += more
    return found


def command(pid: int) -> str:
    """How a process was begun; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
