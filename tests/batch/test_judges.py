"""Whichever process judges a line, the answer is the same; one that dies is done without."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pytest

from greenlane.batch import judges
from greenlane.batch.answers import said
from greenlane.batch.columns import decide_batch
from greenlane.batch.engine import Engine
from greenlane.batch.judges import Request
from greenlane.batch.learned import Learned
from greenlane.decide.decision import Outline
from greenlane.feeds.rule_files import load
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked
from tests.agreement.engines import batch_of, desk_lines, mixed_lines
from tests.decide.real import RULES

KNOWN = Asked.read("2026-08-01")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")


@lru_cache(maxsize=1)
def law() -> RuleBase:
    return load(RULES, with_cases=True, release=False)


@lru_cache(maxsize=1)
def rows() -> pa.RecordBatch:
    lines = [*mixed_lines(law(), 40, seed=31), *desk_lines(law(), 40, seed=32)]
    return batch_of([{name: cell for name, cell in row.items() if name != "known_by"} for row in lines])


@pytest.fixture(autouse=True)
def whatever_other_tests_left(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "threads" not in request.node.name:
        monkeypatch.setattr(judges, "_is_alone", lambda: True)


@contextmanager
def engine(processes: int, learned: Learned | None = None) -> Iterator[Engine]:
    found = Engine(law(), on=None, known_by=KNOWN, learned=learned, processes=processes)
    try:
        yield found
    finally:
        found.close()


def count_alone(one: Engine, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What this process judges itself from here on."""
    alone: list[Request] = []
    judge = one.answers.judge

    def counted(request: Request) -> object:
        alone.append(request)
        return judge(request)

    monkeypatch.setattr(one.answers, "judge", counted)
    monkeypatch.setattr(one._judges, "_judge", counted)
    return alone


def test_several_processes_answer_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine(1) as one:
        alone = count_alone(one, monkeypatch)
        wanted = decide_batch(one, rows())
        in_all = len(alone)
    for learned in (None, Learned(law())):
        with engine(3, learned) as many:
            here = count_alone(many, monkeypatch)
            assert decide_batch(many, rows()) == wanted
            assert 0 < len(here) < in_all


def test_answers_come_in_the_order_of_the_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine(3) as one:
        asked: list[Request] = []
        judge = one.answers.judge

        def all_noted(some: Sequence[Request]) -> list[Outline]:
            asked.extend(some)
            return [judge(each) for each in some]

        monkeypatch.setattr(one._judges, "all", all_noted)
        one.find(rows())
    with engine(3) as many:
        assert [said(found) for found in many._judges.all(asked)] == [said(judge(each)) for each in asked]
        assert many._judges.all([]) == []


def test_what_fails_in_another_process_is_met_again_in_this_one() -> None:
    with engine(2) as one:
        bad = Request(None, 0, (), KNOWN, {})  # type: ignore[arg-type]
        with pytest.raises(AttributeError):
            one._judges.all([bad] * 20)


def test_a_process_that_dies_is_done_without() -> None:
    with engine(1) as one:
        wanted = decide_batch(one, rows())
    with engine(3) as many:
        for process in many._judges._others.values():
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            break
        assert decide_batch(many, rows()) == wanted
        assert len(many._judges) == 2


def test_no_process_is_left_when_an_engine_is_closed() -> None:
    with engine(3) as many:
        pids = [process.pid for process in many._judges._others.values()]
    assert len(pids) == 2
    assert not [pid for pid in pids if _is_there(pid)]


def test_a_process_with_other_threads_is_not_copied() -> None:
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        with engine(3) as one:
            assert len(one._judges) == 1
    finally:
        stop.set()
        other.join()


def test_engines_end_their_own_processes_whatever_others_hold() -> None:
    with engine(2) as first, engine(2) as second, engine(2) as third:
        begun = time.monotonic()
        second.close()
        first.close()
        assert time.monotonic() - begun < 5
        assert [len(one._judges) for one in (first, second, third)] == [1, 1, 2]


def test_nor_when_whoever_asked_is_killed() -> None:
    program = (
        "import sys, time\n"
        "from tests.batch.test_judges import law, KNOWN\n"
        "from greenlane.batch.engine import Engine\n"
        "one = Engine(law(), on=None, known_by=KNOWN, processes=3)\n"
        "print(*[process.pid for process in one._judges._others.values()], flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:
        assert process.stdout is not None
        pids = [int(one) for one in process.stdout.readline().split()]
        assert len(pids) == 2
        assert all(map(_is_there, pids))
        process.kill()
    end = time.monotonic() + 60
    while any(map(_is_there, pids)):
        assert time.monotonic() < end
        time.sleep(0.05)


def _is_there(pid: int | None) -> bool:
    """Whether a process runs (one that has ended and waits to be asked about does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
