"""Small cases of the tone view where implementations go wrong first: flat ones, few pixels.

Every value is a float32 in its shortest spelling, and every language must find the same bits.
"""

from dataclasses import asdict

import numpy as np

from edge_runtime.model.tone import TONE_VIEW, ToneView


def tone_cases() -> list[dict[str, object]]:
    """`{"name", "view", "lightness": [L*, ...], "input": [-1..1, ...]}`, the pixels of one each."""
    rng = np.random.default_rng(0)
    least = TONE_VIEW.least_range
    pixels = {
        **{f"flat at {level:g}": np.full(9, level) for level in (0, 0.1, 37.3, 50, 100)},
        "one pixel": np.array([61.7]),
        "two pixels": np.array([80, 12.5]),
        "a range just below the least": np.linspace(40.1, 40.1 + least - 0.01, 30),
        "the least range": np.linspace(40, 40 + least, 30),
        "a range just above the least": np.linspace(40.1, 40.1 + least + 0.01, 30),
        "black leader with noise": rng.uniform(0, 2.5, 150),
        "white leader with dust": np.where(rng.random(150) < 0.05, 20, rng.uniform(98, 100, 150)),
        "all levels": rng.permutation(np.linspace(0, 100, 101)),
        # Here the place of a level among the sorted ones lies half-way between two.
        "51 pixels": rng.uniform(0, 100, 51),
        "151 pixels": rng.uniform(30, 70, 151),
        "few bright spots": np.where(np.arange(200) % 100 == 7, 97, rng.uniform(10, 45, 200)),
    }
    cases = [(name, TONE_VIEW, values) for name, values in pixels.items()]
    cases.append(("another view", ToneView(0.25, 0.9, 60.0), rng.uniform(5, 95, 60)))
    return [_case(name, view, values.astype(np.float32)) for name, view, values in cases]


def _case(name: str, view: ToneView, lightness: np.ndarray) -> dict[str, object]:
    values = {"lightness": lightness, "input": view.input_of(lightness)}
    spelled = {key: [float(str(value)) for value in array] for key, array in values.items()}
    return {"name": name, "view": asdict(view)} | spelled
