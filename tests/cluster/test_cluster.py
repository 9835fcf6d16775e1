"""A Ray cluster of several nodes on this machine: nothing is lost, and nothing is done twice."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

pytest.importorskip("ray", reason="needs Ray: make test-ray")

from ray.cluster_utils import Cluster

TOP = Path(__file__).parents[2]
MODEL = str(TOP / "tests" / "data" / "tiny.tflite")
MOUNT, UMOUNT = shutil.which("mount"), shutil.which("umount")
STORE = 80 << 20  # of objects, a node; Ray takes no less

# Every Python of the nodes finds it. The process that colours wraps a picture's bytes by
# io.BytesIO, as its first step: there such pictures strike.
STRIKE = """
import io, os, signal, sys, time

class Struck(io.BytesIO):
    def __init__(self, data=b""):
        if b"SEGV" in bytes(data):
            os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(0.05)  # so that a node can be killed in the middle
        super().__init__(data)

if "edge_runtime.bulk.painter_process" in sys.orig_argv:
    io.BytesIO = Struck
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    """A head that does no work, and two nodes of one core each."""
    folder = tmp_path_factory.mktemp("strike")
    (folder / "sitecustomize.py").write_text(STRIKE)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), str(TOP)])
    made = Cluster()
    try:
        made.add_node(num_cpus=0, object_store_memory=STORE, include_dashboard=False)
        for _ in range(2):
            made.add_node(num_cpus=1, object_store_memory=STORE)
        made.wait_for_nodes()
        yield made
    finally:
        made.shutdown()


def archive(folder: Path, count: int, bad: dict[str, bytes]) -> None:
    folder.mkdir()
    for seed in range(count):
        pixels = np.random.default_rng(seed).integers(0, 256, (24, 32), np.uint8)
        Image.fromarray(pixels).save(folder / f"{seed:04}.png")
    for name, data in bad.items():
        (folder / name).write_bytes(data)


@contextmanager
def bulk(cluster: Cluster, source: Path, target: Path) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "edge_runtime", "bulk", str(source), str(target)]
    process = subprocess.Popen(
        [*command, "--model", MODEL, "--ray", cluster.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()


def rows_of(target: Path) -> dict[str, dict]:
    parts = (target / "tintlite-ledger").glob("*.parquet")
    rows = [row for part in parts for row in pq.read_table(part).to_pylist()]
    by_source = {row["source"]: row for row in rows}
    assert len(by_source) == len(rows)  # none twice
    return by_source


def results_of(target: Path) -> set[str]:
    return {file.name for file in target.iterdir() if file.is_file()}


@pytest.mark.skipif(not MOUNT or os.geteuid() != 0, reason="mounts a small disk")
def test_a_full_target_and_a_second_run(tmp_path, cluster):
    source, target = tmp_path / "in", tmp_path / "out"
    archive(source, 300, {})
    target.mkdir()
    subprocess.run([MOUNT, "-t", "tmpfs", "-o", "size=600k", "none", target], check=True)
    try:
        with bulk(cluster, source, target) as process:
            out, err = process.communicate(timeout=1800)
        print(f"\na full target:\n{out}{err}")
        assert process.returncode == 1
        assert "No space left on device" in err
        assert "tintlite: " in err
        assert "Traceback" not in err
        rows, results = rows_of(target), results_of(target)
        assert 0 < len(results) < 300
        assert set(rows) <= results
        for name in results:
            with Image.open(target / name) as picture:
                picture.load()
        subprocess.run([MOUNT, "-o", "remount,size=40m", target], check=True)
        with bulk(cluster, source, target) as process:
            out, err = process.communicate(timeout=1800)
        print(f"the same command, with more room:\n{out}{err}")
        assert (process.returncode, err) == (0, "")
        assert f"{300 - len(rows)} to colour" in out
        assert set(rows_of(target)) == results_of(target) == {f"{n:04}.png" for n in range(300)}
    finally:
        subprocess.run([UMOUNT, "-l", target], check=False)


def test_a_node_killed_in_the_middle_and_pictures_that_kill(tmp_path, cluster):
    source, target = tmp_path / "in", tmp_path / "out"
    bad = {"0100x.png": b"SEGV", "0200x.png": b"no picture"}
    archive(source, 400, bad)
    with bulk(cluster, source, target) as process:
        while len(rows_of(target)) < 40 and process.poll() is None:
            time.sleep(0.05)
        assert process.poll() is None
        before = len(rows_of(target))
        cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)  # by SIGKILL
        out, err = process.communicate(timeout=1800)
    print(f"\na node killed after {before} of 402 pictures:\n{out}{err}")
    assert process.returncode == 1
    assert "400 coloured, 1 refused, 1 killed" in out
    rows = rows_of(target)
    names = {f"{number:04}.png" for number in range(400)}
    assert set(rows) == names | set(bad)
    assert {name for name, row in rows.items() if row["outcome"] == "coloured"} == names
    assert results_of(target) == names
    killed = rows["0100x.png"]
    assert (killed["outcome"], killed["note"]) == ("killed", "it ended its worker (SIGSEGV)")
    for name in names:
        with Image.open(target / name) as picture:
            picture.load()


def test_no_cluster(tmp_path):
    archive(tmp_path / "in", 1, {})
    command = [sys.executable, "-m", "edge_runtime", "bulk", "in", "out", "--model", MODEL]
    result = subprocess.run(
        [*command, "--ray", "127.0.0.1:1"], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("tintlite: 127.0.0.1:1: no Ray cluster answers: ")
