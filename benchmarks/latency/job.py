"""One thing whose time is measured."""

from dataclasses import dataclass

NETWORK = "network"

# Sizes of whole pictures, by name: width and height. 4:3 and 16:9 as cameras give them.
PICTURES = {"640x480": (640, 480), "1920x1080": (1920, 1080), "4000x3000": (4000, 3000)}

AI_EDGE_LITERT = "ai-edge-litert"
COMPILED_MODEL = "CompiledModel"  # ai-edge-litert's newer interface
TF_LITE = "tf.lite"
TFLITE_RUNTIME = "tflite-runtime"
OPENCV = "OpenCV"  # its dnn, which takes no int8 files: run only where it is asked for

# What a Keras model runs on, by the name of the backend.
KERAS = {"tensorflow": "Keras, TensorFlow", "jax": "Keras, JAX", "torch": "Keras, torch"}

# The package that must be there.
PACKAGES = {
    AI_EDGE_LITERT: "ai_edge_litert",
    COMPILED_MODEL: "ai_edge_litert",
    TF_LITE: "tensorflow",
    TFLITE_RUNTIME: "tflite_runtime",
    OPENCV: "cv2",
    **{name: backend for backend, name in KERAS.items()},
}
LITERTS = (AI_EDGE_LITERT, COMPILED_MODEL, TF_LITE, TFLITE_RUNTIME)
INTERPRETERS = (*LITERTS, OPENCV)

AS_STORED = "as stored"
FLOAT32 = "float32"
BFLOAT16 = "bfloat16"

# A batch whose size is still to be found: that with the most pictures a second.
BEST_BATCH = 0


@dataclass(frozen=True)
class Job:
    """A model in one setting.

    Attributes:
        model: a shipped name, a `.tflite`, a run's folder or its weights.
        interpreter: one of `PACKAGES`.
        precision: of the arithmetic: `AS_STORED` for a `.tflite`, else `FLOAT32` or `BFLOAT16`.
        threads: at most so many of the CPU.
        accelerator: `cpu` or `gpu`.
        batch: pictures a run, or `BEST_BATCH`.
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
    def setting(self) -> tuple:
        """All but the model: jobs of one setting can be compared."""
        return (
            self.what,
            self.interpreter,
            self.precision,
            self.batch,
            self.threads,
            self.accelerator,
        )

    @property
    def keras_backend(self) -> str | None:
        """Of a Keras model."""
        return next((key for key, name in KERAS.items() if name == self.interpreter), None)
