"""What a result file says of a model, be it a `.tflite` or the weights of a run."""

import hashlib
from pathlib import Path

from benchmarks.open_models import FLOAT, OpenedModel
from edge_runtime.bench.model_facts import ModelFacts, model_facts


def facts_of(model: OpenedModel) -> ModelFacts:
    """Describe a model of any kind: of weights, the `.weights.h5` file."""
    if not model.keras:
        return model_facts(model.source)
    return facts_of_weights(Path(model.source), model.network.input_size)


def facts_of_weights(file: Path, input_size: int) -> ModelFacts:
    """Describe a `.weights.h5` file, that is run at some input size."""
    with file.open("rb") as opened:
        digest = hashlib.sha256(opened.read()).hexdigest()
    return ModelFacts(file.name, digest, file.stat().st_size, FLOAT, input_size)
