"""What `tintlite benchmark` measures of one model at one size of frames."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class DeviceRow:
    """One model at one size of frames.

    Attributes:
        model: its name.
        size: one of `edge_runtime.bench.frame_loop.SIZES`.
        threads: of the network, and of what comes before and after it.
        accelerator: what ran the network, as `Colorizer.accelerator` says it.
        frames: how many were timed.
        fps: frames a second, over all of them.
        median_ms, p90_ms: of a frame, from grey to colour in memory.
        network_ms: the median of the network's part of it.
        temperature_c, throttled: at the end of the row, as in `Heat`.
        error: why it could not be measured; the figures are None then.
        note: where more was asked for than is used: why; else nothing.
    """

    model: str
    size: str
    threads: int
    accelerator: str
    frames: int | None = None
    fps: float | None = None
    median_ms: float | None = None
    p90_ms: float | None = None
    network_ms: float | None = None
    temperature_c: float | None = None
    throttled: str | None = None
    error: str | None = None
    note: str = ""

    def flat(self) -> dict[str, str | int | float | None]:
        """The row of a result file, whose notes are elsewhere."""
        values = asdict(self)
        del values["note"]
        return values
