"""Memory that a frame gives back stays with the process, for the next frame."""

import ctypes

# Of glibc's malloc.h. Each call also ends the guesses that glibc makes from sizes freed so far.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGEST_MMAP_THRESHOLD = 32 << 20  # glibc takes no more
_KEPT = 256 << 20  # bytes at the end of the heap before any of it goes back


def keep_freed_memory(arenas: int | None = None) -> bool:
    """Tell glibc not to hand large arrays back to the system at every frame.

    Left alone it may unmap each frame's arrays and have the system map and clear new ones for the
    next frame, which can take longer than the network. For processes that colour pictures or
    frames until they end; their peak of memory is that of one frame all the same.

    Args:
        arenas: how many heaps the threads share; None for glibc's own, eight for each core. What
            one thread gave back, those of other heaps cannot use.
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
    if arenas is not None:
        done.append(mallopt(_M_ARENA_MAX, arenas))
    return all(done)
