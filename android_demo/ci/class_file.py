"""Read what a Java class file refers to (Java Virtual Machine Specification, chapter 4)."""

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Bytes of a constant after its tag; a string has its length before it, longs fill two places.
_UTF8, _LONG, _DOUBLE, _CLASS = 1, 5, 6, 7
_FIELD, _METHOD, _INTERFACE_METHOD, _NAME_AND_TYPE = 9, 10, 11, 12
_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4}


@dataclass
class ClassFile:
    """A class, what is above it and what it refers to; names as in `android/view/View`."""

    name: str = ""
    parents: list[str] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    fields: set[tuple[str, str, str]] = field(default_factory=set)
    methods: set[tuple[str, str, str]] = field(default_factory=set)
    declared: set[tuple[str, str]] = field(default_factory=set)


class _Reader:
    def __init__(self, data: bytes):
        self._data = data
        self._at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f">{layout}", self._data, self._at)
        self._at += struct.calcsize(f">{layout}")
        return values

    def short(self) -> int:
        return self.take("H")[0]

    def skip(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]


def read_class(file: Path) -> ClassFile:
    """Read a class file that a compiler of ours wrote."""
    reader = _Reader(file.read_bytes())
    reader.take("IHH")
    constants = _constants(reader)

    def name_of(index: int) -> str:
        return constants[constants[index][1]][1]

    result = ClassFile()
    for constant in constants.values():
        if constant[0] == _CLASS:
            result.classes.add(constants[constant[1]][1])
        elif constant[0] in (_FIELD, _METHOD, _INTERFACE_METHOD):
            name, descriptor = (constants[i][1] for i in constants[constant[2]][1:])
            references = result.fields if constant[0] == _FIELD else result.methods
            references.add((name_of(constant[1]), name, descriptor))
    _, this, parent = reader.take("HHH")
    result.name = name_of(this)
    interfaces = [reader.short() for _ in range(reader.short())]
    result.parents = [name_of(index) for index in (parent, *interfaces)]
    for _ in range(2):  # fields, then methods
        for _ in range(reader.short()):
            _, name, descriptor, attributes = reader.take("HHHH")
            result.declared.add((constants[name][1], constants[descriptor][1]))
            for _ in range(attributes):
                reader.skip(reader.take("HI")[1])
    return result


def _constants(reader: _Reader) -> dict[int, tuple]:
    constants: dict[int, tuple] = {}
    count = reader.short()
    index = 1
    while index < count:
        tag = reader.take("B")[0]
        if tag == _UTF8:
            constants[index] = (tag, reader.skip(reader.short()).decode("utf-8", "replace"))
        elif tag == _CLASS:
            constants[index] = (tag, reader.short())
        elif tag in (_FIELD, _METHOD, _INTERFACE_METHOD, _NAME_AND_TYPE):
            constants[index] = (tag, *reader.take("HH"))
        else:
            reader.skip(_SIZES[tag])
        index += 2 if tag in (_LONG, _DOUBLE) else 1
    return constants
