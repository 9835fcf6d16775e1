"""See that every Android and Java name that compiled classes use is one of Android's API 36.

    check_names.py STUBS CLASSES...

STUBS is the unpacked chaquopy-stubs-android, CLASSES are folders of class files. Names and
parameter types are looked up; the app is compiled against Android's API 23 and what
`stubs/` adds to it by hand, so that a slip there shows here.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from api_stubs import ApiStubs
from class_file import ClassFile, read_class

_PLATFORM = ("android/", "dalvik/", "java/", "javax/", "org/json/", "org/xml/")

# What compilers refer to and D8 rewrites: it is no call that reaches a device.
_REWRITTEN = ("java/lang/invoke/",)


def main() -> int:
    stubs = ApiStubs(Path(sys.argv[1]))
    files = [file for folder in sys.argv[2:] for file in Path(folder).rglob("*.class")]
    classes = {found.name: found for found in map(read_class, files)}
    used: set[str] = set()
    missing: set[str] = set()
    for found in classes.values():
        for kind, owner, name, descriptor in _references(found, classes):
            used.add(f"{owner}.{name}{descriptor}")
            if not _exists(stubs, kind, owner, name, descriptor):
                missing.add(f"{found.name} uses {owner}.{name}{descriptor}".rstrip("."))
    for line in sorted(missing):
        print(line, file=sys.stderr)
    android = sum(name.startswith("android/") for name in used)
    print(f"{len(used)} names of the platform, {android} of them Android's: {len(missing)} unknown")
    return 1 if missing or not android else 0


def _exists(stubs: ApiStubs, kind: str, owner: str, name: str, descriptor: str) -> bool:
    if kind == "class":
        return stubs.has_class(owner)
    if kind == "field":
        return stubs.has_field(owner, name)
    return stubs.has_method(owner, name, descriptor)


def _references(
    found: ClassFile, classes: dict[str, ClassFile]
) -> Iterator[tuple[str, str, str, str]]:
    for name in found.classes:
        element = name.lstrip("[").removeprefix("L").removesuffix(";") if "[" in name else name
        if _of_platform(element):
            yield "class", element, "", ""
    for kind, references in (("field", found.fields), ("method", found.methods)):
        for owner, name, descriptor in references:
            above = _declaring(owner, name, descriptor, classes)
            if above and _of_platform(above):
                yield kind, above, name, descriptor


def _declaring(owner: str, name: str, descriptor: str, classes: dict[str, ClassFile]) -> str | None:
    """The class of the platform in whose line a member of one of our classes must be."""
    found = classes.get(owner)
    if not found:
        return owner
    if (name, descriptor) in found.declared:
        return None
    above = [_declaring(parent, name, descriptor, classes) for parent in found.parents]
    if None in above:
        return None
    # A class comes before its interfaces, and Object is above all.
    return next((a for a in above if a != "java/lang/Object"), above[0])


def _of_platform(name: str) -> bool:
    return name.startswith(_PLATFORM) and not name.startswith(_REWRITTEN)


sys.exit(main())
