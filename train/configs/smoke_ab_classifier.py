"""`ab_classifier`: 313 colours, softly encoded, by SGD; a few steps that prove the line works.

    python -m train fit smoke_ab_classifier --data data/mine --out runs/mine

Its colours are worth nothing.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="smoke_ab_classifier",
    network="ab_classifier",
    loss="soft_cross_entropy",
    steps=20,
    batch_size=4,
    crop_sizes=((1.0, 64),),
    optimizer="sgd",
    learning_rate=0.01,
    warmup=0.1,
    ema=0.9,
    round_steps=10,
    val_size=64,
    val_pictures=4,
    sheet_rounds=1,
)
