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
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np

from edge_runtime.video.errors import VideoError
from edge_runtime.video.output import State, not_written
from edge_runtime.video.segment import read_packets, write_packets
from edge_runtime.whole_file import write_whole

if sys.platform != "win32":
    import fcntl

# Longer names of files would not fit behind the folder's own beginning.
_LONGEST_NAME = 200

# What the parts of a manifest are called in a sentence.
_PARTS = {
    "source": "of another film",
    "model": "by another model",
    "program": "by another version",
    "references": "with other references",
}


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
            manifest: what decides the bytes of the segments.
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
        self._segment: BinaryIO | None = None
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
            raise not_written(target, error) from None

    def add(self, packets: Iterable[av.Packet]) -> None:
        """Write packets to the segment under way; where there is none, it begins.

        Raises:
            OSError: the disk is full.
        """
        if self._segment is None:
            self._segment = (self.folder / "segment.part").open("wb")
        write_packets(self._segment, packets)

    def end_segment(self, state: State | None) -> None:
        """Close the segment under way, if there is one, so that the next run finds it.

        Args:
            state: what the next segment begins with; None after the last one, which a later run
                makes again.
        Raises:
            OSError: the disk is full.
        """
        if self._segment is None:
            return
        size = self._segment.tell()
        self._segment.flush()
        os.fsync(self._segment.fileno())
        self._segment.close()
        (self.folder / "segment.part").replace(self._name("segment"))
        self._segment = None
        if state is not None:
            buffer = io.BytesIO()
            arrays: dict[str, Any] = {**state, "segment_bytes": np.array(size)}
            np.savez(buffer, **arrays)
            write_whole(self._name("npz"), buffer.getbuffer())
            self.state = state
        self._flush_folder(self.folder)
        self.done += 1

    def packets(self) -> Iterator[av.Packet]:
        """Of all segments.

        Raises:
            OSError, EOFError: they cannot be read.
        """
        for number in range(self.done):
            yield from read_packets(self._name("segment", number))

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
            raise not_written(self._target, error) from None
        self._flush_folder(self._target.parent)
        self.drop()

    def leave(self, keep: bool) -> None:
        """Close the folder.

        Args:
            keep: whether its segments stay; a folder without a closed one never does.
        """
        self._drop_segment()
        self.part.unlink(missing_ok=True)
        if keep and self.state:
            self._lock.close()
        else:
            self.drop()

    def drop(self) -> None:
        """Remove the folder and all that is in it."""
        self._drop_segment()
        # By one step first, so that a part of it is never taken for a whole.
        with suppress(OSError):
            (self.folder / "manifest.json").unlink()
        self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _drop_segment(self) -> None:
        """Close the segment under way and remove it."""
        if self._segment is not None:
            with suppress(OSError):
                self._segment.close()
                (self.folder / "segment.part").unlink(missing_ok=True)
            self._segment = None

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
