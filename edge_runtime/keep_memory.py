"""Memory that a frame gives back stays with the process, for the next frame."""

import ctypes

# Of glibc's malloc.h. Each call also ends the guesses that glibc makes from sizes freed so far.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_LARGEST_MMAP_THRESHOLD = 32 << 20  # glibc takes no more
_KEPT = 256 << 20  # bytes at the end of the heap before any of it goes back


def keep_freed_memory() -> bool:
    """Tell glibc not to hand large arrays back to the system at every frame.

    Left alone it may unmap each frame's arrays and have the system map and clear new ones for the
    next frame, which can take longer than the network. For processes that colour pictures or
    frames until they end; their peak of memory is that of one frame all the same.

    Returns:
        Whether it was done: not where the C library is another one (musl, macOS, Windows).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    done = [
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD),
        mallopt(_M_TRIM_THRESHOLD, _KEPT),
    ]
    return all(done)
