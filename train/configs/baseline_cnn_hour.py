"""`baseline_cnn`: a plain encoder and decoder, mean squared error, in an hour of one GPU.

    python -m train fit baseline_cnn_hour --data data/photos --out runs/mine

The crops, the steps and the schedule of `standard`. It was not run to its end here yet.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="baseline_cnn",
    network="baseline_cnn",
    loss="mse",
    minutes=60.0,
    batch_size=32,
    crop_sizes=((1.0, 128),),
    optimizer="adam",
    learning_rate=0.001,
    round_steps=1000,
)
