"""`inception_fusion`: Inception-ResNetV2 beside the plain network, by the squared error on ab.

Scales: see `train.fit.scales`. `cpu`, with `--encoder-weights none`: 12 minutes of one core of a
shared 2-core x86-64 machine (Zen 3, AVX2), 2,320 pictures; Inception-ResNetV2 learns from random
numbers too, as if its ImageNet weights could not be had. Result on 400 photos of val at S = 96:
+0.03 dB over grey (22.57 dB) at a colourfulness of 0.32.
"""

from train.fit.scales import recipes

SCALES = recipes(
    "inception_fusion",
    optimizer="adam",
    learning_rate=0.001,
    cpu={
        "minutes": 12.0,
        "crop_sizes": ((0.6, 80), (1.0, 96)),
        "train_encoder": True,
        "round_steps": 200,
    },
    smoke={"crop_sizes": ((1.0, 96),), "val_size": 96, "learning_rate": 0.002},
)
