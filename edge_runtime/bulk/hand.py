"""Whoever does the units of a plan: reads pictures, has them coloured, writes results and rows."""

import errno
import hashlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter

from edge_runtime.bulk.ledger import (
    COLOURED,
    DAMAGED,
    KILLED,
    REFUSED,
    UNREAD,
    Ledger,
    Row,
    part_name,
)
from edge_runtime.bulk.names import format_for, result_name
from edge_runtime.bulk.painter import KilledError, Painter, Work
from edge_runtime.bulk.place import Place, PlaceError
from edge_runtime.bulk.plan import Plan
from edge_runtime.bulk.sources import Item
from edge_runtime.errors import PictureError
from edge_runtime.pictures import format_called
from edge_runtime.pictures.header import reason

# What the name of one result is to blame for; all else is the target's fault, and ends the run.
_OF_A_NAME = {errno.EILSEQ, errno.EINVAL, errno.EISDIR, errno.ENAMETOOLONG, errno.ENOTDIR}


class Hand:
    """One worker: a painter, and who fetches and carries for it."""

    def __init__(self, work: Work, plan: Plan):
        """Start it.

        Raises:
            TintLiteError: as for `Painter`; the target's address cannot be used.
        """
        self._work = work
        self._plan = plan
        self._target = Place(work.target)
        self._ledger = Ledger(self._target)
        self._painter = Painter(work)
        self._stopped = False
        photo = replace(work.photo, format=None)
        self._most = photo.limits(to_tiff=True).file_bytes

    def do(self, number: int, tell: Callable[[str], None] = lambda outcome: None) -> Counter[str]:
        """Do a unit: its pictures' results are written, and then its rows.

        A unit that is done already, as where a cluster lost sight of who did it, is left as it is.

        Args:
            number: of the unit.
            tell: is told the outcome of each picture.
        Returns:
            how many pictures had which outcome.
        Raises:
            PlaceError: the target takes no more, or the plan cannot be read. What is done is there,
                and has its rows if they could be written.
            TintLiteError: the painter cannot be started again.
        """
        try:
            items = self._plan.unit(number)
            outcomes = self._ledger.outcomes(part_name([item.source for item in items]))
        except Exception as error:
            raise PlaceError(f"{self._plan.address}: {reason(error)}") from None
        for outcome in outcomes:
            tell(outcome)
        return Counter(outcomes or self._do_each(items, tell))

    def stop(self) -> None:
        """Let it end now, without the picture that it is at; from any thread."""
        self._stopped = True
        self._painter.end()

    def _do_each(self, items: list[Item], tell: Callable[[str], None]) -> list[str]:
        """Do the pictures one after the other; the next one is fetched meanwhile."""
        rows: list[Row] = []
        try:
            with ThreadPoolExecutor(1) as fetcher:
                fetched = fetcher.submit(self._fetch, items[0])
                for number, item in enumerate(items):
                    coming = fetched
                    if number + 1 < len(items):
                        fetched = fetcher.submit(self._fetch, items[number + 1])
                    row = self._row(item, coming)
                    if self._stopped:
                        break
                    rows.append(row)
                    tell(row.outcome)
        finally:
            if rows:
                self._ledger.write(part_name([row.source for row in rows]), rows)
        return [row.outcome for row in rows]

    def _fetch(self, item: Item) -> bytes:
        if item.fault:
            return b""
        place, end = Place(item.file), item.end
        if end < 0:
            found = place.fs.info(place.path)
            if found["type"] != "file":  # a pipe would be waited for
                raise OSError("not a file")
            end = self._most + 1 if found.get("size") is None else found["size"]
        # One more byte than is allowed, to be refused.
        return place.read(item.start, min(end, item.start + self._most + 1))

    def _row(self, item: Item, coming: Future[bytes]) -> Row:
        row = Row(item.source, "", REFUSED, "", item.fault, 0.0, self._painter.model)
        if item.fault:
            return row
        try:
            data = coming.result()
        except Exception as error:  # each file system has its own errors
            return replace(row, outcome=UNREAD, note=reason(error))
        begin = perf_counter()
        row = replace(row, hash=hashlib.sha256(data).hexdigest())
        try:
            asked = format_for(item.name, self._work.photo.format)
            told, result = self._painter.colour(data, asked)
            name = result_name(item.name, format_called(told["format"]))
            self._write(name, result)
        except PictureError as error:
            outcome = KILLED if isinstance(error, KilledError) else REFUSED
            row = replace(row, outcome=outcome, note=str(error))
        else:
            outcome = DAMAGED if told["damaged"] else COLOURED
            row = replace(row, outcome=outcome, target=name, note="; ".join(told["notes"]))
        return replace(row, seconds=perf_counter() - begin)

    def _write(self, name: str, result: bytes) -> None:
        """Write a result.

        Raises:
            PictureError: its name is none for the target.
            PlaceError: the target takes nothing.
        """
        try:
            (self._target / name).write(result)
        except PlaceError as error:
            if getattr(error.__cause__, "errno", None) in _OF_A_NAME:
                raise PictureError(str(error)) from None
            raise
