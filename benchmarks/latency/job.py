"""One thing whose time is measured."""

from dataclasses import dataclass, replace

NETWORK = "network"

# Sizes of whole pictures, by name: width and height. 4:3 and 16:9 as cameras give them.
PICTURES = {"640x480": (640, 480), "1920x1080": (1920, 1080), "4000x3000": (4000, 3000)}

AI_EDGE_LITERT = "ai-edge-litert"
COMPILED_MODEL = "CompiledModel"  # ai-edge-litert's newer interface
TF_LITE = "tf.lite"
TFLITE_RUNTIME = "tflite-runtime"

# What runs `.tflite` files, and the module that must be there.
INTERPRETERS = {
    AI_EDGE_LITERT: "ai_edge_litert.interpreter",
    COMPILED_MODEL: "ai_edge_litert.compiled_model",
    TF_LITE: "tensorflow.lite.python.interpreter",
    TFLITE_RUNTIME: "tflite_runtime.interpreter",
}

KERAS = "Keras, torch"  # what runs the network of a run, as it was trained

AS_STORED = "as stored"
FLOAT32 = "float32"


@dataclass(frozen=True)
class LatencyJob:
    """A model in one setting.

    Attributes:
        model: a shipped name, a `.tflite`, a run's folder or its weights.
        interpreter: one of `INTERPRETERS`, or `KERAS`.
        precision: of the arithmetic: `AS_STORED` for a `.tflite`, else `FLOAT32`.
        threads: at most so many of the CPU.
        accelerator: `cpu` or `gpu`.
        batch: pictures a run.
        what: `NETWORK`, or one of `PICTURES`: from grey to colour in memory.
    """

    model: str
    interpreter: str
    precision: str = AS_STORED
    threads: int = 1
    accelerator: str = "cpu"
    batch: int = 1
    what: str = NETWORK

    @property
    def setting(self) -> "LatencyJob":
        """All but the model: jobs of one setting can be compared."""
        return replace(self, model="")
