"""How fast does memory give and take: the limit that no engine passes, measured in the same run.

One process, large blocks, the best of some rounds. A copy of n bytes reads n and writes n.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

BLOCK = 256 * 1024 * 1024
ROUNDS = 4
ROW_IN = 19  # bytes of a row as numbers: goods and value in 4 each, share and two days in 2 each, five columns in 1 each
ROW_OUT = 7  # verdict, deciding rule, duty


@dataclass(frozen=True)
class Bandwidth:
    """Bytes a second: copied (read and written once each), and read only."""

    copied: float
    read: float

    def rows(self, size_in: float, size_out: float = ROW_OUT) -> float:
        """Rows a second that this would allow, if a row were read once and its answer written once."""
        return 1 / (size_in / self.read + size_out / (2 * self.copied))


def measure(block: int = BLOCK) -> Bandwidth:
    source = np.arange(block // 8, dtype=np.int64)
    target = np.empty_like(source)
    copied, read = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        np.copyto(target, source)
        copied.append(time.perf_counter() - began)
        began = time.perf_counter()
        np.bitwise_or.reduce(source)
        read.append(time.perf_counter() - began)
    return Bandwidth(block / min(copied), block / min(read))
