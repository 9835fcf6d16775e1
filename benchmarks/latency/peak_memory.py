"""The most memory that this process has had."""

import re
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_memory_mib() -> float:
    """The peak of resident memory, in MiB, of the whole process: libraries and model.

    Linux's `VmHWM` is this program's alone; `ru_maxrss`, which other systems have, may be that of
    the process that started it.
    """
    try:
        found = re.search(r"^VmHWM:\s*(\d+) kB$", _STATUS.read_text("ascii"), re.MULTILINE)
    except OSError:
        found = None
    if found:
        return int(found[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024
