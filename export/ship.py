"""Put model files into the package: with the ranges of their ends, their SHA-256 and vectors."""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_runtime.engine.interpreter import Network
from edge_runtime.model import shipped
from edge_runtime.model.model_file import ModelFile, read_model
from edge_runtime.whole_file import write_whole
from export.contract_writer import with_contract
from export.errors import ExportError
from export.golden import write_golden
from export.lightness_inputs import lightness_inputs
from export.tensor_ranges import ab_range, with_ranges


@dataclass(frozen=True)
class Shipped:
    """A model file in the package.

    Attributes:
        file: where.
        bytes: its size, which the model's card in `docs/models/` tells as well.
        changed: whether it is another file than before.
    """

    file: Path
    bytes: int
    changed: bool


def ship(
    files: Sequence[Path],
    golden: Path,
    *,
    pictures: str | None = None,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> list[Shipped]:
    """Renew the shipped models, `SHA256SUMS` and the golden vectors.

    A model without ranges gets them; that changes no weight, and is only done where the outputs
    are the same to the last bit on all pictures.

    Args:
        files: exported files; each replaces the shipped model of its contract's name. None: the
            shipped files themselves.
        golden: the folder of the golden vectors.
        pictures: a source of at least 200 pictures, to measure ranges on where they are missing.
        on_stage: called with a word for each stage.
    Raises:
        ModelError: a file is no whole and unedited model.
        ExportError: two files of one name, ranges are missing and no pictures given, or the
            folders cannot be written.
        TrainError: the pictures are unfit.
    """
    sources = list(files) or [shipped.shipped_path(name) for name in shipped.shipped_names()]
    models = {source: read_model(source) for source in sources}
    names = [model.contract.name for model in models.values()]
    if len(set(names)) < len(names):
        raise ExportError(f"two files are of one model: {', '.join(sorted(names))}")
    finished = {}
    for source, model in models.items():
        on_stage(f"{model.contract.name}: looking for ranges")
        finished[model.contract.name] = _with_ranges(source, model, pictures)
    results = []
    try:
        for name, data in finished.items():
            file = shipped.MODELS_FOLDER / f"{name}.tflite"
            changed = not file.exists() or file.read_bytes() != data
            if changed:
                write_whole(file, data)
            results.append(Shipped(file, len(data), changed))
        digests = (
            f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
            for file in sorted(shipped.MODELS_FOLDER.glob("*.tflite"))
        )
        write_whole(shipped.MODELS_FOLDER / shipped.DIGESTS_FILE, "".join(digests).encode())
    except OSError as error:
        raise ExportError(f"{error.filename} cannot be written: {error.strerror}") from None
    shipped.forget_digests()
    write_golden(golden, on_stage)
    return results


def _with_ranges(source: Path, model: ModelFile, pictures: str | None) -> bytes:
    """The bytes of a model, with ranges if it had none."""
    network = Network(source, threads=1)
    if all(tensor.range is not None for tensor in network.tensors()):
        return model.data
    if pictures is None:
        raise ExportError(f"{source} does not tell the ranges of its ends: give --pictures")
    view = model.contract.view
    inputs = [x for group in lightness_inputs(pictures, network.input_size, view) for x in group]
    data = with_contract(with_ranges(model.data, ab_range(network.run, inputs)), model.contract)
    with tempfile.TemporaryDirectory(prefix="tintlite-ship-") as folder:
        copy = Path(folder) / "model.tflite"
        copy.write_bytes(data)
        same = Network(copy, threads=1)
        if not all(np.array_equal(network.run(x), same.run(x)) for x in inputs):
            raise ExportError(f"{source}: the file with ranges gives other colours")
    return data
