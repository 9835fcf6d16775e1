"""See that native libraries suit Android devices with memory pages of 16 KB.

    check_pages.py FILE...

FILE is an .apk, .aab, .aar or .so. Each 64-bit library must have its segments on bounds of 16 KB
(p_align of its LOAD headers), and where an APK stores it unpacked, begin on such a bound itself.
https://developer.android.com/guide/practices/page-sizes
"""

import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

PAGE = 0x4000
_LOAD = 1
_LOCAL_HEADER = 30


def main() -> int:
    faults, libraries = [], 0
    for file in map(Path, sys.argv[1:]):
        for name, data, offset in _libraries(file):
            libraries += 1
            align = least_alignment(data)
            if align is not None and align < PAGE:
                faults.append(f"{file.name}: {name}: segments on bounds of {align} bytes")
            if align is not None and offset is not None and offset % PAGE:
                faults.append(f"{file.name}: {name}: begins at {offset}")
            print(f"{name}: {'32-bit' if align is None else align}")
    if not libraries:
        faults.append("no native library was found")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def least_alignment(data: bytes) -> int | None:
    """The least p_align of the LOAD segments of a little-endian ELF file; None where it is 32-bit.

    Raises:
        ValueError: no such file.
    """
    if data[:4] != b"\x7fELF" or data[5] != 1:
        raise ValueError("no little-endian ELF file")
    if data[4] == 1:
        return None
    (at,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    headers = [at + size * number for number in range(count)]
    return min(
        struct.unpack_from("<Q", data, header + 48)[0]
        for header in headers
        if struct.unpack_from("<I", data, header)[0] == _LOAD
    )


def _libraries(file: Path) -> Iterator[tuple[str, bytes, int | None]]:
    """Name, bytes and, where an APK stores it unpacked, where it begins, of each library."""
    if file.suffix == ".so":
        yield file.name, file.read_bytes(), None
        return
    with zipfile.ZipFile(file) as archive, file.open("rb") as raw:
        for info in archive.infolist():
            if not info.filename.endswith(".so"):
                continue
            raw.seek(info.header_offset + 26)
            name, extra = struct.unpack("<HH", raw.read(4))
            begin = info.header_offset + _LOCAL_HEADER + name + extra
            stored = file.suffix == ".apk" and info.compress_type == zipfile.ZIP_STORED
            yield info.filename, archive.read(info), begin if stored else None


if __name__ == "__main__":
    sys.exit(main())
