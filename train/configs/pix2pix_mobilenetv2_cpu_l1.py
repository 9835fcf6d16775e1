"""`pix2pix_mobilenetv2`: the generator alone, before its GAN; 10 minutes of one CPU core.

    KERAS_BACKEND=torch python -m train fit pix2pix_mobilenetv2_cpu_l1 --data data/photos \\
        --out runs/pix2pix_mobilenetv2_cpu_l1 \\
        --encoder-weights mobilenet_v2_1.0_notop.weights.h5

Cost: one core of a shared 2-core x86-64 machine (Zen 3, AVX2), 24,592 pictures. Result on 400
photos of val at S = 96: +0.74 dB over grey (22.57 dB) at a colourfulness of 0.34. docs/results.md
has the table.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="pix2pix_mobilenetv2",
    network="pix2pix_mobilenetv2",
    alpha=1.0,
    loss="l1",
    minutes=10.0,
    batch_size=16,
    crop_sizes=((0.6, 64), (1.0, 96)),
    learning_rate=0.0015,
    ema=0.99,
    round_steps=400,
    val_size=96,
    val_pictures=64,
    sheet_rounds=3,
)
