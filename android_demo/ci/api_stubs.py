"""Look Android's and Java's names up in the type stubs of chaquopy-stubs-android (API 36)."""

import ast
import keyword
from dataclasses import dataclass, field
from pathlib import Path

_PRIMITIVES = {
    "Z": "java.jboolean",
    "B": "java.jbyte",
    "C": "java.jchar",
    "S": "java.jshort",
    "I": "java.jint",
    "J": "java.jlong",
    "F": "java.jfloat",
    "D": "java.jdouble",
}


@dataclass
class StubClass:
    """A class of the stubs: its module's name and its own, and its node in the tree."""

    module: str
    path: tuple[str, ...]
    node: ast.ClassDef
    members: dict[str, list[ast.stmt]] = field(default_factory=dict)


class ApiStubs:
    """The stubs in a folder."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._modules: dict[str, dict[tuple[str, ...], StubClass] | None] = {}

    def has_class(self, name: str) -> bool:
        """Whether there is a class `android/view/View$OnClickListener`."""
        return self._find(name.replace("/", ".").replace("$", ".")) is not None

    def has_field(self, owner: str, name: str) -> bool:
        """Whether a class or one above it has a field."""
        return any(
            isinstance(member, ast.AnnAssign)
            for found in self._line(owner)
            for member in found.members.get(name, [])
        )

    def has_method(self, owner: str, name: str, descriptor: str) -> bool:
        """Whether a class or one above it has a method that takes these parameters."""
        wanted = parameters(descriptor)
        if name == "<init>":
            line = self._line(owner)[:1]
            made = [m for found in line for m in found.members.get("__init__", [])]
            # A class without a constructor of its own takes nothing.
            return any(self._takes(m, wanted, line[0]) for m in made) or (not made and not wanted)
        line = [*self._line(owner), *self._line("java/lang/Object")]
        if keyword.iskeyword(name):  # the stubs append a line to a word of Python
            name += "_"
            if len(line) > 1 and not any(name in found.members for found in line):
                return True  # or leave it out, as all that are named await
        return any(
            self._takes(member, wanted, found)
            for found in line
            for member in found.members.get(name, [])
        )

    def _takes(self, member: ast.stmt, wanted: list[str], owner: StubClass) -> bool:
        if not isinstance(member, ast.FunctionDef):
            return False
        static = any(
            isinstance(d, ast.Name) and d.id in ("staticmethod", "classmethod")
            for d in member.decorator_list
        )
        given = [*member.args.posonlyargs, *member.args.args][0 if static else 1 :]
        annotations = [argument.annotation for argument in given]
        if member.args.vararg:  # int... is an array
            if len(wanted) != len(annotations) + 1 or not wanted[-1].startswith("["):
                return False
        elif len(wanted) != len(annotations):
            return False
        return all(self._fits(a, w, owner) for a, w in zip(annotations, wanted, strict=False) if a)

    def _fits(self, annotation: ast.expr, wanted: str, owner: StubClass) -> bool:
        names = {_dotted(part) for part in _parts(annotation)}
        if any(name.split(".")[-1].startswith("_") for name in names):
            return not _PRIMITIVES.get(wanted)  # a type variable is any object
        if wanted in _PRIMITIVES:
            return _PRIMITIVES[wanted] in names
        if wanted.startswith("["):
            return any("JavaArray" in name for name in names)
        if wanted == "Ljava/lang/Class;":
            return "typing.Type" in names
        full = wanted[1:-1].replace("/", ".").replace("$", ".")
        found = [self._resolve(name, owner) for name in names]
        return any(f and ".".join((f.module, *f.path)) == full for f in found)

    def _line(self, name: str) -> list[StubClass]:
        """A class and all above it."""
        first = self._find(name.replace("/", ".").replace("$", "."))
        line = [first] if first else []
        for found in line:
            for base in found.node.bases:
                above = self._resolve(_dotted(base), found)
                if above and above not in line:
                    line.append(above)
        return line

    def _resolve(self, name: str, owner: StubClass) -> StubClass | None:
        # A name is looked up in the classes around it, then in its module, then from the root.
        for depth in range(len(owner.path), -1, -1):
            found = self._find(".".join((owner.module, *owner.path[:depth], name)))
            if found:
                return found
        return self._find(name)

    def _find(self, name: str) -> StubClass | None:
        words = name.split(".")
        for length in range(len(words) - 1, 0, -1):
            classes = self._module(".".join(words[:length]))
            if classes is not None:
                return classes.get(tuple(words[length:]))
        return None

    def _module(self, name: str) -> dict[tuple[str, ...], StubClass] | None:
        if name not in self._modules:
            first, *rest = name.split(".")
            file = self._folder.joinpath(f"{first}-stubs", *rest, "__init__.pyi")
            self._modules[name] = _classes(name, file) if file.is_file() else None
        return self._modules[name]


def _classes(module: str, file: Path) -> dict[tuple[str, ...], StubClass]:
    classes: dict[tuple[str, ...], StubClass] = {}

    def collect(body: list[ast.stmt], path: tuple[str, ...]) -> None:
        for node in body:
            if not isinstance(node, ast.ClassDef):
                continue
            found = StubClass(module, (*path, node.name), node)
            for member in node.body:
                target = getattr(member, "target", None)
                name = target.id if isinstance(target, ast.Name) else getattr(member, "name", "")
                found.members.setdefault(name, []).append(member)
            classes[found.path] = found
            collect(node.body, found.path)

    collect(ast.parse(file.read_text("utf-8")).body, ())
    return classes


def parameters(descriptor: str) -> list[str]:
    """The parameters of a method's descriptor: "(I[JLjava/lang/String;)V" has three."""
    found = []
    at = 1
    while descriptor[at] != ")":
        start = at
        while descriptor[at] == "[":
            at += 1
        at = descriptor.index(";", at) + 1 if descriptor[at] == "L" else at + 1
        found.append(descriptor[start:at])
    return found


def _parts(annotation: ast.expr) -> list[ast.expr]:
    if isinstance(annotation, ast.BinOp):
        return [*_parts(annotation.left), *_parts(annotation.right)]
    return [annotation]


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        return _dotted(node.value)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
