"""Make the small networks of this folder (needs TensorFlow; run by hand, once).

    python tests/data/make_tiny_model.py

`tiny.tflite` is a real network with a contract and a seal: 64 x 64 lightness to 32 x 32 ab, bright
parts warm and dark parts cold, so that a test sees colour. `no_contract.tflite` is the same
without a contract, `other_network.tflite` is a sealed network of other tensors (a classifier).
"""

from pathlib import Path

import flatbuffers
import numpy as np
import tensorflow as tf
from ai_edge_litert import schema_py_generated as schema

from edge_runtime.contract import METADATA_NAME, Contract
from edge_runtime.seal import seal

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


def convert(function, input_shape) -> bytes:
    """The `.tflite` bytes of a function of one float32 tensor."""
    concrete = tf.function(
        function, input_signature=[tf.TensorSpec(input_shape, tf.float32, name="lightness")]
    ).get_concrete_function()
    return tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()


def with_contract(model: bytes, contract: Contract) -> bytes:
    """The same model with the contract inside, sealed."""
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model))
    data = np.frombuffer(contract.to_json().encode(), np.uint8)
    entry = schema.MetadataT()
    entry.name = METADATA_NAME
    entry.buffer = len(tree.buffers)
    buffer = schema.BufferT()
    buffer.data = data
    tree.buffers.append(buffer)
    tree.metadata = [*(tree.metadata or []), entry]
    builder = flatbuffers.Builder(len(model) + len(data))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return seal(bytes(builder.Output()))


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
    other = convert(classifier, (1, 64, 64, 1))
    (FOLDER / "other_network.tflite").write_bytes(with_contract(other, CONTRACT))


if __name__ == "__main__":
    main()
