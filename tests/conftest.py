"""What holds for every test."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def no_cache() -> object:
    """No test reads or writes the user's own cache of rule bases."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GREENLANE_CACHE", "off")
        yield
