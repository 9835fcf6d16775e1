"""What others have published, as they published it: on other photos, by other definitions."""

from benchmarks.report.document import Block, Cell, Paragraph, Section, Table

# Network, its figure, what is known of how it came about, where it stands.
_REPORTED = "its authors, or later papers"
_FIGURES = (
    (
        "The paper's pix2pix on MobileNetV2",
        "MSE 51.36, PSNR 31 dB",
        "definition not stated; fits only errors over Lab, or an easy domain",
        "the paper that TintLite follows",
    ),
    (
        "Zhang et al., ECCV16",
        "21.2 to 22.0 dB",
        "RGB PSNR, automatic",
        _REPORTED,
    ),
    ("Iizuka et al.", "23.7 dB", "RGB PSNR, automatic", _REPORTED),
    ("Zhang et al., SIGGRAPH17", "24.4 dB", "RGB PSNR, automatic", _REPORTED),
    ("ChromaGAN", "25.0 dB", "RGB PSNR, automatic", _REPORTED),
    (
        "DDColor-L",
        "23.7 dB, colourfulness 38.7 of 38.9",
        "RGB PSNR; colourfulness of its own variant, which reads about 3 lower",
        _REPORTED,
    ),
    ("MultiColor", "24.6 dB", "RGB PSNR, automatic", _REPORTED),
    (
        "EffiColorizer",
        "24.9 dB, FID 9.3",
        "RGB PSNR on COCO; 13.2 million parameters, 3.87 GFLOPs",
        "its authors",
    ),
    (
        "DDColor-tiny on phones",
        "float 215 MB, 828 ms; int8 54.8 MB, 1204 ms; colourfulness 38.3 to 35.3",
        "float and int8 file on one device; int8 is slower than float",
        "AI Hub",
    ),
)


def published_section() -> Section:
    """The table, and why its figures stand apart from ours."""
    blocks: tuple[Block, ...] = (
        Paragraph(
            "Copied from the authors and not measured here. Photos, sizes and definitions "
            "differ: the same grey picture is worth 22 dB by RGB PSNR and 28 dB over Lab. "
            "A row here and a row above may not be compared by a tenth of a dB, nor by one."
        ),
        Table(
            ("published", "figure", "definition, as far as it is known", "source"),
            tuple(tuple(Cell(text) for text in row) for row in _FIGURES),
            left=(1, 2, 3),
        ),
    )
    return Section("Published figures of others (not measured here)", blocks)
