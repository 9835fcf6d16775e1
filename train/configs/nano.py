"""`nano`: MobileNetV2 0.35, for a Pi Zero 2 or Pi 3 and for live video.

    python -m train fit nano --data data/photos --out runs/nano

Cost: 24 minutes on one core of an x86-64 machine. Result of the shipped weights, on 1,666 photos:
+1.13 dB over grey (22.52 dB) at a colourfulness of 0.43.

`nano_film`, taught old film as `standard_film` is, with `standard` as its teacher:

    KERAS_BACKEND=torch python -m train fit nano_film --data data/photos --extra data/plates \\
        --out runs/nano_film --start-from runs/nano/best.weights.h5 --teacher runs/standard_film

Cost: 75 minutes on one core of an x86-64 machine (Zen 3, AVX2), with other work beside it. The
shipped weights had 75 minutes at a rate of 1.5e-3 with a quarter of these flat pictures, and then
50 minutes of this recipe from there (`--minutes 50`): chroma painted on even cards went from 27 to
under 1. Result: docs/measurements/accuracy.md.
"""

from dataclasses import replace

from train.config import FitConfig
from train.data.old_film import REAL_FILM

CONFIG = FitConfig(
    name="nano",
    alpha=0.35,
    minutes=24,
    crop_sizes=((0.6, 96), (1.0, 128)),
    round_steps=800,
)

SCALES = {
    "film": replace(
        CONFIG,
        minutes=75,
        learning_rate=1.2e-3,
        film=REAL_FILM,
        extra_share=0.12,
        tone_view=True,
        round_steps=1500,
        val_pictures=128,
    )
}
