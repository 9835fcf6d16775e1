"""Read a model file of TintLite: found, whole, unedited and with a contract, or a clear refusal."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.errors import ModelError
from edge_runtime.model.contract import Contract
from edge_runtime.model.onnx_file import check_onnx, is_onnx
from edge_runtime.model.seal import check_seal, contract_json
from edge_runtime.model.shipped import check_shipped, shipped_names, shipped_path

DEFAULT_MODEL = "standard"

# The largest model of the paper that we export has 62 million float32 weights.
MAX_MODEL_BYTES = 512 * 2**20

# Of a hash, enough to tell models apart.
_DIGITS = 12


@dataclass(frozen=True)
class ModelFile:
    """The checked bytes of a model file, and the contract that they hold.

    Attributes:
        data: the bytes.
        contract: what they say of themselves.
        opset: of an `.onnx` the version of its operators; None of a `.tflite`.
    """

    data: bytes
    contract: Contract
    opset: int | None = None

    def describe(self) -> str:
        """The model's name, version and recipe, and the beginning of its hash."""
        digest = hashlib.sha256(self.data).hexdigest()[:_DIGITS]
        contract = self.contract
        return f"{contract.name} {contract.version} {contract.recipe} {digest}"


def read_model(model: str | Path) -> ModelFile:
    """Read and check a model.

    Args:
        model: the name of a shipped model, or the path of a `.tflite` or an `.onnx`.
    Raises:
        ModelError: no such model, not a TintLite model, cut off, changed, or too large.
    """
    if model in shipped_names():
        path = shipped_path(str(model))
        data = _read(path)
        check_shipped(str(model), data)
    else:
        path = Path(model)
        # Not Path.exists, which raises for names that are too long and folders that are closed.
        if not path.suffix and not os.path.exists(path):
            names = ", ".join(shipped_names()) or "none is installed"
            raise ModelError(f"unknown model '{model}' (shipped: {names}; or give a .tflite file)")
        data = _read(path)
    try:
        check_seal(data)
        contract = Contract.from_json(contract_json(data))
        opset = check_onnx(data) if is_onnx(data) else None
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
    return ModelFile(data, contract, opset)


def _read(path: Path) -> bytes:
    try:
        found = path.stat()
        # A pipe would keep the reader waiting, and a device has no end.
        if not stat.S_ISREG(found.st_mode):
            raise ModelError(f"{path}: cannot be read: not a file")
        if found.st_size > MAX_MODEL_BYTES:
            raise ModelError(f"{path}: larger than any TintLite model")
        with path.open("rb") as file:
            return file.read(found.st_size + 1)  # no more, should it grow; the seal sees one more
    except FileNotFoundError:
        raise ModelError(f"{path}: no such model file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{path}: cannot be read: {reason}") from None
