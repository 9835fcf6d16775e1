"""The controls of the page: which model, how many threads, how strong the colours."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from edge_runtime.device import Device
from edge_runtime.engine.threads import check_threads
from edge_runtime.errors import ModelError
from edge_runtime.look import Look
from edge_runtime.model.model_file import DEFAULT_MODEL
from edge_runtime.model.shipped import shipped_names


@dataclass(frozen=True)
class Settings:
    """How to colour.

    Attributes:
        model: the name of one of the models at hand.
        threads: 1 to 64.
        saturation: factor on a* and b*, 0 to 3.
    """

    model: str
    threads: int
    saturation: float

    @property
    def look(self) -> Look:
        """How photos are coloured.

        Raises:
            ArgumentError: the saturation is out of range.
        """
        return Look(saturation=self.saturation)

    def for_worker(self, models: "Models", device: Device) -> dict[str, Any]:
        """The same for a process that colours: the model's file, the device, the saturation."""
        return {
            "model": models.file(self.model),
            "device": asdict(replace(device, threads=self.threads)),
            "saturation": self.saturation,
        }


def change(settings: Settings, models: "Models", **changes: object) -> Settings:
    """Other settings; what is None stays.

    Raises:
        ModelError: the model is none of those at hand.
        ArgumentError: threads or saturation out of range.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    changed = Settings(**(asdict(settings) | given))
    models.file(changed.model)
    check_threads(changed.threads)
    return replace(changed, saturation=float(changed.look.saturation))


class Models:
    """The models that the page offers: the shipped ones, and the file that the server got.

    A name from outside is looked up here, and never becomes a path.
    """

    def __init__(self, model: str | Path):
        """Offer the shipped models and `model`: a shipped model's name, or a `.tflite` file.

        `first` is the name of `model`.
        """
        # The usual one first, then the others as they are listed.
        names = sorted(shipped_names(), key=lambda name: name != DEFAULT_MODEL)
        self._files: dict[str, str | Path] = {name: name for name in names}
        self.first = str(model) if model in self._files else Path(model).name
        self._files.setdefault(self.first, model)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._files)

    def file(self, name: str) -> str | Path:
        """What `Colorizer` takes for a model's name.

        Raises:
            ModelError: it is none of `names`.
        """
        if name not in self._files:
            raise ModelError(f"unknown model '{name[:40]}' (there are: {', '.join(self._files)})")
        return self._files[name]
