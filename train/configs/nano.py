"""`nano`: MobileNetV2 0.35, for a Pi Zero 2 or Pi 3 and for live video.

    python -m train fit nano --data data/photos --out runs/nano

Cost: 24 minutes on one core of an x86-64 machine. Result of the shipped weights, on 1,666 photos:
+1.13 dB over grey (22.52 dB) at a colourfulness of 0.43.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="nano",
    alpha=0.35,
    minutes=24,
    crop_sizes=((0.6, 96), (1.0, 128)),
    round_steps=800,
)
