"""`tintlite-page`: the page opened by a click, for desktops; nobody reads a terminal."""

import http.client
import json
import os
import sys
import webbrowser

from edge_runtime.cli.main import main as run_command

PORT = 8000

# A page that is on the screen asks once a second; nobody is there to press ctrl-C.
IDLE_MINUTES = 60

_ANSWER_SECONDS = 2.0


def main() -> int:
    """Serve the page and open it; where that is done already, open it again.

    Returns:
        the exit code.
    """
    # Programs without a console have no streams on Windows.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    if _answers(PORT):
        return 0 if webbrowser.open(f"http://127.0.0.1:{PORT}/") else 1
    return run_command(["serve", "--port", str(PORT), "--idle", str(IDLE_MINUTES)])


def _answers(port: int) -> bool:
    """Whether a TintLite of this machine serves a port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status == 200 and json.loads(answer.read(1000)) == {"status": "ok"}
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
