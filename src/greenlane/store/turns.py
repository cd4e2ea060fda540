"""How do many writers share one commit? Whoever has the turn books for all who wait.

A commit that is safe on disk costs the same for one entry and for a thousand. So threads of a process queue, one of them leads and
takes along what all have queued; and processes of a machine leave what they want in a slot of a shared file if another has the
lock. Who has it books everything that lies in the slots, in one transaction, leaves the answers there, and wakes those who wait,
and one of those who came meanwhile to go on.

Nothing of this is needed to be right. The lock is the kernel's and goes with its process. If the one who books is killed, the slots
still hold what was wanted, and the next one books it: whatever was booked already is acknowledged again, because every command has
an id. If the one who waits is killed, nothing of his is booked any more: its slot is his no longer, and is emptied. A slot that is
half written has a wrong checksum and is passed over; its owner does it itself. Where the system has no such locks, everybody waits
for the lock of the database and books alone.
"""

from __future__ import annotations

import mmap
import os
import socket
import struct
import sys
import threading
import zlib
from _thread import LockType, allocate_lock
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from greenlane.errors import LedgerRefusal
from greenlane.licences.events import Command, read_commands, write_commands
from greenlane.licences.ledger import Booked, Result

if sys.platform != "win32":
    import fcntl

    _NOW_OR_NOT: Final = fcntl.LOCK_EX | fcntl.LOCK_NB

SLOTS: Final = 128
SLOT_SIZE: Final = 32_768  # some thousand draws; who brings more need not share a commit
BATCH_MAX: Final = 8192  # commands in one transaction
_SIGN: Final = SLOTS + SLOTS * SLOT_SIZE  # where the last who had the lock left his sign
_IDLE, _WANTED, _DONE, _AGAIN = 0, 1, 2, 3  # _AGAIN: the answers did not fit; ask yourself
_WAITING: Final = bytes([_WANTED])
_HEAD: Final = struct.Struct("<II16s")  # length, checksum, and the mark of the request: an answer to another is none
_FLOCK: Final = struct.Struct("hhqqi4x")  # struct flock of Linux with 64 bits: kind, from where, first byte, bytes, process
_PATIENCE_S: Final = 0.02
_RECORD: Final = "\x1e"
_FIELD: Final = "\x1f"


class _Call:
    """What a thread waits for."""

    __slots__ = ("commands", "error", "leads", "results", "wake")

    def __init__(self, commands: Sequence[Command]) -> None:
        self.commands = commands
        self.results: list[Result] = []
        self.error: BaseException | None = None
        self.leads = False
        self.wake: LockType = allocate_lock()
        self.wake.acquire()


class Turns:
    """Takes commands from many threads and processes, and gives them to `commit` in turns: one at a time, as many as there are."""

    def __init__(self, lock_file: Path, commit: Callable[[Sequence[Command]], list[Result]]) -> None:
        self._file = lock_file
        self._commit = commit
        self._mutex = threading.Lock()
        self._queue: list[_Call] = []
        self._leading = False
        self._room: _Room | None = None
        self._pid = 0
        self.alone = False  # while somebody books: whether nobody else had the turn since we had it

    def submit(self, commands: Sequence[Command]) -> list[Result]:
        """Book commands; returns when what was booked is safe. One result a command, in their order."""
        if len(commands) > BATCH_MAX:
            parts = (commands[start : start + BATCH_MAX] for start in range(0, len(commands), BATCH_MAX))
            return [result for part in parts for result in self.submit(part)]
        with self._mutex:
            call = _Call(commands) if self._leading else None
            if call is None:
                self._leading = True
            else:
                self._queue.append(call)
        if call is None:  # nobody can have queued before
            try:
                return self._turn(commands)
            finally:
                self._pass_on()
        call.wake.acquire()  # until the leader says so
        if call.leads:
            self._lead(call)
        if call.error is not None:
            raise call.error
        return call.results

    def close(self) -> None:
        """Give back what was opened."""
        if self._room is not None:
            self._room.close()
            self._room = None

    def exclusively(self, act: Callable[[], None]) -> None:
        """Do something while nobody books."""
        with self._mutex:
            if self._leading:
                raise RuntimeError("somebody of this process is booking")
            self._leading = True
        try:
            room = self._open()
            room.lock()
            self.alone = room.had_it_last()
            try:
                act()
            finally:
                room.unlock()
        finally:
            self._pass_on()

    def _lead(self, mine: _Call) -> None:
        calls = [mine]
        try:
            with self._mutex:
                count = len(mine.commands)
                while self._queue and count + len(self._queue[0].commands) <= BATCH_MAX:
                    calls.append(self._queue.pop(0))
                    count += len(calls[-1].commands)
            results = self._turn([command for call in calls for command in call.commands])
            start = 0
            for call in calls:
                call.results = results[start : start + len(call.commands)]
                start += len(call.commands)
        except BaseException as error:
            for call in calls:
                call.error = error
        finally:
            self._pass_on()
            for call in calls[1:]:
                call.wake.release()

    def _pass_on(self) -> None:
        with self._mutex:
            if not self._queue:
                self._leading = False
                return
            following = self._queue.pop(0)
            following.leads = True
        following.wake.release()

    def _open(self) -> _Room:
        if self._room is None or self._pid != os.getpid():  # a forked process has its own
            self._room, self._pid = _Room(self._file), os.getpid()
        return self._room

    def _turn(self, commands: Sequence[Command]) -> list[Result]:
        room = self._open()
        if not room.try_lock():
            if not room.leave(commands):
                room.lock()
            else:
                while not room.try_lock():
                    room.wait()
                    if (done := room.done()) is not None:
                        return done
                    if not room.waiting():  # somebody spoiled the slot: go on as if there were none
                        room.lock()
                        break
                done = room.done()
                room.take_back()
                if done is not None:
                    room.unlock()
                    return done
        self.alone = room.had_it_last()
        try:
            others = room.wanted(BATCH_MAX - len(commands))
            if not others:
                return self._commit(commands)
            results = self._commit([*commands, *(command for _, wanted in others for command in wanted)])
            start = len(commands)
            for slot, wanted in others:
                room.answer(slot, results[start : start + len(wanted)])
                start += len(wanted)
            return results[: len(commands)]
        finally:
            room.unlock()


class _Room:
    """The lock, and the slots beside it."""

    def __init__(self, file: Path) -> None:
        self._slots: mmap.mmap | None = None
        self._slot = -1
        self._fd = -1
        self._bell: socket.socket | None = None
        self._name = b""
        self._mark = b""
        self._marks = 0
        self._seed = os.urandom(8)
        if sys.platform == "win32":
            return
        try:
            self._fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            self._claim()
        except OSError as error:
            if self._fd < 0:
                message = f"the lock {file.name} cannot be opened: {error.strerror}"
                raise LedgerRefusal("GL0711", message, hint="nothing was booked; is the disk full, or read-only?") from error

    def close(self) -> None:
        if self._slots is not None:
            self._slots.close()
        if self._bell is not None:
            self._bell.close()
        if self._fd >= 0:
            os.close(self._fd)
        self._slots, self._bell, self._fd = None, None, -1

    def try_lock(self) -> bool:
        if self._fd < 0:
            return True
        try:
            fcntl.flock(self._fd, _NOW_OR_NOT)
        except BlockingIOError:
            return False
        return True

    def lock(self) -> None:
        if self._fd >= 0:
            fcntl.flock(self._fd, fcntl.LOCK_EX)

    def unlock(self) -> None:
        """Give the lock back; if somebody waits whom nobody answered, wake the first such, to take it."""
        if self._fd < 0:
            return
        fcntl.flock(self._fd, fcntl.LOCK_UN)
        if self._slots is not None and (slot := self._slots.find(_WAITING, 0, SLOTS)) >= 0:
            self._ring(slot)

    def had_it_last(self) -> bool:
        """Whether nobody else had the lock since we had it: whoever has it leaves his sign. False where that cannot be known."""
        slots = self._slots
        if slots is None:
            if self._fd >= 0:
                os.pwrite(self._fd, self._seed, _SIGN)  # those who have a slot must know
            return False
        if slots[_SIGN:] == self._seed:
            return True
        slots[_SIGN:] = self._seed
        return False

    def wait(self) -> None:
        """Wait to be woken, or for a moment: whoever should wake us may have been killed."""
        assert self._bell is not None
        with suppress(TimeoutError):
            self._bell.recv(1)

    def _ring(self, slot: int) -> None:
        assert self._bell is not None
        with suppress(OSError):  # it is gone, or its bell rings already
            self._bell.sendto(b"!", socket.MSG_DONTWAIT, self._name + b"%d" % slot)

    def _claim(self) -> None:
        """Take a slot that no living process has: the kernel lets go of those of the dead. Without one all goes on, alone."""
        kind = getattr(fcntl, "F_OFD_SETLK", None)
        if kind is None or sys.platform != "linux" or _FLOCK.size != 32:
            return
        size = _SIGN + len(self._seed)
        for slot in range(SLOTS):
            with suppress(OSError):
                # Locks of open files, not of processes: a second ledger in this process has a slot of its own.
                fcntl.fcntl(self._fd, kind, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, slot, 1, 0))
                self._slot = slot
                break
        else:
            return
        if os.fstat(self._fd).st_size < size:
            os.posix_fallocate(self._fd, 0, size)  # on a full disk it says so here, not in the middle of a write
        about = os.fstat(self._fd)
        self._name = b"\0greenlane/%d/%d/" % (about.st_dev, about.st_ino)  # no file: a name that goes with its process
        bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        bell.bind(self._name + b"%d" % self._slot)
        bell.settimeout(_PATIENCE_S)
        self._bell = bell
        self._slots = mmap.mmap(self._fd, size)
        self._slots[self._slot] = _IDLE

    def leave(self, commands: Sequence[Command]) -> bool:
        """Leave commands for whoever has the turn; False if they do not fit."""
        if self._slots is None:
            return False
        told = write_commands(commands).encode()
        self._marks += 1
        self._mark = self._seed + self._marks.to_bytes(8, "little")
        if not self._put(self._slot, self._mark, told):
            return False
        self._slots[self._slot] = _WANTED
        return True

    def done(self) -> list[Result] | None:
        """The answers to what we left, if somebody gave them.

        Whoever books may answer late, to a process that was killed and whose slot is now ours: the mark tells.
        """
        assert self._slots is not None
        if self._slots[self._slot] != _DONE:
            return None
        mark, told = self._get(self._slot)
        if told is None or mark != self._mark:
            return None
        self._slots[self._slot] = _IDLE
        return _read_results(told.decode())

    def waiting(self) -> bool:
        """Whether what we left still waits."""
        assert self._slots is not None
        return self._slots[self._slot] == _WANTED

    def take_back(self) -> None:
        """Whoever has the lock books what is his himself."""
        assert self._slots is not None
        self._slots[self._slot] = _IDLE

    def wanted(self, limit: int) -> list[tuple[tuple[int, bytes], list[Command]]]:
        """What lies in the slots of others who live, each with the slot and the mark for the answer."""
        found: list[tuple[tuple[int, bytes], list[Command]]] = []
        if self._slots is None:
            return found
        slot = self._slots.find(_WAITING, 0, SLOTS)
        while slot >= 0:
            mark, commands = self._commands(slot)
            if slot != self._slot and not self._owned(slot):
                self._slots[slot] = _IDLE  # who takes the slot at this moment finds it empty, and books alone
            elif slot != self._slot and commands:
                limit -= len(commands)
                if limit < 0:
                    break
                found.append(((slot, mark), commands))
            slot = self._slots.find(_WAITING, slot + 1, SLOTS)
        return found

    def _owned(self, slot: int) -> bool:
        """Whether a living process has a slot of another."""
        asked = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, slot, 1, 0)
        kind, *_ = _FLOCK.unpack(fcntl.fcntl(self._fd, fcntl.F_OFD_GETLK, asked))
        return bool(kind != fcntl.F_UNLCK)

    def _commands(self, slot: int) -> tuple[bytes, list[Command]]:
        """What lies in a slot; nothing if it is not whole, or was written by a program of another version."""
        mark, told = self._get(slot)
        try:
            return mark, [] if told is None else read_commands(told.decode())
        except ValueError:
            return mark, []

    def answer(self, whom: tuple[int, bytes], results: Sequence[Result]) -> None:
        """Leave answers in the slot of another."""
        assert self._slots is not None
        slot, mark = whom
        told = _write_results(results).encode()
        self._slots[slot] = _DONE if self._put(slot, mark, told) else _AGAIN
        self._ring(slot)

    def _put(self, slot: int, mark: bytes, told: bytes) -> bool:
        assert self._slots is not None
        start = SLOTS + slot * SLOT_SIZE
        if len(told) + _HEAD.size > SLOT_SIZE:
            return False
        self._slots[start : start + _HEAD.size] = _HEAD.pack(len(told), zlib.crc32(told, zlib.crc32(mark)), mark)
        self._slots[start + _HEAD.size : start + _HEAD.size + len(told)] = told
        return True

    def _get(self, slot: int) -> tuple[bytes, bytes | None]:
        assert self._slots is not None
        start = SLOTS + slot * SLOT_SIZE
        length, checksum, mark = _HEAD.unpack(self._slots[start : start + _HEAD.size])
        told = self._slots[start + _HEAD.size : start + _HEAD.size + min(length, SLOT_SIZE)]
        return mark, told if zlib.crc32(told, zlib.crc32(mark)) == checksum else None


def _write_results(results: Sequence[Result]) -> str:
    """Mostly all are booked, one after the other: then the first and the last are told."""
    if all(type(result) is Booked and not result.again for result in results):
        return f"*{_write_result(results[0])}{_FIELD}{_write_result(results[-1])}"
    return _RECORD.join(map(_write_result, results))


def _read_results(told: str) -> list[Result]:
    if told[0] != "*":
        return [_read_result(one) for one in told.split(_RECORD)]
    first, last = told[1:].split(_FIELD)
    return [Booked(seq, False) for seq in range(int(first), int(last) + 1)]


def _write_result(result: Result) -> str:
    if isinstance(result, Booked):
        return f"{'=' if result.again else '+'}{result.seq}"
    return f"-{result.code}{_FIELD}{result.message}{_FIELD}{result.hint}"


def _read_result(told: str) -> Result:
    if told[0] == "-":
        code, message, hint = told[1:].split(_FIELD)
        return LedgerRefusal(code, message, hint=hint)
    return Booked(int(told[1:]), told[0] == "=")
