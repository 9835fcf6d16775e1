"""Build the release, install it where nothing else is, and colour a photo with it.

    make release-check        (or: python3 tests/release/run.py)

The sdist and the wheel of it are left in dist/; the environment is build/release. The command and
the package are those that a user gets from `pip install tintlite`: neither sees this checkout. The
sdist is built as piwheels does it, too, for the 32-bit Pis that pip asks there for.
"""

import email
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

from packaging.requirements import Requirement

TOP = Path(__file__).parents[2]
PLACE = TOP / "build" / "release"
DIST = TOP / "dist"
PHOTO = TOP / "docs" / "demo" / "grey.jpg"

# LittleCMS, through Pillow, judges the result's colour, and its lightness against the photo's.
_JUDGE = """
import sys
from pathlib import Path
import numpy as np
from PIL import Image, ImageCms
import tintlite

source, result = (Image.open(file) for file in sys.argv[1:])
assert Path(tintlite.__file__).is_relative_to(sys.prefix), tintlite.__file__
assert (result.mode, result.size) == ("RGB", source.size), (result.mode, result.size)
to_lab = ImageCms.buildTransform(
    ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
)
ours, grey = (
    np.asarray(ImageCms.applyTransform(picture.convert("RGB"), to_lab))
    for picture in (result, source)
)
ab = np.ascontiguousarray(ours[..., 1:]).view(np.int8).astype(float)
chroma = np.hypot(ab[..., 0], ab[..., 1]).mean()
lightness = np.abs(ours[..., 0].astype(int) - grey[..., 0]).mean() / 2.55
print(f"tintlite {tintlite.__version__}: chroma {chroma:.1f}, lightness off by {lightness:.2f} L*")
# LittleCMS adapts to D50, where the lightness of colours is a little another.
assert chroma > 4 and lightness < 2
"""


def main() -> None:
    """Build, install, colour, judge; the first thing that fails ends it."""
    for folder in (PLACE, DIST):
        shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "build", "--outdir", DIST, TOP], check=True)
    (wheel,) = DIST.glob("*.whl")
    (sdist,) = DIST.glob("*.tar.gz")
    venv.create(PLACE, with_pip=True)
    python, tintlite = PLACE / "bin" / "python", PLACE / "bin" / "tintlite"
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    as_piwheels(pip, sdist, wheel)
    subprocess.run([*pip, "install", wheel], check=True)
    colour(python, tintlite)
    print(f"{sdist.name} and {wheel.name} are in dist/")


def as_piwheels(pip: list, sdist: Path, wheel: Path) -> None:
    """Build the sdist by pip: the same wheel, for every machine; see what a 32-bit Pi gets."""
    with tempfile.TemporaryDirectory() as folder:
        build = [*pip, "wheel", "--no-deps", "--wheel-dir", folder, sdist]
        subprocess.run(build, cwd=folder, check=True)
        (built,) = Path(folder).iterdir()
        assert built.name == wheel.name, built.name
        assert built.name.endswith("-py3-none-any.whl"), built.name
        assert contents(built) == contents(wheel)
    with zipfile.ZipFile(wheel) as file:
        (name,) = (name for name in file.namelist() if name.endswith(".dist-info/METADATA"))
        needs = email.message_from_bytes(file.read(name)).get_all("Requires-Dist", [])
    pi = {"platform_machine": "armv7l", "python_version": "3.11", "extra": ""}
    wanted = {
        need.name for need in map(Requirement, needs) if not need.marker or need.marker.evaluate(pi)
    }
    assert "tflite-runtime" in wanted, wanted
    assert not wanted & {"ai-edge-litert", "pi-heif", "simplejpeg"}, wanted


def contents(wheel: Path) -> dict[str, int]:
    """The checksum of each file inside."""
    with zipfile.ZipFile(wheel) as file:
        return {entry.filename: entry.CRC for entry in file.infolist()}


def colour(python: Path, tintlite: Path) -> None:
    """Colour the demo photo by the installed command, and judge the result."""
    with tempfile.TemporaryDirectory() as elsewhere:
        result = Path(elsewhere) / "colour.png"
        options = {"cwd": elsewhere, "env": {"PATH": "/usr/bin:/bin"}, "check": True}
        subprocess.run([tintlite, "colorize", PHOTO, "-o", result], **options)
        subprocess.run([python, "-I", "-c", _JUDGE, PHOTO, result], **options)


if __name__ == "__main__":
    main()
