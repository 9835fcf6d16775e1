"""Merges a library's manifest into an app's, as far as the Android plugin's merger is needed here.

    merge_manifest.py LIBRARY.xml < AndroidManifest.xml > merged.xml

What the library asks for comes in, unless the app says `tools:node="remove"` for it; what speaks to
the merger alone goes out.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

ANDROID = "http://schemas.android.com/apk/res/android"
TOOLS = "http://schemas.android.com/tools"
_NODE = f"{{{TOOLS}}}node"


def _identity(element: ElementTree.Element) -> tuple[str, str | None]:
    return element.tag, element.get(f"{{{ANDROID}}}name")


def main() -> None:
    ElementTree.register_namespace("android", ANDROID)
    root = ElementTree.fromstring(sys.stdin.read())  # noqa: S314 (a file of our own)
    library = ElementTree.fromstring(Path(sys.argv[1]).read_text())  # noqa: S314 (another)
    told = {_identity(child) for child in root}
    root.extend(child for child in library if _identity(child) not in told)
    for parent in root.iter():
        for child in list(parent):
            if child.get(_NODE) == "remove":
                parent.remove(child)
        for name in [name for name in parent.attrib if name.startswith(f"{{{TOOLS}}}")]:
            del parent.attrib[name]
    print(ElementTree.tostring(root, encoding="unicode"))


main()
