"""Make the small networks of this folder (needs TensorFlow; run by hand, once).

    PYTHONPATH=. python tests/data/make_tiny_model.py

`tiny.tflite` is a real network with a contract and a seal: 64 x 64 lightness to 32 x 32 ab, bright
parts warm and dark parts cold, so that a test sees colour. `no_contract.tflite` is the same
without a contract, `other_network.tflite` is a sealed network of other tensors (a classifier),
`tiny_integer.tflite` is the tiny network with int8 input and output (recipe `int8_full`),
`tiny_view.tflite` is the tiny network with a contract that has the tone view (version 2).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import tensorflow as tf

from edge_runtime.model.contract import Contract
from edge_runtime.model.tone import TONE_VIEW
from export.contract_writer import with_contract

FOLDER = Path(__file__).parent
CONTRACT = Contract(
    name="tiny",
    version="1.0",
    input_size=64,
    recipe="fp32",
    training_set="none: weights set by hand for the tests",
    licence="Apache-2.0",
    result={"val_rgb_psnr_db": 22.7},
)


def convert(function, input_shape, *, integer: bool = False) -> bytes:
    """The `.tflite` bytes of a function of one float32 tensor, in int8 throughout if asked for."""
    concrete = tf.function(
        function, input_signature=[tf.TensorSpec(input_shape, tf.float32, name="lightness")]
    ).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    if integer:
        levels = np.linspace(-1, 1, 100, dtype=np.float32)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([np.full(input_shape, v)] for v in levels)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def tiny(lightness):
    """One 3 x 3 convolution of stride 2: mean lightness times a warm colour."""
    kernel = np.full((3, 3, 1, 2), 1 / 9, np.float32) * np.array([0.15, 0.35], np.float32)
    return {"ab": tf.nn.conv2d(lightness, kernel, strides=2, padding="SAME")}


def classifier(lightness):
    """Ten numbers a picture."""
    return {"classes": tf.reduce_mean(lightness, axis=[1, 2]) * tf.ones([1, 10])}


def main() -> None:
    network = convert(tiny, (1, 64, 64, 1))
    (FOLDER / "no_contract.tflite").write_bytes(network)
    (FOLDER / "tiny.tflite").write_bytes(with_contract(network, CONTRACT))
    viewing = replace(CONTRACT, name="tiny_view", view=TONE_VIEW)
    (FOLDER / "tiny_view.tflite").write_bytes(with_contract(network, viewing))
    integers = convert(tiny, (1, 64, 64, 1), integer=True)
    label = replace(CONTRACT, recipe="int8_full")
    (FOLDER / "tiny_integer.tflite").write_bytes(with_contract(integers, label))
    other = convert(classifier, (1, 64, 64, 1))
    (FOLDER / "other_network.tflite").write_bytes(with_contract(other, CONTRACT))


if __name__ == "__main__":
    main()
