"""`ab_classifier`: 313 colours, softly encoded, by SGD, in an hour of one GPU.

    python -m train fit ab_classifier_hour --data data/photos --out runs/mine

The crops, the steps and the schedule of `standard`. It was not run to its end here yet.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="ab_classifier",
    network="ab_classifier",
    loss="soft_cross_entropy",
    minutes=60.0,
    batch_size=32,
    crop_sizes=((1.0, 128),),
    optimizer="sgd",
    learning_rate=0.01,
    round_steps=1000,
)
