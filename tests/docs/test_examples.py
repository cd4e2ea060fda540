"""The examples in the docs are true: every command is run, and what it prints is what the page shows.

A page is read from top to bottom, in an empty folder that holds what a clone holds (`examples`, `rules`, `Makefile`):

* a fence with `file=NAME` is written to that file;
* a fence of kind `console` is run: each `$ greenlane ...`, `$ python FILE`, `$ cat FILE` and `$ echo $?`;
* of what is shown, a line `...` stands for any lines, and `[...]` for anything within a line;
* a fence of kind `sh` is for the machine of the reader; of it only the targets of `make` are looked up.
"""

from __future__ import annotations

import re
import runpy
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from greenlane.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "tutorial").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
    *sorted((ROOT / "docs" / "explanation").glob("*.md")),
    ROOT / "examples" / "london-2025-06-10" / "README.md",
)
FENCE = re.compile(r"^```(\S*)[ ]*([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOOLS = ("greenlane", "python", "cat", "echo")


def fences(page: Path) -> Iterator[tuple[str, str, str]]:
    """Kind, further words and text of each fence of a page."""
    for match in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield match[1], match[2].strip(), match[3]


def steps(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console fence, with the lines that it shows."""
    command, shown = "", list[str]()
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        elif command.endswith("\\"):
            command = command[:-1] + line.removeprefix(">").strip()
        else:
            shown.append(line)
    yield command, shown


class Shell:
    """As much of a shell as the pages need."""

    def __init__(self) -> None:
        self.code = 0

    def run(self, command: str) -> list[str]:
        """Run a command; the lines that it prints, to either stream."""
        words = shlex.split(command)
        if words[0] == "echo":
            assert words == ["echo", "$?"]
            return [str(self.code)]
        if words[0] == "cat":
            return Path(words[1]).read_text(encoding="utf-8").splitlines()
        with CliRunner().isolation() as (_, _, both):
            self.code = self._python(words[1:]) if words[0] == "python" else self._greenlane(words)
            sys.stdout.flush()
            printed = both.getvalue().decode("utf-8")
        return printed.splitlines()

    @staticmethod
    def _python(words: list[str]) -> int:
        before, sys.argv = sys.argv, words
        try:
            runpy.run_path(words[0], run_name="__main__")
        except SystemExit as stop:
            return int(stop.code or 0)
        finally:
            sys.argv = before
        return 0

    @staticmethod
    def _greenlane(words: list[str]) -> int:
        before, sys.argv = sys.argv, words
        try:
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
        finally:
            sys.argv = before
        raise AssertionError("greenlane ended without an exit code")


def like(shown: list[str], printed: list[str]) -> bool:
    """Whether the lines shown stand for the lines printed."""
    if not shown:
        return not printed
    if shown[0] == "...":
        return any(like(shown[1:], printed[start:]) for start in range(len(printed) + 1))
    return bool(printed) and alike(shown[0], printed[0]) and like(shown[1:], printed[1:])


def alike(shown: str, printed: str) -> bool:
    """Whether one line shown stands for one line printed."""
    pattern = ".*".join(re.escape(part) for part in shown.rstrip().split("[...]"))
    return re.fullmatch(pattern, printed.rstrip()) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_page_shows_what_the_commands_print(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREENLANE_RULES", str(ROOT / "rules"))
    monkeypatch.delenv("GREENLANE_DESK", raising=False)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    if "--rules rules" in page.read_text(encoding="utf-8"):
        shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shell = Shell()
    for kind, words, text in fences(page):
        if words.startswith("file="):
            write(tmp_path, words.removeprefix("file="), text, monkeypatch)
        elif kind == "console":
            for command, shown in steps(text):
                printed = shell.run(command)
                assert like(shown, printed), f"$ {command}\n" + "\n".join(printed)


def write(folder: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a file of the page; the first one under rules/ brings the law along, as a clone has it."""
    path = folder / name
    if name.startswith("rules/") and not (folder / "rules").exists():
        shutil.copytree(ROOT / "rules", folder / "rules")
        monkeypatch.setenv("GREENLANE_RULES", str(folder / "rules"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_shown_is_run_or_is_a_target_of_make(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for kind, _, text in fences(page):
        if kind == "console":
            for command, _ in steps(text):
                assert command.split()[0] in TOOLS, f"{command}: nobody runs this"
        elif kind == "sh":
            for line in text.splitlines():
                words = line.split()
                assert not words or words[0] != "greenlane", f"{line}: show it as console, so that it is run"
                assert words[:1] != ["make"] or words[1] in targets, f"{line}: no such target"


def test_a_wildcard_stands_for_lines_and_for_parts_of_a_line() -> None:
    assert like(["a", "...", "c [...] e"], ["a", "b", "b", "c d e"])
    assert like(["..."], [])
    assert not like(["a", "..."], ["b"])
    assert not like(["a"], ["a", "b"])
