"""From a trained network to one that expects to be rounded: twin, scheme, fine-tuning."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from export.qat.fine_tune import Step, fine_tune
from export.qat.fine_tuned import FineTuned
from export.qat.options import QatOptions
from export.qat.scheme import rounded_twin
from export.twin import twin_of
from train.networks.registry import NETWORKS

# Of the progress shown: how much of the mean so far stays when a batch comes.
_SMOOTHING = 0.95

# Pictures on which twin and network are compared.
_COMPARED = 8


def quantization_aware(
    keras_model: Any,
    *,
    network: str,
    alpha: float | None,
    inputs: Sequence[np.ndarray],
    options: QatOptions,
    on_stage: Callable[[str], None] = lambda stage: None,
    on_progress: Callable[[str], None] = lambda text: None,
) -> FineTuned:
    """Fine-tune a network for eight bits; the Keras model itself stays as it is.

    Args:
        keras_model: lightness [N, S, S, 1] to ab [N, S', S', 2].
        network, alpha: what it is (see `train.networks.build_network`).
        inputs: lightness float32 [S, S] each, to measure ranges on.
        options: see each.
        on_stage: called with a word for each stage.
        on_progress: called after each batch with a line for the screen.
    Raises:
        ExportError, FitError, StoreError: see `export.twin` and `export.qat.fine_tune`.
    """
    on_stage("int8_qat: building the tf_keras twin")
    twin = twin_of(keras_model, network=network, alpha=alpha, inputs=inputs[:_COMPARED])
    on_stage("int8_qat: measuring ranges")
    rounded = rounded_twin(twin, NETWORKS[network].float_layers, inputs)
    on_stage("int8_qat: fine-tuning")
    mean = 0.0

    def on_step(step: Step) -> None:
        nonlocal mean
        mean = step.distance if not mean else _SMOOTHING * mean + (1 - _SMOOTHING) * step.distance
        minutes, seconds = divmod(round(step.seconds_left), 60)
        on_progress(
            f"int8_qat: fine-tuning, batch {step.number}, {step.done:.0%},"
            f" {mean:.2f} from the float ab (CIE), {minutes}:{seconds:02} left"
        )

    return fine_tune(rounded, options, on_step)
