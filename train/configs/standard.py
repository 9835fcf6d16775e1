"""`standard`: MobileNetV2 1.0, the default model, for a Pi 4 or 5, a Jetson, phones, laptops.

    python -m train fit standard --data data/photos --out runs/standard

Cost: 90 minutes on two cores of an x86-64 machine. Result, on 1,666 photos: +1.51 dB over grey
(22.52 dB) at a colourfulness of 0.48. The shipped weights went on from there:

    KERAS_BACKEND=torch python -m train fit standard_film --data data/photos --extra data/plates \\
        --out runs/standard_film --start-from runs/standard/best.weights.h5

The others follow in the same way, each from the one before. Costs are of one core of an x86-64
machine (Zen 3, AVX2), with other work beside it; results: docs/measurements/accuracy.md.

`standard_film`: what film that knows no red sees, ageing, plates, the tone view. 86 minutes; the
shipped weights had 155 minutes before, with a quarter of these flat pictures and the first six
blocks of the encoder held still, then this recipe from there, and are the mean of both ends.

`standard_longer`: further, at less than half the rate. 66 minutes.

`standard_look`: differences within a picture count for more than its tint. A network that cannot
know the colours says their mean, which is brown: a tint over the whole picture. It says what it
does know by differences. So the truth keeps all differences and a part of its mean colour here; the
head is then raised, and with it the differences. 11 minutes; docs/models/standard.md.

`standard_vivid`: after `standard_film`, losses of how a picture looks (`--vgg16
vgg16_block1-4.npz`), with DDColor's weights: 0.1 of L1 in units of ab, 5 of VGG16's features, 1 of
a discriminator, 0.5 of the distance of colourfulness from the truth's. 32 minutes: 650 batches of
16. Result: more colour, in patches, and less of it right; the shipped look is the regression's, 1.4
times. A GPU sees some hundred times the pictures in as long.

`standard_gpu`: on one large GPU (24 GB or more), nine minutes, some millions of crops, from
weights/standard/best.weights.h5. It was rehearsed on a CPU (tests/gpu/rehearse.sh) and has not been
run on a GPU yet.
"""

from dataclasses import replace

from train.config import FitConfig
from train.data.old_film import REAL_FILM

CONFIG = FitConfig(
    name="standard",
    alpha=1.0,
    minutes=90,
    crop_sizes=((0.5, 96), (1.0, 128)),
    learning_rate=1.5e-3,
    round_steps=1000,
)

_FILM = replace(
    CONFIG,
    minutes=86,
    crop_sizes=((0.6, 96), (1.0, 128)),
    learning_rate=1e-3,
    film=REAL_FILM,
    extra_share=0.12,
    tone_view=True,
    val_pictures=128,
)

SCALES = {
    "film": _FILM,
    "longer": replace(_FILM, minutes=66, crop_sizes=((0.5, 96), (1.0, 128)), learning_rate=4e-4),
    "look": replace(
        _FILM,
        minutes=11,
        crop_sizes=((1.0, 128),),
        learning_rate=2e-4,
        warmup=0.1,
        tint_share=0.7,
    ),
    "vivid": replace(
        _FILM,
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
        frozen_to="block_5_add",
        ema=0.998,
        round_steps=500,
    ),
    "gpu": replace(
        _FILM,
        minutes=None,
        until_seconds=540,
        batch_size=256,
        crop_sizes=((1.0, 128),),
        learning_rate=3e-3,
        extra_share=0.1,
        ema=0.9995,
        round_steps=500,
        checkpoint_seconds=90,
        val_pictures=979,
        dtype_policy="mixed_bfloat16",
    ),
}
