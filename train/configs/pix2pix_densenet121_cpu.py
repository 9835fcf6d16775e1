"""`pix2pix_densenet121`: the GAN, from `pix2pix_densenet121_cpu_l1`; 8 minutes of one CPU core.

    KERAS_BACKEND=torch python -m train fit pix2pix_densenet121_cpu --data data/photos \\
        --out runs/pix2pix_densenet121_cpu \\
        --start-from runs/pix2pix_densenet121_cpu_l1/best.weights.h5

Cost: one core of a shared 2-core x86-64 machine (Zen 3, AVX2), 3,584 pictures. Result on 400 photos
of val at S = 96: -0.90 dB against grey (22.57 dB) at a colourfulness of 0.65: vivid, and often
wrong. docs/results.md has the table.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="pix2pix_densenet121",
    network="pix2pix_densenet121",
    loss="l1",
    adversarial_loss="smoothed_cross_entropy",
    minutes=8.0,
    batch_size=16,
    crop_sizes=((1.0, 96),),
    optimizer="adam",
    learning_rate=0.0002,
    momentum=0.5,
    ema=0.99,
    round_steps=200,
    val_size=96,
    val_pictures=64,
    sheet_rounds=3,
)
