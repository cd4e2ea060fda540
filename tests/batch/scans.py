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
    for writeable in (True, False):  # compiled here, not in the time that an example has
        one, wide = np.zeros(2, np.int32), np.zeros(2, np.int64)
        one.flags.writeable = wide.flags.writeable = writeable
        fast.take(one, one)
        fast.take(np.zeros(2, np.int32), one)
        fast.met(one)
        fast.positions(wide, wide)
        fast.scaled(wide, 1, 1)
    fast.millionths(pa.array(["1"]))
