"""`ab_classifier`: 313 colours, softly encoded, by SGD, as in the paper.

    python -m train fit ab_classifier_paper --data data/photos256 --out runs/mine

The recipe of the paper: 256 px, for pictures that were prepared with --short-side 256. Ends after
20 passes without a better round. It was not run to its end here: two cores would need weeks.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="ab_classifier",
    network="ab_classifier",
    loss="soft_cross_entropy",
    epochs=150.0,
    batch_size=16,
    crop_sizes=((1.0, 256),),
    optimizer="sgd",
    learning_rate=0.01,
    val_size=256,
    patience=20,
)
