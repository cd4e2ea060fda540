"""What holds for every journey."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from greenlane import wiring


@pytest.fixture(autouse=True, scope="session")
def whole_wiring() -> None:
    """All of the wiring is imported before a test patches a part of it: what is imported meanwhile would keep the patch."""
    for one in pkgutil.iter_modules(wiring.__path__, f"{wiring.__name__}."):
        importlib.import_module(one.name)
