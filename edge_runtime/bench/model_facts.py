"""What a result file says of a model that was measured."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.bench.checked import CONFIG, Digest, Text, Whole
from edge_runtime.model.model_file import read_model
from edge_runtime.model.shipped import shipped_names, shipped_path


@dataclass(frozen=True)
class ModelFacts:
    """A model's file.

    Attributes:
        file: its name without its folders.
        sha256: of its bytes, in hexadecimal.
        bytes: its size.
        recipe: how its weights are stored, as in `edge_runtime.model.contract.RECIPES`.
        input_size: S, the side of the square that the network sees, in pixels.
    """

    __pydantic_config__ = CONFIG

    file: Text
    sha256: Digest
    bytes: Whole
    recipe: Text
    input_size: Whole


def model_facts(model: str | Path) -> ModelFacts:
    """Describe a `.tflite`.

    Args:
        model: the name of a shipped model, or the path of a `.tflite` with a contract.
    Raises:
        ModelError: as `read_model`.
    """
    read = read_model(model)
    path = shipped_path(str(model)) if str(model) in shipped_names() else Path(model)
    return ModelFacts(
        file=path.name,
        sha256=hashlib.sha256(read.data).hexdigest(),
        bytes=len(read.data),
        recipe=read.contract.recipe,
        input_size=read.contract.input_size,
    )
