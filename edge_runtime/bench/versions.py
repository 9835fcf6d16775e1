"""The versions of what takes part in a measurement."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from edge_runtime import __version__

RUNTIME_PACKAGES = (
    "ai-edge-litert",
    "tflite-runtime",
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-openvino",
    "onnxruntime-directml",
    "numpy",
    "opencv-python-headless",
    "opencv-python",
    "av",
)
WORKSHOP_PACKAGES = (*RUNTIME_PACKAGES, "tensorflow", "keras", "jax", "torch")


def package_versions(packages: Iterable[str] = RUNTIME_PACKAGES) -> dict[str, str]:
    """Python, TintLite, and those of the packages that are installed; none is imported."""
    found = {"python": platform.python_version(), "tintlite": __version__}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
