"""The versions of what takes part in a measurement."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from edge_runtime import __version__
from edge_runtime.engine.accelerator import PROVIDERS

RUNTIME_PACKAGES = (
    "ai-edge-litert",
    "tflite-runtime",
    *dict.fromkeys(provider.package for provider in PROVIDERS.values()),
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
