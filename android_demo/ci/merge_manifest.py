"""Drops what a manifest says to the Android plugin's merger alone. Standard input to output."""

import sys
from xml.etree import ElementTree

ANDROID = "http://schemas.android.com/apk/res/android"
TOOLS = "http://schemas.android.com/tools"


def main() -> None:
    ElementTree.register_namespace("android", ANDROID)
    root = ElementTree.fromstring(sys.stdin.read())  # noqa: S314 (a file of our own)
    for parent in root.iter():
        for child in list(parent):
            if child.get(f"{{{TOOLS}}}node") == "remove":
                parent.remove(child)
        for name in [name for name in parent.attrib if name.startswith(f"{{{TOOLS}}}")]:
            del parent.attrib[name]
    print(ElementTree.tostring(root, encoding="unicode"))


main()
