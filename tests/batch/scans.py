"""Those who go through columns of numbers: NumPy, and machine code where it is installed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from greenlane.batch.scan import Scan
from tests.agreement.engines import HAS_NUMBA

SCANS: list[Scan] = [Scan()]
if HAS_NUMBA:
    from greenlane.batch.fused import FastScan

    fast = FastScan()
    SCANS.append(fast)
    one = np.zeros(1, np.int32)  # compiled here, not in the time that an example has
    fast.take(one, one)
    fast.met(one)
    fast.positions(np.zeros(1, np.int64), np.zeros(1, np.int64))
    fast.millionths(pa.array(["1"]))
    fast.scaled(np.zeros(2, np.int64), 1, 1)
