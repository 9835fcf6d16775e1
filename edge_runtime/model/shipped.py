"""The models that travel inside the package, guarded by `models/SHA256SUMS`."""

import hashlib
from functools import lru_cache
from pathlib import Path

from edge_runtime.errors import ModelError

MODELS_FOLDER = Path(__file__).parents[1] / "models"
DIGESTS_FILE = "SHA256SUMS"


@lru_cache(maxsize=1)
def _digests() -> dict[str, str]:
    """SHA-256 by model name, from the list in `sha256sum` format."""
    try:
        lines = (MODELS_FOLDER / DIGESTS_FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {name.lstrip("*").removesuffix(".tflite"): digest for digest, name in pairs}


def forget_digests() -> None:
    """Read the list again when it is next asked for: it was renewed."""
    _digests.cache_clear()


def shipped_names() -> list[str]:
    """The names of the shipped models, in alphabetical order."""
    return sorted(_digests())


def shipped_path(name: str) -> Path:
    """The file of a shipped model.

    Raises:
        ModelError: no model of that name is shipped.
    """
    if name not in _digests():
        raise ModelError(f"no model '{name}' is shipped")
    return MODELS_FOLDER / f"{name}.tflite"


def check_shipped(name: str, data: bytes) -> None:
    """See that a shipped model's bytes are those that were released.

    Raises:
        ModelError: the SHA-256 differs from the list.
    """
    if hashlib.sha256(data).hexdigest() != _digests()[name]:
        raise ModelError(
            f"the installed model '{name}' is damaged (its SHA-256 differs): install TintLite again"
        )
