"""A kept base is the base of the files as they are, or it is not believed."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from greenlane import wiring
from greenlane.errors import RuleBaseError
from greenlane.feeds import rule_files
from greenlane.law.rulebase import RuleBase
from greenlane.store.base_cache import BaseCache
from tests.law.test_tables import written

POSIX = pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no owners and modes of files as POSIX has them")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A small rule base in files."""
    return written(tmp_path / "rules")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the cache that the program is told to use."""
    monkeypatch.setenv("GREENLANE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def entry_of(cache: Path) -> Path:
    (found,) = cache.glob("base-*")
    return found


def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that are read from their files from here on."""
    seen: list[Path] = []
    load = rule_files.load

    def noted(folder: Path, **how: bool) -> RuleBase:
        seen.append(folder)
        return load(folder, **how)

    monkeypatch.setattr(rule_files, "load", noted)
    return seen


def test_the_second_load_is_the_same_base_without_reading(rules: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = wiring.load_rules(rules, release=False)
    seen = reads(monkeypatch)
    second = wiring.load_rules(rules, release=False)
    assert seen == []
    assert second == first
    assert list(second.measures) == list(first.measures)
    if hasattr(os, "getuid"):
        assert cache.stat().st_mode & 0o777 == 0o700
        assert entry_of(cache).stat().st_mode & 0o777 == 0o600


def test_another_byte_of_the_same_size_and_time_is_another_base(rules: Path, cache: Path) -> None:
    path = next(rules.glob("*/*/measure.yaml"))
    before = path.stat()
    first = wiring.load_rules(rules, release=False)
    text = path.read_text(encoding="utf-8")
    assert "2025-01-01" in text
    path.write_text(text.replace("2025-01-01", "2025-01-02"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    second = wiring.load_rules(rules, release=False)
    assert second.sha256 != first.sha256
    assert second == rule_files.load(rules, release=False)


def test_a_touched_file_is_the_same_base(rules: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring.load_rules(rules, release=False)
    os.utime(rules / "VERSION", ns=(1, 1))
    seen = reads(monkeypatch)
    wiring.load_rules(rules, release=False)
    assert seen == []


def test_a_file_more_or_less_and_another_demand_are_other_bases(rules: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring.load_rules(rules, release=False)
    seen = reads(monkeypatch)
    wiring.load_rules(rules, release=True)
    (rules / "us" / "us-list" / "cases.yaml").unlink()
    with pytest.raises(RuleBaseError, match="RB13"):  # a release wants cases
        wiring.load_rules(rules, release=True)
    (rules / "us" / "stray.txt").write_text("x", encoding="utf-8")
    with pytest.raises(RuleBaseError, match="GL0208"):
        wiring.load_rules(rules, release=False)
    assert len(seen) == 3


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))


def _other_format(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"greenlane base 1", b"greenlane base 0"))


@pytest.mark.parametrize("spoil", [_cut, _flip, _other_format, lambda path: path.write_bytes(b"")])
def test_what_is_spoiled_is_made_anew(rules: Path, cache: Path, spoil: Callable[[Path], object]) -> None:
    first = wiring.load_rules(rules, release=False)
    spoil(entry_of(cache))
    assert wiring.load_rules(rules, release=False) == first
    assert BaseCache(cache).get("no such key") is None


@POSIX
@pytest.mark.parametrize("who", ["file", "folder"])
def test_what_others_may_write_is_not_believed(rules: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    wiring.load_rules(rules, release=False)
    (entry_of(cache) if who == "file" else cache).chmod(0o666 if who == "file" else 0o777)
    seen = reads(monkeypatch)
    wiring.load_rules(rules, release=False)
    assert seen == [rules]


@POSIX
def test_a_link_is_not_followed(rules: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring.load_rules(rules, release=False)
    entry = entry_of(cache)
    elsewhere = tmp_path / "elsewhere"
    shutil.move(entry, elsewhere)
    entry.symlink_to(elsewhere)
    seen = reads(monkeypatch)
    wiring.load_rules(rules, release=False)
    assert seen == [rules]


class _Acts:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo should never run",)


def test_nothing_that_acts_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even an entry with a right hash yields values of the law only."""
    ran: list[str] = []
    monkeypatch.setattr(os, "system", ran.append)
    cache = BaseCache(tmp_path / "cache")
    for value in (_Acts(), sys.path, Path("x")):
        monkeypatch.setattr(pickle, "dumps", lambda _, protocol, value=value: pickle._dumps(value, protocol))  # type: ignore[attr-defined]
        cache.put("key", _Bare())  # type: ignore[arg-type]
        assert list((tmp_path / "cache").glob("base-*"))
        assert cache.get("key") is None
    assert ran == []


class _Bare:
    def bare(self) -> None:
        return None


def test_off_keeps_nothing(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENLANE_CACHE", "off")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    wiring.load_rules(rules, release=False)
    assert not (tmp_path / "xdg").exists()
    monkeypatch.delenv("GREENLANE_CACHE")
    if sys.platform == "linux":
        wiring.load_rules(rules, release=False)
        assert (tmp_path / "xdg" / "greenlane").is_dir()


def test_a_folder_that_cannot_be_made_is_no_trouble(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("GREENLANE_CACHE", str(tmp_path / "file" / "cache"))
    assert wiring.load_rules(rules, release=False).measures


def test_only_the_newest_are_kept(tmp_path: Path, rules: Path) -> None:
    base = rule_files.load(rules, release=False)
    cache = BaseCache(tmp_path / "cache")
    for number in range(7):
        cache.put(str(number), base)
    assert len(list((tmp_path / "cache").glob("base-*"))) == 4
    assert cache.get("6") == base
