"""From a Keras model to float `.tflite` bytes, by TensorFlow's converter."""

import tempfile
from typing import Any

import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

SIGNATURE = "serving_default"


class FloatModel:
    """A trained generator, frozen at batch 1 and one input size, ready to convert.

    Args:
        model: a Keras model, lightness [N, S, S, 1] to ab [N, S', S', 2], on the TensorFlow
            backend.
    """

    def __init__(self, model: Any) -> None:
        self.keras_model = model
        self.input_size = int(model.input_shape[1])

    def convert(self, *, half: bool = False) -> bytes:
        """The `.tflite` with a named signature `serving_default` (`lightness` to `ab`).

        Args:
            half: store the weights as float16; they are widened when the model is loaded.
        """
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
        with tempfile.TemporaryDirectory(prefix="tintlite-export-") as folder:
            tf.saved_model.save(module, folder, signatures={SIGNATURE: module.colorize})
            converter = tf.lite.TFLiteConverter.from_saved_model(folder)
            if half:
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
                converter.target_spec.supported_types = [tf.float16]
            return converter.convert()
