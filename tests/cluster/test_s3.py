"""From a bucket to a bucket, on a server that speaks as S3 does."""

import hashlib
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

pytest.importorskip("moto", reason="needs moto: make test-ray")

import s3fs
from moto.server import ThreadedMotoServer

MODEL = str(Path(__file__).parents[1] / "data" / "tiny.tflite")
NAMES = ["a/x.png", "b/x.png", "t.tar/0.png", "t.tar/1.png"]


@pytest.fixture
def s3(monkeypatch):
    """The server's file system, with two empty buckets."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    fs = s3fs.S3FileSystem(use_listings_cache=False)
    for bucket in ("scans", "colour"):
        fs.mkdir(bucket)
    yield fs
    server.stop()


def test_from_bucket_to_bucket(s3):
    data = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 256, (24, 32), np.uint8)
    Image.fromarray(pixels).save(data, "PNG")
    picture, tar = data.getvalue(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as shard:
        for name in ("0.png", "1.png"):
            member = tarfile.TarInfo(name)
            member.size = len(picture)
            shard.addfile(member, io.BytesIO(picture))
    s3.pipe_file("scans/in/a/x.png", picture)
    s3.pipe_file("scans/in/b/x.png", picture)
    s3.pipe_file("scans/in/t.tar", tar.getvalue())
    s3.pipe_file("scans/in/bad.jpg", b"no picture")
    command = [sys.executable, "-m", "edge_runtime", "bulk", "s3://scans/in", "s3://colour/out"]
    command += ["--model", MODEL, "--workers", "1"]
    first, again = (subprocess.run(command, capture_output=True, text=True) for _ in range(2))
    assert (first.returncode, first.stderr) == (1, "")
    told = "5 to colour\n4 coloured, 1 refused: see s3://colour/out/tintlite-ledger"
    assert told in first.stdout
    assert "0 to colour, 5 done by earlier runs" in again.stdout
    found = [name for name in s3.find("colour/out") if "tintlite-ledger" not in name]
    assert found == [f"colour/out/{name}" for name in NAMES]
    rows = [
        row
        for part in s3.glob("colour/out/tintlite-ledger/*.parquet")
        for row in pq.read_table(io.BytesIO(s3.cat_file(part))).to_pylist()
    ]
    assert sorted(row["source"] for row in rows) == sorted([*NAMES, "bad.jpg"])
    hashes = {row["hash"] for row in rows if row["outcome"] == "coloured"}
    assert hashes == {hashlib.sha256(picture).hexdigest()}
