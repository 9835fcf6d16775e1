"""All checks of one model file, and the report that they make."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.engine.interpreter import Network
from edge_runtime.errors import ModelError
from edge_runtime.model.contract import Contract
from edge_runtime.model.model_file import read_model
from export.check.agreement import check_kernels, check_reference, open_reference
from export.check.extreme_inputs import extreme_inputs
from export.check.gates import gates
from export.check.gpu_run import check_gpu_run
from export.check.graph import Graph
from export.check.operators import macs
from export.check.result import Result
from export.check.speed import check_speed
from export.errors import ExportError
from train.data.open_pictures import TruePictures
from train.measure.evaluate import network_input

SCHEMA = "tintlite-check"
SCHEMA_VERSION = 1

# By the name of a shipped model, in int8: bytes, and multiplications a picture.
LIMITS = {"nano": (600_000, 0.2e9), "standard": (2_500_000, 0.6e9)}

# Pictures that parity is looked at with; the GPU and the plain kernels take fewer.
_MOST_PICTURES = 64
_FEW = 4


@dataclass(frozen=True)
class Report:
    """What was found of a file.

    Attributes:
        file: its name without its folders.
        sha256, bytes: of the file; None where it could not be read.
        contract: what it says of itself; None where it was refused.
        results: in the order of the checks.
    """

    file: str
    sha256: str | None
    bytes: int | None
    contract: Contract | None
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(result.status != "fail" for result in self.results)

    def to_json(self) -> dict[str, Any]:
        """The report as `json.dumps` takes it."""
        return {
            "schema": SCHEMA,
            "schema_version": SCHEMA_VERSION,
            "passed": self.passed,
        } | (asdict(self) | {"contract": self.contract and self.contract.values()})


def check_file(
    model: str,
    *,
    reference: str | None = None,
    pictures: str | None = None,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> Report:
    """Check a model file; one that its contract or its tensors refuse is not run.

    Args:
        model: the path of a `.tflite` or an `.onnx`, or a shipped model's name.
        reference: what its colours are compared with: a run's folder, its weights, or a model file;
            None for LiteRT's plain kernels on the same file. Half precision needs a run or weights.
        pictures: a source of pictures to compare on; drawn ones if None.
        on_stage: called with a word for each check.
    Raises:
        TrainError, ModelError: the reference or the pictures are unfit.
    """
    on_stage("contract")
    name = Path(model).name
    try:
        file = read_model(model)
        network = Network(model, threads=1)
    except ModelError as error:
        return Report(name, None, None, None, (Result("contract", "fail", str(error)),))
    contract, size = network.contract, network.input_size
    head = (name, hashlib.sha256(file.data).hexdigest(), len(file.data), contract)
    said = f"{contract.name} {contract.version}, {contract.recipe}, S = {size}, sealed"
    results = [Result("contract", "pass", said)]
    beside, model_beside = open_reference(reference, contract) if reference else (None, None)
    extremes = extreme_inputs(size)
    seen = _inputs(pictures, contract) if pictures else extremes
    few = dict(list(seen.items())[:_FEW]) if pictures else extremes
    half = partial(_half_precision, model_beside, extremes)
    try:
        graph = Graph(file.data) if file.opset is None else None
        results += gates(file.data, contract.recipe, half, on_stage)
    except ExportError as error:
        return Report(*head, (*results, Result("operators", "fail", str(error))))
    if graph is not None:
        on_stage("gpu run")
        results.append(check_gpu_run(file.data, network, few))
    on_stage("parity")
    if beside is not None:
        results.append(check_reference(network, beside, seen))
    elif graph is not None:
        results.append(check_kernels(file.data, network, graph, few))
    else:
        results.append(Result("parity", "skipped", "not checked: give --reference"))
    if graph is not None:
        results.append(check_size(contract, len(file.data), graph))
    else:
        results.append(Result("size", "told", f"{len(file.data):,} bytes"))
    on_stage("speed")
    results.append(check_speed(model, extremes["pattern"]))
    return Report(*head, tuple(results))


def check_size(contract: Contract, size: int, graph: Graph) -> Result:
    """At most what is promised of the shipped name, if it is one and in int8; else just told."""
    work = macs(graph)
    figures = {"bytes": size, "macs": work}
    told = f"{size:,} bytes, {work / 1e9:.3f} GMAC a picture"
    if contract.name not in LIMITS or not contract.recipe.startswith("int8"):
        return Result("size", "told", told, figures)
    most_bytes, most_work = LIMITS[contract.name]
    good = size <= most_bytes and work <= most_work
    detail = f"{told}; limits {most_bytes:,} bytes, {most_work / 1e9:g} GMAC"
    return Result("size", "pass" if good else "fail", detail, figures)


def _half_precision(model: Any | None, inputs: Mapping[str, np.ndarray]) -> Result:
    """Of the network that the file is compared with; a `.tflite` cannot be built anew."""
    if model is None:
        detail = "not checked: give --reference, a run or its weights"
        return Result("half precision", "skipped", detail)
    # Here, as TensorFlow takes long to load.
    from export.check.half_precision import check_half_precision

    return check_half_precision(model, inputs)


def _inputs(pictures: str, contract: Contract) -> dict[str, np.ndarray]:
    """Network inputs of some pictures, by name.

    Raises:
        TrainError: the source is bad, or has no usable picture.
    """
    source = TruePictures(pictures, _MOST_PICTURES)
    size, view = contract.input_size, contract.view
    inputs = {name: network_input(pixels, size, view) for name, pixels in source.named()}
    if not inputs:
        raise ExportError(f"{pictures} has no usable colour picture")
    return inputs
