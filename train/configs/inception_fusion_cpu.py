"""`inception_fusion`: the squared error on ab; 12 minutes of one CPU core.

    python -m train fit inception_fusion_cpu --data data/photos \\
        --out runs/inception_fusion_cpu \\
        --encoder-weights none

Inception-ResNetV2 learns from random numbers too, as if its ImageNet weights could not be had.

Cost: one core of a shared 2-core x86-64 machine (Zen 3, AVX2), 2,656 pictures. Result on 400 photos
of val at S = 96: +0.06 dB over grey (22.57 dB) at a colourfulness of 0.31. docs/results.md has the
table.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="inception_fusion",
    network="inception_fusion",
    loss="mse",
    minutes=12.0,
    batch_size=16,
    crop_sizes=((0.6, 80), (1.0, 96)),
    optimizer="adam",
    learning_rate=0.001,
    train_encoder=True,
    ema=0.99,
    round_steps=200,
    val_size=96,
    val_pictures=64,
    sheet_rounds=3,
)
