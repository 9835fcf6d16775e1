"""Start a process of our own, which can be ended whatever it does."""

import json
import subprocess
import sys

# The worker looks for modules where this process does.
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from importlib import import_module; import_module(sys.argv[2]).main()"
)


def start_worker(module: str) -> subprocess.Popen:
    """Start the `main` of a module, with pipes to and from it."""
    command = [sys.executable, "-c", _START, json.dumps(sys.path), module]
    return subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
