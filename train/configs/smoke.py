"""`smoke`: a minute of training that proves the whole line works; its colours are worth nothing.

python -m train fit smoke --data data/mine --out runs/smoke --encoder-weights none
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="smoke",
    alpha=0.35,
    steps=40,
    round_steps=20,
    batch_size=8,
    crop_sizes=((1.0, 64),),
    val_size=64,
    val_pictures=16,
)
