"""The model contract: what a `.tflite` says of itself, and what every room relies on.

Input `lightness`: float32 [1, S, S, 1], CIE L* / 50 - 1.
Output `ab`: float32 [1, S', S', 2], a* and b* / 110, linear, clipped outside the graph.
Recipe `FULL_INTEGER` alone has int8 there, of the same values by the tensors' own scales.
The contract travels inside the file as JSON, in the flatbuffer metadata entry `METADATA_NAME`,
together with the seal (`edge_runtime/seal.py`): the size and the SHA-256 of the whole file.
"""

import json
import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from edge_runtime.errors import ModelError

CONTRACT_VERSION = 1
METADATA_NAME = "TINTLITE_CONTRACT"

LIGHTNESS_SCALE = 50.0  # lightness = L* / LIGHTNESS_SCALE - 1
AB_SCALE = 110.0  # ab = (a*, b*) / AB_SCALE

# The seal's two values before the file is sealed: their widths are those of the real values.
UNSEALED = {"size": "0" * 12, "sha256": "0" * 64}

MAX_JSON_BYTES = 65_536

# The recipe whose input and output are int8 as well, for accelerators that know no float.
FULL_INTEGER = "int8_full"

RECIPES = ("fp32", "fp16", "int8_ptq", "int8_qat", FULL_INTEGER)


@dataclass(frozen=True)
class Contract:
    """What a model file says of itself.

    Attributes:
        name: the model's name, as in `nano`.
        version: the model's own version, as in `1.0`.
        input_size: S, the side of the square that the network sees, in pixels.
        recipe: how the weights are stored, one of `RECIPES`.
        training_set: what the network was trained on.
        result: measured figures by name, as in {"val_rgb_psnr_db": 24.5}.
        licence: the licence of the weights, with its limits.
        lightness_scale, ab_scale: the divisors of L* and of a*, b*.
        contract_version: the version of this very layout.
    """

    name: str
    version: str
    input_size: int
    recipe: str
    training_set: str
    licence: str
    result: dict[str, float] = field(default_factory=dict)
    lightness_scale: float = LIGHTNESS_SCALE
    ab_scale: float = AB_SCALE
    contract_version: int = CONTRACT_VERSION

    def to_json(self) -> str:
        """The JSON text that goes into the file, with the seal still blank (`UNSEALED`)."""
        return json.dumps(asdict(self) | UNSEALED, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Contract":
        """Read and check a contract; the seal's values and unknown ones are left aside.

        Raises:
            ModelError: not JSON, a field missing or of another type, another contract version.
        """
        if len(text) > MAX_JSON_BYTES:
            raise ModelError("the model's contract is too long")
        try:
            values: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise ModelError("the model's contract is not readable JSON") from None
        if not isinstance(values, dict):
            raise ModelError("the model's contract is not a JSON object")
        version = values.get("contract_version")
        if version != CONTRACT_VERSION:
            raise ModelError(
                f"the model has contract version {version!r}, "
                f"this TintLite reads {CONTRACT_VERSION}"
            )
        known = [f.name for f in fields(cls)]
        missing = sorted(set(known) - set(values))
        if missing:
            raise ModelError(f"the model's contract lacks {', '.join(missing)}")
        contract = cls(**{name: values[name] for name in known})
        contract._check()
        return contract

    def _check(self) -> None:
        for name in ("name", "version", "recipe", "training_set", "licence"):
            text = getattr(self, name)
            # Printable only: these words are shown on terminals, which obey control characters.
            if not isinstance(text, str) or not text.isprintable():
                raise ModelError(f"the model's contract has a {name} that is not plain text")
        size = self.input_size
        if not isinstance(size, int) or isinstance(size, bool) or not 32 <= size <= 1024:
            raise ModelError(f"the model's contract has an input size of {size!r}, not 32 to 1024")
        if self.recipe not in RECIPES:
            raise ModelError(f"the model's contract names an unknown recipe {self.recipe!r}")
        if not isinstance(self.result, dict) or not all(
            name.isprintable() and _is_figure(value) for name, value in self.result.items()
        ):
            raise ModelError("the model's contract has a result that is not figures by name")
        if self.lightness_scale != LIGHTNESS_SCALE or self.ab_scale != AB_SCALE:
            raise ModelError("the model's contract has other scales than this TintLite")


def _is_figure(value: Any) -> bool:
    """Whether a value of JSON is a number that a float holds."""
    try:
        return isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:  # JSON's whole numbers have no largest one
        return False
