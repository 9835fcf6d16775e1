"""A vivid stage for `standard`: after regression, losses of how a picture looks.

    KERAS_BACKEND=torch python -m train fit standard_vivid --data data/photos --extra data/plates \\
        --out runs/standard_vivid --start-from runs/standard_film/best.weights.h5 \\
        --vgg16 vgg16_block1-4.npz

The weights are DDColor's: 0.1 of L1 in units of ab, 5 of VGG16's features, 1 of a discriminator,
0.5 of the distance of colourfulness from the truth's.

Cost: 32 minutes on one core of an x86-64 machine (Zen 3, AVX2), with other work beside it: 650
batches of 16. Result: more colour, in patches, and less of it right; the shipped look is the
regression's, 1.4 times (docs/measurements/accuracy.md). A GPU sees some hundred times the pictures
in as long.
"""

from train.config import FitConfig
from train.data.old_film import REAL_FILM

CONFIG = FitConfig(
    name="standard",
    alpha=1.0,
    minutes=32,
    batch_size=16,
    crop_sizes=((1.0, 96),),
    learning_rate=2e-4,
    momentum=0.5,
    loss="l1",
    adversarial_loss="least_squares",
    ab_weight=11.0,
    feature_weight=5.0,
    colourfulness_weight=0.5,
    film=REAL_FILM,
    extra_share=0.12,
    tone_view=True,
    frozen_to="block_5_add",
    ema=0.998,
    round_steps=500,
    val_size=160,
    val_pictures=128,
)
