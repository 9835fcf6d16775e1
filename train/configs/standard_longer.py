"""`standard`, taught old film further, at less than half the rate.

    KERAS_BACKEND=torch python -m train fit standard_longer --data data/photos \\
        --extra data/plates --out runs/standard_longer \\
        --start-from runs/standard_film/best.weights.h5

Cost: 66 minutes on one core of an x86-64 machine (Zen 3, AVX2), with other work beside it.
Result: docs/measurements/accuracy.md.
"""

from dataclasses import replace

from train.configs.standard_film import CONFIG as FILM

CONFIG = replace(FILM, minutes=66, crop_sizes=((0.5, 96), (1.0, 128)), learning_rate=4e-4)
