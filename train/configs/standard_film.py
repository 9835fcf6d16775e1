"""`standard`, taught old film: what film that knows no red sees, ageing, plates, the tone view.

    KERAS_BACKEND=torch python -m train fit standard_film --data data/photos --extra data/plates \\
        --out runs/standard_film --start-from runs/standard/best.weights.h5

The first six blocks of the encoder, which make half of the work, stay as they are.

Cost: 95 minutes on two cores of an x86-64 machine (Zen 3, AVX2), with other work beside it. Result
of the shipped weights, which had an hour of the same before: docs/accuracy.md.
"""

from train.config import FitConfig
from train.data.old_film import REAL_FILM

CONFIG = FitConfig(
    name="standard",
    alpha=1.0,
    minutes=95,
    crop_sizes=((0.6, 96), (1.0, 128)),
    learning_rate=1e-3,
    film=REAL_FILM,
    extra_share=0.12,
    tone_view=True,
    frozen_to="block_5_add",
    round_steps=1000,
    val_size=160,
    val_pictures=128,
)
