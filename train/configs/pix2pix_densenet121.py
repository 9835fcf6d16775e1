"""`pix2pix_densenet121`: the GAN on DenseNet121.

    python -m train fit pix2pix_densenet121 --scale paper --data data/photos256 --out runs/mine
    python -m train fit pix2pix_densenet121 --scale hour --data data/photos --out runs/mine
    KERAS_BACKEND=torch python -m train fit pix2pix_densenet121 --scale cpu_l1 --data data/photos \\
        --out runs/pix2pix_densenet121_cpu_l1 --encoder-weights none
    KERAS_BACKEND=torch python -m train fit pix2pix_densenet121 --scale cpu --data data/photos \\
        --out runs/pix2pix_densenet121_cpu \\
        --start-from runs/pix2pix_densenet121_cpu_l1/best.weights.h5
    python -m train fit pix2pix_densenet121 --scale smoke --data data/mine --out runs/mine

`paper`: 256 px. Not run to its end here: two cores would need weeks. `hour`: an hour of one GPU;
not run to its end here yet. For half of both the generator learns by its loss on ab alone: the
discriminator of an untaught one makes it colour at random.
`cpu_l1`: the generator alone, before its GAN; 10 minutes of one core of a shared 2-core x86-64
machine (Zen 3, AVX2), 6,368 pictures. DenseNet121 starts from random numbers, as if its ImageNet
weights could not be had.
Result on 400 photos of val at S = 96: -0.03 dB against grey (22.57 dB) at a colourfulness of 0.24.
`cpu`: the GAN, from there; 8 minutes, 1,472 pictures. Result on the same photos: +0.25 dB over
grey at a colourfulness of 0.32. docs/measurements/networks.md has
the table. `smoke`: a few steps that prove that the line works.
"""

from functools import partial

from train.fit.scales import CPU, HOUR, PAPER, SMOKE, at_scale

_fit = partial(at_scale, "pix2pix_densenet121")
_gan = partial(
    _fit,
    adversarial_loss="smoothed_cross_entropy",
    optimizer="adam",
    learning_rate=0.0002,
    momentum=0.5,
)

SCALES = {
    "paper": _gan(PAPER, epochs=100.0, adversarial_from=0.5),
    "hour": _gan(HOUR, adversarial_from=0.5),
    "cpu_l1": _fit(
        CPU,
        minutes=10.0,
        crop_sizes=((0.6, 64), (1.0, 96)),
        learning_rate=0.001,
        round_steps=400,
    ),
    "cpu": _gan(CPU, minutes=8.0, crop_sizes=((1.0, 96),), round_steps=200),
    "smoke": _gan(SMOKE, name="smoke_pix2pix_densenet121", learning_rate=0.0004),
}
