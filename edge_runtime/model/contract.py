"""The model contract: what a model file says of itself, and what every room relies on.

Input `lightness`: float32 [1, S, S, 1], -1..1: CIE L* through the tone view (version 2, see
`edge_runtime/model/tone.py`), or L* / 50 - 1 (version 1, which has no view).
Output `ab`: float32 [1, S', S', 2], a* and b* / 110, linear, clipped outside the graph.
Recipe `FULL_INTEGER` alone has int8 there, of the same values by the tensors' own scales.
An `.onnx` has the same with the channels first and an open batch: [N, 1, S, S] and [N, 2, S', S'].
The contract travels inside the file as JSON, in the flatbuffer metadata entry `METADATA_NAME` (of
an `.onnx` in `metadata_props`), together with the seal (`edge_runtime/model/seal.py`): the size and
the SHA-256 of the whole file.
"""

import json
import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from edge_runtime.errors import ModelError
from edge_runtime.model.tone import Levels, ToneView

# What is written of a model with a tone view; one without is still written as version 1.
CONTRACT_VERSION = 2
METADATA_NAME = "TINTLITE_CONTRACT"

LIGHTNESS_SCALE = 50.0  # without a tone view, lightness = L* / LIGHTNESS_SCALE - 1
AB_SCALE = 110.0  # ab = (a*, b*) / AB_SCALE

# The seal's two values before the file is sealed: their widths are those of the real values.
UNSEALED = {"size": "0" * 12, "sha256": "0" * 64}

MAX_JSON_BYTES = 65_536

# The recipe whose input and output are int8 as well, for accelerators that know no float.
FULL_INTEGER = "int8_full"

RECIPES = (
    *("fp32", "fp16", "int8_ptq", "int8_qat", FULL_INTEGER),
    *("onnx_fp32", "onnx_fp16", "onnx_int8"),
)


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
        view: how L* is stretched for the network; None where it is not.
    """

    name: str
    version: str
    input_size: int
    recipe: str
    training_set: str
    licence: str
    result: dict[str, float] = field(default_factory=dict)
    view: ToneView | None = None

    @property
    def contract_version(self) -> int:
        """The version of this very layout: 1 without a view, 2 with one."""
        return 1 if self.view is None else CONTRACT_VERSION

    def values(self) -> dict[str, Any]:
        """What the JSON says, by its names; one of two tells how L* becomes the input."""
        values = asdict(self)
        view = values.pop("view")
        seen = {"lightness_scale": LIGHTNESS_SCALE} if view is None else {"view": view}
        return values | seen | {"ab_scale": AB_SCALE, "contract_version": self.contract_version}

    def to_json(self) -> str:
        """The JSON text that goes into the file, with the seal still blank (`UNSEALED`)."""
        return json.dumps(self.values() | UNSEALED, sort_keys=True)

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
        if isinstance(version, bool) or version not in (1, CONTRACT_VERSION):
            raise ModelError(
                f"the model has contract version {version!r}, "
                f"this TintLite reads 1 and {CONTRACT_VERSION}"
            )
        names = {f.name for f in fields(cls)} - {"view"}
        needed = names | {"ab_scale", "lightness_scale" if version == 1 else "view"}
        missing = sorted(needed - set(values))
        if missing:
            raise ModelError(f"the model's contract lacks {', '.join(missing)}")
        other_lightness = version == 1 and values["lightness_scale"] != LIGHTNESS_SCALE
        if other_lightness or values["ab_scale"] != AB_SCALE:
            raise ModelError("the model's contract has other scales than this TintLite")
        view = None if version == 1 else _view(values["view"])
        contract = cls(**{name: values[name] for name in names}, view=view)
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


def as_input(
    lightness: np.ndarray, view: ToneView | None, levels: Levels | None = None
) -> np.ndarray:
    """The network's input `lightness`, of the view of its contract.

    Args:
        lightness: float32 [H, W], CIE L*, 0..100: of the whole scaled picture.
        view: of the contract; None where that has none.
        levels: held over a shot of a film, instead of the picture's own (see `ToneView`).
    Returns:
        float32 [H, W], -1..1.
    """
    if view is None:
        return np.asarray(lightness, np.float32) / LIGHTNESS_SCALE - 1
    return view.input_of(lightness, levels)


def _view(value: Any) -> ToneView:
    """The view of a contract.

    Raises:
        ModelError: not an object of three numbers, or out of range.
    """
    numbers: list[Any] = (
        [value.get(f.name) for f in fields(ToneView)] if isinstance(value, dict) else []
    )
    if not numbers or not all(_is_figure(number) for number in numbers):
        raise ModelError("the model's contract has a view that is not three numbers by name")
    try:
        return ToneView(*map(float, numbers))
    except ValueError as error:
        raise ModelError(f"the model's contract has a view out of range: {error}") from None


def _is_figure(value: Any) -> bool:
    """Whether a value of JSON is a number that a float holds."""
    try:
        return type(value) in (int, float) and math.isfinite(value)
    except OverflowError:  # JSON's whole numbers have no largest one
        return False
