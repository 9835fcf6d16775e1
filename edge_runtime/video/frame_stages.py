"""What is done with each frame between decoding and encoding, as stages of a pipeline."""

from collections.abc import Callable
from typing import Any

import numpy as np

from edge_runtime.colorizer import Colorizer
from edge_runtime.colour.view import Print, View
from edge_runtime.steady.flicker import FlickerMeter
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import ChromaSmoother
from edge_runtime.video.chroma import ChromaMaker
from edge_runtime.video.job import FrameJob
from edge_runtime.video.luma import grey_levels, half_size, lightness_of
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.pipeline import Stage
from edge_runtime.video.planes import Workbench, deep_picture, plane
from edge_runtime.video.references import References
from edge_runtime.video.signal import Signal


class FrameStages:
    """lightness | shot | network | smooth | references | measure | chroma, of one film's frames.

    Attributes:
        stages: in order.
        meter: of the flicker, or None where it is not measured.
        bench: which brings frames into one format and size.
    """

    def __init__(
        self,
        colorizer: Colorizer,
        options: VideoOptions,
        signal: Signal,
        *,
        width: int,
        height: int,
        turns: int = 0,
        keep_fields: bool = False,
        squeeze: bool = False,
        pictures: bool = False,
        references: References | None = None,
    ):
        """Prepare; nothing runs yet.

        Args:
            colorizer: the network.
            options: look and stats.
            signal: how luma and chroma are coded.
            width, height: of the frames that come out, in pixels.
            turns: quarter turns, against the clock, that put a frame upright.
            keep_fields: whether the chroma of each field of an interlaced frame is its own.
            squeeze: whether luma that takes all levels is brought to the limited ones.
            pictures: whether frames are painted as pictures of 16 bits too.
            references: frames whose colours a person corrected.
        """
        self._colorizer = colorizer
        look = options.look
        self._saturation = np.float32(look.saturation)
        self._signal = signal
        self._turns = turns
        self._keep_fields = keep_fields
        upright = (width, height) if turns % 2 else (height, width)
        self._framing = colorizer.framing(*upright, look)
        self._chroma = ChromaMaker(signal)
        self._smoother = ChromaSmoother(look.smoothing) if look.smoothing else None
        self.bench = Workbench(signal, width, height, squeeze)
        self.meter = FlickerMeter() if options.stats else None
        self._references = references
        self._look, self._pictures = look, pictures
        self.stages: list[Stage] = []
        self._keepers: dict[str, Any] = {}
        self._add("lightness", self.see, self.bench)
        if self._smoother or references:
            shots = ShotWatch(colorizer.contract.view)
            self._add("shot", lambda job: self.watch(job, shots), shots)
        self._add("network", self._predict)
        if self._smoother:
            self._add("smooth", self._smooth, self._smoother)
        if references:
            self._add("references", self._refer, references)
        if self.meter:
            self._add("measure", self._measure, self.meter)
        self._add("chroma", self._colour)
        if pictures:
            self._add("paint", self._paint)

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on where a job gathered a state.

        Args:
            state: of all steps, by names, as `FrameJob.state`.
        """
        for name, keeper in self._keepers.items():
            begin = f"{name}."
            kept = {key: value for key, value in state.items() if key.startswith(begin)}
            keeper.restore({key.removeprefix(begin): value for key, value in kept.items()})

    def _add(self, name: str, work: Callable[[FrameJob], None], keeper: Any = None) -> None:
        """Add a stage; what it keeps from frame to frame goes into the jobs with a place for it."""

        def work_on(job: FrameJob) -> None:
            if job.state is not None and keeper is not None:
                job.state |= {f"{name}.{key}": value for key, value in keeper.state().items()}
            work(job)

        self.stages.append(Stage(name, work_on))
        if keeper is not None:
            self._keepers[name] = keeper

    def see(self, job: FrameJob) -> None:
        """Bring a job's frame into the format of the work, and find what the network is shown."""
        deep = deep_picture(job.frame) if self._pictures else None
        job.frame = self.bench.prepare(job.frame)
        luma = plane(job.frame, 0)
        if self._pictures:
            if deep is None:
                levels = np.rint(grey_levels(self._signal) * 65_535).astype(np.uint16)
                deep = levels[luma]
            job.picture = np.ascontiguousarray(np.rot90(deep, self._turns))
        job.half = half_size(luma)
        shape = self._framing.scaled_shape
        shape = shape[::-1] if self._turns % 2 else shape
        lightness = lightness_of(luma, job.half, shape, self._signal)
        job.lightness = np.ascontiguousarray(np.rot90(lightness, self._turns))
        # A frame's lightness comes of its luma, where `Colorizer.see` would need sRGB.
        job.view = View((Print(job.lightness, self._framing),))

    def grey(self, job: FrameJob) -> np.ndarray:
        """The upright frame of a job that was seen, as a picture: uint8 [H, W]."""
        levels = np.rint(grey_levels(self._signal) * 255).astype(np.uint8)
        return np.ascontiguousarray(np.rot90(levels[plane(job.frame, 0)], self._turns))

    def watch(self, job: FrameJob, shots: ShotWatch) -> None:
        """Find what a job's frame is within its shot; without smoothing, a frame is seen alone."""
        job.shot = shots.see(job.view)
        if self._smoother:
            job.view = job.shot.view

    def colour(self, job: FrameJob) -> float:
        """How much of its shot's colours a job's frame shows, 0..1."""
        return job.shot.colour if self._smoother else 1.0

    def _predict(self, job: FrameJob) -> None:
        job.ab = self._colorizer.predict(job.view)

    def _smooth(self, job: FrameJob) -> None:
        if self._smoother:
            job.ab = self._smoother.smooth(job.shot, job.ab)

    def _refer(self, job: FrameJob) -> None:
        if self._references:
            job.ab = self._references.ab(job, self.colour(job))

    def _measure(self, job: FrameJob) -> None:
        if self.meter:
            self.meter.add(job.lightness, job.ab)

    def _paint(self, job: FrameJob) -> None:
        job.picture = self._colorizer.paint(job.picture, job.ab, self._look)

    def _colour(self, job: FrameJob) -> None:
        # The decoder may still need the frame, to predict others from it.
        job.frame.make_writable()
        ab = np.rot90(job.ab, -self._turns) * self._saturation
        cb, cr = plane(job.frame, 1), plane(job.frame, 2)
        if not (self._keep_fields and job.frame.interlaced_frame):
            self._chroma.fill(job.half, ab, cb, cr)
            return
        luma = plane(job.frame, 0)
        for field in (0, 1):
            half = half_size(np.ascontiguousarray(luma[field::2]))
            lines = cb[field::2].shape[0]
            self._chroma.fill(half[:lines], ab, cb[field::2], cr[field::2])
