"""`baseline_cnn`: a plain encoder and decoder, by the squared error on ab.

    python -m train fit baseline_cnn --scale paper --data data/photos256 --out runs/mine
    python -m train fit baseline_cnn --scale hour --data data/photos --out runs/mine
    KERAS_BACKEND=torch python -m train fit baseline_cnn --scale cpu --data data/photos \\
        --out runs/baseline_cnn_cpu
    python -m train fit baseline_cnn --scale smoke --data data/mine --out runs/mine

`paper`: 256 px; ends after 20 passes without a better round. Not run to its end here: two cores
would need weeks. `hour`: an hour of one GPU; not run to its end here yet.
`cpu`: 20 minutes of one core of a shared 2-core x86-64 machine (Zen 3, AVX2), 54,512 pictures.
Result on 400 photos of val at S = 96: +0.60 dB over grey (22.57 dB) at a colourfulness of 0.41.
docs/measurements/networks.md has the table. `smoke`: a few steps that prove that the line works.
"""

from functools import partial

from train.fit.scales import CPU, HOUR, PAPER, SMOKE, at_scale

_fit = partial(at_scale, "baseline_cnn", optimizer="adam", learning_rate=0.001)

SCALES = {
    "paper": _fit(PAPER, epochs=150.0, patience=20),
    "hour": _fit(HOUR),
    "cpu": _fit(CPU, minutes=20.0, crop_sizes=((0.6, 64), (1.0, 96)), round_steps=400),
    "smoke": _fit(SMOKE, name="smoke_baseline_cnn", learning_rate=0.002),
}
