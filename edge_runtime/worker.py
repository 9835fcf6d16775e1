"""Processes of our own, which can be ended whatever they do, and are spoken to by messages."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any, BinaryIO, cast

from edge_runtime.messages import receive, send

# The worker looks for modules where this process does.
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from importlib import import_module; import_module(sys.argv[2]).main()"
)


class Worker:
    """The `main` of a module, in a process of its own."""

    def __init__(self, module: str):
        """Start it."""
        command = [sys.executable, "-c", _START, json.dumps(sys.path), module]
        self.process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        pipes = self.process.stdin, self.process.stdout
        self._pipes = cast(tuple[BinaryIO, BinaryIO], pipes)

    def tell(self, words: dict[str, Any], data: bytes = b"") -> None:
        """Send it a message.

        Raises:
            OSError, ValueError: it has ended.
        """
        send(self._pipes[0], words, data)

    def hear(self) -> tuple[dict[str, Any], bytes]:
        """Wait for its next message.

        Raises:
            EOFError, OSError, ValueError: it has ended, or broke.
        """
        return receive(self._pipes[1])

    def ask(self, words: dict[str, Any], data: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Send it a message, and wait for what comes of it; raises as the two above."""
        self.tell(words, data)
        return self.hear()

    def end(self) -> None:
        """End it, whatever it does; from any thread, and more than once."""
        self.process.kill()

    def put_away(self) -> None:
        """End it, and let its pipes go; for the thread that speaks to it."""
        self.end()
        self.process.wait()
        for pipe in self._pipes:
            with suppress(OSError, ValueError):  # what was not sent any more
                pipe.close()


def worker_streams() -> tuple[BinaryIO, BinaryIO]:
    """Of a worker's own process: where messages come from, and where its own go."""
    # Ctrl-C goes to all processes of a terminal; workers are ended by the one that began them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not get between the messages.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers
