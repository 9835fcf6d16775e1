"""`ab_classifier`: 313 colours, softly encoded, by SGD.

    python -m train fit ab_classifier --scale paper --data data/photos256 --out runs/mine
    python -m train fit ab_classifier --scale hour --data data/photos --out runs/mine
    KERAS_BACKEND=torch python -m train fit ab_classifier --scale cpu --data data/photos \\
        --out runs/ab_classifier_cpu
    python -m train fit ab_classifier --scale smoke --data data/mine --out runs/mine

`paper`: 256 px; ends after 20 passes without a better round. Not run to its end here: two cores
would need weeks. `hour`: an hour of one GPU; not run to its end here yet.
`cpu`: 12 minutes of one core of a shared 2-core x86-64 machine (Zen 3, AVX2). Result after 12 and,
from there, 17 minutes (`--start-from`, `--minutes 17`), 2,448 pictures, on 400 photos of val at
S = 96: +0.17 dB over grey (22.57 dB) at a colourfulness of 0.15: it has learnt next to nothing from
so few pictures, of which each takes 4.5 GMAC.
docs/measurements/networks.md has the table. `smoke`: a few steps that prove that the line works.
"""

from functools import partial

from train.fit.scales import CPU, HOUR, PAPER, SMOKE, at_scale

_fit = partial(at_scale, "ab_classifier", optimizer="sgd", learning_rate=0.01)

SCALES = {
    "paper": _fit(PAPER, epochs=150.0, patience=20),
    "hour": _fit(HOUR),
    "cpu": _fit(
        CPU,
        minutes=12.0,
        batch_size=8,
        crop_sizes=((0.6, 64), (1.0, 96)),
        learning_rate=0.05,
        round_steps=200,
    ),
    "smoke": _fit(SMOKE, name="smoke_ab_classifier"),
}
