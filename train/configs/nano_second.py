"""`nano`, a second and shorter cosine from the weights of the first.

    python -m train fit nano_second --data data/photos --out runs/nano_second \
        --start-from runs/nano/best.weights.h5

Cost: 9 minutes on two cores of an x86-64 machine.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="nano",
    alpha=0.35,
    minutes=9,
    crop_sizes=((0.4, 96), (1.0, 128)),
    learning_rate=1e-3,
    round_steps=800,
)
