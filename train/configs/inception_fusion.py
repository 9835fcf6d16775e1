"""`inception_fusion`: Inception-ResNetV2 beside the plain network, by the squared error on ab.

    python -m train fit inception_fusion --scale paper --data data/photos256 --out runs/mine
    python -m train fit inception_fusion --scale hour --data data/photos --out runs/mine
    KERAS_BACKEND=torch python -m train fit inception_fusion --scale cpu --data data/photos \\
        --out runs/inception_fusion_cpu --encoder-weights none
    python -m train fit inception_fusion --scale smoke --data data/mine --out runs/mine

`paper`: 256 px; ends after 20 passes without a better round. Not run to its end here: two cores
would need weeks. `hour`: an hour of one GPU; not run to its end here yet.
`cpu`: 12 minutes of one core of a shared 2-core x86-64 machine (Zen 3, AVX2), 2,320 pictures;
Inception-ResNetV2 learns from random numbers too, as if its ImageNet weights could not be had.
Result on 400 photos of val at S = 96: +0.03 dB over grey (22.57 dB) at a colourfulness of 0.32.
docs/measurements/networks.md has the table. `smoke`: a few steps that prove that the line works.
"""

from functools import partial

from train.fit.scales import CPU, HOUR, PAPER, SMOKE, at_scale

_fit = partial(at_scale, "inception_fusion", optimizer="adam", learning_rate=0.001)

SCALES = {
    "paper": _fit(PAPER, epochs=150.0, patience=20),
    "hour": _fit(HOUR),
    "cpu": _fit(
        CPU,
        minutes=12.0,
        crop_sizes=((0.6, 80), (1.0, 96)),
        train_encoder=True,
        round_steps=200,
    ),
    "smoke": _fit(
        SMOKE,
        name="smoke_inception_fusion",
        crop_sizes=((1.0, 96),),
        val_size=96,
        learning_rate=0.002,
    ),
}
