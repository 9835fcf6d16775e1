"""What the documents promise exists: links, pictures, model cards, commands."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from edge_runtime.model.model_file import read_model
from edge_runtime.model.shipped import shipped_names, shipped_path

ROOT = Path(__file__).parents[1]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")})

# What the design allows each shipped file.
MOST_BYTES = {"nano": 600_000, "standard": 2_500_000}


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def parts(page):
    """What a link may name of a page behind `#`, as GitHub makes it of the headings."""
    for heading in re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            file, _, part = target.partition("#")
            aim = page.parent / file if file else page
            assert aim.exists(), target
            assert not part or part in parts(aim), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_nothing_is_left_to_fill_in(page):
    assert not re.findall(r"@\w+@|TODO|TBD", page.read_text("utf-8"))


def commands(room):
    """Every command line of a room in the documents: (page, words)."""
    for page in PAGES:
        text = page.read_text("utf-8").replace("\\\n", " ")
        for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL):
            for line in block.splitlines():
                if line.startswith(room + " "):
                    yield page, shlex.split(line.removeprefix(room), comments=True)


def options(app, words):
    """The options that a command takes; the command's own name must exist."""
    from export.cli import app as export
    from export.cli import others

    command = typer.main.get_command(app)
    if app is export and words[0] in typer.main.get_command(others).commands:
        command = typer.main.get_command(others)
    if hasattr(command, "commands"):
        command = command.commands[words[0]]
    return {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("room", ["tintlite", "train", "export", "benchmarks"])
def test_commands_of_the_documents_exist(room):
    from benchmarks.cli import app as benchmarks
    from edge_runtime.cli.app import app as tintlite
    from export.cli import app as export
    from train.cli import app as train

    apps = {"tintlite": tintlite, "train": train, "export": export, "benchmarks": benchmarks}
    found = list(commands(room if room == "tintlite" else f"python -m {room}"))
    assert found
    for page, words in found:
        used = {word for word in words if word.startswith("-")}
        assert used <= options(apps[room], words), (page, words)


@pytest.mark.parametrize("name", ["nano", "standard"])
def test_shipped_models_keep_the_design_and_have_cards(name):
    assert name in shipped_names()
    assert shipped_path(name).stat().st_size <= MOST_BYTES[name]
    contract = read_model(name).contract
    assert contract.recipe.startswith("int8")
    assert "research" in contract.licence
    assert "47,276" in contract.training_set
    card = (ROOT / "docs" / "models" / f"{name}.md").read_text("utf-8")
    for figure in ("val_gain_over_grey_db", "held_back_gain_over_grey_db"):
        assert f"{contract.result[figure]:+.2f} dB" in card
    assert f"{shipped_path(name).stat().st_size:,} bytes" in card
