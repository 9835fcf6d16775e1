"""`pix2pix_mobilenetv2`: the GAN on MobileNetV2; a few steps that prove the line works.

    python -m train fit smoke_pix2pix_mobilenetv2 --data data/mine --out runs/mine

Its colours are worth nothing.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="smoke_pix2pix_mobilenetv2",
    network="pix2pix_mobilenetv2",
    alpha=0.35,
    loss="l1",
    adversarial_loss="smoothed_cross_entropy",
    steps=20,
    batch_size=4,
    crop_sizes=((1.0, 64),),
    optimizer="adam",
    learning_rate=0.0004,
    momentum=0.5,
    warmup=0.1,
    ema=0.9,
    round_steps=10,
    val_size=64,
    val_pictures=4,
    sheet_rounds=1,
)
