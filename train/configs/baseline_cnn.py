"""`baseline_cnn`: a plain encoder and decoder, by the squared error on ab.

Scales: see `train.fit.scales`. `cpu`: 20 minutes of one core of a shared 2-core x86-64 machine
(Zen 3, AVX2), 54,512 pictures. Result on 400 photos of val at S = 96: +0.60 dB over grey (22.57 dB)
at a colourfulness of 0.41.
"""

from train.fit.scales import recipes

SCALES = recipes(
    "baseline_cnn",
    optimizer="adam",
    learning_rate=0.001,
    cpu={"minutes": 20.0, "round_steps": 400},
    smoke={"learning_rate": 0.002},
)
