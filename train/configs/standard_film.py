"""`standard`, taught old film: what film that knows no red sees, ageing, plates, the tone view.

    KERAS_BACKEND=torch python -m train fit standard_film --data data/photos --extra data/plates \\
        --out runs/standard_film --start-from runs/standard/best.weights.h5

Cost: 86 minutes on one core of an x86-64 machine (Zen 3, AVX2), with other work beside it. The
shipped weights had 155 minutes before, with a quarter of these flat pictures and the first six
blocks of the encoder held still, then this recipe from there, and are the mean of both ends.
Result: docs/measurements/accuracy.md.
"""

from train.config import FitConfig
from train.data.old_film import REAL_FILM

CONFIG = FitConfig(
    name="standard",
    alpha=1.0,
    minutes=86,
    crop_sizes=((0.6, 96), (1.0, 128)),
    learning_rate=1e-3,
    film=REAL_FILM,
    extra_share=0.12,
    tone_view=True,
    round_steps=1000,
    val_size=160,
    val_pictures=128,
)
