"""An `.onnx` where else a model is taken: films, cameras, the page."""

import io
import threading
import time
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from edge_runtime import Colorizer, Device
from edge_runtime.cli import main
from edge_runtime.model.model_file import read_model
from edge_runtime.serve.listener import listen
from edge_runtime.serve.server import PageServer
from export.contract_writer import with_contract
from export.to_onnx import to_onnx

PATIENT = 60.0


@pytest.fixture(scope="module")
def tiny_onnx(tmp_path_factory, tiny_model) -> Path:
    source = read_model(tiny_model)
    file = tmp_path_factory.mktemp("onnx") / "tiny.onnx"
    file.write_bytes(with_contract(to_onnx(source.data), source.contract))
    return file


@pytest.fixture(scope="module")
def film(tmp_path_factory, grey) -> Path:
    path = tmp_path_factory.mktemp("film") / "old.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for shift in range(6):
            part = np.ascontiguousarray(np.stack([grey[:64, shift : shift + 96]] * 3, -1))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(part, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def frames_of(file) -> np.ndarray:
    with av.open(str(file) if isinstance(file, Path) else file) as container:
        return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)])


def is_in_colour(frames) -> bool:
    """Bright is warm in this network."""
    return (frames[..., 0].astype(int) - frames[..., 2])[frames[..., 1] > 150].mean() > 10


def test_films(capfd, tmp_path, tiny_onnx, tiny_model, film):
    found = []
    for model in (tiny_onnx, tiny_model):
        target = tmp_path / f"{model.suffix[1:]}.mp4"
        assert main(["colorize", str(film), "-m", str(model), "-o", str(target)]) == 0
        found.append(frames_of(target))
    ours, litert = found
    assert is_in_colour(ours)
    # The encoder may make a little more of what the last bit of a colour is.
    assert np.abs(ours.astype(int) - litert).mean() < 0.1
    assert capfd.readouterr().err == ""


def test_cameras(capfd, tmp_path, tiny_onnx, film):
    target = tmp_path / "live.mp4"
    words = ["camera", str(film), "--display", "none", "--record", str(target)]
    assert main([*words, "-m", str(tiny_onnx), "--accelerator", "onnx:cpu"]) == 0
    output, errors = capfd.readouterr()
    assert (errors, "running on the CPU by ONNX Runtime" in output) == ("", True)
    assert is_in_colour(frames_of(target))
    assert main([*words, "-m", str(tiny_onnx), "--accelerator", "gpu"]) == 1
    assert capfd.readouterr().err == (
        "tintlite: the accelerator 'gpu' is LiteRT's, for a .tflite; an .onnx takes 'onnx'\n"
    )


@pytest.fixture
def page(tiny_onnx):
    """A client of a server with the `.onnx`."""
    listener, ready = listen("127.0.0.1", 0, None), threading.Event()
    device = Device(threads=1, accelerator="onnx:cpu")
    server = PageServer(listener, model=tiny_onnx, device=device, on_ready=ready.set)
    thread = threading.Thread(target=server.serve_page)
    thread.start()
    assert ready.wait(PATIENT)
    assert server.accelerator == ("onnx:cpu", "")
    url = f"http://127.0.0.1:{listener.port}"
    with httpx.Client(base_url=url, timeout=PATIENT, trust_env=False, verify=False) as http:  # noqa: S501
        yield http
    server.stop()
    thread.join(PATIENT)
    assert not thread.is_alive()


def test_the_page(page, tiny_onnx, film, grey):
    assert page.get("/api/status").json()["models"][-1] == "tiny.onnx"
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    answer = page.post("/api/colorize", content=buffer.getvalue())
    assert answer.status_code == 200
    expected = Colorizer(tiny_onnx).colorize(grey).astype(int)
    assert np.abs(np.asarray(Image.open(io.BytesIO(answer.content))) - expected).max() <= 1
    # Another visitor takes a shipped model, which is a .tflite.
    other = page.post("/api/colorize", params={"model": "nano"}, content=buffer.getvalue())
    assert other.status_code == 422
    assert other.json()["error"].startswith("nano: a .tflite, which ONNX Runtime does not run: ")
    told = page.post("/api/films", params={"name": "old.mp4"}, content=film.read_bytes()).json()
    state = page.get(f"/api/films/{told['id']}").json()
    end = time.monotonic() + PATIENT
    while state["state"] == "running" and time.monotonic() < end:
        time.sleep(0.1)
        state = page.get(f"/api/films/{told['id']}").json()
    assert state["state"] == "done", state
    result = page.get(f"/api/films/{told['id']}/result").content
    assert is_in_colour(frames_of(io.BytesIO(result)))
