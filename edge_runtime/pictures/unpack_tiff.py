"""Undo the packing of a TIFF's strips and tiles, as far as it goes.

Deflate and LZMA are Python's; LZW, PackBits and Zstandard are done by the libtiff inside Pillow;
what packs whole pictures (JPEG 2000, JPEG XL and others) is left to tifffile and imagecodecs.
"""

import importlib.util
import io
import lzma
import zlib
from typing import TYPE_CHECKING

from edge_runtime.errors import PictureError
from edge_runtime.pictures.header import PictureLimits, open_image
from edge_runtime.pictures.ifd import LONG, Layout, numbers_field, write_directory
from edge_runtime.pictures.inflate import inflate_as_far_as_it_goes

if TYPE_CHECKING:
    from tifffile import TiffPage

_NONE = 1
_BY_LIBTIFF = (5, 32773, 50000)
_DEFLATE = (8, 32946)
_LZMA = 34925
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Unpacker:
    """Undoes the packing of a page's parts, as far as it goes, and leaves the rest to tifffile.

    Attributes:
        parts: how many strips or tiles there should be.
        short: whether a part ended too early, or its checksum was wrong.
    """

    def __init__(self, page: "TiffPage"):
        """Take a page, of which nothing was decoded yet.

        Raises:
            PictureError: it is packed in a way that needs a package that is missing.
        """
        self.short = False
        self._packed = int(page.compression)
        self._reverse = page.fillorder == 2
        bits = page.bitspersample
        samples = page.samplesperpixel if page.planarconfig == 1 else 1
        self._width = page.tilewidth if page.is_tiled else page.imagewidth
        self._row_bytes = -(-self._width * samples * bits // 8)
        self._rows = page.tilelength if page.is_tiled else min(page.rowsperstrip, page.imagelength)
        self._strips = 1 if page.is_tiled else -(-page.imagelength // max(self._rows, 1))
        self._height = self._rows if page.is_tiled else page.imagelength
        across = -(-page.imagewidth // self._width) if page.is_tiled else 1
        down = -(-page.imagelength // max(self._rows, 1))
        self.parts = across * down * (1 if page.planarconfig == 1 else page.samplesperpixel)
        own = self._packed in (_NONE, *_DEFLATE, _LZMA, *_BY_LIBTIFF)
        if importlib.util.find_spec("imagecodecs") is None:
            odd = bits not in (8, 16, 32, 64) or int(page.predictor) not in (1, 2)
            if not own or odd:
                how = f"{bits} bits a sample" if own else f"packing {self._packed}"
                raise PictureError(
                    f"TIFF with {how} is read with the package imagecodecs, which is missing "
                    "(pip install 'tintlite[tiff]')"
                )
        if own:
            page.compression = _NONE
            page.fillorder = 1
        else:
            self._packed = 0

    def unpack(self, data: bytes, index: int) -> bytes:
        """The bytes of a part, as many as there should be."""
        if not self._packed:
            return data
        rows = min(self._rows, self._height - index % self._strips * self._rows)
        need = rows * self._row_bytes
        if self._reverse:
            data = data.translate(_REVERSED)
        if self._packed in _BY_LIBTIFF:
            data = _by_libtiff(data, self._packed, self._row_bytes, rows)
        elif self._packed != _NONE:
            data = self._as_far_as_it_goes(data, need)
        if len(data) < need:
            if not data:
                raise ValueError("nothing of a part can be unpacked")
            self.short = True
            data += bytes(need - len(data))
        return data[:need]

    def _as_far_as_it_goes(self, data: bytes, need: int) -> bytes:
        """Undo deflate or LZMA."""
        try:
            # One byte more than is needed: to the checksum at the end.
            if self._packed == _LZMA:
                return lzma.LZMADecompressor().decompress(data, need + 1)
            return zlib.decompressobj().decompress(data, need + 1)
        except zlib.error:
            self.short = True
            return bytes(inflate_as_far_as_it_goes(data, need))


def _by_libtiff(data: bytes, packed: int, row_bytes: int, rows: int) -> bytes:
    """Have Pillow's libtiff unpack one part, as if its bytes were a grey picture."""
    start = b"II*\0\x08\0\0\0"
    directory = {
        256: numbers_field(LONG, row_bytes),
        257: numbers_field(LONG, rows),
        258: numbers_field(LONG, 8),
        259: numbers_field(LONG, packed),
        262: numbers_field(LONG, 1),
        273: numbers_field(LONG, 0),
        277: numbers_field(LONG, 1),
        278: numbers_field(LONG, rows),
        279: numbers_field(LONG, len(data)),
    }
    size = len(write_directory(directory, len(start), Layout()))
    directory[273] = numbers_field(LONG, len(start) + size)
    tiff = start + write_directory(directory, len(start), Layout()) + data
    image = open_image(io.BytesIO(tiff), "TIFF", PictureLimits(row_bytes * rows, 1))
    image.load()
    return image.tobytes()
