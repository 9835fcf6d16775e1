"""A model's folder for Hugging Face, laid out as litert-community's: card, licence, model files.

What the card says of the files is read off the files; the rest is the model's page in
`docs/models/`, which holds every figure once.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from edge_runtime.model.contract import Contract
from edge_runtime.model.model_file import read_model
from edge_runtime.model.shipped import shipped_names, shipped_path
from edge_runtime.whole_file import write_whole
from export.errors import ExportError

PAGES = Path("docs/models")
TAGS = ("litert", "tflite", "colorization", "quantized", "edge")

_USE = """## Use
```
pip install tintlite
tintlite colorize old.jpg --model {file}
```
```python
from tintlite import Colorizer

rgb = Colorizer("{file}").colorize(grey)  # uint8 or uint16, [H, W] or [H, W, 3]
```
What a program of another language has to do before and after the network is in TintLite's
`tests/golden/README.md`, with vectors to check it by.
"""


def write_card(
    models: Sequence[str], out: Path, *, page: Path | None = None, overwrite: bool = False
) -> list[Path]:
    """Write the folder: `README.md`, `LICENSE` and the model files.

    Args:
        models: names of shipped models or paths of model files, all of one model.
        out: the folder.
        page: the model's page, with a part `## Licence`; by default that of `docs/models/`.
        overwrite: replace files that are there.
    Returns:
        the files that were written.
    Raises:
        ModelError: a file is no whole and unedited model.
        ExportError: the files are of several models or have the same name, the page is missing or
            has no licence, a file is in the way, or the folder cannot be written.
    """
    files: dict[str, bytes] = {}
    contracts: dict[str, Contract] = {}
    for model in models:
        path = shipped_path(model) if model in shipped_names() else Path(model)
        if path.name in files:
            raise ExportError(f"two files are called {path.name}")
        read = read_model(model)
        files[path.name], contracts[path.name] = read.data, read.contract
    names = sorted({contract.name for contract in contracts.values()})
    if len(names) > 1:
        raise ExportError(f"a card is of one model, these are {', '.join(names)}")
    page = page or PAGES / f"{names[0]}.md"
    try:
        text = page.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise ExportError(f"{page} cannot be read: {reason}") from None
    licence = re.search(r"^## Licence\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if licence is None:
        raise ExportError(f"{page} has no part '## Licence'")
    files["README.md"] = _card(text, contracts, files).encode()
    files["LICENSE"] = _without_links(licence[1]).encode()
    written = [out / name for name in files]
    for path in written:
        if path.exists() and not overwrite:
            raise ExportError(f"{path} exists already: --overwrite replaces it")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, data in zip(written, files.values(), strict=True):
            write_whole(path, data)
    except OSError as error:
        raise ExportError(f"{out} cannot be written: {error.strerror}") from None
    return written


def _card(page: str, contracts: dict[str, Contract], files: dict[str, bytes]) -> str:
    """The whole README.md."""
    first = next(iter(contracts))
    contract = contracts[first]
    name = re.sub(r"[^a-z0-9]+", "-", contract.licence.partition(",")[0].lower()).strip("-")
    facts = {
        "library_name": "litert",
        "pipeline_tag": "image-to-image",
        "license": "other",
        "license_name": name,
        "license_link": "LICENSE",
        "tags": list(TAGS),
    }
    # JSON's values are YAML's, whatever stands in them.
    front = "".join(f"{key}: {json.dumps(value)}\n" for key, value in facts.items())
    table = "| file | version | recipe | S | bytes | SHA-256 |\n|---|---|---|---:|---:|---|\n"
    for file, of in contracts.items():
        digest = hashlib.sha256(files[file]).hexdigest()
        table += f"| [{file}]({file}) | {of.version} | `{of.recipe}` | {of.input_size} "
        table += f"| {len(files[file]):,} | `{digest}` |\n"
    # Of its own title and file the card says more.
    body = re.sub(r"\A# .*\n+|^\| file \|.*\n", "", page, flags=re.MULTILINE)
    return (
        f"---\n{front}---\n# TintLite: {contract.name}\n\n"
        "Colour for black-and-white pictures, on the device: of their lightness the network makes"
        " a\\* and b\\*.\n\n"
        f"## Files\n{table}\n{_USE.format(file=first)}\n## The model\n{_without_links(body)}"
    )


def _without_links(text: str) -> str:
    """Markdown whose links to other files of the repository are their words alone."""
    return re.sub(r"\[([^\]]*)\]\((?!https?://)[^)]*\)", r"\1", text)
