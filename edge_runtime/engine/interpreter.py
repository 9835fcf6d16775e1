"""One network: lightness in, ab out, on LiteRT or, an `.onnx`, on ONNX Runtime."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, DELEGATE
from edge_runtime.engine.choose_engine import Choice, choose_engine, choose_provider
from edge_runtime.engine.delegate import load_delegate, takes_part
from edge_runtime.engine.integer_coding import IntegerCoding, integer_coding
from edge_runtime.engine.litert import first_line, load_litert, without_greeting
from edge_runtime.engine.onnx_engine import OnnxEngine
from edge_runtime.errors import ArgumentError, ModelError
from edge_runtime.model.contract import FULL_INTEGER
from edge_runtime.model.model_file import ModelFile, read_model
from edge_runtime.model.tensor_facts import TensorFacts, tensor_facts

# ONNX Runtime's words for what NumPy calls otherwise.
_ONNX_TYPES = {"tensor(float)": "float32"}


@dataclass(frozen=True)
class Tensor:
    """What a model says of one of its tensors.

    Attributes:
        role: `input` or `output`.
        name, dtype, shape: of the tensor; an open side is a text, as in `batch`.
        range: the least and the greatest of its values, in float units, if the file tells.
        scale, zero_point: of an integer tensor, value = scale * (integer - zero point); else None.
    """

    role: str
    name: str
    dtype: str
    shape: tuple[int | str, ...]
    range: tuple[float, float] | None = None
    scale: float | None = None
    zero_point: int | None = None


class InterpreterEngine:
    """A network on LiteRT's interpreter: on the CPU, and on what a delegate takes of it."""

    def __init__(
        self,
        data: bytes,
        threads: int,
        delegate: Any = None,
        codings: tuple[IntegerCoding, IntegerCoding] | None = None,
    ):
        """Load a model.

        Args:
            data: the checked bytes of a model file.
            threads: how many threads a run may use.
            delegate: of `load_delegate`, or none.
            codings: of an int8 input and an int8 output; none where they are float32.
        Raises:
            TintLiteError: no interpreter is installed, or it cannot be loaded.
            ValueError, RuntimeError: LiteRT or the delegate cannot run the model.
        """
        delegates = {} if delegate is None else {"experimental_delegates": [delegate]}
        litert = load_litert()
        with without_greeting():
            self._interpreter = litert.Interpreter(
                model_content=data, num_threads=threads, **delegates
            )
            self._interpreter.allocate_tensors()
        self.inputs = self._interpreter.get_input_details()
        self.outputs = self._interpreter.get_output_details()
        self.signatures = tuple(self._interpreter.get_signature_list())
        self._codings = codings

    def run(self, lightness: np.ndarray) -> np.ndarray:
        """As `Engine.run`."""
        batch = np.ascontiguousarray(lightness[None, :, :, None], np.float32)
        if self._codings is not None:
            batch = self._codings[0].encode(batch)
        self._interpreter.set_tensor(self.inputs[0]["index"], batch)
        self._interpreter.invoke()
        ab = self._interpreter.get_tensor(self.outputs[0]["index"])[0]
        return ab if self._codings is None else self._codings[1].decode(ab)


class Network:
    """A checked model, ready to run. Safe to share between threads; runs are one at a time.

    Attributes:
        contract: what the model file says of itself.
        input_size: S, the side of the square lightness input, in pixels.
        output_size: S', the side of the square ab output, in pixels.
        file_bytes: the size of the model file.
        described: the file's name, version and recipe, and the beginning of its hash.
        accelerator: what runs it: `cpu`, `gpu`, `delegate` or, of an `.onnx`, `onnx:` and a
            provider.
        accelerator_note: where more was asked for than is used: why; else nothing.
        opset: of an `.onnx` the version of its operators; None of a `.tflite`.
        signatures: the names of a `.tflite`'s signatures, as in `serving_default`.
    """

    def __init__(
        self,
        model: str | Path,
        threads: int,
        accelerator: str = DEFAULT_ACCELERATOR,
        delegate: str | Path | None = None,
    ):
        """Load a model.

        Args:
            model: the name of a shipped model, or the path of a `.tflite` or an `.onnx`.
            threads, accelerator, delegate: of a `Device`, which checks them; the accelerator is one
                that takes the file.
        Raises:
            ModelError: the file is not a whole and unedited TintLite model, or one that the
                accelerator does not take.
            TintLiteError: no interpreter is installed, or it cannot be loaded; the GPU was asked
                for and cannot be used; the delegate cannot be loaded.
        """
        file = read_model(model)
        self.contract = file.contract
        self.input_size = file.contract.input_size
        self.file_bytes = len(file.data)
        self.opset = file.opset
        self.described = file.describe()
        self._name = str(model)
        if file.opset is None:
            choice = self._on_litert(file, threads, accelerator, delegate)
        else:
            choice = self._on_onnxruntime(file, threads, accelerator, delegate)
        self._engine = choice.engine
        self.accelerator = choice.accelerator
        self.accelerator_note = choice.note
        self._lock = threading.Lock()

    def _on_litert(
        self, file: ModelFile, threads: int, accelerator: str, delegate: str | Path | None
    ) -> Choice:
        if accelerator.startswith("onnx"):
            raise ModelError(
                f"{self._name}: a .tflite, which ONNX Runtime does not run: export the network"
                " as .onnx (docs/guide/onnx.md) and give that file, or leave the accelerator out"
            )
        try:
            facts = tensor_facts(file.data)
            codings = _codings(facts) if self.contract.recipe == FULL_INTEGER else None
        except ModelError as error:
            raise ModelError(f"{self._name}: {error}") from None
        loaded = None if delegate is None else load_delegate(delegate)
        try:
            if delegate is not None and not takes_part(file.data, load_delegate(delegate)):
                raise ModelError(
                    f"{self._name}: the delegate {delegate} runs none of its operators"
                )
            cpu = InterpreterEngine(file.data, threads, loaded, codings)
        except UnicodeDecodeError:
            raise ModelError(f"{self._name}: a tensor's name is not text") from None
        except (ValueError, RuntimeError) as error:
            where = "LiteRT" if delegate is None else f"the delegate {delegate}"
            raise ModelError(f"{self._name}: {where} cannot run it: {first_line(error)}") from None
        self.signatures = cpu.signatures
        self._tensors = [
            _tensor(role, details, facts)
            for role, group in (("input", cpu.inputs), ("output", cpu.outputs))
            for details in group
        ]
        self.output_size = self._check_tensors(channels_first=False)
        choice = choose_engine(
            accelerator,
            file.data,
            cpu,
            self.input_size,
            self.output_size,
            integer=codings is not None,
        )
        return choice if delegate is None else replace(choice, accelerator=DELEGATE)

    def _on_onnxruntime(
        self, file: ModelFile, threads: int, accelerator: str, delegate: str | Path | None
    ) -> Choice:
        if delegate is not None:
            raise ModelError(f"{self._name}: an .onnx, which no delegate of LiteRT's runs")
        try:
            cpu = OnnxEngine(file.data, threads)
        except ModelError as error:
            raise ModelError(f"{self._name}: {error}") from None
        self.signatures = ()
        self._tensors = [
            Tensor(role, name, _ONNX_TYPES.get(kind, kind), tuple(side or "open" for side in shape))
            for role, group in (("input", cpu.inputs), ("output", cpu.outputs))
            for name, kind, shape in group
        ]
        self.output_size = self._check_tensors(channels_first=True)
        return choose_provider(
            accelerator, file.data, cpu, threads, self.input_size, self.output_size
        )

    def run(self, lightness: np.ndarray) -> np.ndarray:
        """Run the network once.

        Args:
            lightness: float32 [S, S], of `edge_runtime.model.contract.as_input`.
        Returns:
            float32 [S', S', 2], a* and b* / 110, not clipped.
        Raises:
            ModelError: the network fails on this input, or gives what are no numbers.
            ValueError: another shape.
        """
        size = self.input_size
        if lightness.shape != (size, size):
            raise ArgumentError(
                f"the network takes {size} x {size} lightness, not {lightness.shape}"
            )
        with self._lock:
            try:
                ab = self._engine.run(lightness)
            except RuntimeError as error:
                raise ModelError(f"{self._name}: the network failed: {first_line(error)}") from None
        if not np.isfinite(ab).all():
            raise ModelError(f"{self._name}: the network's output is not finite")
        return ab

    def tensors(self) -> list[Tensor]:
        """The inputs and outputs, as the file describes them."""
        return list(self._tensors)

    def _check_tensors(self, *, channels_first: bool) -> int:
        """See that the tensors are those of the contract; returns S'."""
        size = self.input_size
        kind = "int8" if self.contract.recipe == FULL_INTEGER else "float32"
        taken, given = (
            [_side(t, kind, channels, channels_first) for t in self._tensors if t.role == role]
            for role, channels in (("input", 1), ("output", 2))
        )
        if taken != [size]:
            raise ModelError(
                f"{self._name}: another network: its input is not {size} x {size} lightness"
                f" in {kind}"
            )
        if len(given) != 1 or not 1 <= given[0] <= size:
            raise ModelError(
                f"{self._name}: another network: its output is not a square of ab in {kind}"
            )
        return given[0]


def _tensor(role: str, details: dict[str, Any], facts: dict[int, TensorFacts]) -> Tensor:
    """What LiteRT and the file say of a tensor."""
    found = facts.get(details["index"], TensorFacts(None, (), ()))
    coded = len(found.scales) == len(found.zero_points) == 1
    return Tensor(
        role,
        details["name"],
        np.dtype(details["dtype"]).name,
        tuple(int(side) for side in details["shape"]),
        found.range,
        found.scales[0] if coded else None,
        found.zero_points[0] if coded else None,
    )


def _side(tensor: Tensor, dtype: str, channels: int, channels_first: bool) -> int:
    """The side of a square of so many channels, one at a time; 0 of any other tensor.

    With the channels first, as in an `.onnx`, the batch may be open.
    """
    if tensor.dtype != dtype or len(tensor.shape) != 4:
        return 0
    batch, *sides = tensor.shape
    found = sides.pop(0 if channels_first else 2)
    height, width = sides
    one = batch == 1 or (channels_first and isinstance(batch, str))
    fits = one and found == channels and height == width
    return height if fits and isinstance(height, int) else 0


def _codings(facts: dict[int, TensorFacts]) -> tuple[IntegerCoding, IntegerCoding]:
    """Those of the input and of the output of a full-integer model.

    Raises:
        ModelError: it has not one of each, or they cannot be used.
    """
    if len(facts) != 2:
        raise ModelError("another network: it has not one input and one output")
    taken, given = facts.values()  # the input comes first
    return integer_coding(taken, "input"), integer_coding(given, "output")
