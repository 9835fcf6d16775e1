"""The five networks of the paper, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from train.networks.ab_classifier import build_ab_classifier
from train.networks.baseline_cnn import build_baseline_cnn
from train.networks.inception_fusion import build_inception_fusion
from train.networks.pix2pix_densenet121 import build_generator_densenet121
from train.networks.pix2pix_mobilenetv2 import build_generator


@dataclass(frozen=True)
class Encoder:
    """The part of a network that comes trained on colour photos.

    Attributes:
        application: its name in `keras.applications`.
        stem: what the first convolution is called, whose kernel is made for one grey channel.
        stem_bn: what the batch normalization behind it is called.
        normalized: whether it was trained on (RGB - mean) / std, and not on RGB / 127.5 - 1.
    """

    application: str
    stem: tuple[str, ...] = ()
    stem_bn: tuple[str, ...] = ()
    normalized: bool = False


@dataclass(frozen=True)
class PaperNetwork:
    """A network that can be built: all that is known of it.

    Attributes:
        build: `build(keras, input_size=S)` gives the model; other arguments have defaults.
        multiple_of: S is a multiple of it.
        kind: how it is trained: `regression` on ab, `classification` of ab (the model gives logits:
            see `train.networks.ab_classifier.with_annealed_mean`), or `gan`: a generator of ab that
            `train.networks.patch_discriminator` may judge.
        loss: the paper's on ab, one of `train.config.FitConfig`'s.
        least_size: the least S, where it is more than a multiple.
        encoder: the part that comes pretrained; None if it has none.
        float_layers: names of the layers that bear no rounding to eight bits: see
            `export.quantize.STAYS_FLOAT`.
        torch_twin: whether all its layers have twins in `train.networks.torch_twin`.
    """

    build: Callable[..., Any]
    multiple_of: int
    kind: Literal["regression", "classification", "gan"]
    loss: str
    least_size: int | None = None
    encoder: Encoder | None = None
    float_layers: tuple[str, ...] = ("ab",)
    torch_twin: bool = False


NETWORKS = {
    "baseline_cnn": PaperNetwork(build_baseline_cnn, 8, "regression", "mse", torch_twin=True),
    "ab_classifier": PaperNetwork(
        build_ab_classifier,
        8,
        "classification",
        "soft_cross_entropy",
        float_layers=("logits", "ab"),
    ),
    "inception_fusion": PaperNetwork(
        build_inception_fusion,
        8,
        "regression",
        "mse",
        # Inception-ResNetV2's own: below it, its unpadded convolutions run out of pixels.
        least_size=75,
        # Its input is grey as RGB already: nothing to sum.
        encoder=Encoder("InceptionResNetV2"),
    ),
    "pix2pix_mobilenetv2": PaperNetwork(
        build_generator,
        32,
        "gan",
        "l1",
        encoder=Encoder("MobileNetV2", ("Conv1",), ("bn_Conv1",)),
        float_layers=("expanded_conv_depthwise", "ab"),
        torch_twin=True,
    ),
    "pix2pix_densenet121": PaperNetwork(
        build_generator_densenet121,
        32,
        "gan",
        "l1",
        encoder=Encoder(
            "DenseNet121",
            ("conv1_conv", "conv1/conv"),
            ("conv1_bn", "conv1/bn"),
            normalized=True,
        ),
        torch_twin=True,
    ),
}
