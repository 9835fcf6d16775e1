"""`tintlite bulk` on a real Ray cluster of several nodes, and with an S3 store beside it.

    make test-ray        (or: python3 tests/cluster/run.py)

Ray and a stand-in for S3 are installed with the runtime into an environment of their own in
build/cluster; it stays there for the next time.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

TOP = Path(__file__).parents[2]
PLACE = TOP / "build" / "cluster"
# What the tests import beside the runtime; moto's server speaks as S3 does.
HELPERS = ("pytest", "scikit-image", "s3fs", "moto[server]>=5")


def main() -> int:
    """Install and test; returns pytest's exit code."""
    python = PLACE / "bin" / "python"
    if not python.exists():
        venv.create(PLACE, with_pip=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--editable", f"{TOP}[ray]", *HELPERS], check=True)
    # Ray's and its helpers' warnings are not ours.
    command = [python, "-m", "pytest", "-q", "-s", "-W", "ignore", TOP / "tests" / "cluster"]
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(TOP), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=TOP, env=os.environ | quiet, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
