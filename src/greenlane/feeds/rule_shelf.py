"""A rule base as a folder that can be looked at with other files over it, and that takes in files whole or not at all.

Taking in: everything is written beside the base first, then one rename makes the acceptance a fact (`.accepting`), then the
files move to their places. Before the rename a crash leaves the base as it was; after it the base is refused until the move
is finished, so nobody is answered from half of it.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from greenlane.errors import DraftError, Place
from greenlane.feeds import rule_files
from greenlane.law.rulebase import RuleBase

MANIFEST = "manifest.json"


class RuleShelf:
    """A rule folder."""

    def __init__(self, folder: Path, *, installed: bool = False) -> None:
        self.folder = folder
        self.installed = installed

    def load(self, *, with_cases: bool = True) -> RuleBase:
        """The base as it is. Raises RuleBaseError."""
        return rule_files.load(self.folder, with_cases=with_cases, release=False)

    def load_with(self, files: Mapping[str, str], *, with_cases: bool) -> RuleBase:
        """The base with files over it, as a copy: the folder is not touched. Raises RuleBaseError."""
        with tempfile.TemporaryDirectory(prefix="greenlane-") as name:
            copy = Path(name) / "rules"
            shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns(".*"))
            for path, text in files.items():
                target = copy / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text.encode("utf-8"))
            return rule_files.load(copy, with_cases=with_cases, release=with_cases)

    def text(self, path: str) -> str | None:
        """The text of a file of the base, if it is there."""
        found = self.folder / path
        return found.read_bytes().decode("utf-8") if found.is_file() else None

    def check_writable(self) -> None:
        """Raises DraftError GL0407 if the base is the installed one, or cannot be written to."""
        place = Place(str(self.folder))
        if self.installed:
            raise DraftError(
                "GL0407",
                "this is the rule base inside the installed package",
                at=place,
                hint="copy it, or clone the project, and point --rules at that folder",
            )
        if not self.folder.is_dir() or not os.access(self.folder, os.W_OK):
            raise DraftError("GL0407", "the folder cannot be written to", at=place, hint="point --rules at a folder that is yours")

    def take_in(self, files: Mapping[str, str], *, before: Mapping[str, str | None]) -> None:
        """Put files into the base, all or none. `before`: the texts they replace, as the caller saw them.

        Raises DraftError GL0407 if it cannot be written, GL0405 if one of the files has changed since, GL0408 if another
        acceptance is open.
        """
        self.check_writable()
        pending = self.folder / rule_files.PENDING
        stage = Path(tempfile.mkdtemp(prefix=f"{rule_files.PENDING}.", dir=self.folder))
        try:
            for path, text in files.items():
                target = stage / "files" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(target, text)
            manifest = {path: sha256(text.encode("utf-8")).hexdigest() for path, text in sorted(files.items())}
            _write(stage / MANIFEST, json.dumps(manifest, indent=1) + "\n")
            try:
                stage.rename(pending)  # from here on the acceptance is a fact; a second one finds it and stops
            except OSError as error:
                raise DraftError(
                    "GL0408", "another acceptance is open", at=Place(str(pending)), hint="see accept --finish"
                ) from error
            if any(self.text(path) != text for path, text in before.items()):
                shutil.rmtree(pending)
                raise DraftError("GL0405", "the base changed while the draft was being accepted", hint="try again")
        except OSError as error:
            raise DraftError("GL0407", f"cannot be written: {error.strerror}", at=Place(str(self.folder))) from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        self.finish()

    def finish(self) -> tuple[str, ...]:
        """Move what an acceptance has staged to its place; does nothing if none is open. Returns the paths."""
        pending = self.folder / rule_files.PENDING
        if not pending.exists():
            return ()
        self.check_writable()
        try:
            manifest: dict[str, str] = json.loads((pending / MANIFEST).read_text(encoding="utf-8"))
            for path, digest in manifest.items():
                staged, target = pending / "files" / path, self.folder / path
                if staged.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    staged.replace(target)
                if not target.is_file() or sha256(target.read_bytes()).hexdigest() != digest:
                    raise DraftError(
                        "GL0408", f"`{path}` is not what was accepted", at=Place(str(pending)), hint="restore the base"
                    )
            shutil.rmtree(pending)
        except (OSError, ValueError) as error:
            raise DraftError("GL0408", f"the acceptance cannot be finished: {error}", at=Place(str(pending))) from error
        return tuple(manifest)


def _write(path: Path, text: str) -> None:
    with path.open("wb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
