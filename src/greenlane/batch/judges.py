"""Lines whose missing facts must be tried out cost milliseconds each: all processors of the machine share in them.

The processes are copies of this one, made while the law is new; they are told a line and which measures may concern it, and tell
the answer. What they say is what this process would have said, so nothing hangs on who judged. One that dies is done without.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final

from greenlane.batch.learned import outline_of, plain_of
from greenlane.decide.decision import Outline
from greenlane.decide.line import Line
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked, Moment

_PATIENCE: Final = 10  # seconds in which a process ends that is told to
PIECE: Final = 8  # lines told at once: some hundred milliseconds of work


@dataclass(frozen=True, slots=True)
class Request:
    """A line to be judged: at which moments, as known by when, among which measures (bits), and who its parties are."""

    line: Line
    measures: int
    moments: tuple[Moment, ...]
    known_by: Asked
    parties: Mapping[str, Identified]


class Judges:
    """This process and `others` more, which judge requests as `judge` does. `close` ends the others.

    This process judges alone where it cannot be copied (only Linux can be relied on), while it has other threads (a copy would hold
    their locks for ever), and for `others` 0.
    """

    def __init__(self, judge: Callable[[Request], Outline], rules: RuleBase, others: int) -> None:
        self._judge, self._rules = judge, rules
        self._others: dict[Connection, BaseProcess] = {}
        if others and sys.platform == "linux" and _is_alone():
            context = multiprocessing.get_context("fork")
            for _ in range(others):
                ours, theirs = context.Pipe()
                process = context.Process(target=_serve, args=(judge, theirs, (ours, *self._others)), daemon=True)
                process.start()
                theirs.close()
                self._others[ours] = process

    def __len__(self) -> int:
        return 1 + len(self._others)

    def all(self, requests: Sequence[Request]) -> list[Outline]:
        """The answers to requests, in their order."""
        found: dict[int, Outline] = {}
        open_ = deque(range(len(requests)))
        told: dict[Connection, list[int]] = {}
        while open_ or told:
            for one in [one for one in self._others if one not in told]:
                places = [open_.popleft() for _ in range(min(PIECE, len(open_) // (2 * len(self))))]
                if places:
                    told[one] = places
                    self._tell(one, [requests[place] for place in places])
            if open_:
                place = open_.pop()
                found[place] = self._judge(requests[place])
            ready = wait([*told], 0 if open_ else None) if told else []
            for one in [one for one in told if one in ready]:
                places = told.pop(one)
                answers = self._hear(one)
                if answers is None:
                    open_.extendleft(reversed(places))
                else:
                    found.update(zip(places, answers, strict=True))
        return [found[place] for place in range(len(requests))]

    def _tell(self, one: Connection, requests: Sequence[Request]) -> None:
        with suppress(OSError):  # if it is gone, `_hear` finds that as well
            one.send(requests)

    def _hear(self, one: Connection) -> list[Outline] | None:
        """What another process answers; None if it cannot: then this one must."""
        try:
            told = one.recv()
        except (EOFError, OSError):
            one.close()
            self._others.pop(one).join()
            return None
        return None if told is None else [outline_of(plain, self._rules) for plain in told]

    def close(self) -> None:
        """End the other processes."""
        for one in self._others:
            self._tell(one, ())  # later copies of this process may hold this end of the pipe as well, so closing it tells nothing
        for one, process in self._others.items():
            one.close()
            process.join(_PATIENCE)
            if process.exitcode is None:
                process.kill()
                process.join()
        self._others.clear()


def _is_alone() -> bool:
    """Whether this process has no other thread."""
    return threading.active_count() == 1


def _serve(judge: Callable[[Request], Outline], asked: Connection, not_ours: Sequence[Connection]) -> None:
    """Judge what is asked until nobody asks any more, be it that whoever asked was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for one in not_ours:
        one.close()
    while True:
        try:
            requests = asked.recv()
        except (EOFError, OSError):
            return
        if not requests:
            return
        asked.send(_answers(judge, requests))


def _answers(judge: Callable[[Request], Outline], requests: Sequence[Request]) -> list[Any] | None:
    try:
        return [plain_of(judge(one)) for one in requests]
    except Exception:  # whatever it is, the process that asked meets it again, and can tell
        return None
