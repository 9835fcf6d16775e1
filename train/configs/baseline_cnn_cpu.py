"""`baseline_cnn`: the squared error on ab; 20 minutes of one CPU core.

    python -m train fit baseline_cnn_cpu --data data/photos \\
        --out runs/baseline_cnn_cpu

Cost: one core of a shared 2-core x86-64 machine (Zen 3, AVX2), 40,960 pictures. Result on 400
photos of val at S = 96: +0.50 dB over grey (22.57 dB) at a colourfulness of 0.41. docs/results.md
has the table.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="baseline_cnn",
    network="baseline_cnn",
    loss="mse",
    minutes=20.0,
    batch_size=16,
    crop_sizes=((0.6, 64), (1.0, 96)),
    optimizer="adam",
    learning_rate=0.001,
    ema=0.99,
    round_steps=400,
    val_size=96,
    val_pictures=64,
    sheet_rounds=3,
)
