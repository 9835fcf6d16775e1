"""`standard`: MobileNetV2 1.0, the default model, for a Pi 4 or 5, a Jetson, phones, laptops.

    python -m train fit standard --data data/photos --out runs/standard

Cost: 90 minutes on two cores of an x86-64 machine. Result, on 1,666 photos: +1.51 dB over grey
(22.52 dB) at a colourfulness of 0.48. The shipped weights went on from there: `standard_film`.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="standard",
    alpha=1.0,
    minutes=90,
    crop_sizes=((0.5, 96), (1.0, 128)),
    learning_rate=1.5e-3,
    round_steps=1000,
)
