"""The documents as MkDocs is given them; `make site` builds the site itself."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import markdown
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def hooks():
    spec = importlib.util.spec_from_file_location("site_hooks", ROOT / "site" / "hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def html(hooks, text, name="guide/serve.md"):
    page = SimpleNamespace(file=SimpleNamespace(src_uri=name))
    read = hooks.on_page_markdown(text, page, None, None)
    return markdown.markdown(read, extensions=["tables", "sane_lists", "fenced_code"])


def test_lists_are_lists(hooks):
    shown = html(hooks, "Words:\n- one\n  and more\n- two\n\n  a part\n\nThe end\n")
    assert shown.count("<li>") == 2
    assert "and more" in shown.split("<li>")[1]
    assert "a part" in shown.split("<li>")[2].split("</ul>")[0]
    assert shown.endswith("<p>The end</p>")
    assert html(hooks, "1. one\n2. two\n").count("<li>") == 2
    assert "<li>" not in html(hooks, "```\n- a\n  - b\n```\n")
    assert "  - b" in html(hooks, "- x\n\n```\n- a\n  - b\n```\n")


def test_stars_of_colours_are_stars(hooks):
    assert html(hooks, "units of a* and b*, L*") == "<p>units of a* and b*, L*</p>"
    assert html(hooks, "*a word*") == "<p><em>a word</em></p>"


def test_links(hooks):
    def link(text, name="guide/serve.md"):
        return html(hooks, text, name)

    assert 'href="../guide/live.md#as"' in link("[Live](live.md#as)")
    assert 'href="../project/CONTRIBUTING.md"' in link("[C](../../CONTRIBUTING.md)")
    assert link("[The licence](../../LICENSE)") == "<p>The licence</p>"
    assert 'src="../demo/plates.jpg"' in link("![](../demo/plates.jpg)")
    assert 'href="https://a.example/"' in link("[web](https://a.example/)")
    assert 'href="../guide/serve.md"' in link("[s](docs/guide/serve.md)", "project/README.md")
    assert "../../LICENSE" in link("`[The licence](../../LICENSE)`")
    assert "LICENSE" not in link("`a\nb` [The licence](../../LICENSE) `c`")
    assert 'href="gone.md"' in link("[gone](gone.md)")  # for MkDocs to complain of
