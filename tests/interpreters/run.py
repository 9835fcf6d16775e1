"""See that three interpreters colour alike: ai-edge-litert, tflite-runtime 2.14, TensorFlow's.

    make test-interpreters        (or: .venv/bin/python tests/interpreters/run.py)

Models: nano and standard in fp32 and fp16, exported from `weights/`, and as they are shipped in
int8. Pictures: the demo photo and those of the golden vectors. 99.9 % of the values must lie within
one level of 255 of ai-edge-litert's. int8 on tflite-runtime alone cannot: its wheel computes int8
with kernels that round otherwise than XNNPACK's, and so does ai-edge-litert without XNNPACK. There
the picture must be as near to the float model's (docs/measurements/studies.md).

tflite-runtime needs NumPy 1, and gets an environment of its own with the project's wheel and
without ai-edge-litert: there `tintlite colorize` itself runs.

Environment and models are kept in build/interpreters: the first run takes some minutes.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
TOP = HERE.parents[1]
CACHE = TOP / "build" / "interpreters"
GOLDEN = TOP / "tests" / "golden"
COMPARE = TOP / "tests" / "arm64" / "compare.py"
NAMES = ("nano", "standard")
RECIPES = ("fp32", "fp16")

# What another rounding of int8 may cost of the PSNR to the float picture, and from where on more
# PSNR means nothing.
MOST_LOST = 1.0
CLEAR = 45.0


def run(*command: str | Path, cwd: Path = TOP) -> None:
    """Run a program; its failure is ours."""
    subprocess.run([str(word) for word in command], cwd=cwd, check=True)


def make_models(folder: Path) -> None:
    """Float models once; the shipped ones anew each time."""
    from edge_runtime.model.shipped import shipped_path

    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        for recipe in RECIPES:
            if not (folder / f"{name}.{recipe}.tflite").exists():
                print(f"exporting {name} in {recipe} ...", flush=True)
                from export.golden import export_float

                unfinished = folder / "unfinished"
                unfinished.mkdir(exist_ok=True)
                export_float(name, unfinished, recipe).replace(folder / f"{name}.{recipe}.tflite")
        shutil.copy(shipped_path(name), folder / f"{name}.shipped.tflite")


def make_pictures(folder: Path) -> None:
    """The demo photo and the golden pictures as grey PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    demo = cv2.imread(str(TOP / "docs" / "demo" / "grey.jpg"), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(folder / "demo.png"), demo)
    for vector in json.loads((GOLDEN / "MANIFEST.json").read_text("utf-8"))["vectors"]:
        grey = np.fromfile(GOLDEN / vector["files"]["grey"], "u1")
        name = vector["name"].split(".")[0]
        cv2.imwrite(str(folder / f"{name}.png"), grey.reshape(vector["height"], vector["width"]))


def make_environment(folder: Path) -> Path:
    """A virtual environment with this checkout's wheel on tflite-runtime; returns its Python."""
    python = folder / "bin" / "python"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    wheels = CACHE / "wheel"
    shutil.rmtree(wheels, ignore_errors=True)
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels))
    subprocess.run(build, cwd=TOP, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = wheels.glob("*.whl")
    if (folder / "whole").exists():
        run(*pip, "--no-deps", "--force-reinstall", wheel)
        return python
    print("installing tflite-runtime 2.14 and the wheel ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    run(*pip, wheel, "tflite-runtime==2.14", "numpy<2")
    run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "ai-edge-litert")
    (folder / "whole").touch()
    return python


def main() -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    sys.path.insert(0, str(TOP))  # the other rooms are not installed
    if sys.version_info[:2] > (3, 11):
        print("tflite-runtime 2.14 has wheels up to Python 3.11", file=sys.stderr)
        return 1
    models, pictures, results = CACHE / "models", CACHE / "pictures", CACHE / "results"
    shutil.rmtree(results, ignore_errors=True)
    make_models(models)
    make_pictures(pictures)
    python = make_environment(CACHE / "venv")
    for which in ("litert", "tensorflow"):
        print(f"colouring on {which} ...", flush=True)
        run(sys.executable, HERE / "colorize_all.py", which, models, pictures, results / which)
    print("colouring on tflite-runtime, by tintlite colorize ...", flush=True)
    run(
        python,
        "-c",
        "import importlib.util, numpy, tflite_runtime\n"
        "assert importlib.util.find_spec('ai_edge_litert') is None\n"
        "print('tflite-runtime', tflite_runtime.__version__, 'NumPy', numpy.__version__)",
    )
    for model in sorted(models.glob("*.tflite")):
        out = results / "tflite-runtime" / model.stem
        out.mkdir(parents=True)
        files = sorted(pictures.glob("*.png"))
        # From another folder, so that the wheel runs, and not the checkout.
        run(python.parent / "tintlite", "colorize", *files, "-m", model, "-o", out, cwd=CACHE)
    failed = 0
    for expected in sorted((results / "litert").glob("*/*.png")):
        model = expected.parent.name
        theirs = results / "tflite-runtime" / model / f"{expected.stem}.colour.png"
        for which, ours in (
            ("tflite-runtime", theirs),
            ("tensorflow", _twin(expected, "tensorflow")),
        ):
            print(f"{which} {model} {expected.stem}: ", end="", flush=True)
            if which == "tflite-runtime" and model.endswith(".shipped"):
                floats = expected.parent.with_name(model.replace("shipped", "fp32")) / expected.name
                failed |= not as_near(ours, expected, floats)
            else:
                failed |= subprocess.run([sys.executable, COMPARE, expected, ours]).returncode
    return int(failed)


def _twin(expected: Path, which: str) -> Path:
    return expected.parents[2] / which / expected.parent.name / expected.name


def as_near(ours: Path, expected: Path, floats: Path) -> bool:
    """Whether two int8 kernels, which round otherwise, are about as near to the float picture.

    Prints the distances. At most `MOST_LOST` dB may be lost, where there is anything to lose.
    """
    a, b, c = (cv2.imread(str(path)).astype(int) for path in (ours, expected, floats))
    lost = min(_psnr(b, c), CLEAR) - _psnr(a, c)
    print(
        f"{_psnr(a, b):.1f} dB from ai-edge-litert, {(np.abs(a - b) <= 1).mean():.2%} within 1;"
        f" from fp32 {_psnr(a, c):.1f} dB, ai-edge-litert {_psnr(b, c):.1f} dB"
    )
    return lost <= MOST_LOST


def _psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(np.mean((a - b) ** 2), 1e-6)))


if __name__ == "__main__":
    sys.exit(main())
