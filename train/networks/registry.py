"""The five networks of the paper, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
        name: as in `NETWORKS`.
        build: `build(keras, input_size=S)` gives the model; other arguments have defaults.
        output_stride: S over the side of what the model gives.
        multiple_of: S is a multiple of it.
        kind: how it is trained: `regression` on ab, `classification` of ab (the model gives logits:
            see `train.networks.ab_classifier.with_annealed_mean`), or `gan`: a generator of ab that
            `train.networks.patch_discriminator` may judge.
        loss: the paper's on ab, one of `train.config.FitConfig`'s.
        reference: the paper that it comes from.
        encoder: the part that comes pretrained; None if it has none.
        float_layers: names of the layers that bear no rounding to eight bits: see
            `export.quantize.STAYS_FLOAT`.
        torch_twin: whether all its layers have twins in `train.networks.torch_twin`.
    """

    name: str
    build: Callable[..., Any]
    output_stride: int
    multiple_of: int
    kind: Literal["regression", "classification", "gan"]
    loss: str
    reference: str
    encoder: Encoder | None = None
    float_layers: tuple[str, ...] = ("ab",)
    torch_twin: bool = False


NETWORKS: dict[str, PaperNetwork] = {
    network.name: network
    for network in (
        PaperNetwork(
            name="baseline_cnn",
            build=build_baseline_cnn,
            output_stride=2,
            multiple_of=8,
            kind="regression",
            loss="mse",
            reference="Baldassarre et al. 2017, without its Inception branch",
            torch_twin=True,
        ),
        PaperNetwork(
            name="ab_classifier",
            build=build_ab_classifier,
            output_stride=4,
            multiple_of=8,
            kind="classification",
            loss="soft_cross_entropy",
            reference="Zhang, Isola and Efros 2016, Colorful Image Colorization",
            float_layers=("logits", "ab"),
        ),
        PaperNetwork(
            name="inception_fusion",
            build=build_inception_fusion,
            output_stride=2,
            multiple_of=8,
            kind="regression",
            loss="mse",
            reference="Baldassarre et al. 2017, Deep Koalarization",
            # Its input is grey as RGB already: nothing to sum.
            encoder=Encoder("InceptionResNetV2"),
        ),
        PaperNetwork(
            name="pix2pix_mobilenetv2",
            build=partial(build_generator, alpha=1.0),
            output_stride=2,
            multiple_of=32,
            kind="gan",
            loss="l1",
            reference="Isola et al. 2017, pix2pix; Sandler et al. 2018, MobileNetV2",
            encoder=Encoder("MobileNetV2", ("Conv1",), ("bn_Conv1",)),
            float_layers=("expanded_conv_depthwise", "ab"),
            torch_twin=True,
        ),
        PaperNetwork(
            name="pix2pix_densenet121",
            build=build_generator_densenet121,
            output_stride=2,
            multiple_of=32,
            kind="gan",
            loss="l1",
            reference="Isola et al. 2017, pix2pix; Huang et al. 2017, DenseNet",
            encoder=Encoder(
                "DenseNet121",
                ("conv1_conv", "conv1/conv"),
                ("conv1_bn", "conv1/bn"),
                normalized=True,
            ),
            torch_twin=True,
        ),
    )
}
