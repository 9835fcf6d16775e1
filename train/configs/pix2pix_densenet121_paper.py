"""`pix2pix_densenet121`: the GAN on DenseNet121, as in the paper.

    python -m train fit pix2pix_densenet121_paper --data data/photos256 --out runs/mine

The recipe of the paper: 256 px, for pictures that were prepared with --short-side 256. For half of
the run the generator learns by its loss on ab alone: the discriminator of an untaught one makes it
colour at random. It was not run to its end here: two cores would need weeks.
"""

from train.config import FitConfig

CONFIG = FitConfig(
    name="pix2pix_densenet121",
    network="pix2pix_densenet121",
    loss="l1",
    adversarial_loss="smoothed_cross_entropy",
    adversarial_from=0.5,
    epochs=100.0,
    batch_size=16,
    crop_sizes=((1.0, 256),),
    optimizer="adam",
    learning_rate=0.0002,
    momentum=0.5,
    val_size=256,
)
