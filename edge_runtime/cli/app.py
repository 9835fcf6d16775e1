"""The commands of `tintlite` and their options. What they need is imported when they run."""

import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edge_runtime import __version__
from edge_runtime.colour.framing import DEFAULT_FRAMING, FRAMINGS
from edge_runtime.device import Device
from edge_runtime.engine.accelerator import ACCELERATORS, DEFAULT_ACCELERATOR
from edge_runtime.engine.threads import MAX_THREADS, default_threads
from edge_runtime.live.address import TRANSPORTS
from edge_runtime.look import DEFAULT_SMOOTHING, MAX_SATURATION, Look
from edge_runtime.model.model_file import DEFAULT_MODEL
from edge_runtime.video.clock import parse_time
from edge_runtime.video.options import VideoOptions

if TYPE_CHECKING:
    from edge_runtime.cli.hints import Saying
    from edge_runtime.pictures import Format

# Plain help keeps the examples as they are typed, and Rich out of the start-up time.
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

FramingName = Enum("FramingName", {name: name for name in FRAMINGS}, type=str)  # type: ignore[misc]
_FRAMING = FramingName(DEFAULT_FRAMING)
DisplayName = Enum("DisplayName", {"window": "window", "web": "web", "none": "none"}, type=str)
AcceleratorName = Enum("AcceleratorName", {name: name for name in ACCELERATORS}, type=str)  # type: ignore[misc]
TransportName = Enum("TransportName", {name: name for name in TRANSPORTS}, type=str)  # type: ignore[misc]
_TRANSPORT = TransportName(TRANSPORTS[0])
_ACCELERATOR = AcceleratorName(DEFAULT_ACCELERATOR)
ModelOption = Annotated[
    str,
    typer.Option("--model", "-m", help="A shipped model's name, or a .tflite or .onnx file."),
]
FramingOption = Annotated[
    FramingName, typer.Option(help="How the network sees pictures that are not square.")
]
WholeOption = Annotated[
    bool, typer.Option("--whole", help="Photos: colour borders, film edges and album pages too.")
]
SideBySideOption = Annotated[
    bool, typer.Option("--side-by-side", help="Write grey and colour beside each other.")
]
CornerMarkOption = Annotated[
    bool, typer.Option("--corner-mark", help="Photos: write 'colourized' small in a corner.")
]
QualityOption = Annotated[
    int | None,
    typer.Option(min=1, max=100, help="JPEG and WebP: quality, higher is better.  [default: 95]"),
]
NoMarkOption = Annotated[
    bool, typer.Option("--no-mark", help="Photos: say nothing of TintLite in the result.")
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Photos: refuse damaged ones instead of noting it.")
]
MaxPixelsOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="NUMBER",
        help="Photos: how many pixels one may have.  [default: 178 million]",
    ),
]
AcceleratorOption = Annotated[
    AcceleratorName,
    typer.Option(help="What runs the network; auto, onnx: a GPU if it is sound and no slower."),
]
DelegateOption = Annotated[
    str | None,
    typer.Option(metavar="LIBRARY", help="A LiteRT delegate to load, as libedgetpu.so.1."),
]


PatienceOption = Annotated[
    float,
    typer.Option(
        min=0.5, max=3600, help="Without a frame for so many seconds, a camera counts as lost."
    ),
]
TransportOption = Annotated[
    TransportName,
    typer.Option(help="How RTSP's pictures come; auto: TCP, or UDP where the camera refuses it."),
]
CredentialsOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        show_default=False,
        help="A file with the address's USER:PASSWORD.  [default: what TINTLITE_CREDENTIALS holds]",
    ),
]


def _credentials(file: str | None) -> str | None:
    from edge_runtime.live.address import CREDENTIALS_VARIABLE, check_credentials, read_credentials

    if file is not None:
        return read_credentials(file)
    words = os.environ.get(CREDENTIALS_VARIABLE)
    return check_credentials(words, CREDENTIALS_VARIABLE) if words else None


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tintlite {__version__}")
        raise typer.Exit


def _saturation(value: float) -> float:
    try:
        Look(saturation=value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return value


SaturationOption = Annotated[
    float,
    typer.Option(
        callback=_saturation, help=f"How strong the colours are, 0 to {MAX_SATURATION:g}."
    ),
]


def _film_options(
    codec: str | None,
    crf: float | None,
    preset: str | None,
    look: Look,
    stats: bool,
    start: str | None,
    end: str | None,
    preview: str | None,
    deinterlace: bool,
    fps: float | None,
    resume: bool,
) -> VideoOptions:
    try:
        return VideoOptions(
            codec=codec,
            crf=crf,
            preset=preset,
            look=look,
            stats=stats,
            start=None if start is None else parse_time(start),
            end=None if end is None else parse_time(end),
            preview=None if preview is None else Path(preview),
            deinterlace=deinterlace,
            fps=fps,
            resume=resume,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _device(threads: int | None, accelerator: AcceleratorName, delegate: str | None) -> Device:
    number = default_threads() if threads is None else threads
    try:
        return Device(number, accelerator.value, delegate)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _format(name: str | None) -> "Format | None":
    from edge_runtime.errors import PictureError
    from edge_runtime.pictures import format_called

    try:
        return None if name is None else format_called(name)
    except PictureError as error:
        raise typer.BadParameter(str(error)) from None


def _look(saturation: float, smoothing: float | None, **others: Any) -> Look:
    strength = DEFAULT_SMOOTHING if smoothing is None else smoothing
    return Look(saturation=saturation, smoothing=strength, **others)


def _saying(
    hints: list[str],
    file: str | None,
    references: list[str],
    suggest: int | None,
    save: bool,
    skip_existing: bool,
) -> "Saying":
    from edge_runtime.cli.hints import Saying
    from edge_runtime.colour.hints import Hint
    from edge_runtime.hints.suggestions import check_count

    try:
        said = tuple(Hint.from_text(text) for text in hints)
        if suggest is not None:
            check_count(suggest)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    given = bool(said or references) or file is not None
    if suggest is not None and given:
        raise typer.BadParameter("--suggest makes hints itself, and takes none")
    if save and not given and suggest is None:
        raise typer.BadParameter("--save-hints needs hints to save")
    for option, used in (("a --reference", bool(references)), ("--suggest", suggest is not None)):
        if used and skip_existing:
            raise typer.BadParameter(f"--skip-existing does not know results of {option}")
    return Saying(said, file, tuple(references), save, suggest)


# What `tintlite` alone says before its help.
_FIRST = """For most people this is the command:

    tintlite serve      a page opens in the browser: drop a photo there"""


@app.callback(invoke_without_command=True)
def tintlite(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell on standard error what is done, and how.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but what goes wrong.")
    ] = False,
) -> None:
    """Colour for black-and-white pictures and films, offline.

    \b
    Examples:
      tintlite serve
      tintlite colorize grandmother.jpg
      tintlite colorize film.mp4
      tintlite colorize album/ -o album-in-colour/ --recursive
      tintlite models
      tintlite -v colorize old.tif
    """
    from edge_runtime.cli.console import keep_quiet
    from edge_runtime.cli.logs import show_log

    keep_quiet(quiet)
    show_log(verbose)
    if context.invoked_subcommand is None:
        typer.echo(f"{_FIRST}\n\n{context.get_help()}")


@app.command()
def colorize(
    # Texts, not paths: a Path forgets a slash at the end, and takes an empty one for a dot; and
    # Typer would refuse all of them for one that cannot be read.
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Pictures, films, and folders of them."),
    ],
    out: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--out",
            metavar="OUT",
            help="The file to write, or the folder for a folder or several files.",
        ),
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Go into sub-folders too.")
    ] = False,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, max=MAX_THREADS, help="Threads to use.  [default: the cores, at most 4]"
        ),
    ] = None,
    saturation: SaturationOption = 1.0,
    framing: FramingOption = _FRAMING,
    whole: WholeOption = False,
    accelerator: AcceleratorOption = _ACCELERATOR,
    delegate: DelegateOption = None,
    side_by_side: SideBySideOption = False,
    corner_mark: CornerMarkOption = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace output files that exist already.")
    ] = False,
    skip_existing: Annotated[
        bool,
        typer.Option(
            "--skip-existing",
            help="Pass over results that are newer and of the same model and options.",
        ),
    ] = False,
    quality: QualityOption = None,
    no_mark: NoMarkOption = False,
    strict: StrictOption = False,
    max_pixels: MaxPixelsOption = None,
    hint: Annotated[
        list[str] | None,
        typer.Option(
            metavar="X,Y,COLOUR",
            help="A photo: say the colour of a place; may be repeated. Shares of its width and "
            "height, and #RRGGBB or grey.",
        ),
    ] = None,
    hints: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A photo: hints of a .hints.json; auto: of NAME.hints.json beside each photo.",
        ),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Photos: take the colours of this picture where it looks alike. A film, as "
            "FILE@TIME: a frame with right colours, which hold for its shot; may be repeated.",
        ),
    ] = None,
    suggest: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER",
            help="A photo: write 2 to 4 different colourings, NAME.colour-1.EXT and so on.",
        ),
    ] = None,
    save_hints: Annotated[
        bool,
        typer.Option("--save-hints", help="A photo: write its hints to NAME.hints.json beside it."),
    ] = False,
    codec: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Films: FFmpeg's encoder; auto: hardware, if it works.  [default: libx264]",
        ),
    ] = None,
    crf: Annotated[
        float | None,
        typer.Option(min=0, max=63, help="Films: quality, lower is better.  [default: 18]"),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(metavar="WORD", help="Films: the encoder's speed, as veryfast or slow."),
    ] = None,
    smoothing: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Films: calm colours over time, 0 is off.  [default: 0.8]"),
    ] = None,
    stats: Annotated[
        bool, typer.Option("--stats", help="Films: print flicker, scene cuts and times.")
    ] = False,
    start: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Films: begin there (seconds, m:s or h:m:s)."),
    ] = None,
    end: Annotated[str | None, typer.Option(metavar="TIME", help="Films: end there.")] = None,
    preview: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Films: write a coloured still from near the middle."),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.1, max=1000, help="Films of numbered pictures: frames a second.  [default: 24]"
        ),
    ] = None,
    deinterlace: Annotated[
        bool,
        typer.Option("--deinterlace", help="Films: make whole frames of interlaced ones (bwdif)."),
    ] = False,
    no_resume: Annotated[
        bool,
        typer.Option("--no-resume", help="Films: drop what a stopped run left, and begin anew."),
    ] = False,
) -> int:
    """Colour pictures (JPEG, PNG, TIFF, WebP, HEIC, ...) and films (MP4, MOV, MKV, WebM, AVI, ...).

    NAME.EXT becomes NAME.colour.EXT beside it, or in the folder OUT; a folder's pictures go to
    FOLDER-colour. OUT's ending chooses the format. Files are never replaced without --overwrite,
    and results of earlier runs are not coloured again. - is standard input or output;
    films go through it as y4m.

    \b
    Examples:
      tintlite colorize grandmother.jpg
      tintlite colorize grandmother.tif -o grandmother.png --saturation 1.3
      tintlite colorize grandmother.jpg -o before-after.jpg --side-by-side
      tintlite colorize album/ holiday.jpg -o coloured/ --recursive --model nano
      tintlite colorize album/ --skip-existing
      curl -s URL | tintlite colorize - > coloured.jpg
      tintlite colorize grandmother.jpg --hint 0.42,0.61,#8c1d2f --hint 0.1,0.9,grey --save-hints
      tintlite colorize album/ --hints auto
      tintlite colorize grandmother.jpg --reference dress-in-colour.jpg --save-hints
      tintlite colorize grandmother.jpg --suggest 4 --save-hints
      tintlite colorize film.mp4 --preset veryfast --start 1:30 --end 2:00
      tintlite colorize film.mp4 --reference still.png@0:01:10
      tintlite colorize scans/frame_%05d.dpx --fps 16 -o film.mkv
      tintlite colorize film.mkv -o frames/frame_%05d.tif
      tintlite colorize tape.dv -o tape.mp4 --deinterlace --codec auto
      ffmpeg -i film.mkv -f yuv4mpegpipe - | tintlite colorize - -o - | ffplay -

    A film that was stopped (ctrl-C, a power cut, a full disk) goes on where it was when the same
    command is given again; --no-resume begins anew.

    \b
    Exit code: 0 all done, 1 something failed, 2 wrong usage, 3 a picture or film was damaged and
    what could be read of it is done, 130 stopped by ctrl-C.
    """
    from edge_runtime.cli.colorize import Options, run
    from edge_runtime.photo import PhotoOptions

    look = _look(saturation, smoothing, framing=framing.value, whole=whole)
    return run(
        paths,
        out,
        recursive,
        Options(
            model=model,
            device=_device(threads, accelerator, delegate),
            threads=threads,
            photo=PhotoOptions(
                look=look,
                side_by_side=side_by_side,
                corner_mark=corner_mark,
                quality=quality,
                mark=not no_mark,
                strict=strict,
                most_pixels=max_pixels,
                overwrite=overwrite,
                quiet=True,
            ),
            film=_film_options(
                codec,
                crf,
                preset,
                look,
                stats,
                start,
                end,
                preview,
                deinterlace,
                fps,
                not no_resume,
            ),
            skip_existing=skip_existing,
            saying=_saying(hint or [], hints, reference or [], suggest, save_hints, skip_existing),
        ),
    )


@app.command()
def bulk(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A folder, a .tar, or a .parquet with a column of addresses."
        ),
    ],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The folder for the results.")],
    model: ModelOption = DEFAULT_MODEL,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=100_000, help="How many pictures at a time.  [default: one a core]"
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option(min=1, max=MAX_THREADS, help="Threads of each worker.")
    ] = 1,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Ray cluster to work on, as HOST:6379; auto: the one of this machine.",
        ),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try pictures again that earlier runs gave up.")
    ] = False,
    patience: Annotated[
        float, typer.Option(min=1, help="How many seconds a picture may take.")
    ] = 600,
    format: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Of all results, as jpeg or tiff.  [default: the picture's]"
        ),
    ] = None,
    quality: QualityOption = None,
    saturation: SaturationOption = 1.0,
    framing: FramingOption = _FRAMING,
    whole: WholeOption = False,
    accelerator: AcceleratorOption = _ACCELERATOR,
    delegate: DelegateOption = None,
    side_by_side: SideBySideOption = False,
    corner_mark: CornerMarkOption = False,
    no_mark: NoMarkOption = False,
    strict: StrictOption = False,
    max_pixels: MaxPixelsOption = None,
) -> int:
    """Colour whole archives of photos, on this machine or on a Ray cluster (pip install
    'tintlite[bulk]' or 'tintlite[ray]').

    SOURCE and TARGET are paths, or addresses that fsspec knows, as s3://bucket/scans (which needs
    pip install s3fs). Pictures are taken of a folder, its folders and their tars; or of the column
    "source" of a list. Results have the names of their pictures, with .colour.EXT behind where the
    format is another. TARGET/tintlite-ledger holds a row for each picture; the same command does
    what is missing. Only one run at a time may write to a target.

    \b
    Examples:
      tintlite bulk scans/ in-colour/
      tintlite bulk masters/ access/ --format jpeg --quality 90
      tintlite bulk s3://archive/scans s3://archive/in-colour --workers 16
      tintlite bulk shards/ in-colour/ --retry
      tintlite bulk list.parquet in-colour/
      tintlite bulk s3://archive/scans s3://archive/in-colour --ray 10.0.0.5:6379

    \b
    Exit code: 0 all done, 1 some pictures have no result or the run was broken off, 2 wrong usage,
    3 some were damaged and what could be read of them is done, 130 stopped by ctrl-C.
    """
    from edge_runtime.cli.bulk import BulkOptions, run
    from edge_runtime.photo import PhotoOptions

    return run(
        source,
        target,
        BulkOptions(
            model=model,
            device=_device(threads, accelerator, delegate),
            photo=PhotoOptions(
                look=_look(saturation, None, framing=framing.value, whole=whole),
                side_by_side=side_by_side,
                corner_mark=corner_mark,
                format=_format(format),
                quality=quality,
                mark=not no_mark,
                strict=strict,
                most_pixels=max_pixels,
                quiet=True,
            ),
            workers=workers,
            ray=ray,
            retry=retry,
            patience=patience,
        ),
    )


@app.command()
def camera(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A camera's number or device, an address, or a film (see below)."
        ),
    ] = "0",
    list_them: Annotated[
        bool, typer.Option("--list", help="List the cameras of this machine, and end.")
    ] = False,
    display: Annotated[
        DisplayName, typer.Option(help="Show it in a window, in the browser, or not at all.")
    ] = DisplayName.web,
    record: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Write what is shown: .mp4, .m4v, .mov, .mkv (H.264), .webm (VP9)."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let the recording replace a file.")
    ] = False,
    width: Annotated[
        int | None, typer.Option(min=1, max=8192, help="Width to ask of the camera.")
    ] = None,
    height: Annotated[
        int | None, typer.Option(min=1, max=8192, help="Height to ask of the camera.")
    ] = None,
    fps: Annotated[
        float | None, typer.Option(min=0.1, max=1000, help="Frames a second to ask of the camera.")
    ] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Begin a film again at its end.")] = False,
    credentials: CredentialsOption = None,
    rtsp_transport: TransportOption = _TRANSPORT,
    patience: PatienceOption = 5.0,
    model: ModelOption = DEFAULT_MODEL,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, max=MAX_THREADS, help="Threads to use.  [default: the cores, at most 4]"
        ),
    ] = None,
    saturation: SaturationOption = 1.0,
    smoothing: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="How strongly colours are steadied over time; 0: not.  [default: 0.8]",
        ),
    ] = None,
    accelerator: AcceleratorOption = _ACCELERATOR,
    delegate: DelegateOption = None,
    retries: Annotated[
        int | None,
        typer.Option(
            min=0, help="How often in a row to try a lost camera again.  [default: for ever]"
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Where --display web is served.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Its port; 0: any.")] = 8000,
) -> int:
    """Colour a live camera: watch it in the browser or a window, record it, or both.

    A lost camera is opened again, at growing intervals up to 10 s; the newest frame wins, so that
    delay does not build up. ctrl-C ends it, and finishes the recording.

    \b
    SOURCE is one of
      0, /dev/video0          a USB or V4L2 camera; a link to one, as --list shows, keeps its name
      picamera, picamera:1    a Raspberry Pi camera
      rtsp://…, http://…      a network camera, or one that gives a JPEG at each request
      gst:PIPELINE            a GStreamer pipeline, where OpenCV has it
      night.mp4               a film, played as if live

    \b
    Examples:
      tintlite camera
      tintlite camera --list
      tintlite camera 0 --width 1280 --height 720 --fps 30 --model nano
      tintlite camera picamera --display none --record garden.mp4
      tintlite camera rtsp://192.168.1.20/stream --retries 10

    \b
    Exit code: 0 ended by ctrl-C or at a film's end, 1 something failed, 2 wrong usage.
    """
    from edge_runtime.cli.camera import ShowOptions, run, show_cameras
    from edge_runtime.cli.watch import Recording

    if list_them:
        return show_cameras()
    from edge_runtime.live.make_view import ViewOptions

    return run(
        source,
        ViewOptions(
            width=width,
            height=height,
            fps=fps,
            loop=loop,
            patience=patience,
            credentials=_credentials(credentials),
            rtsp_transport=rtsp_transport.value,
            model=model,
            look=_look(saturation, smoothing),
            device=_device(threads, accelerator, delegate),
            retries=retries,
            must_open=True,
        ),
        ShowOptions(
            display.value, host, port, None if record is None else Recording(record, overwrite)
        ),
    )


@app.command()
def serve(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[SOURCE]",
            show_default=False,
            help="A camera, an address or a film, as for `tintlite camera`; none: photos alone.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="The address to serve at; 0.0.0.0 for the whole network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Its port; 0: any.")] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="TINTLITE_TOKEN",
            show_default=False,
            help="What visitors must show.  [default: none on 127.0.0.1, else one is made]",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            show_default=False,
            help="A name by which visitors reach it through another server; may be repeated.",
        ),
    ] = None,
    base_path: Annotated[
        str,
        typer.Option(metavar="PATH", help="Where in that server's paths it lies, as /tint."),
    ] = "",
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Open no browser, where there is a screen.")
    ] = False,
    idle: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            metavar="MINUTES",
            show_default=False,
            help="End when nobody has asked for anything for so long.  [default: never]",
        ),
    ] = None,
    max_upload_mb: Annotated[
        int, typer.Option(min=1, max=2048, help="The largest photo file.")
    ] = 64,
    max_film_mb: Annotated[
        int, typer.Option(min=0, max=1024 * 1024, help="The largest film; 0: no films.")
    ] = 1024,
    max_film_minutes: Annotated[
        float, typer.Option(min=0.1, max=6000, help="The longest film.")
    ] = 10,
    max_viewers: Annotated[
        int, typer.Option(min=1, max=64, help="How many may watch at the same time.")
    ] = 8,
    model: ModelOption = DEFAULT_MODEL,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, max=MAX_THREADS, help="Threads to use.  [default: the cores, at most 4]"
        ),
    ] = None,
    saturation: SaturationOption = 1.0,
    smoothing: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="How strongly colours are steadied over time; 0: not.  [default: 0.8]",
        ),
    ] = None,
    accelerator: AcceleratorOption = _ACCELERATOR,
    delegate: DelegateOption = None,
    width: Annotated[
        int | None, typer.Option(min=1, max=8192, help="Width to ask of the camera.")
    ] = None,
    height: Annotated[
        int | None, typer.Option(min=1, max=8192, help="Height to ask of the camera.")
    ] = None,
    fps: Annotated[
        float | None, typer.Option(min=0.1, max=1000, help="Frames a second to ask of the camera.")
    ] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Begin a film again at its end.")] = False,
    credentials: CredentialsOption = None,
    rtsp_transport: TransportOption = _TRANSPORT,
    patience: PatienceOption = 5.0,
    retries: Annotated[
        int | None,
        typer.Option(
            min=0, help="How often in a row to try a lost camera again.  [default: for ever]"
        ),
    ] = None,
) -> int:
    """Serve a page in the browser: a camera live in colour, and photos coloured by dropping them.

    It is for this machine alone, unless --host says otherwise; then visitors need the token that
    stands in the printed address. Where there is a screen, it opens the page in the browser.

    \b
    Examples:
      tintlite serve
      tintlite serve 0 --width 1280 --height 720 --model nano
      tintlite serve picamera --host 0.0.0.0
      tintlite serve --allow-host photos.example.org --base-path /tint

    \b
    Exit code: 0 ended by ctrl-C or SIGTERM, 1 something failed, 2 wrong usage.
    """
    from edge_runtime.cli.serve import PageOptions, run
    from edge_runtime.live.make_view import ViewOptions

    return run(
        source,
        ViewOptions(
            width=width,
            height=height,
            fps=fps,
            loop=loop,
            patience=patience,
            credentials=_credentials(credentials),
            rtsp_transport=rtsp_transport.value,
            model=model,
            look=_look(saturation, smoothing),
            device=_device(threads, accelerator, delegate),
            retries=retries,
            must_open=True,
        ),
        PageOptions(
            host,
            port,
            token,
            max_upload_mb,
            max_viewers,
            max_film_mb,
            max_film_minutes,
            tuple(allow_host or ()),
            base_path,
            open=not no_open,
            idle_minutes=idle,
        ),
    )


@app.command()
def models() -> None:
    """List the shipped models."""
    from edge_runtime.cli.models import show_models

    show_models()


@app.command()
def accelerators(
    model: ModelOption = DEFAULT_MODEL,
) -> None:
    """Try what a model can run on here: the CPU, the GPU, and what `auto` or `onnx` would take."""
    from edge_runtime.cli.accelerators import show_accelerators

    show_accelerators(model)


@app.command()
def benchmark(
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            help="A shipped name, or a .tflite or .onnx; may be repeated.  [default: the shipped]",
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, max=MAX_THREADS, help="Threads to use.  [default: the cores, at most 4]"
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=600, help="How long each model runs at each size.")
    ] = 3.0,
    accelerator: AcceleratorOption = _ACCELERATOR,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="FILE", help="Write the figures as JSON, to share."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace that file if it exists already.")
    ] = False,
) -> int:
    """Measure how many frames a second this machine colours, at 480p, 720p and 1080p.

    The frames go from grey to colour in memory, as those of a camera do. The file holds the kind of
    machine and the figures, and no names of people, hosts or folders.

    \b
    Examples:
      tintlite benchmark
      tintlite benchmark --model nano --threads 1 -o result.json
      tintlite benchmark --accelerator gpu --seconds 10

    \b
    Exit code: 0 all measured, 1 a model could not be measured, 2 wrong usage.
    """
    from edge_runtime.cli.benchmark import run

    return run(model or [], threads, seconds, accelerator.value, out, overwrite)


@app.command()
def info(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="A shipped model's name, or a .tflite or .onnx file."),
    ],
) -> None:
    """Show what a model file says of itself, and its tensors.

    \b
    Example:
      tintlite info standard
    """
    from edge_runtime.cli.info import show_info

    show_info(model)
