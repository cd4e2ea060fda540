"""Make the environment of the other engines: the pinned packages by hash, one by one, so that one that fails stops no other."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

PINS = Path(__file__).parents[1] / "requirements.txt"


def python_of(home: Path) -> Path:
    return home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def make(home: Path) -> None:
    """Make it, unless it is there with these pins."""
    stamp = home / "pins.txt"
    if stamp.exists() and stamp.read_text() == PINS.read_text():
        return
    print(f"setting up the other engines in {home} (once)", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
    if not _install(home, PINS.read_text()):
        for block in re.split(r"\n(?=\S)", PINS.read_text()):
            name = block.partition("==")[0].strip()
            if name and not _install(home, block):
                print(f"  {name} cannot be installed here and is left out", file=sys.stderr)
    stamp.write_text(PINS.read_text())


def _install(home: Path, pins: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "pins.txt"
        listed.write_text(pins + "\n")
        words = "-m pip --disable-pip-version-check -qq install --no-deps --only-binary :all: --require-hashes -r".split()
        return subprocess.run([str(python_of(home)), *words, str(listed)], check=False).returncode == 0
