"""Run the graph of a `.tflite` in half precision, operator by operator, as a phone's GPU does."""

from dataclasses import dataclass

import numpy as np

from export.check.graph import Graph, Operator
from export.check.half_kernels import FUSED, KERNELS, Arithmetic
from export.errors import ExportError


@dataclass(frozen=True)
class Run:
    """What came out, and how large the values were on the way.

    Attributes:
        ab: float32 [S', S', 2].
        peaks: the largest absolute value of each layer, before its activation; infinite where it
            overflowed, also where what came out of it was no number.
    """

    ab: np.ndarray
    peaks: dict[str, float]


class UnknownOperatorError(ExportError):
    """An operator that cannot be computed here; that says nothing of the network."""


class HalfNetwork:
    """A network whose weights, activations and sums are kept as an `Arithmetic` says.

    Weights of int8 layers are taken as the float values that they stand for, and their activations
    are not rounded to int8: so it is on a GPU, which computes such networks in float.
    """

    def __init__(self, graph: Graph, arithmetic: Arithmetic) -> None:
        """Prepare a network.

        Raises:
            UnknownOperatorError: it has an operator that cannot be computed here; the message
                names the layer.
            ExportError: its constants cannot be read.
        """
        self._graph = graph
        self._arithmetic = arithmetic
        for operator in graph.operators:
            if operator.kind not in KERNELS:
                raise UnknownOperatorError(f"{operator.kind} at {operator.layer} is not known")
            fused = getattr(operator.options, "fusedActivationFunction", 0)
            if fused and fused not in FUSED:
                raise UnknownOperatorError(f"{operator.layer}: activation {fused} is not known")
        self._constants = {
            index: self._kept(value)
            for operator in graph.operators
            for index in operator.inputs
            if (value := graph.value(index)) is not None
        }

    def run(self, lightness: np.ndarray) -> Run:
        """Run the network once.

        Args:
            lightness: float32 [S, S], of `edge_runtime.contract.as_input`.
        Raises:
            UnknownOperatorError: an operator is of a form that cannot be computed here.
            ExportError: an operator does not fit its tensors. Messages name the layer.
        """
        values = dict(self._constants)
        values[self._graph.inputs[0]] = self._arithmetic.keep(lightness[None, :, :, None])
        peaks: dict[str, float] = {}
        # Overflow is what we look for, not an accident.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for operator in self._graph.operators:
                made, peak = self._step(operator, values)
                values[operator.outputs[0]] = made
                peaks[operator.layer] = max(peak, peaks.get(operator.layer, 0.0))
        return Run(values[self._graph.outputs[0]][0], peaks)

    def _step(self, operator: Operator, values: dict[int, np.ndarray]) -> tuple[np.ndarray, float]:
        inputs = [values[index] if index >= 0 else None for index in operator.inputs]
        try:
            made = KERNELS[operator.kind](operator.options, inputs, self._arithmetic)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ExportError(f"{operator.layer}: {operator.kind}: {error}") from None
        except NotImplementedError as error:
            raise UnknownOperatorError(
                f"{operator.kind} at {operator.layer} {error} is not known"
            ) from None
        if made.dtype.kind != "f":
            return made, 0.0
        made = self._arithmetic.keep(made)
        # Before the activation: RELU6 hides an overflow, not what it does to the sum.
        peak = float(np.abs(made).max(initial=0.0))
        fused = getattr(operator.options, "fusedActivationFunction", 0)
        if fused:
            made = self._arithmetic.keep(FUSED[fused](made))
        return made, peak if np.isfinite(peak) else np.inf

    def _kept(self, value: np.ndarray) -> np.ndarray:
        return self._arithmetic.keep(value) if value.dtype.kind == "f" else value
