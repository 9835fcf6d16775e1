"""Write a file so that it appears under its name only when whole."""

import os
import secrets
from pathlib import Path


def write_whole(path: Path, data: bytes | memoryview) -> None:
    """Write a file beside its final place, flush it to the disk, then give it its name.

    A file of that name is replaced. After any failure, ctrl-C included, nothing is left behind.
    The file's mode follows the umask, as for any new file.

    Raises:
        OSError: the folder is missing, not writable or full.
    """
    # In the same folder: a rename is atomic only within one file system.
    unfinished = path.with_name(f".tintlite-{secrets.token_hex(8)}.part")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
