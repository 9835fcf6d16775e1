"""When this process began, as `time.monotonic` counts."""

import os
import time
from pathlib import Path

_START_TIME = 22  # of the fields of /proc/self/stat, counted from 1: see proc(5)


def process_began() -> float:
    """What `time.monotonic` said when the process began.

    On Linux to a hundredth of a second. Elsewhere what the process has computed so far is taken for
    its age, which is true of one that has not waited for anything yet.
    """
    try:
        # The second field, a name in parentheses, may hold anything.
        from_third = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(from_third[_START_TIME - 3]) / os.sysconf("SC_CLK_TCK")
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (OSError, AttributeError):
        age = time.process_time()
    return time.monotonic() - age
