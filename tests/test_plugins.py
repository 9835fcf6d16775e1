"""The plug-ins of examples/plugins, inside of what they are for or by its protocol.

`make test-plugins` installs VapourSynth beside them; where GIMP 3 is installed, it runs as well.
"""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintlite import Colorizer, Look, read_picture

ROOT = Path(__file__).parents[1]
PLUGINS = ROOT / "examples" / "plugins"
PHOTO = ROOT / "docs" / "demo" / "grey.jpg"


@pytest.fixture
def plugin(monkeypatch):
    """Imports a plug-in as its program does."""
    monkeypatch.syspath_prepend(PLUGINS)
    return importlib.import_module


@pytest.fixture(scope="module")
def frames():
    """uint16 [2, 96, 120, 3]: two places of the demo photo, grey."""
    with Image.open(PHOTO) as photo:
        grey = np.asarray(photo.convert("L").resize((240, 160))).astype(np.uint16) * 257
    return np.stack([np.stack([grey[t : t + 96, t : t + 120]] * 3, -1) for t in (0, 60)])


def expected(picture, **look):
    return Colorizer("nano").colorize(picture, Look(**look))


def test_comfyui_by_its_protocol(plugin, frames):
    torch = pytest.importorskip("torch", reason="ComfyUI's tensors are torch's")
    module = plugin("comfyui_tintlite")
    (name,) = module.NODE_CLASS_MAPPINGS
    assert module.NODE_DISPLAY_NAME_MAPPINGS.keys() == {name}
    node = module.NODE_CLASS_MAPPINGS[name]
    inputs = node.INPUT_TYPES()["required"]
    assert inputs["model"][0] == ["standard", "nano"]
    # ComfyUI calls FUNCTION with what INPUT_TYPES names, and wants as many as RETURN_TYPES says.
    values = {key: kind[1].get("default") for key, kind in inputs.items() if len(kind) > 1}
    image = torch.from_numpy(frames.astype(np.float32) / 65535)
    values |= {"image": image, "model": "nano", "saturation": 1.3}
    assert values.keys() == inputs.keys()
    (result,) = getattr(node(), node.FUNCTION)(**values)
    assert node.RETURN_TYPES == ("IMAGE",)
    assert (result.dtype, result.shape, result.device) == (image.dtype, image.shape, image.device)
    for ours, picture in zip(result.numpy(), frames, strict=True):
        np.testing.assert_allclose(ours * 65535, expected(picture, saturation=1.3), atol=0.01)
    assert np.ptp(result.numpy(), axis=-1).mean() > 0.03
    # Grey of one channel, and what lies beyond three.
    grey, clear = image[..., :1], torch.full((2, 96, 120, 1), 0.25)
    (of_grey,) = node().colorize(grey, "nano", 1.3, False)
    np.testing.assert_array_equal(of_grey, result)
    (with_alpha,) = node().colorize(torch.cat([image, clear], -1), "nano", 1.3, False)
    np.testing.assert_array_equal(with_alpha, torch.cat([result, clear], -1))


@pytest.fixture
def vs():
    return pytest.importorskip("vapoursynth", reason="no VapourSynth: make test-plugins brings it")


def clip_of(vs, format_, frames):
    """A clip of planes: each frame a list of arrays [h, w]."""
    height, width = frames[0][0].shape
    blank = vs.core.std.BlankClip(
        format=format_, width=width, height=height, length=len(frames), keep=True
    )

    def fill(n, f):
        frame = f.copy()
        for plane, values in enumerate(frames[n]):
            np.copyto(np.asarray(frame[plane]), values)
        return frame

    return blank.std.ModifyFrame(blank, fill)


def planes(frame):
    return [np.asarray(frame[plane]).copy() for plane in range(frame.format.num_planes)]


def test_vapoursynth_gives_what_the_colorizer_gives(vs, plugin, frames):
    colorize = plugin("vapoursynth_tintlite").colorize
    clip = clip_of(vs, vs.RGB48, [list(np.moveaxis(picture, -1, 0)) for picture in frames])
    result = colorize(clip, model="nano", saturation=1.3)
    assert (result.format.id, result.num_frames) == (vs.RGB48, 2)
    for number in (1, 0):  # in any order
        ours = np.stack(planes(result.get_frame(number)), -1)
        np.testing.assert_array_equal(ours, expected(frames[number], saturation=1.3, whole=True))


def test_vapoursynth_grey(vs, plugin, frames):
    colorize = plugin("vapoursynth_tintlite").colorize
    grey = (frames[0][..., 0] >> 8).astype(np.uint8)
    ours = colorize(clip_of(vs, vs.GRAY8, [[grey]]), model="nano", full=True)
    assert ours.format.id == vs.RGB48
    picture = np.stack([grey.astype(np.uint16) * 257] * 3, -1)
    ours = np.stack(planes(ours.get_frame(0)), -1).astype(int)
    # The network's input differs by a level of 65,536 here and there, which int8 may round apart.
    assert np.abs(ours - expected(picture, whole=True)).max() < 400


@pytest.mark.parametrize("full", [False, True])
def test_vapoursynth_keeps_the_luma_of_yuv(vs, plugin, frames, full):
    """Its chroma is that of the colours: by the formulas of BT.709, written down here."""
    colorize = plugin("vapoursynth_tintlite").colorize
    grey = frames[0][..., 0] / 65535
    scale, low, chroma_scale = (255, 0, 255) if full else (219, 16, 224)
    luma = np.round(low + scale * grey).astype(np.uint8)
    neutral = np.full_like(luma, 128)
    clip = clip_of(vs, vs.YUV444P8, [[luma, neutral, neutral]])
    result = colorize(clip, model="nano", full=full)
    assert result.format.id == vs.YUV444P8
    y, u, v = planes(result.get_frame(0))
    np.testing.assert_array_equal(y, luma)
    levels = np.round((luma.astype(float) - low) / scale * 65535).astype(np.uint16)
    r, g, b = np.moveaxis(expected(np.stack([levels] * 3, -1), whole=True) / 65535, -1, 0)
    yy = 0.2126 * r + 0.7152 * g + 0.0722 * b
    for ours, difference, most in ((u, b - yy, 1.8556), (v, r - yy, 1.5748)):
        theirs = 128 + chroma_scale * difference / most
        assert np.abs(ours - theirs).max() <= 2
        assert np.abs(ours - 128.0).max() > 8
    subsampled = vs.core.resize.Bicubic(clip, format=vs.YUV420P10)
    assert colorize(subsampled, model="nano").format.id == vs.YUV420P10


def gimp():
    """GIMP 3 without a screen, or None."""
    program = shutil.which("gimp-console-3.0") or shutil.which("gimp-console")
    if program is None:
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return program if re.search(r"\b3\.\d+\.\d+", said.stdout) else None


_IN_GIMP = """
import gi
gi.require_version("Gimp", "3.0")
from gi.repository import Gimp, Gio
quiet = Gimp.RunMode.NONINTERACTIVE
image = Gimp.file_load(quiet, Gio.File.new_for_path({photo!r}))
procedure = Gimp.get_pdb().lookup_procedure("plug-in-tintlite")
config = procedure.create_config()
config.set_property("run-mode", quiet)
config.set_property("image", image)
config.set_core_object_array("drawables", image.get_layers())
config.set_property("model", {model!r})
config.set_property("saturation", 1.3)
result = procedure.run(config)
print("STATUS", result.index(0).value_nick, Gimp.get_pdb().get_last_error())
print("LAYERS", [layer.get_name() for layer in image.get_layers()])
Gimp.file_save(quiet, image, Gio.File.new_for_path({out!r}), None)
"""


@pytest.mark.parametrize("model", ["nano", "other"])
def test_gimp(tmp_path, model):
    program = gimp()
    if program is None:
        pytest.skip("no GIMP 3 here (Debian 13: apt install gimp python3-gi gir1.2-gimp-3.0)")
    home = tmp_path / "home"
    place = home / "plug-ins" / "gimp_tintlite"
    place.mkdir(parents=True)
    shutil.copy(PLUGINS / "gimp_tintlite.py", place)
    (place / "gimp_tintlite.py").chmod(0o755)
    command = tmp_path / "tintlite"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m edge_runtime "$@"\n')
    command.chmod(0o755)
    photo, out = tmp_path / "grey.png", tmp_path / "out.png"
    with Image.open(PHOTO) as picture:
        picture.convert("L").resize((240, 160)).save(photo)
    script = _IN_GIMP.format(photo=str(photo), out=str(out), model=model)
    words = [program, "--no-interface", "--batch-interpreter=python-fu-eval", "--batch", script]
    own = {"GIMP3_DIRECTORY": str(home), "TINTLITE": str(command), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*words, "--quit"], env=os.environ | own, capture_output=True, text=True, check=False
    )
    if model == "other":
        assert "STATUS execution-error" in done.stdout, done.stdout + done.stderr
        assert "unknown model 'other'" in done.stdout + done.stderr
        return
    assert "STATUS success" in done.stdout, done.stdout + done.stderr
    assert "LAYERS ['TintLite" in done.stdout
    ours = np.asarray(Image.open(out).convert("RGB")).astype(int)
    # The photo has a grey profile, which GIMP converts; where a level of the network's input comes
    # out one off, int8 rounds its colour another way.
    difference = np.abs(ours - expected(read_picture(photo).pixels, saturation=1.3))
    assert difference.mean() < 0.5
    assert difference.max() < 12


def test_every_plugin_is_thin_and_says_what_was_run():
    files = sorted(PLUGINS.glob("*.py"))
    assert len(files) == 3
    for file in files:
        text = file.read_text("utf-8")
        assert len(text.splitlines()) < 80, file.name
        assert "\nRun: " in text.split('"""')[1], file.name
        assert file.name in (ROOT / "examples" / "README.md").read_text("utf-8")
