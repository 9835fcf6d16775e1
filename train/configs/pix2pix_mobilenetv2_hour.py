"""`pix2pix_mobilenetv2`: the GAN on MobileNetV2, in an hour of one GPU.

    python -m train fit pix2pix_mobilenetv2_hour --data data/photos --out runs/mine

The crops, the steps and the schedule of `standard`; for half of the run the generator learns by its
loss on ab alone. It was not run to its end here yet.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="pix2pix_mobilenetv2",
    network="pix2pix_mobilenetv2",
    alpha=1.0,
    loss="l1",
    adversarial_loss="smoothed_cross_entropy",
    adversarial_from=0.5,
    minutes=60.0,
    batch_size=32,
    crop_sizes=((1.0, 128),),
    optimizer="adam",
    learning_rate=0.0002,
    momentum=0.5,
    round_steps=1000,
)
