"""Which engines there are: every module that may hold some, asked for its `ENGINES`."""

from __future__ import annotations

from importlib import import_module

from benchmarks.decide.engine import Engine

MODULES = (
    "ours",
    "peers.python",
    "peers.zen",
    "peers.rego",
    "peers.cedar",
    "peers.openfisca",
    "peers.duck",
    "peers.polars_join",
)


def engines() -> dict[str, Engine]:
    """All engines by name, in the order in which they are shown. Nothing heavy is imported by this."""
    found: dict[str, Engine] = {}
    for name in MODULES:
        for one in import_module(f"benchmarks.decide.{name}").ENGINES:
            found[one.name] = one
    return found
