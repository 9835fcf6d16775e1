"""The look of `standard`: differences within a picture count for more than its tint.

    KERAS_BACKEND=torch python -m train fit standard_look --data data/photos --extra data/plates \\
        --out runs/standard_look --start-from runs/standard_longer/best.weights.h5

A network that cannot know the colours says their mean, which is brown: a tint over the whole
picture. It says what it does know by differences. So the truth keeps all differences and a part of
its mean colour here; the head is then raised, and with it the differences.

Cost: 11 minutes on one core of an x86-64 machine (Zen 3, AVX2), with other work beside it.
Result: docs/models/standard.md.
"""

from dataclasses import replace

from train.configs.standard_film import CONFIG as FILM

CONFIG = replace(
    FILM, minutes=11, crop_sizes=((1.0, 128),), learning_rate=2e-4, warmup=0.1, tint_share=0.7
)
