"""What of a film is done already: closed segments in a hidden folder beside the result.

    .tintlite-NAME.EXT/
        manifest.json       what the segments were made of: film, options, model, program
        000000.segment      packets of the picture
        000000.npz          what the next segment begins with: the state of all steps
        whole.part          the result while the segments are joined

A segment counts when both of its files are there. Each file appears under its name only when it is
whole and on the disk, so that neither a signal nor a power cut leaves a half one.
"""

import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import numpy as np

from edge_runtime import __version__
from edge_runtime.pictures.header import reason
from edge_runtime.video.errors import VideoError
from edge_runtime.video.output import FilmTask, State
from edge_runtime.video.segment import Coded, SegmentFile, read_segment
from edge_runtime.video.sequence import find_sequence, is_pattern
from edge_runtime.whole_file import write_whole

if sys.platform != "win32":
    import fcntl

# Read of a film to know it again, beside its size and the time of its last change.
_HEAD_BYTES = 1 << 20

# Longer names of files would not fit behind the folder's own beginning.
_LONGEST_NAME = 200

# What the parts of a manifest are called in a sentence.
_PARTS = {
    "source": "of another film",
    "model": "by another model",
    "program": "by another version",
    "references": "with other references",
}


def manifest_of(source: Path | None, film: FilmTask) -> dict[str, Any]:
    """What decides the bytes of a film's segments.

    Threads and accelerator are left out: a run may go on with others.

    Args:
        source: the film; None for a stream, which nobody will know again.
        film: what is done with it.
    Raises:
        VideoError: the film cannot be read.
    """
    options, plan, look = film.options, film.plan, film.options.look
    return {
        "source": None if source is None else _facts_of(source),
        "model": film.described,
        "program": [__version__, av.__version__, film.reader.segment],
        "references": film.references,
        "options": {
            "codec": plan.name,
            **plan.options,
            "pixel format": plan.pixel_format,
            "bit rate": plan.bit_rate,
            "size": f"{plan.width} x {plan.height}",
            "field order": plan.order,
            "saturation": look.saturation,
            "smoothing": look.smoothing,
            "framing": look.framing,
            "start": options.start,
            "end": options.end,
            "fps": options.fps,
            "stats": options.stats,
            "deinterlace": options.deinterlace,
        },
    }


def _facts_of(source: Path) -> dict[str, Any]:
    if is_pattern(source):
        return find_sequence(source).facts()
    try:
        with source.open("rb") as file:
            head = hashlib.sha256(file.read(_HEAD_BYTES)).hexdigest()
        facts = source.stat()
    except OSError as error:
        raise VideoError(f"{source}: {reason(error)}") from None
    return {"bytes": facts.st_size, "changed": facts.st_mtime_ns, "head": head}


class Leftovers:
    """The hidden folder of one result, held by one run.

    Attributes:
        folder: where it is.
        part: the file that the segments are joined to.
        done: how many segments are there.
        state: what the next segment begins with; empty for the first.
    """

    def __init__(self, target: Path, manifest: dict[str, Any], anew: bool):
        """Make the folder, or find what an earlier run left in it.

        Args:
            target: the result. In the same folder: a rename is atomic only within one file system.
            manifest: as `manifest_of`.
            anew: whether what is left there is dropped.
        Raises:
            VideoError: it is of another film or of other options, another run holds it, or the
                folder cannot be written.
        """
        self._target = target
        self.folder = folder_of(target)
        self.part = self.folder / "whole.part"
        self.done = 0
        self.state: State = {}
        self._open_segment: SegmentFile | None = None
        try:
            self.folder.mkdir(exist_ok=True)
            self._lock = (self.folder / "lock").open("w")
            self._hold()
            there = None if anew else self._read_manifest()
            if there is None:
                self._empty()
                write_whole(self.folder / "manifest.json", json.dumps(manifest, indent=1).encode())
                self._flush_folder(self._target.parent)
            else:
                self._compare(there, json.loads(json.dumps(manifest)))
                self._find_segments()
        except OSError as error:
            if not is_begun(target):
                shutil.rmtree(self.folder, ignore_errors=True)
            raise self._not_written(error) from None

    def begin_segment(self) -> SegmentFile:
        """Begin the next one.

        Raises:
            OSError: its file cannot be made.
        """
        self._open_segment = SegmentFile(self.folder / "segment.part")
        return self._open_segment

    def end_segment(self, file: SegmentFile, state: State | None) -> None:
        """Close the segment under way, so that the next run finds it.

        Args:
            file: as `begin_segment` gave it.
            state: what the next segment begins with; None after the last one, which a later run
                makes again.
        Raises:
            OSError: the disk is full.
        """
        file.keep(self._name("segment"))
        self._open_segment = None
        if state is not None:
            buffer = io.BytesIO()
            size = self._name("segment").stat().st_size
            arrays: dict[str, Any] = {**state, "segment_bytes": np.array(size)}
            np.savez(buffer, **arrays)
            write_whole(self._name("npz"), buffer.getbuffer())
            self.state = state
        self._flush_folder(self.folder)
        self.done += 1

    def packets(self) -> Iterator[Coded]:
        """Of all segments.

        Raises:
            OSError, EOFError: they cannot be read.
        """
        for number in range(self.done):
            yield from read_segment(self._name("segment", number))

    def keep_part(self) -> None:
        """Give the joined file the name of the result, and remove the folder.

        Raises:
            VideoError: the disk is full, or the name cannot be given.
        """
        try:
            with self.part.open("rb+") as file:
                os.fsync(file.fileno())
            self.part.replace(self._target)
        except OSError as error:
            raise self._not_written(error) from None
        self._flush_folder(self._target.parent)
        self.drop()

    def leave(self, keep: bool) -> None:
        """Close the folder.

        Args:
            keep: whether its segments stay; a folder without a closed one never does.
        """
        self._drop_open_segment()
        self.part.unlink(missing_ok=True)
        if keep and self.state:
            self._lock.close()
        else:
            self.drop()

    def drop(self) -> None:
        """Remove the folder and all that is in it."""
        self._drop_open_segment()
        # By one step first, so that a part of it is never taken for a whole.
        with suppress(OSError):
            (self.folder / "manifest.json").unlink()
        self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _drop_open_segment(self) -> None:
        if self._open_segment is not None:
            with suppress(OSError):
                self._open_segment.discard()
            self._open_segment = None

    def _name(self, ending: str, number: int | None = None) -> Path:
        return self.folder / f"{self.done if number is None else number:06}.{ending}"

    def _hold(self) -> None:
        """Let no other run work here; a lock ends with its process, however that ends."""
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise VideoError(f"{self._target}: another run is at work on it") from None
        except OSError:  # a file system without locks
            pass

    def _read_manifest(self) -> dict[str, Any] | None:
        try:
            there = json.loads((self.folder / "manifest.json").read_bytes())
        except (OSError, ValueError):
            return None
        return there if isinstance(there, dict) else None

    def _empty(self) -> None:
        for file in self.folder.iterdir():
            if file.name != "lock":
                file.unlink()

    def _compare(self, there: dict[str, Any], wanted: dict[str, Any]) -> None:
        """See that what is left there is of this film and of these options.

        Raises:
            VideoError: it is not.
        """
        told = [what for part, what in _PARTS.items() if there.get(part) != wanted[part]]
        was, now = there.get("options"), wanted["options"]
        if isinstance(was, dict) and was != now:
            names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
            told.append("with " + ", ".join(f"{name} {_said(was.get(name))}" for name in names))
        if told:
            self._lock.close()
            raise VideoError(
                f"{self._target}: {self.folder} holds what an earlier run made "
                f"{', '.join(told)}: --no-resume begins anew"
            )

    def _find_segments(self) -> None:
        while state := self._state_after(self.done):
            self.state = state
            self.done += 1
        for file in self.folder.iterdir():
            whole = file.suffix in (".segment", ".npz") and file.stem < f"{self.done:06}"
            if not whole and file.name not in ("manifest.json", "lock"):
                file.unlink()

    def _state_after(self, number: int) -> State:
        """What lies beside a segment; empty where one of both is missing or unusable."""
        try:
            data = io.BytesIO(self._name("npz", number).read_bytes())
            with np.load(data, allow_pickle=False) as arrays:
                state = dict(arrays)
            size = int(state.pop("segment_bytes"))
            return state if self._name("segment", number).stat().st_size == size else {}
        except Exception:  # NumPy raises whatever a spoilt archive makes it stumble over
            return {}

    def _flush_folder(self, folder: Path) -> None:
        """Bring a folder's names to the disk, where the system can."""
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _not_written(self, error: OSError) -> VideoError:
        return VideoError(f"{self._target}: cannot be written: {reason(error)}")


def folder_of(target: Path) -> Path:
    """Where the segments of a result lie."""
    name = target.name
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return target.with_name(f".tintlite-{name}")


def is_begun(target: Path) -> bool:
    """Whether an earlier run left segments of a result."""
    return any(folder_of(target).glob("*.npz"))


def _said(value: Any) -> str:
    return "not set" if value is None else str(value)
