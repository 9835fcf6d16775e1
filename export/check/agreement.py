"""The file gives the colours that it should: those of a float reference, or of plain kernels."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.engine.integer_coding import integer_coding
from edge_runtime.engine.interpreter import Network as LiteRTNetwork
from edge_runtime.engine.litert import first_line, load_litert
from edge_runtime.model.contract import FULL_INTEGER, Contract
from edge_runtime.model.tensor_facts import tensor_facts
from export.check.graph import Graph
from export.check.operators import macs
from export.check.result import Result
from export.errors import ExportError
from export.parity import Parity, compare
from train.measure.evaluate import Network, run_all
from train.measure.open_networks import keras_network
from train.networks.load import load_generator, run_view

# The largest difference of a* or b* that other orders of summing up leave, and what a recipe may
# cost: between the two pictures, dB.
MAX_AB = 0.1
LEAST_PSNR = {"fp16": 50.0, "int8_ptq": 35.0, "int8_qat": 35.0, "int8_full": 35.0}
LEAST_PSNR |= {"onnx_fp16": 50.0, "onnx_int8": 35.0}

# Between two sets of int8 kernels, which round in different places.
LEAST_KERNEL_PSNR = 40.0

# The plain kernels do this many multiplications in a few seconds.
_MOST_MACS = 2e9


def open_reference(reference: str, contract: Contract) -> tuple[Network, Any | None]:
    """Open a network to compare a file with.

    Args:
        reference: a run's folder, its weights, a `.tflite` or an `.onnx`.
        contract: of the file.
    Returns:
        The network from lightness to ab, and the Keras model; None of a `.tflite` or an `.onnx`.
    Raises:
        WeightsError, ModelError: it cannot be opened.
        ExportError: it sees pictures of another size, or through another view.
    """
    own, path = contract.input_size, Path(reference)
    if path.is_dir() or path.name.endswith(".weights.h5"):
        model = load_generator(path, own)
        size, view, run = own, run_view(path), keras_network(model)
    else:
        network = LiteRTNetwork(reference, threads=1)
        model, size, view, run = None, network.input_size, network.contract.view, network.run
    if size != own:
        raise ExportError(f"{reference} sees {size} x {size}, the file {own} x {own}")
    if view != contract.view:
        raise ExportError(f"{reference} sees pictures through another tone view than the file")
    return run, model


def check_reference(
    network: LiteRTNetwork, reference: Network, inputs: Mapping[str, np.ndarray]
) -> Result:
    """As near to a float reference as the recipe allows."""
    shown = list(inputs.values())
    found = compare(network.run, run_all(reference, shown), shown)
    least = LEAST_PSNR.get(network.contract.recipe)
    return _judged(found, "the reference", least)


def check_kernels(
    data: bytes, network: LiteRTNetwork, graph: Graph, inputs: Mapping[str, np.ndarray]
) -> Result:
    """XNNPACK gives what LiteRT's plain reference kernels give of the same file."""
    work = macs(graph)
    if work > _MOST_MACS:
        detail = f"{work / 1e9:.1f} GMAC take the plain kernels too long; give --reference"
        return Result("parity", "skipped", detail)
    litert = load_litert()
    try:
        plain = litert.Interpreter(
            model_content=data, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF
        )
        plain.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        detail = f"LiteRT has no plain kernels for it ({first_line(error)}); give --reference"
        return Result("parity", "skipped", detail)
    first, last = plain.get_input_details()[0], plain.get_output_details()[0]
    integer = network.contract.recipe == FULL_INTEGER
    facts = tensor_facts(data)

    def run(lightness: np.ndarray) -> np.ndarray:
        batch = lightness[None, :, :, None]
        if integer:
            batch = integer_coding(facts[first["index"]], "input").encode(batch)
        plain.set_tensor(first["index"], batch)
        plain.invoke()
        ab = plain.get_tensor(last["index"])[0].copy()
        return integer_coding(facts[last["index"]], "output").decode(ab) if integer else ab

    shown = list(inputs.values())
    found = compare(network.run, run_all(run, shown), shown)
    exact = not any(op.dtype in ("INT8", "UINT8") for op in graph.operators)
    return _judged(found, "plain kernels", None if exact else LEAST_KERNEL_PSNR)


def _judged(found: Parity, beside: str, least: float | None) -> Result:
    """A result; without a least PSNR the largest difference of ab counts."""
    equal = not isfinite(found.rgb_psnr)
    psnr = "equal pictures" if equal else f"{found.rgb_psnr:.1f} dB"
    if least is None:
        good, limit = found.max_ab <= MAX_AB, f"limit {MAX_AB:g} units of ab"
    else:
        good, limit = found.rgb_psnr >= least, f"limit {least:g} dB"
    figures = {
        "inputs": found.pictures,
        "rgb_psnr_db": None if equal else round(found.rgb_psnr, 3),
        "max_ab": round(found.max_ab, 4),
    }
    detail = (
        f"to {beside} on {found.pictures} inputs: {psnr}, at most {found.max_ab:.3g} units of ab;"
        f" {limit}"
    )
    return Result("parity", "pass" if good else "fail", detail, figures)
