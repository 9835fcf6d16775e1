"""What the documents promise exists: links, files, recipes, commands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_shipped_models_have_cards():
    from edge_runtime.shipped import shipped_names

    assert shipped_names() == ["nano", "standard"]
    for name in shipped_names():
        assert (ROOT / "docs" / "models" / f"{name}.md").is_file()


def test_the_wheel_holds_the_runtime_alone():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'packages = ["edge_runtime"]' in text
