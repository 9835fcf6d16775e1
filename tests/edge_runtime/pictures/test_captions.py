"""What describes a picture goes along: ExifTool writes, ExifTool reads."""

import io
import json
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from edge_runtime import __version__
from edge_runtime.cli import main
from edge_runtime.pictures import (
    Picture,
    format_called,
    format_of_name,
    losses,
    read_picture,
    write_picture,
)
from edge_runtime.pictures.captions import Captions, iptc_resource, readable, text_of
from edge_runtime.pictures.exif import read_exif, with_size, words_of
from edge_runtime.pictures.jpeg_parts import MOST_BYTES
from edge_runtime.pictures.mark import SOURCE_TYPE, Mark, put_mark, read_mark

EXIFTOOL = shutil.which("exiftool")
needs_exiftool = pytest.mark.skipif(
    EXIFTOOL is None, reason="ExifTool is not installed (apt: libimage-exiftool-perl)"
)

GREY = np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))
SAID = {
    "XMP:Title": "Oma",
    "XMP:Creator": "Opa",
    "XMP:Rating": 4,
    "EXIF:Artist": "Opa",
    "EXIF:Copyright": "the family",
    "EXIF:UserComment": "in the garden",
    "EXIF:XPComment": "Grüße",
    "EXIF:DateTimeOriginal": "1931:05:06 10:00:00",
    "EXIF:GPSLatitude": "48.2",
    "EXIF:GPSLatitudeRef": "N",
}
IPTC = {"IPTC:Caption-Abstract": "Anna und Grete", "IPTC:City": "Wien"}
COMMENT = {"jpg": "File:Comment", "png": "PNG:Comment", "tif": "EXIF:ImageDescription"}


def exiftool(*arguments: str) -> str:
    command = [EXIFTOOL, "-charset", "iptc=utf8", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def say(path: Path, said: dict) -> None:
    words = [f"-{tag}={value}" for tag, value in said.items()]
    exiftool("-q", "-overwrite_original", "-codedcharacterset=utf8", *words, str(path))


def read(*paths: Path) -> list[dict]:
    return json.loads(exiftool("-j", "-G", "-a", "-c", "%.1f", *map(str, paths)))


@pytest.fixture
def colorize(tiny_model, capfd):
    """Colour a file; returns the exit code and what was said on standard error."""

    def run(source: Path, target: Path, *options: str) -> tuple[int, str]:
        model = ["--model", str(tiny_model)]
        code = main(["colorize", str(source), "-o", str(target), *model, *options])
        return code, capfd.readouterr().err

    return run


def check_kept(found: dict, said: dict) -> None:
    for tag, value in said.items():
        if tag.startswith("EXIF:GPS"):
            assert found["Composite:GPSLatitude"] == "48.2 N"
        else:
            assert found[tag] == value


@needs_exiftool
@pytest.mark.parametrize("source", ["jpg", "png", "tif", "webp"])
def test_words_go_along_into_every_format_that_holds_them(tmp_path, source):
    path = tmp_path / f"x.{source}"
    Image.fromarray(GREY).save(path)
    say(path, SAID)
    if source != "webp":
        say(path, IPTC | ({} if source == "tif" else {"Comment": "a comment"}))
    if source == "tif":
        say(path, {"EXIF:ImageDescription": "a comment"})
    picture = read_picture(path)
    targets = [tmp_path / f"{source}.{ending}" for ending in ("jpg", "png", "tif", "webp")]
    for target in targets:
        write_picture(picture, target)
    for target, found in zip(targets, read(*targets), strict=True):
        told = losses(picture, format_of_name(target))
        check_kept(found, SAID)
        if target.suffix == ".webp":
            # A TIFF's description is EXIF, which goes along.
            lost = {"webp": "", "tif": "IPTC"}.get(source, "IPTC and comments")
            assert told == ((f"its {lost} cannot be kept in WebP",) if lost else ())
            continue
        assert told == ()
        if source != "webp":
            check_kept(found, IPTC)
            where = "EXIF:ImageDescription" if source == "tif" else COMMENT[target.suffix[1:]]
            assert found[where] == "a comment"


@needs_exiftool
def test_what_bmp_cannot_hold_is_named(tmp_path, colorize):
    Image.fromarray(GREY).save(tmp_path / "x.jpg")
    say(tmp_path / "x.jpg", SAID | IPTC | {"Comment": "c"})
    code, err = colorize(tmp_path / "x.jpg", tmp_path / "x.bmp")
    assert code == 0
    assert err == (
        f"tintlite: {tmp_path}/x.jpg: note: its EXIF, XMP, IPTC and comments cannot be kept in "
        "BMP\n"
    )


@needs_exiftool
def test_the_same_format_keeps_the_same_bytes(tmp_path, colorize):
    """Segment for segment, but for the mark in XMP, which --no-mark leaves out."""
    path, target = tmp_path / "x.jpg", tmp_path / "y.jpg"
    Image.fromarray(GREY).save(path)
    say(path, SAID | IPTC | {"Comment": "one", "EXIF:Make": "A maker", "ColorSpace": "sRGB"})
    assert colorize(path, target, "--no-mark") == (0, "")

    def words(jpeg):
        with Image.open(jpeg) as image:
            return sorted(part for part in image.applist if part[0] in ("APP1", "APP13", "COM"))

    expected = words(path)
    assert words(target) == expected
    assert colorize(path, target, "--overwrite") == (0, "")
    marked = words(target)
    assert len(marked) == len(expected)
    changed = [one for one, other in zip(expected, marked, strict=True) if one != other]
    assert [data[:28] for _, data in changed] == [b"http://ns.adobe.com/xap/1.0/"]


@needs_exiftool
def test_a_makers_note_is_not_moved(tmp_path, colorize):
    """Its places count from the start of the EXIF: whoever writes that anew breaks it."""
    note = b"Nikon\0\2\x10\0\0MM\0*\0\0\0\x08" + b"\0\1\0\1\0\7\0\0\0\4" + b"0211" + bytes(4)
    exif = Image.Exif()
    exif[0x010F] = "NIKON CORPORATION"
    exif[0x0112] = 6
    exif[0x8769] = {0x927C: note, 0x9003: "1931:05:06 10:00:00", 0xA002: 64, 0xA003: 48}
    Image.fromarray(GREY).save(tmp_path / "x.jpg", exif=exif)
    assert colorize(tmp_path / "x.jpg", tmp_path / "y.jpg")[0] == 0
    for path in (tmp_path / "x.jpg", tmp_path / "y.jpg"):
        (found,) = read(path)
        assert found["MakerNotes:MakerNoteVersion"] == 2.11
    assert found["EXIF:Orientation"] == "Horizontal (normal)"
    assert (found["EXIF:ExifImageWidth"], found["EXIF:ExifImageHeight"]) == (48, 64)


@needs_exiftool
def test_the_thumbnail_of_the_grey_picture_is_left_out(tmp_path, colorize):
    path = tmp_path / "x.jpg"
    Image.fromarray(GREY).save(path)
    small = io.BytesIO()
    Image.fromarray(GREY[:12, :16]).save(small, "JPEG")
    (tmp_path / "small.jpg").write_bytes(small.getvalue())
    say(path, {"EXIF:Artist": "Opa", "PhotoshopThumbnail<": tmp_path / "small.jpg"})
    exiftool("-q", "-overwrite_original", f"-ThumbnailImage<={tmp_path}/small.jpg", str(path))
    assert "EXIF:ThumbnailLength" in read(path)[0]
    colorize(path, tmp_path / "y.jpg")
    found = read(tmp_path / "y.jpg")[0]
    assert not any("Thumbnail" in tag for tag in found)
    assert found["EXIF:Artist"] == "Opa"
    assert small.getvalue()[20:] not in (tmp_path / "y.jpg").read_bytes()


@needs_exiftool
@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp"])
def test_the_result_says_what_it_is(tmp_path, colorize, ending):
    """Also where XMP has a history and a source already."""
    path = tmp_path / "x.jpg"
    Image.fromarray(GREY).save(path)
    exiftool(
        *("-q", "-overwrite_original", "-XMP:Title=Oma"),
        "-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/print",
        "-XMP-xmpMM:History={Action=created,SoftwareAgent=a scanner}",
        str(path),
    )
    target = tmp_path / f"y.{ending}"
    assert colorize(path, target, "--saturation", "1.3") == (0, "")
    (found,) = read(target)
    assert found["XMP:Title"] == "Oma"
    assert found["XMP:DigitalSourceType"] == SOURCE_TYPE
    assert found["XMP:HistorySoftwareAgent"] == ["a scanner", f"TintLite {__version__}"]
    assert found["XMP:HistoryAction"] == ["created", "edited"]
    assert "tiny" in found["XMP:Model"]
    assert "saturation 1.3" in found["XMP:Options"]
    colorize(path, target, "--overwrite", "--no-mark")
    (found,) = read(target)
    assert not any("TintLite" in str(value) for value in found.values())
    assert found["XMP:DigitalSourceType"].endswith("/print")


@needs_exiftool
def test_coloured_again_it_is_marked_once(tmp_path, colorize):
    Image.fromarray(GREY).save(tmp_path / "x.jpg")
    colorize(tmp_path / "x.jpg", tmp_path / "y.jpg", "--saturation", "0.5")
    colorize(tmp_path / "y.jpg", tmp_path / "z.jpg", "--saturation", "2")
    (found,) = read(tmp_path / "z.jpg")
    assert "saturation 2" in found["XMP:Options"]
    assert len(found["XMP:HistorySoftwareAgent"]) == 2
    assert found["XMP:DigitalSourceType"] == SOURCE_TYPE


MARK = Mark("TintLite 1", 'a "model" <1> & more', "saturation 1")


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"no packet at all",
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        b'"http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta>',
    ],
)
def test_a_mark_comes_back(packet):
    marked = put_mark(packet, MARK)
    assert read_mark(marked) == MARK
    assert read_mark(packet) is None
    assert read_mark(put_mark(marked, MARK)) == MARK
    assert put_mark(marked, MARK).count(b"tintlite:Model") == 1


def test_a_mark_takes_the_room_that_the_packet_keeps():
    packet = put_mark(b"", Mark("s", "m", "o")).replace(b"\n<?xpacket end", b" " * 3000 + b"\n<?x")
    packet = packet.replace(b"\n<?x=", b"\n<?xpacket end=")
    assert len(put_mark(packet, MARK)) <= len(packet) + 400


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_xmp_in_other_encodings(tmp_path, encoding):
    text = put_mark(b"", MARK).decode()
    Image.fromarray(GREY).save(tmp_path / "x.jpg", xmp=text.encode(encoding))
    assert read_picture(tmp_path / "x.jpg").mark == MARK


def test_bytes_of_an_unknown_encoding_come_back(tmp_path):
    latin = "Grüße".encode("latin-1")
    Image.fromarray(GREY).save(tmp_path / "x.jpg", comment=latin)
    picture = read_picture(tmp_path / "x.jpg")
    write_picture(picture, tmp_path / "y.jpg")
    with Image.open(tmp_path / "y.jpg") as image:
        assert image.info["comment"] == latin
    write_picture(picture, tmp_path / "y.png")
    with Image.open(tmp_path / "y.png") as image:
        assert image.text == {"Comment": "Grüße"}
    assert readable(text_of("Grüße".encode())) == "Grüße"


def test_the_texts_of_a_png(tmp_path):
    """Of every kind, and as one comment where a format has only that."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Title", "Oma")
    texts.add_text("Author", "x" * 2000, zip=True)
    texts.add_itxt("Description", "Großmutter im Garten 花", lang="de", zip=True)
    Image.fromarray(GREY).save(tmp_path / "x.png", pnginfo=texts)
    picture = read_picture(tmp_path / "x.png")
    write_picture(picture, tmp_path / "y.png")
    with Image.open(tmp_path / "y.png") as image:
        assert image.text["Title"] == "Oma"
        assert image.text["Author"] == "x" * 2000
        assert image.text["Description"] == "Großmutter im Garten 花"
    write_picture(picture, tmp_path / "y.jpg")
    with Image.open(tmp_path / "y.jpg") as image:
        lines = image.info["comment"].decode().split("\n")
    assert lines[0] == "Title: Oma"
    assert lines[2] == "Description: Großmutter im Garten 花"


def test_a_text_that_unpacks_to_too_much_is_left_out(tmp_path):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Bomb", "x" * 17 * 2**20, zip=True)
    Image.fromarray(GREY).save(tmp_path / "x.png", pnginfo=texts)
    assert read_picture(tmp_path / "x.png").captions.texts == ()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"exif": b"II*\0\x08\0\0\0\0\0" + bytes(70_000)}, "its EXIF of 69 KiB is too long"),
        ({"captions": Captions(xmp=b"<rdf:RDF></rdf:RDF>" + b" " * 70_000)}, "its XMP of 69 KiB"),
    ],
)
def test_what_is_too_long_for_a_jpeg_is_named(tmp_path, words, told):
    picture = Picture(GREY, **words)
    assert told in losses(picture, format_called("jpeg"))[0]
    assert losses(picture, format_called("png")) == ()
    write_picture(picture, tmp_path / "x.jpg")
    with Image.open(tmp_path / "x.jpg") as image:
        assert not {"exif", "xmp"} & set(image.info)


def test_the_mark_stays_where_xmp_is_too_long(tmp_path):
    xmp = put_mark(b"<rdf:RDF>" + b"<!--x-->" * 10_000 + b"</rdf:RDF>", MARK)
    write_picture(Picture(GREY, captions=Captions(xmp=xmp)), tmp_path / "x.jpg")
    assert read_picture(tmp_path / "x.jpg").mark == MARK


def test_long_iptc_goes_into_several_segments(tmp_path):
    record = bytes(range(256)) * 400
    captions = Captions(resources=iptc_resource(record))
    write_picture(Picture(GREY, captions=captions), tmp_path / "x.jpg")
    with Image.open(tmp_path / "x.jpg") as image:
        sizes = [len(data) for name, data in image.applist if name == "APP13"]
    assert len(sizes) == 2
    assert max(sizes) == MOST_BYTES
    assert read_picture(tmp_path / "x.jpg").captions.iptc == record


def test_descriptions_that_lay_out_pixels_are_left_out(tmp_path):
    """tifffile's own would make a reader expect the shape of the grey picture."""
    tifffile.imwrite(tmp_path / "x.tif", GREY, photometric="minisblack", metadata={"axes": "YX"})
    assert b"shape" in (tmp_path / "x.tif").read_bytes()
    picture = read_picture(tmp_path / "x.tif")
    write_picture(Picture(np.dstack([GREY] * 3), exif=picture.exif), tmp_path / "y.tif")
    assert tifffile.imread(tmp_path / "y.tif").shape == (48, 64, 3)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_words_of_a_tiff_of_either_order_and_size(tmp_path, order, big):
    tifffile.imwrite(
        tmp_path / "x.tif",
        GREY,
        photometric="minisblack",
        byteorder=order,
        bigtiff=big,
        description="Oma",
        metadata=None,
        resolution=(300, 200),
        extratags=[(306, "s", 0, "1931:05:06 10:00:00", True), (18246, "H", 1, 4, True)],
    )
    picture = read_picture(tmp_path / "x.tif")
    assert picture.dpi == (300, 200)
    for ending in ("jpg", "tif"):
        write_picture(picture, tmp_path / f"y.{ending}")
        with Image.open(tmp_path / f"y.{ending}") as image:
            exif = image.getexif()
            assert (exif[270], exif[306], exif[18246]) == ("Oma", "1931:05:06 10:00:00", 4)


def test_damaged_exif_is_left_out_with_a_note(tmp_path):
    exif = b"Exif\0\0II*\0\xff\xff\0\0"
    Image.fromarray(GREY).save(tmp_path / "x.jpg", exif=exif)
    picture = read_picture(tmp_path / "x.jpg")
    assert picture.exif == b""
    assert picture.notes == ("its EXIF is damaged and was left out",)


@pytest.mark.parametrize("where", ["exif", "xmp"])
def test_xmp_does_not_turn_the_result_again(tmp_path, where):
    """Some programs believe the orientation in XMP."""
    xmp = put_mark(b"", MARK).replace(b"<rdf:Description", b'<rdf:Description tiff:Orientation="6"')
    options = {"xmp": xmp}
    if where == "exif":
        exif = Image.Exif()
        exif[0x0112] = 6
        options["exif"] = exif
    Image.fromarray(GREY).save(tmp_path / "x.jpg", quality=100, **options)
    picture = read_picture(tmp_path / "x.jpg")
    assert picture.pixels.shape == (64, 48)
    assert b'tiff:Orientation="1"' in picture.captions.xmp
    write_picture(picture, tmp_path / "y.jpg")
    assert read_picture(tmp_path / "y.jpg").pixels.shape == (64, 48)


def test_hostile_resources_and_directories_end():
    for data in (b"8BIM", b"8BIM\4\4\xff", b"8BIM\4\4\0\0\xff\xff\xff\xff", b"8BIM\4\4\0\0" * 9):
        assert Captions(resources=data).iptc == b""
    circle = b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 0x8769, 4, 1, 8) + bytes(4)
    assert read_exif(circle)[1] == 1
    assert with_size(circle, 3, 4) == circle
    assert isinstance(words_of(circle, "<"), dict)
