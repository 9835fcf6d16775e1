"""`baseline_cnn`: a plain encoder and decoder, mean squared error, as in the paper.

    python -m train fit baseline_cnn_paper --data data/photos256 --out runs/mine

The recipe of the paper: 256 px, for pictures that were prepared with --short-side 256. Ends after
20 passes without a better round. It was not run to its end here: two cores would need weeks.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="baseline_cnn",
    network="baseline_cnn",
    loss="mse",
    epochs=150.0,
    batch_size=16,
    crop_sizes=((1.0, 256),),
    optimizer="adam",
    learning_rate=0.001,
    val_size=256,
    patience=20,
)
