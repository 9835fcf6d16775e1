"""`inception_fusion`: a few steps that prove the line works.

    python -m train fit smoke_inception_fusion --data data/mine --out runs/mine

Its colours are worth nothing.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="smoke_inception_fusion",
    network="inception_fusion",
    loss="mse",
    steps=20,
    batch_size=4,
    crop_sizes=((1.0, 96),),
    optimizer="adam",
    learning_rate=0.002,
    warmup=0.1,
    ema=0.9,
    round_steps=10,
    val_size=96,
    val_pictures=4,
    sheet_rounds=1,
)
