"""From a Keras model to float `.tflite` bytes, by TensorFlow's converter."""

import tempfile
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from export.qat.fine_tuned import FineTuned

SIGNATURE = "serving_default"


class FloatModel:
    """A trained generator, frozen at batch 1 and one input size, ready to convert.

    Args:
        model: a Keras model, lightness [N, S, S, 1] to ab [N, S', S', 2], on the TensorFlow
            backend.
        fine_tuned: what quantization-aware training made of it, for the recipe that needs it.
        rounded: an int8 `.tflite` of it, for `onnx_int8`.
    """

    def __init__(
        self, model: Any, fine_tuned: FineTuned | None = None, rounded: bytes | None = None
    ) -> None:
        self.keras_model = model
        self.fine_tuned = fine_tuned
        self.rounded = rounded
        self.input_size = int(model.input_shape[1])

    def convert(self, *, half: bool = False) -> bytes:
        """The `.tflite` with a named signature `serving_default` (`lightness` to `ab`).

        Args:
            half: store the weights as float16; they are widened when the model is loaded.
        """
        if not half:
            return self._plain

        def prepare(converter: tf.lite.TFLiteConverter) -> None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]

        return self._convert(prepare)

    @cached_property
    def _plain(self) -> bytes:  # most recipes begin with it
        return self._convert(lambda converter: None)

    def convert_to_integers(self, calibration: Iterable[np.ndarray]) -> bytes:
        """The `.tflite` in int8 from its input to its output; nothing in it is float.

        Args:
            calibration: lightness inputs, float32 [S, S] each, which give every layer its range.
        """
        pictures = list(calibration)

        def prepare(converter: tf.lite.TFLiteConverter) -> None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: (
                [picture[None, :, :, None]] for picture in pictures
            )
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.int8

        return self._convert(prepare)

    @cached_property
    def _module(self) -> tf.Module:
        """The network's graph with constants for weights, and its signature."""
        shape = (1, self.input_size, self.input_size, 1)
        spec = tf.TensorSpec(shape, tf.float32, name="lightness")
        network = tf.function(
            lambda lightness: self.keras_model(lightness, training=False), input_signature=[spec]
        )
        # Keras 3's variables are not lifted by the converter: left alone they stay in the file as
        # hundreds of variable reads, and BatchNorm is not folded.
        frozen = convert_variables_to_constants_v2(network.get_concrete_function())
        module = tf.Module()
        module.colorize = tf.function(
            lambda lightness: {"ab": frozen(lightness)[0]}, input_signature=[spec]
        )
        return module

    def _convert(self, prepare: Callable[[tf.lite.TFLiteConverter], None]) -> bytes:
        module = self._module
        with tempfile.TemporaryDirectory(prefix="tintlite-export-") as folder:
            tf.saved_model.save(module, folder, signatures={SIGNATURE: module.colorize})
            converter = tf.lite.TFLiteConverter.from_saved_model(folder)
            prepare(converter)
            return converter.convert()
