"""Native libraries for pages of 16 KB: what is right passes, what is not is told."""

import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "android_demo" / "ci" / "check_pages.py"


def library(*alignments: int, bits: int = 64) -> bytes:
    """The headers of a library with LOAD segments of these alignments, and another segment."""
    head = b"\x7fELF" + bytes([bits // 32, 1, 1]) + bytes(9)
    if bits == 32:
        return head + bytes(36)
    count = len(alignments) + 1
    head += struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, 64, 0, 0, 64, 56, count, 0, 0, 0)
    segments = [(1, alignment) for alignment in alignments] + [(0x6474E551, 16)]
    return head + b"".join(
        struct.pack("<IIQQQQQQ", kind, 5, 0, 0, 0, 0, 0, align) for kind, align in segments
    )


def check(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *files], capture_output=True, text=True)


def archive(file: Path, data: bytes, begin: int | None) -> Path:
    """A package with one library, packed, or unpacked at some place."""
    name = "lib/arm64-v8a/libLiteRt.so"
    with zipfile.ZipFile(file, "w") as package:
        info = zipfile.ZipInfo(name)
        if begin is None:
            info.compress_type = zipfile.ZIP_DEFLATED
        else:
            fill = begin - 34 - len(name)
            info.extra = struct.pack("<HH", 0xD935, fill) + bytes(fill)
        package.writestr(info, data)
    return file


def test_libraries_of_16_kb_pass(tmp_path):
    good = tmp_path / "good.so"
    good.write_bytes(library(0x4000, 0x10000))
    old = tmp_path / "old.so"
    old.write_bytes(library(bits=32))
    apk = archive(tmp_path / "a.apk", library(0x4000), 0x4000)
    packed = archive(tmp_path / "b.apk", library(0x4000), None)
    aar = archive(tmp_path / "c.aar", library(0x4000), 100)
    done = check(good, old, apk, packed, aar)
    assert (done.returncode, done.stderr) == (0, "")
    assert "old.so: 32-bit" in done.stdout


@pytest.mark.parametrize(
    ("name", "data", "begin", "told"),
    [
        ("a.apk", library(0x4000, 0x1000), 0x4000, "segments on bounds of 4096 bytes"),
        ("a.aar", library(0x1000), None, "segments on bounds of 4096 bytes"),
        ("a.apk", library(0x4000), 0x1000, "begins at 4096"),
    ],
)
def test_others_are_told(tmp_path, name, data, begin, told):
    done = check(archive(tmp_path / name, data, begin))
    assert done.returncode == 1
    assert told in done.stderr


def test_nothing_to_check_is_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.apk", "w") as package:
        package.writestr("classes.dex", b"")
    done = check(tmp_path / "a.apk")
    assert (done.returncode, done.stderr) == (1, "no native library was found\n")
