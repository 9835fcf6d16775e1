"""Reproduce the golden vectors: python golden.py FOLDER; exit code 0 if all are as they should be.

Lightness within 1e-6; RGB from the golden ab 99.9 % equal and within 1; RGB from the grey picture,
through the network, 99.9 % within 1.
"""

import json
import sys
from pathlib import Path

import numpy as np

from edge_runtime import Colorizer, Device
from edge_runtime.colour import cielab
from edge_runtime.colour.compose import compose
from edge_runtime.colour.shrink import shrink_exactly
from edge_runtime.model.contract import AB_SCALE, as_input
from edge_runtime.model.tone import ToneView


def main(folder: str) -> int:
    failed = 0
    for case in json.loads((Path(folder) / "tone.json").read_text("utf-8")):
        seen = ToneView(**case["view"]).input_of(np.float32(case["lightness"]))
        good = np.array_equal(seen, np.float32(case["input"]))
        print(f"tone view, {case['name']}: {'the same bits' if good else 'FAILED'}")
        failed |= not good
    manifest = json.loads((Path(folder) / "MANIFEST.json").read_text("utf-8"))
    for vector in manifest["vectors"]:

        def read(role, dtype, *shape, files=vector["files"]):
            return np.fromfile(Path(folder) / files[role], dtype).reshape(shape)

        size, output = vector["input_size"], vector["output_size"]
        height, width = vector["height"], vector["width"]
        grey, rgb = read("grey", "u1", height, width), read("rgb", "u1", height, width, 3)
        view = vector["view"] and ToneView(**vector["view"])
        seen = as_input(cielab.lightness(shrink_exactly(grey, size, size)), view)
        lightness = float(np.abs(seen - read("lightness", "<f4", size, size)).max())
        ab = np.clip(read("ab", "<f4", output, output, 2), -1, 1) * np.float32(AB_SCALE)
        composed = np.abs(compose(grey, ab).astype(int) - rgb)
        good = lightness <= 1e-6 and (composed == 0).mean() >= 0.999 and composed.max() <= 1
        words = f"lightness within {lightness:.1e}, {(composed == 0).mean():.3%} of RGB equal"
        if vector["recipe"] != "fp32":  # whose files are not shipped
            coloured = Colorizer(vector["model"], Device(threads=2)).colorize(grey)
            near = float((np.abs(coloured.astype(int) - rgb) <= 1).mean())
            good = good and near >= 0.999
            words += f", {near:.3%} within 1 through the network"
        print(f"{vector['name']}: {words}{'' if good else ': FAILED'}")
        failed |= not good
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
