"""`python -m benchmarks`: measure what the documents claim."""

import typer

from benchmarks.commands.accuracy import HELP as ACCURACY_HELP
from benchmarks.commands.accuracy import accuracy_command
from benchmarks.commands.bulk import bulk_command
from benchmarks.commands.compare import HELP as COMPARE_HELP
from benchmarks.commands.compare import compare_command
from benchmarks.commands.flicker import flicker_command
from benchmarks.commands.hints import hints_command
from benchmarks.commands.latency import HELP as LATENCY_HELP
from benchmarks.commands.latency import latency_command
from benchmarks.commands.reference import reference_command
from benchmarks.commands.report import HELP as REPORT_HELP
from benchmarks.commands.report import report_command
from benchmarks.commands.shots import shots_command
from benchmarks.commands.suggest import suggest_command
from benchmarks.commands.video import HELP as VIDEO_HELP
from benchmarks.commands.video import video_command
from train.command import run

app = typer.Typer(
    help="Measure TintLite.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("accuracy", help=ACCURACY_HELP)(accuracy_command)
app.command("latency", help=LATENCY_HELP)(latency_command)
app.command("video", help=VIDEO_HELP)(video_command)
app.command("bulk")(bulk_command)
app.command("hints")(hints_command)
app.command("reference")(reference_command)
app.command("suggest")(suggest_command)
app.command("flicker")(flicker_command)
app.command("shots")(shots_command)
app.command("report", help=REPORT_HELP)(report_command)
app.command("compare", help=COMPARE_HELP)(compare_command)


def main() -> None:
    """Run a command and exit."""
    run(app, "benchmarks")
