"""Short names for models that are given as paths: what tables and results call them."""

from collections.abc import Collection, Sequence
from pathlib import Path

from train.networks.load import BEST_WEIGHTS


def _parts(model: str) -> list[str]:
    """The parts of a model's path that may name it, the last one first."""
    parts = list(Path(model).parts)
    if len(parts) > 1 and parts[-1] == BEST_WEIGHTS:
        parts.pop()  # the run's folder says more
    parts[-1] = parts[-1].removesuffix(".tflite").removesuffix(".weights.h5")
    return [part for part in reversed(parts) if part not in ("/", "..", ".")] or [model]


def short_names(models: Sequence[str], taken: Collection[str] = ()) -> dict[str, str]:
    """A name for each model: the last part of its path, and as many before it as tell it apart.

    Args:
        models: shipped names, `.tflite` files, run folders, `.weights.h5` files.
        taken: names that are not to be given.
    Returns:
        By model, in their order; one that is there twice counts once.
    """
    parts = {model: _parts(model) for model in models}
    depth = dict.fromkeys(parts, 1)
    while True:
        names = {model: "/".join(reversed(parts[model][: depth[model]])) for model in parts}
        given = list(names.values())
        unclear = [
            model
            for model, name in names.items()
            if (given.count(name) > 1 or name in taken) and depth[model] < len(parts[model])
        ]
        if not unclear:
            return _numbered(names, taken)
        for model in unclear:
            depth[model] += 1


def _numbered(names: dict[str, str], taken: Collection[str]) -> dict[str, str]:
    """The rest that has no more parts to tell it apart by: numbered."""
    used, clear = set(taken), {}
    for model, name in names.items():
        number, candidate = 1, name
        while candidate in used:
            number += 1
            candidate = f"{name} ({number})"
        used.add(candidate)
        clear[model] = candidate
    return clear
