"""What the Dockerfile promises, as far as it can be read; `make container` builds and runs it."""

import http.server
import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tomllib

from edge_runtime.serve.access import HEALTH

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile's stages: each its instructions, (word, rest)."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: list[list[tuple[str, str]]] = [[]]
    for line in lines:
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found[1:]


def test_it_runs_as_nobody_in_particular(stages):
    user = dict(stages[-1])["USER"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)  # numbers, which Kubernetes can check
    assert dict(stages[-1])["ENTRYPOINT"] == '["tintlite"]'


def test_it_is_built_of_what_the_sdist_holds(stages):
    copied = [rest.split()[:-1] for word, rest in stages[0] if word == "COPY"]
    names = {name for some in copied for name in some}
    with (ROOT / "pyproject.toml").open("rb") as file:
        sdist = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert names == {*sdist, "pyproject.toml"}
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert let_in[0] == "*"
    assert {line[1:] for line in let_in if line.startswith("!")} == names


class Page(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(self.status if self.path == HEALTH else 404)
        self.end_headers()

    def log_message(self, *words):
        pass


def test_the_health_check_tells_a_page_from_none(stages):
    command = dict(stages[-1])["HEALTHCHECK"].split(" CMD ")[1]
    python, option, code = json.loads(command)
    assert (python, option) == ("python", "-c")

    def healthy(port):
        words = [sys.executable, "-c", code.replace("8000", str(port))]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert healthy(server.server_port)
            Page.status = 503
            assert not healthy(server.server_port)
        finally:
            server.shutdown()
            thread.join()
    assert not healthy(server.server_port)
