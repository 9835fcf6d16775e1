"""`ab_classifier`: 313 colours, softly encoded, by SGD; 12 minutes of one CPU core.

    KERAS_BACKEND=torch python -m train fit ab_classifier_cpu --data data/photos \\
        --out runs/ab_classifier_cpu

Cost: one core of a shared 2-core x86-64 machine (Zen 3, AVX2), 1,904 pictures. Result on 400 photos
of val at S = 96: -0.12 dB against grey (22.57 dB) at a colourfulness of 0.21: it has learnt next to
nothing from so few pictures, of which each takes 4.5 GMAC. docs/results.md has the table.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="ab_classifier",
    network="ab_classifier",
    loss="soft_cross_entropy",
    minutes=12.0,
    batch_size=8,
    crop_sizes=((0.6, 64), (1.0, 96)),
    optimizer="sgd",
    learning_rate=0.05,
    ema=0.99,
    round_steps=200,
    val_size=96,
    val_pictures=64,
    sheet_rounds=3,
)
