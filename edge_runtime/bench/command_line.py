"""The command of a measurement as others can type it."""

import re
import shlex
from collections.abc import Sequence

# A slash that no name stands before begins an absolute path; so does a drive's letter.
_ABSOLUTE = re.compile(r"(?<![^\s=:,\"'])(?:[A-Za-z]:)?[/\\](?:[^/\\=:,]+[/\\])*")


def command_line(program: str, arguments: Sequence[str]) -> str:
    """One line for a shell, in which absolute paths are cut down to their last part.

    Args:
        program: as `tintlite` or `python -m benchmarks`.
        arguments: what came after it.
    """
    return " ".join([program, *(shlex.quote(_ABSOLUTE.sub("", text)) for text in arguments)])
