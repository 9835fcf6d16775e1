"""`tintlite colorize`: one picture or film after the other, past the bad ones, to a summary."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from edge_runtime.cli import options
from edge_runtime.cli.codes import DAMAGED, FAILED, INTERRUPTED, OK
from edge_runtime.cli.console import complain, end_quietly, say
from edge_runtime.cli.progress import Lines, show_progress
from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.engine.threads import default_threads
from edge_runtime.errors import TintLiteError
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.look import DEFAULT_SMOOTHING, Look
from edge_runtime.model.model_file import DEFAULT_MODEL
from edge_runtime.quiet import quiet_libraries
from edge_runtime.video import VideoOptions, VideoStoppedError
from edge_runtime.video.clock import parse_time

if TYPE_CHECKING:
    from edge_runtime.cli.hints import Saying
    from edge_runtime.cli.jobs import ColorizeJob, Plan
    from edge_runtime.colorizer import Colorizer
    from edge_runtime.photo import PhotoOptions


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
    model: options.Model = DEFAULT_MODEL,
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Go into sub-folders too.")
    ] = False,
    threads: options.Threads = None,
    saturation: options.Saturation = 1.0,
    framing: options.Framing = options.FRAMING,
    whole: options.Whole = False,
    accelerator: options.Accelerator = options.ACCELERATOR,
    delegate: options.Delegate = None,
    side_by_side: options.SideBySide = False,
    corner_mark: options.CornerMark = False,
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
    quality: options.Quality = None,
    no_mark: options.NoMark = False,
    strict: options.Strict = False,
    max_pixels: options.MaxPixels = None,
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
        float,
        typer.Option(
            min=0,
            max=1,
            show_default=False,
            help="Films: calm colours over time, 0 is off.  [default: 0.8]",
        ),
    ] = DEFAULT_SMOOTHING,
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
    import cv2

    from edge_runtime.cli.hints import Saying
    from edge_runtime.cli.jobs import STREAM, make_plan
    from edge_runtime.colorizer import Colorizer
    from edge_runtime.photo import PhotoOptions

    look = Look(saturation, framing.value, whole, smoothing)
    device = options.device_of(threads, accelerator, delegate)
    photo = PhotoOptions(
        look=look,
        side_by_side=side_by_side,
        corner_mark=corner_mark,
        quality=quality,
        mark=not no_mark,
        strict=strict,
        most_pixels=max_pixels,
        overwrite=overwrite,
        quiet=True,
    )
    with options.usage():
        film = VideoOptions(
            codec=codec,
            crf=crf,
            preset=preset,
            look=look,
            stats=stats,
            start=None if start is None else parse_time(start),
            end=None if end is None else parse_time(end),
            fps=fps,
            preview=None if preview is None else Path(preview),
            deinterlace=deinterlace,
            threads=threads,
            resume=not no_resume,
        )
    saying = Saying(hint or (), hints, reference or (), suggest, save_hints, skip_existing)
    plan = make_plan(paths, out, recursive)
    to_stream = any(job.target == STREAM for job in plan.jobs)
    # Where the picture itself goes to standard output, nothing else may.
    tell: Callable[[str], None] = complain if to_stream else say
    if to_stream and sys.stdout.isatty():
        raise typer.BadParameter("the result would go to the terminal: send it on, or name a file")
    saying.check(paths, plan.jobs)
    plan.jobs = saying.jobs_of(plan.jobs)
    for failure in plan.failures:
        complain(failure)
    _tell_left_aside(plan)
    if not plan.jobs:
        return FAILED
    films = sum(job.is_film for job in plan.jobs)
    if films > 1 and preview is not None:
        raise typer.BadParameter("--preview is one picture, but there are several films")
    if films and threads is None:
        # Half the cores: a film's other stages run beside the network.
        device = replace(device, threads=max(1, default_threads() // 2))
    cv2.setNumThreads(device.threads)
    with quiet_libraries():
        keep_freed_memory()
        colorizer = Colorizer(model, device)
    if device.accelerator != DEFAULT_ACCELERATOR:
        end_quietly(colorizer)
        tell(runs_on(colorizer.accelerator, colorizer.accelerator_note))
    work = _Work(colorizer, photo, film, saying, skip_existing, failed=len(plan.failures))
    try:
        # A film has a bar of its own.
        with show_progress(1 if films else len(plan.jobs), quiet=to_stream) as progress:
            for job in plan.jobs:
                progress.begin(job)
                work.do(job, progress)
                progress.advance()
    except (KeyboardInterrupt, SystemExit) as stop:  # ctrl-C, and signals as `main` hears them
        dealt_with = work.done + work.passed_over + work.failed
        left = len(plan.jobs) + len(plan.failures) - dealt_with
        complain(f"interrupted: {work.done} done, {left} left")
        code = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else stop.code
        raise SystemExit(code) from None
    _tell_existing(work.existing)
    passed_over = work.passed_over + len(plan.results)
    if len(plan.jobs) + len(plan.failures) + len(plan.results) > 1:
        over = f", {_earlier(passed_over)} passed over" if passed_over else ""
        tell(f"{work.done} coloured, {work.failed} failed{over}")
    if work.failed or plan.left_aside:
        return FAILED
    return DAMAGED if work.damaged else OK


@dataclass
class _Work:
    """What all jobs have in common, and what became of them."""

    colorizer: "Colorizer"
    photo: "PhotoOptions"
    film: VideoOptions
    saying: "Saying"
    skip_existing: bool
    done: int = 0
    failed: int = 0
    damaged: bool = False
    passed_over: int = 0
    existing: "list[ColorizeJob]" = field(default_factory=list)

    def do(self, job: "ColorizeJob", progress: Lines) -> None:
        """Do one job, and count what became of it."""
        from edge_runtime.cli.jobs import check_target, is_there

        try:
            check_target(job)
            if is_there(job):
                if self.skip_existing and self._is_up_to_date(job):
                    self.passed_over += 1
                    return
                if not self.photo.overwrite:
                    self.failed += 1
                    self.existing.append(job)
                    return
            colour = self._colour_film if job.is_film else self._colour_photo
            notes, damaged = colour(job)
        except VideoStoppedError as stop:
            if stop.path is None:
                progress.complain(
                    f"{job.target}: {stop.film_seconds:.1f} s of the film are done: the same "
                    "command goes on there"
                )
            else:
                self.done += 1
                progress.finish(job)
            raise (stop.__cause__ or stop) from None
        except TintLiteError as error:
            self.failed += 1
            progress.complain(str(error))
            return
        self.done += 1
        self.damaged = self.damaged or damaged
        progress.finish(job)
        for note in notes:
            progress.complain(f"{job.source}: note: {note}")

    def _is_up_to_date(self, job: "ColorizeJob") -> bool:
        """Whether a result is there, not older than its picture, of the same model and options.

        Raises:
            TintLiteError: the file of its hints is bad.
        """
        from edge_runtime.photo import mark_of
        from edge_runtime.pictures import mark_of_file

        try:
            if job.target.stat().st_mtime_ns < job.source.stat().st_mtime_ns:
                return False
        except OSError:
            return False
        if job.is_film:  # it says nothing of how it was made
            return True
        mark = mark_of(self.colorizer, self.photo, self.saying.hints_of(job.source))
        return mark is not None and mark.same_colours(mark_of_file(job.target))

    def _colour_film(self, job: "ColorizeJob") -> tuple[tuple[str, ...], bool]:
        # PyAV takes a while to import: not for pictures alone.
        from edge_runtime.cli.film import colour_film

        return colour_film(job, self.colorizer, self.film, self.photo, self.saying)

    def _colour_photo(self, job: "ColorizeJob") -> tuple[tuple[str, ...], bool]:
        """Do one job that is a picture; returns notes, and whether it was damaged.

        Raises:
            TintLiteError: as `colorize_photo`; the file of its hints is bad or there already.
        """
        from edge_runtime.cli.jobs import STREAM
        from edge_runtime.photo import colorize_photo
        from edge_runtime.pictures import format_of_name

        source: Path | BinaryIO = job.source
        target = None if job.target == STREAM else job.target
        if job.source == STREAM:
            # One more byte than is allowed, to be refused.
            to_tiff = target is not None and format_of_name(target).name == "TIFF"
            most = self.photo.limits(to_tiff).file_bytes
            source = io.BytesIO(sys.stdin.buffer.read(most + 1))
        said = self.saying.said_of(job, self.photo.overwrite)
        result = colorize_photo(
            source, target, self.colorizer, self.photo, name="standard input", hints=said
        )
        if result.data is not None:
            sys.stdout.buffer.write(result.data)
            sys.stdout.buffer.flush()
        return result.notes, result.damaged


def _tell_left_aside(plan: "Plan") -> None:
    for kind, count in sorted(plan.left_aside.items()):
        what = "picture" if count == 1 else "pictures"
        told = f"{count} {what} of the kind {kind} left aside: not read"
        complain(f"{told} (develop them first)" if kind == "camera raw" else told)
    if not plan.jobs and plan.results:
        complain(f"nothing to colour: {_earlier(len(plan.results))}")


def _earlier(count: int) -> str:
    return f"{count} {'result' if count == 1 else 'results'} of earlier runs"


def _tell_existing(existing: "list[ColorizeJob]") -> None:
    if not existing:
        return
    if len(existing) == 1:
        complain(f"{existing[0].target}: exists already (--overwrite replaces it)")
        return
    complain(
        f"{len(existing)} results exist already, {existing[0].target} the first "
        "(--skip-existing passes over those that are up to date, --overwrite replaces them)"
    )
